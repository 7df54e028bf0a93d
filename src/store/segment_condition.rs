//! A segment as one condition of a query over `patron p` and `person k`, every value bound.
//!
//! Each condition is true or false, never unknown, so that `not` means everybody else.

use chrono::{DateTime, Days, NaiveDate, Utc};
use uuid::Uuid;

use super::segment::SegmentScope;
use crate::municipality::MunicipalityCode;
use crate::segment::{Comparison, Condition, Node, Segment, born_at_latest, due_at_latest, verified_before};

/// A part of the text of a query, or a value to bind there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Text of our own.
    Sql(&'static str),
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// A date.
    Day(NaiveDate),
    /// An instant.
    Time(DateTime<Utc>),
    /// An identifier.
    Id(Uuid),
}

/// Appends pieces to a query.
macro_rules! push_pieces {
    ($query:expr, $pieces:expr) => {
        for piece in $pieces {
            match piece {
                Piece::Sql(text) => $query.push(*text),
                Piece::Text(text) => $query.push_bind(text),
                Piece::Number(number) => $query.push_bind(*number),
                Piece::Day(day) => $query.push_bind(*day),
                Piece::Time(time) => $query.push_bind(*time),
                Piece::Id(id) => $query.push_bind(*id),
            };
        }
    };
}
pub(super) use push_pieces;

/// Who of the patrons of some municipalities is selected and may be asked about.
pub(super) fn asked(segment: &Segment, scope: &SegmentScope, towns: &[MunicipalityCode]) -> Vec<Piece> {
    described(segment, scope, towns, " AND k.follow_state <> 'unfollowed'")
}

/// Who of them is described and may not be asked about.
pub(super) fn left_out(segment: &Segment, scope: &SegmentScope, towns: &[MunicipalityCode]) -> Vec<Piece> {
    described(segment, scope, towns, " AND k.follow_state = 'unfollowed'")
}

fn described(
    segment: &Segment,
    scope: &SegmentScope,
    towns: &[MunicipalityCode],
    followed: &'static str,
) -> Vec<Piece> {
    let mut pieces = vec![Piece::Sql(" WHERE ")];
    one_of("p.municipality", towns.iter().map(|town| town.as_str().to_owned()), &mut pieces);
    pieces.push(Piece::Sql(" AND "));
    node(segment.root(), scope, &mut pieces);
    pieces.push(Piece::Sql(followed));
    pieces
}

/// The municipalities in which a segment can find anybody: those of the scope, without those that a condition on
/// the municipality rules out.
pub(super) fn municipalities(segment: &Segment, scope: &SegmentScope) -> Vec<MunicipalityCode> {
    let conditions = match segment.root() {
        Node::All(parts) => &parts[..],
        one @ (Node::Any(_) | Node::Not(_) | Node::Is(_)) => std::slice::from_ref(one),
    };
    let allows = |code: &MunicipalityCode| {
        conditions.iter().all(|part| match part {
            Node::Is(Condition::Municipality(codes)) => codes.contains(code),
            Node::All(_) | Node::Any(_) | Node::Not(_) | Node::Is(_) => true,
        })
    };
    scope.municipalities.iter().filter(|code| allows(code)).cloned().collect()
}

fn node(this: &Node, scope: &SegmentScope, pieces: &mut Vec<Piece>) {
    match this {
        Node::All(parts) => list(parts, " AND ", scope, pieces),
        Node::Any(parts) => list(parts, " OR ", scope, pieces),
        Node::Not(inner) => {
            pieces.push(Piece::Sql("NOT ("));
            node(inner, scope, pieces);
            pieces.push(Piece::Sql(")"));
        }
        Node::Is(condition) => is(condition, scope, pieces),
    }
}

fn list(parts: &[Node], between: &'static str, scope: &SegmentScope, pieces: &mut Vec<Piece>) {
    pieces.push(Piece::Sql("("));
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            pieces.push(Piece::Sql(between));
        }
        node(part, scope, pieces);
    }
    pieces.push(Piece::Sql(")"));
}

fn is(condition: &Condition, scope: &SegmentScope, pieces: &mut Vec<Piece>) {
    let today = scope.today;
    match condition {
        Condition::Everyone => pieces.push(Piece::Sql("TRUE")),
        Condition::Municipality(codes) => {
            one_of("p.municipality", codes.iter().map(|code| code.as_str().to_owned()), pieces);
        }
        Condition::HomeLibrary(names) => one_of("p.home_library", names.iter().cloned(), pieces),
        Condition::PatronGroup(names) => one_of("p.patron_group", names.iter().cloned(), pieces),
        Condition::HomeService => {
            one_of("p.patron_group", scope.rules.home_service_groups.iter().cloned(), pieces);
        }
        Condition::Language(languages) => {
            let words =
                languages.iter().map(|language| language.map_or("", |language| language.as_str()).to_owned());
            one_of("COALESCE(p.language, '')", words, pieces);
        }
        Condition::Age(comparison, years) => age(*comparison, *years, today, pieces),
        Condition::NotVerifiedFor { months } => pieces.extend([
            Piece::Sql("NOT COALESCE(k.answer = 'found' AND k.answered_at >= "),
            Piece::Time(verified_before(today, *months)),
            Piece::Sql(", FALSE)"),
        ]),
        Condition::NeverVerified => {
            pieces.push(Piece::Sql("NOT (k.answer = 'found' AND k.answered_at IS NOT NULL)"));
        }
        Condition::WrongContactDetails => {
            // The notes are a set of words of which none holds another.
            pieces.push(Piece::Sql("p.notes LIKE '%wrong_contact_details%'"));
        }
        Condition::OpenDebts { over_cents } => pieces.extend([
            Piece::Sql("COALESCE(p.unpaid_fees_cents > "),
            Piece::Number(i64::try_from(*over_cents).unwrap_or(i64::MAX)),
            Piece::Sql(", FALSE)"),
        ]),
        Condition::CollectionWithin { days } => pieces.extend([
            Piece::Sql("COALESCE((p.unpaid_fees_cents > 0 OR p.open_loans > 0) AND p.oldest_due_date <= "),
            Piece::Day(due_at_latest(today, *days, scope.rules.minimum_days_overdue)),
            Piece::Sql(", FALSE)"),
        ]),
        Condition::Turning15Within { days } => {
            let (yesterday, last) = (today - Days::new(1), today + Days::new(u64::from(*days)));
            pieces.extend([
                Piece::Sql("COALESCE(p.birth_date > "),
                Piece::Day(born_at_latest(yesterday, 15)),
                Piece::Sql(" AND p.birth_date <= "),
                Piece::Day(born_at_latest(last, 15)),
                Piece::Sql(", FALSE)"),
            ]);
        }
    }
}

fn one_of(column: &'static str, values: impl IntoIterator<Item = String>, pieces: &mut Vec<Piece>) {
    let mut values = values.into_iter().peekable();
    if values.peek().is_none() {
        pieces.push(Piece::Sql("FALSE"));
        return;
    }
    pieces.extend([Piece::Sql(column), Piece::Sql(" IN (")]);
    for (at, value) in values.enumerate() {
        if at > 0 {
            pieces.push(Piece::Sql(", "));
        }
        pieces.push(Piece::Text(value));
    }
    pieces.push(Piece::Sql(")"));
}

/// Somebody is `years` old or older who was born on [`born_at_latest`] or before.
fn age(comparison: Comparison, years: u32, today: NaiveDate, pieces: &mut Vec<Piece>) {
    let (this, next) = (born_at_latest(today, years), born_at_latest(today, years + 1));
    let (younger, older) = ("COALESCE(p.birth_date > ", "COALESCE(p.birth_date <= ");
    let (text, day) = match comparison {
        Comparison::Under => (younger, this),
        Comparison::AtMost | Comparison::Exactly => (younger, next),
        Comparison::AtLeast => (older, this),
        Comparison::Over => (older, next),
    };
    pieces.extend([Piece::Sql(text), Piece::Day(day)]);
    if comparison == Comparison::Exactly {
        pieces.extend([Piece::Sql(" AND p.birth_date <= "), Piece::Day(this)]);
    }
    pieces.push(Piece::Sql(", FALSE)"));
}
