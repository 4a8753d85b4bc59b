//! The tests of the crate's public face, one program: each would compile the map for itself.

mod errors;
mod exchange;
mod properties;
mod quality;
#[cfg(feature = "parallel")]
mod threads;

use nn_core::{Matrix, Real, Stream};

fn random<T: Real>(rows: usize, columns: usize, stream: &mut Stream) -> Matrix<T> {
    let mut matrix = Matrix::zeros(rows, columns);
    stream.fill_normal(matrix.as_mut_slice(), 0.0, 1.0);
    matrix
}
