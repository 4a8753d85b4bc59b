//! One axis: its label, its scale, its range and its ticks.

use crate::number::{decade, ten_to};
use crate::tick_marks::{TickMarks, linear, logarithmic};
use crate::{PlotError, check};
use nn_core::math;

/// A horizontal or vertical axis.
///
/// ```
/// use plot::{Axis, Ticks};
///
/// let epochs = Axis { ticks: Ticks::Whole, ..Axis::new("epoch") };
/// let angle = Axis { range: Some((0.0, 180.0)), ticks: Ticks::at(&[0.0, 45.0, 90.0, 135.0, 180.0]), ..Axis::new("angle (deg)") };
/// let error = Axis { log: true, ..Axis::new("test error (%)") };
/// # let _ = (epochs, angle, error);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// What is measured, with its unit; empty for none.
    pub label: String,
    /// A logarithmic scale; every value on it must be positive.
    pub log: bool,
    /// Lowest and highest value shown; `None` for all data and a little room around them. What lies outside is cut off.
    pub range: Option<(f64, f64)>,
    /// Which positions carry a number.
    pub ticks: Ticks,
}

/// Which positions of an axis carry a number.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Ticks {
    /// Round numbers, as many as there is room for.
    #[default]
    Automatic,
    /// Round whole numbers: epochs, units, trials.
    Whole,
    /// None: a bare frame.
    None,
    /// These positions with these labels; those outside the range are left out.
    At(Vec<(f64, String)>),
}

impl Ticks {
    /// These positions, labeled with their own numbers.
    pub fn at(positions: &[f64]) -> Self {
        Self::At(positions.iter().map(|value| (*value, crate::number::significant(*value, 6))).collect())
    }
}

impl Axis {
    /// A linear axis with this label, automatic range and ticks.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// The scale for these values (NaN is skipped): the range asked for, or the data with `room` (a share of their span)
    /// at both ends. With `from_zero` a linear scale starts at 0 when the data nearly do.
    pub(crate) fn scale(
        &self,
        name: &str,
        values: impl Iterator<Item = f64>,
        room: f64,
        from_zero: bool,
    ) -> Result<Scale, PlotError> {
        if let Some((low, high)) = self.range {
            check::ascending(&format!("range of the {name} axis"), (low, high))?;
            check::positive_if(self.log, &format!("range of the {name} axis"), &[low])?;
            return Ok(Scale { low, high, log: self.log });
        }
        let (mut low, mut high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (value.min(low), value.max(high)));
        if low > high {
            (low, high) = if self.log { (0.1, 10.0) } else { (0.0, 1.0) };
        }
        if self.log {
            if high / low < 1.5 {
                (low, high) = (ten_to(decade(low)), ten_to(decade(high) + 1));
            }
            let factor = math::exp(room * (math::ln(high) - math::ln(low)));
            return Ok(Scale { low: low / factor, high: high * factor, log: true });
        }
        (low, high) = widened(low, high);
        let from_zero = from_zero && low >= 0.0 && low <= 0.25 * high;
        let span = high - low;
        let low = if from_zero { 0.0 } else { low - room * span };
        Ok(Scale { low, high: high + room * span, log: false })
    }

    /// At most `most` ticks on this scale.
    pub(crate) fn tick_marks(&self, scale: &Scale, most: usize) -> TickMarks {
        match &self.ticks {
            Ticks::None => TickMarks::default(),
            Ticks::At(ticks) => {
                let shown = ticks.iter().filter(|(value, _)| (scale.low..=scale.high).contains(value));
                TickMarks { major: shown.cloned().collect(), minor: Vec::new() }
            }
            _ if self.log => logarithmic(scale.low, scale.high, most),
            ticks => linear(scale.low, scale.high, most, *ticks == Ticks::Whole),
        }
    }
}

/// The range itself, or one around it when it is too narrow to show: values that differ only in their last bits.
pub(crate) fn widened(low: f64, high: f64) -> (f64, f64) {
    if high - low > 1e-9 * low.abs().max(high.abs()) {
        return (low, high);
    }
    let around = if low == 0.0 { 0.5 } else { 0.1 * low.abs() };
    (low - around, high + around)
}

/// From a value to its place between the two ends of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub low: f64,
    pub high: f64,
    pub log: bool,
}

impl Scale {
    /// 0 at the low end, 1 at the high end; far outside it stops at a million, so that no coordinate overflows.
    pub fn share(&self, value: f64) -> f64 {
        let share = if self.log {
            (math::ln(value) - math::ln(self.low)) / (math::ln(self.high) - math::ln(self.low))
        } else {
            (value - self.low) / (self.high - self.low)
        };
        share.clamp(-1e6, 1e6)
    }

    /// The value at this share: the inverse of [`Scale::share`].
    pub fn value(&self, share: f64) -> f64 {
        if self.log {
            self.low * math::exp(share * (math::ln(self.high) - math::ln(self.low)))
        } else {
            self.low + share * (self.high - self.low)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_that_nearly_start_at_zero_start_at_zero() {
        let scale = Axis::default().scale("y", [0.02, 1.0].into_iter(), 0.05, true).unwrap();
        assert_eq!(scale.low, 0.0);
        let scale = Axis::default().scale("y", [90.0, 98.0].into_iter(), 0.0, true).unwrap();
        assert_eq!((scale.low, scale.high), (90.0, 98.0));
    }

    #[test]
    fn equal_values_get_a_range_around_them() {
        let scale = Axis::default().scale("y", [5.0, 5.0].into_iter(), 0.0, true).unwrap();
        assert!(scale.low < 5.0 && scale.high > 5.0);
        let log = Axis { log: true, ..Axis::default() };
        let scale = log.scale("y", [5.0, 5.0].into_iter(), 0.0, true).unwrap();
        assert_eq!((scale.low, scale.high), (1.0, 10.0));
    }

    #[test]
    fn a_range_that_does_not_ascend_is_an_error() {
        let axis = Axis { range: Some((1.0, 1.0)), ..Axis::default() };
        let error = axis.scale("x", [].into_iter(), 0.0, false).unwrap_err();
        assert_eq!(error.to_string(), "range of the x axis must ascend and be finite, is 1 to 1");
    }

    #[test]
    fn a_logarithmic_scale_is_even_in_ratios() {
        let scale = Scale { low: 0.01, high: 100.0, log: true };
        assert!((scale.share(1.0) - 0.5).abs() < 1e-12);
        assert!((scale.value(0.75) - 10.0).abs() < 1e-12);
    }
}
