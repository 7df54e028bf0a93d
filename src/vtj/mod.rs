//! VTJ's change interface (VTJ-muutosrajapinta, REST and JSON) and its single-person query (VTJkysely, SOAP):
//! asking them, and reading what they say.
//!
//! The names of the protocol are Finnish and end here: what leaves this module is core values. The module
//! keeps nothing and decides nothing; whoever calls it has already reserved the request and written its
//! row in the disclosure log.

pub mod call;
pub mod changes;
pub mod error;
pub mod http;
pub mod mock;
pub mod query;
pub mod rate;
pub mod retry;
pub mod tls;
pub mod wire;
