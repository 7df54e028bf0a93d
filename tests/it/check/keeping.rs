//! What of an answer is kept beside what was known, and when the code asked about is no longer valid.

use ajantasa::task::Task;
use serde_json::{Value, json};

use super::{CheckOutcome, Query, ask, asked, few, gist, moved, one, site};
use crate::scenario::{Setup, on_both, small};

/// The group that says that a code was replaced by another, or by none.
fn replaced(old: &str, new: Option<&str>) -> Value {
    json!({ "tietoryhma": "HENKILOTUNNUS_KORJAUS", "voimassaolo": "PASSIIVI", "muutettuHenkilotunnus": old,
        "aktiivinenHenkilotunnus": new, "edellisetHenkilotunnukset": [] })
}

/// The card whose code was changed in the test data, and the one whose code ended.
const CHANGED: &str = "2071000066";
const ENDED: &str = "2071000070";

on_both! {
    async fn a_replaced_code_is_asked_about_once_more_and_found_under_the_new_one(place: Place) {
        let site = site(&place, Setup::default(), Query::default()).await;
        site.import_register().await;
        let checked = ask(&site, CHANGED).await;
        assert_eq!((checked.outcome, checked.asked_vtj), (CheckOutcome::Passivated, true));
        assert!(checked.items.iter().any(|item| item.kind == "identity_code_changed"), "{:?}", checked.items);
        for field in &checked.items[0].fields {
            assert_eq!((&field.current, &field.proposed), (&None, &None), "codes are for nobody");
        }
        assert_eq!(asked(&site).await, 2);
        let results = site.texts("SELECT result || ' ' || return_code FROM disclosure ORDER BY id").await;
        assert_eq!(results, ["passivated 0002", "passivated 0000"]);
        site.clock.advance(chrono::TimeDelta::days(1));
        let again = ask(&site, CHANGED).await;
        assert!(again.items.iter().any(|item| item.kind == "identity_code_changed"));
    }

    async fn a_code_without_a_successor_is_a_finding_and_ends_the_following(place: Place) {
        let site = site(&place, Setup::default(), Query::default()).await;
        site.import_register().await;
        site.run(Task::Enrol).await.unwrap();
        let checked = ask(&site, ENDED).await;
        assert_eq!(gist(&checked).0, CheckOutcome::Passivated);
        assert_eq!(gist(&checked).3, ["identity_code_passivated"]);
        assert_eq!(asked(&site).await, 1);
        let sql = "SELECT unfollowed_because FROM person JOIN patron ON id = patron WHERE card_number = '2071000070'";
        assert_eq!(site.texts(sql).await, ["code_passivated"]);
    }

    async fn a_chain_of_codes_is_not_followed(place: Place) {
        let people = vec![
            small::person(1, &json!([small::name(), replaced(&small::code(1), Some(&small::code(2)))])),
            small::person(2, &json!([small::name(), replaced(&small::code(2), Some(&small::code(3)))])),
            small::person(3, &json!([small::name(), small::protection(false), small::address("9")])),
        ];
        let setup = Setup { world: Some(small::world(people, Vec::new())), ..Setup::default() };
        let site = site(&place, setup, Query::default()).await;
        site.import(&small::register(1)).await;
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!((checked.outcome, checked.items.len()), (CheckOutcome::Passivated, 0));
        assert_eq!(asked(&site).await, 2);
    }

    async fn without_the_right_to_codes_a_change_is_only_known_to_be_one(place: Place) {
        let people = vec![
            small::person(1, &json!([small::name(), replaced(&small::code(1), Some(&small::code(2)))])),
            small::person(2, &json!([small::name(), small::protection(false), small::address("9")])),
        ];
        let setup = Setup { world: Some(small::world(people, Vec::new())), ..Setup::default() };
        let site = site(&place, setup, Query::default()).await;
        site.import(&small::register(1).replace(",710\n", ",092\n")).await;
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!(gist(&checked).0, CheckOutcome::Passivated);
        assert_eq!(gist(&checked).3, ["identity_code_changed"]);
        assert!(checked.items[0].fields.is_empty());
        assert_eq!(asked(&site).await, 1);
    }

    async fn another_code_that_vtj_does_not_call_new_is_believed_only_of_the_same_person(place: Place) {
        // The same name and birth date under another code: believed, and asked about once more.
        let site = site(&place, Setup::default(), Query::default()).await;
        site.import_register().await;
        site.fault(json!({ "kind": "unmarked", "count": 0 })).await;
        let checked = ask(&site, CHANGED).await;
        site.mend().await;
        assert_eq!(checked.outcome, CheckOutcome::Passivated, "{}", checked.reason);
        assert!(checked.items.iter().any(|item| item.kind == "identity_code_changed"));
    }

    async fn a_narrow_product_leaves_what_it_cannot_say_as_it_was(place: Place) {
        let site = few(&place, Query { product: "PERUSSANOMA 1", ..Query::default() }).await;
        let groups = json!([small::name(), small::address("9"), small::protection(false),
            { "tietoryhma": "ASIOINTIKIELI", "kielikoodi": "sv" }]);
        *site.mock.world().lock().unwrap() = small::world(vec![small::person(1, &groups)], Vec::new());
        for task in [Task::Enrol, Task::Refresh, Task::Reconcile] {
            site.run(task).await.unwrap();
        }
        let kinds = site.kinds().await;
        assert!(kinds.iter().any(|kind| kind.ends_with("address_change")), "{kinds:?}");
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!((checked.outcome, checked.protection.as_str()), (CheckOutcome::Found, "unknown"));
        assert_eq!(gist(&checked).3, ["language_change"], "nothing of an address while protection is not told");
        assert_eq!(site.kinds().await, kinds);
        assert_eq!(site.texts("SELECT protection FROM person JOIN patron ON id = patron ORDER BY card_number").await[0], "no");
    }

    async fn an_order_stays_whatever_a_product_does_not_say(place: Place) {
        let site = few(&place, Query { product: "PERUSSANOMA 1", ..Query::default() }).await;
        let groups = json!([small::name(), small::address("9"), small::protection(true)]);
        *site.mock.world().lock().unwrap() = small::world(vec![small::person(1, &groups)], Vec::new());
        for task in [Task::Enrol, Task::Refresh, Task::Reconcile] {
            site.run(task).await.unwrap();
        }
        let groups = json!([small::name(), small::address("9")]);
        *site.mock.world().lock().unwrap() = small::world(vec![small::person(1, &groups)], Vec::new());
        let checked = ask(&site, &small::card(1)).await;
        assert_eq!(checked.protection.as_str(), "yes");
        assert_eq!(gist(&checked).3, ["protection_started"]);
    }

    async fn an_answer_before_enrolling_is_kept_and_enrolling_goes_on_as_usual(place: Place) {
        let site = one(&place, &moved(), Query::default()).await;
        let checked = ask(&site, &small::card(1)).await;
        let id = checked.items[0].id;
        site.until_idle().await;
        let items = site.queue().await;
        assert_eq!((items.len(), items[0].id), (1, id));
        assert_eq!(site.texts("SELECT follow_state FROM person").await, ["following"]);
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE state = 'new'").await, 1);
    }

    async fn the_finding_names_the_question_that_raised_it(place: Place) {
        let site = one(&place, &moved(), Query::default()).await;
        let checked = ask(&site, &small::card(1)).await;
        let request = checked.request.unwrap();
        assert_eq!(site.number("SELECT count(*) FROM finding f JOIN disclosure d ON d.id = f.request").await, 1);
        let mut read = site.context.db.read().await.unwrap();
        let row = ajantasa::store::disclosure::get(&mut read, request).await.unwrap().unwrap();
        assert_eq!((row.actor.as_str(), row.account), ("anna", Some(super::anna().id)));
        assert!(row.end_user.unwrap().starts_with("aj-") && row.sealed_reason.is_some());
        assert_eq!(row.field_groups, "address name death protection identity_code language");
        let actions = site.texts("SELECT action FROM audit WHERE actor = 'anna' ORDER BY sequence").await;
        assert_eq!(actions, ["vtj.ask", "person.check", "finding.open", "check.answer"]);
    }
}
