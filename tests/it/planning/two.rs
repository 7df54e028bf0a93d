//! The rule of two persons.

use ajantasa::planning::{self, Administrator, Edit, PlanningError, What};
use ajantasa::staff::Role;

use super::{account, administrator, audited, by, cron, later, limit, refresh, refused, scenario};
use crate::scenario::on_both;

on_both! {
    async fn a_large_change_waits_and_the_version_before_stays_in_force(place: Place) {
        let mut scenario = scenario(&place).await;
        limit(&mut scenario, 100);
        let (context, bo, una) = (&scenario.context, administrator("bo", &["710"]), administrator("una", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 100)).await.unwrap();
        later(&scenario, 1);
        let more = Edit { budget: Some(101), ..Edit::default() };
        let outcome = planning::edit(context, &by(&bo), "a", &more, None).await.unwrap();
        assert_eq!(outcome.waits.unwrap(), "budget changes and its budget is 101, which is more than 100");
        let shown = planning::show(context, "a").await.unwrap();
        let (in_force, waiting) = (shown.in_force.unwrap(), shown.waiting.unwrap());
        assert_eq!((in_force.version, waiting.version, shown.newest_version), (1, 2, 2));
        assert_eq!(waiting.changes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["budget: 100 → 101"]);
        later(&scenario, 1);
        refused(planning::approve(context, &by(&una), "a", Some(1)).await, "newest version is 2");
        planning::approve(context, &by(&una), "a", Some(2)).await.unwrap();
        let shown = planning::show(context, "a").await.unwrap();
        assert_eq!(shown.in_force.unwrap().approved_by.as_deref(), Some("una"));
        assert!(shown.waiting.is_none());
        refused(planning::approve(context, &by(&una), "a", None).await, "waits for a second");
        let history = planning::history(context, "a").await.unwrap();
        let what: Vec<_> = history.iter().map(|one| (one.what, one.by.as_str())).collect();
        assert_eq!(what, [(What::Made, "bo"), (What::Made, "bo"), (What::Approved, "una")]);
        assert_eq!(audited(&scenario).await[2], "schedule.approve una a version 2 of bo");
    }

    async fn one_account_one_operating_system_user_and_one_session_are_one_person(place: Place) {
        let mut scenario = scenario(&place).await;
        limit(&mut scenario, 10);
        let context = &scenario.context;
        let bo = administrator("bo", &["710"]);
        let at_the_desk = Administrator { account: &bo, session: Some("7") };
        planning::add(context, &at_the_desk, "a", &refresh("open_debts", 50)).await.unwrap();
        let elsewhere = account("bo", "other", Role::Administrator, &["710"]);
        let same_user = account("una", "bo", Role::Administrator, &["710"]);
        let una = administrator("una", &["710"]);
        let same_session = Administrator { account: &una, session: Some("7") };
        for (second, says) in [
            (by(&elsewhere), "the same account"),
            (by(&same_user), "the same operating-system user"),
            (same_session, "the same session"),
        ] {
            let error = refused(planning::approve(context, &second, "a", None).await, says);
            assert!(matches!(error, PlanningError::NotAllowed(_)));
        }
        let ann = administrator("ann", &["078"]);
        refused(planning::approve(context, &by(&ann), "a", None).await, "no administrator of 710");
        assert!(planning::show(context, "a").await.unwrap().in_force.is_none());
        let shown = planning::show(context, "a").await.unwrap();
        assert!(shown.next.is_empty(), "nothing is started before it is approved");
        planning::approve(context, &Administrator { account: &una, session: Some("8") }, "a", None).await.unwrap();
        assert_eq!(planning::show(context, "a").await.unwrap().next.len(), 10);
    }

    async fn the_selection_weighs_like_the_budget(place: Place) {
        let mut scenario = scenario(&place).await;
        let people = planning::count(&scenario.context, &refresh("everyone", 1)).await.unwrap().unwrap();
        assert!(people > 10, "{people}");
        limit(&mut scenario, u32::try_from(people).unwrap() - 1);
        let (context, bo) = (&scenario.context, administrator("bo", &["710"]));
        let outcome = planning::add(context, &by(&bo), "a", &refresh("everyone", 1)).await.unwrap();
        assert!(outcome.waits.unwrap().contains(&format!("it selects {people} people")));
        assert_eq!(outcome.people, Some(people));
        limit(&mut scenario, u32::try_from(people).unwrap());
        let outcome = planning::add(&scenario.context, &by(&bo), "b", &refresh("everyone", 1)).await.unwrap();
        assert_eq!(outcome.waits, None);
    }

    async fn a_later_change_takes_the_place_of_the_one_that_waits(place: Place) {
        let mut scenario = scenario(&place).await;
        limit(&mut scenario, 100);
        let (context, bo, una) = (&scenario.context, administrator("bo", &["710"]), administrator("una", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 50)).await.unwrap();
        let more = Edit { budget: Some(500), ..Edit::default() };
        planning::edit(context, &by(&bo), "a", &more, None).await.unwrap();
        later(&scenario, 1);
        let at_noon = Edit { cron: Some(cron("0 12 * * WED")), ..Edit::default() };
        let outcome = planning::edit(context, &by(&una), "a", &at_noon, None).await.unwrap();
        let changes: Vec<String> = outcome.changes.iter().map(ToString::to_string).collect();
        assert_eq!(changes, ["budget: 50 → 500", "cron: 0 6 * * WED → 0 12 * * WED"]);
        assert!(outcome.waits.is_some());
        refused(planning::approve(context, &by(&bo), "a", Some(2)).await, "newest version is 3");
        refused(planning::approve(context, &by(&una), "a", Some(3)).await, "the same account");
        planning::approve(context, &by(&bo), "a", Some(3)).await.unwrap();
        let states = scenario.texts("SELECT state FROM schedule_version ORDER BY version").await;
        assert_eq!(states, ["former", "withdrawn", "in_force"]);
    }

    async fn a_small_change_beside_one_that_waits_for_less_is_in_force_at_once(place: Place) {
        let mut scenario = scenario(&place).await;
        limit(&mut scenario, 100);
        let (context, bo) = (&scenario.context, administrator("bo", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 50)).await.unwrap();
        planning::edit(context, &by(&bo), "a", &Edit { budget: Some(500), ..Edit::default() }, None).await.unwrap();
        let outcome =
            planning::edit(context, &by(&bo), "a", &Edit { budget: Some(60), ..Edit::default() }, None).await.unwrap();
        assert_eq!((outcome.version, outcome.waits), (3, None));
        let shown = planning::show(context, "a").await.unwrap();
        assert_eq!((shown.in_force.unwrap().version, shown.waiting), (3, None));
    }

    async fn what_is_withdrawn_never_comes_into_force(place: Place) {
        let mut scenario = scenario(&place).await;
        limit(&mut scenario, 100);
        let (context, bo, una) = (&scenario.context, administrator("bo", &["710"]), administrator("una", &["710"]));
        planning::add(context, &by(&bo), "a", &refresh("open_debts", 50)).await.unwrap();
        planning::edit(context, &by(&bo), "a", &Edit { budget: Some(500), ..Edit::default() }, None).await.unwrap();
        later(&scenario, 1);
        assert_eq!(planning::withdraw(context, &by(&bo), "a", None).await.unwrap(), 2);
        refused(planning::approve(context, &by(&una), "a", None).await, "waits for a second");
        assert_eq!(planning::show(context, "a").await.unwrap().in_force.unwrap().version, 1);
        let last = planning::history(context, "a").await.unwrap().pop().unwrap();
        assert_eq!((last.what, last.version, last.by.as_str()), (What::Withdrawn, Some(2), "bo"));
        planning::add(context, &by(&bo), "b", &refresh("open_debts", 500)).await.unwrap();
        planning::withdraw(context, &by(&una), "b", Some(1)).await.unwrap();
        refused(planning::show(context, "b").await, "there is no schedule");
    }
}
