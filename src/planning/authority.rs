//! Who may plan what, and start, cancel and retry its runs.

use std::collections::BTreeSet;

use super::error::{NotAllowed, OfOthers};
use super::{Administrator, PlanningError};
use crate::clock::helsinki_date;
use crate::schedule::definition::Definition;
use crate::staff::{ProvedAccount, Role};
use crate::store::{StoreError, account};
use crate::task::Context;

/// Refuses whoever is no administrator of every municipality that some definitions are about.
///
/// # Errors
/// [`PlanningError::NotAllowed`], which says who may.
pub async fn demand(
    context: &Context,
    by: &Administrator<'_>,
    definitions: &[&Definition],
) -> Result<(), PlanningError> {
    match not_allowed(context, by.account, definitions).await? {
        Some(why) => Err(why.into()),
        None => Ok(()),
    }
}

/// Why an account is no administrator of every municipality that some definitions are about; none when it is.
///
/// # Errors
/// When the database fails.
pub async fn not_allowed(
    context: &Context,
    account: &ProvedAccount,
    definitions: &[&Definition],
) -> Result<Option<NotAllowed>, StoreError> {
    let name = account.name.clone();
    if !account.may_administer() {
        return Ok(Some(NotAllowed::NotAdministrator(name)));
    }
    let needed: BTreeSet<&str> =
        definitions.iter().flat_map(|definition| municipalities(context, definition)).collect();
    let lacking: Vec<String> = needed
        .iter()
        .filter(|code| !account.municipalities.contains(**code))
        .map(|code| (*code).to_owned())
        .collect();
    if lacking.is_empty() {
        return Ok(None);
    }
    let who_may = who_may(context, &needed).await?;
    let about = needed.iter().map(|code| (*code).to_owned()).collect();
    Ok(Some(NotAllowed::OfOthers(OfOthers { name, about, lacking, who_may })))
}

/// The municipalities whose patrons a definition is about; a round of a task is about everybody. One that is not
/// configured has no administrator, and no definition about it can be used.
fn municipalities<'a>(context: &'a Context, definition: &'a Definition) -> Vec<&'a str> {
    let configured = context.settings.municipalities.keys().map(String::as_str);
    match definition.refresh() {
        Some(refresh) => configured.filter(|code| refresh.municipalities.contains(*code)).collect(),
        None => configured.collect(),
    }
}

async fn who_may(context: &Context, needed: &BTreeSet<&str>) -> Result<Vec<String>, StoreError> {
    let mut tx = context.db.read().await?;
    let today = helsinki_date(context.clock.now());
    let mut names = Vec::new();
    for row in account::all(&mut tx).await? {
        let is_in_force = row.disabled_at.is_none() && row.ends_on >= today;
        if is_in_force && row.role == Role::Administrator.as_str() {
            let has = account::municipalities(&mut tx, row.id).await?;
            if needed.iter().all(|code| has.iter().any(|one| one == code)) {
                names.push(row.name);
            }
        }
    }
    Ok(names)
}
