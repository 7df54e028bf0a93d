//! Whoever an answer shows is in the audit log before it is sent, once for each case it shows; and nobody else is.

use std::collections::{BTreeMap, BTreeSet};

use ajantasa::store::Tx;
use ajantasa::web;
use uuid::Uuid;

use super::Site;
use super::case::last_record;
use super::objects::{Visitor, browser, objects, send, things};
use crate::scenario::{on, on_both};

/// The tag of the person of each card in the audit log.
async fn tags(site: &Site) -> BTreeMap<String, Vec<u8>> {
    let db = &site.scenario.context.db;
    let (mut keys, mut tx) = (db.read_keys().await.unwrap(), db.read().await.unwrap());
    let sql = "SELECT patron, subject_tag FROM data_key";
    let tags: Vec<(Uuid, Vec<u8>)> =
        on!(&mut keys, conn => sqlx::query_as(sql).fetch_all(conn).await.unwrap());
    let tags: BTreeMap<Uuid, Vec<u8>> = tags.into_iter().collect();
    let sql = "SELECT id, card_number FROM patron";
    let cards: Vec<(Uuid, String)> = on!(&mut tx, conn => sqlx::query_as(sql).fetch_all(conn).await.unwrap());
    cards.into_iter().map(|(id, card)| (card, tags[&id].clone())).collect()
}

/// A record of somebody: the tag, the case if there is one, and what was done.
type Record = (Vec<u8>, Option<Uuid>, String);

async fn records(tx: &mut Tx, after: i64) -> Vec<Record> {
    let sql =
        "SELECT subject_tag, finding, action FROM audit WHERE sequence > $1 AND subject_tag IS NOT NULL";
    on!(tx, conn => sqlx::query_as(sql).bind(after).fetch_all(conn).await.unwrap())
}

/// The cards that a text names.
fn cards<'a>(text: &str, tags: &'a BTreeMap<String, Vec<u8>>) -> BTreeSet<&'a str> {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers.filter_map(|number| tags.get_key_value(number)).map(|(card, _)| card.as_str()).collect()
}

on_both! {
    async fn whoever_an_answer_shows_is_recorded_before_it_is_sent_and_nobody_else(place: Place) {
        let site = Site::with_queue(&place).await;
        let things = things(&site).await;
        let tags = tags(&site).await;
        let mut rules = web::rules();
        rules.sort_by_key(|rule| rule.path == "/sign-out");
        let (mut wrong, mut shown) = (Vec::new(), BTreeSet::new());
        for who in Visitor::ALL {
            let mut browser = browser(&site, who).await;
            for rule in &rules {
                for object in objects(rule) {
                    let before = last_record(&site).await;
                    let answer = send(&mut browser, rule, &things, object).await;
                    let records = records(&mut site.scenario.context.db.read().await.unwrap(), before).await;
                    let at = format!("{who:?} {} {} {object:?} ({})", rule.method, rule.path, answer.status);
                    for card in cards(&answer.text, &tags) {
                        shown.insert((rule.method, rule.path));
                        let theirs: Vec<&Record> = records.iter().filter(|(tag, ..)| *tag == tags[card]).collect();
                        let distinct: BTreeSet<&Record> = theirs.iter().copied().collect();
                        if theirs.is_empty() || distinct.len() < theirs.len() {
                            wrong.push(format!("{at} shows {card}, with the records {theirs:?}"));
                        }
                    }
                    let seen: BTreeSet<&Vec<u8>> = cards(&answer.text, &tags).iter().map(|card| &tags[*card]).collect();
                    for (tag, _, action) in &records {
                        if answer.status.is_success() && !seen.contains(tag) {
                            wrong.push(format!("{at} shows nobody of whom {action} is recorded"));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(shown.len() > 5, "{shown:?}");
    }
}
