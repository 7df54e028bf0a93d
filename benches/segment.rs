//! Counting whom a segment selects, beside the floor: one scan of the same index.
//!
//! `segment DATABASE PATRONS` makes an SQLite database with so many invented patrons, by statements of the database
//! alone, and counts some segments of three conditions in it, by turns with a bare scan of `patron_segment` that tests
//! one column. It prints the median of each and their ratio. Nothing is asserted.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ajantasa::municipality::MunicipalityCode;
use ajantasa::segment::{Segment, SegmentRules};
use ajantasa::store::segment::{SegmentScope, count, left_out};
use ajantasa::store::{Db, StoreUrl};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Executor as _};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Turns of each.
const TURNS: usize = 7;
/// The towns of the patrons.
const TOWNS: [&str; 5] = ["078", "092", "149", "710", "755"];
/// What is counted: in one town of five, in all of them, and one that selects most people.
const SEGMENTS: [&str; 3] = [
    "municipality = 710 and open_debts and not_verified_for 6 months",
    "open_debts and age >= 18 and not_verified_for 6 months",
    "age >= 10 and not wrong_contact_details and not_verified_for 1 month",
];

/// Patrons of whom a twelfth has debts and a fortieth wrong contact details; the length of what is sealed is that
/// of real rows.
const PATRONS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
    INSERT INTO patron (id, patron_id, card_number, key_version, sealed, last_name, first_names, birth_date, language,
        patron_group, municipality, home_library, open_loans, unpaid_fees_cents, oldest_due_date, owning_library, kind,
        protected_mark, notes, row_digest, in_register, last_import, sources, version, created_at, updated_at)
    SELECT unhex(printf('%012x7%03x', i, i % 4096) || hex(randomblob(8))), 'P' || i, 'C' || i, 1, randomblob(320),
        'Testinen', 'Tiina', date('2020-01-01', '-' || (i * 7919 % 30000) || ' days'),
        CASE WHEN i % 10 < 6 THEN 'fi' WHEN i % 10 < 9 THEN 'sv' END, 'Asiakasryhmä ' || (i % 7),
        CASE i % 5 WHEN 0 THEN '078' WHEN 1 THEN '092' WHEN 2 THEN '149' WHEN 3 THEN '710' ELSE '755' END,
        'Kirjasto ' || (i % 31), i % 4, CASE WHEN i % 12 = 0 THEN i % 9000 ELSE 0 END,
        CASE WHEN i % 4 > 0 THEN date('2026-11-21', '-' || (i % 400) || ' days') END, '', 'person', 0,
        CASE WHEN i % 40 = 0 THEN 'wrong_contact_details' ELSE '' END, randomblob(32), 1, zeroblob(16), '{}', 1,
        '2026-11-21T10:00:00+00:00', '2026-11-21T10:00:00+00:00'
    FROM n";

/// A twentieth may not be asked about, an eleventh has never been, the others have within two years.
const PEOPLE: &str =
    "INSERT INTO person (patron, follow_state, unfollowed_because, municipality, list, enrol_due,
        refresh_attempts, answer, answered_at, record_version, record_digest, key_version, sealed, protection,
        protection_period, held_as_dead, frozen, code_change_signalled, compare_due)
    SELECT id, CASE WHEN rowid % 20 = 0 THEN 'unfollowed' ELSE 'following' END,
        CASE WHEN rowid % 20 = 0 THEN 'no_code' END, municipality, zeroblob(16), 0, 0,
        CASE WHEN rowid % 11 = 0 THEN 'not_asked' ELSE 'found' END,
        CASE WHEN rowid % 11 > 0
            THEN strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-11-21', '-' || (rowid * 31 % 700) || ' days') END,
        1, randomblob(32), 1, randomblob(700), 'no', 0, 0, 0, 0, 0
    FROM patron ORDER BY id";

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [database, patrons] = words[..] else {
        println!("usage: segment DATABASE PATRONS");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(&PathBuf::from(database), patrons.parse()?))
}

async fn measure(database: &Path, patrons: i64) -> Outcome<()> {
    let db = Db::open(&StoreUrl::Sqlite(database.to_owned())).await?;
    let started = Instant::now();
    fill(database, patrons).await?;
    println!("{patrons} patrons made in {:.1} s", started.elapsed().as_secs_f64());
    let scope = scope()?;
    let mut bare = connection(database).await?;
    println!("| segment | people | ours ms | limit ms | ours/limit | left out, ms |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for text in SEGMENTS {
        let segment = Segment::parse(text)?;
        let (mut ours, mut limit, mut others, mut people) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for _ in 0..TURNS {
            let mut tx = db.read().await?;
            let started = Instant::now();
            people = count(&mut tx, &segment, &scope).await?.iter().map(|(_, people)| people).sum();
            ours.push(started.elapsed().as_secs_f64());
            let started = Instant::now();
            left_out(&mut tx, &segment, &scope).await?;
            others.push(started.elapsed().as_secs_f64());
            drop(tx);
            let started = Instant::now();
            scan(&mut bare).await?;
            limit.push(started.elapsed().as_secs_f64());
        }
        let (ours, limit, others) = (median(ours), median(limit), median(others));
        println!(
            "| {text} | {people} | {:.1} | {:.1} | {:.2} | {:.1} |",
            ours * 1e3,
            limit * 1e3,
            ours / limit,
            others * 1e3
        );
    }
    db.close().await;
    Ok(())
}

fn scope() -> Outcome<SegmentScope> {
    let municipalities = TOWNS.iter().map(|code| MunicipalityCode::parse(code)).collect::<Result<_, _>>()?;
    let today = "2026-11-21".parse()?;
    let rules = SegmentRules { minimum_days_overdue: 60, home_service_groups: BTreeSet::new() };
    Ok(SegmentScope { municipalities, today, rules })
}

/// A connection with the cache of one that reads in the program.
async fn connection(database: &Path) -> Outcome<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .pragma("cache_size", "-2048")
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(false);
    Ok(options.connect().await?)
}

async fn fill(database: &Path, patrons: i64) -> Outcome<()> {
    let mut connection = connection(database).await?;
    connection.execute("PRAGMA cache_size = -262144").await?;
    sqlx::query(PATRONS).bind(patrons).execute(&mut connection).await?;
    sqlx::query(PEOPLE).execute(&mut connection).await?;
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    Ok(())
}

/// The floor: every entry of the index is read once, and one of its columns tested.
async fn scan(connection: &mut SqliteConnection) -> Outcome<i64> {
    let sql = "SELECT count(*) FROM patron INDEXED BY patron_segment
         WHERE municipality > '' AND unpaid_fees_cents > 0";
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
