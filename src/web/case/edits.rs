//! Approving in other words than were proposed.

use axum::response::Response;
use serde::Deserialize;

use super::acts::on;
use super::came::Came;
use super::page::{self, Draft, Problem};
use super::{problem, undo_window, words};
use crate::finding::Field;
use crate::municipality::Language;
use crate::patron_file::RowFault;
use crate::review::single::{self, Seen};
use crate::review::{self, ReviewError};
use crate::web::errors::WebError;
use crate::web::input::{Form, Id};
use crate::web::visit::Visit;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edited {
    version: i64,
    list: String,
    last_name: Option<String>,
    first_names: Option<String>,
    street_address: Option<String>,
    care_of: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    country: Option<String>,
}

impl Edited {
    fn texts(self) -> Vec<(Field, String)> {
        let texts = [
            (Field::LastName, self.last_name),
            (Field::FirstNames, self.first_names),
            (Field::StreetAddress, self.street_address),
            (Field::CareOf, self.care_of),
            (Field::PostalCode, self.postal_code),
            (Field::City, self.city),
            (Field::Country, self.country),
        ];
        texts.into_iter().filter_map(|(field, text)| Some((field, text?))).collect()
    }
}

pub(super) async fn edit(visit: Visit, id: Id, form: Form<Edited>) -> Result<Response, WebError> {
    let Form(form) = form;
    let came = Came::of_form(&form.list);
    let seen = Seen { id: id.0, version: form.version };
    let texts = form.texts();
    let (context, account) = (visit.context(), visit.actor()?);
    if texts.is_empty() {
        // Without other words it would be an approval; and what is another's is not there, whatever the form says.
        review::is_at_hand(&context, account, id.0).await?;
        return Err(WebError::BadForm);
    }
    match single::approve(&context, account, seen, texts.clone(), undo_window(&visit)).await {
        Ok(_) => on(&visit, &came, "approved", id.0).await,
        Err(error) => match wrong(visit.language, &error, &texts) {
            Some(problem) => {
                let draft = Draft { problems: vec![problem], texts, ..Draft::default() };
                page::again(&visit, id.0, &came, draft).await
            }
            None => problem::conflict(&visit, id.0, &came, error),
        },
    }
}

/// What is wrong with the texts, if it is the texts.
fn wrong(l: Language, error: &ReviewError, texts: &[(Field, String)]) -> Option<Problem> {
    match error {
        ReviewError::BadText(field, fault) => {
            let text = match fault {
                RowFault::Empty(_) => "case-edit-empty",
                RowFault::TooLong(_) => "case-edit-long",
                RowFault::Word { .. } => "case-edit-country",
                _ => "case-edit-unfit",
            };
            let text = l.t1(text, "column", words::column(l, field.as_str()));
            Some(Problem::at(&format!("edit-{}", field.as_str()), text))
        }
        ReviewError::NothingToWrite => {
            let first = texts.first().map_or("", |(field, _)| field.as_str());
            Some(Problem::at(&format!("edit-{first}"), l.t("case-edit-nothing")))
        }
        _ => None,
    }
}
