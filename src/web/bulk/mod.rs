//! Bulk approval: choosing a class, looking at the sample one by one, and approving the list.

mod batch;
mod choose;
mod classes;
mod frozen;

use crate::web::input::Query;
use serde::Deserialize;

use super::errors::WebError;
use super::visit::Visit;
use super::{Routes, Who};
use crate::municipality::Language;
use crate::review::ItemField;
use crate::review::bulk::BulkError;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/bulk", Who::REVIEWERS, choose::show)
        .post("/bulk", Who::REVIEWERS, choose::begin)
        .get("/bulk/{id}", Who::REVIEWERS, batch::show)
        .post("/bulk/{id}/judge", Who::REVIEWERS, batch::judge)
        .post("/bulk/{id}/cancel", Who::REVIEWERS, batch::cancel)
        .post("/bulk/{id}/undo", Who::REVIEWERS, batch::undo)
        .get("/bulk/{id}/list", Who::REVIEWERS, frozen::show)
        .post("/bulk/{id}/approve", Who::REVIEWERS, frozen::approve)
        .get("/bulk/classes", Who::ADMINISTRATORS, classes::show)
        .post("/bulk/classes/{class}/allow", Who::ADMINISTRATORS, classes::allow)
}

/// What a redirect tells the page it leads to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    done: Option<String>,
}

/// The sentence of what has just been done; a word that is none of ours says nothing.
fn done(visit: &Visit, told: &Query<Told>) -> Option<String> {
    let id = match told.done.as_deref()? {
        "fits" => "bulk-done-fits",
        "seen" => "bulk-done-seen",
        "approved" => "bulk-done-approved",
        "undone" => "bulk-done-undone",
        "cancelled" => "bulk-done-cancelled",
        "allowed" => "bulk-done-allowed",
        _ => return None,
    };
    Some(visit.t(id))
}

/// What a page says where bulk approval does not go on. Another's batch is not there.
fn refused(visit: &Visit, error: BulkError) -> WebError {
    match error {
        BulkError::Unknown | BulkError::OutOfScope => WebError::NotFound,
        BulkError::NotReviewer | BulkError::NotAdministrator => WebError::NotAllowed,
        BulkError::WindowClosed => WebError::Conflict(visit.t("bulk-window-closed")),
        BulkError::WrongState(_)
        | BulkError::OtherSample
        | BulkError::Unfinished(_)
        | BulkError::NotStopped => WebError::Conflict(visit.t("bulk-conflict")),
        BulkError::ClassStopped => WebError::Conflict(visit.t("bulk-problem-class-stopped")),
        BulkError::NotBulk | BulkError::Empty | BulkError::NoReason => WebError::BadForm,
        BulkError::Store(error) => error.into(),
        error @ BulkError::Review(_) => WebError::Internal(error.into()),
    }
}

/// A column that differs, in words.
struct Difference {
    label: String,
    current: String,
    proposed: String,
}

fn differences(l: Language, fields: &[ItemField]) -> Vec<Difference> {
    let difference = |field: &ItemField| Difference {
        label: l.t(&format!("column-{}", field.field)),
        current: field.current.clone().unwrap_or_default(),
        proposed: field.proposed.clone().unwrap_or_default(),
    };
    fields.iter().map(difference).collect()
}

/// The name of a municipality.
fn municipality(visit: &Visit, code: &str) -> String {
    let context = visit.context();
    let known = context.settings.municipalities.get(code);
    known.map_or_else(|| code.to_owned(), |known| known.name.text(visit.language).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::ChangeClass;
    use crate::finding::bulk::Exclusion;
    use crate::review::bulk::{BulkState, Ending, LeftOut};

    /// Every word that a page puts together has its text in every language.
    #[test]
    fn every_word_has_its_text() {
        let mut ids = Vec::new();
        for class in ChangeClass::ALL.into_iter().filter(|class| class.allows_bulk()) {
            ids.extend(["class", "help"].map(|of| format!("bulk-{of}-{}", class.as_str())));
        }
        ids.extend(BulkState::ALL.map(|state| format!("bulk-state-{}", state.as_str())));
        ids.extend(Ending::ALL.map(|ending| format!("bulk-ending-{}", ending.as_str())));
        ids.extend(Ending::MISFITS.map(|ending| format!("bulk-misfit-{}", ending.as_str())));
        for reason in Exclusion::ALL.into_iter().filter(|reason| *reason != Exclusion::NotThere) {
            ids.extend(["left-out", "reason"].map(|of| format!("bulk-{of}-{}", reason.as_str())));
        }
        ids.extend(
            [LeftOut::Moved, LeftOut::Unreadable].map(|reason| format!("bulk-reason-{}", reason.as_str())),
        );
        for field in
            ["last_name", "first_names", "street_address", "care_of", "postal_code", "city", "country"]
        {
            ids.push(format!("column-{field}"));
        }
        for id in ids {
            for l in [Language::Fi, Language::Sv, Language::En] {
                assert!(!l.t1(&id, "number", 1).starts_with("Unknown"), "{id}");
            }
        }
    }
}
