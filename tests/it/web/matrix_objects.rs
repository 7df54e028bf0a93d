//! Every route for every role and every object: what is one's own is there, what is another's is not.
//!
//! The table is the rules below ([`sees`]), written by hand. A route with a variable part that no rule knows fails.

use ajantasa::web::{self, RouteRule, Who};
use axum::http::StatusCode;

use super::Site;
use super::objects::Visitor::{self, Elina, Half, Leena, Maija, Nobody, Tarmo};
use super::objects::{At, Object, browser, objects, send, things};
use crate::scenario::on_both;

/// Whether an object of a route is there for somebody whose role may come.
fn sees(who: Visitor, rule: &RouteRule, object: Object) -> bool {
    let cleared_only = rule.path == "/protected";
    let reveals = rule.path.ends_with("/reveal");
    match object {
        Object::None => !cleared_only || who == Leena,
        Object::Case(At::Protected) | Object::Patron(At::Protected) | Object::Notice => who == Leena,
        Object::Case(_) if reveals => false,
        Object::Case(At::Raasepori) => matches!(who, Maija | Leena),
        Object::Case(At::Inkoo) => matches!(who, Elina | Leena),
        Object::Patron(At::Raasepori) => matches!(who, Maija | Leena | Tarmo),
        Object::Patron(At::Inkoo) => matches!(who, Elina | Leena | Tarmo),
        Object::Batch | Object::View => who == Maija,
        Object::Session => who == Elina,
        // Whoever may come to these pages at all is told of all of them.
        Object::Class | Object::Schedule | Object::Run | Object::Account | Object::Municipality => true,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    There,
    SignedOut,
    NotAllowed,
    NotThere,
}

fn cell(status: StatusCode) -> Cell {
    match status {
        StatusCode::UNAUTHORIZED => Cell::SignedOut,
        StatusCode::FORBIDDEN => Cell::NotAllowed,
        StatusCode::NOT_FOUND => Cell::NotThere,
        other => {
            assert!(other.as_u16() < 500, "{other}");
            Cell::There
        }
    }
}

/// What the installation is not set up for: it has no directory, and asks for nothing that a key could stand for.
fn is_absent(rule: &RouteRule) -> bool {
    let of_directory = rule.path.starts_with("/sign-in/directory") && !rule.path.ends_with("/problem");
    of_directory || (rule.method == "GET" && rule.path.starts_with("/account/security-keys"))
}

fn expected(who: Visitor, rule: &RouteRule, object: Object) -> Cell {
    match admitted(who, rule, object) {
        Cell::There if is_absent(rule) => Cell::NotThere,
        cell => cell,
    }
}

fn admitted(who: Visitor, rule: &RouteRule, object: Object) -> Cell {
    match (rule.who, who) {
        // A sign-in without a name that is right is no sign-in.
        (Who::Anyone, _) if rule.path == "/sign-in" => Cell::SignedOut,
        (Who::Anyone, _) | (Who::HalfSignedIn, Half) => Cell::There,
        (_, Nobody | Half) => Cell::SignedOut,
        (Who::HalfSignedIn, _) => Cell::NotThere,
        (Who::SignedIn | Who::Roles(_), _) => match who.role() {
            Some(theirs) if !rule.who.admits(theirs) => Cell::NotAllowed,
            _ if sees(who, rule, object) => Cell::There,
            _ => Cell::NotThere,
        },
    }
}

on_both! {
    async fn every_object_is_there_for_whose_it_is_and_for_nobody_else(place: Place) {
        let site = Site::with_queue(&place).await;
        let things = things(&site).await;
        let mut rules = web::rules();
        // What ends a session comes last.
        rules.sort_by_key(|rule| rule.path == "/sign-out");
        let (mut wrong, mut cells) = (Vec::new(), 0);
        for who in Visitor::ALL {
            let mut browser = browser(&site, who).await;
            for rule in &rules {
                for object in objects(rule) {
                    let answer = send(&mut browser, rule, &things, object).await;
                    let (found, wanted) = (cell(answer.status), expected(who, rule, object));
                    if found != wanted {
                        wrong.push(format!("{who:?} {} {} {object:?}: {found:?} ({}), not {wanted:?}", rule.method, rule.path, answer.status));
                    }
                    cells += 1;
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {cells} cells:\n{}", wrong.len(), wrong.join("\n"));
        assert!(cells > 500, "{cells}");
    }
}
