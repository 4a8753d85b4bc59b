//! The tests of the crate's public face, one program: each would compile the map for itself.

mod errors;
mod exchange;
mod properties;
mod quality;
