//! x
mod patron_file;
mod schedule;
mod synth;
