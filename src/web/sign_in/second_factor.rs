//! The page between the password and the pages: a code, or the setting up of the app that makes codes.

use crate::web::input::Form;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::super::errors::WebError;
use super::super::visit::{Visit, page_with};
use super::super::{Frame, Routes, Who};
use super::picture::{self, Picture};
use crate::staff::factor::key;
use crate::staff::{StaffError, factor, own, sign_in};

/// The page.
pub(super) const PATH: &str = "/sign-in/second-factor";

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(PATH, Who::HalfSignedIn, show).post(PATH, Who::HalfSignedIn, give).post(
        "/sign-in/security-key",
        Who::HalfSignedIn,
        give_key,
    )
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct SecondFactorPage {
    frame: Frame,
    /// Whose it is.
    name: String,
    /// What an app is to be set up with; none where one is set up.
    app: Option<App>,
    /// Whether a password is to be chosen, because the one given was handed over.
    is_first: bool,
    /// What the browser is to hand to a security key; none where there is none for this site.
    key: Option<String>,
    /// Whether there is one that cannot be used under this address.
    has_key_elsewhere: bool,
    /// What is wrong, and with which field.
    problem: Option<(&'static str, String)>,
}

/// The secret of an app, for eyes and for a phone.
pub(in crate::web) struct App {
    pub(in crate::web) secret: String,
    pub(in crate::web) picture: Option<Picture>,
}

impl App {
    pub(in crate::web) fn of(enrolment: &factor::Enrolment) -> Self {
        Self {
            secret: enrolment.secret.expose_secret().to_owned(),
            picture: picture::draw(enrolment.address.expose_secret()),
        }
    }
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    render(&visit, StatusCode::OK, None).await
}

async fn render(
    visit: &Visit,
    status: StatusCode,
    problem: Option<(&'static str, String)>,
) -> Result<Response, WebError> {
    let context = visit.context();
    let account = &visit.half()?.account;
    let app = if factor::is_set_up(&context, account.id).await? {
        None
    } else {
        factor::pending(&context, account.id, &account.name).await?
    };
    let is_first = own::has_first_password(&context, account.id).await?;
    let (mut key, mut has_key_elsewhere) = (None, false);
    if app.is_none() && !is_first {
        key = match &visit.key_site {
            Some(site) => key::ask(&context, (visit.half()?.row.id, account.id), site).await?,
            None => None,
        };
        has_key_elsewhere = key.is_none() && !key::list(&context, account.id).await?.is_empty();
    }
    let title = if app.is_some() { "sign-in-set-up-title" } else { "sign-in-code-title" };
    let page = SecondFactorPage {
        frame: visit.frame(visit.t(title)),
        name: account.name.clone(),
        app: app.as_ref().map(App::of),
        is_first,
        key,
        has_key_elsewhere,
        problem,
    };
    page_with(status, &page)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    code: String,
    new_password: Option<SecretString>,
    again: Option<SecretString>,
}

async fn give(visit: Visit, form: Form<Given>) -> Result<Response, WebError> {
    let context = visit.context();
    let Form(Given { code, new_password, again }) = form;
    if let (Some(one), Some(other)) = (&new_password, &again)
        && one.expose_secret() != other.expose_secret()
    {
        let problem = ("again", visit.t("account-password-differs"));
        return render(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(problem)).await;
    }
    let half = visit.half()?;
    let problem = match sign_in::by_code(visit.entrance(&context), half, &code, new_password).await {
        Ok(begun) => return Ok(super::go_on(&visit, &begun)),
        Err(StaffError::NotProved) => ("code", visit.t("sign-in-code-wrong")),
        Err(StaffError::Password(_)) => ("new_password", visit.t("account-password-short")),
        Err(error) => return Err(error.into()),
    };
    render(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(problem)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyAnswer {
    answer: String,
}

async fn give_key(visit: Visit, form: Form<KeyAnswer>) -> Result<Response, WebError> {
    let context = visit.context();
    let site = visit.key_site.as_ref().ok_or(WebError::NotFound)?;
    let half = visit.half()?;
    match sign_in::by_key(visit.entrance(&context), half, site, &form.answer).await {
        Ok(begun) => Ok(super::go_on(&visit, &begun)),
        Err(StaffError::NotProved | StaffError::Password(_)) => {
            let problem = ("security-key", visit.t("security-key-not-taken"));
            render(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(problem)).await
        }
        Err(error) => Err(error.into()),
    }
}
