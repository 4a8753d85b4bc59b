//! The tests of the crate's public face, one program: each would compile the networks for itself.

mod boltzmann;
mod errors;
mod properties;
