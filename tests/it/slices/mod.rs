//! A first load in slices: what waits, what does not, in which order it is opened, and when it ends.

#[cfg(feature = "fault-points")]
mod kills;

use std::fmt::Write as _;

use ajantasa::check;
use ajantasa::finding::slice::Priority;
use ajantasa::review::{self, Effect, Filter, ReviewError, Viewer};
use ajantasa::slice::{self, SliceError, Slices};
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::task::Task;
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::check::{Query, site};
use crate::scenario::{Place, Scenario, Setup, on_both, small};
use crate::switch::account;

/// Patrons whose address VTJ has otherwise; the third owes money, and the address of the fourth is known to be wrong.
pub fn register(people: u32) -> String {
    let mut lines = small::register(people).lines().map(str::to_owned).collect::<Vec<_>>();
    lines[0].push_str(",unpaid_fees,notes");
    for (n, line) in lines.iter_mut().enumerate().skip(1) {
        let (fees, notes) = match n {
            3 => ("12.50", ""),
            4 => ("", "wrong_contact_details"),
            _ => ("0.00", ""),
        };
        write!(line, ",{fees},{notes}").unwrap();
    }
    lines.join("\n") + "\n"
}

pub fn moved_people(count: u32) -> Vec<ajantasa::vtj::mock::Person> {
    let groups = json!([small::name(), small::address("9"), small::protection(false), small::death(false)]);
    (1..=count).map(|n| small::person(n, &groups)).collect()
}

/// A site on which so many addresses are found in slices of so many.
async fn begun(place: &Place, people: u32, per_day: u32, log: Vec<ajantasa::vtj::mock::Entry>) -> Scenario {
    let world = small::world(moved_people(people), log);
    let setup = Setup { world: Some(world), played: false, attempts: 2, ..Setup::default() };
    let site = site(place, setup, Query::default()).await;
    site.import(&register(people)).await;
    begin(&site, per_day).await;
    site.until_idle().await;
    site
}

async fn begin(site: &Scenario, per_day: u32) -> Slices {
    let aino = account(Role::Administrator);
    slice::begin(&site.context, &aino, per_day, &Priority::USUAL).await.unwrap()
}

/// The people whose cases are in the queue, by number.
async fn open(site: &Scenario) -> Vec<u32> {
    let mut cards: Vec<u32> = site
        .queue()
        .await
        .iter()
        .map(|item| item.card_number.trim_start_matches("207200").parse().unwrap())
        .collect();
    cards.sort_unstable();
    cards
}

async fn state(site: &Scenario) -> Option<Slices> {
    slice::state(&mut site.context.db.read().await.unwrap()).await.unwrap()
}

async fn left(site: &Scenario) -> i64 {
    site.number("SELECT count(*) FROM finding WHERE held_back").await
}

async fn held_id(site: &Scenario) -> Uuid {
    let mut tx = site.context.db.read().await.unwrap();
    ajantasa::store::slice::next(&mut tx, &[], 1).await.unwrap()[0].0
}

fn anna() -> ProvedAccount {
    ProvedAccount { id: Uuid::from_u128(7), name: "anna".to_owned(), ..account(Role::Reviewer) }
}

on_both! {
    async fn debts_come_first_then_wrong_contact_details_then_the_oldest_so_many_a_day(place: Place) {
        let site = begun(&place, 6, 2, Vec::new()).await;
        assert_eq!(open(&site).await, [3, 4]);
        let slices = state(&site).await.unwrap();
        assert_eq!((slices.left, slices.opened), (4, 2));
        assert_eq!(slices.in_words(), "first load: 4 left, about 2 days at 2 a day");
        site.run(Task::Reconcile).await.unwrap();
        assert_eq!(open(&site).await.len(), 2, "a day has its number once");
        site.clock.advance(Duration::days(1));
        site.until_idle().await;
        assert_eq!(open(&site).await.len(), 4);
        let released = "SELECT count(*) FROM audit WHERE action = 'finding.release' AND finding IS NOT NULL AND subject_tag IS NOT NULL";
        assert_eq!(site.number(released).await, 4);
        site.clock.advance(Duration::days(1));
        site.until_idle().await;
        assert_eq!(open(&site).await, [1, 2, 3, 4, 5, 6]);
        assert_eq!(state(&site).await, None, "nothing is left: they end by themselves");
        let told = site.texts("SELECT action || ' ' || actor_kind || ' ' || detail FROM audit WHERE action LIKE 'first_load.%' ORDER BY sequence").await;
        assert_eq!(told, [
            "first_load.slices account 2 a day, first debts, wrong_contact_details",
            "first_load.end task ended by itself; 6 cases were opened in slices",
        ]);
    }

    async fn without_slices_everything_is_opened_as_it_is_found(place: Place) {
        let world = small::world(moved_people(3), Vec::new());
        let site = Scenario::new(&place, Setup { world: Some(world), ..Setup::default() }).await;
        site.import(&register(3)).await;
        site.until_idle().await;
        assert_eq!(open(&site).await, [1, 2, 3]);
        assert_eq!((left(&site).await, state(&site).await), (0, None));
    }

    async fn a_new_day_begins_at_midnight_in_helsinki_also_when_the_clocks_change(place: Place) {
        let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let world = small::world(moved_people(6), Vec::new());
        let start = at("2027-03-27T21:59:59Z");
        let setup = Setup { world: Some(world), at: start, ..Setup::default() };
        let site = Scenario::new(&place, setup).await;
        site.import(&register(6)).await;
        begin(&site, 1).await;
        site.until_idle().await;
        let mut now = start;
        // The day of 28 March has 23 hours, from 22:00 to 21:00 of UTC.
        for (next, opened) in [
            ("2027-03-27T21:59:59Z", 1),
            ("2027-03-27T22:00:00Z", 2),
            ("2027-03-28T20:59:59Z", 2),
            ("2027-03-28T21:00:00Z", 3),
            ("2027-03-29T20:59:59Z", 3),
            ("2027-03-29T21:00:00Z", 4),
        ] {
            site.clock.advance(at(next) - now);
            now = at(next);
            site.run(Task::Reconcile).await.unwrap();
            assert_eq!(open(&site).await.len(), opened, "{next}");
        }
        // The clock was wrong by a year, and is put right.
        for days in [365, -365] {
            site.clock.advance(Duration::days(days));
            site.run(Task::Reconcile).await.unwrap();
        }
        assert_eq!(open(&site).await.len(), 6);
    }

    async fn deaths_and_protection_wait_for_no_slice(place: Place) {
        let groups = json!([small::name(), small::address("9"), small::protection(false), small::death(true)]);
        let protected = json!([small::name(), small::address("9"), small::protection(true)]);
        let stranger = json!([{ "tietoryhma": "HENKILON_NIMI", "etunimi": "Kaarlo", "sukunimi": "Provberg" },
            small::address("9"), small::protection(false)]);
        let mut people = moved_people(3);
        people.extend([small::person(4, &groups), small::person(5, &protected), small::person(6, &stranger)]);
        let setup = Setup { world: Some(small::world(people, Vec::new())), ..Setup::default() };
        let site = Scenario::new(&place, setup).await;
        site.import(&register(6)).await;
        begin(&site, 1).await;
        site.execute("UPDATE slice SET opened_on = '2026-11-21', opened_that_day = 1").await;
        site.until_idle().await;
        let mut kinds = site.kinds().await;
        kinds.retain(|line| !line.contains("address_change"));
        let kinds: Vec<&str> = kinds.iter().filter_map(|line| line.split(' ').nth(1)).collect();
        assert_eq!(kinds, ["death", "protection_started", "identity_mismatch"]);
        assert_eq!(left(&site).await, 3);
    }

    async fn what_is_held_back_is_not_shown_and_not_decided(place: Place) {
        let site = begun(&place, 6, 1, Vec::new()).await;
        let id = held_id(&site).await;
        for viewer in [Viewer::Anonymous, Viewer::Proved(anna())] {
            let shown = review::show(&site.context, &viewer, id).await;
            assert!(matches!(shown, Err(ReviewError::HeldBack)), "{shown:?}");
        }
        let approved = review::approve(&site.context, &anna(), &[id], Effect::Now).await;
        assert!(matches!(approved[0].1, Err(ReviewError::HeldBack)), "{approved:?}");
        let every = Filter { states: ajantasa::finding::FindingState::ALL.to_vec(), ..Filter::default() };
        let all = review::list(&site.context, &Viewer::Anonymous, &every).await.unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(site.number("SELECT count(*) FROM audit WHERE action IN ('finding.show', 'finding.approve')").await, 0);
        site.ajantasa(&["queue", "show", &id.to_string()]).ended(65).says("slices");
        let listed = site.ajantasa(&["queue", "list", "--format", "json"]).ended(0);
        assert_eq!(listed.json().as_array().unwrap().len(), 1);
        assert!(listed.stderr.contains("5 left, about 5 days"), "{}", listed.stderr);
        let load = site.ajantasa(&["schedule", "first-load", "--format", "json"]).ended(0).json();
        assert_eq!((&load["left"], &load["per_day"], &load["first"][0]), (&5.into(), &1.into(), &"debts".into()));
    }

    async fn a_change_of_vtjs_mind_replaces_and_closes_what_is_held_back(place: Place) {
        let elsewhere = json!([small::changed(small::address("7"), "LISATTY")]);
        let home = json!([small::changed(small::address("1"), "LISATTY")]);
        let log = vec![small::entry(1, 6, &elsewhere), small::entry(2, 6, &home), small::entry(3, 3, &elsewhere)];
        let site = begun(&place, 6, 1, log).await;
        let before = held_id_of(&site, 6).await;
        site.play(1);
        site.clock.advance(Duration::hours(1));
        site.until_idle().await;
        let after = held_id_of(&site, 6).await;
        assert!(before.is_some() && after.is_some() && before != after);
        assert_eq!((open(&site).await, left(&site).await), (vec![3], 5));
        site.play(1);
        site.clock.advance(Duration::hours(1));
        site.until_idle().await;
        assert_eq!(held_id_of(&site, 6).await, None);
        assert_eq!(left(&site).await, 4);
        // What has been opened is not taken away again.
        site.play(1);
        site.clock.advance(Duration::hours(1));
        site.until_idle().await;
        assert_eq!((open(&site).await, left(&site).await), (vec![3], 4));
        let states = "SELECT count(*) FROM finding WHERE state IN ('superseded', 'closed')";
        assert_eq!(site.number(states).await, 3);
    }

    async fn a_row_that_changes_in_the_register_keeps_what_is_held_back_true(place: Place) {
        let site = begun(&place, 6, 1, Vec::new()).await;
        site.import(&register(6).replace("Pitkäkatu 1,", "Pitkäkatu 2,")).await;
        site.until_idle().await;
        assert_eq!(left(&site).await, 5);
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE held_back AND state = 'new' AND moved IS NULL").await, 5);
        site.import(&register(6).replace("Pitkäkatu 1,", "Pitkäkatu 9,")).await;
        site.until_idle().await;
        assert_eq!((left(&site).await, open(&site).await), (0, vec![]));
        assert_eq!(state(&site).await, None);
    }

    async fn a_check_of_one_person_opens_what_is_held_back_of_that_person(place: Place) {
        let site = begun(&place, 6, 1, Vec::new()).await;
        assert!(held_id_of(&site, 5).await.is_some());
        let checked = check::person(&site.context, &anna(), &small::card(5), "desk", "at the desk").await.unwrap();
        assert_eq!(checked.items.iter().map(|item| item.kind).collect::<Vec<_>>(), ["address_change"]);
        assert_eq!((open(&site).await, left(&site).await), (vec![3, 5], 4));
    }

    async fn ending_the_slices_opens_everything(place: Place) {
        let site = begun(&place, 6, 1, Vec::new()).await;
        let aino = account(Role::Administrator);
        assert_eq!(slice::end(&site.context, &aino).await.unwrap(), 5);
        assert_eq!((open(&site).await.len(), left(&site).await, state(&site).await), (6, 0, None));
        assert!(matches!(slice::end(&site.context, &aino).await, Err(SliceError::NoSlices)));
        assert!(matches!(slice::end(&site.context, &anna()).await, Err(SliceError::NotAdministrator)));
        let refused = slice::begin(&site.context, &anna(), 3, &[]).await;
        assert!(matches!(refused, Err(SliceError::NotAdministrator)));
        assert!(matches!(slice::begin(&site.context, &aino, 0, &[]).await, Err(SliceError::Nobody)));
        let ends = site.texts("SELECT detail FROM audit WHERE action = 'first_load.end'").await;
        assert_eq!(ends, ["ended; all 5 cases left are opened"]);
    }

    async fn slices_that_begin_late_take_nothing_away_and_do_not_end_before_everyone_is_read(place: Place) {
        let world = small::world(moved_people(6), Vec::new());
        let site = Scenario::new(&place, Setup { world: Some(world), ..Setup::default() }).await;
        site.import(&register(2)).await;
        site.until_idle().await;
        begin(&site, 10).await;
        site.until_idle().await;
        assert_eq!(open(&site).await, [1, 2]);
        assert!(state(&site).await.is_some(), "nothing has been held back yet");
        site.import(&register(6)).await;
        site.run(Task::Enrol).await.unwrap();
        site.run(Task::Reconcile).await.unwrap();
        assert!(state(&site).await.is_some(), "four have not been read");
        site.until_idle().await;
        assert_eq!((open(&site).await.len(), state(&site).await), (6, None));
    }
}

/// The finding of a person that is held back.
async fn held_id_of(site: &Scenario, n: u32) -> Option<Uuid> {
    let mut tx = site.context.db.read().await.unwrap();
    let all = ajantasa::store::slice::next(&mut tx, &[], 99).await.unwrap();
    let cards = [small::card(n)];
    let patron = ajantasa::store::patron::by_card_numbers(&mut tx, &cards).await.unwrap().pop().unwrap().id;
    all.into_iter().find(|(_, who)| *who == patron).map(|(finding, _)| finding)
}
