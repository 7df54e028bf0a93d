//! Style sheet and scripts, inside the program. Their address holds a digest of their content, so a browser may keep
//! them for ever; a script in a page names the digest it must have.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256, Sha384};

/// The route of all of them.
pub(super) const PATH: &str = "/assets/{digest}/{name}";

#[derive(RustEmbed)]
#[folder = "src/web/assets"]
struct Files;

/// One file, ready to be sent.
struct Asset {
    url: String,
    integrity: String,
    content_type: &'static str,
    plain: Vec<u8>,
    gzip: Vec<u8>,
}

static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let names = Files::iter().map(String::from);
    names
        .filter_map(|name| Some((name.clone(), asset(&name, Files::get(&name)?.data.into_owned())?)))
        .collect()
});

fn asset(name: &str, plain: Vec<u8>) -> Option<Asset> {
    let content_type = match name.rsplit('.').next()? {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    };
    let digest = hex::encode(Sha256::digest(&plain));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&plain).ok()?;
    Some(Asset {
        url: format!("/assets/{}/{name}", &digest[..16]),
        integrity: format!("sha384-{}", STANDARD.encode(Sha384::digest(&plain))),
        content_type,
        plain,
        gzip: gzip.finish().ok()?,
    })
}

/// The address of a file; empty when there is none of the name.
pub(super) fn url(name: &str) -> &'static str {
    ASSETS.get(name).map_or("", |asset| &asset.url)
}

/// What the browser checks a file against.
pub(super) fn integrity(name: &str) -> &'static str {
    ASSETS.get(name).map_or("", |asset| &asset.integrity)
}

/// Sends a file.
pub(super) async fn get(Path((digest, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let asked = format!("/assets/{digest}/{name}");
    let Some(asset) = ASSETS.get(&name).filter(|asset| asset.url == asked) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let takes_gzip = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim().starts_with("gzip")));
    let body = if takes_gzip { &asset.gzip } else { &asset.plain };
    let mut response = body.as_slice().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    if takes_gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_an_address_with_its_digest() {
        for name in ["ajantasa.css", "ajantasa.js", "htmx-2.0.11.min.js"] {
            assert!(url(name).ends_with(name), "{name}");
            assert!(integrity(name).starts_with("sha384-"), "{name}");
        }
    }
}
