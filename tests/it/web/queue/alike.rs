//! Two installations that differ in one person's protection look alike to who is not cleared.

use ajantasa::staff::Role;
use serde_json::{Value, json};

use super::super::{Browser, Site};
use crate::scenario::{Place, Scenario, Setup, on_both, small};

/// The person in whom the installations differ.
const ONE: u32 = 3;

/// What is known of that person.
#[derive(Clone, Copy)]
enum One {
    /// Lives where the register says.
    AtHome,
    /// The same, and VTJ says that the person is protected.
    Protected,
    /// Has moved, and is protected.
    ProtectedAndMoved,
    /// Has died, and is protected.
    ProtectedAndDead,
    /// Has moved, and the library itself protects.
    MarkedAndMoved,
}

impl One {
    fn groups(self) -> Value {
        let (number, protected, dead) = match self {
            Self::AtHome => ("1", false, false),
            Self::Protected => ("1", true, false),
            Self::ProtectedAndMoved => ("2", true, false),
            Self::ProtectedAndDead => ("1", true, true),
            Self::MarkedAndMoved => ("2", false, false),
        };
        json!([small::name(), small::address(number), small::protection(protected), small::death(dead)])
    }

    /// An installation in which everybody else has moved.
    async fn site(self, place: &Place, others: u32) -> Site {
        let moved =
            json!([small::name(), small::address("2"), small::protection(false), small::death(false)]);
        let person = |n| small::person(n, &if n == ONE { self.groups() } else { moved.clone() });
        let numbers: Vec<u32> = if others == 0 { vec![ONE] } else { (1..=others).collect() };
        let people = numbers.iter().map(|n| person(*n)).collect();
        let setup = Setup { world: Some(small::world(people, Vec::new())), ..Setup::default() };
        let scenario = Scenario::new(place, setup).await;
        let text = small::register(others.max(ONE));
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if others == 0 {
            lines.retain(|line| !line.starts_with('S') || line.contains(&small::card(ONE)));
        }
        let marked = |line: &String| {
            let is_marked = matches!(self, Self::MarkedAndMoved) && line.contains(&small::card(ONE));
            if line.starts_with('S') {
                format!("{line},{},Ekenäs", if is_marked { "yes" } else { "" })
            } else {
                format!("{line},protected,home_library")
            }
        };
        let lines: Vec<String> = lines.iter().map(marked).collect();
        scenario.import(&(lines.join("\n") + "\n")).await;
        scenario.until_idle().await;
        let site = Site::of(scenario);
        site.account("maija", Role::Reviewer, &["710"], false).await;
        site
    }
}

/// A page without what is made at random: identifiers become numbers by their first place, tokens a word.
fn settled(browser: &Browser, text: &str) -> String {
    let mut text = text.replace(&browser.token, "TOKEN");
    let mut at = 0;
    let mut number = 0;
    while let Some(found) = text[at..].find(|c: char| c.is_ascii_hexdigit()).map(|found| at + found) {
        match text.get(found..found + 36).filter(|word| uuid::Uuid::try_parse(word).is_ok()) {
            Some(word) => {
                let word = word.to_owned();
                text = text.replace(&word, &format!("(id {number})"));
                number += 1;
                at = found;
            }
            None => at = found + 1,
        }
    }
    text
}

/// The list of a batch all of whose samples fit.
async fn frozen(browser: &mut Browser, batch: &str) -> String {
    for _ in 0..10 {
        let page = browser.get(batch).await;
        let Some((_, rest)) = page.text.split_once("name=\"sample\" value=\"") else { break };
        let sample = rest.split('"').next().unwrap().to_owned();
        browser.post(&format!("{batch}/judge"), &[("sample", &sample), ("verdict", "fits")]).await;
    }
    browser.get(&format!("{batch}/list")).await.text
}

/// Everything an ordinary reviewer can ask of the queue, as text.
#[expect(clippy::too_many_lines, reason = "every page that must not tell, one after the other")]
async fn seen(site: &Site) -> Vec<(String, String)> {
    let mut browser = site.signed_in("maija").await;
    let mut seen = Vec::new();
    for path in [
        "/queue",
        "/queue?order=due",
        "/queue?kind=address_change",
        "/queue?kind=protection_started",
        "/queue?kind=death&due=week",
        "/queue?municipality=710&library=Ekenäs&language=fi&assignee=nobody&newer=1",
        "/queue?assignee=mine",
        "/queue?queue=protected",
        "/queue?order=due&kind=name_change&state=snoozed",
        "/queue?older=1",
        "/queue?due=overdue",
        "/queue?due=week&order=oldest",
        "/queue?language=none",
        "/queue?library=Ekenäs",
        "/queue?assignee=colleague",
        "/queue/done",
        "/protected",
        "/notices",
        "/overview",
        "/bulk",
        "/account",
        "/patrons",
        "/patrons/results",
        "/keys",
        "/about/privacy",
    ] {
        let path = path.replace('ä', "%C3%A4");
        let answer = browser.get(&path).await;
        seen.push((path, format!("{} {}", answer.status, settled(&browser, &answer.text))));
    }
    for card in [small::card(ONE), "999".to_owned()] {
        let answer = browser.post("/queue/search", &[("card", &card), ("list", "kind=death")]).await;
        let text = settled(&browser, &answer.text);
        seen.push((format!("search for {card}"), format!("{} {} {text}", answer.status, answer.location())));
    }
    // A view is kept, the first case is decided and the next one opens; what was done is told.
    browser.get("/queue").await.ok();
    browser.post("/queue/views/add", &[("name", "moves"), ("list", "kind=address_change")]).await;
    for path in ["/queue?kind=address_change", "/queue?done=view-saved"] {
        let answer = browser.get(path).await;
        seen.push((format!("{path} with a view"), settled(&browser, &answer.text)));
    }
    let list = browser.get("/queue").await.ok();
    if let Some(id) = list.text.split("name=\"case\" value=\"").nth(1).map(|rest| rest[..36].to_owned()) {
        let page = browser.get(&format!("/queue/{id}")).await.ok();
        seen.push(("the first case".to_owned(), settled(&browser, &page.text)));
        let version = page
            .text
            .split("name=\"version\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let fields = [("version", version.as_str()), ("list", ""), ("reason", "register_lags"), ("note", "")];
        let answer = browser.post(&format!("/queue/{id}/reject"), &fields).await;
        let next = answer.location().split('#').next().unwrap().to_owned();
        let page = browser.get(&next).await;
        seen.push(("the next case, with what was done".to_owned(), settled(&browser, &page.text)));
        let undone = browser.post(&format!("/queue/{id}/undo"), &[("list", "")]).await;
        let page = browser.get(undone.location().split('#').next().unwrap()).await;
        seen.push(("the first case again".to_owned(), settled(&browser, &page.text)));
        let begun = browser.post("/bulk", &[("class", "moved_nearby"), ("municipality", "")]).await;
        let page = browser.get(begun.location()).await;
        seen.push(("what a batch begins with".to_owned(), format!("{} {}", begun.status, page.status)));
        let list = frozen(&mut browser, begun.location()).await;
        seen.push(("the frozen list".to_owned(), settled(&browser, &list)));
    }
    let searched = "SELECT detail || ' ' || COALESCE(CAST(finding AS TEXT), '') FROM audit WHERE action = 'finding.search' ORDER BY sequence";
    seen.push(("records".to_owned(), site.scenario.texts(searched).await.join("\n")));
    seen
}

async fn patron_of(site: &Site, card: &str) -> uuid::Uuid {
    let mut tx = site.scenario.context.db.read().await.unwrap();
    let sql = "SELECT id FROM patron WHERE card_number = $1";
    crate::scenario::on!(&mut tx, conn => sqlx::query_scalar(sql).bind(card).fetch_one(conn).await.unwrap())
}

/// What the search for somebody's card and somebody's page say.
async fn sought(site: &Site, card: &str, patron: uuid::Uuid) -> Vec<String> {
    let mut browser = site.signed_in("maija").await;
    let found = browser.post("/patrons/search", &[("text", card)]).await;
    let listed = browser.get("/patrons/results").await;
    let page = browser.get(&format!("/patrons/{patron}")).await;
    let asked = browser
        .post(&format!("/patrons/{patron}/check"), &[("purpose", "desk"), ("reason", "a card renewed")])
        .await;
    let listed = settled(&browser, &listed.text).replace(card, "CARD");
    let own = |text: &str| settled(&browser, text).replace(&patron.to_string(), "PATRON");
    vec![
        format!("{} {}", found.status, found.location()),
        listed,
        format!("{} {}", page.status, own(&page.text)),
        format!("{} {}", asked.status, own(&asked.text)),
    ]
}

on_both! {
    async fn one_persons_protection_shows_nowhere(place: Place) {
        for others in [0, 6] {
            let mut first: Option<Vec<(String, String)>> = None;
            for one in [One::AtHome, One::Protected, One::ProtectedAndMoved, One::ProtectedAndDead, One::MarkedAndMoved] {
                let site = one.site(&place, others).await;
                let all = site.everything().await;
                assert_eq!(all.1.len(), usize::try_from(others.saturating_sub(1)).unwrap());
                // The library's own mark keeps an address from being proposed at all.
                assert_eq!(all.0.is_empty(), matches!(one, One::AtHome | One::MarkedAndMoved));
                let seen = seen(&site).await;
                if !matches!(one, One::AtHome) {
                    let protected = patron_of(&site, &small::card(ONE)).await;
                    let own = sought(&site, &small::card(ONE), protected).await;
                    assert_eq!(own, sought(&site, "2099999999", uuid::Uuid::from_u128(7)).await, "nobody is there");
                }
                let other = seen.iter().find(|(what, _)| what == "search for 999").unwrap();
                let own = seen.iter().find(|(what, _)| *what == format!("search for {}", small::card(ONE))).unwrap();
                assert_eq!(own.1, other.1);
                match &first {
                    None => first = Some(seen),
                    Some(first) => {
                        for (seen, first) in seen.iter().zip(first) {
                            assert_eq!(seen, first);
                        }
                        assert_eq!(seen.len(), first.len());
                    }
                }
                if matches!(place, Place::Postgres(_)) {
                    site.scenario.context.db.close().await;
                    crate::database::execute(&site.scenario.url, "DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS ajantasa_keys CASCADE; CREATE SCHEMA public").await.unwrap();
                }
            }
        }
    }
}
