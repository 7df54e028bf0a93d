//! Decisions: approve, reject, put off, and take back.
//!
//! Each item is a transaction of its own, in which decision, state and audit record commit together. Of
//! several items the good ones are done, whatever becomes of the others.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::case::Case;
use super::error::ReviewError;
use super::recompute::{Verdict, recompute};
use super::{actor, keyring_of, refused};
use crate::audit::{self, Event};
use crate::finding::{Before, Field, FieldChange, FindingState, RejectReason, Review};
use crate::seal::Place;
use crate::staff::ProvedAccount;
use crate::store::decision::DecisionRow;
use crate::store::finding::FindingRow;
use crate::store::{self, Tx};
use crate::task::Context;

/// When an approval takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// At once, where the kind allows it; nobody can take it back.
    Now,
    /// After an undo window.
    After(Duration),
    /// At an instant, the same for several.
    At(DateTime<Utc>),
}

/// What came of a decision.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Decided {
    /// The item.
    pub id: Uuid,
    /// The state it is in now.
    pub state: FindingState,
    /// When an approval takes effect.
    pub effective_at: Option<DateTime<Utc>>,
    /// Until when it is put off.
    pub snoozed_until: Option<DateTime<Utc>>,
}

/// What came of one item of several.
pub type Outcome = (Uuid, Result<Decided, ReviewError>);

/// Why something is rejected.
#[derive(Clone)]
pub struct Rejection {
    /// The reason, of a closed list.
    pub reason: RejectReason,
    /// A note, sealed with the patron's key.
    pub note: Option<String>,
}

impl std::fmt::Debug for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, note ***", self.reason.as_str())
    }
}

/// What a person wants.
pub(super) enum Wish {
    /// To be carried out; with texts in the place of those proposed, where there are any.
    Approve {
        effect: Effect,
        alone: bool,
        edits: Vec<(Field, String)>,
    },
    Reject(Rejection),
    Snooze {
        until: DateTime<Utc>,
        visit: bool,
    },
    /// An approval taken back, by whomever.
    Undo,
    /// The own last word taken back within a time.
    TakeBack {
        within: Duration,
    },
}

/// Approves items.
pub async fn approve(
    context: &Context,
    account: &ProvedAccount,
    ids: &[Uuid],
    effect: Effect,
) -> Vec<Outcome> {
    let wish = Wish::Approve { effect, alone: ids.len() == 1, edits: Vec::new() };
    each(context, account, ids, &wish).await
}

/// Rejects items. The same evidence is not put before anybody again.
pub async fn reject(
    context: &Context,
    account: &ProvedAccount,
    ids: &[Uuid],
    rejection: Rejection,
) -> Vec<Outcome> {
    each(context, account, ids, &Wish::Reject(rejection)).await
}

/// Puts items off until an instant.
pub async fn snooze(
    context: &Context,
    account: &ProvedAccount,
    ids: &[Uuid],
    until: DateTime<Utc>,
) -> Vec<Outcome> {
    each(context, account, ids, &Wish::Snooze { until, visit: false }).await
}

/// Takes approvals back that have not taken effect; the items are as they were before.
pub async fn undo(context: &Context, account: &ProvedAccount, ids: &[Uuid]) -> Vec<Outcome> {
    each(context, account, ids, &Wish::Undo).await
}

/// One item of several that are approved in one transaction, all with effect at one instant: the item as it is then,
/// what to record, and why it was not approved, if it was not. What has moved is put aside as ever. The caller knows
/// that the account may decide it, and records the events.
pub(super) async fn approve_within(
    context: &Context,
    tx: &mut Tx,
    account: &ProvedAccount,
    case: &Case<'_>,
    effective_at: DateTime<Utc>,
) -> Result<(Event, Result<FindingRow, ReviewError>), ReviewError> {
    let wish = Wish::Approve { effect: Effect::At(effective_at), alone: false, edits: Vec::new() };
    check(context, case, &wish)?;
    if let Some((error, event)) = put_aside_if_moved(context, tx, account, case).await? {
        return Ok((event, Err(error)));
    }
    let (row, event) = decide(context, tx, account, case, &wish, Vec::new()).await?;
    Ok((event, Ok(row)))
}

/// The same for taking an approval back.
pub(super) async fn undo_within(
    context: &Context,
    tx: &mut Tx,
    account: &ProvedAccount,
    case: &Case<'_>,
) -> Result<Event, ReviewError> {
    check(context, case, &Wish::Undo)?;
    let (_, event) = decide(context, tx, account, case, &Wish::Undo, Vec::new()).await?;
    Ok(event)
}

async fn each(context: &Context, account: &ProvedAccount, ids: &[Uuid], wish: &Wish) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(ids.len());
    for &id in ids {
        outcomes.push((id, one(context, account, id, None, wish).await));
    }
    outcomes
}

/// Decides one item; of the version that somebody has seen, where one is given.
pub(super) async fn one(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
    seen: Option<i64>,
    wish: &Wish,
) -> Result<Decided, ReviewError> {
    let keyring = keyring_of(context, id).await?;
    let mut tx = context.db.begin().await?;
    let case = Case::load(&mut tx, &keyring, id).await?.ok_or(ReviewError::Unknown(id))?;
    if let Err(error) = case.may_decide(&mut tx, account).await {
        drop(tx);
        return Err(refused(context, &actor(account), &case, error).await);
    }
    if case.finding.held_back {
        return Err(ReviewError::HeldBack);
    }
    if seen.is_some_and(|seen| seen != case.finding.version) {
        let (state, moved) = (case.finding.state()?, case.finding.moved.clone());
        return Err(ReviewError::ChangedMeanwhile { state, moved });
    }
    check(context, &case, wish)?;
    let edited = match wish {
        Wish::Approve { edits, .. } if !edits.is_empty() => super::edit::changes(&case, edits)?,
        _ => Vec::new(),
    };
    if matches!(wish, Wish::Approve { .. } | Wish::Reject(_))
        && let Some((error, event)) = put_aside_if_moved(context, &mut tx, account, &case).await?
    {
        audit::record(&mut tx, &[event]).await?;
        tx.commit("review.recompute").await?;
        return Err(error);
    }
    let (row, event) = decide(context, &mut tx, account, &case, wish, edited).await?;
    audit::record(&mut tx, &[event]).await?;
    store::case_view::end(&mut tx, id, account.id).await?;
    tx.commit("review.decide").await?;
    Ok(Decided { id, state: row.state()?, effective_at: row.effective_at, snoozed_until: row.snoozed_until })
}

/// Whether the item can be decided so, as far as the item itself tells.
fn check(context: &Context, case: &Case<'_>, wish: &Wish) -> Result<(), ReviewError> {
    let kind = case.finding.kind()?;
    let state = case.finding.state()?;
    if let Wish::Undo = wish {
        let open = case.finding.effective_at.is_some_and(|effective| context.clock.now() < effective);
        return if state == FindingState::Decided && open { Ok(()) } else { Err(ReviewError::WindowClosed) };
    }
    if let Wish::TakeBack { .. } = wish {
        return Ok(());
    }
    Before::of(state).ok_or(ReviewError::NotOpen(state))?;
    match wish {
        Wish::Approve { effect: Effect::Now, .. } if !kind.may_skip_undo_window() => {
            Err(ReviewError::NoShortcut(kind))
        }
        Wish::Approve { .. } if case.is_frozen() => Err(ReviewError::Frozen),
        Wish::Approve { .. } if !case.finding.confirmable => {
            Err(ReviewError::NotConfirmable(case.finding.reason.clone()))
        }
        Wish::Approve { alone: false, .. } if case.finding.single_review => Err(ReviewError::OneAtATime),
        Wish::Reject(Rejection { reason: RejectReason::Other, note })
            if note.as_deref().is_none_or(|note| note.trim().is_empty()) =>
        {
            Err(ReviewError::NoteNeeded)
        }
        Wish::Snooze { until, .. } if *until <= context.clock.now() => Err(ReviewError::DateNotAhead),
        _ => Ok(()),
    }
}

/// Makes the comparison once more; what has moved goes back as stale, and what has no cause is closed. The caller
/// records the event.
async fn put_aside_if_moved(
    context: &Context,
    tx: &mut Tx,
    account: &ProvedAccount,
    case: &Case<'_>,
) -> Result<Option<(ReviewError, Event)>, ReviewError> {
    let now = context.clock.now();
    let (row, error) = match recompute(context, tx, case).await? {
        Verdict::Same => return Ok(None),
        Verdict::Moved(moved) => {
            let review = case.finding.review()?.go_stale(moved.words.clone(), now)?;
            (moved.refreshed(context, case, review)?, ReviewError::Moved(moved.words.clone()))
        }
        Verdict::Gone => {
            store::due::make_compare_due(tx, &[case.patron.id]).await?;
            (case.finding.clone().with_review(case.finding.review()?.close(now)?), ReviewError::CauseGone)
        }
    };
    store::finding::update(tx, &row).await?;
    let event = case
        .event(context, actor(account), &account.os_user, "finding.recompute")
        .detail(format!("{} -> {}", case.finding.state, row.state));
    Ok(Some((error, event)))
}

/// Stores the decision and the state. The caller records the event.
async fn decide(
    context: &Context,
    tx: &mut Tx,
    account: &ProvedAccount,
    case: &Case<'_>,
    wish: &Wish,
    edited: Vec<FieldChange>,
) -> Result<(FindingRow, Event), ReviewError> {
    let now = context.clock.now();
    let id = store::new_id(now);
    let review = case.finding.review()?;
    let mut said = Said::new(tx, case, !edited.is_empty()).await?;
    let (verdict, action, review) = match wish {
        Wish::Approve { effect, .. } => {
            let effective_at = match effect {
                Effect::Now => now,
                Effect::After(window) => now + *window,
                Effect::At(instant) => *instant,
            };
            ("approve", "finding.approve", review.approve(id, effective_at, now)?)
        }
        Wish::Reject(_) => ("reject", "finding.reject", review.reject(id, now)?),
        Wish::Snooze { until, visit } => {
            store::awaited_visit::set(tx, case.finding.id, *visit).await?;
            ("snooze", "finding.snooze", review.snooze(*until, now)?)
        }
        Wish::Undo => ("undo", "finding.undo", undone(tx, case, review, now).await?),
        Wish::TakeBack { within } => {
            ("undo", "finding.undo", taken_back(tx, account, case, review, *within, now).await?)
        }
    };
    let mut row = case.finding.clone().with_review(review);
    let mut sealed = case.content()?;
    if sealed.edited != edited {
        sealed.edited = edited;
        row.reseal(case.keyring.newest(case.patron.id)?, &sealed)?;
    }
    match store::finding::update(tx, &row).await {
        // Another finding of the kind has been opened meanwhile: there is nothing to go back to.
        Err(store::StoreError::Taken) => return Err(ReviewError::WindowClosed),
        updated => updated?,
    }
    said.decided_at = now;
    store::decision::insert(tx, &decision(case, account, wish, verdict, id, &said)?).await?;
    let event = case.event(context, actor(account), &account.os_user, action);
    let reason = match wish {
        Wish::Reject(rejection) => format!(" {}", rejection.reason.as_str()),
        Wish::Approve { .. } if said.edited => " edited".to_owned(),
        Wish::Snooze { visit: true, .. } => " until a visit".to_owned(),
        _ => String::new(),
    };
    let detail = format!("{} -> {}{reason}", case.finding.state, row.state);
    Ok((row, Event { decision: Some(id), detail, ..event }))
}

/// What a decision keeps of how the item stood.
struct Said {
    edited: bool,
    visit_before: bool,
    decided_at: DateTime<Utc>,
}

impl Said {
    async fn new(tx: &mut Tx, case: &Case<'_>, edited: bool) -> Result<Self, ReviewError> {
        let visit_before = store::awaited_visit::waits(tx, case.finding.id).await?;
        Ok(Self { edited, visit_before, decided_at: DateTime::UNIX_EPOCH })
    }
}

/// The review as it was before the approval. An earlier value that was to be restored had no review: it is closed.
async fn undone(
    tx: &mut Tx,
    case: &Case<'_>,
    review: Review,
    now: DateTime<Utc>,
) -> Result<Review, ReviewError> {
    if case.content()?.reverts.is_some() {
        return Ok(review.close(now)?);
    }
    let approval = review.decision.ok_or(ReviewError::WindowClosed)?;
    let before = before(&store::decision::get(tx, approval).await?)?;
    review.undo(before, now).map_err(|_| ReviewError::WindowClosed)
}

/// The review as it was before the last word of an account, where that may still be taken back.
async fn taken_back(
    tx: &mut Tx,
    account: &ProvedAccount,
    case: &Case<'_>,
    review: Review,
    within: Duration,
    now: DateTime<Utc>,
) -> Result<Review, ReviewError> {
    let last = store::decision::of_finding(tx, case.finding.id).await?.into_iter().next();
    let last = last.filter(|last| last.account == account.id).ok_or(ReviewError::WindowClosed)?;
    if undo_until(&case.finding, &last, within).is_none_or(|until| until <= now) {
        return Err(ReviewError::WindowClosed);
    }
    if case.content()?.reverts.is_some() {
        return Ok(review.close(now)?);
    }
    if last.verdict == "snooze" {
        store::awaited_visit::set(tx, case.finding.id, last.visit_before).await?;
    }
    review.take_back(before(&last)?, last.snoozed_before, now).map_err(|_| ReviewError::WindowClosed)
}

/// Until when a decision may be taken back by who made it; `None` where it is no longer what holds.
pub(super) fn undo_until(
    finding: &FindingRow,
    decision: &DecisionRow,
    within: Duration,
) -> Option<DateTime<Utc>> {
    let holds = match decision.verdict.as_str() {
        "approve" | "revert" => "decided",
        "reject" => "rejected",
        "snooze" => "snoozed",
        _ => return None,
    };
    if finding.state != holds {
        return None;
    }
    if holds == "decided" { finding.effective_at } else { Some(decision.decided_at + within) }
}

fn before(decision: &DecisionRow) -> Result<Before, ReviewError> {
    FindingState::from_word(&decision.state_before)
        .and_then(Before::of)
        .ok_or(store::StoreError::inconsistent("decision", "state_before").into())
}

fn decision(
    case: &Case<'_>,
    account: &ProvedAccount,
    wish: &Wish,
    verdict: &str,
    id: Uuid,
    said: &Said,
) -> Result<DecisionRow, ReviewError> {
    let key = case.keyring.newest(case.patron.id)?;
    let (reason, note) = match wish {
        Wish::Reject(Rejection { reason, note }) => (Some(reason.as_str().to_owned()), note.as_deref()),
        _ => (None, None),
    };
    let place = Place { table: "decision", column: "sealed_note", row: id };
    let sealed_note =
        note.map(|note| key.seal(place, note.as_bytes())).transpose().map_err(store::StoreError::from)?;
    Ok(DecisionRow {
        id,
        finding: case.finding.id,
        verdict: verdict.to_owned(),
        account: account.id,
        os_user: account.os_user.clone(),
        reason,
        key_version: key.version,
        sealed_note,
        evidence_digest: case.finding.evidence_digest.clone(),
        patron_version: case.finding.patron_version,
        state_before: case.finding.state.clone(),
        decided_at: said.decided_at,
        edited: said.edited,
        snoozed_before: case.finding.snoozed_until,
        visit_before: said.visit_before,
    })
}
