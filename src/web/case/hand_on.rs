//! Giving a case to somebody, and handing it over because one is disqualified.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use super::acts::stay;
use super::came::Came;
use super::next::next_case;
use super::page::{self, Draft, Problem};
use crate::review::{self, Colleague, ReviewError};
use crate::web::Frame;
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::visit::{Visit, page as whole_page};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Given {
    list: String,
    /// `me`, `nobody`, or an account.
    to: String,
}

pub(super) async fn assign(visit: Visit, id: Id, form: Form<Given>) -> Result<Response, WebError> {
    let Form(form) = form;
    let came = Came::of_form(&form.list);
    let account = visit.actor()?;
    let to = match form.to.as_str() {
        "nobody" => None,
        "me" => Some(account.id),
        word => Some(word.parse::<Uuid>().map_err(|_| WebError::BadForm)?),
    };
    match review::assign(&visit.context(), account, id.0, to).await {
        Ok(()) => Ok(stay(&came, "assigned", id.0)),
        Err(ReviewError::NotTheirs) => {
            let problems = vec![Problem::at("assign-to", visit.t("case-assign-refused"))];
            page::again(&visit, id.0, &came, Draft { problems, ..Draft::default() }).await
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "case/disqualified.html")]
struct DisqualifiedPage {
    frame: Frame,
    id: Uuid,
    list: String,
    back: String,
    colleagues: Vec<Colleague>,
}

/// Asks before the case is handed over. Nothing of it is on the page.
pub(super) async fn ask_disqualified(visit: Visit, id: Id, came: Came) -> Result<Response, WebError> {
    let colleagues = review::is_at_hand(&visit.context(), visit.actor()?, id.0).await;
    whole_page(&DisqualifiedPage {
        frame: visit.frame(visit.t("case-disqualified-title")),
        id: id.0,
        back: came.to_list(),
        list: came.list,
        colleagues: colleagues?,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandedOver {
    list: String,
    /// An account; empty is everybody else.
    #[serde(default)]
    to: String,
}

pub(super) async fn disqualify(visit: Visit, id: Id, form: Form<HandedOver>) -> Result<Response, WebError> {
    let Form(form) = form;
    let came = Came::of_form(&form.list);
    let to = match form.to.as_str() {
        "" => None,
        word => Some(word.parse::<Uuid>().map_err(|_| WebError::BadForm)?),
    };
    match review::disqualify(&visit.context(), visit.actor()?, id.0, to).await {
        Ok(()) => {
            let next = next_case(&visit, &came, id.0).await?;
            Ok(Redirect::to(&came.after(next, "disqualified", id.0)).into_response())
        }
        Err(ReviewError::NotTheirs) => Err(WebError::BadForm),
        Err(error) => Err(error.into()),
    }
}
