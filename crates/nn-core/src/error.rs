//! The errors of this crate: what was expected, what was found, and where.

/// What can go wrong in `nn-core`. Every variant says what was expected, what was found and where.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CoreError {
    /// Two sizes that must agree do not.
    #[error("{what}: expected {expected}, found {found}")]
    Size {
        /// What was measured, for instance `inputs of layer 2`.
        what: &'static str,
        /// The size that was needed.
        expected: usize,
        /// The size that came.
        found: usize,
    },
    /// A buffer does not divide into samples of the given number of features.
    #[error("{length} values do not divide into samples of {features} features")]
    Uneven {
        /// Number of values in the buffer.
        length: usize,
        /// Features of one sample.
        features: usize,
    },
    /// A value is NaN or infinite.
    #[error("sample {sample}, feature {feature} is {value}")]
    NotFinite {
        /// Column of the matrix, counted from 0.
        sample: usize,
        /// Row of the matrix, counted from 0.
        feature: usize,
        /// The value found there.
        value: f64,
    },
    /// A parameter breaks the rule of its range.
    #[error("{name} must be {rule}, is {value}")]
    OutOfRange {
        /// The parameter's name.
        name: &'static str,
        /// The rule it breaks, for instance `positive and finite`.
        rule: &'static str,
        /// The value found.
        value: f64,
    },
    /// A class label is not below the number of classes.
    #[error("sample {sample} has label {label}, but there are {classes} classes (0 to {})", classes.saturating_sub(1))]
    Label {
        /// Index of the sample, counted from 0.
        sample: usize,
        /// The label found.
        label: usize,
        /// The number of classes.
        classes: usize,
    },
    /// Something that must hold at least one element is empty.
    #[error("{what} is empty")]
    Empty {
        /// What is empty.
        what: &'static str,
    },
}
