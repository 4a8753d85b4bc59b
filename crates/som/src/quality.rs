//! How good a map is: does it quantize well, and does it keep neighbors together?

use crate::training::Quality;
use crate::{Data, Distance, Neighborhood, Som, SomError, search};
use nn_core::{CoreError, Matrix, Real, Topology, math};

/// Which units count as neighbors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Adjacency {
    /// Units that share an edge: 4 on a rectangular lattice, 6 on a hexagonal one.
    #[default]
    Edges,
    /// Units that share an edge or a corner: 8 on a rectangular lattice (MiniSom's choice), 6 on a hexagonal one.
    EdgesAndCorners,
}

impl<T: Real> Som<T> {
    /// QE = meanₙ ‖xₙ − w_c(n)‖, weighted by the samples' weights.
    ///
    /// # Errors
    /// [`SomError::NoSamples`], and as [`Som::winners`].
    pub fn quantization_error<'a>(&self, samples: impl Into<Data<'a, T>>) -> Result<f64, SomError> {
        let data = some(samples)?;
        let winners = self.winners(data)?;
        let total: f64 = winners.iter().enumerate().map(|(n, w)| data.weight(n) * w.distance.to_f64()).sum();
        Ok(total / data.total_weight())
    }

    /// The weighted fraction of samples whose best two units are not neighbors; 0 on a map of one unit.
    ///
    /// # Errors
    /// As [`Som::quantization_error`].
    pub fn topographic_error<'a>(
        &self,
        samples: impl Into<Data<'a, T>>,
        adjacency: Adjacency,
    ) -> Result<f64, SomError> {
        Ok(self.quality(samples, adjacency)?.topographic_error)
    }

    /// Quantization error and topographic error from one search.
    ///
    /// # Errors
    /// As [`Som::quantization_error`].
    pub fn quality<'a>(&self, samples: impl Into<Data<'a, T>>, adjacency: Adjacency) -> Result<Quality, SomError> {
        let data = some(samples)?;
        self.check_data(&data)?;
        let (mut distance, mut torn) = (0.0, 0.0);
        for (n, nearest) in search::nearest(self, &data, true).into_iter().enumerate() {
            distance += data.weight(n) * self.distance().unsquared(nearest.measure).to_f64();
            if !self.adjacent(nearest.first, nearest.second, adjacency) {
                torn += data.weight(n);
            }
        }
        let total = data.total_weight();
        Ok(Quality { quantization_error: distance / total, topographic_error: torn / total })
    }

    /// Equal or neighbors.
    fn adjacent(&self, i: usize, j: usize, adjacency: Adjacency) -> bool {
        // Squared distances are 0, 1, 2 (a corner of the square lattice), 3 (the next ring of the hexagonal one), ...
        let corners = adjacency == Adjacency::EdgesAndCorners && self.lattice().topology() == Topology::Rectangular;
        self.lattice().squared_distance(i, j) < if corners { 2.5 } else { 1.5 }
    }

    /// Kohonen's energy: Σₙ Σᵢ h_{c(n)i} ‖xₙ − wᵢ‖², weighted, with h₀ = 1. Other distances than the Euclidean are squared too.
    ///
    /// Costs n K distances where h is not 0.
    ///
    /// # Errors
    /// As [`Som::quantization_error`]; [`SomError::Core`] for a radius that is negative or not finite.
    pub fn distortion<'a>(
        &self,
        samples: impl Into<Data<'a, T>>,
        neighborhood: Neighborhood,
        radius: f64,
    ) -> Result<f64, SomError> {
        let data = some(samples)?;
        if !(radius.is_finite() && radius >= 0.0) {
            let (name, rule) = ("the radius", "non-negative and finite");
            return Err(CoreError::OutOfRange { name, rule, value: radius }.into());
        }
        self.check_data(&data)?;
        let (mut buffer, mut total) = (Vec::new(), 0.0);
        for (n, nearest) in search::nearest(self, &data, false).into_iter().enumerate() {
            let x = data.dense(n, &mut buffer);
            let mut energy = 0.0;
            for i in 0..self.units() {
                let h = neighborhood.weight(self.lattice().squared_distance(i, nearest.first), radius);
                if h != 0.0 {
                    let scan = self.scan(x, data.missing());
                    let scan = crate::distance::Scan { codebook: self.reference(i), ..scan };
                    let measure = nn_core::simd::dispatch(scan).measure.to_f64();
                    energy += h * if self.distance() == Distance::Euclidean { measure } else { measure * measure };
                }
            }
            total += data.weight(n) * energy;
        }
        Ok(total)
    }

    /// Trustworthiness: 1 − 2/(n k (2n − 3k − 1)) Σᵢ Σⱼ (r(i, j) − k), over the j that are among the k nearest of i on the map but
    /// not in the data; r(i, j) is the rank of j by distance from i in the data. 1 is best. Map positions are those of the
    /// winners; ties are ranked by index.
    ///
    /// Takes n² distances: for large sets, give a part of the samples.
    ///
    /// # Errors
    /// As [`Som::winners`]; [`SomError::Core`] unless 1 ≤ k < n/2; [`SomError::Unsupported`] for missing values.
    ///
    /// # Source
    /// J. Venna, S. Kaski, "Neighborhood preservation in nonlinear projection methods", ICANN 2001.
    pub fn trustworthiness<'a>(&self, samples: impl Into<Data<'a, T>>, k: usize) -> Result<f64, SomError> {
        self.kept_neighbors(samples, k, |data, map| (map, data))
    }

    /// Neighborhood preservation (continuity): as [`Som::trustworthiness`], with data and map exchanged: neighbors in the
    /// data that the map tears apart.
    ///
    /// # Errors
    /// As [`Som::trustworthiness`].
    pub fn neighborhood_preservation<'a>(&self, samples: impl Into<Data<'a, T>>, k: usize) -> Result<f64, SomError> {
        self.kept_neighbors(samples, k, |data, map| (data, map))
    }

    /// Penalizes neighbors in the first order by their ranks in the second; `choose` picks them from (data, map).
    fn kept_neighbors<'a>(
        &self,
        samples: impl Into<Data<'a, T>>,
        k: usize,
        choose: impl Fn(Vec<f64>, Vec<f64>) -> (Vec<f64>, Vec<f64>),
    ) -> Result<f64, SomError> {
        let data = some(samples)?;
        let n = data.len();
        if k == 0 || k >= n.div_ceil(2) {
            let (name, rule) = ("the number of neighbors k", "at least 1 and below half the number of samples");
            return Err(CoreError::OutOfRange { name, rule, value: k as f64 }.into());
        }
        if data.missing() {
            return Err(SomError::Unsupported("samples with missing values have no ranks of distances"));
        }
        let winners = self.winners(data)?;
        let (mut x, mut y) = (Vec::new(), Vec::new());
        let mut penalty = 0.0;
        for i in 0..n {
            let x = data.dense(i, &mut x);
            let in_data = (0..n).map(|j| self.distance().between(x, data.dense(j, &mut y)).to_f64()).collect();
            let on_map =
                winners.iter().map(|winner| self.lattice().squared_distance(winners[i].unit, winner.unit)).collect();
            let (near, far) = choose(in_data, on_map);
            let (near, ranks) = (order(&near, i), ranks(&order(&far, i), n));
            penalty += near[..k].iter().map(|&j| ranks[j].saturating_sub(k) as f64).sum::<f64>();
        }
        let (n, k) = (n as f64, k as f64);
        Ok(1.0 - 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0)) * penalty)
    }

    /// The topographic product P: mean over units j and k = 1 .. K − 1 of ln(P₁(j, k) P₂(j, k))/(2k), where P₁ and P₂ multiply the
    /// ratios of the distances, in the data space and on the lattice, of the l-th neighbors by either order, l ≤ k.
    /// P < 0: the lattice has too few dimensions for the data; P > 0: too many; 0 on maps of up to two units.
    ///
    /// Takes K² ln K steps. Of reference vectors that are equal, distances count as 10⁻³⁰⁰.
    ///
    /// # Source
    /// H.-U. Bauer, K. Pawelzik, "Quantifying the neighborhood preservation of self-organizing feature maps", IEEE
    /// Transactions on Neural Networks 3 (1992).
    pub fn topographic_product(&self) -> f64 {
        let units = self.units();
        if units < 3 {
            return 0.0;
        }
        let mut total = 0.0;
        for j in 0..units {
            let distance = |i: usize| self.distance().between(self.reference(j), self.reference(i)).to_f64();
            let in_data: Vec<f64> = (0..units).map(|i| distance(i).max(1e-300)).collect();
            let on_lattice: Vec<f64> = (0..units).map(|i| self.lattice().squared_distance(j, i).sqrt()).collect();
            let (by_data, by_lattice) = (order(&in_data, j), order(&on_lattice, j));
            let mut sum = 0.0;
            for (k, (&a, &v)) in by_lattice.iter().zip(&by_data).enumerate() {
                sum += math::ln(in_data[a] / in_data[v]) + math::ln(on_lattice[a] / on_lattice[v]);
                total += sum / (2.0 * (k + 1) as f64);
            }
        }
        total / (units * (units - 1)) as f64
    }

    /// The distance of two reference vectors.
    pub(crate) fn reference_distance(&self, i: usize, j: usize) -> f64 {
        self.distance().between(self.reference(i), self.reference(j)).to_f64()
    }

    /// Distances between all pairs of reference vectors, K × K, in the map's distance.
    pub fn codebook_distances(&self) -> Matrix<f64> {
        Matrix::from_fn(self.units(), self.units(), |i, j| self.reference_distance(i, j))
    }
}

fn some<'a, T: Real>(samples: impl Into<Data<'a, T>>) -> Result<Data<'a, T>, SomError> {
    let data = samples.into();
    if data.is_empty() { Err(SomError::NoSamples) } else { Ok(data) }
}

/// The others, nearest first; the lower index first where distances are equal.
fn order(distances: &[f64], own: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..distances.len()).filter(|&j| j != own).collect();
    order.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]));
    order
}

/// Rank of every index in the order, counted from 1.
fn ranks(order: &[usize], n: usize) -> Vec<usize> {
    let mut ranks = vec![0; n];
    for (position, &j) in order.iter().enumerate() {
        ranks[j] = position + 1;
    }
    ranks
}
