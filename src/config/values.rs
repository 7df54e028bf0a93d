//! Single values read from text: addresses, clients, headers. Each function says what to write instead.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::quota::Price;

/// Any text that is not empty.
pub(super) fn some_text(text: &str) -> Result<String, String> {
    let trimmed = text.trim();
    if trimmed.is_empty() { Err("write a text here".to_owned()) } else { Ok(trimmed.to_owned()) }
}

/// The address of a VTJ interface: `https://`, or `http://` on this machine only. No slash is left at its end.
pub(super) fn vtj_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).map_err(|error| format!("this is not an address: {error}"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(url.host_str().unwrap_or_default()) => {}
        "http" => return Err("http:// is accepted for loopback addresses only; use https://".to_owned()),
        other => return Err(format!("{other}:// is not known; use https://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address must not hold a name or password; use username and password_file".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("an address ends before ? and #".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// What a directory calls itself: an address by which its description is found. It is kept to the letter, as the
/// directory repeats it.
pub(super) fn issuer(text: &str) -> Result<String, String> {
    vtj_url(text).map(|_| text.to_owned())
}

/// Whether a host of an address is this machine.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether an address leads to this machine.
pub(super) fn leads_to_loopback(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| is_loopback(url.host_str().unwrap_or_default()))
}

/// An X-Road client: `instance/class/code/subsystem`.
pub(super) fn x_road_client(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let plain = |part: &&str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_graphic());
    if parts.len() == 4 && parts.iter().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("write instance/class/code/subsystem, such as FI/MUN/1234567-1/kirjasto".to_owned())
    }
}

/// A price in euros, with a point and at most six decimals.
pub(super) fn price(text: &str) -> Result<Price, String> {
    let wrong = || "write euros in quotes, such as \"0.011\"".to_owned();
    let (euros, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(euros) || !digits(decimals) || euros.len() > 6 || decimals.len() > 6 {
        return Err(wrong());
    }
    let euros: u64 = euros.parse().map_err(|_| wrong())?;
    let micros: u64 = format!("{decimals:0<6}").parse().map_err(|_| wrong())?;
    Ok(Price { micro_euros: euros * 1_000_000 + micros })
}

/// Headers that the client makes itself or that would change the meaning of a request.
const OWN_HEADERS: [&str; 10] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "mutp-salasana",
    "mutp-tunnus",
    "transfer-encoding",
    "x-road-client",
];

/// A header that a gateway wants.
pub(super) fn extra_header(name: &str, value: &str) -> Result<(), String> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err(format!("{name:?} is not the name of a header"));
    }
    if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!("the header {name} is set by Ajantasa itself; remove it"));
    }
    if value.is_empty() || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(format!("the value of {name} must be plain ASCII on one line"));
    }
    Ok(())
}

/// An address and port to listen on.
pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{text:?} is not an address and port; write such as 127.0.0.1:8080"))
}

/// The address that browsers use: scheme, name, and a port that is not the usual one.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let origin = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let wrong = || format!("{text:?} is not an address such as https://ajantasa.example.fi");
    let url = reqwest::Url::parse(&origin).map_err(|_| wrong())?;
    let is_plain = url.path() == "/" && url.query().is_none() && url.username().is_empty();
    let is_loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" if is_plain => Ok(url.origin().ascii_serialization()),
        "http" if is_plain && is_loopback => Ok(url.origin().ascii_serialization()),
        "http" if is_plain => {
            Err("browsers must reach the pages by https://, except on this machine".to_owned())
        }
        _ => Err(wrong()),
    }
}

/// Where something is told: an e-mail address, or the `https` address of a form.
pub(super) fn feedback(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_form = reqwest::Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    let plain = |character: char| character.is_ascii_alphanumeric() || ".-_+".contains(character);
    let is_email = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && name.chars().all(plain) && host.chars().all(plain)
    });
    if is_form || is_email {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is neither an e-mail address nor an https address"))
    }
}

/// Whether an address can only be reached from this machine or its own network.
pub(super) fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_internal(IpAddr::V4(v4)),
            None => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
        },
    }
}

/// The file of a `sqlite:` address; relative ones start at `folder`. None for another kind of address.
pub(super) fn sqlite_file(url: &str, folder: &Path) -> Option<Result<PathBuf, String>> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(if path.is_empty() || path.contains(":memory:") {
        Err("name a file, such as sqlite:/var/lib/ajantasa/ajantasa.db".to_owned())
    } else if path.contains(['?', '#', '%']) {
        Err("write the path of the file only, without ?, # or %".to_owned())
    } else if folder.to_str().is_none() {
        Err("the folder of the configuration file has a name that is not UTF-8; move the file".to_owned())
    } else {
        Ok(folder.join(path))
    })
}

/// A PostgreSQL address. What is wrong with it is said without the address: it may hold a password.
pub(super) fn postgres_url(url: &str) -> Result<(), String> {
    let parsed = reqwest::Url::parse(url)
        .map_err(|error| format!("this is not an address: {error}; write postgres://user@host/database"))?;
    match parsed.scheme() {
        "postgres" | "postgresql" => Ok(()),
        _ => Err("write sqlite:FILE or postgres://user@host/database".to_owned()),
    }
}

/// A PostgreSQL address with its password cut out, for display.
pub(super) fn without_password(url: &str) -> String {
    let Ok(mut parsed) = reqwest::Url::parse(url) else { return "postgres://".to_owned() };
    let query: Vec<(String, String)> = parsed
        .query_pairs()
        .filter(|(key, _)| key != "password")
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    if query.is_empty() {
        parsed.set_query(None);
    } else {
        parsed.query_pairs_mut().clear().extend_pairs(query);
    }
    // Refused only for addresses that cannot have a password at all.
    let _ = parsed.set_password(None);
    parsed.to_string()
}

/// Whether a PostgreSQL address holds a password.
pub(super) fn holds_password(url: &str) -> bool {
    reqwest::Url::parse(url)
        .is_ok_and(|url| url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password"))
}
