//! What a comparison changes in the queue: findings made, left alone, moved on, replaced or closed.

use uuid::Uuid;

use super::super::known::Standing;
use super::super::{Context, TaskError};
use super::Waiting;
use super::queue::Queue;
use crate::audit::{Actor, Event};
use crate::finding::{Finding, FindingKind};
use crate::provenance::Source;
use crate::store;
use crate::store::data_key::Keyring;
use crate::store::finding::{FindingRow, SealedFinding};

/// What a batch changes in the queue.
pub(in crate::task) struct Changes<'a> {
    context: &'a Context,
    keyring: &'a Keyring,
    actor: Actor,
    pub(super) waiting: Waiting,
    pub(in crate::task) inserts: Vec<FindingRow>,
    pub(in crate::task) updates: Vec<FindingRow>,
    pub(super) events: Vec<Event>,
}

impl<'a> Changes<'a> {
    pub(in crate::task) fn new(context: &'a Context, keyring: &'a Keyring, actor: Actor) -> Self {
        let waiting = Waiting::No;
        Self {
            context,
            keyring,
            actor,
            waiting,
            inserts: Vec::new(),
            updates: Vec::new(),
            events: Vec::new(),
        }
    }

    /// How much there is to insert, to update and to record.
    pub(in crate::task) fn lengths(&self) -> [usize; 3] {
        [self.inserts.len(), self.updates.len(), self.events.len()]
    }

    pub(in crate::task) fn go_back(&mut self, [inserts, updates, events]: [usize; 3]) {
        self.inserts.truncate(inserts);
        self.updates.truncate(updates);
        self.events.truncate(events);
    }

    pub(in crate::task) fn keep_true(
        &mut self,
        standing: &Standing,
        queue: &mut Queue,
    ) -> Result<(), TaskError> {
        let patron = standing.row.id;
        let outcome = standing.compare(self.context);
        for finding in &outcome.findings {
            let digest = evidence_digest(self.context, standing, finding);
            let open = queue.open.remove(&(patron, finding.kind.as_str().to_owned()));
            if queue.is_settled(self.keyring, standing, finding, &digest) {
                if let Some(open) = open {
                    self.close(standing, open)?;
                }
                continue;
            }
            match open {
                None => {
                    let held_back = self.waiting == Waiting::HeldBack && finding.kind.may_wait();
                    let row = self.new_row(standing, finding, digest, held_back)?;
                    self.inserts.push(row);
                }
                Some(open) => self.compare_with_open(standing, finding, digest, open)?,
            }
        }
        let of_patron = (patron, String::new())..;
        let gone: Vec<(Uuid, String)> = queue
            .open
            .range(of_patron)
            .map(|(key, _)| key)
            .take_while(|(of, _)| *of == patron)
            .cloned()
            .collect();
        for key in gone {
            if let Some(open) = queue.open.remove(&key) {
                self.close(standing, open)?;
            }
        }
        Ok(())
    }

    fn compare_with_open(
        &mut self,
        standing: &Standing,
        finding: &Finding,
        digest: Vec<u8>,
        mut open: FindingRow,
    ) -> Result<(), TaskError> {
        if is_under_way(&open) {
            return Ok(());
        }
        if open.evidence_digest != digest {
            // What has been opened is not taken away again, whatever VTJ says now.
            let held_back = open.held_back && self.waiting != Waiting::Opened;
            let row = self.new_row(standing, finding, digest, held_back)?;
            open.superseded_by = Some(row.id);
            self.inserts.push(row);
            return self.end(standing, open, "superseded");
        }
        let held = open.open(self.keyring)?;
        let present = content(finding);
        let same_fields = held.fields == present.fields;
        let released = open.held_back && self.waiting == Waiting::Opened;
        if released {
            open.held_back = false;
            self.push_event(standing, &open, "finding.release")?;
        }
        let same =
            same_fields && open.rule == finding.rule.code() && open.patron_version == standing.row.version;
        if same && !released && open.change_class.is_some() {
            return Ok(());
        }
        open.patron_version = standing.row.version;
        open.record_version = standing.person.record_version;
        finding.rule.code().clone_into(&mut open.rule);
        open.reason = finding.reason();
        open.classify(&present)?;
        if !same_fields {
            // Nobody has seen what is held back, so that nothing has moved under anybody's eyes.
            let unseen = open.held_back || released;
            open.moved = (!unseen).then(|| moved_fields(&held, &present));
            if unseen { "new" } else { "stale" }.clone_into(&mut open.state);
            open.snoozed_until = None;
            open.reseal(self.keyring.newest(standing.row.id)?, &present)?;
        }
        open.updated_at = self.context.clock.now();
        open.version += 1;
        if !same {
            self.push_event(standing, &open, "finding.recompute")?;
        }
        self.updates.push(open);
        Ok(())
    }

    fn close(&mut self, standing: &Standing, open: FindingRow) -> Result<(), TaskError> {
        if is_under_way(&open) {
            return Ok(());
        }
        self.end(standing, open, "closed")
    }

    fn end(&mut self, standing: &Standing, mut open: FindingRow, state: &str) -> Result<(), TaskError> {
        state.clone_into(&mut open.state);
        open.held_back = false;
        open.snoozed_until = None;
        open.effective_at = None;
        open.updated_at = self.context.clock.now();
        open.version += 1;
        let action = if state == "closed" { "finding.close" } else { "finding.supersede" };
        self.push_event(standing, &open, action)?;
        self.updates.push(open);
        Ok(())
    }

    fn new_row(
        &mut self,
        standing: &Standing,
        finding: &Finding,
        digest: Vec<u8>,
        held_back: bool,
    ) -> Result<FindingRow, TaskError> {
        let now = self.context.clock.now();
        let id = store::new_id(now);
        let key = self.keyring.newest(standing.row.id)?;
        let mut row = FindingRow {
            id,
            patron: standing.row.id,
            kind: finding.kind.as_str().to_owned(),
            state: "new".to_owned(),
            rule: finding.rule.code().to_owned(),
            reason: finding.reason(),
            moved: None,
            single_review: finding.single_review,
            confirmable: finding.kind != FindingKind::Death || finding.can_confirm_death(),
            evidence_digest: digest,
            patron_version: standing.row.version,
            record_version: standing.person.record_version,
            request: request_of(standing, finding),
            key_version: key.version,
            sealed: None,
            opened_at: now,
            updated_at: now,
            snoozed_until: None,
            effective_at: None,
            decision: None,
            superseded_by: None,
            version: 1,
            source: finding.source.word(),
            held_back,
            change_class: None,
        };
        let content = content(finding);
        row.reseal(key, &content)?;
        row.classify(&content)?;
        self.push_event(standing, &row, "finding.open")?;
        Ok(row)
    }

    fn push_event(
        &mut self,
        standing: &Standing,
        row: &FindingRow,
        action: &'static str,
    ) -> Result<(), TaskError> {
        let tag = self.keyring.newest(standing.row.id)?.subject_tag;
        let mut event = self.context.event_of(&self.actor, action).about(tag);
        event.detail = if row.kind.starts_with("protection") || standing.is_protected() {
            String::new()
        } else {
            match row.source()? {
                Source::Vtj => format!("{} by {}", row.kind, row.rule),
                Source::External(_) => format!("{} by {} source {}", row.kind, row.rule, row.source),
            }
        };
        event.finding = Some(row.id);
        event.request = row.request;
        event.evidence = Some(row.evidence_digest.clone());
        self.events.push(event);
        Ok(())
    }
}

/// A decision has been taken: whoever carries it out compares again and says what moved.
fn is_under_way(row: &FindingRow) -> bool {
    matches!(row.state.as_str(), "decided" | "applying" | "outcome_unknown" | "written")
}

/// The keyed digest of what VTJ said. An order of non-disclosure that begins anew is new evidence.
pub fn evidence_digest(context: &Context, standing: &Standing, finding: &Finding) -> Vec<u8> {
    let period = standing.person.protection_period.to_be_bytes();
    let beside: &[u8] = match finding.kind {
        FindingKind::ProtectionStarted | FindingKind::ProtectionEnded => &period,
        // VTJ gives nothing to tell apart but the answer itself.
        FindingKind::IdentityMismatch | FindingKind::Unreadable => {
            standing.person.record_digest.as_deref().unwrap_or_default()
        }
        _ => &[],
    };
    context.vault.digest(&[b"evidence", &finding.evidence, beside])
}

/// The request whose answer a finding was made from; what another source says comes by no request.
pub fn request_of(standing: &Standing, finding: &Finding) -> Option<Uuid> {
    (finding.source == Source::Vtj).then_some(standing.person.request).flatten()
}

/// What is sealed of a finding.
pub fn content(finding: &Finding) -> SealedFinding {
    SealedFinding {
        fields: finding.fields.clone(),
        death_date: finding.death_date,
        ..SealedFinding::default()
    }
}

fn moved_fields(held: &SealedFinding, present: &SealedFinding) -> String {
    let mut names: Vec<&str> = held
        .fields
        .iter()
        .chain(&present.fields)
        .filter(|change| !(held.fields.contains(change) && present.fields.contains(change)))
        .map(|change| change.field.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(" ")
}
