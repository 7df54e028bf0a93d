//! How the libraries are reached: written by administrators, read by everybody.

use ajantasa::contacts;
use ajantasa::municipality::Language;
use ajantasa::staff::Role;
use axum::http::StatusCode;
use chrono::TimeDelta;

use super::Site;
use crate::scenario::on_both;

const PATH: &str = "/administration/contacts/710";

const SWEDISH: [(&str, &str); 10] = [
    ("language", "sv"),
    ("seen", "0"),
    ("library", "Raseborgs stadsbibliotek"),
    ("street", "Raseborgsvägen 8"),
    ("postal_code", "10600"),
    ("city", "EKENÄS"),
    ("phone", "+358 19 000 1000"),
    ("email", "bibliotek@example.org"),
    ("opening_hours", "må–fre 10–19\r\nlö 10–15"),
    ("web", "www.example.org/bibliotek"),
];

/// The Swedish block with some fields changed.
fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let given = |name: &str| changes.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
    SWEDISH.into_iter().map(|(name, value)| (name, given(name).unwrap_or(value))).collect()
}

on_both! {
    async fn a_block_is_written_once_recorded_once_and_read_on_the_privacy_page(place: Place) {
        let site = Site::new(&place).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let mut anna = site.signed_in("anna").await;
        let list = anna.get("/administration/contacts").await.ok();
        list.says("Raasepori").says("Nothing has been written").does_not_say("Lacks");
        anna.get(PATH).await.ok().says("Contact details: Raasepori").says("not a language of the municipality");
        let before = site.recorded().await.len();
        let answer = anna.post(PATH, &SWEDISH).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/administration/contacts/710?done=saved#sv"), "{}", answer.text);
        assert_eq!(site.recorded().await.split_off(before), ["contact.change"]);
        let detail = site.scenario.texts("SELECT detail FROM audit WHERE action = 'contact.change'").await;
        assert!(detail[0].starts_with("municipality 710, language sv, version 1: library: \"\" -> \"Raseborgs stadsbibliotek\""), "{detail:?}");
        let page = anna.get("/administration/contacts/710?done=saved").await.ok();
        page.says("have been saved").says("value=\"Raseborgsvägen 8\"").says("tfn +358 19 000 1000").says("name=\"seen\" value=\"1\"");
        anna.get("/administration/contacts").await.ok().says("Complete").says("Nothing has been written");

        // The same once more is nothing new.
        let answer = anna.post(PATH, &with(&[("seen", "1")])).await;
        assert_eq!(answer.location(), "/administration/contacts/710?done=same#sv");
        assert_eq!(site.recorded().await.len(), before + 1);

        // Everybody reads it; in a language that is not written, in the municipality's first.
        let mut reader = site.browser();
        reader.language = "fi";
        let page = reader.get("/about/privacy").await.ok();
        page.says("<address lang=\"sv\">").says("10600 EKENÄS").says("href=\"https://www.example.org/bibliotek\"").says("lö 10–15");
        let finnish = with(&[("language", "fi"), ("library", "Raaseporin kaupunginkirjasto"), ("phone", ""), ("opening_hours", "")]);
        anna.post(PATH, &finnish).await;
        reader.get("/about/privacy").await.ok().says("Raaseporin kaupunginkirjasto").does_not_say("Raseborgs stadsbibliotek");
        anna.get("/administration/contacts").await.ok().says("Lacks: Telephone, Opening hours");
        reader.language = "sv";
        reader.get("/about/privacy").await.ok().says("Raseborgs stadsbibliotek");

        // Emptied, it is gone, and its versions stay.
        let empty: Vec<(&str, &str)> =
            SWEDISH.iter().map(|(name, _)| (*name, match *name { "language" => "sv", "seen" => "1", _ => "" })).collect();
        assert_eq!(anna.post(PATH, &empty).await.status, StatusCode::SEE_OTHER);
        reader.get("/about/privacy").await.ok().does_not_say("Raseborgs stadsbibliotek").says("Raaseporin kaupunginkirjasto");
        let context = &site.scenario.context;
        let (language, block) = contacts::for_letter(context, "710", Language::Sv).await.unwrap().unwrap();
        assert_eq!((language, block.library.as_str()), (Language::Fi, "Raaseporin kaupunginkirjasto"));
        assert!(contacts::for_letter(context, "078", Language::Sv).await.unwrap().is_none());
        assert_eq!(site.scenario.number("SELECT count(*) FROM contact_block WHERE language = 'sv'").await, 2);
    }

    async fn what_another_one_changed_meanwhile_is_told_and_nothing_is_lost(place: Place) {
        let site = Site::new(&place).await;
        for name in ["anna", "aino"] {
            site.account(name, Role::Administrator, &[], false).await;
        }
        let (mut anna, mut aino) = (site.signed_in("anna").await, site.signed_in("aino").await);
        anna.post(PATH, &SWEDISH).await;
        site.scenario.clock.advance(TimeDelta::minutes(1));
        aino.post(PATH, &with(&[("seen", "1"), ("phone", "+358 19 000 2000")])).await;
        let before = site.recorded().await.len();
        let late = with(&[("seen", "1"), ("city", "RASEBORG")]);
        let answer = anna.post(PATH, &late).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        answer.says("aino changed these contact details").says("+358 19 000 1000</del>").says("+358 19 000 2000</ins>");
        answer.says("value=\"RASEBORG\"").says("name=\"seen\" value=\"2\"").does_not_say("EKENÄS</del>");
        assert_eq!(site.recorded().await.len(), before, "nothing was written");
        let again = with(&[("seen", "2"), ("city", "RASEBORG")]);
        assert_eq!(anna.post(PATH, &again).await.status, StatusCode::SEE_OTHER);
        let cities = site.scenario.texts("SELECT city FROM contact_block ORDER BY version").await;
        assert_eq!(cities, ["EKENÄS", "EKENÄS", "RASEBORG"]);
        // A version that nobody has written yet is none that was seen.
        for wrong in [&[("seen", "9")][..], &[("seen", "-1")], &[("seen", "9"), ("language", "en")]] {
            assert_eq!(anna.post(PATH, &with(wrong)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }

    async fn each_fault_is_told_at_its_field_in_three_languages(place: Place) {
        let site = Site::new(&place).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let mut anna = site.signed_in("anna").await;
        let long = "x".repeat(500);
        for language in ["fi", "sv", "en"] {
            anna.post("/language", &[("language", language), ("back", "/account")]).await;
            for (field, value) in [
                ("library", ""), ("library", long.as_str()), ("street", ""), ("postal_code", "1060"), ("city", "a\u{202e}"),
                ("phone", "soita"), ("email", "bibliotek"), ("opening_hours", "a\u{7}"), ("web", "javascript:alert(1)"),
            ] {
                let answer = anna.post(PATH, &with(&[(field, value)])).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value:?}");
                answer.says(&format!("href=\"#sv-{field}\"")).says(&format!("id=\"sv-{field}-error\"")).says("aria-invalid=\"true\"");
                answer.does_not_say("contacts-").does_not_say("Unknown localization");
            }
        }
        for form in [with(&[("language", "de")]), vec![("language", "sv")], [SWEDISH.to_vec(), vec![("king", "x")]].concat()] {
            assert_eq!(anna.post(PATH, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(site.scenario.number("SELECT count(*) FROM contact_block").await, 0);
    }

    async fn a_preview_writes_nothing_and_shows_no_text_as_markup(place: Place) {
        let site = Site::new(&place).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let mut anna = site.signed_in("anna").await;
        let before = site.recorded().await.len();
        let hostile = with(&[("library", "<script>alert(1)</script>"), ("phone", "soita")]);
        let page = anna.post("/administration/contacts/710/preview", &hostile).await.ok();
        page.says("<html").does_not_say("<script>alert").says("value=\"soita\"").says("tfn soita");
        let token = anna.token.clone();
        let mut form = hostile.clone();
        form.push(("token", &token));
        let part = anna.send("POST", "/administration/contacts/710/preview", Some(&form), &[("hx-request", "true")]).await.ok();
        part.says("<address lang=\"sv\">").does_not_say("<html").does_not_say("<script>");
        assert_eq!(site.recorded().await.len(), before);
        assert_eq!(site.scenario.number("SELECT count(*) FROM contact_block").await, 0);
    }

    async fn of_a_municipality_that_is_not_configured_there_is_no_page(place: Place) {
        let site = Site::new(&place).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let mut anna = site.signed_in("anna").await;
        for path in ["/administration/contacts/999", "/administration/contacts/x"] {
            assert_eq!(anna.get(path).await.status, StatusCode::NOT_FOUND);
            assert_eq!(anna.post(path, &SWEDISH).await.status, StatusCode::NOT_FOUND);
            assert_eq!(anna.post(&format!("{path}/preview"), &SWEDISH).await.status, StatusCode::NOT_FOUND);
        }
    }
}
