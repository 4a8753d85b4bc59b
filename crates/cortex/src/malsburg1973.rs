//! Von der Malsburg's cortex (slides 9, 11 and 12): the first self-organizing map, with the parameters of 1973.

use crate::error::{check_non_negative, check_positive, check_values, out_of_range};
use crate::{CortexError, TuningCurve, orientation_difference};
use nn_core::{Hexagon, Matrix, Parameters, Stream, Tensor, TensorMut};

/// The lateral connections and the threshold: how the cortex comes to rest under a stimulus.
///
/// Excitatory cell k and inhibitory cell k sit at the same place; d counts lattice steps; x* = max(x − θ, 0):
/// Eₖ ← Σᵢ sᵢₖ Aᵢ + p Σ_{d=1} E*ₗ − q Σ_{d=2} I*ₗ and Iₖ ← r Σ_{d≤1} E*ₗ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CorticalDynamics {
    /// p, from an excitatory cell to its neighbors.
    pub excitation: f64,
    /// q, from an inhibitory cell to the excitatory cells two steps away.
    pub inhibition: f64,
    /// r, from an excitatory cell to the inhibitory cells at its place and around it.
    pub recruitment: f64,
    /// θ of both kinds of cells.
    pub threshold: f64,
    /// Synchronous steps from rest to the response.
    pub steps: usize,
}

impl CorticalDynamics {
    /// p = 0.4, q = 0.3, r = 0.286, θ = 1, 20 steps.
    pub const PUBLISHED: Self =
        Self { excitation: 0.4, inhibition: 0.3, recruitment: 0.286, threshold: 1.0, steps: 20 };

    fn check(&self) -> Result<(), CortexError> {
        check_non_negative("the excitation p", self.excitation)?;
        check_non_negative("the inhibition q", self.inhibition)?;
        check_non_negative("the recruitment r", self.recruitment)?;
        check_non_negative("the threshold", self.threshold)?;
        match self.steps {
            0 => Err(out_of_range("the number of steps", "at least 1", 0.0)),
            _ => Ok(()),
        }
    }
}

/// When the afferent weights of every cell grow and are scaled back to their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normalization {
    /// After every stimulus.
    Stimulus,
    /// After every sweep: the growth of all stimuli is added at its end. Growing at once and scaling back late would let
    /// the cells of one stimulus take the next ones, too.
    Sweep,
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
    pub sweeps: usize,
}

impl Malsburg1973Config {
    /// 169 + 169 cells, 19 retinal cells, s = 0.25, h = 0.05, 20 sweeps, scaled back after every stimulus.
    pub const PUBLISHED: Self = Self {
        cortex_radius: 7,
        retina_radius: 2,
        dynamics: CorticalDynamics::PUBLISHED,
        afferent: 0.25,
        learning_rate: 0.05,
        normalization: Normalization::Stimulus,
        sweeps: 20,
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

    /// Training from the beginning, sweep by sweep. Stimuli: one a column, a row for each retinal cell, 0 to 1.
    ///
    /// # Errors
    /// [`CortexError::Core`] for parameters out of range, [`CortexError::Length`] and [`CortexError::Value`] for stimuli that
    /// do not fit.
    pub fn training<'a>(&'a self, stimuli: &'a Matrix<f64>, stream: Stream) -> Result<Malsburg1973<'a>, CortexError> {
        let cortex = self.initialize(&stream)?;
        self.resume(stimuli, cortex, 0)
    }

    /// Training from the cortex after `sweep` sweeps, with the bits of never having stopped. With sweep 0 any cortex is a start:
    /// a damaged one is repaired.
    ///
    /// # Errors
    /// As [`Malsburg1973Config::training`].
    pub fn resume<'a>(
        &'a self,
        stimuli: &'a Matrix<f64>,
        cortex: MalsburgCortex,
        sweep: usize,
    ) -> Result<Malsburg1973<'a>, CortexError> {
        self.check()?;
        cortex.check_stimuli(stimuli)?;
        let sizes = |cortex: usize, retina: usize| Ok((Hexagon::new(cortex)?.units(), Hexagon::new(retina)?.units()));
        let (cells, inputs) = sizes(self.cortex_radius, self.retina_radius).map_err(|error: CortexError| error)?;
        for (what, expected, found) in
            [("cortical cells", cells, cortex.cortex.units()), ("retinal cells", inputs, cortex.retina.units())]
        {
            if expected != found {
                return Err(CortexError::Length { what, expected, found });
            }
        }
        let state = State::new(&cortex.cortex);
        Ok(Malsburg1973 { config: self, stimuli, last_good: cortex.clone(), cortex, state, sweep, failed: false })
    }

    /// Trains to the last sweep and returns the cortex.
    ///
    /// # Errors
    /// As [`Malsburg1973Config::training`], and [`CortexError::Diverged`] from a sweep.
    pub fn fit(&self, stimuli: &Matrix<f64>, stream: Stream) -> Result<MalsburgCortex, CortexError> {
        let mut training = self.training(stimuli, stream)?;
        training.try_for_each(|sweep| sweep.map(drop))?;
        Ok(training.into_model())
    }
}

/// A sheet of excitatory and inhibitory cells that sees a retina: column k of the weights are the sᵢₖ of cell k.
#[derive(Debug, Clone, PartialEq)]
pub struct MalsburgCortex {
    cortex: Hexagon,
    retina: Hexagon,
    weights: Matrix<f64>,
    dynamics: CorticalDynamics,
}

impl MalsburgCortex {
    /// Where the cortical cells are.
    pub fn cortex(&self) -> &Hexagon {
        &self.cortex
    }

    /// Where the retinal cells are.
    pub fn retina(&self) -> &Hexagon {
        &self.retina
    }

    /// The afferent weights, retinal × cortical cells.
    pub fn weights(&self) -> &Matrix<f64> {
        &self.weights
    }

    /// The same cortex with other weights: lesions, transplants.
    ///
    /// # Errors
    /// [`CortexError::Length`] for another shape, [`CortexError::Value`] for a weight that is negative or not finite.
    pub fn with_weights(mut self, weights: Matrix<f64>) -> Result<Self, CortexError> {
        for (what, expected, found) in [
            ("rows of the weights (retinal cells)", self.retina.units(), weights.nrows()),
            ("columns of the weights (cortical cells)", self.cortex.units(), weights.ncols()),
        ] {
            if expected != found {
                return Err(CortexError::Length { what, expected, found });
            }
        }
        let holds = |value: f64| value >= 0.0 && value.is_finite();
        check_values("weight", weights.as_slice(), "finite and not negative", holds)?;
        self.weights = weights;
        Ok(self)
    }

    /// Every cell's weights to a mean of s/2. A cell without any keeps none.
    fn scale_back(&mut self, afferent: f64) {
        let sum = 0.5 * afferent * self.weights.nrows() as f64;
        for mut cell in self.weights.column_iter_mut() {
            let found = cell.sum();
            if found > 0.0 {
                cell *= sum / found;
            }
        }
    }

    fn check_stimuli(&self, stimuli: &Matrix<f64>) -> Result<(), CortexError> {
        let (expected, found) = (self.retina.units(), stimuli.nrows());
        if expected != found {
            return Err(CortexError::Length { what: "rows of the stimuli (retinal cells)", expected, found });
        }
        let holds = |value: f64| (0.0..=1.0).contains(&value);
        check_values("stimulus value", stimuli.as_slice(), "between 0 and 1", holds)
    }

    /// Σᵢ sᵢₖ Aᵢ: what every cell receives from the retina alone, cells × stimuli. **The measure of what has been learned**:
    /// through the lateral connections even the untrained cortex looks ordered.
    ///
    /// # Errors
    /// [`CortexError::Length`], [`CortexError::Value`] for stimuli that do not fit.
    pub fn afferent_drive(&self, stimuli: &Matrix<f64>) -> Result<Matrix<f64>, CortexError> {
        self.check_stimuli(stimuli)?;
        let mut drive = Matrix::zeros(self.cortex.units(), stimuli.ncols());
        nn_core::gemm(1.0, nn_core::View::from(&self.weights).transposed(), stimuli, 0.0, &mut drive)?;
        Ok(drive)
    }

    /// E* of every cell at rest under every stimulus, cells × stimuli.
    ///
    /// # Errors
    /// As [`MalsburgCortex::afferent_drive`]; [`CortexError::Diverged`] when the activity grows beyond all numbers.
    pub fn transform(&self, stimuli: &Matrix<f64>) -> Result<Matrix<f64>, CortexError> {
        self.check_stimuli(stimuli)?;
        let mut state = State::new(&self.cortex);
        let mut responses = Matrix::zeros(self.cortex.units(), stimuli.ncols());
        for (n, (mut response, stimulus)) in responses.column_iter_mut().zip(stimuli.column_iter()).enumerate() {
            if let Some(index) = state.settle(&self.weights, &self.dynamics, stimulus.as_slice()) {
                return Err(diverged("stimulus", n + 1, index));
            }
            response.copy_from_slice(&state.active);
        }
        Ok(responses)
    }

    /// The tuning of every cell's afferent drive: stimulus n has angle n, in radians, ascending.
    ///
    /// # Errors
    /// As [`MalsburgCortex::afferent_drive`], and as [`TuningCurve::new`].
    pub fn tuning(&self, stimuli: &Matrix<f64>, angles: &[f64]) -> Result<Vec<TuningCurve>, CortexError> {
        let drive = self.afferent_drive(stimuli)?;
        drive.row_iter().map(|cell| TuningCurve::new(angles.to_vec(), cell.iter().copied().collect())).collect()
    }

    /// The mean difference of the preferred orientations of neighboring cells, in radians: π/4 by chance. Pairs with a cell
    /// that prefers nothing are left out; 0 without a pair.
    ///
    /// # Errors
    /// [`CortexError::Length`] when there is not one curve a cell.
    pub fn neighbor_difference(&self, tuning: &[TuningCurve]) -> Result<f64, CortexError> {
        let (expected, found) = (self.cortex.units(), tuning.len());
        if expected != found {
            return Err(CortexError::Length { what: "tuning curves (cortical cells)", expected, found });
        }
        let preferred: Vec<Option<f64>> = tuning.iter().map(TuningCurve::preferred_orientation).collect();
        let (mut total, mut pairs) = (0.0, 0_u32);
        for cell in 0..expected {
            for neighbor in self.cortex.neighbors(cell).into_iter().filter(|&neighbor| neighbor > cell) {
                if let (Some(a), Some(b)) = (preferred[cell], preferred[neighbor]) {
                    total += orientation_difference(a, b);
                    pairs += 1;
                }
            }
        }
        Ok(if pairs == 0 { 0.0 } else { total / f64::from(pairs) })
    }
}

/// `afferents` with shape [cortical cells, retinal cells].
impl Parameters<f64> for MalsburgCortex {
    fn tensors(&self) -> Vec<Tensor<'_, f64>> {
        let shape = vec![self.weights.ncols(), self.weights.nrows()];
        vec![Tensor { name: "afferents".into(), shape, values: self.weights.as_slice() }]
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, f64>> {
        let shape = vec![self.weights.ncols(), self.weights.nrows()];
        vec![TensorMut { name: "afferents".into(), shape, values: self.weights.as_mut_slice() }]
    }
}

/// Cells at the same distance, for every cell, one list after the other.
struct Rings {
    ends: Vec<usize>,
    cells: Vec<usize>,
}

impl Rings {
    fn new(hexagon: &Hexagon, steps: std::ops::RangeInclusive<usize>) -> Self {
        let (mut ends, mut cells) = (Vec::new(), Vec::new());
        for unit in 0..hexagon.units() {
            cells.extend((0..hexagon.units()).filter(|&other| steps.contains(&hexagon.steps(unit, other))));
            ends.push(cells.len());
        }
        Self { ends, cells }
    }

    /// out[k] ← the sum of the values around cell k.
    fn sum(&self, values: &[f64], out: &mut [f64]) {
        let mut from = 0;
        for (out, &end) in out.iter_mut().zip(&self.ends) {
            *out = self.cells[from..end].iter().fold(0.0, |sum, &cell| sum + values[cell]);
            from = end;
        }
    }
}

/// The activity of the cortex and the buffers of a step.
struct State {
    near: Rings,
    at_and_near: Rings,
    second: Rings,
    drive: Vec<f64>,
    /// E*
    active: Vec<f64>,
    /// I*
    inhibitory: Vec<f64>,
    excitation: Vec<f64>,
    inhibition: Vec<f64>,
}

impl State {
    fn new(hexagon: &Hexagon) -> Self {
        let zeros = || vec![0.0; hexagon.units()];
        Self {
            near: Rings::new(hexagon, 1..=1),
            at_and_near: Rings::new(hexagon, 0..=1),
            second: Rings::new(hexagon, 2..=2),
            drive: zeros(),
            active: zeros(),
            inhibitory: zeros(),
            excitation: zeros(),
            inhibition: zeros(),
        }
    }

    /// From rest to the response, which is left in `active`; the first cell whose activity is not finite, if there is one: a NaN
    /// would be below every threshold and go unseen.
    fn settle(&mut self, weights: &Matrix<f64>, dynamics: &CorticalDynamics, stimulus: &[f64]) -> Option<usize> {
        for (drive, cell) in self.drive.iter_mut().zip(weights.as_slice().chunks_exact(weights.nrows())) {
            *drive = cell.iter().zip(stimulus).fold(0.0, |sum, (s, a)| sum + s * a);
        }
        let above = |x: f64| (x - dynamics.threshold).max(0.0);
        self.active.fill(0.0);
        let mut diverged = None;
        for _ in 0..dynamics.steps {
            self.at_and_near.sum(&self.active, &mut self.inhibition);
            for (inhibitory, &sum) in self.inhibitory.iter_mut().zip(&self.inhibition) {
                *inhibitory = above(dynamics.recruitment * sum);
            }
            self.near.sum(&self.active, &mut self.excitation);
            self.second.sum(&self.inhibitory, &mut self.inhibition);
            for (k, active) in self.active.iter_mut().enumerate() {
                let lateral = dynamics.excitation * self.excitation[k] - dynamics.inhibition * self.inhibition[k];
                let activity = self.drive[k] + lateral;
                if !activity.is_finite() {
                    diverged = diverged.or(Some(k));
                }
                *active = above(activity);
            }
        }
        diverged
    }
}

fn diverged(unit: &'static str, number: usize, index: usize) -> CortexError {
    let remedy = "the lateral connections excite more than they inhibit";
    CortexError::Diverged { what: "the activity", unit, number, index, remedy }
}

/// What one sweep over the stimuli gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sweep {
    /// Number of the sweep, counted from 1.
    pub number: usize,
    /// The largest E* during the sweep.
    pub largest_response: f64,
    /// Responding cells a stimulus, on average.
    pub responding: f64,
}

/// Training as an iterator of sweeps. An error is the last item.
pub struct Malsburg1973<'a> {
    config: &'a Malsburg1973Config,
    stimuli: &'a Matrix<f64>,
    cortex: MalsburgCortex,
    last_good: MalsburgCortex,
    state: State,
    sweep: usize,
    failed: bool,
}

impl Malsburg1973<'_> {
    /// The cortex after the last good sweep.
    pub fn model(&self) -> &MalsburgCortex {
        if self.failed { &self.last_good } else { &self.cortex }
    }

    /// The cortex after the last good sweep.
    pub fn into_model(self) -> MalsburgCortex {
        if self.failed { self.last_good } else { self.cortex }
    }

    /// Hebb's rule after every stimulus: sᵢₖ ← sᵢₖ + h Aᵢ E*ₖ.
    fn run_sweep(&mut self) -> Result<Sweep, CortexError> {
        let (config, inputs) = (self.config, self.stimuli.nrows());
        let (mut largest, mut responding) = (0.0_f64, 0_usize);
        let late = config.normalization == Normalization::Sweep;
        let mut growth = if late { Matrix::zeros(inputs, self.cortex.weights.ncols()) } else { Matrix::zeros(0, 0) };
        for stimulus in self.stimuli.column_iter() {
            let stimulus = stimulus.as_slice();
            if let Some(index) = self.state.settle(&self.cortex.weights, &config.dynamics, stimulus) {
                return Err(diverged("sweep", self.sweep + 1, index));
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
            return Err(diverged("sweep", self.sweep + 1, index));
        }
        self.sweep += 1;
        let shown = self.stimuli.ncols().max(1) as f64;
        Ok(Sweep { number: self.sweep, largest_response: largest, responding: responding as f64 / shown })
    }
}

impl Iterator for Malsburg1973<'_> {
    type Item = Result<Sweep, CortexError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.sweep >= self.config.sweeps {
            return None;
        }
        let result = self.run_sweep();
        match result {
            Ok(_) => self.last_good.clone_from(&self.cortex),
            Err(_) => self.failed = true,
        }
        Some(result)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.failed { 0 } else { self.config.sweeps.saturating_sub(self.sweep) };
        (usize::from(left > 0), Some(left))
    }
}

/// The nine bars of 1973 on the retina of 19 cells, 19 × 9, and their orientations in radians: 10°, 30°, ..., 170°.
///
/// Seven cells each; neighboring orientations share five, perpendicular ones one. In the paper's numbering they are 5, 4, 3, 2,
/// 1, 9, 8, 7, 6.
pub fn malsburg_bars() -> (Matrix<f64>, [f64; 9]) {
    const BARS: [&[u8; 19]; 9] = [
        b"0000001111111000000",
        b"0000011011101100000",
        b"0010011001001100100",
        b"0110010001000100110",
        b"0100110001000110010",
        b"1100100001000010011",
        b"1001100001000011001",
        b"0001100011100011000",
        b"0001000111110001000",
    ];
    let bars = Matrix::from_fn(19, 9, |cell, bar| f64::from(BARS[bar][cell] - b'0'));
    (bars, std::array::from_fn(|bar| (20.0 * bar as f64 + 10.0).to_radians()))
}
