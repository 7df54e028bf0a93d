//! Readers of the sections about the Population Information System.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;

use super::model::{Auth, Hidden, QueryVariant, Vtj, VtjChanges, VtjQuery, VtjTls};
use super::reader::Section;
use super::secrets::{SecretName, SecretPlace};
use super::values;

/// The longest a single request may be given, in seconds.
const LONGEST_DEADLINE: u32 = 600;
/// The highest ceiling of queries.
pub(super) const MOST_QUERIES: RangeInclusive<u32> = 0..=1_000_000;
/// Faster than this, nobody asks about single persons.
const MOST_PER_SECOND: u32 = 100;
/// An answer older than a day is none, in minutes.
const LONGEST_REUSE: u32 = 24 * 60;
/// More attempts than this only hide a fault.
const MOST_ATTEMPTS: u32 = 10;

pub(super) fn read(root: &mut Section<'_>) -> Vtj {
    let mut section = root.table("vtj");
    let changes = changes(&mut section);
    let query = query(&mut section);
    let mut certificates = section.table("tls");
    let tls = VtjTls {
        ca_file: certificates.path("ca_file"),
        client_identity: SecretPlace {
            name: SecretName::ClientIdentity,
            file: certificates.path("client_identity_file"),
        },
    };
    certificates.finish();
    section.finish();
    Vtj { changes, query, tls }
}

fn changes(vtj: &mut Section<'_>) -> Option<VtjChanges> {
    let mut section = vtj.table("changes");
    if !section.is_present() {
        return None;
    }
    let base_url = section.needed("base_url", values::vtj_url);
    let auth =
        section.word("auth", &[("basic", Auth::Basic), ("mutp-headers", Auth::MutpHeaders)], Auth::Basic);
    let username = section.needed("username", values::some_text);
    let password = SecretPlace { name: SecretName::ChangesPassword, file: section.path("password_file") };
    let x_road_client = section.parsed("x_road_client", values::x_road_client);
    let list_size = section.number("list_size", &(1..=VtjChanges::LIST_SIZE), VtjChanges::LIST_SIZE);
    let extra_headers = extra_headers(&mut section);
    let deadline_seconds =
        section.number("deadline_seconds", &(1..=LONGEST_DEADLINE), VtjChanges::DEADLINE_SECONDS);
    let attempts = section.number("attempts", &(1..=MOST_ATTEMPTS), VtjChanges::ATTEMPTS);
    let page_limit = section.number("page_limit", &(1..=1_000_000), VtjChanges::PAGE_LIMIT);
    let price_per_person =
        section.parsed("price_per_person", values::price).unwrap_or(VtjChanges::PRICE_PER_PERSON);
    section.finish();
    Some(VtjChanges {
        base_url: base_url?,
        auth,
        username: username?,
        password,
        x_road_client,
        list_size,
        extra_headers,
        deadline_seconds,
        attempts,
        page_limit,
        price_per_person,
    })
}

fn extra_headers(section: &mut Section<'_>) -> BTreeMap<String, Hidden> {
    let mut headers = BTreeMap::new();
    for (name, value) in section.pairs("extra_headers") {
        match values::extra_header(&name, &value.value) {
            Ok(()) => {
                headers.insert(name, Hidden::new(value.value));
            }
            Err(message) => {
                section.problem(
                    Some(value.line),
                    format!("{}: {message}", section.name("extra_headers")),
                    None,
                );
            }
        }
    }
    headers
}

fn query(vtj: &mut Section<'_>) -> Option<VtjQuery> {
    let mut section = vtj.table("query");
    if !section.is_present() {
        return None;
    }
    let url = section.needed("url", values::vtj_url);
    let variants = [("x-road", QueryVariant::XRoad), ("direct", QueryVariant::Direct)];
    let variant = section.word("variant", &variants, QueryVariant::XRoad);
    let product =
        section.parsed("product", values::some_text).unwrap_or_else(|| VtjQuery::PRODUCT.to_owned());
    let username = section.needed("username", values::some_text);
    let password = SecretPlace { name: SecretName::QueryPassword, file: section.path("password_file") };
    let x_road_client = if variant == QueryVariant::XRoad {
        section.needed("x_road_client", values::x_road_client)
    } else {
        section.parsed("x_road_client", values::x_road_client)
    };
    let x_road_instance = section
        .parsed("x_road_instance", values::some_text)
        .unwrap_or_else(|| VtjQuery::X_ROAD_INSTANCE.to_owned());
    let daily_ceiling = section.number("daily_ceiling", &MOST_QUERIES, VtjQuery::DAILY_CEILING);
    let monthly_ceiling = section.number_if_set("monthly_ceiling", &MOST_QUERIES);
    let reserve_percent = section.number("reserve_percent", &(0..=100), VtjQuery::RESERVE_PERCENT);
    let requests_per_second = section
        .number_if_set("requests_per_second", &(1..=MOST_PER_SECOND))
        .and_then(NonZeroU32::new)
        .unwrap_or(VtjQuery::REQUESTS_PER_SECOND);
    let price_per_query = section.parsed("price_per_query", values::price).unwrap_or_default();
    let reuse_minutes = section.number("reuse_minutes", &(0..=LONGEST_REUSE), VtjQuery::REUSE_MINUTES);
    let deadline_seconds =
        section.number("deadline_seconds", &(1..=LONGEST_DEADLINE), VtjQuery::DEADLINE_SECONDS);
    let attempts = section.number("attempts", &(1..=MOST_ATTEMPTS), VtjQuery::ATTEMPTS);
    section.finish();
    Some(VtjQuery {
        url: url?,
        variant,
        product,
        username: username?,
        password,
        x_road_client,
        x_road_instance,
        daily_ceiling,
        monthly_ceiling,
        reserve_percent,
        requests_per_second,
        price_per_query,
        reuse_minutes,
        deadline_seconds,
        attempts,
    })
}
