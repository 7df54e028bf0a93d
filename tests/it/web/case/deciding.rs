//! Deciding a case: what follows, what is refused, what can be undone.

use ajantasa::finding::{Field, FindingKind};
use ajantasa::staff::Role;
use ajantasa::task::Task;
use axum::http::StatusCode;
use chrono::TimeDelta;
use uuid::Uuid;

use super::super::{Answer, Browser, Site};
use super::{MOVED, MOVED_TOO, act, case_of, last_record, moved, send, since, version};
use crate::scenario::{Place, on_both};

async fn with_maija(place: &Place) -> (Site, Browser) {
    let site = Site::with_queue(place).await;
    site.account("maija", Role::Reviewer, &["710"], false).await;
    let browser = site.signed_in("maija").await;
    (site, browser)
}

async fn state(site: &Site, id: Uuid) -> String {
    let mut tx = site.scenario.context.db.read().await.unwrap();
    ajantasa::store::finding::get(&mut tx, id).await.unwrap().unwrap().state
}

/// The page that an answer leads to.
#[track_caller]
fn page(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().split('#').next().unwrap().to_owned()
}

on_both! {
    async fn after_each_decision_the_next_case_opens_and_says_what_was_done(place: Place) {
        let (site, mut browser) = with_maija(&place).await;
        let id = moved(&site, MOVED).await;
        let mut at = id;
        let mut done = Vec::new();
        for (word, fields, code, said) in [
            ("approve", &[][..], "approved", "Approved: "),
            ("reject", &[("reason", "patron_newer"), ("note", "")], "rejected", "Rejected: "),
            ("snooze", &[("until", "2026-12-01")], "snoozed", "It comes back on 1.12.2026 at 00:00"),
        ] {
            browser.get(&format!("/queue/{at}")).await.ok();
            let opened = browser.get(&format!("/queue/{at}")).await.ok();
            let seen = version(&opened);
            let before = last_record(&site).await;
            let mut fields = fields.to_vec();
            fields.extend([("version", seen.as_str()), ("list", "kind=address_change")]);
            let answer = browser.post(&format!("/queue/{at}/{word}"), &fields).await;
            assert_eq!(since(&site, before).await, [format!("finding.{word}")]);
            let next = page(&answer);
            assert!(next.ends_with(&format!("?list=kind%3Daddress_change&done={code}&case={at}")), "{next}");
            assert!(answer.location().ends_with("#case"));
            let shown = browser.get(&next).await.ok();
            shown.says(said).says(&format!("action=\"/queue/{at}/undo\"")).does_not_say("done=");
            done.push(at);
            at = next["/queue/".len()..].split('?').next().unwrap().parse().unwrap();
            assert!(!done.contains(&at));
        }
        let mine = browser.get("/queue/done").await.ok();
        mine.says("approved").says("rejected").says("snoozed").says(MOVED);
        let before = last_record(&site).await;
        browser.get("/queue/done").await.ok();
        assert_eq!(since(&site, before).await, ["finding.list", "finding.list", "finding.list"]);
        for id in done {
            let before = last_record(&site).await;
            let answer = send(&mut browser, id, "undo", &[]).await;
            assert_eq!(since(&site, before).await, ["finding.undo"]);
            let back = page(&answer);
            assert_eq!(back, format!("/queue/{id}?done=undone&case={id}"));
            browser.get(&back).await.ok().says("The decision was undone");
            assert_eq!(state(&site, id).await, "opened");
        }
    }

    async fn when_none_is_left_the_list_comes(place: Place) {
        let (site, mut browser) = with_maija(&place).await;
        let id = moved(&site, MOVED).await;
        site.scenario.execute(&format!("UPDATE finding SET state = 'closed' WHERE state IN ('new', 'opened') AND patron NOT IN
            (SELECT id FROM patron WHERE card_number = '{MOVED}')")).await;
        let answer = act(&mut browser, id, "approve", &[]).await;
        assert_eq!(page(&answer), format!("/queue?done=approved&case={id}"));
        let list = browser.get(&page(&answer)).await.ok();
        list.says("<div id=\"result\" role=\"status\" aria-live=\"polite\"><p class=\"done\">Approved: ");
        list.says(&format!("action=\"/queue/{id}/undo\"")).does_not_say(MOVED);
        // Another one's window on it says nothing.
        site.account("pekka", Role::Reviewer, &["710"], false).await;
        let mut pekka = site.signed_in("pekka").await;
        pekka.get(&page(&answer)).await.ok().does_not_say("Approved").does_not_say("/undo");
        let undone = send(&mut browser, id, "undo", &[]).await;
        assert_eq!(page(&undone), format!("/queue/{id}?done=undone&case={id}"));
        browser.get(&page(&answer)).await.ok().does_not_say("Approved").does_not_say("/undo");
    }

    async fn the_list_says_nothing_of_what_has_become_protected_or_can_be_undone_no_more(place: Place) {
        let (site, mut browser) = with_maija(&place).await;
        let (id, other) = (moved(&site, MOVED).await, moved(&site, MOVED_TOO).await);
        act(&mut browser, id, "approve", &[]).await;
        act(&mut browser, other, "approve", &[]).await;
        let at = |id: Uuid| format!("/queue?done=approved&case={id}");
        browser.get(&at(id)).await.ok().says("Approved: ").says(&format!("action=\"/queue/{id}/undo\""));
        site.scenario.execute(&format!("UPDATE patron SET protected_mark = TRUE WHERE card_number = '{MOVED}'")).await;
        browser.get(&at(id)).await.ok().does_not_say("Approved").does_not_say("/undo");
        site.scenario.clock.advance(TimeDelta::hours(3));
        let mut browser = site.signed_in("maija").await;
        browser.get(&at(other)).await.ok().does_not_say("/undo");
    }

    async fn a_form_that_is_not_right_comes_back_with_what_was_typed(place: Place) {
        let (site, mut browser) = with_maija(&place).await;
        let id = moved(&site, MOVED).await;
        let long = "x".repeat(1001);
        for (word, fields, field, says) in [
            ("reject", &[("note", "a <b>note</b>")][..], "reason-patron_newer", "a &#60;b&#62;note&#60;/b&#62;</textarea>"),
            ("reject", &[("reason", "other"), ("note", " ")], "note", "value=\"other\" checked"),
            ("reject", &[("reason", "other"), ("note", long.as_str())], "note", "Shorten the note"),
            ("snooze", &[("until", "")], "until", "Give the day until which"),
            ("snooze", &[("until", "2026-11-21")], "until", "value=\"2026-11-21\""),
            ("edit", &[("street_address", "a\u{7}b"), ("city", "Åbo")], "edit-street_address", "value=\"Åbo\""),
            ("edit", &[("country", "Sverige")], "edit-country", "value=\"Sverige\""),
            ("edit", &[("street_address", "Raaseporintie 8 A 4")], "edit-street_address", "nothing would be written"),
        ] {
            let answer = act(&mut browser, id, word, fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{word} {fields:?}");
            answer.says(&format!("<a href=\"#{field}\">")).says(&format!("id=\"{field}\"")).says(says);
        }
        let answer = act(&mut browser, id, "approve", &[("more", "yes")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(site.scenario.number("SELECT count(*) FROM decision").await, 0);
    }

    async fn a_decision_about_what_changed_meanwhile_is_refused_with_what_moved(place: Place) {
        let (site, mut maija) = with_maija(&place).await;
        site.account("pekka", Role::Reviewer, &["710"], false).await;
        let mut pekka = site.signed_in("pekka").await;
        let id = moved(&site, MOVED).await;
        maija.get(&format!("/queue/{id}")).await.ok();
        let seen = version(&maija.get(&format!("/queue/{id}")).await.ok());
        page(&act(&mut pekka, id, "reject", &[("reason", "patron_newer")]).await);
        let fields = [("version", seen.as_str()), ("list", "")];
        let answer = maija.post(&format!("/queue/{id}/approve"), &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        answer.says("Its state is now: rejected").says(&format!("href=\"/queue/{id}\""));
        let others = send(&mut maija, id, "undo", &[]).await;
        assert_eq!(others.status, StatusCode::CONFLICT);
        assert_eq!(state(&site, id).await, "rejected");

        let other = moved(&site, MOVED_TOO).await;
        let seen = version(&maija.get(&format!("/queue/{other}")).await.ok());
        let text = crate::scenario::register().replace("Pitkäkatu 5,", "Pitkäkatu 50,");
        assert_ne!(text, crate::scenario::register());
        site.scenario.import(&text).await;
        let fields = [("version", seen.as_str()), ("list", "")];
        let answer = maija.post(&format!("/queue/{other}/approve"), &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        answer.says("Street line");
        assert_eq!(state(&site, other).await, "stale");
    }

    async fn two_at_once_decide_it_once(place: Place) {
        let (site, mut maija) = with_maija(&place).await;
        site.account("pekka", Role::Reviewer, &["710"], false).await;
        let mut pekka = site.signed_in("pekka").await;
        let id = moved(&site, MOVED).await;
        maija.get(&format!("/queue/{id}")).await.ok();
        let seen = version(&maija.get(&format!("/queue/{id}")).await.ok());
        pekka.get(&format!("/queue/{id}")).await.ok();
        let path = format!("/queue/{id}/approve");
        let fields = [("version", seen.as_str()), ("list", "")];
        let (first, second) = tokio::join!(maija.post(&path, &fields), pekka.post(&path, &fields));
        let mut statuses = [first.status, second.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
        assert_eq!(site.scenario.number("SELECT count(*) FROM decision").await, 1);
    }

    async fn hostile_words_come_out_as_words_and_are_written_as_they_are(place: Place) {
        let (site, mut browser) = with_maija(&place).await;
        let hostile = "\"><script>alert(1)</script>{{7*7}}'&amp; <ins>";
        let edited = moved(&site, MOVED).await;
        let rejected = moved(&site, MOVED_TOO).await;
        page(&act(&mut browser, edited, "edit", &[("street_address", hostile)]).await);
        page(&act(&mut browser, rejected, "reject", &[("reason", "other"), ("note", hostile)]).await);
        for id in [edited, rejected] {
            let shown = browser.get(&format!("/queue/{id}")).await.ok();
            shown.does_not_say("<script>alert").does_not_say("&amp; <ins>");
        }
        browser.get(&format!("/queue/{rejected}")).await.says("&#34;&#62;&#60;script&#62;alert(1)");
        browser.get(&format!("/queue/{edited}")).await.says("maija approved in other words");
        site.scenario.clock.advance(TimeDelta::seconds(61));
        site.scenario.run(Task::Apply).await.unwrap();
        let patron = site.scenario.texts(&format!("SELECT patron_id FROM patron WHERE card_number = '{MOVED}'")).await;
        let values = site.scenario.context.register.read(&patron[0], &[Field::StreetAddress]).await.unwrap().unwrap();
        assert_eq!(values[0].1, hostile);
        let after = browser.get(&format!("/queue/{edited}")).await.ok();
        after.says("Put in other words by").says("Restore the earlier value").does_not_say("<script>alert");
        let log = site.scenario.texts("SELECT detail FROM audit").await;
        assert!(log.iter().all(|detail| !detail.contains("alert")));
    }

    async fn what_was_written_is_restored_from_its_page(place: Place) {
        let (site, mut browser) = with_maija(&place).await;
        let id = moved(&site, MOVED).await;
        page(&act(&mut browser, id, "approve", &[]).await);
        site.scenario.clock.advance(TimeDelta::seconds(61));
        site.scenario.run(Task::Apply).await.unwrap();
        let late = send(&mut browser, id, "undo", &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        browser.get(&format!("/queue/{id}")).await.ok().says("Restore the earlier value");
        let before = last_record(&site).await;
        let answer = send(&mut browser, id, "revert", &[]).await;
        assert_eq!(since(&site, before).await, ["finding.revert"]);
        let shown = browser.get(&page(&answer)).await.ok();
        shown.says("An earlier correction is taken back").says("The earlier value is restored: Address change");
        assert_eq!(send(&mut browser, id, "revert", &[]).await.status, StatusCode::CONFLICT);
    }

    async fn a_case_waits_for_a_visit_and_comes_back_with_it(place: Place) {
        let (site, mut browser) = with_maija(&place).await;
        let id = moved(&site, MOVED).await;
        page(&act(&mut browser, id, "snooze", &[("until", ""), ("visit", "yes")]).await);
        let shown = browser.get(&format!("/queue/{id}")).await.ok();
        shown.says("Waits for the patron to visit, at the latest until 19.2.2027").says("The patron was here");
        let before = last_record(&site).await;
        page(&send(&mut browser, id, "visited", &[]).await);
        assert_eq!(since(&site, before).await, ["finding.visit"]);
        assert_eq!(state(&site, id).await, "opened");
    }

    async fn what_cannot_be_approved_has_no_button_and_is_refused(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("leena", Role::Reviewer, &["710", "078", "149", "755"], true).await;
        let mut browser = site.signed_in("leena").await;
        let id = case_of(&site, "2071000055", FindingKind::Death).await;
        site.scenario.execute("UPDATE finding SET confirmable = FALSE WHERE kind = 'death'").await;
        let shown = browser.get(&format!("/queue/{id}")).await.ok();
        shown.says("cannot be approved as it stands").does_not_say("data-act=\"approve\"");
        let fields = [("version", &*version(&shown)), ("list", "")];
        let answer = browser.post(&format!("/queue/{id}/approve"), &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        answer.says("cannot be approved as it stands");
    }

    async fn nobody_decides_on_their_own_card(place: Place) {
        let (site, mut browser) = with_maija(&place).await;
        let id = moved(&site, MOVED).await;
        site.scenario.execute(&format!("UPDATE account SET own_card = '{MOVED}' WHERE name = 'maija'")).await;
        let answer = act(&mut browser, id, "approve", &[]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        answer.says("Nobody decides on their own card");
        assert_eq!(state(&site, id).await, "opened");
    }
}
