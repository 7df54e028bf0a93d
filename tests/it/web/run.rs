//! Runs of schedules as pages.

use std::time::Duration;

use ajantasa::runs::Worker;
use ajantasa::staff::{Role, session};
use axum::http::StatusCode;

use super::schedule::{acts, fields, saved};
use super::{Browser, Site};
use crate::scenario::{Place, on_both};

/// An installation with its queue, a schedule of one run a day, and an administrator who is signed in.
async fn site(place: &Place) -> (Site, Browser, String) {
    let site = Site::with_queue(place).await;
    site.account("anna", Role::Administrator, &["710"], false).await;
    let mut browser = site.signed_in("anna").await;
    let page = saved(&mut browser, &fields("a", "300")).await;
    (site, browser, page)
}

/// Confirms "run now" and returns the run's page.
async fn started(browser: &mut Browser, schedule: &str) -> String {
    let answer = browser.post(&format!("{schedule}/run"), &[("version", "1")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().split('?').next().unwrap().to_owned()
}

async fn work(site: &Site) {
    Worker::default().pass(&site.scenario.context).await.unwrap();
}

on_both! {
    async fn a_run_is_confirmed_started_carried_out_and_read(place: Place) {
        let (site, mut browser, schedule) = site(&place).await;
        browser.get(&format!("{schedule}/run")).await.ok().says("people may be asked about").says("Run now");
        let stale = browser.post(&format!("{schedule}/run"), &[("version", "9")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let run = started(&mut browser, &schedule).await;
        browser.get(&run).await.ok().says("planned").says("Nobody has been chosen yet").says("Refresh");
        let another = browser.post(&format!("{schedule}/run"), &[("version", "1")]).await;
        assert_eq!(another.status, StatusCode::CONFLICT);
        another.says("has not ended");
        work(&site).await;
        let page = browser.get(&run).await.ok();
        page.says("people could not be checked").says("could not be read").says("anna").does_not_say("Refresh").does_not_say("data-events");
        browser.get(&schedule).await.ok().says(&run);
        let ended = site.scenario.texts("SELECT state FROM run").await.remove(0);
        browser.get(&format!("/runs?state={ended}")).await.ok().says(&run);
        browser.get("/runs?state=missed").await.ok().does_not_say(&run).says("No run fits");
        let id = schedule.rsplit('/').next().unwrap();
        browser.get(&format!("/runs?schedule={id}&state={ended}")).await.ok().says(&run);
        let last = run.rsplit('/').next().unwrap();
        browser.get(&format!("/runs?after={last}")).await.ok().does_not_say(&run);
        assert_eq!(browser.get("/runs?schedule=other").await.status, StatusCode::NOT_FOUND);
        let ended = browser.post(&format!("{run}/cancel"), &[]).await;
        assert_eq!(ended.status, StatusCode::CONFLICT);
        ended.says("The run has ended");
        assert_eq!(acts(&site).await, ["schedule.add", "schedule.preview", "run.start", "run.show"]);
    }

    async fn a_run_that_waits_is_cancelled_and_gone_on_with(place: Place) {
        let (site, mut browser, schedule) = site(&place).await;
        let run = started(&mut browser, &schedule).await;
        site.account("cia", Role::Administrator, &["078"], false).await;
        let mut cia = site.signed_in("cia").await;
        assert_eq!(cia.post(&format!("{run}/cancel"), &[]).await.status, StatusCode::FORBIDDEN);
        let cancelled = browser.post(&format!("{run}/cancel"), &[]).await;
        assert_eq!(cancelled.location(), format!("{run}?done=cancelled"));
        browser.get(&format!("{run}?done=cancelled")).await.ok().says("The run is cancelled").says("skipped");
        let run = started(&mut browser, &schedule).await;
        work(&site).await;
        site.scenario.execute("UPDATE run_person SET state = 'waiting', disclosure = NULL WHERE position <= 3 AND state = 'asked'").await;
        site.scenario.execute("UPDATE run SET asked = asked - 3, state = 'partly_done', reason = 'cancelled' WHERE finished_at IS NOT NULL AND asked > 3").await;
        let left = site.scenario.number("SELECT count(*) FROM run_person WHERE state IN ('waiting', 'failed')").await;
        browser.get(&run).await.ok().says("3 of the").says("people were not checked").says("somebody cancelled it");
        let retried = browser.post(&format!("{run}/retry"), &[]).await;
        assert_eq!(retried.status, StatusCode::SEE_OTHER, "{}", retried.text);
        let later = retried.location().split('?').next().unwrap().to_owned();
        work(&site).await;
        browser.get(&later).await.ok().says(&format!("{left} people")).says(&run);
        let again = browser.post(&format!("{run}/retry"), &[]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        again.says("A later run has gone on");
        let wanted =
            ["schedule.add", "run.start", "run.cancel", "run.start", "run.show", "run.retry", "run.show"];
        assert_eq!(acts(&site).await, wanted);
    }

    async fn progress_is_shown_and_moves_by_itself_until_the_run_ends(place: Place) {
        let (site, mut browser, schedule) = site(&place).await;
        let run = started(&mut browser, &schedule).await;
        site.scenario.execute("UPDATE run SET state = 'running', started_at = planned_at, people = 40, asked = 9, failed = 1").await;
        site.scenario.clock.advance(chrono::TimeDelta::seconds(10));
        let page = browser.get(&run).await.ok();
        page.says("<progress id=\"progress\" value=\"10\" max=\"40\"").says("10 of 40 people, 1.0 a second, about 30 seconds left");
        page.says(&format!("data-events=\"{run}/events\"")).says("Refresh").says("Cancel the run");
        let mut watching = browser.clone();
        let path = format!("{run}/events");
        let (answer, ()) = tokio::join!(watching.get(&path), async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            site.scenario.execute("UPDATE run SET state = 'done', asked = 39, finished_at = planned_at").await;
        });
        let answer = answer.ok();
        assert_eq!(answer.headers["content-type"], "text/event-stream");
        assert_eq!(answer.headers["cache-control"], "no-store");
        answer.says("event: progress").says("\"done\":10").says("event: end");
        assert_eq!(acts(&site).await, ["schedule.add", "run.start"]);
    }

    async fn watching_ends_with_the_session_and_does_not_prolong_it(place: Place) {
        let (site, mut browser, schedule) = site(&place).await;
        let run = started(&mut browser, &schedule).await;
        site.scenario.execute("UPDATE run SET state = 'running', started_at = planned_at, people = 40, asked = 9").await;
        let path = format!("{run}/events");
        let mut watching = browser.clone();
        let (answer, ()) = tokio::join!(watching.get(&path), async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            site.scenario.clock.advance(session::IDLE);
        });
        answer.ok().says("event: progress").does_not_say("event: end");
        assert_eq!(browser.get(&path).await.status, StatusCode::UNAUTHORIZED);
        let mut again = site.signed_in("anna").await;
        let mut watching = again.clone();
        let (answer, ()) = tokio::join!(watching.get(&path), async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            again.post("/sign-out", &[]).await;
        });
        answer.ok().does_not_say("event: end");
        let none = site.signed_in("anna").await.get("/runs/00000000-0000-7000-8000-000000000000/events").await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
    }

    async fn who_was_put_aside_is_named_masked_if_protected_and_recorded(place: Place) {
        let (site, mut browser, schedule) = site(&place).await;
        let run = started(&mut browser, &schedule).await;
        work(&site).await;
        site.scenario.execute(
            "UPDATE run_person SET state = 'failed', why = 'unreadable' WHERE position <= 2").await;
        site.scenario.execute("UPDATE run SET asked = asked - 2, failed = 2, state = 'partly_done', reason = 'errors'").await;
        let cards = site.scenario.texts(
            "SELECT p.card_number FROM run_person r JOIN patron p ON p.id = r.patron WHERE r.position <= 2 ORDER BY r.position").await;
        site.scenario.execute(&format!("UPDATE patron SET protected_mark = TRUE WHERE card_number = '{}'", cards[0])).await;
        let page = browser.get(&run).await.ok();
        page.says(&cards[1]).does_not_say(&cards[0]).says("masked").says("could not be read");
        let shown = site.scenario.number("SELECT count(*) FROM audit WHERE action = 'run.show' AND actor_kind = 'account'").await;
        let aside = site.scenario.number("SELECT count(*) FROM run_person WHERE state = 'failed'").await;
        assert_eq!(shown, aside);
    }
}
