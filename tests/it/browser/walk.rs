//! A working morning at the staff pages: a mixed queue is cleared, decisions are taken back, colleagues come between,
//! a class is approved together, and a refresh is planned, run, read and paused. By keys where there is a script, by
//! buttons where there is none.

use ajantasa::runs::Worker;
use ajantasa::staff::Role;
use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::{Desk, Window, with_desk};
use crate::web::case::{MOVED_TOO, act, moved};

/// A reviewer at the desk.
struct Reviewer<'a> {
    desk: &'a Desk,
    has_keys: bool,
}

impl Reviewer<'_> {
    /// Decides by a key, or by the button that has it.
    async fn does(&self, key: &str, css: &str) {
        if self.has_keys {
            self.desk.leads(self.desk.key(key)).await;
        } else {
            self.desk.submit(css).await;
        }
    }

    /// Opens one of the folded forms.
    async fn unfolds(&self, key: &str, act: &str) {
        if self.has_keys {
            self.desk.key(key).await;
        } else {
            self.desk.press(&format!("summary[data-act={act}]")).await;
        }
    }

    async fn approves(&self) {
        self.does("a", "button[data-act=approve]").await;
    }

    /// Rejects with the first reason. With the keyboard alone: the form's first field has the focus.
    async fn rejects(&self) {
        self.unfolds("r", "reject").await;
        if self.has_keys {
            self.desk.key(" ").await;
            self.desk.leads(self.desk.key("\u{e007}")).await;
        } else {
            self.desk.press("#reason-patron_newer").await;
            self.desk.submit("form[action$='/reject'] button").await;
        }
    }

    /// The case that is open.
    async fn case(&self) -> Uuid {
        let url = self.desk.window.current_url().await.unwrap();
        let last = url.path_segments().unwrap().next_back().unwrap().to_owned();
        last.parse().unwrap_or_else(|_| panic!("{url} is no case"))
    }

    /// The case is read first after a decision, and what was done is announced.
    async fn is_told(&self) {
        if self.has_keys {
            self.desk.until("return document.activeElement.id === 'case'").await;
        }
        let said =
            "return (document.querySelector('#result .done') || {textContent: ''}).textContent.length > 10";
        self.desk.until(said).await;
    }

    async fn state(&self, case: Uuid) -> String {
        state(self.desk, case).await
    }
}

async fn state(desk: &Desk, case: Uuid) -> String {
    let sql = format!("SELECT state FROM finding WHERE id = X'{}'", case.simple());
    desk.site.scenario.texts(&sql).await.remove(0)
}

async fn decisions(desk: &Desk, verdict: &str) -> i64 {
    desk.site.scenario.number(&format!("SELECT count(*) FROM decision WHERE verdict = '{verdict}'")).await
}

/// Decides, takes back, puts off; then a colleague comes between, and the register moves.
async fn the_queue_is_worked(desk: &Desk, has_keys: bool) {
    let maija = Reviewer { desk, has_keys };
    desk.go("/queue?kind=address_change&kind=name_change").await;
    desk.submit("table.queue tbody tr:first-child a").await;
    let first = maija.case().await;
    maija.approves().await;
    let second = maija.case().await;
    assert_ne!(first, second);
    assert_eq!(maija.state(first).await, "decided");
    maija.is_told().await;
    maija.does("u", ".undo button").await;
    assert_eq!(maija.case().await, first, "what was taken back is open again");
    assert_eq!(maija.state(first).await, "opened");
    maija.rejects().await;
    assert_eq!((maija.state(first).await.as_str(), maija.case().await), ("rejected", second));
    maija.does("j", "[data-act=next]").await;
    let third = maija.case().await;
    assert_ne!(third, second);
    maija.does("k", "[data-act=previous]").await;
    assert_eq!(maija.case().await, second);
    maija.unfolds("s", "snooze").await;
    desk.type_into("#until", "12012026").await;
    desk.submit("form[action$='/snooze'] button").await;
    assert_eq!(maija.state(second).await, "snoozed");
    assert_eq!(maija.case().await, third);
    a_colleague_comes_between(&maija).await;
    the_register_moves(&maija).await;
}

/// A decision about what a colleague has decided meanwhile is refused, and says so.
async fn a_colleague_comes_between(maija: &Reviewer<'_>) {
    let case = maija.case().await;
    let mut pekka = maija.desk.site.signed_in("pekka").await;
    let theirs = act(&mut pekka, case, "reject", &[("reason", "patron_newer")]).await;
    assert_eq!(theirs.status, StatusCode::SEE_OTHER, "{}", theirs.text);
    let before = decisions(maija.desk, "approve").await;
    maija.approves().await;
    assert_eq!(decisions(maija.desk, "approve").await, before);
    maija.desk.submit("main .actions .button.main").await;
    assert_eq!(maija.case().await, case);
    let page = maija.desk.text().await;
    assert!(page.contains("pekka"), "{page}");
}

/// A case whose register row has changed says what moved, and is decided as it is now.
async fn the_register_moves(maija: &Reviewer<'_>) {
    let site = &maija.desk.site;
    let case = moved(site, MOVED_TOO).await;
    if state(maija.desk, case).await != "new" {
        return;
    }
    let text = crate::scenario::register().replace("Pitkäkatu 5,", "Pitkäkatu 50,");
    site.scenario.import(&text).await;
    maija.desk.go(&format!("/queue/{case}")).await;
    let note = maija.desk.script("return document.querySelector('.case-note').textContent").await;
    assert!(note.as_str().unwrap().len() > 10, "{note}");
    assert!(maija.desk.text().await.contains("Pitkäkatu 50"));
    maija.approves().await;
    assert_eq!(maija.state(case).await, "decided");
}

/// Goes through whatever is left until nothing is.
async fn the_rest_is_cleared(desk: &Desk, has_keys: bool) {
    let maija = Reviewer { desk, has_keys };
    desk.go("/queue").await;
    let waiting = "SELECT f.kind FROM finding f JOIN patron p ON p.id = f.patron
        WHERE f.state IN ('new', 'opened', 'stale') AND p.municipality = '710' AND f.kind NOT LIKE 'protection%'
        AND f.kind NOT LIKE 'identity_code%' AND NOT p.protected_mark AND NOT EXISTS
            (SELECT 1 FROM person q WHERE q.patron = p.id AND q.protection = 'yes')";
    if desk.has("table.queue tbody a").await {
        desk.submit("table.queue tbody tr:first-child a").await;
    }
    for _ in 0..60 {
        if desk.has("button[data-act=approve]").await {
            maija.approves().await;
        } else if desk.has("summary[data-act=reject]").await {
            maija.rejects().await;
        } else {
            break;
        }
    }
    let page = desk.text().await;
    let left = desk.site.scenario.texts(waiting).await;
    assert!(left.is_empty(), "{left:?} at {}: {page}", desk.window.current_url().await.unwrap());
}

/// One class together: every sample fits, the list is read, approved and taken back.
async fn a_class_is_approved_together(desk: &Desk) {
    desk.go("/bulk").await;
    desk.submit("form[action='/bulk'][method=post] button").await;
    for _ in 0..30 {
        if desk.has("button[value=fits]").await {
            desk.submit("button[value=fits]").await;
        }
    }
    let before = decisions(desk, "approve").await;
    desk.submit("form[action$='/approve'] button.main").await;
    let approved = decisions(desk, "approve").await - before;
    assert!(approved > 0, "{}", desk.text().await);
    desk.submit("form[action^='/bulk/'][action$='/undo'] button").await;
    assert_eq!(decisions(desk, "undo").await, 1 + approved, "the whole batch, and the one before");
}

/// A refresh is planned, started, carried out, read, and paused.
async fn a_refresh_is_planned_run_and_paused(desk: &Desk) {
    desk.go("/schedules/new").await;
    desk.type_into("#name", "Ennen perintää").await;
    desk.type_into("#budget", "300").await;
    desk.submit("main button.main").await;
    desk.submit("main button.main").await;
    let schedule = desk.window.current_url().await.unwrap().path().to_owned();
    desk.submit(&format!("a[href='{schedule}/run']")).await;
    desk.submit("main button.main").await;
    let run = desk.window.current_url().await.unwrap().path().to_owned();
    assert!(run.starts_with("/runs/"), "{run}");
    Worker::default().pass(&desk.site.scenario.context).await.unwrap();
    desk.go(&run).await;
    assert!(!desk.has("[data-events]").await, "it has ended");
    assert!(desk.text().await.contains("anna"));
    desk.go(&format!("{schedule}/pause")).await;
    desk.type_into("#reason", "Remontti").await;
    desk.type_into("#until", "12012026").await;
    desk.submit("main form button.main").await;
    assert_eq!(desk.window.current_url().await.unwrap().path(), schedule);
    assert!(desk.text().await.contains("Remontti"));
}

async fn a_morning(desk: &mut Desk, has_keys: bool, language: &str) {
    for (name, role, places) in [
        ("maija", Role::Reviewer, ["710"].as_slice()),
        ("pekka", Role::Reviewer, &["710"]),
        ("liisa", Role::Reviewer, &["078", "149", "755"]),
        ("anna", Role::Administrator, &["078", "092", "149", "710", "755"]),
    ] {
        desk.site.account(name, role, places, false).await;
    }
    desk.go("/").await;
    desk.submit(&format!("#language button[value={language}]")).await;
    desk.sign_in("maija").await;
    assert_eq!(desk.script("return document.documentElement.lang").await, json!(language));
    the_queue_is_worked(desk, has_keys).await;
    the_rest_is_cleared(desk, has_keys).await;
    desk.submit("form[action='/sign-out'] button").await;
    desk.sign_in("liisa").await;
    a_class_is_approved_together(desk).await;
    desk.submit("form[action='/sign-out'] button").await;
    desk.sign_in("anna").await;
    a_refresh_is_planned_run_and_paused(desk).await;
}

#[test]
fn a_morning_in_finnish_by_keyboard() {
    with_desk(Window::WIDE, &async |desk: &mut Desk| a_morning(desk, true, "fi").await);
}

#[test]
fn a_morning_in_swedish_without_script() {
    with_desk(Window::WITHOUT_SCRIPT, &async |desk: &mut Desk| a_morning(desk, false, "sv").await);
}

#[test]
fn a_morning_in_swedish_on_a_narrow_window() {
    with_desk(Window::NARROW, &async |desk: &mut Desk| a_morning(desk, true, "sv").await);
}

#[test]
fn a_morning_in_finnish_on_a_narrow_window_without_script() {
    let window = Window { has_script: false, ..Window::NARROW };
    with_desk(window, &async |desk: &mut Desk| a_morning(desk, false, "fi").await);
}
