//! A process killed at the commits that stop and resume: it is done with its record, or not done at all.

use std::os::unix::process::ExitStatusExt as _;

use super::command::add;
use super::followed;
use crate::scenario::on_both;

on_both! {
    async fn a_stop_and_its_end_are_done_with_their_record_or_not_at_all(place: Place) {
        let site = followed(&place).await;
        add(&site, "aino", "administrator");
        let stop = ["schedule", "stop-queries", "--reason", "x", "--as", "aino"];
        let resume = ["schedule", "resume-queries", "--as", "aino"];
        let stopped = "SELECT count(*) FROM query_switch WHERE stopped_at IS NOT NULL";
        let records = "SELECT count(*) FROM audit WHERE action LIKE 'queries.%'";
        let steps: [(&[&str], &str, &str, i64, i64); 4] = [
            (&stop, "queries.stop", "before", 0, 0),
            (&stop, "queries.stop", "after", 1, 1),
            (&resume, "queries.resume", "before", 1, 1),
            (&resume, "queries.resume", "after", 0, 2),
        ];
        for (words, commit, when, is_stopped, recorded) in steps {
            let mut command = site.command(words);
            command.env("AJANTASA_FAULT", format!("{commit}:{when}:1"));
            let killed = command.output().unwrap();
            assert_eq!(killed.status.signal(), Some(9), "{commit} {when}: {killed:?}");
            let found = (site.number(stopped).await, site.number(records).await);
            assert_eq!(found, (is_stopped, recorded), "{commit} {when}");
        }
    }
}
