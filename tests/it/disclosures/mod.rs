//! The disclosure log on the command line: who finds what in it, what is masked for whom, and what is handed out by
//! hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod by_hand;

use ajantasa::store::disclosure::{self, DisclosureRow, SINGLE, SingleOutcome};
use ajantasa::store::query_ledger::{self, LedgerRow};
use ajantasa::store::{self, data_key, finding, new_id};
use ajantasa::task::Task;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scenario::small::{card, changed, entry, people, protection, register, world};
use crate::scenario::{Place, Ran, Scenario, Setup, on_both};
use crate::store::finding_row;

/// What the staff wrote.
const REASON: &str = "kirje palautui kirjastoon";

/// A question about one person, as it stands in the tables.
struct Asked {
    id: Uuid,
    message: Uuid,
    run: Uuid,
}

/// Two patrons, the second protected, and accounts that this operating-system user may use.
async fn library(place: &Place) -> Scenario {
    let setup = Setup { world: Some(world(people(2), Vec::new())), ..Setup::default() };
    let scenario = Scenario::new(place, setup).await;
    scenario.import(&register(2)).await;
    scenario
        .execute(&format!("UPDATE patron SET protected_mark = TRUE WHERE card_number = '{}'", card(2)))
        .await;
    add_accounts(&scenario);
    scenario
}

fn add_accounts(scenario: &Scenario) {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    for (name, role, more) in [
        ("maija", "reviewer", &["--municipality", "710", "--own-card", &card(2)][..]),
        ("liisa", "reviewer", &["--municipality", "710", "--may", "protected"]),
        ("olli", "reviewer", &["--municipality", "078"]),
        ("auli", "auditor", &[]),
    ] {
        let account = ["user", "add", name, "--role", role, "--until", "2199-12-31", "--os-user", &user];
        scenario.ajantasa(&[&account[..], more].concat()).ended(0);
    }
}

/// Writes down a question about one person that was answered, as who asks does it.
async fn ask(scenario: &Scenario, card: &str, actor: &str) -> Asked {
    let context = &scenario.context;
    let now = context.clock.now();
    let mut tx = context.db.begin().await.unwrap();
    let patron = store::patron::by_card_numbers(&mut tx, &[card.to_owned()]).await.unwrap().remove(0).id;
    let keyring = data_key::keyring(&context.db, &context.vault, &[patron]).await.unwrap();
    let key = keyring.newest(patron).unwrap();
    let account = store::account::by_name(&mut tx, actor).await.unwrap().unwrap().id;
    let (id, run) = (new_id(now), new_id(now));
    let row = DisclosureRow {
        id,
        requested_at: now,
        interface: SINGLE.to_owned(),
        municipality: "710".to_owned(),
        purpose: "returned_mail".to_owned(),
        legal_basis: "Act 1/2030".to_owned(),
        actor: actor.to_owned(),
        task: "check".to_owned(),
        field_groups: "address protection".to_owned(),
        persons_asked: 1,
        attempts: 1,
        outcome: "sent".to_owned(),
        account: Some(account),
        run: Some(run),
        product: Some("PERUSSANOMA 3".to_owned()),
        end_user: Some(format!("aj-{actor}")),
        key_version: Some(key.version),
        sealed_reason: Some(disclosure::seal_reason(key, id, REASON).unwrap()),
        ..DisclosureRow::default()
    };
    disclosure::insert(&mut tx, &row).await.unwrap();
    disclosure::insert_subjects(&mut tx, id, &[patron]).await.unwrap();
    let message = LedgerRow {
        id: new_id(now),
        disclosure: id,
        number: 1,
        municipality: "710".to_owned(),
        purpose: "returned_mail".to_owned(),
        urgent: false,
        day: context.clock.today(),
        price_micro_euros: 120_000,
        state: "reserved".to_owned(),
        outcome: None,
        reserved_at: now,
        settled_at: None,
    };
    query_ledger::insert(&mut tx, &message).await.unwrap();
    query_ledger::settle(&mut tx, message.id, "spent", "answered", now).await.unwrap();
    let came = SingleOutcome {
        outcome: "answered",
        result: "found",
        return_code: Some("0000"),
        attempts: 1,
        answered: Some(1),
    };
    disclosure::finish_single(&mut tx, id, &came, now).await.unwrap();
    let found = finding::FindingRow { request: Some(id), ..finding_row(patron, "language_change") };
    finding::insert(&mut tx, &[found]).await.unwrap();
    tx.commit("test").await.unwrap();
    Asked { id, message: message.id, run }
}

impl Scenario {
    /// The entries that a list has, as JSON.
    fn listed(&self, options: &[&str]) -> Vec<Value> {
        let ran =
            self.ajantasa(&[&["--format", "json", "disclosures", "list"][..], options].concat()).ended(0);
        ran.json().as_array().unwrap().clone()
    }

    fn shown(&self, id: Uuid, options: &[&str]) -> Value {
        let id = id.to_string();
        self.ajantasa(&[&["--format", "json", "disclosures", "show", &id][..], options].concat())
            .ended(0)
            .json()
    }

    fn show_ran(&self, id: &str) -> Ran {
        self.ajantasa(&["disclosures", "show", id])
    }
}

fn ids(entries: &[Value]) -> Vec<String> {
    entries.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn the_log_is_found_by_person_user_day_run_purpose_and_end_user(place: Place) {
        let scenario = library(&place).await;
        let first = ask(&scenario, &card(1), "maija").await;
        scenario.clock.advance(TimeDelta::days(1));
        let second = ask(&scenario, &card(2), "liisa").await;
        let (one, two) = (first.id.to_string(), second.id.to_string());
        let run = first.run.to_string();
        let both = [one.clone(), two.clone()];
        for (options, found) in [
            (vec![], &both[..]),
            (vec!["--card", &card(1)], &both[..1]),
            (vec!["--user", "liisa", "--as", "auli"], &both[1..]),
            (vec!["--user", "liisa"], &[]),
            (vec!["--end-user", "aj-liisa"], &[]),
            (vec!["--run", &second.run.to_string()], &[]),
            (vec!["--day", "2026-11-21"], &both[..1]),
            (vec!["--since", "2026-11-22"], &both[1..]),
            (vec!["--until", "2026-11-22"], &both[..1]),
            (vec!["--run", &run], &both[..1]),
            (vec!["--purpose", "returned_mail"], &both[..]),
            (vec!["--purpose", "desk"], &[]),
            (vec!["--end-user", "aj-maija"], &both[..1]),
            (vec!["--end-user", "aj-maija", "--user", "liisa"], &[]),
        ] {
            assert_eq!(ids(&scenario.listed(&options)), found, "{options:?}");
        }
        scenario.ajantasa(&["disclosures", "list", "--day", "2026-11-21", "--since", "2026-11-21"]).ended(64);
        let csv = scenario.ajantasa(&["disclosures", "export", "--day", "2026-11-21"]).ended(0).stdout;
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.len(), 2, "{csv}");
        assert!(lines[0].starts_with("id,requested_at") && lines[1].contains(&card(1)), "{csv}");
        assert!(scenario.ajantasa(&["disclosures", "list"]).ended(0).stdout.contains("check (maija)"));
    }

    async fn one_entry_says_by_whom_why_and_what_followed_also_by_its_message(place: Place) {
        let scenario = library(&place).await;
        let asked = ask(&scenario, &card(1), "maija").await;
        let shown = scenario.shown(asked.id, &["--as", "maija"]);
        assert_eq!((&shown["account"], &shown["reason"]), (&json!("maija"), &json!(REASON)));
        assert_eq!((&shown["card_number"], &shown["municipality"]), (&json!(card(1)), &json!("710")));
        assert_eq!((&shown["result"], &shown["return_code"]), (&json!("found"), &json!("0000")));
        let message = &shown["messages"][0];
        assert_eq!((&message["number"], &message["state"], &message["price_eur"]), (&json!(1), &json!("spent"), &json!(0.12)));
        assert_eq!(message["message_id"], json!(asked.message));
        let followed = &shown["followed"][0];
        assert_eq!((&followed["kind"], &followed["state"]), (&json!("language_change"), &json!("new")));
        assert_eq!(scenario.shown(asked.message, &["--as", "maija"]), shown);
        let screen = scenario.ajantasa(&["disclosures", "show", &asked.message.to_string(), "--as", "maija"]).ended(0).stdout;
        for part in [REASON, "maija (account)", "returned_mail", "Act 1/2030", &asked.message.to_string(),
            "found, return code 0000", "language_change", "not decided", "2026-11-21 14:00:00 +02:00"] {
            assert!(screen.contains(part), "{part:?} is not in:\n{screen}");
        }
        scenario.show_ran("0198aaaa-0000-7000-8000-000000000000").ended(65).says("no request");
        scenario.show_ran("this one").ended(64);
        // Whoever looked is in the audit log, with whom they looked at.
        let looks = "SELECT count(*) FROM audit WHERE action = 'disclosures.show' AND subject_tag IS NOT NULL
             AND actor_kind = 'account' AND actor = 'maija'";
        assert_eq!(scenario.number(looks).await, 3);
    }

    async fn why_and_where_are_masked_for_those_without_the_right(place: Place) {
        let scenario = library(&place).await;
        let open = ask(&scenario, &card(1), "maija").await;
        let protected = ask(&scenario, &card(2), "liisa").await;
        for (viewer, of_open, of_protected) in [
            (None, false, false),
            (Some("maija"), true, false),
            (Some("liisa"), true, true),
            (Some("olli"), false, false),
            (Some("auli"), true, false),
        ] {
            let options: Vec<&str> = viewer.iter().flat_map(|name| ["--as", name]).collect();
            for (asked, may, is_protected) in [(&open, of_open, false), (&protected, of_protected, true)] {
                let shown = scenario.shown(asked.id, &options);
                assert_eq!(shown["reason"] == json!(REASON), may, "{viewer:?} {shown}");
                assert_eq!(shown["municipality"] == json!("710"), may || !is_protected, "{viewer:?} {shown}");
                let listed = scenario.listed(&options);
                let entry = listed.iter().find(|entry| entry["id"] == json!(asked.id)).unwrap();
                assert_eq!(entry["municipality"], shown["municipality"], "{viewer:?}");
                assert!(entry.get("reason").is_none());
                // Who asked tells of which municipality the patron is.
                let hidden = is_protected && !matches!(viewer, Some("liisa" | "auli"));
                for key in ["actor", "end_user", "run"] {
                    assert_eq!((entry[key].is_null(), shown[key].is_null()), (hidden, hidden), "{viewer:?} {key}");
                }
                assert_eq!(shown["account"].is_null(), hidden, "{viewer:?}");
            }
        }
        for list in ["list", "export"] {
            let text = scenario.ajantasa(&["disclosures", list]).ended(0).stdout;
            assert!(text.contains("maija") && !text.contains("liisa"), "{text}");
        }
        let screen = scenario.show_ran(&protected.id.to_string()).ended(0).stdout;
        assert!(screen.contains("by        ***, check") && !screen.contains("liisa"), "{screen}");
        let anonymous = scenario.show_ran(&open.id.to_string()).ended(0).stdout;
        assert!(anonymous.contains("returned_mail: ***") && !anonymous.contains(REASON), "{anonymous}");
        scenario.ajantasa(&["disclosures", "list", "--as", "nobody"]).ended(77);
    }

    async fn when_protection_begins_the_reason_stays_readable_under_the_new_key(place: Place) {
        let log = vec![entry(1, 1, &changed_list(&protection(true)))];
        let setup = Setup { world: Some(world(people(1), log)), played: false, ..Setup::default() };
        let scenario = Scenario::new(&place, setup).await;
        scenario.import(&register(1)).await;
        add_accounts(&scenario);
        scenario.until_idle().await;
        let asked = ask(&scenario, &card(1), "liisa").await;
        scenario.play(1);
        scenario.clock.advance(TimeDelta::hours(1));
        scenario.until_idle().await;
        assert_eq!(scenario.texts("SELECT protection FROM person").await, ["yes"]);
        assert_eq!(scenario.number("SELECT key_version FROM disclosure WHERE sealed_reason IS NOT NULL").await, 2);
        assert_eq!(scenario.keys().await, 1, "the old key is gone");
        let shown = scenario.shown(asked.id, &["--as", "liisa"]);
        assert_eq!((&shown["reason"], &shown["municipality"]), (&json!(REASON), &json!("710")));
    }

    async fn of_a_forgotten_patron_the_log_stays_and_names_nobody(place: Place) {
        let scenario = library(&place).await;
        let asked = ask(&scenario, &card(1), "maija").await;
        scenario.ajantasa(&["patrons", "forget", &card(1), "--reason", "asked to be"]).ended(0);
        let shown = scenario.shown(asked.id, &["--as", "maija"]);
        assert_eq!((&shown["card_number"], &shown["reason"]), (&Value::Null, &Value::Null));
        assert_eq!((&shown["actor"], &shown["purpose"]), (&json!("maija"), &json!("returned_mail")));
    }

    async fn the_log_is_deleted_after_five_years_and_not_a_day_before(place: Place) {
        let scenario = library(&place).await;
        ask(&scenario, &card(1), "maija").await;
        let count = async || scenario.number("SELECT count(*) FROM disclosure").await;
        for (days, left) in [(5 * 365, 1), (1, 1), (1, 0)] {
            scenario.clock.advance(TimeDelta::days(days));
            scenario.run(Task::Housekeeping).await.unwrap();
            assert_eq!(count().await, left);
        }
        assert_eq!(scenario.number("SELECT count(*) FROM query_ledger").await, 0);
        assert_eq!(scenario.number("SELECT count(*) FROM audit WHERE action = 'disclosures.delete'").await, 1);
    }
}

/// A list of one group, as the log has it when something is added.
fn changed_list(group: &Value) -> Value {
    json!([changed(group.clone(), "LISATTY")])
}
