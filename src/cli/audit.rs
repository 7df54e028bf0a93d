//! `audit`: what happened, who did it, about whom, and by what evidence.

use chrono::NaiveDate;
use clap::Subcommand;
use serde::Serialize;
use uuid::Uuid;

use super::disclosures::{midnight, patron_of};
use super::{App, Code, Globals, output};
use crate::audit::{self, AuditRow, Filter};

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
}

/// A row as it is printed.
#[derive(Serialize)]
struct Shown {
    sequence: i64,
    at: String,
    actor_kind: String,
    actor: String,
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
                row.sequence.to_string(),
                row.at.clone(),
                format!("{} {}", row.actor_kind, row.actor),
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
    let mut event = app.event("audit.list");
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
            shown.push_back(Shown::from(row));
            if which.last.is_some_and(|most| shown.len() > most) {
                shown.pop_front();
            }
        }
    }
}

impl From<AuditRow> for Shown {
    fn from(row: AuditRow) -> Self {
        Self {
            sequence: row.sequence,
            at: output::time(row.at),
            actor_kind: row.actor_kind,
            actor: row.actor,
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
