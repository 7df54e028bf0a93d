//! The first page of the staff.

use std::collections::BTreeMap;

use ajantasa::review::{self, Filter, Viewer};
use ajantasa::staff::{Proof, ProvedAccount, Role};
use chrono::TimeDelta;

use super::{PASSWORD, Site};
use crate::scenario::on_both;

async fn proved(site: &Site, name: &str) -> ProvedAccount {
    let context = &site.scenario.context;
    let proof = Proof::Password(PASSWORD.into());
    ajantasa::staff::prove(&context.db, &*context.clock, name, proof, "tester").await.unwrap()
}

/// The page without the word of the session's forms.
async fn page(site: &Site, name: &str) -> String {
    let mut browser = site.signed_in(name).await;
    let page = browser.get("/overview").await.ok();
    page.text.replace(&browser.token, "TOKEN")
}

/// The rows of the first table after a place in a page, without its header: label and numbers.
fn rows(page: &str, from: &str) -> BTreeMap<String, Vec<i64>> {
    let (_, rest) = page.split_once(from).unwrap_or_else(|| panic!("{from} is not in {page}"));
    let body = rest.split_once("<tbody>").unwrap().1.split_once("</tbody>").unwrap().0;
    let row = |row: &str| {
        let (label, cells) = row.split_once("<th scope=\"row\">")?.1.split_once("</th>")?;
        let cells = cells.split("<td class=\"number\">").skip(1);
        Some((label.to_owned(), cells.map(|cell| cell.split('<').next().unwrap().parse().unwrap()).collect()))
    };
    body.split("<tr>").filter_map(row).collect()
}

/// The number before some words.
fn big(page: &str, words: &str) -> Option<i64> {
    let (before, _) = page.split_once(&format!("</strong> {words}"))?;
    before.rsplit_once('>').unwrap().1.parse().ok()
}

/// The bars of a chart: label and value.
fn bars(page: &str, chart: &str) -> BTreeMap<String, i64> {
    let (_, rest) = page.split_once(&format!("aria-labelledby=\"{chart}-title\"")).unwrap();
    let svg = rest.split_once("</svg>").unwrap().0;
    let texts =
        svg.split("<text ").skip(1).map(|text| text.split_once('>').unwrap().1.split('<').next().unwrap());
    texts
        .map(|text| text.rsplit_once(": ").unwrap())
        .map(|(label, value)| (label.to_owned(), value.parse().unwrap()))
        .collect()
}

on_both! {
    async fn the_counts_are_those_of_the_queue_for_every_reviewer(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site.account("suvi", Role::Reviewer, &["710", "078", "149", "755"], true).await;
        site.account("liisa", Role::Reviewer, &["149"], false).await;
        for name in ["maija", "suvi", "liisa"] {
            let viewer = Viewer::Proved(proved(&site, name).await);
            let items = review::list(&site.scenario.context, &viewer, &Filter::default()).await.unwrap();
            let page = page(&site, name).await;
            let table = rows(&page, "id=\"queue-caption\"");
            let total: i64 = table.values().map(|row| row[4]).sum();
            assert_eq!(total, i64::try_from(items.len()).unwrap(), "{name}");
            // The two cards together are the queue; who is not cleared has one.
            let cards = ["cases to review", "cases about protection or an identity code"];
            let cards: Vec<i64> = cards.iter().filter_map(|words| big(&page, words)).collect();
            assert_eq!(cards.iter().sum::<i64>(), total, "{name}");
            assert_eq!(cards.len(), if name == "suvi" { 2 } else { 1 }, "{name}");
            let moves = items.iter().filter(|item| item.kind == "address_change").count();
            assert_eq!(table.get("Address change").map_or(0, |row| row[4]), i64::try_from(moves).unwrap(), "{name}");
            // The bars say what the table says.
            let charted = bars(&page, "queue-chart");
            let sums: BTreeMap<String, i64> = table.iter().map(|(label, row)| (label.clone(), row[4])).collect();
            assert_eq!(charted, sums, "{name}");
            for row in table.values() {
                assert_eq!(row[..4].iter().sum::<i64>(), row[4]);
            }
        }
    }

    async fn a_case_grows_old_from_one_column_to_the_next(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        for (days, column) in [(0, 0), (7, 0), (1, 1), (6, 1), (1, 2), (15, 2), (1, 3)] {
            site.scenario.clock.advance(TimeDelta::days(days));
            let page = page(&site, "maija").await;
            let table = rows(&page, "id=\"queue-caption\"");
            let row = &table["Not in VTJ"];
            assert_eq!((row[column], row[4]), (1, 1), "{days}");
            let overdue: i64 = table.iter().map(|(label, row)| if label == "Death" { row[3] } else { row[2] + row[3] }).sum();
            assert!(page.contains(&format!("<strong class=\"big\">{overdue}</strong>")), "{overdue}");
        }
    }

    async fn decisions_are_counted_by_week_and_rule_and_bars_equal_their_table(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        assert!(page(&site, "maija").await.contains("Nothing has been decided in twelve weeks."));
        let account = proved(&site, "maija").await;
        let context = &site.scenario.context;
        let viewer = Viewer::Proved(account.clone());
        let items = review::list(context, &viewer, &Filter::default()).await.unwrap();
        let mut decided = 0;
        for item in items.iter().filter(|item| matches!(item.kind, "name_change" | "address_change")) {
            let rejection = review::Rejection { reason: ajantasa::finding::RejectReason::RegisterLags, note: None };
            let outcomes = if item.kind == "name_change" {
                review::reject(context, &account, &[item.id], rejection).await
            } else {
                review::approve(context, &account, &[item.id], review::Effect::After(TimeDelta::minutes(1))).await
            };
            decided += i64::from(outcomes[0].1.is_ok());
        }
        assert!(decided > 5, "{decided}");
        let page = page(&site, "maija").await;
        let table = rows(&page, "id=\"decisions-caption\"");
        assert_eq!(table.len(), 12);
        // The kinds stand in their order; the last column is the sum.
        let week = &table["16.11.2026"];
        assert_eq!(week.last().copied(), Some(decided));
        assert_eq!(week[..week.len() - 1].iter().sum::<i64>(), decided);
        let sums: BTreeMap<String, i64> = table.iter().map(|(label, row)| (label.clone(), *row.last().unwrap())).collect();
        assert_eq!(bars(&page, "decisions-chart"), sums);
        assert!(page.contains("Surname differs"), "{page}");
        // Nobody is ranked: no name of an account is in it but the own one in the frame.
        assert_eq!(page.matches("maija").count(), 1);
    }

    async fn a_protected_person_is_in_no_count_of_who_is_not_cleared(place: Place) {
        let protected = Site::with_queue(&place).await;
        let absent = match &place {
            crate::scenario::Place::Sqlite => Some(Site::with_queue(&place).await),
            crate::scenario::Place::Postgres(_) => None,
        };
        let moves = "(SELECT id FROM patron WHERE card_number IN ('2071000007', '2071000016'))";
        for name in ["maija", "anna", "tuomo"] {
            for site in [Some(&protected), absent.as_ref()].into_iter().flatten() {
                let role = match name { "maija" => Role::Reviewer, "anna" => Role::Administrator, _ => Role::Auditor };
                site.account(name, role, &["710"], false).await;
            }
        }
        protected.account("suvi", Role::Reviewer, &["710"], true).await;
        let queue = async || rows(&page(&protected, "suvi").await, "id=\"queue-caption\"");
        let before = queue().await;
        protected.scenario.execute(&format!("UPDATE person SET protection = 'yes' WHERE patron IN {moves}")).await;
        assert_eq!(queue().await, before, "the cleared count everybody");
        // On PostgreSQL there is one database: the same installation plays both parts.
        let shown = [page(&protected, "maija").await, page(&protected, "anna").await, page(&protected, "tuomo").await];
        let other = absent.as_ref().unwrap_or(&protected);
        other.scenario.execute(&format!("UPDATE person SET protection = 'no' WHERE patron IN {moves}")).await;
        other.scenario.execute(&format!("UPDATE finding SET state = 'closed' WHERE patron IN {moves}")).await;
        assert_eq!([page(other, "maija").await, page(other, "anna").await, page(other, "tuomo").await], shown);
    }

    async fn administrators_see_counts_of_every_municipality_and_no_person(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("anna", Role::Administrator, &["710"], false).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        let all: i64 = rows(&page(&site, "anna").await, "id=\"queue-caption\"").values().map(|row| row[4]).sum();
        let own: i64 = rows(&page(&site, "maija").await, "id=\"queue-caption\"").values().map(|row| row[4]).sum();
        assert!(all > own && own > 0, "{all} {own}");
        let page = page(&site, "anna").await;
        for value in ["Kokeilija", "2071000007", "Raaseporintie"] {
            assert!(!page.contains(value), "{value}");
        }
        assert!(!page.contains("What needs you"));
    }

    async fn the_feed_and_the_switch_are_told_when_they_are_not_well(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("anna", Role::Administrator, &["710"], false).await;
        assert!(page(&site, "anna").await.contains("Changes were last fetched on 21.11.2026"));
        site.scenario.clock.advance(TimeDelta::hours(30));
        assert!(page(&site, "anna").await.contains("No changes for 30 hours"));
        site.scenario.clock.advance(TimeDelta::days(10));
        assert!(page(&site, "anna").await.contains("2 days left"));
        site.scenario.clock.advance(TimeDelta::days(5));
        assert!(page(&site, "anna").await.contains("Some may be lost"));
        let account = proved(&site, "anna").await;
        ajantasa::switch::stop(&site.scenario.context, &account, "a fault at VTJ", None).await.unwrap();
        assert!(page(&site, "anna").await.contains("Every query was stopped by anna"));
    }

    async fn the_page_is_in_three_languages(place: Place) {
        let site = Site::with_queue(&place).await;
        site.account("maija", Role::Reviewer, &["710"], false).await;
        for (language, words) in [
            ("fi", ["Tilanne tänään", "avointa asiaa", "yli 30 päivää", "Osoitteenmuutos"]),
            ("sv", ["Läget i dag", "öppna ärenden", "över 30 dagar", "Adressändring"]),
            ("en", ["Today", "cases to review", "over 30 days", "Address change"]),
        ] {
            let mut browser = site.browser();
            browser.language = language;
            browser.post("/sign-in", &[("name", "maija"), ("password", PASSWORD)]).await;
            assert_eq!(browser.get("/").await.location(), "/overview");
            let page = browser.get("/overview").await.ok();
            for word in words {
                page.says(word);
            }
            page.does_not_say("overview-open").does_not_say("Unknown localization");
            page.says("role=\"img\"").does_not_say("style=");
        }
    }
}
