//! Bulk approval: who is in a batch, what its sample decides, and what becomes of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod approving;
mod choosing;
#[cfg(feature = "fault-points")]
mod kills;
mod planting;
mod sampling;

use std::collections::BTreeMap;
use std::sync::Arc;

use ajantasa::finding::ChangeClass;
use ajantasa::review::bulk::{self, Batch, BulkState, Verdict};
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::store::account::{self, AccountRow};
use ajantasa::store::new_id;
use ajantasa::vtj::mock::Person;
use serde_json::json;
use uuid::Uuid;

use crate::scenario::{Place, Scenario, Setup, small};

/// The class of everybody here who has moved from number 1 to number 9.
pub const MOVED: ChangeClass = ChangeClass::MovedNearby;

/// People who have moved.
pub fn moved_people(count: u32) -> Vec<Person> {
    let groups = json!([small::name(), small::address("9"), small::protection(false), small::death(false)]);
    (1..=count).map(|n| small::person(n, &groups)).collect()
}

/// An installation in which so many people have moved, and the queue knows it.
pub async fn library(place: &Place, people: u32) -> Scenario {
    library_of(place, moved_people(people), &small::register(people)).await
}

/// An installation of some people and a register.
pub async fn library_of(place: &Place, people: Vec<Person>, register: &str) -> Scenario {
    let setup = Setup { world: Some(small::world(people, Vec::new())), ..Setup::default() };
    let site = Scenario::new(place, setup).await;
    site.import(register).await;
    site.until_idle().await;
    site
}

/// Lets every sample be accompanied by an invented case.
pub fn plant(site: &mut Scenario) {
    Arc::make_mut(&mut site.context.settings).review.planted_percent = 100;
}

pub async fn reviewer(site: &Scenario, name: &str) -> ProvedAccount {
    member(site, name, Role::Reviewer, &["710"]).await
}

pub async fn member(site: &Scenario, name: &str, role: Role, municipalities: &[&str]) -> ProvedAccount {
    let now = site.context.clock.now();
    let row = AccountRow {
        id: new_id(now),
        name: name.to_owned(),
        role: role.as_str().to_owned(),
        may_protected: false,
        password_hash: None,
        os_login: Some(name.to_owned()),
        own_card: None,
        ends_on: "2199-12-31".parse().unwrap(),
        failures: 0,
        locked_until: None,
        disabled_at: None,
        created_at: now,
    };
    let municipalities: Vec<String> = municipalities.iter().map(|code| (*code).to_owned()).collect();
    let mut tx = site.context.db.begin().await.unwrap();
    account::insert(&mut tx, &row, &municipalities).await.unwrap();
    tx.commit("test").await.unwrap();
    ProvedAccount {
        id: row.id,
        name: row.name,
        role,
        may_protected: false,
        municipalities: municipalities.into_iter().collect(),
        own_card: None,
        os_user: format!("web:{name}"),
    }
}

/// Judges every sample as fitting. Returns the cards that were looked at.
pub async fn pass_all(site: &Scenario, account: &ProvedAccount, id: Uuid) -> Vec<String> {
    let mut cards = Vec::new();
    while state(site, account, id).await == BulkState::Sampling {
        let Some(sample) = bulk::next_sample(&site.context, account, id).await.unwrap() else { break };
        cards.push(sample.card_number.clone());
        bulk::judge(&site.context, account, id, sample.number, Verdict::Fits).await.unwrap();
    }
    cards
}

pub async fn state(site: &Scenario, account: &ProvedAccount, id: Uuid) -> BulkState {
    batch(site, account, id).await.state
}

pub async fn batch(site: &Scenario, account: &ProvedAccount, id: Uuid) -> Batch {
    bulk::get(&site.context, account, id).await.unwrap()
}

/// A batch of everybody who has moved, with every sample passed.
pub async fn ready(site: &Scenario, account: &ProvedAccount) -> Uuid {
    let id = bulk::prepare(&site.context, account, MOVED, None).await.unwrap();
    pass_all(site, account, id).await;
    assert_eq!(state(site, account, id).await, BulkState::Ready);
    id
}

/// Changes something of the patron of a number.
pub async fn change(site: &Scenario, table: &str, what: &str, n: u32) {
    let of = match table {
        "patron" => format!("patron_id = 'S{n:04}'"),
        _ => format!("patron = (SELECT id FROM patron WHERE patron_id = 'S{n:04}')"),
    };
    site.execute(&format!("UPDATE {table} SET {what} WHERE {of}")).await;
}

/// Every finding with all that an undone approval gives back, by card.
pub async fn findings(site: &Scenario) -> BTreeMap<String, String> {
    let rows = site
        .texts(
            "SELECT p.card_number || ' ' || f.state || ' ' || COALESCE(f.moved, '-') || ' '
                 || CASE WHEN f.snoozed_until IS NULL THEN '-' ELSE 'put off' END || ' '
                 || CASE WHEN f.effective_at IS NULL THEN '-' ELSE 'effective' END || ' '
                 || CASE WHEN f.decision IS NULL THEN '-' ELSE 'decided' END || ' ' || f.rule || ' ' || f.reason
             FROM finding f JOIN patron p ON p.id = f.patron ORDER BY 1",
        )
        .await;
    rows.into_iter()
        .map(|row| row.split_once(' ').map(|(card, rest)| (card.to_owned(), rest.to_owned())).unwrap())
        .collect()
}
