//! The budget of single-person queries: what is booked before a query is sent, and settled after.
//!
//! Every attempt is booked by [`reserve`] in the transaction that writes its request to the disclosure log or counts
//! the attempt, and only then sent; [`settle`] spends it, or gives it back where nothing can have reached VTJ. The
//! ledger is in the database, so the ceilings hold for every daemon and command together and survive restarts. What
//! a process booked before it died counts as used, and housekeeping spends it.
//!
//! Whoever books holds the one row of the ledger's head until the transaction ends. Book before anything else of the
//! transaction that others wait for, the audit log among it, so that two never wait for each other.

mod standing;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub use standing::{BudgetLine, Part, Standing, standing};

use crate::clock::helsinki_date;
use crate::municipality::MunicipalityCode;
use crate::purpose::PurposeRule;
use crate::quota::{self, Booked, CeilingReached, Ceilings, Price, Scope, Span, Urgency, Usage};
use crate::store::query_ledger::{self, LedgerRow};
use crate::store::{StoreError, Tx};
use crate::task::{Context, QueryRules};

/// A ceiling that is nearly reached: how far it is used, this query counted.
pub type Warning = Usage;

/// Why a query may not be sent.
#[derive(Debug, thiserror::Error)]
pub enum BudgetError {
    /// A ceiling would be passed.
    #[error(transparent)]
    CeilingReached(#[from] CeilingReached),
    /// The single-person query is not configured.
    #[error("single persons cannot be asked about: write [vtj.query] in the configuration")]
    NotConfigured,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An attempt that is about to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The identifier of its message.
    pub id: Uuid,
    /// Its request in the disclosure log, written in the same transaction or before.
    pub disclosure: Uuid,
    /// Which attempt of it, from 1.
    pub number: u32,
    /// The municipality under whose permit.
    pub municipality: &'a MunicipalityCode,
    /// Why.
    pub purpose: &'a PurposeRule,
    /// Whether it may use the reserve for another reason than its purpose, such as an order of non-disclosure.
    pub urgent: bool,
}

impl Request<'_> {
    fn urgency(&self) -> Urgency {
        if self.urgent { Urgency::Urgent } else { self.purpose.urgency() }
    }
}

/// Books an attempt, in a transaction that writes ([`crate::store::Db::begin`]). Returns the ceilings that are near.
/// The request must be in the disclosure log by then.
///
/// # Errors
/// When a ceiling is reached; the transaction is to be dropped then, and nothing sent.
pub async fn reserve(
    tx: &mut Tx,
    context: &Context,
    request: &Request<'_>,
) -> Result<Vec<Warning>, BudgetError> {
    let rules = rules(context)?;
    query_ledger::lock(tx).await?;
    // Read behind the lock: days and amounts follow the order of the bookings.
    let now = context.clock.now();
    let today = helsinki_date(now);
    let booked = booked(tx, today).await?;
    let usages = usages(rules, request.municipality, request.purpose, &booked, today);
    let warnings = quota::decide(&usages, 1, request.urgency())?;
    let row = LedgerRow {
        id: request.id,
        disclosure: request.disclosure,
        number: i64::from(request.number),
        municipality: request.municipality.as_str().to_owned(),
        purpose: request.purpose.name().to_owned(),
        urgent: request.urgency() == Urgency::Urgent,
        day: today,
        price_micro_euros: i64::try_from(rules.price.micro_euros).unwrap_or(i64::MAX),
        state: "reserved".to_owned(),
        outcome: None,
        reserved_at: now,
        settled_at: None,
    };
    query_ledger::insert(tx, &row).await?;
    Ok(warnings)
}

/// What becomes of a booked attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// VTJ has it, or may have it.
    Spent,
    /// Nothing can have reached VTJ.
    Refunded,
}

impl Settled {
    fn as_str(self) -> &'static str {
        match self {
            Self::Spent => "spent",
            Self::Refunded => "refunded",
        }
    }
}

/// Settles a booked attempt. `outcome` is the class of what came of it. False when it has been settled already: by
/// housekeeping, after this process was away for long.
///
/// # Errors
/// When it cannot be stored.
pub async fn settle(
    tx: &mut Tx,
    id: Uuid,
    settled: Settled,
    outcome: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    query_ledger::settle(tx, id, settled.as_str(), outcome, now).await
}

/// How many queries a municipality may ask for a purpose now, as far as nobody else asks meanwhile.
///
/// # Errors
/// When the query is not configured, or the database fails.
pub async fn room(
    context: &Context,
    municipality: &MunicipalityCode,
    purpose: &PurposeRule,
) -> Result<u32, BudgetError> {
    let rules = rules(context)?;
    let today = context.clock.today();
    let mut tx = context.db.read().await?;
    let booked = booked(&mut tx, today).await?;
    Ok(quota::room(&usages(rules, municipality, purpose, &booked, today), purpose.urgency()))
}

/// Whether a run of so many queries, by municipality, may begin: all of them or none. Returns the ceilings that will
/// be near. Nothing is booked.
///
/// # Errors
/// When a ceiling would be passed, the query is not configured, or the database fails.
pub async fn admit_run(
    context: &Context,
    queries: &BTreeMap<MunicipalityCode, u32>,
    purpose: &PurposeRule,
) -> Result<Vec<Warning>, BudgetError> {
    let rules = rules(context)?;
    let today = context.clock.today();
    let mut tx = context.db.read().await?;
    let mut booked = booked(&mut tx, today).await?;
    let mut warnings: BTreeMap<(Scope, Span), Warning> = BTreeMap::new();
    for (municipality, &wanted) in queries.iter().filter(|(_, wanted)| **wanted > 0) {
        let usages = usages(rules, municipality, purpose, &booked, today);
        for near in quota::decide(&usages, wanted, purpose.urgency())? {
            warnings.insert((near.scope.clone(), near.span), near);
        }
        // The next municipality's share comes on top of this one's.
        booked.push(Booked {
            day: today,
            municipality: municipality.as_str().to_owned(),
            purpose: purpose.name().to_owned(),
            queries: u64::from(wanted),
            price: Price::default(),
        });
    }
    Ok(warnings.into_values().collect())
}

fn rules(context: &Context) -> Result<&QueryRules, BudgetError> {
    context.settings.query.as_ref().ok_or(BudgetError::NotConfigured)
}

/// What counts in the month of a day.
///
/// # Errors
/// When it cannot be read.
pub async fn booked(tx: &mut Tx, today: NaiveDate) -> Result<Vec<Booked>, StoreError> {
    let (first, next) = quota::month_of(today);
    let rows = query_ledger::booked(tx, first, next).await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let booked = rows.into_iter().map(|row| Booked {
        day: row.day,
        municipality: row.municipality,
        purpose: row.purpose,
        queries: number(row.queries),
        price: Price { micro_euros: number(row.price_micro_euros) },
    });
    Ok(booked.collect())
}

/// Every ceiling that a query comes under, the widest first.
fn usages(
    rules: &QueryRules,
    municipality: &MunicipalityCode,
    purpose: &PurposeRule,
    booked: &[Booked],
    today: NaiveDate,
) -> Vec<Usage> {
    let code = municipality.as_str().to_owned();
    let own = rules.municipalities.get(&code).copied().unwrap_or_default();
    let scopes = [
        (Scope::Installation, rules.ceilings),
        (Scope::Municipality(code), own),
        (Scope::Purpose(purpose.name().to_owned()), purpose.ceilings),
    ];
    scopes
        .into_iter()
        .flat_map(|(scope, ceilings)| usages_of(rules, &scope, ceilings, booked, today))
        .collect()
}

/// The ceilings of one scope.
fn usages_of(
    rules: &QueryRules,
    scope: &Scope,
    ceilings: Ceilings,
    booked: &[Booked],
    today: NaiveDate,
) -> Vec<Usage> {
    let spans = [(Span::Day, ceilings.day), (Span::Month, ceilings.month)];
    spans
        .into_iter()
        .filter_map(|(span, ceiling)| {
            let ceiling = ceiling?;
            let has_reserve = *scope == Scope::Installation && span == Span::Day;
            let reserve = if has_reserve { quota::reserve(ceiling, rules.reserve_percent) } else { 0 };
            let used = quota::used(booked, scope, span, today);
            Some(Usage { scope: scope.clone(), span, used, ceiling, reserve })
        })
        .collect()
}
