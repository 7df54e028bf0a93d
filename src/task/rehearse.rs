//! What a comparison would put into the queue now, without putting it there.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::reconcile::{Changes, Queue, waits_for_base_data};
use super::{Context, Task, TaskError, known};
use crate::audit::Actor;
use crate::store::data_key;

/// What a comparison of some patrons with VTJ's stored answers would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rehearsed {
    /// Patrons compared.
    pub compared: u64,
    /// Of them, those about whom VTJ has never answered, so that there is nothing to compare with.
    pub without_answer: u64,
    /// Patrons who are not compared before base data of a pending signal has come.
    pub waiting: u64,
    /// Patrons whose rows do not open.
    pub unopened: u64,
    /// Items that would be new, by kind.
    pub opened: BTreeMap<String, u64>,
    /// Open items that would be replaced because VTJ now says something else.
    pub replaced: u64,
}

impl Rehearsed {
    /// Adds what another comparison would do.
    pub fn add(&mut self, other: Self) {
        self.compared += other.compared;
        self.without_answer += other.without_answer;
        self.waiting += other.waiting;
        self.unopened += other.unopened;
        self.replaced += other.replaced;
        for (kind, count) in other.opened {
            *self.opened.entry(kind).or_default() += count;
        }
    }
}

/// Compares patrons by the code that does it in earnest, and keeps nothing of it but counts.
///
/// # Errors
/// When the database fails.
pub async fn rehearse(context: &Context, patrons: &[Uuid]) -> Result<Rehearsed, TaskError> {
    let keyring = data_key::keyring(&context.db, &context.vault, patrons).await?;
    let mut tx = context.db.read().await?;
    let (standings, unopened) = known::load(context, &mut tx, &keyring, patrons).await?;
    let mut queue = Queue::load(&mut tx, patrons).await?;
    drop(tx);
    let mut changes = Changes::new(context, &keyring, Actor::Task(Task::Reconcile.as_str()));
    let mut done =
        Rehearsed { unopened: u64::try_from(unopened.len()).unwrap_or(u64::MAX), ..Rehearsed::default() };
    for standing in &standings {
        if waits_for_base_data(standing, context.clock.now()) {
            done.waiting += 1;
            continue;
        }
        let before = changes.lengths();
        match changes.keep_true(standing, &mut queue) {
            Ok(()) => {
                done.compared += 1;
                done.without_answer += u64::from(standing.person.answer == "not_asked");
            }
            Err(TaskError::Store(error)) if error.is_of_one_row() => {
                changes.go_back(before);
                done.unopened += 1;
            }
            Err(error) => return Err(error),
        }
    }
    let replacing: BTreeSet<Uuid> = changes.updates.iter().filter_map(|row| row.superseded_by).collect();
    for row in &changes.inserts {
        if replacing.contains(&row.id) {
            done.replaced += 1;
        } else {
            *done.opened.entry(row.kind.clone()).or_default() += 1;
        }
    }
    Ok(done)
}
