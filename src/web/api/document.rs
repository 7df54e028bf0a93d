//! The description of the interface, generated from its types and kept beside them.

use std::collections::BTreeMap;

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{self, ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use super::problem::{self, Kind};
use super::{ROOT, ROUTES, Route, cases, decisions, runs};
use crate::web::Who;

/// The description as it is served; a test keeps it true.
const TEXT: &str = include_str!("openapi.json");

const ABOUT: &str = "Cases, decisions and runs of Ajantasa for other programs.

A client acts in the name of a member of staff, sees what that account sees, and decides as that account: every \
decision names a person. Tokens are made at the staff pages, under *Your account*, and sent as \
`Authorization: Bearer ajt_…`. Of people under a non-disclosure order for personal safety nothing of where they are is \
ever in an answer; identity codes are in none.

Every look at a case is recorded before it is answered. A client may ask 600 times a minute, 120 times at once after a \
pause; beyond that the answer is 429 with `Retry-After`. A decision needs `If-Match` with the ETag with which the case \
was read. Errors are problem documents (RFC 9457); each `type` is an address that tells what it means.";

#[derive(OpenApi)]
#[openapi(
    info(title = "Ajantasa", description = ABOUT, license(name = "EUPL-1.2", identifier = "EUPL-1.2")),
    paths(
        show, problem::show, cases::list, cases::show, decisions::list, decisions::decide, runs::list, runs::show,
        runs::start,
    ),
    components(schemas(problem::Document)),
    tags(
        (name = "cases", description = "What there is to review, as the account sees it."),
        (name = "decisions", description = "What a person has decided about a case."),
        (name = "runs", description = "Runs of schedules: what was and what was not checked."),
        (name = "interface", description = "The interface itself."),
    ),
    modifiers(&Completed),
)]
struct Description;

/// The description, generated from the program, as JSON with a line for each value.
pub fn document() -> String {
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// This description.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", operation_id = "showDescription", tag = "interface",
    responses((status = 200, description = "The description, OpenAPI 3.1.", content_type = "application/json",
        body = serde_json::Value)),
)]
pub(super) async fn show() -> impl IntoResponse {
    let kind = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let cache = (CACHE_CONTROL, HeaderValue::from_static("no-store"));
    ([kind, cache], TEXT)
}

/// Adds what is the same everywhere: the token, and what can go wrong.
struct Completed;

impl Modify for Completed {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let about = "The token of a client: `ajt_` and 43 letters.";
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(about)).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("client", SecurityScheme::Http(bearer));
        if let Some(act) = components.schemas.get_mut("Act") {
            closed(act);
        }
        for route in ROUTES {
            let item = document.paths.paths.get_mut(&format!("{ROOT}{}", route.path));
            let operation = item.and_then(|item| match route.method {
                "GET" => item.get.as_mut(),
                _ => item.post.as_mut(),
            });
            let Some(operation) = operation else { continue };
            for (status, kinds) in by_status(route) {
                operation.responses.responses.insert(status.to_string(), response(&kinds).into());
            }
        }
    }
}

/// Says of each form of a schema that it takes no other fields, as it is read.
fn closed(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::OneOf(forms)) = schema else { return };
    for form in &mut forms.items {
        if let RefOr::T(Schema::Object(form)) = form {
            form.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

/// What can go wrong with a route, by status.
fn by_status(route: &Route) -> BTreeMap<u16, Vec<Kind>> {
    let everywhere = [Kind::Misdirected, Kind::Internal];
    let with_token = [Kind::Unauthorized, Kind::NotAllowed, Kind::TooMany, Kind::Unavailable];
    let with_token = with_token.iter().filter(|_| route.who != Who::Anyone);
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in everywhere.iter().chain(with_token).chain(route.problems) {
        by_status.entry(kind.status().as_u16()).or_default().push(*kind);
    }
    by_status
}

fn response(kinds: &[Kind]) -> openapi::Response {
    let lines: Vec<String> =
        kinds.iter().map(|kind| format!("`{}`: {}", kind.name(), kind.title())).collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let mut response =
        ResponseBuilder::new().description(lines.join(" ")).content(problem::MEDIA_TYPE, content);
    let text = |about: &str| {
        let schema = ObjectBuilder::new().schema_type(Type::String).build();
        HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build()
    };
    for kind in kinds {
        response = match kind {
            Kind::TooMany => response.header("Retry-After", text("In how many seconds there is room.")),
            Kind::Unauthorized => response.header("WWW-Authenticate", text("`Bearer`.")),
            Kind::Changed => response.header("ETag", text("The version of the case now.")),
            _ => response,
        };
    }
    response.build()
}
