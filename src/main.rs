//! The `ajantasa` command.
fn main() {}
