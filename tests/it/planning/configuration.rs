//! The schedules of the configuration file as records.

use ajantasa::planning::{self, Synced, What};
use ajantasa::schedule::definition::ScheduleEntry;

use super::{ALL, administrator, audited, by, entry, later, refresh, refused, scenario};
use crate::scenario::{Scenario, on_both};

async fn sync(scenario: &Scenario, configured: &[ScheduleEntry]) -> Synced {
    let context = &scenario.context;
    planning::sync(&context.db, &*context.clock, &context.os_user, configured).await.unwrap()
}

async fn crons(scenario: &Scenario) -> Vec<String> {
    let planned = planning::list(&scenario.context).await.unwrap();
    let cron = |version: &planning::VersionShown| format!("{} {}", version.version, version.definition.cron);
    planned
        .iter()
        .map(|one| format!("{} {}", one.name, one.in_force.as_ref().map(cron).unwrap_or_default()))
        .collect()
}

on_both! {
    async fn the_records_follow_the_file_and_nothing_is_written_when_nothing_changed(place: Place) {
        let scenario = scenario(&place).await;
        let first = [entry("nightly", "30 3 * * *"), entry("hourly", "7 * * * *")];
        let synced = sync(&scenario, &first).await;
        assert_eq!(synced.added, ["hourly", "nightly"]);
        assert_eq!(sync(&scenario, &first).await, Synced::default());
        assert_eq!(crons(&scenario).await, ["hourly 1 7 * * * *", "nightly 1 30 3 * * *"]);
        let wanted = ["schedule.sync tester added hourly; added nightly"];
        assert_eq!(audited(&scenario).await, wanted);
        assert_eq!(scenario.number("SELECT count(*) FROM schedule_version").await, 2);
    }

    async fn a_changed_schedule_gets_a_version_and_one_gone_from_the_file_is_removed(place: Place) {
        let scenario = scenario(&place).await;
        sync(&scenario, &[entry("nightly", "30 3 * * *"), entry("hourly", "7 * * * *")]).await;
        later(&scenario, 5);
        let synced = sync(&scenario, &[entry("nightly", "45 3 * * *")]).await;
        assert_eq!((synced.changed, synced.removed), (vec!["nightly".to_owned()], vec!["hourly".to_owned()]));
        assert_eq!(crons(&scenario).await, ["nightly 2 45 3 * * *"]);
        let said = audited(&scenario).await;
        let wanted =
            "schedule.sync tester removed hourly; changed nightly to version 2: cron: 30 3 * * * → 45 3 * * *";
        assert_eq!(said[1], wanted);
        let history = planning::history(&scenario.context, "hourly").await.unwrap();
        assert_eq!(history.iter().map(|one| one.what).collect::<Vec<_>>(), [What::Made, What::Removed]);
        let back = sync(&scenario, &[entry("nightly", "45 3 * * *"), entry("hourly", "7 * * * *")]).await;
        assert_eq!(back.added, ["hourly"]);
    }

    async fn a_name_that_an_administrators_schedule_has_is_not_started_and_said(place: Place) {
        let scenario = scenario(&place).await;
        let admin = administrator("bo", &["710"]);
        planning::add(&scenario.context, &by(&admin), "weekly", &refresh("open_debts", 50)).await.unwrap();
        let configured = [entry("weekly", "7 * * * *"), entry("hourly", "7 * * * *")];
        let synced = sync(&scenario, &configured).await;
        assert_eq!((synced.added, synced.clashes), (vec!["hourly".to_owned()], vec!["weekly".to_owned()]));
        assert_eq!(planning::clashes(&scenario.context.db, &configured).await.unwrap(), ["weekly"]);
        let said = planning::clash_message("weekly");
        assert!(said.contains("not started") && said.contains("schedule remove"), "{said}");
        assert_eq!(crons(&scenario).await, ["hourly 1 7 * * * *", "weekly 1 0 6 * * WED"]);
        planning::remove(&scenario.context, &by(&admin), "weekly").await.unwrap();
        assert_eq!(sync(&scenario, &configured).await.added, ["weekly"]);
    }

    async fn a_schedule_of_the_file_is_not_changed_by_command_and_can_be_paused(place: Place) {
        let scenario = scenario(&place).await;
        sync(&scenario, &[entry("hourly", "7 * * * *")]).await;
        let (admin, context) = (administrator("bo", &ALL), &scenario.context);
        let edit = planning::Edit::default();
        refused(planning::edit(context, &by(&admin), "hourly", &edit, None).await, "configuration file");
        refused(planning::remove(context, &by(&admin), "hourly").await, "change it there");
        refused(planning::approve(context, &by(&admin), "hourly", None).await, "no version");
        let until = "2026-12-01T00:00:00Z".parse().unwrap();
        planning::pause(context, &by(&admin), "hourly", "moving house", until).await.unwrap();
        assert!(planning::show(context, "hourly").await.unwrap().next.is_empty());
        assert_eq!(sync(&scenario, &[entry("hourly", "8 * * * *")]).await.changed, ["hourly"]);
        assert!(planning::show(context, "hourly").await.unwrap().pause.is_some());
    }

    async fn two_processes_that_start_at_once_make_each_record_once(place: Place) {
        let scenario = scenario(&place).await;
        let first = [entry("nightly", "30 3 * * *"), entry("hourly", "7 * * * *")];
        let (one, other) = tokio::join!(sync(&scenario, &first), sync(&scenario, &first));
        assert_eq!(one.added.len() + other.added.len(), 2);
        let second = [entry("nightly", "31 3 * * *")];
        let (one, other) = tokio::join!(sync(&scenario, &second), sync(&scenario, &second));
        assert_eq!(one.changed.len() + other.changed.len(), 1);
        assert_eq!(crons(&scenario).await, ["nightly 2 31 3 * * *"]);
    }
}
