//! [`Labeled`]: samples with named features and classes.

use crate::{DatasetError, selection};
use nn_core::{Matrix, Real};

/// Samples with a class each, and the names of features and classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Labeled<T: Real> {
    /// The name of the set, for instance `iris`.
    pub id: &'static str,
    /// d × n: one sample a column.
    pub samples: Matrix<T>,
    /// The class of each sample, an index into `class_names`.
    pub labels: Vec<usize>,
    /// The names of the d features, with their unit.
    pub feature_names: Vec<String>,
    /// The names of the classes.
    pub class_names: Vec<String>,
}

impl<T: Real> Labeled<T> {
    /// The samples of these indices, in this order; an index may occur several times.
    ///
    /// # Errors
    /// [`DatasetError::Selection`] when there is no such sample.
    pub fn select(&self, indices: &[usize]) -> Result<Self, DatasetError> {
        selection::check(self.samples.ncols().min(self.labels.len()), indices)?;
        Ok(Self {
            id: self.id,
            samples: self.samples.select_columns(indices),
            labels: indices.iter().map(|&index| self.labels[index]).collect(),
            feature_names: self.feature_names.clone(),
            class_names: self.class_names.clone(),
        })
    }

    /// (train, test): samples offset, offset + every, offset + 2 · every, ... are the test part, all others the
    /// training part. A prefix would not do: the classes of iris lie one after the other.
    ///
    /// # Errors
    /// [`DatasetError::Core`] when `every` is 0.
    ///
    /// ```
    /// let (train, test) = datasets::iris::<f64>()?.split_strided(3, 0)?;
    /// assert_eq!((train.labels.len(), test.labels.len()), (100, 50));
    /// # Ok::<(), datasets::DatasetError>(())
    /// ```
    pub fn split_strided(&self, every: usize, offset: usize) -> Result<(Self, Self), DatasetError> {
        let samples = self.labels.len();
        let test = selection::strided(samples, every, offset)?;
        Ok((self.select(&selection::complement(samples, &test))?, self.select(&test)?))
    }
}
