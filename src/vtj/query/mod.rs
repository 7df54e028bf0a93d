//! The single-person query (VTJkysely, SOAP), over X-Road or direct: one case, one question, one answer.
//!
//! The standard-form interface is for single look-ups and not for keeping a register true; that is the change
//! interface's task.

mod answer;
mod client;
mod codes;
mod draft;
mod encoding;
mod end_user;
mod message;
mod names;
mod outcome;
mod person;
mod place;
mod reader;
mod request;
mod scope;
mod settings;

pub use answer::{Described, QueryAnswer, UnreadablePerson};
pub use client::{QueryClient, read_answer};
pub use end_user::{EndUser, NotAnEndUser, NotAnXRoadClient, XRoadClient};
pub use reader::Limits;
pub use settings::{MOST_BYTES, QuerySettings, Way};
