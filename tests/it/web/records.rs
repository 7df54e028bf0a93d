//! Every changing route leaves exactly one record when it works.
//!
//! Each route is in [`HERE`], with a request that works, or in [`ELSEWHERE`], with the file of the test that counts its
//! records; a route in neither fails.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ajantasa::staff::Role;
use ajantasa::web;
use axum::http::StatusCode;

use super::case::{MOVED, MOVED_TOO, case_of, last_record, moved, since, version};
use super::schedule::{fields, saved};
use super::{Answer, Browser, PASSWORD, Site};
use crate::scenario::on_both;

/// Routes that work below.
const HERE: &[&str] = &[
    "/sign-in",
    "/sign-out",
    "/language",
    "/theme",
    "/account/language",
    "/account/password",
    "/account/sessions/end",
    "/queue/assign",
    "/queue/search",
    "/queue/views/add",
    "/queue/views/remove",
    "/queue/{id}/approve",
    "/queue/{id}/undo",
    "/queue/{id}/reject",
    "/queue/{id}/snooze",
    "/queue/{id}/edit",
    "/queue/{id}/visited",
    "/queue/{id}/assign",
    "/queue/{id}/disqualify",
    "/queue/{id}/reveal",
    "/notices/seen",
    "/patrons/search",
    "/schedules",
    "/schedules/preview",
    "/schedules/change",
    "/schedules/count",
    "/schedules/{id}/pause",
    "/schedules/{id}/resume",
    "/schedules/{id}/run",
    "/schedules/{id}/remove",
    "/runs/{id}/cancel",
    "/schedules/queries/stop",
    "/schedules/queries/resume",
    "/schedules/first-load",
    "/schedules/first-load/end",
    "/administration/accounts",
    "/administration/accounts/{id}/end-date",
    "/administration/accounts/{id}/rights",
    "/administration/accounts/{id}/password",
    "/administration/accounts/{id}/password/handed-over",
    "/administration/accounts/{id}/sessions",
    "/administration/accounts/{id}/close",
];

/// Routes that change nothing that is kept, and show nobody.
const NOTHING: &[&str] = &["/theme", "/schedules/change", "/schedules/count"];

/// Routes whose records another test counts: its file and the action.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("/sign-in/second-factor", "second_factor.rs", "session.begin"),
    ("/account/codes", "own_account.rs", "account.codes"),
    ("/account/codes/kept", "second_factor.rs", "account.codes_kept"),
    ("/account/app", "own_account.rs", "account.factor_prepare"),
    ("/account/app/confirm", "own_account.rs", "account.factor"),
    ("/administration/accounts/{id}/second-factor", "administration.rs", "account.factor_reset"),
    ("/queue/{id}/revert", "case/deciding.rs", "finding.revert"),
    ("/patrons/{id}/check", "patron/asking.rs", "disclosure"),
    ("/bulk", "bulk.rs", "bulk.prepare"),
    ("/bulk/{id}/judge", "bulk.rs", "bulk.judge"),
    ("/bulk/{id}/cancel", "bulk.rs", "cancel"),
    ("/bulk/{id}/approve", "bulk.rs", "bulk.approve"),
    ("/bulk/{id}/undo", "bulk.rs", "bulk.undo"),
    ("/bulk/classes/{class}/allow", "bulk.rs", "allow"),
    ("/schedules/{id}/approve", "schedule.rs", "schedule.approve"),
    ("/schedules/{id}/withdraw", "schedule.rs", "schedule.withdraw"),
    ("/runs/{id}/retry", "run.rs", "run.retry"),
    ("/account/clients", "api/clients.rs", "account.client_add"),
    ("/account/clients/kept", "api/clients.rs", "account.client_kept"),
    ("/account/clients/revoke", "api/clients.rs", "account.client_revoke"),
    ("/administration/accounts/{id}/clients", "api/clients.rs", "account.client_revoke"),
    ("/account/security-keys", "security_key.rs", "account.key_prepare"),
    ("/account/security-keys/new", "security_key.rs", "account.key_add"),
    ("/account/security-keys/remove", "security_key.rs", "account.key_remove"),
    ("/sign-in/security-key", "security_key.rs", "session.begin"),
    ("/administration/contacts/{code}", "contacts.rs", "contact.change"),
    // A preview writes nothing.
    ("/administration/contacts/{code}/preview", "contacts.rs", "preview"),
];

/// Requests that have worked.
struct Worked<'a> {
    site: &'a Site,
    routes: BTreeSet<&'static str>,
}

impl Worked<'_> {
    /// Sends a form and counts what it leaves.
    async fn send(
        &mut self,
        browser: &mut Browser,
        route: &'static str,
        id: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let before = last_record(self.site).await;
        let path = route.replace("{id}", id);
        let answer = browser.post(&path, fields).await;
        assert!(
            matches!(answer.status, StatusCode::SEE_OTHER | StatusCode::OK),
            "{route}: {} {}",
            answer.status,
            answer.text
        );
        let left = since(self.site, before).await;
        let wanted = usize::from(!NOTHING.contains(&route));
        assert_eq!(left.len(), wanted, "{route}: {left:?}");
        self.routes.insert(route);
        answer
    }
}

fn id_of(answer: &Answer) -> String {
    answer.location().split('?').next().unwrap().rsplit('/').next().unwrap().to_owned()
}

async fn own(worked: &mut Worked<'_>) {
    let site = worked.site;
    site.account("aku", Role::Auditor, &[], false).await;
    let mut browser = site.browser();
    worked.send(&mut browser, "/sign-in", "", &[("name", "aku"), ("password", PASSWORD)]).await;
    browser.get("/account").await.ok();
    worked.send(&mut browser, "/language", "", &[("language", "sv"), ("back", "/account")]).await;
    worked.send(&mut browser, "/theme", "", &[("theme", "dark"), ("back", "/account")]).await;
    worked.send(&mut browser, "/account/language", "", &[("language", "")]).await;
    site.signed_in("aku").await;
    let page = browser.get("/account").await.ok();
    let other = page.text.split("name=\"session\" value=\"").nth(1).unwrap()[..36].to_owned();
    worked.send(&mut browser, "/account/sessions/end", "", &[("session", &other)]).await;
    let new = "toinen hyvä salasana";
    let form = [("old", PASSWORD), ("new_password", new), ("again", new)];
    worked.send(&mut browser, "/account/password", "", &form).await;
    worked.send(&mut browser, "/sign-out", "", &[]).await;
}

async fn cases(worked: &mut Worked<'_>) {
    let site = worked.site;
    site.account("maija", Role::Reviewer, &["710"], false).await;
    let leena = site.account("leena", Role::Reviewer, &["078", "149", "710", "755"], true).await;
    let kaisa = site.account("kaisa", Role::Reviewer, &["710"], true).await;
    let mut browser = site.signed_in("maija").await;
    let (first, second) = (moved(site, MOVED).await, moved(site, MOVED_TOO).await);
    let first_word = first.to_string();
    for (route, fields) in [
        ("/queue/{id}/approve", &[][..]),
        ("/queue/{id}/edit", &[("street_address", "Pitkäkatu 3 B 13")]),
        ("/queue/{id}/reject", &[("reason", "patron_newer"), ("note", "")]),
        ("/queue/{id}/snooze", &[("until", ""), ("visit", "yes")]),
    ] {
        browser.get(&format!("/queue/{first}")).await.ok();
        let seen = version(&browser.get(&format!("/queue/{first}")).await.ok());
        let mut fields = fields.to_vec();
        fields.extend([("version", seen.as_str()), ("list", "")]);
        worked.send(&mut browser, route, &first_word, &fields).await;
        let back = if route.ends_with("/snooze") { "/queue/{id}/visited" } else { "/queue/{id}/undo" };
        worked.send(&mut browser, back, &first_word, &[("list", "")]).await;
    }
    worked.send(&mut browser, "/queue/{id}/assign", &first_word, &[("to", "me"), ("list", "")]).await;
    worked.send(&mut browser, "/queue/assign", "", &[("case", &second.to_string()), ("list", "")]).await;
    worked.send(&mut browser, "/queue/search", "", &[("card", MOVED_TOO), ("list", "")]).await;
    worked
        .send(&mut browser, "/queue/views/add", "", &[("name", "moves"), ("list", "kind=address_change")])
        .await;
    let page = browser.get("/queue").await.ok();
    let view = page.text.split("name=\"view\" value=\"").nth(1).unwrap()[..36].to_owned();
    worked.send(&mut browser, "/queue/views/remove", "", &[("view", &view), ("list", "")]).await;
    worked.send(&mut browser, "/patrons/search", "", &[("text", MOVED)]).await;
    worked
        .send(&mut browser, "/queue/{id}/disqualify", &second.to_string(), &[("to", ""), ("list", "")])
        .await;
    let (protected, _) = site.everything().await;
    let mut cleared = site.signed_in("leena").await;
    let case = protected.iter().find(|item| item.kind == "protection_started").unwrap().id.to_string();
    let fields = [("reason", "mail came back to the desk"), ("tell", &kaisa.to_string())];
    worked.send(&mut cleared, "/queue/{id}/reveal", &case, &fields).await;
    let notice = site.tell(leena, kaisa, case.parse().unwrap()).await.to_string();
    worked.send(&mut cleared, "/notices/seen", "", &[("notice", &notice)]).await;
    let _ = case_of;
}

async fn plans(worked: &mut Worked<'_>) {
    let site = worked.site;
    site.account("anna", Role::Administrator, &["710"], false).await;
    let mut browser = site.signed_in("anna").await;
    let all = fields("daily", "300");
    for route in ["/schedules/count", "/schedules/preview", "/schedules/change"] {
        worked.send(&mut browser, route, "", &all).await;
    }
    let id = id_of(&worked.send(&mut browser, "/schedules", "", &all).await);
    let pause = [("reason", "summer"), ("until", "2026-12-24")];
    worked.send(&mut browser, "/schedules/{id}/pause", &id, &pause).await;
    worked.send(&mut browser, "/schedules/{id}/resume", &id, &[]).await;
    let run = id_of(&worked.send(&mut browser, "/schedules/{id}/run", &id, &[("version", "1")]).await);
    worked.send(&mut browser, "/runs/{id}/cancel", &run, &[]).await;
    worked.send(&mut browser, "/schedules/{id}/remove", &id, &[]).await;
    worked.send(&mut browser, "/schedules/queries/stop", "", &[("reason", "a fault"), ("until", "")]).await;
    worked.send(&mut browser, "/schedules/queries/resume", "", &[]).await;
    worked.send(&mut browser, "/schedules/first-load", "", &[("per_day", "20"), ("first", "debts")]).await;
    worked.send(&mut browser, "/schedules/first-load/end", "", &[]).await;
    let _ = saved;
}

async fn accounts(worked: &mut Worked<'_>) {
    let site = worked.site;
    site.account("aino", Role::Administrator, &["710"], false).await;
    let mut browser = site.signed_in("aino").await;
    let new = [
        ("name", "pekka"),
        ("role", "reviewer"),
        ("municipality", "710"),
        ("ends_on", "2027-06-30"),
        ("own_card", ""),
    ];
    let made = worked.send(&mut browser, "/administration/accounts", "", &new).await;
    let id = id_of(&made);
    worked.send(&mut browser, "/administration/accounts/{id}/password/handed-over", &id, &[]).await;
    worked
        .send(&mut browser, "/administration/accounts/{id}/end-date", &id, &[("ends_on", "2027-07-31")])
        .await;
    let rights = [("role", "reviewer"), ("municipality", "078")];
    worked.send(&mut browser, "/administration/accounts/{id}/rights", &id, &rights).await;
    worked.send(&mut browser, "/administration/accounts/{id}/password", &id, &[]).await;
    worked.send(&mut browser, "/administration/accounts/{id}/sessions", &id, &[]).await;
    worked.send(&mut browser, "/administration/accounts/{id}/close", &id, &[]).await;
}

on_both! {
    async fn each_changing_route_leaves_exactly_one_record_when_it_works(place: Place) {
        let site = Site::with_queue(&place).await;
        let mut worked = Worked { site: &site, routes: BTreeSet::new() };
        own(&mut worked).await;
        cases(&mut worked).await;
        plans(&mut worked).await;
        accounts(&mut worked).await;
        assert_eq!(worked.routes, HERE.iter().copied().collect());
    }
}

#[test]
fn no_changing_route_is_forgotten() {
    let known: BTreeSet<&str> =
        HERE.iter().copied().chain(ELSEWHERE.iter().map(|(route, ..)| *route)).collect();
    let all: BTreeSet<&str> =
        web::rules().iter().filter(|rule| rule.method == "POST").map(|rule| rule.path).collect();
    assert_eq!(known, all);
    for (route, file, action) in ELSEWHERE {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/web").join(file);
        assert!(fs::read_to_string(path).unwrap().contains(action), "{file} counts no {action} for {route}");
    }
}
