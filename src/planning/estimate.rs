//! What asking about many people takes and brings, before it is done.

use std::num::NonZeroU32;

/// Of people compared, so many per cent have a difference at the first comparison of an address register that has
/// been kept by hand: from experience with address runs elsewhere.
pub const DIFFERENCES_PERCENT: (u64, u64) = (3, 11);

/// A reply for a full request for base data has been seen to take so long.
pub const SECONDS_PER_FULL_REQUEST: u64 = 25;

/// People in one base-data request.
pub const PEOPLE_PER_REQUEST: u64 = 1000;

/// About so many people VTJ must have answered within a year before their share of findings says more than the
/// experience elsewhere.
const ENOUGH_PEOPLE: u64 = 1000;

/// Minutes that requests for base data take when VTJ is slow.
pub fn minutes_of_base_data(requests: u64) -> u64 {
    requests.saturating_mul(SECONDS_PER_FULL_REQUEST).div_ceil(60)
}

/// Minutes that single-person queries take at the agreed rate.
pub fn minutes_of_queries(requests: u64, per_second: NonZeroU32) -> u64 {
    requests.div_ceil(u64::from(per_second.get())).div_ceil(60)
}

/// How many cases the queue should expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Queue {
    /// At least about so many.
    pub from: u64,
    /// At most about so many.
    pub to: u64,
    /// What the estimate rests on.
    pub by: Experience,
}

/// What an estimate of the queue rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Experience {
    /// The share of this installation's last year.
    OwnYear,
    /// Address runs elsewhere.
    Elsewhere,
}

/// The cases to expect of so many people, of whom this installation had about `answered` answers within a year and
/// findings about `found` of them.
pub fn queue(people: u64, answered: u64, found: u64) -> Queue {
    if answered >= ENOUGH_PEOPLE {
        let share = u128::from(people) * u128::from(found.min(answered));
        let (from, to) = (share / u128::from(answered), share.div_ceil(u128::from(answered)));
        let number = |count: u128| u64::try_from(count).unwrap_or(u64::MAX);
        return Queue { from: number(from), to: number(to), by: Experience::OwnYear };
    }
    let (least, most) = DIFFERENCES_PERCENT;
    Queue { from: people * least / 100, to: (people * most).div_ceil(100), by: Experience::Elsewhere }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_estimated_from_the_own_year_once_there_is_enough_of_it() {
        assert_eq!(queue(300, 999, 500), Queue { from: 9, to: 33, by: Experience::Elsewhere });
        assert_eq!(queue(300, 1000, 55), Queue { from: 16, to: 17, by: Experience::OwnYear });
        assert_eq!(queue(0, 1000, 55), Queue { from: 0, to: 0, by: Experience::OwnYear });
    }

    #[test]
    fn time_is_counted_in_begun_minutes() {
        assert_eq!((minutes_of_base_data(0), minutes_of_base_data(3)), (0, 2));
        let two = NonZeroU32::new(2).unwrap();
        assert_eq!((minutes_of_queries(120, two), minutes_of_queries(121, two)), (1, 2));
    }
}
