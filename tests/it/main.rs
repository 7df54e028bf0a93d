//! The integration tests: one binary, one module per subject.

mod address;
mod architecture;
mod cli;
mod config;
mod database;
mod mock;
mod patron_file;
mod reconcile;
mod schedule;
mod store;
mod synth;
mod vtj_client;
