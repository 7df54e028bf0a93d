//! From a patron file and VTJ's change interface to the queue, on both databases, on good days and bad ones.

mod answers;
mod broken;
mod feed;
mod house;
mod whole;
