//! Whom a segment selects: counted, sampled, gone through in pages, and frozen for a run.
//!
//! Whoever failed the admissibility test is not selected, and is counted by reason. The indexes `patron_segment`
//! and `person_segment` hold every column a segment can ask about, so the long rows themselves are not read.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::segment_condition::{self, Piece, asked, municipalities, push_pieces};
use super::{Result, StoreError, Tx, on};
use crate::municipality::MunicipalityCode;
use crate::segment::{Segment, SegmentRules};

/// The reason of those whose admissibility test is due, under which they are counted as left out.
pub const TEST_PENDING: &str = "test_pending";

/// Within what a segment selects. [`Segment::check`] with the same rules comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentScope {
    /// The municipalities whose patrons are meant.
    pub municipalities: Vec<MunicipalityCode>,
    /// Today in Helsinki.
    pub today: NaiveDate,
    /// What the configuration says.
    pub rules: SegmentRules,
}

/// What a sample shows of a patron who is not protected.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SampleRow {
    /// The card.
    pub card_number: String,
    /// The municipality.
    pub municipality: String,
    /// The patron group.
    pub patron_group: String,
    /// The language.
    pub language: Option<String>,
    /// When VTJ last answered about the person.
    pub verified_at: Option<DateTime<Utc>>,
}

/// When VTJ last answered about a person.
const VERIFIED: &str = "CASE WHEN k.answer = 'found' THEN k.answered_at END";

/// The tables, the patrons first. SQLite would otherwise look a person up by the primary key, and then read the
/// long row behind it.
fn tables(tx: &Tx) -> &'static str {
    match tx {
        Tx::Sqlite(_) => {
            " FROM patron p INDEXED BY patron_segment CROSS JOIN person k INDEXED BY person_segment
              ON k.patron = p.id"
        }
        Tx::Postgres(_) => " FROM patron p JOIN person k ON k.patron = p.id",
    }
}

/// How many people of each municipality are to be asked about.
///
/// # Errors
/// When they cannot be counted.
pub async fn count(
    tx: &mut Tx,
    segment: &Segment,
    scope: &SegmentScope,
) -> Result<Vec<(MunicipalityCode, u64)>> {
    let tables = tables(tx);
    let mut counts = Vec::new();
    for municipality in municipalities(segment, scope) {
        let asked = asked(segment, scope, std::slice::from_ref(&municipality));
        let people: i64 = on!(tx, conn => {
            let mut query = QueryBuilder::new(format!("SELECT count(*){tables}"));
            push_pieces!(query, &asked);
            query.build_query_scalar().fetch_one(conn).await?
        });
        counts.push((municipality, number(people)));
    }
    Ok(counts)
}

/// The share of each municipality in the `limit` people who have not been verified for longest.
///
/// # Errors
/// When they cannot be counted.
pub async fn count_first(
    tx: &mut Tx,
    segment: &Segment,
    scope: &SegmentScope,
    limit: u32,
) -> Result<Vec<(MunicipalityCode, u64)>> {
    let (tables, asked) = (tables(tx), asked(segment, scope, &municipalities(segment, scope)));
    let rows: Vec<(String, i64)> = on!(tx, conn => {
        let mut query = QueryBuilder::new(format!(
            "SELECT municipality, count(*)
             FROM (SELECT p.id AS patron, p.municipality AS municipality, {VERIFIED} AS verified_at{tables}"
        ));
        push_pieces!(query, &asked);
        query.push(" ORDER BY verified_at NULLS FIRST, patron LIMIT ").push_bind(i64::from(limit));
        query.push(") AS chosen GROUP BY municipality ORDER BY municipality");
        query.build_query_as().fetch_all(conn).await?
    });
    let share = |(code, people): (String, i64)| {
        let code =
            MunicipalityCode::parse(&code).map_err(|_| StoreError::inconsistent("patron", "municipality"))?;
        Ok((code, number(people)))
    };
    rows.into_iter().map(share).collect()
}

/// How many people of the segment are left out, by reason. Where the admissibility test is due again, its former
/// result counts as [`TEST_PENDING`].
///
/// # Errors
/// When they cannot be counted.
pub async fn left_out(tx: &mut Tx, segment: &Segment, scope: &SegmentScope) -> Result<Vec<(String, u64)>> {
    let tables = tables(tx);
    let left_out = segment_condition::left_out(segment, scope, &municipalities(segment, scope));
    let rows: Vec<(String, i64)> = on!(tx, conn => {
        let mut query = QueryBuilder::new("SELECT CASE WHEN k.enrol_due THEN ");
        query.push_bind(TEST_PENDING);
        query.push(format!(" ELSE COALESCE(k.unfollowed_because, '') END, count(*){tables}"));
        push_pieces!(query, &left_out);
        query.push(" GROUP BY 1 ORDER BY 1");
        query.build_query_as().fetch_all(conn).await?
    });
    Ok(rows.into_iter().map(|(reason, people)| (reason, number(people))).collect())
}

/// Up to `limit` patrons of one municipality who are to be asked about, after a patron, by identifier.
///
/// # Errors
/// When they cannot be read.
pub async fn page(
    tx: &mut Tx,
    segment: &Segment,
    scope: &SegmentScope,
    municipality: &MunicipalityCode,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let (tables, asked) = (tables(tx), asked(segment, scope, std::slice::from_ref(municipality)));
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!("SELECT p.id{tables}"));
        push_pieces!(query, &asked);
        query.push(" AND p.id > ").push_bind(after).push(" ORDER BY p.id LIMIT ").push_bind(limit);
        Ok(query.build_query_scalar().fetch_all(conn).await?)
    })
}

/// Up to `limit` of those who would be asked about first, none of them protected.
///
/// # Errors
/// When they cannot be read.
pub async fn sample(
    tx: &mut Tx,
    segment: &Segment,
    scope: &SegmentScope,
    limit: i64,
) -> Result<Vec<SampleRow>> {
    let (tables, asked) = (tables(tx), asked(segment, scope, &municipalities(segment, scope)));
    on!(tx, conn => {
        let mut query = QueryBuilder::new(format!(
            "SELECT p.card_number, p.municipality, p.patron_group, p.language, {VERIFIED} AS verified_at{tables}"
        ));
        push_pieces!(query, &asked);
        query.push(
            " AND NOT p.protected_mark AND k.protection <> 'yes' ORDER BY verified_at NULLS FIRST, p.id LIMIT ",
        );
        query.push_bind(limit);
        Ok(query.build_query_as().fetch_all(conn).await?)
    })
}

/// Chooses whom a run asks about, those first who have not been verified for longest, and keeps the choice as the
/// run's people. Returns how many.
///
/// # Errors
/// When it cannot be stored.
pub async fn freeze(
    tx: &mut Tx,
    run: Uuid,
    segment: &Segment,
    scope: &SegmentScope,
    limit: Option<u32>,
) -> Result<u64> {
    let (tables, asked) = (tables(tx), asked(segment, scope, &municipalities(segment, scope)));
    on!(tx, conn => {
        let mut query = QueryBuilder::new(
            "INSERT INTO run_person (run, position, patron, municipality, state) SELECT ",
        );
        query.push_bind(run).push(format!(
            ", ROW_NUMBER() OVER (ORDER BY verified_at NULLS FIRST, patron), patron, municipality, 'waiting'
             FROM (SELECT p.id AS patron, p.municipality AS municipality, {VERIFIED} AS verified_at{tables}"
        ));
        push_pieces!(query, &asked);
        query.push(" ORDER BY verified_at NULLS FIRST, patron LIMIT ");
        query.push_bind(limit.map_or(i64::MAX, i64::from)).push(") AS chosen");
        Ok(query.build().execute(conn).await?.rows_affected())
    })
}

/// About how many people VTJ has answered since an instant, and how many of all had a finding opened since.
/// Whole installation: no count joins a finding with a place.
///
/// # Errors
/// When they cannot be counted.
pub async fn experience(tx: &mut Tx, since: DateTime<Utc>) -> Result<(u64, u64)> {
    let sql = "SELECT (SELECT count(*) FROM person WHERE answer = 'found' AND answered_at >= $1),
             (SELECT count(DISTINCT patron) FROM finding WHERE opened_at >= $1 AND source = 'vtj')";
    let (answered, found): (i64, i64) =
        on!(tx, conn => sqlx::query_as(sql).bind(since).fetch_one(conn).await?);
    Ok((number(answered), number(found)))
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
