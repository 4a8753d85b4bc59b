//! [`Data`]: what a map learns from or is measured on: dense or sparse samples, weights, missing values.

use crate::SomError;
use nn_core::{CoreError, Matrix, Real};

/// Samples as compressed sparse rows (CSR): of every sample the features that are not zero.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseSamples<T: Real> {
    features: usize,
    offsets: Vec<usize>,
    indices: Vec<usize>,
    values: Vec<T>,
}

impl<T: Real> SparseSamples<T> {
    /// Sample n holds `values[k]` at feature `indices[k]` for k in `offsets[n] .. offsets[n + 1]`, features ascending: the
    /// three arrays of SciPy's `csr_matrix`.
    ///
    /// # Errors
    /// [`SomError::Sparse`] for offsets that do not begin with 0, descend or do not end at the number of values, and features
    /// that are out of range, doubled or out of order; [`SomError::NoFeatures`].
    ///
    /// ```
    /// let rows = som::SparseSamples::new(5, vec![0, 2, 2, 3], vec![0, 4, 1], vec![1.0, 2.0, 3.0])?;
    /// assert_eq!(rows.len(), 3); // the second sample is all zero
    /// # Ok::<(), som::SomError>(())
    /// ```
    pub fn new(features: usize, offsets: Vec<usize>, indices: Vec<usize>, values: Vec<T>) -> Result<Self, SomError> {
        let error = |problem, sample| Err(SomError::Sparse { problem, sample });
        if features == 0 {
            return Err(SomError::NoFeatures);
        }
        if offsets.first() != Some(&0) {
            return error("the first offset must be 0", 0);
        }
        if indices.len() != values.len() {
            return error("there must be as many feature indices as values", 0);
        }
        for (sample, pair) in offsets.windows(2).enumerate() {
            let Some(row) = indices.get(pair[0]..pair[1]) else {
                return error("offsets must ascend and end at the number of values", sample);
            };
            if row.iter().any(|&feature| feature >= features) {
                return error("a feature index is not below the number of features", sample);
            }
            if row.windows(2).any(|pair| pair[0] >= pair[1]) {
                return error("feature indices must ascend", sample);
            }
        }
        if offsets.last() != Some(&values.len()) {
            return error("offsets must end at the number of values", offsets.len().saturating_sub(2));
        }
        Ok(Self { features, offsets, indices, values })
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// No sample at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Features and values of one sample.
    pub(crate) fn row(&self, sample: usize) -> (&[usize], &[T]) {
        let range = self.offsets[sample]..self.offsets[sample + 1];
        (&self.indices[range.clone()], &self.values[range])
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Samples<'a, T: Real> {
    Dense(&'a [T]),
    Sparse(&'a SparseSamples<T>),
}

/// Samples, borrowed, with optional weights and, by explicit choice, missing values.
///
/// Every method that wants samples takes a `&Matrix` (one sample a column), a `&SparseSamples`, or this.
///
/// ```
/// use nn_core::samples_from_rows;
/// use som::Data;
///
/// let samples = samples_from_rows(2, vec![0.0, f64::NAN, 1.0, 2.0])?;
/// let data = Data::from(&samples).with_missing().weighted(&[1.0, 3.0]);
/// assert_eq!(data.len(), 2);
/// # Ok::<(), som::nn_core::CoreError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Data<'a, T: Real> {
    pub(crate) samples: Samples<'a, T>,
    features: usize,
    len: usize,
    weights: Option<&'a [f64]>,
    missing: bool,
}

impl<'a, T: Real> From<&'a Matrix<T>> for Data<'a, T> {
    fn from(samples: &'a Matrix<T>) -> Self {
        let (features, len) = samples.shape();
        Self { samples: Samples::Dense(samples.as_slice()), features, len, weights: None, missing: false }
    }
}

impl<'a, T: Real> From<&'a SparseSamples<T>> for Data<'a, T> {
    fn from(samples: &'a SparseSamples<T>) -> Self {
        let (features, len) = (samples.features, samples.len());
        Self { samples: Samples::Sparse(samples), features, len, weights: None, missing: false }
    }
}

impl<'a, T: Real> Data<'a, T> {
    /// Rows of so many features, one sample after the other.
    ///
    /// # Errors
    /// [`SomError::NoFeatures`], [`SomError::Core`] when the length is no multiple of the features.
    pub fn from_rows(features: usize, rows: &'a [T]) -> Result<Self, SomError> {
        if features == 0 {
            return Err(SomError::NoFeatures);
        }
        if !rows.len().is_multiple_of(features) {
            return Err(CoreError::Uneven { length: rows.len(), features }.into());
        }
        let len = rows.len() / features;
        Ok(Self { samples: Samples::Dense(rows), features, len, weights: None, missing: false })
    }

    /// Sample n counts as `weights[n]` samples in batch training and in every mean; in online training its step is
    /// `weights[n]` over the largest weight times as long.
    #[must_use]
    pub fn weighted(self, weights: &'a [f64]) -> Self {
        Self { weights: Some(weights), ..self }
    }

    /// NaN stands for a missing value: it takes no part in distances (which are those of the known features) nor in updates.
    ///
    /// Without this, NaN is an error that names its place.
    #[must_use]
    pub fn with_missing(self) -> Self {
        Self { missing: true, ..self }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.len
    }

    /// No sample at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.features
    }

    /// Missing values are allowed.
    pub(crate) fn missing(&self) -> bool {
        self.missing
    }

    pub(crate) fn weight(&self, sample: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[sample])
    }

    pub(crate) fn largest_weight(&self) -> f64 {
        self.weights.map_or(1.0, |weights| weights.iter().copied().fold(0.0, f64::max))
    }

    /// Σ of the weights: the number of samples without weights.
    pub(crate) fn total_weight(&self) -> f64 {
        self.weights.map_or(self.len as f64, |weights| weights.iter().sum())
    }

    /// The sample, if samples are dense.
    pub(crate) fn row(&self, sample: usize) -> Option<&'a [T]> {
        match self.samples {
            Samples::Dense(values) => Some(&values[sample * self.features..][..self.features]),
            Samples::Sparse(_) => None,
        }
    }

    /// The sample as a dense slice; `buffer` is used where it is not one already.
    pub(crate) fn dense<'b>(&'b self, sample: usize, buffer: &'b mut Vec<T>) -> &'b [T] {
        match self.samples {
            Samples::Dense(_) => self.row(sample).unwrap_or_default(),
            Samples::Sparse(rows) => {
                buffer.clear();
                buffer.resize(self.features, T::ZERO);
                let (indices, values) = rows.row(sample);
                for (&feature, &value) in indices.iter().zip(values) {
                    buffer[feature] = value;
                }
                buffer
            }
        }
    }

    /// Everything that can be wrong with samples by themselves; NaN only passes where it is allowed.
    pub(crate) fn check(&self) -> Result<(), SomError> {
        if self.features == 0 {
            return Err(SomError::NoFeatures);
        }
        let values = match self.samples {
            Samples::Dense(values) => values,
            Samples::Sparse(rows) => &rows.values,
        };
        let limit = magnitude_limit::<T>(self.features);
        let fits = |value: T| value.abs().to_f64() < limit;
        // One pass without early exit, which vectorises; places are looked up on failure only.
        let all_fit = values.iter().fold(true, |all, &value| all & fits(value));
        if !all_fit {
            self.check_values(limit)?;
        }
        if let Some(weights) = self.weights {
            if weights.len() != self.len {
                return Err(SomError::SampleCount { what: "weights", samples: self.len, found: weights.len() });
            }
            if let Some(sample) = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
                return Err(SomError::Weight { sample, value: weights[sample] });
            }
            if self.len > 0 && self.total_weight() <= 0.0 {
                return Err(SomError::NoWeight);
            }
        }
        Ok(())
    }

    /// The first bad value, by sample and feature.
    fn check_values(&self, limit: f64) -> Result<(), SomError> {
        let mut buffer = Vec::new();
        for sample in 0..self.len {
            let row = self.dense(sample, &mut buffer);
            for (feature, value) in row.iter().map(|value| value.to_f64()).enumerate() {
                if value.is_infinite() || (value.is_nan() && !self.missing) {
                    let error = CoreError::NotFinite { sample, feature, value };
                    return Err(SomError::Data { what: "the samples", error });
                }
                if value.abs() >= limit {
                    return Err(SomError::TooLarge { what: "sample", index: sample, feature, value, limit });
                }
            }
            if row.iter().all(|value| !value.is_finite()) {
                return Err(SomError::NothingKnown { sample, features: self.features });
            }
        }
        Ok(())
    }
}

/// Values below this have sums of squared differences, over all features, that do not overflow.
pub(crate) fn magnitude_limit<T: Real>(features: usize) -> f64 {
    let largest = if T::BYTES == 4 { f64::from(f32::MAX) } else { f64::MAX };
    (largest / (64.0 * features.max(1) as f64)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_rows_are_named() {
        let message = |offsets: &[usize], indices: &[usize]| {
            let values = vec![1.0; indices.len()];
            SparseSamples::new(4, offsets.to_vec(), indices.to_vec(), values).unwrap_err().to_string()
        };
        assert_eq!(message(&[], &[]), "sparse samples: the first offset must be 0 (sample 0)");
        assert_eq!(
            message(&[0, 2, 1], &[0, 1]),
            "sparse samples: offsets must ascend and end at the number of values (sample 1)"
        );
        assert_eq!(
            message(&[0, 1, 2], &[0, 4]),
            "sparse samples: a feature index is not below the number of features (sample 1)"
        );
        assert_eq!(message(&[0, 2], &[1, 1]), "sparse samples: feature indices must ascend (sample 0)");
        assert_eq!(message(&[0, 1], &[1, 2]), "sparse samples: offsets must end at the number of values (sample 0)");
        assert!(SparseSamples::new(0, vec![0], vec![], Vec::<f32>::new()).is_err());
        assert!(SparseSamples::new(4, vec![0, 1], vec![0], Vec::<f32>::new()).is_err());
    }

    #[test]
    fn a_dense_row_has_zeros_where_nothing_is_stored() {
        let rows = SparseSamples::new(3, vec![0, 0, 2], vec![0, 2], vec![5.0, 7.0]).unwrap();
        let data = Data::from(&rows);
        let mut buffer = Vec::new();
        assert_eq!(data.dense(1, &mut buffer), [5.0, 0.0, 7.0]);
        assert_eq!(data.dense(0, &mut buffer), [0.0, 0.0, 0.0]);
    }
}
