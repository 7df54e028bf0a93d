//! The file of debts: what comes back of it, and what stays inside.

mod asking;
mod telling;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use ajantasa::collection::{self, CardReasons, CollectionError, CollectionReport, HOLD};
use ajantasa::staff::{ProvedAccount, Role};
use ajantasa::vtj::mock::World;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scenario::{self, Place, Scenario, Setup, private, small};

/// Why the files of these tests are sent in.
const REASON: &str = "the weekly file of billing";

/// The columns of the debtors.
const HEADER: &str = "patron_id,card_number,identity_code,last_name,first_names,birth_date,street_address,\
                      postal_code,city,language,municipality,home_library,guarantor_patron_id,oldest_due_date,\
                      owning_library,notes,protected,kind";

/// A debtor; sixty days before the day of the tests is the 22nd of September.
#[derive(Clone, Copy)]
struct Debtor {
    n: u32,
    code: bool,
    born: &'static str,
    municipality: &'static str,
    guarantor: &'static str,
    due: &'static str,
    owner: &'static str,
    notes: &'static str,
    protected: &'static str,
    kind: &'static str,
}

impl Debtor {
    fn new(n: u32) -> Self {
        Self {
            n,
            code: true,
            born: "",
            municipality: "710",
            guarantor: "",
            due: "2026-09-22",
            owner: "Tammisaari",
            notes: "",
            protected: "",
            kind: "person",
        }
    }

    fn child(n: u32, guarantor: &'static str) -> Self {
        Self { code: false, born: "2015-05-05", guarantor, ..Self::new(n) }
    }

    fn row(&self) -> String {
        let Self { n, born, municipality, guarantor, due, owner, notes, protected, kind, .. } = self;
        let code = if self.code { small::code(*n) } else { String::new() };
        let card = small::card(*n);
        format!(
            "S{n:04},{card},{code},Testinen,Maija,{born},Pitkäkatu 1,10600,TAMMISAARI,fi,{municipality},\
             Tammisaari,{guarantor},{due},{owner},{notes},{protected},{kind}"
        )
    }
}

/// A site with these debtors. `more` are further lines of `[vtj.query]`, `sections` further sections.
async fn site(place: &Place, world: World, debtors: &[Debtor], more: &str, sections: &str) -> Scenario {
    let mut site = Scenario::new(place, Setup { world: Some(world), ..Setup::default() }).await;
    let path = site.path("ajantasa.toml");
    let text = fs::read_to_string(&path).unwrap();
    let url = site.mock.url();
    let text = format!(
        "{text}\n[vtj.query]\nurl = \"{url}/\"\nvariant = \"x-road\"\nproduct = \"KIRJASTO1\"\n\
         username = \"demo\"\npassword_file = \"password\"\nx_road_client = \"FI-TEST/MUN/1234567-1/kirjasto\"\n\
         x_road_instance = \"FI-TEST\"\nrequests_per_second = 100\n{more}\n{sections}\n"
    );
    private(&path, &text);
    let context = scenario::context(site.folder.path(), &site.url, site.clock.clone()).await;
    std::mem::replace(&mut site.context, context).db.close().await;
    let rows: Vec<String> = debtors.iter().map(Debtor::row).collect();
    site.import(&format!("{HEADER}\n{}\n", rows.join("\n"))).await;
    site
}

/// People who live where the register says.
fn at_home(count: u32) -> World {
    small::world(small::people(count), Vec::new())
}

/// A reviewer of Raasepori.
fn anna() -> ProvedAccount {
    ProvedAccount {
        id: Uuid::from_u128(7),
        name: "anna".to_owned(),
        role: Role::Reviewer,
        may_protected: false,
        municipalities: BTreeSet::from(["710".to_owned()]),
        own_card: None,
        os_user: "tester".to_owned(),
    }
}

fn out(site: &Scenario) -> PathBuf {
    site.path("back.csv")
}

async fn try_cards(
    site: &Scenario,
    account: &ProvedAccount,
    cards: &[String],
) -> Result<CollectionReport, CollectionError> {
    let path = site.path("cards.txt");
    private(&path, &format!("{}\n", cards.join("\n")));
    collection::check_file(&site.context, account, &path, &out(site), REASON).await
}

/// Sends these people's cards in; returns the report and the lines back.
async fn cards(site: &Scenario, people: impl IntoIterator<Item = u32>) -> (CollectionReport, Vec<String>) {
    let cards: Vec<String> = people.into_iter().map(small::card).collect();
    let report = try_cards(site, &anna(), &cards).await.unwrap();
    let text = fs::read_to_string(out(site)).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("card_number,decision"));
    let lines: Vec<String> = lines.map(str::to_owned).collect();
    assert_eq!(report.cards, lines.len() as u64);
    let sent = lines.iter().filter(|line| line.ends_with(",send")).count();
    assert_eq!((report.send, report.hold), (sent as u64, (lines.len() - sent) as u64));
    for (card, line) in cards.iter().zip(&lines) {
        let rest = line.strip_prefix(card.as_str()).unwrap();
        assert!(rest == ",send" || rest == format!(",{HOLD}"), "{line}");
    }
    (report, lines)
}

/// Which of the lines are sent on.
fn sent(lines: &[String]) -> Vec<bool> {
    lines.iter().map(|line| line.ends_with(",send")).collect()
}

/// The reasons of a reading, card by card, as somebody cleared sees them.
async fn why(site: &Scenario, run: Uuid) -> Vec<String> {
    let cleared = ProvedAccount { may_protected: true, ..anna() };
    let shown = collection::reasons(&site.context, &cleared, run).await.unwrap();
    shown.into_iter().map(|card: CardReasons| card.reasons.unwrap().join(" ")).collect()
}

/// How often the simulation was asked about one person.
async fn asked(site: &Scenario) -> i64 {
    site.calls("soap").await
}

/// Someone under an order of non-disclosure.
fn protected() -> Value {
    json!([small::name(), small::protection(true)])
}
