//! What the file back tells, and who may know the rest.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use ajantasa::collection::{self, CollectionError, HOLD};
use ajantasa::review::{self, Effect};
use ajantasa::staff::{self, Proof, ProvedAccount, Role};
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Debtor, anna, asked, at_home, cards, out, protected, sent, site, why};
use crate::scenario::{Place, Scenario, on_both, private, small};

/// Everything that can speak against a card, one of each.
fn debtors() -> Vec<Debtor> {
    vec![
        Debtor::new(1),
        Debtor::new(2),
        Debtor::new(3),
        Debtor { due: "2026-09-23", ..Debtor::new(4) },
        Debtor { owner: "Hanko", ..Debtor::new(5) },
        Debtor::child(6, ""),
        Debtor::child(7, "S0001"),
        Debtor::child(8, "S0099"),
        Debtor { notes: "restricted", ..Debtor::new(9) },
        Debtor { municipality: "078", ..Debtor::new(10) },
        Debtor { code: false, ..Debtor::new(11) },
        Debtor { kind: "organisation", code: false, ..Debtor::new(12) },
        Debtor::new(13),
        Debtor { owner: "", due: "2026-01-01", ..Debtor::new(14) },
        Debtor { owner: "raasepori", ..Debtor::new(15) },
        Debtor { due: "", ..Debtor::new(16) },
        Debtor { born: "2010-01-01", code: false, ..Debtor::new(17) },
        Debtor::child(18, "S0003"),
    ]
}

async fn everybody(place: &Place) -> Scenario {
    let mut people = small::people(18);
    people[1] = small::person(
        2,
        &json!([small::name(), small::address("1"), small::protection(false), small::death(true)]),
    );
    people[2] = small::person(3, &protected());
    people[12] = small::person(13, &json!([small::name(), small::address("9"), small::protection(false)]));
    let site = site(place, small::world(people, Vec::new()), &debtors(), "", "").await;
    site.until_idle().await;
    site
}

on_both! {
    async fn every_reason_to_hold_reads_the_same_and_stays_inside(place: Place) {
        let site = everybody(&place).await;
        let (report, lines) = cards(&site, 1..=18).await;
        assert_eq!(asked(&site).await, 0, "everybody's base data is of today");
        let sends: Vec<u32> = (1..=18).filter(|n| lines[*n as usize - 1].ends_with(",send")).collect();
        assert_eq!(sends, [1, 7, 14, 15]);
        let held: Vec<&str> =
            lines.iter().filter_map(|line| line.split_once(',')).map(|(_, words)| words).filter(|words| *words != "send").collect();
        assert_eq!(held, vec![HOLD; 14]);
        let why = why(&site, report.run).await;
        // What is of another municipality is not shown at all.
        let of = |n: usize| why[if n > 10 { n - 2 } else { n - 1 }].as_str();
        assert_eq!(why.len(), 17);
        assert_eq!((of(1), of(7), of(14), of(15)), ("", "", "", ""));
        for (n, words) in [
            (2, "dead under_review"),
            (3, "protected under_review"),
            (4, "not_overdue"),
            (5, "other_owner"),
            (6, "no_guarantor no_code under_age protection_unknown not_verified"),
            (8, "no_guarantor"),
            (9, "restricted protection_unknown not_verified"),
            (11, "no_code age_unknown protection_unknown not_verified"),
            (12, "not_a_person age_unknown protection_unknown not_verified"),
            (13, "under_review"),
            (16, "not_overdue"),
            (17, "no_code under_age protection_unknown not_verified"),
            (18, "protected under_review"),
        ] {
            assert_eq!(of(n), words, "{n}");
        }
        let json = serde_json::to_string(&report).unwrap();
        for word in ["dead", "protect", "child"] {
            assert!(!json.contains(word), "{json}");
        }
        for table in ["audit WHERE action = 'collection.card'", "audit WHERE action = 'collection.run'"] {
            for detail in site.texts(&format!("SELECT detail FROM {table}")).await {
                assert!(!detail.contains("dead") && !detail.contains("protect"), "{detail}");
            }
        }
        assert_eq!(site.number("SELECT count(*) FROM audit WHERE action = 'collection.card'").await, 18);
    }

    async fn reasons_are_shown_by_right_and_the_look_is_written_down(place: Place) {
        let site = everybody(&place).await;
        let (report, _) = cards(&site, [1, 2, 3, 10, 18]).await;
        let shown = collection::reasons(&site.context, &anna(), report.run).await.unwrap();
        let shown: Vec<(i64, Option<Vec<&str>>)> =
            shown.into_iter().map(|card| (card.position, card.reasons)).collect();
        assert_eq!(shown.len(), 4);
        assert_eq!(shown[0], (1, Some(vec![])));
        assert_eq!(shown[1], (2, Some(vec!["dead", "under_review"])));
        assert_eq!((&shown[2], &shown[3]), (&(3, None), &(5, None)), "protected, and a protected payer");
        assert_eq!(site.number("SELECT count(*) FROM audit WHERE action = 'collection.reasons'").await, 4);
        let hanko = ProvedAccount { municipalities: ["078".to_owned()].into(), may_protected: true, ..anna() };
        let shown = collection::reasons(&site.context, &hanko, report.run).await.unwrap();
        assert_eq!(shown.len(), 1);
        assert!(shown[0].reasons.as_ref().unwrap().contains(&"not_yours"));
        let auditor = ProvedAccount { role: Role::Auditor, ..anna() };
        let refused = collection::reasons(&site.context, &auditor, report.run).await;
        assert!(matches!(refused, Err(CollectionError::NotReviewer)));
        let unknown = collection::reasons(&site.context, &anna(), Uuid::from_u128(9)).await;
        assert!(matches!(unknown, Err(CollectionError::UnknownRun)));
    }

    async fn the_file_back_is_for_its_owner_and_replaces_an_earlier_one_whole(place: Place) {
        let site = site(&place, at_home(1), &[Debtor::new(1)], "", "").await;
        fs::write(out(&site), "an earlier file").unwrap();
        cards(&site, [1]).await;
        assert_eq!(fs::metadata(out(&site)).unwrap().permissions().mode() & 0o777, 0o600);
        let left = fs::read_dir(site.folder.path()).unwrap();
        let left = left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"));
        assert_eq!(left.count(), 0);
    }

    async fn an_approved_finding_holds_until_it_is_carried_out(place: Place) {
        let world = small::world(
            vec![small::person(1, &json!([small::name(), small::address("9"), small::protection(false)]))],
            Vec::new(),
        );
        let site = site(&place, world, &[Debtor::new(1)], "", "").await;
        site.until_idle().await;
        assert_eq!(sent(&cards(&site, [1]).await.1), [false]);
        let id = site.queue().await[0].id;
        account(&site);
        let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
        let proved = staff::prove(&site.context.db, &*site.context.clock, "anna", Proof::OsUser, &user).await;
        let window = Effect::After(TimeDelta::hours(1));
        let outcome = review::approve(&site.context, &proved.unwrap(), &[id], window).await.remove(0).1;
        outcome.unwrap();
        assert_eq!(sent(&cards(&site, [1]).await.1), [false]);
        site.clock.advance(TimeDelta::hours(2));
        site.until_idle().await;
        let (report, lines) = cards(&site, [1]).await;
        assert_eq!(sent(&lines), [true], "{:?}", why(&site, report.run).await);
    }

    async fn the_command_reads_and_writes_files_and_tells_reasons(place: Place) {
        let site = everybody(&place).await;
        account(&site);
        let rows: Vec<String> = [1, 2, 3, 6].map(|n| format!("{};1,50", small::card(n))).into();
        private(&site.path("in.csv"), &format!("card_number;sum\n{}\n9999;2,00\n", rows.join("\n")));
        let words =
            ["collection", "in.csv", "--out", "out.csv", "--reason", "weekly", "--as", "anna", "--format", "json"];
        let ran = site.ajantasa(&words).ended(65).says("not known, and held: 1");
        let report: Value = ran.json();
        assert_eq!((&report["cards"], &report["send"], &report["hold"]), (&json!(5), &json!(1), &json!(4)));
        let text = fs::read_to_string(site.path("out.csv")).unwrap();
        let expected = format!(
            "card_number,decision\n{},send\n{},{HOLD}\n{},{HOLD}\n{},{HOLD}\n9999,{HOLD}\n",
            small::card(1), small::card(2), small::card(3), small::card(6),
        );
        assert_eq!(text, expected);
        let run = report["run"].as_str().unwrap();
        let reasons = site.ajantasa(&["collection", "reasons", run, "--as", "anna", "--format", "json"]).ended(0).json();
        assert_eq!(reasons[1]["reasons"], json!(["dead", "under_review"]));
        assert_eq!((&reasons[2]["reasons"], &reasons[4]["reasons"]), (&Value::Null, &json!(["unknown_card"])));
        let table = site.ajantasa(&["collection", "reasons", run, "--as", "anna"]).ended(0).stdout;
        assert!(table.contains("***") && !table.contains("protected"), "{table}");
        site.ajantasa(&["collection", "reasons", "x", "--as", "anna"]).ended(65);
        site.ajantasa(&["collection", "in.csv", "--out", "out.csv", "--reason", "weekly"]).ended(64);
        site.ajantasa(&["collection", "in.csv", "--out", "in.csv", "--reason", "weekly", "--as", "anna"]).ended(64);
        site.ajantasa(&["collection", "no.csv", "--out", "out.csv", "--reason", "weekly", "--as", "anna"]).ended(69);
        site.ajantasa(&["collection", "in.csv", "--out", "out.csv", "--reason", "weekly", "--as", "nobody"]).ended(77);
    }
}

/// Adds an account that the operating-system user of the tests proves.
fn account(site: &Scenario) {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    let words =
        ["user", "add", "anna", "--role", "reviewer", "--municipality", "710", "--until", "2199-12-31"];
    site.ajantasa(&[&words[..], &["--os-user", &user]].concat()).ended(0);
}
