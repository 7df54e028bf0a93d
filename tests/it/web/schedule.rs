//! Schedules as pages.

use std::sync::Arc;

use ajantasa::planning;
use ajantasa::schedule::definition::{Definition, ScheduleEntry};
use ajantasa::schedule::{CronExpression, Task};
use ajantasa::staff::Role;
use ajantasa::web;
use axum::http::StatusCode;

use super::{Browser, Site};
use crate::scenario::{Place, Scenario, on_both};

/// A word that would end an element, an attribute or a script if it were not escaped.
const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";

/// The fields of a refresh of Raasepori's debtors.
pub fn fields<'a>(name: &'a str, budget: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("name", name),
        ("when", "weekdays"),
        ("municipality", "710"),
        ("purpose", "register_upkeep"),
        ("budget", budget),
        ("over_budget", "wait"),
        ("by", "rows"),
        ("age_comparison", ">="),
        ("age", "15"),
        ("overlap", "forbid"),
        ("catch_up", "yes"),
        ("skip_holiday", "christmas_eve"),
    ]
}

/// The same with a field said otherwise.
fn but<'a>(
    fields: &[(&'static str, &'a str)],
    field: &'static str,
    value: &'a str,
) -> Vec<(&'static str, &'a str)> {
    let others = fields.iter().filter(|(name, _)| *name != field).copied();
    others.chain([(field, value)]).collect()
}

/// What the audit log says that people did, sign-ins left out.
pub async fn acts(site: &Site) -> Vec<String> {
    let sql = "SELECT action FROM audit WHERE action NOT LIKE 'session.%' AND action NOT LIKE 'account.%'
         AND actor_kind = 'account' ORDER BY sequence";
    site.scenario.texts(sql).await
}

/// An installation with its queue and an administrator of Raasepori who is signed in.
async fn site(place: &Place) -> (Site, Browser) {
    let site = Site::with_queue(place).await;
    site.account("anna", Role::Administrator, &["710"], false).await;
    let browser = site.signed_in("anna").await;
    (site, browser)
}

/// Saves a schedule and returns the address of its page.
pub async fn saved(browser: &mut Browser, fields: &[(&str, &str)]) -> String {
    let answer = browser.post("/schedules", fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().split('?').next().unwrap().to_owned()
}

/// The answer led back to a page.
#[track_caller]
fn leads(answer: &super::Answer, to: &str) {
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, to), "{}", answer.text);
}

/// The installation with a limit for what one administrator may decide.
async fn with_limit(place: &Place, people: u32) -> Site {
    let mut scenario = Scenario::of_testdata(place).await;
    Arc::make_mut(&mut scenario.context.settings).two_person_people = people;
    let site = Site::of(scenario);
    site.scenario.import_register().await;
    site.scenario.until_idle().await;
    site
}

on_both! {
    async fn a_schedule_is_made_changed_paused_resumed_and_removed_each_with_one_record(place: Place) {
        let (site, mut browser) = site(&place).await;
        browser.get("/schedules").await.ok().says("There are no schedules yet");
        browser.get("/schedules/new").await.ok().says("Raasepori").does_not_say("Hanko");
        let all = fields("before collection", "300");
        browser.post("/schedules/preview", &all).await.ok().says("before collection").says("Save");
        let page = saved(&mut browser, &all).await;
        browser.get(&page).await.ok().says("before collection").says("upkeep of the patron register").says("1492/2016");
        let id = page.rsplit('/').next().unwrap().to_owned();
        browser.get(&format!("{page}/edit")).await.ok().says("value=\"300\"").says("value=\"15\"");
        let more = but(&but(&all, "schedule", &id), "seen", "1");
        leads(&browser.post("/schedules", &but(&more, "budget", "299")).await, &format!("{page}?done=saved"));
        let moved = browser.post("/schedules", &but(&more, "budget", "298")).await;
        assert_eq!(moved.status, StatusCode::CONFLICT);
        moved.says("newest version is 2");
        let pause = [("reason", "summer"), ("until", "2026-12-24")];
        leads(&browser.post(&format!("{page}/pause"), &pause).await, &format!("{page}?done=paused"));
        browser.get(&page).await.ok().says("none while paused").says("summer").does_not_say("The next ten runs");
        browser.get("/schedules").await.ok().says("none while paused (until 24.12.2026 at 00:00)");
        let refused = browser.post(&format!("{page}/run"), &[("version", "2")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        leads(&browser.post(&format!("{page}/resume"), &[]).await, &format!("{page}?done=resumed"));
        assert_eq!(browser.post(&format!("{page}/resume"), &[]).await.status, StatusCode::CONFLICT);
        browser.get(&page).await.ok().says("The next ten runs").says("Weekday").does_not_say("none while paused");
        browser.get(&format!("{page}/remove")).await.ok();
        leads(&browser.post(&format!("{page}/remove"), &[]).await, "/schedules?done=removed");
        assert_eq!(browser.get(&page).await.status, StatusCode::NOT_FOUND);
        let wanted =
            ["schedule.preview", "schedule.add", "schedule.edit", "schedule.pause", "schedule.resume", "schedule.remove"];
        assert_eq!(acts(&site).await, wanted);
    }

    async fn a_preview_says_what_the_command_prints(place: Place) {
        let (site, mut browser) = site(&place).await;
        let shown = browser.post("/schedules/preview", &fields("a", "5")).await.ok();
        let words = [
            "--format", "json", "schedule", "preview", "--municipality", "710", "--where", "age >= 15", "--purpose",
            "register_upkeep", "--budget", "5",
        ];
        let json = site.scenario.ajantasa(&words).ended(0).json();
        let people = json["people"].as_u64().unwrap();
        assert!(people > 5, "{json}");
        shown.says(&format!("{people} people may be asked about"));
        shown.says(&format!("{:.2} €", json["price_eur"].as_f64().unwrap()));
        shown.says(&format!("{} people too many for 5", json["budget"]["over_by"]));
        shown.says(&format!("{} to {} cases to expect", json["queue"]["from"], json["queue"]["to"]));
        shown.says(json["reading"]["en"].as_str().unwrap());
        assert!(!json["left_out"].as_object().unwrap().is_empty());
        for (reason, people) in json["left_out"].as_object().unwrap() {
            let word = match reason.as_str() {
                "organisation" => "organisation",
                "no_code" => "no personal identity code",
                "restricted" => "processing is restricted",
                "objected" => "has objected",
                "pre_registration" => "pre-registration",
                "birth_date_disagrees" => "birth date disagrees with the identity code",
                "impossible_age" => "impossible age",
                "code_changed" => "the identity code has changed",
                "code_passivated" => "the identity code is passivated",
                other => panic!("{other}"),
            };
            shown.says(&format!("<li>{word}: {people}</li>"));
        }
        let sample = json["sample"].as_array().unwrap();
        assert!(!sample.is_empty());
        for one in sample {
            shown.says(&format!("<th scope=\"row\">{}</th>", one["card"].as_str().unwrap()));
        }
        let back = browser.post("/schedules/change", &fields("a", "5")).await.ok();
        back.says("name=\"budget\" type=\"text\" value=\"5\"");
    }

    async fn a_form_that_is_not_right_keeps_what_was_typed_and_says_what_to_write(place: Place) {
        let (site, mut browser) = site(&place).await;
        let mut wrong = but(&fields(HOSTILE, "many"), "when", "own");
        wrong.push(("expression", "0 6 * *"));
        wrong.push(("open_debts_over", "12,5"));
        wrong.push(("start_within", "soon"));
        wrong.push(("home_library", HOSTILE));
        for path in ["/schedules/preview", "/schedules"] {
            let shown = browser.post(path, &wrong).await;
            assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            for said in ["href=\"#name\"", "href=\"#expression\"", "href=\"#budget\"", "href=\"#open_debts_over\"",
                "href=\"#start_within\"", "value=\"many\"", "value=\"0 6 * *\"", "value=\"12,5\"", "value=\"soon\"",
                "Write five fields", "id=\"budget-error\""] {
                shown.says(said);
            }
            shown.does_not_say("<script>alert").does_not_say("<img");
        }
        let text = but(&but(&fields("a", "5"), "by", "text"), "segment", "open_debts and");
        let shown = browser.post("/schedules/preview", &text).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
        shown.says("href=\"#segment\"").says(">open_debts and</textarea>").says("cannot be read from character");
        let none: Vec<_> = fields("a", "5").into_iter().filter(|(name, _)| *name != "municipality").collect();
        let shown = browser.post("/schedules/preview", &none).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
        shown.says("href=\"#municipality\"");
        saved(&mut browser, &fields("a", "5")).await;
        let shown = browser.post("/schedules", &fields("A", "5")).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
        shown.says("Another schedule has this name");
        let shown = browser.post("/schedules", &but(&fields("b", "5"), "purpose", "debt_collection")).await;
        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
        shown.says("single-person query is not configured").says("href=\"#purpose\"");
        let unknown = browser.post("/schedules", &but(&fields("b", "5"), "other", "x")).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(acts(&site).await, ["schedule.add"]);
    }

    async fn people_are_counted_while_the_form_is_filled_in_with_and_without_script(place: Place) {
        let (_site, mut browser) = site(&place).await;
        let all = fields("a", "5");
        let whole = browser.post("/schedules/count", &all).await.ok();
        whole.says("people: Patrons").says("<form").says("value=\"5\"");
        let token = browser.token.clone();
        let with_token: Vec<_> = all.iter().copied().chain([("token", token.as_str())]).collect();
        let part = browser.send("POST", "/schedules/count", Some(&with_token), &[("hx-request", "true")]).await.ok();
        part.says("people: Patrons").does_not_say("<form");
        let foreign = browser.post("/schedules/count", &but(&all, "municipality", "078")).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        foreign.says("You are not administrator of");
        let asked = "/schedules/explain?expression=30+3+*+*+SUN";
        browser.get(asked).await.ok().says("<form").says("Sunday").says("+02:00");
        let part = browser.send("GET", asked, None, &[("hx-request", "true")]).await.ok();
        part.says("Sunday").does_not_say("<form");
        browser.get("/schedules/explain?expression=30+3").await.ok().says("Write five fields");
    }

    async fn what_two_administrators_must_agree_on_waits_for_the_other_one(place: Place) {
        let site = with_limit(&place, 10).await;
        site.account("anna", Role::Administrator, &["710"], false).await;
        site.account("bo", Role::Administrator, &["710"], false).await;
        site.account("cia", Role::Administrator, &["078"], false).await;
        let (mut anna, mut bo) = (site.signed_in("anna").await, site.signed_in("bo").await);
        anna.post("/schedules/preview", &fields("a", "300")).await.ok().says("A second administrator is needed");
        let page = saved(&mut anna, &fields("a", "300")).await;
        anna.get(&page).await.ok().says("A change waits for a second administrator").says("which is more than 10");
        anna.get("/schedules").await.ok().says("waits for a second administrator");
        let approve = format!("{page}/approve");
        let own = anna.post(&approve, &[("version", "1")]).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
        own.says("with this account");
        let mut again = site.signed_in("anna").await;
        assert_eq!(again.post(&approve, &[("version", "1")]).await.status, StatusCode::FORBIDDEN);
        let mut cia = site.signed_in("cia").await;
        let other = cia.post(&approve, &[("version", "1")]).await;
        assert_eq!(other.status, StatusCode::FORBIDDEN);
        other.says("anna, bo");
        assert_eq!(bo.post(&approve, &[("version", "7")]).await.status, StatusCode::CONFLICT);
        leads(&bo.post(&approve, &[("version", "1")]).await, &format!("{page}?done=approved"));
        bo.get(&page).await.ok().says("approved by bo").says("The next ten runs");
        let id = page.rsplit('/').next().unwrap();
        let more = but(&but(&fields("a", "400"), "schedule", id), "seen", "1");
        leads(&anna.post("/schedules", &more).await, &format!("{page}?done=waits"));
        bo.get(&page).await.ok().says("<ins><span class=\"hidden\">added: </span>400</ins>");
        let withdrawn = anna.post(&format!("{page}/withdraw"), &[("version", "2")]).await;
        leads(&withdrawn, &format!("{page}?done=withdrawn"));
        let wanted = ["schedule.preview", "schedule.add", "schedule.approve", "schedule.edit", "schedule.withdraw"];
        assert_eq!(acts(&site).await, wanted);
    }

    async fn an_auditor_reads_and_does_nothing_and_a_reviewer_has_no_such_pages(place: Place) {
        let (site, mut anna) = site(&place).await;
        let page = saved(&mut anna, &fields("a", "300")).await;
        site.account("aku", Role::Auditor, &["710"], false).await;
        site.account("rea", Role::Reviewer, &["710"], true).await;
        let (mut aku, mut rea) = (site.signed_in("aku").await, site.signed_in("rea").await);
        let id = page.rsplit('/').next().unwrap();
        let before = acts(&site).await;
        for rule in web::rules() {
            if !rule.path.starts_with("/schedules") && !rule.path.starts_with("/runs") {
                continue;
            }
            let path = rule.path.replace("{id}", id);
            let (reviewer, auditor) = if rule.method == "GET" {
                (rea.get(&path).await, aku.get(&path).await)
            } else {
                (rea.post(&path, &[]).await, aku.post(&path, &[]).await)
            };
            assert_eq!(reviewer.status, StatusCode::FORBIDDEN, "{} {path}", rule.method);
            if rule.method == "POST" {
                assert_eq!(auditor.status, StatusCode::FORBIDDEN, "{path}");
            }
        }
        for path in ["/schedules", "/schedules/first-load", "/schedules/explain", "/runs", &page] {
            aku.get(path).await.ok().does_not_say("method=\"post\" action=\"/schedules").does_not_say("/edit");
        }
        for path in ["/schedules/new", "/schedules/queries", &format!("{page}/edit"), &format!("{page}/run")] {
            assert_eq!(aku.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(acts(&site).await, before);
        for path in ["/schedules/00000000-0000-7000-8000-000000000000", "/schedules/x", "/runs/x"] {
            assert_eq!(anna.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn reasons_come_out_as_they_were_written_and_never_as_a_part_of_the_page(place: Place) {
        let (site, mut browser) = site(&place).await;
        let page = saved(&mut browser, &fields("a", "300")).await;
        let pause = [("reason", HOSTILE), ("until", "2026-12-24")];
        browser.post(&format!("{page}/pause"), &pause).await;
        let stop = [("reason", HOSTILE), ("until", "")];
        leads(&browser.post("/schedules/queries/stop", &stop).await, "/schedules?done=stopped");
        for path in ["/schedules", "/schedules/queries", "/runs", &page] {
            let shown = browser.get(path).await.ok();
            shown.does_not_say("<script>alert").does_not_say("<img").says("&#60;script&#62;alert(1)");
        }
        let long = browser.post(&format!("{page}/pause"), &[("reason", HOSTILE), ("until", "2020-01-01")]).await;
        assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
        long.says("href=\"#until\"").says("A pause ends in the future").does_not_say("<script>alert");
        let code = browser.post(&format!("{page}/pause"), &[("reason", "010190-900P"), ("until", "2026-12-24")]).await;
        assert_eq!(code.status, StatusCode::UNPROCESSABLE_ENTITY);
        leads(&browser.post("/schedules/queries/resume", &[]).await, "/schedules?done=queries_resumed");
        assert_eq!(browser.post("/schedules/queries/resume", &[]).await.status, StatusCode::CONFLICT);
        browser.get("/schedules").await.ok().does_not_say("Every query to VTJ is stopped");
        let none = browser.post("/schedules/queries/stop", &[("reason", " "), ("until", "2020-01-01")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(acts(&site).await, ["schedule.add", "schedule.pause", "queries.stop", "queries.resume"]);
    }

    async fn a_first_load_is_put_into_slices_and_let_go(place: Place) {
        let (site, mut browser) = site(&place).await;
        let wrong = browser.post("/schedules/first-load", &[("per_day", "0"), ("first", "debts")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let chosen = [("per_day", "20"), ("first", "wrong_contact_details"), ("first", "debts"), ("first", "")];
        leads(&browser.post("/schedules/first-load", &chosen).await, "/schedules/first-load?done=slices");
        browser.get("/schedules/first-load").await.ok().says("20 cases a day").says("wrong contact details, unpaid fees");
        leads(&browser.post("/schedules/first-load/end", &[]).await, "/schedules/first-load?done=slices_ended");
        assert_eq!(browser.post("/schedules/first-load/end", &[]).await.status, StatusCode::CONFLICT);
        assert_eq!(acts(&site).await, ["first_load.slices", "first_load.end"]);
    }

    async fn a_schedule_whose_content_cannot_be_read_is_listed_with_its_error(place: Place) {
        let (site, mut browser) = site(&place).await;
        let page = saved(&mut browser, &fields("a", "300")).await;
        saved(&mut browser, &fields("b", "300")).await;
        site.scenario.execute("UPDATE schedule_version SET definition = '{\"work\": 1}' WHERE schedule = (SELECT id FROM schedule WHERE name = 'a')").await;
        browser.get("/schedules").await.ok().says("version 1 cannot be read").says(">b</a>");
        browser.get(&page).await.ok().says("version 1 cannot be read").does_not_say("The next ten runs");
        assert_eq!(browser.get(&format!("{page}/edit")).await.status, StatusCode::CONFLICT);
        let listed = site.scenario.ajantasa(&["--format", "json", "schedule", "list"]).ended(0).json();
        let mine = listed.as_array().unwrap().iter().find(|one| one["name"] == "a").unwrap();
        assert!(mine["unreadable"].as_str().unwrap().contains("version 1"), "{mine}");
        site.scenario.ajantasa(&["schedule", "list"]).ended(0);
    }

    async fn a_pause_of_the_feed_says_what_it_leads_to_and_the_configuration_is_changed_elsewhere(place: Place) {
        let site = Site::with_queue(&place).await;
        let all: Vec<String> = site.scenario.context.settings.municipalities.keys().cloned().collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        site.account("anna", Role::Administrator, &all, false).await;
        let cron = CronExpression::parse("7 * * * *").unwrap();
        let entry = ScheduleEntry { name: "feed".to_owned(), definition: Definition::of_task(Task::Fetch, cron) };
        let context = &site.scenario.context;
        planning::sync(&context.db, &*context.clock, "tester", &[entry]).await.unwrap();
        let mut browser = site.signed_in("anna").await;
        let id = planning::show(context, "feed").await.unwrap().id;
        let page = format!("/schedules/{id}");
        browser.get(&page).await.ok().says("configuration file and is changed there").does_not_say("/edit");
        assert_eq!(browser.get(&format!("{page}/edit")).await.status, StatusCode::CONFLICT);
        assert_eq!(browser.post(&format!("{page}/remove"), &[]).await.status, StatusCode::CONFLICT);
        let mut pause = vec![("reason", "moving"), ("until", "2026-12-20")];
        let asked = browser.post(&format!("{page}/pause"), &pause).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        asked.says("everyone will have to be read again").says("value=\"moving\"");
        pause.push(("known", "yes"));
        leads(&browser.post(&format!("{page}/pause"), &pause).await, &format!("{page}?done=paused"));
        assert_eq!(acts(&site).await, ["schedule.pause"]);
    }

    async fn every_page_is_in_the_language_of_its_reader(place: Place) {
        let (_site, mut browser) = site(&place).await;
        let page = saved(&mut browser, &fields("perinta", "300")).await;
        browser.post(&format!("{page}/pause"), &[("reason", "x"), ("until", "2026-12-24")]).await;
        for (language, words) in [("fi", "Ajastukset"), ("sv", "Schemaläggning")] {
            browser.post("/language", &[("language", language), ("back", "/account")]).await;
            browser.get("/schedules").await.ok().says(words);
            let paths = ["/schedules", "/schedules/new", "/schedules/queries", "/schedules/first-load",
                "/schedules/explain?expression=0+6+*+*+*", "/runs", &page, &format!("{page}/edit"),
                &format!("{page}/pause"), &format!("{page}/remove"), &format!("{page}/run")];
            for path in paths {
                let shown = browser.get(path).await.ok();
                shown.does_not_say("Unknown localization").does_not_say(" people");
            }
            let shown = browser.post("/schedules/preview", &fields("a", "3")).await.ok();
            shown.does_not_say("Unknown localization").does_not_say(" people").does_not_say("Weekday");
        }
    }
}
