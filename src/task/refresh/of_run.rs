//! What came of the people of a run, noted on its own rows in the transaction of what it is about.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::super::ask::Asker;
use super::PersonAnswer;
use crate::store::run::Counted;
use crate::store::{self, Result, Tx};

/// The word for a person whose rows do not open, or whose data cannot be understood.
const UNREADABLE: &str = "unreadable";

/// What came of some people.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// VTJ has answered about them.
    pub(super) asked: Vec<Uuid>,
    /// Their own rows, or what VTJ said of them, cannot be read.
    pub(super) failed: Vec<Uuid>,
    /// They may not be asked about, for a reason.
    left_out: BTreeMap<String, Vec<Uuid>>,
    /// How many of the answers were new.
    pub(super) changed: u64,
}

impl Settled {
    /// Sorts one answer.
    pub(super) fn add(&mut self, patron: Uuid, answer: &PersonAnswer) {
        match answer {
            PersonAnswer::Unreadable(_) => self.failed.push(patron),
            PersonAnswer::Found(_) | PersonAnswer::Mismatch(_) | PersonAnswer::Absent => {
                self.asked.push(patron);
            }
        }
    }

    /// Leaves one out.
    pub(super) fn leave_out(&mut self, reason: &str, patron: Uuid) {
        self.left_out.entry(reason.to_owned()).or_default().push(patron);
    }

    /// Whether nothing came of anybody.
    pub(super) fn is_empty(&self) -> bool {
        self.asked.is_empty() && self.failed.is_empty() && self.left_out.is_empty()
    }

    /// Notes it on the run, if a run asks. `request`: the question that was answered, if one was asked.
    pub(super) async fn note(&self, tx: &mut Tx, by: Asker<'_>, request: Option<Uuid>) -> Result<()> {
        let Some((run, epoch)) = by.run else { return Ok(()) };
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let asked = store::run_person::settle(tx, run, &self.asked, "asked", None, request).await?;
        let failed =
            store::run_person::settle(tx, run, &self.failed, "failed", Some(UNREADABLE), request).await?;
        let mut left_out = 0;
        for (reason, patrons) in &self.left_out {
            left_out += store::run_person::settle(tx, run, patrons, "left_out", Some(reason), None).await?;
        }
        let questions = i64::from(request.is_some());
        let more = Counted {
            asked: number(asked),
            failed: number(failed),
            left_out: number(left_out),
            changed: number(self.changed),
            requests: questions,
            batches: questions,
        };
        store::run::count(tx, run, epoch, &more).await
    }
}
