//! A daemon whose queries are stopped says so from its start, in the log and on its pages, and goes on.

use nix::sys::signal::Signal;

use super::{BEFORE_DUE, Site};

#[test]
fn a_daemon_tells_of_the_stop_and_goes_on_with_what_needs_no_vtj() {
    tells_of_the_stop(&Site::new());
}

#[test]
fn a_daemon_on_postgres_tells_of_the_stop_and_goes_on_with_what_needs_no_vtj() {
    Site::with_postgres(|site| tells_of_the_stop(&site));
}

fn tells_of_the_stop(site: &Site) {
    assert_eq!(site.run(&["run", "--until-idle"]).code, Some(0));
    let user =
        nix::unistd::User::from_uid(nix::unistd::getuid()).expect("readable").expect("it has a name").name;
    let account = ["user", "add", "aino", "--role", "administrator", "--until", "2199-12-31", "--os-user"];
    assert_eq!(site.run(&[&account[..], &[&user]].concat()).code, Some(0));
    let stop = ["schedule", "stop-queries", "--reason", "a wrong permit", "--as", "aino"];
    let ran = site.run(&stop);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let asked = "SELECT count(*) FROM disclosure";
    let before = site.number(asked);
    let mut daemon = site.serve(BEFORE_DUE);
    daemon.wait_for_log("every query to VTJ is stopped: by aino");
    daemon.wait_for_log("fetch asks nothing");
    daemon.wait_for("/metrics", "ajantasa_task_runs_total{task=\"reconcile\",outcome=\"done\"}");
    daemon.wait_for("/metrics", "ajantasa_task_runs_total{task=\"fetch\",outcome=\"queries_stopped\"}");
    let metrics = daemon.text("/metrics");
    for line in [
        "ajantasa_queries_stopped 1",
        "ajantasa_breaker_open 0",
        "ajantasa_feed_silence_seconds ",
        "ajantasa_feed_state{state=\"lost\"} ",
        "ajantasa_queue_held_back 0",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    let ready = daemon.text("/readyz?verbose");
    assert!(ready.contains("a wrong permit") && ready.contains("resume-queries"), "{ready}");
    assert_eq!(daemon.text("/readyz"), "ready\n");
    assert_eq!(site.number(asked), before);
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended(), Some(0), "{}", daemon.log());
}
