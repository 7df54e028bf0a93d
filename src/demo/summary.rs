//! What a run found and what it left alone, counted over the whole register in pages.

use std::collections::BTreeMap;

use crate::finding::FindingState;
use crate::patron::Inadmissible;
use crate::person::Answer;
use crate::reconcile::Quiet;
use crate::store::data_key;
use crate::store::patron::PatronRow;
use crate::store::{self};
use crate::task::Context;
use crate::task::known::{self, Standing};

/// Patrons looked at together.
const PAGE: i64 = 500;

/// The counts that `--format json` prints.
#[derive(Debug, Default, serde::Serialize)]
pub(super) struct Counts {
    /// Patrons in the register.
    pub(super) patrons: u64,
    /// Patrons of whom VTJ has been asked.
    pub(super) checked: u64,
    /// What there is to decide, by kind.
    pub(super) findings: BTreeMap<String, u64>,
    /// Tasks that failed and patrons whose rows did not open. People whose answer could not be understood
    /// are findings.
    pub(super) errors: u64,
}

/// What a run found and what it left alone.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) counts: Counts,
    /// Patrons with nothing to decide.
    pub(super) at_rest: u64,
    /// In how many comparisons each reason for finding nothing held.
    pub(super) quiet: BTreeMap<Quiet, u64>,
    /// Patrons whom VTJ may not be asked about, by the reason.
    pub(super) not_asked: BTreeMap<&'static str, u64>,
}

/// Counts. `failed_tasks` is added to the errors.
pub(super) async fn of(context: &Context, failed_tasks: u64) -> anyhow::Result<Summary> {
    let mut summary = Summary::default();
    summary.counts.errors = failed_tasks;
    let mut pages = Pages::default();
    while let Some((standings, unopened)) = pages.next(context).await? {
        summary.counts.errors += unopened;
        for standing in &standings {
            summary.add(context, standing);
        }
    }
    let mut read = context.db.read().await?;
    for (kind, state, count) in store::finding::counts(&mut read).await? {
        if FindingState::TO_REVIEW.iter().any(|open| open.as_str() == state) {
            *summary.counts.findings.entry(kind).or_default() += u64::try_from(count).unwrap_or_default();
        }
    }
    Ok(summary)
}

impl Summary {
    fn add(&mut self, context: &Context, standing: &Standing) {
        if !standing.row.in_register {
            return;
        }
        self.counts.patrons += 1;
        if standing.answer != Answer::NotAsked {
            self.counts.checked += 1;
        }
        if let Err(reason) = standing.patron.admissible(context.admission(&standing.row.municipality)) {
            *self.not_asked.entry(in_words(reason)).or_default() += 1;
        }
        let outcome = standing.compare(context);
        if outcome.findings.is_empty() {
            self.at_rest += 1;
        }
        for reason in outcome.quiet {
            *self.quiet.entry(reason).or_default() += 1;
        }
    }
}

/// The reason in words.
fn in_words(reason: Inadmissible) -> &'static str {
    match reason {
        Inadmissible::Organisation => "An organisation.",
        Inadmissible::NoCode => "No identity code.",
        Inadmissible::TestCode => "A test code, outside test use.",
        Inadmissible::BirthDateDisagrees => "The birth date is not the identity code's (which is a finding).",
        Inadmissible::ImpossibleAge => "The identity code makes the patron impossibly old.",
        Inadmissible::Restricted => "Processing is restricted.",
        Inadmissible::Objected => "The patron has objected.",
        Inadmissible::PreRegistration => "A pre-registration.",
        Inadmissible::NoPermit => "The municipality has no permit.",
        Inadmissible::NotInRegister => "No longer in the register.",
    }
}

/// The register, page by page.
#[derive(Debug, Default)]
pub(super) struct Pages {
    after: String,
}

impl Pages {
    /// The next patrons with what is known of them, and how many did not open.
    pub(super) async fn next(&mut self, context: &Context) -> anyhow::Result<Option<(Vec<Standing>, u64)>> {
        let mut read = context.db.read().await?;
        let rows: Vec<PatronRow> = store::patron::page(&mut read, &self.after, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        last.patron_id.clone_into(&mut self.after);
        let ids: Vec<_> = rows.iter().filter(|row| !row.sealed.is_empty()).map(|row| row.id).collect();
        let keyring = data_key::keyring(&context.db, &context.vault, &ids).await?;
        let (standings, unopened) = known::load(context, &mut read, &keyring, &ids).await?;
        Ok(Some((standings, u64::try_from(unopened.len()).unwrap_or(u64::MAX))))
    }
}
