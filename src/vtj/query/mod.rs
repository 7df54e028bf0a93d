//! The single-person query (VTJkysely, SOAP), over X-Road or direct: one case, one question, one answer.
//!
//! The standard-form interface is for single look-ups and not for keeping a register true; that is the change
//! interface's task.

mod answer;
mod end_user;
mod settings;

pub use answer::{Described, QueryAnswer};
pub use end_user::{EndUser, NotAnEndUser, NotAnXRoadClient, XRoadClient};
pub use settings::{MOST_BYTES, QuerySettings, Way};
