//! What each change attribute makes of base data, and what a new code does.

use super::*;

/// The person's groups after one entry.
fn played(before: &Value, entry_groups: &Value) -> Value {
    let log = vec![entry(10, "2026-11-20T10:00:00Z", 1, entry_groups)];
    let mut world = World::from_parts(vec![person(1, before)], log, today()).unwrap();
    assert_eq!(world.play(5), 1);
    serde_json::from_str(world.base_data(&identity(1)).unwrap().get()).unwrap()
}

fn address(street: &str) -> Value {
    json!({ "tietoryhma": "VAKINAINEN_KOTIMAINEN_OSOITE", "katunimi": { "fi": street } })
}

fn with(mut record: Value, key: &str, value: Value) -> Value {
    record[key] = value;
    record
}

fn changed(record: Value, attribute: &str) -> Value {
    with(record, "muutosattribuutti", json!(attribute))
}

#[test]
fn a_new_record_replaces_the_group_and_leaves_the_others() {
    let before = json!([name("Testinen"), address("Vanhatie")]);
    let old = with(address("Vanhatie"), "loppupv", day("2026-11-20"));
    let after = played(&before, &json!([changed(address("Uusitie"), "LISATTY"), changed(old, "MUUTETTU")]));
    assert_eq!(after, json!([name("Testinen"), address("Uusitie")]));
}

#[test]
fn an_ended_record_is_not_in_force_and_one_that_ends_later_is() {
    for (end, in_force) in [
        (day("2026-11-20"), false),
        (day("2026-11-21"), false),
        (day("2026-11-22"), true),
        (day("2999-02-28"), true),
        (json!({ "arvo": "2026-11-01", "tarkkuus": "KUUKAUSI" }), true),
        (json!({ "arvo": "2026-10-01", "tarkkuus": "KUUKAUSI" }), false),
        (json!({ "arvo": "2026-01-01", "tarkkuus": "VUOSI" }), true),
    ] {
        for attribute in ["LISATTY", "MUUTETTU", "KORJATTU", "LISATIETO"] {
            let record = with(address("Loppukuja"), "loppupv", end.clone());
            let after = played(&json!([address("Vanhatie")]), &json!([changed(record.clone(), attribute)]));
            assert_eq!(after, if in_force { json!([record]) } else { json!([]) }, "{attribute} {end}");
        }
    }
    let left =
        json!({ "tietoryhma": "KOTIKUNTA", "kuntakoodi": "710", "kunnastaPoisMuuttopv": day("2026-11-01") });
    assert_eq!(played(&json!([]), &json!([changed(left.clone(), "MUUTETTU")])), json!([]));
    let former = with(left, "tietoryhma", json!("EDELLINEN_KOTIKUNTA"));
    assert_eq!(played(&json!([]), &json!([changed(former.clone(), "LISATTY")])), json!([former]));
}

#[test]
fn a_value_to_be_corrected_is_never_applied() {
    let dead = json!({ "tietoryhma": "KUOLINPAIVA", "kuollut": true });
    let alive = json!({ "tietoryhma": "KUOLINPAIVA", "kuollut": false });
    let withdrawn = json!([changed(dead.clone(), "KORJATTAVA"), changed(alive.clone(), "KORJATTU")]);
    assert_eq!(played(&json!([dead]), &withdrawn), json!([alive]));
    assert_eq!(played(&json!([dead]), &json!([changed(alive.clone(), "KORJATTAVA")])), json!([dead]));
    assert_eq!(played(&json!([dead]), &json!([changed(alive, "TUNTEMATON")])), json!([dead]));
}

#[test]
fn a_removed_record_gives_way_to_what_is_in_force_or_to_nothing() {
    let before = json!([address("Vanhatie"), name("Testinen")]);
    let removed = changed(address("Vanhatie"), "POISTETTU");
    assert_eq!(played(&before, &json!([removed])), json!([name("Testinen")]));
    let instead = json!([{ "katunimi": { "fi": "Oikeatie" }, "muutosattribuutti": "LISATIETO" }]);
    let replaced = with(removed, "voimassaolevatTiedot", instead);
    assert_eq!(played(&before, &json!([replaced])), json!([name("Testinen"), address("Oikeatie")]));
}

#[test]
fn what_is_not_a_group_is_passed_over() {
    let before = json!([name("Testinen"), 5]);
    assert_eq!(played(&before, &json!(["x", { "muutosattribuutti": "LISATTY" }])), before);
    assert_eq!(played(&before, &renamed("Mallila")), json!([5, name("Mallila")]));
}

fn code_change() -> Value {
    let (old, new) = (code(1), code(2));
    json!([
        { "tietoryhma": "HENKILOTUNNUS_KORJAUS", "muutosattribuutti": "LISATTY", "voimassaolo": "AKTIIVI",
          "muutettuHenkilotunnus": new, "aktiivinenHenkilotunnus": new, "edellisetHenkilotunnukset": [old] },
        { "tietoryhma": "HENKILOTUNNUS_KORJAUS", "muutosattribuutti": "MUUTETTU", "voimassaolo": "PASSIIVI",
          "muutettuHenkilotunnus": old, "aktiivinenHenkilotunnus": new },
    ])
}

#[test]
fn a_person_with_a_new_code_answers_under_both() {
    let log = vec![
        entry(10, "2026-11-20T10:00:00Z", 1, &code_change()),
        entry(20, "2026-11-20T11:00:00Z", 2, &renamed("Mallila")),
        entry(30, "2026-11-20T12:00:00Z", 1, &renamed("Provberg")),
    ];
    let mut world = World::from_parts(vec![person(1, &named("Testinen"))], log, today()).unwrap();
    assert!(world.base_data(&identity(2)).is_none(), "the new code is not known before it is given");
    world.play(usize::MAX);
    let [old, new] = [1, 2].map(|n| world.base_data(&identity(n)).unwrap().get());
    assert_eq!(old, new);
    assert!(
        old.contains("HENKILOTUNNUS_KORJAUS")
            && old.contains("Provberg")
            && !old.contains("muutosattribuutti")
    );
    for n in [1, 2] {
        let page = world.changes_since(0, &[identity(n)], 10);
        assert_eq!(page.entries.len(), 3);
        assert!(page.entries.iter().all(|entry| entry.code == identity(n)), "each under the code asked");
    }
    let both = world.changes_since(0, &[identity(1), identity(2)], 10);
    let codes: Vec<_> = both.entries.iter().map(|entry| entry.code.clone()).collect();
    assert_eq!(codes, [identity(1), identity(2), identity(1)], "each once, under its own code");
}

#[test]
fn a_new_code_that_is_another_persons_stays_theirs() {
    let log = vec![entry(10, "2026-11-20T10:00:00Z", 1, &code_change())];
    let people = vec![person(1, &named("Testinen")), person(2, &named("Mallila"))];
    let mut world = World::from_parts(people, log, today()).unwrap();
    world.play(1);
    assert!(world.base_data(&identity(1)).unwrap().get().contains("Testinen"));
    assert!(world.base_data(&identity(2)).unwrap().get().contains("Mallila"));
}

#[test]
fn base_data_that_names_a_former_code_answers_under_it() {
    let group = json!([{ "tietoryhma": "HENKILOTUNNUS_KORJAUS", "voimassaolo": "AKTIIVI",
        "aktiivinenHenkilotunnus": code(2), "edellisetHenkilotunnukset": [code(1)] }]);
    let world = World::from_parts(vec![person(2, &group)], Vec::new(), today()).unwrap();
    assert!(world.base_data(&identity(1)).is_some());
}

#[test]
fn someone_whom_only_the_log_knows_appears_with_their_first_entry() {
    let log = vec![entry(10, "2026-11-20T10:00:00Z", 9, &renamed("Uusinen"))];
    let mut world = World::from_parts(Vec::new(), log, today()).unwrap();
    assert!(world.base_data(&identity(9)).is_none());
    world.play(1);
    assert!(world.base_data(&identity(9)).unwrap().get().contains("Uusinen"));
}

#[tokio::test]
async fn what_is_not_played_yet_is_not_there_yet() {
    let slowly = MockSettings { play_every: Some(Duration::from_hours(1)), ..settings() };
    let vtj = Vtj::of(small_world(), slowly).await;
    assert!(surnames(&vtj.changes(0, &[1, 2, 3]).await).is_empty());
    let play = async |query: &str| -> Value {
        vtj.bare(&format!("/_mock/play{query}")).send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(play("?count=2").await["left"], 3);
    let answer = vtj.changes(0, &[1, 2, 3]).await;
    assert_eq!(surnames(&answer), ["Mallila", "Provberg"]);
    assert_eq!(answer["viimeisinKirjausavain"], 1020);
    assert_eq!(play("").await["played"], 1);
    assert_eq!(play("?count=99").await["played"], 2);
    assert_eq!(vtj.bare("/_mock/play?number=2").send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn the_log_is_played_by_itself_when_asked() {
    let quickly = MockSettings { play_every: Some(Duration::from_millis(1)), ..settings() };
    let vtj = Vtj::of(small_world(), quickly).await;
    while vtj.get_json("/_mock/status").await["left"] != json!(0) {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    vtj.mock.stop().await;
}
