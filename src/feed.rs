//! The silence of the change feed: since when a list has not been asked about with success, what that means, and
//! what reading everyone again would take.
//!
//! Nothing here starts anything: past two weeks a full reload is offered, with its price, and a person decides.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::planning::estimate::{PEOPLE_PER_REQUEST, minutes_of_base_data};
use crate::quota::Price;
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
    pub reload: ReloadCost,
}

/// What reading everyone again from base data takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReloadCost {
    /// How many people.
    pub people: u64,
    /// How many requests: people of one municipality's permit share one.
    pub requests: u64,
    /// The price.
    pub price: Price,
    /// Minutes, when VTJ is slow.
    pub minutes_at_most: u64,
}

impl ReloadCost {
    /// The cost of reading so many people of each municipality, at a price for each person.
    pub fn of(people: impl IntoIterator<Item = u64>, price_per_person: Price) -> Self {
        let (mut all, mut requests) = (0_u64, 0_u64);
        for people in people {
            all = all.saturating_add(people);
            requests = requests.saturating_add(people.div_ceil(PEOPLE_PER_REQUEST));
        }
        let price = Price { micro_euros: price_per_person.micro_euros.saturating_mul(all) };
        Self { people: all, requests, price, minutes_at_most: minutes_of_base_data(requests) }
    }
}

impl fmt::Display for ReloadCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { people, requests, price, minutes_at_most } = self;
        let euros = price.euros();
        write!(f, "{people} people, {requests} requests, {euros:.2} EUR, {minutes_at_most} minutes at most")
    }
}

/// How the feed stands; nothing where nobody is followed. Lists of municipalities without a permit are not asked
/// about any more, so their silence says nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn look(tx: &mut Tx, settings: &Settings, now: DateTime<Utc>) -> Result<Option<Feed>> {
    let lists = permitted(settings, follow_list::all(tx).await?);
    let Some(since) = lists.iter().map(asked_at).min() else { return Ok(None) };
    let age = now - since;
    let lost = lists.iter().filter(|list| Silence::of(now - asked_at(list)) == Silence::Lost).count();
    Ok(Some(Feed {
        since,
        age,
        silence: Silence::of(age),
        lost,
        reload: reload_cost(&lists, settings.base_data_price),
    }))
}

/// The lists that are asked about: those of municipalities with a permit.
pub(crate) fn permitted(settings: &Settings, mut lists: Vec<FollowList>) -> Vec<FollowList> {
    lists.retain(|list| settings.municipalities.contains_key(&list.municipality));
    lists
}

/// What reading everyone on these lists again from base data would take.
pub(crate) fn reload_cost(lists: &[FollowList], price_per_person: Price) -> ReloadCost {
    let mut people: BTreeMap<&str, u64> = BTreeMap::new();
    for list in lists {
        *people.entry(&list.municipality).or_default() += u64::try_from(list.members).unwrap_or_default();
    }
    ReloadCost::of(people.into_values(), price_per_person)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_of_two_municipalities_share_no_request() {
        let cost = ReloadCost::of([1001, 1], Price { micro_euros: 50_000 });
        assert_eq!((cost.people, cost.requests, cost.minutes_at_most), (1002, 3, 2));
        assert_eq!(cost.to_string(), "1002 people, 3 requests, 50.10 EUR, 2 minutes at most");
    }
}
