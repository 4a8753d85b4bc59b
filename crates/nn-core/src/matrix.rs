//! Matrices whose columns are samples, and the checks every model makes before it trains.

use crate::{CoreError, Real};
use nalgebra::{Dyn, VecStorage};

/// A column-major matrix; of a data set, d × n: one sample a column.
pub type Matrix<T> = nalgebra::DMatrix<T>;

/// A column vector.
pub type Vector<T> = nalgebra::DVector<T>;

/// One sample: a borrowed column of a [`Matrix`].
pub type Sample<'a, T> = nalgebra::DVectorView<'a, T>;

/// A row-major n × `features` buffer (NumPy, CSV) as a `features` × n matrix: the same memory, moved, not copied.
///
/// # Errors
/// [`CoreError::Empty`] when `features` is 0, [`CoreError::Uneven`] when the length is no multiple of it.
///
/// ```
/// let samples = nn_core::samples_from_rows(3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// assert_eq!((samples.nrows(), samples.ncols()), (3, 2));
/// # Ok::<(), nn_core::CoreError>(())
/// ```
pub fn samples_from_rows<T: Real>(features: usize, rows: Vec<T>) -> Result<Matrix<T>, CoreError> {
    if features == 0 {
        return Err(CoreError::Empty { what: "a sample (0 features)" });
    }
    if !rows.len().is_multiple_of(features) {
        return Err(CoreError::Uneven { length: rows.len(), features });
    }
    let samples = rows.len() / features;
    Ok(Matrix::from_vec_storage(VecStorage::new(Dyn(features), Dyn(samples), rows)))
}

/// Every value is finite, or the error names the first sample (column) and feature (row) that is not.
///
/// # Errors
/// [`CoreError::NotFinite`] with sample, feature and the value found.
pub fn check_finite<T: Real>(samples: &Matrix<T>) -> Result<(), CoreError> {
    // One comparison a value, without an early exit, is a loop that vectorises; the place is looked up only on failure.
    let finite = samples.as_slice().iter().fold(true, |all, value| all & value.is_finite());
    if finite {
        return Ok(());
    }
    let index = samples.as_slice().iter().position(|value| !value.is_finite()).unwrap_or(0);
    let (sample, feature) = (index / samples.nrows(), index % samples.nrows());
    Err(CoreError::NotFinite { sample, feature, value: samples[(feature, sample)].to_f64() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_from_rows_moves_the_buffer() {
        let rows: Vec<f64> = (0..12).map(f64::from).collect();
        let address = rows.as_ptr();
        let samples = samples_from_rows(4, rows).unwrap();
        assert_eq!(samples.as_slice().as_ptr(), address);
        assert_eq!(samples.column(2).as_slice(), [8.0, 9.0, 10.0, 11.0]);
    }

    #[test]
    fn samples_from_rows_names_the_sizes() {
        let error = samples_from_rows(4, vec![0.0; 10]).unwrap_err();
        assert_eq!(error.to_string(), "10 values do not divide into samples of 4 features");
        assert_eq!(samples_from_rows::<f32>(0, vec![]).unwrap_err().to_string(), "a sample (0 features) is empty");
    }

    #[test]
    fn the_finite_check_names_sample_and_feature() {
        let mut samples = Matrix::<f32>::zeros(5, 20);
        assert_eq!(check_finite(&samples), Ok(()));
        samples[(3, 17)] = f32::NAN;
        samples[(0, 18)] = f32::INFINITY;
        assert_eq!(check_finite(&samples).unwrap_err().to_string(), "sample 17, feature 3 is NaN");
        samples[(3, 17)] = 0.0;
        assert_eq!(check_finite(&samples).unwrap_err().to_string(), "sample 18, feature 0 is inf");
    }
}
