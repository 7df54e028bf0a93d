//! Asking VTJ about one patron now.

use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::portrait::{self, Typed};
use crate::check::{self, CheckError, CheckOutcome, REASON_MAX};
use crate::identity_code::IdentityCode;
use crate::patrons::{Context, find};
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::visit::Visit;

/// What the address tells of an outcome: nothing of the person.
pub(super) const CODES: [&str; 5] = ["answered", "refused", "settings", "later", "unusable"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    purpose: String,
    reason: String,
}

pub(super) async fn ask(visit: Visit, Id(id): Id, form: Form<Asked>) -> Result<Response, WebError> {
    let Form(Asked { purpose, reason }) = form;
    let context = visit.context();
    let account = visit.actor()?;
    let card = find::card_of(&Context::from(&context), account, id).await?.ok_or(WebError::NotFound)?;
    if IdentityCode::is_in(&reason) {
        let error = visit.t("patron-ask-code");
        let typed = Typed { purpose, reason: String::new(), error };
        return portrait::answer(&visit, id, None, Some(typed)).await;
    }
    match check::person(&context, account, &card, &purpose, &reason).await {
        Ok(checked) => {
            check::remember(&context, visit.session()?.row.id, id, &purpose, &checked).await?;
            let to = format!("/patrons/{id}?asked={}#check", code(checked.outcome));
            Ok(Redirect::to(&to).into_response())
        }
        Err(CheckError::NoReason(_)) => {
            let error = visit.language.t1("patron-ask-reason-missing", "most", REASON_MAX);
            portrait::answer(&visit, id, None, Some(Typed { purpose, reason, error })).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The code of an outcome for the address.
fn code(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Found
        | CheckOutcome::NotFound
        | CheckOutcome::Passivated
        | CheckOutcome::DeadNotDisclosed
        | CheckOutcome::NotDisclosable => CODES[0],
        CheckOutcome::Refused => CODES[1],
        CheckOutcome::ConfigurationFault => CODES[2],
        CheckOutcome::Transient => CODES[3],
        CheckOutcome::ProtocolError => CODES[4],
    }
}
