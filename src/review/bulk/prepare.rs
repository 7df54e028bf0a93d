//! Making a batch: which cases, frozen as they are, and which of them are looked at singly.

use std::collections::BTreeMap;

use chrono::DateTime;
use rand::RngExt as _;
use rand::seq::{IndexedRandom as _, index};
use uuid::Uuid;

use super::class::scope;
use super::facts::facts;
use super::planted::{Model, invent};
use super::{BulkError, BulkState, event, reviewer};
use crate::audit;
use crate::finding::ChangeClass;
use crate::finding::bulk::{Exclusion, MOST, sample_size};
use crate::municipality::Language;
use crate::review::case::Case;
use crate::staff::ProvedAccount;
use crate::store::bulk::{self as rows, BulkItemRow, BulkRow};
use crate::store::bulk_candidate::{self, Scope};
use crate::store::{self, StoreError, Tx, bulk_class, data_key};
use crate::task::Context;

/// Candidates read together.
const PAGE: i64 = 256;

/// What was found for a batch.
#[derive(Default)]
struct Found {
    chosen: Vec<Chosen>,
    left_out: BTreeMap<Exclusion, i64>,
}

/// A case of the batch.
struct Chosen {
    finding: Uuid,
    version: i64,
    model: Model,
}

/// Makes a batch of up to 200 cases of a class, the oldest first, and draws its sample. Returns its identifier.
///
/// # Errors
/// When the account is no reviewer or the municipality not its own, when the class is not for bulk or is stopped,
/// when another batch is unfinished, and when there is no case.
pub async fn prepare(
    context: &Context,
    account: &ProvedAccount,
    class: ChangeClass,
    municipality: Option<&str>,
) -> Result<Uuid, BulkError> {
    reviewer(account)?;
    if !class.allows_bulk() {
        return Err(BulkError::NotBulk);
    }
    let mut read = context.db.read().await?;
    let scope = scope(&mut read, account, municipality).await?;
    if bulk_class::is_stopped(&mut read, class.as_str()).await? {
        return Err(BulkError::ClassStopped);
    }
    if let Some(unfinished) = unfinished(&mut read, account).await? {
        return Err(BulkError::Unfinished(unfinished));
    }
    let found = find(context, &mut read, account, &scope, class).await?;
    if found.chosen.is_empty() {
        return Err(BulkError::Empty);
    }
    let now = context.clock.now();
    let id = store::new_id(now);
    let items = items(context, &mut read, id, class, &found.chosen).await?;
    drop(read);
    let row = BulkRow {
        id,
        account: account.id,
        class: class.as_str().to_owned(),
        municipality: municipality.map(str::to_owned),
        state: BulkState::Sampling.as_str().to_owned(),
        ended_because: None,
        left_out: in_words(&found.left_out),
        created_at: now,
        updated_at: now,
        effective_at: None,
    };
    let cases = found.chosen.len();
    let detail = format!("{}: {cases} cases, {} samples", class.as_str(), sample_size(cases));
    let mut tx = context.db.begin().await?;
    match rows::insert(&mut tx, &row).await {
        Ok(()) => {}
        Err(StoreError::Taken) => {
            drop(tx);
            let other = unfinished(&mut context.db.read().await?, account).await?;
            return Err(other.map_or(BulkError::Store(StoreError::Taken), BulkError::Unfinished));
        }
        Err(error) => return Err(error.into()),
    }
    rows::insert_items(&mut tx, &items).await?;
    audit::record(&mut tx, &[event(context, account, "bulk.prepare").detail(detail)]).await?;
    tx.commit("bulk.prepare").await?;
    Ok(id)
}

/// The account's unfinished batch.
async fn unfinished(tx: &mut Tx, account: &ProvedAccount) -> Result<Option<Uuid>, StoreError> {
    let is_unfinished =
        |row: &BulkRow| BulkState::of(row).is_ok_and(BulkState::is_unfinished).then_some(row.id);
    Ok(rows::of_account(tx, account.id, 1).await?.iter().find_map(is_unfinished))
}

/// Looks for cases, the oldest first, until there are as many as a batch may hold.
async fn find(
    context: &Context,
    tx: &mut Tx,
    account: &ProvedAccount,
    scope: &Scope,
    class: ChangeClass,
) -> Result<Found, BulkError> {
    let mut found = Found::default();
    for (facts, number) in bulk_candidate::counts(tx, scope, &[class]).await? {
        if let Some(reason) = facts.exclusion().filter(|reason| *reason != Exclusion::NotThere) {
            *found.left_out.entry(reason).or_default() += number;
        }
    }
    let mut after = (DateTime::UNIX_EPOCH, Uuid::nil());
    while found.chosen.len() < MOST {
        let page = bulk_candidate::page(tx, scope, class, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.opened_at, last.id);
        let mut findings = Vec::new();
        for candidate in &page {
            if candidate.facts.facts()?.exclusion().is_none() {
                findings.extend(store::finding::get(tx, candidate.id).await?);
            }
        }
        let patrons: Vec<Uuid> = findings.iter().map(|row| row.patron).collect();
        let keyring = data_key::keyring(&context.db, &context.vault, &patrons).await?;
        for case in Case::of(tx, &keyring, findings).await? {
            if found.chosen.len() < MOST {
                look_at(tx, account, &case, &mut found).await?;
            }
        }
    }
    Ok(found)
}

/// Opens one case and takes it, or notes why not. One that does not open is nobody's to approve in bulk.
async fn look_at(
    tx: &mut Tx,
    account: &ProvedAccount,
    case: &Case<'_>,
    found: &mut Found,
) -> Result<(), BulkError> {
    let exclusion = match facts(tx, case, account).await.map_err(BulkError::from) {
        Ok(facts) => facts.exclusion(),
        Err(BulkError::Store(error)) if error.is_of_one_row() => Some(Exclusion::NotThere),
        Err(error) => return Err(error),
    };
    match exclusion {
        Some(Exclusion::NotThere) => {}
        Some(reason) => *found.left_out.entry(reason).or_default() += 1,
        None => {
            let Ok(columns) = case.patron.open(case.keyring) else { return Ok(()) };
            let language = case.patron.language.as_deref().and_then(Language::from_code);
            found.chosen.push(Chosen {
                finding: case.finding.id,
                version: case.finding.version,
                model: Model {
                    card_number: case.patron.card_number.clone(),
                    municipality: case.patron.municipality.clone(),
                    language: language.unwrap_or(Language::Fi),
                    opened_at: case.finding.opened_at,
                    area: columns.contact.address.postal_code.trim().chars().take(2).collect(),
                },
            });
        }
    }
    Ok(())
}

/// The list with its sample, drawn by chance of the operating system, invented cases among the samples.
async fn items(
    context: &Context,
    tx: &mut Tx,
    bulk: Uuid,
    class: ChangeClass,
    chosen: &[Chosen],
) -> Result<Vec<BulkItemRow>, StoreError> {
    let item = |position: usize, chosen: &Chosen| BulkItemRow {
        bulk,
        position: place(position),
        finding: Some(chosen.finding),
        finding_version: chosen.version,
        sample: None,
        planted: None,
        verdict: None,
        looked_at: None,
        outcome: None,
        decision: None,
    };
    let mut items: Vec<BulkItemRow> =
        chosen.iter().enumerate().map(|(position, chosen)| item(position, chosen)).collect();
    let drawn = index::sample(&mut rand::rng(), chosen.len(), sample_size(chosen.len())).into_vec();
    let mut sample = 0;
    for position in drawn {
        let model = chosen.choose(&mut rand::rng()).filter(|_| is_planted(context));
        let planted = match model {
            Some(model) => invent(tx, class, &model.model).await?,
            None => None,
        };
        if planted.is_some() {
            let like = item(items.len(), &chosen[position]);
            items.push(BulkItemRow { finding: None, sample: Some(sample), planted, ..like });
            sample += 1;
        }
        items[position].sample = Some(sample);
        sample += 1;
    }
    Ok(items)
}

fn is_planted(context: &Context) -> bool {
    rand::rng().random_range(0..100) < context.settings.review.planted_percent
}

fn place(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// `stale 2;guarantee 1`.
fn in_words(left_out: &BTreeMap<Exclusion, i64>) -> String {
    let words = left_out.iter().map(|(reason, number)| format!("{} {number}", reason.as_str()));
    words.collect::<Vec<_>>().join(";")
}
