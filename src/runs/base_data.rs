//! The people of a run, asked about by base data: up to a thousand of one municipality in a request.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::RUN;
use super::way::Turn;
use crate::store::asked::{self, AskableRow, AskedRow};
use crate::store::run::Counted;
use crate::store::{self, run_person};
use crate::task::refresh::{Asker, read_batch};
use crate::task::{Report, TaskError};

/// People in one request: VTJ takes no more.
pub(super) const BATCH: i64 = 1000;

/// Why somebody is left out who is not there any more.
const FORGOTTEN: &str = "forgotten";
/// Why somebody is left out who belongs to another municipality now.
const OTHER_MUNICIPALITY: &str = "other_municipality";
/// Why somebody is left out whose municipality has no permit any more.
const NO_PERMIT: &str = "no_permit";

/// Asks about them. Who may not be asked about any more is left out.
pub(super) async fn ask(turn: &Turn<'_>) -> Result<(), TaskError> {
    let ids: Vec<Uuid> = turn.people.iter().map(|person| person.patron).collect();
    let rows = asked::of_patrons(&mut turn.context.db.read().await?, &ids).await?;
    let code = turn.people.first().map_or("", |person| person.municipality.as_str());
    let municipality = turn.context.settings.municipalities.get(code);
    let (mut due, mut left_out): (Vec<AskedRow>, BTreeMap<String, Vec<Uuid>>) = Default::default();
    let mut gone: BTreeSet<Uuid> = ids.into_iter().collect();
    for row in rows {
        gone.remove(&row.asked.patron);
        match left_out_because(&row, code, municipality.is_some()) {
            Some(reason) => left_out.entry(reason).or_default().push(row.asked.patron),
            None => due.push(row.asked),
        }
    }
    if !gone.is_empty() {
        left_out.insert(FORGOTTEN.to_owned(), gone.into_iter().collect());
    }
    leave_out(turn, &left_out).await?;
    let Some(municipality) = municipality.filter(|_| !due.is_empty()) else { return Ok(()) };
    let name = format!("schedule {}", turn.open.name);
    let asker = Asker { task: RUN, name: Some(&name), run: Some((turn.open.run.id, turn.lease.epoch())) };
    let mut report = Report::default();
    read_batch(turn.context, turn.lease, asker, municipality, due, &mut report).await
}

/// Why nobody may ask about a person of a run any more; the test of the opened rows comes later.
fn left_out_because(row: &AskableRow, municipality: &str, has_permit: bool) -> Option<String> {
    if row.follow_state == "unfollowed" {
        return Some(row.unfollowed_because.clone().unwrap_or_else(|| FORGOTTEN.to_owned()));
    }
    if row.municipality != municipality {
        return Some(OTHER_MUNICIPALITY.to_owned());
    }
    (!has_permit).then(|| NO_PERMIT.to_owned())
}

async fn leave_out(turn: &Turn<'_>, left_out: &BTreeMap<String, Vec<Uuid>>) -> Result<(), TaskError> {
    if left_out.is_empty() {
        return Ok(());
    }
    let run = turn.open.run.id;
    let mut tx = turn.lease.begin().await?;
    let mut count = 0;
    for (reason, patrons) in left_out {
        count += run_person::settle(&mut tx, run, patrons, "left_out", Some(reason), None).await?;
    }
    let more = Counted { left_out: i64::try_from(count).unwrap_or(i64::MAX), ..Counted::default() };
    store::run::count(&mut tx, run, turn.lease.epoch(), &more).await?;
    tx.commit("run.left_out").await?;
    Ok(())
}
