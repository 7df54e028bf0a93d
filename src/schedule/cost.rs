//! What reading people from base data takes: requests, price and time.

use std::fmt;

use crate::quota::Price;

/// People in one base-data request: VTJ takes no more.
pub const PEOPLE_PER_REQUEST: u64 = 1000;

/// A reply about a full request has been seen to take so long.
pub const SECONDS_PER_REQUEST: u64 = 25;

/// What reading some people from base data takes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BaseDataCost {
    /// How many people.
    pub people: u64,
    /// How many requests: people of one municipality's permit share one.
    pub requests: u64,
    /// The price.
    pub price: Price,
    /// Minutes, when VTJ is slow.
    pub minutes_at_most: u64,
}

impl BaseDataCost {
    /// The cost of reading so many people of each municipality, at a price for each person.
    pub fn of(people: impl IntoIterator<Item = u64>, price_per_person: Price) -> Self {
        let (mut all, mut requests) = (0_u64, 0_u64);
        for people in people {
            all = all.saturating_add(people);
            requests = requests.saturating_add(people.div_ceil(PEOPLE_PER_REQUEST));
        }
        Self {
            people: all,
            requests,
            price: Price { micro_euros: price_per_person.micro_euros.saturating_mul(all) },
            minutes_at_most: requests.saturating_mul(SECONDS_PER_REQUEST).div_ceil(60),
        }
    }
}

impl fmt::Display for BaseDataCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} people, {} requests, {:.2} EUR, {} minutes at most",
            self.people,
            self.requests,
            self.price.euros(),
            self.minutes_at_most
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_of_two_municipalities_share_no_request() {
        let cost = BaseDataCost::of([1001, 1], Price { micro_euros: 50_000 });
        assert_eq!((cost.people, cost.requests, cost.minutes_at_most), (1002, 3, 2));
        assert_eq!(cost.to_string(), "1002 people, 3 requests, 50.10 EUR, 2 minutes at most");
    }
}
