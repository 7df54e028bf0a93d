//! Whole runs by the query about one person: planned, asked one by one, kept from going on, gone on with, ended.

use std::collections::BTreeSet;
use std::time::Duration;

use ajantasa::check;
use ajantasa::lease::Lease;
use ajantasa::patrons;
use ajantasa::runs::{self, Shown, Went};
use ajantasa::schedule::CronExpression;
use ajantasa::schedule::definition::{AddressRefresh, Definition, OverBudget, Work};
use ajantasa::segment::Segment;
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::store::run::RunRow;
use ajantasa::store::schedule::{self, VersionRow};
use ajantasa::store::{self, new_id};
use ajantasa::switch;
use ajantasa::task::Task;
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use super::{Query, anna, asked, few, reread};
use crate::scenario::{Scenario, on_both, private, small};
use crate::store::schedule::version_row;

/// What came of each person.
const PEOPLE: &str = "SELECT state FROM run_person ORDER BY position";

/// A weekly refresh of the Finnish-speaking patrons of Raasepori before their debts go to collection.
fn weekly(change: impl FnOnce(&mut Definition)) -> Definition {
    let refresh = AddressRefresh {
        municipalities: BTreeSet::from(["710".to_owned()]),
        purpose: "debt_collection".to_owned(),
        segment: Segment::parse("language = fi").unwrap(),
        budget: 300,
        over_budget: OverBudget::Wait,
    };
    let cron = CronExpression::parse("0 6 * * 3").unwrap();
    let mut definition = Definition::new(Work::AddressRefresh(refresh), cron);
    change(&mut definition);
    definition
}

/// Plans a run that is due now.
async fn plan(site: &Scenario, definition: &Definition) -> Uuid {
    site.run(Task::Enrol).await.unwrap();
    let now = site.context.clock.now();
    let (id, run) = (new_id(now), new_id(now));
    let version = VersionRow { definition: definition.to_json(), ..version_row(id, 1, "in_force") };
    let mut tx = site.context.db.begin().await.unwrap();
    schedule::insert(&mut tx, id, "weekly", "administrator", now).await.unwrap();
    schedule::insert_version(&mut tx, &version).await.unwrap();
    let row = RunRow::planned(run, (id, 1), "anna", "tester", now);
    let row = RunRow { due_at: Some(now), origin: "schedule".to_owned(), ..row };
    assert!(store::run::insert(&mut tx, &row).await.unwrap());
    tx.commit("test").await.unwrap();
    run
}

/// Carries a run out as far as it goes.
async fn carry_out(site: &Scenario, run: Uuid) -> Went {
    let lease = Lease::take(&site.context.db, runs::LEASE, &site.context.holder).await.unwrap().unwrap();
    let went = runs::carry_out(&site.context, &lease, run, &mut |_| {}).await.unwrap();
    lease.release().await.unwrap();
    went
}

async fn shown(site: &Scenario, run: Uuid) -> Shown {
    runs::show(&patrons::Context::from(&site.context), &ajantasa::audit::Actor::OsUser, run, 1000)
        .await
        .unwrap()
}

/// State and reason of a run.
async fn stands(site: &Scenario, run: Uuid) -> String {
    let run = shown(site, run).await.run;
    format!("{} {}", run.state, run.reason.unwrap_or_default())
}

/// Another asks about somebody, in the middle of everything.
async fn somebody_asks(site: &Scenario, n: u32) {
    let card = small::card(n);
    let checked = check::person(&site.context, &anna(), &card, "desk", "at the desk").await.unwrap();
    assert!(checked.asked_vtj, "{}", checked.reason);
}

on_both! {
    async fn a_run_asks_about_everybody_once_and_is_done(place: Place) {
        let site = few(&place, Query::default()).await;
        let run = plan(&site, &weekly(|_| {})).await;
        assert_eq!(carry_out(&site, run).await, Went::Ended);
        let shown = shown(&site, run).await;
        assert_eq!((shown.run.state.as_str(), shown.run.reason.as_deref()), ("done", None));
        let counts = (shown.run.people, shown.run.asked, shown.run.requests, shown.run.changed, shown.run.not_checked);
        assert_eq!(counts, (Some(3), 3, 3, 3, 0));
        assert_eq!((shown.disclosures, shown.reused, asked(&site).await), (3, 0, 3));
        assert_eq!(site.texts(PEOPLE).await, ["asked"; 3]);
        let logged = "SELECT DISTINCT actor || ' ' || purpose FROM disclosure";
        assert_eq!(site.texts(logged).await, ["schedule weekly debt_collection"]);
    }

    async fn young_answers_count_as_asked_and_the_run_says_how_many(place: Place) {
        let site = few(&place, Query { more: "reuse_minutes = 60", ..Query::default() }).await;
        for n in [1, 3] {
            let card = small::card(n);
            check::person(&site.context, &anna(), &card, "debt_collection", "why").await.unwrap();
        }
        let run = plan(&site, &weekly(|_| {})).await;
        carry_out(&site, run).await;
        let shown = shown(&site, run).await;
        assert_eq!((shown.run.state.as_str(), shown.run.asked, shown.run.requests), ("done", 3, 1));
        assert_eq!((shown.reused, shown.disclosures), (2, 1));
        assert_eq!((asked(&site).await, site.number("SELECT count(*) FROM query_ledger").await), (3, 3));
    }

    async fn a_run_that_would_pass_a_ceiling_does_not_begin_and_says_what_it_needs(place: Place) {
        let more = "daily_ceiling = 2\nreserve_percent = 0";
        let site = few(&place, Query { more, ..Query::default() }).await;
        let run = plan(&site, &weekly(|_| {})).await;
        assert!(matches!(carry_out(&site, run).await, Went::Later(_)));
        let shown = shown(&site, run).await;
        assert_eq!(stands(&site, run).await, "waiting_for_budget ceiling");
        assert!(shown.run.note.as_ref().is_some_and(|note| note.contains("3 queries are needed")), "{shown:?}");
        assert!(shown.in_words.contains("3 of the 3 people were NOT checked"), "{}", shown.in_words);
        assert_eq!((asked(&site).await, site.number("SELECT count(*) FROM disclosure").await), (0, 0));
    }

    async fn a_budget_used_up_meanwhile_lets_a_run_wait_for_the_next_day(place: Place) {
        let more = "daily_ceiling = 3\nreserve_percent = 0\nreuse_minutes = 0";
        let site = few(&place, Query { more, ..Query::default() }).await;
        let run = plan(&site, &weekly(|_| {})).await;
        site.fault(json!({ "kind": "latency", "millis": 800 })).await;
        let meanwhile = async {
            for _ in 0..500 {
                if asked(&site).await > 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            // The settings are on trial until the first question is answered: what is used up is booked as another
            // process books it.
            use_up(&site, 1).await;
        };
        let (went, ()) = tokio::join!(carry_out(&site, run), meanwhile);
        assert!(matches!(went, Went::Later(_)), "{went:?}");
        assert_eq!(stands(&site, run).await, "waiting_for_budget ceiling");
        assert_eq!(site.texts(PEOPLE).await, ["asked", "asked", "waiting"]);
        assert_eq!(asked(&site).await, 2, "one of the three of the day was somebody else's");
        // Later on the same day there is no more room than before.
        site.clock.advance(TimeDelta::hours(1));
        assert!(matches!(carry_out(&site, run).await, Went::Later(_)));
        assert_eq!(asked(&site).await, 2);
        site.clock.advance(TimeDelta::days(1));
        assert_eq!(carry_out(&site, run).await, Went::Ended);
        assert_eq!((stands(&site, run).await, asked(&site).await), ("done ".to_owned(), 3));
        assert_eq!(site.number("SELECT max(n) FROM (SELECT count(*) AS n FROM query_ledger GROUP BY day) AS d").await, 3);
    }

    async fn a_run_that_may_not_wait_any_longer_ends_with_what_it_did_not_check(place: Place) {
        let more = "daily_ceiling = 2\nreserve_percent = 0\nreuse_minutes = 0";
        let site = few(&place, Query { more, ..Query::default() }).await;
        let first = weekly(|one| one.start_within_minutes = Some(600));
        let run = plan(&site, &first).await;
        carry_out(&site, run).await;
        site.clock.advance(TimeDelta::hours(11));
        assert_eq!(carry_out(&site, run).await, Went::Ended);
        let shown = shown(&site, run).await;
        assert_eq!((shown.run.state.as_str(), shown.run.not_checked, asked(&site).await), ("missed", 3, 0));
    }

    async fn wrong_settings_fail_a_run_at_once_and_it_says_what_was_not_checked(place: Place) {
        let mut site = few(&place, Query::default()).await;
        private(&site.path("password"), "wrong\n");
        reread(&mut site).await;
        let run = plan(&site, &weekly(|_| {})).await;
        assert_eq!(carry_out(&site, run).await, Went::Ended);
        let shown = shown(&site, run).await;
        assert_eq!(stands(&site, run).await, "failed vtj");
        assert!(shown.in_words.contains("3 of the 3 people were NOT checked"), "{}", shown.in_words);
        assert_eq!(asked(&site).await, 1, "a wrong password is not tried again and again");
    }

    async fn a_vtj_that_is_down_is_tried_again_and_the_run_goes_on_where_it_was(place: Place) {
        let site = few(&place, Query { more: "attempts = 1", ..Query::default() }).await;
        somebody_asks(&site, 3).await;
        let run = plan(&site, &weekly(|_| {})).await;
        site.fault(json!({ "kind": "empty", "count": 2 })).await;
        for _ in 0..2 {
            assert!(matches!(carry_out(&site, run).await, Went::Later(_)));
            assert_eq!(stands(&site, run).await, "running ");
            site.clock.advance(TimeDelta::minutes(2));
        }
        assert_eq!(carry_out(&site, run).await, Went::Ended);
        assert_eq!(stands(&site, run).await, "done ");
        assert_eq!(site.texts(PEOPLE).await, ["asked"; 3]);
    }

    async fn a_stop_of_all_queries_holds_a_run_where_it_is_until_it_is_lifted(place: Place) {
        let site = few(&place, Query::default()).await;
        let run = plan(&site, &weekly(|_| {})).await;
        let boss = ProvedAccount { role: Role::Administrator, ..anna() };
        switch::stop(&site.context, &boss, "a wrong permit", None).await.unwrap();
        assert!(matches!(carry_out(&site, run).await, Went::Later(_)));
        assert_eq!((stands(&site, run).await, asked(&site).await), ("running ".to_owned(), 0));
        assert_eq!(site.number("SELECT count(*) FROM disclosure").await, 0);
        switch::resume(&site.context, &boss).await.unwrap();
        site.clock.advance(TimeDelta::minutes(2));
        assert_eq!(carry_out(&site, run).await, Went::Ended);
        assert_eq!((stands(&site, run).await, asked(&site).await), ("done ".to_owned(), 3));
    }

    async fn a_purpose_that_is_not_open_to_a_municipality_is_asked_for_by_no_run(place: Place) {
        let sections = "[[purpose]]\nname = \"school\"\nlegal_basis = \"Act 1/2030\"\nmunicipalities = [\"078\"]\n";
        let site = few(&place, Query { sections, ..Query::default() }).await;
        let school = weekly(|one| {
            let Work::AddressRefresh(refresh) = &mut one.work else { unreachable!("it is one") };
            "school".clone_into(&mut refresh.purpose);
        });
        let run = plan(&site, &school).await;
        assert_eq!(carry_out(&site, run).await, Went::Ended);
        assert_eq!((stands(&site, run).await, asked(&site).await), ("failed not_usable".to_owned(), 0));
    }
}

/// Books so many queries of today, as another process that asks.
async fn use_up(site: &Scenario, queries: u32) {
    use ajantasa::budget::{self, Request};
    let context = &site.context;
    for _ in 0..queries {
        let now = context.clock.now();
        let row = store::disclosure::DisclosureRow {
            id: new_id(now),
            requested_at: now,
            outcome: "sent".to_owned(),
            ..store::disclosure::DisclosureRow::default()
        };
        let request = Request {
            id: new_id(now),
            disclosure: row.id,
            number: 1,
            municipality: &context.settings.municipalities["710"].code,
            purpose: &context.settings.purposes["desk"],
            urgent: false,
        };
        let mut tx = context.db.begin().await.unwrap();
        store::disclosure::insert(&mut tx, &row).await.unwrap();
        budget::reserve(&mut tx, context, &request).await.unwrap();
        tx.commit("test").await.unwrap();
    }
}

#[cfg(feature = "fault-points")]
mod kills {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;
    use crate::check::site;
    use crate::scenario::{Place, Setup, at_or_after_the_test_data};

    /// A site with three people, a schedule, an administrator who may start it, and settings that VTJ has taken.
    async fn begin(place: &Place, more: &'static str) -> Scenario {
        let world = small::world(small::people(4), Vec::new());
        let at = at_or_after_the_test_data();
        let setup = Setup { world: Some(world), at, ..Setup::default() };
        let site = site(place, setup, Query { more, ..Query::default() }).await;
        let register = small::register(4);
        let register =
            register.trim_end().rsplit_once(",fi,").map(|(people, end)| format!("{people},sv,{end}\n"));
        site.import(&register.unwrap()).await;
        site.run(Task::Enrol).await.unwrap();
        somebody_asks(&site, 4).await;
        let me = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
        let add = ["user", "add", "boss", "--role", "administrator", "--municipality", "710"];
        site.ajantasa(&[&add[..], &["--until", "2199-12-31", "--os-user", &me]].concat()).ended(0);
        let now = site.context.clock.now();
        let id = new_id(now);
        let version = VersionRow { definition: weekly(|_| {}).to_json(), ..version_row(id, 1, "in_force") };
        let mut tx = site.context.db.begin().await.unwrap();
        schedule::insert(&mut tx, id, "weekly", "administrator", now).await.unwrap();
        schedule::insert_version(&mut tx, &version).await.unwrap();
        tx.commit("test").await.unwrap();
        site
    }

    /// Starts a run by hand in a process that is killed at a commit. The run, if there is one by then.
    async fn killed(site: &Scenario, fault: &str) -> Option<Uuid> {
        let mut command = site.command(&["schedule", "run", "weekly", "--as", "boss"]);
        let killed = command.env("AJANTASA_FAULT", fault).output().unwrap();
        assert_eq!(killed.status.signal(), Some(9), "{fault}: {killed:?}");
        let open = store::run::open(&mut site.context.db.read().await.unwrap()).await.unwrap();
        // What the process did was done on the clock on the wall.
        site.clock.advance(TimeDelta::minutes(5));
        open.first().map(|open| open.run.id)
    }

    on_both! {
        async fn a_run_killed_at_any_commit_goes_on_and_asks_about_nobody_twice_who_was_answered(place: Place) {
            for (commit, count, again) in [
                ("run.choose", 1, 0),
                ("run.begin", 1, 0),
                ("check.disclosure", 2, 1),
                ("check.answer", 1, 1),
                ("check.answer", 3, 1),
                ("run.end", 1, 0),
            ] {
                for when in ["before", "after"] {
                    let site = begin(&place, "reuse_minutes = 0").await;
                    let before = asked(&site).await;
                    let run = killed(&site, &format!("{commit}:{when}:{count}")).await;
                    if let Some(run) = run {
                        assert_eq!(carry_out(&site, run).await, Went::Ended, "{commit} {when}");
                    }
                    let stand = "SELECT state || ' ' || asked || ' ' || requests FROM run";
                    assert_eq!(site.texts(stand).await, ["done 3 3"], "{commit} {when}");
                    assert_eq!(site.texts(PEOPLE).await, ["asked"; 3], "{commit} {when}");
                    let twice = "SELECT count(*) FROM (SELECT s.patron FROM disclosure d JOIN disclosure_subject s ON s.disclosure = d.id
                        WHERE d.task = 'run' AND d.result IS NOT NULL GROUP BY s.patron HAVING count(*) > 1) AS t";
                    assert_eq!(site.number(twice).await, 0, "{commit} {when}");
                    // Only a question that died in the air is asked again, and both are booked.
                    let sent = asked(&site).await - before;
                    assert!((3..=3 + again).contains(&sent), "{commit} {when}: {sent}");
                    let booked = site.number("SELECT count(*) FROM query_ledger").await - before;
                    assert!(booked >= sent && booked <= 3 + again, "{commit} {when}: {booked} {sent}");
                    if matches!(place, Place::Postgres(_)) {
                        // One database for the whole test: one point there, all of them on SQLite.
                        return;
                    }
                }
            }
        }

        async fn a_budget_used_up_between_planning_and_the_first_query_lets_the_run_wait(place: Place) {
            let site = begin(&place, "daily_ceiling = 5\nreserve_percent = 0\nreuse_minutes = 0").await;
            let run = killed(&site, "run.begin:after:1").await.unwrap();
            assert_eq!(stands(&site, run).await, "running ");
            let left = 5 - site.number("SELECT count(*) FROM query_ledger").await;
            use_up(&site, u32::try_from(left).unwrap()).await;
            let before = asked(&site).await;
            assert!(matches!(carry_out(&site, run).await, Went::Later(_)));
            assert_eq!(stands(&site, run).await, "waiting_for_budget ceiling");
            assert_eq!((asked(&site).await, site.texts(PEOPLE).await), (before, vec!["waiting".to_owned(); 3]));
            site.clock.advance(TimeDelta::days(1));
            assert_eq!(carry_out(&site, run).await, Went::Ended);
            assert_eq!((stands(&site, run).await, asked(&site).await), ("done ".to_owned(), before + 3));
        }
    }
}
