//! One person record for both interfaces: everybody of the simulated population, asked about one by one over
//! SOAP, comes to the same findings as base data.

use std::collections::BTreeMap;

use ajantasa::review::QueueItem;
use ajantasa::task::Task;

use super::{CheckOutcome, Query, Way, ask, site};
use crate::scenario::{Place, Scenario, Setup, on_both, texts};

/// Whose answer cannot be understood: a word on death or a part of the address is of a wrong type. For the
/// question that is a protocol error; for the person it is a finding.
const UNREADABLE: [&str; 3] = ["2071000037", "2071000047", "2092000008"];

/// Each item without what tells when and by which request it was found.
fn substance(items: &[QueueItem]) -> BTreeMap<String, String> {
    items
        .iter()
        .map(|item| {
            let key = format!("{} {}", item.card_number, item.kind);
            let fields = serde_json::to_string(&item.fields).unwrap();
            (key, format!("{} {:?} {} {fields}", item.rule, item.death_date, item.single_review))
        })
        .collect()
}

async fn by_base_data(place: &Place) -> BTreeMap<String, String> {
    let site = Scenario::of_testdata(place).await;
    site.import_register().await;
    for task in [Task::Enrol, Task::Refresh, Task::Reconcile] {
        site.run(task).await.unwrap();
    }
    substance(&site.queue().await)
}

async fn one_by_one(place: &Place, way: Way, product: &'static str) -> (BTreeMap<String, String>, Scenario) {
    let more = "daily_ceiling = 1000\nreuse_minutes = 0";
    let site = site(place, Setup::default(), Query { way, product, more, ..Query::default() }).await;
    site.import_register().await;
    let cards = texts(
        &mut site.context.db.read().await.unwrap(),
        "SELECT card_number FROM patron ORDER BY card_number",
    )
    .await;
    let (mut answered, mut refused) = (0, 0);
    for card in &cards {
        let checked = ask(&site, card).await;
        match checked.outcome {
            CheckOutcome::Refused => refused += 1,
            outcome if outcome.is_answer() => answered += 1,
            CheckOutcome::ProtocolError if UNREADABLE.contains(&card.as_str()) => {
                assert_eq!(super::gist(&checked).3, ["unreadable"], "{card}");
                assert!(checked.beside.is_empty() && checked.answered_at.is_none(), "{card}");
                answered += 1;
            }
            other => panic!("{card}: {other:?} {}", checked.reason),
        }
    }
    assert_eq!(answered + refused, cards.len());
    assert!(answered > 70, "{answered} of {}", cards.len());
    // Those whom another's death concerns, and those nobody may ask about.
    site.run(Task::Reconcile).await.unwrap();
    (substance(&site.queue().await), site)
}

/// What differs, by item: base data first.
fn differences(base: &BTreeMap<String, String>, soap: &BTreeMap<String, String>) -> Vec<String> {
    let keys: std::collections::BTreeSet<&String> = base.keys().chain(soap.keys()).collect();
    keys.into_iter()
        .filter(|key| base.get(*key) != soap.get(*key))
        .map(|key| format!("{key}: {:?} / {:?}", base.get(key), soap.get(key)))
        .collect()
}

on_both! {
    async fn everybody_comes_to_the_same_findings_by_both_interfaces(place: Place) {
        let base = by_base_data(&Place::Sqlite).await;
        for way in [Way::XRoad, Way::Direct] {
            let (soap, site) = one_by_one(&place, way, "KIRJASTO1").await;
            let wrong = differences(&base, &soap);
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
            drop(site);
            if matches!(place, Place::Postgres(_)) {
                return;
            }
        }
    }

    async fn base_data_after_single_answers_changes_no_finding(place: Place) {
        let (soap, site) = one_by_one(&place, Way::XRoad, "KIRJASTO1").await;
        for task in [Task::Enrol, Task::Refresh, Task::Reconcile] {
            site.run(task).await.unwrap();
        }
        let wrong = differences(&soap, &substance(&site.queue().await));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn a_product_without_a_word_on_protection_brings_no_address(place: Place) {
        let (found, site) = one_by_one(&place, Way::XRoad, "PERUSSANOMA 1").await;
        let addresses: Vec<&String> =
            found.keys().filter(|key| key.ends_with("address_change") || key.ends_with("moved_abroad")).collect();
        assert!(addresses.is_empty(), "{addresses:?}");
        assert!(found.keys().any(|key| key.ends_with("name_change")));
        assert_eq!(site.texts("SELECT DISTINCT protection FROM person ORDER BY 1").await, ["unknown"]);
        assert_eq!(site.texts("SELECT value FROM installation WHERE name = 'query.turvakielto'").await, ["absent"]);
    }
}
