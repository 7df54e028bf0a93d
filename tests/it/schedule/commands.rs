//! `schedule explain` and `schedule presets` by the real binary.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn schedule(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ajantasa")).arg("schedule").args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn value(output: &Output) -> Value {
    serde_json::from_str(&text(output)).unwrap()
}

#[test]
fn explain_says_an_expression_in_three_languages_with_its_next_ten_runs() {
    let from = ["--from", "2027-03-27T12:00:00+02:00"];
    let explained = value(&schedule(
        &[&["explain", "30 3 * * SUN", "--format", "json", "--language", "fi"], &from[..]].concat(),
    ));
    assert_eq!(explained["expression"], "30 3 * * SUN");
    assert!(explained["reading"]["fi"].as_str().unwrap().starts_with("sunnuntaisin klo 3.30"));
    assert!(explained["reading"]["sv"].as_str().unwrap().starts_with("varje söndag kl. 3.30"));
    assert!(explained["reading"]["en"].as_str().unwrap().starts_with("every Sunday at 03:30"));
    assert_eq!(explained["next"].as_array().unwrap().len(), 10);
    assert_eq!(
        explained["next"][0],
        json!({"at": "2027-03-28T04:00:00+03:00", "weekday": "sunnuntai", "local": "28.3.2027 04.00",
               "offset": "+03:00", "clock_change": "spring_forward", "holiday": null})
    );

    let table = text(&schedule(&[&["explain", "30 3 * * SUN"], &from[..]].concat()));
    assert!(table.starts_with("fi  sunnuntaisin klo 3.30"), "{table}");
    assert!(table.contains("\nen  every Sunday at 03:30"), "{table}");
    assert!(table.contains("28.3.2027 04:00"), "{table}");
    assert!(table.contains("summer time begins\n"), "{table}");

    let swedish = text(&schedule(&[&["explain", "30 3 * * SUN", "--language", "sv"], &from[..]].concat()));
    assert!(swedish.starts_with("sv  varje söndag kl. 3.30"), "{swedish}");
    assert!(!swedish.contains("sunnuntai") && swedish.contains("sommartiden börjar"), "{swedish}");
}

#[test]
fn explain_of_a_wrong_expression_is_a_usage_error_that_says_what_to_write() {
    let wrong = schedule(&["explain", "0 22-2 * * *"]);
    assert_eq!(wrong.status.code(), Some(64));
    assert!(wrong.stdout.is_empty());
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("write 22-23,0-2"));
}

#[test]
fn presets_come_with_words_and_the_weekly_one_precedes_the_file_of_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("ajantasa.toml");
    fs::write(
        &config,
        "[database]\nurl = \"sqlite:a.db\"\n[keys]\nfile = \"a.key\"\n[[municipality]]\ncode = \"710\"\n\
         name = { fi = \"Raasepori\" }\nlanguages = [\"sv\"]\nfield_groups = [\"address\"]\n\
         [collection]\ncut_off = \"0 12 * * TUE\"\n",
    )
    .unwrap();
    let config = config.to_str().unwrap();
    let presets = value(&schedule(&["presets", "--config", config, "--format", "json"]));
    let names: Vec<_> = presets.as_array().unwrap().iter().map(|preset| preset["name"].clone()).collect();
    assert_eq!(names, ["daily", "weekdays", "weekly_before_collection", "monthly"]);
    assert_eq!(presets[0]["reading"]["fi"], "joka päivä klo 6.00");
    assert_eq!(presets[2]["cron"], "0 6 * * MON");
    assert_eq!(presets[2]["label"]["sv"], "varje vecka före inkassofilen");
    let table = text(&schedule(&["presets", "--config", config, "--language", "fi"]));
    assert!(table.contains("maanantaisin klo 6.00"), "{table}");
}
