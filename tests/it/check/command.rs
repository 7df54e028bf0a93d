//! `check` by the real binary: what it prints, and how it ends.

use serde_json::{Value, json};

use super::{Query, few, moved, one};
use crate::scenario::{Ran, Scenario, on_both, small};

/// Adds an account that the operating-system user of the tests proves.
fn account(site: &Scenario) {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    let words =
        ["user", "add", "anna", "--role", "reviewer", "--municipality", "710", "--until", "2199-12-31"];
    site.ajantasa(&[&words[..], &["--os-user", &user]].concat()).ended(0);
}

fn check(site: &Scenario, n: u32) -> Ran {
    let card = small::card(n);
    let words =
        ["check", &card, "--purpose", "desk", "--reason", "at the desk", "--as", "anna", "--format", "json"];
    site.ajantasa(&words)
}

fn gist(ran: &Ran) -> (String, String, bool) {
    let json = ran.json();
    let word = |key: &str| json[key].as_str().unwrap().to_owned();
    (word("outcome"), word("protection"), json["asked_vtj"].as_bool().unwrap())
}

fn strings(gist: (&str, &str, bool)) -> (String, String, bool) {
    (gist.0.to_owned(), gist.1.to_owned(), gist.2)
}

on_both! {
    async fn the_answer_is_printed_as_json_and_for_people(place: Place) {
        let site = one(&place, &moved(), Query::default()).await;
        account(&site);
        let ran = check(&site, 1).ended(0);
        let json = ran.json();
        assert_eq!(json["card_number"], small::card(1));
        assert_eq!(gist(&ran), strings(("found", "no", true)));
        let finding = &json["findings"][0];
        assert_eq!(finding["kind"], "address_change");
        let fields = json!([{ "field": "street_address", "current": "Pitkäkatu 1", "proposed": "Pitkäkatu 9" }]);
        assert_eq!(finding["fields"], fields);
        assert_eq!((json["reused"].clone(), json["answered_at"].is_string()), (json!(false), true));
        let card = small::card(1);
        let words = ["check", &card, "--purpose", "desk", "--reason", "again", "--as", "anna"];
        let table = site.ajantasa(&words).ended(0).stdout;
        for part in ["found", "VTJ was not asked again", "Pitkäkatu 9", "street_address", "address_change"] {
            assert!(table.contains(part), "{part}: {table}");
        }
        assert!(!table.contains(&small::code(1)));
        let csv = site.ajantasa(&[&words[..], &["--format", "csv"]].concat()).ended(0).stdout;
        assert!(csv.starts_with("card_number,outcome,"), "{csv}");
    }

    async fn every_outcome_has_its_exit_code(place: Place) {
        let site = few(&place, Query { more: "reuse_minutes = 0\nattempts = 1", ..Query::default() }).await;
        account(&site);
        for (fault, code, wanted) in [
            (json!({ "kind": "none" }), 0, ("found", "no", true)),
            (json!({ "kind": "absent_person" }), 0, ("not_found", "no", true)),
            (json!({ "kind": "return_code", "code": "0007" }), 0, ("dead_not_disclosed", "no", true)),
            (json!({ "kind": "return_code", "code": "0019" }), 0, ("not_disclosable", "no", true)),
            (json!({ "kind": "return_code", "code": "0002" }), 0, ("passivated", "no", true)),
            (json!({ "kind": "return_code", "code": "-1904" }), 77, ("refused", "no", true)),
            (json!({ "kind": "empty" }), 75, ("transient", "no", true)),
            (json!({ "kind": "wrong_echo" }), 65, ("protocol_error", "no", true)),
            (json!({ "kind": "bomb" }), 65, ("protocol_error", "no", true)),
            (json!({ "kind": "return_code", "code": "-1500" }), 78, ("configuration_fault", "no", true)),
            (json!({ "kind": "none" }), 78, ("configuration_fault", "no", false)),
        ] {
            site.fault(fault.clone()).await;
            let ran = check(&site, 1).ended(code);
            assert_eq!(gist(&ran), strings(wanted), "{fault}");
            site.mend().await;
        }
        let refused = site.ajantasa(&["check", &small::card(1), "--purpose", "whim", "--reason", "x", "--as", "anna", "--format", "json"]).ended(77);
        assert_eq!(gist(&refused), strings(("refused", "unknown", false)));
        site.ajantasa(&["check", "no such", "--purpose", "desk", "--reason", "x", "--as", "anna"]).ended(65);
        site.ajantasa(&["check", &small::card(1), "--purpose", "desk", "--reason", " ", "--as", "anna"]).ended(64);
        site.ajantasa(&["check", &small::card(1), "--purpose", "desk", "--as", "anna"]).ended(64);
        site.ajantasa(&["check", &small::card(1), "--purpose", "desk", "--reason", "x", "--as", "nobody"]).ended(77);
        site.ajantasa(&["check", &small::card(1), "--purpose", "desk", "--reason", "x"]).ended(64);
    }

    async fn nothing_of_a_protected_person_or_a_code_is_printed_or_logged(place: Place) {
        let groups = json!([small::name(), small::address("7771"), small::protection(true)]);
        let site = one(&place, &groups, Query::default()).await;
        account(&site);
        let card = small::card(1);
        let words = ["check", &card, "--purpose", "desk", "--reason", "x", "--as", "anna"];
        for format in ["json", "table", "csv"] {
            let mut command = site.command(&[&words[..], &["--format", format]].concat());
            let ran = Ran::new(&command.env("AJANTASA_LOG", "debug").output().unwrap()).ended(0);
            for text in [&ran.stdout, &ran.stderr] {
                assert!(!text.contains("Pitkäkatu"), "{text}");
                assert!(!text.contains(&small::code(1)), "{text}");
            }
        }
        let found: Vec<Value> = check(&site, 1).ended(0).json()["findings"].as_array().unwrap().clone();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["kind"], "protection_started");
        assert_eq!(found[0]["municipality"], Value::Null);
    }
}
