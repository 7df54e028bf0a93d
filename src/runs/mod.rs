//! Runs of refreshes: planned once, carried out in batches, ended with what was and what was not checked.
//!
//! A run says what it is about when it begins: the people of its segment are frozen as its own rows
//! (`plan`), and each row says what came of the person. A batch commits the answers, the people's rows and the
//! run's numbers together, so a kill repeats nothing that is recorded; what had been asked and not been answered is
//! asked again, and both questions are in the disclosure log. A run keeps the version of its schedule that was in
//! force when it was made, however often the schedule is edited meanwhile; its row says which.
//!
//! One refresh goes on at a time in an installation: whoever carries it out holds the lease [`LEASE`], and proves
//! that in every transaction. The ways to ask are in [`way`]; a further one is added there.
//!
//! Rounds of tasks are runs, too; the scheduler carries them out, by the states here.

mod base_data;
mod by_hand;
mod error;
mod plan;
mod show;
mod single_query;
mod state;
pub mod way;
mod worker;

pub use by_hand::{Cancelled, Started, cancel, plan, retry, start};
pub use error::{Refused, RunError};
pub use show::{LeftOut, PutAside, RunView, Shown, list, one, show};
pub use state::{begin, end, held_back, set_ended};
pub use way::{Kept, Turn, Way};
pub use worker::{Progress, Went, Worker, carry_out};

/// The lease under which refreshes are carried out.
pub const LEASE: &str = "run";

/// What the two logs call the work of a run.
pub const RUN: &str = "run";
