//! The comparison of a patron with what VTJ says: a pure function from what is known to findings, each with
//! its rule, and to the reasons for finding nothing.

use chrono::NaiveDate;

use crate::finding::Finding;
use crate::municipality::Municipality;
use crate::patron::Patron;
use crate::person::{Answer, Death, Guardian};
use crate::protected::Protection;

/// Everything a comparison looks at.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The library's row.
    pub patron: &'a Patron,
    /// VTJ's last answer.
    pub answer: &'a Answer,
    /// What we knew before this answer, and what surrounds the patron.
    pub known: &'a Known,
    /// The municipality's languages, grants and choices.
    pub municipality: &'a Municipality,
    /// Today in Helsinki.
    pub today: NaiveDate,
}

/// What our own records hold beside the patron's row and the last answer.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each looked up by itself")]
pub struct Known {
    /// The protection in force by our records: VTJ's last word, kept until a person ends it.
    pub protection: Protection,
    /// What the change feed said of a death since base data last spoke of it.
    pub death_signal: Option<Death>,
    /// Whether a death has been confirmed or is held by our records.
    pub held_as_dead: bool,
    /// Guardians of the earlier answer, where there was one.
    pub earlier_guardians: Option<Vec<Guardian>>,
    /// Whether the patron's surname is one that VTJ gave for this person earlier.
    pub surname_fits_earlier: bool,
    /// Whether the valid code that VTJ names belongs to another patron.
    pub successor_is_another_patron: bool,
    /// Whether the change feed named a code change whose content the permit does not grant.
    pub code_change_signalled: bool,
    /// How many other patrons have the same code.
    pub cards_sharing_code: u32,
    /// The patron who guarantees this one, where linked and known.
    pub guarantor: Option<Guarantor>,
}

/// What is known of the patron who guarantees another.
#[derive(Debug, Clone, Copy, Default)]
pub struct Guarantor {
    /// Whether the guarantor is dead by our records.
    pub dead: bool,
    /// Whether the guarantor is under an order of non-disclosure.
    pub protected: bool,
}

/// What came of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Reconciliation {
    /// The differences a person shall decide.
    pub findings: Vec<Finding>,
    /// Why nothing, or nothing more, was found.
    pub quiet: Vec<Quiet>,
}

/// The rule that made a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {}

/// Why a comparison found nothing in one respect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quiet {}

/// Compares a patron with what VTJ says.
pub fn reconcile(subject: &Subject<'_>) -> Reconciliation {
    let _ = subject;
    Reconciliation::default()
}
