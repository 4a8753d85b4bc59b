//! The learning rule of the Boltzmann machine, and training by it.

use crate::error::{check_length, out_of_range};
use crate::phases::{self, Pairs};
use crate::{BoltzmannMachine, EnergyError, Expectations, Goal, Network, Temperature};
use nn_core::{Init, Matrix, Real, Stream};

/// **Eq. boltzmann-learning** (slide 84): δwᵢⱼ = λ(⟨uᵢ uⱼ⟩_goal − ⟨uᵢ uⱼ⟩_model); 1/T is absorbed in λ.
///
/// For the bias sᵢ − θᵢ the same with ⟨uᵢ⟩.
#[inline]
pub fn learn_step(learning_rate: f64, goal: f64, model: f64) -> f64 {
    learning_rate * (goal - model)
}

/// What a difference of ⟨uᵢ uⱼ⟩ does to a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// λ times the difference: [`learn_step`].
    Gradient,
    /// λ times the sign of the difference, as in 1985.
    Sign,
}

/// How a Boltzmann machine is built and trained. Holds no data and no randomness.
///
/// ```
/// use energy::{BoltzmannConfig, Goal, Patterns};
/// use nn_core::Stream;
///
/// // Two visible units that always differ.
/// let goal = Goal::uniform(Patterns::from_pictures(&["#.", ".#"])?)?;
/// let config = BoltzmannConfig { learning_rate: 1.0, epochs: 500, ..BoltzmannConfig::exact(0) };
/// let machine = config.fit::<f64>(&goal, Stream::new(1985))?;
/// assert!(machine.divergence(&goal)? < 0.02);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BoltzmannConfig {
    /// Hidden units, after the visible ones.
    pub hidden: usize,
    /// T of the machine.
    pub temperature: f64,
    /// The pairs of units that are connected; all if `None`.
    pub connections: Option<Vec<(usize, usize)>>,
    /// Where ⟨uᵢ uⱼ⟩ come from.
    pub expectations: Expectations,
    /// What a difference does to a weight.
    pub step: Step,
    /// λ
    pub learning_rate: f64,
    /// Weights and biases lose this share of themselves in every epoch; 0 for none.
    pub shrink: f64,
    /// How the weights begin; each of the N units has N − 1 inputs.
    pub weight_init: Init,
    /// Steps of learning.
    pub epochs: usize,
}

impl BoltzmannConfig {
    /// Exact expectations at T = 1, all pairs connected, λ = 0.5, no decay, 1000 epochs, first weights from N(0, 0.1²).
    pub fn exact(hidden: usize) -> Self {
        Self {
            hidden,
            temperature: 1.0,
            connections: None,
            expectations: Expectations::Exact,
            step: Step::Gradient,
            learning_rate: 0.5,
            shrink: 0.0,
            weight_init: Init::Normal(0.1),
            epochs: 1000,
        }
    }

    /// The machine before training, its weights drawn from `stream.named("weights")`, inputs and thresholds 0.
    ///
    /// # Errors
    /// As [`BoltzmannConfig::training`].
    pub fn initialize<T: Real>(&self, goal: &Goal, stream: &Stream) -> Result<BoltzmannMachine<T>, EnergyError> {
        let visible = goal.patterns().units();
        let units = visible + self.hidden;
        let connected = self.connected(units)?;
        let mut first = vec![T::ZERO; units * units.saturating_sub(1) / 2];
        self.weight_init.fill(units.saturating_sub(1), units, &mut first, &mut stream.named("weights"))?;
        let mut first = first.into_iter();
        let network = Network::from_pairs(units, |i, j| {
            let weight = first.next().unwrap_or(T::ZERO);
            if connected[(i, j)] { weight } else { T::ZERO }
        })?;
        BoltzmannMachine::new(network, visible, Temperature::new(self.temperature)?)
    }

    /// Learning from the beginning, epoch by epoch.
    ///
    /// # Errors
    /// Everything that does not fit, before the first step: sizes, ranges, too many units for exact expectations.
    pub fn training<'a, T: Real>(
        &'a self,
        goal: &'a Goal,
        stream: Stream,
    ) -> Result<BoltzmannTraining<'a, T>, EnergyError> {
        let machine = self.initialize(goal, &stream)?;
        self.resume(goal, stream, machine, 0)
    }

    /// Learning from the machine after `epoch` epochs, with the bits of never having stopped when `stream` is the same.
    ///
    /// # Errors
    /// As [`BoltzmannConfig::training`].
    pub fn resume<'a, T: Real>(
        &'a self,
        goal: &'a Goal,
        stream: Stream,
        model: BoltzmannMachine<T>,
        epoch: usize,
    ) -> Result<BoltzmannTraining<'a, T>, EnergyError> {
        check_length("a pattern of the goal", model.visible(), goal.patterns().units())?;
        if model.hidden() != self.hidden || model.temperature().value() != self.temperature {
            return Err(EnergyError::Unsupported(
                "the machine's units and temperature must be those of the configuration",
            ));
        }
        if !(self.learning_rate >= 0.0 && self.learning_rate.is_finite()) {
            return Err(out_of_range("the learning rate", "non-negative and finite", self.learning_rate));
        }
        if !(0.0..1.0).contains(&self.shrink) {
            return Err(out_of_range("shrink", "at least 0 and below 1", self.shrink));
        }
        match &self.expectations {
            Expectations::Exact if model.network().units() > crate::SUMMABLE_UNITS => {
                return Err(EnergyError::TooManyUnits {
                    what: "learning from exact expectations",
                    units: model.network().units(),
                    most: crate::SUMMABLE_UNITS,
                    instead: "learn from Gibbs samples (Expectations::Sampled)",
                });
            }
            Expectations::Exact => {}
            Expectations::Sampled(phases) => drop(phases.check(model.network().units())?),
        }
        let connected = self.connected(model.network().units())?;
        Ok(BoltzmannTraining {
            config: self,
            goal,
            connected,
            stream: stream.named("phases"),
            machine: model,
            epoch,
            failed: false,
        })
    }

    /// Learns to the last epoch and returns the machine.
    ///
    /// # Errors
    /// As [`BoltzmannConfig::training`], and [`EnergyError::Diverged`].
    pub fn fit<T: Real>(&self, goal: &Goal, stream: Stream) -> Result<BoltzmannMachine<T>, EnergyError> {
        let mut training = self.training(goal, stream)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok(training.into_model())
    }

    fn connected(&self, units: usize) -> Result<Matrix<bool>, EnergyError> {
        let Some(connections) = &self.connections else {
            return Ok(Matrix::from_fn(units, units, |i, j| i != j));
        };
        let mut connected = Matrix::from_element(units, units, false);
        for &(i, j) in connections {
            if let Some(unit) = [i, j].into_iter().find(|unit| *unit >= units) {
                return Err(EnergyError::NoSuchUnit { what: "the list of connections", unit, units });
            }
            (connected[(i, j)], connected[(j, i)]) = (i != j, i != j);
        }
        Ok(connected)
    }
}

/// What one step of learning gave.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct BoltzmannEpoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// D(goal‖model) over the visible units just before the step, in nats; `None` for sampled expectations.
    pub divergence: Option<f64>,
    /// The largest difference of ⟨uᵢ uⱼ⟩ between goal and model, over connected pairs and single units.
    pub largest_difference: f64,
}

/// Learning as an iterator of epochs.
///
/// Epoch k draws from position k of the stream `phases`, so that it can be repeated from the machine alone. An error is the last
/// item.
pub struct BoltzmannTraining<'a, T: Real> {
    config: &'a BoltzmannConfig,
    goal: &'a Goal,
    connected: Matrix<bool>,
    stream: Stream,
    machine: BoltzmannMachine<T>,
    epoch: usize,
    failed: bool,
}

impl<T: Real> BoltzmannTraining<'_, T> {
    /// The machine after the last good epoch.
    pub fn model(&self) -> &BoltzmannMachine<T> {
        &self.machine
    }

    /// The machine after the last good epoch.
    pub fn into_model(self) -> BoltzmannMachine<T> {
        self.machine
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    fn run_epoch(&mut self) -> Result<BoltzmannEpoch, EnergyError> {
        let config = self.config;
        let Pairs { goal, model, divergence } = match &config.expectations {
            Expectations::Exact => phases::exact(&self.machine, self.goal)?,
            Expectations::Sampled(phases) => {
                phases::sampled(&self.machine, self.goal, phases, &self.stream.at(self.epoch as u64))?
            }
        };
        let keep = 1.0 - config.shrink;
        let network = &self.machine.network;
        let units = network.units();
        let mut largest_difference = 0.0_f64;
        let mut moved = |value: f64, i: usize, j: usize| {
            let (goal, model) = (goal[(i, j)], model[(i, j)]);
            largest_difference = largest_difference.max((goal - model).abs());
            let step = match config.step {
                Step::Gradient => learn_step(config.learning_rate, goal, model),
                Step::Sign if goal == model => 0.0,
                Step::Sign => config.learning_rate * (goal - model).signum(),
            };
            T::from_f64(keep * value + step)
        };
        let mut weights = Matrix::zeros(units, units);
        for i in 0..units {
            for j in (0..i).filter(|&j| self.connected[(i, j)]) {
                let weight = moved(network.weights()[(i, j)].to_f64(), i, j);
                (weights[(i, j)], weights[(j, i)]) = (weight, weight);
            }
        }
        let inputs: Vec<T> = (0..units).map(|unit| moved(network.inputs()[unit].to_f64(), unit, unit)).collect();
        let thresholds = network.thresholds().to_vec();
        let diverged = EnergyError::Diverged { epoch: self.epoch + 1, last_good: self.epoch };
        let next = Network::new(weights).and_then(|network| network.with_inputs(inputs)?.with_thresholds(thresholds));
        self.machine.network = next.map_err(|_| diverged)?;
        Ok(BoltzmannEpoch { number: self.epoch + 1, divergence, largest_difference })
    }
}

impl<T: Real> Iterator for BoltzmannTraining<'_, T> {
    type Item = Result<BoltzmannEpoch, EnergyError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.epoch >= self.config.epochs {
            return None;
        }
        let epoch = self.run_epoch();
        match epoch {
            Ok(_) => self.epoch += 1,
            Err(_) => self.failed = true,
        }
        Some(epoch)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.failed { 0 } else { self.config.epochs.saturating_sub(self.epoch) };
        (left, Some(left))
    }
}

impl<T: Real> ExactSizeIterator for BoltzmannTraining<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Network, Patterns, Temperature, exact_distribution, kl_divergence};

    /// Eq. boltzmann-learning: a small step lowers the divergence.
    #[test]
    fn a_step_lowers_the_divergence() {
        let goal = [0.4, 0.1, 0.1, 0.4];
        let mut network = Network::<f64>::unconnected(2).unwrap().with_inputs(vec![-1.0, -1.0]).unwrap();
        let mut divergence = f64::INFINITY;
        for _ in 0..20 {
            let model = exact_distribution(&network, Temperature::ONE).unwrap();
            let next = kl_divergence(&goal, &model).unwrap();
            assert!(next < divergence);
            divergence = next;
            network.add_to_weight(0, 1, learn_step(0.5, goal[3], model[3])).unwrap();
        }
    }

    fn parity() -> Goal {
        Goal::uniform(Patterns::from_pictures(&["...", "##.", "#.#", ".##"]).unwrap()).unwrap()
    }

    #[test]
    fn the_divergence_falls_in_every_step_and_parity_needs_hidden_units() {
        let goal = parity();
        for (hidden, low, high) in [(0, std::f64::consts::LN_2, 0.694), (3, 0.0, 0.5)] {
            let config =
                BoltzmannConfig { weight_init: Init::Normal(1.5), epochs: 3000, ..BoltzmannConfig::exact(hidden) };
            let mut before = f64::INFINITY;
            let mut training = config.training::<f64>(&goal, Stream::new(3)).unwrap();
            for epoch in &mut training {
                let divergence = epoch.unwrap().divergence.unwrap();
                assert!(divergence <= before + 1e-12);
                before = divergence;
            }
            let machine = training.into_model();
            let divergence = machine.divergence(&goal).unwrap();
            assert!(divergence >= low - 1e-9 && divergence <= high, "{hidden} hidden: {divergence}");
            // The same from the distribution itself.
            let q = machine.visible_distribution().unwrap();
            let mut p = [0.0; 8];
            goal.patterns().states().for_each(|state| p[crate::number_of(&state) as usize] = 0.25);
            assert!((kl_divergence(&p, &q).unwrap() - divergence).abs() < 1e-10);
        }
    }

    #[test]
    fn sampled_pairs_approach_the_exact_ones_and_learning_can_be_resumed() {
        let goal = parity();
        let exact = BoltzmannConfig { epochs: 50, ..BoltzmannConfig::exact(2) };
        let machine = exact.fit::<f32>(&goal, Stream::new(1)).unwrap();
        let expected = phases::exact(&machine, &goal).unwrap();
        let phases = crate::Phases { clampings: 50, ..crate::Phases::gibbs(50, 400, 1.0) };
        let found = phases::sampled(&machine, &goal, &phases, &Stream::new(2)).unwrap();
        assert!((&found.goal - expected.goal).amax() < 0.02);
        assert!((&found.model - expected.model).amax() < 0.02);

        // Two sweeps through a list are one through the list twice; some units stay as they began.
        let given = |list: Vec<usize>, burn_in| {
            let phases = crate::Phases { order: crate::Order::Given(list), ..crate::Phases::gibbs(burn_in, 1, 1.0) };
            phases::sampled(&machine, &goal, &phases, &Stream::new(2)).unwrap()
        };
        assert_eq!(given(vec![4, 0, 3], 5).model, given(vec![4, 0, 3, 4, 0, 3], 2).model);

        let expectations = Expectations::Sampled(crate::Phases::of_1985());
        let config = BoltzmannConfig {
            temperature: 10.0,
            expectations,
            step: Step::Sign,
            learning_rate: 2.0,
            shrink: 0.005,
            weight_init: Init::Zero,
            epochs: 12,
            ..BoltzmannConfig::exact(2)
        };
        let whole = config.fit::<f32>(&goal, Stream::new(4)).unwrap();
        let half = BoltzmannConfig { epochs: 5, ..config.clone() }.fit::<f32>(&goal, Stream::new(4)).unwrap();
        let mut rest = config.resume(&goal, Stream::new(4), half, 5).unwrap();
        assert_eq!(rest.len(), 7);
        rest.try_for_each(|epoch| epoch.map(drop)).unwrap();
        assert_eq!(rest.into_model(), whole);
    }

    #[test]
    fn bad_input_is_told() {
        let goal = parity();
        let message = |config: &BoltzmannConfig| match config.training::<f64>(&goal, Stream::new(0)) {
            Ok(_) => "no error".to_owned(),
            Err(error) => error.to_string(),
        };
        let good = BoltzmannConfig::exact(1);
        let cold = BoltzmannConfig { temperature: 0.0, ..good.clone() };
        assert_eq!(message(&cold), "the temperature must be positive and finite, is 0");
        let linked = BoltzmannConfig { connections: Some(vec![(0, 4)]), ..good.clone() };
        assert_eq!(message(&linked), "there are 4 units (0 to 3), the list of connections names unit 4");
        let large = BoltzmannConfig { hidden: 40, ..good.clone() };
        let expected = "43 units have 2^43 states: learning from exact expectations is possible up to 34 units; \
                        learn from Gibbs samples (Expectations::Sampled)";
        assert_eq!(message(&large), expected);
        let forgetful = BoltzmannConfig { shrink: 1.0, ..good };
        assert_eq!(message(&forgetful), "shrink must be at least 0 and below 1, is 1");
        let endless = crate::Phases { annealing: vec![(usize::MAX, 1.0)], ..crate::Phases::of_1985() };
        let endless = BoltzmannConfig { expectations: Expectations::Sampled(endless), ..BoltzmannConfig::exact(1) };
        assert!(message(&endless).contains("times the units, must be at most 4294967295"), "{}", message(&endless));
        let error = Goal::new(goal.patterns().clone(), vec![0.5, 0.5, 0.5, 0.5]).unwrap_err().to_string();
        assert_eq!(error, "the sum of the goal's probabilities must be 1, is 2");
    }
}
