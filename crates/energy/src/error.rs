//! The errors of this crate: what was expected, what was found, and where.

use nn_core::CoreError;

/// What can go wrong in `nn-energy`. Units, states and patterns are counted from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EnergyError {
    /// A network without units.
    #[error("a network needs at least one unit")]
    NoUnits,
    /// Weights that are no square matrix.
    #[error("weights must be a square matrix, are {rows} x {columns}")]
    NotSquare {
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
    },
    /// Weights that differ from one direction to the other.
    #[error("weights must be symmetric: w[{i}][{j}] is {forward}, w[{j}][{i}] is {backward}")]
    Asymmetric {
        /// The first unit of the first such pair, in the order of columns.
        i: usize,
        /// The second unit.
        j: usize,
        /// The weight wᵢⱼ.
        forward: f64,
        /// The weight wⱼᵢ.
        backward: f64,
    },
    /// A unit that is connected with itself: its energy could rise.
    #[error("no unit may be connected with itself: w[{unit}][{unit}] must be 0, is {value}")]
    Diagonal {
        /// The unit.
        unit: usize,
        /// Its weight to itself.
        value: f64,
    },
    /// A weight, input or threshold that is NaN or infinite.
    #[error("{what} must be finite: {place} is {value}")]
    NotFinite {
        /// Weights, inputs or thresholds.
        what: &'static str,
        /// Which one, for instance `w[2][5]`.
        place: String,
        /// The value found.
        value: f64,
    },
    /// A state, a pattern or a list with one entry a unit of another length than the network.
    #[error("the network has {expected} units, {what} has {found}")]
    Length {
        /// What came.
        what: &'static str,
        /// Units of the network.
        expected: usize,
        /// Length that came.
        found: usize,
    },
    /// A value that is neither 0 nor 1.
    #[error("{what} must be {first} or {second}: pattern {pattern}, unit {unit} is {value}")]
    NotBinary {
        /// What is to have two values: units.
        what: &'static str,
        /// The lower value.
        first: i8,
        /// The upper value.
        second: i8,
        /// The pattern (column).
        pattern: usize,
        /// The unit (row).
        unit: usize,
        /// The value found.
        value: f64,
    },
    /// A unit number that is not below the number of units.
    #[error("there are {units} units (0 to {}), {what} names unit {unit}", units.saturating_sub(1))]
    NoSuchUnit {
        /// Where it is named.
        what: &'static str,
        /// The unit named.
        unit: usize,
        /// Units of the network.
        units: usize,
    },
    /// More units than states can be visited.
    #[error("{units} units have 2^{units} states: {what} is possible up to {most} units; {instead}")]
    TooManyUnits {
        /// What was asked for.
        what: &'static str,
        /// Units of the network.
        units: usize,
        /// How many are possible.
        most: usize,
        /// What to use instead.
        instead: &'static str,
    },
    /// A graph, or spins, that are not what they should be.
    #[error("a graph: {problem}")]
    Graph {
        /// What was expected and what was found.
        problem: String,
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
    /// A weight or bias that a network of integers cannot hold.
    #[error("{place} must be {rule}, is {value}")]
    NotIntegral {
        /// Which one.
        place: String,
        /// What it must be.
        rule: &'static str,
        /// The value found.
        value: f64,
    },
    /// Integer weights, inputs and thresholds whose net input could overflow.
    #[error("twice the net input of unit {unit} may reach {largest}, the limit is {limit}")]
    Overflow {
        /// The unit.
        unit: usize,
        /// The largest magnitude possible.
        largest: i64,
        /// The largest magnitude allowed.
        limit: i32,
    },
    /// More units than a counter can hold.
    #[error("{what} has at most {most} units, found {units}")]
    UnitLimit {
        /// The network.
        what: &'static str,
        /// Units that came.
        units: usize,
        /// How many are possible.
        most: usize,
    },
    /// More patterns than a counter can hold.
    #[error("there are {patterns} patterns, at most {most} are possible")]
    TooManyPatterns {
        /// Patterns that came.
        patterns: usize,
        /// How many are possible.
        most: usize,
    },
    /// Patterns of which one is a sum of others: the pseudo-inverse does not exist.
    #[error("pattern {pattern} depends linearly on the patterns before it")]
    Dependent {
        /// The first such pattern.
        pattern: usize,
    },
    /// No sample to learn from or to measure.
    #[error("there is no sample")]
    NoSamples,
    /// Samples of another size than the machine's visible units.
    #[error("the machine has {expected} visible units, the samples have {found} features")]
    Features {
        /// Visible units.
        expected: usize,
        /// Features that came.
        found: usize,
    },
    /// A value of a binary unit that is no probability.
    #[error("binary units take values from 0 to 1: sample {sample}, feature {feature} is {value}")]
    NotProbability {
        /// The sample (column).
        sample: usize,
        /// The feature (row).
        feature: usize,
        /// The value found.
        value: f64,
    },
    /// A combination that has no meaning.
    #[error("{0}")]
    Unsupported(&'static str),
    /// A parameter is no longer finite. The last good model stays available.
    #[error(
        "training diverged in epoch {epoch}: a parameter is not finite; the model of epoch {last_good} is kept; \
         try a smaller learning rate"
    )]
    Diverged {
        /// The epoch that failed, counted from 1.
        epoch: usize,
        /// The epoch whose model is kept; 0 is the model before training.
        last_good: usize,
    },
    /// A size or parameter that nn-core refuses.
    #[error(transparent)]
    Core(#[from] CoreError),
}

/// The error for a parameter out of its range.
pub(crate) fn out_of_range(name: &'static str, rule: &'static str, value: f64) -> EnergyError {
    CoreError::OutOfRange { name, rule, value }.into()
}

/// The error unless a list has one entry a unit.
pub(crate) fn check_length(what: &'static str, expected: usize, found: usize) -> Result<(), EnergyError> {
    if expected == found { Ok(()) } else { Err(EnergyError::Length { what, expected, found }) }
}
