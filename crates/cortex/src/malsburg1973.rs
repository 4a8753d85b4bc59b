//! Von der Malsburg's model (slides 9, 11 and 12): the first self-organizing map, with the parameters of 1973.

use crate::error::{check_non_negative, check_positive};
use crate::malsburg_dynamics::{State, diverged};
use crate::{CortexError, CorticalDynamics, MalsburgCortex};
use nn_core::{Hexagon, Matrix, Stream};

/// When the afferent weights of every cell grow and are scaled back to their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normalization {
    /// After every stimulus.
    Stimulus,
    /// After every epoch: the growth of all stimuli is added at its end. Growing at once and scaling back late would let
    /// the cells of one stimulus take the next ones, too.
    Epoch,
}

/// How the cortex of 1973 is built and trained. Holds no data and no randomness.
///
/// ```
/// use cortex::{Malsburg1973Config, malsburg_bars};
/// use nn_core::Stream;
///
/// let (bars, angles) = malsburg_bars();
/// let cortex = Malsburg1973Config::PUBLISHED.fit(&bars, Stream::new(1973))?;
/// let tuning = cortex.tuning(&bars, &angles)?;
/// assert_eq!(tuning.len(), 169);
/// assert!(cortex.neighbor_difference(&tuning)?.to_degrees() < 33.0); // 45 would be chance
/// # Ok::<(), cortex::CortexError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Malsburg1973Config {
    /// Radius of the hexagon of cortical cells.
    pub cortex_radius: usize,
    /// Radius of the hexagon of retinal cells.
    pub retina_radius: usize,
    /// Lateral connections and threshold.
    pub dynamics: CorticalDynamics,
    /// s: afferent weights begin uniform in [0, s) and keep a mean of s/2 a cell.
    pub afferent: f64,
    /// h, the rate of Hebb's rule.
    pub learning_rate: f64,
    /// When the weights are scaled back.
    pub normalization: Normalization,
    /// How often all stimuli are shown, in their order.
    pub epochs: usize,
}

impl Malsburg1973Config {
    /// 169 + 169 cells, 19 retinal cells, s = 0.25, h = 0.05, 20 epochs, scaled back after every stimulus.
    pub const PUBLISHED: Self = Self {
        cortex_radius: 7,
        retina_radius: 2,
        dynamics: CorticalDynamics::PUBLISHED,
        afferent: 0.25,
        learning_rate: 0.05,
        normalization: Normalization::Stimulus,
        epochs: 20,
    };

    fn check(&self) -> Result<(), CortexError> {
        self.dynamics.check()?;
        check_positive("the afferent strength s", self.afferent)?;
        check_non_negative("the learning rate h", self.learning_rate)
    }

    /// The cortex before training: weights uniform in [0, s) from `stream.named("afferents")`, scaled to their sum.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a parameter out of its range, by name.
    pub fn initialize(&self, stream: &Stream) -> Result<MalsburgCortex, CortexError> {
        self.check()?;
        let (cortex, retina) = (Hexagon::new(self.cortex_radius)?, Hexagon::new(self.retina_radius)?);
        let mut weights = Matrix::zeros(retina.units(), cortex.units());
        stream.named("afferents").fill_uniform(weights.as_mut_slice(), 0.0, self.afferent);
        let mut cortex = MalsburgCortex { cortex, retina, weights, dynamics: self.dynamics };
        cortex.scale_back(self.afferent);
        Ok(cortex)
    }

    /// Training from the beginning, epoch by epoch. Stimuli: one a column, a row for each retinal cell, 0 to 1.
    ///
    /// # Errors
    /// [`CortexError::Core`] for parameters out of range, [`CortexError::Length`] and [`CortexError::Value`] for stimuli that
    /// do not fit.
    pub fn training<'a>(
        &'a self,
        stimuli: &'a Matrix<f64>,
        stream: Stream,
    ) -> Result<Malsburg1973Training<'a>, CortexError> {
        let cortex = self.initialize(&stream)?;
        self.resume(stimuli, cortex, 0)
    }

    /// Training from the cortex after `epoch` epochs, with the bits of never having stopped. With epoch 0 any cortex is a start:
    /// a damaged one is repaired.
    ///
    /// # Errors
    /// As [`Malsburg1973Config::training`].
    pub fn resume<'a>(
        &'a self,
        stimuli: &'a Matrix<f64>,
        model: MalsburgCortex,
        epoch: usize,
    ) -> Result<Malsburg1973Training<'a>, CortexError> {
        self.check()?;
        model.check_stimuli(stimuli)?;
        let sizes = |cortex: usize, retina: usize| Ok((Hexagon::new(cortex)?.units(), Hexagon::new(retina)?.units()));
        let (cells, inputs) = sizes(self.cortex_radius, self.retina_radius).map_err(|error: CortexError| error)?;
        for (what, expected, found) in
            [("cortical cells", cells, model.cortex.units()), ("retinal cells", inputs, model.retina.units())]
        {
            if expected != found {
                return Err(CortexError::Length { what, expected, found });
            }
        }
        let state = State::new(&model.cortex);
        Ok(Malsburg1973Training {
            config: self,
            stimuli,
            last_good: model.clone(),
            cortex: model,
            state,
            epoch,
            failed: false,
        })
    }

    /// Trains to the last epoch and returns the cortex.
    ///
    /// # Errors
    /// As [`Malsburg1973Config::training`], and [`CortexError::Diverged`] from an epoch.
    pub fn fit(&self, stimuli: &Matrix<f64>, stream: Stream) -> Result<MalsburgCortex, CortexError> {
        let mut training = self.training(stimuli, stream)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok(training.into_model())
    }
}

/// What one epoch, a sweep over the stimuli, gave.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Malsburg1973Epoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// The largest E* during the epoch.
    pub largest_response: f64,
    /// Responding cells a stimulus, on average.
    pub responding: f64,
}

/// Training as an iterator of epochs. An error is the last item.
pub struct Malsburg1973Training<'a> {
    config: &'a Malsburg1973Config,
    stimuli: &'a Matrix<f64>,
    cortex: MalsburgCortex,
    last_good: MalsburgCortex,
    state: State,
    epoch: usize,
    failed: bool,
}

impl Malsburg1973Training<'_> {
    /// The cortex after the last good epoch.
    pub fn model(&self) -> &MalsburgCortex {
        if self.failed { &self.last_good } else { &self.cortex }
    }

    /// The cortex after the last good epoch.
    pub fn into_model(self) -> MalsburgCortex {
        if self.failed { self.last_good } else { self.cortex }
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// Hebb's rule after every stimulus: sᵢₖ ← sᵢₖ + h Aᵢ E*ₖ.
    fn run_epoch(&mut self) -> Result<Malsburg1973Epoch, CortexError> {
        let (config, inputs) = (self.config, self.stimuli.nrows());
        let (mut largest, mut responding) = (0.0_f64, 0_usize);
        let late = config.normalization == Normalization::Epoch;
        let mut growth = if late { Matrix::zeros(inputs, self.cortex.weights.ncols()) } else { Matrix::zeros(0, 0) };
        for stimulus in self.stimuli.column_iter() {
            let stimulus = stimulus.as_slice();
            if let Some(index) = self.state.settle(&self.cortex.weights, &config.dynamics, stimulus) {
                return Err(diverged("epoch", self.epoch + 1, index));
            }
            let growing = if late { &mut growth } else { &mut self.cortex.weights };
            let cells = growing.as_mut_slice().chunks_exact_mut(inputs);
            for (cell, &active) in cells.zip(&self.state.active).filter(|(_, active)| **active > 0.0) {
                (largest, responding) = (largest.max(active), responding + 1);
                cell.iter_mut().zip(stimulus).for_each(|(s, a)| *s += config.learning_rate * a * active);
            }
            if !late {
                self.cortex.scale_back(config.afferent);
            }
        }
        if late {
            self.cortex.weights += &growth;
            self.cortex.scale_back(config.afferent);
        }
        if let Some(index) = self.cortex.weights.column_iter().position(|cell| !cell.iter().all(|s| s.is_finite())) {
            return Err(diverged("epoch", self.epoch + 1, index));
        }
        self.epoch += 1;
        let shown = self.stimuli.ncols().max(1) as f64;
        Ok(Malsburg1973Epoch { number: self.epoch, largest_response: largest, responding: responding as f64 / shown })
    }
}

impl Iterator for Malsburg1973Training<'_> {
    type Item = Result<Malsburg1973Epoch, CortexError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.epoch >= self.config.epochs {
            return None;
        }
        let result = self.run_epoch();
        match result {
            Ok(_) => self.last_good.clone_from(&self.cortex),
            Err(_) => self.failed = true,
        }
        Some(result)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.failed { 0 } else { self.config.epochs.saturating_sub(self.epoch) };
        (left, Some(left))
    }
}

impl ExactSizeIterator for Malsburg1973Training<'_> {}
