//! The integration tests, one binary.

mod address;
//! The integration tests: one binary, one module per subject.

mod architecture;
//! x

mod config;
mod schedule;
