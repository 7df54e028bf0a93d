//! Pages that everybody may read: what of the service is not accessible, and what it keeps of people.

use askama::Template;
use axum::response::Response;

use super::administration::contacts::ShownBlock;
use super::errors::WebError;
use super::visit::{Visit, page};
use super::{Frame, Routes, Who};
use crate::contacts;
use crate::staff::session;
use crate::task::housekeeping;

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/about/accessibility", Who::Anyone, accessibility).get("/about/privacy", Who::Anyone, privacy)
}

#[derive(Template)]
#[template(path = "about_accessibility.html")]
struct AccessibilityPage {
    frame: Frame,
    /// Where to tell what cannot be used, and its address.
    feedback: Option<(String, String)>,
}

async fn accessibility(visit: Visit) -> Result<Response, WebError> {
    let feedback = visit.web.settings.feedback.clone().map(|text| {
        let href = if text.starts_with("https://") { text.clone() } else { format!("mailto:{text}") };
        (text, href)
    });
    page(&AccessibilityPage { frame: visit.frame(visit.t("about-accessibility-title")), feedback })
}

#[derive(Template)]
#[template(path = "about_privacy.html")]
struct PrivacyPage {
    frame: Frame,
    /// Each purpose with its legal basis, which is data.
    purposes: Vec<(String, String)>,
    /// The municipalities, whose register it is: the name of each, and how its library is reached.
    controllers: Vec<(String, Option<ShownBlock>)>,
    /// What is kept, and for how long.
    kept: Vec<(String, String)>,
}

async fn privacy(visit: Visit) -> Result<Response, WebError> {
    let l = visit.language;
    let context = visit.context();
    let settings = &context.settings;
    let days = |count: i64| l.t1("about-days", "count", count);
    let kept = vec![
        (visit.t("about-kept-changes"), days(housekeeping::INBOX_KEPT.num_days())),
        (visit.t("about-kept-claims"), days(housekeeping::CLAIMS_KEPT.num_days())),
        (visit.t("about-kept-disclosures"), l.t1("about-years", "count", settings.disclosures_kept_years)),
        (visit.t("about-kept-runs"), days(i64::from(settings.runs_kept_days))),
        (visit.t("about-kept-rounds"), days(housekeeping::ROUNDS_KEPT.num_days())),
        (visit.t("about-kept-sessions"), days(housekeeping::SESSIONS_KEPT.num_days())),
        (visit.t("about-kept-acts"), days(housekeeping::ACTS_KEPT.num_days())),
        (visit.t("about-kept-notes"), l.t1("about-minutes", "count", session::IDLE.num_minutes())),
        (visit.t("about-kept-patrons"), visit.t("about-kept-patrons-until")),
        (visit.t("about-kept-audit"), visit.t("about-kept-audit-until")),
    ];
    page(&PrivacyPage {
        frame: visit.frame(visit.t("about-privacy-title")),
        purposes: settings
            .purposes
            .values()
            .map(|rule| {
                (
                    super::patron::purpose(l, rule.name()),
                    super::patron::legal_basis(l, &rule.grounded.legal_basis),
                )
            })
            .collect(),
        controllers: controllers(&visit).await?,
        kept,
    })
}

/// Each municipality with how its library is reached, in the reader's language or the municipality's own.
async fn controllers(visit: &Visit) -> Result<Vec<(String, Option<ShownBlock>)>, WebError> {
    let context = visit.context();
    let mut controllers = Vec::new();
    for (code, known) in &context.settings.municipalities {
        let block = match contacts::for_letter(&context, code, visit.language).await {
            Ok(found) => found.map(|(language, block)| ShownBlock::of(language, block)),
            Err(contacts::ContactError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(WebError::Internal(error.into())),
        };
        controllers.push((known.name.text(visit.language).to_owned(), block));
    }
    Ok(controllers)
}
