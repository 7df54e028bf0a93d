//! What the configuration file says of municipalities and purposes; it is changed there, not here.

use askama::Template;
use axum::response::Response;

use super::super::errors::WebError;
use super::super::visit::{Visit, page};
use super::super::{Frame, Language, Routes, Who};
use crate::municipality::{FieldGroup, Municipality};
use crate::purpose::PurposeRule;

/// The purposes every installation has; the names of others are the configuration's own.
const OURS: [&str; 5] = ["register_upkeep", "debt_collection", "returned_mail", "desk", "confirm_death"];

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get("/administration/configuration", Who::ADMINISTRATORS, show)
}

#[derive(Template)]
#[template(path = "administration_configuration.html")]
struct ConfigurationPage {
    frame: Frame,
    municipalities: Vec<ShownMunicipality>,
    purposes: Vec<ShownPurpose>,
}

struct ShownMunicipality {
    code: String,
    name: String,
    languages: String,
    groups: String,
    temporary: bool,
}

struct ShownPurpose {
    name: String,
    legal_basis: String,
    /// None where every group of the permit is used.
    groups: Option<String>,
    /// None where every municipality may use it.
    municipalities: Option<String>,
}

async fn show(visit: Visit) -> Result<Response, WebError> {
    let context = visit.context();
    let l = visit.language;
    let municipalities =
        context.settings.municipalities.values().map(|known| municipality(l, known)).collect();
    let purpose = |rule: &PurposeRule| {
        let codes = rule.municipalities.as_ref().map(|open_to| {
            let codes: Vec<String> = open_to.iter().map(|code| code.as_str().to_owned()).collect();
            super::names_of(&context, l, &codes)
        });
        let name = rule.name();
        ShownPurpose {
            name: if OURS.contains(&name) { l.t(&format!("purpose-{name}")) } else { name.to_owned() },
            legal_basis: crate::web::patron::legal_basis(l, &rule.grounded.legal_basis),
            groups: rule.groups.as_ref().map(|groups| group_names(l, groups.iter().copied())),
            municipalities: codes,
        }
    };
    page(&ConfigurationPage {
        frame: visit.frame(visit.t("administration-configuration-title")),
        municipalities,
        purposes: context.settings.purposes.values().map(purpose).collect(),
    })
}

fn municipality(l: Language, known: &Municipality) -> ShownMunicipality {
    let languages = known.languages.iter().map(|language| l.t(&format!("language-{}", language.as_str())));
    ShownMunicipality {
        code: known.code.as_str().to_owned(),
        name: known.name.text(l).to_owned(),
        languages: languages.collect::<Vec<_>>().join(", "),
        groups: group_names(l, known.grants.iter()),
        temporary: known.propose_temporary_address,
    }
}

fn group_names(l: Language, groups: impl Iterator<Item = FieldGroup>) -> String {
    let names: Vec<String> =
        groups.map(|group| l.t(&format!("administration-group-{}", group.as_str()))).collect();
    names.join(", ")
}
