//! Schedules as they are shown: what they say in words, what they start next, and what became of it last.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::{IN_FORCE, Loaded, PlanningError, WAITING, definition};
use crate::municipality::Language;
use crate::schedule::definition::Definition;
use crate::schedule::difference::{self, FieldChange};
use crate::schedule::upcoming::{Upcoming, upcoming};
use crate::store::run::{self, Filter, RunRow};
use crate::store::schedule::{self as rows, HeadRow, VersionRow};
use crate::store::{self, Tx};
use crate::task::Context;

/// How many of the next runs are shown.
const NEXT: usize = 10;

/// The same in the three languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InWords {
    /// In Finnish.
    pub fi: String,
    /// In Swedish.
    pub sv: String,
    /// In English.
    pub en: String,
}

impl InWords {
    /// What a function says in each language.
    pub fn new<T: Into<String>>(words: impl Fn(Language) -> T) -> Self {
        let [fi, sv, en] = [Language::Fi, Language::Sv, Language::En].map(|language| words(language).into());
        Self { fi, sv, en }
    }

    /// What it says in one of them.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Fi => &self.fi,
            Language::Sv => &self.sv,
            Language::En => &self.en,
        }
    }
}

/// A schedule as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// Its identifier.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// `configuration` or `administrator`.
    pub origin: String,
    /// The version in force; none while the first one waits for a second administrator.
    pub in_force: Option<VersionShown>,
    /// The version that waits for a second administrator.
    pub waiting: Option<VersionShown>,
    /// Why a version of it cannot be shown: its stored content cannot be read. It starts nothing.
    pub unreadable: Option<String>,
    /// The number of its newest version, which a change names.
    pub newest_version: i64,
    /// The pause it is in.
    pub pause: Option<Pause>,
    /// What it starts next; nothing while it is paused, disabled or not in force.
    pub next: Vec<Upcoming>,
    /// Its newest run.
    pub last_run: Option<LastRun>,
}

/// A version as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionShown {
    /// Its number.
    pub version: i64,
    /// Its content.
    pub definition: Definition,
    /// When it is due, in words.
    pub reading: InWords,
    /// Whom it selects, in words, where it is a refresh.
    pub segment: Option<InWords>,
    /// The statute that its purpose rests on, where it is a refresh and the purpose is configured.
    pub legal_basis: Option<String>,
    /// What differs from the version in force; nothing of that version itself.
    pub changes: Vec<FieldChange>,
    /// How many people it selected when it was made.
    pub people: Option<i64>,
    /// When it was made.
    #[serde(serialize_with = "to_the_second")]
    pub made_at: DateTime<Utc>,
    /// By whom.
    pub made_by: String,
    /// The second administrator who approved it.
    pub approved_by: Option<String>,
}

/// A pause in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// When it began.
    #[serde(serialize_with = "to_the_second")]
    pub since: DateTime<Utc>,
    /// When it ends by itself.
    #[serde(serialize_with = "to_the_second")]
    pub until: DateTime<Utc>,
    /// Why.
    pub because: String,
    /// Who paused it.
    pub by: String,
}

impl Pause {
    /// The pause that a schedule is in at an instant; one whose time is over is none.
    pub fn of(head: &HeadRow, now: DateTime<Utc>) -> Option<Self> {
        let until = head.paused_until.filter(|until| now < *until)?;
        Some(Self {
            since: head.paused_at?,
            until,
            because: head.paused_because.clone()?,
            by: head.paused_by.clone()?,
        })
    }
}

/// The newest run of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastRun {
    /// Its identifier.
    pub id: Uuid,
    /// Where it stands.
    pub state: String,
    /// Why it is so, as a word.
    pub reason: Option<String>,
    /// When it was planned.
    #[serde(serialize_with = "to_the_second")]
    pub planned_at: DateTime<Utc>,
    /// How many people it is about.
    pub people: Option<i64>,
    /// How many were asked about.
    pub asked: i64,
}

impl From<RunRow> for LastRun {
    fn from(run: RunRow) -> Self {
        Self {
            id: run.id,
            state: run.state,
            reason: run.reason,
            planned_at: run.planned_at,
            people: run.people,
            asked: run.asked,
        }
    }
}

/// Every schedule that has not been removed, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(context: &Context) -> Result<Vec<Planned>, PlanningError> {
    let mut tx = context.db.read().await?;
    let mut planned = Vec::new();
    for head in rows::heads(&mut tx).await? {
        let versions = rows::versions(&mut tx, head.id).await?;
        planned.push(as_planned(context, &mut tx, Loaded { head, versions }).await?);
    }
    Ok(planned)
}

/// One schedule that has not been removed.
///
/// # Errors
/// When there is none of the name, or the database fails.
pub async fn show(context: &Context, name: &str) -> Result<Planned, PlanningError> {
    let mut tx = context.db.read().await?;
    let loaded = Loaded::named(&mut tx, name).await?;
    as_planned(context, &mut tx, loaded).await
}

/// The same by its identifier.
///
/// # Errors
/// When there is none, or the database fails.
pub async fn show_by_id(context: &Context, id: Uuid) -> Result<Planned, PlanningError> {
    let mut tx = context.db.read().await?;
    let head = rows::heads(&mut tx).await?.into_iter().find(|head| head.id == id);
    let head = head.ok_or_else(|| PlanningError::Unknown(id.to_string()))?;
    let versions = rows::versions(&mut tx, id).await?;
    as_planned(context, &mut tx, Loaded { head, versions }).await
}

/// Why the version in force, or the one that waits, cannot be read.
fn unreadable(loaded: &Loaded) -> Option<String> {
    [IN_FORCE, WAITING].into_iter().find_map(|state| {
        let row = loaded.in_state(state)?;
        let error = Definition::from_json(&row.definition).err()?;
        Some(format!("version {} cannot be read: {error}", row.version))
    })
}

async fn as_planned(context: &Context, tx: &mut Tx, loaded: Loaded) -> Result<Planned, PlanningError> {
    let now = context.clock.now();
    let in_force = loaded.definition_in(IN_FORCE).ok().flatten();
    let pause = Pause::of(&loaded.head, now);
    let starts = in_force.as_ref().filter(|definition| definition.enabled && pause.is_none());
    let next =
        starts.map(|definition| upcoming(&definition.cron, now, NEXT, Language::En, &definition.holidays()));
    let shown =
        |state: &str| loaded.in_state(state).and_then(|row| version(context, row, in_force.as_ref()).ok());
    let filter = Filter { name: Some(loaded.head.name.clone()), ..Filter::default() };
    let runs = run::list(tx, &filter, 1).await?;
    let last_run = runs.into_iter().map(|named| named.run).find(|run| run.schedule == loaded.head.id);
    Ok(Planned {
        id: loaded.head.id,
        in_force: shown(IN_FORCE),
        waiting: shown(WAITING),
        unreadable: unreadable(&loaded),
        newest_version: loaded.newest_number(),
        pause,
        next: next.unwrap_or_default(),
        last_run: last_run.map(LastRun::from),
        name: loaded.head.name,
        origin: loaded.head.origin,
    })
}

fn version(
    context: &Context,
    row: &VersionRow,
    in_force: Option<&Definition>,
) -> Result<VersionShown, store::StoreError> {
    let said = definition(row)?;
    let changes = if row.state == IN_FORCE { Vec::new() } else { difference::between(in_force, &said) };
    let refresh = said.refresh();
    let purpose = refresh.and_then(|refresh| context.settings.purposes.get(&refresh.purpose));
    Ok(VersionShown {
        version: row.version,
        reading: InWords::new(|language| said.cron.reading(language)),
        segment: refresh.map(|refresh| InWords::new(|language| refresh.segment.reading(language))),
        legal_basis: purpose.map(|rule| rule.grounded.legal_basis.clone()),
        changes,
        people: row.people,
        made_at: row.made_at,
        made_by: row.actor.clone(),
        approved_by: row.approver.clone(),
        definition: said,
    })
}

pub(super) fn to_the_second<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

#[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
pub(super) fn to_the_second_if_any<S: Serializer>(
    at: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => to_the_second(at, serializer),
        None => serializer.serialize_none(),
    }
}
