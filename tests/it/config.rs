//! The configuration's files: who may read them, where secrets come from, what `check` finds.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ajantasa::config::{
    Config, SecretError, SecretFileError, SecretName, SecretPlace, SecretSources, check, is_private, load,
    read_secret,
};
use secrecy::ExposeSecret;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn write(folder: &TempDir, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("writable");
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("our own file");
    path
}

fn any_cron(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("write five fields".to_owned()) } else { Ok(()) }
}

const TOWN: &str = "[[municipality]]\ncode = \"710\"\nname = { fi = \"Raasepori\" }\nlanguages = [\"sv\"]\n\
                    field_groups = [\"address\"]\n";

/// A configuration whose files are beside it.
fn configured(folder: &TempDir, more: &str) -> Config {
    let text = format!("[database]\nurl = \"sqlite:a.db\"\n[keys]\nfile = \"a.key\"\n{more}\n{TOWN}");
    load(&write(folder, "test.toml", &text, 0o644), any_cron).unwrap_or_else(|error| panic!("{error}"))
}

fn problems(config: &Config) -> String {
    let found = check(config, &SecretSources::default());
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn identity() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    (made.cert.pem(), made.signing_key.serialize_pem())
}

#[test]
fn a_secret_that_group_or_world_can_read_is_refused() {
    let folder = folder();
    for mode in [0o640, 0o604, 0o660, 0o644, 0o620] {
        let path = write(&folder, "password", "s3cret\n", mode);
        assert!(!is_private(&path).expect("it exists"), "{mode:o}");
        let error = read_secret(&path).expect_err("refused");
        assert!(matches!(error, SecretFileError::Public { .. }), "{mode:o}: {error}");
        assert!(error.to_string().contains("chmod 600") && !error.to_string().contains("s3cret"));
    }
    for mode in [0o600, 0o400] {
        let path = write(&folder, &format!("password-{mode:o}"), "s3cret\n", mode);
        assert!(is_private(&path).expect("it exists"));
        assert_eq!(read_secret(&path).expect("private").expose_secret(), "s3cret");
    }
}

#[test]
fn one_newline_at_the_end_of_a_secret_is_cut_and_no_more() {
    let folder = folder();
    for (text, secret) in
        [("a", "a"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a \n", " a "), ("\na", "\na")]
    {
        let path = write(&folder, "password", text, 0o600);
        assert_eq!(read_secret(&path).expect("private").expose_secret(), secret, "{text:?}");
    }
}

#[test]
fn a_file_that_cannot_hold_a_secret_is_refused() {
    let folder = folder();
    for text in ["", "\n", &"x".repeat(64 * 1024 + 1)] {
        let error = read_secret(&write(&folder, "password", text, 0o600)).expect_err("refused");
        assert!(matches!(error, SecretFileError::Content { .. }), "{error}");
    }
    let binary = folder.path().join("binary");
    fs::write(&binary, [0xff, 0xfe]).expect("writable");
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o600)).expect("our own file");
    assert!(matches!(read_secret(&binary), Err(SecretFileError::Content { .. })));
    assert!(matches!(read_secret(&folder.path().join("none")), Err(SecretFileError::Io { .. })));
}

#[test]
fn a_secret_comes_from_the_environment_then_a_credential_then_the_file() {
    let folder = folder();
    let file = write(&folder, "file", "from file", 0o600);
    let place = SecretPlace { name: SecretName::ChangesPassword, file: Some(file) };
    let mut sources = SecretSources::default();
    let read = |sources: &SecretSources| place.read(sources).map(|secret| secret.expose_secret().to_owned());
    assert_eq!(read(&sources).expect("private"), "from file");

    sources.credentials = Some(folder.path().to_owned());
    assert_eq!(read(&sources).expect("no credential yet"), "from file");
    // systemd shows group bits for the access list that lets the service user in.
    write(&folder, "vtj.changes.password", "from credential\n", 0o440);
    assert_eq!(read(&sources).expect("closed to the world"), "from credential");

    let named = write(&folder, "named", "from environment", 0o600);
    sources.named.insert(SecretName::ChangesPassword, named);
    assert_eq!(read(&sources).expect("private"), "from environment");

    let nowhere = SecretPlace { name: SecretName::QueryPassword, file: None };
    let error = nowhere.read(&SecretSources::default()).expect_err("nowhere");
    assert!(matches!(error, SecretError::Missing(SecretName::QueryPassword)));
    assert!(error.to_string().contains("vtj.query.password_file"), "{error}");
}

#[test]
fn a_missing_configuration_file_is_named() {
    let error = load(Path::new("/nowhere/ajantasa.toml"), any_cron).expect_err("missing");
    assert!(error.to_string().starts_with("/nowhere/ajantasa.toml: cannot read"), "{error}");
    assert!(error.to_string().contains("--config"), "{error}");
}

#[test]
fn a_sound_configuration_has_no_problem_and_nothing_is_left_behind() {
    let folder = folder();
    let (certificate, key) = identity();
    write(&folder, "a.key", "key", 0o600);
    write(&folder, "password", "s3cret", 0o600);
    write(&folder, "ca.pem", &certificate, 0o644);
    write(&folder, "client.pem", &format!("{certificate}{key}"), 0o600);
    let config = configured(
        &folder,
        "[vtj.changes]\nbase_url = \"https://a\"\nusername = \"u\"\npassword_file = \"password\"\n\
         [vtj.tls]\nca_file = \"ca.pem\"\nclient_identity_file = \"client.pem\"",
    );
    assert_eq!(problems(&config), "");
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 5);
}

#[test]
fn a_missing_key_file_names_the_command_that_makes_it() {
    let folder = folder();
    let found = problems(&configured(&folder, ""));
    assert!(found.contains("test.toml:4: keys.file"), "{found}");
    assert!(found.contains("`ajantasa keys create`"), "{found}");
}

#[test]
fn a_key_or_password_that_others_can_read_is_a_problem() {
    let folder = folder();
    write(&folder, "a.key", "key", 0o640);
    write(&folder, "password", "s3cret", 0o644);
    let config = configured(
        &folder,
        "[vtj.changes]\nbase_url = \"https://a\"\nusername = \"u\"\npassword_file = \"password\"\n\
         [vtj.query]\nurl = \"https://a\"\nvariant = \"direct\"\nusername = \"u\"",
    );
    let found = problems(&config);
    assert!(found.contains("keys.file") && found.contains("(mode 0640)"), "{found}");
    assert!(
        found.contains("test.toml:8: vtj.changes.password_file") && found.contains("(mode 0644)"),
        "{found}"
    );
    assert!(found.contains("test.toml:9: vtj.query.password_file: no secret is given"), "{found}");
    assert_eq!(found.lines().count(), 3, "{found}");
}

#[test]
fn certificates_that_cannot_be_read_are_a_problem() {
    let folder = folder();
    let (certificate, _) = identity();
    write(&folder, "a.key", "key", 0o600);
    let tls = "[vtj.tls]\nca_file = \"ca.pem\"\nclient_identity_file = \"client.pem\"";
    write(&folder, "client.pem", &certificate, 0o600);
    for (text, says) in [
        ("no certificate", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", "is not PEM"),
    ] {
        write(&folder, "ca.pem", text, 0o644);
        let found = problems(&configured(&folder, tls));
        assert!(found.contains("vtj.tls.ca_file") && found.contains(says), "{found}");
        assert!(found.contains("client.pem holds no private key"), "{found}");
    }
    fs::remove_file(folder.path().join("ca.pem")).expect("it was there");
    assert!(problems(&configured(&folder, tls)).contains("cannot read"));
}

#[test]
fn a_folder_that_cannot_hold_the_database_is_a_problem() {
    let folder = folder();
    write(&folder, "a.key", "key", 0o600);
    let text = format!("[database]\nurl = \"sqlite:none/a.db\"\n[keys]\nfile = \"a.key\"\n{TOWN}");
    let config = load(&write(&folder, "test.toml", &text, 0o644), any_cron).expect("sound");
    assert!(problems(&config).contains("database.url: the folder"), "{}", problems(&config));
    fs::create_dir(folder.path().join("a.db")).expect("a free name");
    let found = problems(&configured(&folder, ""));
    assert!(found.contains("is a folder"), "{found}");
}

#[test]
fn a_password_in_a_file_that_others_can_read_is_a_problem() {
    let folder = folder();
    write(&folder, "a.key", "key", 0o600);
    let text = format!("[database]\nurl = \"postgres://u:s3cret@h/d\"\n[keys]\nfile = \"a.key\"\n{TOWN}");
    let open = load(&write(&folder, "open.toml", &text, 0o644), any_cron).expect("sound");
    let found = problems(&open);
    assert!(found.contains("database.password_file") && !found.contains("s3cret"), "{found}");
    let private = load(&write(&folder, "private.toml", &text, 0o600), any_cron).expect("sound");
    assert_eq!(problems(&private), "");
}
