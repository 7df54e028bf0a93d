//! The review queue as a list: filters, views, search by card.
//!
//! Its addresses hold codes of filters and places in an order, and nothing of a person; a card number comes by a form.

mod filters;
mod search;
pub(super) mod table;
mod take;
mod views;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::DateTime;

use self::filters::Filters;
use self::table::{Pager, Row, Value};
use self::views::{Problem, Views};
use super::case::{Undo, done_before_list};
use super::errors::WebError;
use super::visit::{Visit, page_with};
use super::{Frame, Routes, Who};
use crate::review::listing::{self, ListFilter, ListItem, Position, Turn};
use crate::review::views::ViewError;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/queue", Who::REVIEWERS, show)
        .post("/queue/assign", Who::REVIEWERS, take::take)
        .post("/queue/search", Who::REVIEWERS, search::search)
        .post("/queue/views/add", Who::REVIEWERS, views::add)
        .post("/queue/views/remove", Who::REVIEWERS, views::remove)
}

#[derive(Template)]
#[template(path = "queue/list.html")]
struct ListPage {
    frame: Frame,
    /// What the filters are, as a query.
    list: String,
    /// The decision that was made just now, as long as it can be undone.
    before: Option<Undo>,
    total: String,
    rows: Vec<Row>,
    pager: Pager,
    filters: Filters,
    views: Views,
    /// What stands where there is nothing to review.
    empty: Vec<String>,
    /// What was wrong with a search.
    search_problem: Option<String>,
    /// What was wrong with the rows that were ticked.
    take_problem: Option<String>,
}

/// What was wrong with a form of the page.
#[derive(Default)]
struct Problems {
    search: Option<String>,
    take: Option<String>,
    view: Option<Problem>,
    /// The cases of a card that has several, in place of the list.
    found: Option<Vec<ListItem>>,
}

async fn show(visit: Visit, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let query = query.unwrap_or_default();
    render(&visit, &query, Problems::default()).await
}

/// The list of a query, with what was wrong with a form of it.
async fn render(visit: &Visit, query: &str, problems: Problems) -> Result<Response, WebError> {
    let (context, account) = (visit.context(), visit.actor()?);
    let filter = ListFilter { protected: false, ..ListFilter::from_query(query) };
    let is_wrong = problems.search.is_some() || problems.take.is_some() || problems.view.is_some();
    let listed = listing::page(&context, account, &filter, turn(query)).await?;
    let views = Views::of(visit, &filter, problems.view).await?;
    let empty = if listed.items.is_empty() { empty(visit, &filter).await? } else { Vec::new() };
    let own_query = filter.to_query();
    let (items, total, pager) = match &problems.found {
        Some(found) => (found, i64::try_from(found.len()).unwrap_or(i64::MAX), Pager::default()),
        None => (&listed.items, listed.facets.total, Pager::of("/queue", &own_query, &listed)),
    };
    let (done, before) = done(visit, query).await?;
    let page = ListPage {
        frame: visit.frame(visit.t("queue-title")).with_done(done),
        total: visit.language.t1("queue-total", "count", total),
        rows: items.iter().map(|item| Row::of(visit, item, &own_query)).collect(),
        pager,
        filters: Filters::of(visit, &filter, &listed.facets),
        views,
        empty,
        search_problem: problems.search,
        take_problem: problems.take,
        before,
        list: own_query,
    };
    page_with(if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// What stands where there is nothing: whether the filters are why, and what the last reading of VTJ's data did.
async fn empty(visit: &Visit, filter: &ListFilter) -> Result<Vec<String>, WebError> {
    let l = visit.language;
    if !filter.is_everything() {
        return Ok(vec![l.t("queue-empty-filtered")]);
    }
    let last = match listing::last_reading(&visit.context()).await? {
        Some(last) => l.t2("queue-empty-last", "time", l.time(last.at), "people", last.people),
        None => l.t("queue-empty-never"),
    };
    Ok(vec![l.t("queue-empty-all"), last])
}

/// What has just been done, by the code of the address, and how to undo it.
async fn done(visit: &Visit, query: &str) -> Result<(Option<String>, Option<Undo>), WebError> {
    let text = match value(query, "done").as_deref() {
        Some("view-saved") => visit.t("queue-done-view-saved"),
        Some("view-removed") => visit.t("queue-done-view-removed"),
        Some("taken") => take::done(visit, query),
        _ => return done_before_list(visit, query).await,
    };
    Ok((Some(text), None))
}

/// The page that an address asks for; the first when it asks for none that can be.
pub(super) fn turn(query: &str) -> Turn {
    let place = |key| value(query, key).and_then(|text| position(&text));
    match (place("after"), place("before")) {
        (Some(place), _) => Turn::After(place),
        (None, Some(place)) => Turn::Before(place),
        (None, None) => Turn::First,
    }
}

fn value(query: &str, key: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == key).map(|(_, value)| value.into_owned())
}

fn position(text: &str) -> Option<Position> {
    let (micros, finding) = text.split_once('_')?;
    let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(Position { at, finding: finding.parse().ok()? })
}

/// The word of an address for a place.
fn position_word(place: Position) -> String {
    format!("{}_{}", place.at.timestamp_micros(), place.finding)
}

impl From<ViewError> for WebError {
    fn from(error: ViewError) -> Self {
        match error {
            ViewError::Store(error) => error.into(),
            ViewError::Name | ViewError::Taken | ViewError::TooMany => Self::BadForm,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_place_comes_back_from_an_address_and_anything_else_is_the_first_page() {
        let place = Position {
            at: DateTime::from_timestamp_micros(1_795_000_000_123_456).unwrap(),
            finding: Uuid::from_u128(7),
        };
        let word = position_word(place);
        assert_eq!(turn(&format!("kind=death&after={word}")), Turn::After(place));
        assert_eq!(turn(&format!("before={word}")), Turn::Before(place));
        for query in ["", "after=", "after=1", "after=x_y", "before=99999999999999999999_0", "after=1_2"] {
            assert_eq!(turn(query), Turn::First, "{query}");
        }
    }
}
