//! VTJ and the way to it when they misbehave: what the command ends in, that every attempt is counted, and
//! that the next round mends it.

use serde_json::{Value, json};

use crate::contents;
use crate::scenario::small::{people, register, world};
use crate::scenario::{Place, Scenario, Setup, on_both};

/// A misbehaviour, the exit code it ends in, the class it is counted under, and the attempts made.
fn troubles() -> Vec<(Value, i32, &'static str, i64)> {
    let status = |status: u16| json!({ "kind": "status", "status": status, "count": 0, "retry_after": 0 });
    let x_road = |code: &str| json!({ "kind": "xroad_error", "code": code, "count": 0 });
    vec![
        (json!({ "kind": "garbage", "count": 0 }), 65, "malformed", 1),
        (json!({ "kind": "truncate", "count": 0 }), 65, "malformed", 1),
        (json!({ "kind": "oversized", "bytes": 17 << 20, "count": 0 }), 65, "malformed", 1),
        (json!({ "kind": "html", "count": 0 }), 65, "malformed", 1),
        (json!({ "kind": "wrong_content_type", "count": 0 }), 65, "malformed", 1),
        (status(302), 65, "malformed", 1),
        (status(401), 78, "refused", 1),
        (status(403), 78, "refused", 1),
        (x_road("Client.InvalidHeader"), 78, "refused", 1),
        (x_road("Server.ServerProxy.AccessDenied"), 78, "refused", 1),
        (status(500), 75, "unavailable", 2),
        (status(503), 75, "unavailable", 2),
        (x_road("Server.ServerProxy.ServiceFailed"), 75, "unavailable", 2),
        (json!({ "kind": "throttle", "retry_after": 0, "count": 0 }), 75, "throttled", 2),
        (json!({ "kind": "throttle", "retry_after": 86_400, "count": 0 }), 75, "throttled", 1),
        (json!({ "kind": "cut_off", "count": 0 }), 75, "unavailable", 2),
    ]
}

async fn few(place: &Place, attempts: u32) -> Scenario {
    let setup = Setup { world: Some(world(people(2), Vec::new())), attempts, ..Setup::default() };
    let scenario = Scenario::new(place, setup).await;
    scenario.import(&register(2)).await;
    scenario
}

on_both! {
    async fn each_trouble_has_its_exit_code_and_the_next_round_mends_it(place: Place) {
        let scenario = few(&place, 2).await;
        scenario.ajantasa(&["run", "enrol"]).ended(0);
        let knowledge = contents::tables(&scenario.context, &contents::OF_RUNS, &[]).await;
        for (fault, code, class, attempts) in troubles() {
            scenario.fault(fault.clone()).await;
            let ran = scenario.ajantasa(&["--format", "json", "run", "refresh"]);
            assert_eq!(ran.code, Some(code), "{fault}: {}", ran.stderr);
            assert!(!ran.stderr.is_empty() && ran.json().is_array(), "{fault}");
            let last = scenario
                .texts("SELECT outcome || ' ' || CAST(attempts AS TEXT) FROM disclosure
                        ORDER BY id DESC LIMIT 1")
                .await;
            assert_eq!(last, [format!("{class} {attempts}")], "{fault}");
            scenario.mend().await;
            scenario.execute("DELETE FROM breaker").await;
        }
        let after = contents::tables(&scenario.context, &contents::OF_RUNS, &[]).await;
        for (table, rows) in &knowledge {
            if table != "disclosure_subject" {
                assert_eq!(&after[table], rows, "{table}");
            }
        }
        assert_eq!(contents::unrecorded(&scenario.context).await, [""; 0]);
        scenario.ajantasa(&["run", "--until-idle"]).ended(0);
        assert_eq!(scenario.number("SELECT count(*) FROM person WHERE answer = 'found'").await, 2);
        let every = scenario.number("SELECT CAST(sum(attempts) AS BIGINT) FROM disclosure").await;
        let mut calls = 0;
        for interface in ["kirjausavain", "muutokset", "perustiedot"] {
            calls += scenario.calls(interface).await;
        }
        assert_eq!(every, calls, "every attempt is counted");
    }

    async fn a_trouble_that_passes_is_outlasted_by_the_attempts(place: Place) {
        let scenario = few(&place, 3).await;
        scenario.fault(json!({ "kind": "status", "status": 502 })).await;
        scenario.fault(json!({ "kind": "cut_off" })).await;
        scenario.until_idle().await;
        let sql = "SELECT max(attempts) FROM disclosure WHERE outcome = 'answered'";
        assert_eq!(scenario.number(sql).await, 3);
    }

    async fn an_answer_that_does_not_come_in_time_is_asked_for_again_later(place: Place) {
        let scenario = few(&place, 1).await;
        let path = scenario.path("ajantasa.toml");
        let text = std::fs::read_to_string(&path).unwrap().replace("deadline_seconds = 20", "deadline_seconds = 1");
        std::fs::write(path, text).unwrap();
        scenario.fault(json!({ "kind": "latency", "millis": 600_000 })).await;
        scenario.ajantasa(&["run", "enrol", "refresh"]).ended(75).says("no whole answer");
        scenario.ajantasa(&["run", "refresh"]).ended(0);
    }

    async fn after_many_failures_vtj_is_left_alone_and_asked_again_later(place: Place) {
        let scenario = few(&place, 1).await;
        scenario.fault(json!({ "kind": "status", "count": 0, "path": "perustiedot" })).await;
        scenario.ajantasa(&["run", "enrol"]).ended(0);
        for _ in 0..6 {
            scenario.ajantasa(&["run", "refresh"]).ended(75);
        }
        let calls = scenario.calls("perustiedot").await;
        scenario.ajantasa(&["run", "refresh"]).ended(75).says("left alone until");
        assert_eq!(scenario.calls("perustiedot").await, calls);
        scenario.mend().await;
        scenario.execute("UPDATE breaker SET until = '2020-01-01T00:00:00+00:00'").await;
        scenario.ajantasa(&["run", "refresh"]).ended(0);
    }

    async fn an_old_cursor_ends_in_try_again_and_names_the_way_out(place: Place) {
        let scenario = few(&place, 1).await;
        scenario.until_idle().await;
        scenario.execute("UPDATE follow_list SET cursor_at = '2020-01-01T00:00:00+00:00'").await;
        scenario.ajantasa(&["run", "fetch"]).ended(75).says("ajantasa run fetch --reload");
        scenario.ajantasa(&["run", "fetch", "--reload"]).ended(0);
        scenario.ajantasa(&["run", "fetch", "refresh"]).ended(0);
    }

    async fn a_cursor_that_goes_back_is_a_fault_of_the_data(place: Place) {
        let scenario = few(&place, 1).await;
        scenario.until_idle().await;
        for kind in ["cursor_back", "cursor_still"] {
            scenario.fault(json!({ "kind": kind, "path": "muutokset" })).await;
            scenario.ajantasa(&["run", "fetch"]).ended(65).says("the kept cursor stays");
        }
    }
}
