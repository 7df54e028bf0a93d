//! VTJ, the national population information system: its change interface.

pub mod mock;
