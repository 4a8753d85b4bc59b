//! The tests of the crate's public face, one program: each would compile the networks for itself.

mod autoencoder;
mod errors;
mod links;
mod own_loss;
mod properties;
mod second_order;

use mlp::Mlp;
use nn_core::{Matrix, Parameters, Real, Stream};

/// Even between -1 and 1.
fn random<T: Real>(rows: usize, columns: usize, stream: &mut Stream) -> Matrix<T> {
    let mut matrix = Matrix::zeros(rows, columns);
    stream.fill_uniform(matrix.as_mut_slice(), -1.0, 1.0);
    matrix
}

/// Every number of the model, in the order of its tensors.
fn parameters<T: Real>(model: &impl Parameters<T>) -> Vec<T> {
    model.tensors().iter().flat_map(|tensor| tensor.values.to_vec()).collect()
}

/// Replaces every number of the model.
fn set_parameters(model: &mut Mlp<f64>, values: &[f64]) {
    let mut rest = values;
    for tensor in model.tensors_mut() {
        let (first, others) = rest.split_at(tensor.values.len());
        tensor.values.copy_from_slice(first);
        rest = others;
    }
}
