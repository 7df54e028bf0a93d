//! What the change feed does to our own house: at once where it must, once where it comes twice, never
//! backwards.

use ajantasa::store::{self, data_key};
use ajantasa::task::{self, FetchMode, Task, TaskError};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::contents;
use crate::scenario::small::{
    address, card, changed, code, death, entry, entry_at, name, people, protection, register, world,
};
use crate::scenario::{Place, Scenario, Setup, on_both};

/// A scenario of so many people with a log of which nothing has been played, everybody read once.
async fn following(place: &Place, count: u32, log: Vec<ajantasa::vtj::mock::Entry>) -> Scenario {
    let world = world(people(count), log);
    let scenario =
        Scenario::new(place, Setup { world: Some(world), played: false, ..Setup::default() }).await;
    scenario.import(&register(count)).await;
    scenario.until_idle().await;
    assert_eq!(scenario.kinds().await, [""; 0]);
    scenario
}

fn kind(n: u32, kind: &str) -> Vec<String> {
    vec![format!("{} {kind}", card(n))]
}

async fn cursor(scenario: &Scenario) -> i64 {
    scenario.number("SELECT max(cursor_key) FROM follow_list").await
}

fn moved(number: &str) -> Value {
    json!([changed(address(number), "MUUTETTU")])
}

on_both! {
    async fn a_page_that_comes_again_changes_nothing_even_after_its_content_is_gone(place: Place) {
        let log = vec![entry(1, 1, &moved("7")), entry(2, 2, &moved("8")), entry(3, 3, &moved("9"))];
        let scenario = following(&place, 3, log).await;
        scenario.play(2);
        scenario.until_idle().await;
        let rows = scenario.number("SELECT count(*) FROM inbox").await;
        assert_eq!(rows, 2);
        let again = json!({ "kind": "duplicate_page", "path": "muutokset" });
        scenario.fault(again.clone()).await;
        let calls = scenario.calls("perustiedot").await;
        let report = scenario.run(Task::Fetch).await.unwrap();
        assert_eq!((report.changed, report.skipped), (0, 2));
        scenario.until_idle().await;
        assert_eq!(scenario.calls("perustiedot").await, calls, "nobody is read again for a replay");
        for _ in 0..2 {
            scenario.clock.advance(TimeDelta::days(8));
            scenario.until_idle().await;
        }
        assert_eq!(scenario.number("SELECT count(*) FROM inbox WHERE sealed IS NOT NULL").await, 0);
        scenario.play(1);
        scenario.fault(again).await;
        scenario.until_idle().await;
        assert_eq!(scenario.number("SELECT count(*) FROM inbox").await, 3);
        assert_eq!(scenario.kinds().await.len(), 3);
    }

    async fn a_replay_does_not_revive_a_withdrawn_death(place: Place) {
        let dies = || json!([changed(death(true), "LISATTY")]);
        let lives = json!([changed(death(true), "KORJATTAVA"), changed(death(false), "KORJATTU")]);
        let at = "2026-11-21T07:00:00Z".parse().unwrap();
        // The same entry once more, and once more with something beside it that makes it look new.
        let mut dressed = dies();
        dressed.as_array_mut().unwrap().push(json!({ "tietoryhma": "UUSI_RYHMA", "muutosattribuutti": "LISATTY" }));
        dressed.as_array_mut().unwrap().push(changed(name(), "LISATIETO"));
        let log = vec![
            entry_at(1, at, 1, &dies()),
            entry_at(2, at + TimeDelta::hours(1), 1, &lives),
            entry_at(3, at, 1, &dies()),
            entry_at(4, at, 1, &dressed),
        ];
        let scenario = following(&place, 1, log).await;
        // Said and taken back between two rounds.
        scenario.play(2);
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, [""; 0]);
        // Base data does not answer, so that the feed's word alone could do harm.
        scenario.fault(json!({ "kind": "status", "path": "perustiedot", "count": 0 })).await;
        for _ in 0..2 {
            scenario.play(1);
            scenario.run(Task::Fetch).await.unwrap();
            assert_eq!(scenario.number("SELECT count(*) FROM person WHERE frozen").await, 0);
            scenario.run(Task::Reconcile).await.unwrap();
            assert_eq!(scenario.kinds().await, [""; 0]);
        }
    }

    async fn a_page_that_comes_again_does_not_revive_a_withdrawn_death(place: Place) {
        let dies = json!([changed(death(true), "LISATTY")]);
        let lives = json!([changed(death(true), "KORJATTAVA"), changed(death(false), "KORJATTU")]);
        let log = vec![entry(1, 1, &dies), entry(2, 1, &lives), entry(3, 2, &moved("4"))];
        let scenario = following(&place, 2, log).await;
        scenario.play(2);
        scenario.until_idle().await;
        scenario.play(1);
        scenario.fault(json!({ "kind": "duplicate_page", "path": "muutokset" })).await;
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, kind(2, "address_change"));
        assert_eq!(scenario.number("SELECT count(*) FROM person WHERE frozen").await, 0);
    }

    async fn a_replay_after_a_withdrawal_that_was_found_raises_no_death(place: Place) {
        let at = "2026-11-21T07:00:00Z".parse().unwrap();
        let dies = || json!([changed(death(true), "LISATTY")]);
        let lives = json!([changed(death(true), "KORJATTAVA"), changed(death(false), "KORJATTU")]);
        let mut dressed = dies();
        dressed.as_array_mut().unwrap().push(changed(name(), "LISATIETO"));
        let log = vec![
            entry_at(1, at, 1, &dies()),
            entry_at(2, at + TimeDelta::hours(1), 1, &lives),
            entry_at(3, at, 1, &dressed),
        ];
        let scenario = following(&place, 1, log).await;
        scenario.play(1);
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, kind(1, "death"));
        scenario.play(1);
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, kind(1, "death_withdrawn"));
        scenario.play(1);
        scenario.fault(json!({ "kind": "absent_person", "path": "perustiedot" })).await;
        scenario.run(Task::Fetch).await.unwrap();
        scenario.run(Task::Reconcile).await.unwrap();
        assert_eq!(scenario.kinds().await, kind(1, "death_withdrawn"));
    }

    async fn a_death_freezes_before_base_data_is_read(place: Place) {
        let log = vec![entry(1, 1, &moved("7")), entry(2, 1, &json!([changed(death(true), "LISATTY")]))];
        let scenario = following(&place, 1, log).await;
        scenario.play(1);
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, kind(1, "address_change"));
        scenario.play(1);
        let calls = scenario.calls("perustiedot").await;
        scenario.run(Task::Fetch).await.unwrap();
        assert_eq!(scenario.calls("perustiedot").await, calls);
        assert_eq!(scenario.number("SELECT count(*) FROM person WHERE frozen").await, 1);
        assert!(scenario.queue().await.iter().all(|item| item.frozen));
        scenario.run(Task::Reconcile).await.unwrap();
        assert_eq!(scenario.kinds().await, kind(1, "address_change"), "the finding waits for base data");
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, kind(1, "death"));
    }

    async fn protection_masks_and_wipes_before_base_data_is_read(place: Place) {
        let log = vec![
            entry(1, 1, &moved("7")),
            entry(2, 1, &json!([changed(address("66"), "MUUTETTU"), changed(protection(true), "LISATTY")])),
        ];
        let scenario = following(&place, 2, log).await;
        scenario.play(1);
        scenario.until_idle().await;
        let item = scenario.queue().await.remove(0);
        assert_eq!(item.fields[0].proposed.as_deref(), Some("Pitkäkatu 7"));
        let old = &contents::tables(&scenario.context, &[], &[]).await;
        scenario.play(1);
        let calls = scenario.calls("perustiedot").await;
        scenario.run(Task::Fetch).await.unwrap();
        assert_eq!(scenario.calls("perustiedot").await, calls);
        for item in scenario.queue().await {
            assert!(item.municipality.is_none() && item.fields.iter().all(|field|
                field.current.is_none() && field.proposed.is_none()), "{item:?}");
        }
        assert_eq!(scenario.number("SELECT count(*) FROM inbox WHERE sealed IS NOT NULL").await, 0);
        assert_eq!(scenario.number("SELECT count(*) FROM finding WHERE sealed IS NOT NULL").await, 0);
        assert_eq!(scenario.keys().await, 2, "one key per person, the old one destroyed");
        let new = contents::tables(&scenario.context, &[], &[]).await;
        let protected = |tables: &std::collections::BTreeMap<String, Vec<String>>, table: &str| {
            tables[table].iter().filter(|row| row.contains("key_version=1")).count()
        };
        for table in ["patron", "person"] {
            assert_eq!((protected(old, table), protected(&new, table)), (2, 1), "{table}");
        }
        let exported = scenario.ajantasa(&["patrons", "export"]).ended(0).stdout;
        let row = exported.lines().find(|line| line.contains(&card(1))).unwrap();
        assert!(!row.contains("Pitkäkatu") && !row.contains("10600"), "{row}");
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, kind(1, "protection_started"));
        let known = contents::knowledge(&scenario.context).await.join("\n");
        assert!(known.contains("katu 1\"") && !known.contains("katu 66\"") && !known.contains("\"66\""));
    }

    async fn a_new_code_is_followed_from_the_next_round(place: Place) {
        let new = code(40);
        let entry_of_new = json!([
            { "tietoryhma": "HENKILOTUNNUS_KORJAUS", "muutosattribuutti": "LISATTY",
              "voimassaolo": "AKTIIVI", "muutettuHenkilotunnus": new, "aktiivinenHenkilotunnus": new },
        ]);
        let scenario = following(&place, 1, vec![entry(1, 1, &entry_of_new)]).await;
        let before = scenario.texts("SELECT CAST(code_index IS NOT NULL AS TEXT) || follow_state FROM person").await;
        assert_eq!(before.len(), 1);
        scenario.play(1);
        scenario.until_idle().await;
        let mut read = scenario.context.db.read().await.unwrap();
        let row = store::patron::page(&mut read, "", 9).await.unwrap().remove(0);
        let person = store::person::by_patrons(&mut read, &[row.id]).await.unwrap().remove(0);
        let keyring =
            data_key::keyring(&scenario.context.db, &scenario.context.vault, &[row.id]).await.unwrap();
        let followed = person.open(&keyring).unwrap().followed_code().unwrap().unwrap();
        assert!(followed.expose() == new, "the new code is not followed");
        assert_eq!(person.follow_state, "following");
        assert!(row.open(&keyring).unwrap().code == Some(code(1)), "the register waits for a person's decision");
    }

    async fn a_cursor_that_goes_back_or_stands_still_is_refused_and_the_kept_one_stays(place: Place) {
        let log = vec![entry(1, 1, &moved("7")), entry(2, 1, &moved("8"))];
        let scenario = following(&place, 1, log).await;
        scenario.play(1);
        scenario.until_idle().await;
        let kept = cursor(&scenario).await;
        scenario.play(1);
        for fault in ["cursor_back", "cursor_still"] {
            scenario.fault(json!({ "kind": fault, "path": "muutokset" })).await;
            let error = scenario.run(Task::Fetch).await.unwrap_err();
            assert!(matches!(error, TaskError::Vtj(_)) && error.to_string().contains("the kept cursor stays"));
            assert_eq!(cursor(&scenario).await, kept, "{fault}");
            assert_eq!(scenario.number("SELECT count(*) FROM inbox").await, 1, "{fault}");
        }
        scenario.until_idle().await;
        assert!(cursor(&scenario).await > kept);
        assert_eq!(scenario.number("SELECT count(*) FROM inbox").await, 2);
    }

    async fn a_cursor_of_more_than_two_weeks_needs_a_reload_and_a_reload_mends_it(place: Place) {
        let scenario = following(&place, 2, vec![entry(1, 1, &moved("7"))]).await;
        scenario.clock.advance(TimeDelta::days(15));
        scenario.play(1);
        let error = scenario.run(Task::Fetch).await.unwrap_err();
        assert!(error.to_string().contains("run fetch --reload"), "{error}");
        assert_eq!(scenario.number("SELECT count(*) FROM inbox").await, 0);
        task::run_with(&scenario.context, Task::Fetch, FetchMode::Reload).await.unwrap();
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, kind(1, "address_change"));
    }

    async fn a_clock_set_back_loses_nothing(place: Place) {
        let log = (1..=6).map(|k| entry(k, u32::try_from(k).unwrap(), &moved("7"))).collect();
        let scenario = following(&place, 6, log).await;
        let mut last = cursor(&scenario).await;
        for by in [TimeDelta::zero(), TimeDelta::hours(-2), TimeDelta::hours(2)] {
            scenario.clock.advance(by);
            scenario.play(2);
            scenario.until_idle().await;
            let now = cursor(&scenario).await;
            assert!(now > last);
            last = now;
        }
        assert_eq!(scenario.number("SELECT count(*) FROM inbox").await, 6);
        assert_eq!(scenario.kinds().await.len(), 6);
        assert_eq!(contents::unrecorded(&scenario.context).await, [""; 0]);
    }
}
