//! Cases: a list that is read on and on, and one.

use axum::Json;
use axum::http::HeaderValue;
use axum::http::header::{ETAG, LINK};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ROOT;
use super::admit::Caller;
use super::input::{self, Id, Query};
use super::problem::Problem;
use super::words::{KindWord, OpenStateWord, StateWord};
use crate::municipality::MunicipalityCode;
use crate::review::remote::{self, RemoteItem, Wanted};
use crate::review::{InvoiceAddress, ItemField, QueueItem};

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// The kinds wanted; may be repeated. Without it all.
    #[serde(default)]
    #[param(inline)]
    kind: Vec<KindWord>,
    /// The states wanted; may be repeated. Without it all that there is still something to do about.
    #[serde(default)]
    #[param(inline)]
    state: Vec<OpenStateWord>,
    /// One municipality, by its three digits. Cases whose municipality is masked are left out then.
    #[param(pattern = "^[0-9]{3}$", example = "710")]
    municipality: Option<String>,
    /// `me`: the account's own cases only.
    #[param(inline)]
    assignee: Option<Assignee>,
    /// `true`: the cases that need clearance, for who has it; `false`: the others. Without it a reviewer gets the
    /// others and an auditor all.
    protected: Option<bool>,
    /// At most so many.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<usize>,
    /// Where to go on, as the `Link` of the answer before says.
    #[param(pattern = "^[A-Za-z0-9_-]{32}$")]
    after: Option<String>,
}

/// Whose cases.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Assignee {
    /// The account's own.
    Me,
}

impl ListQuery {
    fn wanted(&self) -> Result<Wanted, Problem> {
        let wrong = |_| Problem::bad("a municipality is three digits");
        let municipality = self.municipality.as_deref().map(MunicipalityCode::parse);
        Ok(Wanted {
            kinds: self.kind.iter().map(|kind| kind.0).collect(),
            states: self.state.iter().map(|state| state.0.0).collect(),
            municipality: municipality.transpose().map_err(wrong)?.map(|code| code.as_str().to_owned()),
            mine: self.assignee.is_some(),
            protected: self.protected,
        })
    }

    /// The query of the page that begins behind a place.
    fn next(&self, after: &str, limit: usize) -> String {
        let mut to = form_urlencoded::Serializer::new(String::new());
        for kind in &self.kind {
            to.append_pair("kind", kind.0.as_str());
        }
        for state in &self.state {
            to.append_pair("state", state.0.0.as_str());
        }
        if let Some(code) = &self.municipality {
            to.append_pair("municipality", code);
        }
        if self.assignee.is_some() {
            to.append_pair("assignee", "me");
        }
        if let Some(protected) = self.protected {
            to.append_pair("protected", if protected { "true" } else { "false" });
        }
        to.append_pair("limit", &limit.to_string()).append_pair("after", after);
        to.finish()
    }
}

/// A column that differs. What is masked is null.
#[derive(Serialize, ToSchema)]
pub(super) struct Column {
    /// Its name in the patron file.
    #[schema(example = "street_address")]
    field: &'static str,
    /// The register's text.
    #[schema(example = "Raaseporintie 8 A 4")]
    current: Option<String>,
    /// The text that approval writes.
    #[schema(example = "Pitkäkatu 3 B 12b")]
    proposed: Option<String>,
}

impl Column {
    fn of(field: ItemField) -> Self {
        Self { field: field.field, current: field.current, proposed: field.proposed }
    }
}

/// A case in a list. What is masked is null.
#[derive(Serialize, ToSchema)]
pub(super) struct CaseItem {
    id: Uuid,
    #[schema(value_type = KindWord, inline)]
    kind: &'static str,
    #[schema(value_type = StateWord, inline)]
    state: &'static str,
    /// The patron's card.
    #[schema(example = "2071000007")]
    card_number: String,
    /// The patron's municipality; null while the patron is protected.
    #[schema(example = "710")]
    municipality: Option<String>,
    /// When it was found.
    opened_at: DateTime<Utc>,
    /// Why it was found, in words without any personal value.
    reason: String,
    /// The columns that differ, in the patron file's order.
    fields: Vec<Column>,
    /// The date of a death as precise as VTJ said it: `2026-03-14`, `2026-03`, `2026` or null; for a death only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[expect(clippy::option_option, reason = "absent and unknown are told apart")]
    #[schema(value_type = Option<String>, required = false, pattern = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    death_date: Option<Option<String>>,
    /// Its version, which grows with every change; the number in its ETag.
    #[schema(minimum = 0, example = 2)]
    version: i64,
}

impl CaseItem {
    fn of(item: QueueItem, version: i64) -> Self {
        Self {
            id: item.id,
            kind: item.kind,
            state: item.state,
            card_number: item.card_number,
            municipality: item.municipality,
            opened_at: item.opened_at,
            reason: item.reason,
            fields: item.fields.into_iter().map(Column::of).collect(),
            death_date: item.death_date,
            version,
        }
    }
}

/// A case by itself. What is masked is null.
#[derive(Serialize, ToSchema)]
pub(super) struct Case {
    #[serde(flatten)]
    item: CaseItem,
    /// The code of the rule that found it.
    rule: String,
    /// Whether it may be approved as it stands.
    confirmable: bool,
    /// Whether it may only be decided by itself.
    single_review: bool,
    /// Whether a death freezes it.
    frozen: bool,
    /// What moved since it was found, as column names.
    moved: Option<String>,
    /// When an approval takes effect.
    effective_at: Option<DateTime<Utc>>,
    /// Until when it is put off.
    snoozed_until: Option<DateTime<Utc>>,
    /// Whose word it rests on: `vtj`, or `external:` and the provider's name.
    #[schema(example = "vtj")]
    source: String,
    /// Whether an invoice has been sent; null where the library's marks are masked.
    invoice_sent: Option<bool>,
    /// The address to which the invoice went, on one line, where one has been sent and the address is not masked.
    invoice_address: Option<String>,
}

impl Case {
    fn of(found: RemoteItem) -> Self {
        let RemoteItem { item, version, confirmable } = found;
        Self {
            rule: item.rule.clone(),
            confirmable,
            single_review: item.single_review,
            frozen: item.frozen,
            moved: item.moved.clone(),
            effective_at: item.effective_at,
            snoozed_until: item.snoozed_until,
            source: item.source.clone(),
            invoice_sent: item.invoice_sent,
            invoice_address: item.invoice_address.as_ref().map(InvoiceAddress::one_line),
            item: CaseItem::of(item, version),
        }
    }
}

/// Cases by the time they were found, as the account sees them. Every case in the answer is in the audit log.
#[utoipa::path(
    get, path = "/api/v1/cases", operation_id = "listCases", tag = "cases", params(ListQuery),
    responses((status = 200, description = "The cases.", body = Vec<CaseItem>,
        headers(("Link" = String, description = "`rel=\"next\"`: where the next ones are; absent when these are the last.")))),
    security(("client" = [])),
)]
pub(super) async fn list(caller: Caller, query: Query<ListQuery>) -> Result<Response, Problem> {
    let Caller { account, context } = caller;
    let limit = input::limit(query.0.limit)?;
    let after = query.0.after.as_deref().map(input::place).transpose()?;
    let page = remote::list(&context, &account, &query.0.wanted()?, after, limit).await?;
    let next = page.after.map(|place| query.0.next(&input::cursor(place), limit));
    let items: Vec<CaseItem> =
        page.items.into_iter().map(|found| CaseItem::of(found.item, found.version)).collect();
    Ok(with_next(Json(items).into_response(), "/cases", next))
}

/// Says where a list goes on.
pub(super) fn with_next(mut response: Response, path: &str, next: Option<String>) -> Response {
    let link = next.map(|query| HeaderValue::try_from(format!("<{ROOT}{path}?{query}>; rel=\"next\"")));
    if let Some(Ok(link)) = link {
        response.headers_mut().insert(LINK, link);
    }
    response
}

/// Sets the tag of a version.
pub(super) fn with_version(mut response: Response, version: i64) -> Response {
    if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// One case. For a reviewer this opens it, as its page does: the comparison is made once more, and what has moved is
/// brought up to date.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}", operation_id = "showCase", tag = "cases",
    params(("id" = Uuid, Path, description = "The case.")),
    responses((status = 200, description = "The case.", body = Case,
        headers(("ETag" = String, description = "Its version, for `If-Match`.")))),
    security(("client" = [])),
)]
pub(super) async fn show(caller: Caller, id: Id) -> Result<Response, Problem> {
    let found = remote::show(&caller.context, &caller.account, id.0).await?;
    let version = found.version;
    Ok(with_version(Json(Case::of(found)).into_response(), version))
}
