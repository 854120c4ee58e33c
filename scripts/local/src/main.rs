//! Runs the product on one machine.
fn main() {}
