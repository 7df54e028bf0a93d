//! The integration tests: one binary, one module per subject.

mod address;
mod architecture;
mod config;
mod mock;
//! x
mod patron_file;
mod schedule;
mod synth;
