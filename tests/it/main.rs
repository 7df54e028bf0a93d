//! x
mod schedule;
mod synth;
