//! Ajantasa.

pub mod address;
pub mod apply;
pub mod audit;
pub mod clock;
pub mod config;
pub mod date;
pub mod finding;
pub mod identity_code;
pub mod lease;
pub mod municipality;
pub mod name;
pub mod patron;
pub mod patron_file;
pub mod patrons;
pub mod person;
pub mod protected;
pub mod purpose;
pub mod reconcile;
pub mod register;
pub mod schedule;
pub mod seal;
pub mod store;
pub mod synth;
pub mod task;
pub mod vtj;
