//! The page of one case and everything one does to it.
//!
//! A form names the version of the case that its page showed; a decision about another version is refused, with what
//! moved. After a decision the next case of the list opens, and says what was done.

mod acts;
mod came;
mod diff;
mod edits;
mod hand_on;
mod keys;
mod mine;
mod next;
mod page;
mod problem;
mod snooze;
mod view;
mod words;

pub(super) use self::words::text;
pub(in crate::web) use mine::{Undo, done_before_list};
pub(in crate::web) use problem::told;

use chrono::Duration;

use super::visit::Visit;
use super::{Language, Routes, Who};
use crate::finding::FindingKind;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/keys", Who::REVIEWERS, keys::show)
        .get("/queue/done", Who::REVIEWERS, mine::show)
        .get("/queue/{id}", Who::REVIEWERS, page::show)
        .get("/queue/{id}/disqualified", Who::REVIEWERS, hand_on::ask_disqualified)
        .post("/queue/{id}/approve", Who::REVIEWERS, acts::approve)
        .post("/queue/{id}/reject", Who::REVIEWERS, acts::reject)
        .post("/queue/{id}/snooze", Who::REVIEWERS, snooze::snooze)
        .post("/queue/{id}/edit", Who::REVIEWERS, edits::edit)
        .post("/queue/{id}/undo", Who::REVIEWERS, acts::undo)
        .post("/queue/{id}/revert", Who::REVIEWERS, acts::revert)
        .post("/queue/{id}/visited", Who::REVIEWERS, acts::visited)
        .post("/queue/{id}/assign", Who::REVIEWERS, hand_on::assign)
        .post("/queue/{id}/disqualify", Who::REVIEWERS, hand_on::disqualify)
}

/// For how long a decision can be undone.
pub(super) fn undo_window(visit: &Visit) -> Duration {
    visit.context().settings.review.undo_window
}

/// The name of a kind of finding.
pub(super) fn kind_name(l: Language, kind: FindingKind) -> String {
    words::kind(l, kind)
}
