//! The page of one patron.

use ajantasa::staff::Role;

use super::{id_of, search};
use crate::scenario::on_both;
use crate::web::Site;

on_both! {
    async fn values_sources_cases_and_what_happened_are_on_one_page(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let page = search(&mut browser, "2071000007").await.ok();
        page.says("Raaseporintie 8 A 4").says("Import of the register, 21.11.2026");
        page.says("VTJ knew the person on 21.11.2026").says("The person’s changes are followed.");
        page.says("href=\"/queue/").says("Address change").says("Found: Address change.");
        page.says("Base data read from VTJ, purpose upkeep of the patron register");
        // The identity code is nowhere, nor what VTJ says.
        page.does_not_say("Identity code</th>").does_not_say("Pitkäkatu 3 B 12b");
        let code = site.scenario.number("SELECT count(*) FROM audit WHERE action = 'patron.show' AND actor = 'maija' AND subject_tag IS NOT NULL").await;
        assert_eq!(code, 1);
    }

    async fn what_happened_holds_no_value(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("tuomo", Role::Auditor, &[], false).await;
        let mut browser = site.signed_in("maija").await;
        search(&mut browser, "2071000007").await.ok();
        let page = search(&mut site.signed_in("tuomo").await, "2071000007").await.ok();
        let (_, history) = page.text.split_once("<h2 id=\"history\">").unwrap();
        for value in ["Raaseporintie", "Pitkäkatu", "Kokeilija", "Jonna", "10600", "TAMMISAARI", "2071000007", "L0007", "+358"] {
            assert!(!history.contains(value), "{value} is in {history}");
        }
        // An auditor sees who looked; a reviewer does not.
        assert!(history.contains("Looked at (maija)."));
        search(&mut browser, "2071000007").await.ok().does_not_say("Looked at (");
        assert!(!page.text.contains("/queue/"), "auditors have no queue");
        assert!(!page.text.contains("name=\"purpose\""), "auditors ask nothing");
    }

    async fn a_decision_is_told_with_its_reason_and_its_decider(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("maija").await;
        let item = site.scenario.queue().await.into_iter().find(|item| item.card_number == "2071000016").unwrap();
        let context = &site.scenario.context;
        let proof = ajantasa::staff::Proof::Password(super::super::PASSWORD.into());
        let account = ajantasa::staff::prove(&context.db, &*context.clock, "maija", proof, "tester").await.unwrap();
        let rejection = ajantasa::review::Rejection {
            reason: ajantasa::finding::RejectReason::PatronNewer,
            note: Some("a note about her".to_owned()),
        };
        for (_, outcome) in ajantasa::review::reject(context, &account, &[item.id], rejection).await {
            outcome.unwrap();
        }
        let page = search(&mut browser, "2071000016").await.ok();
        page.says("Rejected: Name change (maija).").says("The patron’s own word is newer.");
        page.says("There are no open cases").does_not_say("a note about her").does_not_say("Mallila");
    }

    async fn kinds_that_tell_of_a_code_or_of_protection_are_for_the_cleared(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("tuomo", Role::Auditor, &[], false).await;
        site.account("suvi", Role::Reviewer, &["710"], true).await;
        for who in ["maija", "tuomo"] {
            let page = search(&mut site.signed_in(who).await, "2071000066").await.ok();
            page.says("There are no open cases").does_not_say("Identity code changed").does_not_say("identity code has changed");
        }
        search(&mut site.signed_in("suvi").await, "2071000066").await.ok().says("Identity code changed");
    }

    async fn a_guarantee_of_a_protected_person_is_masked_on_the_other_side(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let guaranteed = "SELECT c.card_number FROM patron c JOIN patron g ON g.patron_id = c.guarantor_patron_id WHERE c.municipality = '710' ORDER BY 1";
        let card = site.scenario.texts(guaranteed).await.remove(0);
        let mut browser = site.signed_in("maija").await;
        let page = search(&mut browser, &card).await.ok();
        page.does_not_say("masked");
        site.scenario.execute("UPDATE patron SET protected_mark = TRUE WHERE patron_id IN (SELECT guarantor_patron_id FROM patron)").await;
        search(&mut browser, &card).await.ok().says("masked");
    }

    async fn the_page_is_in_three_languages(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let path = format!("/patrons/{}", id_of(&site, "2071000007").await);
        for (language, words) in [
            ("fi", ["Avoimet asiat", "Osoitteenmuutos", "Lähiosoite", "Mitä on tapahtunut"]),
            ("sv", ["Öppna ärenden", "Adressändring", "Näradress", "Vad som har hänt"]),
            ("en", ["Open cases", "Address change", "Street line", "What happened"]),
        ] {
            let mut browser = site.browser();
            browser.language = language;
            browser.post("/sign-in", &[("name", "maija"), ("password", super::super::PASSWORD)]).await;
            let page = browser.get(&path).await.ok();
            for word in words {
                page.says(word);
            }
            page.does_not_say("Unknown localization").does_not_say("patron-");
        }
    }
}
