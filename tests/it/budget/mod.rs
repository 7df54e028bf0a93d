//! The ledger of single-person queries: ceilings, the reserve, warnings, Helsinki's days and months, and that no
//! number of processes, and no kill, makes it lose or double a booking.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod processes;
mod standing;

use std::collections::BTreeMap;
use std::sync::Arc;

use ajantasa::budget::{self, BudgetError, Request, Settled, Warning};
use ajantasa::clock::{Clock as _, TestClock};
use ajantasa::municipality::MunicipalityCode;
use ajantasa::quota::{Scope, Span};
use ajantasa::store::disclosure::{self, DisclosureRow, SINGLE};
use ajantasa::store::{StoreUrl, new_id, query_ledger};
use ajantasa::task::{self, Context, Task};
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use uuid::Uuid;

use crate::database::{TestDb, both};
use crate::scenario::{self, private};

/// A noon of winter in Helsinki.
const NOON: &str = "2026-11-21T10:00:00Z";

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A library that may ask about single persons.
struct Library {
    folder: TempDir,
    clock: Arc<TestClock>,
    context: Context,
}

/// The configuration of a library, with more keys of `[vtj.query]`, and of `[[municipality]]` 710 behind them.
fn configuration(url: &StoreUrl, query: &str, town: &str) -> String {
    let url = match url {
        StoreUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        StoreUrl::Postgres(url) => url.clone(),
    };
    format!(
        "[database]\nurl = \"{url}\"\n[keys]\nfile = \"a.key\"\n\
         [vtj.query]\nurl = \"http://127.0.0.1:9/\"\nvariant = \"direct\"\nusername = \"u\"\n\
         password_file = \"password\"\n{query}\n\
         [[municipality]]\ncode = \"078\"\nname = {{ fi = \"Hanko\" }}\nlanguages = [\"sv\"]\nfield_groups = [\"name\"]\n\
         [[municipality]]\ncode = \"710\"\nname = {{ fi = \"Raasepori\" }}\nlanguages = [\"sv\"]\n\
         field_groups = [\"name\"]\n{town}\n"
    )
}

impl Library {
    async fn new(database: &TestDb, query: &str, town: &str) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        database.master.create(&folder.path().join("a.key")).unwrap();
        private(&folder.path().join("password"), "demo\n");
        private(&folder.path().join("ajantasa.toml"), &configuration(&database.url, query, town));
        let clock = Arc::new(TestClock::at(time(NOON)));
        let context = scenario::context(folder.path(), &database.url, clock.clone()).await;
        Self { folder, clock, context }
    }

    /// Books one attempt of a new request.
    async fn book(&self, municipality: &str, purpose: &str) -> Result<(Uuid, Vec<Warning>), BudgetError> {
        book(&self.context, municipality, purpose, "test.book").await
    }

    /// Books so many that can wait.
    async fn book_many(&self, count: u32) {
        for number in 0..count {
            self.book("710", "desk").await.unwrap_or_else(|error| panic!("{number}: {error}"));
        }
    }

    async fn settle(&self, id: Uuid, settled: Settled) -> bool {
        let mut tx = self.context.db.begin().await.unwrap();
        let done = budget::settle(&mut tx, id, settled, "answered", self.context.clock.now()).await.unwrap();
        tx.commit("test.settle").await.unwrap();
        done
    }

    /// How many count today.
    async fn used(&self) -> i64 {
        let today = self.context.clock.today();
        let mut tx = self.context.db.read().await.unwrap();
        let booked = query_ledger::booked(&mut tx, today, today.succ_opt().unwrap()).await.unwrap();
        booked.iter().map(|row| row.queries).sum()
    }

    /// The ceiling that stops the next one.
    async fn refused(&self, municipality: &str, purpose: &str) -> (Scope, Span) {
        match self.book(municipality, purpose).await.unwrap_err() {
            BudgetError::CeilingReached(reached) => (reached.usage.scope, reached.usage.span),
            other => panic!("{other}"),
        }
    }
}

fn code(text: &str) -> MunicipalityCode {
    MunicipalityCode::parse(text).unwrap()
}

/// Writes a request to the disclosure log and books its first attempt, in one transaction.
async fn book(
    context: &Context,
    municipality: &str,
    purpose: &str,
    commit: &'static str,
) -> Result<(Uuid, Vec<Warning>), BudgetError> {
    let now = context.clock.now();
    let row = DisclosureRow {
        id: new_id(now),
        requested_at: now,
        interface: SINGLE.to_owned(),
        municipality: municipality.to_owned(),
        purpose: purpose.to_owned(),
        persons_asked: 1,
        attempts: 1,
        outcome: "sent".to_owned(),
        ..DisclosureRow::default()
    };
    let code = code(municipality);
    let request = Request {
        id: new_id(now),
        disclosure: row.id,
        number: 1,
        municipality: &code,
        purpose: &context.settings.purposes[purpose],
        urgent: false,
    };
    let mut tx = context.db.begin().await?;
    disclosure::insert(&mut tx, &row).await?;
    let warnings = budget::reserve(&mut tx, context, &request).await?;
    tx.commit(commit).await?;
    Ok((request.id, warnings))
}

both! {
    async fn the_last_part_of_the_day_is_kept_for_what_cannot_wait(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 10\nreserve_percent = 25", "").await;
        library.book_many(8).await;
        assert_eq!(library.refused("078", "returned_mail").await, (Scope::Installation, Span::Day));
        for _ in 0..2 {
            library.book("710", "confirm_death").await.unwrap();
        }
        assert_eq!(library.refused("710", "confirm_death").await, (Scope::Installation, Span::Day));
        assert_eq!(library.used().await, 10);
    }

    async fn there_is_a_warning_from_four_fifths_on(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 10\nreserve_percent = 0", "").await;
        for number in 1..=10 {
            let (_, warnings) = library.book("710", "desk").await.unwrap();
            assert_eq!(warnings.len(), usize::from(number >= 8), "{number}: {warnings:?}");
            assert!(warnings.iter().all(|near| near.used == number && near.ceiling == 10));
        }
    }

    async fn a_municipality_and_a_purpose_have_ceilings_of_their_own(database: &TestDb) {
        let town = "query_daily_ceiling = 2\nquery_monthly_ceiling = 3\n\
                    [[purpose]]\nname = \"desk\"\nlegal_basis = \"Act 1/2030\"\ndaily_ceiling = 4";
        let library = Library::new(database, "", town).await;
        library.book_many(2).await;
        let own = Scope::Municipality("710".to_owned());
        assert_eq!(library.refused("710", "returned_mail").await, (own.clone(), Span::Day));
        library.book("078", "desk").await.unwrap();
        library.book("078", "desk").await.unwrap();
        assert_eq!(library.refused("078", "desk").await, (Scope::Purpose("desk".to_owned()), Span::Day));
        library.book("078", "returned_mail").await.unwrap();
        library.clock.advance(TimeDelta::days(1));
        library.book("710", "returned_mail").await.unwrap();
        assert_eq!(library.refused("710", "returned_mail").await, (own, Span::Month));
    }

    async fn a_day_ends_at_midnight_in_helsinki_and_a_month_with_it(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 1\nreserve_percent = 0\nmonthly_ceiling = 2", "").await;
        let at = |text: &str| {
            let by = time(text) - library.clock.now();
            library.clock.advance(by);
        };
        // Winter: two hours before UTC's midnight. The day on which the clocks go back has 25 hours.
        for (last, next) in [
            ("2026-10-24T20:59:59.999999Z", "2026-10-24T21:00:00Z"),
            ("2026-12-05T21:59:59.999999Z", "2026-12-05T22:00:00Z"),
            ("2027-03-27T21:59:59.999999Z", "2027-03-27T22:00:00Z"),
        ] {
            at(last);
            library.book_many(1).await;
            assert_eq!(library.refused("710", "desk").await, (Scope::Installation, Span::Day), "{last}");
            at(next);
            library.book_many(1).await;
        }
        at("2026-10-25T21:59:59Z");
        assert_eq!(library.refused("710", "desk").await, (Scope::Installation, Span::Day));
        at("2026-10-31T21:59:59Z");
        assert_eq!(library.refused("710", "desk").await, (Scope::Installation, Span::Month));
        at("2026-10-31T22:00:00Z");
        library.book_many(1).await;
        // Summer: three hours before.
        at("2026-06-30T20:59:59Z");
        library.book_many(1).await;
        at("2026-06-30T21:00:00Z");
        library.book_many(1).await;
        let mut tx = library.context.db.read().await.unwrap();
        let day = |text: &str| text.parse().unwrap();
        let booked = query_ledger::booked(&mut tx, day("2026-06-30"), day("2026-07-02")).await.unwrap();
        let days: Vec<String> = booked.iter().map(|row| row.day.to_string()).collect();
        assert_eq!(days, ["2026-06-30", "2026-07-01"]);
    }

    async fn what_cannot_have_reached_vtj_is_given_back_and_nothing_is_settled_twice(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 2\nreserve_percent = 0", "").await;
        let (first, _) = library.book("710", "desk").await.unwrap();
        let (second, _) = library.book("710", "desk").await.unwrap();
        assert!(library.settle(first, Settled::Refunded).await);
        assert!(!library.settle(first, Settled::Spent).await, "it was given back");
        assert_eq!(library.used().await, 1);
        assert!(library.settle(second, Settled::Spent).await);
        assert!(!library.settle(second, Settled::Refunded).await, "it was spent");
        library.book_many(1).await;
        assert_eq!(library.refused("710", "desk").await, (Scope::Installation, Span::Day));
    }

    async fn nothing_remains_of_a_request_that_was_refused(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 0", "").await;
        assert_eq!(library.refused("710", "confirm_death").await, (Scope::Installation, Span::Day));
        let mut tx = library.context.db.read().await.unwrap();
        let start = (DateTime::UNIX_EPOCH, Uuid::nil());
        let log = disclosure::page(&mut tx, &disclosure::Filter::default(), start, 9).await.unwrap();
        assert!(log.is_empty());
    }

    async fn a_request_with_another_reason_to_be_urgent_may_use_the_reserve(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 1\nreserve_percent = 100", "").await;
        assert_eq!(library.refused("710", "desk").await, (Scope::Installation, Span::Day));
        let (town, desk) = (code("710"), &library.context.settings.purposes["desk"]);
        let now = library.context.clock.now();
        let row = DisclosureRow { id: new_id(now), requested_at: now, outcome: "sent".to_owned(), ..DisclosureRow::default() };
        let request = Request { id: new_id(now), disclosure: row.id, number: 1, municipality: &town, purpose: desk, urgent: true };
        let mut tx = library.context.db.begin().await.unwrap();
        disclosure::insert(&mut tx, &row).await.unwrap();
        budget::reserve(&mut tx, &library.context, &request).await.unwrap();
        tx.commit("test").await.unwrap();
        let mut tx = library.context.db.read().await.unwrap();
        assert!(query_ledger::of_disclosure(&mut tx, row.id).await.unwrap()[0].urgent);
    }

    async fn a_run_begins_only_if_all_of_it_fits(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 20\nreserve_percent = 50", "query_daily_ceiling = 6").await;
        let context = &library.context;
        let (town, elsewhere) = (code("710"), code("078"));
        let collection = &context.settings.purposes["debt_collection"];
        library.book_many(1).await;
        assert_eq!(budget::room(context, &town, collection).await.unwrap(), 5);
        assert_eq!(budget::room(context, &elsewhere, collection).await.unwrap(), 9);
        let urgent = &context.settings.purposes["confirm_death"];
        assert_eq!(budget::room(context, &elsewhere, urgent).await.unwrap(), 19);
        let run = |of_town, of_elsewhere| BTreeMap::from([(town.clone(), of_town), (elsewhere.clone(), of_elsewhere)]);
        assert!(budget::admit_run(context, &run(5, 4), collection).await.is_ok());
        let near = budget::admit_run(context, &run(4, 5), collection).await.unwrap();
        assert_eq!(near.iter().map(|near| &near.scope).collect::<Vec<_>>(), [&Scope::Municipality("710".to_owned())]);
        let refused = |queries| async move { budget::admit_run(context, &queries, collection).await.unwrap_err().to_string() };
        assert!(refused(run(6, 0)).await.contains("municipality 710"));
        assert!(refused(run(5, 5)).await.contains("the whole installation"), "together they are too many");
        assert_eq!(library.used().await, 1, "nothing was booked");
    }

    async fn what_a_dead_process_booked_counts_and_is_spent_once_after_ten_minutes(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 1\nreserve_percent = 0", "").await;
        let (id, _) = library.book("710", "desk").await.unwrap();
        library.clock.advance(TimeDelta::minutes(9));
        task::run(&library.context, Task::Housekeeping).await.unwrap();
        assert!(library.settle_state(id).await.0 == "reserved");
        library.clock.advance(TimeDelta::minutes(2));
        task::run(&library.context, Task::Housekeeping).await.unwrap();
        let spent = library.settle_state(id).await;
        assert_eq!((spent.0.as_str(), spent.1.as_deref()), ("spent", Some("unknown")));
        library.clock.advance(TimeDelta::minutes(20));
        task::run(&library.context, Task::Housekeeping).await.unwrap();
        assert_eq!(library.settle_state(id).await, spent, "once");
        assert!(!library.settle(id, Settled::Refunded).await, "the process was only slow");
        assert_eq!(library.refused("710", "desk").await, (Scope::Installation, Span::Day));
    }
}

impl Library {
    /// State, outcome and time of settling of an attempt.
    async fn settle_state(&self, id: Uuid) -> (String, Option<String>, Option<DateTime<Utc>>) {
        let mut tx = self.context.db.read().await.unwrap();
        let request = query_ledger::disclosure_of(&mut tx, id).await.unwrap().unwrap();
        let row = query_ledger::of_disclosure(&mut tx, request).await.unwrap().remove(0);
        (row.state, row.outcome, row.settled_at)
    }
}
