//! The two rules by which a unit takes its next state, and temperature.

use crate::EnergyError;
use crate::error::out_of_range;
use nn_core::{Stream, math};

/// The rule by which one unit takes its next state from its net input Iᵢ.
///
/// Hopfield and Boltzmann are one network with two rules (slide 75): [`ThresholdRule`] and [`HeatBath`].
pub trait Dynamics {
    /// The next state of a unit.
    fn decide(&self, net_input: f64, current: bool, stream: &mut Stream) -> bool;
}

/// The rule of the Hopfield network. Never raises the energy; draws nothing from the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ThresholdRule;

impl Dynamics for ThresholdRule {
    /// **Eq. hopfield-update** (slide 69): uᵢ ← 1 if Iᵢ > 0, 0 if Iᵢ < 0, unchanged if Iᵢ = 0.
    #[inline]
    fn decide(&self, net_input: f64, current: bool, _stream: &mut Stream) -> bool {
        net_input > 0.0 || (current && net_input == 0.0)
    }
}

/// The rule of the Boltzmann machine: uᵢ ← 1 with [`unit_probability`], whatever it was. One number a decision is drawn.
///
/// At temperature zero this is the Hopfield rule, except at Iᵢ = 0, where a fair coin decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatBath {
    /// T.
    pub temperature: Temperature,
}

impl Dynamics for HeatBath {
    #[inline]
    fn decide(&self, net_input: f64, _current: bool, stream: &mut Stream) -> bool {
        stream.uniform() < unit_probability(net_input, self.temperature)
    }
}

/// A temperature T ≥ 0, in units of energy (Boltzmann's k is absorbed).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Temperature(f64);

impl Temperature {
    /// The limit T → 0.
    pub const ZERO: Self = Self(0.0);
    /// T = 1.
    pub const ONE: Self = Self(1.0);
    /// The limit T → ∞.
    pub const INFINITE: Self = Self(f64::INFINITY);

    /// T, positive and finite. The limits have names of their own: [`Temperature::ZERO`], [`Temperature::INFINITE`].
    ///
    /// # Errors
    /// [`EnergyError::Core`] for anything else.
    pub fn new(temperature: f64) -> Result<Self, EnergyError> {
        if temperature > 0.0 && temperature.is_finite() {
            return Ok(Self(temperature));
        }
        Err(out_of_range("the temperature", "positive and finite", temperature))
    }

    /// T: 0 and infinity for the limits.
    pub fn value(self) -> f64 {
        self.0
    }
}

/// **Eq. heat-bath** (slides 75 and 79): p(uᵢ = 1) = 1/(1 + exp(−Iᵢ/T)).
///
/// ½ at Iᵢ = 0 for every T. In the limit T → 0 it is 1, ½, 0 for Iᵢ > 0, = 0, < 0, and in the limit T → ∞ it is ½.
///
/// ```
/// use energy::{Temperature, unit_probability};
///
/// assert_eq!(unit_probability(0.0, Temperature::new(0.1)?), 0.5);
/// assert!(unit_probability(1.0, Temperature::new(2.0)?) < unit_probability(1.0, Temperature::ONE));
/// assert_eq!(unit_probability(1e-9, Temperature::ZERO), 1.0);
/// assert_eq!(unit_probability(1e9, Temperature::INFINITE), 0.5);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[inline]
pub fn unit_probability(net_input: f64, temperature: Temperature) -> f64 {
    let t = temperature.value();
    if net_input == 0.0 {
        0.5
    } else if t == 0.0 {
        if net_input > 0.0 { 1.0 } else { 0.0 }
    } else {
        math::sigmoid(net_input / t)
    }
}

/// The limit T → −0 of slide 79: 0, ½, 1 for Iᵢ > 0, = 0, < 0. The unit is inverted, and energy grows.
///
/// For that page only: a negative temperature is no [`Temperature`].
pub fn unit_probability_below_zero(net_input: f64) -> f64 {
    unit_probability(-net_input, Temperature::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eq. hopfield-update: the three cases.
    #[test]
    fn a_unit_keeps_its_state_at_zero() {
        let decide = |net_input, current| ThresholdRule.decide(net_input, current, &mut Stream::new(0));
        for current in [false, true] {
            assert!(decide(1e-300, current));
            assert!(!decide(-1e-300, current));
            assert_eq!(decide(0.0, current), current);
            assert_eq!(decide(-0.0, current), current);
        }
    }

    /// Eq. heat-bath: the formula, its limits, and the mirror image below zero.
    #[test]
    fn the_probability_follows_the_formula_and_its_limits() {
        for net_input in [-3.0, -0.5, 0.0, 0.25, 2.0] {
            for t in [0.1, 1.0, 7.0] {
                let expected = 1.0 / (1.0 + math::exp(-net_input / t));
                let found = unit_probability(net_input, Temperature::new(t).unwrap());
                assert!((found - expected).abs() < 1e-15, "{net_input} {t}");
            }
            let nearly_zero = unit_probability(net_input, Temperature::new(1e-9).unwrap());
            assert_eq!(nearly_zero, unit_probability(net_input, Temperature::ZERO));
            let hot = unit_probability(net_input, Temperature::new(1e12).unwrap());
            assert!((hot - unit_probability(net_input, Temperature::INFINITE)).abs() < 1e-11);
            assert_eq!(unit_probability_below_zero(net_input), 1.0 - nearly_zero);
        }
    }

    #[test]
    fn at_zero_temperature_the_heat_bath_is_the_threshold_rule_except_at_a_tie() {
        let heat_bath = HeatBath { temperature: Temperature::ZERO };
        let mut stream = Stream::new(79);
        for net_input in [-2.0, -1e-12, 1e-12, 5.0] {
            for current in [false, true] {
                let threshold = ThresholdRule.decide(net_input, current, &mut stream);
                assert_eq!(heat_bath.decide(net_input, current, &mut stream), threshold);
            }
        }
        let ones = (0..1000).filter(|_| heat_bath.decide(0.0, true, &mut stream)).count();
        assert!((440..=560).contains(&ones), "{ones} of 1000"); // 3.8 standard deviations
    }

    #[test]
    fn temperatures_are_positive_and_finite() {
        for t in [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY] {
            let error = Temperature::new(t).unwrap_err().to_string();
            assert_eq!(error, format!("the temperature must be positive and finite, is {t}"));
        }
    }
}
