//! What the law makes a library hand out by hand.

use serde_json::{Value, json};

use super::library;
use crate::scenario::small::{card, code};
use crate::scenario::{Ran, Scenario, on_both};

const RECIPIENT: &str = "Länsi-Uudenmaan poliisi";
const LAW: &str = "Police Act 872/2011 chapter 4 section 3";

fn record(scenario: &Scenario, card: &str, account: &str, more: &[&str]) -> Ran {
    let words = ["--format", "json", "disclosures", "record", "--card", card, "--as", account];
    scenario.ajantasa(&[&words[..], more].concat())
}

fn usual<'a>(recipient: &'a str, what: &'a str) -> [&'a str; 8] {
    ["--recipient", recipient, "--law", LAW, "--what", what, "--decided-by", "kirjastotoimenjohtaja"]
}

on_both! {
    async fn it_is_written_down_and_appears_wherever_the_log_is_read(place: Place) {
        let scenario = library(&place).await;
        let ran = record(&scenario, &card(1), "maija", &usual(RECIPIENT, "first_names,last_name"));
        let id = ran.ended(0).json()["id"].as_str().unwrap().to_owned();
        let shown = |options: &[&str]| {
            let words = ["--format", "json", "disclosures", "show", &id];
            scenario.ajantasa(&[&words[..], options].concat()).ended(0).json()
        };
        let open = shown(&["--as", "auli"]);
        assert_eq!((&open["recipient"], &open["legal_basis"]), (&json!(RECIPIENT), &json!(LAW)));
        assert_eq!(open["field_groups"], json!(["last_name", "first_names"]));
        assert_eq!((&open["interface"], &open["actor"]), (&json!("by_hand"), &json!("maija")));
        assert_eq!(open["decided_by"], json!("kirjastotoimenjohtaja"));
        let masked = shown(&[]);
        for key in ["recipient", "legal_basis", "decided_by"] {
            assert_eq!(masked[key], Value::Null, "{key}");
        }
        for options in [&[][..], &["--card", &card(1)], &["--user", "maija"], &["--purpose", "required_by_law"]] {
            assert_eq!(super::ids(&scenario.listed(options)), std::slice::from_ref(&id), "{options:?}");
        }
        for options in [&["--card", &card(2)][..], &["--user", "liisa"], &["--purpose", "desk"], &["--end-user", "x"]] {
            assert!(scenario.listed(options).is_empty(), "{options:?}");
        }
        let csv = scenario.ajantasa(&["disclosures", "export", "--as", "maija"]).ended(0).stdout;
        assert!(csv.contains(RECIPIENT) && csv.contains("by_hand"), "{csv}");
        let screen = scenario.ajantasa(&["disclosures", "show", &id, "--as", "maija"]).ended(0).stdout;
        assert!(screen.contains(RECIPIENT) && screen.contains(LAW) && screen.contains(&card(1)), "{screen}");
        let recorded = "SELECT count(*) FROM audit WHERE action = 'disclosures.record' AND actor = 'maija'
             AND subject_tag IS NOT NULL AND detail = 'last_name first_names'";
        assert_eq!(scenario.number(recorded).await, 1);
    }

    async fn of_a_protected_patron_only_the_cleared_read_it(place: Place) {
        let scenario = library(&place).await;
        record(&scenario, &card(2), "liisa", &usual(RECIPIENT, "last_name")).ended(0);
        for (viewer, sees) in [("liisa", true), ("maija", false), ("olli", false), ("auli", false)] {
            let entry = &scenario.listed(&["--as", viewer])[0];
            assert_eq!(entry["recipient"] == json!(RECIPIENT), sees, "{viewer}");
            assert_eq!(entry["municipality"] == json!("710"), sees, "{viewer}");
        }
    }

    async fn only_a_reviewer_of_the_municipality_writes_it_down_and_nobody_about_the_own_card(place: Place) {
        let scenario = library(&place).await;
        let words = usual(RECIPIENT, "last_name");
        for account in ["olli", "auli", "nobody"] {
            record(&scenario, &card(1), account, &words).ended(77);
        }
        record(&scenario, &card(2), "maija", &words).ended(77).says("own card");
        record(&scenario, "no such card", "maija", &words).ended(65);
        record(&scenario, &card(1), "maija", &usual(RECIPIENT, "shoe_size")).ended(64);
        record(&scenario, &card(1), "maija", &usual(" ", "last_name")).ended(65).says("the recipient: it is empty");
        let told = format!("poliisi, {}", code(1));
        let refused = record(&scenario, &card(1), "maija", &usual(&told, "last_name")).ended(65);
        assert!(refused.stderr.contains("identity code") && !refused.stderr.contains(&code(1)), "{}", refused.stderr);
        let tomorrow = [&words[..], &["--on", "2999-01-01"]].concat();
        record(&scenario, &card(1), "maija", &tomorrow).ended(65).says("still to come");
        assert_eq!(scenario.number("SELECT count(*) FROM disclosure_by_hand").await, 0);
    }
}
