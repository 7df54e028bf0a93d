//! The sample: each case is shown in full by itself and judged by its reader.

use chrono::{DateTime, Utc};
use rand::seq::IndexedRandom as _;
use uuid::Uuid;

use super::class::note_planted;
use super::facts::facts;
use super::{
    BulkError, BulkState, Ending, LeftOut, class_of, event, held, moved_on, pending, planted, reviewer, shown,
};
use crate::audit;
use crate::finding::FindingState;
use crate::finding::bulk::Exclusion;
use crate::review::case::Case;
use crate::review::item::ItemField;
use crate::review::{keyring_of, open};
use crate::staff::ProvedAccount;
use crate::store::bulk::{self as rows, BulkItemRow, BulkRow};
use crate::store::data_key::Keyring;
use crate::store::{StoreError, Tx};
use crate::task::Context;

/// A case that is looked at by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Its place among the samples.
    pub number: i64,
    /// The patron's card.
    pub card_number: String,
    /// Surname and first names in the register.
    pub last_name: String,
    /// First names in the register.
    pub first_names: String,
    /// The patron's municipality.
    pub municipality: String,
    /// When it was found.
    pub opened_at: DateTime<Utc>,
    /// The columns that differ.
    pub fields: Vec<ItemField>,
}

/// What the reader of a sample says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is of the class and may be approved.
    Fits,
    /// It does not fit, and why.
    DoesNotFit(Ending),
}

/// What came of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// How far the batch has come.
    pub state: BulkState,
    /// Whether the sample was an invented one, seen for what it is.
    pub was_planted: bool,
}

/// What became of looking at the next sample.
enum Look {
    Shown(Sample),
    LeftOut,
    NoneLeft,
}

/// The next sample, opened as any case is: compared once more, and recorded before it is shown. One that has moved is
/// left out, and another takes its place. Nothing when all have been judged.
///
/// # Errors
/// When there is no such batch, it is not being sampled, or the look cannot be recorded.
pub async fn next_sample(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
) -> Result<Option<Sample>, BulkError> {
    reviewer(account)?;
    loop {
        match look(context, account, id).await? {
            Look::Shown(sample) => return Ok(Some(sample)),
            Look::LeftOut => {}
            Look::NoneLeft => return Ok(None),
        }
    }
}

async fn look(context: &Context, account: &ProvedAccount, id: Uuid) -> Result<Look, BulkError> {
    let mut read = context.db.read().await?;
    rows::get(&mut read, account.id, id).await?.ok_or(BulkError::Unknown)?;
    let wanted = pending(&rows::items(&mut read, id).await?).cloned();
    drop(read);
    let keyring = match wanted.as_ref().and_then(|item| item.finding) {
        Some(finding) => keyring_of(context, finding).await?,
        None => Keyring::default(),
    };
    let mut tx = context.db.begin().await?;
    let (mut row, mut items) = held(&mut tx, account, id).await?;
    let state = BulkState::of(&row)?;
    if state != BulkState::Sampling {
        return Err(BulkError::WrongState(state));
    }
    let Some(mut item) = pending(&items).cloned() else {
        settle(context, &mut tx, account, &mut row, &items).await?;
        tx.commit("bulk.settle").await?;
        return Ok(Look::NoneLeft);
    };
    if wanted.as_ref().map(|wanted| wanted.position) != Some(item.position) {
        return Ok(Look::LeftOut);
    }
    let now = context.clock.now();
    let (sample, looked) = match &item.planted {
        Some(text) => (Ok(of_planted(&item, text)?), event(context, account, "bulk.sample")),
        None => of_case(context, &mut tx, account, &keyring, &mut item).await?,
    };
    match sample {
        Ok(sample) => {
            item.looked_at = item.looked_at.or(Some(now));
            rows::update_item(&mut tx, &item).await?;
            audit::record(&mut tx, &[looked]).await?;
            tx.commit("bulk.sample").await?;
            Ok(Look::Shown(sample))
        }
        Err(reason) => {
            item.outcome = Some(reason.as_str().to_owned());
            rows::update_item(&mut tx, &item).await?;
            replace(&mut tx, &mut items, &item).await?;
            audit::record(&mut tx, &[looked.detail(format!("left out: {}", reason.as_str()))]).await?;
            tx.commit("bulk.leave_out").await?;
            Ok(Look::LeftOut)
        }
    }
}

fn of_planted(item: &BulkItemRow, text: &str) -> Result<Sample, StoreError> {
    let planted = planted::read(text)?;
    Ok(Sample {
        number: item.sample.unwrap_or_default(),
        card_number: planted.card_number,
        last_name: planted.last_name,
        first_names: planted.first_names,
        municipality: planted.municipality,
        opened_at: planted.opened_at,
        fields: shown(&planted.fields),
    })
}

/// Opens a case, or says why it is left out, with what is to be recorded.
async fn of_case(
    context: &Context,
    tx: &mut Tx,
    account: &ProvedAccount,
    keyring: &Keyring,
    item: &mut BulkItemRow,
) -> Result<(Result<Sample, LeftOut>, audit::Event), BulkError> {
    let finding = item.finding.ok_or(StoreError::inconsistent("bulk_item", "finding"))?;
    let gone = LeftOut::Excluded(Exclusion::NotThere);
    let Some(mut case) = Case::load(tx, keyring, finding).await? else {
        return Ok((Err(gone), event(context, account, "bulk.leave_out")));
    };
    let left_out =
        |case: &Case<'_>| case.event(context, super::actor(account), &account.os_user, "bulk.leave_out");
    if let Some(reason) = reason_to_leave_out(tx, account, &case, item).await? {
        return Ok((Err(reason), left_out(&case)));
    }
    let before = case.finding.clone();
    open(context, tx, &mut case).await?;
    let is_same = case.finding.sealed == before.sealed
        && case.finding.rule == before.rule
        && case.finding.state()? == FindingState::Opened;
    if !is_same {
        return Ok((Err(LeftOut::Moved), left_out(&case)));
    }
    item.finding_version = case.finding.version;
    let sample = Sample {
        number: item.sample.unwrap_or_default(),
        card_number: case.patron.card_number.clone(),
        last_name: case.patron.last_name.clone(),
        first_names: case.patron.first_names.clone(),
        municipality: case.patron.municipality.clone(),
        opened_at: case.finding.opened_at,
        fields: shown(&case.content()?.fields),
    };
    let looked = case.event(context, super::actor(account), &account.os_user, "bulk.sample");
    Ok((Ok(sample), looked))
}

/// Why a case that was frozen is not approved with the others any more.
pub(super) async fn reason_to_leave_out(
    tx: &mut Tx,
    account: &ProvedAccount,
    case: &Case<'_>,
    item: &BulkItemRow,
) -> Result<Option<LeftOut>, BulkError> {
    let exclusion = match facts(tx, case, account).await.map_err(BulkError::from) {
        Ok(facts) => facts.exclusion(),
        Err(BulkError::Store(error)) if error.is_of_one_row() => return Ok(Some(LeftOut::Unreadable)),
        Err(error) => return Err(error),
    };
    Ok(match exclusion {
        Some(reason) => Some(LeftOut::Excluded(reason)),
        None if case.finding.version != item.finding_version => Some(LeftOut::Moved),
        None => None,
    })
}

/// Draws another sample in the place of one that is left out, if any case remains that is none.
async fn replace(tx: &mut Tx, items: &mut [BulkItemRow], left_out: &BulkItemRow) -> Result<(), StoreError> {
    if left_out.planted.is_some() {
        return Ok(());
    }
    let next = items.iter().filter_map(|item| item.sample).max().map_or(0, |last| last + 1);
    let free: Vec<usize> = items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.finding.is_some() && item.sample.is_none() && item.outcome.is_none())
        .map(|(at, _)| at)
        .collect();
    let Some(&drawn) = free.choose(&mut rand::rng()) else { return Ok(()) };
    items[drawn].sample = Some(next);
    rows::update_item(tx, &items[drawn]).await
}

/// Moves a batch on whose samples have all been judged or left out.
async fn settle(
    context: &Context,
    tx: &mut Tx,
    account: &ProvedAccount,
    row: &mut BulkRow,
    items: &[BulkItemRow],
) -> Result<(), StoreError> {
    let action = judged_all(context, row, items);
    rows::update(tx, row).await?;
    audit::record(tx, &[event(context, account, action)]).await
}

/// The state after the last sample: ready while a case is left.
fn judged_all(context: &Context, row: &mut BulkRow, items: &[BulkItemRow]) -> &'static str {
    let is_left = items.iter().any(|item| item.finding.is_some() && item.outcome.is_none());
    let now = context.clock.now();
    if is_left {
        moved_on(row, BulkState::Ready, None, now);
        "bulk.ready"
    } else {
        moved_on(row, BulkState::Cancelled, Some(Ending::NothingLeft), now);
        "bulk.cancel"
    }
}

/// Judges the sample that was shown. One that does not fit cancels the whole batch and stays in the queue; an invented
/// one that is let pass does the same.
///
/// # Errors
/// When there is no such batch, it is not being sampled, or another sample is to be judged.
pub async fn judge(
    context: &Context,
    account: &ProvedAccount,
    id: Uuid,
    number: i64,
    verdict: Verdict,
) -> Result<Judged, BulkError> {
    reviewer(account)?;
    let mut tx = context.db.begin().await?;
    let (mut row, mut items) = held(&mut tx, account, id).await?;
    let state = BulkState::of(&row)?;
    if state != BulkState::Sampling {
        return Err(BulkError::WrongState(state));
    }
    let position = pending(&items)
        .filter(|item| item.sample == Some(number) && item.looked_at.is_some())
        .map(|item| item.position)
        .ok_or(BulkError::OtherSample)?;
    let item = items.iter_mut().find(|item| item.position == position).ok_or(BulkError::OtherSample)?;
    let word = if verdict == Verdict::Fits { "fits" } else { "does_not_fit" };
    item.verdict = Some(word.to_owned());
    rows::update_item(&mut tx, item).await?;
    let is_planted = item.planted.is_some();
    let judged = audit::Event { finding: item.finding, ..event(context, account, "bulk.judge") }.detail(word);
    let mut events = vec![judged];
    let ending = match (is_planted, verdict) {
        (true, Verdict::Fits) => Some(Ending::PlantedMissed),
        (false, Verdict::DoesNotFit(ending)) => Some(ending),
        (true, Verdict::DoesNotFit(_)) | (false, Verdict::Fits) => None,
    };
    if is_planted {
        let missed = verdict == Verdict::Fits;
        events.extend(note_planted(context, &mut tx, class_of(&row)?, missed).await?);
    }
    let now = context.clock.now();
    if ending.is_some() {
        moved_on(&mut row, BulkState::Cancelled, ending, now);
    } else if pending(&items).is_none() {
        judged_all(context, &mut row, &items);
    }
    rows::update(&mut tx, &row).await?;
    audit::record(&mut tx, &events).await?;
    tx.commit("bulk.judge").await?;
    Ok(Judged { state: BulkState::of(&row)?, was_planted: is_planted && ending.is_none() })
}
