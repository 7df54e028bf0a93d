//! What the database can tell.

use chrono::{DateTime, Utc};

use super::Check;
use super::feed::{feed, set_by_hand};
use super::query::query;
use crate::cli::Code;
use crate::clock::{Clock, SystemClock, helsinki_date};
use crate::config::Config;
use crate::planning;
use crate::schedule::{Task, local as helsinki};
use crate::seal::Vault;
use crate::service;
use crate::store::{self, Db, StoreError, Tx};

/// Clocks further apart than this make times in the log misleading.
const CLOCKS_APART_MS: i64 = 5_000;
/// Of so many people some are protected, and most have an explicit "no".
const ENOUGH_ANSWERS: i64 = 5_000;

/// Looks at the database. `vault` is what the key file holds, where it could be read.
pub async fn database(config: &Config, db: &Db, vault: Option<&Vault>, clock: &dyn Clock) -> Vec<Check> {
    match look(config, db, vault, clock.now()).await {
        Ok(checks) => checks,
        Err(error) => vec![Check::wrong(
            "database",
            error.to_string(),
            Some("see that it runs and can be reached".to_owned()),
            Code::Unavailable,
        )],
    }
}

async fn look(
    config: &Config,
    db: &Db,
    vault: Option<&Vault>,
    now: DateTime<Utc>,
) -> Result<Vec<Check>, StoreError> {
    let schema = db.schema_status().await?;
    match schema.applied {
        Some(applied) if applied == schema.known => {}
        Some(applied) if applied > schema.known => {
            let error = StoreError::NewerSchema { found: applied, known: schema.known };
            return Ok(vec![Check::wrong("database", error.to_string(), None, Code::Configuration)]);
        }
        _ => {
            return Ok(vec![Check::warn(
                "database",
                "its schema is not up to date",
                "run `ajantasa migrate run`, or let the next command do it",
            )]);
        }
    }
    let mut checks = vec![Check::ok("database", format!("{}, schema {}", db.kind(), schema.known))];
    if let Some(vault) = vault {
        checks.push(key(config, service::key_fits(db, vault).await?));
    }
    let people = {
        let mut tx = db.read().await?;
        store::tally::follow_states(&mut tx).await?
    };
    checks.push(data_keys(db, &people).await?);
    let mut tx = db.read().await?;
    checks.push(clocks(&mut tx).await?);
    checks.extend(follow(&people));
    checks.push(feed(&mut tx, config, now, &people).await?);
    checks.extend(set_by_hand(&mut tx, now).await?);
    checks.push(quarantine(store::inbox::count_quarantined(&mut tx).await?));
    checks.push(rounds(&mut tx, config, now).await?);
    checks.extend(super::runs::runs(&mut tx, now).await?);
    checks.extend(protection(store::tally::answers(&mut tx).await?));
    drop(tx);
    let clashes = planning::clashes(db, &config.schedules).await?;
    checks.extend(clashes.iter().map(|name| clash(name)));
    checks.extend(query(config, db, helsinki_date(now)).await?);
    Ok(checks)
}

fn key(config: &Config, fits: Option<bool>) -> Check {
    match fits {
        Some(true) => Check::ok("key", "it is the key of this database"),
        Some(false) => Check::wrong(
            "key",
            format!("{} is not the key file this database was used with", config.keys.file.display()),
            Some("restore that one from its copy".to_owned()),
            Code::Configuration,
        ),
        None => Check::ok("key", "the database has not been used with a key yet"),
    }
}

async fn data_keys(db: &Db, people: &[(String, Option<String>, i64)]) -> Result<Check, StoreError> {
    let mut tx = db.read_keys().await?;
    let keys = store::data_key::count(&mut tx).await?;
    let forgotten = |reason: &Option<String>| reason.as_deref() == Some("forgotten");
    let patrons: i64 = people.iter().filter(|row| !forgotten(&row.1)).map(|row| row.2).sum();
    Ok(if keys < patrons {
        Check::wrong(
            "data keys",
            format!("{keys} keys for {patrons} patrons: the data of some cannot be read"),
            Some("restore the newest backup of the keys".to_owned()),
            Code::Configuration,
        )
    } else {
        Check::ok("data keys", format!("{keys} keys for {patrons} patrons"))
    })
}

async fn clocks(tx: &mut Tx) -> Result<Check, StoreError> {
    let apart = tx.database_now_ms().await? - SystemClock.now().timestamp_millis();
    let message = format!("the database's clock and ours are {} ms apart", apart.abs());
    Ok(if apart.abs() > CLOCKS_APART_MS {
        Check::warn("clock", message, "set both by the network's time")
    } else {
        Check::ok("clock", message)
    })
}

fn follow(people: &[(String, Option<String>, i64)]) -> Vec<Check> {
    let of = |state: &str| -> i64 { people.iter().filter(|row| row.0 == state).map(|row| row.2).sum() };
    let reasons: Vec<String> = people
        .iter()
        .filter_map(|(_, reason, count)| reason.as_ref().map(|reason| format!("{reason} {count}")))
        .collect();
    let mut checks =
        vec![Check::ok("people", format!("{} followed, {} waiting", of("following"), of("waiting")))];
    if !reasons.is_empty() {
        checks.push(Check::ok("unfollowed", reasons.join(", ")));
    }
    checks
}

fn quarantine(count: i64) -> Check {
    if count == 0 {
        Check::ok("quarantine", "no change was put aside")
    } else {
        Check::warn(
            "quarantine",
            format!("{count} changes could not be understood; their people are read from base data instead"),
            "tell DVV if there are more every day",
        )
    }
}

/// A task is late when two of its due times have passed since it last ended well.
async fn rounds(tx: &mut Tx, config: &Config, now: DateTime<Utc>) -> Result<Check, StoreError> {
    let successes = store::round::last_success(tx).await?;
    let mut late = Vec::new();
    let mut last = Vec::new();
    for definition in config.schedules.iter().map(|entry| &entry.definition).filter(|one| one.enabled) {
        let Some(task) = definition.task().map(Task::as_str) else { continue };
        match successes.iter().find(|(known, _)| known == task) {
            None => late.push(format!("{task} never")),
            Some((_, at)) => {
                let text = format!("{task} {}", helsinki(*at).format("%Y-%m-%d %H:%M"));
                let due_twice = definition.cron.iter_after(*at).nth(1).is_some_and(|second| second < now);
                if due_twice { late.push(text) } else { last.push(text) }
            }
        }
    }
    Ok(if late.is_empty() {
        Check::ok("tasks", format!("last ended well: {}", last.join(", ")))
    } else {
        Check::warn(
            "tasks",
            format!("late, last ended well: {}", late.join(", ")),
            "see that `ajantasa serve` runs, and look for errors in its log",
        )
    })
}

fn clash(name: &str) -> Check {
    let what_to_do = "choose another name in the file, or remove the administrator's schedule".to_owned();
    Check::wrong("schedules", planning::clash_message(name), Some(what_to_do), Code::Configuration)
}

fn protection((answered, known): (i64, i64)) -> Option<Check> {
    (answered >= ENOUGH_ANSWERS && known == 0).then(|| {
        Check::warn(
            "protection",
            format!(
                "VTJ answered about {answered} people and never said whether one is protected; nothing about their contact details is shown or proposed"
            ),
            "ask DVV whether your product holds TURVAKIELTO",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_without_protection_is_noticed_among_thousands() {
        assert!(protection((4_999, 0)).is_none() && protection((9_000, 1)).is_none());
        assert!(protection((5_000, 0)).is_some());
    }
}
