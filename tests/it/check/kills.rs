//! A process killed at any commit of a question, and the question asked again: one booking for each attempt,
//! one finding, no gap in the audit log.

use std::os::unix::process::ExitStatusExt as _;

use chrono::TimeDelta;
use serde_json::json;

use super::{Query, site};
use crate::scenario::{Place, Ran, Scenario, Setup, at_or_after_the_test_data, on_both, small};

/// The commits of a question, each with what makes it happen.
const COMMITS: [(&str, Option<&str>); 4] = [
    ("check.disclosure", None),
    ("check.attempt", Some("-1800")),
    ("check.passivated", None),
    ("check.answer", None),
];

/// A person whose code has a successor, so that every commit comes.
async fn begin(place: &Place) -> Scenario {
    let groups = json!([small::name(), small::address("9"), small::protection(false)]);
    let changed = json!({ "tietoryhma": "HENKILOTUNNUS_KORJAUS", "voimassaolo": "PASSIIVI",
        "muutettuHenkilotunnus": small::code(1), "aktiivinenHenkilotunnus": small::code(2) });
    let people = vec![small::person(1, &json!([small::name(), changed])), small::person(2, &groups)];
    let world = small::world(people, Vec::new());
    let setup = Setup { world: Some(world), ..Setup::default() };
    let site = site(place, setup, Query { more: "reuse_minutes = 0", ..Query::default() }).await;
    site.import(&small::register(1)).await;
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
    let words =
        ["user", "add", "anna", "--role", "reviewer", "--municipality", "710", "--until", "2199-12-31"];
    site.ajantasa(&[&words[..], &["--os-user", &user]].concat()).ended(0);
    site
}

fn words(card: &str) -> Vec<&str> {
    vec!["check", card, "--purpose", "desk", "--reason", "x", "--as", "anna", "--format", "json"]
}

on_both! {
    async fn a_question_killed_at_any_commit_is_booked_once_and_asked_again(place: Place) {
        for (commit, fault) in COMMITS {
            for when in ["before", "after"] {
                let site = begin(&place).await;
                if let Some(code) = fault {
                    site.fault(json!({ "kind": "return_code", "code": code })).await;
                }
                let card = small::card(1);
                let mut command = site.command(&words(&card));
                command.env("AJANTASA_FAULT", format!("{commit}:{when}:1"));
                let killed = command.output().unwrap();
                assert_eq!(killed.status.signal(), Some(9), "{commit} {when}: {killed:?}");
                site.mend().await;
                let sent = super::asked(&site).await;
                let booked = "SELECT count(*) FROM query_ledger";
                assert!(site.number(booked).await >= sent, "{commit} {when}: sent without a booking");
                // A trial of new settings that died is waited for: two minutes of the clock on the wall.
                site.execute("DELETE FROM installation WHERE name = 'query.settings'").await;
                let ran = Ran::new(&site.command(&words(&card)).output().unwrap()).ended(0);
                let kinds: Vec<String> = ran.json()["findings"].as_array().unwrap().iter()
                    .map(|item| item["kind"].as_str().unwrap().to_owned()).collect();
                assert!(kinds.contains(&"identity_code_changed".to_owned()), "{commit} {when}: {ran:?}");
                assert!(kinds.contains(&"address_change".to_owned()), "{commit} {when}: {ran:?}");
                assert_eq!(site.number("SELECT count(*) FROM finding").await, 2, "{commit} {when}");
                let later = (at_or_after_the_test_data() + TimeDelta::hours(1)).to_rfc3339();
                site.ajantasa(&["run", "housekeeping", "--simulated-clock", &later]).ended(0);
                assert_eq!(site.number("SELECT count(*) FROM query_ledger WHERE state = 'reserved'").await, 0);
                assert_eq!(site.number("SELECT count(*) FROM disclosure WHERE finished_at IS NULL").await, 0);
                let attempts = "SELECT CAST(sum(attempts) AS BIGINT) FROM disclosure WHERE interface = 'vtjkysely'";
                assert_eq!(site.number(booked).await, site.number(attempts).await, "{commit} {when}");
                let gap = "SELECT last_sequence - (SELECT count(*) FROM audit) FROM audit_head";
                assert_eq!(site.number(gap).await, 0, "{commit} {when}");
                let unfounded = "SELECT count(*) FROM finding f WHERE NOT EXISTS (SELECT 1 FROM disclosure d WHERE d.id = f.request)";
                assert_eq!(site.number(unfounded).await, 0);
                drop(site);
                if matches!(place, Place::Postgres(_)) {
                    // One database for the whole test: one point there, all of them on SQLite.
                    return;
                }
            }
        }
    }
}
