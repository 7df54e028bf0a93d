//! The patron file: the register's patrons as CSV, read row by row and written back.

mod column;

pub use column::Column;
