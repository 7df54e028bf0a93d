//! One request: who asks, in which language, and what the page around the answer needs.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{COOKIE, HOST, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse as _, Response};
use axum_extra::extract::CookieJar;

use super::errors::{self, WebError};
use super::practice::{self, Lesson};
use super::sign_in::next;
use super::{Frame, Language, Theme, Web, headers, language};
use crate::review::reveal;
use crate::staff::ProvedAccount;
use crate::staff::device::Device;
use crate::staff::factor::key;
use crate::staff::session::{self, Session, Token, Visitor};
use crate::staff::sign_in::Entrance;
use crate::task::Context;

/// The cookie of the session, where the pages are reached by TLS.
const SECURE_COOKIE: &str = "__Host-ajantasa";
/// The same on this machine.
const PLAIN_COOKIE: &str = "ajantasa";
/// The cookies of a known device and of where somebody was going: where the pages are reached by TLS, and on this
/// machine.
pub(super) const DEVICE_COOKIE: (&str, &str) = ("__Host-device", "device");
pub(super) const NEXT_COOKIE: (&str, &str) = ("__Host-next", "next");
/// The cookie by which a browser that was sent to the directory is known again.
#[cfg(feature = "oidc")]
pub(super) const DIRECTORY_COOKIE: (&str, &str) = ("__Host-directory", "directory");
/// The cookie of the language, for who has not signed in.
pub(super) const LANGUAGE_COOKIE: &str = "language";
/// The cookie of the theme.
pub(super) const THEME_COOKIE: &str = "theme";

/// One request, and whoever makes it.
#[derive(Clone)]
pub struct Visit {
    pub(super) web: Arc<Web>,
    pub(super) language: Language,
    pub(super) theme: Theme,
    /// The address of these pages, as this browser reaches them.
    #[cfg(feature = "oidc")]
    pub(super) origin: String,
    /// The path, without what follows a question mark.
    pub(super) path: String,
    /// What the network tells of the visitor.
    pub(super) visitor: Visitor,
    /// The word by which the browser is known.
    pub(super) device: Option<Device>,
    /// The word of a browser that was sent to the directory.
    #[cfg(feature = "oidc")]
    pub(super) ticket: Option<crate::staff::directory::Ticket>,
    /// The page that was asked for before signing in.
    pub(super) next: Option<String>,
    /// The page that is asked for now, if a person at a browser does so.
    pub(super) asked: Option<String>,
    /// The site that a security key is asked for; none where the pages are reached by a number.
    pub(super) key_site: Option<key::Site>,
    /// What of the page belongs to practice; none outside of practice.
    pub(super) lesson: Option<Lesson>,
    /// How many notices the account has not seen.
    pub(super) unseen: i64,
    signed: Option<Signed>,
}

/// Who is signed in.
#[derive(Clone)]
struct Signed {
    session: Session,
    form_word: String,
}

impl Visit {
    async fn of(web: Arc<Web>, request: &Parts) -> Result<Self, WebError> {
        let jar = CookieJar::from_headers(&request.headers);
        let cookie = |name: &str| jar.get(name).map(|cookie| cookie.value().to_owned());
        let signed = match cookie(web.cookie_name()).and_then(|word| Token::parse(&word)) {
            Some(token) => {
                let found = session::find(&web.context("web"), &token).await?;
                found.map(|session| Signed { session, form_word: token.form_word() })
            }
            None => None,
        };
        let whole = signed.as_ref().map(|signed| &signed.session).filter(|session| !session.row.is_half);
        let told = whole.filter(|session| reveal::can_be_told(&session.account));
        let unseen = told.map_or(0, |session| session.unseen);
        let chosen = match &signed {
            Some(signed) => Some(signed.session.row.language.clone()),
            None => cookie(LANGUAGE_COOKIE),
        };
        let language = chosen
            .and_then(|code| Language::from_code(&code))
            .unwrap_or_else(|| language::wanted(&request.headers));
        let theme = cookie(THEME_COOKIE).and_then(|word| Theme::from_word(&word)).unwrap_or_default();
        let visitor = Visitor {
            language: language.as_str().to_owned(),
            agent: text_of(&request.headers, USER_AGENT.as_str()).unwrap_or_default(),
            address: web.address_of(request),
        };
        let mut visit = Self {
            language,
            theme,
            #[cfg(feature = "oidc")]
            origin: web.origin_of(&request.headers),
            path: request.uri.path().to_owned(),
            visitor,
            device: cookie(web.named(DEVICE_COOKIE)).and_then(|word| Device::parse(&word)),
            #[cfg(feature = "oidc")]
            ticket: cookie(web.named(DIRECTORY_COOKIE))
                .and_then(|word| crate::staff::directory::Ticket::parse(&word)),
            next: cookie(web.named(NEXT_COOKIE)).filter(|path| next::is_page(path)),
            asked: next::asked(request),
            key_site: web.key_site(&request.headers),
            lesson: None,
            unseen,
            signed,
            web,
        };
        visit.lesson = practice::lesson(&visit, request.uri.query().unwrap_or_default()).await?;
        Ok(visit)
    }

    /// Whoever is signed in.
    pub(super) fn account(&self) -> Option<&ProvedAccount> {
        self.whole().map(|session| &session.account)
    }

    /// The session, if it has seen all that is asked for.
    fn whole(&self) -> Option<&Session> {
        self.signed.as_ref().map(|signed| &signed.session).filter(|session| !session.row.is_half)
    }

    /// The session of a page between the password and the second factor.
    pub(super) fn half(&self) -> Result<&Session, WebError> {
        let signed = self.signed.as_ref().map(|signed| &signed.session);
        signed.filter(|session| session.row.is_half).ok_or(WebError::SignedOut)
    }

    /// From where somebody signs in.
    pub(super) fn entrance<'a>(&'a self, context: &'a Context) -> Entrance<'a> {
        Entrance {
            context,
            visitor: &self.visitor,
            device: self.device.as_ref(),
            asks_second_factor: self.web.asks_second_factor(),
        }
    }

    /// The account of a page that only the signed-in reach.
    pub(super) fn actor(&self) -> Result<&ProvedAccount, WebError> {
        self.account().ok_or(WebError::SignedOut)
    }

    /// The session.
    pub(super) fn session(&self) -> Result<&Session, WebError> {
        self.whole().ok_or(WebError::SignedOut)
    }

    /// What the functions of the shell work with, for acts of this session.
    pub(super) fn context(&self) -> Context {
        let login = self.account().map_or("web", |account| &account.os_user);
        self.web.context(login)
    }

    /// The word that the session's forms carry; none for who has not signed in.
    pub(super) fn form_word(&self) -> Option<&str> {
        self.signed.as_ref().map(|signed| signed.form_word.as_str())
    }

    /// The page around an answer.
    pub(super) fn frame(&self, title: impl Into<String>) -> Frame {
        Frame::new(self, title.into())
    }

    /// A text without variables, in the language of the page.
    pub(super) fn t(&self, id: &str) -> String {
        self.language.t(id)
    }
}

/// A page.
pub(super) fn page(template: &impl Template) -> Result<Response, WebError> {
    page_with(StatusCode::OK, template)
}

/// A page with a status of its own, such as that of a form that was not right.
pub(super) fn page_with(status: StatusCode, template: &impl Template) -> Result<Response, WebError> {
    let text = template.render().map_err(|error| WebError::Internal(error.into()))?;
    Ok((status, Html(text)).into_response())
}

impl Web {
    /// Whether browsers reach the pages by TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.settings.is_tls
            || self.settings.origin.as_ref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// How this machine is reached where no other address is configured.
    pub(super) fn own_scheme(&self) -> &'static str {
        if self.settings.is_tls { "https" } else { "http" }
    }

    pub(super) fn cookie_name(&self) -> &'static str {
        if self.is_secure() { SECURE_COOKIE } else { PLAIN_COOKIE }
    }

    /// The name of a cookie that only this host may set, where that can be said.
    pub(super) fn named(&self, (secure, plain): (&'static str, &'static str)) -> &'static str {
        if self.is_secure() { secure } else { plain }
    }

    /// Whether a second factor is asked for: everywhere but in the demonstration.
    pub(super) fn asks_second_factor(&self) -> bool {
        !self.settings.is_demo && !self.settings.is_second_factor_off
    }

    /// The address of these pages, as a browser reaches them.
    #[cfg(feature = "oidc")]
    fn origin_of(&self, headers: &HeaderMap) -> String {
        let here =
            || format!("{}://{}", self.own_scheme(), text_of(headers, HOST.as_str()).unwrap_or_default());
        self.settings.origin.clone().unwrap_or_else(here)
    }

    /// The address of the visitor; behind a proxy, what the nearest proxy says.
    fn address_of(&self, request: &Parts) -> String {
        let peer = super::server::address_of(&request.extensions);
        // Where the pages speak TLS themselves, nobody stands in front who could know better.
        let has_proxy = self.settings.origin.is_some() && !self.settings.is_tls;
        let said = text_of(&request.headers, "x-forwarded-for").filter(|_| has_proxy);
        let said = said.and_then(|list| list.rsplit(',').next().map(|last| last.trim().to_owned()));
        let is_address = |text: &String| text.parse::<std::net::IpAddr>().is_ok();
        said.filter(is_address).or(peer).unwrap_or_default()
    }

    /// The site that a security key is asked for: the address that browsers use, or this machine by its name.
    fn key_site(&self, headers: &HeaderMap) -> Option<key::Site> {
        let host = text_of(headers, HOST.as_str())?;
        let ours = self.settings.origin.as_ref().filter(|origin| {
            origin.split_once("://").is_some_and(|(_, name)| name.eq_ignore_ascii_case(&host))
        });
        match ours {
            Some(origin) => key::Site::of_origin(origin),
            None => key::Site::of_origin(&format!("http://{host}")),
        }
    }

    /// Whether a name in `Host` is one of ours: another one may lead here by a trick with the name service.
    pub(super) fn is_our_host(&self, headers: &HeaderMap) -> bool {
        let Some(host) = text_of(headers, HOST.as_str()) else { return false };
        if let Some(origin) = &self.settings.origin
            && origin.split_once("://").is_some_and(|(_, ours)| ours.eq_ignore_ascii_case(&host))
        {
            return true;
        }
        let name = host.rsplit_once(':').map_or(host.as_str(), |(name, port)| {
            if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { &host }
        });
        name == "localhost" || name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
    }
}

/// The text of a header.
pub(super) fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, WebError> {
        parts.extensions.get::<Self>().cloned().ok_or(WebError::SignedOut)
    }
}

/// Around everything: finds out who asks, makes a page of an error, and sets the headers.
pub(super) async fn around(State(web): State<Arc<Web>>, request: Request, rest: Next) -> Response {
    let is_secure = web.is_secure();
    let is_asset = request.uri().path().starts_with("/assets/");
    let (mut parts, body) = request.into_parts();
    let mut response = if is_asset {
        rest.run(Request::from_parts(parts, body)).await
    } else if !web.is_our_host(&parts.headers) {
        errors::plain(StatusCode::MISDIRECTED_REQUEST, "this address is not one of this service")
    } else {
        match Visit::of(Arc::clone(&web), &parts).await {
            Ok(visit) => {
                parts.extensions.insert(visit.clone());
                parts.headers.remove(COOKIE);
                let mut response = rest.run(Request::from_parts(parts, body)).await;
                match response.extensions_mut().remove::<Arc<WebError>>() {
                    Some(error) => errors::page(&visit, &error),
                    None => response,
                }
            }
            Err(error) => errors::without_visit(&error),
        }
    };
    headers::set(response.headers_mut(), is_secure);
    response
}
