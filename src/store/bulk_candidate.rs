//! What is looked up of findings to know which may be approved together, without opening any.

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Result, StoreError, Tx, in_list, on};
use crate::finding::bulk::Facts;
use crate::finding::{ChangeClass, FindingState};
use crate::patron::Note;
use crate::protected::Protection;
use crate::provenance::Source;
use crate::reconcile::Remark;

/// Whose findings are looked for.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Of patrons of these municipalities, all of them the account's.
    pub municipalities: Vec<String>,
    /// The account's own card.
    pub own_card: Option<String>,
    /// The patron_id of that card.
    pub own_patron_id: Option<String>,
    /// The code index of that card.
    pub own_code_index: Option<Vec<u8>>,
}

/// What decides about a finding, or about several that are alike.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub struct FactsRow {
    class: String,
    state: String,
    reason: String,
    single_review: bool,
    confirmable: bool,
    source: String,
    protected_mark: bool,
    notes: String,
    has_guarantee: bool,
    protection: String,
    frozen: bool,
    is_own_card: bool,
}

/// A finding that may be of a batch.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CandidateRow {
    /// Its identifier.
    pub id: Uuid,
    /// When it was found.
    pub opened_at: DateTime<Utc>,
    /// What decides about it.
    #[sqlx(flatten)]
    pub facts: FactsRow,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    #[sqlx(flatten)]
    facts: FactsRow,
    number: i64,
}

impl FactsRow {
    /// What is known without opening anything: whether there is an alternative address is not.
    ///
    /// # Errors
    /// When a stored word is unknown.
    pub fn facts(&self) -> Result<Facts> {
        let unknown = |column| StoreError::inconsistent("finding", column);
        let protection = Protection::from_word(&self.protection)
            .ok_or(StoreError::inconsistent("person", "protection"))?;
        let only = [Remark::OnlySurnameFits, Remark::OnlyFirstNameFits];
        Ok(Facts {
            class: Some(ChangeClass::from_word(&self.class).ok_or(unknown("change_class"))?),
            state: FindingState::from_word(&self.state).ok_or(unknown("state"))?,
            protection: if self.protected_mark { Protection::Yes } else { protection },
            held_back: false,
            is_own_municipality: true,
            is_own_card: self.is_own_card,
            is_frozen: self.frozen,
            invoice_sent: self.notes.split(';').any(|note| note == Note::InvoiceSent.as_str()),
            partial_name: only.iter().any(|remark| self.reason.contains(remark.sentence())),
            is_single: self.single_review || !self.confirmable,
            is_of_other_source: self.source != Source::Vtj.word(),
            has_guarantee: self.has_guarantee,
            has_alternative_address: None,
        })
    }
}

const FACTS: &str = "f.change_class AS class, f.state, f.reason, f.single_review, f.confirmable, f.source,
    p.protected_mark, p.notes,
    (p.guarantor_patron_id IS NOT NULL
        OR EXISTS (SELECT 1 FROM patron g WHERE g.guarantor_patron_id = p.patron_id)) AS has_guarantee,
    s.protection, s.frozen, COALESCE(p.card_number = ";

/// Pushes what both questions have in common, up to the end of their condition.
macro_rules! from_scope {
    ($query:expr, $scope:expr, $classes:expr, $more:expr) => {{
        $query.push_bind(&$scope.own_card).push(" OR p.code_index = ").push_bind(&$scope.own_code_index);
        $query.push(" OR p.guarantor_patron_id = ").push_bind(&$scope.own_patron_id);
        $query.push(", FALSE) AS is_own_card").push($more);
        $query.push(
            " FROM finding f JOIN patron p ON p.id = f.patron JOIN person s ON s.patron = p.id
             WHERE f.state IN ('new', 'opened', 'snoozed', 'stale') AND NOT f.held_back AND NOT p.protected_mark
                 AND s.protection = 'no' AND f.change_class IN (",
        );
        in_list!($query, $classes.iter().map(|class| class.as_str()));
        $query.push(") AND p.municipality IN (");
        in_list!($query, &$scope.municipalities);
        $query.push(")");
    }};
}

/// How many findings of these classes there are, by what decides about them. Protected people are not among them, nor
/// is what is held back.
///
/// # Errors
/// When they cannot be counted.
pub async fn counts(tx: &mut Tx, scope: &Scope, classes: &[ChangeClass]) -> Result<Vec<(Facts, i64)>> {
    if scope.municipalities.is_empty() || classes.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<CountRow> = on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT {FACTS}"));
        from_scope!(query, scope, classes, ", count(*) AS number");
        query.push(" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 ORDER BY 1, 2, 3, 8, 9, 12");
        query.build_query_as().fetch_all(conn).await?
    });
    rows.iter().map(|row| Ok((row.facts.facts()?, row.number))).collect()
}

/// Up to `limit` findings of a class after a position, by the time they were found.
///
/// # Errors
/// When they cannot be read.
pub async fn page(
    tx: &mut Tx,
    scope: &Scope,
    class: ChangeClass,
    after: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<CandidateRow>> {
    if scope.municipalities.is_empty() {
        return Ok(Vec::new());
    }
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT f.id, f.opened_at, {FACTS}"));
        from_scope!(query, scope, [class], "");
        query.push(" AND (f.opened_at, f.id) > (").push_bind(after.0).push(", ").push_bind(after.1);
        query.push(") ORDER BY f.opened_at, f.id LIMIT ").push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// Whether a patron guarantees somebody.
///
/// # Errors
/// When it cannot be read.
pub async fn guarantees(tx: &mut Tx, patron_id: &str) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM patron WHERE guarantor_patron_id = $1)";
    on!(tx, conn => Ok(sqlx::query_scalar(sql).bind(patron_id).fetch_one(conn).await?))
}
