//! What a refresh would do, as the preview counts it, in words.

use super::words::Words;
use crate::audit::Actor;
use crate::planning::estimate::Experience;
use crate::planning::preview::{BudgetOutcome, CeilingAfter, Interface, Preview, PreviewError, Sampled};
use crate::planning::{PlanningError, preview};
use crate::schedule::definition::Definition;
use crate::web::errors::WebError;
use crate::web::texts::Argument as _;
use crate::web::visit::Visit;

/// What a page shows of a preview.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    pub(super) reading: String,
    pub(super) people: String,
    /// Reason and how many.
    pub(super) left_out: Vec<(String, u64)>,
    pub(super) budget: String,
    /// Whether nobody or not everybody would be asked about.
    pub(super) is_over: bool,
    /// Municipality, people and requests.
    pub(super) shares: Vec<(String, u64, u64)>,
    pub(super) requests: String,
    pub(super) price: String,
    pub(super) time: String,
    pub(super) ceilings: Vec<Ceiling>,
    pub(super) ceiling_reached: bool,
    pub(super) queue: String,
    pub(super) sample: Vec<Person>,
}

/// A ceiling after the run.
#[derive(Debug, Clone)]
pub(super) struct Ceiling {
    pub(super) what: String,
    pub(super) used: String,
    pub(super) left: i64,
}

/// A patron of the sample.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) card: String,
    pub(super) municipality: String,
    pub(super) group: String,
    pub(super) language: String,
    pub(super) verified: String,
}

/// What a definition would do, recorded before it is shown; nothing for a round of a task.
pub(super) async fn of(
    visit: &Visit,
    schedule: Option<&str>,
    definition: &Definition,
) -> Result<Option<Numbers>, PlanningError> {
    if definition.refresh().is_none() {
        return Ok(None);
    }
    let context = visit.context();
    let shown = match preview::preview(&context, definition, context.clock.now()).await {
        Ok(shown) => shown,
        Err(PreviewError::Wrong(wrong)) => return Err(PlanningError::Definition(wrong)),
        Err(PreviewError::Store(error)) => return Err(error.into()),
        // Whether the query is configured is looked at with the rest of the definition, and nothing is compared.
        Err(PreviewError::NotARefresh(_) | PreviewError::Budget(_) | PreviewError::Task(_)) => {
            return Ok(None);
        }
    };
    if let Some(account) = visit.account() {
        let actor = Actor::Account { id: account.id, name: account.name.clone() };
        preview::record(&context, &actor, schedule, &shown).await?;
    }
    Ok(Some(Numbers::new(&Words::of(visit), shown)))
}

/// The numbers of a schedule that is about to be started; the error page where there are none.
pub(super) async fn of_schedule(
    visit: &Visit,
    name: &str,
    definition: &Definition,
) -> Result<Option<Numbers>, WebError> {
    of(visit, Some(name), definition).await.map_err(|error| super::failed(visit, error))
}

impl Numbers {
    fn new(words: &Words, shown: Preview) -> Self {
        let l = words.l;
        let interface = match shown.interface {
            Interface::BaseData => "schedule-requests-base_data",
            Interface::SingleQuery => "schedule-requests-single_query",
        };
        let by = match shown.queue.by {
            Experience::OwnYear => "schedule-queue-own_year",
            Experience::Elsewhere => "schedule-queue-elsewhere",
        };
        let left_out = shown.left_out.iter();
        let shares = shown.municipalities.iter();
        Self {
            people: l.t1("schedule-people", "count", shown.people),
            left_out: left_out.map(|(reason, people)| (words.left_out(reason), *people)).collect(),
            budget: budget(words, &shown),
            is_over: shown.budget.outcome != BudgetOutcome::Within,
            shares: shares
                .map(|share| (words.municipality(&share.municipality), share.people, share.requests))
                .collect(),
            requests: l.t1(interface, "count", shown.requests),
            price: l.t1("schedule-price", "euros", l.decimal(format!("{:.2}", shown.price_eur))),
            time: l.t1("schedule-time", "count", shown.minutes),
            ceilings: shown.ceilings.iter().map(|after| ceiling(words, after)).collect(),
            ceiling_reached: shown.ceiling_reached.is_some(),
            queue: l.t2(by, "from", shown.queue.from, "to", shown.queue.to),
            sample: shown.sample.into_iter().map(|one| person(words, one)).collect(),
            reading: shown.reading.get(l).to_owned(),
        }
    }
}

fn budget(words: &Words, shown: &Preview) -> String {
    let (l, said) = (words.l, &shown.budget);
    match said.outcome {
        BudgetOutcome::Within => {
            let values = [
                ("asked", said.asked.value()),
                ("most", said.people_at_most.value()),
                ("left", said.left.value()),
            ];
            l.with("schedule-budget-within", &values)
        }
        BudgetOutcome::Waits => {
            l.t2("schedule-budget-waits", "most", said.people_at_most, "over", said.over_by)
        }
        BudgetOutcome::First => {
            l.t2("schedule-budget-first", "most", said.people_at_most, "over", said.over_by)
        }
    }
}

fn ceiling(words: &Words, after: &CeilingAfter) -> Ceiling {
    let l = words.l;
    let name = after.name.as_deref().unwrap_or_default();
    let name = if after.scope == "municipality" { words.municipality(name) } else { words.purpose(name) };
    let id = format!("schedule-ceiling-{}-{}", after.scope, after.span);
    Ceiling {
        what: l.t1(&id, "name", name),
        used: l.t2("schedule-ceiling-used", "used", after.used + after.this_run, "ceiling", after.ceiling),
        left: after.left,
    }
}

fn person(words: &Words, one: Sampled) -> Person {
    let l = words.l;
    let language = one.language.as_deref().unwrap_or("none");
    Person {
        municipality: words.municipality(&one.municipality),
        group: if one.patron_group.is_empty() { l.t("schedule-no-group") } else { one.patron_group },
        language: l.known(&format!("language-{language}")).unwrap_or_else(|| language.to_owned()),
        verified: match one.verified.as_deref().and_then(|month| month.split_once('-')) {
            Some((year, month)) => format!("{}/{year}", month.trim_start_matches('0')),
            None => l.t("schedule-never-verified"),
        },
        card: one.card,
    }
}
