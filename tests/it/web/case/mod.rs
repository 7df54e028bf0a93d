//! The page of one case and everything one does to it.

mod deciding;
mod handing_on;
mod showing;

use ajantasa::finding::{FindingKind, FindingState};
use ajantasa::review::{self, Filter, Viewer};
use uuid::Uuid;

use super::{Answer, Browser, Site};

/// Somebody of Raasepori who has moved, from `Raaseporintie 8 A 4` to `Pitkäkatu 3 B 12b`.
pub const MOVED: &str = "2071000007";
/// Another one.
pub const MOVED_TOO: &str = "2071000008";

/// The case of a card, whatever its state.
pub async fn case_of(site: &Site, card: &str, kind: FindingKind) -> Uuid {
    let filter = Filter {
        states: FindingState::ALL.to_vec(),
        kinds: vec![kind],
        card_number: Some(card.to_owned()),
        ..Filter::default()
    };
    let items = review::list(&site.scenario.context, &Viewer::Anonymous, &filter).await.unwrap();
    items.last().unwrap_or_else(|| panic!("{card} has no {}", kind.as_str())).id
}

pub async fn moved(site: &Site, card: &str) -> Uuid {
    case_of(site, card, FindingKind::AddressChange).await
}

/// The version that a page's forms name.
#[track_caller]
pub fn version(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("name=\"version\" value=\"").expect("the page has a form");
    rest.split('"').next().unwrap().to_owned()
}

/// Opens a case and sends one of its forms.
pub async fn act(browser: &mut Browser, id: Uuid, act: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(&format!("/queue/{id}")).await.ok();
    let version = version(&page);
    let mut fields = fields.to_vec();
    fields.push(("list", ""));
    fields.push(("version", &version));
    browser.post(&format!("/queue/{id}/{act}"), &fields).await
}

/// Sends a form that names no version.
pub async fn send(browser: &mut Browser, id: Uuid, act: &str, fields: &[(&str, &str)]) -> Answer {
    let mut fields = fields.to_vec();
    fields.push(("list", ""));
    browser.post(&format!("/queue/{id}/{act}"), &fields).await
}

/// The actions in the audit log since a record.
pub async fn since(site: &Site, sequence: i64) -> Vec<String> {
    site.scenario
        .texts(&format!("SELECT action FROM audit WHERE sequence > {sequence} ORDER BY sequence"))
        .await
}

/// The number of the last record of the audit log.
pub async fn last_record(site: &Site) -> i64 {
    site.scenario.number("SELECT CAST(max(sequence) AS BIGINT) FROM audit").await
}
