//! Migrations: twins on both databases, applied in order to databases that hold something.
//!
//! Every migration brings sample rows in `tests/data/migrations/NUMBER.sql`, so that the ones after it are
//! tried on rows and not on empty tables.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ajantasa::store::{Db, StoreError, StoreUrl};
use sqlx::migrate::Migrator;
use sqlx::{PgPool, SqlitePool};

use crate::database::{self, TestDb, both};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The migrations of one database, in order.
fn migrations(database: &str) -> Vec<PathBuf> {
    let folder = project().join("src/store/migrations").join(database);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn names(database: &str) -> Vec<String> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    migrations(database).iter().map(name).collect()
}

/// The sample rows of a migration as a database writes them, or nothing.
fn samples(migration: &Path, sqlite: bool) -> Option<String> {
    let number = migration.file_name()?.to_str()?.split('_').next()?.to_owned();
    let path = project().join(format!("tests/data/migrations/{number}.sql"));
    let mut text = fs::read_to_string(path).ok()?;
    while let Some(start) = text.find("{uuid ").or_else(|| text.find("{bytes ")) {
        let end = start + text[start..].find('}').unwrap();
        let value = match text[start + 1..end].split_once(' ').unwrap() {
            ("uuid", number) if sqlite => {
                format!("x'{:0>32}'", format!("{:x}", number.parse::<u128>().unwrap()))
            }
            ("uuid", number) => format!("'{}'", uuid::Uuid::from_u128(number.parse().unwrap())),
            (_, digits) if sqlite => format!("x'{digits}'"),
            (_, digits) => format!("'\\x{digits}'"),
        };
        text.replace_range(start..=end, &value);
    }
    Some(text)
}

/// Applies the migrations one after another, each to the rows of those before it.
async fn apply_one_by_one(url: &StoreUrl) {
    let database = match url {
        StoreUrl::Sqlite(_) => "sqlite",
        StoreUrl::Postgres(_) => "postgres",
    };
    let so_far = tempfile::tempdir().unwrap();
    for migration in migrations(database) {
        fs::copy(&migration, so_far.path().join(migration.file_name().unwrap())).unwrap();
        let migrator = Migrator::new(so_far.path()).await.unwrap();
        match url {
            StoreUrl::Sqlite(path) => {
                let url = format!("sqlite:{}?mode=rwc", path.display());
                let pool = SqlitePool::connect(&url).await.unwrap();
                migrator.run(&pool).await.unwrap();
                pool.close().await;
            }
            StoreUrl::Postgres(url) => {
                let pool = PgPool::connect(url).await.unwrap();
                migrator.run(&pool).await.unwrap();
                pool.close().await;
            }
        }
        if let Some(rows) = samples(&migration, database == "sqlite") {
            database::execute(url, &rows).await.unwrap();
        }
    }
}

/// The program opens what the migrations left, and the rows are still there.
async fn opens_with_its_rows(url: &StoreUrl) {
    let db = Db::open(url).await.unwrap();
    let status = db.schema_status().await.unwrap();
    assert_eq!(status.applied, Some(status.known));
    let mut tx = db.read().await.unwrap();
    let patrons = ajantasa::store::patron::page(&mut tx, "", 9).await.unwrap();
    assert_eq!(patrons.len(), 1);
    let people = ajantasa::store::person::by_patrons(&mut tx, &[patrons[0].id]).await.unwrap();
    assert_eq!(people[0].follow_state, "following");
    drop(tx);
    db.close().await;
}

#[test]
fn the_two_databases_have_the_same_migrations_by_number_and_name() {
    let sqlite = names("sqlite");
    assert_eq!(sqlite, names("postgres"));
    for (at, name) in sqlite.iter().enumerate() {
        assert!(name.starts_with(&format!("{:04}_", at + 1)), "{name} is not number {}", at + 1);
    }
}

#[test]
fn each_migration_applies_to_rows_of_those_before_it_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = StoreUrl::Sqlite(folder.path().join("test.db"));
    database::block_on(async {
        apply_one_by_one(&url).await;
        opens_with_its_rows(&url).await;
    });
}

#[test]
fn each_migration_applies_to_rows_of_those_before_it_on_postgres() {
    database::with_postgres_url(&apply_one_by_one, |url| {
        database::block_on(opens_with_its_rows(&url));
    });
}

both! {
    async fn a_newer_schema_is_refused_and_left_as_it_is(database: &TestDb) {
        let checksum = if database.is_sqlite() { "x'00'" } else { "'\\x00'" };
        database.execute(&format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'of a later program', TRUE, {checksum}, 0)"
        )).await;
        let error = Db::open(&database.url).await.unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 9999, .. }), "{error}");
        assert_eq!(database.db.schema_status().await.unwrap().applied, Some(9999));
    }

    async fn several_may_create_a_database_at_once(database: &TestDb) {
        let url = database.empty_target().await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let url = url.clone();
            tasks.spawn(async move {
                let db = Db::open(&url).await.unwrap();
                let status = db.schema_status().await.unwrap();
                db.close().await;
                status.applied == Some(status.known)
            });
        }
        assert_eq!(tasks.join_all().await, [true; 4]);
    }
}

/// A table, a column, and what may be in it.
type Column = (String, String, &'static str, bool);

fn class(kind: &str) -> &'static str {
    match kind.to_lowercase().as_str() {
        "blob" | "uuid" | "bytea" => "bytes",
        "text" | "date" | "timestamp with time zone" => "text",
        "integer" | "bigint" | "boolean" => "integer",
        other => panic!("no twin is known for the type {other}"),
    }
}

/// The quoted words of an SQL text.
fn words(sql: &str) -> BTreeSet<String> {
    sql.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Columns; the words each table's checks allow; indexes.
#[derive(Debug, Default, PartialEq)]
struct Schema {
    columns: BTreeSet<Column>,
    words: BTreeMap<String, BTreeSet<String>>,
    indexes: BTreeSet<String>,
}

async fn sqlite_schema(path: &Path, schema: &mut Schema) {
    let pool = SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    let columns: Vec<(String, String, String, bool)> = sqlx::query_as(
        r#"SELECT m.name, c.name, c.type, c."notnull" OR c.pk > 0
           FROM sqlite_master m JOIN pragma_table_info(m.name) c
           WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '_sqlx_migrations'"#,
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    schema
        .columns
        .extend(columns.into_iter().map(|(table, column, kind, full)| (table, column, class(&kind), full)));
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT type, name, sql FROM sqlite_master
         WHERE sql IS NOT NULL AND type <> 'trigger' AND name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    for (kind, name, sql) in rows {
        if kind == "index" {
            schema.indexes.insert(name);
        } else {
            schema.words.insert(name, words(&sql));
        }
    }
    pool.close().await;
}

async fn postgres_schema(url: &str) -> Schema {
    let pool = PgPool::connect(url).await.unwrap();
    let mut schema = Schema::default();
    let columns: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'NO'
         FROM information_schema.columns
         WHERE table_schema IN ('public', 'ajantasa_keys') AND table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    schema
        .columns
        .extend(columns.into_iter().map(|(table, column, kind, full)| (table, column, class(&kind), full)));
    for (table, ..) in &schema.columns {
        schema.words.entry(table.clone()).or_default();
    }
    let checks: Vec<(String, String)> = sqlx::query_as(
        "SELECT t.relname::text, pg_get_constraintdef(c.oid)
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
         WHERE c.contype = 'c' AND t.relnamespace IN ('public'::regnamespace, 'ajantasa_keys'::regnamespace)",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    for (table, check) in checks {
        schema.words.entry(table).or_default().extend(words(&check));
    }
    let indexes: Vec<String> = sqlx::query_scalar(
        "SELECT indexname::text FROM pg_indexes
         WHERE schemaname IN ('public', 'ajantasa_keys')
             AND indexname NOT IN (SELECT conname FROM pg_constraint)",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    schema.indexes.extend(indexes);
    pool.close().await;
    schema
}

#[test]
fn both_databases_have_the_same_tables_columns_words_and_indexes() {
    database::on_postgres(async |database: &TestDb| {
        let path = database.folder().join("twin.db");
        Db::open(&StoreUrl::Sqlite(path.clone())).await.unwrap().close().await;
        let mut sqlite = Schema::default();
        sqlite_schema(&path, &mut sqlite).await;
        let mut keys = path.into_os_string();
        keys.push("-keys");
        sqlite_schema(Path::new(&keys), &mut sqlite).await;
        let StoreUrl::Postgres(url) = &database.url else { panic!("not PostgreSQL") };
        let postgres = postgres_schema(url).await;
        assert!(postgres.columns.len() > 150, "only {} columns were found", postgres.columns.len());
        assert!(postgres.words["finding"].contains("outcome_unknown"));
        let one_sided: Vec<_> = sqlite.columns.symmetric_difference(&postgres.columns).collect();
        assert!(one_sided.is_empty(), "{one_sided:?}");
        assert_eq!(sqlite, postgres);
    });
}

#[test]
fn text_sorts_by_its_bytes_on_postgres_as_on_sqlite() {
    database::on_postgres(async |database: &TestDb| {
        let StoreUrl::Postgres(url) = &database.url else { panic!("not PostgreSQL") };
        let pool = PgPool::connect(url).await.unwrap();
        let otherwise: Vec<String> = sqlx::query_scalar(
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema IN ('public', 'ajantasa_keys') AND table_name <> '_sqlx_migrations'
                 AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        pool.close().await;
        assert!(otherwise.is_empty(), "not COLLATE \"C\": {otherwise:?}");
    });
}
