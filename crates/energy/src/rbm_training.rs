//! Training of restricted Boltzmann machines, epoch by epoch.

use crate::rbm::Draws;
use crate::rbm_rows::Lists;
use crate::rbm_step::Buffers;
use crate::{Divergence, EnergyError, Rbm, RbmConfig, Visible};
use nn_core::{Matrix, Real, Stream};

/// What one pass over the samples gave.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct RbmEpoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// Mean over the samples of ‖p(v | h) − v‖², h drawn from the sample, before each step; with persistent chains, which do
    /// not begin at the samples, `None`.
    pub reconstruction_error: Option<f64>,
    /// The learning rate λ of this epoch.
    pub learning_rate: f64,
}

/// Training as an iterator of epochs.
///
/// Epoch k draws from position k of the streams `shuffle` and `chains`, so that it can be repeated from the machine and its
/// persistent chains alone. An error is the last item.
pub struct RbmTraining<'a, T: Real> {
    pub(crate) config: &'a RbmConfig,
    pub(crate) samples: &'a Matrix<T>,
    /// The samples as lists, if they are nothing but 0 and 1.
    pub(crate) lists: Option<Lists>,
    stream: Stream,
    pub(crate) machine: Rbm<T>,
    last_good: Rbm<T>,
    last_good_chains: Matrix<T>,
    pub(crate) chains: Matrix<T>,
    pub(crate) epoch: usize,
    failed: bool,
    order: Vec<usize>,
    pub(crate) buffers: Buffers<T>,
}

impl<'a, T: Real> RbmTraining<'a, T> {
    /// From this machine and these chains, whose sizes are checked.
    pub(crate) fn begin(
        config: &'a RbmConfig,
        samples: &'a Matrix<T>,
        stream: Stream,
        machine: Rbm<T>,
        chains: Option<Matrix<T>>,
        epoch: usize,
    ) -> Result<Self, EnergyError> {
        let (visible, hidden, batch) = (samples.nrows(), config.hidden, config.batch.size(samples.ncols()));
        let chains = match chains {
            Some(chains) => {
                machine.check_samples(&chains)?;
                crate::error::check_length("the list of persistent chains", batch, chains.ncols())?;
                chains
            }
            None => samples.columns(0, batch).into_owned(),
        };
        let lists = match config.visible {
            Visible::Binary => Lists::of_samples(samples.as_slice(), visible),
            Visible::Gaussian => None,
        };
        Ok(Self {
            config,
            samples,
            lists,
            stream,
            last_good: machine.clone(),
            machine,
            last_good_chains: chains.clone(),
            chains,
            epoch,
            failed: false,
            order: (0..samples.ncols()).collect(),
            buffers: Buffers::new(visible, hidden, batch),
        })
    }

    /// The machine after the last good epoch.
    pub fn model(&self) -> &Rbm<T> {
        if self.failed { &self.last_good } else { &self.machine }
    }

    /// The machine after the last good epoch.
    pub fn into_model(self) -> Rbm<T> {
        if self.failed { self.last_good } else { self.machine }
    }

    /// The visible units of the persistent chains after the last good epoch, D × batch; with [`RbmTraining::model`] and the
    /// number of the epoch, all that resuming needs.
    pub fn chains(&self) -> &Matrix<T> {
        if self.failed { &self.last_good_chains } else { &self.chains }
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    fn run_epoch(&mut self) -> Result<Option<f64>, EnergyError> {
        let n = self.samples.ncols();
        if self.config.shuffle {
            self.stream.named("shuffle").at(self.epoch as u64).fill_permutation(&mut self.order);
        }
        let mut draws = Draws::new(self.stream.named("chains").at(self.epoch as u64));
        let order = std::mem::take(&mut self.order);
        let mut error = 0.0;
        let mut failure = Ok(());
        for positions in self.config.batch.ranges(n) {
            match self.step(&order[positions], &mut draws) {
                Ok(one) => error += one,
                Err(problem) => failure = Err(problem),
            }
        }
        self.order = order;
        failure?;
        let contrastive = matches!(self.config.divergence, Divergence::Contrastive { .. });
        Ok(contrastive.then_some(error / n as f64))
    }

    /// Keeps the machine if every parameter is finite.
    fn keep_if_finite(&mut self) -> Result<(), EnergyError> {
        if self.machine.check().is_err() {
            return Err(EnergyError::Diverged { epoch: self.epoch + 1, last_good: self.epoch });
        }
        self.last_good.weights.copy_from(&self.machine.weights);
        self.last_good.visible_bias.copy_from_slice(&self.machine.visible_bias);
        self.last_good.hidden_bias.copy_from_slice(&self.machine.hidden_bias);
        self.last_good_chains.copy_from(&self.chains);
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
                let learning_rate = self.config.rate(self.epoch);
                self.epoch += 1;
                Some(Ok(RbmEpoch { number: self.epoch, reconstruction_error, learning_rate }))
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
    use nn_core::{Batch, Init, RateSchedule, math};

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
            let config = RbmConfig {
                divergence,
                epochs: 3,
                weight_decay: 0.01,
                batch: Batch::Minibatch(7),
                ..RbmConfig::new(70)
            };
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
            schedule: RateSchedule::Linear { last: 0.1 },
            batch: Batch::Minibatch(20),
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
        let strong = RbmConfig { weight_init: Init::Normal(1.0), ..RbmConfig::new(4) };
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
                batch: Batch::Full,
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
        let machine: Rbm<f64> = RbmConfig { weight_init: Init::Normal(1.0), ..RbmConfig::new(6) }
            .initialize(&stripes(20, 6), &Stream::new(3))
            .unwrap();
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
}
