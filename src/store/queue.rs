//! The queue by what it is filtered and ordered by.
//!
//! A row of `queue_entry` is a finding to be reviewed; triggers of the database keep it true to the finding, its
//! patron and the person's protection. A page is read municipality by municipality, each along an index, and put
//! together here: however long the queue is, a page reads about as many rows as it shows.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::segment_condition::{Piece, push_pieces};
use super::{Result, Tx, on};
use crate::finding::{FindingKind, FindingState};

/// In which order the queue is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueOrder {
    /// The one found first comes first.
    #[default]
    Oldest,
    /// The one due first comes first.
    Due,
}

/// Whose the cases are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// This account's.
    Account(Uuid),
    /// Nobody's.
    Nobody,
    /// Nobody's, or this account's.
    NobodyOr(Uuid),
}

/// The next file for the collection agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CollectionFile {
    /// When it is closed; ahead of now.
    pub cut_off: DateTime<Utc>,
    /// It takes up debts that have been overdue since this day or longer.
    pub overdue_since: NaiveDate,
}

/// Which rows of the queue; by default none, since there is no municipality in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those that need clearance, or those that do not; never both.
    pub shielded: bool,
    /// The municipalities, each once.
    pub municipalities: Vec<String>,
    /// The kinds; empty is all.
    pub kinds: Vec<FindingKind>,
    /// The states; empty is all.
    pub states: Vec<FindingState>,
    /// One home library only.
    pub home_library: Option<String>,
    /// One language of the patron only; empty is that none is known.
    pub language: Option<String>,
    /// Whose.
    pub holder: Option<Holder>,
    /// Found before this.
    pub opened_before: Option<DateTime<Utc>>,
    /// Found at this instant or later.
    pub opened_since: Option<DateTime<Utc>>,
    /// Due at this instant or later.
    pub due_from: Option<DateTime<Utc>>,
    /// Due before this.
    pub due_before: Option<DateTime<Utc>>,
    /// The order.
    pub order: QueueOrder,
    /// The next file for the collection agency.
    pub collection: Option<CollectionFile>,
    /// The day; whoever's account has ended by then holds nothing.
    pub today: NaiveDate,
}

/// A place in the order of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// When the finding was found, or when it is due, as the order wants.
    pub at: DateTime<Utc>,
    /// The finding.
    pub finding: Uuid,
}

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Turn {
    /// The first.
    #[default]
    First,
    /// What comes after a place.
    After(Position),
    /// What comes before a place.
    Before(Position),
}

/// A row of the queue.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct QueueRow {
    /// The finding.
    pub finding: Uuid,
    /// When it was found.
    pub opened_at: DateTime<Utc>,
    /// When it is due by its kind.
    pub due_at: DateTime<Utc>,
    /// Since when the patron has a debt.
    pub debt_since: Option<NaiveDate>,
    /// The patron's home library.
    pub home_library: String,
    /// Whose it is.
    pub holder: Option<Uuid>,
    /// The name of that account.
    pub holder_name: Option<String>,
}

/// How many rows there are of each kind.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct QueueCount {
    /// The municipality.
    pub municipality: String,
    /// The home library.
    pub home_library: String,
    /// The language of the patron; empty where none is known.
    pub language: String,
    /// The kind, in words.
    pub kind: String,
    /// The state, in words.
    pub state: String,
    /// How many.
    pub count: i64,
}

/// A part of an order, which is read along one index: the whole of it by age; by due time what is due before the
/// collection file, what is due just then, what the file makes due then, and what is due after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Opened,
    DueBefore(CollectionFile),
    DueThen(CollectionFile),
    DueByCollection(CollectionFile),
    DueAfter(CollectionFile),
    Due,
}

impl Selection {
    /// Where a row stands in the order.
    pub fn position(&self, row: &QueueRow) -> Position {
        let at = match self.order {
            QueueOrder::Oldest => row.opened_at,
            QueueOrder::Due => self.cut_off_of(row.debt_since).map_or(row.due_at, |at| at.min(row.due_at)),
        };
        Position { at, finding: row.finding }
    }

    /// When the next collection file is closed, for a patron whose debt it takes up.
    pub fn cut_off_of(&self, debt_since: Option<NaiveDate>) -> Option<DateTime<Utc>> {
        let file = self.collection?;
        debt_since.filter(|since| *since <= file.overdue_since).map(|_| file.cut_off)
    }

    /// The parts of the order, one after another; those of one rank stand among each other.
    fn parts(&self) -> Vec<Vec<Part>> {
        match (self.order, self.collection) {
            (QueueOrder::Oldest, _) => vec![vec![Part::Opened]],
            (QueueOrder::Due, None) => vec![vec![Part::Due]],
            (QueueOrder::Due, Some(file)) => vec![
                vec![Part::DueBefore(file)],
                vec![Part::DueThen(file), Part::DueByCollection(file)],
                vec![Part::DueAfter(file)],
            ],
        }
    }

    /// What is read: by whose it is, where that finds it sooner than the order would. Without `holders` nobody asks
    /// whose the rows are.
    fn source(&self, holders: bool) -> Vec<Piece> {
        let held = " FROM assignment a CROSS JOIN queue_entry e CROSS JOIN account c WHERE a.account = ";
        let of_account =
            " AND e.finding = a.finding AND c.id = a.account AND c.disabled_at IS NULL AND c.ends_on >= ";
        let any = " FROM queue_entry e LEFT JOIN assignment a ON a.finding = e.finding
             LEFT JOIN account c ON c.id = a.account AND c.disabled_at IS NULL AND c.ends_on >= ";
        match self.holder {
            Some(Holder::Account(account)) => {
                vec![Piece::Sql(held), Piece::Id(account), Piece::Sql(of_account), Piece::Day(self.today)]
            }
            None if !holders => vec![Piece::Sql(" FROM queue_entry e WHERE TRUE")],
            Some(Holder::Nobody | Holder::NobodyOr(_)) | None => {
                vec![Piece::Sql(any), Piece::Day(self.today), Piece::Sql(" WHERE TRUE")]
            }
        }
    }

    /// The rows of some municipalities, by every condition.
    fn conditions(&self, municipalities: &[String], holders: bool) -> Vec<Piece> {
        let mut pieces = self.source(holders);
        self.narrow(municipalities, &mut pieces);
        pieces
    }

    fn narrow(&self, municipalities: &[String], pieces: &mut Vec<Piece>) {
        pieces.push(Piece::Sql(if self.shielded {
            " AND e.shielded = TRUE"
        } else {
            " AND e.shielded = FALSE"
        }));
        one_of(" AND e.municipality IN (", municipalities.iter().map(String::as_str), pieces);
        one_of(" AND e.kind IN (", self.kinds.iter().map(|kind| kind.as_str()), pieces);
        one_of(" AND e.state IN (", self.states.iter().map(|state| state.as_str()), pieces);
        one_of(" AND e.home_library IN (", self.home_library.as_deref(), pieces);
        one_of(" AND e.language IN (", self.language.as_deref(), pieces);
        match self.holder {
            Some(Holder::Nobody) => pieces.push(Piece::Sql(" AND c.id IS NULL")),
            Some(Holder::NobodyOr(account)) => {
                pieces.extend([
                    Piece::Sql(" AND (c.id IS NULL OR c.id = "),
                    Piece::Id(account),
                    Piece::Sql(")"),
                ]);
            }
            Some(Holder::Account(_)) | None => {}
        }
        if let Some(at) = self.opened_before {
            pieces.extend([Piece::Sql(" AND e.opened_at < "), Piece::Time(at)]);
        }
        if let Some(at) = self.opened_since {
            pieces.extend([Piece::Sql(" AND e.opened_at >= "), Piece::Time(at)]);
        }
        self.due(pieces);
    }

    /// The window of due times. The cut-off lies ahead, so it makes nothing late.
    fn due(&self, pieces: &mut Vec<Piece>) {
        if let Some(from) = self.due_from {
            pieces.extend([Piece::Sql(" AND e.due_at >= "), Piece::Time(from)]);
        }
        if let Some(before) = self.due_before {
            pieces.extend([Piece::Sql(" AND (e.due_at < "), Piece::Time(before)]);
            if let Some(file) = self.collection.filter(|file| file.cut_off < before) {
                pieces.extend([
                    Piece::Sql(" OR COALESCE(e.debt_since <= "),
                    Piece::Day(file.overdue_since),
                    Piece::Sql(", FALSE)"),
                ]);
            }
            pieces.push(Piece::Sql(")"));
        }
    }
}

impl Part {
    /// The rows of this part behind the place a page turns on, in its order; nothing when all of it is on the other
    /// side.
    fn pieces(self, turn: Turn) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        let edge = match self {
            Self::Opened | Self::Due => None,
            Self::DueBefore(file) => {
                pieces.extend([Piece::Sql(" AND e.due_at < "), Piece::Time(file.cut_off)]);
                Some((file.cut_off, std::cmp::Ordering::Less))
            }
            Self::DueThen(file) => {
                pieces.extend([Piece::Sql(" AND e.due_at = "), Piece::Time(file.cut_off)]);
                Some((file.cut_off, std::cmp::Ordering::Equal))
            }
            Self::DueByCollection(file) => {
                pieces.extend([
                    Piece::Sql(" AND e.due_at > "),
                    Piece::Time(file.cut_off),
                    Piece::Sql(" AND e.debt_since <= "),
                    Piece::Day(file.overdue_since),
                ]);
                Some((file.cut_off, std::cmp::Ordering::Equal))
            }
            Self::DueAfter(file) => {
                pieces.extend([
                    Piece::Sql(" AND e.due_at > "),
                    Piece::Time(file.cut_off),
                    Piece::Sql(" AND NOT COALESCE(e.debt_since <= "),
                    Piece::Day(file.overdue_since),
                    Piece::Sql(", FALSE)"),
                ]);
                Some((file.cut_off, std::cmp::Ordering::Greater))
            }
        };
        let (place, is_back) = match turn {
            Turn::First => (None, false),
            Turn::After(place) => (Some(place), false),
            Turn::Before(place) => (Some(place), true),
        };
        if let Some(place) = place {
            let beyond = edge.map_or(std::cmp::Ordering::Equal, |(cut_off, side)| {
                // Where the place lies as seen from this part.
                place.at.cmp(&cut_off).cmp(&side)
            });
            match (beyond, is_back) {
                // The place is in this part.
                (std::cmp::Ordering::Equal, _) => pieces.extend(self.beyond(place, is_back)),
                // The whole part is before or after the place.
                (std::cmp::Ordering::Less, false) | (std::cmp::Ordering::Greater, true) => {}
                (std::cmp::Ordering::Less, true) | (std::cmp::Ordering::Greater, false) => return None,
            }
        }
        pieces.push(Piece::Sql(match (self, is_back) {
            (Self::Opened, false) => " ORDER BY e.opened_at, e.finding",
            (Self::Opened, true) => " ORDER BY e.opened_at DESC, e.finding DESC",
            (Self::DueThen(_) | Self::DueByCollection(_), false) => " ORDER BY e.finding",
            (Self::DueThen(_) | Self::DueByCollection(_), true) => " ORDER BY e.finding DESC",
            (_, false) => " ORDER BY e.due_at, e.finding",
            (_, true) => " ORDER BY e.due_at DESC, e.finding DESC",
        }));
        Some(pieces)
    }

    fn beyond(self, place: Position, is_back: bool) -> Vec<Piece> {
        let start = match (self, is_back) {
            (Self::DueThen(_) | Self::DueByCollection(_), _) => {
                let start = if is_back { " AND e.finding < " } else { " AND e.finding > " };
                return vec![Piece::Sql(start), Piece::Id(place.finding)];
            }
            (Self::Opened, false) => " AND (e.opened_at, e.finding) > (",
            (Self::Opened, true) => " AND (e.opened_at, e.finding) < (",
            (_, false) => " AND (e.due_at, e.finding) > (",
            (_, true) => " AND (e.due_at, e.finding) < (",
        };
        vec![
            Piece::Sql(start),
            Piece::Time(place.at),
            Piece::Sql(", "),
            Piece::Id(place.finding),
            Piece::Sql(")"),
        ]
    }
}

/// `column IN (…)` for some values; nothing where there is none.
fn one_of<'v>(start: &'static str, values: impl IntoIterator<Item = &'v str>, pieces: &mut Vec<Piece>) {
    let mut begun = false;
    for value in values {
        pieces.push(Piece::Sql(if begun { ", " } else { start }));
        pieces.push(Piece::Text(value.to_owned()));
        begun = true;
    }
    if begun {
        pieces.push(Piece::Sql(")"));
    }
}

const COLUMNS: &str = "SELECT e.finding, e.opened_at, e.due_at, e.debt_since, e.home_library, c.id AS holder,
    c.name AS holder_name";

/// Up to `limit` rows of a page, in the order of the queue; for a page before a place, the ones nearest to it.
///
/// # Errors
/// When they cannot be read.
pub async fn page(tx: &mut Tx, selection: &Selection, turn: Turn, limit: usize) -> Result<Vec<QueueRow>> {
    let is_back = matches!(turn, Turn::Before(_));
    let mut ranks = selection.parts();
    if is_back {
        ranks.reverse();
    }
    let mut found: Vec<(Position, QueueRow)> = Vec::new();
    for rank in ranks {
        let left = limit - found.len();
        if left == 0 {
            break;
        }
        // Of each municipality what is nearest, along its own index.
        let parts = rank.into_iter().filter_map(|part| part.pieces(turn));
        let statements = parts.flat_map(|part| {
            selection.municipalities.iter().map(move |municipality| {
                let mut pieces = selection.conditions(std::slice::from_ref(municipality), true);
                pieces.extend(part.iter().cloned());
                pieces
            })
        });
        let rows = read(tx, &statements.collect::<Vec<_>>(), left).await?;
        let mut of_rank: Vec<_> = rows.into_iter().map(|row| (selection.position(&row), row)).collect();
        nearest(&mut of_rank, is_back, left);
        found.extend(of_rank);
    }
    if is_back {
        found.reverse();
    }
    Ok(found.into_iter().map(|(_, row)| row).collect())
}

/// Keeps the first of some rows, or the last where a page turns back; the nearest first.
fn nearest(rows: &mut Vec<(Position, QueueRow)>, is_back: bool, limit: usize) {
    rows.sort_unstable_by_key(|(position, _)| *position);
    if is_back {
        rows.reverse();
    }
    rows.truncate(limit);
}

/// The first rows of each of some statements, in one.
async fn read(tx: &mut Tx, statements: &[Vec<Piece>], limit: usize) -> Result<Vec<QueueRow>> {
    if statements.is_empty() {
        return Ok(Vec::new());
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    on!(tx, conn => {
        let mut query = QueryBuilder::new("");
        for (number, pieces) in statements.iter().enumerate() {
            query.push(if number == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" }).push(COLUMNS);
            push_pieces!(query, pieces);
            query.push(" LIMIT ").push_bind(limit).push(") AS of_one");
        }
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// How many rows there are, by what can be chosen of them.
///
/// # Errors
/// When they cannot be counted.
pub async fn counts(tx: &mut Tx, selection: &Selection) -> Result<Vec<QueueCount>> {
    if selection.municipalities.is_empty() {
        return Ok(Vec::new());
    }
    let pieces = selection.conditions(&selection.municipalities, false);
    on!(tx, conn => {
        let mut query = QueryBuilder::new(
            "SELECT e.municipality, e.home_library, e.language, e.kind, e.state, count(*) AS count",
        );
        push_pieces!(query, &pieces);
        query.push(" GROUP BY e.municipality, e.home_library, e.language, e.kind, e.state
             ORDER BY e.municipality, e.home_library, e.language, e.kind, e.state");
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// Whose the rows are, by name, with how many each has.
///
/// # Errors
/// When they cannot be read.
pub async fn holders(tx: &mut Tx, selection: &Selection) -> Result<Vec<(Uuid, String, i64)>> {
    if selection.municipalities.is_empty() {
        return Ok(Vec::new());
    }
    let mut pieces = Vec::new();
    one_of(" AND e.municipality IN (", selection.municipalities.iter().map(String::as_str), &mut pieces);
    on!(tx, conn => {
        let mut query = QueryBuilder::new(
            "SELECT c.id, c.name, count(*) FROM assignment a CROSS JOIN queue_entry e CROSS JOIN account c
             WHERE e.finding = a.finding AND c.id = a.account AND c.disabled_at IS NULL AND e.shielded = ",
        );
        query.push_bind(selection.shielded).push(" AND c.ends_on >= ").push_bind(selection.today);
        push_pieces!(query, &pieces);
        query.push(" GROUP BY c.id, c.name ORDER BY c.name");
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// The rows of one card, oldest first, whatever else is chosen.
///
/// # Errors
/// When they cannot be read.
pub async fn of_card(tx: &mut Tx, selection: &Selection, card_number: &str) -> Result<Vec<QueueRow>> {
    if selection.municipalities.is_empty() {
        return Ok(Vec::new());
    }
    let mut pieces = vec![
        Piece::Sql(
            " FROM patron p CROSS JOIN finding f CROSS JOIN queue_entry e
                 LEFT JOIN assignment a ON a.finding = e.finding
                 LEFT JOIN account c ON c.id = a.account AND c.disabled_at IS NULL AND c.ends_on >= ",
        ),
        Piece::Day(selection.today),
        Piece::Sql(" WHERE f.patron = p.id AND e.finding = f.id AND p.card_number = "),
        Piece::Text(card_number.to_owned()),
    ];
    selection.narrow(&selection.municipalities, &mut pieces);
    pieces.push(Piece::Sql(" ORDER BY e.opened_at, e.finding"));
    read(tx, &[pieces], usize::MAX).await
}

/// Where a finding stands or would stand, whether or not it is still in the queue; nothing when there is none.
///
/// # Errors
/// When it cannot be read.
pub async fn place_of(
    tx: &mut Tx,
    finding: Uuid,
) -> Result<Option<(String, DateTime<Utc>, Option<NaiveDate>)>> {
    let sql = "SELECT f.kind, f.opened_at,
             CASE WHEN p.unpaid_fees_cents > 0 OR p.open_loans > 0 THEN p.oldest_due_date END
         FROM finding f JOIN patron p ON p.id = f.patron WHERE f.id = $1";
    on!(tx, conn => Ok(sqlx::query_as(sql).bind(finding).fetch_optional(conn).await?))
}
