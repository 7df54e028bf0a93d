//! Who is in a batch, and what is told of those who are not.

use ajantasa::clock::Clock as _;
use ajantasa::finding::ChangeClass;
use ajantasa::finding::bulk::Exclusion;
use ajantasa::review;
use ajantasa::review::bulk::{self, BulkError, ClassCount};
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::vtj::mock::Person;
use chrono::Duration;
use serde_json::json;

use super::{MOVED, batch, change, library, library_of, member, moved_people, reviewer};
use crate::scenario::{Scenario, on_both, small};

async fn counted(site: &Scenario, account: &ProvedAccount, class: ChangeClass) -> ClassCount {
    let counts = bulk::overview(&site.context, account, None).await.unwrap();
    counts.into_iter().find(|count| count.class == class).unwrap()
}

/// Eighteen people of whom two may be approved together; what keeps the others apart stands in the register, in
/// VTJ's answer or in the queue.
async fn mixed(place: &crate::scenario::Place) -> Scenario {
    let mut people = moved_people(18);
    let other_surname = json!({ "tietoryhma": "HENKILON_NIMI", "etunimi": "Maija", "sukunimi": "Mallila" });
    let groups = json!([other_surname, small::address("9"), small::protection(false), small::death(false)]);
    people[10] = small::person(11, &groups);
    people[11] = abroad(12);
    let mut lines: Vec<String> = small::register(18).lines().map(str::to_owned).collect();
    lines[0].push_str(",notes,guarantor_patron_id,guarantor_name,alternative_address");
    for (n, line) in lines.iter_mut().enumerate().skip(1) {
        line.push_str(match n {
            3 => ",invoice_sent,,,",
            4 => ",,S0005,,",
            6 => ",,,Testinen Tarja,",
            7 => ",,,,Mökkitie 3",
            _ => ",,,,",
        });
        if n == 17 {
            *line = line.replace(",710,", ",078,");
        }
    }
    let site = library_of(place, people, &(lines.join("\n") + "\n")).await;
    change(&site, "patron", "protected_mark = TRUE", 8).await;
    change(&site, "person", "protection = 'yes'", 9).await;
    change(&site, "person", "protection = 'unknown'", 10).await;
    change(&site, "person", "frozen = TRUE", 13).await;
    change(&site, "finding", "state = 'stale', moved = 'city'", 14).await;
    change(&site, "finding", "held_back = TRUE", 16).await;
    site
}

fn abroad(n: u32) -> Person {
    let address = json!({ "tietoryhma": "VAKINAINEN_ULKOMAINEN_OSOITE",
        "alkupv": { "arvo": "2020-01-01", "tarkkuus": "PAIVA" },
        "lahiosoite": "Provgatan 1", "paikkakunta": "111 22 STOCKHOLM", "valtiokoodi": "752" });
    small::person(n, &json!([small::name(), address, small::protection(false), small::death(false)]))
}

on_both! {
    async fn every_exclusion_keeps_a_case_out_and_is_told_unless_it_would_tell_of_protection(place: Place) {
        let site = mixed(&place).await;
        let maija = reviewer(&site, "maija").await;
        let snoozed = site.queue().await.into_iter().find(|item| item.card_number == small::card(15)).unwrap();
        let until = site.clock.now() + Duration::days(3);
        review::snooze(&site.context, &maija, &[snoozed.id], until).await.pop().unwrap().1.unwrap();
        let maija = ProvedAccount { own_card: Some(small::card(18)), ..maija };
        let count = counted(&site, &maija, MOVED).await;
        assert_eq!(count.admissible, 4, "without opening anything: 1, 2, and 6 and 7");
        let told = [
            (Exclusion::OwnCard, 1),
            (Exclusion::Frozen, 1),
            (Exclusion::Stale, 1),
            (Exclusion::Snoozed, 1),
            (Exclusion::InvoiceSent, 1),
            (Exclusion::PartialName, 1),
            (Exclusion::Guarantee, 2),
        ];
        assert_eq!(count.left_out, told);
        let id = bulk::prepare(&site.context, &maija, MOVED, Some("710")).await.unwrap();
        let made = batch(&site, &maija, id).await;
        assert_eq!(made.left_out.iter().map(|(_, number)| number).sum::<i64>(), 10);
        assert!(made.left_out.contains(&(Exclusion::AlternativeAddress, 1)));
        assert!(made.left_out.contains(&(Exclusion::Guarantee, 3)), "a name of a guarantor is a guarantor, too");
        let cards = "SELECT p.card_number FROM bulk_item b JOIN finding f ON f.id = b.finding
             JOIN patron p ON p.id = f.patron ORDER BY 1";
        assert_eq!(site.texts(cards).await, [small::card(1), small::card(2)]);
    }

    async fn what_is_never_approved_together_is_in_no_class_of_bulk(place: Place) {
        let site = mixed(&place).await;
        let maija = reviewer(&site, "maija").await;
        for class in ChangeClass::ALL.into_iter().filter(|class| !class.allows_bulk()) {
            let refused = bulk::prepare(&site.context, &maija, class, None).await.unwrap_err();
            assert!(matches!(refused, BulkError::NotBulk), "{refused}");
        }
        let classes = site.texts("SELECT DISTINCT change_class FROM finding WHERE kind <> 'address_change' ORDER BY 1").await;
        assert!(classes.contains(&"abroad".to_owned()) && classes.contains(&"surname".to_owned()), "{classes:?}");
        let allowed: Vec<_> = ChangeClass::ALL.into_iter().filter(|class| class.allows_bulk()).collect();
        assert!(classes.iter().all(|word| allowed.iter().all(|class| class.as_str() != word)), "{classes:?}");
        let none = bulk::prepare(&site.context, &maija, ChangeClass::Door, None).await.unwrap_err();
        assert!(matches!(none, BulkError::Empty), "{none}");
    }

    async fn findings_from_before_there_were_classes_are_classed_when_somebody_looks(place: Place) {
        let site = library(&place, 3).await;
        let maija = reviewer(&site, "maija").await;
        let before = site.texts("SELECT change_class FROM finding").await;
        assert_eq!(before, ["moved_nearby"; 3]);
        site.execute("UPDATE finding SET change_class = NULL").await;
        assert_eq!(counted(&site, &maija, MOVED).await.admissible, 3);
        assert_eq!(site.texts("SELECT change_class FROM finding").await, before);
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE version = 1").await, 3);
    }

    async fn a_comparison_classes_what_has_no_class_and_protection_takes_it_away(place: Place) {
        let site = library(&place, 2).await;
        site.execute("UPDATE finding SET change_class = NULL").await;
        site.execute("UPDATE person SET compare_due = TRUE").await;
        site.until_idle().await;
        assert_eq!(site.texts("SELECT change_class FROM finding").await, ["moved_nearby"; 2]);
    }

    async fn only_the_own_municipalities_are_counted_and_approved(place: Place) {
        let site = mixed(&place).await;
        let hanko = member(&site, "hanna", Role::Reviewer, &["078"]).await;
        let count = counted(&site, &hanko, MOVED).await;
        assert_eq!((count.admissible, count.left_out), (1, Vec::new()));
        for municipality in ["710", "000"] {
            let refused = bulk::prepare(&site.context, &hanko, MOVED, Some(municipality)).await.unwrap_err();
            assert!(matches!(refused, BulkError::OutOfScope), "{refused}");
            let refused = bulk::overview(&site.context, &hanko, Some(municipality)).await.unwrap_err();
            assert!(matches!(refused, BulkError::OutOfScope), "{refused}");
        }
        for role in [Role::Administrator, Role::Auditor] {
            let other = member(&site, role.as_str(), role, &["710"]).await;
            let refused = bulk::prepare(&site.context, &other, MOVED, None).await.unwrap_err();
            assert!(matches!(refused, BulkError::NotReviewer), "{refused}");
            let refused = bulk::overview(&site.context, &other, None).await.unwrap_err();
            assert!(matches!(refused, BulkError::NotReviewer), "{refused}");
        }
    }

    async fn a_batch_holds_two_hundred_the_oldest_and_its_list_does_not_grow(place: Place) {
        let site = library(&place, 205).await;
        let maija = reviewer(&site, "maija").await;
        assert_eq!(counted(&site, &maija, MOVED).await.admissible, 205);
        let id = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
        let made = batch(&site, &maija, id).await;
        assert_eq!((made.cases, made.samples), (200, 10));
        let oldest = "SELECT count(*) FROM finding f WHERE f.id NOT IN (SELECT finding FROM bulk_item)
             AND EXISTS (SELECT 1 FROM finding g JOIN bulk_item b ON b.finding = g.id
                 WHERE (g.opened_at, g.id) > (f.opened_at, f.id))";
        assert_eq!(site.number(oldest).await, 0);
        let drawn = site.number("SELECT count(*) FROM bulk_item WHERE sample IS NOT NULL").await;
        assert_eq!(drawn, 10);
        site.execute("UPDATE person SET compare_due = TRUE").await;
        site.until_idle().await;
        super::pass_all(&site, &maija, id).await;
        let (lines, gone) = bulk::list(&site.context, &maija, id).await.unwrap();
        assert_eq!((lines.len(), gone), (200, 0));
    }

    async fn somebody_with_an_unfinished_batch_makes_no_other(place: Place) {
        let site = library(&place, 3).await;
        let maija = reviewer(&site, "maija").await;
        let id = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
        let refused = bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap_err();
        assert!(matches!(refused, BulkError::Unfinished(other) if other == id), "{refused}");
        bulk::cancel(&site.context, &maija, id).await.unwrap();
        bulk::prepare(&site.context, &maija, MOVED, None).await.unwrap();
        let records = site.texts("SELECT action FROM audit WHERE action LIKE 'bulk.%' ORDER BY sequence").await;
        assert_eq!(records, ["bulk.prepare", "bulk.cancel", "bulk.prepare"]);
    }
}
