//! A refresh rehearsed with the answers VTJ gave earlier: what would be put into the queue now.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::preview::{Preview, PreviewError, preview, refresh};
use crate::finding::FindingKind;
use crate::schedule::definition::Definition;
use crate::store::segment;
use crate::task::Context;
use crate::task::rehearse::{Rehearsed, rehearse};

/// Patrons compared at once.
const BATCH: i64 = 500;

/// Under this word the kinds are counted that would betray a protected patron of a narrow segment.
pub const OTHER_KINDS: &str = "other";

/// What a refresh would do, and what its people's stored answers would put into the queue now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DryRun {
    /// What it would ask and cost.
    #[serde(flatten)]
    pub preview: Preview,
    /// The comparison.
    pub dry_run: Comparison,
}

/// The comparison of everybody selected with VTJ's stored answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Patrons compared.
    pub compared: u64,
    /// Of them, those about whom VTJ has never answered.
    pub without_answer: u64,
    /// Patrons not compared: their rows do not open, or base data is to come first.
    pub not_compared: u64,
    /// Items that would be new in the queue, by kind.
    pub would_open: BTreeMap<String, u64>,
    /// Open items that would be replaced.
    pub would_replace: u64,
}

/// Compares everybody a definition selects with VTJ's stored answers, a page at a time. Nothing is written, nothing
/// is asked of VTJ, and no item of the queue changes.
///
/// # Errors
/// As [`preview`].
pub async fn dry_run(
    context: &Context,
    definition: &Definition,
    now: DateTime<Utc>,
) -> Result<DryRun, PreviewError> {
    let preview = preview(context, definition, now).await?;
    let refresh = refresh(context, definition, now)?;
    let mut done = Rehearsed::default();
    for municipality in &refresh.scope.municipalities {
        let mut after = Uuid::nil();
        loop {
            let mut tx = context.db.read().await?;
            let page = segment::page(&mut tx, &refresh.segment, &refresh.scope, municipality, after, BATCH);
            let page = page.await?;
            drop(tx);
            let Some(last) = page.last() else { break };
            after = *last;
            done.add(rehearse(context, &page).await?);
        }
    }
    Ok(DryRun { preview, dry_run: comparison(done) })
}

fn comparison(done: Rehearsed) -> Comparison {
    let mut would_open: BTreeMap<String, u64> = BTreeMap::new();
    for (kind, count) in done.opened {
        let shown = if betrays(&kind) { OTHER_KINDS.to_owned() } else { kind };
        *would_open.entry(shown).or_default() += count;
    }
    Comparison {
        compared: done.compared,
        without_answer: done.without_answer,
        not_compared: done.waiting + done.unopened,
        would_open,
        would_replace: done.replaced,
    }
}

/// Whether a kind says of somebody in a narrow segment that they are protected, or were.
fn betrays(kind: &str) -> bool {
    [
        FindingKind::ProtectionStarted,
        FindingKind::ProtectionEnded,
        FindingKind::IdentityCodeChanged,
        FindingKind::IdentityCodePassivated,
    ]
    .into_iter()
    .any(|hidden| hidden.as_str() == kind)
}
