//! Schedules on the command line: what is printed, and what is refused with which code.

use serde_json::{Value, json};

use super::{Ran, Site};

const REFRESH: [&str; 10] = [
    "--preset",
    "weekly_before_collection",
    "--municipality",
    "710",
    "--where",
    "open_debts and not_verified_for 6 months",
    "--purpose",
    "register_upkeep",
    "--budget",
    "300",
];

/// A site whose configuration has the change interface, two administrators and a reviewer.
fn site() -> Site {
    let site = Site::bare();
    let file = site.path("ajantasa.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let changes = "[vtj.changes]\nbase_url = \"http://127.0.0.1:9/api/v1\"\nusername = \"u\"\npassword_file = \"password\"\n";
    site.write("ajantasa.toml", &format!("{text}{changes}"), 0o644);
    site.run(&["keys", "create"]).done();
    for (name, role, town) in [
        ("bo", "administrator", "710"),
        ("una", "administrator", "710"),
        ("ann", "administrator", "078"),
        ("rea", "reviewer", "710"),
    ] {
        let arguments =
            ["user", "add", name, "--role", role, "--municipality", town, "--until", "2099-12-31"];
        site.run(&[&arguments[..], &["--password-file", "password"]].concat()).done();
    }
    site
}

/// `schedule …` as an account.
fn schedule(site: &Site, name: &str, arguments: &[&str]) -> Ran {
    let mut all = vec!["schedule"];
    all.extend(arguments);
    all.extend(["--as", name, "--password-file", "password"]);
    site.run(&all)
}

fn add(site: &Site, name: &str, more: &[&str]) -> Ran {
    schedule(site, name, &[&["add", "before the file"], &REFRESH[..], more].concat())
}

fn look(site: &Site, arguments: &[&str]) -> Value {
    site.run(&[&["schedule"], arguments, &["--format", "json"]].concat()).done().json()
}

#[test]
fn an_administrator_sees_what_was_saved_in_words_when_it_runs_next_and_what_it_costs() {
    let site = site();
    let printed =
        add(&site, "bo", &["--skip-holiday", "midsummer_eve", "--start-within", "6h"]).done().stdout;
    for words in [
        "from             administrator",
        "on Wednesdays at 06:00",
        "keskiviikkoisin",
        "Wednesday",
        "start_within     6h",
        "price ",
        "version 1 is in force",
        "saved",
    ] {
        assert!(printed.contains(words), "{words:?} is not in:\n{printed}");
    }
    let shown = look(&site, &["show", "before the file"]);
    assert_eq!(shown["origin"], "administrator");
    assert_eq!(shown["in_force"]["version"], 1);
    assert_eq!(shown["in_force"]["definition"]["work"]["budget"], 300);
    assert_eq!(shown["next"].as_array().unwrap().len(), 10);
    for language in ["fi", "sv", "en"] {
        assert!(shown["in_force"]["reading"][language].as_str().is_some_and(|words| !words.is_empty()));
    }
    let listed = look(&site, &["list"]);
    let names: Vec<&str> =
        listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 8);
    assert!(names.contains(&"before the file") && names.contains(&"housekeeping"));
    let saved =
        schedule(&site, "bo", &["edit", "before the file", "--budget", "200", "--format", "json"]).done();
    assert_eq!(saved.json()["changes"], json!([{ "field": "budget", "before": "300", "after": "200" }]));
    assert_eq!(saved.json()["saved_version"], 2);
}

#[test]
fn a_large_schedule_waits_for_somebody_else_who_is_not_the_same_person() {
    let site = site();
    let printed =
        schedule(&site, "bo", &[&["add", "all"], &REFRESH[..8], &["--budget", "501"]].concat()).done().stdout;
    assert!(
        printed.contains("version 1 waits: ")
            && printed.contains("its budget is 501, which is more than 500")
    );
    assert!(
        printed.contains("another administrator runs `ajantasa schedule approve all --as NAME`"),
        "{printed}"
    );
    assert_eq!(look(&site, &["show", "all"])["in_force"], Value::Null);
    assert_eq!(look(&site, &["next", "all"]), json!([]));
    schedule(&site, "bo", &["approve", "all"]).ended(77).says("the same account");
    schedule(&site, "una", &["approve", "all"]).ended(77).says("the same operating-system user");
    schedule(&site, "ann", &["approve", "all"]).ended(77).says("no administrator of 710");
    schedule(&site, "una", &["withdraw", "all", "--version", "2"]).ended(65).says("newest version is 1");
    schedule(&site, "una", &["withdraw", "all", "--version", "1"]).done();
    site.run(&["schedule", "show", "all"]).ended(65).says("there is no schedule \"all\"");
}

#[test]
fn who_may_not_and_what_cannot_be_is_refused_with_its_code() {
    let site = site();
    add(&site, "rea", &[]).ended(77).says("no administrator");
    add(&site, "ann", &[]).ended(77).says("who may: bo, una");
    add(&site, "nobody", &[]).ended(77).says("unknown user or wrong password");
    site.run(&[&["schedule", "add", "x"], &REFRESH[..]].concat()).ended(64).says("--as");
    add(&site, "bo", &["--purpose", "debts"]).ended(64);
    let with = |from: &str, to: &'static str| {
        let changed = REFRESH.map(|word| if word == from { to.to_owned() } else { word.to_owned() });
        let words: Vec<&str> = ["add", "x"].into_iter().chain(changed.iter().map(String::as_str)).collect();
        schedule(&site, "bo", &words)
    };
    with("register_upkeep", "debts").ended(64).says("choose from confirm_death");
    with("register_upkeep", "debt_collection").ended(64).says("write [vtj.query]");
    with("300", "0").ended(64).says("write 1 to");
    with("open_debts and not_verified_for 6 months", "debts").ended(64).says("--where: segment, character 1");
    with("weekly_before_collection", "yearly").ended(64).says("write one of daily, weekdays");
    with("710", "091").ended(64).says("091 is not configured");
    schedule(&site, "bo", &["add", "x", "--task", "fetch"]).ended(64).says("--cron");
    schedule(&site, "bo", &["add", "x", "--cron", "@daily"]).ended(64).says("--municipality is missing");
    schedule(&site, "bo", &["add", "x", "--cron", "61 * * * *", "--task", "fetch"]).ended(64).says("minute");
    schedule(&site, "bo", &["edit", "fetch", "--cron", "@daily"]).ended(77).says("no administrator of 078");
    schedule(&site, "bo", &["edit", "nothing", "--cron", "@daily"]).ended(65);
    add(&site, "bo", &[]).done();
    add(&site, "bo", &[]).ended(65).says("has the name");
    schedule(&site, "bo", &["edit", "before the file", "--budget", "5", "--version", "7"])
        .ended(65)
        .says("look at it again");
}

#[test]
fn a_pause_is_shown_everywhere_and_ends_the_next_runs_until_it_is_resumed() {
    let site = site();
    add(&site, "bo", &[]).done();
    let pause = |until: &str| {
        schedule(&site, "una", &["pause", "before the file", "--reason", "stocktaking", "--until", until])
    };
    pause("yesterday").ended(64).says("2027-01-07");
    pause("2020-01-01").ended(64).says("ends in the future");
    let until = (chrono_now() + chrono::TimeDelta::days(40)).format("%Y-%m-%d").to_string();
    let printed = pause(&until).done().stdout;
    assert!(
        printed.contains(&format!("paused until {until} 00:00 because stocktaking (by una)")),
        "{printed}"
    );
    assert!(site.run(&["schedule", "list"]).done().stdout.contains("because stocktaking"));
    let next = site.run(&["schedule", "next", "before the file", "--format", "json"]).done();
    assert!(next.stderr.contains("paused until") && next.json() == json!([]), "{}", next.stderr);
    schedule(&site, "bo", &["resume", "before the file"]).done();
    schedule(&site, "bo", &["resume", "before the file"]).ended(65).says("not paused");
    assert_eq!(look(&site, &["next", "before the file", "--count", "3"]).as_array().unwrap().len(), 3);
    schedule(&site, "bo", &["remove", "before the file"]).done();
    let history = look(&site, &["history", "before the file"]);
    let what: Vec<&str> =
        history.as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["made", "paused", "resumed", "removed"]);
    assert!(
        site.run(&["schedule", "history", "before the file"])
            .done()
            .stdout
            .contains("version 1 made by bo (")
    );
}

#[test]
fn a_schedule_of_the_configuration_follows_the_file_and_says_so() {
    let site = site();
    assert_eq!(look(&site, &["show", "fetch"])["origin"], "configuration");
    let text = std::fs::read_to_string(site.path("ajantasa.toml")).unwrap();
    let own = "[[schedule]]\nname = \"nightly\"\ntask = \"fetch\"\ncron = \"30 3 * * *\"\n";
    site.write("ajantasa.toml", &format!("{text}{own}"), 0o644);
    let due = look(&site, &["next", "nightly", "--from", "2027-03-27T12:00:00+02:00"]);
    assert_eq!(due, json!(["2027-03-28T04:00:00+03:00"]));
    site.run(&["schedule", "show", "fetch"]).ended(65);
    let history = look(&site, &["history", "fetch"]);
    assert_eq!(history[1]["what"], "removed");
    assert_eq!(history[1]["by"], "configuration");
    site.run(&["schedule", "next", "nightly shift"]).ended(65).says("there is no schedule");
    site.run(&["schedule", "next", "61 * * * *"]).ended(64).says("minute");
}

fn chrono_now() -> chrono::DateTime<chrono::Utc> {
    use ajantasa::clock::{Clock as _, SystemClock};
    SystemClock.now()
}
