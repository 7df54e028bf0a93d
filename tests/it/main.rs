//! The integration tests: one binary, one module per subject.

mod address;
mod architecture;
mod backup;
mod cli;
mod config;
mod database;
mod demo;
mod documents;
mod migrations;
mod mock;
mod patron_file;
mod patrons;
mod reconcile;
mod review;
mod schedule;
mod serve;
mod staff;
mod store;
mod synth;
mod vtj_client;
