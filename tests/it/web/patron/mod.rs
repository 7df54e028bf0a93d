//! Patrons' pages: looking for somebody, looking at somebody, asking VTJ about somebody.

mod asking;
mod looking;
mod searching;

use axum::http::StatusCode;

use super::{Answer, Browser, Site};

/// The identifier of the patron with a card.
async fn id_of(site: &Site, card: &str) -> String {
    let mut tx = site.scenario.context.db.read().await.unwrap();
    let cards = [card.to_owned()];
    let rows = ajantasa::store::patron::by_card_numbers(&mut tx, &cards).await.unwrap();
    rows[0].id.to_string()
}

/// Searches, and follows where that leads; no address on the way says anything but codes and identifiers.
async fn search(browser: &mut Browser, text: &str) -> Answer {
    let sent = browser.post("/patrons/search", &[("text", text)]).await;
    if sent.status != StatusCode::SEE_OTHER {
        return sent;
    }
    let to = sent.location().to_owned();
    is_impersonal(&to);
    browser.get(&to).await
}

/// Asserts that an address is `/patrons/results`, or a patron's identifier with one of the codes.
#[track_caller]
fn is_impersonal(to: &str) {
    let rest = to.strip_prefix("/patrons/").unwrap_or_else(|| panic!("{to}"));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    assert!(path == "results" || uuid::Uuid::parse_str(path).is_ok(), "{to}");
    let codes = [
        "",
        "asked=answered#check",
        "asked=refused#check",
        "asked=settings#check",
        "asked=later#check",
        "asked=unusable#check",
    ];
    assert!(codes.contains(&query), "{to}");
}
