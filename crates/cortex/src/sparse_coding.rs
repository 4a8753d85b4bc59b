//! Sparse coding of natural images (slide 9): Olshausen and Field (1996).

use crate::error::{check_non_negative, check_positive, out_of_range};
use crate::inference::gram_and_bound;
use crate::patches::{check_pictures, fill_patches};
use crate::{CortexError, Penalty, SparseCode};
use nn_core::{Matrix, Real, Stream, View, ViewMut, gemm};

/// Larger patches or codes are not meant; 4,096² values are the most that a matrix of them has.
const LARGEST_SIDE: usize = 4096;

/// How the lengths of the bases are kept from growing, which would make the penalty cheap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gain {
    /// Every basis has length 1 after every step.
    UnitLength,
    /// The authors' control: a basis is scaled by (⟨a²⟩/goal)^exponent after every step, ⟨a²⟩ a running mean.
    Variance {
        /// The variance of every coefficient that is aimed at; positive.
        goal: f64,
        /// The rate of the running mean, between 0 and 1.
        rate: f64,
        /// The exponent; not negative.
        exponent: f64,
    },
}

impl Gain {
    /// Goal 0.1, rate 0.001, exponent 0.02.
    pub const AUTHORS: Self = Self::Variance { goal: 0.1, rate: 0.001, exponent: 0.02 };
}

/// How a sparse code is learned. Holds no data and no randomness.
///
/// E = ½ ‖x − Φa‖² + λ Σᵢ S(aᵢ/σ) is minimized over the coefficients a of every patch, then Φ takes a step down the gradient,
/// ΔΦ = η ⟨(x − Φa) aᵀ⟩ over the batch. The paper writes E without the ½; its λ is twice ours.
///
/// ```
/// use cortex::{SparseCodingConfig, Whitening};
/// use nn_core::Stream;
///
/// let [camera, ..] = datasets::images()?;
/// let whitened = [Whitening::default().apply::<f32>(&camera.brightness())?];
/// let config = SparseCodingConfig { side: 6, bases: 20, epochs: 2, batches: 20, ..SparseCodingConfig::default() };
/// let mut training = config.training(&whitened, Stream::new(1996))?;
/// for epoch in &mut training {
///     let epoch = epoch?;
///     println!("epoch {}: energy {:.3}, active {:.0} %", epoch.number, epoch.energy, 100.0 * epoch.active);
/// }
/// assert_eq!(training.model().bases().shape(), (36, 20));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SparseCodingConfig {
    /// Pixels along a side of a patch.
    pub side: usize,
    /// Number of bases.
    pub bases: usize,
    /// The price of the coefficients.
    pub penalty: Penalty,
    /// Steps of inference for every patch.
    pub inference_steps: usize,
    /// Patches of a batch.
    pub batch: usize,
    /// Batches of an epoch.
    pub batches: usize,
    /// Number of epochs.
    pub epochs: usize,
    /// η in the first two thirds of the epochs.
    pub learning_rate: f64,
    /// η in the last third.
    pub late_learning_rate: f64,
    /// How the lengths of the bases are kept.
    pub gain: Gain,
}

impl Default for SparseCodingConfig {
    /// 12 × 12 pixels, 144 bases, 3,000 batches of 100, the absolute value as penalty, η = 5, then 1, bases of unit length.
    fn default() -> Self {
        Self {
            side: 12,
            bases: 144,
            penalty: Penalty::ABSOLUTE,
            inference_steps: 50,
            batch: 100,
            batches: 100,
            epochs: 30,
            learning_rate: 5.0,
            late_learning_rate: 1.0,
            gain: Gain::UnitLength,
        }
    }
}

impl SparseCodingConfig {
    fn check(&self) -> Result<(), CortexError> {
        for (what, count) in [
            ("the side of the patches", self.side),
            ("the number of bases", self.bases),
            ("the number of inference steps", self.inference_steps),
            ("the number of patches in a batch", self.batch),
            ("the number of batches in an epoch", self.batches),
        ] {
            if count == 0 {
                return Err(out_of_range(what, "at least 1", 0.0));
            }
        }
        // The largest matrices: patches, bases and G.
        let most = self.bases.max(self.batch);
        for (what, count) in [("the side of the patches", self.side), ("the number of bases", self.bases)] {
            if count > LARGEST_SIDE {
                return Err(out_of_range(what, "at most 4096", count as f64));
            }
        }
        if most > LARGEST_SIDE * LARGEST_SIDE / (self.side * self.side) {
            let what = "the larger of the numbers of bases and of patches in a batch";
            return Err(out_of_range(what, "at most 2^24 / side^2", most as f64));
        }
        self.penalty.check()?;
        check_non_negative("the learning rate", self.learning_rate)?;
        check_non_negative("the late learning rate", self.late_learning_rate)?;
        if let Gain::Variance { goal, rate, exponent } = self.gain {
            check_positive("the goal of the gain control", goal)?;
            check_non_negative("the exponent of the gain control", exponent)?;
            if !(0.0..=1.0).contains(&rate) {
                return Err(out_of_range("the rate of the gain control", "between 0 and 1", rate));
            }
        }
        Ok(())
    }

    /// The code before training: random bases of length 1 from `stream.named("bases")`.
    ///
    /// # Errors
    /// [`CortexError::Core`] for a parameter out of its range, by name.
    pub fn initialize<T: Real>(&self, stream: &Stream) -> Result<SparseCode<T>, CortexError> {
        self.check()?;
        let mut bases = Matrix::zeros(self.side * self.side, self.bases);
        stream.named("bases").fill_normal(bases.as_mut_slice(), 0.0, 1.0);
        to_unit_length(&mut bases);
        SparseCode::new(self.side, bases, self.penalty, self.inference_steps)
    }

    /// Training from the beginning, epoch by epoch, on patches of these (whitened) pictures.
    ///
    /// # Errors
    /// [`CortexError::Core`] for parameters out of range, no pictures, pictures smaller than a patch, pixels that are not finite.
    pub fn training<'a, T: Real>(
        &'a self,
        pictures: &'a [Matrix<T>],
        stream: Stream,
    ) -> Result<SparseCodingTraining<'a, T>, CortexError> {
        let code = self.initialize(&stream)?;
        self.resume(pictures, stream, code, None, 0)
    }

    /// Training from the code after `epoch` epochs, with the bits of never having stopped when `stream` is the same, the bases
    /// have unit length or the gain is [`Gain::Variance`], and `variances` are those of [`SparseCodingTraining::variances`]; without
    /// them they begin at the goal.
    ///
    /// # Errors
    /// As [`SparseCodingConfig::training`]; [`CortexError::Length`] for a code or variances of another size.
    pub fn resume<'a, T: Real>(
        &'a self,
        pictures: &'a [Matrix<T>],
        stream: Stream,
        model: SparseCode<T>,
        variances: Option<Vec<f64>>,
        epoch: usize,
    ) -> Result<SparseCodingTraining<'a, T>, CortexError> {
        self.check()?;
        check_pictures(pictures, self.side)?;
        for (what, expected, found) in
            [("pixels along a side", self.side, model.side()), ("bases", self.bases, model.bases.ncols())]
        {
            if expected != found {
                return Err(CortexError::Length { what, expected, found });
            }
        }
        let first = match self.gain {
            Gain::Variance { goal, .. } => vec![goal; self.bases],
            Gain::UnitLength => Vec::new(),
        };
        let (what, expected) = ("running variances", first.len());
        let variances = variances.unwrap_or(first);
        if variances.len() != expected {
            return Err(CortexError::Length { what, expected, found: variances.len() });
        }
        variances.iter().try_for_each(|&variance| check_non_negative("a running variance", variance))?;
        let patches = Matrix::zeros(self.side * self.side, self.batch);
        let stream = stream.named("patches");
        Ok(SparseCodingTraining {
            config: self,
            pictures,
            stream,
            last_good: model.clone(),
            code: model,
            patches,
            last_good_variances: variances.clone(),
            variances,
            epoch,
            failed: false,
        })
    }

    /// Trains to the last epoch and returns the code.
    ///
    /// # Errors
    /// As [`SparseCodingConfig::training`], and [`CortexError::Diverged`] from an epoch.
    pub fn fit<T: Real>(&self, pictures: &[Matrix<T>], stream: Stream) -> Result<SparseCode<T>, CortexError> {
        let mut training = self.training(pictures, stream)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        Ok(training.into_model())
    }
}

fn to_unit_length<T: Real>(bases: &mut Matrix<T>) {
    let pixels = bases.nrows();
    for basis in bases.as_mut_slice().chunks_exact_mut(pixels) {
        let length = nn_core::simd::dot(basis, basis).sqrt();
        if length > T::ZERO {
            basis.iter_mut().for_each(|value| *value /= length);
        }
    }
}

/// What one epoch of batches gave.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SparseCodingEpoch {
    /// Number of the epoch, counted from 1.
    pub number: usize,
    /// Mean energy of a patch, each before the step of its batch.
    pub energy: f64,
    /// The share of coefficients that are not 0. With a smooth penalty nearly all of them.
    pub active: f64,
    /// The learning rate of this epoch.
    pub learning_rate: f64,
}

/// Training as an iterator of epochs; epoch k draws its patches from position k of the stream. An error is the last item.
pub struct SparseCodingTraining<'a, T: Real> {
    config: &'a SparseCodingConfig,
    pictures: &'a [Matrix<T>],
    stream: Stream,
    code: SparseCode<T>,
    last_good: SparseCode<T>,
    patches: Matrix<T>,
    variances: Vec<f64>,
    last_good_variances: Vec<f64>,
    epoch: usize,
    failed: bool,
}

impl<T: Real> SparseCodingTraining<'_, T> {
    /// The code after the last good epoch.
    pub fn model(&self) -> &SparseCode<T> {
        if self.failed { &self.last_good } else { &self.code }
    }

    /// The code after the last good epoch.
    pub fn into_model(self) -> SparseCode<T> {
        if self.failed { self.last_good } else { self.code }
    }

    /// The running variance of every coefficient after the last good epoch, of [`Gain::Variance`], else empty; with
    /// [`SparseCodingTraining::model`] and the number of the epoch, all that resuming needs.
    pub fn variances(&self) -> &[f64] {
        if self.failed { &self.last_good_variances } else { &self.variances }
    }

    /// Number of epochs done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    fn run_epoch(&mut self) -> Result<SparseCodingEpoch, CortexError> {
        let config = self.config;
        let late = self.epoch >= config.epochs - config.epochs / 3;
        let learning_rate = if late { config.late_learning_rate } else { config.learning_rate };
        let rate = learning_rate / config.batch as f64;
        let mut stream = self.stream.at(self.epoch as u64);
        // The eigenvector is known after the first batch and only followed from then on.
        let ((mut gram, mut vector), mut rounds) = (self.code.workspace(), 60);
        let (mut energy, mut active) = (0.0, 0_usize);
        for _ in 0..config.batches {
            fill_patches(self.pictures, config.side, &mut self.patches, &mut stream);
            let bound = gram_and_bound(&self.code.bases, &mut gram, &mut vector, rounds)?;
            rounds = 4;
            let (coefficients, energies) = self.code.infer(&gram, bound, &self.patches)?;
            energy += energies.iter().map(|energy| energy.to_f64()).sum::<f64>();
            active += coefficients.iter().filter(|a| **a != T::ZERO).count();
            self.step(&coefficients, T::from_f64(rate))?;
        }
        let number = self.epoch + 1;
        if let Some(index) =
            self.code.bases.column_iter().position(|basis| !basis.iter().all(|value| value.is_finite()))
        {
            let remedy = "try a smaller learning rate";
            return Err(CortexError::Diverged { what: "the code", unit: "epoch", number, index, remedy });
        }
        self.epoch = number;
        let shown = (config.batches * config.batch) as f64;
        let (energy, active) = (energy / shown, active as f64 / (shown * config.bases as f64));
        Ok(SparseCodingEpoch { number, energy, active, learning_rate })
    }

    /// Φ ← Φ + rate · (X − ΦA) Aᵀ, then the gain.
    fn step(&mut self, coefficients: &Matrix<T>, rate: T) -> Result<(), CortexError> {
        let (pixels, n) = self.patches.shape();
        let mut residual = self.code.decode(coefficients)?;
        for (residual, &x) in residual.as_mut_slice().iter_mut().zip(self.patches.as_slice()) {
            *residual = rate * (x - *residual);
        }
        let k = self.code.bases.ncols();
        let coefficients_transposed = View::from(coefficients).transposed();
        let bases = ViewMut::new(pixels, k, self.code.bases.as_mut_slice())?;
        gemm(T::ONE, &residual, coefficients_transposed, T::ONE, bases)?;
        match self.config.gain {
            Gain::UnitLength => to_unit_length(&mut self.code.bases),
            Gain::Variance { goal, rate, exponent } => {
                for (basis, variance) in self.variances.iter_mut().enumerate() {
                    let squares = coefficients.row(basis).iter().map(|a| a.to_f64() * a.to_f64()).sum::<f64>();
                    *variance += rate * (squares / n as f64 - *variance);
                    let gain = T::from_f64(nn_core::math::powf(*variance / goal, exponent));
                    self.code.bases.column_mut(basis).iter_mut().for_each(|value| *value *= gain);
                }
            }
        }
        Ok(())
    }
}

impl<T: Real> Iterator for SparseCodingTraining<'_, T> {
    type Item = Result<SparseCodingEpoch, CortexError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.epoch >= self.config.epochs {
            return None;
        }
        let result = self.run_epoch();
        match result {
            Ok(_) => {
                self.last_good.clone_from(&self.code);
                self.last_good_variances.clone_from(&self.variances);
            }
            Err(_) => self.failed = true,
        }
        Some(result)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.failed { 0 } else { self.config.epochs.saturating_sub(self.epoch) };
        (left, Some(left))
    }
}

impl<T: Real> ExactSizeIterator for SparseCodingTraining<'_, T> {}
