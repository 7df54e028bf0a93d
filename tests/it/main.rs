//! The integration tests, one binary.

mod address;
mod reconcile;
//! Behaviour across modules, in one binary.

mod vtj_client;
