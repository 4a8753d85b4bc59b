//! How likely a restricted Boltzmann machine finds its data: ln Z by enumeration, or by annealed importance sampling.

use crate::rbm::Draws;
use crate::{EnergyError, Rbm, Visible};
use nn_core::{Matrix, Real, Stream, View, math, simd};

/// Units of the smaller layer that [`Rbm::log_partition_function`] sums over.
const MOST_UNITS: usize = 26;

/// States of the smaller layer that are looked at together.
const BLOCK: usize = 256;

impl<T: Real> Rbm<T> {
    /// ln Z, in nats, by summing over all states of the smaller layer; the other is summed in closed form. In `f64`.
    ///
    /// # Errors
    /// [`EnergyError::TooManyUnits`] when both layers have more than 26 units (Gaussian visible units cannot be enumerated).
    pub fn log_partition_function(&self) -> Result<f64, EnergyError> {
        let (visible, hidden) = (self.visible_units(), self.hidden_units());
        let over_hidden = self.visible() == Visible::Gaussian || hidden <= visible;
        let units = if over_hidden { hidden } else { visible };
        if units > MOST_UNITS {
            let (what, instead) =
                ("summing over the smaller layer", "estimate it by annealed importance sampling (Ais)");
            return Err(EnergyError::TooManyUnits { what, units, most: MOST_UNITS, instead });
        }
        Ok(self.log_sum_over(over_hidden))
    }

    /// Σ over the states of one layer of exp(its bias) Π over the other (1 + exp(input)), as a logarithm.
    pub(crate) fn log_sum_over(&self, hidden_layer: bool) -> f64 {
        let weights = self.weights().map(|weight| weight.to_f64());
        // Columns: the weights of one unit of the layer that is enumerated.
        let weights = if hidden_layer { weights.transpose() } else { weights };
        let wide = |bias: &[T]| bias.iter().map(|bias| bias.to_f64()).collect::<Vec<f64>>();
        let (visible, hidden) = (wide(self.visible_bias()), wide(self.hidden_bias()));
        let (own, other) = if hidden_layer { (&hidden, &visible) } else { (&visible, &hidden) };
        let gaussian = self.visible() == Visible::Gaussian;
        let units = own.len();
        let blocks = (1_u64 << units).div_ceil(BLOCK as u64);
        let of_block = |block: u64| {
            let first = block * BLOCK as u64;
            let states = (1_u64 << units).min(BLOCK as u64);
            let mut exponents = Vec::with_capacity(states as usize);
            let mut inputs = vec![0.0; other.len()];
            for state in first..first + states {
                if gaussian {
                    inputs.fill(0.0);
                } else {
                    inputs.copy_from_slice(other);
                }
                let mut exponent = 0.0;
                for unit in (0..units).filter(|unit| state >> unit & 1 == 1) {
                    exponent += own[unit];
                    for (input, &weight) in inputs.iter_mut().zip(weights.column(unit).iter()) {
                        *input += weight;
                    }
                }
                if gaussian {
                    // ∫ exp(−½ (v − c)² + v x) dv = √(2π) exp(c x + x²/2)
                    let root = 0.5 * math::ln(std::f64::consts::TAU);
                    exponent += inputs.iter().zip(other).map(|(x, c)| root + c * x + 0.5 * x * x).sum::<f64>();
                } else {
                    math::softplus_in_place(&mut inputs);
                    exponent += simd::sum(&inputs);
                }
                exponents.push(exponent);
            }
            log_sum_exp(&mut exponents)
        };
        #[cfg(feature = "parallel")]
        let mut parts: Vec<f64> = {
            use rayon::prelude::*;
            (0..blocks).into_par_iter().map(of_block).collect()
        };
        #[cfg(not(feature = "parallel"))]
        let mut parts: Vec<f64> = (0..blocks).map(of_block).collect();
        log_sum_exp(&mut parts)
    }

    /// Mean over the samples of ln p(v) = −F(v) − ln Z, in nats, for a known or an estimated ln Z.
    ///
    /// # Errors
    /// As [`Rbm::transform`], and [`EnergyError::NoSamples`].
    pub fn mean_log_likelihood(&self, samples: &Matrix<T>, log_partition_function: f64) -> Result<f64, EnergyError> {
        let free_energies = self.free_energy(samples)?;
        if free_energies.is_empty() {
            return Err(EnergyError::NoSamples);
        }
        let mean = free_energies.iter().map(|f| f.to_f64()).sum::<f64>() / free_energies.len() as f64;
        Ok(-mean - log_partition_function)
    }
}

/// ln Σ exp(x); the list is used up.
fn log_sum_exp(exponents: &mut [f64]) -> f64 {
    let highest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    exponents.iter_mut().for_each(|exponent| *exponent -= highest);
    math::exp_in_place(exponents);
    highest + math::ln(simd::sum(exponents))
}

/// Annealed importance sampling of ln Z (Salakhutdinov and Murray 2008): chains go from a machine without weights, whose Z is
/// known, through machines with the share β of the weights to the machine itself.
///
/// ```
/// use energy::{Ais, Rbm, Visible};
/// use nn_core::{Matrix, Stream};
///
/// let weights = Matrix::from_fn(4, 6, |j, i| ((3 * j + 5 * i) % 7) as f64 / 3.0 - 1.0);
/// let machine = Rbm::new(weights, vec![0.1; 6], vec![-0.2; 4], Visible::Binary)?;
/// let estimate = Ais { steps: 300, chains: 200 }.estimate(&machine, None, &Stream::new(2008))?;
/// assert!((estimate.log_partition_function - machine.log_partition_function()?).abs() < 0.1);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ais {
    /// Steps of β from 0 to 1.
    pub steps: usize,
    /// Independent chains.
    pub chains: usize,
}

/// What annealed importance sampling estimates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AisEstimate {
    /// ln of the mean weight, times the Z of the first machine.
    pub log_partition_function: f64,
    /// ln of mean weight minus and plus three standard errors of the mean; minus infinity where that is not positive.
    pub interval: (f64, f64),
}

impl Ais {
    /// Estimates ln Z. `base` is the visible bias of the first machine: the log-odds of the data's means lead to far better
    /// estimates than the default, the machine's own bias.
    ///
    /// # Errors
    /// [`EnergyError::Unsupported`] for Gaussian visible units; fewer than two chains or no step; [`EnergyError::Length`].
    pub fn estimate<T: Real>(
        &self,
        machine: &Rbm<T>,
        base: Option<&[T]>,
        stream: &Stream,
    ) -> Result<AisEstimate, EnergyError> {
        if machine.visible() == Visible::Gaussian {
            return Err(EnergyError::Unsupported("annealed importance sampling needs binary visible units"));
        }
        for (name, value, least) in [("the number of steps", self.steps, 1), ("the number of chains", self.chains, 2)] {
            if value < least {
                return Err(crate::error::out_of_range(
                    name,
                    if least == 1 { "at least 1" } else { "at least 2" },
                    value as f64,
                ));
            }
        }
        let (visible, hidden) = (machine.visible_units(), machine.hidden_units());
        let base = base.unwrap_or(machine.visible_bias());
        crate::error::check_length("the visible bias of the first machine", visible, base.len())?;
        let mut draws = Draws::new(stream.named("ais"));
        // The first machine has the visible bias `base` and no weights: its states are independent.
        let mut v = Matrix::from_fn(visible, self.chains, |i, _| base[i]);
        draws.logistic(v.as_mut_slice());
        let mut logarithms = vec![0.0; self.chains];
        let mut inputs = Matrix::zeros(hidden, self.chains);
        let mut h = Matrix::zeros(hidden, self.chains);
        let own_bias = machine.visible_bias();
        for step in 1..=self.steps {
            let (before, now) = ((step - 1) as f64 / self.steps as f64, step as f64 / self.steps as f64);
            machine.hidden_inputs_into(View::from(&v), inputs.as_mut_slice())?;
            // ln of the ratio of both unnormalized probabilities: Σ softplus(β x) + β c·v + (1 − β) base·v.
            for (factor, sign) in [(now, 1.0), (before, -1.0)] {
                let factor_t = T::from_f64(factor);
                h.as_mut_slice().iter_mut().zip(inputs.as_slice()).for_each(|(h, &x)| *h = factor_t * x);
                math::softplus_in_place(h.as_mut_slice());
                for (logarithm, column) in logarithms.iter_mut().zip(h.as_slice().chunks_exact(hidden)) {
                    *logarithm += sign * simd::sum(column).to_f64();
                }
            }
            for (logarithm, v) in logarithms.iter_mut().zip(v.as_slice().chunks_exact(visible)) {
                *logarithm += (now - before) * (simd::dot(own_bias, v).to_f64() - simd::dot(base, v).to_f64());
            }
            if step == self.steps {
                break;
            }
            // A step of Gibbs sampling that leaves the machine of this β as it is.
            let beta = T::from_f64(now);
            h.as_mut_slice().iter_mut().zip(inputs.as_slice()).for_each(|(h, &x)| *h = beta * x);
            draws.logistic(h.as_mut_slice());
            machine.visible_inputs_into(View::from(&h), v.as_mut_slice())?;
            let rest = T::from_f64(1.0 - now);
            for column in v.as_mut_slice().chunks_exact_mut(visible) {
                for (input, &base) in column.iter_mut().zip(base) {
                    *input = beta * *input + rest * base;
                }
            }
            draws.logistic(v.as_mut_slice());
        }
        let of_base: f64 = base.iter().map(|c| math::softplus(c.to_f64())).sum();
        let known = hidden as f64 * std::f64::consts::LN_2 + of_base;
        let highest = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logarithms.iter().map(|logarithm| math::exp(logarithm - highest)).collect();
        let count = self.chains as f64;
        let mean = weights.iter().sum::<f64>() / count;
        let variance = weights.iter().map(|weight| (weight - mean) * (weight - mean)).sum::<f64>() / (count - 1.0);
        let error = 3.0 * (variance / count).sqrt();
        let logarithm = |mean: f64| if mean > 0.0 { known + highest + math::ln(mean) } else { f64::NEG_INFINITY };
        Ok(AisEstimate {
            log_partition_function: logarithm(mean),
            interval: (logarithm(mean - error), logarithm(mean + error)),
        })
    }
}
