//! Tests that span crates, one program: each would compile the networks for itself.

mod golden;
mod golden_lenet;
mod golden_som;
mod hostile;
mod hostile_calls;
mod hostile_files;
mod hostile_vision;
mod saving;
mod value_stability;
