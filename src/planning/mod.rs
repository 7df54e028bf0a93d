//! Schedules as administrators work with them: what one will do and cost, before it is saved and before it runs.

pub mod dry_run;
pub mod estimate;
pub mod preview;
