//! What a first run would ask of VTJ and bring, before any request.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::config::{Config, VtjChanges};
use crate::patron::{Admission, Inadmissible};
use crate::planning::estimate::{DIFFERENCES_PERCENT, PEOPLE_PER_REQUEST, minutes_of_base_data};
use crate::protected::Protection;
use crate::schedule::Task;
use crate::seal::Vault;
use crate::store::{self, Db, StoreError, data_key};

/// Patrons opened at once.
const BATCH: i64 = 500;

/// What would be asked.
#[derive(Debug, Clone, Serialize, PartialEq)]
pub struct FirstRun {
    /// Patrons in the register.
    pub patrons: u64,
    /// Of them, who may be asked about.
    pub admissible: u64,
    /// Why the others may not, and how many.
    pub left_out: BTreeMap<&'static str, u64>,
    /// The requests of the first run.
    pub requests: Vec<Requests>,
    /// Change requests of an ordinary day after it.
    pub change_requests_per_day: u64,
    /// The price of the first delivery in euros.
    pub price_eur: f64,
    /// The smallest queue to expect.
    pub queue_from: u64,
    /// The largest queue to expect.
    pub queue_to: u64,
    /// Minutes the base data takes when VTJ is slow.
    pub minutes_at_most: u64,
}

/// The requests of the first run under the permit of one municipality.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Requests {
    /// Its code.
    pub municipality: String,
    /// People asked about.
    pub people: u64,
    /// Requests for base data.
    pub perustiedot: u64,
    /// Requests for a first cursor.
    pub kirjausavain: u64,
    /// Requests for changes, at least one for each list.
    pub muutokset: u64,
}

/// Counts what a first run would ask. Nothing is sent, and nothing of any patron is shown.
///
/// # Errors
/// When the database does not answer, or a patron's data does not open.
pub async fn first_run(
    config: &Config,
    db: &Db,
    vault: &Vault,
    now: DateTime<Utc>,
) -> Result<FirstRun, StoreError> {
    let mut left_out = BTreeMap::new();
    let mut admissible: BTreeMap<String, u64> = BTreeMap::new();
    let (mut after, mut patrons) = (String::new(), 0);
    loop {
        let page = store::patron::page(&mut db.read().await?, &after, BATCH).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.patron_id);
        let ids: Vec<_> = page.iter().map(|row| row.id).collect();
        let keyring = data_key::keyring(db, vault, &ids).await?;
        for row in page {
            patrons += 1;
            let admission = Admission {
                allow_test_codes: config.identity_code.allow_test_codes,
                has_permit: config.municipalities.iter().any(|one| one.code.as_str() == row.municipality),
                today: crate::clock::helsinki_date(now),
            };
            let verdict = match row.patron(&keyring, Protection::Unknown) {
                Ok(patron) => patron.admissible(admission).map(drop).map_err(Inadmissible::as_str),
                // Erased, or its key is lost.
                Err(StoreError::Seal(_) | StoreError::Inconsistent { .. }) => Err("cannot_be_read"),
                Err(error) => return Err(error),
            };
            match verdict {
                Ok(()) => *admissible.entry(row.municipality).or_default() += 1,
                Err(reason) => *left_out.entry(reason).or_default() += 1,
            }
        }
    }
    Ok(estimate(config, now, patrons, &admissible, left_out))
}

fn estimate(
    config: &Config,
    now: DateTime<Utc>,
    patrons: u64,
    admissible: &BTreeMap<String, u64>,
    left_out: BTreeMap<&'static str, u64>,
) -> FirstRun {
    let changes = config.vtj.changes.as_ref();
    let list_size = u64::from(changes.map_or(VtjChanges::LIST_SIZE, |changes| changes.list_size));
    let price = changes.map_or(VtjChanges::PRICE_PER_PERSON, |changes| changes.price_per_person);
    let requests: Vec<Requests> = admissible
        .iter()
        .map(|(municipality, people)| Requests {
            municipality: municipality.clone(),
            people: *people,
            perustiedot: people.div_ceil(PEOPLE_PER_REQUEST),
            kirjausavain: 1,
            muutokset: people.div_ceil(list_size),
        })
        .collect();
    let people: u64 = admissible.values().sum();
    let base: u64 = requests.iter().map(|one| one.perustiedot).sum();
    let lists: u64 = requests.iter().map(|one| one.muutokset).sum();
    FirstRun {
        patrons,
        admissible: people,
        left_out,
        requests,
        change_requests_per_day: lists * fetches_per_day(config, now),
        price_eur: price.times(people),
        queue_from: people * DIFFERENCES_PERCENT.0 / 100,
        queue_to: (people * DIFFERENCES_PERCENT.1).div_ceil(100),
        minutes_at_most: minutes_of_base_data(base),
    }
}

fn fetches_per_day(config: &Config, now: DateTime<Utc>) -> u64 {
    let fetches = config.schedules.iter().filter(|entry| entry.starts(Task::Fetch));
    let due = fetches
        .map(|entry| {
            entry.definition.cron.iter_after(now).take_while(|due| *due <= now + TimeDelta::days(1)).count()
        })
        .sum::<usize>();
    u64::try_from(due).unwrap_or(u64::MAX)
}

impl FirstRun {
    /// The same in lines for people.
    pub fn lines(&self) -> Vec<String> {
        let left_out: Vec<String> =
            self.left_out.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
        let left_out = if left_out.is_empty() { "nobody".to_owned() } else { left_out.join(", ") };
        let mut lines = vec![
            format!("{} patrons, of whom {} may be asked about", self.patrons, self.admissible),
            format!("left out: {left_out}"),
        ];
        lines.extend(self.requests.iter().map(|one| {
            format!(
                "municipality {}: {} people, {} requests for base data (perustiedot), {} for a first cursor (kirjausavain), {} for changes (muutokset)",
                one.municipality, one.people, one.perustiedot, one.kirjausavain, one.muutokset
            )
        }));
        lines.extend([
            format!("afterwards {} change requests a day by the schedules", self.change_requests_per_day),
            format!("price of the first delivery: {:.2} EUR", self.price_eur),
            format!("queue to expect: {} to {} items", self.queue_from, self.queue_to),
            format!("base data takes up to {} minutes when VTJ is slow", self.minutes_at_most),
            "nothing has been asked".to_owned(),
        ]);
        lines
    }
}
