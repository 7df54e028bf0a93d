//! The file of debts that billing is about to hand to a debt collector: checked before, card by card.
//!
//! Billing sends in card numbers and gets them back, each with `send` or with `hold: ask the library`. That
//! somebody has died, or is under an order of non-disclosure, is nobody's business there: every reason to hold
//! reads the same, in the file, in its name and in the counts. The reasons stay here, for those who may know
//! ([`reasons()`]).
//!
//! The payer is who is checked: the guarantor where the patron has one. A payer about whom VTJ has not spoken
//! lately is asked about, if nothing else speaks against sending the card on, and only if the budget holds for
//! all of them: otherwise nothing is asked and nothing is written. Doubt holds.

mod file;
mod judge;
mod reasons;
mod why;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use file::{HOLD, SEND};
pub use reasons::{CardReasons, reasons};
pub use why::Why;

use self::judge::{Parties, Rules};
use crate::audit::{self, Actor, Event};
use crate::budget::{self, BudgetError};
use crate::check::{self, CheckError, CheckOutcome};
use crate::identity_code::IdentityCode;
use crate::municipality::MunicipalityCode;
use crate::staff::{ProvedAccount, Role};
use crate::store::collection::{CollectionCard, CollectionRun};
use crate::store::{self, StoreError, data_key};
use crate::switch;
use crate::task::{self, Context, Task, TaskError};

/// The purpose under which payers are asked about.
const PURPOSE: &str = "debt_collection";

/// What came of a file. Nothing in it tells why a card is held.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CollectionReport {
    /// The reading, by which the reasons are shown.
    pub run: Uuid,
    /// When the file of the week is closed.
    pub cut_off: Option<DateTime<Utc>>,
    /// Cards in the file.
    pub cards: u64,
    /// Cards that may be sent on.
    pub send: u64,
    /// Cards that are held.
    pub hold: u64,
    /// Cards that no patron has; they are held.
    pub unknown: u64,
    /// Payers about whom VTJ was to be asked.
    pub asked: u64,
    /// Payers about whom VTJ could not be asked now; they are held, and may be asked about later.
    pub unanswered: u64,
    /// What somebody should know beside, such as a ceiling that comes near.
    pub warnings: Vec<String>,
}

/// Why there is no file back.
#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    /// The file is not one of cards.
    #[error("{0}")]
    File(String),
    /// A file could not be read or written.
    #[error("{}: {doing}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done with it.
        doing: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The two files are one.
    #[error("--out names the file that is read: write the answer to another file")]
    SameFile,
    /// A reason that cannot be kept.
    #[error("{0}")]
    Reason(&'static str),
    /// Only a reviewer answers for whom is asked about.
    #[error("only a reviewer has debts checked; this account is another role's")]
    NotReviewer,
    /// There is no such reading.
    #[error("there is no such reading of a file; `ajantasa collection` prints its identifier as run")]
    UnknownRun,
    /// The budget does not hold for all.
    #[error("{needed} payers would have to be asked about, and nobody was: {source}")]
    Budget {
        /// How many.
        needed: usize,
        /// Which ceiling.
        #[source]
        source: BudgetError,
    },
    /// VTJ does not let us ask.
    #[error("VTJ cannot be asked before this is put right, and no file was written: {0}")]
    Configuration(String),
    /// The process is to end.
    #[error("the reading was stopped; no file was written")]
    Stopped,
    /// A question could not be asked.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The comparison failed.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a file of cards on behalf of a reviewer and writes the file back, whole or not at all, for its owner
/// alone. An earlier file back is removed first: what it said may not hold any more.
///
/// # Errors
/// When a file cannot be used, the account may not, the budget does not hold for everyone who would have to be
/// asked about, VTJ lets nobody ask, or the database fails: then there is no file. A payer about whom VTJ does
/// not answer now is held, and that is no error.
pub async fn check_file(
    context: &Context,
    account: &ProvedAccount,
    path: &Path,
    out: &Path,
    reason: &str,
) -> Result<CollectionReport, CollectionError> {
    let reason = checked(reason)?;
    if account.role != Role::Reviewer {
        return Err(CollectionError::NotReviewer);
    }
    if is_same(path, out) {
        return Err(CollectionError::SameFile);
    }
    let cards = file::read(path)?;
    file::remove_earlier(out)?;
    let run = Run::begin(context, account, reason).await?;
    compare(context).await?;
    let parties = Parties::load(context, &cards).await?;
    let mut report = run.report(&cards);
    let requests = run.ask(&parties, &cards, &mut report).await?;
    compare(context).await?;
    let parties = Parties::load(context, &cards).await?;
    let judged = run.judge(&parties, &cards, &requests, &mut report).await?;
    let rows = cards.iter().zip(&judged).map(|(card, judged)| (card.as_str(), judged.decision == SEND));
    let begun = file::Begun::write(out, run.id, rows)?;
    run.finish(&judged, &report).await?;
    begun.put()?;
    Ok(report)
}

/// A reason that may be kept in the clear.
fn checked(reason: &str) -> Result<&str, CollectionError> {
    let reason = reason.trim();
    let characters: Vec<char> = reason.chars().collect();
    let is_code = |part: &[char]| IdentityCode::parse_typed(&part.iter().collect::<String>()).is_ok();
    if characters.is_empty() || characters.len() > check::REASON_MAX {
        return Err(CollectionError::Reason(
            "--reason: say in one or two sentences why the debts are checked",
        ));
    }
    if characters.windows(11).any(is_code) {
        return Err(CollectionError::Reason(
            "--reason holds an identity code: leave it out, the log is kept",
        ));
    }
    Ok(reason)
}

/// Whether two paths are one file, or would be.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

/// Compares whoever is due, so that nothing VTJ has said is left out. Where another process is at it, whoever
/// is still due is held.
async fn compare(context: &Context) -> Result<(), CollectionError> {
    match task::run(context, Task::Reconcile).await {
        Ok(_) | Err(TaskError::HeldElsewhere(_) | TaskError::Store(StoreError::LeaseLost(_))) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// One reading on its way.
struct Run<'a> {
    id: Uuid,
    context: &'a Context,
    account: &'a ProvedAccount,
    reason: &'a str,
    deadline: Option<DateTime<Utc>>,
}

impl<'a> Run<'a> {
    async fn begin(
        context: &'a Context,
        account: &'a ProvedAccount,
        reason: &'a str,
    ) -> Result<Self, CollectionError> {
        let now = context.clock.now();
        let deadline = context.settings.collection.cut_off.next_after(now);
        let run = Self { id: store::new_id(now), context, account, reason, deadline };
        let row = CollectionRun {
            id: run.id,
            account: account.id,
            os_user: account.os_user.clone(),
            reason: reason.to_owned(),
            started_at: now,
            finished_at: None,
            counts: "{}".to_owned(),
        };
        let mut tx = context.db.begin().await?;
        store::collection::begin(&mut tx, &row).await?;
        let detail = format!("begun; run {}", run.id);
        audit::record(&mut tx, &[run.event("collection.run").detail(detail)]).await?;
        tx.commit("collection.begin").await?;
        Ok(run)
    }

    fn event(&self, action: &'static str) -> Event {
        let actor = Actor::Account { id: self.account.id, name: self.account.name.clone() };
        Event { purpose: Some(PURPOSE.to_owned()), ..self.context.event_of(&actor, action) }
    }

    fn report(&self, cards: &[String]) -> CollectionReport {
        CollectionReport {
            run: self.id,
            cut_off: self.deadline,
            cards: cards.len() as u64,
            send: 0,
            hold: 0,
            unknown: 0,
            asked: 0,
            unanswered: 0,
            warnings: Vec::new(),
        }
    }

    async fn rules(&self) -> Result<Rules<'_>, StoreError> {
        let own = match &self.account.own_card {
            None => None,
            Some(card) => {
                let mut read = self.context.db.read().await?;
                store::patron::by_card_numbers(&mut read, std::slice::from_ref(card)).await?.pop()
            }
        };
        let clock = &self.context.clock;
        let (context, account, deadline) = (self.context, self.account, self.deadline);
        Ok(Rules { context, account, own, now: clock.now(), today: clock.today(), deadline })
    }

    /// Why nobody can be asked about at all.
    async fn cannot_ask(&self) -> Result<Option<String>, StoreError> {
        if self.context.query.is_none() {
            return Ok(Some("VTJ's single query is not configured: write [vtj.query]".to_owned()));
        }
        let mut read = self.context.db.read().await?;
        switch::banner(&mut read, self.context.clock.now()).await
    }

    /// Asks about the payers of whom VTJ has not spoken lately. Returns the questions, by payer.
    async fn ask(
        &self,
        parties: &Parties,
        cards: &[String],
        report: &mut CollectionReport,
    ) -> Result<BTreeMap<Uuid, Uuid>, CollectionError> {
        let needed = self.needed(parties, cards).await?;
        report.asked = needed.len() as u64;
        if let Some(why) = self.cannot_ask().await?.filter(|_| !needed.is_empty()) {
            report.unanswered = report.asked;
            report.asked = 0;
            report.warnings.push(why);
            return Ok(BTreeMap::new());
        }
        self.admit(&needed, report).await?;
        let mut requests = BTreeMap::new();
        for (&payer, (card, _)) in &needed {
            if self.context.is_stopping() {
                return Err(CollectionError::Stopped);
            }
            if self.rules().await?.is_late() {
                break;
            }
            let checked =
                check::person_in_run(self.context, self.account, card, PURPOSE, self.reason, Some(self.id))
                    .await?;
            requests.extend(checked.request.map(|request| (payer, request)));
            match checked.outcome {
                CheckOutcome::ConfigurationFault => {
                    return Err(CollectionError::Configuration(checked.reason));
                }
                CheckOutcome::Transient => report.unanswered += 1,
                CheckOutcome::Found
                | CheckOutcome::NotFound
                | CheckOutcome::Passivated
                | CheckOutcome::DeadNotDisclosed
                | CheckOutcome::NotDisclosable
                | CheckOutcome::Refused
                | CheckOutcome::ProtocolError => {}
            }
        }
        Ok(requests)
    }

    /// The payers who have to be asked about, with their cards and municipalities: those against whom nothing
    /// else speaks.
    async fn needed(
        &self,
        parties: &Parties,
        cards: &[String],
    ) -> Result<BTreeMap<Uuid, (String, MunicipalityCode)>, StoreError> {
        let rules = self.rules().await?;
        let mut needed = BTreeMap::new();
        for card in cards {
            if !rules.before_asking(parties, card).is_empty() {
                continue;
            }
            let payer = parties.borrower(card).and_then(|borrower| parties.payer(borrower));
            let Some(payer) = payer.filter(|payer| !rules.is_verified(payer)) else { continue };
            let municipality = MunicipalityCode::parse(&payer.row.municipality)
                .map_err(|_| StoreError::inconsistent("patron", "municipality"))?;
            needed.insert(payer.row.id, (payer.row.card_number.clone(), municipality));
        }
        Ok(needed)
    }

    /// Compares what has to be asked with the budget, before the first question.
    async fn admit(
        &self,
        needed: &BTreeMap<Uuid, (String, MunicipalityCode)>,
        report: &mut CollectionReport,
    ) -> Result<(), CollectionError> {
        // Without a rule nobody is needed: the purpose is closed to everyone.
        let Some(rule) = self.context.settings.purposes.get(PURPOSE) else { return Ok(()) };
        if needed.is_empty() {
            return Ok(());
        }
        let mut queries: BTreeMap<MunicipalityCode, u32> = BTreeMap::new();
        for (_, municipality) in needed.values() {
            *queries.entry(municipality.clone()).or_default() += 1;
        }
        let warnings = budget::admit_run(self.context, &queries, rule)
            .await
            .map_err(|source| CollectionError::Budget { needed: needed.len(), source })?;
        report.warnings.extend(warnings.iter().map(ToString::to_string));
        Ok(())
    }

    /// What is said of each card, in the order of the file.
    async fn judge(
        &self,
        parties: &Parties,
        cards: &[String],
        requests: &BTreeMap<Uuid, Uuid>,
        report: &mut CollectionReport,
    ) -> Result<Vec<CollectionCard>, StoreError> {
        let rules = self.rules().await?;
        let mut judged = Vec::with_capacity(cards.len());
        for (at, card) in cards.iter().enumerate() {
            let why = rules.all(parties, card);
            let borrower = parties.borrower(card);
            let payer = borrower.and_then(|borrower| parties.payer(borrower)).map(|payer| payer.row.id);
            report.unknown += u64::from(why.contains(&Why::UnknownCard));
            let send = why.is_empty();
            if send {
                report.send += 1;
            } else {
                report.hold += 1;
            }
            judged.push(CollectionCard {
                run: self.id,
                position: i64::try_from(at + 1).unwrap_or(i64::MAX),
                patron: borrower.map(|borrower| borrower.row.id),
                payer,
                decision: if send { SEND } else { "hold" }.to_owned(),
                why: words(&why),
                disclosure: payer.and_then(|payer| requests.get(&payer).copied()),
            });
        }
        Ok(judged)
    }

    /// Stores what was said, with a record about each patron.
    async fn finish(
        &self,
        judged: &[CollectionCard],
        report: &CollectionReport,
    ) -> Result<(), CollectionError> {
        let patrons: BTreeSet<Uuid> = judged.iter().filter_map(|card| card.patron).collect();
        let patrons: Vec<Uuid> = patrons.into_iter().collect();
        let keyring = data_key::keyring(&self.context.db, &self.context.vault, &patrons).await?;
        let mut told = BTreeSet::new();
        let mut events: Vec<Event> = judged
            .iter()
            .filter(|card| card.patron.is_some_and(|patron| told.insert(patron)))
            .filter_map(|card| {
                let key = keyring.newest(card.patron?).ok()?;
                let event = self.event("collection.card").about(key.subject_tag);
                Some(Event {
                    request: card.disclosure,
                    ..event.detail(format!("{} run {}", card.decision, self.id))
                })
            })
            .collect();
        let counts = serde_json::json!({
            "cards": report.cards, "send": report.send, "hold": report.hold,
            "unknown": report.unknown, "asked": report.asked, "unanswered": report.unanswered,
        });
        let detail = format!(
            "ended; run {}; cards {}, send {}, hold {}",
            self.id, report.cards, report.send, report.hold
        );
        events.push(self.event("collection.run").detail(detail));
        let mut tx = self.context.db.begin().await?;
        store::collection::insert(&mut tx, judged).await?;
        store::collection::finish(&mut tx, self.id, &counts.to_string(), self.context.clock.now()).await?;
        audit::record(&mut tx, &events).await?;
        Ok(tx.commit("collection.end").await?)
    }
}

fn words(why: &BTreeSet<Why>) -> String {
    why.iter().map(|why| why.as_str()).collect::<Vec<_>>().join(" ")
}
