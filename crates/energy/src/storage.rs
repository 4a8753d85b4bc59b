//! How patterns become weights.

use crate::error::out_of_range;
use crate::units::sum;
use crate::{EnergyError, IntegerNetwork, Network, Patterns, RecallConfig};
use nn_core::{Matrix, Real, Stream, View, gemm, simd};

/// The thresholds θᵢ that go with the weights of a network.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Thresholds<T> {
    /// θᵢ = 0: 0/1 units as in Hopfield (1982) and on slide 73. A pattern and its complement are not alike.
    #[default]
    Zero,
    /// θᵢ = ½ Σⱼ wᵢⱼ: the network of ±1 units without fields, in which a complement is as stable as its pattern.
    Balanced,
    /// Any list, one a unit.
    Custom(Vec<T>),
}

impl<T> From<Vec<T>> for Thresholds<T> {
    fn from(list: Vec<T>) -> Self {
        Self::Custom(list)
    }
}

impl<T: Real> Thresholds<T> {
    /// The list for these weights.
    pub(crate) fn of(self, weights: &Matrix<T>) -> Vec<T> {
        match self {
            Self::Zero => vec![T::ZERO; weights.ncols()],
            Self::Balanced => weights.column_iter().map(|column| T::from_f64(0.5 * sum(column.as_slice()))).collect(),
            Self::Custom(list) => list,
        }
    }
}

/// **Eq. hebb** (slide 73): ∂E/∂wᵢⱼ = −uᵢ uⱼ, hence wᵢⱼ ← wᵢⱼ + λ uᵢ uⱼ lowers the energy of the state u.
///
/// E is linear in w and has no minimum there: the rule digs where a pattern lies, it minimizes nothing.
///
/// ```
/// use energy::{Network, energy_gradient};
///
/// let (u, lambda) = ([true, true], 0.1);
/// let mut network = Network::<f64>::unconnected(2)?;
/// let before = network.energy(&u)?;
/// network.add_to_weight(0, 1, -lambda * energy_gradient(u[0], u[1]))?;
/// assert!(network.energy(&u)? < before);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[inline]
pub fn energy_gradient(u_i: bool, u_j: bool) -> f64 {
    if u_i && u_j { -1.0 } else { 0.0 }
}

/// **Eq. hebb-centred** (slide 73): Δwᵢⱼ = 4 (uᵢ − ½)(uⱼ − ½), +1 where two units agree and −1 where they differ.
#[inline]
pub fn hebb_increment(u_i: bool, u_j: bool) -> f64 {
    let centred = |u: bool| f64::from(u8::from(u)) - 0.5;
    4.0 * centred(u_i) * centred(u_j)
}

/// wᵢⱼ = Σ_µ 4 (uᵢ − ½)(uⱼ − ½) over the patterns µ, as the sum stands on slide 73; zero thresholds.
///
/// Word for word, N² P additions. [`StorageRule::HEBB`] and [`IntegerNetwork::hebb`] count bits instead and give the same
/// weights; [`HebbianMemory`](crate::HebbianMemory) needs none.
///
/// # Errors
/// [`EnergyError::NoUnits`].
pub fn hebb<T: Real>(patterns: &Patterns) -> Result<Network<T>, EnergyError> {
    Network::from_pairs(patterns.units(), |i, j| {
        let pairs = (0..patterns.len()).map(|pattern| (patterns.get(pattern, i), patterns.get(pattern, j)));
        T::from_f64(pairs.map(|(u_i, u_j)| hebb_increment(u_i, u_j)).sum())
    })
}

/// A factor of all weights. Recall from balanced or zero thresholds does not depend on it; temperatures do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// The sum over patterns as it stands on slide 73: integers.
    #[default]
    One,
    /// The sum divided by the number of units.
    InverseUnits,
}

/// How patterns become weights. ξ = 2u − 1 are the patterns in ±1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StorageRule {
    /// wᵢⱼ = Σ_µ ξᵢ ξⱼ: slide 73. Random patterns, up to 0.138 N of them.
    Hebb(Scale),
    /// The weights that make every pattern a fixed point: the projection onto the patterns, its diagonal set to zero
    /// (Personnaz, Guyon and Dreyfus 1985). Any number of linearly independent patterns below N.
    PseudoInverse,
    /// Pattern after pattern, Δwᵢⱼ = (ξᵢ ξⱼ − ξᵢ hⱼᵢ − hᵢⱼ ξⱼ)/N with the fields hᵢⱼ = Σ_{k≠i,j} wᵢₖ ξₖ of what is stored
    /// already (Storkey 1997): local like Hebb's rule, better for patterns that resemble each other.
    Storkey,
    /// The signs of Hebb's weights (Hopfield 1982).
    Clipped,
    /// Hebb's rule pattern after pattern, no weight ever beyond ± this limit: old patterns fade (Hopfield 1982).
    Bounded(i16),
}

impl StorageRule {
    /// Slide 73.
    pub const HEBB: Self = Self::Hebb(Scale::One);

    /// The network that stores these patterns.
    ///
    /// # Errors
    /// [`EnergyError::NoUnits`], [`EnergyError::Length`] for thresholds of another length; [`EnergyError::Dependent`] of the
    /// pseudo-inverse; [`EnergyError::TooManyPatterns`] and a limit below 1 of the rules with integer weights.
    ///
    /// ```
    /// use energy::{Patterns, StorageRule, Thresholds};
    ///
    /// let patterns = Patterns::from_pictures(&["###...", "##.#.."])?;
    /// let network = StorageRule::PseudoInverse.store::<f64>(&patterns, Thresholds::Balanced)?;
    /// assert!(network.net_input(2, &patterns.state(0))? > 0.0 && network.net_input(2, &patterns.state(1))? < 0.0);
    /// # Ok::<(), energy::EnergyError>(())
    /// ```
    pub fn store<T: Real>(&self, patterns: &Patterns, thresholds: Thresholds<T>) -> Result<Network<T>, EnergyError> {
        let network = match *self {
            Self::Hebb(Scale::One) => IntegerNetwork::hebb(patterns, Thresholds::Zero)?.to_network()?,
            Self::Hebb(Scale::InverseUnits) => {
                let sums = IntegerNetwork::hebb(patterns, Thresholds::Zero)?;
                let units = patterns.units() as f64;
                Network::from_pairs(patterns.units(), |i, j| T::from_f64(f64::from(sums.weights_of(i)[j]) / units))?
            }
            Self::PseudoInverse => pseudo_inverse(patterns)?,
            Self::Storkey => storkey(patterns)?,
            Self::Clipped => IntegerNetwork::clipped(patterns, Thresholds::Zero)?.to_network()?,
            Self::Bounded(limit) => IntegerNetwork::bounded(patterns, limit, Thresholds::Zero)?.to_network()?,
        };
        network.with_thresholds(thresholds)
    }
}

/// The patterns in ±1, N × P.
fn spins(patterns: &Patterns) -> Matrix<f64> {
    patterns.to_matrix::<f64>().map(|u| 2.0 * u - 1.0)
}

/// W = X (XᵀX)⁻¹ Xᵀ = Y Yᵀ, where the columns of Y are those of X made orthonormal through the Cholesky factor of XᵀX.
fn pseudo_inverse<T: Real>(patterns: &Patterns) -> Result<Network<T>, EnergyError> {
    let (units, count) = (patterns.units(), patterns.len());
    let mut y = spins(patterns);
    let mut gram = Matrix::zeros(count, count);
    gemm(1.0, View::from(&y).transposed(), &y, 0.0, &mut gram)?;
    // The factor L row by row in the lower triangle.
    for k in 0..count {
        for l in 0..=k {
            let known: f64 = (0..l).map(|m| gram[(k, m)] * gram[(l, m)]).sum();
            let rest = gram[(k, l)] - known;
            if l < k {
                gram[(k, l)] = rest / gram[(l, l)];
            } else if rest > 1e-9 * units as f64 {
                gram[(k, k)] = rest.sqrt();
            } else {
                return Err(EnergyError::Dependent { pattern: k });
            }
        }
    }
    for k in 0..count {
        let (before, column) = y.as_mut_slice()[..(k + 1) * units].split_at_mut(k * units);
        for (l, other) in before.chunks_exact(units).enumerate() {
            simd::axpy(-gram[(k, l)], other, column);
        }
        column.iter_mut().for_each(|value| *value /= gram[(k, k)]);
    }
    let mut weights = Matrix::zeros(units, units);
    gemm(1.0, &y, View::from(&y).transposed(), 0.0, &mut weights)?;
    Network::from_pairs(units, |i, j| T::from_f64(weights[(i, j)]))
}

fn storkey<T: Real>(patterns: &Patterns) -> Result<Network<T>, EnergyError> {
    let units = patterns.units();
    let mut weights = Matrix::<f64>::zeros(units, units);
    let mut fields = vec![0.0; units];
    for xi in spins(patterns).as_slice().chunks_exact(units) {
        for (field, column) in fields.iter_mut().zip(weights.as_slice().chunks_exact(units)) {
            *field = simd::dot(column, xi);
        }
        for (j, column) in weights.as_mut_slice().chunks_exact_mut(units).enumerate() {
            for (i, weight) in column.iter_mut().enumerate() {
                if i != j {
                    // hᵢⱼ leaves unit j out, hⱼᵢ unit i.
                    let (h_ij, h_ji) = (fields[i] - *weight * xi[j], fields[j] - *weight * xi[i]);
                    *weight += (xi[i] * xi[j] - xi[i] * h_ji - h_ij * xi[j]) / units as f64;
                }
            }
        }
    }
    Network::from_pairs(units, |i, j| T::from_f64(weights[(i, j)]))
}

/// Unlearning (Hopfield, Feinstein and Palmer 1983): falls from a random state into a minimum and takes a little of it away,
/// wᵢⱼ ← wᵢⱼ − ε ξᵢ ξⱼ, so many times. Spurious minima are deep in total and lose more than patterns do.
///
/// Round k draws from `stream.at(k)`. The thresholds follow the weights.
///
/// # Errors
/// [`EnergyError::Core`] for a rate that is not positive and finite, [`EnergyError::Length`] for thresholds of another length,
/// [`EnergyError::NotFinite`] where weights overflow.
pub fn unlearn<T: Real>(
    network: Network<T>,
    thresholds: &Thresholds<T>,
    rate: f64,
    rounds: u64,
    stream: &Stream,
) -> Result<Network<T>, EnergyError> {
    if !(rate > 0.0 && rate.is_finite()) {
        return Err(out_of_range("the rate of unlearning", "positive and finite", rate));
    }
    let mut network = network.with_thresholds(thresholds.clone())?;
    let rate = T::from_f64(rate);
    for round in 0..rounds {
        let mut stream = stream.at(round);
        let start = Patterns::random(network.units(), 1, &mut stream)?.state(0);
        let minimum = RecallConfig::default().recall(&network, &start, stream.named("recall"))?.state;
        let changes: Vec<T> = minimum.iter().map(|&u| if u { rate } else { -rate }).collect();
        let units = minimum.len();
        for (j, column) in network.weights_mut().as_mut_slice().chunks_exact_mut(units).enumerate() {
            simd::axpy(if minimum[j] { -T::ONE } else { T::ONE }, &changes, column);
            column[j] = T::ZERO;
        }
        network = network.with_thresholds(thresholds.clone())?;
    }
    network.check()?;
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eq. hebb: the gradient is the slope of the energy.
    #[test]
    fn the_gradient_is_the_slope_of_the_energy() {
        for number in 0..4_u32 {
            let u = [number & 1 == 1, number & 2 == 2];
            let energy = |w: f64| Network::from_pairs(2, |_, _| w).unwrap().energy(&u).unwrap();
            assert_eq!(energy(1.25) - energy(0.25), energy_gradient(u[0], u[1]));
        }
    }

    /// Eq. hebb-centred: the four cases, and the sum over two patterns.
    #[test]
    fn equal_units_attract_and_different_ones_repel() {
        for (u_i, u_j, expected) in [(true, true, 1.0), (false, false, 1.0), (true, false, -1.0), (false, true, -1.0)] {
            assert_eq!(hebb_increment(u_i, u_j), expected);
        }
        let network = hebb::<f32>(&Patterns::from_pictures(&["##.", "#.."]).unwrap()).unwrap();
        assert_eq!(network.weights().as_slice(), [0.0, 0.0, -2.0, 0.0, 0.0, 0.0, -2.0, 0.0, 0.0]);
    }

    #[test]
    fn balanced_thresholds_are_half_the_sum_of_the_weights() {
        let network = Network::from_pairs(3, |i, j| (10 * i + j) as f64).unwrap();
        let balanced = network.clone().with_thresholds(Thresholds::Balanced).unwrap();
        assert_eq!(balanced.thresholds(), [15.0, 15.5, 20.5]);
        assert_eq!(balanced.with_thresholds(Thresholds::Zero).unwrap(), network);
        let error = network.with_thresholds(vec![1.0]).unwrap_err().to_string();
        assert_eq!(error, "the network has 3 units, the list of thresholds has 1");
    }

    fn stable(network: &Network<f64>, state: &[bool]) -> bool {
        (0..state.len()).all(|unit| {
            let net_input = network.net_input(unit, state).unwrap();
            if state[unit] { net_input > 0.0 } else { net_input < 0.0 }
        })
    }

    #[test]
    fn the_pseudo_inverse_makes_every_pattern_a_fixed_point_up_to_n_minus_one() {
        let mut stream = Stream::new(1985);
        for count in [1, 10, 25, 38] {
            let patterns = Patterns::random(40, count, &mut stream).unwrap();
            let network = StorageRule::PseudoInverse.store::<f64>(&patterns, Thresholds::Balanced).unwrap();
            network.check().unwrap();
            assert!(patterns.states().all(|state| stable(&network, &state)), "{count}");
        }
        let doubled = Patterns::from_pictures(&["##..", "#.#.", "##.."]).unwrap();
        let error = StorageRule::PseudoInverse.store::<f64>(&doubled, Thresholds::Zero).unwrap_err().to_string();
        assert_eq!(error, "pattern 2 depends linearly on the patterns before it");
    }

    #[test]
    fn one_pattern_is_stored_alike_by_every_rule() {
        let patterns = Patterns::random(12, 1, &mut Stream::new(3)).unwrap();
        let one = StorageRule::HEBB.store::<f64>(&patterns, Thresholds::Zero).unwrap();
        assert_eq!(StorageRule::Clipped.store::<f64>(&patterns, Thresholds::Zero).unwrap(), one);
        assert_eq!(StorageRule::Bounded(3).store::<f64>(&patterns, Thresholds::Zero).unwrap(), one);
        let scaled = StorageRule::Hebb(Scale::InverseUnits).store::<f64>(&patterns, Thresholds::Zero).unwrap();
        for rule in [StorageRule::PseudoInverse, StorageRule::Storkey] {
            let network = rule.store::<f64>(&patterns, Thresholds::Zero).unwrap();
            let difference = (network.weights() - scaled.weights()).amax();
            assert!(difference < 1e-15, "{rule:?}: {difference}");
        }
    }

    /// The second pattern by the definition, with its triple sum.
    #[test]
    fn storkeys_rule_follows_its_definition() {
        let patterns = Patterns::random(9, 2, &mut Stream::new(1997)).unwrap();
        let x = spins(&patterns);
        let first = |i: usize, j: usize| if i == j { 0.0 } else { x[(i, 0)] * x[(j, 0)] / 9.0 };
        let field =
            |i: usize, j: usize| -> f64 { (0..9).filter(|&k| k != i && k != j).map(|k| first(i, k) * x[(k, 1)]).sum() };
        let network = StorageRule::Storkey.store::<f64>(&patterns, Thresholds::Zero).unwrap();
        for i in 0..9 {
            for j in (0..9).filter(|&j| j != i) {
                let change = x[(i, 1)] * x[(j, 1)] - x[(i, 1)] * field(j, i) - field(i, j) * x[(j, 1)];
                assert!((network.weights()[(i, j)] - first(i, j) - change / 9.0).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn unlearning_takes_the_minimum_away_in_which_it_ends() {
        let patterns = Patterns::random(20, 1, &mut Stream::new(5)).unwrap();
        let network = StorageRule::HEBB.store::<f64>(&patterns, Thresholds::Balanced).unwrap();
        // The only minima are the pattern and its complement, which have the same weights.
        let less = unlearn(network.clone(), &Thresholds::Balanced, 0.25, 2, &Stream::new(6)).unwrap();
        assert_eq!(*less.weights(), network.weights() * 0.5);
        let error = unlearn(network, &Thresholds::Zero, 0.0, 1, &Stream::new(6)).unwrap_err().to_string();
        assert_eq!(error, "the rate of unlearning must be positive and finite, is 0");
    }
}
