//! One field of a cron expression: what may stand in it, and the numbers it means.

use std::collections::BTreeSet;

use super::CronError;

/// What may stand in a field.
#[derive(Debug)]
pub(super) struct Kind {
    name: &'static str,
    low: u32,
    high: u32,
    /// Names of the numbers from `first_named` up.
    names: &'static [&'static str],
    first_named: u32,
    /// The names, as an error speaks of them.
    named: &'static str,
    /// What to write in place of `L`, `W` and `#`.
    instead: &'static str,
}

const NO_SPECIALS: &str = "write numbers";
/// Sunday first, as the numbers of crontab go.
pub(super) const WEEKDAY_NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const SUNDAY_AT_THE_END: u32 = 7;

pub(super) const MINUTE: Kind =
    Kind { name: "minute", low: 0, high: 59, names: &[], first_named: 0, named: "", instead: NO_SPECIALS };
pub(super) const HOUR: Kind =
    Kind { name: "hour", low: 0, high: 23, names: &[], first_named: 0, named: "", instead: NO_SPECIALS };
pub(super) const DAY: Kind = Kind {
    name: "day of the month",
    low: 1,
    high: 31,
    names: &[],
    first_named: 1,
    named: "",
    instead: "write a day that every month has, from 1 to 28, or MON-FRI in the weekday field for working days",
};
pub(super) const MONTH: Kind = Kind {
    name: "month",
    low: 1,
    high: 12,
    names: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    first_named: 1,
    named: " or a name from JAN to DEC",
    instead: NO_SPECIALS,
};
/// 0 and 7 are both Sunday.
pub(super) const WEEKDAY: Kind = Kind {
    name: "weekday",
    low: 0,
    high: SUNDAY_AT_THE_END,
    names: &WEEKDAY_NAMES,
    first_named: 0,
    named: " or a name from MON to SUN",
    instead: "write the weekday alone, such as MON, or 1-7 as day of the month for the first week",
};

/// The numbers a field means.
#[derive(Debug, Clone)]
pub(super) struct Field {
    any: bool,
    numbers: BTreeSet<u32>,
}

impl Field {
    /// Reads a field: a list of `*`, numbers, names and ranges, with steps.
    pub(super) fn parse(kind: &Kind, text: &str) -> Result<Self, CronError> {
        let any = text == "*" || (text == "?" && (kind.name == DAY.name || kind.name == WEEKDAY.name));
        if any {
            return Ok(Self { any, numbers: (kind.low..=kind.high).collect() });
        }
        let mut numbers = BTreeSet::new();
        for part in text.split(',') {
            kind.add(part, &mut numbers)?;
        }
        Ok(Self { any, numbers })
    }

    /// Whether the field is `*` and nothing else.
    pub(super) fn is_any(&self) -> bool {
        self.any
    }

    /// The numbers the field means.
    pub(super) fn numbers(&self) -> &BTreeSet<u32> {
        &self.numbers
    }

    /// The field as a list of numbers, or `*`.
    pub(super) fn as_numbers(&self) -> String {
        self.listed(|number| number.to_string())
    }

    /// The field as a list of weekday names, or `*`: libraries do not agree on the numbers.
    pub(super) fn as_weekday_names(&self) -> String {
        self.listed(|number| WEEKDAY_NAMES[(number % 7) as usize].to_owned())
    }

    fn listed(&self, word: impl Fn(u32) -> String) -> String {
        if self.any {
            return "*".to_owned();
        }
        self.numbers
            .iter()
            .map(|&number| word(number))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join(",")
    }
}

/// Whether any month of the field has any day of the field, in some year.
pub(super) fn some_month_has_such_a_day(days: &Field, months: &Field) -> bool {
    let first = days.numbers.first().copied().unwrap_or(DAY.low);
    months.numbers.iter().any(|month| {
        first
            <= match month {
                2 => 29,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            }
    })
}

impl Kind {
    /// Adds the numbers of one part of a list.
    fn add(&self, part: &str, numbers: &mut BTreeSet<u32>) -> Result<(), CronError> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(self.step(step, part)?)),
            None => (part, None),
        };
        let (low, high) = if range == "*" {
            // Sunday counts once in a step over the week.
            (self.low, self.high.min(if self.name == WEEKDAY.name { 6 } else { u32::MAX }))
        } else if let Some((low, high)) = range.split_once('-') {
            self.ends(low, high, step, part)?
        } else {
            let number = self.number(range, part)?;
            if let Some(step) = step {
                let instead = format!("{number}-{}/{step}", self.high);
                return Err(CronError::StepWithoutRange { field: self.name, text: part.to_owned(), instead });
            }
            (number, number)
        };
        numbers.extend((low..=high).step_by(step.unwrap_or(1) as usize));
        Ok(())
    }

    fn ends(
        &self,
        low_text: &str,
        high_text: &str,
        step: Option<u32>,
        part: &str,
    ) -> Result<(u32, u32), CronError> {
        let low = self.number(low_text, part)?;
        let mut high = self.number(high_text, part)?;
        if self.name == WEEKDAY.name && high == 0 && low > 0 {
            high = SUNDAY_AT_THE_END;
        }
        if low <= high {
            return Ok((low, high));
        }
        let instead = match step {
            None => format!("{},{}", range(low, self.high), range(self.low, high)),
            Some(step) => self.around_the_end(low, high, step),
        };
        Err(CronError::Backwards { field: self.name, text: part.to_owned(), instead })
    }

    /// A range over the end of the clock or the calendar with a step, as a list.
    fn around_the_end(&self, low: u32, high: u32, step: u32) -> String {
        // Sunday is 0 and 7, and is counted once.
        let last = if self.name == WEEKDAY.name { 6 } else { self.high };
        let numbers = (low..=last).chain(self.low..=high).step_by(step as usize);
        numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(",")
    }

    fn step(&self, text: &str, part: &str) -> Result<u32, CronError> {
        digits(text).filter(|step| (1..=self.high).contains(step)).ok_or_else(|| CronError::Step {
            field: self.name,
            text: part.to_owned(),
            high: self.high,
        })
    }

    fn number(&self, text: &str, part: &str) -> Result<u32, CronError> {
        let named =
            self.names.iter().zip(self.first_named..).find(|(name, _)| name.eq_ignore_ascii_case(text));
        if let Some((_, number)) = named {
            return Ok(number);
        }
        if let Some(number) = digits(text).filter(|number| (self.low..=self.high).contains(number)) {
            return Ok(number);
        }
        let special = text.contains(['#', 'L', 'W', 'l', 'w'])
            && !text.trim_end_matches(['L', 'W', 'l', 'w']).contains(|c: char| {
                c.is_alphabetic() && !self.names.iter().any(|name| text.to_ascii_uppercase().contains(name))
            });
        Err(if special {
            CronError::Special { field: self.name, text: part.to_owned(), instead: self.instead }
        } else {
            CronError::Value {
                field: self.name,
                text: part.to_owned(),
                names: self.named,
                low: self.low,
                high: self.high,
            }
        })
    }
}

/// A range as it is written, a number alone where it holds one.
fn range(low: u32, high: u32) -> String {
    if low == high { low.to_string() } else { format!("{low}-{high}") }
}

/// A number of one or two digits and nothing else: no sign, no space.
fn digits(text: &str) -> Option<u32> {
    let plain = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
