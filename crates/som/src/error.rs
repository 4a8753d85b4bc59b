//! The errors of this crate: what was expected, what was found, and where.

use nn_core::CoreError;

/// What can go wrong in `nn-som`. Samples, features, units and weights are counted from 0, lines of a file from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SomError {
    /// No sample to learn from or to measure.
    #[error("there is no sample")]
    NoSamples,
    /// Samples without features.
    #[error("the samples have no features")]
    NoFeatures,
    /// Samples of another size than the map's reference vectors.
    #[error("the map expects {expected} features, the samples have {found}")]
    Features {
        /// Features of the codebook.
        expected: usize,
        /// Features that came.
        found: usize,
    },
    /// A codebook with another number of columns than the lattice has units.
    #[error("the lattice has {expected} units, the codebook has {found} reference vectors")]
    Units {
        /// Units of the lattice.
        expected: usize,
        /// Columns of the codebook.
        found: usize,
    },
    /// A value that is NaN without permission, or infinite.
    #[error("{what}: {error}")]
    Data {
        /// Samples or codebook.
        what: &'static str,
        /// Which value.
        error: CoreError,
    },
    /// A sample of which nothing is known.
    #[error("sample {sample}: all of its {features} features are missing")]
    NothingKnown {
        /// The sample.
        sample: usize,
        /// Its number of features.
        features: usize,
    },
    /// A value whose square would overflow a sum of squares.
    #[error(
        "{what} {index}, feature {feature} is {value:e}: its magnitude must be below {limit:.1e}, or distances overflow"
    )]
    TooLarge {
        /// Sample or unit.
        what: &'static str,
        /// Which one.
        index: usize,
        /// The feature.
        feature: usize,
        /// The value found.
        value: f64,
        /// The limit for this element type and number of features.
        limit: f64,
    },
    /// There are not as many weights or labels as samples.
    #[error("there are {samples} samples, but {found} {what}")]
    SampleCount {
        /// Weights or labels.
        what: &'static str,
        /// Number of samples.
        samples: usize,
        /// How many came.
        found: usize,
    },
    /// A weight that is negative or not finite.
    #[error("the weight of sample {sample} must be non-negative and finite, is {value}")]
    Weight {
        /// The sample.
        sample: usize,
        /// Its weight.
        value: f64,
    },
    /// Every weight is zero.
    #[error("at least one sample must have a positive weight")]
    NoWeight,
    /// Compressed rows that are not what they should be.
    #[error("sparse samples: {problem} (sample {sample})")]
    Sparse {
        /// What is wrong.
        problem: &'static str,
        /// At which sample.
        sample: usize,
    },
    /// A combination that has no meaning.
    #[error("{0}")]
    Unsupported(&'static str),
    /// A schedule left its range.
    #[error("the {schedule} must be {rule}, is {value} in step {step}")]
    Schedule {
        /// Learning rate or radius.
        schedule: &'static str,
        /// The rule it breaks.
        rule: &'static str,
        /// The value found.
        value: f64,
        /// The step, counted from 0: of samples online, of epochs in batch training.
        step: usize,
    },
    /// A reference vector is no longer finite. The last good map stays available.
    #[error(
        "training diverged in epoch {epoch}: the reference vector of unit {unit} is not finite; \
         the map of epoch {last_good} is kept; try a smaller learning rate"
    )]
    Diverged {
        /// The epoch that failed, counted from 1.
        epoch: usize,
        /// The first unit with such a value.
        unit: usize,
        /// The epoch whose map is kept; 0 is the map before training.
        last_good: usize,
    },
    /// A file that breaks its format.
    #[error("line {line}: expected {expected}, found {found}")]
    Format {
        /// The line, counted from 1.
        line: usize,
        /// What the format asks for.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// Reading failed, or a line is too long or no text.
    #[error("line {line}: {problem}")]
    Read {
        /// The line, counted from 1.
        line: usize,
        /// What the reader said.
        problem: String,
    },
    /// Writing failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A size or parameter that nn-core refuses.
    #[error(transparent)]
    Core(#[from] CoreError),
}
