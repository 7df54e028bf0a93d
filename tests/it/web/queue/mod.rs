//! The review queue as a list, and the queue of protected cases.

mod alike;
mod listing;
mod pages;
mod protected;
mod taking;
mod views;

use ajantasa::review::{self, QueueItem, Viewer};
use ajantasa::staff::{ProvedAccount, Role};
use uuid::Uuid;

use super::Site;
use crate::scenario::{Place, Scenario, Setup, small};

/// The four municipalities of the joint register.
const LUKAS: [&str; 4] = ["078", "149", "710", "755"];

impl Site {
    /// So many people of Raasepori who have all moved.
    async fn of_movers(place: &Place, count: u32) -> Self {
        let groups = serde_json::json!([small::name(), small::address("2"), small::protection(false)]);
        let people = (1..=count).map(|n| small::person(n, &groups)).collect();
        let setup = Setup { world: Some(small::world(people, Vec::new())), ..Setup::default() };
        let scenario = Scenario::new(place, setup).await;
        scenario.import(&small::register(count)).await;
        scenario.until_idle().await;
        Self::of(scenario)
    }

    /// A reviewer, for the functions of the shell.
    async fn reviewer(&self, name: &str, municipalities: &[&str], may_protected: bool) -> ProvedAccount {
        let id = self.account(name, Role::Reviewer, municipalities, may_protected).await;
        ProvedAccount {
            id,
            name: name.to_owned(),
            role: Role::Reviewer,
            may_protected,
            municipalities: municipalities.iter().map(|code| (*code).to_owned()).collect(),
            own_card: None,
            os_user: format!("web:{name}"),
        }
    }

    /// Gives a case to an account.
    async fn assign(&self, finding: Uuid, account: Uuid) {
        let sql =
            "INSERT INTO assignment (finding, account, assigned_by, assigned_at) VALUES ($1, $2, $2, $3)";
        let context = &self.scenario.context;
        let mut tx = context.db.begin().await.unwrap();
        crate::scenario::on!(&mut tx, conn => sqlx::query(sql).bind(finding).bind(account)
            .bind(context.clock.now()).execute(conn).await.unwrap().rows_affected());
        tx.commit("test").await.unwrap();
    }

    /// Everything that is to be reviewed, by whether it needs clearance.
    pub async fn everything(&self) -> (Vec<QueueItem>, Vec<QueueItem>) {
        let context = &self.scenario.context;
        let items = review::list(context, &Viewer::Anonymous, &review::Filter::default()).await.unwrap();
        items.into_iter().partition(|item| {
            let kind = ajantasa::finding::FindingKind::from_word(item.kind).unwrap();
            item.municipality.is_none() || kind.needs_clearance()
        })
    }
}

/// What an address in a page leads to.
fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&").replace("&#34;", "\"")
}

/// The cards of the table of a page, in order.
fn cards(page: &str) -> Vec<String> {
    let rows = page.split("<th scope=\"row\"><a href=\"/queue/").skip(1);
    rows.map(|row| row.split_once("\">").unwrap().1.split('<').next().unwrap().to_owned()).collect()
}

/// The address of the page before or after.
fn link(page: &str, rel: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("rel=\"{rel}\" href=\""))?;
    Some(unescaped(rest.split('"').next().unwrap()))
}
