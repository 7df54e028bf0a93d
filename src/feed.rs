//! The silence of the change feed: since when a list has not been asked about with success, what that means, and
//! what reading everyone again would take.
//!
//! Nothing here starts anything: past two weeks a full reload is offered, with its price, and a person decides.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::schedule::cost::BaseDataCost;
use crate::schedule::silence;
use crate::store::follow_list::{self, FollowList};
use crate::store::{Result, Tx};
use crate::task::Settings;

pub use crate::schedule::silence::{Silence, days_left, pause_warning};

/// How the feed stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// When the list that has waited longest was last asked about with success, or made.
    pub since: DateTime<Utc>,
    /// For how long the feed has been silent.
    pub age: TimeDelta,
    /// What that means.
    pub silence: Silence,
    /// Lists behind whose cursor changes may be lost.
    pub lost: usize,
    /// What reading everyone again would take.
    pub reload: BaseDataCost,
}

/// How the feed stands; nothing where nobody is followed or no change interface is configured. Lists of
/// municipalities without a permit are not asked about any more, so their silence says nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn look(tx: &mut Tx, settings: &Settings, now: DateTime<Utc>) -> Result<Option<Feed>> {
    let Some(price) = settings.price_per_person else { return Ok(None) };
    let lists = permitted(settings, follow_list::all(tx).await?);
    let Some(since) = lists.iter().map(asked_at).min() else { return Ok(None) };
    let age = now - since;
    let lost = lists.iter().filter(|list| Silence::of(now - asked_at(list)) == Silence::Lost).count();
    Ok(Some(Feed { since, age, silence: Silence::of(age), lost, reload: reload_cost(&lists, price) }))
}

/// The lists that are asked about: those of municipalities with a permit.
pub(crate) fn permitted(settings: &Settings, mut lists: Vec<FollowList>) -> Vec<FollowList> {
    lists.retain(|list| settings.municipalities.contains_key(&list.municipality));
    lists
}

/// What reading everyone on these lists again from base data would take.
pub(crate) fn reload_cost(lists: &[FollowList], price_per_person: crate::quota::Price) -> BaseDataCost {
    let mut people: BTreeMap<&str, u64> = BTreeMap::new();
    for list in lists {
        *people.entry(&list.municipality).or_default() += u64::try_from(list.members).unwrap_or_default();
    }
    BaseDataCost::of(people.into_values(), price_per_person)
}

/// When a list was last asked about with success; before the first time, when its people were read.
pub(crate) fn asked_at(list: &FollowList) -> DateTime<Utc> {
    list.cursor_key.and(list.cursor_at).unwrap_or(list.created_at)
}

impl Feed {
    /// What everybody who looks should know; nothing while the feed speaks.
    pub fn banner(&self) -> Option<String> {
        let since = crate::schedule::local(self.since).format("%d.%m.%Y %H:%M");
        let (days, hours) = (self.age.num_days(), self.age.num_hours());
        match self.silence {
            Silence::Fine => None,
            Silence::Silent => Some(format!(
                "the change feed has been silent for {hours} hours, since {since}; see that `ajantasa serve` runs and what its log says of fetch, then run `ajantasa run fetch`"
            )),
            Silence::Urgent => Some(format!(
                "{} DAYS LEFT: the change feed has been silent for {days} days, since {since}; VTJ keeps changes for {}, after that everyone must be read again ({}); mend today what keeps fetch from succeeding",
                days_left(self.age),
                silence::LOST_AFTER.num_days(),
                self.reload
            )),
            Silence::Lost => Some(format!(
                "the change feed has been silent for {days} days, since {since}; VTJ keeps changes for {}, so some may be lost; `ajantasa run fetch --reload` reads everyone again: {}; it is never started by itself",
                silence::LOST_AFTER.num_days(),
                self.reload
            )),
        }
    }
}
