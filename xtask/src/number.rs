//! Numbers and intervals as text, to a number of significant digits; numbers of the command line.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

/// A count of the command line.
///
/// # Errors
/// What was expected; clap names the option and what was found.
pub fn at_least_1(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a whole number, at least 1".into())
}

/// The number to so many significant digits, without trailing zeros; an exponent only where it is far from 1.
pub fn significant(value: f64, digits: usize) -> String {
    let last = digits.saturating_sub(1);
    let scientific = format!("{value:.last$e}");
    let exponent = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    // Read back, the digits are those asked for, and the shortest form of the result has no trailing zeros.
    let value = scientific.parse().unwrap_or(value);
    match exponent {
        Some(exponent) if value != 0.0 && !(-5..10).contains(&exponent) => format!("{value:e}"),
        _ => format!("{value}"),
    }
}

/// The interval as `in [0, 0.002]`, `= 9760`, `≥ 0` or `finite`; rounded, and a narrow one
/// around its middle: `2 ± 1e-9`.
pub fn rounded_interval(range: &RangeInclusive<f64>) -> String {
    let (middle, half) = (0.5 * (range.start() + range.end()), 0.5 * (range.end() - range.start()));
    if half > 0.0 && half < 1e-3 * middle.abs() {
        return format!("{} ± {}", significant(middle, 12), significant(half, 2));
    }
    interval(range, 10)
}

/// The interval as `in [0, 0.002]`, `= 9760`, `≥ 0` or `finite`.
pub fn interval(interval: &RangeInclusive<f64>, digits: usize) -> String {
    let number = |value| significant(value, digits);
    match (*interval.start(), *interval.end()) {
        (f64::MIN, f64::MAX) => "finite".into(),
        (low, f64::MAX | f64::INFINITY) => format!("≥ {}", number(low)),
        (f64::MIN | f64::NEG_INFINITY, high) => format!("≤ {}", number(high)),
        (low, high) if low == high => format!("= {}", number(low)),
        (low, high) => format!("in [{}, {}]", number(low), number(high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_six_significant_digits() {
        for (value, text) in [
            (0.0, "0"),
            (1.0, "1"),
            (-0.25, "-0.25"),
            (0.123_456_789, "0.123457"),
            (0.999_999_9, "1"),
            (1_234.567_89, "1234.57"),
            (60_000.0, "60000"),
            (1_234_567.0, "1234570"),
            (1.5e-9, "1.5e-9"),
            (2.0e15, "2e15"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(significant(value, 6), text);
        }
    }

    #[test]
    fn intervals_are_named_by_their_ends() {
        assert_eq!(interval(&(0.0..=0.002), 10), "in [0, 0.002]");
        assert_eq!(rounded_interval(&(0.0..=0.002)), "in [0, 0.002]");
        assert_eq!(rounded_interval(&(0.8 - 1e-9..=0.8 + 1e-9)), "0.8 ± 1e-9");
        assert_eq!(rounded_interval(&(-1.0..=f64::MAX)), "≥ -1");
        assert_eq!(interval(&(9760.0..=9760.0), 10), "= 9760");
        assert_eq!(interval(&(f64::MIN..=f64::MAX), 10), "finite");
        assert_eq!(interval(&(0.0..=f64::MAX), 10), "≥ 0");
        assert_eq!(interval(&(f64::MIN..=0.0), 10), "≤ 0");
    }
}
