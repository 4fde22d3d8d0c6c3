//! The command line of Spiketime.

fn main() {}
