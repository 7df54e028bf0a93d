//! Schedules and their versions.

use ajantasa::schedule::definition::Definition;
use ajantasa::schedule::{CronExpression, Task};
use ajantasa::store::schedule::{self, VersionRow};
use ajantasa::store::{Tx, new_id};
use uuid::Uuid;

use super::now;
use crate::database::both;

/// A version that nobody had to approve.
pub fn version_row(schedule: Uuid, version: i64, state: &str) -> VersionRow {
    let cron = CronExpression::parse("7 * * * *").unwrap();
    VersionRow {
        schedule,
        version,
        definition: Definition::of_task(Task::Fetch, cron).to_json(),
        state: state.to_owned(),
        made_at: now(),
        account: None,
        actor: "configuration".to_owned(),
        os_user: "ajantasa".to_owned(),
        session: None,
        people: None,
        approved_at: None,
        approved_by: None,
        approver: None,
        approver_os_user: None,
        withdrawn_at: None,
        withdrawn_by: None,
    }
}

/// Adds a schedule with one version in force.
pub async fn add(tx: &mut Tx, name: &str) -> Uuid {
    let id = new_id(now());
    schedule::insert(tx, id, name, "configuration", now()).await.unwrap();
    schedule::insert_version(tx, &version_row(id, 1, "in_force")).await.unwrap();
    id
}

both! {
    async fn a_schedule_is_in_force_with_one_version(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let id = add(&mut tx, "fetch").await;
        schedule::insert_version(&mut tx, &version_row(id, 2, "waiting")).await.unwrap();
        let rows = schedule::in_force(&mut tx).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].id, rows[0].name.as_str(), rows[0].version), (id, "fetch", 1));
        Definition::from_json(&rows[0].definition).unwrap();
        assert!(schedule::insert_version(&mut tx, &version_row(id, 3, "in_force")).await.is_err());
    }

    async fn two_schedules_do_not_share_a_name(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        add(&mut tx, "fetch").await;
        assert!(schedule::insert(&mut tx, new_id(now()), "fetch", "administrator", now()).await.is_err());
    }
}
