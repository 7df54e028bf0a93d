//! The test data from the patron file to the queue.

use ajantasa::store::Db;
use serde_json::{Value, json};

use crate::contents::{self, OF_RUNS};
use crate::scenario::{Scenario, Setup, at_or_after_the_test_data, on_both, testdata};

/// Columns that a round moves although it learns nothing.
const OF_ROUNDS: [&str; 2] = ["follow_list.cursor_at", "follow_list.caught_up_at"];

/// An item of the queue with the keys that the expected queue has.
fn expected_part(item: &Value) -> Value {
    let mut part = json!({});
    for key in ["card_number", "kind", "fields", "municipality"] {
        part[key] = item[key].clone();
    }
    if let Some(date) = item.get("death_date") {
        part["death_date"] = date.clone();
    }
    part
}

fn sorted(items: &Value) -> Vec<Value> {
    let mut items: Vec<Value> = items.as_array().unwrap().iter().map(expected_part).collect();
    items.sort_by_key(|item| format!("{} {}", item["card_number"], item["kind"]));
    items
}

#[track_caller]
fn assert_is_the_expected_queue(items: &Value) {
    let text = std::fs::read_to_string(testdata("patrons/expected_queue.json")).unwrap();
    let expected = sorted(&serde_json::from_str(&text).unwrap());
    let found = sorted(items);
    for item in &expected {
        assert!(found.contains(item), "missing: {item}\nthere is: {:?}", same_card(&found, item));
    }
    for item in &found {
        assert!(expected.contains(item), "not expected: {item}");
    }
    assert_eq!(found.len(), expected.len());
}

fn same_card<'a>(items: &'a [Value], wanted: &Value) -> Vec<&'a Value> {
    items.iter().filter(|item| item["card_number"] == wanted["card_number"]).collect()
}

/// Adds an auditor and a reviewer who is cleared, and one who is not; returns the first two.
fn accounts(scenario: &Scenario) -> [&'static str; 2] {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    let reviewer = ["--role", "reviewer", "--municipality", "710"];
    for (name, rest) in [
        ("aino", &["--role", "auditor"][..]),
        ("liisa", &[&reviewer[..], &["--may", "protected"]].concat()),
        ("kalle", &reviewer),
    ] {
        let add = [&["user", "add", name, "--until", "2199-12-31", "--os-user", &user], rest].concat();
        scenario.ajantasa(&add).ended(0);
    }
    ["aino", "liisa"]
}

on_both! {
    async fn the_binary_finds_exactly_what_the_test_data_expects(place: Place) {
        let setup = Setup { at: at_or_after_the_test_data(), ..Setup::default() };
        let scenario = Scenario::new(&place, setup).await;
        std::fs::copy(testdata("patrons/register.csv"), scenario.path("register.csv")).unwrap();
        scenario.ajantasa(&["patrons", "import", "register.csv"]).ended(0);
        let clock = at_or_after_the_test_data().to_rfc3339();
        let run = ["--format", "json", "run", "--until-idle", "--simulated-clock", &clock];
        let first = scenario.ajantasa(&run).ended(0).json();
        assert_eq!(first.as_array().unwrap().len(), 7);
        assert_is_the_expected_queue(&scenario.ajantasa(&["--format", "json", "queue", "list"]).ended(0).json());
        let second = scenario.ajantasa(&run).ended(0).json();
        for report in second.as_array().unwrap() {
            assert_eq!(report["changed"], 0, "{report}");
        }
        assert_is_the_expected_queue(&scenario.ajantasa(&["--format", "json", "queue", "list"]).ended(0).json());
    }

    async fn small_lists_and_pages_find_the_same_and_a_second_run_changes_nothing(place: Place) {
        let setup = Setup { list_size: 5, page_size: 2, ..Setup::default() };
        let scenario = Scenario::new(&place, setup).await;
        scenario.import_register().await;
        scenario.until_idle().await;
        let queue = serde_json::to_value(scenario.queue().await).unwrap();
        assert_is_the_expected_queue(&queue);
        assert!(scenario.number("SELECT count(*) FROM follow_list").await > 12);
        let before = contents::tables(&scenario.context, &OF_RUNS, &OF_ROUNDS).await;
        for report in scenario.until_idle().await {
            assert_eq!(report.changed, 0, "{report:?}");
        }
        let after = contents::tables(&scenario.context, &OF_RUNS, &OF_ROUNDS).await;
        for (table, rows) in &before {
            assert_eq!(contents::difference(rows, &after[table]), [""; 0], "{table}");
        }
        let again = contents::tables(&scenario.context, &OF_RUNS, &OF_ROUNDS).await;
        assert_eq!(after, again);
    }

    async fn every_request_is_in_the_disclosure_log_and_nothing_ungranted_is_stored(place: Place) {
        let scenario = Scenario::of_testdata(&place).await;
        scenario.import_register().await;
        scenario.until_idle().await;
        for interface in ["kirjausavain", "muutokset", "perustiedot"] {
            let sql = format!("SELECT count(*) FROM disclosure WHERE interface = '{interface}'");
            assert_eq!(scenario.number(&sql).await, scenario.calls(interface).await, "{interface}");
        }
        let unfinished = "SELECT count(*) FROM disclosure WHERE outcome <> 'answered' OR purpose <> 'register_upkeep'
             OR legal_basis = '' OR length(municipality) <> 3";
        assert_eq!(scenario.number(unfinished).await, 0);
        let nameless = "SELECT count(*) FROM disclosure d WHERE interface = 'perustiedot' AND persons_asked >
             (SELECT count(*) FROM disclosure_subject s WHERE s.disclosure = d.id)";
        assert_eq!(scenario.number(nameless).await, 0);
        let mixed = "SELECT count(*) FROM disclosure d JOIN disclosure_subject s ON s.disclosure = d.id
             JOIN patron p ON p.id = s.patron WHERE p.municipality <> d.municipality";
        assert_eq!(scenario.number(mixed).await, 0);
        let listless = "SELECT count(*) FROM disclosure WHERE interface = 'muutokset' AND
             (list IS NULL OR list_version IS NULL)";
        assert_eq!(scenario.number(listless).await, 0);
        assert_eq!(contents::unrecorded(&scenario.context).await, [""; 0]);
        let known = contents::knowledge(&scenario.context).await.join("\n");
        // Occupation, mother tongue and guardians are granted to nobody.
        for ungranted in ["Kirjansitoja", "AMMATTI", "HUOLTAJA", "AIDINKIELI", "SUKUPUOLI", "TUNTEMATON_RYHMA"] {
            assert!(!known.contains(ungranted), "{ungranted}");
        }
        let vantaa: Vec<&str> = known.lines()
            .filter(|line| line.starts_with("person 092") || line.starts_with("person V")).collect();
        assert!(!vantaa.is_empty());
        for line in vantaa {
            assert!(!line.contains("\"dead\":true") && line.contains("\"contact_language\":null")
                || !line.contains("\"record\":{"), "{line}");
        }
    }

    async fn the_requests_about_a_protected_patron_do_not_tell_the_municipality(place: Place) {
        let scenario = Scenario::of_testdata(&place).await;
        scenario.import_register().await;
        scenario.until_idle().await;
        let about = |card: &str| {
            scenario.ajantasa(&["--format", "json", "disclosures", "list", "--card", card]).ended(0).json()
        };
        let ordinary = about("2071000007");
        assert_eq!(ordinary[0]["municipality"], "710");
        assert!(ordinary[0]["id"].is_string() && ordinary[0]["persons_asked"].is_number());
        let protected = about("2071000058");
        assert!(!protected.as_array().unwrap().is_empty());
        let hidden = ["id", "municipality", "follow_list", "follow_list_version", "field_groups", "persons_asked",
            "persons_answered", "attempts", "finished_at"];
        for request in protected.as_array().unwrap() {
            assert!(hidden.iter().all(|key| request[key] == Value::Null), "{request}");
            assert_eq!(request["requested_at"].as_str().unwrap().len(), "2026-11-21".len());
        }
        let table = scenario.ajantasa(&["disclosures", "list", "--card", "2071000058"]).ended(0).stdout;
        assert!(table.contains("***") && !table.contains(" 710 "), "{table}");
        // What the list of all tells of a request is nowhere in the list about one: nothing joins the two.
        let all = scenario.ajantasa(&["--format", "json", "disclosures", "list"]).ended(0).json();
        for how in [["--format", "csv", "disclosures", "list"], ["--format", "table", "disclosures", "list"],
            ["--format", "csv", "disclosures", "export"]]
        {
            let text = scenario.ajantasa(&[&how[..], &["--card", "2071000058"]].concat()).ended(0).stdout;
            assert!(!text.contains("2026-11-21T"), "{text}");
            for request in all.as_array().unwrap() {
                for key in ["id", "requested_at", "finished_at"] {
                    assert!(request[key].as_str().is_none_or(|value| !text.contains(value)), "{key}: {text}");
                }
            }
        }
        let accounts = accounts(&scenario);
        for account in accounts {
            let list = ["--format", "json", "disclosures", "list", "--card", "2071000058", "--as", account];
            assert_eq!(scenario.ajantasa(&list).ended(0).json()[0]["municipality"], "710", "{account}");
        }
        let list = ["--format", "json", "disclosures", "list", "--card", "2071000058", "--as", "kalle"];
        assert_eq!(scenario.ajantasa(&list).ended(0).json()[0]["municipality"], Value::Null);
    }

    async fn the_audit_log_does_not_lead_from_a_protected_patron_to_a_request(place: Place) {
        let scenario = Scenario::of_testdata(&place).await;
        scenario.import_register().await;
        scenario.until_idle().await;
        let about = |options: &[&str]| -> Vec<Value> {
            let arguments = [&["--format", "json", "audit", "list"], options].concat();
            serde_json::from_str(&scenario.ajantasa(&arguments).ended(0).stdout).unwrap()
        };
        let [auditor, cleared] = accounts(&scenario);
        let seen = about(&["--card", "2071000058", "--as", auditor]);
        assert!(seen.len() > 2 && seen.iter().all(|row| row["subject"].is_string() && row["sequence"].is_number()));
        assert!(seen.iter().any(|row| row["request"].is_string()));
        let finding = seen.iter().find_map(|row| row["finding"].as_str()).expect("something was found").to_owned();
        assert!(about(&["--card", "2071000058", "--as", cleared]).iter().any(|row| row["request"].is_string()));

        let hidden = ["subject", "request", "finding", "decision", "evidence"];
        for options in [["--card", "2071000058"], ["--finding", &finding]] {
            let rows = about(&options);
            assert!(!rows.is_empty());
            for row in rows {
                assert!(hidden.iter().all(|key| row[key] == Value::Null), "{row}");
                assert_eq!((&row["sequence"], row["at"].as_str().unwrap().len()), (&Value::Null, 10));
                assert_eq!(row["actor"].is_null(), row["actor_kind"] == "account", "{row}");
            }
        }
        let tag = seen[0]["subject"].as_str().unwrap();
        for format in ["json", "csv", "table"] {
            let text = scenario.ajantasa(&["--format", format, "audit", "list"]).ended(0).stdout;
            assert!(!text.contains(tag) && !text.contains(&tag[..8]) && !text.contains(&finding), "{format}");
        }
        // Of others the log tells everything.
        assert!(about(&["--card", "2071000007"]).iter().any(|row| row["request"].is_string()));
    }

    async fn a_database_opened_by_the_next_process_is_as_it_was_left(place: Place) {
        let scenario = Scenario::of_testdata(&place).await;
        scenario.import_register().await;
        scenario.until_idle().await;
        let before = contents::tables(&scenario.context, &[], &[]).await;
        scenario.context.db.close().await;
        let mut context = scenario.context.clone();
        context.db = Db::open(&scenario.url).await.unwrap();
        assert_eq!(before, contents::tables(&context, &[], &[]).await);
    }
}
