//! Which changes need a second administrator, and who counts as one.

use std::fmt;

use super::error::{NotAllowed, Same};
use super::{Administrator, PlanningError};
use crate::clock::helsinki_date;
use crate::municipality::MunicipalityCode;
use crate::schedule::definition::{AddressRefresh, Definition};
use crate::store::schedule::VersionRow;
use crate::store::segment::{self, SegmentScope};
use crate::task::Context;

/// How many people a definition selects today; none where it is no refresh.
///
/// # Errors
/// When the database fails.
pub async fn count(context: &Context, definition: &Definition) -> Result<Option<u64>, PlanningError> {
    let Some(refresh) = definition.refresh() else { return Ok(None) };
    let municipalities = refresh.municipalities.iter();
    let scope = SegmentScope {
        municipalities: municipalities.filter_map(|code| MunicipalityCode::parse(code).ok()).collect(),
        today: helsinki_date(context.clock.now()),
        rules: context.settings.segment.clone(),
    };
    let mut tx = context.db.read().await?;
    let counts = segment::count(&mut tx, &refresh.segment, &scope).await?;
    Ok(Some(counts.iter().map(|(_, people)| people).sum()))
}

/// Why a change needs a second administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    /// What changes, by the keys of the configuration file; never empty.
    pub changes: Vec<&'static str>,
    /// What there is more of than one administrator may decide alone.
    pub size: Size,
    /// Up to so many people one administrator is enough.
    pub limit: u64,
}

/// What makes a change a large one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// It selects so many people.
    Selects(u64),
    /// One run may ask about so many.
    Budget(u64),
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (changes, limit) = (self.changes.join(", "), self.limit);
        match self.size {
            Size::Selects(people) => {
                write!(f, "{changes} changes and it selects {people} people, which is more than {limit}")
            }
            Size::Budget(budget) => {
                write!(f, "{changes} changes and its budget is {budget}, which is more than {limit}")
            }
        }
    }
}

/// Why a change needs a second administrator; none when one is enough.
///
/// It does when purpose, segment or municipalities change or the budget grows, and the selection or the budget is more
/// than `limit` people. A new schedule changes all of them from nothing.
pub fn second_needed(
    before: Option<&Definition>,
    after: &Definition,
    people: Option<u64>,
    limit: u32,
) -> Option<Weight> {
    let after = after.refresh()?;
    let changes = weighty(before.and_then(Definition::refresh), after);
    if changes.is_empty() {
        return None;
    }
    let limit = u64::from(limit);
    let size = match people {
        Some(people) if people > limit => Size::Selects(people),
        _ if u64::from(after.budget) > limit => Size::Budget(u64::from(after.budget)),
        _ => return None,
    };
    Some(Weight { changes, size, limit })
}

fn weighty(before: Option<&AddressRefresh>, after: &AddressRefresh) -> Vec<&'static str> {
    let differs = |name, differs: bool| differs.then_some(name);
    let changes = [
        differs("purpose", before.is_none_or(|before| before.purpose != after.purpose)),
        differs("segment", before.is_none_or(|before| before.segment != after.segment)),
        differs("municipalities", before.is_none_or(|before| before.municipalities != after.municipalities)),
        differs("budget", before.is_none_or(|before| before.budget < after.budget)),
    ];
    changes.into_iter().flatten().collect()
}

/// Refuses an approval by whoever may be the person who made the version.
///
/// # Errors
/// [`PlanningError::NotAllowed`], which says why it counts as the same person.
pub fn demand_another(version: &VersionRow, by: &Administrator<'_>) -> Result<(), PlanningError> {
    let same = if version.account == Some(by.account.id) {
        Same::Account
    } else if version.os_user == by.account.os_user {
        Same::OsUser
    } else if version.session.is_some() && version.session.as_deref() == by.session {
        Same::Session
    } else {
        return Ok(());
    };
    let (made_by, os_user) = (version.actor.clone(), version.os_user.clone());
    Err(NotAllowed::SamePerson { version: version.version, made_by, os_user, same }.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::schedule::CronExpression;
    use crate::schedule::definition::{OverBudget, Work};
    use crate::segment::Segment;

    fn definition(change: impl FnOnce(&mut AddressRefresh)) -> Definition {
        let mut refresh = AddressRefresh {
            municipalities: BTreeSet::from(["710".to_owned()]),
            purpose: "register_upkeep".to_owned(),
            segment: Segment::parse("open_debts").unwrap(),
            budget: 900,
            over_budget: OverBudget::Wait,
        };
        change(&mut refresh);
        Definition::new(Work::AddressRefresh(refresh), CronExpression::parse("0 6 * * 3").unwrap())
    }

    #[test]
    fn a_new_schedule_is_weighed_by_its_selection_and_its_budget() {
        let needed = |people, limit| second_needed(None, &definition(|_| {}), Some(people), limit).is_some();
        assert!(needed(10, 899) && !needed(10, 900) && !needed(900, 900) && needed(901, 900));
    }

    #[test]
    fn only_purpose_segment_municipalities_and_a_larger_budget_weigh() {
        let before = definition(|_| {});
        let needed = |after: &Definition| second_needed(Some(&before), after, Some(10_000), 500);
        assert_eq!(needed(&before), None);
        assert_eq!(needed(&definition(|one| one.budget = 800)), None);
        assert_eq!(needed(&definition(|one| one.over_budget = OverBudget::First)), None);
        let later = Definition { cron: CronExpression::parse("@daily").unwrap(), ..before.clone() };
        assert_eq!(needed(&later), None);
        for (after, word) in [
            (definition(|one| one.budget = 901), "budget"),
            (definition(|one| one.purpose = "desk".to_owned()), "purpose"),
            (definition(|one| one.segment = Segment::everyone()), "segment"),
            (definition(|one| one.municipalities.extend(["078".to_owned()])), "municipalities"),
        ] {
            assert!(needed(&after).is_some_and(|why| why.to_string().starts_with(word)), "{word}");
        }
    }
}
