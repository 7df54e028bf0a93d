//! What `show` prints, and what it never prints.

use super::files::{EXAMPLE, uncommented_example};
use super::*;

#[test]
fn what_is_shown_reads_back_as_the_same_configuration() {
    for text in [EXAMPLE, &uncommented_example(), include_str!("../../../config/lukas.toml")] {
        let config = accepted(text);
        let mut back = without_origins(accepted(&show(&config)));
        let mut config = without_origins(config);
        for one in [&mut back, &mut config] {
            if let Some(changes) = &mut one.vtj.changes {
                changes.extra_headers.clear();
            }
        }
        assert_eq!(back, config, "{}", show(&config));
    }
}

#[test]
fn what_is_shown_says_where_each_key_comes_from() {
    let shown =
        show(&accepted("[web]\nlisten = \"127.0.0.1:81\"\n[[purpose]]\nname = \"a\"\nlegal_basis = \"b\"\n"));
    for line in [
        "listen = \"127.0.0.1:81\"  # line 2",
        "allow_public = false  # default",
        "name = \"desk\"  # default",
        "name = \"a\"  # line 3",
        "# [vtj.changes]: not set; nothing can be fetched or refreshed",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line:?} is not in:\n{shown}");
    }
}

#[test]
fn no_secret_is_shown_or_debugged() {
    let text = format!(
        "[database]\nurl = \"postgres://u:s3cret@h/d?password=s3cret&sslmode=require\"\n\
         {CHANGES}extra_headers = {{ X-API-KEY = \"s3cret\" }}\npassword_file = \"/p/changes\"\n"
    );
    let config = accepted(&text);
    assert!(config.database.url().reveal().contains("s3cret"));
    let shown = show(&config);
    assert!(!shown.contains("s3cret") && !format!("{config:?}").contains("s3cret"), "{shown}");
    assert!(shown.contains("postgres://u@h/d?sslmode=require") && shown.contains("/p/changes"), "{shown}");
    let wrong = refusal("[database]\nurl = \"postgres//u:s3cret@h/d\"\n");
    assert!(!wrong.contains("s3cret"), "{wrong}");
}
