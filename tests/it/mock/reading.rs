//! Cursors, pages and base data.

use super::*;

#[tokio::test]
async fn the_first_cursor_is_before_the_first_entry_of_the_helsinki_day() {
    let vtj = Vtj::small().await;
    for (date, key) in [
        ("2026-11-01", 1009),
        ("2026-11-19", 1009),
        ("2026-11-20", 1039),
        ("2026-11-21", 1049),
        ("2026-11-22", 1050),
    ] {
        let answer: Value = vtj.key(date).await.json().await.unwrap();
        assert_eq!(answer, json!({ "viimeisinKirjausavain": key }), "{date}");
    }
    let answer = vtj.changes(1039, &[1, 2, 3]).await;
    assert_eq!(surnames(&answer), ["Koelinna", "Loppunen"]);
    assert_eq!(answer["muutokset"][0]["muutospv"], "2026-11-19T22:00:00.000Z");
}

#[tokio::test]
async fn pages_follow_each_other_until_the_follower_is_up_to_date() {
    let vtj = Vtj::of(small_world(), MockSettings { page_size: 2, ..settings() }).await;
    let (mut cursor, mut seen, mut keys) = (0, Vec::new(), Vec::new());
    loop {
        let answer = vtj.changes(cursor, &[1, 3]).await;
        seen.extend(surnames(&answer).into_iter().map(str::to_owned));
        cursor = answer["viimeisinKirjausavain"].as_i64().unwrap();
        keys.push(cursor);
        if answer["ajanTasalla"] == json!(true) {
            break;
        }
    }
    assert_eq!(seen, ["Mallila", "Esimerkki", "Koelinna", "Loppunen"]);
    assert_eq!(keys, [1030, 1050]);
}

#[tokio::test]
async fn the_key_moves_past_the_changes_of_others_and_never_back() {
    let vtj = Vtj::small().await;
    let answer = vtj.changes(1000, &[4, 77]).await;
    assert_eq!(answer, json!({ "viimeisinKirjausavain": 1050, "muutokset": [], "ajanTasalla": true }));
    assert_eq!(vtj.changes(9999, &[1]).await["viimeisinKirjausavain"], 9999);
}

#[tokio::test]
async fn base_data_holds_only_the_groups_asked_for_and_the_people_there_are() {
    let vtj = Vtj::small().await;
    let mut body = base(&[77, 2, 1, 2]);
    let answer = vtj.answer("perustiedot", &body).await;
    assert_eq!(answer["ajanTasalla"], true);
    let people = answer["perustiedot"].as_array().unwrap();
    assert_eq!(
        people.iter().map(|person| &person["henkilotunnus"]).collect::<Vec<_>>(),
        [&code(2), &code(1)]
    );
    assert_eq!(people[0]["tietoryhmat"].as_array().unwrap().len(), 2);
    body["tietoryhmat"] = json!(["HENKILON_NIMI", "KUOLINPAIVA"]);
    let answer = vtj.answer("perustiedot-vko", &body).await;
    assert_eq!(answer["poimintapv"], "2026-11-21");
    assert_eq!(answer["perustiedot"][0]["tietoryhmat"], json!([name("Provberg")]));
}
