//! What the page of a case shows, and to whom.

use ajantasa::finding::FindingKind;
use ajantasa::staff::Role;
use axum::http::StatusCode;

use super::super::Site;
use super::{MOVED, MOVED_TOO, act, case_of, last_record, moved, since};
use crate::scenario::on_both;

on_both! {
    async fn a_case_shows_what_differs_by_part_and_why_in_the_readers_language(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let id = moved(&site, MOVED).await;
        let mut browser = site.signed_in("maija").await;
        let before = last_record(&site).await;
        let page = browser.get(&format!("/queue/{id}")).await.ok();
        assert_eq!(since(&site, before).await, ["finding.show"]);
        page.says("<h1 id=\"case\" tabindex=\"-1\">Address change</h1>")
            .says("<title>Case: Address change – Ajantasa</title>")
            .says("VTJ has another permanent address in Finland")
            .says(MOVED)
            .says("House number").says("Stair").says("Apartment").says("Split letter")
            .says("<del><span class=\"hidden\">removed: </span>Raaseporintie</del>")
            .says("<ins><span class=\"hidden\">added: </span>Pitkäkatu</ins>")
            .says("What does not change").says("Import of the patron register")
            .says("VTJ last answered").says("Raasepori");
        for (language, words) in [
            ("fi", ["Osoitteenmuutos", "Hyväksy", "Talon numero", "Olen esteellinen"]),
            ("sv", ["Adressändring", "Godkänn", "Husnummer", "Jag är jävig"]),
        ] {
            browser.post("/language", &[("language", language), ("back", "/account")]).await;
            let page = browser.get(&format!("/queue/{id}")).await.ok();
            for word in words {
                page.says(word);
            }
            page.does_not_say("Unknown localization").does_not_say("Address change");
        }
    }

    async fn every_kind_has_a_page_in_every_language(place: Place) {
        let site = Site::with_queue(&place).await;
        let codes = ["078", "149", "710", "755", "092"];
        site.account("leena", Role::Reviewer, &codes, true).await;
        let mut browser = site.signed_in("leena").await;
        let items = site.scenario.queue().await;
        let kinds: std::collections::BTreeMap<_, _> = items.iter().map(|item| (item.kind, item.id)).collect();
        assert!(kinds.len() > 10, "{kinds:?}");
        for language in ["fi", "sv", "en"] {
            browser.post("/language", &[("language", language), ("back", "/account")]).await;
            for id in kinds.values() {
                let page = browser.get(&format!("/queue/{id}")).await.ok();
                page.does_not_say("Unknown localization");
            }
        }
    }

    async fn what_is_anothers_protected_or_nothing_is_not_found(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("elina", Role::Reviewer, &["078"], true).await;
        site.account("tarkko", Role::Auditor, &["710"], false).await;
        site.account("aino", Role::Administrator, &["710"], false).await;
        let id = moved(&site, MOVED).await;
        let code = case_of(&site, "2071000066", FindingKind::IdentityCodeChanged).await;
        let nobody = uuid::Uuid::from_u128(7);
        let mut maija = site.signed_in("maija").await;
        let mut elina = site.signed_in("elina").await;
        let nothing = maija.get(&format!("/queue/{nobody}")).await;
        for path in [format!("/queue/{code}"), "/queue/17".to_owned(), format!("/queue/{code}/disqualified")] {
            let answer = maija.get(&path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer.text.replace(&path, ""), nothing.text.replace(&format!("/queue/{nobody}"), ""), "{path}");
        }
        for path in [format!("/queue/{id}"), format!("/queue/{id}/disqualified")] {
            assert_eq!(elina.get(&path).await.status, StatusCode::NOT_FOUND);
        }
        for act in ["approve", "reject", "snooze", "edit"] {
            let mut fields = vec![("version", "1"), ("list", "")];
            fields.extend(match act {
                "reject" => &[("reason", "patron_newer")][..],
                "snooze" => &[("until", "2026-12-01")],
                "edit" => &[("street_address", "Muutie 1")],
                _ => &[],
            });
            for (browser, id) in [(&mut maija.clone(), code), (&mut elina, id), (&mut maija, nobody)] {
                let answer = browser.post(&format!("/queue/{id}/{act}"), &fields).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
            }
        }
        for act in ["undo", "revert", "visited", "disqualify"] {
            for (browser, id) in [(&mut maija.clone(), code), (&mut elina, id), (&mut maija, nobody)] {
                let answer = browser.post(&format!("/queue/{id}/{act}"), &[("list", "")]).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
            }
        }
        let answer = maija.post(&format!("/queue/{code}/assign"), &[("list", ""), ("to", "me")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        for name in ["tarkko", "aino"] {
            let mut browser = site.signed_in(name).await;
            for path in [format!("/queue/{id}"), "/queue/done".to_owned(), "/keys".to_owned()] {
                assert_eq!(browser.get(&path).await.status, StatusCode::FORBIDDEN, "{name} {path}");
            }
        }
        assert_eq!(site.scenario.number("SELECT count(*) FROM decision").await, 0);
    }

    async fn a_protected_persons_address_is_masked_also_for_the_cleared(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("leena", Role::Reviewer, &["710", "078", "149", "755"], true).await;
        let mut browser = site.signed_in("leena").await;
        let id = case_of(&site, "2071000063", FindingKind::NameChange).await;
        let page = browser.get(&format!("/queue/{id}")).await.ok();
        page.says("Contact details are masked").says("<span class=\"hint\">masked</span>");
        let streets = site.scenario.context.register.read(
            &site.scenario.texts("SELECT patron_id FROM patron WHERE card_number = '2071000063'").await[0],
            &[ajantasa::finding::Field::StreetAddress],
        ).await.unwrap().unwrap();
        let street = streets[0].1.clone();
        assert!(!street.is_empty());
        page.does_not_say(&street);
        page.does_not_say("data-act=\"edit\"");
    }

    async fn a_stale_case_says_what_moved_and_is_up_to_date(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let id = moved(&site, MOVED).await;
        let text = crate::scenario::register().replace("Raaseporintie 8 A 4,", "Raaseporintie 8 A 5,");
        assert_ne!(text, crate::scenario::register());
        site.scenario.import(&text).await;
        let mut browser = site.signed_in("maija").await;
        let page = browser.get(&format!("/queue/{id}")).await.ok();
        page.says("What moved: Street line").says("Raaseporintie 8 A 5").does_not_say("Raaseporintie 8 A 4<");
        let answer = act(&mut browser, id, "approve", &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }

    async fn another_ones_look_is_told_beside_the_case_and_keeps_nobody_out(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("pekka", Role::Reviewer, &["710"], false).await;
        let (id, other) = (moved(&site, MOVED).await, moved(&site, MOVED_TOO).await);
        let mut maija = site.signed_in("maija").await;
        let mut pekka = site.signed_in("pekka").await;
        maija.get(&format!("/queue/{id}")).await.ok().does_not_say("has had this open");
        pekka.get(&format!("/queue/{id}")).await.ok().says("maija has had this open since 21.11.2026 at 14:00");
        pekka.get(&format!("/queue/{other}")).await.ok().does_not_say("has had this open");
        assert_eq!(act(&mut pekka, id, "approve", &[]).await.status, StatusCode::SEE_OTHER);
        maija.post("/sign-out", &[]).await;
        pekka.get(&format!("/queue/{id}")).await.ok().does_not_say("has had this open");
    }

    async fn the_keys_are_a_plain_list(place: Place) {
        let site = Site::new(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let page = browser.get("/keys").await.ok();
        for key in ["a", "r", "j", "k", "u", "s", "m", "e", "p", "?"] {
            page.says(&format!("<kbd>{key}</kbd>"));
        }
    }
}
