//! x
mod mock;
