//! The task `reconcile`: compares those for whom anything moved, and keeps the queue true.
//!
//! At most one finding per patron and kind is open. A difference that is still the same is left alone; one
//! whose register side moved goes back as stale; one whose evidence changed is replaced; one whose cause is
//! gone is closed. What a person rejected is not put before anybody again until VTJ says something else.
//!
//! In a first load in slices, new findings that can wait are held back, and the slice of the day is opened at the end
//! of the round.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::known::{self, Standing};
use super::{Context, Report, Task, TaskError, slice};
use crate::audit::{self, Actor, Event};
use crate::finding::{Finding, FindingKind};
use crate::lease::Lease;
use crate::provenance::Source;
use crate::store::data_key::{self, Keyring};
use crate::store::finding::{FindingRow, SealedFinding};
use crate::store::{self, Tx};

/// Patrons compared in one transaction.
const BATCH: i64 = 500;

/// Does one round.
///
/// # Errors
/// When the database fails or the lease is lost.
pub async fn run(context: &Context, lease: &Lease) -> Result<Report, TaskError> {
    let mut report = Report::default();
    let mut tx = lease.begin().await?;
    store::due::make_compare_due_by_calendar(&mut tx, context.clock.today()).await?;
    tx.commit("reconcile.calendar").await?;
    let mut after = Uuid::nil();
    loop {
        let mut read = context.db.read().await?;
        let due = store::due::compare_due(&mut read, after, BATCH).await?;
        drop(read);
        let Some(&last) = due.last() else { break };
        after = last;
        if context.is_stopping() {
            return Ok(report);
        }
        compare_batch(context, lease, &due, &mut report).await?;
    }
    slice::open_due(context, lease, &mut report).await?;
    Ok(report)
}

async fn compare_batch(
    context: &Context,
    lease: &Lease,
    due: &[Uuid],
    report: &mut Report,
) -> Result<(), TaskError> {
    let keyring = data_key::keyring(&context.db, &context.vault, due).await?;
    let now = context.clock.now();
    let mut tx = lease.begin().await?;
    let (standings, unopened) = known::load(context, &mut tx, &keyring, due).await?;
    let mut queue = Queue::load(&mut tx, due).await?;
    let waiting = waiting(&mut tx, &Actor::Task(Task::Reconcile.as_str())).await?;
    let mut changes = Changes::new(context, &keyring, Actor::Task(Task::Reconcile.as_str()));
    changes.waiting = waiting;
    // Whoever does not open stays due: it may be a row that was sealed anew this moment.
    let mut done = Vec::new();
    for standing in &standings {
        report.examined += 1;
        if waits_for_base_data(standing, now) {
            report.waiting += 1;
            continue;
        }
        let before = changes.lengths();
        match changes.keep_true(standing, &mut queue) {
            Ok(()) => {}
            Err(TaskError::Store(error)) if error.is_of_one_row() => {
                tracing::warn!(patron.id = %standing.row.id, %error, "a patron's findings do not open; they stay as they are");
                changes.go_back(before);
                report.errors += 1;
                continue;
            }
            Err(error) => return Err(error),
        }
        if changes.lengths() == before {
            report.skipped += 1;
        } else {
            report.changed += 1;
        }
        done.push(standing.row.id);
    }
    report.errors += u64::try_from(unopened.len()).unwrap_or(u64::MAX);
    for row in &changes.updates {
        store::finding::update(&mut tx, row).await?;
    }
    store::finding::insert(&mut tx, &changes.inserts).await?;
    let next: BTreeMap<Uuid, _> = standings
        .iter()
        .map(|standing| (standing.row.id, standing.next_day(context.clock.today())))
        .collect();
    let mut by_day: BTreeMap<_, Vec<Uuid>> = BTreeMap::new();
    for patron in done {
        by_day.entry(next.get(&patron).copied().flatten()).or_default().push(patron);
    }
    for (day, patrons) in by_day {
        store::due::compared(&mut tx, &patrons, now, day).await?;
    }
    let audit_after = store::planted("audit_after");
    if !audit_after {
        audit::record(&mut tx, &changes.events).await?;
    }
    tx.commit("reconcile.batch").await?;
    if audit_after {
        let mut tx = lease.begin().await?;
        audit::record(&mut tx, &changes.events).await?;
        tx.commit("reconcile.batch").await?;
    }
    Ok(())
}

/// Compares one patron in the transaction of whoever just learnt something, and keeps the queue true; hands
/// back what was compared. Nothing where the rows do not open.
pub(crate) async fn compare_one(
    context: &Context,
    tx: &mut Tx,
    keyring: &Keyring,
    patron: Uuid,
    actor: &Actor,
) -> Result<Option<Standing>, TaskError> {
    let (mut standings, _) = known::load(context, tx, keyring, &[patron]).await?;
    let Some(standing) = standings.pop() else { return Ok(None) };
    let now = context.clock.now();
    if waits_for_base_data(&standing, now) {
        return Ok(Some(standing));
    }
    let mut queue = Queue::load(tx, &[patron]).await?;
    let waiting = waiting(tx, actor).await?;
    let mut changes = Changes::new(context, keyring, actor.clone());
    changes.waiting = waiting;
    changes.keep_true(&standing, &mut queue)?;
    for row in &changes.updates {
        store::finding::update(tx, row).await?;
    }
    store::finding::insert(tx, &changes.inserts).await?;
    audit::record(tx, &changes.events).await?;
    let next = standing.next_day(context.clock.today());
    store::due::compared(tx, &[patron], now, next).await?;
    Ok(Some(standing))
}

/// What becomes of a finding that can wait for its slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// There are no slices: it is opened. One that is held back stays so until it is opened with the others.
    No,
    /// It is held back.
    HeldBack,
    /// Somebody is at this very person: it is opened, and so is one that was held back.
    Opened,
}

/// The slices as they are until the transaction ends.
async fn waiting(tx: &mut Tx, actor: &Actor) -> Result<Waiting, TaskError> {
    match actor {
        Actor::Account { .. } => Ok(Waiting::Opened),
        Actor::OsUser | Actor::Task(_) => {
            let slices = store::slice::held(tx).await?;
            Ok(if slices.per_day.is_some() { Waiting::HeldBack } else { Waiting::No })
        }
    }
}

/// Findings after a signal of death are raised when base data of the same run agrees or is silent.
pub(super) fn waits_for_base_data(standing: &Standing, now: chrono::DateTime<chrono::Utc>) -> bool {
    standing.person.frozen && standing.person.refresh_due_at.is_some_and(|due| due <= now)
}

/// The findings there are of the patrons of a batch.
pub(super) struct Queue {
    open: BTreeMap<(Uuid, String), FindingRow>,
    decided: BTreeMap<(Uuid, String), Vec<FindingRow>>,
}

impl Queue {
    pub(super) async fn load(tx: &mut Tx, patrons: &[Uuid]) -> Result<Self, TaskError> {
        let mut queue = Self { open: BTreeMap::new(), decided: BTreeMap::new() };
        for row in store::finding::open_or_decided_of(tx, patrons).await? {
            let key = (row.patron, row.kind.clone());
            if matches!(row.state.as_str(), "rejected" | "confirmed") {
                queue.decided.entry(key).or_default().push(row);
            } else {
                queue.open.insert(key, row);
            }
        }
        Ok(queue)
    }

    /// Whether this very evidence has been rejected, or acted on where acting writes nothing. What a person
    /// has taken from another source since VTJ last answered is not put back to VTJ's earlier word.
    fn is_settled(&self, keyring: &Keyring, standing: &Standing, finding: &Finding, digest: &[u8]) -> bool {
        let decided = |kind: FindingKind| {
            self.decided.get(&(standing.row.id, kind.as_str().to_owned())).into_iter().flatten()
        };
        let same = decided(finding.kind).any(|row| {
            row.evidence_digest == digest
                && (row.state == "rejected" || (row.state == "confirmed" && finding.fields.is_empty()))
        });
        let taken_since = |row: &FindingRow| {
            row.state == "confirmed"
                && row.source != Source::Vtj.word()
                && standing.person.answered_at.is_some_and(|answered| answered < row.updated_at)
                && row.open(keyring).is_ok_and(|written| is_still_held(&written, finding))
        };
        same || (finding.source == Source::Vtj
            && alike(finding.kind).iter().any(|kind| decided(*kind).any(taken_since)))
    }
}

/// Whether the register still holds what was written, in the columns in which a finding differs from it.
fn is_still_held(written: &SealedFinding, finding: &Finding) -> bool {
    written.fields.iter().all(|written| {
        finding.fields.iter().all(|held| held.field != written.field || held.current == written.proposed)
    })
}

/// The kinds that another source can speak of in the same respect.
fn alike(kind: FindingKind) -> &'static [FindingKind] {
    match kind {
        FindingKind::AddressChange | FindingKind::MovedAbroad => {
            &[FindingKind::AddressChange, FindingKind::MovedAbroad]
        }
        FindingKind::NameChange => &[FindingKind::NameChange],
        FindingKind::LanguageChange => &[FindingKind::LanguageChange],
        FindingKind::Death
        | FindingKind::DeathWithdrawn
        | FindingKind::ProtectionStarted
        | FindingKind::ProtectionEnded
        | FindingKind::IdentityCodeChanged
        | FindingKind::IdentityCodePassivated
        | FindingKind::IdentityMismatch
        | FindingKind::NotInVtj
        | FindingKind::GuarantorDeceased
        | FindingKind::GuardianChanged
        | FindingKind::GuarantorExpires
        | FindingKind::Unreadable => &[],
    }
}

/// What a batch changes in the queue.
pub(super) struct Changes<'a> {
    context: &'a Context,
    keyring: &'a Keyring,
    actor: Actor,
    waiting: Waiting,
    pub(super) inserts: Vec<FindingRow>,
    pub(super) updates: Vec<FindingRow>,
    events: Vec<Event>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(context: &'a Context, keyring: &'a Keyring, actor: Actor) -> Self {
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
    pub(super) fn lengths(&self) -> [usize; 3] {
        [self.inserts.len(), self.updates.len(), self.events.len()]
    }

    pub(super) fn go_back(&mut self, [inserts, updates, events]: [usize; 3]) {
        self.inserts.truncate(inserts);
        self.updates.truncate(updates);
        self.events.truncate(events);
    }

    pub(super) fn keep_true(&mut self, standing: &Standing, queue: &mut Queue) -> Result<(), TaskError> {
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
        if same && !released {
            return Ok(());
        }
        open.patron_version = standing.row.version;
        open.record_version = standing.person.record_version;
        finding.rule.code().clone_into(&mut open.rule);
        open.reason = finding.reason();
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
        let row = FindingRow {
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
            sealed: Some(store::finding::seal(key, id, &content(finding))?),
            opened_at: now,
            updated_at: now,
            snoozed_until: None,
            effective_at: None,
            decision: None,
            superseded_by: None,
            version: 1,
            source: finding.source.word(),
            held_back,
        };
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
    SealedFinding { fields: finding.fields.clone(), death_date: finding.death_date }
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
