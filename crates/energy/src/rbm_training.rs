//! Training of restricted Boltzmann machines: contrastive divergence and persistent chains.

use crate::error::out_of_range;
use crate::rbm::{Draws, check_samples};
use crate::rbm_rows::{Lists, SumRows, UpdateRows};
use crate::{EnergyError, Rbm, Visible};
use nn_core::simd::dispatch;
use nn_core::{Matrix, Real, Stream, View, ViewMut, gemm, math};

/// Where the chains of the negative phase begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divergence {
    /// At the samples, in every step anew: CD-k (Hinton 2002).
    Contrastive {
        /// k
        steps: usize,
    },
    /// Where they ended in the step before: PCD (Tieleman 2008).
    Persistent {
        /// Steps of Gibbs sampling between two updates.
        steps: usize,
    },
}

impl Divergence {
    fn steps(self) -> usize {
        match self {
            Self::Contrastive { steps } | Self::Persistent { steps } => steps,
        }
    }
}

/// How a restricted Boltzmann machine is built and trained. Holds no data and no randomness.
///
/// ```
/// use energy::{Divergence, RbmConfig};
/// use nn_core::{Matrix, Stream};
///
/// // Four pixels of which the first two agree, and the last two.
/// let samples = Matrix::from_fn(4, 40, |i, n| if (n / (1 + i / 2)) % 2 == 0 { 1.0_f32 } else { 0.0 });
/// let config = RbmConfig { divergence: Divergence::Persistent { steps: 1 }, epochs: 200, ..RbmConfig::new(3) };
/// let machine = config.fit(&samples, Stream::new(2002))?;
/// let features = machine.transform(&samples)?;
/// assert_eq!(features.shape(), (3, 40));
/// println!("{}", machine.mean_log_likelihood(&samples, machine.log_partition_function()?)?);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RbmConfig {
    /// H.
    pub hidden: usize,
    /// What the visible units are.
    pub visible: Visible,
    /// The negative phase.
    pub divergence: Divergence,
    /// λ, for a mean over the samples of a batch.
    pub learning_rate: f64,
    /// The learning rate falls linearly to this share of itself in the last epoch; 1 for a constant rate.
    pub last_rate: f64,
    /// Samples a step, and chains if they are persistent.
    pub batch: usize,
    /// Passes over the samples.
    pub epochs: usize,
    /// Weights, not biases, shrink by λ times this in every step.
    pub weight_decay: f64,
    /// Standard deviation of the first weights.
    pub first_weights: f64,
    /// Every epoch takes the samples in a new order.
    pub shuffle: bool,
}

impl RbmConfig {
    /// H hidden units, binary visible ones, CD-1, λ = 0.05, batches of 10, 20 epochs, weights from N(0, 0.01²), visible biases
    /// from the means of the data.
    pub fn new(hidden: usize) -> Self {
        Self {
            hidden,
            visible: Visible::Binary,
            divergence: Divergence::Contrastive { steps: 1 },
            learning_rate: 0.05,
            last_rate: 1.0,
            batch: 10,
            epochs: 20,
            weight_decay: 0.0,
            first_weights: 0.01,
            shuffle: true,
        }
    }

    /// The machine before training: weights from `stream.named("weights")`, hidden biases 0, visible biases the log-odds of
    /// the data's means (kept between 0.001 and 0.999), or the means if the visible units are Gaussian.
    ///
    /// # Errors
    /// As [`RbmConfig::training`].
    pub fn initialize<T: Real>(&self, samples: &Matrix<T>, stream: &Stream) -> Result<Rbm<T>, EnergyError> {
        if samples.ncols() == 0 {
            return Err(EnergyError::NoSamples);
        }
        check_samples(samples.nrows(), self.visible, samples)?;
        let mut weights = Matrix::zeros(self.hidden, samples.nrows());
        stream.named("weights").fill_normal(weights.as_mut_slice(), 0.0, self.first_weights);
        let bias = samples.row_iter().map(|row| {
            let mean = row.iter().map(|value| value.to_f64()).sum::<f64>() / samples.ncols() as f64;
            let share = mean.clamp(0.001, 0.999);
            T::from_f64(if self.visible == Visible::Binary { math::ln(share / (1.0 - share)) } else { mean })
        });
        Rbm::new(weights, bias.collect(), vec![T::ZERO; self.hidden], self.visible)
    }

    /// Training from the beginning, epoch by epoch, on samples D × n: 0, 1 or probabilities between them for binary visible
    /// units. Samples of nothing but 0 and 1 train several times faster.
    ///
    /// # Errors
    /// Everything that does not fit, before the first step.
    pub fn training<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        stream: Stream,
    ) -> Result<RbmTraining<'a, T>, EnergyError> {
        let machine = self.initialize(samples, &stream)?;
        self.resume(samples, stream, machine, None, 0)
    }

    /// Training from the machine after `epoch` epochs, with the bits of never having stopped when `stream` is the same and
    /// `chains` are those of [`RbmTraining::chains`]. Without chains persistent ones begin at the first samples.
    ///
    /// # Errors
    /// As [`RbmConfig::training`].
    pub fn resume<'a, T: Real>(
        &'a self,
        samples: &'a Matrix<T>,
        stream: Stream,
        machine: Rbm<T>,
        chains: Option<Matrix<T>>,
        epoch: usize,
    ) -> Result<RbmTraining<'a, T>, EnergyError> {
        self.check(samples)?;
        machine.check_samples(samples)?;
        if machine.hidden_units() != self.hidden || machine.visible() != self.visible {
            return Err(EnergyError::Unsupported("the machine's layers must be those of the configuration"));
        }
        let (visible, hidden, batch) = (samples.nrows(), self.hidden, self.batch.min(samples.ncols()));
        let chains = match chains {
            Some(chains) => {
                machine.check_samples(&chains)?;
                crate::error::check_length("the list of persistent chains", batch, chains.ncols())?;
                chains
            }
            None => samples.columns(0, batch).into_owned(),
        };
        let lists = match self.visible {
            Visible::Binary => Lists::of_samples(samples.as_slice(), visible),
            Visible::Gaussian => None,
        };
        let column = |rows: usize| vec![T::ZERO; rows * batch];
        Ok(RbmTraining {
            config: self,
            samples,
            lists,
            stream,
            last_good: machine.clone(),
            machine,
            chains,
            epoch,
            failed: false,
            order: (0..samples.ncols()).collect(),
            buffers: Buffers {
                data: column(visible),
                positive: column(hidden),
                hidden: column(hidden),
                negative: column(hidden),
                visible: column(visible),
                states: vec![0; visible * batch],
                fantasies: Lists::default(),
                positive_of: Lists::default(),
                negative_of: Lists::default(),
                positions: (0..batch).collect(),
            },
        })
    }

    /// Trains to the last epoch and returns the machine.
    ///
    /// # Errors
    /// As [`RbmConfig::training`], and [`EnergyError::Diverged`].
    pub fn fit<T: Real>(&self, samples: &Matrix<T>, stream: Stream) -> Result<Rbm<T>, EnergyError> {
        let mut training = self.training(samples, stream)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok(training.into_model())
    }

    fn check<T: Real>(&self, samples: &Matrix<T>) -> Result<(), EnergyError> {
        if samples.ncols() == 0 {
            return Err(EnergyError::NoSamples);
        }
        let positive = [("the learning rate", self.learning_rate), ("the batch", self.batch as f64)];
        if let Some((name, value)) = positive.into_iter().find(|(_, value)| !(*value > 0.0 && value.is_finite())) {
            return Err(out_of_range(name, "positive and finite", value));
        }
        let ranges = [
            ("the last share of the learning rate", self.last_rate),
            ("the standard deviation of the first weights", self.first_weights),
            ("the weight decay", self.weight_decay),
        ];
        if let Some((name, value)) = ranges.into_iter().find(|(_, value)| !(*value >= 0.0 && value.is_finite())) {
            return Err(out_of_range(name, "0 or more and finite", value));
        }
        if self.divergence.steps() == 0 {
            return Err(out_of_range("the number of steps of a chain", "1 or more", 0.0));
        }
        Ok(())
    }

    fn rate(&self, epoch: usize) -> f64 {
        let part = epoch as f64 / self.epochs.saturating_sub(1).max(1) as f64;
        self.learning_rate * (1.0 + (self.last_rate - 1.0) * part.min(1.0))
    }
}

/// What one pass over the samples gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RbmEpoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// Mean over the samples of ‖p(v | h) − v‖², h drawn from the sample, before each step; with persistent chains, which do
    /// not begin at the samples, `None`.
    pub reconstruction_error: Option<f64>,
}

/// Training as an iterator of epochs.
///
/// Epoch k draws from position k of the streams `shuffle` and `chains`, so that it can be repeated from the machine and its
/// persistent chains alone. An error is the last item.
pub struct RbmTraining<'a, T: Real> {
    config: &'a RbmConfig,
    samples: &'a Matrix<T>,
    /// The samples as lists, if they are nothing but 0 and 1.
    lists: Option<Lists>,
    stream: Stream,
    machine: Rbm<T>,
    last_good: Rbm<T>,
    chains: Matrix<T>,
    epoch: usize,
    failed: bool,
    order: Vec<usize>,
    buffers: Buffers<T>,
}

/// The memory of a step, a column a sample.
struct Buffers<T> {
    data: Vec<T>,
    /// p(h = 1 | sample)
    positive: Vec<T>,
    /// States of the hidden units.
    hidden: Vec<T>,
    /// p(h = 1 | fantasy)
    negative: Vec<T>,
    /// p(v = 1 | h), then states.
    visible: Vec<T>,
    states: Vec<u8>,
    fantasies: Lists,
    positive_of: Lists,
    negative_of: Lists,
    /// 0, 1, 2, ...
    positions: Vec<usize>,
}

impl<T: Real> RbmTraining<'_, T> {
    /// The machine after the last good epoch.
    pub fn model(&self) -> &Rbm<T> {
        if self.failed { &self.last_good } else { &self.machine }
    }

    /// The machine after the last good epoch.
    pub fn into_model(self) -> Rbm<T> {
        if self.failed { self.last_good } else { self.machine }
    }

    /// The visible units of the persistent chains, D × batch; with [`RbmTraining::model`] and the number of the epoch, all that
    /// resuming needs.
    pub fn chains(&self) -> &Matrix<T> {
        &self.chains
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    fn run_epoch(&mut self) -> Result<Option<f64>, EnergyError> {
        let n = self.samples.ncols();
        if self.config.shuffle {
            // From the same order every time: an epoch does not depend on the one before.
            self.order.iter_mut().enumerate().for_each(|(position, sample)| *sample = position);
            self.stream.named("shuffle").at(self.epoch as u64).shuffle(&mut self.order);
        }
        let mut draws = Draws::new(self.stream.named("chains").at(self.epoch as u64));
        let order = std::mem::take(&mut self.order);
        let mut error = 0.0;
        let mut failure = Ok(());
        for samples in order.chunks(self.config.batch) {
            match self.step(samples, &mut draws) {
                Ok(one) => error += one,
                Err(problem) => failure = Err(problem),
            }
        }
        self.order = order;
        failure?;
        let contrastive = matches!(self.config.divergence, Divergence::Contrastive { .. });
        Ok(contrastive.then_some(error / n as f64))
    }

    /// One step on these samples; the sum of their reconstruction errors.
    fn step(&mut self, samples: &[usize], draws: &mut Draws) -> Result<f64, EnergyError> {
        let (count, visible, hidden) = (samples.len(), self.samples.nrows(), self.config.hidden);
        let rate = T::from_f64(self.config.rate(self.epoch) / count as f64);
        let keep = T::from_f64(1.0 - self.config.rate(self.epoch) * self.config.weight_decay);
        let binary = self.config.visible == Visible::Binary;
        let Buffers {
            data,
            positive,
            hidden: states_of_hidden,
            negative,
            visible: fantasy,
            states,
            fantasies,
            positive_of,
            negative_of,
            positions,
        } = &mut self.buffers;
        let (data, positive) = (&mut data[..visible * count], &mut positive[..hidden * count]);
        let (on, negative) = (&mut states_of_hidden[..hidden * count], &mut negative[..hidden * count]);
        let (fantasy, states) = (&mut fantasy[..visible * count], &mut states[..visible * count]);
        for (to, &sample) in data.chunks_exact_mut(visible).zip(samples) {
            to.copy_from_slice(&self.samples.as_slice()[sample * visible..][..visible]);
        }
        // The clamped phase.
        match &self.lists {
            Some(lists) => dispatch(SumRows {
                rows: self.machine.weights.as_slice(),
                lists,
                samples,
                start: &self.machine.hidden_bias,
                sums: positive,
            }),
            None => self.machine.hidden_inputs_into(View::new(visible, count, data)?, positive)?,
        }
        math::sigmoid_in_place(positive);
        // The free phase.
        let persistent = matches!(self.config.divergence, Divergence::Persistent { .. });
        if persistent {
            let chains = View::new(visible, count, &self.chains.as_slice()[..visible * count])?;
            self.machine.hidden_inputs_into(chains, on)?;
            math::sigmoid_in_place(on);
        } else {
            on.copy_from_slice(positive);
        }
        let mut error = 0.0;
        for step in 0..self.config.divergence.steps() {
            draws.coins(on);
            self.machine.visible_inputs_into(View::new(hidden, count, on)?, fantasy)?;
            if binary {
                math::sigmoid_in_place(fantasy);
            }
            if step == 0 && !persistent {
                error = nn_core::simd::squared_distance(data, fantasy).to_f64();
            }
            if self.lists.is_some() {
                draws.coins_into(fantasy, states);
                fantasies.clear();
                states.chunks_exact(visible).for_each(|states| fantasies.push(states));
                dispatch(SumRows {
                    rows: self.machine.weights.as_slice(),
                    lists: fantasies,
                    samples: &positions[..count],
                    start: &self.machine.hidden_bias,
                    sums: negative,
                });
            } else {
                if binary {
                    draws.coins(fantasy);
                } else {
                    draws.visible(Visible::Gaussian, fantasy);
                }
                self.machine.hidden_inputs_into(View::new(visible, count, fantasy)?, negative)?;
            }
            math::sigmoid_in_place(negative);
            if step + 1 < self.config.divergence.steps() {
                on.copy_from_slice(negative);
            }
        }
        if persistent {
            let chains = &mut self.chains.as_mut_slice()[..visible * count];
            if self.lists.is_some() {
                for (chain, &state) in chains.iter_mut().zip(states.iter()) {
                    *chain = T::from_f64(f64::from(state));
                }
            } else {
                chains.copy_from_slice(fantasy);
            }
        }
        // The update: λ (⟨v hᵀ⟩ of the samples − ⟨v hᵀ⟩ of the fantasies).
        let machine = &mut self.machine;
        for (positive, negative) in positive.chunks_exact(hidden).zip(negative.chunks_exact(hidden)) {
            for ((bias, &plus), &minus) in machine.hidden_bias.iter_mut().zip(positive).zip(negative) {
                *bias += rate * (plus - minus);
            }
        }
        if let Some(lists) = &self.lists {
            lists.transpose(samples, visible, positive_of);
            fantasies.transpose(&positions[..count], visible, negative_of);
            for (unit, bias) in machine.visible_bias.iter_mut().enumerate() {
                *bias += rate * T::from_f64(positive_of.of(unit).len() as f64 - negative_of.of(unit).len() as f64);
            }
            dispatch(UpdateRows {
                rows: machine.weights.as_mut_slice(),
                width: hidden,
                positive: (positive_of, positive),
                negative: (negative_of, negative),
                rate,
                keep,
            });
            return Ok(error);
        }
        for (data, fantasy) in data.chunks_exact(visible).zip(fantasy.chunks_exact(visible)) {
            for ((bias, &plus), &minus) in machine.visible_bias.iter_mut().zip(data).zip(fantasy) {
                *bias += rate * (plus - minus);
            }
        }
        if keep != T::ONE {
            machine.weights.as_mut_slice().iter_mut().for_each(|weight| *weight *= keep);
        }
        for (factor, hidden_units, visible_units) in
            [(rate, &mut *positive, &*data), (-rate, &mut *negative, &*fantasy)]
        {
            hidden_units.iter_mut().for_each(|value| *value *= factor);
            let visible_units = View::new(visible, count, visible_units)?.transposed();
            let weights = ViewMut::from(&mut machine.weights);
            gemm(T::ONE, View::new(hidden, count, hidden_units)?, visible_units, T::ONE, weights)?;
        }
        Ok(error)
    }

    /// Keeps the machine if every parameter is finite.
    fn keep_if_finite(&mut self) -> Result<(), EnergyError> {
        if self.machine.check().is_err() {
            return Err(EnergyError::Diverged { epoch: self.epoch + 1, last_good: self.epoch });
        }
        self.last_good.weights.copy_from(&self.machine.weights);
        self.last_good.visible_bias.copy_from_slice(&self.machine.visible_bias);
        self.last_good.hidden_bias.copy_from_slice(&self.machine.hidden_bias);
        Ok(())
    }
}

impl<T: Real> Iterator for RbmTraining<'_, T> {
    type Item = Result<RbmEpoch, EnergyError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.epoch >= self.config.epochs {
            return None;
        }
        match self.run_epoch().and_then(|error| self.keep_if_finite().map(|()| error)) {
            Ok(reconstruction_error) => {
                self.epoch += 1;
                Some(Ok(RbmEpoch { number: self.epoch, reconstruction_error }))
            }
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.failed { 0 } else { self.config.epochs.saturating_sub(self.epoch) };
        (left, Some(left))
    }
}

impl<T: Real> ExactSizeIterator for RbmTraining<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(count: usize, seed: u64) -> Matrix<f64> {
        let mut stream = Stream::new(seed);
        let kinds: Vec<u32> = (0..count).map(|_| stream.below(8)).collect();
        Matrix::from_fn(9, count, |i, n| {
            let (row, column) = (i / 3, i % 3);
            let place = if kinds[n] & 1 == 0 { row } else { column };
            f64::from(u8::from((kinds[n] >> 1) as usize == place || kinds[n] >> 1 == 3))
        })
    }

    #[test]
    fn the_fast_step_on_zeros_and_ones_is_the_plain_one() {
        let samples = stripes(40, 1);
        for divergence in [Divergence::Contrastive { steps: 2 }, Divergence::Persistent { steps: 1 }] {
            let config = RbmConfig { divergence, epochs: 3, weight_decay: 0.01, batch: 7, ..RbmConfig::new(70) };
            let mut fast = config.training(&samples, Stream::new(2)).unwrap();
            let mut plain = config.training(&samples, Stream::new(2)).unwrap();
            assert!(fast.lists.is_some());
            plain.lists = None;
            for _ in 0..3 {
                let (a, b) = (fast.next().unwrap().unwrap(), plain.next().unwrap().unwrap());
                assert_eq!(a.reconstruction_error.is_some(), b.reconstruction_error.is_some());
            }
            let (fast, plain) = (fast.into_model(), plain.into_model());
            assert!((fast.weights() - plain.weights()).amax() < 1e-12);
        }
    }

    #[test]
    fn training_can_be_resumed_with_its_chains() {
        let samples = stripes(33, 2);
        let config = RbmConfig { divergence: Divergence::Persistent { steps: 1 }, epochs: 6, ..RbmConfig::new(5) };
        let whole = config.fit(&samples, Stream::new(7)).unwrap();
        let mut half = config.training(&samples, Stream::new(7)).unwrap();
        half.by_ref().take(2).try_for_each(|epoch| epoch.map(|_| ())).unwrap();
        let (machine, chains) = (half.model().clone(), half.chains().clone());
        let mut rest = config.resume(&samples, Stream::new(7), machine, Some(chains), 2).unwrap();
        rest.try_for_each(|epoch| epoch.map(drop)).unwrap();
        assert_eq!(rest.into_model(), whole);
    }

    #[test]
    fn persistent_chains_learn_stripes_better_than_independent_pixels() {
        let samples = stripes(200, 3);
        let config = RbmConfig {
            divergence: Divergence::Persistent { steps: 1 },
            epochs: 300,
            learning_rate: 0.1,
            last_rate: 0.1,
            batch: 20,
            ..RbmConfig::new(8)
        };
        let first: Rbm<f64> = config.initialize(&samples, &Stream::new(1)).unwrap();
        let likelihood = |machine: &Rbm<f64>| {
            machine.mean_log_likelihood(&samples, machine.log_partition_function().unwrap()).unwrap()
        };
        let trained = config.fit(&samples, Stream::new(1)).unwrap();
        let (before, after) = (likelihood(&first), likelihood(&trained));
        // Seven kinds, one twice as likely: the entropy is 1.91; independent pixels have 6.2.
        assert!(before < -6.0 && after > -4.0, "{before} {after}");
        assert!(trained.pseudo_log_likelihood(&samples).unwrap() > first.pseudo_log_likelihood(&samples).unwrap());
    }

    #[test]
    fn contrastive_divergence_approaches_the_exact_gradient_as_its_chains_grow() {
        // The exact step for one weight of a small machine, from ln Z by differences, against the mean of many CD-k steps.
        let samples = stripes(8, 4);
        let stream = Stream::new(5);
        let strong = RbmConfig { first_weights: 1.0, ..RbmConfig::new(4) };
        let machine: Rbm<f64> = strong.initialize(&samples, &stream).unwrap();
        let likelihood = |machine: &Rbm<f64>| {
            machine.mean_log_likelihood(&samples, machine.log_partition_function().unwrap()).unwrap()
        };
        let exact = Matrix::from_fn(4, 9, |j, i| {
            let moved = |step: f64| {
                let mut machine = machine.clone();
                machine.weights[(j, i)] += step;
                likelihood(&machine)
            };
            (moved(1e-5) - moved(-1e-5)) / 2e-5
        });
        let error = |steps: usize| {
            let config = RbmConfig {
                divergence: Divergence::Contrastive { steps },
                learning_rate: 1.0,
                batch: 8,
                epochs: 1,
                ..strong.clone()
            };
            let mut sum = Matrix::zeros(4, 9);
            for run in 0..3000 {
                let mut training = config.resume(&samples, stream.at(run), machine.clone(), None, 0).unwrap();
                training.next().unwrap().unwrap();
                sum += training.model().weights() - machine.weights();
            }
            (sum / 3000.0 - &exact).norm()
        };
        let (one, twenty) = (error(1), error(30));
        // The noise of the mean of 3000 runs is about 0.03.
        assert!(twenty < 0.06 && one > 2.0 * twenty, "{one} {twenty}");
    }

    #[test]
    fn the_sum_over_hidden_states_is_that_over_visible_states() {
        let machine: Rbm<f64> =
            RbmConfig { first_weights: 1.0, ..RbmConfig::new(6) }.initialize(&stripes(20, 6), &Stream::new(3)).unwrap();
        assert!((machine.log_sum_over(true) - machine.log_sum_over(false)).abs() < 1e-10);
        // And that of the same network as a general Boltzmann machine.
        let network =
            crate::Network::from_pairs(15, |i, j| if i >= 9 && j < 9 { machine.weights[(i - 9, j)] } else { 0.0 });
        let inputs = machine.visible_bias().iter().chain(machine.hidden_bias()).copied().collect();
        let network = network.unwrap().with_inputs(inputs).unwrap();
        let log_z = crate::log_partition_function(&network, crate::Temperature::ONE).unwrap();
        assert!((machine.log_partition_function().unwrap() - log_z).abs() < 1e-10);
        let estimate = crate::Ais { steps: 500, chains: 300 }.estimate(&machine, None, &Stream::new(1)).unwrap();
        assert!((estimate.log_partition_function - log_z).abs() < 0.1, "{estimate:?} {log_z}");
        // p(v) sums to 1.
        let states = Matrix::from_fn(9, 512, |i, s| f64::from(u8::from(s >> i & 1 == 1)));
        let total: f64 = machine.free_energy(&states).unwrap().iter().map(|f| math::exp(-f - log_z)).sum();
        assert!((total - 1.0).abs() < 1e-10);
    }

    #[test]
    fn gaussian_visible_units_learn_two_clusters() {
        let mut stream = Stream::new(9);
        let samples = Matrix::from_fn(2, 400, |_, n| if n % 2 == 0 { 2.0 } else { -2.0 } + stream.normal());
        let config = RbmConfig { visible: Visible::Gaussian, learning_rate: 0.02, epochs: 60, ..RbmConfig::new(2) };
        let first: Rbm<f64> = config.initialize(&samples, &Stream::new(1)).unwrap();
        let machine = config.fit(&samples, Stream::new(1)).unwrap();
        let likelihood = |machine: &Rbm<f64>| {
            machine.mean_log_likelihood(&samples, machine.log_partition_function().unwrap()).unwrap()
        };
        // Independent normal pixels of variance 1 miss the clusters by 4 nats.
        assert!(likelihood(&machine) > likelihood(&first) + 2.0, "{} {}", likelihood(&machine), likelihood(&first));
        let drawn = machine.sample(500, 200, &Stream::new(4)).unwrap();
        let spread = drawn.row(0).iter().map(|x| x * x).sum::<f64>() / 500.0;
        assert!((2.5..8.0).contains(&spread), "{spread}");
        assert!(machine.pseudo_log_likelihood(&samples).is_err());
    }

    #[test]
    fn bad_input_is_told() {
        let message = |config: &RbmConfig, samples: &Matrix<f64>| match config.training(samples, Stream::new(0)) {
            Ok(_) => "no error".to_owned(),
            Err(error) => error.to_string(),
        };
        let good = RbmConfig::new(3);
        let samples = stripes(5, 1);
        assert_eq!(message(&good, &Matrix::zeros(4, 0)), "there is no sample");
        let mut wide = samples.clone();
        wide[(2, 3)] = 1.5;
        assert_eq!(message(&good, &wide), "binary units take values from 0 to 1: sample 3, feature 2 is 1.5");
        wide[(2, 3)] = f64::NAN;
        assert_eq!(message(&good, &wide), "sample 3, feature 2 is NaN");
        let still = RbmConfig { divergence: Divergence::Contrastive { steps: 0 }, ..good.clone() };
        assert_eq!(message(&still, &samples), "the number of steps of a chain must be 1 or more, is 0");
        assert_eq!(message(&RbmConfig::new(0), &samples), "a network needs at least one unit");
        let machine = good.fit(&samples, Stream::new(0)).unwrap();
        let error = machine.transform(&Matrix::zeros(8, 1)).unwrap_err().to_string();
        assert_eq!(error, "the machine has 9 visible units, the samples have 8 features");
        let large = Rbm::new(Matrix::<f64>::zeros(30, 30), vec![0.0; 30], vec![0.0; 30], Visible::Binary).unwrap();
        let error = large.log_partition_function().unwrap_err().to_string();
        assert!(
            error.contains("possible up to 26 units; estimate it by annealed importance sampling (Ais)"),
            "{error}"
        );
    }
}
