//! Behaviour across modules, in one binary.

mod vtj_client;
