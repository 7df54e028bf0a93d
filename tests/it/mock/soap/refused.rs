//! What is refused, by whom, and where it is said.

use super::*;

const FOUND: &str = "010783-952D";

fn question() -> Question {
    Question::about(FOUND)
}

/// The return code that both forms give, over X-Road beside the message and direct in it.
async fn returned(vtj: &Vtj, question: &Question) -> String {
    let [x_road, direct] = vtj.both(question).await;
    assert_eq!(one(&x_road, "faultCode"), return_code(&direct));
    assert!(!x_road.contains("VTJHenkiloVastaussanoma") && !direct.contains("<Henkilo>"));
    assert!(!direct.contains("faultCode"));
    return_code(&direct).to_owned()
}

#[tokio::test]
async fn what_is_wrong_with_a_question_is_told_by_a_return_code() {
    let vtj = population().await;
    for (question, code) in [
        (Question { username: "", ..question() }, "0004"),
        (Question { password: "", ..question() }, "0003"),
        (Question { password: "wrong", ..question() }, "-1500"),
        (Question { username: "other", ..question() }, "-1500"),
        (Question { product: "", ..question() }, "-1900"),
        (Question { product: "PERUSSANOMA 9", ..question() }, "-1901"),
        (Question { end_user: " ".to_owned(), ..question() }, "-1904"),
        (Question { end_user: "ä".to_owned(), ..question() }, "-1902"),
        (Question { end_user: "a;b".to_owned(), ..question() }, "-1902"),
        (Question { end_user: "a".repeat(51), ..question() }, "-1903"),
        (Question { billing: "1", ..question() }, "-1905"),
        (Question { code: String::new(), ..question() }, "0005"),
    ] {
        assert_eq!(returned(&vtj, &question).await, code);
    }
    let fifty = Question { end_user: "a".repeat(50), ..question() };
    assert_eq!(return_code(&vtj.both(&fifty).await[0]), "0000");
    let issue = said(vtj.over_x_road(&Question { issue: "a=b", ..question() })).await;
    assert_eq!(return_code(&issue), "-1902");
}

#[tokio::test]
async fn elements_out_of_order_unknown_or_twice_are_not_of_the_schema() {
    let vtj = population().await;
    let swaps = [
        (
            "<Kayttajatunnus>demo</Kayttajatunnus><Salasana>demo</Salasana>",
            "<Salasana>demo</Salasana><Kayttajatunnus>demo</Kayttajatunnus>",
        ),
        ("<Laskutustiedot></Laskutustiedot>", "<Laskutus/>"),
        ("<Laskutustiedot></Laskutustiedot>", "<Laskutustiedot/><Laskutustiedot/>"),
        ("<Laskutustiedot></Laskutustiedot>", "<Laskutustiedot xmlns=\"\"/>"),
        ("<request>", "<request2>"),
    ];
    for (from, to) in swaps {
        let change = |body: String| body.replace(from, to).replace("</request>", &to_end(to));
        let x_road = said(vtj.soap("/", "\"\"", change(question().x_road()))).await;
        assert_eq!(return_code(&x_road), "-1805", "{to}");
        let direct = change(question().direct());
        if direct != question().direct() {
            let direct = said(vtj.soap("/sosowebsite/soso.asmx", ACTION, direct)).await;
            assert_eq!(return_code(&direct), "-1805", "{to}");
        }
    }
}

fn to_end(tag: &str) -> String {
    if tag == "<request2>" { "</request2>".to_owned() } else { "</request>".to_owned() }
}

/// The fault's code, and that nothing else is said.
async fn fault(call: RequestBuilder, status: u16) -> String {
    let response = call.send().await.unwrap();
    assert_eq!(response.status(), status);
    assert_eq!(response.headers()["content-type"], "text/xml; charset=utf-8");
    let text = response.text().await.unwrap();
    assert!(!text.contains("<s:Header>") && !text.contains(FOUND), "{text}");
    one(&text, "faultcode").to_owned()
}

#[tokio::test]
async fn the_security_server_refuses_with_a_fault_and_200() {
    let vtj = population().await;
    let right = question().x_road();
    let soap = |body: String| vtj.soap("/", "\"\"", body);
    for (question, code) in [
        (Question { version: "4.1", ..question() }, "Client.InvalidProtocolVersion"),
        (Question { id: "", ..question() }, "Client.MissingHeaderField"),
        (Question { client: "FI-TEST/MUN/1234567-1", ..question() }, "Client.InvalidSoap"),
        (Question { client: "FI-TEST/XXX/1234567-1/k", ..question() }, "Server.ClientProxy.UnknownMember"),
        (
            Question { service: "FI/GOV/0245437-2/VTJkysely/HenkilonTunnusKysely/v1", ..question() },
            "Server.ClientProxy.UnknownMember",
        ),
        (
            Question { service: "FI-TEST/GOV/0245437-2/VTJ/HenkilonTunnusKysely/v1", ..question() },
            "Server.ServerProxy.UnknownService",
        ),
        (
            Question { service: "FI-TEST/GOV/0245437-2/VTJkysely/HenkilonTunnusKysely/v2", ..question() },
            "Server.ServerProxy.UnknownService",
        ),
    ] {
        assert_eq!(fault(vtj.over_x_road(&question), 200).await, code);
    }
    for (from, to, code) in [
        ("<x:protocolVersion>4.0</x:protocolVersion>", "", "Client.MissingHeaderField"),
        ("<x:userId>", "<x:id>2</x:id><x:userId>", "Client.DuplicateHeaderField"),
        ("i:objectType=\"SUBSYSTEM\"", "", "Client.InvalidSoap"),
        ("http://x-road.eu/xsd/xroad.xsd", "http://x-road.eu/xsd/other.xsd", "Client.MissingHeaderField"),
        ("</s:Body>", "<x/></s:Body>", "Client.InvalidSoap"),
        ("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope", "Client.InvalidSoap"),
        ("</s:Envelope>", "", "Client.InvalidSoap"),
        ("<s:Envelope", "<!DOCTYPE x><s:Envelope", "Client.InvalidSoap"),
    ] {
        assert_eq!(fault(soap(right.replace(from, to)), 200).await, code, "{from}");
    }
    let other = right.replace("<HenkilonTunnusKysely ", "<HenkilonTunnistusKysely ");
    let other = other.replace("</HenkilonTunnusKysely>", "</HenkilonTunnistusKysely>");
    assert_eq!(fault(soap(other), 200).await, "Client.InvalidBody");
    let media = vtj.bare("/").header("soapaction", "\"\"").header("content-type", "application/soap+xml");
    assert_eq!(fault(media.body(right.clone()), 200).await, "Client.InvalidContentType");
    assert_eq!(fault(soap(right.replace("vtjkysely/1", "vtjkysely/2")), 500).await, "s:Client");
}

#[tokio::test]
async fn the_direct_service_wants_its_action_its_media_type_and_its_operation() {
    let vtj = population().await;
    let path = "/sosowebsite/soso.asmx";
    let right = question().direct();
    for action in ["\"\"", "\"http://tempuri.org/TeeHenkilonTunnistusKysely\""] {
        assert_eq!(fault(vtj.soap(path, action, right.clone()), 500).await, "s:Client");
    }
    let none = vtj.bare(path).header("content-type", "text/xml").body(right.clone());
    assert_eq!(fault(none, 500).await, "s:Client");
    assert_eq!(
        said(vtj.soap(path, ACTION.trim_matches('"'), right.clone())).await.matches("<Henkilo>").count(),
        1
    );
    assert_eq!(
        fault(vtj.soap(path, ACTION, right.replace("http://tempuri.org/", "urn:x")), 500).await,
        "s:Client"
    );
    assert_eq!(fault(vtj.soap(path, ACTION, "<x".to_owned()), 500).await, "s:Client");
    for media in ["application/json", "text/xml; charset=iso-8859-1"] {
        let call = vtj.bare(path).header("soapaction", ACTION).header("content-type", media);
        assert_eq!(call.body(right.clone()).send().await.unwrap().status(), 415, "{media}");
    }
    let get = vtj.client.get(format!("{}{path}", vtj.mock.url()));
    assert_eq!(get.send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn an_empty_action_may_not_be_left_out_over_x_road() {
    let vtj = population().await;
    let call = vtj.bare("/").header("content-type", "text/xml").body(question().x_road());
    assert_eq!(fault(call, 500).await, "s:Client");
}
