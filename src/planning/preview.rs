//! What a refresh would ask of VTJ, what it costs and what it brings: counted in our own database alone.
//!
//! Nothing shown leads to a person: counts, and a sample of patrons who are not protected with the last two
//! characters of their cards. Where the sample would come out smaller than a segment of its size has it, there is
//! none, so that what is missing tells nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Helsinki;
use serde::Serialize;

use super::InWords;
use super::estimate::{self, PEOPLE_PER_REQUEST, Queue};
use crate::audit::{self, Actor};
use crate::budget::{self, BudgetError, Standing};
use crate::clock::helsinki_date;
use crate::municipality::MunicipalityCode;
use crate::purpose::{Purpose, PurposeRule};
use crate::quota::{Price, Scope, Span};
use crate::schedule::check::{self, Wrong};
use crate::schedule::definition::{AddressRefresh, Definition, OverBudget, Work};
use crate::segment::Segment;
use crate::store::segment::{self, SampleRow, SegmentScope};
use crate::store::{StoreError, Tx};
use crate::task::{Context, TaskError};

/// How many patrons a sample shows at most.
const SAMPLE: u64 = 10;
/// A sample shows one of so many at most, so that it never describes everybody.
const SAMPLE_SHARE: u64 = 3;
/// How far back this installation's own experience goes.
const YEAR: TimeDelta = TimeDelta::days(365);

/// What a refresh would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// The segment, in its one way of writing.
    pub segment: String,
    /// The segment as a sentence.
    pub reading: InWords,
    /// Why VTJ would be asked.
    pub purpose: String,
    /// The statute it rests on.
    pub legal_basis: String,
    /// By which of VTJ's interfaces.
    pub interface: Interface,
    /// People the segment selects who may be asked about.
    pub people: u64,
    /// People the segment describes and who may not be asked about, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// What the definition's budget says to that.
    pub budget: BudgetSaid,
    /// The share of each municipality in those who would be asked about.
    pub municipalities: Vec<Share>,
    /// Requests to VTJ, of those who would be asked about.
    pub requests: u64,
    /// Their price in euros.
    pub price_eur: f64,
    /// Minutes they take, at most about.
    pub minutes: u64,
    /// What the ceilings of single-person queries leave afterwards; none for base data.
    pub ceilings: Vec<CeilingAfter>,
    /// The ceiling that would keep the run from starting today, in words.
    pub ceiling_reached: Option<String>,
    /// Cases to expect in the queue.
    pub queue: Queue,
    /// Some of those who would be asked about first.
    pub sample: Vec<Sampled>,
    /// Always false: nothing was asked of VTJ.
    pub asked_vtj: bool,
}

/// VTJ's interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Interface {
    /// Base data, up to a thousand people a request.
    BaseData,
    /// The single-person query.
    SingleQuery,
}

/// What the definition's budget says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BudgetSaid {
    /// The most people one run asks about.
    pub people_at_most: u32,
    /// How many it would ask about now.
    pub asked: u64,
    /// What is left of the budget then.
    pub left: u64,
    /// How many people the segment selects beyond the budget.
    pub over_by: u64,
    /// What becomes of the run.
    pub outcome: BudgetOutcome,
}

/// What becomes of a run under its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetOutcome {
    /// Everybody is asked about.
    Within,
    /// Nobody is asked about; the run waits. Requests, price and time are those it waits for.
    Waits,
    /// Those who have not been verified for longest are asked about.
    First,
}

/// The share of one municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Its code.
    pub municipality: String,
    /// Of its patrons, whom the requests are about.
    pub people: u64,
    /// Requests under its permit.
    pub requests: u64,
}

/// A ceiling after the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CeilingAfter {
    /// `installation`, `municipality` or `purpose`.
    pub scope: &'static str,
    /// The municipality's code or the purpose's name.
    pub name: Option<String>,
    /// `day` or `month`.
    pub span: &'static str,
    /// The most queries.
    pub ceiling: u32,
    /// Used so far.
    pub used: u64,
    /// What this run would use.
    pub this_run: u64,
    /// Left afterwards; below zero when the ceiling would be passed.
    pub left: i64,
}

/// A patron of a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sampled {
    /// The last two characters of the card.
    pub card: String,
    /// The municipality.
    pub municipality: String,
    /// The patron group.
    pub patron_group: String,
    /// The language.
    pub language: Option<String>,
    /// The month in which VTJ last answered about the person.
    pub verified: Option<String>,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The schedule starts a task, and selects nobody.
    #[error("the schedule starts the task {0}, which selects nobody: there is nothing to preview")]
    NotARefresh(&'static str),
    /// It cannot be used here.
    #[error("{}", in_words(.0))]
    Wrong(Vec<Wrong>),
    /// The single-person query is not configured.
    #[error(transparent)]
    Budget(BudgetError),
    /// The comparison failed.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<BudgetError> for PreviewError {
    fn from(error: BudgetError) -> Self {
        match error {
            BudgetError::Store(error) => Self::Store(error),
            other => Self::Budget(other),
        }
    }
}

/// A refresh with everything it names looked up.
pub(super) struct Refresh<'a> {
    pub(super) segment: Segment,
    pub(super) scope: SegmentScope,
    rule: &'a PurposeRule,
    interface: Interface,
    definition: &'a AddressRefresh,
}

/// What a definition would do if it ran now. Nothing is written and nothing is asked.
///
/// # Errors
/// When the definition is no refresh or cannot be used as it is, or the database fails.
pub async fn preview(
    context: &Context,
    definition: &Definition,
    now: DateTime<Utc>,
) -> Result<Preview, PreviewError> {
    let refresh = refresh(context, definition, now)?;
    let (segment, scope) = (&refresh.segment, &refresh.scope);
    let mut tx = context.db.read().await?;
    let counts = segment::count(&mut tx, segment, scope).await?;
    let left_out = segment::left_out(&mut tx, segment, scope).await?;
    let (answered, found) = segment::experience(&mut tx, now - YEAR).await?;
    let people = counts.iter().map(|(_, people)| people).sum();
    let said = budget_said(refresh.definition, people);
    let about = match said.outcome {
        BudgetOutcome::Within | BudgetOutcome::Waits => counts,
        BudgetOutcome::First => {
            segment::count_first(&mut tx, segment, scope, refresh.definition.budget).await?
        }
    };
    let sample = sample(&mut tx, &refresh, people).await?;
    drop(tx);
    let shares: Vec<Share> = about
        .iter()
        .filter(|(_, people)| *people > 0)
        .map(|(municipality, people)| refresh.share(municipality, *people))
        .collect();
    let (asked, requests) = (sum(&shares, |share| share.people), sum(&shares, |share| share.requests));
    let (ceilings, ceiling_reached) = ceilings(context, &refresh, &about, now).await?;
    Ok(Preview {
        segment: segment.to_string(),
        reading: InWords::new(|language| segment.reading(language)),
        purpose: refresh.rule.name().to_owned(),
        legal_basis: refresh.rule.grounded.legal_basis.clone(),
        interface: refresh.interface,
        people,
        left_out: left_out.into_iter().collect(),
        budget: said,
        municipalities: shares,
        requests,
        price_eur: refresh.price(context)?.times(asked),
        minutes: refresh.minutes(context, requests)?,
        ceilings,
        ceiling_reached,
        queue: estimate::queue(asked, answered, found),
        sample,
        asked_vtj: false,
    })
}

/// Records that somebody is about to be shown a preview: of which schedule, and the counts.
///
/// # Errors
/// When it cannot be stored.
pub async fn record(
    context: &Context,
    actor: &Actor,
    schedule: Option<&str>,
    shown: &Preview,
) -> Result<(), StoreError> {
    let left_out: u64 = shown.left_out.values().sum();
    let schedule = schedule.unwrap_or("(not saved)");
    let mut event = context.event_of(actor, "schedule.preview").detail(format!(
        "{schedule}: people {}, left out {left_out}, sample {}",
        shown.people,
        shown.sample.len()
    ));
    event.purpose = Some(shown.purpose.clone());
    let mut tx = context.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("schedule.preview").await
}

fn in_words(wrong: &[Wrong]) -> String {
    let all: Vec<String> = wrong.iter().map(|one| format!("{}: {}", one.key, one.message)).collect();
    all.join("; ")
}

pub(super) fn refresh<'a>(
    context: &'a Context,
    definition: &'a Definition,
    now: DateTime<Utc>,
) -> Result<Refresh<'a>, PreviewError> {
    let settings = &context.settings;
    let wrong = check::wrong(definition, &super::known(context));
    let definition = match &definition.work {
        Work::AddressRefresh(refresh) => refresh,
        Work::Task { task } => return Err(PreviewError::NotARefresh(task.as_str())),
    };
    let rule = settings.purposes.get(&definition.purpose).filter(|_| wrong.is_empty());
    let Some(rule) = rule else { return Err(PreviewError::Wrong(wrong)) };
    let upkeep = rule.grounded.purpose == Purpose::register_upkeep();
    let interface = if upkeep { Interface::BaseData } else { Interface::SingleQuery };
    let municipalities = definition.municipalities.iter();
    let scope = SegmentScope {
        municipalities: municipalities.filter_map(|code| MunicipalityCode::parse(code).ok()).collect(),
        today: helsinki_date(now),
        rules: settings.segment.clone(),
    };
    Ok(Refresh { segment: definition.segment.clone(), scope, rule, interface, definition })
}

impl Refresh<'_> {
    fn share(&self, municipality: &MunicipalityCode, people: u64) -> Share {
        let requests = match self.interface {
            Interface::BaseData => people.div_ceil(PEOPLE_PER_REQUEST),
            Interface::SingleQuery => people,
        };
        Share { municipality: municipality.as_str().to_owned(), people, requests }
    }

    /// The price of one person.
    fn price(&self, context: &Context) -> Result<Price, PreviewError> {
        match self.interface {
            Interface::BaseData => Ok(context.settings.base_data_price),
            Interface::SingleQuery => Ok(query_rules(context)?.price),
        }
    }

    fn minutes(&self, context: &Context, requests: u64) -> Result<u64, PreviewError> {
        match self.interface {
            Interface::BaseData => Ok(estimate::minutes_of_base_data(requests)),
            Interface::SingleQuery => {
                Ok(estimate::minutes_of_queries(requests, query_rules(context)?.requests_per_second))
            }
        }
    }
}

fn query_rules(context: &Context) -> Result<&crate::task::QueryRules, PreviewError> {
    context.settings.query.as_ref().ok_or(PreviewError::Budget(BudgetError::NotConfigured))
}

fn sum(shares: &[Share], of: fn(&Share) -> u64) -> u64 {
    shares.iter().map(of).sum()
}

fn budget_said(definition: &AddressRefresh, people: u64) -> BudgetSaid {
    let most = u64::from(definition.budget);
    let (outcome, asked) = if people <= most {
        (BudgetOutcome::Within, people)
    } else {
        match definition.over_budget {
            OverBudget::Wait => (BudgetOutcome::Waits, 0),
            OverBudget::First => (BudgetOutcome::First, most),
        }
    };
    BudgetSaid {
        people_at_most: definition.budget,
        asked,
        left: most - asked,
        over_by: people.saturating_sub(most),
        outcome,
    }
}

async fn sample(tx: &mut Tx, refresh: &Refresh<'_>, people: u64) -> Result<Vec<Sampled>, StoreError> {
    let wanted = (people / SAMPLE_SHARE).min(SAMPLE);
    if wanted == 0 {
        return Ok(Vec::new());
    }
    let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
    let rows = segment::sample(tx, &refresh.segment, &refresh.scope, limit).await?;
    if rows.len() as u64 != wanted {
        return Ok(Vec::new());
    }
    Ok(rows.into_iter().map(sampled).collect())
}

fn sampled(row: SampleRow) -> Sampled {
    let hidden = row.card_number.chars().count().saturating_sub(2);
    Sampled {
        card: format!("…{}", row.card_number.chars().skip(hidden).collect::<String>()),
        municipality: row.municipality,
        patron_group: row.patron_group,
        language: row.language,
        verified: row.verified_at.map(|at| at.with_timezone(&Helsinki).format("%Y-%m").to_string()),
    }
}

/// The ceilings after a run of single-person queries, and the one that keeps it from starting.
async fn ceilings(
    context: &Context,
    refresh: &Refresh<'_>,
    about: &[(MunicipalityCode, u64)],
    now: DateTime<Utc>,
) -> Result<(Vec<CeilingAfter>, Option<String>), PreviewError> {
    if refresh.interface == Interface::BaseData {
        return Ok((Vec::new(), None));
    }
    let standing = budget::standing(&context.db, &context.settings, helsinki_date(now)).await?;
    let queries: BTreeMap<MunicipalityCode, u32> = about
        .iter()
        .map(|(municipality, people)| (municipality.clone(), u32::try_from(*people).unwrap_or(u32::MAX)))
        .collect();
    let reached = match budget::admit_run(context, &queries, refresh.rule).await {
        Ok(_) => None,
        Err(BudgetError::CeilingReached(reached)) => Some(reached.to_string()),
        Err(error) => return Err(error.into()),
    };
    Ok((after(&standing, refresh, about), reached))
}

fn after(standing: &Standing, refresh: &Refresh<'_>, about: &[(MunicipalityCode, u64)]) -> Vec<CeilingAfter> {
    let mut found = Vec::new();
    for line in &standing.lines {
        let (scope, name, this_run) = match &line.scope {
            Scope::Installation => ("installation", None, about.iter().map(|(_, people)| people).sum()),
            Scope::Municipality(code) => {
                let own = about.iter().find(|(municipality, _)| municipality.as_str() == code);
                ("municipality", Some(code.clone()), own.map_or(0, |(_, people)| *people))
            }
            Scope::Purpose(name) if name == refresh.rule.name() => {
                ("purpose", Some(name.clone()), about.iter().map(|(_, people)| people).sum())
            }
            Scope::Purpose(_) => continue,
        };
        if this_run == 0 {
            continue;
        }
        for (span, part) in [(Span::Day, line.day), (Span::Month, line.month)] {
            let Some(ceiling) = part.ceiling else { continue };
            let span = match span {
                Span::Day => "day",
                Span::Month => "month",
            };
            let used = i64::try_from(part.used.saturating_add(this_run)).unwrap_or(i64::MAX);
            let left = i64::from(ceiling).saturating_sub(used);
            let name = name.clone();
            found.push(CeilingAfter { scope, name, span, ceiling, used: part.used, this_run, left });
        }
    }
    found
}
