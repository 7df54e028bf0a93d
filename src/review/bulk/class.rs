//! The classes: how many cases each has that can be approved together, and which have stopped bulk approval.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{BulkError, event, reviewer};
use crate::audit::{self, Actor, Event};
use crate::finding::ChangeClass;
use crate::finding::bulk::Exclusion;
use crate::identity_code::IdentityCode;
use crate::staff::ProvedAccount;
use crate::store::bulk_candidate::{self, Scope};
use crate::store::bulk_class;
use crate::store::data_key;
use crate::store::{self, StoreError, Tx};
use crate::task::Context;

/// So many of the last invented cases of a class decide whether it stops.
pub const LAST_PLANTED: i64 = 50;
/// Characters of a reason, at most.
const REASON_MAX: usize = 500;
/// Findings of before there were classes that are classed at a time.
const CLASSED_AT_ONCE: i64 = 500;

/// How many cases of a class there are for an account. Nobody protected is in any of the numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassCount {
    /// The class.
    pub class: ChangeClass,
    /// Cases that may be approved together, as far as can be known without opening them.
    pub admissible: i64,
    /// Cases that may not, and why.
    pub left_out: Vec<(Exclusion, i64)>,
    /// Whether the class has stopped bulk approval.
    pub is_stopped: bool,
}

/// The classes that may be approved in bulk, for one municipality or all of an account's.
///
/// # Errors
/// When the account is no reviewer, the municipality is not its own, or something cannot be read.
pub async fn overview(
    context: &Context,
    account: &ProvedAccount,
    municipality: Option<&str>,
) -> Result<Vec<ClassCount>, BulkError> {
    reviewer(account)?;
    class_the_unclassed(context).await?;
    let mut read = context.db.read().await?;
    let scope = scope(&mut read, account, municipality).await?;
    let classes: Vec<ChangeClass> =
        ChangeClass::ALL.into_iter().filter(|class| class.allows_bulk()).collect();
    let mut counted: BTreeMap<ChangeClass, BTreeMap<Option<Exclusion>, i64>> = BTreeMap::new();
    for (facts, number) in bulk_candidate::counts(&mut read, &scope, &classes).await? {
        let Some(class) = facts.class else { continue };
        *counted.entry(class).or_default().entry(facts.exclusion()).or_default() += number;
    }
    let stopped = stopped(&mut read).await?;
    let count = |class: ChangeClass| {
        let mut of_class = counted.remove(&class).unwrap_or_default();
        let admissible = of_class.remove(&None).unwrap_or_default();
        let left_out = of_class.into_iter().filter_map(|(reason, number)| Some((reason?, number)));
        let left_out = left_out.filter(|(reason, _)| *reason != Exclusion::NotThere).collect();
        ClassCount { class, admissible, left_out, is_stopped: stopped.contains(&class) }
    };
    Ok(classes.iter().copied().map(count).collect())
}

/// Whose cases an account may approve.
pub(super) async fn scope(
    tx: &mut Tx,
    account: &ProvedAccount,
    municipality: Option<&str>,
) -> Result<Scope, BulkError> {
    let own = account.municipalities.iter();
    let municipalities: Vec<String> =
        own.filter(|own| municipality.is_none_or(|wanted| wanted == own.as_str())).cloned().collect();
    if municipalities.is_empty() {
        return Err(BulkError::OutOfScope);
    }
    let mut scope = Scope { municipalities, own_card: account.own_card.clone(), ..Scope::default() };
    if let Some(own_card) = &account.own_card {
        let cards = store::patron::by_card_numbers(tx, std::slice::from_ref(own_card)).await?;
        if let Some(own) = cards.into_iter().next() {
            scope.own_patron_id = Some(own.patron_id);
            scope.own_code_index = own.code_index;
        }
    }
    Ok(scope)
}

/// Classes findings from before there were classes, some at a time. One that does not open is nobody's to approve in
/// bulk.
async fn class_the_unclassed(context: &Context) -> Result<(), StoreError> {
    let mut read = context.db.read().await?;
    let mut rows = store::finding::unclassed(&mut read, CLASSED_AT_ONCE).await?;
    drop(read);
    if rows.is_empty() {
        return Ok(());
    }
    let patrons: Vec<_> = rows.iter().map(|row| row.patron).collect();
    let keyring = data_key::keyring(&context.db, &context.vault, &patrons).await?;
    let mut tx = context.db.begin().await?;
    for row in &mut rows {
        match row.open(&keyring) {
            Ok(sealed) => row.classify(&sealed)?,
            Err(error) if error.is_of_one_row() => {
                row.change_class = Some(ChangeClass::Other.as_str().to_owned());
            }
            Err(error) => return Err(error),
        }
        store::finding::set_class(&mut tx, row).await?;
    }
    tx.commit("bulk.classify").await
}

async fn stopped(tx: &mut Tx) -> Result<Vec<ChangeClass>, StoreError> {
    let rows = bulk_class::all(tx).await?;
    let stopped = rows.iter().filter(|row| row.stopped_at.is_some());
    Ok(stopped.filter_map(|row| ChangeClass::from_word(&row.class)).collect())
}

/// How a class stands with its invented cases; nobody is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassState {
    /// The class.
    pub class: ChangeClass,
    /// Invented cases since it was last allowed, the last [`LAST_PLANTED`] at most.
    pub planted: i64,
    /// How many of them were let pass.
    pub missed: i64,
    /// Since when it is stopped.
    pub stopped_at: Option<DateTime<Utc>>,
    /// When and by whom it was last allowed again, and why.
    pub allowed: Option<(DateTime<Utc>, String, String)>,
}

/// How the classes that may be approved in bulk stand.
///
/// # Errors
/// When the account is no administrator, or something cannot be read.
pub async fn classes(context: &Context, account: &ProvedAccount) -> Result<Vec<ClassState>, BulkError> {
    if !account.may_administer() {
        return Err(BulkError::NotAdministrator);
    }
    let mut read = context.db.read().await?;
    let rows = bulk_class::all(&mut read).await?;
    let mut states = Vec::new();
    for class in ChangeClass::ALL.into_iter().filter(|class| class.allows_bulk()) {
        let (planted, missed) = bulk_class::misses(&mut read, class.as_str(), LAST_PLANTED).await?;
        let row = rows.iter().find(|row| row.class == class.as_str()).cloned();
        let stopped_at = row.as_ref().and_then(|row| row.stopped_at);
        let allowed = row.and_then(|row| Some((row.allowed_at?, row.allowed_by?, row.reason?)));
        states.push(ClassState { class, planted, missed, stopped_at, allowed });
    }
    Ok(states)
}

/// Allows bulk approval of a class again. Its invented cases are counted anew from now on.
///
/// # Errors
/// When the account is no administrator, the class is not stopped, or the reason cannot be shown to everybody.
pub async fn allow(
    context: &Context,
    account: &ProvedAccount,
    class: ChangeClass,
    reason: &str,
) -> Result<(), BulkError> {
    if !account.may_administer() {
        return Err(BulkError::NotAdministrator);
    }
    let reason = reason.trim();
    let is_text = !reason.is_empty() && reason.chars().count() <= REASON_MAX;
    if !is_text || reason.chars().any(char::is_control) || IdentityCode::is_in(reason) {
        return Err(BulkError::NoReason);
    }
    let now = context.clock.now();
    let mut tx = context.db.begin().await?;
    if !bulk_class::allow(&mut tx, class.as_str(), &account.name, reason, now).await? {
        return Err(BulkError::NotStopped);
    }
    let event = event(context, account, "bulk.allow").detail(format!("{}: {reason}", class.as_str()));
    audit::record(&mut tx, &[event]).await?;
    tx.commit("bulk.allow").await?;
    Ok(())
}

/// Notes what became of an invented case, and stops the class when too many were let pass. What is to be recorded of
/// a stop names nobody.
pub(super) async fn note_planted(
    context: &Context,
    tx: &mut Tx,
    class: ChangeClass,
    missed: bool,
) -> Result<Option<Event>, StoreError> {
    let now = context.clock.now();
    bulk_class::add_planted(tx, store::new_id(now), class.as_str(), missed, now).await?;
    let (planted, passed) = bulk_class::misses(tx, class.as_str(), LAST_PLANTED).await?;
    let is_too_many = passed > i64::from(context.settings.review.planted_misses);
    if !missed || !is_too_many || bulk_class::is_stopped(tx, class.as_str()).await? {
        return Ok(None);
    }
    bulk_class::stop(tx, class.as_str(), now).await?;
    let detail = format!("{}: {passed} of the last {planted} invented cases were let pass", class.as_str());
    Ok(Some(Event::new(now, Actor::Task("bulk"), "", "bulk.stop").detail(detail)))
}
