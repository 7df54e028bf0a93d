//! What the configuration tells those who do the work.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use chrono::TimeDelta;

use crate::municipality::Municipality;
use crate::purpose::{GroundedPurpose, PurposeRule};
use crate::quota::{Ceilings, Price};
use crate::schedule::CronExpression;
use crate::segment::SegmentRules;
use crate::vtj::retry::RetryPolicy;

/// What the tasks are told by the configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether identity codes 900–999 are admitted.
    pub allow_test_codes: bool,
    /// The municipalities with a permit, by code.
    pub municipalities: BTreeMap<String, Municipality>,
    /// The purpose under which the register is kept true.
    pub upkeep: GroundedPurpose,
    /// Every purpose, by name.
    pub purposes: BTreeMap<String, PurposeRule>,
    /// The single-person query, where it is configured.
    pub query: Option<QueryRules>,
    /// Who may stand in the file that goes to the debt collector.
    pub collection: CollectionRules,
    /// How cases are reviewed.
    pub review: ReviewRules,
    /// What segments depend on.
    pub segment: SegmentRules,
    /// A schedule that may ask about more people than this needs a second administrator.
    pub two_person_people: u32,
    /// Years for which the disclosure log is kept.
    pub disclosures_kept_years: u32,
    /// Days for which runs of schedules are kept.
    pub runs_kept_days: u32,
    /// What base data about one person costs.
    pub base_data_price: Price,
    /// People per follow list.
    pub list_size: u32,
    /// Pages of one list in one round.
    pub page_limit: u32,
    /// How often one request is tried.
    pub retry: RetryPolicy,
    /// Observation mode: nothing is ever written to the register.
    pub observe: bool,
}

/// How cases are reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewRules {
    /// How long an approval can be taken back.
    pub undo_window: TimeDelta,
    /// Invented cases in a hundred samples of bulk approval.
    pub planted_percent: u32,
    /// A class of which more of the last fifty invented cases were missed stops bulk approval.
    pub planted_misses: u32,
}

/// How single persons may be asked about.
#[derive(Debug, Clone)]
pub struct QueryRules {
    /// The product that the permit names.
    pub product: String,
    /// The most queries of the whole installation.
    pub ceilings: Ceilings,
    /// The most queries of each municipality that has a ceiling of its own, by code.
    pub municipalities: BTreeMap<String, Ceilings>,
    /// The share of the installation's daily ceiling, in per cent, that is kept for urgent queries.
    pub reserve_percent: u32,
    /// What one query costs.
    pub price: Price,
    /// The most queries a second, as agreed.
    pub requests_per_second: NonZeroU32,
    /// For how long an answer is shown again instead of asking anew.
    pub reuse: TimeDelta,
    /// How often one query is tried.
    pub retry: RetryPolicy,
}

/// Who may stand in the file that goes to the debt collector.
#[derive(Debug, Clone)]
pub struct CollectionRules {
    /// Days since the oldest due date, at least.
    pub minimum_days_overdue: u32,
    /// Years of age, at least.
    pub minimum_age: u32,
    /// Since when VTJ must have been asked about the payer, in days.
    pub verified_within_days: u32,
    /// When the file of the week is closed, on the Helsinki wall clock.
    pub cut_off: CronExpression,
}
