//! Readers of the listeners: the staff pages with their certificate and the city's own directory, and the service
//! page.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::lists::municipality_name;
use super::model::{Listener, Oidc, OidcSecondFactor, Pages, PagesCertificate};
use super::problem::nearest;
use super::reader::{Found, Section};
use super::secrets::{SecretName, SecretPlace};
use super::values;
use crate::municipality::Municipality;
use crate::staff::Role;

/// The longest that an account lasts without a sign-in, in days.
const MOST_DAYS: u32 = 400;

/// The staff pages and the service page.
pub(super) fn read(root: &mut Section<'_>, municipalities: &[Municipality]) -> (Pages, Listener) {
    let mut section = root.table("web");
    let listener_read = listener(&mut section, Listener::DEFAULT_WEB, "a public address", |address| {
        values::is_internal(address.ip())
    });
    let origin = section.parsed("origin", values::origin);
    let feedback = section.parsed("feedback", values::feedback);
    let certificate = certificate(&mut section, origin.as_deref());
    let oidc = oidc(&mut section, municipalities);
    section.finish();
    let web = Pages { listener: listener_read, origin, feedback, certificate, oidc };

    let mut section = root.table("service");
    let service =
        listener(&mut section, Listener::DEFAULT_SERVICE, "an address outside this machine", |address| {
            address.ip().is_loopback()
        });
    if service.listen == web.listener.listen && service.listen.port() != 0 {
        let message =
            format!("service.listen: {} is taken by web.listen; choose another port", service.listen);
        section.problem(None, message, None);
    }
    section.finish();
    (web, service)
}

fn listener(
    section: &mut Section<'_>,
    default: SocketAddr,
    refused: &str,
    is_safe: fn(&SocketAddr) -> bool,
) -> Listener {
    let allow_public = section.flag("allow_public", false);
    let listen = section.parsed("listen", |text| {
        let address = values::listen(text)?;
        if allow_public || is_safe(&address) {
            Ok(address)
        } else {
            Err(format!("{address} is {refused}; use 127.0.0.1, or set allow_public = true"))
        }
    });
    Listener { listen: listen.unwrap_or(default), allow_public }
}

/// A key may also come from the environment, so one that is not in the file is no problem of the file.
fn certificate(section: &mut Section<'_>, origin: Option<&str>) -> Option<PagesCertificate> {
    let file = section.path("certificate_file");
    let key = SecretPlace { name: SecretName::WebKey, file: section.path("key_file") };
    if file.is_none() && key.file.is_some() {
        section.problem_of("key_file", "a key needs its certificate; write certificate_file too");
    }
    if file.is_some() && origin.is_some_and(|origin| origin.starts_with("http://")) {
        section.problem_of(
            "origin",
            "with certificate_file browsers reach the pages by https://; write that here",
        );
    }
    file.map(|file| PagesCertificate { file, key })
}

fn oidc(web: &mut Section<'_>, municipalities: &[Municipality]) -> Option<Oidc> {
    let mut section = web.table("oidc");
    if !section.is_present() {
        return None;
    }
    if !cfg!(feature = "oidc") {
        let message = "web.oidc: this program was built without OpenID Connect".to_owned();
        let hint = "install one that was built with `cargo build --features oidc`, or remove the section";
        section.problem(None, message, Some(hint.to_owned()));
    }
    let issuer = section.needed("issuer", values::issuer);
    let client_id = section.needed("client_id", values::some_text);
    let client_secret =
        SecretPlace { name: SecretName::DirectorySecret, file: section.path("client_secret_file") };
    let name = municipality_name(&mut section);
    let ca_file = section.path("ca_file");
    let scopes = section.texts("scopes").map_or_else(|| vec![Oidc::SCOPE.to_owned()], plain);
    let claim_name =
        section.parsed("claim_name", values::some_text).unwrap_or_else(|| Oidc::CLAIM_NAME.to_owned());
    let claim_roles = section.needed("claim_roles", values::some_text);
    let roles = roles(&mut section);
    let claim_municipalities = section.parsed("claim_municipalities", values::some_text);
    let known: Vec<&str> = municipalities.iter().map(|one| one.code.as_str()).collect();
    let codes = mapped(&mut section, "municipalities", &known, |code| Some(code.to_owned()));
    if claim_municipalities.is_none() && roles.values().any(|role| *role == Role::Reviewer) {
        let message =
            "web.oidc.claim_municipalities: this key is needed: a reviewer decides about some municipalities";
        section.problem(None, message.to_owned(), None);
    }
    let protected = protected(&mut section);
    let second_factor = second_factor(&mut section);
    let days = section.number("days", &(1..=MOST_DAYS), Oidc::DAYS);
    section.finish();
    Some(Oidc {
        issuer: issuer?,
        client_id: client_id?,
        client_secret,
        name: name?,
        ca_file,
        scopes,
        claim_name,
        claim_roles: claim_roles?,
        roles,
        claim_municipalities,
        municipalities: codes,
        protected,
        second_factor,
        days,
    })
}

fn plain(texts: Vec<Found<String>>) -> Vec<String> {
    texts.into_iter().map(|found| found.value.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

fn roles(section: &mut Section<'_>) -> BTreeMap<String, Role> {
    let roles = mapped(section, "roles", &Role::ALL.map(Role::as_str), Role::from_word);
    if roles.is_empty() && !section.has("roles") {
        let hint = "write roles = { \"a value of the claim\" = \"reviewer\" }".to_owned();
        section.problem(None, "web.oidc.roles: this key is needed".to_owned(), Some(hint));
    }
    roles
}

/// A table from values of a claim to words of ours.
fn mapped<T>(
    section: &mut Section<'_>,
    key: &'static str,
    known: &[&str],
    read: fn(&str) -> Option<T>,
) -> BTreeMap<String, T> {
    let mut map = BTreeMap::new();
    for (value, found) in section.pairs(key) {
        let word = known.contains(&found.value.as_str()).then(|| read(&found.value)).flatten();
        if let Some(word) = word {
            map.insert(value, word);
        } else {
            let message = format!("web.oidc.{key}: {:?} is not one of {}", found.value, known.join(", "));
            section.problem(Some(found.line), message, nearest(&found.value, known));
        }
    }
    map
}

fn protected(section: &mut Section<'_>) -> Option<(String, String)> {
    let claim = section.parsed("claim_protected", values::some_text);
    let value = section.parsed("protected_value", values::some_text);
    if claim.is_some() != value.is_some() {
        let message = "web.oidc: claim_protected and protected_value are written both or not at all";
        section.problem(None, message.to_owned(), None);
    }
    claim.zip(value)
}

fn second_factor(section: &mut Section<'_>) -> OidcSecondFactor {
    let by_provider = section.word("second_factor", &[("here", false), ("provider", true)], false);
    let ways = section.texts("acr_values").map(plain).unwrap_or_default();
    if by_provider && ways.is_empty() {
        let message = "web.oidc.acr_values: this key is needed with second_factor = \"provider\"";
        let hint = "write what the directory says of a sign-in with a second factor (acr)";
        section.problem(None, message.to_owned(), Some(hint.to_owned()));
    }
    if by_provider { OidcSecondFactor::Provider(ways) } else { OidcSecondFactor::Here }
}
