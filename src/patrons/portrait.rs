//! One patron with everything an account may see: the values and where each came from, open cases, and what happened.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::find::Reach;
use super::mask::{self, Shown};
use super::{Context, PatronsError};
use crate::audit::{self, Actor};
use crate::finding::{FindingKind, FindingState};
use crate::patron_file::Column;
use crate::protected::{Clearance, Protection};
use crate::staff::{ProvedAccount, Role};
use crate::store::patron_history::{self, AskedRow, DecidedRow, FoundRow, LookRow};
use crate::store::{self, StoreError};

/// Why a patron is not followed whose identity code has changed: for the cleared alone.
const OF_CODES: [&str; 2] = ["code_changed", "code_passivated"];
/// How much of what happened is shown.
const MOST_HAPPENED: i64 = 100;

/// A patron, as an account may see them. What is masked is `None`.
pub struct Portrait {
    /// The patron.
    pub id: Uuid,
    /// The card.
    pub card_number: String,
    /// Surname, then first names.
    pub name: String,
    /// The municipality's code, under whose permit VTJ would be asked. Not for showing.
    pub municipality: String,
    /// Every column of the patron file but the identity code, in its order.
    pub values: Vec<Valued>,
    /// The protection in force.
    pub protection: Protection,
    /// `unfollowed`, `waiting` or `following`.
    pub follow: String,
    /// Why the patron is not followed.
    pub unfollowed_because: Option<String>,
    /// Whether the last import had the patron.
    pub in_register: bool,
    /// The kind of VTJ's last answer.
    pub answer: String,
    /// When VTJ last answered about the person.
    pub answered_at: Option<DateTime<Utc>>,
    /// The cases that have not ended.
    pub cases: Vec<FoundRow>,
    /// What happened, the newest first.
    pub history: Vec<Happened>,
}

impl std::fmt::Debug for Portrait {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Portrait({})", self.id)
    }
}

/// A column's value and where it came from.
pub struct Valued {
    /// The column.
    pub column: Column,
    /// The text; `None` when it is masked.
    pub text: Option<String>,
    /// Where it came from; nothing of what is masked.
    pub origin: Option<Origin>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `import`, `vtj`, or another provider's word.
    pub source: String,
    /// Since when the register has it from there.
    pub since: Option<DateTime<Utc>>,
    /// Who decided it.
    pub approved_by: Option<String>,
    /// The finding whose approval it was.
    pub finding: Option<Uuid>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: What,
}

/// What happened; no value is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A difference was found.
    Found(FoundRow),
    /// Somebody decided about one.
    Decided(DecidedRow),
    /// VTJ was asked.
    Asked(AskedRow),
    /// Somebody looked.
    Looked(LookRow),
}

/// A patron with everything the account may see. The look is in the audit log first.
///
/// # Errors
/// [`PatronsError::UnknownCard`] when there is no such patron, or the account may not see them.
pub async fn portrait(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
) -> Result<Portrait, PatronsError> {
    let reach = Reach::of(account);
    let mut read = context.db.read().await?;
    let row = store::patron::by_ids(&mut read, &[id]).await?.pop().ok_or(PatronsError::UnknownCard)?;
    if !reach.holds(&mut read, &row).await? {
        return Err(PatronsError::UnknownCard);
    }
    drop(read);
    let patron = mask::open_one(context, vec![row]).await?.ok_or(PatronsError::UnknownCard)?;
    // An order may have begun since the row was read.
    if patron.is_masked() && !reach.is_cleared {
        return Err(PatronsError::UnknownCard);
    }
    let mut event = context.event("patron.show").about(patron.subject_tag);
    event.actor = Actor::Account { id: account.id, name: account.name.clone() };
    if patron.is_masked() {
        event = event.detail("masked columns shown");
    }
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("patron.show").await?;
    let clearance = reach.is_cleared.then(Clearance::of_proved_account);
    let values = values(&patron, clearance.as_ref())?;
    let shows = |kind: &str| {
        reach.is_cleared || FindingKind::from_word(kind).is_some_and(|kind| !kind.needs_clearance())
    };
    let mut read = context.db.read().await?;
    let mut found = patron_history::found(&mut read, id, MOST_HAPPENED).await?;
    found.retain(|row| shows(&row.kind));
    let mut decided = patron_history::decided(&mut read, id, MOST_HAPPENED).await?;
    decided.retain(|row| shows(&row.kind));
    let asked = patron_history::asked(&mut read, id, MOST_HAPPENED).await?;
    let looks = if account.role == Role::Auditor {
        patron_history::looks(&mut read, &patron.subject_tag, MOST_HAPPENED).await?
    } else {
        Vec::new()
    };
    drop(read);
    let is_open =
        |row: &&FoundRow| FindingState::from_word(&row.state).is_some_and(|state| !state.is_final());
    let cases = found.iter().filter(is_open).cloned().collect();
    let person = patron.person.as_ref();
    Ok(Portrait {
        id,
        card_number: patron.row.card_number.clone(),
        name: format!("{} {}", patron.row.last_name, patron.row.first_names).trim_end().to_owned(),
        municipality: patron.row.municipality.clone(),
        values,
        protection: patron.protection(),
        follow: person.map_or_else(|| "unfollowed".to_owned(), |person| person.follow_state.clone()),
        unfollowed_because: person
            .and_then(|person| person.unfollowed_because.clone())
            .filter(|because| reach.is_cleared || !OF_CODES.contains(&because.as_str())),
        in_register: patron.row.in_register,
        answer: person.map_or_else(|| "not_asked".to_owned(), |person| person.answer.clone()),
        answered_at: person.and_then(|person| person.answered_at),
        cases,
        history: history(found, decided, asked, looks),
    })
}

/// Everything by time, the newest first.
fn history(
    found: Vec<FoundRow>,
    decided: Vec<DecidedRow>,
    asked: Vec<AskedRow>,
    looks: Vec<LookRow>,
) -> Vec<Happened> {
    let mut all: Vec<Happened> = Vec::new();
    all.extend(found.into_iter().map(|row| Happened { at: row.opened_at, what: What::Found(row) }));
    all.extend(decided.into_iter().map(|row| Happened { at: row.decided_at, what: What::Decided(row) }));
    all.extend(asked.into_iter().map(|row| Happened { at: row.requested_at, what: What::Asked(row) }));
    all.extend(looks.into_iter().map(|row| Happened { at: row.at, what: What::Looked(row) }));
    all.sort_by_key(|happened| std::cmp::Reverse(happened.at));
    all.truncate(usize::try_from(MOST_HAPPENED).unwrap_or(usize::MAX));
    all
}

/// A source as the register's record of sources has it.
#[derive(Deserialize)]
struct Recorded {
    source: String,
    finding: Option<Uuid>,
    approved_by: Option<String>,
    at: Option<DateTime<Utc>>,
}

fn values(patron: &Shown, clearance: Option<&Clearance>) -> Result<Vec<Valued>, StoreError> {
    let recorded: BTreeMap<String, Recorded> = serde_json::from_str(&patron.row.sources)
        .map_err(|_| StoreError::inconsistent("patron", "sources"))?;
    let columns = Column::ALL.into_iter().filter(|column| *column != Column::IdentityCode);
    let valued = |column: Column| {
        let text = match clearance {
            Some(clearance) => patron.cleared_cell(column, clearance),
            None => patron.cell(column),
        };
        let text = text.map(std::borrow::Cow::into_owned);
        let origin = text.is_some().then(|| match recorded.get(column.as_str()) {
            Some(known) => Origin {
                source: known.source.clone(),
                since: known.at,
                approved_by: known.approved_by.clone(),
                finding: known.finding,
            },
            None => Origin {
                source: "import".to_owned(),
                since: Some(super::show::imported_at(patron)),
                approved_by: None,
                finding: None,
            },
        });
        Valued { column, text, origin }
    };
    Ok(columns.map(valued).collect())
}
