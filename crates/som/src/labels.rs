//! Supervised use: labels of the samples, counted at the units, predict labels of others.

use crate::{Data, Som, SomError};
use nn_core::{CoreError, Matrix, Real};

/// How often each label was won by each unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitLabels {
    /// classes × units.
    counts: Matrix<f64>,
    /// Of every unit the one that answers for it: itself if it has labels, else the nearest on the lattice that has.
    answers: Vec<usize>,
}

impl UnitLabels {
    /// Number of units.
    pub fn units(&self) -> usize {
        self.counts.ncols()
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.counts.nrows()
    }

    /// Total weight of the samples of each class won by each unit, classes × units: their number without weights.
    pub fn counts(&self) -> &Matrix<f64> {
        &self.counts
    }

    /// The most frequent label among the samples of a unit, the lowest on a tie; nothing without samples.
    pub fn majority(&self, unit: usize) -> Option<usize> {
        if unit >= self.units() {
            return None;
        }
        let counts = self.counts.column(unit);
        let best = (1..counts.len()).fold(0, |best, label| if counts[label] > counts[best] { label } else { best });
        (counts.get(best).is_some_and(|&count| count > 0.0)).then_some(best)
    }
}

impl<T: Real> Som<T> {
    /// Counts the labels of the samples at their winners.
    ///
    /// A unit that wins no sample answers with the nearest unit on the lattice that does, the lowest on a tie.
    ///
    /// # Errors
    /// As [`Som::winners`]; [`SomError::NoSamples`]; [`SomError::SampleCount`]; [`SomError::Core`] for a label that is not below
    /// `classes`.
    ///
    /// ```
    /// use nn_core::{Boundary, Lattice, Matrix, Topology};
    /// use som::{Distance, Som};
    ///
    /// let chain = Lattice::new(1, 3, Topology::Rectangular, Boundary::Planar)?;
    /// let map = Som::new(chain, Matrix::from_row_slice(1, 3, &[0.0, 1.0, 2.0]), Distance::Euclidean)?;
    /// let samples = Matrix::from_row_slice(1, 4, &[0.1, -0.1, 0.2, 1.9]);
    /// let labels = map.label_units(&samples, &[0, 0, 1, 1], 2)?;
    /// assert_eq!(map.predict_labels(&labels, &Matrix::from_row_slice(1, 2, &[0.3, 5.0]))?, [0, 1]);
    /// assert_eq!(labels.majority(1), None);
    /// # Ok::<(), som::SomError>(())
    /// ```
    pub fn label_units<'a>(
        &self,
        samples: impl Into<Data<'a, T>>,
        labels: &[usize],
        classes: usize,
    ) -> Result<UnitLabels, SomError> {
        let data = samples.into();
        if data.is_empty() {
            return Err(SomError::NoSamples);
        }
        if labels.len() != data.len() {
            return Err(SomError::SampleCount { what: "labels", samples: data.len(), found: labels.len() });
        }
        if let Some(sample) = labels.iter().position(|&label| label >= classes) {
            return Err(CoreError::Label { sample, label: labels[sample], classes }.into());
        }
        let mut counts = Matrix::zeros(classes, self.units());
        for (sample, (winner, &label)) in self.winners(data)?.iter().zip(labels).enumerate() {
            counts[(label, winner.unit)] += data.weight(sample);
        }
        let labeled: Vec<usize> = (0..self.units()).filter(|&unit| counts.column(unit).sum() > 0.0).collect();
        let nearest = |unit: usize| {
            let distance = |other: usize| self.lattice().squared_distance(unit, other);
            labeled.iter().copied().reduce(|best, other| if distance(other) < distance(best) { other } else { best })
        };
        let answers = (0..self.units()).map(|unit| nearest(unit).unwrap_or(unit)).collect();
        Ok(UnitLabels { counts, answers })
    }

    /// The majority label of every sample's winner.
    ///
    /// # Errors
    /// As [`Som::winners`]; [`SomError::Units`] for labels of another map.
    pub fn predict_labels<'a>(
        &self,
        labels: &UnitLabels,
        samples: impl Into<Data<'a, T>>,
    ) -> Result<Vec<usize>, SomError> {
        let units = self.answering(labels, samples)?;
        Ok(units.into_iter().map(|unit| labels.majority(unit).unwrap_or(0)).collect())
    }

    /// Soft labels: the proportions of the labels at every sample's winner, classes × n; every column adds up to 1.
    ///
    /// # Errors
    /// As [`Som::predict_labels`].
    pub fn predict_proportions<'a>(
        &self,
        labels: &UnitLabels,
        samples: impl Into<Data<'a, T>>,
    ) -> Result<Matrix<f64>, SomError> {
        let units = self.answering(labels, samples)?;
        let columns: Vec<_> = units
            .iter()
            .map(|&unit| {
                let counts = labels.counts.column(unit);
                counts / counts.sum()
            })
            .collect();
        Ok(if columns.is_empty() { Matrix::zeros(labels.classes(), 0) } else { Matrix::from_columns(&columns) })
    }

    fn answering<'a>(&self, labels: &UnitLabels, samples: impl Into<Data<'a, T>>) -> Result<Vec<usize>, SomError> {
        if labels.units() != self.units() {
            return Err(SomError::Units { expected: self.units(), found: labels.units() });
        }
        Ok(self.predict(samples)?.into_iter().map(|unit| labels.answers[unit]).collect())
    }
}
