//! An item with everything that whoever decides it must have in view.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use super::assign::{Colleague, colleagues};
use super::case::Case;
use super::decide::undo_until;
use super::error::ReviewError;
use super::item::{QueueItem, Sight, item};
use super::origin::{self, Origin};
use super::single::Seen;
use super::{Viewer, keyring_of, look, looked_at, revert};
use crate::audit;
use crate::finding::{Field, FindingKind};
use crate::protected::Protection;
use crate::seal::Place;
use crate::staff::{ProvedAccount, session};
use crate::store::assignment::HolderRow;
use crate::store::case_view::ViewRow;
use crate::store::decision::DecisionRow;
use crate::store::{self, Result, Tx};
use crate::task::Context;

/// An item with everything around it. What is masked is `None`.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what holds of a case, each by itself")]
pub struct OpenCase {
    /// The item itself.
    pub item: QueueItem,
    /// What it is.
    pub kind: FindingKind,
    /// The version that is shown; decisions name it.
    pub seen: Seen,
    /// Whether it may be approved as it stands.
    pub confirmable: bool,
    /// Whether contact details are masked, and why: an order, or doubt.
    pub protection: Protection,
    /// Surname.
    pub last_name: String,
    /// First names.
    pub first_names: String,
    /// The columns that differ, in the file's order.
    pub differing: Vec<CaseColumn>,
    /// The columns of name, address and language that do not.
    pub unchanged: Vec<CaseColumn>,
    /// Whether its texts can be put into other words.
    pub editable: bool,
    /// Whether it restores what the register held before a correction.
    pub restores: bool,
    /// When VTJ last answered about the person.
    pub answered_at: Option<DateTime<Utc>>,
    /// When the question was asked whose answer it rests on.
    pub asked_at: Option<DateTime<Utc>>,
    /// When the patron last changed their own data.
    pub last_patron_edit_on: Option<NaiveDate>,
    /// Whose it is.
    pub holder: Option<HolderRow>,
    /// To whom else it can be given.
    pub colleagues: Vec<Colleague>,
    /// Who else has it open.
    pub others: Vec<ViewRow>,
    /// What has been said about it, the newest first.
    pub said: Vec<Said>,
    /// Until when the viewer may take the own last word back.
    pub undo_until: Option<DateTime<Utc>>,
    /// Whether it waits for the patron to visit.
    pub awaits_visit: bool,
    /// Until when what was written can be reverted.
    pub revert_until: Option<DateTime<Utc>>,
}

/// A column.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseColumn {
    /// Which.
    pub field: Field,
    /// The register's text.
    pub current: Option<String>,
    /// The text that approval writes; the register's, where nothing differs.
    pub proposed: Option<String>,
    /// Where the register's text came from.
    pub origin: Option<Origin>,
}

impl std::fmt::Debug for CaseColumn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ***", self.field.as_str())
    }
}

/// What somebody has said about an item.
#[derive(Clone, PartialEq, Eq)]
pub struct Said {
    /// `approve`, `reject`, `snooze`, `undo` or `revert`.
    pub verdict: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The reason of a rejection.
    pub reason: Option<String>,
    /// A note, unless masked.
    pub note: Option<String>,
    /// Whether the text was put into other words.
    pub edited: bool,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} by {}", self.verdict, self.by)
    }
}

/// Opens an item for a reviewer, brought up to date, and notes who has it open. Of a protected patron contact details
/// are shown only while they are `revealed`; a rejection can be taken back for `window`.
///
/// # Errors
/// When there is no such item, or it is not the reviewer's to see; when the look cannot be recorded.
pub async fn open_case(
    context: &Context,
    account: &ProvedAccount,
    session: Uuid,
    id: Uuid,
    revealed: bool,
    window: Duration,
) -> std::result::Result<OpenCase, ReviewError> {
    let viewer = Viewer::Proved(account.clone());
    let keyring = keyring_of(context, id).await?;
    let (mut tx, case) = looked_at(context, &viewer, &keyring, id).await?;
    let sight = case.sight(Some(account))?;
    let sight = Sight { cleared: sight.cleared && revealed, ..sight };
    let open = around(context, &mut tx, &case, account, sight, window).await?;
    let now = context.clock.now();
    store::case_view::note(&mut tx, id, account.id, session, now, now - session::IDLE).await?;
    audit::record(&mut tx, &[look(context, &viewer, &case, "finding.show")]).await?;
    tx.commit("review.show").await?;
    Ok(open)
}

async fn around(
    context: &Context,
    tx: &mut Tx,
    case: &Case<'_>,
    account: &ProvedAccount,
    sight: Sight,
    window: Duration,
) -> std::result::Result<OpenCase, ReviewError> {
    let now = context.clock.now();
    let today = context.clock.today();
    let row = &case.finding;
    let kind = row.kind()?;
    let sealed = case.content()?;
    let decisions = store::decision::of_finding(tx, row.id).await?;
    let last = decisions.first().filter(|last| last.account == account.id);
    let undo = last.and_then(|last| undo_until(row, last, window)).filter(|until| *until > now);
    let (differing, unchanged) = columns(tx, case, sight).await?;
    let asked_at = match row.request {
        Some(request) => store::disclosure::get(tx, request).await?.map(|row| row.requested_at),
        None => None,
    };
    let revert_until = revert::until(tx, case).await?.filter(|until| *until > now);
    let masks_notes = sight.protection == Protection::Yes && !sight.cleared;
    Ok(OpenCase {
        item: item(case, sight)?,
        kind,
        seen: Seen { id: row.id, version: row.version },
        confirmable: row.confirmable,
        protection: sight.protection,
        last_name: case.patron.last_name.clone(),
        first_names: case.patron.first_names.clone(),
        differing,
        unchanged,
        editable: !kind.editable().is_empty()
            && sight.protection == Protection::No
            && sealed.reverts.is_none(),
        restores: sealed.reverts.is_some(),
        answered_at: case.person.answered_at,
        asked_at,
        last_patron_edit_on: case.patron.last_patron_edit_on,
        holder: store::assignment::holder(tx, row.id, today).await?,
        colleagues: colleagues(context, tx, case, account).await?,
        others: store::case_view::others(tx, row.id, account.id, now - session::IDLE, today).await?,
        said: said(tx, case, &decisions, masks_notes).await?,
        undo_until: undo,
        awaits_visit: store::awaited_visit::waits(tx, row.id).await?,
        revert_until,
    })
}

/// The columns that differ, and those of name, address and language that do not.
async fn columns(tx: &mut Tx, case: &Case<'_>, sight: Sight) -> Result<(Vec<CaseColumn>, Vec<CaseColumn>)> {
    let content = case.content()?;
    let columns = case.patron.open(case.keyring)?;
    let origins = origin::of(tx, &case.patron, &Field::ALL).await?;
    let origin = |field: Field| sight.shows(field).0.then(|| origins.get(&field).cloned()).flatten();
    let differing = content.written().iter().map(|change| {
        let (current, proposed) = sight.shows(change.field);
        CaseColumn {
            field: change.field,
            current: current.then(|| change.current.clone()),
            proposed: proposed.then(|| change.proposed.clone()),
            origin: origin(change.field),
        }
    });
    let same = |field: &Field| !content.written().iter().any(|change| change.field == *field);
    let hidden = [Field::IdentityCode, Field::BirthDate];
    let unchanged =
        Field::ALL.into_iter().filter(|field| same(field) && !hidden.contains(field)).map(|field| {
            let text = sight.shows(field).0.then(|| case.patron.text(&columns, field));
            CaseColumn { field, current: text.clone(), proposed: text, origin: origin(field) }
        });
    Ok((differing.collect(), unchanged.collect()))
}

pub(super) async fn said(
    tx: &mut Tx,
    case: &Case<'_>,
    decisions: &[DecisionRow],
    masked: bool,
) -> Result<Vec<Said>> {
    let mut names: BTreeMap<Uuid, String> = BTreeMap::new();
    let mut said = Vec::new();
    for row in decisions {
        let by = match names.get(&row.account) {
            Some(name) => name.clone(),
            None => store::account::get(tx, row.account).await?.name,
        };
        names.insert(row.account, by.clone());
        said.push(Said {
            verdict: row.verdict.clone(),
            by,
            at: row.decided_at,
            reason: row.reason.clone(),
            note: if masked { None } else { note(case, row)? },
            edited: row.edited,
        });
    }
    Ok(said)
}

fn note(case: &Case<'_>, row: &DecisionRow) -> Result<Option<String>> {
    let Some(sealed) = &row.sealed_note else { return Ok(None) };
    let place = Place { table: "decision", column: "sealed_note", row: row.id };
    let plain = case.keyring.get(case.patron.id, row.key_version)?.open(place, sealed)?;
    Ok(Some(String::from_utf8_lossy(&plain).into_owned()))
}
