//! The integration tests: one binary, one module per subject.

mod address;
mod architecture;
mod config;
mod mock;
mod patron_file;
mod schedule;
mod synth;
