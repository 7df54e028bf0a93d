//! What the text of a file is read as, and what is refused.

mod files;
mod pages;
mod shown;

use std::path::Path;

use super::*;
use crate::municipality::{FieldGroup, Language};
use crate::purpose::{GroundedPurpose, PurposeRule, default_rules};
use crate::quota::{Ceilings, Price};
use crate::schedule::Task;
use crate::schedule::definition::{OverBudget, Overlap};
use crate::schedule::holiday::Holiday;

/// Stands in for the cron reader: five fields, or it is wrong.
fn five_fields(text: &str) -> Result<(), String> {
    if text.split(' ').count() == 5 { Ok(()) } else { Err("write five fields".to_owned()) }
}

fn read(text: &str) -> Result<Config, ConfigError> {
    parse(text, Path::new("/etc/ajantasa/test.toml"), five_fields)
}

fn accepted(text: &str) -> Config {
    read(text).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(text: &str) -> String {
    read(text).expect_err("must be refused").to_string()
}

/// The one problem of a text is at a line and says this.
fn refused(text: &str, line: usize, says: &[&str]) {
    let error = read(text).expect_err(text);
    assert_eq!(error.problems.len(), 1, "{error}");
    assert_eq!(error.problems[0].line, Some(line), "{error}");
    for part in says {
        assert!(error.to_string().contains(part), "{part:?} is not in: {error}");
    }
}

fn without_origins(config: Config) -> Config {
    Config { origins: Origins::default(), ..config }
}

const CHANGES: &str = "[vtj.changes]\nbase_url = \"https://a/\"\nusername = \"u\"\n";
const QUERY: &str = "[vtj.query]\nurl = \"https://a/\"\nusername = \"u\"\nx_road_client = \"FI/MUN/1-1/k\"\n";
const TOWN: &str = "[[municipality]]\ncode = \"710\"\nname = { fi = \"Raasepori\" }\nlanguages = [\"sv\"]\n\
                    field_groups = [\"address\"]\n";

#[test]
fn every_key_has_its_default() {
    let config = accepted("");
    assert_eq!(config.database.url().reveal(), "sqlite:/var/lib/ajantasa/ajantasa.db");
    assert_eq!(config.keys.file, Path::new("/etc/ajantasa/ajantasa.key"));
    assert!(!config.identity_code.allow_test_codes);
    assert_eq!((&config.vtj.changes, &config.vtj.query), (&None, &None));
    assert_eq!((&config.vtj.tls.ca_file, &config.vtj.tls.client_identity.file), (&None, &None));
    assert_eq!(
        config.register,
        Register {
            mode: RegisterMode::Write,
            connector: Connector::Embedded,
            max_shrink_percent: 10,
            undo_seconds: 60,
        }
    );
    assert_eq!(
        (config.web.listener.listen.to_string().as_str(), config.web.listener.allow_public),
        ("127.0.0.1:8080", false)
    );
    assert_eq!(
        (config.service.listen.to_string().as_str(), config.service.allow_public),
        ("127.0.0.1:9310", false)
    );
    assert!(config.municipalities.is_empty());
    assert_eq!(config.purposes, default_rules());
    let times: Vec<_> =
        config.schedules.iter().map(|entry| (entry.name.as_str(), entry.definition.cron.as_str())).collect();
    let hourly = "7 * * * *";
    assert_eq!(
        times,
        [
            ("enrol", hourly),
            ("fetch", hourly),
            ("refresh", hourly),
            ("reconcile", hourly),
            ("apply", hourly),
            ("estate", hourly),
            ("housekeeping", "10 2 * * *")
        ]
    );
    assert!(
        Task::ALL.iter().all(|task| config.schedules.iter().filter(|entry| entry.starts(*task)).count() == 1)
    );
}

#[test]
fn the_vtj_tables_have_their_defaults() {
    let changes = accepted(CHANGES).vtj.changes.expect("the table is there");
    assert_eq!(
        (changes.base_url.as_str(), changes.auth, changes.list_size),
        ("https://a", Auth::Basic, 1000)
    );
    assert_eq!((changes.deadline_seconds, changes.attempts, changes.page_limit), (60, 3, 1000));
    assert_eq!((changes.x_road_client, changes.extra_headers.len(), changes.password.file), (None, 0, None));
    let query = accepted(QUERY).vtj.query.expect("the table is there");
    assert_eq!((query.variant, query.product.as_str()), (QueryVariant::XRoad, "PERUSSANOMA 3"));
    assert_eq!((query.x_road_instance.as_str(), query.daily_ceiling), ("FI", 200));
    assert_eq!((query.deadline_seconds, query.attempts), (30, 3));
    assert_eq!((query.monthly_ceiling, query.reserve_percent, query.reuse_minutes), (None, 10, 60));
    assert_eq!((query.requests_per_second.get(), query.price_per_query), (1, Price::default()));
}

#[test]
fn ceilings_of_the_query_are_read_and_bounded() {
    let own =
        "monthly_ceiling = 900\nreserve_percent = 0\nrequests_per_second = 5\nprice_per_query = \"0.12\"\n";
    let query = accepted(&format!("{QUERY}{own}")).vtj.query.expect("the table is there");
    assert_eq!((query.monthly_ceiling, query.reserve_percent), (Some(900), 0));
    assert_eq!((query.requests_per_second.get(), query.price_per_query.micro_euros), (5, 120_000));
    refused(&format!("{QUERY}requests_per_second = 0\n"), 5, &["use 1 to 100"]);
    refused(&format!("{QUERY}reserve_percent = 101\n"), 5, &["use 0 to 100"]);
    let town = accepted(&format!("{TOWN}query_daily_ceiling = 20\n"));
    let ceilings: Vec<_> =
        town.municipality_ceilings.into_iter().map(|(code, own)| (code.as_str().to_owned(), own)).collect();
    assert_eq!(ceilings, [("710".to_owned(), Ceilings { day: Some(20), month: None })]);
    assert!(accepted(TOWN).municipality_ceilings.is_empty());
}

#[test]
fn a_purpose_may_be_narrowed_and_keeps_what_is_not_said() {
    let own = "[[purpose]]\nname = \"confirm_death\"\nlegal_basis = \"Act 1/2030\"\nfield_groups = [\"death\"]\n\
               municipalities = [\"710\"]\ndaily_ceiling = 3\n";
    let config = accepted(&format!("{TOWN}{own}"));
    let rule = config.purposes.iter().find(|rule| rule.name() == "confirm_death").expect("a default");
    let plain = PurposeRule::new(GroundedPurpose::new("confirm_death", "Act 1/2030").expect("well formed"));
    let wanted = PurposeRule {
        groups: Some([FieldGroup::Death].into()),
        municipalities: Some([config.municipalities[0].code.clone()].into()),
        ceilings: Ceilings { day: Some(3), month: None },
        ..plain
    };
    assert_eq!(*rule, wanted);
    assert!(rule.urgent);
    let text = own.replace("710", "711");
    refused(&format!("{TOWN}{text}"), 10, &["purpose[0].municipalities: unknown \"711\""]);
    refused(&format!("{TOWN}{}", own.replace("\"death\"", "\"deaths\"")), 9, &["did you mean `death`?"]);
}

#[test]
fn the_collection_file_and_the_retention_have_their_defaults_and_bounds() {
    let config = accepted("");
    assert_eq!(config.collection, Collection::default());
    let collection = &config.collection;
    assert_eq!((collection.minimum_days_overdue, collection.minimum_age), (60, 18));
    assert_eq!((collection.verified_within_days, collection.cut_off.as_str()), (14, "0 12 * * 4"));
    assert_eq!(config.retention.disclosures_years, 5);
    refused("[collection]\nminimum_age = 17\n", 2, &["use 18 to 150"]);
    refused("[collection]\ncut_off = \"noon\"\n", 2, &["collection.cut_off: write five fields"]);
    refused("[retention]\ndisclosures_years = 0\n", 2, &["use 1 to 100"]);
    assert_eq!(config.retention.runs_days, 400);
    assert_eq!((config.review.planted_percent, config.review.planted_misses), (0, 3));
    refused("[review]\nplanted_percent = 101\n", 2, &["use 0 to 100"]);
    refused("[review]\nplanted_misses = 50\n", 2, &["use 0 to 49"]);
    refused("[retention]\nruns_days = 7\n", 2, &["use 30 to 3650"]);
}

#[test]
fn a_municipality_has_its_defaults() {
    let config = accepted(TOWN);
    let town = &config.municipalities[0];
    assert_eq!((town.name.sv.as_str(), town.name.en.as_str()), ("Raasepori", "Raasepori"));
    assert_eq!(town.languages, [Language::Sv]);
    assert!(!town.propose_temporary_address);
    assert!(town.grants.allow(FieldGroup::Protection), "protection is always granted");
    assert!(!town.grants.allow(FieldGroup::Guardians), "guardians only when listed");
}

#[test]
fn an_unknown_key_is_an_error_with_file_line_and_nearest_name() {
    let start = "/etc/ajantasa/test.toml:1: unknown key `databse`; did you mean `database`?";
    assert_eq!(refusal("databse = 1\n"), start);
    refused(
        "\n[web]\nlisten = \"127.0.0.1:1\"\nalow_public = true\n",
        4,
        &["in `web`", "did you mean `allow_public`?"],
    );
    refused(&format!("{CHANGES}base_ulr = 1\n"), 4, &["in `vtj.changes`", "did you mean `base_url`?"]);
    refused(
        &format!("{TOWN}\n{TOWN}langages = []\n").replacen("710", "149", 1),
        12,
        &["in `municipality[1]`", "did you mean `languages`?"],
    );
    refused(
        &TOWN.replace("fi = \"Raasepori\"", "fi = \"R\", se = \"S\""),
        3,
        &["in `municipality[0].name`", "fi, sv, en"],
    );
    refused("[vtj.chnages]\nbase_url = \"https://a/\"\n", 1, &["did you mean `changes`?"]);
    refused("[web]\nzzzz = 1\n", 2, &["known here: allow_public, listen"]);
}

#[test]
fn a_wrong_type_is_an_error_with_line_and_what_is_expected() {
    refused("[web]\nlisten = 8080\n", 2, &["web.listen: text in quotes is expected, not integer"]);
    refused(
        "[web]\nallow_public = \"yes\"\n",
        2,
        &["web.allow_public: true or false is expected, not string"],
    );
    refused("[register]\nundo_seconds = 1.5\n", 2, &["a whole number is expected, not float"]);
    refused("keys = 1\n", 1, &["keys: a table is expected"]);
    refused("[schedule]\nname = \"a\"\n", 1, &["schedule: a list of tables"]);
    refused(&TOWN.replace("[\"sv\"]", "\"sv\""), 4, &["languages: a list of texts in quotes is expected"]);
    refused("[web]\nlisten = \n", 2, &["this is not TOML"]);
}

#[test]
fn every_problem_is_reported_at_once_in_the_order_of_the_file() {
    let error =
        read("[web]\nlisten = 1\n[register]\nmode = \"wirte\"\n[keys]\nfil = 1\n").expect_err("three");
    let lines: Vec<_> = error.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(2), Some(4), Some(6)]);
    assert_eq!(error.to_string().lines().count(), 3);
}

#[test]
fn a_missing_key_is_named_with_its_table() {
    refused("\n[vtj.changes]\nusername = \"u\"\n", 2, &["vtj.changes.base_url: this key is needed"]);
    refused(&QUERY.replace("x_road_client", "#"), 1, &["vtj.query.x_road_client: this key is needed"]);
    assert!(read(&QUERY.replace("x_road_client", "variant = \"direct\" #")).is_ok());
    let csv = "[register]\nconnector = \"csv\"\n[register.csv]\npatron_file = \"a\"\n";
    refused(csv, 3, &["register.csv.correction_file"]);
    refused(&format!("{csv}correction_file = \"a\"\n"), 3, &["the same file"]);
}

#[test]
fn http_is_accepted_on_this_machine_only() {
    for url in ["http://127.0.0.1:8310/api", "http://localhost", "http://[::1]:1/", "https://example.org/x"] {
        accepted(&CHANGES.replace("https://a/", url));
    }
    for url in [
        "http://example.org",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org",
        "http://10.0.0.1",
    ] {
        refused(&CHANGES.replace("https://a/", url), 2, &["base_url", "loopback addresses only"]);
        refused(&QUERY.replace("https://a/", url), 2, &["url", "loopback addresses only"]);
    }
    for url in ["ftp://a/", "a", "https://u:p@a/", "https://a/?x=1"] {
        refused(&CHANGES.replace("https://a/", url), 2, &["base_url"]);
    }
}

#[test]
fn relative_paths_start_at_the_folder_of_the_file() {
    let config = accepted(
        "[database]\nurl = \"sqlite:data/a.db\"\n[keys]\nfile = \"a.key\"\n[vtj.tls]\nca_file = \"../ca\"\n",
    );
    assert_eq!(config.database.url().reveal(), "sqlite:/etc/ajantasa/data/a.db");
    assert_eq!(config.keys.file, Path::new("/etc/ajantasa/a.key"));
    assert_eq!(config.vtj.tls.ca_file.as_deref(), Some(Path::new("/etc/ajantasa/../ca")));
    let slashes = accepted("[database]\nurl = \"sqlite:///srv/a.db\"\n");
    assert_eq!(slashes.database, Database::Sqlite { file: "/srv/a.db".into() });
    for url in ["sqlite::memory:", "sqlite:", "sqlite:a.db?mode=ro", "mysql://a/b", "a.db"] {
        refused(&format!("[database]\nurl = \"{url}\"\n"), 2, &["database.url"]);
    }
}

#[test]
fn a_public_address_is_refused_unless_allowed() {
    for address in ["0.0.0.0:8080", "[::]:8080", "198.51.100.7:80", "[2001:db8::1]:80"] {
        refused(&format!("[web]\nlisten = \"{address}\"\n"), 2, &["web.listen", "public", "allow_public"]);
        accepted(&format!("[web]\nlisten = \"{address}\"\nallow_public = true\n"));
        refused(&format!("[service]\nlisten = \"{address}\"\n"), 2, &["service.listen", "allow_public"]);
        accepted(&format!("[service]\nlisten = \"{address}\"\nallow_public = true\n"));
    }
    accepted("[web]\nlisten = \"10.1.2.3:8080\"\n");
    refused("[service]\nlisten = \"10.1.2.3:8080\"\n", 2, &["service.listen"]);
    refused("[service]\nlisten = \"127.0.0.1:8080\"\n", 1, &["taken by web.listen"]);
    refused("[web]\nlisten = \"localhost\"\n", 2, &["address and port"]);
}

#[test]
fn numbers_outside_their_bounds_are_refused() {
    for size in ["0", "1001", "-1", "99999999999999999999"] {
        refused(&format!("{CHANGES}list_size = {size}\n"), 4, &["list_size: use 1 to 1000"]);
    }
    accepted(&format!("{CHANGES}list_size = 1\n"));
    refused("[register]\nmax_shrink_percent = 101\n", 2, &["use 0 to 100"]);
}

#[test]
fn municipalities_are_checked() {
    refused(&format!("{TOWN}{TOWN}"), 6, &["municipality[1].code: 710 is there twice"]);
    refused(&TOWN.replace("710", "71"), 2, &["three digits"]);
    refused(&TOWN.replace("[\"address\"]", "[]"), 1, &["field_groups: at least one is needed"]);
    refused(&TOWN.replace("field_groups", "#"), 1, &["field_groups: at least one is needed"]);
    refused(&TOWN.replace("\"address\"", "\"adress\""), 5, &["did you mean `address`?"]);
    refused(&TOWN.replace("\"address\"", "\"name\", \"name\""), 5, &["is there twice"]);
    refused(&TOWN.replace("\"sv\"", "\"se\""), 4, &["unknown \"se\""]);
    refused(&TOWN.replace("[\"sv\"]", "[]"), 1, &["languages: at least one"]);
    refused(&TOWN.replace("name = {", "#"), 1, &["name: this key is needed"]);
    let guardians = accepted(&TOWN.replace("\"address\"", "\"guardians\""));
    assert!(guardians.municipalities[0].grants.allow(FieldGroup::Guardians));
}

#[test]
fn a_schedule_replaces_the_default_of_its_task_only() {
    let own = "[[schedule]]\nname = \"nightly\"\ntask = \"fetch\"\ncron = \"30 3 * * *\"\nenabled = false\n";
    let config = accepted(own);
    assert_eq!(config.schedules.len(), Task::ALL.len());
    let fetch: Vec<_> = config.schedules.iter().filter(|entry| entry.task() == Some(Task::Fetch)).collect();
    assert_eq!((fetch.len(), fetch[0].name.as_str(), fetch[0].definition.enabled), (1, "nightly", false));

    refused(&own.replace("30 3", "3"), 4, &["schedule[0].cron: write five fields"]);
    refused(&own.replace("\"fetch\"", "\"fech\""), 3, &["is not one of", "did you mean `fetch`?"]);
    refused(&format!("{own}{own}"), 6, &["\"nightly\" is there twice"]);
    refused(&own.replace("nightly", "apply"), 1, &["name of another task", "choose another name"]);
}

#[test]
fn an_empty_schedule_changes_nothing() {
    let own = "[[schedule]]\n[[schedule]]\nname = \"nightly\"\ntask = \"fetch\"\ncron = \"30 3 * * *\"\n";
    let config = accepted(own);
    assert_eq!(config.schedules.len(), Task::ALL.len());
    assert!(show(&config).contains("name = \"nightly\"  # line 3"), "{}", show(&config));
    assert_eq!(config.origins.line("schedule[0].name"), Some(3));
}

const REFRESH: &str = "[[schedule]]\nname = \"before the file\"\ncron = \"0 6 * * 3\"\nmunicipalities = [\"710\"]\n\
                       segment = \"open_debts\"\npurpose = \"debt_collection\"\nbudget = 150\n";

#[test]
fn a_schedule_can_be_a_refresh_beside_the_rounds_of_every_task() {
    let more = "over_budget = \"first\"\noverlap = \"queue\"\nstart_within = \"6h\"\ncatch_up = false\n\
                skip_holidays = [\"christmas_eve\", \"may_day\"]\n";
    let config = accepted(&format!("{TOWN}{QUERY}{REFRESH}{more}"));
    assert_eq!(config.schedules.len(), Task::ALL.len() + 1);
    let definition = &config.schedules[0].definition;
    let refresh = definition.refresh().unwrap();
    assert_eq!((refresh.budget, refresh.segment.to_string().as_str()), (150, "open_debts"));
    assert_eq!((refresh.over_budget, definition.overlap), (OverBudget::First, Overlap::Queue));
    assert_eq!((definition.start_within_minutes, definition.catch_up), (Some(360), false));
    assert_eq!(definition.holidays(), [Holiday::MayDay, Holiday::ChristmasEve]);
    let all = accepted(&format!("{TOWN}{QUERY}{REFRESH}skip_holidays = \"all\"\n"));
    assert_eq!(all.schedules[0].definition.holidays(), Holiday::ALL);
}

#[test]
fn every_problem_of_a_refresh_has_its_line_and_says_what_to_write() {
    let town = TOWN.lines().count() + QUERY.lines().count();
    for (from, to, line, says) in [
        ("[\"710\"]", "[\"091\"]", 4, "091 is not configured"),
        ("[\"710\"]", "[]", 4, "name at least one of 710"),
        ("open_debts", "debts", 5, "segment, character 1"),
        ("open_debts", "home_service", 5, "home_service_groups"),
        ("debt_collection", "debts", 6, "choose from confirm_death"),
        ("debt_collection", "register_upkeep", 6, "write [vtj.changes]"),
        ("150", "0", 7, "use 1 to"),
        ("budget = 150", "", 1, "the most people one run may ask about"),
        ("segment = \"open_debts\"", "", 1, "schedule[0].segment: this key is needed"),
        ("budget", "over_budget = \"last\"\nbudget", 7, "is not one of wait, first"),
        ("budget", "start_within = \"6\"\nbudget", 7, "such as 90m, 6h or 2d"),
        ("budget", "skip_holidays = [\"mayday\"]\nbudget", 7, "did you mean `may_day`?"),
        ("budget", "task = \"fetch\"\nbudget", 4, "not both"),
    ] {
        refused(&format!("{TOWN}{QUERY}{}", REFRESH.replace(from, to)), town + line, &[says]);
    }
    refused(&format!("{TOWN}{REFRESH}"), TOWN.lines().count() + 6, &["write [vtj.query]"]);
}

#[test]
fn purposes_are_added_to_the_defaults_and_none_is_for_marketing() {
    let own = "[[purpose]]\nname = \"inventory\"\nlegal_basis = \"Act 1/2030\"\n";
    let config = accepted(own);
    assert_eq!(config.purposes.len(), default_rules().len() + 1);
    let desk = accepted(&own.replace("inventory", "desk"));
    assert_eq!(desk.purposes.len(), default_rules().len());
    assert!(desk.purposes.iter().any(|one| one.name() == "desk" && one.grounded.legal_basis == "Act 1/2030"));
    refused(&own.replace("inventory", "marketing"), 2, &["never used for marketing"]);
    refused(&own.replace("Act 1/2030", " "), 3, &["legal_basis"]);
    refused(&format!("{own}{own}"), 4, &["is there twice"]);
}

#[test]
fn x_road_clients_and_headers_are_checked() {
    refused(&QUERY.replace("FI/MUN/1-1/k", "FI/MUN/1-1"), 4, &["instance/class/code/subsystem"]);
    accepted(&format!("{CHANGES}extra_headers = {{ X-API-KEY = \"s3cret\" }}\n"));
    for header in ["Authorization = \"a\"", "\"a b\" = \"c\"", "X-A = \"a\\nb\"", "X-Road-Client = \"a\""] {
        refused(&format!("{CHANGES}extra_headers = {{ {header} }}\n"), 4, &["vtj.changes.extra_headers"]);
    }
}
