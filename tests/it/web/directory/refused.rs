//! Who is not signed in by a directory, and what they are told.

use ajantasa::staff::Role;
use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::pretended::{key, signed};
use super::{Pretended, Site, arrive, on_both, site, why};

/// The pages are as if nobody had come.
async fn nobody_is_there(site: &Site) {
    for count in ["SELECT count(*) FROM session", "SELECT count(*) FROM directory_account"] {
        assert_eq!(site.scenario.number(count).await, 0, "{count}");
    }
}

/// What becomes of a token of these claims.
async fn told(site: &Site, pretended: &Pretended, claims: Value) -> String {
    let mut browser = site.browser();
    let sent = pretended.sent(&mut browser).await;
    let answer = pretended.vouches(&mut browser, &sent, claims).await;
    why(&answer).to_owned()
}

on_both! {
    async fn an_answer_is_taken_once_in_the_browser_that_was_sent_and_within_ten_minutes(place: Place) {
        let (site, pretended) = site(&place).await;
        let good = json!({ "groups": "inspects" });
        let mut browser = site.browser();
        let sent = pretended.sent(&mut browser).await;
        let mut other = site.browser();
        pretended.sent(&mut other).await;
        assert_eq!(why(&pretended.vouches(&mut other, &sent, good.clone()).await), "late", "another browser");
        assert_eq!(why(&pretended.vouches(&mut browser, &sent, good.clone()).await), "late", "it was taken");
        let mut none = site.browser();
        assert_eq!(why(&pretended.back(&mut none, "invented").await), "late", "no such sign-in");
        let sent = pretended.sent(&mut browser).await;
        site.scenario.clock.advance(TimeDelta::minutes(10));
        assert_eq!(why(&pretended.vouches(&mut browser, &sent, good.clone()).await), "late", "too late");
        nobody_is_there(&site).await;
        let sent = pretended.sent(&mut browser).await;
        let mut copy = browser.clone();
        let answer = pretended.vouches(&mut browser, &sent, good.clone()).await;
        arrive(&mut browser, &answer).await;
        assert_eq!(why(&pretended.vouches(&mut copy, &sent, good).await), "late", "a second time");
        browser.get("/sign-in/directory/problem?why=late").await.says("Begin again").says("Sign in with a password");
    }

    async fn a_word_that_is_not_the_directorys_about_this_sign_in_is_not_believed(place: Place) {
        let (site, pretended) = site(&place).await;
        let now = ajantasa::clock::Clock::now(&*site.scenario.clock).timestamp();
        let mut wrong = vec![
            json!({ "iss": "https://other.example" }),
            json!({ "aud": "somebody else" }),
            json!({ "aud": ["ajantasa", "somebody else"] }),
            json!({ "azp": "somebody else" }),
            json!({ "exp": now - 1 }),
            json!({ "iat": now + 3600 }),
            json!({ "nonce": "another" }),
            json!({ "nonce": null }),
        ];
        for claims in &mut wrong {
            claims["groups"] = json!("inspects");
            assert_eq!(told(&site, &pretended, claims.clone()).await, "not-proved", "{claims}");
        }
        nobody_is_there(&site).await;
        let recorded = site.recorded().await;
        assert_eq!(recorded, vec!["account.refuse"; wrong.len()]);
        assert_eq!(told(&site, &pretended, json!({ "groups": "x" })).await, "no-role", "the way itself is sound");
    }

    async fn a_signature_of_another_key_of_none_or_of_the_shared_secret_proves_nothing(place: Place) {
        let (site, pretended) = site(&place).await;
        let foreign = key("first");
        for header in [
            json!({ "alg": "EdDSA", "kid": "first" }),
            json!({ "alg": "none" }),
            json!({ "alg": "HS256" }),
            json!({ "alg": "EdDSA", "kid": "unknown" }),
        ] {
            let mut browser = site.browser();
            let sent = pretended.sent(&mut browser).await;
            let claims = pretended.claims(&sent, json!({ "groups": "inspects" }));
            pretended.gives(&sent, signed(&foreign, &header, &claims));
            assert_eq!(why(&pretended.back(&mut browser, sent.state()).await), "not-proved", "{header}");
        }
        nobody_is_there(&site).await;
    }

    async fn keys_are_read_again_once_where_the_directory_signs_with_a_new_one(place: Place) {
        let (site, pretended) = site(&place).await;
        let mut browser = site.browser();
        let sent = pretended.sent(&mut browser).await;
        {
            let mut says = pretended.says.lock().unwrap();
            assert_eq!(says.keys_read, 1);
            says.key = key("second");
            says.keys = vec![openidconnect::PrivateSigningKey::as_verification_key(&says.key)];
        }
        let answer = pretended.vouches(&mut browser, &sent, json!({ "groups": "inspects" })).await;
        arrive(&mut browser, &answer).await;
        assert_eq!(pretended.says.lock().unwrap().keys_read, 2);
        pretended.says.lock().unwrap().key = key("third");
        assert_eq!(told(&site, &pretended, json!({ "groups": "inspects" })).await, "not-proved");
        assert_eq!(pretended.says.lock().unwrap().keys_read, 3, "once and no more");
    }

    async fn an_answer_that_says_whose_it_is_must_be_this_directorys(place: Place) {
        let (site, pretended) = site(&place).await;
        pretended.says.lock().unwrap().description["authorization_response_iss_parameter_supported"] = json!(true);
        for (iss, comes_in) in [("", false), ("&iss=https%3A%2F%2Fother.example", false), (&*format!("&iss={}", pretended.url), true)] {
            let mut browser = site.browser();
            let sent = pretended.sent(&mut browser).await;
            let claims = pretended.claims(&sent, json!({ "groups": "inspects" }));
            let token = signed(&pretended.says.lock().unwrap().key, &json!({ "alg": "EdDSA", "kid": "first" }), &claims);
            pretended.gives(&sent, token);
            let path = format!("/sign-in/directory/return?state={}&code=a-code{iss}", sent.state());
            let answer = browser.get(&path).await;
            if comes_in { drop(arrive(&mut browser, &answer).await) } else { assert_eq!(why(&answer), "not-proved", "{iss}") }
        }
    }

    async fn a_directory_that_is_down_or_misbehaves_leaves_the_way_by_password(place: Place) {
        let (site, pretended) = site(&place).await;
        let good = pretended.says.lock().unwrap().description.clone();
        let mut others = Vec::new();
        for (name, value) in [
            ("issuer", json!("https://other.example")),
            ("authorization_endpoint", json!("http://192.0.2.1/in")),
            ("jwks_uri", json!(format!("{}/nowhere", pretended.url))),
            ("response_types_supported", json!(7)),
        ] {
            let mut other = good.clone();
            other[name] = value;
            others.push((StatusCode::OK, other));
        }
        others.push((StatusCode::INTERNAL_SERVER_ERROR, good.clone()));
        others.push((StatusCode::FOUND, good.clone()));
        others.push((StatusCode::OK, json!("garbage")));
        for (status, description) in others {
            let mut browser = site.browser();
            {
                let mut says = pretended.says.lock().unwrap();
                (says.status, says.description) = (status, description.clone());
            }
            let answer = browser.get("/sign-in/directory").await;
            assert_eq!(why(&answer), "unreachable", "{status} {description}");
            let page = browser.get(answer.location()).await;
            assert_eq!(page.status, StatusCode::BAD_GATEWAY);
            page.says("does not answer now").says("Sign in with a password");
        }
        nobody_is_there(&site).await;
        assert_eq!(site.scenario.number("SELECT count(*) FROM directory_sign_in").await, 0);
        site.signed_in("anna").await.get("/account").await.ok();
    }

    async fn a_directory_that_dies_between_there_and_back_leaves_nothing_half_done(place: Place) {
        let (site, pretended) = site(&place).await;
        let mut browser = site.browser();
        let sent = pretended.sent(&mut browser).await;
        // No token is there for the code: the directory does not take it.
        assert_eq!(why(&pretended.back(&mut browser, sent.state()).await), "not-proved");
        let sent = pretended.sent(&mut browser).await;
        drop(pretended);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let path = format!("/sign-in/directory/return?state={}&code=a-code", sent.state());
        assert_eq!(why(&browser.get(&path).await), "unreachable");
        nobody_is_there(&site).await;
        let details = site.scenario.texts("SELECT detail FROM audit ORDER BY sequence").await.join(" ");
        assert!(!details.contains("a-code") && !details.contains(sent.state()), "{details}");
    }

    async fn whoever_loses_the_role_loses_the_sessions_and_the_claimed_cases(place: Place) {
        let (site, pretended) = site(&place).await;
        site.scenario.import_register().await;
        site.scenario.until_idle().await;
        let reviewer = json!({ "groups": "decides", "towns": ["710"] });
        let mut browser = site.browser();
        let sent = pretended.sent(&mut browser).await;
        let answer = pretended.vouches(&mut browser, &sent, reviewer.clone()).await;
        arrive(&mut browser, &answer).await;
        browser.get("/queue").await.ok();
        let give = "INSERT INTO assignment (finding, account, assigned_by, assigned_at)
            SELECT f.id, a.id, a.id, a.created_at FROM finding f, account a WHERE a.name = 'maija' ORDER BY f.id LIMIT 3";
        site.scenario.execute(give).await;
        for claims in [json!({ "groups": [] }), json!({ "groups": ["decides", "inspects"], "towns": ["710"] })] {
            let wanted = if claims["groups"] == json!([]) { "no-role" } else { "two-roles" };
            assert_eq!(told(&site, &pretended, claims).await, wanted);
            assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
            assert_eq!(site.scenario.number("SELECT count(*) FROM assignment").await, 0);
        }
        browser.get("/sign-in/directory/problem?why=no-role").await.says("Ask your supervisor");
        let sent = pretended.sent(&mut browser).await;
        let answer = pretended.vouches(&mut browser, &sent, reviewer).await;
        arrive(&mut browser, &answer).await;
        browser.get("/queue").await.ok();
    }

    async fn nobody_is_administrator_and_auditor_and_a_closed_account_stays_closed(place: Place) {
        let (site, pretended) = site(&place).await;
        let both = json!({ "groups": ["sets up", "inspects"] });
        assert_eq!(told(&site, &pretended, both).await, "two-roles");
        let mut browser = site.browser();
        let sent = pretended.sent(&mut browser).await;
        let answer = pretended.vouches(&mut browser, &sent, json!({ "groups": "sets up" })).await;
        arrive(&mut browser, &answer).await;
        assert_eq!(told(&site, &pretended, json!({ "groups": "inspects" })).await, "excluded");
        site.scenario.execute("UPDATE account SET disabled_at = created_at WHERE name = 'maija'").await;
        assert_eq!(told(&site, &pretended, json!({ "groups": "sets up" })).await, "closed");
    }

    async fn nobody_comes_in_before_an_administrator_was_made_here(place: Place) {
        let (site, pretended) = site(&place).await;
        site.scenario.execute("DELETE FROM account").await;
        assert_eq!(told(&site, &pretended, json!({ "groups": "sets up" })).await, "no-administrator");
        nobody_is_there(&site).await;
        site.account("anna", Role::Administrator, &[], false).await;
        let mut browser = site.browser();
        let sent = pretended.sent(&mut browser).await;
        let answer = pretended.vouches(&mut browser, &sent, json!({ "groups": "sets up" })).await;
        arrive(&mut browser, &answer).await;
    }

    async fn the_directorys_account_gets_no_password_and_no_other_rights_here(place: Place) {
        let (site, pretended) = site(&place).await;
        let mut browser = site.browser();
        let sent = pretended.sent(&mut browser).await;
        let answer = pretended.vouches(&mut browser, &sent, json!({ "groups": "inspects" })).await;
        arrive(&mut browser, &answer).await;
        let context = &site.scenario.context;
        let mut read = context.db.read().await.unwrap();
        let id = ajantasa::store::account::by_name(&mut read, "maija").await.unwrap().unwrap().id;
        drop(read);
        let anna = {
            use ajantasa::staff::{Proof, prove};
            let proof = Proof::Password(super::PASSWORD.into());
            prove(&context.db, &*context.clock, "anna", proof, "web:anna").await.unwrap()
        };
        let refused = ajantasa::staff::administer::new_password(context, &anna, id).await.unwrap_err();
        assert!(refused.to_string().contains("the directory's"), "{refused}");
        let rights = ajantasa::staff::administer::Rights { role: Role::Reviewer, municipalities: vec!["710".to_owned()], may_protected: false };
        let refused = ajantasa::staff::administer::set_rights(context, &anna, id, rights).await.unwrap_err();
        assert!(refused.to_string().contains("the directory's"), "{refused}");
        ajantasa::staff::administer::close(context, &anna, id).await.unwrap();
        assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED);
    }
}
