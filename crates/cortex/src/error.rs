//! The errors of this crate: what was expected, what was found, and where.

use nn_core::CoreError;

/// What can go wrong in `nn-cortex`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CortexError {
    /// An image of another size than what looks at it.
    #[error("{what} is {expected_rows} x {expected_columns}, the image is {rows} x {columns}")]
    Image {
        /// What looks at the image.
        what: &'static str,
        /// The rows it needs.
        expected_rows: usize,
        /// The columns it needs.
        expected_columns: usize,
        /// The rows that came.
        rows: usize,
        /// The columns that came.
        columns: usize,
    },
    /// A list of another length than its counterpart.
    #[error("{what}: expected {expected}, found {found}")]
    Length {
        /// What was counted.
        what: &'static str,
        /// The number that was needed.
        expected: usize,
        /// The number that came.
        found: usize,
    },
    /// A number in a list breaks the rule of its range.
    #[error("{what} {index} must be {rule}, is {value}")]
    Value {
        /// What the list holds.
        what: &'static str,
        /// The place in the list, counted from 0.
        index: usize,
        /// The rule it breaks.
        rule: &'static str,
        /// The value found.
        value: f64,
    },
    /// Activity or weights are no longer finite.
    #[error("{what} diverged in {unit} {number}: unit {index} is not finite; {remedy}")]
    Diverged {
        /// What diverged.
        what: &'static str,
        /// What is counted: epoch, stimulus.
        unit: &'static str,
        /// Its number, counted from 1.
        number: usize,
        /// The first unit with such a value.
        index: usize,
        /// What to try.
        remedy: &'static str,
    },
    /// A size or parameter that nn-core refuses.
    #[error(transparent)]
    Core(#[from] CoreError),
}

/// The parameter breaks its rule.
pub(crate) fn out_of_range(name: &'static str, rule: &'static str, value: f64) -> CortexError {
    CoreError::OutOfRange { name, rule, value }.into()
}

pub(crate) fn check_positive(name: &'static str, value: f64) -> Result<(), CortexError> {
    match value > 0.0 && value.is_finite() {
        true => Ok(()),
        false => Err(out_of_range(name, "positive and finite", value)),
    }
}

pub(crate) fn check_non_negative(name: &'static str, value: f64) -> Result<(), CortexError> {
    match value >= 0.0 && value.is_finite() {
        true => Ok(()),
        false => Err(out_of_range(name, "non-negative and finite", value)),
    }
}

pub(crate) fn check_finite(name: &'static str, value: f64) -> Result<(), CortexError> {
    match value.is_finite() {
        true => Ok(()),
        false => Err(out_of_range(name, "finite", value)),
    }
}

pub(crate) fn check_values(
    what: &'static str,
    values: &[f64],
    rule: &'static str,
    holds: impl Fn(f64) -> bool,
) -> Result<(), CortexError> {
    match values.iter().position(|&value| !holds(value)) {
        Some(index) => Err(CortexError::Value { what, index, rule, value: values[index] }),
        None => Ok(()),
    }
}
