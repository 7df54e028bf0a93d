//! The pages over TLS, with a certificate of their own.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ajantasa::config::{PagesCertificate, SecretName, SecretPlace, SecretSources};
use ajantasa::staff::Role;
use ajantasa::web::{self, Certificate, Settings};
use reqwest::StatusCode;
use reqwest::redirect::Policy;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::{PASSWORD, Site};
use crate::database;
use crate::scenario::Place;

/// A new certificate for this machine in two files of a folder; its text.
fn make(folder: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    write(&folder.join("web.pem"), &made.cert.pem(), 0o644);
    write(&folder.join("web.key"), &made.signing_key.serialize_pem(), 0o600);
    made.cert.pem()
}

fn write(file: &PathBuf, text: &str, mode: u32) {
    fs::write(file, text).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
}

fn read(folder: &Path) -> Result<Certificate, web::CertificateError> {
    let key = SecretPlace { name: SecretName::WebKey, file: Some(folder.join("web.key")) };
    let files = PagesCertificate { file: folder.join("web.pem"), key };
    Certificate::read(files, Arc::new(SecretSources::default()))
}

/// Pages that are served over TLS on a port of this machine.
struct Served {
    address: SocketAddr,
    certificate: Arc<Certificate>,
    closing: CancellationToken,
    // The pages read what is in force from here.
    site: Site,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}

async fn serve(folder: &Path) -> Served {
    let site = Site::new(&Place::Sqlite).await.with(Settings { is_tls: true, ..Settings::default() });
    let listener = web::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let certificate = Arc::new(read(folder).unwrap());
    let closing = CancellationToken::new();
    let (pages, held, ending) = (site.web.clone(), Arc::clone(&certificate), closing.clone());
    tokio::spawn(async move { web::serve_over_tls(pages, listener, &held, ending).await });
    Served { address, certificate, closing, site }
}

/// A browser that trusts one certificate.
fn browser(pem: &str) -> reqwest::Client {
    let trusted = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .tls_certs_only([trusted])
        .timeout(Duration::from_secs(20))
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

async fn is_answered(pem: &str, address: SocketAddr) -> bool {
    browser(pem).get(format!("https://{address}/")).send().await.is_ok()
}

#[test]
fn over_tls_cookies_belong_to_this_host_and_browsers_stay_with_tls() {
    database::block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let pem = make(folder.path());
        let served = serve(folder.path()).await;
        served.site.account("maija", Role::Reviewer, &["710"], false).await;
        let url = format!("https://{}", served.address);
        let page = browser(&pem).get(&url).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(page.headers()["strict-transport-security"], "max-age=31536000");
        let sign_in = |origin: String| {
            let form = format!("name=maija&password={}", PASSWORD.replace(' ', "+"));
            let request = browser(&pem).post(format!("{url}/sign-in")).body(form);
            request.header("origin", origin).header("content-type", "application/x-www-form-urlencoded")
        };
        let answer = sign_in(url.clone()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookies: Vec<_> =
            answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
        assert!(cookies.iter().any(|cookie| cookie.starts_with("__Host-ajantasa=")), "{cookies:?}");
        assert!(cookies.iter().all(|cookie| cookie.contains("; Secure")), "{cookies:?}");
        let foreign = sign_in(url.replace("https", "http")).send().await.unwrap();
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    });
}

#[test]
fn who_asks_is_who_is_connected_because_no_proxy_stands_in_front() {
    database::block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let pem = make(folder.path());
        let served = serve(folder.path()).await;
        served.site.account("maija", Role::Reviewer, &["710"], false).await;
        let url = format!("https://{}", served.address);
        let form = format!("name=maija&password={}", PASSWORD.replace(' ', "+"));
        let request = browser(&pem).post(format!("{url}/sign-in")).body(form).header("origin", &url);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.header("x-forwarded-for", "198.51.100.7").send().await.unwrap();
        assert_eq!(served.site.scenario.texts("SELECT address FROM session").await, ["127.0.0.1"]);
    });
}

#[test]
fn slow_broken_and_plain_visitors_hold_up_nobody() {
    database::block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let pem = make(folder.path());
        let served = serve(folder.path()).await;
        let mut silent = Vec::new();
        for _ in 0..100 {
            silent.push(TcpStream::connect(served.address).await.unwrap());
        }
        let mut broken = TcpStream::connect(served.address).await.unwrap();
        broken.write_all(b"\x16\x03\x01\x02\x00\x01\xff\xff\xff not a hello at all").await.unwrap();
        let mut plain = TcpStream::connect(served.address).await.unwrap();
        plain.write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.unwrap();
        assert!(is_answered(&pem, served.address).await);
        let mut answer = Vec::new();
        // Either an alert and the end, or the end at once; no page in the clear.
        let _ = tokio::time::timeout(Duration::from_secs(20), plain.read_to_end(&mut answer)).await.unwrap();
        assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1"), "{answer:?}");
        drop(silent);
    });
}

#[test]
fn a_certificate_is_changed_while_the_pages_are_served_and_a_bad_one_is_not_taken() {
    database::block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let old = make(folder.path());
        let served = serve(folder.path()).await;
        let new = make(folder.path());
        assert!(is_answered(&old, served.address).await && !is_answered(&new, served.address).await);
        served.certificate.read_again().unwrap();
        assert!(is_answered(&new, served.address).await && !is_answered(&old, served.address).await);
        write(&folder.path().join("web.pem"), "nothing", 0o644);
        served.certificate.read_again().unwrap_err();
        assert!(is_answered(&new, served.address).await);
    });
}

#[test]
fn a_certificate_that_cannot_be_used_says_the_file_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (pem, key) = (folder.path().join("web.pem"), folder.path().join("web.key"));
    let refusal = || read(folder.path()).map(|_| ()).unwrap_err().to_string();
    let says = |words: &[&str]| {
        let text = refusal();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    };
    says(&["web.certificate_file: cannot read", "web.pem"]);
    make(folder.path());
    read(folder.path()).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    says(&["web.key_file", "web.key can be read by others (mode 0640)", "chmod 600"]);
    write(&key, "nothing", 0o600);
    says(&["web.key holds no private key", "PEM"]);
    fs::remove_file(&key).unwrap();
    says(&["web.key_file: cannot read", "web.key"]);
    let first = make(folder.path());
    make(folder.path());
    write(&pem, &first, 0o644);
    says(&["web.key is not the key of the first certificate in", "web.pem"]);
    write(&pem, "nothing", 0o644);
    says(&["web.pem holds no certificate in PEM"]);
}
