//! Ajantasa.

pub mod address;
pub mod clock;
pub mod date;
pub mod finding;
pub mod identity_code;
pub mod municipality;
pub mod patron;
pub mod patron_file;
pub mod person;
pub mod protected;
pub mod purpose;
pub mod reconcile;
pub mod schedule;
pub mod synth;
