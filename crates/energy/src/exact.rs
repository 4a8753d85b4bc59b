//! The Boltzmann distribution by enumeration of all states: the judge of every sampler.

use crate::enumeration::{self, Sums};
use crate::error::{check_length, out_of_range};
use crate::{EnergyError, Network, Temperature};
use nn_core::{Matrix, Real, math};

/// Units whose sums over all states ([`log_partition_function`], [`Equilibrium::of`]) can be waited for: 2³⁴ states take
/// seconds.
pub const SUMMABLE_UNITS: usize = 34;

/// Units whose states can be listed ([`exact_distribution`], [`ground_states`]): 2²⁴ numbers are 134 MB.
pub const LISTABLE_UNITS: usize = 24;

const INSTEAD: &str = "draw samples instead (Gibbs), or anneal";

fn check_units(what: &'static str, units: usize, most: usize) -> Result<(), EnergyError> {
    if units <= most { Ok(()) } else { Err(EnergyError::TooManyUnits { what, units, most, instead: INSTEAD }) }
}

/// The canonical distribution over the two states of one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoLevel {
    /// p(1) = 1/Z.
    pub on: f64,
    /// p(0) = exp(−Iᵢ/T)/Z.
    pub off: f64,
    /// Z.
    pub partition_function: f64,
}

/// **Eq. two-level** (slide 76): energy 0 for uᵢ = 1 and Iᵢ for uᵢ = 0, Z = 1 + exp(−Iᵢ/T), p(1) = 1/Z, p(0) = exp(−Iᵢ/T)/Z.
///
/// Equal to [`unit_probability`](crate::unit_probability): only the difference of the two energies counts.
///
/// # Errors
/// [`EnergyError::Core`] at temperature zero or infinity.
///
/// ```
/// use energy::{Temperature, two_level, unit_probability};
///
/// let temperature = Temperature::new(2.0)?;
/// let unit = two_level(0.7, temperature)?;
/// assert!((unit.on - unit_probability(0.7, temperature)).abs() < 1e-15);
/// assert!((unit.on + unit.off - 1.0).abs() < 1e-15);
/// # Ok::<(), energy::EnergyError>(())
/// ```
pub fn two_level(net_input: f64, temperature: Temperature) -> Result<TwoLevel, EnergyError> {
    let off = math::exp(-net_input / positive(temperature)?);
    let partition_function = 1.0 + off;
    let on = 1.0 / partition_function;
    Ok(TwoLevel { on, off: if off.is_finite() { off / partition_function } else { 1.0 }, partition_function })
}

/// **Eq. boltzmann-distribution** (slide 77): p(s) = exp(−E_s/T)/Z for all 2ᴺ states.
///
/// Bit i of the index is unit i ([`state_of`]). The energy has the terms of inputs and thresholds, too. At temperature zero the
/// states of the lowest energy share the probability, at infinite temperature all do.
///
/// # Errors
/// [`EnergyError::TooManyUnits`] above [`LISTABLE_UNITS`].
///
/// ```
/// use energy::{Network, Temperature, exact_distribution};
///
/// let pair = Network::from_pairs(2, |_, _| 1.0)?;
/// let p = exact_distribution(&pair, Temperature::ONE)?;
/// assert!((p[3] / p[0] - std::f64::consts::E).abs() < 1e-12); // both units 1: the energy is −1
/// # Ok::<(), energy::EnergyError>(())
/// ```
pub fn exact_distribution<T: Real>(network: &Network<T>, temperature: Temperature) -> Result<Vec<f64>, EnergyError> {
    check_units("listing them", network.units(), LISTABLE_UNITS)?;
    let t = temperature.value();
    let exponents = enumeration::exponents(network, if t == 0.0 { 1.0 } else { t });
    let mut p = exponents.of_states(network.units());
    let highest = p.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if t == 0.0 {
        p.iter_mut().for_each(|p| *p = if *p == highest { 1.0 } else { 0.0 });
    } else {
        p.iter_mut().for_each(|p| *p -= highest);
        math::exp_in_place(&mut p);
    }
    let sum = nn_core::simd::sum(&p);
    p.iter_mut().for_each(|p| *p /= sum);
    Ok(p)
}

/// **Eq. partition-function** (slide 77): Z = Σ_s exp(−E_s/T) over the 2ᴺ states. Infinite when it overflows; its logarithm
/// ([`log_partition_function`]) does not.
///
/// # Errors
/// As [`log_partition_function`].
pub fn partition_function<T: Real>(network: &Network<T>, temperature: Temperature) -> Result<f64, EnergyError> {
    Ok(math::exp(log_partition_function(network, temperature)?))
}

/// ln Z, in nats.
///
/// # Errors
/// [`EnergyError::TooManyUnits`] above [`SUMMABLE_UNITS`], and at temperature zero, where Z is 0 or infinite.
pub fn log_partition_function<T: Real>(network: &Network<T>, temperature: Temperature) -> Result<f64, EnergyError> {
    let sums = sums(network, temperature, false)?;
    Ok(sums.scale + math::ln(sums.total))
}

fn sums<T: Real>(network: &Network<T>, temperature: Temperature, with_pairs: bool) -> Result<Sums, EnergyError> {
    check_units("summing over them", network.units(), SUMMABLE_UNITS)?;
    if temperature == Temperature::ZERO {
        return Err(out_of_range("the temperature of a partition function", "positive", 0.0));
    }
    Ok(enumeration::sums(&enumeration::exponents(network, temperature.value()), with_pairs)?)
}

/// What a network in equilibrium is on the average.
#[derive(Debug, Clone, PartialEq)]
pub struct Equilibrium {
    /// ln Z, in nats.
    pub log_partition_function: f64,
    /// F = −T ln Z = ⟨E⟩ − T S. Minus infinity at infinite temperature.
    pub free_energy: f64,
    /// ⟨E⟩
    pub mean_energy: f64,
    /// S = −Σ p ln p, in nats.
    pub entropy: f64,
    /// ⟨uᵢ uⱼ⟩, N × N and symmetric; the diagonal is ⟨uᵢ⟩, because uᵢ uᵢ = uᵢ.
    pub pairs: Matrix<f64>,
}

impl Equilibrium {
    /// All of it by one pass over the 2ᴺ states.
    ///
    /// # Errors
    /// As [`log_partition_function`].
    ///
    /// ```
    /// use energy::{Equilibrium, Network, Temperature};
    ///
    /// let pair = Network::from_pairs(2, |_, _| 1.0)?;
    /// let equilibrium = Equilibrium::of(&pair, Temperature::ONE)?;
    /// let z = 3.0 + std::f64::consts::E;
    /// assert!((equilibrium.pairs[(0, 1)] - std::f64::consts::E / z).abs() < 1e-14);
    /// assert!((equilibrium.pairs[(0, 0)] - (1.0 + std::f64::consts::E) / z).abs() < 1e-14);
    /// # Ok::<(), energy::EnergyError>(())
    /// ```
    pub fn of<T: Real>(network: &Network<T>, temperature: Temperature) -> Result<Self, EnergyError> {
        let Sums { scale, total, pairs } = sums(network, temperature, true)?;
        let units = network.units();
        let pairs = Matrix::from_fn(units, units, |i, j| pairs[i * units + j] / total);
        let log_partition_function = scale + math::ln(total);
        let mean_energy = mean_energy(network, &pairs);
        let t = temperature.value();
        Ok(Self {
            log_partition_function,
            free_energy: -t * log_partition_function,
            mean_energy,
            entropy: log_partition_function + if t.is_finite() { mean_energy / t } else { 0.0 },
            pairs,
        })
    }
}

/// ⟨E⟩ from ⟨uᵢ uⱼ⟩.
fn mean_energy<T: Real>(network: &Network<T>, pairs: &Matrix<f64>) -> f64 {
    let mut sum = 0.0;
    for i in 0..network.units() {
        for j in 0..i {
            sum -= network.weights()[(i, j)].to_f64() * pairs[(i, j)];
        }
        sum -= (network.inputs()[i].to_f64() - network.thresholds()[i].to_f64()) * pairs[(i, i)];
    }
    sum
}

/// The lowest energy, and the numbers of all states that have it (equal to the last bit).
///
/// # Errors
/// [`EnergyError::TooManyUnits`] above [`LISTABLE_UNITS`].
pub fn ground_states<T: Real>(network: &Network<T>) -> Result<(f64, Vec<u32>), EnergyError> {
    check_units("listing them", network.units(), LISTABLE_UNITS)?;
    let exponents = enumeration::exponents(network, 1.0).of_states(network.units());
    let highest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let states = (0..).zip(&exponents).filter(|(_, exponent)| **exponent == highest).map(|(state, _)| state);
    Ok((-highest, states.collect()))
}

/// The state of this number: unit i is bit i. Units from 32 on are 0.
pub fn state_of(number: u32, units: usize) -> Vec<bool> {
    (0..units).map(|unit| unit < 32 && number >> unit & 1 == 1).collect()
}

/// The number of a state: bit i is unit i. Only the first 32 units count.
pub fn number_of(state: &[bool]) -> u32 {
    state.iter().take(32).enumerate().map(|(unit, &on)| u32::from(on) << unit).sum()
}

/// **Eq. kl-divergence** (slide 81): D(p‖q) = Σ_s p(s) ln(p(s)/q(s)) in nats; terms with p(s) = 0 are 0.
///
/// Never negative; infinite where q(s) = 0 and p(s) > 0.
///
/// # Errors
/// [`EnergyError::Core`] for two lengths that differ, and for a list that is negative somewhere or whose sum is not 1 (within 10⁻⁶).
pub fn kl_divergence(p: &[f64], q: &[f64]) -> Result<f64, EnergyError> {
    if p.len() != q.len() {
        let (expected, found) = (p.len(), q.len());
        return Err(nn_core::CoreError::Size { what: "states of the second distribution", expected, found }.into());
    }
    check_probabilities("the sum of the first distribution", p)?;
    check_probabilities("the sum of the second distribution", q)?;
    let terms = p.iter().zip(q).filter(|(p, _)| **p > 0.0);
    Ok(terms.map(|(&p, &q)| p * math::ln(p / q)).sum())
}

/// Probabilities: not negative, together 1.
pub(crate) fn check_probabilities(sum_of: &'static str, p: &[f64]) -> Result<(), EnergyError> {
    if let Some(&value) = p.iter().find(|p| p.is_nan() || **p < 0.0) {
        return Err(out_of_range("a probability", "non-negative", value));
    }
    let sum: f64 = p.iter().sum();
    if (sum - 1.0).abs() <= 1e-6 { Ok(()) } else { Err(out_of_range(sum_of, "1", sum)) }
}

/// ⟨uᵢ uⱼ⟩ of a distribution over the 2ᴺ states, N × N; the diagonal is ⟨uᵢ⟩.
///
/// # Errors
/// [`EnergyError::Length`] if there are not 2ᴺ probabilities, [`EnergyError::TooManyUnits`] above [`LISTABLE_UNITS`].
pub fn pairs_of_distribution(units: usize, p: &[f64]) -> Result<Matrix<f64>, EnergyError> {
    check_units("listing them", units, LISTABLE_UNITS)?;
    check_length("the distribution", 1 << units, p.len())?;
    Ok(Matrix::from_fn(units, units, |i, j| {
        let mask = 1_usize << i | 1 << j;
        (0..p.len()).filter(|state| state & mask == mask).map(|state| p[state]).sum()
    }))
}

/// **Eq. model-probability-gradient** (slides 82-83): dq(s)/dwᵢⱼ = (q(s)/T)(uᵢˢ uⱼˢ − Σ_s′ uᵢˢ′ uⱼˢ′ q(s′)), for every state s.
///
/// For i = j it is the derivative by the bias bᵢ = sᵢ − θᵢ, because uᵢ uᵢ = uᵢ.
///
/// # Errors
/// As [`exact_distribution`], [`EnergyError::NoSuchUnit`], and at temperature zero or infinity.
pub fn model_probability_gradient<T: Real>(
    network: &Network<T>,
    temperature: Temperature,
    i: usize,
    j: usize,
) -> Result<Vec<f64>, EnergyError> {
    let units = network.units();
    if let Some(&unit) = [i, j].iter().find(|unit| **unit >= units) {
        return Err(EnergyError::NoSuchUnit { what: "the derivative", unit, units });
    }
    let beta = 1.0 / positive(temperature)?;
    let q = exact_distribution(network, temperature)?;
    let mask = 1_usize << i | 1 << j;
    let both = |state: usize| if state & mask == mask { 1.0 } else { 0.0 };
    let mean: f64 = q.iter().enumerate().map(|(state, q)| both(state) * q).sum();
    Ok(q.iter().enumerate().map(|(state, q)| q * beta * (both(state) - mean)).collect())
}

/// **Eq. kl-gradient** (slide 84): ∂D/∂wᵢⱼ = −(1/T)(⟨uᵢ uⱼ⟩_goal − ⟨uᵢ uⱼ⟩_model). For the bias sᵢ − θᵢ the same with ⟨uᵢ⟩.
///
/// 1/T is explicit here and absorbed in λ by [`crate::learn_step`].
///
/// # Errors
/// [`EnergyError::Core`] at temperature zero or infinity.
pub fn kl_gradient(goal: f64, model: f64, temperature: Temperature) -> Result<f64, EnergyError> {
    Ok(-(goal - model) / positive(temperature)?)
}

/// T, where a formula divides by it.
fn positive(temperature: Temperature) -> Result<f64, EnergyError> {
    let t = temperature.value();
    if t > 0.0 && t.is_finite() {
        return Ok(t);
    }
    Err(out_of_range("the temperature of a distribution", "positive and finite", t))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit_probability;
    use nn_core::Stream;

    fn network(units: usize, seed: u64) -> Network<f64> {
        let mut stream = Stream::new(seed);
        let network = Network::from_pairs(units, |_, _| stream.normal()).unwrap();
        network.with_inputs((0..units).map(|_| stream.normal()).collect()).unwrap()
    }

    fn t(value: f64) -> Temperature {
        Temperature::new(value).unwrap()
    }

    /// Eq. two-level: slide 76 equals slide 75.
    #[test]
    fn two_levels_are_the_unit_probability() {
        for net_input in [-800.0, -3.0, 0.0, 0.5, 800.0] {
            let unit = two_level(net_input, t(0.7)).unwrap();
            assert!((unit.on - unit_probability(net_input, t(0.7))).abs() < 1e-15);
            assert!((unit.on + unit.off - 1.0).abs() < 1e-15);
        }
        assert!(two_level(1.0, Temperature::ZERO).is_err());
    }

    /// Eq. boltzmann-distribution and Eq. partition-function: probabilities by the formula sum to 1.
    #[test]
    fn probabilities_are_boltzmann_factors_over_their_sum() {
        let network = network(5, 77);
        let p = exact_distribution(&network, t(1.5)).unwrap();
        let z = partition_function(&network, t(1.5)).unwrap();
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        for (s, p) in p.iter().enumerate() {
            let state: Vec<bool> = (0..5).map(|unit| s >> unit & 1 == 1).collect();
            assert!((p - math::exp(-network.energy(&state).unwrap() / 1.5) / z).abs() < 1e-14);
        }
        let error = exact_distribution(&Network::<f32>::unconnected(30).unwrap(), t(1.0)).unwrap_err().to_string();
        let expected = "30 units have 2^30 states: listing them is possible up to 24 units; draw samples instead (Gibbs), or anneal";
        assert_eq!(error, expected);
    }

    /// Eq. kl-divergence: by hand.
    #[test]
    fn the_divergence_is_zero_for_equal_distributions_only() {
        let (p, q) = ([0.5, 0.5, 0.0], [0.25, 0.5, 0.25]);
        assert_eq!(kl_divergence(&p, &p).unwrap(), 0.0);
        assert!((kl_divergence(&p, &q).unwrap() - 0.5 * std::f64::consts::LN_2).abs() < 1e-15);
        assert_eq!(kl_divergence(&q, &p).unwrap(), f64::INFINITY);
        assert!(kl_divergence(&p, &q[..2]).is_err());
    }

    /// Eq. model-probability-gradient and Eq. kl-gradient: against central differences.
    #[test]
    fn gradients_are_slopes() {
        let (network, step) = (network(4, 84), 1e-5);
        let goal = exact_distribution(&self::network(4, 85), t(1.0)).unwrap();
        let q = exact_distribution(&network, t(1.5)).unwrap();
        let moved = |i: usize, j: usize, step: f64| {
            let mut network = network.clone();
            network.add_to_weight(i, j, step).unwrap();
            exact_distribution(&network, t(1.5)).unwrap()
        };
        for (i, j) in [(0, 1), (0, 3), (2, 3)] {
            let (up, down) = (moved(i, j, step), moved(i, j, -step));
            for (s, found) in model_probability_gradient(&network, t(1.5), i, j).unwrap().into_iter().enumerate() {
                let slope = (up[s] - down[s]) / (2.0 * step);
                assert!((found - slope).abs() < 1e-9, "state {s}: {found} {slope}");
            }
            let together = |p: &[f64]| -> f64 {
                p.iter().enumerate().filter(|(s, _)| s >> i & 1 == 1 && s >> j & 1 == 1).map(|(_, p)| p).sum()
            };
            let slope = (kl_divergence(&goal, &up).unwrap() - kl_divergence(&goal, &down).unwrap()) / (2.0 * step);
            let found = kl_gradient(together(&goal), together(&q), t(1.5)).unwrap();
            assert!((found - slope).abs() < 1e-9, "{found} {slope}");
        }
    }

    /// The definition, state by state: the independent judge of the blocked sums.
    fn plain(network: &Network<f64>, t: f64) -> (f64, f64, Matrix<f64>) {
        let units = network.units();
        let states: Vec<Vec<bool>> = (0..1 << units).map(|s| state_of(s, units)).collect();
        let exponents: Vec<f64> = states.iter().map(|state| -network.energy(state).unwrap() / t).collect();
        let highest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let factors: Vec<f64> = exponents.iter().map(|e| math::exp(e - highest)).collect();
        let z: f64 = factors.iter().sum();
        let mean = |of: &dyn Fn(&[bool]) -> f64| states.iter().zip(&factors).map(|(s, f)| of(s) * f).sum::<f64>() / z;
        let entropy = factors.iter().filter(|f| **f > 0.0).map(|f| -f / z * math::ln(f / z)).sum();
        let pairs = Matrix::from_fn(units, units, |i, j| mean(&|s| f64::from(u8::from(s[i] && s[j]))));
        (highest + math::ln(z), entropy, pairs)
    }

    #[test]
    fn blocked_sums_are_those_of_the_definition() {
        // Fewer units than a block has, a block, more than a chunk has; weak, strong and far too strong for one scale.
        for (units, scale) in [(1, 1.0), (2, 3.0), (5, 1.0), (9, 1.0), (10, 2.0), (11, 1.0), (13, 40.0), (12, 2000.0)] {
            let mut stream = Stream::new(units as u64);
            let network = Network::from_pairs(units, |_, _| scale * stream.normal()).unwrap();
            let network = network.with_inputs((0..units).map(|_| scale * stream.normal()).collect()).unwrap();
            let temperature = t(0.9);
            let (log_z, entropy, pairs) = plain(&network, 0.9);
            let found = Equilibrium::of(&network, temperature).unwrap();
            let tolerance = 1e-10 * log_z.abs().max(1.0);
            assert!((found.log_partition_function - log_z).abs() < tolerance, "{units} units");
            assert_eq!(log_partition_function(&network, temperature).unwrap(), found.log_partition_function);
            assert!((&found.pairs - &pairs).amax() < 1e-10, "{units} units: {}", (&found.pairs - &pairs).amax());
            assert!((found.entropy - entropy).abs() < tolerance, "{units} units");
            assert!((found.free_energy - (found.mean_energy - 0.9 * found.entropy)).abs() < tolerance);
            let p = exact_distribution(&network, temperature).unwrap();
            assert!((pairs_of_distribution(units, &p).unwrap() - &pairs).amax() < 1e-10);
        }
    }

    #[test]
    fn moments_are_the_slopes_of_the_logarithm_of_z() {
        let (network, step) = (network(17, 7), 1e-4);
        let temperature = t(1.3);
        let found = Equilibrium::of(&network, temperature).unwrap();
        for (i, j) in [(0, 1), (3, 12), (11, 16), (15, 16)] {
            let log_z = |step: f64| {
                let mut moved = network.clone();
                moved.add_to_weight(i, j, step).unwrap();
                log_partition_function(&moved, temperature).unwrap()
            };
            let slope = 1.3 * (log_z(step) - log_z(-step)) / (2.0 * step);
            assert!((found.pairs[(i, j)] - slope).abs() < 1e-8, "{i} {j}: {} {slope}", found.pairs[(i, j)]);
        }
        for unit in [2, 9, 10, 16] {
            let log_z = |step: f64| {
                let mut inputs = network.inputs().to_vec();
                inputs[unit] += step;
                log_partition_function(&network.clone().with_inputs(inputs).unwrap(), temperature).unwrap()
            };
            let slope = 1.3 * (log_z(step) - log_z(-step)) / (2.0 * step);
            assert!((found.pairs[(unit, unit)] - slope).abs() < 1e-8);
        }
    }

    #[test]
    fn the_limits_of_temperature_are_the_uniform_distribution_and_the_ground_states() {
        let network = network(12, 3);
        let hot = Equilibrium::of(&network, Temperature::INFINITE).unwrap();
        assert!((hot.entropy - 12.0 * std::f64::consts::LN_2).abs() < 1e-13);
        assert!((hot.pairs[(3, 11)] - 0.25).abs() < 1e-14);
        let (energy, ground) = ground_states(&network).unwrap();
        let cold = exact_distribution(&network, Temperature::ZERO).unwrap();
        assert_eq!(ground.len(), 1);
        assert_eq!(cold[ground[0] as usize], 1.0);
        assert!((network.energy(&state_of(ground[0], 12)).unwrap() - energy).abs() < 1e-12);
        assert!((Equilibrium::of(&network, t(1e-3)).unwrap().mean_energy - energy).abs() < 1e-9);
        // Two units that want to differ: two ground states.
        let pair = Network::from_pairs(2, |_, _| -1.0).unwrap().with_inputs(vec![0.5, 0.5]).unwrap();
        assert_eq!(ground_states(&pair).unwrap(), (-0.5, vec![1, 2]));
        assert_eq!(exact_distribution(&pair, Temperature::ZERO).unwrap(), [0.0, 0.5, 0.5, 0.0]);
        assert!(log_partition_function(&pair, Temperature::ZERO).is_err());
    }

    #[test]
    fn too_many_units_are_told_how_many_are_possible() {
        let network = Network::<f32>::unconnected(40).unwrap();
        let error = Equilibrium::of(&network, t(1.0)).unwrap_err().to_string();
        let expected = "40 units have 2^40 states: summing over them is possible up to 34 units; \
                        draw samples instead (Gibbs), or anneal";
        assert_eq!(error, expected);
    }
}
