//! What comes of every kind of answer, on both databases and by both ways.

use super::{CheckOutcome, Query, Way, ask, asked, few, gist, moved, one};
use crate::scenario::{Scenario, on_both, small};
use serde_json::json;

/// The first patron asked about once more, a day later, after a return code was set.
async fn after_return_code(site: &Scenario, code: &str) -> super::Checked {
    site.clock.advance(chrono::TimeDelta::days(1));
    site.fault(json!({ "kind": "return_code", "code": code })).await;
    let checked = ask(site, &small::card(1)).await;
    site.mend().await;
    checked
}

on_both! {
    async fn a_person_who_moved_is_found_and_the_address_is_queued(place: Place) {
        for way in [Way::XRoad, Way::Direct] {
            let site = one(&place, &moved(), Query { way, ..Query::default() }).await;
            let checked = ask(&site, &small::card(1)).await;
            assert_eq!(gist(&checked), (CheckOutcome::Found, true, "no", vec!["address_change"]));
            let field = &checked.items[0].fields[0];
            assert_eq!(field.field, "street_address");
            assert_eq!(field.proposed.as_deref(), Some("Pitkäkatu 9"));
            let street = checked.beside.iter().find(|line| line.field == "street_address").unwrap();
            assert_eq!(street.register.as_deref(), Some("Pitkäkatu 1"));
            assert_eq!(street.vtj.as_deref(), Some("Pitkäkatu 9"));
            assert_eq!(site.kinds().await, [format!("{} address_change", small::card(1))]);
            if matches!(place, crate::scenario::Place::Postgres(_)) {
                return;
            }
        }
    }

    async fn a_person_who_lives_where_the_register_says_is_found_with_nothing_to_do(place: Place) {
        let site = few(&place, Query::default()).await;
        let checked = ask(&site, &small::card(2)).await;
        assert_eq!(gist(&checked), (CheckOutcome::Found, true, "no", vec![]));
        assert!(checked.beside.iter().any(|line| line.field == "last_name"));
        let row = site.texts("SELECT result || ' ' || return_code || ' ' || outcome || ' ' || purpose FROM disclosure").await;
        assert_eq!(row, ["found 0000 answered desk"]);
        assert_eq!(site.texts("SELECT state || ' ' || outcome FROM query_ledger").await, ["spent answered"]);
        assert_eq!(site.number("SELECT count(*) FROM disclosure_subject").await, 1);
    }

    async fn every_return_code_comes_to_its_outcome(place: Place) {
        let site = one(&place, &moved(), Query::default()).await;
        for (code, outcome) in [
            ("0001", CheckOutcome::NotFound),
            ("0006", CheckOutcome::NotFound),
            ("0007", CheckOutcome::DeadNotDisclosed),
            ("0018", CheckOutcome::Found),
            ("0019", CheckOutcome::NotDisclosable),
            ("0005", CheckOutcome::Refused),
            ("-1902", CheckOutcome::Refused),
            ("-1904", CheckOutcome::Refused),
            ("0016", CheckOutcome::ProtocolError),
            ("4711", CheckOutcome::ProtocolError),
            ("0000", CheckOutcome::Found),
        ] {
            let checked = after_return_code(&site, code).await;
            assert_eq!((checked.outcome, checked.asked_vtj), (outcome, true), "{code}: {}", checked.reason);
        }
        // Each refusal of the settings closes the way, so each has a site of its own time.
        for code in ["0003", "-1500", "-1901"] {
            let checked = after_return_code(&site, code).await;
            assert_eq!(checked.outcome, CheckOutcome::ConfigurationFault, "{code}: {}", checked.reason);
            site.execute("DELETE FROM installation WHERE name = 'query.settings'").await;
        }
        site.clock.advance(chrono::TimeDelta::days(1));
        site.fault(json!({ "kind": "return_code", "code": "-1800", "count": 0 })).await;
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Transient, true));
        let states = site.texts("SELECT DISTINCT state FROM query_ledger").await;
        assert_eq!(states, ["spent"]);
    }

    async fn somebody_who_is_not_found_is_never_dead(place: Place) {
        let site = few(&place, Query::default()).await;
        site.fault(json!({ "kind": "absent_person" })).await;
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!(gist(&checked), (CheckOutcome::NotFound, true, "unknown", vec!["not_in_vtj"]));
        assert_eq!(site.number("SELECT count(*) FROM person WHERE frozen OR held_as_dead").await, 0);
    }

    async fn a_death_that_is_not_told_freezes_until_base_data_speaks(place: Place) {
        let site = few(&place, Query::default()).await;
        site.until_idle().await;
        let checked = after_return_code(&site, "0007").await;
        assert_eq!(gist(&checked), (CheckOutcome::DeadNotDisclosed, true, "no", vec![]));
        assert_eq!(site.number("SELECT count(*) FROM person WHERE frozen AND NOT held_as_dead").await, 1);
        site.until_idle().await;
        // Base data was read again and is silent, so what VTJ said is found.
        assert_eq!(site.kinds().await, [format!("{} death", small::card(1))]);
        assert_eq!(site.number("SELECT count(*) FROM disclosure WHERE interface = 'perustiedot'").await, 2);
    }

    async fn where_deaths_are_not_granted_nothing_is_told_of_one(place: Place) {
        let sections = "[[purpose]]\nname = \"desk\"\nlegal_basis = \"Act 1/2030\"\nfield_groups = [\"address\"]\n";
        let site = one(&place, &moved(), Query { sections, ..Query::default() }).await;
        let checked = after_return_code(&site, "0007").await;
        assert_eq!(gist(&checked), (CheckOutcome::NotDisclosable, true, "unknown", vec![]));
        assert_eq!(site.number("SELECT count(*) FROM person WHERE frozen").await, 0);
        assert_eq!(site.texts("SELECT result FROM disclosure").await, ["not_disclosable"]);
    }

    async fn a_death_is_queued_with_its_date(place: Place) {
        let groups = json!([small::name(), small::protection(false), small::death(true)]);
        let site = one(&place, &groups, Query::default()).await;
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!(gist(&checked), (CheckOutcome::Found, true, "no", vec!["death"]));
        assert_eq!(checked.items[0].death_date, Some(Some("2026-11-18".to_owned())));
        assert_eq!(site.number("SELECT count(*) FROM person WHERE held_as_dead AND frozen").await, 1);
    }

    async fn a_person_who_does_not_fit_is_a_finding_that_shows_nothing(place: Place) {
        let site = few(&place, Query::default()).await;
        let groups = json!([{ "tietoryhma": "HENKILON_NIMI", "etunimi": "Provo", "sukunimi": "Vieras" },
            small::address("7"), small::protection(false)]);
        let site2 = one(&place, &groups, Query::default());
        drop(site);
        let site = site2.await;
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!(gist(&checked), (CheckOutcome::Found, true, "unknown", vec!["identity_mismatch"]));
        assert!(checked.beside.is_empty() && checked.items[0].fields.is_empty());
        assert!(!format!("{checked:?}").contains("Vieras"));
    }

    async fn a_protected_person_is_masked_from_the_moment_of_the_answer(place: Place) {
        let site = few(&place, Query::default()).await;
        site.until_idle().await;
        let keys = site.keys().await;
        let people = vec![small::person(1, &json!([small::name(), small::address("1"), small::protection(true)]))];
        *site.mock.world().lock().unwrap() = small::world(people, Vec::new());
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!(gist(&checked), (CheckOutcome::Found, true, "yes", vec!["protection_started"]));
        for line in checked.beside.iter().filter(|line| !matches!(line.field, "last_name" | "first_names" | "language")) {
            assert_eq!((&line.register, &line.vtj), (&None, &None), "{}", line.field);
        }
        assert_eq!(checked.items[0].municipality, None);
        assert_eq!(site.keys().await, keys, "the old data key is gone");
        assert_eq!(site.number("SELECT max(key_version) FROM person").await, 2);
        assert_eq!(asked(&site).await, 1);
    }
}
