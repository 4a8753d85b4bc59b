//! Median and extremes of a few numbers, and numbers with the prefixes of the SI.

use super::row::Unit;
use crate::number::significant;
use serde::Serialize;

/// The middle of the numbers, or the mean of the two in the middle; NaN for none.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => f64::NAN,
        (length, middle) if length % 2 == 1 => values[middle],
        (_, middle) => 0.5 * (values[middle - 1] + values[middle]),
    }
}

/// The middle of some numbers and how far they reach.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
}

impl Spread {
    /// Of these numbers.
    pub fn of(values: &[f64]) -> Self {
        let fold = |choose: fn(f64, f64) -> f64| values.iter().copied().fold(f64::NAN, choose);
        Self { median: median(values), lowest: fold(f64::min), highest: fold(f64::max) }
    }

    /// From the lowest to the highest, as a share of the median.
    pub fn relative(&self) -> f64 {
        (self.highest - self.lowest) / self.median
    }
}

/// A rate in its unit, to three digits: `214 k`, or for times `310 ps`.
pub fn in_unit(rate: f64, unit: Unit) -> String {
    match unit {
        Unit::Rate(_) => with_prefix(rate).trim_end().to_string(),
        Unit::Time(_) => with_prefix(rate.recip()) + "s",
    }
}

/// `214 k`, `1.5 `, `310 p`.
fn with_prefix(value: f64) -> String {
    const PREFIXES: [(f64, &str); 9] = [
        (1e12, "T"),
        (1e9, "G"),
        (1e6, "M"),
        (1e3, "k"),
        (1.0, ""),
        (1e-3, "m"),
        (1e-6, "\u{b5}"),
        (1e-9, "n"),
        (1e-12, "p"),
    ];
    // 999.5 and more would be rounded to 1000.
    let found = PREFIXES.iter().find(|(size, _)| value.abs() >= 0.9995 * size);
    let (size, prefix) = found.unwrap_or(&(1.0, ""));
    format!("{} {prefix}", significant(value / size, 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_spread_reaches_from_the_lowest_to_the_highest() {
        let spread = Spread::of(&[10.0, 8.0, 13.0]);
        assert_eq!(spread, Spread { median: 10.0, lowest: 8.0, highest: 13.0 });
        assert_eq!(spread.relative(), 0.5);
    }

    #[test]
    fn numbers_have_three_digits_and_a_prefix() {
        let (rate, time) = (Unit::Rate("samples/s"), Unit::Time("per element"));
        for (value, unit, text) in [
            (214_123.0, rate, "214 k"),
            (999_499.0, rate, "999 k"),
            (999_500.0, rate, "1 M"),
            (5.491e6, rate, "5.49 M"),
            (141e9, rate, "141 G"),
            (12.0, rate, "12"),
            (0.0, rate, "0"),
            (3.1e9, time, "323 ps"),
            (1e9, time, "1 ns"),
            (400.0, time, "2.5 ms"),
            (0.25, time, "4 s"),
        ] {
            assert_eq!(in_unit(value, unit), text);
        }
    }
}
