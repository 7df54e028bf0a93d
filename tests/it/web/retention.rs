//! What the pages leave behind is deleted after a time, and who is told stays told until then.

use ajantasa::staff::Role;
use ajantasa::staff::session;
use ajantasa::store::new_id;
use ajantasa::store::reveal::{self, RevealRow};
use ajantasa::task::Task;
use ajantasa::task::housekeeping::{ACTS_KEPT, SESSIONS_KEPT};
use axum::http::StatusCode;
use chrono::TimeDelta;
use uuid::Uuid;

use super::Site;
use crate::scenario::on_both;

impl Site {
    /// Tells an account that another one has opened what is masked of a case: the notice.
    pub async fn tell(&self, to: Uuid, by: Uuid, finding: Uuid) -> Uuid {
        let context = &self.scenario.context;
        let now = context.clock.now();
        let row = RevealRow {
            id: new_id(now),
            finding,
            account: by,
            reason: "mail came back to the desk".to_owned(),
            at: now,
            until: now + TimeDelta::minutes(10),
        };
        let notice = new_id(now);
        let mut tx = context.db.begin().await.unwrap();
        reveal::insert(&mut tx, &row).await.unwrap();
        reveal::tell(&mut tx, notice, to, row.id, now).await.unwrap();
        tx.commit("test").await.unwrap();
        notice
    }
}

on_both! {
    async fn housekeeping_deletes_sessions_reveals_notices_and_batches_after_their_time(place: Place) {
        let site = Site::with_queue(&place).await;
        let leena = site.account("leena", Role::Reviewer, &["710"], true).await;
        let anna = site.account("anna", Role::Administrator, &["710"], false).await;
        let (protected, _) = site.everything().await;
        site.tell(anna, leena, protected[0].id).await;
        let mut browser = site.signed_in("leena").await;
        let batch = "INSERT INTO bulk (id, account, class, state, left_out, created_at, updated_at)
             SELECT id, account, 'door', 'sampling', '', at, at FROM reveal";
        site.scenario.execute(batch).await;
        let counted = async |table: &str| site.scenario.number(&format!("SELECT count(*) FROM {table}")).await;
        let all = async || (counted("session").await, counted("reveal").await, counted("notice").await, counted("bulk").await);
        let keep = async || site.scenario.run(Task::Housekeeping).await.unwrap();
        keep().await;
        assert_eq!(all().await, (1, 1, 1, 1));
        site.scenario.clock.advance(session::ABSOLUTE + SESSIONS_KEPT - TimeDelta::seconds(1));
        keep().await;
        assert_eq!(all().await, (1, 1, 1, 1));
        assert_eq!(browser.get("/account").await.status, StatusCode::UNAUTHORIZED, "kept, and over long ago");
        site.scenario.clock.advance(TimeDelta::seconds(2));
        keep().await;
        assert_eq!(all().await, (0, 1, 1, 1));
        site.scenario.clock.advance(ACTS_KEPT);
        keep().await;
        assert_eq!(all().await, (0, 0, 0, 0));
    }

    async fn whoever_is_told_sees_it_on_every_page_until_it_has_been_read(place: Place) {
        let site = Site::with_queue(&place).await;
        let leena = site.account("leena", Role::Reviewer, &["710"], true).await;
        let anna = site.account("anna", Role::Administrator, &["710"], false).await;
        let kaisa = site.account("kaisa", Role::Reviewer, &["710"], true).await;
        let maija = site.account("maija", Role::Reviewer, &["710"], false).await;
        let (protected, _) = site.everything().await;
        let case = protected[0].id;
        let notice = site.tell(anna, leena, case).await;
        site.tell(kaisa, leena, case).await;
        // She was cleared once, and is told nothing any more.
        site.tell(maija, leena, case).await;
        for (name, pages, reason) in [
            ("anna", ["/account", "/overview", "/schedules"], false),
            ("kaisa", ["/account", "/overview", "/queue"], true),
        ] {
            let mut browser = site.signed_in(name).await;
            for page in pages {
                browser.get(page).await.ok().says("<a href=\"/notices\">You have 1 new notice.</a>");
            }
            let page = browser.get("/notices").await.ok();
            page.says(&case.to_string()).says("leena").does_not_say(&protected[0].card_number);
            assert_eq!(page.text.contains("mail came back"), reason, "administrators read nothing about a person");
        }
        let mut browser = site.signed_in("maija").await;
        for page in ["/account", "/overview", "/queue"] {
            browser.get(page).await.ok().does_not_say("/notices").does_not_say("new notice");
        }
        let mut browser = site.signed_in("anna").await;
        browser.post("/notices/seen", &[("notice", &notice.to_string())]).await;
        browser.get("/account").await.ok().does_not_say("new notice");
        // Nobody is told before the second factor: the box is the account's, not the name's.
        let mut stranger = site.browser();
        stranger.post("/sign-in", &[("name", "kaisa"), ("password", "wrong")]).await.does_not_say("new notice");
    }
}
