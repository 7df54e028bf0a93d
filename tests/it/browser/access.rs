//! Every page for everybody: what axe finds, and whether it can be read on a narrow window.

use ajantasa::staff::Role;

use super::{Desk, Window, with_desk};

/// The pages of a role, by their addresses.
const PAGES: &[(&str, &[&str])] = &[
    ("reviewer", &["/account", "/account/password", "/account/codes", "/account/app"]),
    (
        "administrator",
        &[
            "/account",
            "/administration",
            "/administration/accounts/new",
            "/administration/configuration",
            "/administration/contacts",
            "/administration/contacts/710",
        ],
    ),
    ("auditor", &["/account"]),
];

/// Looks at every page of every role in a language.
async fn every_page(desk: &mut Desk, look: &str) {
    for (name, role) in
        [("reviewer", Role::Reviewer), ("administrator", Role::Administrator), ("auditor", Role::Auditor)]
    {
        desk.site.account(name, role, &["710"], false).await;
    }
    let mut found = Vec::new();
    for language in ["fi", "sv", "en"] {
        desk.go("/").await;
        desk.submit(&format!("#language button[value={language}]")).await;
        look_at(desk, &format!("{look}-{language}-sign-in"), &mut found).await;
        for (name, pages) in PAGES {
            desk.sign_in(name).await;
            for page in *pages {
                desk.go(page).await;
                look_at(desk, &format!("{look}-{language}-{name}{}", page.replace('/', "-")), &mut found)
                    .await;
            }
            desk.submit(".own form[action='/sign-out'] button").await;
        }
    }
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

async fn look_at(desk: &Desk, name: &str, found: &mut Vec<String>) {
    desk.picture(name).await;
    found.extend(desk.axe().await.into_iter().map(|fault| format!("{name}: {fault}")));
    if desk.overflows().await {
        found.push(format!("{name}: wider than the window"));
    }
}

#[test]
fn no_page_has_a_fault_that_axe_knows() {
    with_desk(Window::WIDE, &async |desk: &mut Desk| every_page(desk, "wide").await);
}

#[test]
fn no_page_has_a_fault_on_dark_ground() {
    with_desk(Window::DARK, &async |desk: &mut Desk| every_page(desk, "dark").await);
}

#[test]
fn every_page_can_be_read_on_a_narrow_window() {
    with_desk(Window::NARROW, &async |desk: &mut Desk| every_page(desk, "narrow").await);
}
