//! The modelled floor of the bulk workloads: what no program that keeps the same promises can leave out.
//!
//! The same files are read, the same JSON is parsed, identity codes are hashed with HMAC, patrons are looked
//! up by that hash a thousand at a time, the address line is compared, and what is kept is sealed with
//! AES-GCM-SIV and committed with its audit row to SQLite in batches, `synchronous=FULL`. It knows no HTTP,
//! no states, no rules and no kinds: it is a bound to measure against, not a program.
//!
//! `limit full DATA DATABASE` loads patrons.csv and compares population.jsonl; `limit changes DATA DATABASE`
//! goes on with changes.jsonl in the same database; `limit codes DATA DATABASE` opens the code of everybody,
//! as VTJ must be asked about each by code to give any changes.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use aes_gcm_siv::aead::{Aead, KeyInit};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, QueryBuilder, Sqlite};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// People in one transaction and in one lookup.
const BATCH: usize = 1000;
/// Rows in one statement.
const ROWS: usize = 100;

#[derive(Deserialize)]
struct Line {
    henkilotunnus: String,
    tietoryhmat: Vec<serde_json::Value>,
}

struct Keys {
    index: Hmac<Sha256>,
    seal: Aes256GcmSiv,
}

impl Keys {
    fn new() -> Outcome<Self> {
        Ok(Self {
            index: <Hmac<Sha256> as KeyInit>::new_from_slice(&[7; 32])?,
            seal: Aes256GcmSiv::new_from_slice(&[9; 32])?,
        })
    }

    fn index(&self, code: &str) -> Vec<u8> {
        let mut mac = self.index.clone();
        mac.update(code.as_bytes());
        mac.finalize().into_bytes()[..16].to_vec()
    }

    fn seal(&self, plain: &[u8]) -> Outcome<Vec<u8>> {
        let nonce: [u8; 12] = rand::random();
        let sealed = self.seal.encrypt(&Nonce::from(nonce), plain).map_err(|_| "cannot be sealed")?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, sealed: &[u8]) -> Outcome<String> {
        let (nonce, sealed) = sealed.split_at(12);
        let nonce: [u8; 12] = nonce.try_into()?;
        let plain = self.seal.decrypt(&Nonce::from(nonce), sealed).map_err(|_| "does not open")?;
        Ok(String::from_utf8(plain)?)
    }
}

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [mode, data, database] = words.as_slice() else {
        println!("usage: limit full|changes|codes DATA DATABASE (benches/run does this)");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(mode, Path::new(data), Path::new(database)))
}

async fn run(mode: &str, data: &Path, database: &Path) -> Outcome<()> {
    let options = SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    let keys = Keys::new()?;
    if mode == "codes" {
        println!("{} bytes of questions", questions(&mut connection, &keys).await?);
        return Ok(());
    }
    let proposals = if mode == "full" {
        for sql in TABLES {
            sqlx::query(sql).execute(&mut connection).await?;
        }
        load(&mut connection, &keys, &data.join("patrons.csv")).await?;
        compare(&mut connection, &keys, &data.join("population.jsonl")).await?
    } else {
        compare(&mut connection, &keys, &data.join("changes.jsonl")).await?
    };
    println!("{proposals} proposals");
    Ok(())
}

const TABLES: [&str; 4] = [
    "CREATE TABLE patron (id INTEGER PRIMARY KEY, code_index BLOB NOT NULL, code BLOB NOT NULL,
         sealed BLOB NOT NULL) STRICT",
    "CREATE INDEX patron_code ON patron (code_index)",
    "CREATE TABLE proposal (patron INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT",
    "CREATE TABLE audit (sequence INTEGER PRIMARY KEY, action TEXT NOT NULL, patron INTEGER NOT NULL) STRICT",
];

async fn begin(connection: &mut SqliteConnection) -> Outcome<()> {
    sqlx::query("BEGIN IMMEDIATE").execute(connection).await?;
    Ok(())
}

async fn commit(connection: &mut SqliteConnection) -> Outcome<()> {
    sqlx::query("COMMIT").execute(connection).await?;
    Ok(())
}

async fn load(connection: &mut SqliteConnection, keys: &Keys, file: &Path) -> Outcome<()> {
    let mut reader = csv::Reader::from_path(file)?;
    let headers = reader.headers()?.clone();
    let at = |name: &str| headers.iter().position(|header| header == name).ok_or("a column is missing");
    let columns = [at("street_address")?, at("postal_code")?, at("city")?];
    let code_at = at("identity_code")?;
    let mut rows = Vec::with_capacity(BATCH);
    for record in reader.records() {
        let record = record?;
        let line = columns.map(|column| record.get(column).unwrap_or_default()).join(" ");
        let code = record.get(code_at).unwrap_or_default();
        rows.push((keys.index(code), keys.seal(code.as_bytes())?, keys.seal(line.as_bytes())?));
        if rows.len() == BATCH {
            insert_patrons(connection, &std::mem::take(&mut rows)).await?;
        }
    }
    insert_patrons(connection, &rows).await
}

/// Keyed hash of the code, sealed code, sealed address.
type Patron = (Vec<u8>, Vec<u8>, Vec<u8>);

async fn insert_patrons(connection: &mut SqliteConnection, rows: &[Patron]) -> Outcome<()> {
    begin(connection).await?;
    for rows in rows.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO patron (code_index, code, sealed) ");
        query.push_values(rows, |mut to, (index, code, sealed)| {
            to.push_bind(index).push_bind(code).push_bind(sealed);
        });
        query.build().execute(&mut *connection).await?;
    }
    commit(connection).await
}

async fn questions(connection: &mut SqliteConnection, keys: &Keys) -> Outcome<usize> {
    let (mut after, mut bytes) = (0, 0);
    loop {
        let sql = "SELECT id, code FROM patron WHERE id > $1 ORDER BY id LIMIT $2";
        let limit = i64::try_from(BATCH)?;
        let list: Vec<(i64, Vec<u8>)> =
            sqlx::query_as(sql).bind(after).bind(limit).fetch_all(&mut *connection).await?;
        let Some((last, _)) = list.last() else { return Ok(bytes) };
        after = *last;
        let codes = list.iter().map(|(_, code)| keys.open(code)).collect::<Outcome<Vec<String>>>()?;
        bytes += serde_json::to_vec(&codes)?.len();
    }
}

async fn compare(connection: &mut SqliteConnection, keys: &Keys, file: &Path) -> Outcome<usize> {
    let mut proposals = 0;
    let mut batch: HashMap<Vec<u8>, String> = HashMap::new();
    for line in BufReader::new(File::open(file)?).lines() {
        let person: Line = serde_json::from_str(&line?)?;
        if let Some(address) = address(&person.tietoryhmat) {
            batch.insert(keys.index(&person.henkilotunnus), address);
        }
        if batch.len() == BATCH {
            proposals += compare_batch(connection, keys, &std::mem::take(&mut batch)).await?;
        }
    }
    Ok(proposals + compare_batch(connection, keys, &batch).await?)
}

/// The permanent address as one line.
fn address(groups: &[serde_json::Value]) -> Option<String> {
    let home = groups.iter().find(|group| group["tietoryhma"] == "VAKINAINEN_KOTIMAINEN_OSOITE")?;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut line = [text(&home["katunimi"]["fi"]), text(&home["katunumero"])].join(" ");
    for part in ["huoneistokirjain", "huoneistonumero"] {
        let part = text(&home[part]);
        let part = part.trim_start_matches('0');
        if !part.is_empty() {
            line.push(' ');
            line.push_str(part);
        }
    }
    Some([line, text(&home["postinumero"]), text(&home["postitoimipaikka"]["fi"])].join(" "))
}

async fn compare_batch(
    connection: &mut SqliteConnection,
    keys: &Keys,
    batch: &HashMap<Vec<u8>, String>,
) -> Outcome<usize> {
    if batch.is_empty() {
        return Ok(0);
    }
    let mut query =
        QueryBuilder::<Sqlite>::new("SELECT id, code_index, sealed FROM patron WHERE code_index IN (");
    let mut list = query.separated(", ");
    for index in batch.keys() {
        list.push_bind(index);
    }
    query.push(")");
    let found: Vec<(i64, Vec<u8>, Vec<u8>)> = query.build_query_as().fetch_all(&mut *connection).await?;
    let mut proposals = Vec::new();
    for (patron, index, sealed) in found {
        let address = &batch[&index];
        if keys.open(&sealed)? != *address {
            proposals.push((patron, keys.seal(address.as_bytes())?));
        }
    }
    begin(connection).await?;
    for rows in proposals.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO proposal (patron, sealed) ");
        query.push_values(rows, |mut to, (patron, sealed)| {
            to.push_bind(patron).push_bind(sealed);
        });
        query.build().execute(&mut *connection).await?;
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO audit (action, patron) ");
        query.push_values(rows, |mut to, (patron, _)| {
            to.push_bind("proposal.open").push_bind(patron);
        });
        query.build().execute(&mut *connection).await?;
    }
    commit(connection).await?;
    Ok(proposals.len())
}
