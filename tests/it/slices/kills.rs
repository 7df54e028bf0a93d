//! A process killed at the commits of slices: every case is opened once, with its record, and no day has more than
//! its number.

use std::os::unix::process::ExitStatusExt as _;

use super::{begin, moved_people, register};
use crate::scenario::{Place, Scenario, Setup, on_both, small};
use crate::switch::command::add;

fn reconcile(site: &Scenario, at: &str, fault: Option<&str>) -> std::process::Output {
    let mut command = site.command(&["run", "--until-idle", "--simulated-clock", at]);
    if let Some(fault) = fault {
        command.env("AJANTASA_FAULT", fault);
    }
    command.output().unwrap()
}

on_both! {
    async fn a_slice_is_opened_once_with_its_record_whenever_it_is_killed(place: Place) {
        for when in ["before", "after"] {
            let setup = Setup { world: Some(small::world(moved_people(4), Vec::new())), ..Setup::default() };
            let site = Scenario::new(&place, setup).await;
            site.import(&register(4)).await;
            begin(&site, 2).await;
            let today = "2026-11-21T12:00:00Z";
            let killed = reconcile(&site, today, Some(&format!("reconcile.slice:{when}:1")));
            assert_eq!(killed.status.signal(), Some(9), "{when}: {killed:?}");
            assert!(reconcile(&site, today, None).status.success(), "{when}");
            assert_eq!(site.number("SELECT count(*) FROM finding WHERE held_back").await, 2, "{when}");
            let records = "SELECT count(*) FROM audit WHERE action = 'finding.release'";
            assert_eq!(site.number(records).await, 2, "{when}");
            let tomorrow = "2026-11-22T12:00:00Z";
            let killed = reconcile(&site, tomorrow, Some(&format!("reconcile.slices_end:{when}:1")));
            assert_eq!(killed.status.signal(), Some(9), "{when}: {killed:?}");
            assert!(reconcile(&site, tomorrow, None).status.success(), "{when}");
            assert_eq!(site.number(records).await, 4, "{when}");
            assert_eq!(site.number("SELECT count(*) FROM slice WHERE per_day IS NULL").await, 1, "{when}");
            assert_eq!(site.number("SELECT count(*) FROM audit WHERE action = 'first_load.end'").await, 1, "{when}");
            if matches!(place, Place::Postgres(_)) {
                // One database for the whole test.
                return;
            }
        }
    }

    async fn slices_begin_and_end_with_their_record_or_not_at_all(place: Place) {
        let setup = Setup { world: Some(small::world(moved_people(3), Vec::new())), ..Setup::default() };
        let site = Scenario::new(&place, setup).await;
        site.import(&register(3)).await;
        add(&site, "aino", "administrator");
        let begin = ["schedule", "first-load", "--per-day", "1", "--as", "aino"];
        let end = ["schedule", "first-load", "--off", "--as", "aino"];
        let sliced = "SELECT count(*) FROM slice WHERE per_day IS NOT NULL";
        let records = "SELECT count(*) FROM audit WHERE action LIKE 'first_load.%'";
        let steps: [(&[&str], &str, &str, i64, i64); 4] = [
            (&begin, "first_load.slices", "before", 0, 0),
            (&begin, "first_load.slices", "after", 1, 1),
            (&end, "first_load.end", "before", 1, 1),
            (&end, "first_load.end", "after", 0, 2),
        ];
        for (words, commit, when, on, recorded) in steps {
            let mut command = site.command(words);
            command.env("AJANTASA_FAULT", format!("{commit}:{when}:1"));
            let killed = command.output().unwrap();
            assert_eq!(killed.status.signal(), Some(9), "{commit} {when}: {killed:?}");
            let found = (site.number(sliced).await, site.number(records).await);
            assert_eq!(found, (on, recorded), "{commit} {when}");
            if commit == "first_load.slices" && when == "after" {
                assert!(reconcile(&site, "2026-11-21T12:00:00Z", None).status.success());
                assert_eq!(site.number("SELECT count(*) FROM finding WHERE held_back").await, 2);
            }
        }
        assert_eq!(site.number("SELECT count(*) FROM finding WHERE held_back").await, 0);
    }
}
