//! From a patron file and VTJ's change interface to the queue, on both databases, on good days and bad ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod broken;
mod damaged;
mod feed;
mod house;
mod whole;
