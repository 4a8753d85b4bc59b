//! Training: a configuration, an iterator of epochs, and how to go on where one stopped.

use crate::influence::{Influence, Pull};
use crate::{Adjacency, Data, Distance, Initialization, Neighborhood, Schedule, Som, SomError, batch, online};
use nn_core::{Boundary, Lattice, Real, Stream, Topology};

/// When the reference vectors move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// After every sample, by Kohonen's rule: [`Som::adapt`]. Schedules run over all samples of all epochs.
    Online {
        /// Every epoch takes the samples in a new order.
        shuffle: bool,
    },
    /// After every epoch, to the weighted mean of all samples. Schedules run over the epochs; h₀ cancels, so the learning
    /// rate has no effect.
    Batch,
}

/// How a map is built and trained. Holds no data and no randomness.
///
/// ```
/// use nn_core::{Boundary, Lattice, Stream, Topology};
/// use som::{Algorithm, Schedule, SomConfig};
///
/// let samples = nn_core::Matrix::from_fn(3, 200, |k, n| ((n * (k + 7)) % 31) as f32);
/// let config = SomConfig {
///     algorithm: Algorithm::Online { shuffle: true },
///     radius: Schedule::Exponential { from: 3.0, to: 0.5 },
///     ..SomConfig::new(Lattice::new(6, 8, Topology::Hexagonal, Boundary::Planar)?)
/// };
/// let map = config.fit(&samples, Stream::new(1982))?;
/// assert_eq!(map.codebook().shape(), (3, 48));
/// # Ok::<(), som::SomError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SomConfig {
    /// Where the units are.
    pub lattice: Lattice,
    /// How the winner is chosen.
    pub distance: Distance,
    /// Which units move with the winner.
    pub neighborhood: Neighborhood,
    /// σ, or the reach of the other shapes; in units of the distance between neighbors.
    pub radius: Schedule,
    /// h₀, between 0 and 1. Without effect in batch training.
    pub learning_rate: Schedule,
    /// The codebook before training.
    pub initialization: Initialization,
    /// Online or batch.
    pub algorithm: Algorithm,
    /// Number of passes over the samples.
    pub epochs: usize,
    /// Measure the map after every epoch ([`Epoch::quality`]): one more search over all samples.
    pub quality: bool,
}

impl SomConfig {
    /// Batch training of this lattice: 20 epochs, the lecture's Gaussian with a radius that falls exponentially from half the
    /// longer side of the lattice (at least 1) to 1, beginning in the plane of the principal components; for online training
    /// a learning rate from 0.5 to 0.01.
    pub fn new(lattice: Lattice) -> Self {
        let side = lattice.rows().max(lattice.columns()) as f64;
        Self {
            lattice,
            distance: Distance::Euclidean,
            neighborhood: Neighborhood::Gaussian,
            radius: Schedule::Exponential { from: (side / 2.0).max(1.0), to: 1.0 },
            learning_rate: Schedule::Exponential { from: 0.5, to: 0.01 },
            initialization: Initialization::PrincipalComponents,
            algorithm: Algorithm::Batch,
            epochs: 20,
            quality: false,
        }
    }

    /// As [`SomConfig::new`], for so many samples: a hexagonal, planar lattice of about 5 √n units (the rule of SOM Toolbox
    /// and MiniSom), as square as possible.
    ///
    /// # Errors
    /// [`SomError::NoSamples`] for 0 samples.
    pub fn for_samples(samples: usize) -> Result<Self, SomError> {
        Self::with_ratio(samples, 1.0)
    }

    /// As [`SomConfig::for_samples`], with sides as long as the first two principal components of these samples (their ratio
    /// at most 4), the longer one horizontal.
    ///
    /// # Errors
    /// As [`SomConfig::training`].
    pub fn for_data<'a, T: Real>(samples: impl Into<Data<'a, T>>) -> Result<Self, SomError> {
        let data = samples.into();
        data.check()?;
        let ratio = if data.is_empty() { 1.0 } else { crate::init::ratio_of_components(&data) };
        Self::with_ratio(data.len(), ratio.clamp(1.0, 4.0))
    }

    fn with_ratio(samples: usize, ratio: f64) -> Result<Self, SomError> {
        if samples == 0 {
            return Err(SomError::NoSamples);
        }
        let units = 5.0 * (samples as f64).sqrt();
        let columns = (units * ratio).sqrt().round().max(1.0);
        let rows = (units / columns).round().max(1.0);
        let lattice = Lattice::new(rows as usize, columns as usize, Topology::Hexagonal, Boundary::Planar)?;
        Ok(Self::new(lattice))
    }

    /// The map before training, drawn from `stream.named("codebook")`.
    ///
    /// # Errors
    /// As [`SomConfig::training`].
    pub fn initialize<'a, T: Real>(
        &self,
        samples: impl Into<Data<'a, T>>,
        stream: &Stream,
    ) -> Result<Som<T>, SomError> {
        let data = samples.into();
        data.check()?;
        if data.is_empty() {
            return Err(SomError::NoSamples);
        }
        let codebook = self.initialization.codebook(&self.lattice, &data, stream)?;
        Som::new(self.lattice, codebook, self.distance)
    }

    /// Training from the beginning, epoch by epoch. Samples: a D × n matrix, [`SparseSamples`](crate::SparseSamples), or
    /// [`Data`] with weights or missing values.
    ///
    /// # Errors
    /// Everything that does not fit, before the first step: sizes, ranges, values that are not finite or too large, sparse
    /// samples in online training, a Mexican hat in batch training.
    pub fn training<'a, T: Real>(
        &'a self,
        samples: impl Into<Data<'a, T>>,
        stream: Stream,
    ) -> Result<Training<'a, T>, SomError> {
        let data = samples.into();
        let map = self.initialize(data, &stream)?;
        self.resume(data, stream, map, 0)
    }

    /// Training from the map after `epoch` epochs, with the bits of never having stopped when `stream` is the same. With
    /// epoch 0 any map is a warm start. The map's own lattice and distance must be those of the configuration.
    ///
    /// # Errors
    /// As [`SomConfig::training`].
    pub fn resume<'a, T: Real>(
        &'a self,
        samples: impl Into<Data<'a, T>>,
        stream: Stream,
        map: Som<T>,
        epoch: usize,
    ) -> Result<Training<'a, T>, SomError> {
        let data = samples.into();
        map.check_data(&data)?;
        self.check(&data, &map)?;
        Ok(Training {
            config: self,
            data,
            shuffle: stream.named("shuffle"),
            influence: Influence::new(&self.lattice),
            memory: None,
            last_good: map.clone(),
            map,
            epoch,
            failed: false,
        })
    }

    /// Trains to the last epoch and returns the map.
    ///
    /// # Errors
    /// As [`SomConfig::training`], and [`SomError::Schedule`] or [`SomError::Diverged`] from an epoch.
    pub fn fit<'d, T: Real>(&self, samples: impl Into<Data<'d, T>>, stream: Stream) -> Result<Som<T>, SomError> {
        let data: Data<'d, T> = samples.into();
        let mut training = self.training(data, stream)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok(training.into_model())
    }

    fn check<T: Real>(&self, data: &Data<'_, T>, map: &Som<T>) -> Result<(), SomError> {
        if data.is_empty() {
            return Err(SomError::NoSamples);
        }
        if *map.lattice() != self.lattice || map.distance() != self.distance {
            return Err(SomError::Unsupported("the map's lattice and distance must be those of the configuration"));
        }
        match self.algorithm {
            Algorithm::Online { .. } => {
                if matches!(data.samples, crate::data::Samples::Sparse(_)) {
                    return Err(SomError::Unsupported("sparse samples train in batches: set Algorithm::Batch"));
                }
            }
            Algorithm::Batch if self.neighborhood == Neighborhood::MexicanHat => {
                return Err(SomError::Unsupported(
                    "the Mexican hat has negative weights, of which no mean can be taken: set Algorithm::Online",
                ));
            }
            Algorithm::Batch if u32::try_from(map.units()).is_err() => {
                return Err(SomError::Unsupported(
                    "batch training numbers the units in 32 bits: take a smaller lattice",
                ));
            }
            Algorithm::Batch => {}
        }
        let last = self.steps(data.len()).saturating_sub(1);
        for step in [0, last] {
            self.pull(step, data.len())?;
        }
        Ok(())
    }

    /// Steps of the schedules in all.
    fn steps(&self, samples: usize) -> usize {
        match self.algorithm {
            Algorithm::Online { .. } => self.epochs.saturating_mul(samples),
            Algorithm::Batch => self.epochs,
        }
    }

    /// Neighborhood, radius and rate in a step.
    fn pull(&self, step: usize, samples: usize) -> Result<Pull, SomError> {
        let steps = self.steps(samples);
        let (radius, learning_rate) = (self.radius.value(step, steps), self.learning_rate.value(step, steps));
        if !(radius.is_finite() && radius >= 0.0) {
            let (schedule, rule) = ("radius", "non-negative and finite");
            return Err(SomError::Schedule { schedule, rule, value: radius, step });
        }
        if matches!(self.algorithm, Algorithm::Online { .. }) && !(0.0..=1.0).contains(&learning_rate) {
            let (schedule, rule) = ("learning rate", "between 0 and 1");
            return Err(SomError::Schedule { schedule, rule, value: learning_rate, step });
        }
        Ok(Pull { neighborhood: self.neighborhood, radius, learning_rate })
    }
}

/// What one pass over the samples gave.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Epoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// Weighted mean of the samples' distances from their winners: in batch training under the codebook at the beginning of
    /// the epoch, in online training each just before its step.
    pub mean_winner_distance: f64,
    /// The radius in the last step of the epoch.
    pub radius: f64,
    /// The learning rate in the last step of the epoch.
    pub learning_rate: f64,
    /// The map after the epoch, if [`SomConfig::quality`] asks for it.
    pub quality: Option<Quality>,
}

/// How good a map is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// [`Som::quantization_error`]
    pub quantization_error: f64,
    /// [`Som::topographic_error`] with [`Adjacency::Edges`].
    pub topographic_error: f64,
}

/// Training as an iterator of epochs.
///
/// Epoch k draws its order from position k of the stream `shuffle`, so that it can be repeated from the map alone. An error
/// is the last item.
pub struct Training<'a, T: Real> {
    config: &'a SomConfig,
    data: Data<'a, T>,
    shuffle: Stream,
    influence: Influence<T>,
    /// Of batch training.
    memory: Option<batch::Memory<T>>,
    map: Som<T>,
    last_good: Som<T>,
    epoch: usize,
    failed: bool,
}

impl<T: Real> Training<'_, T> {
    /// The map after the last good epoch.
    pub fn model(&self) -> &Som<T> {
        if self.failed { &self.last_good } else { &self.map }
    }

    /// The map after the last good epoch.
    pub fn into_model(self) -> Som<T> {
        if self.failed { self.last_good } else { self.map }
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    fn run_epoch(&mut self) -> Result<Epoch, SomError> {
        let (config, data, n) = (self.config, self.data, self.data.len());
        let (total, last) = match config.algorithm {
            Algorithm::Batch => {
                let pull = config.pull(self.epoch, n)?;
                let map = &mut self.map;
                let memory = self.memory.get_or_insert_with(|| batch::Memory::new(map.units(), &data));
                let total = batch::epoch(map, &data, memory, config.neighborhood, pull.radius);
                (total, pull)
            }
            Algorithm::Online { shuffle } => {
                let order = if shuffle { self.shuffle.at(self.epoch as u64).permutation(n) } else { (0..n).collect() };
                let first = self.epoch * n;
                let pull = |position: usize| config.pull(first + position, n);
                let total = online::epoch(&mut self.map, &data, &order, &mut self.influence, pull)?;
                (total, pull(n - 1)?)
            }
        };
        self.keep_if_finite()?;
        let quality = match config.quality {
            true => Some(self.map.quality(data, Adjacency::Edges)?),
            false => None,
        };
        Ok(Epoch {
            number: self.epoch + 1,
            mean_winner_distance: total / data.total_weight(),
            radius: last.radius,
            learning_rate: last.learning_rate,
            quality,
        })
    }

    /// Keeps the map if every value is finite, or says which unit is not.
    fn keep_if_finite(&mut self) -> Result<(), SomError> {
        let codebook = self.map.codebook();
        if codebook.as_slice().iter().fold(true, |all, value| all & value.is_finite()) {
            self.last_good.codebook_mut().copy_from(codebook);
            return Ok(());
        }
        let place = codebook.iter().position(|value| !value.is_finite()).unwrap_or(0);
        let (epoch, unit, last_good) = (self.epoch + 1, place / codebook.nrows(), self.epoch);
        Err(SomError::Diverged { epoch, unit, last_good })
    }
}

impl<T: Real> Iterator for Training<'_, T> {
    type Item = Result<Epoch, SomError>;

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

impl<T: Real> ExactSizeIterator for Training<'_, T> {}
