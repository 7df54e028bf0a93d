//! What we refuse ourselves, and what is shown again instead of asking.

use ajantasa::check;
use ajantasa::staff::Role;
use chrono::TimeDelta;
use serde_json::json;

use super::{CheckError, CheckOutcome, Query, anna, ask, asked, few, gist, moved, one, reread, try_ask};
use crate::scenario::{on_both, private, small};

on_both! {
    async fn who_may_not_ask_is_refused_and_nothing_is_sent(place: Place) {
        let site = few(&place, Query::default()).await;
        let card = small::card(1);
        let mut elsewhere = anna();
        elsewhere.municipalities = ["078".to_owned()].into();
        let mut auditor = anna();
        auditor.role = Role::Auditor;
        let mut owner = anna();
        owner.own_card = Some(card.clone());
        for (account, words) in [(&elsewhere, "municipality"), (&auditor, "only a reviewer"), (&owner, "own card")] {
            let checked = check::person(&site.context, account, &card, "desk", "why").await.unwrap();
            assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Refused, false));
            assert!(checked.reason.contains(words), "{}", checked.reason);
        }
        assert!(matches!(try_ask(&site, "no such card").await, Err(CheckError::UnknownCard)));
        for reason in ["", "  ", &"x".repeat(check::REASON_MAX + 1)] {
            let result = check::person(&site.context, &anna(), &card, "desk", reason).await;
            assert!(matches!(result, Err(CheckError::NoReason(_))));
        }
        assert_eq!((asked(&site).await, site.number("SELECT count(*) FROM disclosure").await), (0, 0));
        assert_eq!(site.number("SELECT count(*) FROM audit WHERE action = 'check.refuse'").await, 3);
    }

    async fn nobody_asks_about_a_card_they_guarantee_or_another_of_theirs(place: Place) {
        let site = few(&place, Query::default()).await;
        let mut text = small::register(3).replace(",municipality\n", ",municipality,guarantor_patron_id\n");
        for n in 1..=3 {
            let own = format!("{},{},Testinen", small::card(n), small::code(n));
            assert!(text.contains(&own));
        }
        text = text.lines().map(|line| match line {
            line if line.starts_with("S0002") => format!("{line},S0001\n"),
            line if line.starts_with("patron_id") => format!("{line}\n"),
            line => format!("{line},\n"),
        }).collect();
        text.push_str(&format!("S0009,2072999999,{},Testinen,Maija,Pitkäkatu 1,10600,TAMMISAARI,fi,710,\n", small::code(1)));
        site.import(&text).await;
        let mut owner = anna();
        owner.own_card = Some(small::card(1));
        for (card, refused) in [(small::card(2), true), ("2072999999".to_owned(), true), (small::card(3), false)] {
            let checked = check::person(&site.context, &owner, &card, "desk", "why").await.unwrap();
            assert_eq!(checked.outcome == CheckOutcome::Refused, refused, "{card}");
        }
        assert_eq!(asked(&site).await, 1);
    }

    async fn only_purposes_that_are_open_are_asked_for(place: Place) {
        let sections = "[[purpose]]\nname = \"school\"\nlegal_basis = \"Act 1/2030\"\nmunicipalities = [\"078\"]\n";
        let site = few(&place, Query { sections, ..Query::default() }).await;
        for purpose in ["register_upkeep", "school", "whim", "marketing", ""] {
            let checked = check::person(&site.context, &anna(), &small::card(1), purpose, "why").await.unwrap();
            assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Refused, false), "{purpose}");
            assert!(checked.reason.contains("returned_mail") && !checked.reason.contains("school"));
        }
        for purpose in ["desk", "returned_mail", "debt_collection", "confirm_death"] {
            let checked = check::person(&site.context, &anna(), &small::card(1), purpose, "why").await.unwrap();
            assert_eq!(checked.outcome, CheckOutcome::Found, "{purpose}");
        }
    }

    async fn who_may_not_be_asked_about_is_refused_with_the_reason(place: Place) {
        let site = few(&place, Query::default()).await;
        let text = format!(
            "patron_id,card_number,identity_code,last_name,first_names,municipality,kind,notes\n\
             S0001,{},{},Testinen,Maija,710,,restricted\nS0002,{},{},Testinen,Maija,710,,objected\n\
             S0003,{},,Testinen,Maija,710,,\n",
            small::card(1), small::code(1), small::card(2), small::code(2), small::card(3)
        );
        site.import(&text).await;
        for (n, words) in [(1, "restricted"), (2, "objected"), (3, "no code")] {
            let checked = ask(&site, &small::card(n)).await;
            assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Refused, false));
            assert!(checked.reason.contains(words), "{}", checked.reason);
        }
        assert_eq!(asked(&site).await, 0);
    }

    async fn a_young_answer_is_shown_again_and_says_so(place: Place) {
        let mut site = one(&place, &moved(), Query { more: "reuse_minutes = 60", ..Query::default() }).await;
        let first = ask(&site, &small::card(1)).await;
        site.clock.advance(TimeDelta::minutes(59));
        let second = ask(&site, &small::card(1)).await;
        assert_eq!((second.asked_vtj, second.reused, second.outcome), (false, true, CheckOutcome::Found));
        assert_eq!((second.answered_at, second.request), (first.answered_at, first.request));
        assert_eq!((second.items.len(), second.beside.clone()), (1, first.beside.clone()));
        assert!(second.reason.contains("earlier question"), "{}", second.reason);
        assert_eq!(asked(&site).await, 1);
        site.clock.advance(TimeDelta::minutes(2));
        assert!(!ask(&site, &small::card(1)).await.reused);
        // Other groups are another question.
        let path = site.path("ajantasa.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        private(&path, &format!("{text}\n[[purpose]]\nname = \"desk\"\nlegal_basis = \"Act 1/2030\"\nfield_groups = [\"name\"]\n"));
        reread(&mut site).await;
        let narrow = ask(&site, &small::card(1)).await;
        assert_eq!((narrow.reused, narrow.items.len()), (false, 0), "an address is not of this purpose");
        assert!(narrow.beside.iter().all(|line| line.field.ends_with("name") || line.field == "first_names"));
        assert_eq!(site.kinds().await.len(), 1, "what is known of the address stays");
        assert_eq!(asked(&site).await, 3);
    }

    async fn a_failure_is_never_shown_again(place: Place) {
        let site = few(&place, Query::default()).await;
        site.fault(json!({ "kind": "empty", "count": 0 })).await;
        assert_eq!(ask(&site, &small::card(1)).await.outcome, CheckOutcome::Transient);
        site.mend().await;
        assert!(ask(&site, &small::card(1)).await.asked_vtj);
    }

    async fn a_full_budget_asks_nothing(place: Place) {
        let more = "daily_ceiling = 2\nreserve_percent = 50\nreuse_minutes = 0";
        let site = few(&place, Query { more, ..Query::default() }).await;
        let first = ask(&site, &small::card(1)).await;
        assert_eq!(first.outcome, CheckOutcome::Found);
        let second = ask(&site, &small::card(2)).await;
        assert_eq!((second.outcome, second.asked_vtj), (CheckOutcome::Transient, false));
        assert!(second.reason.contains("kept for urgent"), "{}", second.reason);
        let urgent = check::person(&site.context, &anna(), &small::card(2), "confirm_death", "why").await.unwrap();
        assert_eq!((urgent.outcome, urgent.warnings.len()), (CheckOutcome::Found, 1));
        let last = check::person(&site.context, &anna(), &small::card(3), "confirm_death", "why").await.unwrap();
        assert_eq!((last.outcome, last.asked_vtj), (CheckOutcome::Transient, false));
        assert_eq!((asked(&site).await, site.number("SELECT count(*) FROM disclosure").await), (2, 2));
    }

    async fn without_a_configured_query_nothing_is_asked(place: Place) {
        let site = crate::scenario::Scenario::of_testdata(&place).await;
        site.import(&small::register(1)).await;
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::ConfigurationFault, false));
        assert!(checked.reason.contains("[vtj.query]"));
    }
}
