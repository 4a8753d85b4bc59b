//! [`Array`]: numbers with a shape, as NumPy and safetensors exchange them.

use crate::IoError;
use nn_core::{Matrix, Real, samples_from_rows};

/// An array of any number of dimensions, row-major (C order: the last index runs fastest).
#[derive(Debug, Clone, PartialEq)]
pub struct Array<T> {
    /// Sizes, slowest index first; `[]` is a single number.
    pub shape: Vec<usize>,
    /// The values in that order; their number is the product of `shape`.
    pub values: Vec<T>,
}

impl<T: Real> Array<T> {
    /// A d × n matrix of samples as the n × d array that NumPy users know: the same memory, moved, not copied.
    pub fn from_samples(samples: Matrix<T>) -> Self {
        Self { shape: vec![samples.ncols(), samples.nrows()], values: samples.data.into() }
    }

    /// The samples of this array as a d × n matrix: the same memory, moved, not copied.
    ///
    /// The first index counts the samples, all others together are the features: n × d becomes d × n, n images of
    /// 28 × 28 become 784 × n, and n single numbers become 1 × n.
    ///
    /// # Errors
    /// [`IoError::Unexpected`] when there is no first index or the number of values is not the product of the shape,
    /// [`IoError::Core`] when a sample has no feature.
    ///
    /// ```
    /// let array = io::Array { shape: vec![3, 2], values: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0] };
    /// let samples = array.into_samples()?;
    /// assert_eq!(samples.column(1).as_slice(), [3.0, 4.0]);
    /// # Ok::<(), io::IoError>(())
    /// ```
    pub fn into_samples(self) -> Result<Matrix<T>, IoError> {
        self.check("array")?;
        let Some((_, features)) = self.shape.split_first() else {
            return Err(IoError::unexpected("array of samples", "at least one dimension", "a single number"));
        };
        let Some(features) = product(features) else {
            return Err(IoError::unexpected(
                "array of samples",
                "a size that fits memory",
                format!("{:?}", self.shape),
            ));
        };
        Ok(samples_from_rows(features, self.values)?)
    }

    /// There are as many values as the shape says.
    pub(crate) fn check(&self, what: &str) -> Result<(), IoError> {
        check_shape(what, &self.shape, self.values.len())
    }
}

/// The number of values is the product of the shape.
pub(crate) fn check_shape(what: &str, shape: &[usize], values: usize) -> Result<(), IoError> {
    if product(shape) != Some(values) {
        return Err(IoError::unexpected(what, format!("as many values as the shape {shape:?} says"), values));
    }
    Ok(())
}

/// The product of sizes; 0 if one is 0, however large the others are.
pub(crate) fn product(sizes: &[usize]) -> Option<usize> {
    if sizes.contains(&0) {
        return Some(0);
    }
    sizes.iter().try_fold(1, |product: usize, &size| product.checked_mul(size))
}

/// The bytes of the values, least significant first, as npy and safetensors store them.
pub(crate) fn little_endian<T: Real>(values: &[T]) -> Vec<u8> {
    match T::BYTES {
        4 => values.iter().flat_map(|value| (value.to_f64() as f32).to_le_bytes()).collect(),
        _ => values.iter().flat_map(|value| value.to_f64().to_le_bytes()).collect(),
    }
}
