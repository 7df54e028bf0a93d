//! The files that are delivered: complete, and equal to the defaults.

use super::*;

pub(super) const EXAMPLE: &str = include_str!("../../../config/ajantasa.toml");

/// Whether a comment of the example is a key or a table that was commented out.
fn is_commented_key(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("# ") else { return false };
    let key = rest.split(" = ").next().unwrap_or_default();
    rest.starts_with('[')
        || (rest.contains(" = ") && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
}

pub(super) fn uncommented_example() -> String {
    let strip = |line: &str| if is_commented_key(line) { line[2..].to_owned() } else { line.to_owned() };
    let text = EXAMPLE.lines().map(strip).collect::<Vec<_>>().join("\n");
    if cfg!(feature = "oidc") {
        return text;
    }
    let (before, rest) = text.split_once("[web.oidc]").expect("the section is there");
    let (_, after) = rest.split_once("[service]").expect("and the next one");
    format!("{before}\n[service]{after}")
}

#[test]
fn the_example_file_equals_the_defaults() {
    assert_eq!(without_origins(accepted(EXAMPLE)), without_origins(accepted("")));
}

#[test]
fn the_example_file_parses_with_every_key_uncommented_and_shows_the_defaults() {
    let full = accepted(&uncommented_example());
    let defaults = accepted("");
    assert_eq!(
        (&full.database, &full.keys, &full.identity_code, &full.register, &full.web.listener, &full.service),
        (
            &defaults.database,
            &defaults.keys,
            &defaults.identity_code,
            &defaults.register,
            &defaults.web.listener,
            &defaults.service
        )
    );
    assert_eq!(full.web.origin.as_deref(), Some("https://ajantasa.example.fi"));
    assert_eq!(full.web.feedback.as_deref(), Some("saavutettavuus@kirjasto.example.fi"));
    let changes = full.vtj.changes.expect("the table is there");
    assert_eq!((changes.auth, changes.list_size, changes.deadline_seconds), (Auth::Basic, 1000, 60));
    assert_eq!((changes.attempts, changes.page_limit), (3, 1000));
    let query = full.vtj.query.expect("the table is there");
    assert_eq!((query.variant, query.daily_ceiling, query.deadline_seconds), (QueryVariant::XRoad, 200, 30));
    assert_eq!((query.attempts, query.x_road_instance.as_str()), (3, "FI"));
}

#[test]
fn the_example_file_names_every_key_that_is_read() {
    let full = uncommented_example();
    for (table, key) in every_key() {
        let mut here = table.is_empty();
        let named = full.lines().any(|line| {
            if line.starts_with('[') {
                here = table.is_empty() || line.trim_matches(['[', ']']) == table;
            }
            here && line.starts_with(&format!("{key} = "))
        });
        assert!(named, "{key} of {table} is not in the example");
    }
}

/// The keys, as the reader itself lists them when it meets one that is like none.
fn every_key() -> Vec<(String, String)> {
    let tables = [
        "[database]",
        "[keys]",
        "[identity_code]",
        "[vtj.changes]",
        "[vtj.query]",
        "[vtj.tls]",
        "[register]",
        "[register.csv]",
        "[web]",
        #[cfg(feature = "oidc")]
        "[web.oidc]",
        "[service]",
        "[[municipality]]",
        "[[schedule]]",
        "[schedules]",
        "[[purpose]]",
        "[collection]",
        "[review]",
        "[retention]",
    ];
    let mut keys = Vec::new();
    for table in tables {
        let problems = refusal(&format!("{table}\nzzzz0 = 1\n"));
        let line = problems.lines().find(|line| line.contains("zzzz0")).expect("the unknown key is reported");
        let known = line.split("known here: ").nth(1).expect("nothing is like it").to_owned();
        for key in known.split(", ").filter(|key| !["csv", "oidc"].contains(key)) {
            keys.push((table.trim_matches(['[', ']']).to_owned(), key.to_owned()));
        }
    }
    assert!(keys.len() > 45, "{keys:?}");
    keys
}

#[test]
fn the_ready_files_are_complete() {
    for (text, codes) in [
        (include_str!("../../../config/lukas.toml"), vec!["078", "149", "710", "755"]),
        (include_str!("../../../config/vantaa.toml"), vec!["092"]),
    ] {
        let config = accepted(text);
        let found: Vec<_> = config.municipalities.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(found, codes);
        assert_eq!(config.register.mode, RegisterMode::Observe);
        assert!(config.municipalities.iter().all(|one| !one.grants.allow(FieldGroup::Guardians)));
    }
}

/// The keys that an installation is likely to write, all at once.
const USUAL: &str = r#"
[database]
url = "sqlite:/var/lib/ajantasa/ajantasa.db"
[keys]
file = "/etc/ajantasa/ajantasa.key"
[identity_code]
allow_test_codes = false
[vtj.changes]
base_url = "https://security-server/r1/FI/GOV/0245437-2/VTJmutpa/VTJmutpa/api/v1"
auth = "basic"
username = "…"
password_file = "…"
x_road_client = "FI/MUN/1234567-1/kirjasto"
list_size = 1000
[vtj.query]
url = "https://security-server/"
variant = "x-road"
product = "PERUSSANOMA 3"
username = "S000000"
password_file = "…"
x_road_client = "FI/MUN/1234567-1/kirjasto"
x_road_instance = "FI"
daily_ceiling = 200
[vtj.tls]
[register]
mode = "write"
[web]
listen = "127.0.0.1:8080"
[service]
listen = "127.0.0.1:9310"
[[municipality]]
code = "710"
name = { fi = "Raasepori", sv = "Raseborg", en = "Raseborg" }
languages = ["sv", "fi"]
field_groups = ["address", "name", "death", "protection", "identity_code", "language"]
[[schedule]]
"#;

#[test]
fn a_file_with_the_usual_keys_is_complete() {
    let config = accepted(USUAL);
    assert_eq!(config.schedules, default_schedules());
    assert_eq!(config.municipalities[0].languages, [Language::Sv, Language::Fi]);
    assert_eq!(config.municipalities[0].grants.iter().count(), 6);
    let changes = config.vtj.changes.expect("the table is there");
    assert_eq!(changes.password.file.as_deref(), Some(Path::new("/etc/ajantasa/…")));
}
