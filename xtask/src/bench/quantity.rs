//! Rates and times as text, with the prefixes of the SI.

use super::row::Unit;
use crate::number::significant;

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
