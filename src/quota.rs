//! How many single-person queries may be asked: ceilings of day and month, the reserve for what cannot wait, and
//! the price.
//!
//! A query counts in three scopes at once: the whole installation, the municipality under whose permit it is asked,
//! and its purpose. Each may have a ceiling for the Helsinki day and one for the calendar month. From four fifths
//! of a ceiling on there is a warning; at the ceiling nothing more is asked. The last part of the installation's
//! day is kept for urgent queries: a death to confirm, an order of non-disclosure.

use std::fmt;

use chrono::{Datelike as _, Months, NaiveDate};

/// From this share of a ceiling on, in per cent, there is a warning.
pub const WARNING_PERCENT: u64 = 80;

/// The most queries of a scope. `None` is no ceiling of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ceilings {
    /// In one Helsinki day.
    pub day: Option<u32>,
    /// In one calendar month.
    pub month: Option<u32>,
}

/// A price in millionths of a euro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Price {
    /// Millionths of a euro.
    pub micro_euros: u64,
}

impl Price {
    /// The price of so many, in euros.
    pub fn times(self, count: u64) -> f64 {
        Self { micro_euros: self.micro_euros.saturating_mul(count) }.euros()
    }

    /// In euros.
    pub fn euros(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "sums of money stay far below 2^52 millionths")]
        let micro_euros = self.micro_euros as f64;
        micro_euros / 1e6
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (euros, rest) = (self.micro_euros / 1_000_000, self.micro_euros % 1_000_000);
        let rest = format!("{rest:06}");
        match rest.trim_end_matches('0') {
            "" => write!(f, "{euros}"),
            rest => write!(f, "{euros}.{rest}"),
        }
    }
}

/// What a ceiling is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Every query of the installation.
    Installation,
    /// Those under the permit of the municipality with this code.
    Municipality(String),
    /// Those for the purpose of this name.
    Purpose(String),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installation => f.write_str("the whole installation"),
            Self::Municipality(code) => write!(f, "municipality {code}"),
            Self::Purpose(name) => write!(f, "purpose {name}"),
        }
    }
}

/// The time a ceiling is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// The Helsinki day.
    Day,
    /// The calendar month of the Helsinki day.
    Month,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day => "today",
            Self::Month => "this month",
        })
    }
}

/// Queries that count, those still under way among them: one line for each day, municipality and purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The Helsinki day.
    pub day: NaiveDate,
    /// The municipality's code.
    pub municipality: String,
    /// The purpose's name.
    pub purpose: String,
    /// How many attempts.
    pub queries: u64,
    /// Their price.
    pub price: Price,
}

impl Booked {
    /// Whether it counts in a scope.
    fn is_in(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Installation => true,
            Scope::Municipality(code) => self.municipality == *code,
            Scope::Purpose(name) => self.purpose == *name,
        }
    }
}

/// How many queries count in a scope on `today`, or in its month. `booked` holds that month's lines.
pub fn used(booked: &[Booked], scope: &Scope, span: Span, today: NaiveDate) -> u64 {
    let counts = |line: &&Booked| line.is_in(scope) && (span == Span::Month || line.day == today);
    booked.iter().filter(counts).map(|line| line.queries).sum()
}

/// The price of what counts in a scope this month.
pub fn price(booked: &[Booked], scope: &Scope) -> Price {
    let lines = booked.iter().filter(|line| line.is_in(scope));
    Price { micro_euros: lines.map(|line| line.price.micro_euros).sum() }
}

/// The first day of a date's month, and the first day of the next.
pub fn month_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day.with_day(1).unwrap_or(day);
    (first, first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX))
}

/// What the month will have cost if the rest of it goes on as its days so far, today among them.
pub fn estimate(so_far: Price, today: NaiveDate) -> Price {
    let (first, next) = month_of(today);
    let days = u64::try_from((next - first).num_days()).unwrap_or(31);
    Price { micro_euros: so_far.micro_euros.saturating_mul(days) / u64::from(today.day()) }
}

/// How far a ceiling is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// What the ceiling is about.
    pub scope: Scope,
    /// For which time.
    pub span: Span,
    /// How many queries count.
    pub used: u64,
    /// The most there may be.
    pub ceiling: u32,
    /// The last so many of them are for urgent queries.
    pub reserve: u32,
}

impl Usage {
    /// How many more may be asked.
    fn left(&self, urgency: Urgency) -> u64 {
        let most = match urgency {
            Urgency::Urgent => self.ceiling,
            Urgency::CanWait => self.ceiling.saturating_sub(self.reserve),
        };
        u64::from(most).saturating_sub(self.used)
    }

    /// Whether the warning's share is reached.
    pub fn is_near(&self) -> bool {
        self.ceiling > 0 && self.used * 100 >= u64::from(self.ceiling) * WARNING_PERCENT
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} queries {} for {}", self.used, self.ceiling, self.span, self.scope)
    }
}

/// Whether a query may use the reserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A death to confirm, an order of non-disclosure: it may.
    Urgent,
    /// Everything else.
    CanWait,
}

/// The reserve of a ceiling, in queries, of a share in per cent; rounded down.
pub fn reserve(ceiling: u32, percent: u32) -> u32 {
    u32::try_from(u64::from(ceiling) * u64::from(percent) / 100).unwrap_or(ceiling)
}

/// More would be asked than a ceiling allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct CeilingReached {
    /// The ceiling, and how far it is used.
    pub usage: Usage,
    /// How many queries were wanted.
    pub wanted: u32,
    /// Whether they may use the reserve.
    pub urgency: Urgency,
}

impl CeilingReached {
    fn text(&self) -> String {
        let Usage { used, ceiling, reserve, span, scope } = &self.usage;
        let kept = match self.urgency {
            Urgency::CanWait if *reserve > 0 => format!(", {reserve} of them kept for urgent queries"),
            Urgency::CanWait | Urgency::Urgent => String::new(),
        };
        let when = match span {
            Span::Day => "tomorrow",
            Span::Month => "next month",
        };
        format!(
            "the ceiling of {scope} is {ceiling} queries {span}{kept}; {used} are used and {} wanted: try again {when}, or raise the ceiling in the configuration",
            self.wanted
        )
    }
}

/// Whether so many queries may be asked: the ceilings that are near once they are, or the first one that is reached.
///
/// # Errors
/// When a ceiling would be passed.
pub fn decide(usages: &[Usage], wanted: u32, urgency: Urgency) -> Result<Vec<Usage>, CeilingReached> {
    if let Some(usage) = usages.iter().find(|usage| usage.left(urgency) < u64::from(wanted)) {
        return Err(CeilingReached { usage: usage.clone(), wanted, urgency });
    }
    let after = usages.iter().map(|usage| Usage { used: usage.used + u64::from(wanted), ..usage.clone() });
    Ok(after.filter(Usage::is_near).collect())
}

/// How many queries may be asked now under every ceiling.
pub fn room(usages: &[Usage], urgency: Urgency) -> u32 {
    let least = usages.iter().map(|usage| usage.left(urgency)).min();
    least.map_or(u32::MAX, |least| u32::try_from(least).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(used: u64, ceiling: u32, reserve: u32) -> Usage {
        Usage { scope: Scope::Installation, span: Span::Day, used, ceiling, reserve }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_part_of_the_day_is_for_the_urgent() {
        assert_eq!((reserve(200, 10), reserve(9, 10), reserve(10, 100)), (20, 0, 10));
        let at = |used, urgency| decide(&[usage(used, 200, 20)], 1, urgency);
        assert!(at(179, Urgency::CanWait).is_ok());
        assert!(at(180, Urgency::CanWait).unwrap_err().to_string().contains("20 of them kept for urgent"));
        assert!(at(199, Urgency::Urgent).is_ok());
        assert!(!at(200, Urgency::Urgent).unwrap_err().to_string().contains("kept"));
    }

    #[test]
    fn a_ceiling_warns_from_four_fifths_and_stops_at_itself() {
        let near = |used| decide(&[usage(used, 100, 0)], 1, Urgency::CanWait).unwrap().len();
        assert_eq!((near(78), near(79), near(99)), (0, 1, 1));
        assert!(decide(&[usage(100, 100, 0)], 1, Urgency::CanWait).is_err());
        assert!(decide(&[usage(0, 0, 0)], 1, Urgency::Urgent).is_err(), "0 turns the query off");
        assert!(decide(&[], 1_000, Urgency::CanWait).unwrap().is_empty());
    }

    #[test]
    fn a_run_that_would_pass_a_ceiling_is_refused_as_a_whole() {
        let both =
            [usage(10, 100, 10), Usage { scope: Scope::Purpose("desk".to_owned()), ..usage(0, 50, 0) }];
        assert_eq!(room(&both, Urgency::CanWait), 50);
        assert!(decide(&both, 50, Urgency::CanWait).is_ok());
        let refused = decide(&both, 51, Urgency::CanWait).unwrap_err();
        assert_eq!(refused.usage.scope, Scope::Purpose("desk".to_owned()));
        assert_eq!(room(&[usage(200, 100, 10)], Urgency::Urgent), 0);
        assert_eq!(room(&[], Urgency::CanWait), u32::MAX);
    }

    #[test]
    fn a_query_counts_in_every_scope_it_belongs_to_and_on_its_day() {
        let line = |day_text, municipality: &str, purpose: &str, queries| Booked {
            day: day(day_text),
            municipality: municipality.to_owned(),
            purpose: purpose.to_owned(),
            queries,
            price: Price { micro_euros: queries * 10 },
        };
        let booked = [
            line("2026-11-20", "710", "desk", 1),
            line("2026-11-21", "710", "desk", 2),
            line("2026-11-21", "078", "desk", 4),
            line("2026-11-21", "710", "confirm_death", 8),
        ];
        let today = day("2026-11-21");
        let count = |scope: &Scope, span| used(&booked, scope, span, today);
        let town = Scope::Municipality("710".to_owned());
        let desk = Scope::Purpose("desk".to_owned());
        assert_eq!(
            (count(&Scope::Installation, Span::Day), count(&Scope::Installation, Span::Month)),
            (14, 15)
        );
        assert_eq!((count(&town, Span::Day), count(&town, Span::Month)), (10, 11));
        assert_eq!((count(&desk, Span::Day), count(&desk, Span::Month)), (6, 7));
        assert_eq!(price(&booked, &desk), Price { micro_euros: 70 });
    }

    #[test]
    fn the_estimate_goes_on_as_the_days_so_far() {
        assert_eq!(month_of(day("2026-12-31")), (day("2026-12-01"), day("2027-01-01")));
        let so_far = Price { micro_euros: 1_000_000 };
        assert_eq!(estimate(so_far, day("2026-11-10")), Price { micro_euros: 3_000_000 });
        assert_eq!(estimate(so_far, day("2026-11-30")), so_far);
        assert_eq!(Price { micro_euros: 2_500_000 }.to_string(), "2.5");
    }
}
