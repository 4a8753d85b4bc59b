//! Views of a map as plain matrices, rows × columns of the lattice: U-matrix, component planes, hits, labels, responses.

use crate::{Adjacency, Data, Som, SomError, UnitLabels};
use nn_core::{CoreError, Matrix, Real};

impl<T: Real> Som<T> {
    /// The U-matrix: of every unit the mean distance of its reference vector from those of its neighbors, 0 without neighbors.
    /// Ridges separate clusters.
    ///
    /// # Source
    /// A. Ultsch, H. P. Siemon, "Kohonen's self-organizing feature maps for exploratory data analysis", INNC 1990.
    pub fn u_matrix(&self, adjacency: Adjacency) -> Matrix<f64> {
        self.view(|unit| {
            let neighbors = match adjacency {
                Adjacency::Edges => self.lattice().neighbors(unit),
                Adjacency::EdgesAndCorners => self.lattice().neighbors_and_diagonals(unit),
            };
            let sum: f64 = neighbors.iter().map(|&neighbor| self.reference_distance(unit, neighbor)).sum();
            sum / neighbors.len().max(1) as f64
        })
    }

    /// One feature of all reference vectors.
    ///
    /// # Errors
    /// [`SomError::Core`] for a feature that the map does not have.
    pub fn component_plane(&self, feature: usize) -> Result<Matrix<f64>, SomError> {
        if feature >= self.features() {
            let (name, rule) = ("the feature of a component plane", "below the map's number of features");
            return Err(CoreError::OutOfRange { name, rule, value: feature as f64 }.into());
        }
        Ok(self.view(|unit| self.reference(unit)[feature].to_f64()))
    }

    /// How many samples every unit wins (their weights, if they have any).
    ///
    /// # Errors
    /// As [`Som::winners`].
    pub fn hits<'a>(&self, samples: impl Into<Data<'a, T>>) -> Result<Matrix<f64>, SomError> {
        let data = samples.into();
        let mut hits = vec![0.0; self.units()];
        for (sample, winner) in self.winners(data)?.iter().enumerate() {
            hits[winner.unit] += data.weight(sample);
        }
        Ok(self.view(|unit| hits[unit]))
    }

    /// How every unit responds to one sample: its distance.
    ///
    /// # Errors
    /// As [`Som::best_matching_unit`].
    pub fn activation_response(&self, x: &[T]) -> Result<Matrix<f64>, SomError> {
        let distances = self.distances(Data::from_rows(x.len(), x)?)?;
        Ok(self.view(|unit| distances[unit].to_f64()))
    }

    /// The majority label of every unit; nothing where a unit won no labeled sample.
    ///
    /// # Errors
    /// [`SomError::Units`] for labels of another map.
    pub fn label_map(&self, labels: &UnitLabels) -> Result<Matrix<Option<usize>>, SomError> {
        if labels.units() != self.units() {
            return Err(SomError::Units { expected: self.units(), found: labels.units() });
        }
        Ok(self.view(|unit| labels.majority(unit)))
    }

    fn view<V: nn_core::nalgebra::Scalar>(&self, value: impl Fn(usize) -> V) -> Matrix<V> {
        let (rows, columns) = (self.lattice().rows(), self.lattice().columns());
        Matrix::from_fn(rows, columns, |row, column| value(row * columns + column))
    }
}
