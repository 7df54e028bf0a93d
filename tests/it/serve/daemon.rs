//! Start, schedules, pages, signals, and what a kill leaves.

use std::os::unix::net::UnixDatagram;

use ajantasa::clock::{Clock as _, SystemClock};
use nix::sys::signal::Signal;

use super::{BEFORE_DUE, DEADLINE, Site, binary, holds_identity_code};

#[test]
fn schedules_run_and_the_pages_tell_of_it_without_any_person() {
    runs_and_tells(&Site::new());
}

#[test]
fn schedules_run_on_postgres_and_the_pages_tell_of_it_without_any_person() {
    Site::with_postgres(|site| runs_and_tells(&site));
}

fn runs_and_tells(site: &Site) {
    let mut daemon = site.serve(BEFORE_DUE);
    assert_eq!(daemon.text("/livez"), "ok\n");
    daemon.wait_for("/metrics", "ajantasa_task_runs_total{task=\"reconcile\",outcome=\"done\"}");
    daemon.wait_for("/metrics", "ajantasa_queue_items{kind=\"address_change\"");
    let metrics = daemon.text("/metrics");
    for name in [
        "ajantasa_cursor_age_seconds ",
        "ajantasa_task_last_success_timestamp_seconds{task=\"fetch\"}",
        "ajantasa_vtj_requests_total{interface=\"perustiedot\",outcome=\"answered\"} ",
        "ajantasa_quarantined_changes ",
        "ajantasa_queries_used{span=\"day\"} 0",
        "ajantasa_people{state=\"following\"} ",
        "ajantasa_observation_mode 0",
        "ajantasa_simulated_clock 1",
        "ajantasa_simulated_vtj 1",
        "ajantasa_schema_version ",
        "ajantasa_build_info{version=",
        "ajantasa_queue_items{kind=\"protection\",state=\"new\"}",
    ] {
        assert!(metrics.contains(name), "{name} is not in {metrics}");
    }
    let ready = daemon.text("/readyz?verbose");
    for line in ["database: ok", "schema: ok", "key: ok", "breaker: ok", "simulated clock", "ready"] {
        assert!(ready.contains(line), "{line}: {ready}");
    }
    assert_eq!(daemon.text("/readyz"), "ready\n");
    for text in [&metrics, &ready, &daemon.log()] {
        assert!(!holds_identity_code(text), "{text}");
    }
    // Where protection is must not be told, so no municipality is a label, and start and end are one.
    for word in ["municipality", "protection_started", "protection_ended", "=\"710\""] {
        assert!(!metrics.contains(word), "{word}: {metrics}");
    }
    for line in daemon.log().lines().skip_while(|line| !line.starts_with('{')) {
        serde_json::from_str::<serde_json::Value>(line).expect("off a terminal, the log is JSON");
    }
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
}

#[test]
fn a_hangup_takes_a_good_configuration_and_leaves_a_bad_one() {
    let site = Site::new();
    let mut daemon = site.serve(BEFORE_DUE);
    site.write("ajantasa.toml", "[register]\nmodus = \"observe\"\n");
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for_log("the old one stays in force");
    daemon.wait_for_log("did you mean");
    assert!(!daemon.text("/readyz?verbose").contains("observation mode"));
    site.configure("observe", &site.database());
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("/readyz?verbose", "observation mode");
    daemon.signal(Signal::SIGINT);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
}

#[test]
fn a_port_that_is_taken_ends_with_69_and_says_so() {
    let site = Site::new();
    let config = std::fs::read_to_string(site.folder.path().join("ajantasa.toml")).expect("readable");
    site.write("ajantasa.toml", &config.replacen("\"127.0.0.1:0\"", &format!("\"{}\"", site.vtj.address), 1));
    let ran = site.run(&["serve"]);
    assert_eq!(ran.code, Some(69), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("cannot listen on {}", site.vtj.address)), "{}", ran.stderr);
    assert!(ran.stdout.is_empty());
}

#[test]
fn what_a_kill_interrupts_goes_on_at_the_next_start() {
    let site = Site::new();
    let mut daemon = site.serve(BEFORE_DUE);
    daemon.wait_for("/metrics", "ajantasa_task_runs_total{task=\"enrol\"");
    daemon.signal(Signal::SIGKILL);
    assert_eq!(daemon.ended(), None);
    // The hour's due time has passed, the next is far away: only what was missed is made up for.
    let mut daemon = site.serve("2026-11-21T10:10:00Z");
    daemon.wait_for("/metrics", "ajantasa_task_last_success_timestamp_seconds{task=\"estate\"}");
    daemon.wait_for("/metrics", "ajantasa_queue_items{kind=\"address_change\"");
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
    // Nothing is left to make up for.
    let mut daemon = site.serve("2026-11-21T10:20:00Z");
    daemon.wait_for("/readyz", "ready");
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
}

#[test]
fn what_a_person_approved_is_written_when_its_window_has_ended_without_a_schedule() {
    let site = Site::new();
    let ran = site.run(&["run", "--until-idle"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let me = nix::unistd::User::from_uid(nix::unistd::getuid()).expect("known").expect("known").name;
    let now = SystemClock.now();
    let ends = (now + chrono::Duration::days(30)).date_naive().to_string();
    let mut add = vec!["user", "add", "anna", "--role", "reviewer", "--until", &ends, "--os-user", &me];
    for code in ["078", "149", "710", "755"] {
        add.extend(["--municipality", code]);
    }
    let ran = site.run(&add);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let queue: Vec<serde_json::Value> =
        serde_json::from_str(&site.run(&["queue", "list", "--format", "json"]).stdout).expect("JSON");
    let item = queue.iter().find(|item| item["kind"] == "address_change").expect("somebody moved");
    let ran = site.run(&["queue", "approve", item["id"].as_str().expect("an id"), "--as", "anna"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);

    let later = format!("{}T10:10:00Z", (now + chrono::Duration::days(2)).date_naive());
    let mut daemon = site.serve(&later);
    daemon.wait_for("/metrics", "ajantasa_queue_items{kind=\"address_change\",state=\"confirmed\"} 1");
    let metrics = daemon.text("/metrics");
    assert!(metrics.contains("ajantasa_task_runs_total{task=\"apply\",outcome=\"done\"}"), "{metrics}");
    assert!(!metrics.contains("ajantasa_task_runs_total{task=\"fetch\""), "{metrics}");
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
}

#[test]
fn the_service_manager_hears_of_readiness_of_life_and_of_the_end() {
    let site = Site::new();
    let path = site.folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(DEADLINE)).expect("a socket");
    let hear = |wanted: &str| {
        let mut message = [0; 1024];
        loop {
            let length = socket.recv(&mut message).unwrap_or_else(|error| panic!("{wanted}: {error}"));
            if String::from_utf8_lossy(&message[..length]).lines().any(|line| line.starts_with(wanted)) {
                return;
            }
        }
    };
    let mut daemon = site.serve_with(BEFORE_DUE, |command| {
        command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "400000");
    });
    for wanted in ["READY=1", "WATCHDOG=1", "STATUS=doing "] {
        hear(wanted);
    }
    daemon.signal(Signal::SIGTERM);
    hear("STOPPING=1");
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
}

#[test]
fn a_daemon_without_a_key_ends_with_78_before_it_listens() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(
        folder.path().join("ajantasa.toml"),
        "[database]\nurl = \"sqlite:a.db\"\n[keys]\nfile = \"a.key\"\n[service]\nlisten = \"127.0.0.1:0\"\n[web]\nlisten = \"127.0.0.1:0\"\n",
    )
    .expect("writable");
    let output = binary(folder.path()).arg("serve").output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(78));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("ajantasa keys create"));
}

#[test]
fn a_key_of_the_pages_that_others_can_read_ends_with_78_and_a_private_one_serves_them_over_tls() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::new();
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    site.write("web.pem", &made.cert.pem());
    site.write("web.key", &made.signing_key.serialize_pem());
    let text = std::fs::read_to_string(site.folder.path().join("ajantasa.toml")).expect("it is there");
    let (plain, tls) = ("[web]\n", "[web]\ncertificate_file = \"web.pem\"\nkey_file = \"web.key\"\n");
    site.write("ajantasa.toml", &text.replace(plain, tls));
    let key = site.folder.path().join("web.key");
    let allow = |mode| std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).expect("ours");
    allow(0o644);
    let output = binary(site.folder.path()).arg("serve").output().expect("the binary starts");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(78), 0));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("web.key_file") && error.contains("chmod 600"), "{error}");
    allow(0o600);
    let mut daemon = site.serve(BEFORE_DUE);
    assert!(daemon.text("/metrics").contains("ajantasa_certificate_days{file=\"web\"}"));
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for_log("the certificate of the staff pages has been read again");
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
}
