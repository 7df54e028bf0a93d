//! A new account.

use crate::web::input::Form;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use serde::Deserialize;

use super::super::errors::WebError;
use super::super::visit::{Visit, page_with};
use super::super::{Frame, Routes, Who};
use super::{MunicipalityChoice, RoleChoice};
use crate::staff::administer::{self, NewAccount, Problem, Rights};
use crate::staff::{Role, StaffError};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/administration/accounts/new", Who::ADMINISTRATORS, show).post(
        "/administration/accounts",
        Who::ADMINISTRATORS,
        add,
    )
}

#[derive(Template)]
#[template(path = "administration_new.html")]
struct NewPage {
    frame: Frame,
    given: Given,
    roles: Vec<RoleChoice>,
    municipalities: Vec<MunicipalityChoice>,
    /// What is wrong, and with which field.
    problem: Option<(&'static str, String)>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Given {
    name: String,
    role: String,
    #[serde(default)]
    municipality: Vec<String>,
    may_protected: Option<String>,
    ends_on: String,
    #[serde(default)]
    own_card: String,
}

impl Given {
    fn read(&self) -> Result<NewAccount, WebError> {
        Ok(NewAccount {
            name: self.name.trim().to_owned(),
            rights: Rights {
                role: Role::from_word(&self.role).ok_or(WebError::BadForm)?,
                municipalities: self.municipality.clone(),
                may_protected: self.may_protected.is_some(),
            },
            ends_on: self.ends_on.trim().parse().unwrap_or(NaiveDate::MIN),
            own_card: Some(self.own_card.trim().to_owned()),
        })
    }
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    let given = Given { role: Role::Reviewer.as_str().to_owned(), ..Given::default() };
    render(&visit, StatusCode::OK, given, None)
}

fn render(
    visit: &Visit,
    status: StatusCode,
    given: Given,
    problem: Option<Problem>,
) -> Result<Response, WebError> {
    let l = visit.language;
    let page = NewPage {
        frame: visit.frame(visit.t("administration-new-title")),
        roles: super::roles(l, Role::from_word(&given.role)),
        municipalities: super::municipalities(&visit.context(), l, &given.municipality),
        problem: problem.map(|problem| super::told(l, problem)),
        given,
    };
    page_with(status, &page)
}

async fn add(visit: Visit, form: Form<Given>) -> Result<Response, WebError> {
    let Form(given) = form;
    match administer::add(&visit.context(), visit.actor()?, given.read()?).await {
        Ok(id) => Ok(Redirect::to(&format!("{}?done=added", super::path_of(id))).into_response()),
        Err(StaffError::Account(problem)) => {
            render(&visit, StatusCode::UNPROCESSABLE_ENTITY, given, Some(problem))
        }
        Err(error) => Err(error.into()),
    }
}
