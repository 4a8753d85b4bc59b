//! Recall: from a cue to the memory it belongs to.

use crate::error::{check_length, out_of_range};
use crate::simulation::{Fields, Flip, Simulation};
use crate::{EnergyError, Order, Patterns, ThresholdRule};
use nn_core::Stream;
#[cfg(feature = "parallel")]
use rayon::prelude::*;

/// How the units of a sweep are updated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// One after the other: the energy never rises, and every run ends in a fixed point.
    Asynchronous(Order),
    /// All at once: a run may end in a cycle of two states, which is detected.
    Synchronous,
}

/// What a network is to complete: a state, and which of its units are known for certain and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cue<'a> {
    /// The state to begin with.
    pub state: &'a [bool],
    /// One entry a unit, or empty for none: units that keep their state.
    pub clamped: &'a [bool],
}

impl<'a> From<&'a [bool]> for Cue<'a> {
    fn from(state: &'a [bool]) -> Self {
        Self { state, clamped: &[] }
    }
}

impl<'a> From<&'a Vec<bool>> for Cue<'a> {
    fn from(state: &'a Vec<bool>) -> Self {
        Self { state, clamped: &[] }
    }
}

impl<'a, const N: usize> From<&'a [bool; N]> for Cue<'a> {
    fn from(state: &'a [bool; N]) -> Self {
        Self { state, clamped: &[] }
    }
}

/// How to recall.
///
/// ```
/// use energy::{RecallConfig, StorageRule, Patterns, Thresholds};
/// use nn_core::Stream;
///
/// let letters = Patterns::from_pictures(&["###/#../###/#../###", "#.#/#.#/###/#.#/#.#"])?;
/// let network = StorageRule::HEBB.store::<f32>(&letters, Thresholds::Balanced)?;
/// let mut cue = letters.state(1);
/// cue[0] = false; // noise
/// let recall = RecallConfig::default().recall(&network, &cue, Stream::new(1982))?;
/// assert_eq!(recall.state, letters.state(1));
/// assert!(recall.flips.iter().all(|flip| flip.energy < recall.first_energy));
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecallConfig {
    /// The order of updates. Default: one after the other, in a new random order each sweep.
    pub update: Update,
    /// Sweeps (of as many updates as units are free) after which a run ends in any case. Default: 1000.
    pub max_sweeps: usize,
}

impl Default for RecallConfig {
    fn default() -> Self {
        Self { update: Update::Asynchronous(Order::Shuffled), max_sweeps: 1000 }
    }
}

impl RecallConfig {
    /// Unit after unit, always in the same order.
    pub const SEQUENTIAL: Self = Self { update: Update::Asynchronous(Order::Sequential), max_sweeps: 1000 };

    /// All units at once.
    pub const SYNCHRONOUS: Self = Self { update: Update::Synchronous, max_sweeps: 1000 };

    /// Begins a recall: an iterator of sweeps, for frames and energies of your own loop.
    ///
    /// Sweep k draws its order from `stream.at(k)`.
    ///
    /// # Errors
    /// [`EnergyError::Length`] for a cue of another length, [`EnergyError::NoSuchUnit`] in a given order,
    /// [`EnergyError::Core`] for no sweeps at all.
    pub fn begin<'a, N: Fields>(
        &'a self,
        network: &'a N,
        cue: impl Into<Cue<'a>>,
        stream: Stream,
    ) -> Result<Recalling<'a, N>, EnergyError> {
        let (cue, units) = (cue.into(), network.units());
        if !cue.clamped.is_empty() {
            check_length("the list of clamped units", units, cue.clamped.len())?;
        }
        if let Update::Asynchronous(order) = &self.update {
            order.check(units)?;
        }
        if self.max_sweeps == 0 {
            return Err(out_of_range("the number of sweeps", "at least 1", 0.0));
        }
        let simulation = Simulation::new(network, cue.state)?;
        let free = (0..units).filter(|&unit| !cue.clamped.get(unit).copied().unwrap_or(false)).collect();
        let (order, before) = (Vec::new(), Vec::new());
        Ok(Recalling { config: self, simulation, free, order, before, stream, sweeps: 0, ending: None })
    }

    /// Updates the units by the [`ThresholdRule`] until none would change.
    ///
    /// # Errors
    /// As [`RecallConfig::begin`].
    pub fn recall<'a, N: Fields>(
        &'a self,
        network: &'a N,
        cue: impl Into<Cue<'a>>,
        stream: Stream,
    ) -> Result<Recall, EnergyError> {
        let mut recalling = self.begin(network, cue, stream)?;
        let first_energy = recalling.energy();
        let mut flips = Vec::new();
        while recalling.next().is_some() {
            flips.extend_from_slice(recalling.flips());
        }
        let mut simulation = recalling.simulation;
        simulation.settle_energy();
        Ok(Recall {
            energy: simulation.energy(),
            state: simulation.into_state(),
            first_energy,
            flips,
            sweeps: recalling.sweeps,
            ending: recalling.ending.unwrap_or(Ending::SweepLimit),
        })
    }

    /// Recalls from every pattern as a cue, on all cores; cue k draws from `stream.named("cue").at(k)`.
    ///
    /// # Errors
    /// As [`RecallConfig::begin`].
    pub fn recall_all<N: Fields>(
        &self,
        network: &N,
        cues: &Patterns,
        stream: &Stream,
    ) -> Result<Vec<Recall>, EnergyError> {
        let cue = |k: usize| self.recall(network, &cues.state(k), stream.named("cue").at(k as u64));
        #[cfg(feature = "parallel")]
        return (0..cues.len()).into_par_iter().map(cue).collect();
        #[cfg(not(feature = "parallel"))]
        (0..cues.len()).map(cue).collect()
    }
}

/// How a recall ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// No free unit would change.
    FixedPoint,
    /// Two states follow each other for ever (synchronous updates only).
    TwoCycle,
    /// The limit of sweeps came first.
    SweepLimit,
}

/// What was recalled, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Recall {
    /// The state at the end.
    pub state: Vec<bool>,
    /// Its energy.
    pub energy: f64,
    /// The energy of the cue.
    pub first_energy: f64,
    /// Every change, with the energy after it: the trace, and with the cue every frame.
    pub flips: Vec<Flip>,
    /// Sweeps done, the last one without a change.
    pub sweeps: usize,
    /// Why it ended.
    pub ending: Ending,
}

/// A sweep of a recall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SweepReport {
    /// Counted from 1.
    pub number: usize,
    /// Units that changed.
    pub flips: usize,
    /// The energy after it.
    pub energy: f64,
}

/// A recall under way: an iterator of sweeps.
#[derive(Debug)]
pub struct Recalling<'a, N: Fields> {
    config: &'a RecallConfig,
    simulation: Simulation<'a, N>,
    free: Vec<usize>,
    order: Vec<usize>,
    /// Units that the last synchronous step changed.
    before: Vec<usize>,
    stream: Stream,
    sweeps: usize,
    ending: Option<Ending>,
}

impl<N: Fields> Recalling<'_, N> {
    /// The state now.
    pub fn state(&self) -> &[bool] {
        self.simulation.state()
    }

    /// Its energy.
    pub fn energy(&self) -> f64 {
        self.simulation.energy()
    }

    /// What changed in the last sweep.
    pub fn flips(&self) -> &[Flip] {
        self.simulation.flips()
    }

    /// How it ended, once it has.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// One sweep; the number of changes.
    fn advance(&mut self) -> Result<usize, EnergyError> {
        let mut stream = self.stream.at(self.sweeps as u64);
        match &self.config.update {
            Update::Synchronous => {
                let changed = self.simulation.step_synchronously(&self.free, &ThresholdRule, &mut stream)?;
                let flipped = self.simulation.flips().iter().map(|flip| flip.unit);
                // The same units once more: the state is that of two steps ago, and will be again.
                if changed == 0 {
                    self.ending = Some(Ending::FixedPoint);
                } else if flipped.clone().eq(self.before.iter().copied()) {
                    self.ending = Some(Ending::TwoCycle);
                }
                self.before = flipped.collect();
                Ok(changed)
            }
            Update::Asynchronous(order) => {
                let list = if *order == Order::Sequential {
                    &self.free
                } else {
                    order.fill(&self.free, &mut self.order, &mut stream);
                    &self.order
                };
                let changed = self.simulation.sweep(list, &ThresholdRule, &mut stream)?;
                // A sweep of the orders that visit every unit needs no second look.
                let visits_all = matches!(order, Order::Sequential | Order::Shuffled);
                if changed == 0 && (visits_all || self.simulation.is_stable(&self.free)?) {
                    self.ending = Some(Ending::FixedPoint);
                }
                Ok(changed)
            }
        }
    }
}

impl<N: Fields> Iterator for Recalling<'_, N> {
    type Item = SweepReport;

    fn next(&mut self) -> Option<SweepReport> {
        if self.ending.is_some() {
            return None;
        }
        // Fields of reals gather rounding, change by change.
        if self.sweeps > 0 && self.sweeps.is_multiple_of(1000) {
            self.simulation.refresh();
        }
        // Orders and cues were checked at the beginning.
        let flips = self.advance().ok()?;
        self.sweeps += 1;
        if self.ending.is_none() && self.sweeps >= self.config.max_sweeps {
            self.ending = Some(Ending::SweepLimit);
        }
        Some(SweepReport { number: self.sweeps, flips, energy: self.simulation.energy() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Network, StorageRule, Thresholds};
    use nn_core::Matrix;

    /// Two units that excite each other: synchronously (1, 0) and (0, 1) follow each other for ever.
    fn pair() -> Network<f64> {
        let weights = Matrix::from_row_slice(2, 2, &[0.0, 2.0, 2.0, 0.0]);
        Network::new(weights).unwrap().with_thresholds(Thresholds::Balanced).unwrap()
    }

    #[test]
    fn synchronous_updates_find_the_cycle_of_two() {
        let recall = RecallConfig::SYNCHRONOUS.recall(&pair(), &[true, false], Stream::new(0)).unwrap();
        assert_eq!((recall.ending, recall.sweeps), (Ending::TwoCycle, 2));
        assert_eq!(recall.state, [true, false]);
        let recall = RecallConfig::SYNCHRONOUS.recall(&pair(), &[true, true], Stream::new(0)).unwrap();
        assert_eq!((recall.ending, recall.sweeps), (Ending::FixedPoint, 1));
    }

    #[test]
    fn one_after_the_other_ends_in_a_fixed_point() {
        let recall = RecallConfig::SEQUENTIAL.recall(&pair(), &[true, false], Stream::new(0)).unwrap();
        assert_eq!((recall.ending, recall.sweeps, recall.state), (Ending::FixedPoint, 2, vec![false, false]));
        assert_eq!(recall.flips, [Flip { update: 0, unit: 0, energy: 0.0 }]);
    }

    #[test]
    fn clamped_units_keep_their_state_and_the_others_follow() {
        let cue = Cue { state: &[true, false], clamped: &[true, false] };
        for config in [RecallConfig::default(), RecallConfig::SEQUENTIAL, RecallConfig::SYNCHRONOUS] {
            let recall = config.recall(&pair(), cue, Stream::new(0)).unwrap();
            assert_eq!((recall.ending, recall.state), (Ending::FixedPoint, vec![true, true]));
        }
        let cue = Cue { state: &[true, false], clamped: &[true] };
        let error = RecallConfig::default().recall(&pair(), cue, Stream::new(0)).unwrap_err().to_string();
        assert_eq!(error, "the network has 2 units, the list of clamped units has 1");
    }

    #[test]
    fn a_run_ends_at_the_limit_and_an_order_that_forgets_a_unit_never_finds_a_fixed_point() {
        let forgets = Update::Asynchronous(Order::Given(vec![0]));
        let config = RecallConfig { update: forgets, max_sweeps: 5 };
        let network = pair().with_inputs(vec![0.0, 3.0]).unwrap();
        let recall = config.recall(&network, &[false, false], Stream::new(0)).unwrap();
        assert_eq!((recall.ending, recall.sweeps), (Ending::SweepLimit, 5));
        let none = RecallConfig { max_sweeps: 0, ..config };
        let error = none.recall(&network, &[false, false], Stream::new(0)).unwrap_err().to_string();
        assert_eq!(error, "the number of sweeps must be at least 1, is 0");
    }

    #[test]
    fn many_cues_are_single_recalls() {
        let stream = Stream::new(70);
        let patterns = Patterns::random(40, 3, &mut stream.named("patterns")).unwrap();
        let network = StorageRule::HEBB.store::<f32>(&patterns, Thresholds::Balanced).unwrap();
        let cues = Patterns::random(40, 20, &mut stream.named("cues")).unwrap();
        let config = RecallConfig::default();
        let all = config.recall_all(&network, &cues, &stream).unwrap();
        for (k, recall) in all.iter().enumerate() {
            let one = config.recall(&network, &cues.state(k), stream.named("cue").at(k as u64)).unwrap();
            assert_eq!(*recall, one);
        }
    }
}
