//! The checks every panel makes before it draws.

use crate::PlotError;

/// Larger magnitudes make the span of an axis overflow.
const LARGEST: f64 = 1e300;

pub(crate) fn not_empty(what: &str, count: usize) -> Result<(), PlotError> {
    if count == 0 { Err(PlotError::Empty { what: what.to_owned() }) } else { Ok(()) }
}

pub(crate) fn same_length(what: &str, expected: usize, found: usize) -> Result<(), PlotError> {
    if expected == found { Ok(()) } else { Err(PlotError::Length { what: what.to_owned(), expected, found }) }
}

/// Either none or exactly `expected`.
pub(crate) fn none_or(what: &str, expected: usize, found: usize) -> Result<(), PlotError> {
    if found == 0 { Ok(()) } else { same_length(what, expected, found) }
}

pub(crate) fn finite(series: &str, values: &[f64]) -> Result<(), PlotError> {
    match values.iter().position(|value| !usable(*value)) {
        None => Ok(()),
        Some(index) => Err(PlotError::NotFinite { series: series.to_owned(), index, value: values[index] }),
    }
}

/// As [`finite`], but NaN is allowed: a gap in a line.
pub(crate) fn finite_or_gap(series: &str, values: &[f64]) -> Result<(), PlotError> {
    match values.iter().position(|value| !usable(*value) && !value.is_nan()) {
        None => Ok(()),
        Some(index) => Err(PlotError::NotFinite { series: series.to_owned(), index, value: values[index] }),
    }
}

/// Positive, if they belong on a logarithmic axis.
pub(crate) fn positive_if(log: bool, series: &str, values: &[f64]) -> Result<(), PlotError> {
    match values.iter().position(|value| log && *value <= 0.0) {
        None => Ok(()),
        Some(index) => Err(PlotError::NotPositive { series: series.to_owned(), index, value: values[index] }),
    }
}

pub(crate) fn ascending(what: &str, (low, high): (f64, f64)) -> Result<(), PlotError> {
    if usable(low) && usable(high) && low < high {
        Ok(())
    } else {
        Err(PlotError::Range { what: what.to_owned(), low, high })
    }
}

fn usable(value: f64) -> bool {
    value.abs() <= LARGEST
}

/// `kind` alone, or with the name of the thing, so that an error says which.
pub(crate) fn named(kind: &str, index: usize, name: &str) -> String {
    if name.is_empty() { format!("{kind} {index}") } else { format!("{kind} `{name}`") }
}

/// A panel's kind with its title, if it has one.
pub(crate) fn titled(kind: &str, title: &str) -> String {
    if title.is_empty() { kind.to_owned() } else { format!("{kind} `{title}`") }
}
