//! What each answer means: outcomes, return codes, faults, and answers that are not to the question.

use ajantasa::person::CodeStatus;

use super::*;

fn class(result: Result<QueryAnswer, VtjError>) -> &'static str {
    match result {
        Ok(answer) => answer.as_str(),
        Err(error) => {
            is_discreet(&error);
            error.class()
        }
    }
}

#[test]
fn every_file_has_its_outcome() {
    for (name, asked, outcome) in [
        ("direct-found", AINO, "found"),
        ("direct-not-found", CHILD, "not_found"),
        ("direct-passivated", OLD, "passivated"),
        ("direct-passivated-alone", OLD, "passivated"),
        ("fault-access-denied", AINO, "refused"),
        ("fault-access-denied-snake-case", AINO, "refused"),
        ("fault-no-target-host", AINO, "unavailable"),
        ("fault-read-timed-out", AINO, "unavailable"),
        ("x-road-abroad", AINO, "found"),
        ("x-road-child", CHILD, "found"),
        ("x-road-code-passive-in-0000", OLD, "passivated"),
        ("x-road-country-in-words", AINO, "found"),
        ("x-road-dead", DEAD, "found"),
        ("x-road-dead-to-the-month", DEAD, "found"),
        ("x-road-declared-dead", DEAD, "found"),
        ("x-road-found", AINO, "found"),
        ("x-road-found-without-protection", PROTECTED, "refused"),
        ("x-road-iso-8859-1", AINO, "found"),
        ("x-road-not-found", CHILD, "not_found"),
        ("x-road-not-found-by-text", CHILD, "not_found"),
        ("x-road-other-code-unmarked", OLD, "passivated"),
        ("x-road-other-prefixes", AINO, "found"),
        ("x-road-passivated", OLD, "passivated"),
        ("x-road-passivated-alone", OLD, "passivated"),
        ("x-road-protected", PROTECTED, "found"),
        ("x-road-protected-with-address", PROTECTED, "found"),
        ("x-road-split-address", AINO, "refused"),
        ("x-road-with-notice", AINO, "found"),
    ] {
        assert_eq!(class(answer(name, asked)), outcome, "{name}");
    }
    let files = std::fs::read_dir(folder())
        .unwrap()
        .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "xml"));
    assert_eq!(files.count(), 28, "a file has no line in this test");
}

#[test]
fn every_return_code_has_its_class_over_either_way() {
    for (said, outcome) in [
        ("0000", "malformed"),
        ("0001", "not_found"),
        ("0002", "passivated"),
        ("0003", "refused"),
        ("0004", "refused"),
        ("0005", "bad_request"),
        ("0006", "not_found"),
        ("0007", "dead_not_disclosed"),
        ("0008", "refused"),
        ("0011", "refused"),
        ("0015", "refused"),
        ("0016", "malformed"),
        ("0017", "malformed"),
        ("0018", "malformed"),
        ("0019", "not_disclosable"),
        ("-1500", "refused"),
        ("-1505", "refused"),
        ("-1800", "unavailable"),
        ("-1805", "bad_request"),
        ("-1900", "refused"),
        ("-1901", "refused"),
        ("-1902", "bad_request"),
        ("-1903", "bad_request"),
        ("-1904", "bad_request"),
        ("-1905", "refused"),
        ("-1906", "unavailable"),
        ("0020", "malformed"),
        ("1", "malformed"),
        ("Mallila", "malformed"),
        ("", "malformed"),
    ] {
        let over_x_road = changed("x-road-passivated-alone", "0002", said);
        assert_eq!(class(read(&over_x_road, OLD)), outcome, "{said} over X-Road");
        let direct = changed("direct-passivated-alone", "\"0002\"", &format!("\"{said}\""));
        let direct = read_for(direct.as_bytes(), Way::Direct, OLD, &everything());
        assert_eq!(class(direct), outcome, "{said} direct");
    }
}

#[test]
fn a_changed_code_comes_with_its_successor_and_the_person() {
    for name in ["x-road-passivated", "direct-passivated"] {
        let answer = answer(name, OLD);
        let Ok(QueryAnswer::Passivated { successor, described: Some(described) }) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!(successor, Some(code(NEW)));
        assert!(described.passive_said);
        assert_eq!((described.record.code.clone(), described.code_said), (code(NEW), "0002"));
        assert!(described.record.answers_for(&code(OLD)));
    }
    for name in ["x-road-passivated-alone", "direct-passivated-alone"] {
        assert_eq!(answer(name, OLD), Ok(QueryAnswer::Passivated { successor: None, described: None }));
    }
    let Ok(QueryAnswer::Passivated { successor: None, described: Some(described) }) =
        answer("x-road-code-passive-in-0000", OLD)
    else {
        panic!("not passivated")
    };
    assert_eq!(described.record.code_status, CodeStatus::Passivated);
}

#[test]
fn another_code_without_a_mark_is_not_yet_the_person_asked_about() {
    let answer = answer("x-road-other-code-unmarked", OLD);
    let Ok(QueryAnswer::Passivated { successor, described: Some(described) }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(successor, Some(code(NEW)));
    assert!(!described.passive_said && !described.record.answers_for(&code(OLD)));
}

#[test]
fn a_permit_without_the_identity_code_learns_no_successor() {
    let grants = Grants::new([FieldGroup::Address]);
    let read = |name: &str| read_for(&file(name), x_road(), OLD, &grants);
    let nobody = QueryAnswer::Passivated { successor: None, described: None };
    assert_eq!(read("x-road-passivated"), Ok(nobody));
    let error = read("x-road-other-code-unmarked").unwrap_err();
    assert_eq!(error.class(), "wrong_person");
}

#[test]
fn an_answer_about_somebody_else_is_an_error_of_its_own() {
    for (name, way) in
        [("x-road-found", x_road()), ("direct-found", Way::Direct), ("direct-not-found", Way::Direct)]
    {
        let error = read_for(&file(name), way, PROTECTED, &everything()).unwrap_err();
        assert_eq!(error.class(), "wrong_person", "{name}");
        assert!(!error.is_transient() && !error.is_configuration() && error.reached_vtj());
        is_discreet(&error);
    }
    let of_the_echo =
        format!("<Loppukayttaja>aj-000000000000000000000001</Loppukayttaja><Henkilotunnus>{AINO}");
    for to in [PROTECTED, "something else"] {
        let other = of_the_echo.replace(AINO, to);
        let body = changed("x-road-found", &of_the_echo, &other);
        assert_eq!(class(read(&body, AINO)), "wrong_person", "{to}");
    }
    let twice = of_the_echo
        .replace("<Henkilotunnus>", &format!("<Henkilotunnus>{PROTECTED}</Henkilotunnus><Henkilotunnus>"));
    assert_eq!(class(read(&changed("x-road-found", &of_the_echo, &twice), AINO)), "wrong_person");
}

#[test]
fn a_request_repeated_with_nothing_in_it_is_tolerated() {
    let echo = format!("<Henkilotunnus>{AINO}</Henkilotunnus></request>");
    assert_eq!(class(read(&changed("x-road-found", &echo, "<Henkilotunnus/></request>"), AINO)), "found");
    assert_eq!(class(read(&changed("x-road-found", &echo, "</request>"), AINO)), "found");
}

#[test]
fn what_breaks_the_protocol_is_malformed_or_refused_and_never_found() {
    let person = |name: &str| {
        let text = String::from_utf8(file(name)).unwrap();
        let (start, end) = (text.find("<Henkilo>").unwrap(), text.find("</Henkilo>").unwrap() + 10);
        text[start..end].to_owned()
    };
    let aino = person("x-road-found");
    for (from, to, outcome) in [
        ("5b0f6c1e-6f0a-4a39-9f36-1d1c6f2f7a10", "5b0f6c1e-6f0a-4a39-9f36-1d1c6f2f7a11", "malformed"),
        ("HenkilonTunnusKyselyResponse", "HenkilonTunnistusKyselyResponse", "malformed"),
        ("http://xml.vrk.fi/ws/vtj/vtjkysely/1", "http://xml.vrk.fi/ws/vtj/vtjkysely/2", "malformed"),
        ("http://xml.vrk.fi/schema/vtjkysely\"", "urn:other\"", "malformed"),
        ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", "malformed"),
        ("koodi=\"0000\"", "koodi=\"\"", "malformed"),
        ("koodi=\"0000\"", "arvo=\"0000\"", "malformed"),
        ("<Paluukoodi koodi=\"0000\">Haku onnistui</Paluukoodi>", "", "malformed"),
        (
            "koodi=\"0000\">Haku onnistui</Paluukoodi>",
            "koodi=\"0000\"/><Paluukoodi koodi=\"0001\"/>",
            "malformed",
        ),
        (aino.as_str(), "", "malformed"),
        (aino.as_str(), "<Henkilo/>", "malformed"),
        (aino.as_str(), &format!("{aino}{aino}"), "malformed"),
        ("voimassaolokoodi=\"1\">021172-9147", "voimassaolokoodi=\"1\">", "malformed"),
        ("voimassaolokoodi=\"1\">021172-9147", "voimassaolokoodi=\"1\">021172-9148", "malformed"),
        ("sanomatunnus=\"KIRJASTO1\"", "sanomatunnus=\"PERUSSANOMA 3\"", "refused"),
        ("sanomatunnus=\"KIRJASTO1\"", "", "malformed"),
        ("sanomatunnus=\"KIRJASTO1\"", "sanomatunnus=\"Kirjasto1\"", "found"),
        ("<response>", "<response><faultCode>-1800</faultCode>", "unavailable"),
        ("<response>", "<response><faultString>jotakin muuta</faultString>", "malformed"),
        (
            "</response>",
            "</response></HenkilonTunnusKyselyResponse><HenkilonTunnusKyselyResponse xmlns=\"http://xml.vrk.fi/ws/vtj/vtjkysely/1\">",
            "malformed",
        ),
        (
            "<s:Body>",
            "<s:Body><s:Fault><faultcode>Server.ServerProxy.AccessDenied</faultcode></s:Fault>",
            "malformed",
        ),
    ] {
        let body = changed("x-road-found", from, to);
        assert_eq!(class(read(&body, AINO)), outcome, "{}", &to[..to.len().min(60)]);
    }
    assert_eq!(class(read_for(&file("direct-found"), x_road(), AINO, &everything())), "malformed");
    assert_eq!(class(read_for(&file("x-road-found"), Way::Direct, AINO, &everything())), "malformed");
}

#[test]
fn a_mark_of_a_passive_search_key_does_not_unsettle_a_code_that_is_said_to_be_valid() {
    let body = changed("x-road-found", "hakuperustePaluukoodi=\"1\"", "hakuperustePaluukoodi=\"2\"");
    assert_eq!(class(read(&body, AINO)), "found");
    let body = body.replace("voimassaolokoodi=\"1\"", "voimassaolokoodi=\"\"");
    assert_eq!(class(read(&body, AINO)), "passivated");
}

#[test]
fn faults_of_x_road_have_the_same_class_in_the_old_and_the_new_writing() {
    for (old, new, class, reached) in [
        ("Server.ServerProxy.AccessDenied", "server.serverproxy.access_denied", "refused", true),
        ("Server.ServerProxy.UnknownService", "server.serverproxy.unknown_service", "refused", true),
        ("Server.ServerProxy.ServiceDisabled", "server.serverproxy.service_disabled", "refused", true),
        ("Server.ClientProxy.UnknownMember", "server.clientproxy.unknown_member", "refused", true),
        ("Client.InvalidSoap", "client.invalid_soap", "refused", true),
        ("Client.MissingHeaderField", "client.missing_header_field", "refused", true),
        ("Server.ClientProxy.NetworkError", "server.clientproxy.network_error", "unavailable", false),
        (
            "Server.ClientProxy.SslAuthenticationFailed",
            "server.clientproxy.ssl_authentication_failed",
            "unavailable",
            false,
        ),
        (
            "Server.ClientProxy.OutdatedGlobalConf",
            "server.clientproxy.outdated_global_conf",
            "unavailable",
            false,
        ),
        ("Server.ClientProxy.IOError", "server.clientproxy.io_error", "unavailable", true),
        ("Server.ServerProxy.IOError", "server.serverproxy.io_error", "unavailable", true),
        (
            "Server.ServerProxy.ServiceFailed.HttpError",
            "server.serverproxy.service_failed.http_error",
            "unavailable",
            true,
        ),
        ("Server.ClientProxy.LoggingFailed", "server.clientproxy.logging_failed", "unavailable", true),
        ("soap:Server", "s:Server", "unavailable", true),
        ("soap:Client", "s:Client", "bad_request", true),
        ("signer.SomethingNew", "", "unavailable", true),
    ] {
        for written in [old, new] {
            let body = changed("fault-access-denied", "Server.ServerProxy.AccessDenied", written);
            let error = read(&body, AINO).unwrap_err();
            if !written.is_empty() {
                assert_eq!((error.class(), error.reached_vtj()), (class, reached), "{written}");
            }
        }
    }
}

#[test]
fn a_fault_text_is_never_repeated() {
    let body = changed("fault-access-denied", "Request is not allowed", &format!("no {AINO} of Koetie"));
    is_discreet(&read(&body, AINO).unwrap_err());
    let body = changed("fault-access-denied", "Server.ServerProxy.AccessDenied", &format!("Server.{AINO}"));
    is_discreet(&read(&body, AINO).unwrap_err());
}
