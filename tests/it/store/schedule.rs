//! Schedules and their versions.

use ajantasa::schedule::definition::Definition;
use ajantasa::schedule::{CronExpression, Task};
use ajantasa::store::schedule::{self, Approval, PauseRow, VersionRow};
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

    async fn a_version_that_waits_is_approved_or_withdrawn_once(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let id = add(&mut tx, "fetch").await;
        schedule::lock(&mut tx, id).await.unwrap();
        schedule::insert_version(&mut tx, &version_row(id, 2, "waiting")).await.unwrap();
        assert!(schedule::withdraw(&mut tx, id, now(), "bo").await.unwrap());
        assert!(!schedule::withdraw(&mut tx, id, now(), "bo").await.unwrap());
        schedule::insert_version(&mut tx, &version_row(id, 3, "waiting")).await.unwrap();
        schedule::end_in_force(&mut tx, id).await.unwrap();
        let by = Approval { at: now(), account: new_id(now()), name: "una", os_user: "una" };
        schedule::approve(&mut tx, id, 3, by).await.unwrap();
        assert!(schedule::approve(&mut tx, id, 3, by).await.is_err());
        let versions = schedule::versions(&mut tx, id).await.unwrap();
        let states: Vec<&str> = versions.iter().map(|version| version.state.as_str()).collect();
        assert_eq!(states, ["former", "withdrawn", "in_force"]);
        assert_eq!(versions[1].withdrawn_by.as_deref(), Some("bo"));
        assert_eq!((versions[2].approver.as_deref(), versions[2].approved_by), (Some("una"), Some(by.account)));
    }

    async fn one_account_does_not_approve_what_it_made(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let id = add(&mut tx, "fetch").await;
        let account = new_id(now());
        let row = VersionRow { account: Some(account), ..version_row(id, 2, "waiting") };
        schedule::insert_version(&mut tx, &row).await.unwrap();
        schedule::end_in_force(&mut tx, id).await.unwrap();
        let by = Approval { at: now(), account, name: "una", os_user: "una" };
        assert!(schedule::approve(&mut tx, id, 2, by).await.is_err());
    }

    async fn a_name_is_free_when_its_schedule_is_removed_and_still_leads_to_it(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let first = add(&mut tx, "fetch").await;
        schedule::remove(&mut tx, first, now(), "bo").await.unwrap();
        assert!(schedule::remove(&mut tx, first, now(), "bo").await.is_err());
        assert!(schedule::lock(&mut tx, first).await.is_err());
        assert!(schedule::heads(&mut tx).await.unwrap().is_empty());
        assert_eq!(schedule::named(&mut tx, "fetch").await.unwrap().unwrap().removed_by.as_deref(), Some("bo"));
        let second = add(&mut tx, "fetch").await;
        assert_eq!(schedule::named(&mut tx, "fetch").await.unwrap().unwrap().id, second);
        assert_eq!(schedule::heads(&mut tx).await.unwrap().len(), 1);
        assert!(schedule::named(&mut tx, "nightly").await.unwrap().is_none());
    }

    async fn a_pause_begins_and_ends_on_record(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let id = add(&mut tx, "fetch").await;
        let day = chrono::TimeDelta::days(1);
        let row = |number: u128| PauseRow {
            id: Uuid::from_u128(number),
            schedule: id,
            begun_at: now(),
            until: now() + day,
            because: "moving house".to_owned(),
            actor: "bo".to_owned(),
            os_user: "bo".to_owned(),
            ended_at: None,
            ended_by: None,
        };
        schedule::pause(&mut tx, &row(1)).await.unwrap();
        assert!(schedule::pause(&mut tx, &row(2)).await.is_err());
        assert!(schedule::end_pause(&mut tx, id, now(), "una").await.unwrap());
        assert!(!schedule::end_pause(&mut tx, id, now(), "una").await.unwrap());
        schedule::pause(&mut tx, &row(2)).await.unwrap();
        assert!(schedule::pauses_over(&mut tx, now()).await.unwrap().is_empty());
        assert!(!schedule::end_pause_over(&mut tx, id, now(), "its end").await.unwrap());
        assert_eq!(schedule::pauses_over(&mut tx, now() + day).await.unwrap().len(), 1);
        assert!(schedule::end_pause_over(&mut tx, id, now() + day, "its end").await.unwrap());
        let pauses = schedule::pauses(&mut tx, id).await.unwrap();
        let ends: Vec<_> = pauses.iter().map(|pause| (pause.ended_by.as_deref(), pause.ended_at)).collect();
        assert_eq!(ends, [(Some("una"), Some(now())), (Some("its end"), Some(now() + day))]);
    }
}
