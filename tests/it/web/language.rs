//! The language of the pages: the browser's before the sign-in, the account's after it.

use ajantasa::staff::Role;
use axum::http::StatusCode;

use super::{PASSWORD, Site};
use crate::scenario::on_both;

const RECORDED: &str = "SELECT detail FROM audit WHERE action = 'account.language' ORDER BY sequence";

on_both! {
    async fn an_account_takes_its_language_to_every_browser(place: Place) {
        let site = Site::new(&place).await;
        site.account("svea", Role::Reviewer, &["710"], false).await;
        let mut browser = site.signed_in("svea").await;
        browser.get("/account").await.ok().says("<html lang=\"en\"").says("<option value=\"\" lang=\"en\" selected>");
        let answer = browser.post("/account/language", &[("language", "sv")]).await;
        assert_eq!(answer.location(), "/account?done=language");
        browser.get(answer.location()).await.ok().says("<html lang=\"sv\"").says("<option value=\"sv\" lang=\"sv\" selected>");
        // The next one at the same browser finds it as it was.
        browser.post("/sign-out", &[]).await;
        browser.get("/").await.says("<html lang=\"en\"");
        let mut other = site.signed_in("svea").await;
        other.get("/account").await.ok().says("<html lang=\"sv\"");
        other.post("/account/language", &[("language", "")]).await;
        other.get("/account").await.ok().says("<html lang=\"en\"");
        for bad in ["de", "sv-FI", "x"] {
            let answer = other.post("/account/language", &[("language", bad)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }
        let mut third = site.signed_in("svea").await;
        third.get("/account").await.ok().says("<html lang=\"en\"");
        assert_eq!(site.scenario.texts(RECORDED).await, ["sv", "that of the browser"]);
    }

    async fn the_switch_of_the_page_is_the_accounts_once_somebody_is_signed_in(place: Place) {
        let site = Site::new(&place).await;
        site.account("tarmo", Role::Auditor, &[], false).await;
        let mut browser = site.browser();
        browser.post("/language", &[("language", "sv"), ("back", "/")]).await;
        browser.get("/").await.says("<html lang=\"sv\"");
        assert_eq!(site.scenario.texts(RECORDED).await, [""; 0], "nobody is signed in");
        browser.post("/sign-in", &[("name", "tarmo"), ("password", PASSWORD)]).await;
        browser.get("/account").await.ok().says("<html lang=\"sv\"");
        browser.post("/language", &[("language", "fi"), ("back", "/account")]).await;
        browser.get("/account").await.ok().says("<html lang=\"fi\"");
        assert_eq!(site.scenario.texts(RECORDED).await, ["fi"]);
        browser.post("/sign-out", &[]).await;
        browser.get("/").await.says("<html lang=\"sv\"");
        site.signed_in("tarmo").await.get("/account").await.ok().says("<html lang=\"fi\"");
    }
}
