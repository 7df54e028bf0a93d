//! Opening, transactions, and what errors mean.

use ajantasa::store::{Db, StoreError, StoreUrl, installation, new_id};
use chrono::{DateTime, Utc};

use super::now;
use crate::database::{TestDb, both, on_sqlite};

/// The times a statement reads.
pub async fn times(database: &TestDb, sql: &'static str) -> Vec<DateTime<Utc>> {
    match &database.url {
        StoreUrl::Sqlite(path) => {
            let url = format!("sqlite:{}", path.display());
            let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
            sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap()
        }
        StoreUrl::Postgres(url) => {
            let pool = sqlx::PgPool::connect(url).await.unwrap();
            let times = sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap();
            pool.close().await;
            times
        }
    }
}

both! {
    async fn what_is_not_committed_does_not_remain(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        installation::set(&mut tx, "name", "value").await.unwrap();
        drop(tx);
        let mut tx = database.db.read().await.unwrap();
        assert_eq!(installation::get(&mut tx, "name").await.unwrap(), None);
    }

    async fn what_is_copied_back_is_in_the_database_file_itself(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        installation::set(&mut tx, "name", "value").await.unwrap();
        tx.commit("test").await.unwrap();
        let StoreUrl::Sqlite(path) = &database.url else {
            // The server does it itself.
            database.db.copy_back().await.unwrap();
            return;
        };
        let copy = path.with_extension("copy");
        let found = async || {
            std::fs::copy(path, &copy).unwrap();
            let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", copy.display())).await.unwrap();
            let sql = "SELECT count(*) FROM installation WHERE name = 'name'";
            let found: Result<i64, sqlx::Error> = sqlx::query_scalar(sql).fetch_one(&pool).await;
            pool.close().await;
            found.unwrap_or(0)
        };
        assert_eq!(found().await, 0, "it is in the log only");
        database.db.copy_back().await.unwrap();
        assert_eq!(found().await, 1);
    }

    async fn a_reader_goes_on_seeing_the_moment_it_began(database: &TestDb) {
        let mut reader = database.db.read().await.unwrap();
        assert_eq!(installation::get(&mut reader, "name").await.unwrap(), None);
        let mut writer = database.db.begin().await.unwrap();
        installation::set(&mut writer, "name", "value").await.unwrap();
        writer.commit("test").await.unwrap();
        assert_eq!(installation::get(&mut reader, "name").await.unwrap(), None);
        drop(reader);
        let mut reader = database.db.read().await.unwrap();
        assert_eq!(installation::get(&mut reader, "name").await.unwrap().as_deref(), Some("value"));
    }

    async fn the_databases_clock_goes_forward_in_milliseconds(database: &TestDb) {
        let mut tx = database.db.begin().await.unwrap();
        let before = tx.database_now_ms().await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let after = tx.database_now_ms().await.unwrap();
        assert!(after - before >= 19, "{before} to {after}");
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let here = i64::try_from(since_epoch.as_millis()).unwrap();
        assert!((after - here).abs() < 60_000, "{after} is far from {here}");
    }

    async fn an_open_database_says_what_it_is_and_where_its_schema_stands(database: &TestDb) {
        assert_eq!(database.db.kind() == "sqlite", database.is_sqlite());
        let status = database.db.schema_status().await.unwrap();
        assert_eq!(status.applied, Some(status.known));
        let again = Db::open_unchanged(&database.url).await.unwrap();
        assert_eq!(again.schema_status().await.unwrap(), status);
        again.close().await;
    }
}

#[test]
fn identifiers_sort_by_the_time_they_were_made_and_within_it() {
    let ids: Vec<_> = (0..100).map(|_| new_id(now())).collect();
    assert!(ids.is_sorted());
    assert!(new_id(now() + chrono::Duration::seconds(1)) > ids[99]);
}

#[test]
fn an_sqlite_database_and_its_keys_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    on_sqlite(async |database: &TestDb| {
        let mut tx = database.db.begin().await.unwrap();
        installation::set(&mut tx, "name", "value").await.unwrap();
        tx.commit("test").await.unwrap();
        for entry in std::fs::read_dir(database.folder()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?}", entry.path());
        }
    });
}

#[test]
fn a_url_of_neither_kind_and_a_missing_folder_are_refused_by_name() {
    let error = StoreUrl::parse("mysql://localhost/x").unwrap_err();
    assert!(error.to_string().contains("sqlite: or postgres:"), "{error}");
    let url = StoreUrl::parse("sqlite:/nonexistent/folder/a.db").unwrap();
    let error = crate::database::block_on(Db::open(&url)).unwrap_err();
    assert!(matches!(error, StoreError::CannotOpen(_)), "{error}");
    assert!(error.to_string().contains("/nonexistent/folder"), "{error}");
}
