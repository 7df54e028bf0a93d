//! Who may plan what.

use std::collections::BTreeSet;

use super::{Administrator, PlanningError};
use crate::clock::helsinki_date;
use crate::schedule::definition::Definition;
use crate::staff::Role;
use crate::store::account;
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
    let name = &by.account.name;
    if !by.account.may_administer() {
        let message = format!(
            "{name} is no administrator; schedules are changed by accounts of the role administrator"
        );
        return Err(PlanningError::NotAllowed(message));
    }
    let needed: BTreeSet<&str> =
        definitions.iter().flat_map(|definition| municipalities(context, definition)).collect();
    let lacking: Vec<&str> =
        needed.iter().copied().filter(|code| !by.account.municipalities.contains(*code)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let about = needed.iter().copied().collect::<Vec<_>>().join(", ");
    let lacking = lacking.join(", ");
    let who = who_may(context, &needed).await?;
    Err(PlanningError::NotAllowed(format!(
        "this schedule is about {about}, and {name} is no administrator of {lacking}; {who}"
    )))
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

async fn who_may(context: &Context, needed: &BTreeSet<&str>) -> Result<String, PlanningError> {
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
    Ok(match names.as_slice() {
        [] => {
            let options: Vec<String> = needed.iter().map(|code| format!("--municipality {code}")).collect();
            format!(
                "nobody is; add one with `ajantasa user add NAME --role administrator {}`",
                options.join(" ")
            )
        }
        names => format!("who may: {}", names.join(", ")),
    })
}
