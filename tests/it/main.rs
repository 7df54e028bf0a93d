//! The integration tests: one binary, one module per subject.

mod address;
mod architecture;
mod config;
mod database;
mod mock;
mod schedule;
mod store;
