//! A run of a schedule that asks: as whom, about whom, what is noted of each person, and when it cannot.

use std::collections::BTreeSet;

use ajantasa::check::{self, RunCheck, ScheduleAsker, Stopped};
use ajantasa::lease::{Holder, Lease};
use ajantasa::store::StoreError;
use ajantasa::store::run::{self, RunRow};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use super::{CheckError, CheckOutcome, Query, anna, ask, asked, few, moved, one, reread};
use crate::scenario::{Scenario, on, on_both, private, small};
use crate::store::run::run_row;
use crate::store::schedule;

/// Who was asked about, how far, and for which run.
const PEOPLE: &str = "SELECT state || ' ' || coalesce(why, '-') FROM run_person ORDER BY position";

/// A run of the schedule "weekly" about everybody there is, and the lease it works under.
struct Running {
    schedule: Uuid,
    run: Uuid,
    municipalities: BTreeSet<String>,
    patrons: Vec<Uuid>,
    lease: Lease,
}

impl Running {
    async fn begin(site: &Scenario) -> Self {
        let context = &site.context;
        let mut tx = context.db.begin().await.unwrap();
        let found = ajantasa::store::schedule::in_force(&mut tx).await.unwrap().pop();
        let schedule = match found {
            Some(schedule) => schedule.id,
            None => schedule::add(&mut tx, "weekly").await,
        };
        let row = RunRow { due_at: None, origin: "by_hand".to_owned(), ..run_row(schedule) };
        run::insert(&mut tx, &row).await.unwrap();
        let sql = "SELECT id FROM patron ORDER BY card_number";
        let patrons: Vec<Uuid> = on!(&mut tx, conn => sqlx::query_scalar(sql).fetch_all(conn).await.unwrap());
        for (position, patron) in (1_i64..).zip(&patrons) {
            let sql = "INSERT INTO run_person (run, position, patron, municipality, state)
                 VALUES ($1, $2, $3, '710', 'waiting')";
            on!(&mut tx, conn => sqlx::query(sql).bind(row.id).bind(position).bind(patron)
                .execute(conn).await.unwrap().rows_affected());
        }
        tx.commit("test").await.unwrap();
        let lease = Lease::take(&context.db, "run", &context.holder).await.unwrap().unwrap();
        Self { schedule, run: row.id, municipalities: BTreeSet::from(["710".to_owned()]), patrons, lease }
    }

    fn asker(&self) -> ScheduleAsker<'_> {
        ScheduleAsker {
            id: self.schedule,
            name: "weekly",
            version: 1,
            municipalities: &self.municipalities,
            run: self.run,
            os_user: "tester",
            lease: &self.lease,
        }
    }

    async fn try_ask(&self, site: &Scenario, n: usize) -> Result<RunCheck, CheckError> {
        let purpose = &site.context.settings.purposes["debt_collection"];
        check::in_run(&site.context, &self.asker(), self.patrons[n - 1], purpose).await
    }

    async fn ask(&self, site: &Scenario, n: usize) -> RunCheck {
        self.try_ask(site, n).await.unwrap()
    }
}

on_both! {
    async fn a_run_asks_in_the_name_of_its_schedule_and_shows_nobody_anything(place: Place) {
        let site = one(&place, &moved(), Query::default()).await;
        let running = Running::begin(&site).await;
        let checked = running.ask(&site, 1).await;
        assert_eq!((checked.outcome, checked.asked_vtj, checked.stopped), (CheckOutcome::Found, true, None));
        assert_eq!(site.texts(PEOPLE).await, ["asked -"]);
        assert_eq!(site.kinds().await.len(), 1);
        let logged = "SELECT actor || '; ' || task || '; ' || purpose || '; ' || result FROM disclosure WHERE account IS NULL";
        assert_eq!(site.texts(logged).await, ["schedule weekly; run; debt_collection; found"]);
        let same = "SELECT count(*) FROM disclosure d JOIN run_person p ON p.run = d.run AND p.disclosure = d.id";
        assert_eq!(site.number(same).await, 1);
        let acted = "SELECT DISTINCT actor_kind || ' ' || actor || ' ' || action FROM audit WHERE actor = 'run' ORDER BY 1";
        let acts = site.texts(acted).await;
        for act in ["task run check.answer", "task run finding.open", "task run vtj.ask"] {
            assert!(acts.contains(&act.to_owned()), "{act}: {acts:?}");
        }
        assert!(!acts.iter().any(|act| act.ends_with("check.reuse")));
    }

    async fn vtj_is_told_one_word_for_a_schedule_and_only_our_log_says_which(place: Place) {
        let site = few(&place, Query { more: "reuse_minutes = 0", ..Query::default() }).await;
        for _ in 0..2 {
            let running = Running::begin(&site).await;
            running.ask(&site, 1).await;
            running.lease.release().await.unwrap();
        }
        ask(&site, &small::card(2)).await;
        let words = site.texts("SELECT DISTINCT end_user FROM disclosure WHERE task = 'run'").await;
        assert_eq!(words.len(), 1, "the same in every run");
        assert_eq!(site.texts("SELECT DISTINCT end_user FROM disclosure").await.len(), 2, "and nobody else's");
        let list = ["--format", "json", "disclosures", "list", "--end-user", &words[0]];
        let listed = site.ajantasa(&list).ended(0).json();
        let listed = listed.as_array().unwrap();
        assert_eq!(listed.len(), 2);
        assert!(listed.iter().all(|entry| entry["actor"] == "schedule weekly" && entry["run"] != json!(null)));
        let me = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
        let add = ["user", "add", "maija", "--role", "reviewer", "--municipality", "710", "--until", "2199-12-31"];
        site.ajantasa(&[&add[..], &["--os-user", &me]].concat()).ended(0);
        let id = listed[0]["id"].as_str().unwrap();
        let shown = site.ajantasa(&["--format", "json", "disclosures", "show", id, "--as", "maija"]).ended(0).json();
        assert_eq!(shown["reason"], "schedule weekly, version 1");
        assert_eq!(shown["account"], json!(null));
    }

    async fn a_young_answer_counts_as_asked_and_nothing_is_spent(place: Place) {
        let site = few(&place, Query { more: "reuse_minutes = 60", ..Query::default() }).await;
        let collect = "debt_collection";
        check::person(&site.context, &anna(), &small::card(1), collect, "why").await.unwrap();
        let running = Running::begin(&site).await;
        let checked = running.ask(&site, 1).await;
        assert_eq!((checked.outcome, checked.asked_vtj, checked.reused), (CheckOutcome::Found, false, true));
        assert_eq!(site.texts(PEOPLE).await, ["asked -", "waiting -", "waiting -"]);
        assert_eq!((asked(&site).await, site.number("SELECT count(*) FROM query_ledger").await), (1, 1));
        assert_eq!(site.number("SELECT count(*) FROM run_person WHERE disclosure IS NOT NULL").await, 1);
    }

    async fn whoever_may_not_be_asked_about_now_is_left_out(place: Place) {
        let site = few(&place, Query::default()).await;
        let mut running = Running::begin(&site).await;
        let register = format!(
            "patron_id,card_number,identity_code,last_name,first_names,municipality,notes\n\
             S0001,{},{},Testinen,Maija,710,restricted\nS0002,{},{},Testinen,Maija,078,\n\
             S0003,{},{},Testinen,Maija,710,\n",
            small::card(1), small::code(1), small::card(2), small::code(2), small::card(3), small::code(3),
        );
        site.import(&register).await;
        let gone = site.ajantasa(&["patrons", "forget", &small::card(3), "--reason", "asked to be"]);
        gone.ended(0);
        for (n, words) in [(1, "restricted"), (2, "not the schedule's"), (3, "forgotten")] {
            let checked = running.ask(&site, n).await;
            assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Refused, false));
            assert!(checked.reason.contains(words), "{}", checked.reason);
        }
        let words = ["left_out restricted", "left_out other_municipality", "left_out forgotten"];
        assert_eq!(site.texts(PEOPLE).await, words);
        assert_eq!(asked(&site).await, 0);
        running.municipalities.insert("078".to_owned());
        assert_eq!(site.number("SELECT count(*) FROM audit WHERE action = 'check.refuse'").await, 3);
    }

    async fn at_a_ceiling_and_with_wrong_settings_the_person_waits_and_the_run_hears_why(place: Place) {
        let more = "daily_ceiling = 1\nreserve_percent = 0\nreuse_minutes = 0";
        let mut site = few(&place, Query { more, ..Query::default() }).await;
        let running = Running::begin(&site).await;
        assert_eq!(running.ask(&site, 1).await.stopped, None);
        let full = running.ask(&site, 2).await;
        assert_eq!((full.outcome, full.asked_vtj), (CheckOutcome::Transient, false));
        assert_eq!(full.stopped, Some(Stopped::Ceiling));
        assert_eq!((asked(&site).await, site.number("SELECT count(*) FROM disclosure").await), (1, 1));
        site.clock.advance(TimeDelta::days(1));
        private(&site.path("password"), "wrong\n");
        reread(&mut site).await;
        // As another process that takes the run over.
        site.execute("UPDATE lease SET expires_ms = 0 WHERE task = 'run'").await;
        let lease = Lease::take(&site.context.db, "run", &site.context.holder).await.unwrap().unwrap();
        let running = Running { lease, ..running };
        let wrong = running.ask(&site, 2).await;
        assert_eq!(wrong.stopped, Some(Stopped::Configuration), "{}", wrong.reason);
        site.clock.advance(TimeDelta::days(1));
        assert_eq!(running.ask(&site, 3).await.stopped, Some(Stopped::Configuration));
        assert_eq!(site.texts(PEOPLE).await, ["asked -", "waiting -", "waiting -"]);
    }

    async fn what_vtj_does_not_answer_waits_and_what_cannot_be_used_is_put_aside(place: Place) {
        let site = few(&place, Query { more: "attempts = 1", ..Query::default() }).await;
        let running = Running::begin(&site).await;
        running.ask(&site, 3).await;
        site.fault(json!({ "kind": "wrong_person" })).await;
        assert_eq!(running.ask(&site, 1).await.outcome, CheckOutcome::ProtocolError);
        site.fault(json!({ "kind": "empty", "count": 0 })).await;
        let down = (0..8).map(|_| running.ask(&site, 2));
        let mut stopped = Vec::new();
        for one in down {
            stopped.push(one.await.stopped);
        }
        assert_eq!(stopped[0], None);
        assert!(matches!(stopped[7], Some(Stopped::Breaker(_))), "{stopped:?}");
        assert_eq!(site.texts(PEOPLE).await, ["failed vtj", "waiting -", "asked -"]);
    }

    async fn a_run_that_has_lost_its_lease_asks_and_writes_nothing(place: Place) {
        let site = few(&place, Query::default()).await;
        let running = Running::begin(&site).await;
        site.execute("UPDATE lease SET expires_ms = 0 WHERE task = 'run'").await;
        let other = Lease::take(&site.context.db, "run", &Holder::this_process()).await.unwrap().unwrap();
        let audited = site.number("SELECT count(*) FROM audit").await;
        let lost = running.try_ask(&site, 1).await;
        assert!(matches!(lost, Err(CheckError::Store(StoreError::LeaseLost(_)))), "{lost:?}");
        assert_eq!((asked(&site).await, site.number("SELECT count(*) FROM disclosure").await), (0, 0));
        assert_eq!(site.number("SELECT count(*) FROM audit").await, audited);
        other.release().await.unwrap();
    }

    async fn what_this_run_was_answered_before_its_process_died_is_not_asked_again(place: Place) {
        let site = few(&place, Query { more: "reuse_minutes = 0", ..Query::default() }).await;
        let running = Running::begin(&site).await;
        running.ask(&site, 1).await;
        // As it stands when the process dies after the first of two questions of a replaced code.
        site.execute("UPDATE run_person SET state = 'waiting', disclosure = NULL").await;
        let again = running.ask(&site, 1).await;
        assert_eq!((again.outcome, again.asked_vtj), (CheckOutcome::Found, false));
        assert_eq!(site.texts(PEOPLE).await[0], "asked -");
        assert_eq!(asked(&site).await, 1);
        // Another run asks for itself.
        running.lease.release().await.unwrap();
        let next = Running::begin(&site).await;
        assert!(next.ask(&site, 1).await.asked_vtj);
    }

    async fn a_patron_whose_rows_do_not_open_is_put_aside(place: Place) {
        let site = few(&place, Query::default()).await;
        let running = Running::begin(&site).await;
        let keys = crate::database::damage_keys(&site.context.db, running.patrons[0]).await;
        assert!(!keys.is_empty());
        let checked = running.ask(&site, 1).await;
        assert_eq!((checked.outcome, checked.asked_vtj, checked.stopped), (CheckOutcome::Refused, false, None));
        assert_eq!(site.texts(PEOPLE).await, ["failed unreadable", "waiting -", "waiting -"]);
        assert!(running.ask(&site, 2).await.asked_vtj);
    }
}
