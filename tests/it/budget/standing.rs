//! How the budget is shown, by the library and by the command, and how the doctor speaks of it.

use std::process::Command;

use ajantasa::budget::{self, BudgetError, Settled};
use ajantasa::quota::Scope;
use ajantasa::task::Settings;
use chrono::TimeDelta;
use serde_json::Value;

use super::Library;
use crate::database::both;
use crate::scenario::{self, Ran};

impl Library {
    fn command(&self, arguments: &[&str]) -> Command {
        scenario::command(self.folder.path(), arguments)
    }

    fn ajantasa(&self, arguments: &[&str]) -> Ran {
        Ran::new(&self.command(arguments).output().unwrap())
    }
}

both! {
    async fn every_scope_is_shown_with_what_it_used_and_costs(database: &TestDb) {
        let query = "daily_ceiling = 5\nmonthly_ceiling = 100\nreserve_percent = 20\nprice_per_query = \"0.12\"";
        let library = Library::new(database, query, "query_monthly_ceiling = 50").await;
        library.book_many(3).await;
        let (given_back, _) = library.book("078", "confirm_death").await.unwrap();
        library.settle(given_back, Settled::Refunded).await;
        library.clock.advance(TimeDelta::days(1));
        library.book("078", "confirm_death").await.unwrap();
        let context = &library.context;
        let today = context.clock.today();
        let standing = budget::standing(&context.db, &context.settings, today).await.unwrap();
        let line = |scope: Scope| standing.lines.iter().find(|line| line.scope == scope).unwrap();
        let whole = line(Scope::Installation);
        assert_eq!((whole.day.used, whole.day.ceiling, whole.day.reserve), (1, Some(5), 1));
        assert_eq!((whole.month.used, whole.month.ceiling), (4, Some(100)));
        // Four in 22 days are five and a half in thirty.
        assert_eq!((whole.price.micro_euros, whole.estimate.micro_euros), (480_000, 654_545));
        let town = line(Scope::Municipality("710".to_owned()));
        assert_eq!((town.day.used, town.month.used, town.month.ceiling), (0, 3, Some(50)));
        assert_eq!(line(Scope::Purpose("confirm_death".to_owned())).month.used, 1);
        assert!(!standing.lines.iter().any(|line| line.scope == Scope::Purpose("register_upkeep".to_owned())));
        assert!(standing.near.is_empty());
        let without = Settings { query: None, ..(*context.settings).clone() };
        let error = budget::standing(&context.db, &without, today).await.unwrap_err();
        assert!(matches!(error, BudgetError::NotConfigured), "{error}");
    }

    async fn the_command_prints_it_and_the_doctor_warns(database: &TestDb) {
        let library = Library::new(database, "daily_ceiling = 1000\nproduct = \"PERUSSANOMA 1\"", "").await;
        let shown = library.ajantasa(&["budget", "--format", "json"]).ended(0).json();
        let whole = &shown["lines"][0];
        assert_eq!((&whole["scope"], &whole["daily_ceiling"], &whole["reserve"]), (&"installation".into(), &1000.into(), &100.into()));
        assert_eq!((&whole["used_today"], &whole["monthly_ceiling"]), (&0.into(), &Value::Null));
        assert_eq!(shown["warnings"], serde_json::json!([]));
        let table = library.ajantasa(&["budget"]).ended(0).stdout;
        assert!(table.contains("municipality 710") && table.contains("purpose desk"), "{table}");
        assert!(library.ajantasa(&["budget", "--format", "csv"]).ended(0).stdout.starts_with("for,today,of"));

        // Today, whatever day that is: as many bookings as the ceiling has.
        let today = ajantasa::clock::Clock::today(&ajantasa::clock::SystemClock);
        library.book_many(1).await;
        let day = if database.is_sqlite() { format!("'{today}'") } else { format!("DATE '{today}'") };
        database.execute(&format!("UPDATE query_ledger SET day = {day}")).await;
        let config = std::fs::read_to_string(library.folder.path().join("ajantasa.toml")).unwrap();
        let tight = config.replace("daily_ceiling = 1000", "daily_ceiling = 1");
        scenario::private(&library.folder.path().join("ajantasa.toml"), &tight);
        let warned = library.ajantasa(&["budget"]).ended(0).says("1 of 1 queries today for the whole installation");
        assert!(warned.stdout.contains("installation"));
        let doctor = library.ajantasa(&["doctor", "--online", "--format", "json"]).json();
        let state = |check: &str| {
            let found = doctor.as_array().unwrap().iter().find(|one| one["check"] == check);
            found.map_or(Value::Null, |one| one["state"].clone())
        };
        assert_eq!((state("budget"), state("query product")), ("warn".into(), "warn".into()), "{doctor}");
        assert_eq!(state("query online"), "wrong", "nobody listens there: {doctor}");
    }
}

#[test]
fn without_the_query_the_command_says_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    scenario::private(
        &folder.path().join("ajantasa.toml"),
        "[database]\nurl = \"sqlite:a.db\"\n[keys]\nfile = \"a.key\"\n",
    );
    ajantasa::seal::MasterKeys::generate().create(&folder.path().join("a.key")).unwrap();
    let ran = Ran::new(&scenario::command(folder.path(), &["budget"]).output().unwrap());
    ran.ended(78).says("[vtj.query]");
}
