//! One question about one person, against the simulated VTJ: who may ask, what comes of every answer, what is
//! kept and what is shown.

mod bad_days;
mod command;
mod keeping;
#[cfg(feature = "fault-points")]
mod kills;
mod merging;
mod outcomes;
mod population;
mod refusals;
mod run;
mod whole_run;

use std::collections::BTreeSet;
use std::fs;

use ajantasa::check::{self, CheckError, CheckOutcome, Checked};
use ajantasa::staff::{ProvedAccount, Role};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scenario::{self, Place, Scenario, Setup, private, small};

/// The way a query takes, as the configuration says it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    XRoad,
    Direct,
}

/// What a site's query is configured as.
pub struct Query {
    way: Way,
    product: &'static str,
    /// Further lines of `[vtj.query]`.
    more: &'static str,
    /// Further sections.
    sections: &'static str,
}

impl Default for Query {
    fn default() -> Self {
        Self { way: Way::XRoad, product: "KIRJASTO1", more: "", sections: "" }
    }
}

/// A site whose single query is the simulation's.
pub async fn site(place: &Place, setup: Setup, query: Query) -> Scenario {
    let mut site = Scenario::new(place, setup).await;
    let path = site.path("ajantasa.toml");
    let url = site.mock.url();
    let (variant, url) = match query.way {
        Way::XRoad => ("x-road", format!("{url}/")),
        Way::Direct => ("direct", format!("{url}/sosowebsite/soso.asmx")),
    };
    let text = fs::read_to_string(&path).unwrap();
    let text = format!(
        "{text}\n[vtj.query]\nurl = \"{url}\"\nvariant = \"{variant}\"\nproduct = \"{}\"\nusername = \"demo\"\n\
         password_file = \"password\"\nx_road_client = \"FI-TEST/MUN/1234567-1/kirjasto\"\n\
         x_road_instance = \"FI-TEST\"\nrequests_per_second = 100\n{}\n{}\n",
        query.product, query.more, query.sections
    );
    private(&path, &text);
    reread(&mut site).await;
    site
}

/// Reads the configuration again, as the next command does.
async fn reread(site: &mut Scenario) {
    let context = scenario::context(site.folder.path(), &site.url, site.clock.clone()).await;
    std::mem::replace(&mut site.context, context).db.close().await;
    let settings = std::sync::Arc::make_mut(&mut site.context.settings);
    if let Some(query) = &mut settings.query {
        query.retry.first_pause = std::time::Duration::from_millis(1);
    }
}

/// A site with a few people of Raasepori who live where the register says.
async fn few(place: &Place, query: Query) -> Scenario {
    let world = small::world(small::people(3), Vec::new());
    let site = site(place, Setup { world: Some(world), attempts: 2, ..Setup::default() }, query).await;
    site.import(&small::register(3)).await;
    site
}

/// A site with these groups of the first person.
async fn one(place: &Place, groups: &Value, query: Query) -> Scenario {
    let world = small::world(vec![small::person(1, groups)], Vec::new());
    let site = site(place, Setup { world: Some(world), attempts: 2, ..Setup::default() }, query).await;
    site.import(&small::register(1)).await;
    site
}

/// A reviewer of every municipality of the test data.
fn anna() -> ProvedAccount {
    let municipalities = ["078", "092", "149", "710", "755"].map(str::to_owned);
    ProvedAccount {
        id: Uuid::from_u128(7),
        name: "anna".to_owned(),
        role: Role::Reviewer,
        may_protected: false,
        municipalities: BTreeSet::from(municipalities),
        own_card: None,
        os_user: "tester".to_owned(),
    }
}

/// Asks as anna at the desk.
async fn ask(site: &Scenario, card: &str) -> Checked {
    try_ask(site, card).await.unwrap()
}

async fn try_ask(site: &Scenario, card: &str) -> Result<Checked, CheckError> {
    check::person(&site.context, &anna(), card, "desk", "a card renewed at the desk").await
}

/// Outcome, whether VTJ was asked, protection, and the kinds in the queue.
fn gist(checked: &Checked) -> (CheckOutcome, bool, &'static str, Vec<&'static str>) {
    let kinds = checked.items.iter().map(|item| item.kind).collect();
    (checked.outcome, checked.asked_vtj, checked.protection.as_str(), kinds)
}

/// How often the simulation was asked about one person.
async fn asked(site: &Scenario) -> i64 {
    site.calls("soap").await + site.calls("soap-direct").await
}

/// Somebody whose street number in VTJ is another than the register's.
fn moved() -> Value {
    json!([small::name(), small::address("9"), small::protection(false)])
}
