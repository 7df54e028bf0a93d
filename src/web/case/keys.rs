//! The keys: what they do, and the form by which a script lets them be changed.

use askama::Template;
use axum::response::Response;

use crate::web::Frame;
use crate::web::errors::WebError;
use crate::web::visit::{Visit, page};

/// Every key with its act, in the order of the page. The text of an act is `keys-ACT`.
const KEYS: [(&str, &str); 10] = [
    ("a", "approve"),
    ("r", "reject"),
    ("j", "next"),
    ("k", "previous"),
    ("u", "undo"),
    ("s", "snooze"),
    ("m", "assign"),
    ("e", "edit"),
    ("p", "provenance"),
    ("?", "keys"),
];

#[derive(Template)]
#[template(path = "case/keys.html")]
struct KeysPage {
    frame: Frame,
    keys: Vec<Key>,
}

struct Key {
    sign: &'static str,
    act: &'static str,
    text: String,
}

pub(super) async fn show(visit: Visit) -> Result<Response, WebError> {
    let keys = KEYS.map(|(sign, act)| Key { sign, act, text: visit.t(&format!("keys-{act}")) });
    page(&KeysPage { frame: visit.frame(visit.t("keys-title")), keys: keys.into() })
}
