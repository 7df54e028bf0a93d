//! The integration tests: one binary, one module per subject.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails its test")]

mod address;
mod architecture;
mod backup;
mod browser;
mod budget;
mod bulk;
mod check;
mod cli;
mod collection;
mod config;
mod contents;
mod database;
mod demo;
mod disclosures;
mod documents;
#[cfg(feature = "fault-points")]
mod kills;
mod migrations;
mod mock;
mod patron_file;
mod patrons;
mod pipeline;
mod planning;
mod practice;
mod preview;
mod query;
mod reconcile;
mod review;
mod runs;
mod scanner;
mod scenario;
mod schedule;
mod segment;
mod serve;
mod slices;
mod staff;
mod store;
mod switch;
mod synth;
mod vtj_client;
mod web;
