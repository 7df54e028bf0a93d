//! Every page for everybody: what axe finds, and whether it can be read on a narrow window.
//!
//! The pages are found as a person finds them: from the first one, by every link. Of pages that differ by an
//! identifier only, one is looked at; of cases, one of each kind.

use std::collections::{BTreeSet, VecDeque};

use ajantasa::runs::Worker;
use ajantasa::staff::Role;

use super::{Desk, Window, with_desk};
use crate::web::schedule::{fields, saved};

const ROLES: [(&str, Role); 3] =
    [("reviewer", Role::Reviewer), ("administrator", Role::Administrator), ("auditor", Role::Auditor)];
const PLACES: [&str; 4] = ["710", "078", "149", "755"];
/// Pages that everybody reaches.
const EVERYBODYS: [&str; 2] = ["/about/accessibility", "/about/privacy"];

/// Accounts, and something to see on every page: a schedule, a run, a batch, a view, a search.
async fn furnished(desk: &Desk) {
    let mut accounts = Vec::new();
    for (name, role) in ROLES {
        accounts.push(desk.site.account(name, role, &PLACES, role == Role::Reviewer).await);
    }
    let case = desk.site.scenario.texts("SELECT lower(hex(min(id))) FROM finding").await[0].parse().unwrap();
    desk.site.tell(accounts[0], accounts[1], case).await;
    let mut administrator = desk.site.signed_in("administrator").await;
    let schedule = saved(&mut administrator, &fields("a", "300")).await;
    administrator.post(&format!("{schedule}/run"), &[("version", "1")]).await;
    Worker::default().pass(&desk.site.scenario.context).await.unwrap();
    let mut reviewer = desk.site.signed_in("reviewer").await;
    reviewer.post("/bulk", &[("class", "moved_nearby"), ("municipality", "")]).await;
    reviewer.post("/queue/views/add", &[("list", "kind=death"), ("name", "Kuolemat")]).await;
}

/// A path with what identifies left out.
fn pattern(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let is_code = |part: &str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let part = |part: &str| {
        let identifies = is_code(part) || part.parse::<uuid::Uuid>().is_ok();
        if identifies { "{id}".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The pages that whoever is signed in reaches by links, and one case of each kind.
async fn reached(desk: &Desk, role: Role) -> Vec<String> {
    let mut known = BTreeSet::from(["/".to_owned()]);
    let (mut next, mut pages) = (VecDeque::from(["/".to_owned()]), Vec::new());
    if role != Role::Administrator {
        let patron =
            desk.site.scenario.texts("SELECT lower(hex(id)) FROM patron WHERE card_number = '2071000007'");
        let id: uuid::Uuid = patron.await[0].parse().unwrap();
        known.insert("/patrons/{id}".to_owned());
        next.push_back(format!("/patrons/{id}"));
    }
    while let Some(page) = next.pop_front() {
        desk.go(&page).await;
        let links =
            "return [...document.querySelectorAll('a[href^=\"/\"]')].map(link => link.getAttribute('href'))";
        let links = desk.script(links).await;
        for link in links.as_array().unwrap().iter().map(|link| link.as_str().unwrap()) {
            // What programs read is no page.
            if !link.starts_with("/api/") && known.insert(pattern(link)) {
                next.push_back(link.to_owned());
            }
        }
        if page != "/" {
            pages.push(page);
        }
    }
    if role == Role::Reviewer {
        let one_of_each = "SELECT lower(hex(min(id))) FROM finding WHERE state = 'new' GROUP BY kind";
        let cases = desk.site.scenario.texts(one_of_each).await;
        pages.extend(cases.iter().map(|id| format!("/queue/{}", id.parse::<uuid::Uuid>().unwrap())));
    }
    pages
}

/// Looks at every page of every role in some languages.
async fn every_page(desk: &mut Desk, look: &str, languages: &[&str]) {
    furnished(desk).await;
    let mut found = Vec::new();
    let mut counted = 0;
    for language in languages {
        desk.go("/").await;
        desk.submit(&format!("#language button[value={language}]")).await;
        look_at(desk, &format!("{look}-{language}-sign-in"), &mut found).await;
        for page in EVERYBODYS {
            desk.go(page).await;
            look_at(desk, &format!("{look}-{language}{}", page.replace('/', "-")), &mut found).await;
        }
    }
    for (name, role) in ROLES {
        desk.sign_in(name).await;
        let pages = reached(desk, role).await;
        assert!(pages.len() > 8, "{name} reaches {pages:?}");
        for language in languages {
            desk.submit(&format!("#language button[value={language}]")).await;
            for (number, page) in pages.iter().enumerate() {
                desk.go(page).await;
                let shown = pattern(page).replace(['/', '{', '}'], "-");
                look_at(desk, &format!("{look}-{language}-{name}-{number:02}{shown}"), &mut found).await;
                counted += 1;
            }
        }
        desk.submit(".own form[action='/sign-out'] button").await;
    }
    println!("{look}: {counted} looks at pages of the signed-in, {} faults", found.len());
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
fn no_page_has_a_fault_that_axe_knows_in_finnish() {
    with_desk(Window::WIDE, &async |desk: &mut Desk| every_page(desk, "wide", &["fi"]).await);
}

#[test]
fn no_page_has_a_fault_that_axe_knows_in_swedish_and_english() {
    with_desk(Window::WIDE, &async |desk: &mut Desk| every_page(desk, "wide", &["sv", "en"]).await);
}

#[test]
fn no_page_has_a_fault_on_dark_ground() {
    with_desk(Window::DARK, &async |desk: &mut Desk| every_page(desk, "dark", &["fi", "sv", "en"]).await);
}

#[test]
fn every_page_can_be_read_on_a_narrow_window() {
    with_desk(Window::NARROW, &async |desk: &mut Desk| every_page(desk, "narrow", &["sv", "fi"]).await);
}
