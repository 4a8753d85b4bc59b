//! The tests of the crate's public face, one program: each would compile the networks for itself.

mod adjoint;
mod errors;
mod lenet;
mod neocognitron;
mod properties;
mod second_order;
mod sliding;
