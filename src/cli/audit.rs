//! `audit`: what happened, who did it, about whom, and by what evidence.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use clap::Subcommand;
use serde::Serialize;
use uuid::Uuid;

use super::disclosures::{day, midnight, patron_of};
use super::identity::MaybeAsArgs;
use super::{App, Code, Globals, output};
use crate::audit::{self, AuditRow, Filter};
use crate::disclosures::sees_all;
use crate::store::{data_key, patron_upkeep};

/// Rows read at a time.
const PAGE: i64 = 1000;

/// Options of `audit`.
#[derive(Debug, clap::Args)]
pub struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List what happened, in order. The log holds no personal value; a person is a tag.
    List(Which),
}

#[derive(Debug, clap::Args)]
struct Which {
    /// Only what concerns the patron with this card.
    #[arg(long, value_name = "CARD")]
    card: Option<String>,
    /// Only what this account, task or operating-system user did.
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only actions that begin so, such as `finding.` or `finding.approve`.
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Only what concerns this item of the queue.
    #[arg(long, value_name = "ID")]
    finding: Option<Uuid>,
    /// Only what happened on this day (Helsinki) or later.
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// Only what happened before this day (Helsinki).
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Only the newest so many.
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    #[command(flatten)]
    viewer: MaybeAsArgs,
}

/// A row as it is printed.
#[derive(Serialize)]
struct Shown {
    /// Masked in a list about one protected patron.
    sequence: Option<i64>,
    /// There only the day.
    at: String,
    actor_kind: String,
    /// Masked there where it is an account: its municipalities are known.
    actor: Option<String>,
    os_user: String,
    action: String,
    subject: Option<String>,
    purpose: Option<String>,
    request: Option<Uuid>,
    finding: Option<Uuid>,
    decision: Option<Uuid>,
    evidence: Option<String>,
    detail: String,
}

impl Audit {
    pub(super) async fn run(self, globals: &Globals) -> anyhow::Result<Code> {
        let Action::List(which) = self.action;
        let app = App::open(globals).await?;
        let rows = load(&app, &which).await?;
        let header = ["number", "when", "who", "what", "about", "finding", "detail"];
        output::list(app.format, &rows, &header, |row| {
            vec![
                row.sequence.map_or_else(|| "***".to_owned(), |number| number.to_string()),
                row.at.clone(),
                format!("{} {}", row.actor_kind, row.actor.as_deref().unwrap_or("***")),
                row.action.clone(),
                row.subject.as_deref().map(|tag| tag.chars().take(8).collect()).unwrap_or_default(),
                row.finding.map(|id| id.to_string()).unwrap_or_default(),
                row.detail.clone(),
            ]
        })?;
        Ok(Code::Done)
    }
}

async fn load(app: &App, which: &Which) -> anyhow::Result<Vec<Shown>> {
    let viewer = which.viewer.prove(app).await?;
    let mut event = app.event("audit.list");
    if let Some(viewer) = &viewer {
        event.actor = audit::Actor::Account { id: viewer.id, name: viewer.name.clone() };
    }
    let mut filter = Filter {
        subject_tag: None,
        actor: which.actor.clone(),
        action: which.action.clone(),
        finding: which.finding,
        since: which.since.map(midnight),
        until: which.until.map(midnight),
    };
    if let Some(card) = &which.card {
        let (_, tag) = patron_of(app, card).await?;
        filter.subject_tag = Some(tag);
        event = event.about(tag);
    }
    let protected = match viewer {
        viewer if sees_all(viewer.as_ref()) => BTreeSet::new(),
        _ => protected_tags(app).await?,
    };
    let of_one = which.card.is_some() || which.finding.is_some();
    let mut tx = app.db.begin().await?;
    audit::record(&mut tx, &[event]).await?;
    tx.commit("audit.look").await?;
    let mut shown = std::collections::VecDeque::new();
    let mut after = 0;
    loop {
        let mut tx = app.db.read().await?;
        let page = audit::page(&mut tx, &filter, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(shown.into()) };
        after = last.sequence;
        for row in page {
            let row = Shown::from(row);
            let masked = row.subject.as_ref().is_some_and(|tag| protected.contains(tag));
            let row = if masked { row.masked(of_one) } else { row };
            // Whose actor is masked must not be found by asking for the actor.
            if which.actor.is_some() && row.actor.is_none() {
                continue;
            }
            shown.push_back(row);
            if which.last.is_some_and(|most| shown.len() > most) {
                shown.pop_front();
            }
        }
    }
}

/// The tags of everybody who is protected.
async fn protected_tags(app: &App) -> anyhow::Result<BTreeSet<String>> {
    let (mut tags, mut after) = (BTreeSet::new(), Uuid::nil());
    loop {
        let page = patron_upkeep::protected(&mut app.db.read().await?, after, PAGE).await?;
        let Some(&last) = page.last() else { return Ok(tags) };
        after = last;
        let keyring = data_key::keyring(&app.db, &app.vault, &page).await?;
        tags.extend(page.iter().filter_map(|patron| keyring.tag(*patron)).map(hex::encode));
    }
}

impl Shown {
    /// Without what would lead from a protected patron to a request, and by the list of all requests to the
    /// municipality; in a list about one patron also without what would find the row in the list of all.
    fn masked(self, of_one: bool) -> Self {
        let (sequence, at) = if of_one { (None, day(&self.at)) } else { (self.sequence, self.at) };
        let actor = self.actor.filter(|_| !of_one || self.actor_kind != "account");
        let hidden = Self {
            sequence,
            at,
            actor,
            subject: None,
            request: None,
            decision: None,
            evidence: None,
            ..self
        };
        Self { finding: None, ..hidden }
    }
}

impl From<AuditRow> for Shown {
    fn from(row: AuditRow) -> Self {
        Self {
            sequence: Some(row.sequence),
            at: output::time(row.at),
            actor_kind: row.actor_kind,
            actor: Some(row.actor),
            os_user: row.os_user,
            action: row.action,
            subject: row.subject_tag.map(hex::encode),
            purpose: row.purpose,
            request: row.request,
            finding: row.finding,
            decision: row.decision,
            evidence: row.evidence.map(hex::encode),
            detail: row.detail,
        }
    }
}
