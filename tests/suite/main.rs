//! Tests that span crates, one program: each would compile the networks for itself.

mod fuzz_targets;
mod golden;
mod golden_lenet;
mod golden_som;
mod hostile;
mod saving;
mod value_stability;
