//! Which patrons a refresh is about: a small typed language of conditions, its text and its plain sentence.
//!
//! A [`Segment`] is a tree of conditions joined by `and`, `or` and `not`. It is written as a text such as
//! `municipality = 710 and open_debts and not_verified_for 6 months`, read by [`Segment::parse`] and printed by
//! `Display` in one canonical way that reads back as the same. [`Segment::reading`] says it as a sentence in
//! Finnish, Swedish or English; [`form`] lays it out as rows for a form. The database turns it into one condition of
//! a query.
//!
//! A condition about something that is not known of a patron is not met: who has no birth date has no age, and is
//! met by `not age < 18`. What a segment selects is what the library says of its patrons and when VTJ was last asked
//! about them; nothing of what VTJ said can be selected by.

mod days;
pub mod form;
mod parse;
mod print;
mod reading;

use std::collections::BTreeSet;

use crate::municipality::{Language, MunicipalityCode};

pub use days::{born_at_latest, due_at_latest, verified_before};

/// How many levels of `and`, `or`, `not` a segment has at most: more than anybody reads without a mistake.
pub const MOST_LEVELS: usize = 8;
/// How many conditions a segment has at most.
pub const MOST_CONDITIONS: usize = 50;
/// How many values one condition lists at most.
pub const MOST_VALUES: usize = 100;
/// How many characters the text of a segment has at most.
pub const LONGEST_TEXT: usize = 8_000;
/// The most years of age that can be asked for.
pub const MOST_YEARS: u32 = 130;
/// The most months for which somebody can be asked not to have been verified.
pub const MOST_MONTHS: u32 = 240;
/// The most days ahead.
pub const MOST_DAYS: u32 = 366;
/// The largest debt that can be asked for, in cents.
pub const MOST_CENTS: u64 = 100_000_000;

/// A selection of patrons.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Segment {
    root: Node,
}

/// A part of a segment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    /// All of these; two at least, and none of them is itself a [`Node::All`].
    All(Vec<Node>),
    /// At least one of these; two at least, and none of them is itself a [`Node::Any`].
    Any(Vec<Node>),
    /// Everybody else.
    Not(Box<Node>),
    /// One condition.
    Is(Condition),
}

/// One condition on a patron.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Every patron.
    Everyone,
    /// A patron of one of these municipalities.
    Municipality(BTreeSet<MunicipalityCode>),
    /// The home library is one of these, exactly as written in the register; the empty text is none.
    HomeLibrary(BTreeSet<String>),
    /// The patron group is one of these, exactly as written in the register; the empty text is none.
    PatronGroup(BTreeSet<String>),
    /// The library writes in one of these languages; `None` is no language.
    Language(BTreeSet<Option<Language>>),
    /// Full years of age today, by the register's birth date.
    Age(Comparison, u32),
    /// VTJ last answered about the person more than so many months ago, or never.
    NotVerifiedFor {
        /// Calendar months.
        months: u32,
    },
    /// VTJ has never answered about the person.
    NeverVerified,
    /// The library's mark "wrong contact details" (väärät yhteystiedot).
    WrongContactDetails,
    /// Unpaid fees above so many cents.
    OpenDebts {
        /// Cents.
        over_cents: u64,
    },
    /// Owes something, and the oldest due date will have been long enough ago for the debt collector within so many
    /// days; those for whom it is already among them.
    CollectionWithin {
        /// Days from today.
        days: u32,
    },
    /// Has the fifteenth birthday today or within so many days.
    Turning15Within {
        /// Days from today.
        days: u32,
    },
    /// A home-service patron: in one of the patron groups that the configuration names.
    HomeService,
}

/// How an age is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Under,
    /// `<=`
    AtMost,
    /// `=`
    Exactly,
    /// `>=`
    AtLeast,
    /// `>`
    Over,
}

/// What the configuration says that segments depend on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SegmentRules {
    /// Days since the oldest due date after which a debt goes to the collector.
    pub minimum_days_overdue: u32,
    /// The patron groups of home service.
    pub home_service_groups: BTreeSet<String>,
}

/// Why a segment cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// The text is not a segment.
    #[error("segment, character {position}: {what}: {instead}")]
    Text {
        /// Where, in characters from 1.
        position: usize,
        /// What stands there.
        what: String,
        /// What to write.
        instead: String,
    },
    /// The tree is too large or a value is out of bounds.
    #[error("segment: {what}: {instead}")]
    Bounds {
        /// What is too large.
        what: String,
        /// What to write.
        instead: String,
    },
    /// The configuration does not say who is a home-service patron.
    #[error(
        "home_service selects the patron groups of home service, and the configuration names none: write [schedules] home_service_groups = [\"…\"] with the groups as the register calls them"
    )]
    NoHomeServiceGroups,
}

impl Segment {
    /// A segment of a tree, brought into its one form: nested lists of the same kind are joined, a list of one is
    /// that one.
    ///
    /// # Errors
    /// When the tree is empty somewhere, too deep or too large, or a value is out of bounds.
    pub fn new(root: Node) -> Result<Self, SegmentError> {
        let root = normal(root)?;
        let levels = root.levels();
        if levels > MOST_LEVELS {
            return Err(bounds(
                format!("{levels} levels of and, or and not"),
                format!("write at most {MOST_LEVELS}, or make two schedules"),
            ));
        }
        let conditions = root.conditions().len();
        if conditions > MOST_CONDITIONS {
            return Err(bounds(
                format!("{conditions} conditions"),
                format!("write at most {MOST_CONDITIONS}, or make two schedules"),
            ));
        }
        root.conditions().into_iter().try_for_each(Condition::check)?;
        Ok(Self { root })
    }

    /// Every patron.
    pub fn everyone() -> Self {
        Self { root: Node::Is(Condition::Everyone) }
    }

    /// The tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Every condition, in the order of the text.
    pub fn conditions(&self) -> Vec<&Condition> {
        self.root.conditions()
    }

    /// Whether the configuration says all that the segment depends on.
    ///
    /// # Errors
    /// When it does not; says which key to write.
    pub fn check(&self, rules: &SegmentRules) -> Result<(), SegmentError> {
        let home_service = self.conditions().contains(&&Condition::HomeService);
        if home_service && rules.home_service_groups.is_empty() {
            return Err(SegmentError::NoHomeServiceGroups);
        }
        Ok(())
    }
}

impl serde::Serialize for Segment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Segment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

fn bounds(what: impl Into<String>, instead: impl Into<String>) -> SegmentError {
    SegmentError::Bounds { what: what.into(), instead: instead.into() }
}

fn normal(node: Node) -> Result<Node, SegmentError> {
    Ok(match node {
        Node::All(parts) => {
            joined(parts, |part| if let Node::All(inner) = part { Ok(inner) } else { Err(part) }, Node::All)?
        }
        Node::Any(parts) => {
            joined(parts, |part| if let Node::Any(inner) = part { Ok(inner) } else { Err(part) }, Node::Any)?
        }
        Node::Not(inner) => Node::Not(Box::new(normal(*inner)?)),
        Node::Is(condition) => Node::Is(condition),
    })
}

fn joined(
    parts: Vec<Node>,
    same: fn(Node) -> Result<Vec<Node>, Node>,
    list: fn(Vec<Node>) -> Node,
) -> Result<Node, SegmentError> {
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match same(normal(part)?) {
            Ok(inner) => flat.extend(inner),
            Err(other) => flat.push(other),
        }
    }
    match flat.len() {
        0 => Err(bounds("a list of conditions is empty", "write a condition, or everyone")),
        1 => Ok(flat.remove(0)),
        _ => Ok(list(flat)),
    }
}

impl Node {
    fn levels(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                1 + parts.iter().map(Self::levels).max().unwrap_or_default()
            }
            Self::Not(inner) => 1 + inner.levels(),
            Self::Is(_) => 0,
        }
    }

    fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::conditions).collect(),
            Self::Not(inner) => inner.conditions(),
            Self::Is(condition) => vec![condition],
        }
    }
}

impl Condition {
    /// Whether its values are within bounds.
    ///
    /// # Errors
    /// When not; says which are allowed.
    pub fn check(&self) -> Result<(), SegmentError> {
        let word = self.word();
        let at_most = |value: u64, least: u64, most: u64, unit: &str| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            Err(bounds(format!("{word}: {value} {unit}"), format!("write a number from {least} to {most}")))
        };
        let listed = |count: usize| match count {
            0 => Err(bounds(format!("{word} names nothing"), "write a value".to_owned())),
            1..=MOST_VALUES => Ok(()),
            _ => Err(bounds(format!("{word} lists {count} values"), format!("write at most {MOST_VALUES}"))),
        };
        let readable = |texts: &BTreeSet<String>| {
            let odd =
                texts.iter().find(|text| text.trim() != text.as_str() || text.contains(char::is_control));
            match odd {
                Some(odd) => Err(bounds(
                    format!("{word} = {odd:?}"),
                    "write the name as the register has it, without spaces around it",
                )),
                None => listed(texts.len()),
            }
        };
        match self {
            Self::Everyone | Self::NeverVerified | Self::WrongContactDetails | Self::HomeService => Ok(()),
            Self::Municipality(codes) => listed(codes.len()),
            Self::HomeLibrary(texts) | Self::PatronGroup(texts) => readable(texts),
            Self::Language(languages) => listed(languages.len()),
            Self::Age(_, years) => at_most(u64::from(*years), 0, u64::from(MOST_YEARS), "years"),
            Self::NotVerifiedFor { months } => {
                at_most(u64::from(*months), 1, u64::from(MOST_MONTHS), "months")
            }
            Self::OpenDebts { over_cents } => at_most(*over_cents, 0, MOST_CENTS, "cents"),
            Self::CollectionWithin { days } | Self::Turning15Within { days } => {
                at_most(u64::from(*days), 0, u64::from(MOST_DAYS), "days")
            }
        }
    }

    /// The word it begins with.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Municipality(_) => "municipality",
            Self::HomeLibrary(_) => "home_library",
            Self::PatronGroup(_) => "patron_group",
            Self::Language(_) => "language",
            Self::Age(..) => "age",
            Self::NotVerifiedFor { .. } => "not_verified_for",
            Self::NeverVerified => "never_verified",
            Self::WrongContactDetails => "wrong_contact_details",
            Self::OpenDebts { .. } => "open_debts",
            Self::CollectionWithin { .. } => "collection_within",
            Self::Turning15Within { .. } => "turning_15_within",
            Self::HomeService => "home_service",
        }
    }
}

/// The words conditions begin with, in the order of the documentation.
pub const WORDS: [&str; 13] = [
    "municipality",
    "home_library",
    "patron_group",
    "language",
    "age",
    "not_verified_for",
    "never_verified",
    "wrong_contact_details",
    "open_debts",
    "collection_within",
    "turning_15_within",
    "home_service",
    "everyone",
];
