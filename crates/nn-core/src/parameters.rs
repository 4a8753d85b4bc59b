//! [`Parameters`]: the named tensors of a trained model, for saving, loading, counting and comparing.

use crate::Real;

/// A named tensor of a model, borrowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor<'a, T> {
    /// Name, dotted from the outside in: `layers.0.weight`.
    pub name: String,
    /// Sizes, slowest index first (row-major, as PyTorch and NumPy write them): `[out, in]` for a layer's weights.
    pub shape: Vec<usize>,
    /// The values in that order; their number is the product of `shape`.
    pub values: &'a [T],
}

/// A named tensor of a model, borrowed for change.
#[derive(Debug, PartialEq)]
pub struct TensorMut<'a, T> {
    /// Name, as in [`Tensor`].
    pub name: String,
    /// Sizes, as in [`Tensor`].
    pub shape: Vec<usize>,
    /// The values.
    pub values: &'a mut [T],
}

/// The named tensors of a model: what is saved, loaded, counted and compared.
///
/// Names are unique within a model; both methods give the same tensors in the same order.
pub trait Parameters<T: Real> {
    /// The tensors, in a fixed order.
    fn tensors(&self) -> Vec<Tensor<'_, T>>;

    /// The same tensors, for change.
    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>>;

    /// Whether the other has tensors of the same names and shapes.
    fn has_shapes_of(&self, other: &Self) -> bool
    where
        Self: Sized,
    {
        let (ours, others) = (self.tensors(), other.tensors());
        let same = |(a, b): (&Tensor<'_, T>, &Tensor<'_, T>)| (&a.name, &a.shape) == (&b.name, &b.shape);
        ours.len() == others.len() && ours.iter().zip(&others).all(same)
    }

    /// How many numbers the model has learned.
    fn parameter_count(&self) -> usize {
        self.tensors().iter().map(|tensor| tensor.values.len()).sum()
    }
}
