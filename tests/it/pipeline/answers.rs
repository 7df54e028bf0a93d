//! Answers about people that are not what they should be: the rest goes on, and nobody gets another's data.

use ajantasa::task::Task;
use serde_json::json;

use crate::contents;
use crate::scenario::small::{
    address, card, changed, code, entry, name, people, person, protection, register, world,
};
use crate::scenario::{Place, Scenario, Setup, on_both};

async fn of(place: &Place, count: u32, extra: Vec<ajantasa::vtj::mock::Person>) -> Scenario {
    let mut people = people(count);
    people.extend(extra);
    let world = world(people, Vec::new());
    let scenario = Scenario::new(place, Setup { world: Some(world), ..Setup::default() }).await;
    scenario.import(&register(count)).await;
    scenario
}

/// Somebody who is nobody's patron.
fn stranger() -> ajantasa::vtj::mock::Person {
    let name = json!({ "tietoryhma": "HENKILON_NIMI", "etunimi": "Outo", "sukunimi": "Vierasnimi" });
    person(50, &json!([name, address("999"), protection(false)]))
}

async fn assert_nothing_of_the_stranger(scenario: &Scenario) {
    let known = contents::knowledge(&scenario.context).await.join("\n");
    assert!(!known.contains("Vierasnimi") && !known.contains("katu 999") && !known.contains(&code(50)));
}

on_both! {
    async fn a_person_who_was_not_asked_about_is_nobodys(place: Place) {
        let scenario = of(&place, 3, vec![stranger()]).await;
        scenario.fault(json!({ "kind": "wrong_person", "code": code(2), "path": "perustiedot" })).await;
        scenario.run(Task::Enrol).await.unwrap();
        let report = scenario.run(Task::Refresh).await.unwrap();
        assert_eq!(report.errors, 1, "the stranger is counted");
        scenario.run(Task::Reconcile).await.unwrap();
        assert_eq!(scenario.kinds().await, [format!("{} not_in_vtj", card(2))]);
        assert_nothing_of_the_stranger(&scenario).await;
    }

    async fn another_persons_data_under_the_code_asked_about_is_a_mismatch_without_the_data(place: Place) {
        let scenario = of(&place, 3, vec![stranger()]).await;
        let fault = json!({ "kind": "wrong_person", "code": code(2), "keep_code": true, "path": "perustiedot" });
        scenario.fault(fault).await;
        scenario.until_idle().await;
        let queue = scenario.queue().await;
        assert_eq!(scenario.kinds().await, [format!("{} identity_mismatch", card(2))]);
        assert!(queue[0].fields.is_empty());
        assert_nothing_of_the_stranger(&scenario).await;
    }

    async fn an_absent_person_is_a_case_and_the_others_go_on(place: Place) {
        let scenario = of(&place, 3, Vec::new()).await;
        scenario.fault(json!({ "kind": "absent_person", "code": code(3) })).await;
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, [format!("{} not_in_vtj", card(3))]);
        assert_eq!(scenario.number("SELECT count(*) FROM person WHERE answer = 'found'").await, 2);
    }

    async fn a_wrong_type_in_one_person_puts_only_that_person_aside(place: Place) {
        let scenario = of(&place, 3, Vec::new()).await;
        scenario.fault(json!({ "kind": "wrong_type", "code": code(1) })).await;
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, [format!("{} unreadable", card(1))]);
        assert_eq!(scenario.number("SELECT count(*) FROM person WHERE answer = 'found'").await, 2);
    }

    async fn an_unknown_group_is_counted_and_dropped(place: Place) {
        let odd = json!({ "tietoryhma": "UUSI_RYHMA", "muutosattribuutti": "LISATTY", "salaisuus": "Pihlajanmarja" });
        let log = vec![entry(1, 1, &json!([odd, changed(address("7"), "MUUTETTU")]))];
        let world = world(people(1), log);
        let setup = Setup { world: Some(world), played: false, ..Setup::default() };
        let scenario = Scenario::new(&place, setup).await;
        scenario.import(&register(1)).await;
        scenario.until_idle().await;
        scenario.play(1);
        scenario.until_idle().await;
        assert_eq!(scenario.kinds().await, [format!("{} address_change", card(1))]);
        let counted = "SELECT count(*) FROM audit WHERE action = 'change.drop_ungranted'";
        assert_eq!(scenario.number(counted).await, 1);
        assert!(!contents::knowledge(&scenario.context).await.join("\n").contains("Pihlajanmarja"));
    }

    async fn a_changed_entry_that_cannot_be_understood_marks_its_person_and_the_page_goes_on(place: Place) {
        let broken = json!([{ "tietoryhma": "VAKINAINEN_KOTIMAINEN_OSOITE", "muutosattribuutti": 7, "katunimi": [] }]);
        let log = vec![
            entry(1, 1, &broken),
            entry(2, 2, &json!([changed(address("8"), "MUUTETTU")])),
            entry(3, 1, &json!([changed(address("9"), "MUUTETTU"), changed(name(), "LISATIETO")])),
        ];
        let world = world(people(2), log);
        let setup = Setup { world: Some(world), played: false, page_size: 1, ..Setup::default() };
        let scenario = Scenario::new(&place, setup).await;
        scenario.import(&register(2)).await;
        scenario.until_idle().await;
        scenario.play(3);
        scenario.until_idle().await;
        let kinds = [format!("{} address_change", card(1)), format!("{} address_change", card(2))];
        assert_eq!(scenario.kinds().await, kinds);
    }
}
