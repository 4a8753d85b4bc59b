//! Hopfield's network of 1984: units with graded responses, in continuous time.

use crate::error::{check_length, out_of_range};
use crate::{EnergyError, Network};
use nn_core::{Matrix, Real, gemm, math};

/// A network of amplifiers: symmetric conductances Tᵢⱼ (the diagonal may be anything) and input currents.
///
/// du/dt = T V − u/R + I with outputs V = g(u) = ½(1 + tanh(u/u₀)) between 0 and 1 (Hopfield 1984; capacitance 1). Its
/// energy E = −½ ΣΣ Tᵢⱼ Vᵢ Vⱼ − Σᵢ Iᵢ Vᵢ + (1/R) Σᵢ ∫_½^Vᵢ g⁻¹(V) dV never rises; for u₀ → 0 the integral vanishes and it is the
/// energy of the [`Network`] of 0/1 units.
#[derive(Debug, Clone, PartialEq)]
pub struct GradedNetwork<T: Real> {
    conductances: Matrix<T>,
    currents: Vec<T>,
}

impl<T: Real> GradedNetwork<T> {
    /// A network with these conductances, N × N, and currents.
    ///
    /// # Errors
    /// As [`Network::new`], except that the diagonal is free; [`EnergyError::Length`] for the currents.
    pub fn new(conductances: Matrix<T>, currents: Vec<T>) -> Result<Self, EnergyError> {
        let mut others = conductances.clone();
        others.fill_diagonal(T::ZERO);
        Network::new(others)?.with_inputs(currents.clone())?;
        if let Some(unit) = conductances.diagonal().iter().position(|value| !value.is_finite()) {
            let value = conductances[(unit, unit)].to_f64();
            return Err(EnergyError::NotFinite { what: "weights", place: format!("w[{unit}][{unit}]"), value });
        }
        Ok(Self { conductances, currents })
    }

    /// N.
    pub fn units(&self) -> usize {
        self.currents.len()
    }

    /// Tᵢⱼ, N × N.
    pub fn conductances(&self) -> &Matrix<T> {
        &self.conductances
    }

    /// Iᵢ.
    pub fn currents(&self) -> &[T] {
        &self.currents
    }
}

/// The graded network of a network of 0/1 units: the same weights, the currents sᵢ − θᵢ.
impl<T: Real> From<&Network<T>> for GradedNetwork<T> {
    fn from(network: &Network<T>) -> Self {
        let currents = (0..network.units()).map(|unit| network.bias(unit)).collect();
        Self { conductances: network.weights().clone(), currents }
    }
}

/// How the units respond and how time passes.
///
/// ```
/// use energy::{GradedConfig, GradedNetwork};
/// use nn_core::Matrix;
///
/// // Two units that inhibit each other: one of them wins.
/// let network = GradedNetwork::new(Matrix::from_row_slice(2, 2, &[0.0, -2.0, -2.0, 0.0]), vec![1.0, 1.0])?;
/// let config = GradedConfig { width: 0.1, time_step: 0.01, ..GradedConfig::default() };
/// let mut run = config.start(&network, Matrix::from_row_slice(2, 1, &[0.01, 0.0]))?;
/// let before = run.energies()[0];
/// run.settle(10_000, 1e-9)?;
/// assert!(run.outputs()[(0, 0)] > 0.99 && run.outputs()[(1, 0)] < 0.01 && run.energies()[0] < before);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradedConfig {
    /// u₀, the width of the response: small for a steep one (high gain). Default: 1.
    pub width: f64,
    /// R; the time constant is R, too. Default: 1.
    pub resistance: f64,
    /// Δt of Euler's method, in units of time. Default: 0.01. The energy may rise where it is too large.
    pub time_step: f64,
}

impl Default for GradedConfig {
    fn default() -> Self {
        Self { width: 1.0, resistance: 1.0, time_step: 0.01 }
    }
}

impl GradedConfig {
    /// V = g(u) = ½(1 + tanh(u/u₀)).
    pub fn output(&self, potential: f64) -> f64 {
        math::sigmoid(2.0 * potential / self.width)
    }

    /// ∫_½^V g⁻¹: (u₀/2)(V ln V + (1 − V) ln(1 − V) + ln 2).
    pub fn integral_of_inverse(&self, output: f64) -> f64 {
        let term = |v: f64| if v > 0.0 { v * math::ln(v) } else { 0.0 };
        0.5 * self.width * (term(output) + term(1.0 - output) + std::f64::consts::LN_2)
    }

    /// Begins at these potentials u, N × n: one start a column.
    ///
    /// # Errors
    /// [`EnergyError::Core`] for a setting that is not positive and finite or a potential that is not finite,
    /// [`EnergyError::Length`].
    pub fn start<'a, T: Real>(
        &self,
        network: &'a GradedNetwork<T>,
        potentials: Matrix<T>,
    ) -> Result<GradedRun<'a, T>, EnergyError> {
        let settings = [("u₀", self.width), ("R", self.resistance), ("the time step", self.time_step)];
        for (name, value) in settings {
            if !(value > 0.0 && value.is_finite()) {
                return Err(out_of_range(name, "positive and finite", value));
            }
        }
        check_length("the start", network.units(), potentials.nrows())?;
        nn_core::check_finite(&potentials)?;
        let (rows, columns) = potentials.shape();
        let mut run = GradedRun {
            network,
            config: *self,
            potentials,
            outputs: Matrix::zeros(rows, columns),
            driven: Matrix::zeros(rows, columns),
            steps: 0,
        };
        run.respond();
        Ok(run)
    }
}

/// A graded network in motion, from n starts at once.
#[derive(Debug, Clone)]
pub struct GradedRun<'a, T: Real> {
    network: &'a GradedNetwork<T>,
    config: GradedConfig,
    potentials: Matrix<T>,
    outputs: Matrix<T>,
    /// T V.
    driven: Matrix<T>,
    steps: u64,
}

impl<T: Real> GradedRun<'_, T> {
    /// u, N × n.
    pub fn potentials(&self) -> &Matrix<T> {
        &self.potentials
    }

    /// V, N × n.
    pub fn outputs(&self) -> &Matrix<T> {
        &self.outputs
    }

    /// Time since the start.
    pub fn time(&self) -> f64 {
        self.steps as f64 * self.config.time_step
    }

    /// One step of Euler's method. Returns the largest change of an output.
    ///
    /// # Errors
    /// [`EnergyError::Core`] once a potential is no longer finite: the time step is too large.
    pub fn step(&mut self) -> Result<f64, EnergyError> {
        gemm(T::ONE, &self.network.conductances, &self.outputs, T::ZERO, &mut self.driven)?;
        let (step, leak) = (T::from_f64(self.config.time_step), T::from_f64(1.0 / self.config.resistance));
        let columns = self.potentials.as_mut_slice().chunks_exact_mut(self.network.units());
        for (column, driven) in columns.zip(self.driven.as_slice().chunks_exact(self.network.units())) {
            for ((u, &driven), &current) in column.iter_mut().zip(driven).zip(&self.network.currents) {
                *u += step * (driven - leak * *u + current);
            }
        }
        std::mem::swap(&mut self.outputs, &mut self.driven); // the outputs before, for the change
        self.respond();
        self.steps += 1;
        let pairs = self.outputs.as_slice().iter().zip(self.driven.as_slice());
        let change = pairs.fold(T::ZERO, |most, (&after, &before)| {
            // A NaN must not be lost in a maximum.
            let change = (after - before).abs();
            if change > most || !change.is_finite() { change } else { most }
        });
        if !change.is_finite() {
            nn_core::check_finite(&self.potentials)?;
        }
        Ok(change.to_f64())
    }

    /// Steps until no output changes by more than `tolerance` in a unit of time, or the limit is reached. Returns the steps.
    ///
    /// # Errors
    /// As [`GradedRun::step`], and [`EnergyError::Core`] for a tolerance that is negative or NaN.
    pub fn settle(&mut self, max_steps: u64, tolerance: f64) -> Result<u64, EnergyError> {
        if tolerance.is_nan() || tolerance < 0.0 {
            return Err(out_of_range("the tolerance", "non-negative", tolerance));
        }
        for step in 1..=max_steps {
            if self.step()? <= tolerance * self.config.time_step {
                return Ok(step);
            }
        }
        Ok(max_steps)
    }

    /// E of every start.
    pub fn energies(&self) -> Vec<f64> {
        let units = self.network.units();
        let (weights, leak) = (self.network.conductances.as_slice(), 1.0 / self.config.resistance);
        let columns = self.outputs.as_slice().chunks_exact(units);
        columns
            .map(|v| {
                let mut energy = 0.0;
                for i in 0..units {
                    let driven: f64 =
                        weights[i * units..][..units].iter().zip(v).map(|(w, v)| w.to_f64() * v.to_f64()).sum();
                    let v_i = v[i].to_f64();
                    energy -= v_i * (0.5 * driven + self.network.currents[i].to_f64());
                    energy += leak * self.config.integral_of_inverse(v_i);
                }
                energy
            })
            .collect()
    }

    fn respond(&mut self) {
        let scale = T::from_f64(2.0 / self.config.width);
        for (v, &u) in self.outputs.as_mut_slice().iter_mut().zip(self.potentials.as_slice()) {
            *v = scale * u;
        }
        math::sigmoid_in_place(self.outputs.as_mut_slice());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::Stream;

    fn network(units: usize, seed: u64) -> Network<f64> {
        let mut stream = Stream::new(seed);
        let network = Network::from_pairs(units, |_, _| stream.normal()).unwrap();
        network.with_inputs((0..units).map(|_| stream.normal()).collect()).unwrap()
    }

    #[test]
    fn the_energy_falls_along_every_path() {
        let graded = GradedNetwork::from(&network(12, 1984));
        let starts = Matrix::from_fn(12, 20, |unit, start| 0.1 * ((unit * 7 + start * 13) % 11) as f64 - 0.5);
        for width in [0.05, 0.3, 2.0] {
            let config = GradedConfig { width, time_step: 0.002, ..GradedConfig::default() };
            let mut run = config.start(&graded, starts.clone()).unwrap();
            let mut before = run.energies();
            for _ in 0..2000 {
                run.step().unwrap();
                let after = run.energies();
                // At rest, a rounding of the last bits.
                assert!(after.iter().zip(&before).all(|(after, before)| *after <= before + 1e-12), "{width}");
                before = after;
            }
        }
    }

    #[test]
    fn at_high_gain_it_ends_in_the_minima_of_the_network_of_1982() {
        let network = network(10, 82);
        let graded = GradedNetwork::from(&network);
        let starts = Matrix::from_fn(10, 30, |unit, start| 0.01 * ((unit * 5 + start * 3) % 7) as f64 - 0.03);
        let config = GradedConfig { width: 0.005, time_step: 5e-4, ..GradedConfig::default() };
        let mut run = config.start(&graded, starts).unwrap();
        run.settle(40_000, 1e-6).unwrap();
        for (v, energy) in run.outputs().column_iter().zip(run.energies()) {
            let state: Vec<bool> = v.iter().map(|v| *v > 0.5).collect();
            assert!(v.iter().all(|v| !(0.001..=0.999).contains(v)));
            assert!((0..10).all(|unit| (network.net_input(unit, &state).unwrap() > 0.0) == state[unit]));
            // The integral adds at most (u₀/2) ln 2 a unit.
            assert!((energy - network.energy(&state).unwrap()).abs() < 10.0 * 0.0025);
        }
    }

    #[test]
    fn the_integral_is_that_of_the_inverse_response() {
        let config = GradedConfig { width: 0.4, ..GradedConfig::default() };
        for v in [0.1, 0.5, 0.83] {
            let step = 1e-6;
            let slope = (config.integral_of_inverse(v + step) - config.integral_of_inverse(v - step)) / (2.0 * step);
            assert!((config.output(slope) - v).abs() < 1e-9, "{v}");
        }
        assert_eq!(config.integral_of_inverse(0.5), 0.0);
        assert!((config.integral_of_inverse(1.0) - 0.2 * std::f64::consts::LN_2).abs() < 1e-15);
    }

    #[test]
    fn bad_settings_are_named() {
        let graded = GradedNetwork::from(&network(2, 1));
        let error = |config: GradedConfig, rows| config.start(&graded, Matrix::zeros(rows, 1)).unwrap_err().to_string();
        let config = GradedConfig::default();
        assert_eq!(error(GradedConfig { width: 0.0, ..config }, 2), "u₀ must be positive and finite, is 0");
        assert_eq!(error(config, 3), "the network has 2 units, the start has 3");
        let diagonal = GradedNetwork::new(Matrix::from_row_slice(1, 1, &[f64::NAN]), vec![0.0]).unwrap_err();
        assert_eq!(diagonal.to_string(), "weights must be finite: w[0][0] is NaN");
        let explosive = GradedConfig { time_step: 1e300, ..config };
        let mut run = explosive.start(&graded, Matrix::zeros(2, 1)).unwrap();
        assert!((0..5).any(|_| run.step().is_err()));
    }
}
