//! Distributions over all 2ᴺ states, exactly.

use crate::error::out_of_range;
use crate::{EnergyError, Network, Temperature};
use nn_core::{Real, math};

/// States of so many units are held in memory.
const MOST_UNITS: usize = 20;

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

/// **Eq. boltzmann-distribution** (slide 77): p(s) = exp(−E_s/T)/Z for each of the 2ᴺ states; bit i of s is uᵢ.
///
/// # Errors
/// [`EnergyError::TooManyUnits`], [`EnergyError::Core`] at temperature zero or infinity.
pub fn exact_distribution<T: Real>(network: &Network<T>, temperature: Temperature) -> Result<Vec<f64>, EnergyError> {
    let (mut weights, _) = boltzmann_factors(network, temperature)?;
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    Ok(weights)
}

/// **Eq. partition-function** (slide 77): Z = Σ_s exp(−E_s/T) over the 2ᴺ states; infinite where it overflows.
///
/// # Errors
/// As [`exact_distribution`].
pub fn partition_function<T: Real>(network: &Network<T>, temperature: Temperature) -> Result<f64, EnergyError> {
    let (weights, lowest) = boltzmann_factors(network, temperature)?;
    Ok(weights.iter().sum::<f64>() * math::exp(-lowest / positive(temperature)?))
}

/// exp(−(E_s − E_min)/T) for every state, and E_min.
fn boltzmann_factors<T: Real>(network: &Network<T>, temperature: Temperature) -> Result<(Vec<f64>, f64), EnergyError> {
    let units = network.units();
    if units > MOST_UNITS {
        let instead = "use Gibbs samples instead";
        return Err(EnergyError::TooManyUnits { what: "their distribution", units, most: MOST_UNITS, instead });
    }
    let t = positive(temperature)?;
    let state = |s: usize| (0..units).map(|unit| s >> unit & 1 == 1).collect::<Vec<bool>>();
    let mut values: Vec<f64> = (0..1 << units).map(|s| network.energy_of(&state(s))).collect();
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    values.iter_mut().for_each(|value| *value = math::exp((lowest - *value) / t));
    Ok((values, lowest))
}

/// **Eq. kl-divergence** (slide 81): D(p‖q) = Σ_s p(s) ln(p(s)/q(s)) in nats; terms with p(s) = 0 are 0.
///
/// Infinite where q(s) = 0 and p(s) > 0.
///
/// # Errors
/// [`EnergyError::Core`] for two lengths that differ.
pub fn kl_divergence(p: &[f64], q: &[f64]) -> Result<f64, EnergyError> {
    if p.len() != q.len() {
        let (expected, found) = (p.len(), q.len());
        return Err(nn_core::CoreError::Size { what: "states of the second distribution", expected, found }.into());
    }
    let terms = p.iter().zip(q).filter(|(p, _)| **p > 0.0);
    Ok(terms.map(|(&p, &q)| p * math::ln(p / q)).sum())
}

/// **Eq. model-probability-gradient** (slides 82 and 83): ∂q(s)/∂wᵢⱼ = (q(s)/T)(uᵢˢ uⱼˢ − Σ_s′ uᵢˢ′ uⱼˢ′ q(s′)).
///
/// # Errors
/// [`EnergyError::Core`] at temperature zero or infinity.
///
/// # Panics
/// For a state that is not in `q`, as an index of a slice.
pub fn model_probability_gradient(
    q: &[f64],
    state: usize,
    (i, j): (usize, usize),
    temperature: Temperature,
) -> Result<f64, EnergyError> {
    let together = |s: usize| f64::from(u8::from(s >> i & 1 == 1 && s >> j & 1 == 1));
    let mean: f64 = q.iter().enumerate().map(|(s, q)| together(s) * q).sum();
    Ok(q[state] / positive(temperature)? * (together(state) - mean))
}

/// **Eq. kl-gradient** (slide 84): ∂D/∂wᵢⱼ = −(1/T)(⟨uᵢ uⱼ⟩_goal − ⟨uᵢ uⱼ⟩_model). For the bias sᵢ − θᵢ the same with ⟨uᵢ⟩.
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
        let expected =
            "30 units have 2^30 states: their distribution is possible up to 20 units; use Gibbs samples instead";
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
            for s in 0..16 {
                let slope = (up[s] - down[s]) / (2.0 * step);
                let found = model_probability_gradient(&q, s, (i, j), t(1.5)).unwrap();
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
}
