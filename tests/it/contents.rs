//! What a database holds: every row as text, and the same by meaning, free of identifiers made at random, of
//! times and of ciphertexts, so that two installations can be compared.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use ajantasa::store::{self, Tx, data_key, data_key::Keyring};
use ajantasa::task::Context;
use uuid::Uuid;

use crate::scenario::{on, texts};

/// Rows that say when something ran and not what is known.
pub const OF_RUNS: [&str; 6] = ["task_run", "lease", "disclosure", "audit", "audit_head", "breaker"];

/// Every table but `without`, row by row, as the database writes it; `but` names columns to leave out, as
/// `table.column`.
pub async fn tables(context: &Context, without: &[&str], but: &[&str]) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let mut main = context.db.read().await.unwrap();
    for table in names(&mut main).await {
        if !without.contains(&table.as_str()) {
            found.insert(table.clone(), rows(&mut main, &table, but).await);
        }
    }
    drop(main);
    let mut keys = context.db.read_keys().await.unwrap();
    found.insert("data_key".to_owned(), rows(&mut keys, "data_key", but).await);
    found
}

async fn names(tx: &mut Tx) -> Vec<String> {
    let sql = match tx {
        Tx::Sqlite(_) => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlx%' ORDER BY name"
        }
        Tx::Postgres(_) => {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%sqlx%'
             ORDER BY 1"
        }
    };
    texts(tx, sql).await
}

async fn rows(tx: &mut Tx, table: &str, but: &[&str]) -> Vec<String> {
    let columns = match tx {
        Tx::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY name"),
        Tx::Postgres(_) => format!(
            "SELECT column_name::text FROM information_schema.columns
             WHERE table_name = '{table}' AND table_schema IN ('public', 'ajantasa_keys') ORDER BY 1"
        ),
    };
    let columns: Vec<String> = texts(tx, &columns)
        .await
        .into_iter()
        .filter(|column| !but.contains(&format!("{table}.{column}").as_str()))
        .map(|column| match tx {
            Tx::Sqlite(_) => format!("'{column}=' || quote(\"{column}\")"),
            Tx::Postgres(_) => format!("'{column}=' || coalesce(\"{column}\"::text, 'NULL')"),
        })
        .collect();
    texts(tx, &format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || ' ' || "))).await
}

/// What an installation knows, line by line, sorted: the same lines for the same knowledge.
pub async fn knowledge(context: &Context) -> Vec<String> {
    let mut read = context.db.read().await.unwrap();
    let patrons = store::patron::page(&mut read, "", 100_000).await.unwrap();
    let ids: Vec<Uuid> = patrons.iter().map(|row| row.id).collect();
    let names: BTreeMap<Uuid, String> = patrons.iter().map(|row| (row.id, row.patron_id.clone())).collect();
    let keyring = data_key::keyring(&context.db, &context.vault, &ids).await.unwrap();
    let mut lines = Vec::new();
    for row in &patrons {
        let opened = serde_json::to_string(&row.open(&keyring).unwrap()).unwrap();
        let digest = hex::encode(&row.row_digest);
        lines.push(format!(
            "patron {} {} {} {} {:?} {:?} {} {} {:?} {digest} {opened}",
            row.patron_id,
            row.card_number,
            row.last_name,
            row.first_names,
            row.birth_date,
            row.language,
            row.municipality,
            row.notes,
            (row.protected_mark, row.in_register, &row.guarantor_patron_id),
        ));
    }
    for row in store::person::by_patrons(&mut read, &ids).await.unwrap() {
        let opened = serde_json::to_string(&row.open(&keyring).unwrap()).unwrap();
        lines.push(format!(
            "person {} {} {:?} {:?} due {:?} {} {:?} {} {:?} {opened}",
            names[&row.patron],
            row.follow_state,
            (row.unfollowed_because, &row.municipality, row.list.is_some()),
            row.code_index.map(hex::encode),
            (row.enrol_due, row.refresh_due_at.is_some(), row.compare_due, row.compare_on),
            row.answer,
            (row.absent_since.is_some(), row.record_digest.map(hex::encode)),
            row.protection,
            (row.held_as_dead, row.frozen, row.code_change_signalled),
        ));
    }
    findings(&mut read, &keyring, &names, &mut lines).await;
    simple(&mut read, &mut lines).await;
    drop(read);
    let mut keys = context.db.read_keys().await.unwrap();
    let held: Vec<Uuid> = on!(&mut keys, conn =>
        sqlx::query_scalar("SELECT patron FROM data_key").fetch_all(conn).await.unwrap());
    for (id, name) in &names {
        lines.push(format!("keys of {name}: {}", held.iter().filter(|patron| *patron == id).count()));
    }
    let of_nobody = held.iter().filter(|patron| !names.contains_key(patron)).count();
    lines.push(format!("keys of nobody: {of_nobody}"));
    lines.sort();
    lines
}

async fn findings(tx: &mut Tx, keyring: &Keyring, names: &BTreeMap<Uuid, String>, lines: &mut Vec<String>) {
    let ids: Vec<Uuid> =
        on!(tx, conn => sqlx::query_scalar("SELECT id FROM finding").fetch_all(conn).await.unwrap());
    for id in ids {
        let row = store::finding::get(tx, id).await.unwrap().unwrap();
        let content = match &row.sealed {
            Some(_) => serde_json::to_string(&row.open(keyring).unwrap()).unwrap(),
            None => "wiped".to_owned(),
        };
        lines.push(format!(
            "finding {} {} {} {} {} {:?} {} {:?} {content}",
            names[&row.patron],
            row.kind,
            row.state,
            row.rule,
            row.reason,
            (&row.moved, row.single_review, row.confirmable),
            // Of somebody absent the evidence is since when.
            if row.kind == "not_in_vtj" { String::new() } else { hex::encode(&row.evidence_digest) },
            (row.decision.is_some(), row.superseded_by.is_some()),
        ));
    }
}

/// What can be said in SQL alone.
async fn simple(tx: &mut Tx, lines: &mut Vec<String>) {
    for sql in [
        "SELECT 'follows ' || l.municipality || ' ' || p.patron_id FROM follow_member m
         JOIN follow_list l ON l.id = m.list JOIN patron p ON p.id = m.patron WHERE m.left_version IS NULL",
        "SELECT DISTINCT 'cursor ' || municipality || ' ' || coalesce(CAST(cursor_key AS TEXT), 'none') FROM follow_list
         WHERE members > 0",
        "SELECT 'list wrong ' || municipality FROM follow_list l WHERE members <>
         (SELECT count(*) FROM follow_member m WHERE m.list = l.id AND m.left_version IS NULL)",
        "SELECT 'inbox ' || p.patron_id || ' ' || i.state || ' '
         || CASE WHEN i.sealed IS NULL THEN 'emptied' ELSE 'sealed' END
         FROM inbox i JOIN patron p ON p.id = i.patron",
        "SELECT 'decision ' || p.patron_id || ' ' || f.kind || ' ' || d.verdict FROM decision d
         JOIN finding f ON f.id = d.finding JOIN patron p ON p.id = f.patron",
        "SELECT 'estate ' || p.patron_id || ' ' || e.state FROM estate_case e JOIN patron p ON p.id = e.patron",
        "SELECT DISTINCT 'asked ' || d.interface || ' ' || d.municipality || ' ' || p.patron_id
         FROM disclosure d JOIN disclosure_subject s ON s.disclosure = d.id JOIN patron p ON p.id = s.patron",
        "SELECT DISTINCT 'asked for ' || interface || ' ' || municipality FROM disclosure",
        "SELECT 'account ' || name || ' ' || role FROM account",
        "SELECT 'installation ' || name || ' ' || value FROM installation",
        "SELECT 'attempt open' FROM apply_attempt WHERE finished_at IS NULL",
        "SELECT 'round running ' || task FROM task_run WHERE outcome = 'running'",
        "SELECT 'lease held ' || task FROM lease WHERE expires_ms > 0",
    ] {
        lines.extend(texts(tx, sql).await);
    }
    let surnames: Vec<(String, Vec<u8>)> = on!(tx, conn => sqlx::query_as(
        "SELECT p.patron_id, s.surname_hash FROM earlier_surname s JOIN patron p ON p.id = s.patron")
        .fetch_all(conn).await.unwrap());
    lines.extend(surnames.iter().map(|(patron, hash)| format!("surname {patron} {}", hex::encode(hash))));
}

/// Effects without their audit record, and gaps in the log.
pub async fn unrecorded(context: &Context) -> Vec<String> {
    let mut read = context.db.read().await.unwrap();
    let mut found = Vec::new();
    for sql in [
        "SELECT 'finding without its audit record: ' || f.kind FROM finding f WHERE NOT EXISTS
         (SELECT 1 FROM audit a WHERE a.finding = f.id AND a.action = 'finding.open')",
        "SELECT 'decision without its audit record: ' || d.verdict FROM decision d WHERE NOT EXISTS
         (SELECT 1 FROM audit a WHERE a.decision = d.id)",
        "SELECT 'attempt without its audit record' FROM apply_attempt t WHERE NOT EXISTS
         (SELECT 1 FROM audit a WHERE a.finding = t.finding AND a.action = 'finding.apply')",
        "SELECT 'request without its audit record: ' || d.interface FROM disclosure d WHERE NOT EXISTS
         (SELECT 1 FROM audit a WHERE a.request = d.id AND a.action = 'vtj.ask')",
        "SELECT 'change without its audit record' FROM inbox i WHERE NOT EXISTS
         (SELECT 1 FROM audit a WHERE a.request = i.request AND a.action = 'change.receive')",
        "SELECT 'patron without an audit record: ' || p.patron_id FROM patron p
         WHERE (SELECT count(*) FROM audit a WHERE a.action = 'patron.import.add')
         <> (SELECT count(*) FROM patron)",
        "SELECT 'the audit log has gaps' FROM audit_head h WHERE h.last_sequence <> (SELECT count(*) FROM audit)
         OR h.last_sequence <> (SELECT coalesce(max(sequence), 0) FROM audit)",
    ] {
        found.extend(texts(&mut read, sql).await);
    }
    found
}

/// The lines that only one of the two has.
pub fn difference(expected: &[String], found: &[String]) -> Vec<String> {
    let mut difference = Vec::new();
    let (mut left, mut right) = (expected.iter().peekable(), found.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (None, None) => return difference,
            (Some(one), Some(other)) if one == other => {
                left.next();
                right.next();
            }
            (Some(one), other) if other.is_none_or(|other| one < other) => {
                difference.push(format!("missing: {one}"));
                left.next();
            }
            (_, Some(other)) => {
                difference.push(format!("too much: {other}"));
                right.next();
            }
            (Some(_), None) => unreachable!("covered by the guard above"),
        }
    }
}
