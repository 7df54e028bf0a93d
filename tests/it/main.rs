//! Behaviour across modules, in one binary.

mod address;
mod reconcile;
mod vtj_client;
