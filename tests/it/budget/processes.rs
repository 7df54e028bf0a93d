//! Several processes at one ledger, and processes that die at it. The processes are this test binary, started again
//! for the one test below that books.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use ajantasa::budget::BudgetError;
use ajantasa::clock::TestClock;
use ajantasa::store::{StoreUrl, query_ledger};

use super::{Library, NOON, book, time};
use crate::database::{TestDb, block_on, both};
use crate::scenario;

/// How many book at once.
const PROCESSES: usize = 8;

/// The folder of the library in which to book.
const FOLDER: &str = "AJANTASA_TEST_LEDGER_FOLDER";
/// Its database.
const URL: &str = "AJANTASA_TEST_LEDGER_URL";
/// The purpose for which to book.
const PURPOSE: &str = "AJANTASA_TEST_LEDGER_PURPOSE";
/// How many to book at most.
const MOST: &str = "AJANTASA_TEST_LEDGER_MOST";

#[test]
fn books_until_it_is_refused_when_it_is_started_for_that() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let variable = |name: &str| std::env::var(name).unwrap();
    let url = StoreUrl::parse(&variable(URL)).unwrap();
    let (purpose, most): (String, u32) = (variable(PURPOSE), variable(MOST).parse().unwrap());
    drop(rustls::crypto::ring::default_provider().install_default());
    block_on(async {
        let clock = Arc::new(TestClock::at(time(NOON)));
        let context = scenario::context(Path::new(&folder), &url, clock).await;
        for _ in 0..most {
            match book(&context, "710", &purpose, "test.book").await {
                Ok((id, _)) => {
                    let mut tx = context.db.begin().await.unwrap();
                    let now = context.clock.now();
                    let spent = ajantasa::budget::Settled::Spent;
                    assert!(ajantasa::budget::settle(&mut tx, id, spent, "answered", now).await.unwrap());
                    tx.commit("test.settle").await.unwrap();
                }
                Err(BudgetError::CeilingReached(_)) => break,
                Err(error) => panic!("{error}"),
            }
        }
        context.db.close().await;
    });
}

impl Library {
    fn booking(&self, database: &TestDb, purpose: &str, most: u32) -> Command {
        let url = match &database.url {
            StoreUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            StoreUrl::Postgres(url) => url.clone(),
        };
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "budget::processes::books_until_it_is_refused_when_it_is_started_for_that"])
            .env(FOLDER, self.folder.path())
            .env(URL, url)
            .env(PURPOSE, purpose)
            .env(MOST, most.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// How many are in each state.
    async fn states(&self) -> (i64, i64) {
        let mut tx = self.context.db.read().await.unwrap();
        let sql = "SELECT count(CASE WHEN state = 'reserved' THEN 1 END), count(CASE WHEN state = 'spent' THEN 1 END)
             FROM query_ledger";
        scenario::on!(&mut tx, conn => sqlx::query_as(sql).fetch_one(conn).await.unwrap())
    }
}

both! {
    async fn eight_processes_at_once_never_pass_a_ceiling_and_use_all_of_it(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 60\nreserve_percent = 10", "").await;
        for (purpose, total) in [("desk", 54), ("confirm_death", 60)] {
            let start = |_| library.booking(database, purpose, u32::MAX).spawn().unwrap();
            let started: Vec<Child> = (0..PROCESSES).map(start).collect();
            for mut child in started {
                assert!(child.wait().unwrap().success());
            }
            assert_eq!(library.used().await, total, "{purpose}");
            assert_eq!(library.states().await, (0, total), "{purpose}");
        }
    }
}

#[cfg(feature = "fault-points")]
mod kills {
    use std::os::unix::process::ExitStatusExt as _;

    use ajantasa::task::{self, Task};
    use chrono::TimeDelta;

    use super::*;

    both! {
        async fn a_kill_between_booking_and_settling_loses_nothing_and_doubles_nothing(database: &TestDb) {
            let library = Library::new(database, "daily_ceiling = 100\nreserve_percent = 0", "").await;
            let mut total = 0;
            for (fault, reserved, booked) in [
                ("test.book:before:1", 0, 0),
                ("test.book:after:1", 1, 1),
                ("test.settle:before:1", 1, 1),
                ("test.settle:after:1", 0, 1),
                ("test.book:after:2", 1, 2),
            ] {
                let mut command = library.booking(database, "desk", 3);
                let ended = command.env("AJANTASA_FAULT", fault).status().unwrap();
                assert_eq!(ended.signal(), Some(9), "{fault}: {ended}");
                total += booked;
                assert_eq!(library.states().await, (reserved, total - reserved), "{fault}");
                assert_eq!(library.used().await, total, "{fault}: what a dead process booked counts");
                // Spent once, in the first round after ten minutes.
                for _ in 0..2 {
                    library.clock.advance(TimeDelta::minutes(11));
                    task::run(&library.context, Task::Housekeeping).await.unwrap();
                    assert_eq!(library.states().await, (0, total), "{fault}");
                }
                assert_eq!(library.used().await, total, "{fault}");
            }
        }
    }
}

both! {
    async fn the_head_counts_every_booking_that_was_committed(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 3\nreserve_percent = 0", "").await;
        library.book_many(3).await;
        drop(library.refused("710", "desk").await);
        let mut tx = library.context.db.begin().await.unwrap();
        query_ledger::lock(&mut tx).await.unwrap();
        drop(tx);
        let mut tx = library.context.db.read().await.unwrap();
        let sql = "SELECT booked FROM query_ledger_head";
        let booked: i64 = scenario::on!(&mut tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap());
        assert_eq!(booked, 3);
    }
}
