//! The commands for runs, by the real binary.

use super::{look, refresh, schedules, set_clock, work};
use crate::scenario::small::{people, register, world};
use crate::scenario::{Scenario, Setup, on_both};

on_both! {
    async fn runs_are_listed_and_shown_and_the_tasks_keep_their_command(place: Place) {
        let world = world(people(2), Vec::new());
        let at = "2027-01-10T18:00:00Z".parse().unwrap();
        let scenario = Scenario::new(&place, Setup { world: Some(world), at, ..Setup::default() }).await;
        scenario.import(&register(2)).await;
        scenario.until_idle().await;
        schedules(&scenario, &[("daily", refresh(10))]).await;
        set_clock(&scenario, "2027-01-11T04:00:01Z");
        look(&scenario).await;
        work(&scenario).await;
        let list = scenario.ajantasa(&["--format", "json", "run", "list", "--state", "done"]).ended(0).json();
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!((list[0]["schedule"].as_str(), list[0]["asked"].as_i64()), (Some("daily"), Some(2)));
        let id = list[0]["id"].as_str().unwrap();
        let shown = scenario.ajantasa(&["--format", "json", "run", "show", id]).ended(0).json();
        assert_eq!((shown["not_checked"].as_i64(), shown["budget"].as_i64()), (Some(0), Some(10)));
        let text = scenario.ajantasa(&["run", "show", id]).ended(0);
        assert!(text.stdout.contains("Nobody of the 2 people is unchecked."), "{}", text.stdout);
        scenario.ajantasa(&["run", "list"]).ended(0);
        let none = "00000000-0000-7000-8000-000000000000";
        scenario.ajantasa(&["run", "show", none]).ended(65).says("there is no run");
        scenario.ajantasa(&["run", "cancel", id]).ended(64);
        scenario.ajantasa(&["run", "cancel", id, "--as", "nobody"]).ended(77);
        scenario.ajantasa(&["run"]).ended(64);
        scenario.ajantasa(&["run", "enrol", "estate"]).ended(0);
        scenario.ajantasa(&["run", "list", "enrol"]).ended(64);
    }

    async fn an_administrator_starts_cancels_and_retries_by_command(place: Place) {
        let world = world(people(2), Vec::new());
        let scenario = Scenario::new(&place, Setup { world: Some(world), ..Setup::default() }).await;
        scenario.import(&register(2)).await;
        scenario.until_idle().await;
        let user = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
        let mut add = vec!["user", "add", "anna", "--role", "administrator", "--until", "2199-12-31"];
        for code in ["078", "149", "710", "755", "092"] {
            add.extend(["--municipality", code]);
        }
        add.extend(["--os-user", &user]);
        scenario.ajantasa(&add).ended(0);
        let config = scenario.path("ajantasa.toml");
        let mut text = std::fs::read_to_string(&config).unwrap();
        text.push_str(
            "[[schedule]]\nname = \"weekly\"\ncron = \"0 6 * * WED\"\nmunicipalities = [\"710\"]\n\
             purpose = \"register_upkeep\"\nsegment = \"everyone\"\nbudget = 10\n",
        );
        crate::scenario::private(&config, &text);
        let run = scenario.ajantasa(&["--format", "json", "schedule", "run", "weekly", "--as", "anna"]);
        let run = run.ended(0).json();
        assert_eq!((run["state"].as_str(), run["asked"].as_i64()), (Some("done"), Some(2)));
        assert_eq!((run["origin"].as_str(), run["started_by"].as_str()), (Some("by_hand"), Some("anna")));
        let id = run["id"].as_str().unwrap();
        scenario.ajantasa(&["run", "cancel", id, "--as", "anna"]).ended(65).says("has ended: done");
        scenario.ajantasa(&["run", "retry", id, "--as", "anna"]).ended(65).says("nobody of run");
        let round = scenario.ajantasa(&["--format", "json", "schedule", "run", "estate", "--as", "anna"]);
        assert_eq!(round.ended(0).json()["state"].as_str(), Some("done"));
        scenario.ajantasa(&["schedule", "run", "none", "--as", "anna"]).ended(65).says("there is no schedule");
    }
}
