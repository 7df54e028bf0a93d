//! The signals of a change.

use super::*;
use crate::person::Death;

#[test]
fn a_move_signals_nothing_that_acts_at_once() {
    assert_eq!(signal(&moved()), Signals::default());
}

#[test]
fn a_death_taken_back_is_no_death() {
    let back = signal(&json!([
        {"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"KORJATTAVA","kuollut":true,"kuolinpv":day("2018-05-01")},
        {"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"KORJATTU","kuollut":false}
    ]));
    assert_eq!(back.death, Some(Death { dead: false, date: None, declared: false }));
    assert!(!back.uncertain);
}

#[test]
fn a_removed_death_is_no_death_unless_what_is_in_force_says_so() {
    let removed = json!([{"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"POISTETTU","kuollut":true}]);
    assert!(!signal(&removed).death.unwrap().dead);
    let replaced =
        signal(&json!([{"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"POISTETTU","kuollut":true,
        "voimassaolevatTiedot":[{"kuollut":true,"kuolinpv":day("2018-05-02")}]}]));
    assert_eq!(replaced.death.unwrap().date.unwrap().to_string(), "2018-05-02");
    assert!(!replaced.uncertain);
}

#[test]
fn a_death_is_signalled_even_if_its_date_cannot_be_read() {
    let signals = signal(
        &json!([{"tietoryhma":"KUOLINPAIVA","muutosattribuutti":"LISATTY","kuollut":true,"kuolinpv":"eilen"}]),
    );
    assert_eq!(signals.death, Some(Death { dead: true, date: None, declared: false }));
    assert!(signals.uncertain);
}

#[test]
fn protection_that_begins_is_signalled_by_its_group_or_by_withheld_fields() {
    let begun = signal(&json!([
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"LISATTY","turvakieltoAktiivinen":true},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"MUUTETTU",
         "turvakiellonAlaisetKentat":["katunimi","katunumero","huoneistokirjain","huoneistonumero","jakokirjain",
         "postinumero","postitoimipaikka","rakennustunnus","osoitenumero"]}
    ]));
    assert_eq!((begun.protection, begun.uncertain), (Some(true), false));
    let withheld = signal(&json!([
        {"tietoryhma":"KOTIMAINEN_POSTIOSOITE","muutosattribuutti":"LISATTY","turvakiellonAlaisetKentat":[]},
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"LISATIETO","turvakieltoAktiivinen":false},
    ]));
    assert_eq!(withheld.protection, Some(true));
}

#[test]
fn protection_that_ends_is_an_explicit_no() {
    let ended = signal(&json!([
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"MUUTETTU","turvakieltoAktiivinen":false,
         "turvaLoppuPv":day("2026-11-20")},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"MUUTETTU","loppupv":day("2999-02-28"),
         "katunimi":{"fi":"Testikatu"},"postinumero":"10600"},
        {"tietoryhma":"KOTIKUNTA","muutosattribuutti":"LISATIETO","kuntakoodi":"710"}
    ]));
    assert_eq!((ended.protection, ended.uncertain), (Some(false), false));
}

#[test]
fn protection_is_not_ended_by_removal_and_not_begun_by_what_is_to_be_corrected() {
    let removed = signal(
        &json!([{"tietoryhma":"TURVAKIELTO","muutosattribuutti":"POISTETTU","turvakieltoAktiivinen":true}]),
    );
    assert_eq!((removed.protection, removed.uncertain), (None, true));
    let corrected = signal(&json!([
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"KORJATTAVA","turvakieltoAktiivinen":true},
        {"tietoryhma":"TURVAKIELTO","muutosattribuutti":"KORJATTU","turvakieltoAktiivinen":false},
    ]));
    assert_eq!((corrected.protection, corrected.uncertain), (Some(false), false));
    let unclear = signal(
        &json!([{"tietoryhma":"TURVAKIELTO","muutosattribuutti":"LISATTY","turvakieltoAktiivinen":"kyllä"}]),
    );
    assert_eq!((unclear.protection, unclear.protection_unclear), (None, true));
}

#[test]
fn a_new_code_is_named_by_both_records_of_the_change() {
    let row = |attribute: &str, validity: &str, changed: &str| {
        json!({"tietoryhma":"HENKILOTUNNUS_KORJAUS","muutosattribuutti":attribute,"voimassaolo":validity,
               "muutettuHenkilotunnus":changed,"aktiivinenHenkilotunnus":OTHER})
    };
    let entry = json!([
        row("LISATTY", "AKTIIVI", OTHER),
        row("MUUTETTU", "PASSIIVI", ASKED),
        {"tietoryhma":"HENKILON_NIMI","muutosattribuutti":"LISATIETO","sukunimi":"Mallila"},
        {"tietoryhma":"SYNTYMAPAIVA","muutosattribuutti":"MUUTETTU","syntymapv":day("1980-01-02")},
    ]);
    assert_eq!(signal(&entry).code, Some(CodeSignal::ReplacedBy(code(OTHER))));
    let under_the_new = signals(&code(OTHER), entry.as_array().unwrap(), &all());
    assert_eq!(under_the_new.code, None);
    let passivated = json!([{"tietoryhma":"HENKILOTUNNUS_KORJAUS","muutosattribuutti":"MUUTETTU",
        "voimassaolo":"PASSIIVI","aktiivinenHenkilotunnus":null}]);
    assert_eq!(signal(&passivated).code, Some(CodeSignal::Passivated));
    let ungranted = Grants::new([FieldGroup::Name]);
    let only = signals(&code(ASKED), entry.as_array().unwrap(), &ungranted);
    assert_eq!(only.code, Some(CodeSignal::SignalledOnly));
}

#[test]
fn what_is_not_understood_makes_the_change_uncertain() {
    for entry in [
        json!([{"tietoryhma":"KOTIKUNTA","muutosattribuutti":"SIIRRETTY","kuntakoodi":"710"}]),
        json!([{"tietoryhma":"KOTIKUNTA","kuntakoodi":"710"}]),
        json!([{"tietoryhma":"KOTIKUNTA","muutosattribuutti":"KORJATTAVA","kuntakoodi":"710"}]),
        json!([{"tietoryhma":"KOTIKUNTA","muutosattribuutti":"POISTETTU","kuntakoodi":"710"}]),
        json!([17]),
    ] {
        assert!(signal(&entry).uncertain, "{entry}");
    }
    assert!(!signal(&json!([{"tietoryhma":"UUSI_RYHMA"}])).uncertain);
}

#[test]
fn a_move_undone_is_understood() {
    let undone = signal(&json!([
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"POISTETTU","katunimi":{"fi":"Uusitie"},
         "voimassaolevatTiedot":[{"katunimi":{"fi":"Vanhatie"},"postinumero":"10600"}]},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"KORJATTAVA","loppupv":day("2019-06-26")},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"KORJATTU","katunimi":{"fi":"Vanhatie"}},
        {"tietoryhma":"KOTIKUNTA","muutosattribuutti":"POISTETTU","kuntakoodi":"710",
         "voimassaolevatTiedot":[{"kuntakoodi":"149"}]},
        {"tietoryhma":"KOTIKUNTA","muutosattribuutti":"LISATIETO","kuntakoodi":"149"}
    ]));
    assert_eq!(undone, Signals::default());
}
