//! What the tests of hostile calls share.

use nn_core::{Matrix, Stream};
use std::fmt::Display;

/// What a call came to: its error in words.
pub type Outcome = Result<(), String>;

pub fn outcome<V, E: Display>(result: Result<V, E>) -> Outcome {
    result.map(drop).map_err(|error| error.to_string())
}

pub fn zeros(rows: usize, columns: usize) -> Matrix<f64> {
    Matrix::zeros(rows, columns)
}

/// Zeros with one number that is none.
pub fn spoiled(rows: usize, columns: usize, value: f64) -> Matrix<f64> {
    let mut matrix = zeros(rows, columns);
    matrix[(rows - 1, columns - 1)] = value;
    matrix
}

pub fn stream() -> Stream {
    Stream::new(13)
}

pub const NAN: f64 = f64::NAN;
pub const INF: f64 = f64::INFINITY;
