//! The JSON of the change interface, read into core values.
//!
//! Unknown data groups, keys and words are tolerated; a value of a wrong JSON type inside a granted group
//! makes one person [`Unreadable`], never the whole answer. JSON `null` is the same as absent, and absent
//! never means empty. Groups the permit does not grant are dropped by name, their content unread. No error
//! text holds a value.

mod address;
mod code;
mod fields;
mod groups;
mod guardian;
mod page;
mod person;
mod signals;

pub use groups::{data_groups, field_group_of};
pub use page::{BaseData, Change, ChangesPage, NotAnAnswer, RawEntry, UnreadableRow, read_first_cursor};
pub use person::person;
pub use signals::{CodeSignal, Signals, signals};

/// Why a person's data or a change cannot be understood. Holds names of the protocol only, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("VTJ's data group {group} cannot be understood: {what}")]
pub struct Unreadable {
    /// The data group (tietoryhmä), or the key around the groups.
    pub group: String,
    /// What is wrong, such as "postinumero is not a text".
    pub what: String,
}

#[cfg(test)]
mod tests;
