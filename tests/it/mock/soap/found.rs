//! Where each outcome is carried, and what is said with it.

use super::*;

/// Found, protected, dead to the month, abroad, with a new code, without any code, nobody.
const TESTHOLM: &str = "010783-952D";
const PROTECTED: &str = "070481-9797";
const DEAD: &str = "020227-9727";
const ABROAD: &str = "120483-914V";
const CHANGED: &str = "240877-989P";
const PASSIVE: &str = "030563-9938";
const NOBODY: &str = "010190-999W";

#[tokio::test]
async fn a_person_is_found_in_either_form_with_the_question_echoed() {
    let vtj = population().await;
    let question = Question::about(TESTHOLM).in_product("kirjasto1");
    let [x_road, direct] = vtj.both(&question).await;
    for answer in [&x_road, &direct] {
        assert_eq!(return_code(answer), "0000");
        assert!(answer.contains("sanomatunnus=\"KIRJASTO1\""), "{answer}");
        assert!(answer.contains("tietojenPoimintaaika=\"20261121120000\""), "{answer}");
        assert!(answer.contains("hakuperustePaluukoodi=\"1\"") && answer.contains("voimassaolokoodi=\"1\""));
        assert_eq!(one(answer, "Sukunimi"), "Testholm");
        assert!(one(answer, "Etunimet").ends_with(' '), "a blank behind the first names");
    }
    assert_eq!(all(&x_road, "Henkilotunnus")[..3], [TESTHOLM; 3]);
    assert_eq!(all(&direct, "Henkilotunnus")[..2], [TESTHOLM; 2]);
    assert_eq!(one(&x_road, "id"), question.id);
    assert_eq!((one(&x_road, "SoSoNimi"), one(&x_road, "Salasana")), ("kirjasto1", ""));
    assert!(!one(&x_road, "requestHash").is_empty());
    assert!(x_road.contains("<HenkilonTunnusKyselyResponse xmlns=\"http://xml.vrk.fi/ws/vtj/vtjkysely/1\">"));
    assert!(direct.contains("<TeeHenkilonTunnusKyselyResponse xmlns=\"http://tempuri.org/\">"));
    assert!(direct.contains("<TeeHenkilonTunnusKyselyResult>"));
}

#[tokio::test]
async fn nobody_is_told_beside_the_message_over_x_road_and_in_it_direct() {
    let vtj = population().await;
    let [x_road, direct] = vtj.both(&Question::about(NOBODY)).await;
    assert_eq!(one(&x_road, "faultCode"), "0001");
    assert_eq!(one(&x_road, "faultString"), "Hakuperusteella ei löydy tietoja vtj:stä");
    assert!(!x_road.contains("VTJHenkiloVastaussanoma"));
    assert_eq!(return_code(&direct), "0001");
    assert!(direct.contains("hakuperustePaluukoodi=\"0\"") && !direct.contains("<Henkilo>"));
    for answer in vtj.both(&Question::about("010190-999L")).await {
        assert_eq!(return_code(&answer), "0006", "a code that cannot be");
    }
}

#[tokio::test]
async fn a_code_that_was_replaced_brings_the_person_under_the_valid_one() {
    let vtj = population().await;
    for answer in vtj.both(&Question::about(CHANGED)).await {
        assert_eq!(return_code(&answer), "0002");
        assert!(answer.contains("hakuperustePaluukoodi=\"2\""));
        let person = inside(&answer, "Henkilo");
        assert_eq!((one(person, "Henkilotunnus"), one(person, "Sukunimi")), ("250877-990C", "Datumrättad"));
    }
    for answer in vtj.both(&Question::about("250877-990C")).await {
        assert_eq!((return_code(&answer), answer.contains("voimassaolokoodi=\"1\"")), ("0000", true));
    }
    for answer in vtj.both(&Question::about(PASSIVE)).await {
        assert_eq!((return_code(&answer), answer.contains("voimassaolokoodi=\"2\"")), ("0002", true));
        assert_eq!(one(inside(&answer, "Henkilo"), "Henkilotunnus"), PASSIVE);
    }
}

#[tokio::test]
async fn of_a_protected_person_nothing_leads_to_the_door() {
    let vtj = population().await;
    for product in PRODUCTS {
        for answer in vtj.both(&Question::about(PROTECTED).in_product(product.name)).await {
            assert_eq!((return_code(&answer), one(&answer, "Sukunimi")), ("0000", "Skyddberg"));
            for name in [
                "LahiosoiteS",
                "LahiosoiteR",
                "KatuS",
                "KatuR",
                "Katunumero",
                "Postinumero",
                "PostitoimipaikkaS",
                "PostitoimipaikkaR",
                "Asuinpaikantunnus",
                "PostiosoiteS",
                "UlkomainenLahiosoite",
                "AsuminenAlkupvm",
                "Kuntanumero",
                "KuntaS",
                "KuntaR",
                "KuntasuhdeAlkupvm",
                "ParasOsoiteTieto",
                "HuoltajaLkm",
            ] {
                assert!(all(&answer, name).iter().all(|text| text.is_empty()), "{name} in {answer}");
            }
            let said = (all(&answer, "TurvakieltoTieto"), all(&answer, "TurvakieltoPaattymispvm"));
            if product.name == "PERUSSANOMA 1" {
                assert_eq!(said, (vec![], vec![]));
            } else {
                assert_eq!(said, (vec!["1"], vec!["20260630"]));
            }
        }
    }
}

#[tokio::test]
async fn the_contact_address_of_a_protected_person_is_not_in_a_message() {
    let vtj = population().await;
    for answer in vtj.both(&Question::about("281168-9847")).await {
        assert_eq!(one(&answer, "TurvakieltoTieto"), "1");
        assert!(!answer.contains("PL 900") && !answer.contains("YHTEYS") && !answer.contains("Yhteys"));
    }
}

#[tokio::test]
async fn a_death_is_as_precise_as_it_is_known() {
    let vtj = population().await;
    for (code, word, on, declared) in [
        (DEAD, "1", "20261000", ""),
        ("140840-9736", "1", "20250000", ""),
        ("090938-9749", "1", "", ""),
        ("251250-9755", "1", "20210612", "20260930"),
        ("020945-9294", "", "", ""),
        (TESTHOLM, "", "", ""),
    ] {
        for answer in vtj.both(&Question::about(code)).await {
            let said =
                (one(&answer, "Kuollut"), one(&answer, "Kuolinpvm"), one(&answer, "Kuolleeksijulistamispvm"));
            assert_eq!(said, (word, on, declared), "{code}");
        }
    }
    let [_, direct] = vtj.both(&Question::about(DEAD).in_product("OPHREK")).await;
    assert_eq!((all(&direct, "Kuollut"), one(&direct, "Kuolinpvm")), (vec![], "20261000"));
}

#[tokio::test]
async fn an_address_abroad_has_town_and_country_in_one_or_apart() {
    let vtj = population().await;
    let [x_road, _] = vtj.both(&Question::about(ABROAD)).await;
    assert_eq!(one(&x_road, "UlkomainenLahiosoite"), "Pikk 17-3");
    assert_eq!(one(&x_road, "UlkomainenPaikkakuntaJaValtioS"), "10123 TALLINN, Viro");
    assert_eq!(one(&x_road, "UlkomainenPaikkakuntaJaValtioR"), "10123 TALLINN, Estland");
    assert_eq!(one(&x_road, "Valtiokoodi3"), "233");
    assert_eq!((one(&x_road, "Kuntanumero"), one(&x_road, "KuntaS")), ("200", "Ulkomaat"));
    let [x_road, _] = vtj.both(&Question::about(ABROAD).in_product("OPHREK")).await;
    assert_eq!((one(&x_road, "UlkomainenPaikkakunta"), one(&x_road, "ValtioS")), ("10123 TALLINN", "Viro"));
    assert_eq!(one(inside(&x_road, "VakinainenUlkomainenOsoite"), "ParasOsoiteTieto"), "1");
}

#[tokio::test]
async fn each_product_has_its_own_elements_and_its_own_order() {
    let vtj = population().await;
    let has = async |product, name: &str| {
        let [x_road, _] = vtj.both(&Question::about(TESTHOLM).in_product(product)).await;
        x_road.contains(&format!("<{name}>"))
    };
    for (name, products) in [
        ("Turvakielto", ["PERUSSANOMA 3", "KIRJASTO1", "OPHREK"].as_slice()),
        ("Kuollut/", &["PERUSSANOMA 1", "PERUSSANOMA 3", "KIRJASTO1"]),
        ("LahiosoiteS", &["PERUSSANOMA 1", "PERUSSANOMA 3", "KIRJASTO1"]),
        ("VakinainenKotimainenOsoite", &["OPHREK"]),
        ("Asiointikieli", &["KIRJASTO1"]),
        ("Aidinkieli", &["PERUSSANOMA 1", "PERUSSANOMA 3", "OPHREK"]),
        ("AidinkieliTietokoodi", &["KIRJASTO1"]),
        ("Huoltaja", &["KIRJASTO1", "OPHREK"]),
        ("Edunvalvonta", &["PERUSSANOMA 3", "KIRJASTO1"]),
        ("EntinenNimi", &["PERUSSANOMA 3", "OPHREK"]),
    ] {
        for product in PRODUCTS {
            assert_eq!(
                has(product.name, name).await,
                products.contains(&product.name),
                "{name}, {}",
                product.name
            );
        }
    }
}

#[tokio::test]
async fn the_page_of_the_simulation_counts_the_questions_of_both_forms() {
    let vtj = population().await;
    vtj.both(&Question::about(TESTHOLM)).await;
    let status = vtj.get_json("/_mock/status").await;
    assert_eq!((&status["calls"]["soap"], &status["calls"]["soap-direct"]), (&json!(1), &json!(1)));
    assert!(!status.to_string().contains(TESTHOLM));
}
