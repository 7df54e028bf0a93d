//! Whole answers.

use super::*;

#[test]
fn a_page_keeps_what_it_can_and_sets_one_unreadable_entry_apart() {
    let body = json!({"viimeisinKirjausavain": 5_446_623_423_i64, "ajanTasalla": false, "uusi": 1, "muutokset": [
        {"henkilotunnus": ASKED, "muutospv": "2019-09-24T21:00:00.000Z", "ajanTasalla": true, "tietoryhmat": [
            {"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"LISATTY","kuollut":true,"kuolinpv":day("2019-07-30")},
            {"tietoryhma":"HENKILOTUNNUS_KORJAUS","muutosattribuutti":"LISATTY","aktiivinenHenkilotunnus":OTHER},
            {"tietoryhma":"USKONTOKUNTA","nimi":"x"}]},
        {"henkilotunnus": OTHER, "tietoryhmat": {"tietoryhma": "KOTIKUNTA"}},
        {"henkilotunnus": 7, "tietoryhmat": []},
        {"henkilotunnus": OTHER, "tietoryhmat": [{"tietoryhma":"KOTIKUNTA"}, 5, {"tietoryhma":"LAPSI","nimi":"y"}]},
        {"henkilotunnus": OTHER, "muutospv": 5, "tietoryhmat": []},
    ]});
    let grants = Grants::new([FieldGroup::Death, FieldGroup::Address]);
    let page = ChangesPage::read(body.to_string().as_bytes(), &grants).unwrap();
    assert_eq!((page.next_cursor, page.up_to_date), (5_446_623_423, false));
    let first = page.entries[0].as_ref().unwrap();
    assert_eq!(first.registered_at.unwrap().to_rfc3339(), "2019-09-24T21:00:00+00:00");
    assert_eq!(first.groups.len(), 2);
    assert_eq!(first.groups[1], json!({"tietoryhma": "HENKILOTUNNUS_KORJAUS"}));
    assert_eq!(first.signals(&grants).code, Some(CodeSignal::SignalledOnly));
    assert_eq!(Change::from_bytes(&first.to_bytes()).as_ref(), Ok(first));
    for (at, known) in [(1, true), (2, false), (3, true)] {
        let row = page.entries[at].as_ref().unwrap_err();
        assert_eq!(row.code.is_some(), known, "{at}");
        assert!(!row.raw.is_empty() && !format!("{row:?}").contains(OTHER));
    }
    let nameless = page.entries[3].as_ref().unwrap_err();
    assert!(!String::from_utf8_lossy(&nameless.raw).contains("LAPSI"));
    assert!(page.entries[4].as_ref().unwrap().registered_at.is_none());
    assert_eq!(page.dropped.get("USKONTOKUNTA"), Some(&1));
    assert!(!format!("{page:?}").contains(ASKED));
}

#[test]
fn a_page_without_its_frame_is_no_answer() {
    let grants = all();
    let read = |body: &str| ChangesPage::read(body.as_bytes(), &grants).unwrap_err().to_string();
    assert!(read(r#"{"viimeisinKirjausavain": 1, "muutokset": []}"#).contains("ajanTasalla"));
    assert!(
        read(r#"{"viimeisinKirjausavain": "010180-9015", "muutokset": [], "ajanTasalla": true}"#)
            .starts_with("the answer lacks")
    );
    assert!(read(r#"{"viimeisinKirjausavain": 1, "muutokset": [{"#).starts_with("the answer is cut off"));
    assert!(read("<html>").starts_with("the answer is not JSON"));
    assert!(read_first_cursor(br#"{"viimeisinKirjausavain": 5446623423}"#) == Ok(5_446_623_423));
}

#[test]
fn base_data_is_handed_on_person_by_person_with_granted_groups_only() {
    let body = json!({"perustiedot": [
        {"henkilotunnus": ASKED, "tietoryhmat": [
            {"tietoryhma":"HENKILON_NIMI","sukunimi":"Mallila","etunimi":"Aino"},
            {"tietoryhma":"AMMATTI","nimi":"kirjastonhoitaja"}]},
        {"henkilotunnus": OTHER},
    ]});
    let grants = Grants::new([FieldGroup::Name]);
    let data = BaseData::read(body.to_string().as_bytes(), &grants).unwrap();
    let (asked, person) = data.persons[0].as_ref().unwrap();
    assert_eq!(asked, &code(ASKED));
    assert_eq!(person.name.as_ref().unwrap().last_name, "Mallila");
    assert!(data.persons[1].is_err());
    assert_eq!((data.up_to_date, data.dropped.get("AMMATTI")), (None, Some(&1)));
    assert!(BaseData::read(b"{}", &grants).is_err());
}

#[test]
fn an_answer_damaged_anywhere_is_an_error_or_an_answer_and_tells_nothing() {
    let body = json!({"viimeisinKirjausavain": 12, "ajanTasalla": true, "muutokset": [
        {"henkilotunnus": ASKED, "muutospv": "2019-09-24T21:00:00.000Z", "tietoryhmat": moved()},
        {"henkilotunnus": OTHER, "tietoryhmat": [
            {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"LISATTY","turvakieltoAktiivinen":true},
            {"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"LISATTY","kuollut":true,"kuolinpv":day("2019-07-30")},
        ]},
    ]})
    .to_string();
    let check = |bytes: &[u8]| match ChangesPage::read(bytes, &all()) {
        Err(error) => assert!(!error.to_string().contains("Gabriella")),
        Ok(page) => {
            for entry in page.entries {
                match entry {
                    Ok(change) => drop((change.signals(&all()), change.to_bytes())),
                    Err(row) => {
                        let text = format!("{row:?} {}", row.why);
                        assert!(!text.contains(ASKED) && !text.contains("Gabriella"), "{text}");
                    }
                }
            }
        }
    };
    for at in 0..body.len() {
        check(&body.as_bytes()[..at]);
        for byte in *b"0\"[{,n\xff" {
            let mut damaged = body.clone().into_bytes();
            damaged[at] = byte;
            check(&damaged);
        }
    }
}

#[test]
fn an_entry_nested_without_end_is_set_apart() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let body = format!(
        r#"{{"viimeisinKirjausavain": 1, "ajanTasalla": true, "muutokset": [
            {{"henkilotunnus": "{ASKED}", "tietoryhmat": {deep}}},
            {{"henkilotunnus": "{OTHER}", "tietoryhmat": []}}]}}"#
    );
    let page = ChangesPage::read(body.as_bytes(), &all()).unwrap();
    assert_eq!(page.entries.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true]);
}
