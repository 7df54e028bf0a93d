//! The integration tests: one binary, one module per subject.

mod address;
mod architecture;
mod config;
mod mock;
mod schedule;
//! Behaviour across modules, in one binary.

mod vtj_client;
//! x
mod patron_file;
mod schedule;
mod synth;
