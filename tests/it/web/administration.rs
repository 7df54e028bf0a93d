//! Accounts of others, as administrators change them.

use ajantasa::staff::Role;
use ajantasa::web;
use axum::http::StatusCode;
use chrono::TimeDelta;

use super::second_factor::{PAGE, codes_of};
use super::{Browser, Site};
use crate::scenario::on_both;

/// Sends a form that is to work, and says which records it left.
async fn act(site: &Site, browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Vec<String> {
    let before = site.recorded().await.len();
    let answer = browser.post(path, fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.text);
    browser.get(answer.location()).await.ok();
    site.recorded().await.split_off(before)
}

const NEW: [(&str, &str); 5] = [
    ("name", "pekka"),
    ("role", "reviewer"),
    ("municipality", "710"),
    ("municipality", "078"),
    ("ends_on", "2027-06-30"),
];

on_both! {
    async fn administrators_come_to_every_page_of_it_and_nobody_else_to_any(place: Place) {
        let site = Site::new(&place).await;
        let other = site.account("pekka", Role::Reviewer, &["710"], false).await;
        let mut walked = 0;
        for (name, role) in [("anna", Role::Administrator), ("maija", Role::Reviewer), ("tarmo", Role::Auditor)] {
            site.account(name, role, &["710"], false).await;
            let mut browser = site.signed_in(name).await;
            let before = site.recorded().await.len();
            for rule in web::rules().into_iter().filter(|rule| rule.path.starts_with("/administration")) {
                let path = rule.path.replace("{id}", &other.to_string()).replace("{code}", "710");
                let token = browser.token.clone();
                let form = [("token", token.as_str()), ("none", "x")];
                let fields = (rule.method == "POST").then_some(&form[..]);
                let answer = browser.send(rule.method, &path, fields, &[]).await;
                if role != Role::Administrator {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} {} {path}", rule.method);
                } else if rule.method == "GET" {
                    answer.ok();
                } else {
                    // Acts without fields take any form; the others refuse what they do not know.
                    assert!(
                        matches!(answer.status, StatusCode::SEE_OTHER | StatusCode::UNPROCESSABLE_ENTITY),
                        "{path} {}", answer.status
                    );
                }
                walked += 1;
            }
            if role != Role::Administrator {
                assert_eq!(site.recorded().await.len(), before, "{name}");
            }
        }
        assert!(walked > 30);
        let mut nobody = site.browser();
        assert_eq!(nobody.get("/administration").await.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_new_account_gets_a_first_password_that_its_holder_replaces(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let (mut anna, ..) = site.set_up("anna").await;
        anna.get("/administration/accounts/new").await.ok();
        let before = site.recorded().await.len();
        let answer = anna.post("/administration/accounts", &NEW).await;
        let path = answer.location().split('?').next().unwrap().to_owned();
        let page = anna.get(answer.location()).await.ok();
        page.says("pekka").says("Raasepori").says("30.6.2027").says("The account has been added");
        assert_eq!(site.recorded().await.split_off(before), ["account.add"]);
        let first = codes_of(&page.text).remove(0);
        let hashes = site.scenario.texts("SELECT password_hash FROM account WHERE name = 'pekka'").await;
        assert!(!hashes[0].contains(&first));
        site.account("aino", Role::Administrator, &[], false).await;
        let (mut aino, ..) = site.set_up("aino").await;
        aino.get(&path).await.ok().does_not_say(&first);
        assert_eq!(act(&site, &mut anna, &format!("{path}/password/handed-over"), &[]).await, ["account.password_handed"]);
        anna.get(&path).await.ok().does_not_say(&first);

        let mut pekka = site.browser();
        pekka.get("/").await;
        pekka.post("/sign-in", &[("name", "pekka"), ("password", &first)]).await;
        let page = pekka.get(PAGE).await.ok();
        page.says("Choose a password of your own");
        let secret = codes_of(&page.text).remove(0);
        let code = site.code(&secret);
        let own = "pekan aivan oma salasana";
        for form in [
            &[("code", code.as_str())][..],
            &[("code", &code), ("new_password", own), ("again", "another one")],
            &[("code", &code), ("new_password", "short"), ("again", "short")],
        ] {
            let answer = pekka.post(PAGE, form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let answer = pekka.post(PAGE, &[("code", &code), ("new_password", own), ("again", own)]).await;
        assert_eq!(answer.location(), "/account/codes", "{}", answer.text);
        let old = site.browser().post("/sign-in", &[("name", "pekka"), ("password", &first)]).await;
        assert_eq!(old.status, StatusCode::UNAUTHORIZED);
        site.scenario.clock.advance(TimeDelta::seconds(1));
        let mut again = site.browser();
        again.post("/sign-in", &[("name", "pekka"), ("password", own)]).await;
        again.get(PAGE).await.ok().does_not_say("Choose a password");
    }

    async fn what_cannot_be_stored_of_an_account_is_told_beside_its_field(place: Place) {
        let site = Site::new(&place).await;
        site.account("anna", Role::Administrator, &[], false).await;
        site.scenario.execute("UPDATE account SET own_card = '2030' WHERE name = 'anna'").await;
        let mut anna = site.signed_in("anna").await;
        let before = site.recorded().await.len();
        let with = |changes: &[(&'static str, &'static str)]| -> Vec<(&'static str, &'static str)> {
            let kept = NEW.into_iter().filter(|(name, _)| !changes.iter().any(|(other, _)| name == other));
            kept.chain(changes.iter().copied().filter(|(_, value)| *value != "-")).collect()
        };
        for (changes, field) in [
            (&[("name", "a b")][..], "name"),
            (&[("name", "")], "name"),
            (&[("name", "anna")], "name"),
            (&[("ends_on", "2026-11-21")], "ends_on"),
            (&[("ends_on", "soon")], "ends_on"),
            (&[("municipality", "-")], "municipality"),
            (&[("municipality", "999")], "municipality"),
            (&[("role", "auditor"), ("may_protected", "yes")], "may_protected"),
            (&[("role", "auditor"), ("own_card", "2030")], "role"),
        ] {
            let answer = anna.post("/administration/accounts", &with(changes)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{changes:?}");
            answer.says(&format!("href=\"#{field}\"")).says(&format!("id=\"{field}\""));
        }
        for changes in [&[("role", "king")][..], &[("unknown", "x")]] {
            let answer = anna.post("/administration/accounts", &with(changes)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{changes:?}");
        }
        assert_eq!(site.recorded().await.len(), before);
    }

    async fn every_act_is_one_record_and_what_takes_rights_away_ends_the_sessions(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let id = site.account("pekka", Role::Reviewer, &["710"], false).await;
        let (mut anna, ..) = site.set_up("anna").await;
        let (mut pekka, mut secret, _) = site.set_up("pekka").await;
        let path = format!("/administration/accounts/{id}");
        anna.get("/administration").await.ok().says(&path).says("in force");
        anna.get(&path).await.ok();

        assert_eq!(act(&site, &mut anna, &format!("{path}/end-date"), &[("ends_on", "2027-01-15")]).await, ["account.end_date"]);
        pekka.get("/account").await.ok().says("15.1.2027");

        let rights = [("role", "reviewer"), ("municipality", "078"), ("municipality", "755"), ("may_protected", "yes")];
        for (act_path, fields, action) in [
            ("rights", &rights[..], "account.rights"),
            ("sessions", &[], "session.end_all"),
        ] {
            pekka.get("/account").await.ok();
            assert_eq!(act(&site, &mut anna, &format!("{path}/{act_path}"), fields).await, [action]);
            assert_eq!(pekka.get("/account").await.status, StatusCode::UNAUTHORIZED, "{act_path}");
            site.give_password(&mut pekka, "pekka").await;
            pekka.get(PAGE).await.ok();
            pekka.post(PAGE, &[("code", &site.next_code(&secret))]).await;
        }
        pekka.get("/account").await.ok().says("cleared for protected cases").says("Siuntio").does_not_say("Raasepori");

        assert_eq!(act(&site, &mut anna, &format!("{path}/second-factor"), &[]).await, ["account.factor_reset"]);
        assert_eq!(pekka.get("/account").await.status, StatusCode::UNAUTHORIZED);
        let old = secret;
        (pekka, secret, _) = site.set_up("pekka").await;
        assert_ne!(secret, old);

        assert_eq!(act(&site, &mut anna, &format!("{path}/password"), &[]).await, ["account.first_password"]);
        assert_eq!(pekka.get("/account").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(act(&site, &mut anna, &format!("{path}/close"), &[]).await, ["account.disable"]);
        anna.get(&path).await.ok().says("closed").does_not_say("<code>").does_not_say(&format!("{path}/rights"));
        for what in ["password", "second-factor", "sessions", "close"] {
            let answer = anna.post(&format!("{path}/{what}"), &[]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{what} of a closed account");
        }
    }

    async fn nobody_administers_themselves_or_becomes_the_auditor_of_their_own_acts(place: Place) {
        let site = Site::new(&place).await;
        let own = site.account("anna", Role::Administrator, &[], false).await;
        let other = site.account("aino", Role::Administrator, &[], false).await;
        let reviewer = site.account("pekka", Role::Reviewer, &["710"], false).await;
        let mut anna = site.signed_in("anna").await;
        let page = anna.get(&format!("/administration/accounts/{own}")).await.ok();
        page.says("another administrator changes it").does_not_say("/close\"");
        let before = site.recorded().await.len();
        let rights = [("role", "reviewer"), ("municipality", "710")];
        for (what, fields) in [
            ("end-date", &[("ends_on", "2030-01-01")][..]),
            ("rights", &rights),
            ("close", &[]),
            ("password", &[]),
            ("password/handed-over", &[]),
            ("second-factor", &[]),
            ("sessions", &[]),
        ] {
            let answer = anna.post(&format!("/administration/accounts/{own}/{what}"), fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
        }
        let path = format!("/administration/accounts/{other}/rights");
        let answer = anna.post(&path, &[("role", "auditor")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answer.says("Nobody is both administrator and auditor");
        assert_eq!(site.recorded().await.len(), before);
        let path = format!("/administration/accounts/{reviewer}/rights");
        assert_eq!(act(&site, &mut anna, &path, &[("role", "auditor")]).await, ["account.rights"]);
        for id in ["00000000-0000-0000-0000-000000000000", "nonsense"] {
            let answer = anna.get(&format!("/administration/accounts/{id}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
            let answer = anna.post(&format!("/administration/accounts/{id}/close"), &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        }
    }

    async fn the_configuration_is_read_there_and_no_patron_is(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let mut anna = site.signed_in("anna").await;
        let page = anna.get("/administration/configuration").await.ok();
        page.says("Raasepori").says("address and municipality of residence").says("Public Libraries Act");
        for path in ["/administration", "/administration/configuration", "/administration/accounts/new"] {
            let page = anna.get(path).await.ok();
            for card in site.scenario.texts("SELECT card_number FROM patron").await {
                page.does_not_say(&card);
            }
        }
        for (language, words) in [("fi", "Käyttötarkoitukset"), ("sv", "Användningsändamål")] {
            anna.post("/language", &[("language", language), ("back", "/")]).await;
            anna.get("/administration/configuration").await.ok().says(words);
        }
    }

    async fn a_lost_second_factor_of_the_last_administrator_is_taken_away_on_the_command_line(place: Place) {
        let site = Site::guarded(&place).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let (mut anna, ..) = site.set_up("anna").await;
        let run = |arguments: &[&str]| site.scenario.command(arguments).output().unwrap();
        assert_eq!(run(&["user", "reset-second-factor", "nobody"]).status.code(), Some(77));
        assert_eq!(run(&["user", "reset-second-factor", "anna"]).status.code(), Some(0));
        assert_eq!(anna.get("/account").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(site.recorded().await.last().unwrap(), "account.factor_reset");
        site.set_up("anna").await;
    }
}
