//! Making, changing and removing, who may, and what is kept of it.

use ajantasa::planning::{self, Edit, PlanningError, StartWithin, What};
use ajantasa::schedule::definition::Definition;
use ajantasa::segment::Segment;
use ajantasa::staff::Role;
use ajantasa::task::Task;

use super::{ALL, account, administrator, audited, by, cron, later, refresh, refused, scenario};
use crate::scenario::on_both;

on_both! {
    async fn every_version_is_kept_with_who_when_and_a_readable_difference(place: Place) {
        let scenario = scenario(&place).await;
        let (context, bo) = (&scenario.context, administrator("bo", &["710"]));
        let outcome = planning::add(context, &by(&bo), "Ennen perintää", &refresh("open_debts", 200)).await.unwrap();
        assert_eq!((outcome.version, outcome.waits), (1, None));
        later(&scenario, 10);
        let edit = Edit {
            budget: Some(300),
            segment: Some(Segment::parse("open_debts and not_verified_for 6 months").unwrap()),
            start_within: Some(StartWithin::Minutes(360)),
            ..Edit::default()
        };
        let outcome = planning::edit(context, &by(&bo), "Ennen perintää", &edit, Some(1)).await.unwrap();
        let changes: Vec<String> = outcome.changes.iter().map(ToString::to_string).collect();
        let wanted = [
            "segment: open_debts → open_debts and not_verified_for 6 months",
            "budget: 200 → 300",
            "start_within: any time → 6h",
        ];
        assert_eq!((outcome.version, changes), (2, wanted.map(str::to_owned).to_vec()));
        let history = planning::history(context, "Ennen perintää").await.unwrap();
        let states: Vec<_> = history.iter().map(|one| (one.what, one.by.as_str(), one.state.as_deref())).collect();
        assert_eq!(states, [(What::Made, "bo", Some("former")), (What::Made, "bo", Some("in_force"))]);
        assert_eq!(history[1].changes.iter().map(ToString::to_string).collect::<Vec<_>>(), wanted);
        let said = audited(&scenario).await;
        assert!(said[0].starts_with("schedule.add bo Ennen perintää version 1, in force: municipalities: 710;"), "{said:?}");
        assert!(said[1].starts_with("schedule.edit bo Ennen perintää version 2, in force: segment:"), "{said:?}");
        let shown = planning::show(context, "Ennen perintää").await.unwrap();
        let version = shown.in_force.unwrap();
        assert_eq!((shown.origin.as_str(), version.version, shown.next.len()), ("administrator", 2, 10));
        assert!(version.reading.fi.contains("keskiviikko"), "{:?}", version.reading);
        assert!(version.legal_basis.unwrap().contains("1492/2016"));
    }

    async fn who_is_not_administrator_of_every_municipality_is_refused_and_told_who_may(place: Place) {
        let scenario = scenario(&place).await;
        let context = &scenario.context;
        let (bo, ann) = (administrator("bo", &["710"]), administrator("ann", &["078"]));
        let reviewer = account("rea", "rea", Role::Reviewer, &ALL);
        let definition = refresh("open_debts", 50);
        let error = refused(planning::add(context, &by(&ann), "a", &definition).await, "about 710");
        assert!(error.to_string().contains("user add NAME --role administrator --municipality 710"), "{error}");
        assert!(matches!(error, PlanningError::NotAllowed(_)));
        refused(planning::add(context, &by(&reviewer), "a", &definition).await, "no administrator");
        planning::add(context, &by(&bo), "a", &definition).await.unwrap();
        let wider = Edit { municipalities: Some(["710", "078"].map(str::to_owned).into()), ..Edit::default() };
        refused(planning::edit(context, &by(&bo), "a", &wider, None).await, "no administrator of 078");
        refused(planning::edit(context, &by(&ann), "a", &wider, None).await, "no administrator of 710");
        refused(planning::remove(context, &by(&ann), "a").await, "no administrator of 710");
        let task = Definition::of_task(Task::Fetch, cron("@daily"));
        refused(planning::add(context, &by(&bo), "b", &task).await, "no administrator of 078, 092, 149, 755");
        planning::add(context, &by(&administrator("una", &ALL)), "b", &task).await.unwrap();
        refused(planning::remove(context, &by(&bo), "b").await, "no administrator");
        assert_eq!(audited(&scenario).await.len(), 2);
    }

    async fn names_do_not_clash_and_what_cannot_be_used_is_refused_with_what_to_write(place: Place) {
        let scenario = scenario(&place).await;
        let (context, bo) = (&scenario.context, administrator("bo", &ALL));
        let definition = refresh("open_debts", 50);
        planning::add(context, &by(&bo), "Weekly", &definition).await.unwrap();
        refused(planning::add(context, &by(&bo), "weekly", &definition).await, "has the name");
        for name in ["", " a", "a/b", "010190-999W"] {
            assert!(matches!(planning::add(context, &by(&bo), name, &definition).await, Err(PlanningError::Input(_))));
        }
        for (edit, says) in [
            (Edit { purpose: Some("debts".to_owned()), ..Edit::default() }, "choose from"),
            (Edit { purpose: Some("debt_collection".to_owned()), ..Edit::default() }, "write [vtj.query]"),
            (Edit { budget: Some(0), ..Edit::default() }, "write 1 to"),
            (Edit { segment: Some(Segment::parse("home_service").unwrap()), ..Edit::default() }, "home_service_groups"),
            (Edit { task: Some(Task::Fetch), ..Edit::default() }, "it is a refresh"),
        ] {
            refused(planning::edit(context, &by(&bo), "Weekly", &edit, None).await, says);
        }
        refused(planning::show(context, "weekly").await, "schedule list");
    }

    async fn of_two_who_change_at_once_the_second_looks_again(place: Place) {
        let scenario = scenario(&place).await;
        let (context, bo, una) = (&scenario.context, administrator("bo", &["710"]), administrator("una", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 50)).await.unwrap();
        let (one, other) = (Edit { budget: Some(60), ..Edit::default() }, Edit { budget: Some(70), ..Edit::default() });
        planning::edit(context, &by(&bo), "a", &one, Some(1)).await.unwrap();
        let error = refused(planning::edit(context, &by(&una), "a", &other, Some(1)).await, "newest version is 2");
        assert!(matches!(error, PlanningError::Moved { seen: 1, newest: 2, .. }));
        let (bo, una) = (by(&bo), by(&una));
        let (first, second) =
            tokio::join!(planning::edit(context, &bo, "a", &other, None), planning::edit(context, &una, "a", &other, None));
        assert!(first.is_ok() || second.is_ok());
        assert_eq!(scenario.number("SELECT count(*) FROM schedule_version WHERE state = 'in_force'").await, 1);
        let unchanged = planning::edit(context, &una, "a", &other, None).await.unwrap();
        assert!(unchanged.changes.is_empty());
    }

    async fn what_is_removed_stays_on_record_and_its_name_is_free(place: Place) {
        let scenario = scenario(&place).await;
        let (context, bo) = (&scenario.context, administrator("bo", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 50)).await.unwrap();
        later(&scenario, 1);
        planning::remove(context, &by(&bo), "a").await.unwrap();
        refused(planning::remove(context, &by(&bo), "a").await, "there is no schedule");
        let history = planning::history(context, "a").await.unwrap();
        assert_eq!(history.iter().map(|one| one.what).collect::<Vec<_>>(), [What::Made, What::Removed]);
        assert_eq!(audited(&scenario).await[1], "schedule.remove bo a");
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 60)).await.unwrap();
        assert_eq!(planning::list(context).await.unwrap().len(), 1);
        refused(planning::history(context, "b").await, "there is no schedule");
    }
}
