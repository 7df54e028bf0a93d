//! What a refresh would do, before it runs: counted, priced, rehearsed, and nothing asked.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::Arc;

use ajantasa::planning::dry_run::dry_run;
use ajantasa::planning::estimate::Experience;
use ajantasa::planning::preview::{BudgetOutcome, Interface, Preview, PreviewError, Sampled, preview};
use ajantasa::schedule::CronExpression;
use ajantasa::schedule::definition::{AddressRefresh, Definition, OverBudget, Work};
use ajantasa::segment::Segment;
use ajantasa::task::{Context, Task};

use crate::scenario::{self, Scenario, on_both};

fn refresh(towns: &[&str], purpose: &str, segment: &str, budget: u32) -> AddressRefresh {
    AddressRefresh {
        municipalities: towns.iter().map(|&town| town.to_owned()).collect(),
        purpose: purpose.to_owned(),
        segment: Segment::parse(segment).unwrap(),
        budget,
        over_budget: OverBudget::Wait,
    }
}

fn definition(refresh: AddressRefresh) -> Definition {
    Definition::new(Work::AddressRefresh(refresh), CronExpression::parse("@weekly").unwrap())
}

async fn of(context: &Context, refresh: AddressRefresh) -> Result<Preview, PreviewError> {
    preview(context, &definition(refresh), context.clock.now()).await
}

/// The installation of the test data, its people known, with VTJ's single-person query configured.
async fn library(place: &scenario::Place) -> (Scenario, Context) {
    let scenario = Scenario::of_testdata(place).await;
    scenario.import_register().await;
    scenario.until_idle().await;
    let mut file = OpenOptions::new().append(true).open(scenario.path("ajantasa.toml")).unwrap();
    file.write_all(
        b"[vtj.query]\nurl = \"http://127.0.0.1:9/\"\nvariant = \"direct\"\nusername = \"u\"\npassword_file = \"password\"\n\
          daily_ceiling = 30\nmonthly_ceiling = 500\nrequests_per_second = 2\nprice_per_query = \"0.10\"\n\
          [[purpose]]\nname = \"inventory\"\nlegal_basis = \"Act 1/2030\"\nmunicipalities = [\"078\"]\n",
    )
    .unwrap();
    let context = scenario::context(scenario.folder.path(), &scenario.url, scenario.clock.clone()).await;
    (scenario, context)
}

async fn requests_of(scenario: &Scenario) -> i64 {
    scenario.number("SELECT count(*) FROM disclosure").await
}

on_both! {
    async fn base_data_is_counted_and_priced_by_municipality_and_nothing_is_asked(place: Place) {
        let (scenario, context) = library(&place).await;
        let before = requests_of(&scenario).await;
        let shown = of(&context, refresh(&["710", "078"], "register_upkeep", "everyone", 500)).await.unwrap();
        let admissible = scenario
            .number("SELECT count(*) FROM person WHERE municipality IN ('710', '078') AND follow_state <> 'unfollowed'")
            .await;
        let left_out = scenario
            .number("SELECT count(*) FROM person WHERE municipality IN ('710', '078') AND follow_state = 'unfollowed'")
            .await;
        assert_eq!(i64::try_from(shown.people).unwrap(), admissible);
        assert_eq!(i64::try_from(shown.left_out.values().sum::<u64>()).unwrap(), left_out);
        assert!(shown.left_out.contains_key("organisation"), "{:?}", shown.left_out);
        assert_eq!((shown.interface, shown.requests, shown.minutes), (Interface::BaseData, 2, 1));
        let price = f64::from(u32::try_from(shown.people).unwrap()) * 0.011;
        assert!((shown.price_eur - price).abs() < 1e-9);
        assert_eq!((shown.budget.outcome, shown.budget.left), (BudgetOutcome::Within, 500 - shown.people));
        assert_eq!((shown.queue.by, shown.queue.from), (Experience::Elsewhere, shown.people * 3 / 100));
        assert_eq!((shown.ceilings.len(), &shown.ceiling_reached), (0, &None));
        assert_eq!(shown.sample.len(), 10);
        assert!(!shown.asked_vtj);
        assert_eq!(requests_of(&scenario).await, before);
    }

    async fn a_budget_that_is_too_small_makes_the_run_wait_or_take_the_first(place: Place) {
        let (_scenario, context) = library(&place).await;
        let wait = refresh(&["710"], "register_upkeep", "everyone", 5);
        let shown = of(&context, wait.clone()).await.unwrap();
        assert_eq!(shown.budget.outcome, BudgetOutcome::Waits);
        assert_eq!((shown.budget.asked, shown.budget.left, shown.budget.over_by), (0, 5, shown.people - 5));
        assert_eq!(shown.municipalities[0].people, shown.people, "what it waits for is what it would cost");
        let first = AddressRefresh { over_budget: OverBudget::First, ..wait };
        let shown = of(&context, first).await.unwrap();
        assert_eq!(shown.budget.outcome, BudgetOutcome::First);
        assert_eq!((shown.budget.asked, shown.budget.left), (5, 0));
        assert_eq!((shown.municipalities[0].people, shown.requests), (5, 1));
    }

    async fn single_queries_are_held_against_every_ceiling_and_nothing_is_booked(place: Place) {
        let (scenario, context) = library(&place).await;
        let some = AddressRefresh {
            over_budget: OverBudget::First,
            ..refresh(&["710"], "debt_collection", "everyone", 7)
        };
        let shown = of(&context, some.clone()).await.unwrap();
        assert_eq!((shown.interface, shown.requests, shown.minutes), (Interface::SingleQuery, 7, 1));
        assert!((shown.price_eur - 0.7).abs() < 1e-9);
        let left: Vec<(&str, &str, i64)> =
            shown.ceilings.iter().map(|after| (after.scope, after.span, after.left)).collect();
        assert_eq!(left, [("installation", "day", 23), ("installation", "month", 493)]);
        assert_eq!(shown.ceiling_reached, None);
        let shown = of(&context, AddressRefresh { budget: 30, ..some }).await.unwrap();
        assert_eq!(shown.ceilings[0].left, 0);
        assert!(shown.ceiling_reached.unwrap().contains("30"));
        assert_eq!(scenario.number("SELECT count(*) FROM query_ledger").await, 0);
    }

    async fn nobody_protected_is_in_a_sample_and_a_small_segment_has_none(place: Place) {
        let (scenario, context) = library(&place).await;
        let protected: BTreeSet<String> = scenario
            .texts("SELECT p.card_number FROM patron p JOIN person k ON k.patron = p.id WHERE p.protected_mark OR k.protection = 'yes'")
            .await
            .iter()
            .map(|card| format!("…{}", &card[card.len() - 2..]))
            .collect();
        assert!(!protected.is_empty());
        let all = ["078", "149", "710", "755", "092"];
        let everybody = of(&context, refresh(&all, "register_upkeep", "everyone", 500)).await.unwrap();
        let cards = scenario
            .texts("SELECT p.card_number FROM patron p JOIN person k ON k.patron = p.id WHERE NOT p.protected_mark AND k.protection <> 'yes'")
            .await;
        for Sampled { card, verified, .. } in &everybody.sample {
            assert_eq!(card.chars().count(), 3);
            assert!(cards.iter().any(|other| other.ends_with(card.trim_start_matches('…'))));
            assert!(verified.as_deref().is_none_or(|month| month == "2026-11"), "{verified:?}");
        }
        scenario.execute("UPDATE patron SET protected_mark = TRUE WHERE municipality = '710'").await;
        let masked = of(&context, refresh(&["710"], "register_upkeep", "everyone", 500)).await.unwrap();
        assert!(masked.people > 10 && masked.sample.is_empty(), "{:?}", masked.sample);
        let few = of(&context, refresh(&["092"], "register_upkeep", "home_library = \"\" and age > 120", 500)).await.unwrap();
        assert_eq!(few.sample, []);
    }

    async fn what_cannot_be_used_says_what_to_write(place: Place) {
        let (_scenario, context) = library(&place).await;
        for (refresh, message) in [
            (refresh(&["710"], "register_upkeep", "home_service", 5), "segment: home_service selects"),
            (refresh(&["999"], "register_upkeep", "everyone", 5), "municipalities: 999 is not configured"),
            (refresh(&["710"], "upkeep", "everyone", 5), "purpose: \"upkeep\" is not known: choose from confirm_death, debt_collection"),
            (refresh(&["710"], "inventory", "everyone", 5), "inventory is not open to 710"),
        ] {
            let error = of(&context, refresh).await.unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
        let task = Definition::of_task(Task::Fetch, CronExpression::parse("@hourly").unwrap());
        assert!(matches!(
            preview(&context, &task, context.clock.now()).await,
            Err(PreviewError::NotARefresh("fetch"))
        ));
        let mut without = context.clone();
        Arc::make_mut(&mut without.settings).query = None;
        let error = of(&without, refresh(&["710"], "desk", "everyone", 5)).await.unwrap_err();
        assert!(error.to_string().contains("[vtj.query]"), "{error}");
    }

    async fn a_dry_run_says_what_stored_answers_would_open_and_changes_nothing(place: Place) {
        let (scenario, context) = library(&place).await;
        let everybody = definition(refresh(&["078", "149", "710", "755", "092"], "register_upkeep", "everyone", 500));
        let now = context.clock.now();
        let done = dry_run(&context, &everybody, now).await.unwrap().dry_run;
        assert_eq!((&done.would_open, done.would_replace), (&BTreeMap::new(), 0), "all of it is in the queue");
        let queue = scenario
            .texts("SELECT f.kind FROM finding f JOIN person k ON k.patron = f.patron WHERE k.follow_state <> 'unfollowed'")
            .await;
        let hidden = ["protection_started", "protection_ended", "identity_code_changed", "identity_code_passivated"];
        let mut expected: BTreeMap<String, u64> = BTreeMap::new();
        for kind in queue {
            let kind = if hidden.contains(&kind.as_str()) { "other".to_owned() } else { kind };
            *expected.entry(kind).or_default() += 1;
        }
        assert!(expected.contains_key("other") && expected.contains_key("address_change"), "{expected:?}");
        scenario.execute("DELETE FROM finding").await;
        let (before, audited) = (requests_of(&scenario).await, scenario.number("SELECT count(*) FROM audit").await);
        let rehearsed = dry_run(&context, &everybody, now).await.unwrap();
        assert_eq!(rehearsed.dry_run.would_open, expected);
        assert_eq!(rehearsed.dry_run.compared, rehearsed.preview.people);
        assert_eq!(scenario.number("SELECT count(*) FROM finding").await, 0);
        assert_eq!(scenario.number("SELECT count(*) FROM audit").await, audited);
        assert_eq!(requests_of(&scenario).await, before);
    }

    async fn the_command_shows_it_and_the_audit_log_says_who_looked(place: Place) {
        let (scenario, _context) = library(&place).await;
        let words = [
            "schedule", "preview", "--municipality", "710", "--where", "not language = en", "--purpose",
            "register_upkeep", "--budget", "300", "--dry-run",
        ];
        let text = scenario.ajantasa(&words).ended(0).stdout;
        for line in ["Patrons whose language is not English", "nothing was asked of VTJ", "dry run", "of 300 people"] {
            assert!(text.contains(line), "{line:?} is not in {text}");
        }
        let json = scenario.ajantasa(&[&["--format", "json"], &words[..]].concat()).ended(0).json();
        assert_eq!(json["segment"], "not language = en");
        assert_eq!((&json["interface"], &json["asked_vtj"]), (&"base_data".into(), &false.into()));
        assert_eq!(json["dry_run"]["compared"], json["people"]);
        let details = scenario.texts("SELECT detail FROM audit WHERE action = 'schedule.preview' ORDER BY sequence").await;
        assert_eq!(details.len(), 2);
        assert!(details[0].starts_with(&format!("(not saved): people {}", json["people"])), "{details:?}");
        scenario.ajantasa(&["schedule", "preview", "fetch-all"]).ended(65).says("fetch-all");
        scenario
            .ajantasa(&["schedule", "preview", "--municipality", "710", "--where", "open", "--purpose", "desk", "--budget", "3"])
            .ended(64)
            .says("character 1");
        scenario.ajantasa(&["schedule", "preview", "--municipality", "710"]).ended(64);
    }
}
