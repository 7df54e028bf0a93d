//! Hostile texts that were stored are shown as texts: no script runs, and the browser has nothing to report.

use ajantasa::staff::Role;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Desk, Window, with_desk};
use crate::web::case::{MOVED, MOVED_TOO, moved, version};
use crate::web::hostile::texts;
use crate::web::schedule::{fields, saved};

/// What the policy of the page kept from happening since it was loaded.
const REPORTS: &str = "const done = arguments[arguments.length - 1];
    const seen = [];
    const observer = new ReportingObserver((reports) => seen.push(...reports), {types: ['csp-violation'], buffered: true});
    observer.observe();
    setTimeout(() => done(seen.concat(observer.takeRecords()).map((report) => JSON.stringify(report.body))), 200);";

/// Looks at a page: no dialog is open, nothing was kept from running.
async fn is_calm(desk: &Desk, path: &str, holds: usize) {
    desk.go(path).await;
    // An open dialog makes every command fail.
    let reports = desk.window.execute_async(REPORTS, Vec::new()).await;
    let reports = reports.unwrap_or_else(|error| panic!("{path}: {error}"));
    assert_eq!(reports, json!([]), "{path}");
    assert!(desk.text().await.matches("alert(1)").count() >= holds, "{path} shows what was stored");
    let made = "return document.querySelectorAll('main script, main iframe, main base, [onload], [onerror], [onmouseover], [style]').length";
    assert_eq!(desk.script(made).await, json!(0), "{path}");
}

#[test]
fn what_was_stored_with_ill_intent_does_nothing() {
    with_desk(Window::WIDE, &async |desk: &mut Desk| {
        let site = &desk.site;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("anna", Role::Administrator, &["710"], false).await;
        let harmful: Vec<String> = texts().into_iter().filter(|text| text.contains("alert(1)")).collect();
        let (mut maija, mut anna) = (site.signed_in("maija").await, site.signed_in("anna").await);
        maija.get("/queue").await.ok();
        let mut views = 0;
        for text in harmful.iter().filter(|text| text.chars().count() <= 60) {
            let answer =
                maija.post("/queue/views/add", &[("name", text), ("list", "kind=address_change")]).await;
            views += usize::from(answer.status == StatusCode::SEE_OTHER);
        }
        assert!(views > 10, "{views} views");
        let (rejected, edited) = (moved(site, MOVED).await, moved(site, MOVED_TOO).await);
        let note = harmful.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(" ");
        let note: String = note.chars().take(900).collect();
        maija.get(&format!("/queue/{rejected}")).await.ok();
        let seen = version(&maija.get(&format!("/queue/{rejected}")).await.ok());
        let form = [("version", seen.as_str()), ("list", ""), ("reason", "other"), ("note", &note)];
        assert_eq!(
            maija.post(&format!("/queue/{rejected}/reject"), &form).await.status,
            StatusCode::SEE_OTHER
        );
        maija.get(&format!("/queue/{edited}")).await.ok();
        let seen = version(&maija.get(&format!("/queue/{edited}")).await.ok());
        let street = "<script>alert(1)</script>\" onmouseover=\"alert(1)";
        let form = [("version", seen.as_str()), ("list", ""), ("street_address", street)];
        assert_eq!(maija.post(&format!("/queue/{edited}/edit"), &form).await.status, StatusCode::SEE_OTHER);
        let schedule = saved(&mut anna, &fields("daily", "300")).await;
        let pause = [("reason", "</title><script>alert(1)</script>"), ("until", "2026-12-24")];
        assert_eq!(anna.post(&format!("{schedule}/pause"), &pause).await.status, StatusCode::SEE_OTHER);
        let stop = [("reason", "<svg/onload=alert(1)>"), ("until", "")];
        assert_eq!(anna.post("/schedules/queries/stop", &stop).await.status, StatusCode::SEE_OTHER);
        let name = "<svg/onload=alert(1)>";
        site.account(name, Role::Auditor, &[], false).await;

        desk.sign_in("maija").await;
        is_calm(desk, "/queue", views).await;
        is_calm(desk, &format!("/queue/{rejected}"), 1).await;
        is_calm(desk, &format!("/queue/{edited}"), 0).await;
        is_calm(desk, "/queue/done", 0).await;
        desk.submit(".own form[action='/sign-out'] button").await;
        desk.sign_in("anna").await;
        for (page, holds) in [
            ("/schedules", 1),
            (schedule.as_str(), 1),
            ("/schedules/queries", 1),
            ("/runs", 1),
            ("/overview", 0),
            ("/administration", 1),
        ] {
            is_calm(desk, page, holds).await;
        }
        // The means would tell, were there something to tell.
        desk.go("/account").await;
        desk.script("document.body.setAttribute('style', 'color: red')").await;
        let reports = desk.window.execute_async(REPORTS, Vec::new()).await.unwrap();
        assert!(matches!(&reports, Value::Array(reports) if !reports.is_empty()), "{reports}");
    });
}
