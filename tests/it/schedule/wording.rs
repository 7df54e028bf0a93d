//! Expressions whose meaning is known as sets, for properties.

use std::collections::BTreeSet;

use ajantasa::schedule::CronExpression;
use proptest::prelude::*;

/// A wording and the sets it means. `None`: `*`.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) text: String,
    pub(super) minutes: BTreeSet<u32>,
    pub(super) hours: BTreeSet<u32>,
    pub(super) every_hour: bool,
    pub(super) days: Option<BTreeSet<u32>>,
    pub(super) months: Option<BTreeSet<u32>>,
    pub(super) weekdays: Option<BTreeSet<u32>>,
}

/// A field as it is written, and the numbers it means.
pub(super) type Written = (String, BTreeSet<u32>);

fn list(set: BTreeSet<u32>) -> Written {
    (set.iter().map(u32::to_string).collect::<Vec<_>>().join(","), set)
}

/// A field of one to three numbers, ranges and steps between bounds, and the numbers it means.
pub(super) fn field(low: u32, high: u32) -> impl Strategy<Value = Written> {
    prop_oneof![
        prop::collection::btree_set(low..=high, 1..4).prop_map(list),
        (low..=high, low..=high, 1..=high.max(2)).prop_map(move |(a, b, step)| {
            let (a, b) = (a.min(b), a.max(b));
            let step = step.min(high);
            (format!("{a}-{b}/{step}"), (a..=b).step_by(step as usize).collect())
        }),
        (1..=high)
            .prop_map(move |step| { (format!("*/{step}"), (low..=high).step_by(step as usize).collect()) }),
        Just(("*".to_owned(), (low..=high).collect())),
    ]
}

/// An hour field, more often than not about the hour in which the clocks change.
pub(super) fn hour() -> impl Strategy<Value = Written> {
    prop_oneof![
        3 => prop::collection::btree_set(2_u32..=4, 1..3).prop_map(list),
        2 => field(0, 23),
    ]
}

/// The expression of five fields.
pub(super) fn known(
    minute: &Written,
    hour: &Written,
    day: &Written,
    month: &Written,
    weekday: &Written,
) -> Known {
    let some = |field: &Written| (field.0 != "*").then(|| field.1.clone());
    Known {
        text: format!("{} {} {} {} {}", minute.0, hour.0, day.0, month.0, weekday.0),
        every_hour: hour.0.starts_with('*'),
        minutes: minute.1.clone(),
        hours: hour.1.clone(),
        days: some(day),
        months: some(month),
        weekdays: some(weekday),
    }
}

pub(super) fn any_day() -> Written {
    ("*".to_owned(), BTreeSet::new())
}

/// Random expressions that are accepted.
pub(super) fn wordings() -> impl Strategy<Value = Known> {
    (field(0, 59), hour(), field(1, 31), field(1, 12), field(0, 6), any::<bool>())
        .prop_map(|(minute, hour, day, month, weekday, by_day)| {
            let (day, weekday) = if by_day { (day, any_day()) } else { (any_day(), weekday) };
            known(&minute, &hour, &day, &month, &weekday)
        })
        .prop_filter("impossible dates are refused", |known| CronExpression::parse(&known.text).is_ok())
}
