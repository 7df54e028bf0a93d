//! Servers that refuse, fail, stall and cut.

use std::time::{Duration, Instant};

use ajantasa::vtj::changes::ChangesClient;
use ajantasa::vtj::error::VtjError;
use ajantasa::vtj::retry::{Attempt, RetryPolicy, retry};

use super::server::{Reply, Server};
use super::*;

const FAULT: &str = r#"{"type": "Server", "message": "Salakatu", "detail": "010180-9015"}"#;

#[tokio::test]
async fn an_error_is_sorted_by_what_to_do_next() {
    for (status, headers, class) in [
        (401, "", "refused"),
        (403, "", "refused"),
        (400, "", "bad_request"),
        (404, "", "bad_request"),
        (408, "", "unavailable"),
        (429, "", "throttled"),
        (500, "", "unavailable"),
        (502, "", "unavailable"),
        (503, "", "unavailable"),
        (400, "X-Road-Error: Client.BadRequest\r\n", "refused"),
        (500, "X-Road-Error: Client.InternalError\r\n", "refused"),
        (500, "X-Road-Error: Server.ClientProxy.NetworkError\r\n", "unavailable"),
        (404, "X-Road-Error: Server.ServerProxy.ServiceFailed\r\n", "unavailable"),
        (500, "X-Road-Error: Server.ServerProxy.AccessDenied\r\n", "refused"),
    ] {
        let error = error_of(Reply::json(status, headers, FAULT)).await;
        assert_eq!(error.class(), class, "{status} {headers}");
        assert_eq!(error.is_transient(), matches!(class, "unavailable" | "throttled"));
        assert_eq!(error.is_configuration(), class == "refused");
    }
}

#[tokio::test]
async fn a_servers_wish_to_be_left_alone_is_read() {
    let error = error_of(Reply::json(429, "Retry-After: 17\r\n", "")).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(17)));
    let error = error_of(Reply::json(503, "Retry-After: Sat, 21 Nov 2026 10:01:00 GMT\r\n", "")).await;
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let target = Server::plain(vec![Reply::json(200, "", EMPTY_PAGE)]);
    for status in [301, 302, 307, 308] {
        let location = format!("Location: http://{}/api/v1/muutokset\r\n", target.address);
        let error = error_of(Reply::json(status, &location, "")).await;
        assert_eq!(error.class(), "malformed");
        assert!(error.to_string().contains("redirect"), "{error}");
    }
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_stalls_is_left_at_the_deadline() {
    let started = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"viim";
    for sent in ["", started] {
        let server = Server::plain(vec![Reply::Silence(sent.as_bytes().to_vec())]);
        let mut settings = plain(&server);
        settings.limits.deadline = Duration::from_millis(300);
        let error = ask(&ChangesClient::new(&settings).unwrap(), &call()).await.unwrap_err();
        assert_eq!(error.class(), "unavailable");
        assert!(error.to_string().contains("no whole answer within 300ms"), "{error}");
    }
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_or_never_made_is_tried_later() {
    let half = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"viim";
    let error = error_of(Reply::Bytes(half.as_bytes().to_vec())).await;
    assert_eq!(error.class(), "unavailable");
    assert!(error.to_string().contains("cut"), "{error}");
    let error = error_of(Reply::Bytes(Vec::new())).await;
    assert_eq!(error.class(), "unavailable");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = ChangesClient::new(&settings(format!("http://{closed}/"))).unwrap();
    let error = ask(&client, &call()).await.unwrap_err();
    assert_eq!(error.to_string(), "VTJ did not answer muutokset: no connection; it can be asked again later");
}

fn quick() -> RetryPolicy {
    RetryPolicy {
        tries: 3,
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(20),
        longest_retry_after: Duration::from_secs(2),
    }
}

/// Asks with retries; the number of requests that reached the server, and the result.
async fn retried(replies: Vec<Reply>) -> (usize, Result<ChangesPage, VtjError>) {
    let server = Server::plain(replies);
    let client = ChangesClient::new(&plain(&server)).unwrap();
    let call = call();
    let mut counted = 0;
    let count = |attempt: Attempt<'_>| counted = attempt.number;
    let result = retry(&quick(), count, || ask(&client, &call)).await;
    assert_eq!(usize::try_from(counted).unwrap(), server.requests().len());
    assert_eq!(call.attempts(), counted);
    (server.requests().len(), result)
}

#[tokio::test]
async fn a_passing_failure_is_tried_again_and_every_attempt_is_counted() {
    let (sent, result) = retried(vec![
        Reply::json(502, "", ""),
        Reply::json(500, "X-Road-Error: Server.ServerProxy\r\n", FAULT),
        Reply::json(200, "", EMPTY_PAGE),
    ])
    .await;
    assert_eq!((sent, result.is_ok()), (3, true));
}

#[tokio::test]
async fn tries_are_limited_and_what_will_not_pass_is_not_tried_again() {
    let (sent, result) = retried(vec![Reply::json(503, "", ""); 5]).await;
    assert_eq!((sent, result.unwrap_err().class()), (3, "unavailable"));
    for reply in [
        Reply::json(401, "", ""),
        Reply::json(400, "", ""),
        Reply::json(200, "", "x"),
        Reply::json(429, "Retry-After: 3600\r\n", ""),
    ] {
        assert_eq!(retried(vec![reply; 3]).await.0, 1);
    }
}

#[tokio::test]
async fn a_pause_is_as_long_as_the_server_asks() {
    let started = Instant::now();
    let (sent, result) =
        retried(vec![Reply::json(429, "Retry-After: 1\r\n", ""), Reply::json(200, "", EMPTY_PAGE)]).await;
    assert_eq!((sent, result.is_ok()), (2, true));
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn attempts_can_run_in_a_task_of_their_own() {
    let server = Server::plain(vec![Reply::json(502, "", ""), Reply::json(200, "", EMPTY_PAGE)]);
    let client = ChangesClient::new(&plain(&server)).unwrap();
    let task = tokio::spawn(async move {
        let call = call();
        let mut failures = 0;
        let count = |attempt: Attempt<'_>| failures += u32::from(attempt.error.is_some());
        let result = retry(&quick(), count, || ask(&client, &call)).await;
        (result.is_ok(), failures)
    });
    assert_eq!(task.await.unwrap(), (true, 1));
}
