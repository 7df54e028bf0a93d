//! A patron whose wrapped data key is damaged: put aside by every task and by the import, and nobody else is.

use ajantasa::store::{self, data_key};
use ajantasa::task::Task;
use serde_json::json;

use crate::database::{damage_keys, mend_keys};
use crate::scenario::small::{address, changed, entry, people, register, world};
use crate::scenario::{Place, Scenario, Setup, on_both, private};

/// Whose key is damaged, and how.
const ITS_ID: &str = "S0002";

async fn of_three(place: &Place, log: Vec<ajantasa::vtj::mock::Entry>) -> Scenario {
    let setup = Setup { world: Some(world(people(3), log)), played: false, ..Setup::default() };
    let scenario = Scenario::new(place, setup).await;
    scenario.import(&register(3)).await;
    scenario
}

async fn its_id(scenario: &Scenario) -> uuid::Uuid {
    let mut tx = scenario.context.db.read().await.unwrap();
    store::patron::by_patron_ids(&mut tx, &[ITS_ID.to_owned()]).await.unwrap()[0].id
}

async fn found(scenario: &Scenario) -> i64 {
    scenario.number("SELECT count(*) FROM person WHERE answer = 'found'").await
}

on_both! {
    async fn a_damaged_key_puts_its_patron_aside_in_every_task_and_nobody_else(place: Place) {
        let moved = changed(address("7"), "LISATTY");
        let log = vec![entry(1, 1, &json!([moved])), entry(2, 2, &json!([moved]))];
        let scenario = of_three(&place, log).await;
        scenario.run(Task::Enrol).await.unwrap();
        let its_id = its_id(&scenario).await;
        let keys = damage_keys(&scenario.context.db, its_id).await;
        let report = scenario.run(Task::Refresh).await.unwrap();
        assert_eq!((report.examined, report.errors, found(&scenario).await), (2, 1, 2));
        mend_keys(&scenario.context.db, &keys).await;
        scenario.execute("UPDATE person SET refresh_due_at = '2020-01-01T00:00:00+00:00' WHERE answer <> 'found'").await;
        scenario.until_idle().await;
        assert_eq!(found(&scenario).await, 3);

        damage_keys(&scenario.context.db, its_id).await;
        scenario.play(2);
        let report = scenario.run(Task::Fetch).await.unwrap();
        assert_eq!((report.examined, report.changed, report.errors), (2, 1, 1));
        scenario.run(Task::Refresh).await.unwrap();
        scenario.execute("UPDATE person SET enrol_due = TRUE, compare_due = TRUE").await;
        let report = scenario.run(Task::Reconcile).await.unwrap();
        assert_eq!((report.examined, report.changed, report.errors), (2, 1, 1));
        let report = scenario.run(Task::Enrol).await.unwrap();
        assert_eq!((report.examined, report.errors), (3, 1));
        let items = scenario.queue().await;
        assert_eq!(items.len(), 1, "{items:?}");
        scenario.ajantasa(&["queue", "list"]).ended(0);
        scenario.ajantasa(&["doctor", "--first-run"]).ended(0);

        mend_keys(&scenario.context.db, &keys).await;
        scenario.run(Task::Housekeeping).await.unwrap();
        scenario.until_idle().await;
        assert_eq!(found(&scenario).await, 3);
        assert_eq!(scenario.queue().await.len(), 2);
    }

    async fn an_import_rejects_the_row_of_a_patron_who_does_not_open_and_takes_the_rest(place: Place) {
        let scenario = of_three(&place, Vec::new()).await;
        let keys = damage_keys(&scenario.context.db, its_id(&scenario).await).await;
        let text = register(3).replace("Pitkäkatu 1", "Pitkäkatu 2");
        private(&scenario.path("patrons.csv"), &text);
        let ran = scenario.ajantasa(&["--format", "json", "patrons", "import", "patrons.csv"]).ended(65);
        let report = ran.json();
        assert_eq!((&report["changed"], &report["rejected"], &report["missing"]), (&json!(2), &json!(1), &json!(0)), "{report}");
        let rejected = std::fs::read_to_string(scenario.path("patrons.csv.rejected.csv")).unwrap();
        assert!(rejected.contains("does not open") && rejected.contains("S0002") && rejected.contains("***"), "{rejected}");

        let listed = scenario.ajantasa(&["--format", "json", "patrons", "list"]).ended(0);
        assert_eq!(listed.json().as_array().unwrap().len(), 2);
        assert!(listed.stderr.contains("is left out"), "{}", listed.stderr);
        let card = crate::scenario::small::card(2);
        scenario.ajantasa(&["patrons", "show", &card]).ended(78).says("does not open");

        mend_keys(&scenario.context.db, &keys).await;
        let ran = scenario.ajantasa(&["--format", "json", "patrons", "import", "patrons.csv"]).ended(0);
        assert_eq!((&ran.json()["changed"], &ran.json()["unchanged"]), (&json!(1), &json!(2)));
        let mut tx = scenario.context.db.read_keys().await.unwrap();
        assert_eq!(data_key::count(&mut tx).await.unwrap(), 3);
    }
}
