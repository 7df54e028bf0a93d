//! How far every ceiling is used, and what the month has cost.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{BudgetError, booked, usages_of};
use crate::quota::{self, Booked, Ceilings, Price, Scope, Span, Usage};
use crate::store::Db;
use crate::task::{QueryRules, Settings};

/// How far one scope is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetLine {
    /// What it is about.
    pub scope: Scope,
    /// Today.
    pub day: Part,
    /// This month.
    pub month: Part,
    /// What its queries of this month cost so far.
    pub price: Price,
    /// What the month will have cost if it goes on so; never more than its ceiling allows.
    pub estimate: Price,
}

/// Its use in a day or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// How many queries count.
    pub used: u64,
    /// The most there may be, where there is a ceiling.
    pub ceiling: Option<u32>,
    /// The last so many of the ceiling are for urgent queries.
    pub reserve: u32,
}

/// The whole budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The Helsinki day it is about.
    pub today: NaiveDate,
    /// What one query costs.
    pub price_per_query: Price,
    /// The installation, then municipalities and purposes that are configured or were used, in order.
    pub lines: Vec<BudgetLine>,
    /// Those ceilings of which four fifths are used.
    pub near: Vec<Usage>,
}

/// How far every ceiling is used.
///
/// # Errors
/// When the query is not configured, or the database fails.
pub async fn standing(db: &Db, settings: &Settings, today: NaiveDate) -> Result<Standing, BudgetError> {
    let rules = settings.query.as_ref().ok_or(BudgetError::NotConfigured)?;
    let mut tx = db.read().await?;
    let booked = booked(&mut tx, today).await?;
    let mut scopes = BTreeSet::from([Scope::Installation]);
    scopes.extend(settings.municipalities.keys().cloned().map(Scope::Municipality));
    scopes.extend(booked.iter().map(|line| Scope::Municipality(line.municipality.clone())));
    // The upkeep of the register has no single-person queries.
    let upkeep = settings.upkeep.purpose.as_str();
    let purposes = settings.purposes.keys().filter(|name| *name != upkeep);
    scopes.extend(purposes.cloned().map(Scope::Purpose));
    scopes.extend(booked.iter().map(|line| Scope::Purpose(line.purpose.clone())));
    let (mut lines, mut near) = (Vec::new(), Vec::new());
    for scope in scopes {
        let ceilings = ceilings(settings, rules, &scope);
        let usages = usages_of(rules, &scope, ceilings, &booked, today);
        lines.push(line(rules, scope, &usages, &booked, today));
        near.extend(usages.into_iter().filter(Usage::is_near));
    }
    Ok(Standing { today, price_per_query: rules.price, lines, near })
}

fn ceilings(settings: &Settings, rules: &QueryRules, scope: &Scope) -> Ceilings {
    let of_scope = match scope {
        Scope::Installation => Some(rules.ceilings),
        Scope::Municipality(code) => rules.municipalities.get(code).copied(),
        Scope::Purpose(name) => settings.purposes.get(name).map(|rule| rule.ceilings),
    };
    of_scope.unwrap_or_default()
}

fn line(
    rules: &QueryRules,
    scope: Scope,
    usages: &[Usage],
    booked: &[Booked],
    today: NaiveDate,
) -> BudgetLine {
    let part = |span| {
        let usage = usages.iter().find(|usage| usage.span == span);
        Part {
            used: quota::used(booked, &scope, span, today),
            ceiling: usage.map(|usage| usage.ceiling),
            reserve: usage.map_or(0, |usage| usage.reserve),
        }
    };
    let (day, month) = (part(Span::Day), part(Span::Month));
    let price = quota::price(booked, &scope);
    let most = month.ceiling.map_or(u64::MAX, |ceiling| rules.price.micro_euros * u64::from(ceiling));
    let expected = quota::estimate(price, today).micro_euros.min(most).max(price.micro_euros);
    BudgetLine { scope, day, month, price, estimate: Price { micro_euros: expected } }
}
