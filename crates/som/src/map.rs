//! [`Som`]: units on a lattice, each with a reference vector; the winner and Kohonen's rule.

use crate::distance::{Distances, Nearest, Scan};
use crate::{Data, Distance, Neighborhood, SomError, search};
use nn_core::simd::dispatch;
use nn_core::{CoreError, Lattice, Matrix, Parameters, Real, Tensor, TensorMut};

/// A self-organizing map: K units on a lattice, unit i with the reference vector wᵢ, column i of the codebook.
#[derive(Debug, Clone, PartialEq)]
pub struct Som<T: Real> {
    lattice: Lattice,
    codebook: Matrix<T>,
    distance: Distance,
}

/// The best matching unit of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Winner<T> {
    /// The unit, from 0 to K − 1, row by row.
    pub unit: usize,
    /// Its distance from the sample.
    pub distance: T,
}

impl<T: Real> Som<T> {
    /// A map with this codebook, D × K.
    ///
    /// # Errors
    /// [`SomError::Units`], [`SomError::NoFeatures`], [`SomError::Data`] for values that are not finite,
    /// [`SomError::TooLarge`].
    pub fn new(lattice: Lattice, codebook: Matrix<T>, distance: Distance) -> Result<Self, SomError> {
        if codebook.nrows() == 0 {
            return Err(SomError::NoFeatures);
        }
        let (expected, found) = (lattice.units(), codebook.ncols());
        if expected != found {
            return Err(SomError::Units { expected, found });
        }
        nn_core::check_finite(&codebook).map_err(|error| match error {
            CoreError::NotFinite { .. } => SomError::Data { what: "the codebook, a unit a sample", error },
            other => other.into(),
        })?;
        let limit = crate::data::magnitude_limit::<T>(codebook.nrows());
        if let Some(place) = codebook.iter().position(|value| value.to_f64().abs() >= limit) {
            let (index, feature) = (place / codebook.nrows(), place % codebook.nrows());
            let value = codebook[(feature, index)].to_f64();
            return Err(SomError::TooLarge { what: "unit", index, feature, value, limit });
        }
        Ok(Self { lattice, codebook, distance })
    }

    /// Where the units are.
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    /// The reference vectors, D × K: wᵢ is column i.
    pub fn codebook(&self) -> &Matrix<T> {
        &self.codebook
    }

    /// How the winner is chosen.
    pub fn distance(&self) -> Distance {
        self.distance
    }

    /// Number of features D.
    pub fn features(&self) -> usize {
        self.codebook.nrows()
    }

    /// Number of units K.
    pub fn units(&self) -> usize {
        self.codebook.ncols()
    }

    pub(crate) fn codebook_mut(&mut self) -> &mut Matrix<T> {
        &mut self.codebook
    }

    /// wᵢ as a slice.
    pub(crate) fn reference(&self, unit: usize) -> &[T] {
        &self.codebook.as_slice()[unit * self.features()..][..self.features()]
    }

    pub(crate) fn scan<'a>(&'a self, x: &'a [T], missing: bool) -> Scan<'a, T> {
        Scan { distance: self.distance, codebook: self.codebook.as_slice(), x, missing }
    }

    fn check_sample(&self, x: &[T]) -> Result<(), SomError> {
        self.check_data(&Data::from_rows(x.len(), x)?)
    }

    /// Samples fit the map and hold nothing that distances cannot take.
    pub(crate) fn check_data(&self, data: &Data<'_, T>) -> Result<(), SomError> {
        let (expected, found) = (self.features(), data.features());
        if expected != found {
            return Err(SomError::Features { expected, found });
        }
        data.check()
    }

    /// **Eq. som-winner** (slide 15): c = argminᵢ ‖wᵢ − x‖; the lowest unit wins a tie.
    ///
    /// # Errors
    /// [`SomError::Features`], [`SomError::Data`] for NaN and infinities, [`SomError::TooLarge`].
    pub fn best_matching_unit(&self, x: &[T]) -> Result<Winner<T>, SomError> {
        self.check_sample(x)?;
        Ok(self.winner(dispatch(self.scan(x, false))))
    }

    fn winner(&self, nearest: Nearest<T>) -> Winner<T> {
        Winner { unit: nearest.first, distance: self.distance.unsquared(nearest.measure) }
    }

    /// **Eq. som-update** (slide 15): wᵢ ← wᵢ + h_ci (x − wᵢ) for every unit i, with h_ci = h₀ times the neighborhood's
    /// weight at this radius σ. Returns the winner c as it was before the step.
    ///
    /// # Errors
    /// As [`Som::best_matching_unit`]; [`SomError::Core`] for h₀ outside [0, 1] or a radius that is negative or not finite.
    ///
    /// ```
    /// use nn_core::{Boundary, Lattice, Matrix, Topology};
    /// use som::{Distance, Neighborhood, Som};
    ///
    /// let chain = Lattice::new(1, 3, Topology::Rectangular, Boundary::Planar)?;
    /// let mut map = Som::new(chain, Matrix::from_row_slice(1, 3, &[0.0, 1.0, 2.0]), Distance::Euclidean)?;
    /// let winner = map.adapt(&[3.0], Neighborhood::Bubble, 1.0, 0.5)?;
    /// assert_eq!((winner.unit, winner.distance), (2, 1.0));
    /// assert_eq!(map.codebook().as_slice(), [0.0, 2.0, 2.5]); // the winner and its neighbor come closer
    /// # Ok::<(), som::SomError>(())
    /// ```
    pub fn adapt(
        &mut self,
        x: &[T],
        neighborhood: Neighborhood,
        radius: f64,
        learning_rate: f64,
    ) -> Result<Winner<T>, SomError> {
        let winner = self.best_matching_unit(x)?;
        let out_of_range = |name, rule, value| Err(CoreError::OutOfRange { name, rule, value }.into());
        if !(0.0..=1.0).contains(&learning_rate) {
            return out_of_range("the learning rate", "between 0 and 1", learning_rate);
        }
        if !(radius.is_finite() && radius >= 0.0) {
            return out_of_range("the radius", "non-negative and finite", radius);
        }
        let c = winner.unit;
        for (i, mut w) in self.codebook.column_iter_mut().enumerate() {
            let h = learning_rate * neighborhood.weight(self.lattice.squared_distance(i, c), radius);
            let h = T::from_f64(h);
            for (w, &x) in w.iter_mut().zip(x) {
                *w += h * (x - *w);
            }
        }
        Ok(winner)
    }

    /// The winner of every sample and its distance.
    ///
    /// Equal to [`Som::best_matching_unit`] sample by sample, to the last bit, and faster.
    ///
    /// # Errors
    /// As [`Som::best_matching_unit`]; NaN is allowed by [`Data::with_missing`].
    pub fn winners<'a>(&self, samples: impl Into<Data<'a, T>>) -> Result<Vec<Winner<T>>, SomError> {
        let data = samples.into();
        self.check_data(&data)?;
        Ok(search::nearest(self, &data, false).into_iter().map(|nearest| self.winner(nearest)).collect())
    }

    /// The winner of every sample.
    ///
    /// # Errors
    /// As [`Som::winners`].
    pub fn predict<'a>(&self, samples: impl Into<Data<'a, T>>) -> Result<Vec<usize>, SomError> {
        Ok(self.winners(samples)?.into_iter().map(|winner| winner.unit).collect())
    }

    /// Dimension reduction (slide 17): the lattice position (x, y) of every sample's winner, 2 × n.
    ///
    /// # Errors
    /// As [`Som::winners`].
    pub fn transform<'a>(&self, samples: impl Into<Data<'a, T>>) -> Result<Matrix<T>, SomError> {
        let winners = self.winners(samples)?;
        let mut positions = Matrix::zeros(2, winners.len());
        for (position, winner) in positions.as_mut_slice().as_chunks_mut::<2>().0.iter_mut().zip(winners) {
            let (x, y) = self.lattice.position(winner.unit);
            *position = [T::from_f64(x), T::from_f64(y)];
        }
        Ok(positions)
    }

    /// Vector quantization (slide 17): every sample replaced by its winner's reference vector, D × n.
    ///
    /// # Errors
    /// As [`Som::winners`].
    pub fn quantize<'a>(&self, samples: impl Into<Data<'a, T>>) -> Result<Matrix<T>, SomError> {
        let winners = self.winners(samples)?;
        let mut quantized = Matrix::zeros(self.features(), winners.len());
        for (to, winner) in quantized.as_mut_slice().chunks_exact_mut(self.features()).zip(winners) {
            to.copy_from_slice(self.reference(winner.unit));
        }
        Ok(quantized)
    }

    /// The distance of every sample from every unit, K × n.
    ///
    /// # Errors
    /// As [`Som::winners`].
    pub fn distances<'a>(&self, samples: impl Into<Data<'a, T>>) -> Result<Matrix<T>, SomError> {
        let data = samples.into();
        self.check_data(&data)?;
        let mut distances = Matrix::zeros(self.units(), data.len());
        let mut buffer = Vec::new();
        for (sample, output) in distances.as_mut_slice().chunks_exact_mut(self.units()).enumerate() {
            let x = data.dense(sample, &mut buffer);
            dispatch(Distances { scan: self.scan(x, data.missing()), output });
        }
        Ok(distances)
    }
}

/// `codebook` with shape [K, D].
impl<T: Real> Parameters<T> for Som<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let shape = vec![self.units(), self.features()];
        vec![Tensor { name: "codebook".into(), shape, values: self.codebook.as_slice() }]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let shape = vec![self.units(), self.features()];
        vec![TensorMut { name: "codebook".into(), shape, values: self.codebook.as_mut_slice() }]
    }
}
