//! The documents say what the program is.
