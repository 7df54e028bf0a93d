//! Schedules as administrators plan them: named records, of which every content is a version that stays.
//!
//! A schedule comes from the configuration file or from an administrator. [`sync`] keeps the first kind true to the
//! file; the functions here make and change the second kind, for the command line and the pages alike. A pause keeps
//! everything and is looked at when a run would start.

mod configuration;

pub use configuration::{Synced, clash_message, clashes, sync};

/// The word for a schedule of the configuration file, in the database and in output.
pub const CONFIGURATION: &str = "configuration";
/// The word for a schedule that an administrator made.
pub const ADMINISTRATOR: &str = "administrator";
