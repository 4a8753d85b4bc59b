//! Where an axis carries its numbers: steps of 1, 2 or 5 times a power of ten; decades on a logarithmic axis.

use crate::number::{decade, fixed, power_of_ten, ten_to};

/// The positions of an axis that carry a label, and those that carry only a short mark.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct TickMarks {
    pub major: Vec<(f64, String)>,
    pub minor: Vec<f64>,
}

/// At most `most` multiples of a round step within low ..= high; whole numbers only if asked.
pub(crate) fn linear(low: f64, high: f64, most: usize, integers: bool) -> TickMarks {
    let (mut mantissa, mut exponent) = (1.0, decade(((high - low) / most.max(1) as f64).max(f64::MIN_POSITIVE)));
    if integers && exponent < 0 {
        exponent = 0;
    }
    // Each pass takes the next round step; three passes reach the next decade, so this ends after a few.
    let (first, last) = loop {
        // A double holds the power of ten with a positive exponent exactly, so dividing keeps 0.3 the nearest double to 0.3.
        let step = mantissa * ten_to(exponent);
        let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
        if last - first < most.max(1) as f64 {
            break (first, last);
        }
        (mantissa, exponent) = match mantissa {
            1.0 => (2.0, exponent),
            2.0 => (5.0, exponent),
            _ => (1.0, exponent + 1),
        };
    };
    let count = (last - first + 1.0).max(0.0) as usize;
    let value = |index: usize| {
        let multiple = (first + index as f64) * mantissa;
        if exponent < 0 { multiple / ten_to(-exponent) } else { multiple * ten_to(exponent) }
    };
    let values: Vec<f64> = (0..count).map(value).collect();
    let labels = labels(&values, exponent);
    TickMarks { major: values.into_iter().zip(labels).collect(), minor: Vec::new() }
}

/// Labels of ticks whose step is a multiple of 10^`exponent`, all with the same number of decimals.
fn labels(values: &[f64], exponent: i32) -> Vec<String> {
    let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    let magnitude = if largest > 0.0 { decade(largest) } else { 0 };
    if magnitude < 6 && exponent >= -5 {
        let decimals = usize::try_from(-exponent).unwrap_or(0);
        return values.iter().map(|value| fixed(*value, decimals)).collect();
    }
    let decimals = usize::try_from(magnitude - exponent).unwrap_or(0);
    let scaled = |value: f64| {
        let mantissa = fixed(value / ten_to(magnitude), decimals);
        if mantissa == "0" { mantissa } else { format!("{mantissa}×{}", power_of_ten(magnitude)) }
    };
    values.iter().map(|value| scaled(*value)).collect()
}

/// Decades within low ..= high (both positive); over less than two decades also 2 and 5 times a power of ten.
pub(crate) fn logarithmic(low: f64, high: f64, most: usize) -> TickMarks {
    let (first, last) = (decade(low), decade(high));
    let inside = |value: f64| value >= low * (1.0 - 1e-9) && value <= high * (1.0 + 1e-9);
    let multiples = |mantissas: &[f64]| -> Vec<(f64, i32)> {
        let all = (first..=last).flat_map(|n| mantissas.iter().map(move |m| (*m, n)));
        all.filter(|(mantissa, n)| inside(mantissa * ten_to(*n))).collect()
    };
    let decades = multiples(&[1.0]);
    let detailed = multiples(&[1.0, 2.0, 5.0]);
    let chosen = if decades.len() < 3 && detailed.len() <= most.max(4) { detailed } else { decades };
    if chosen.len() < 2 {
        return linear(low, high, most, false);
    }
    let every = chosen.len().div_ceil(most.max(2));
    let plain = first >= -3 && last <= 4;
    let label = |(mantissa, n): (f64, i32)| match mantissa {
        _ if plain => fixed(mantissa * ten_to(n), usize::try_from(-n).unwrap_or(0)),
        1.0 => power_of_ten(n),
        _ => format!("{mantissa}×{}", power_of_ten(n)),
    };
    // Counted from the power 0, so that a thinned axis shows 10⁰, 10², 10⁴ and not 10¹, 10³.
    let kept = |(mantissa, n): &(f64, i32)| every == 1 || (*mantissa == 1.0 && n.rem_euclid(every as i32) == 0);
    let major = chosen.into_iter().filter(kept).map(|(m, n)| (m * ten_to(n), label((m, n)))).collect();
    let minor = if last - first > 8 { multiples(&[1.0]) } else { multiples(&[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]) };
    TickMarks { major, minor: minor.into_iter().map(|(m, n)| m * ten_to(n)).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ticks: &TickMarks) -> Vec<&str> {
        ticks.major.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn whole_steps_have_no_decimals_and_fractional_steps_have_as_many_as_they_need() {
        assert_eq!(texts(&linear(0.0, 100.0, 6, false)), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(texts(&linear(-1.0, 1.0, 5, false)), ["−1.0", "−0.5", "0", "0.5", "1.0"]);
        assert_eq!(texts(&linear(0.0, 0.3, 4, false)), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(texts(&linear(0.0, 60_000.0, 4, false)), ["0", "20,000", "40,000", "60,000"]);
    }

    #[test]
    fn a_tick_is_the_double_nearest_to_its_label() {
        let ticks = linear(0.0, 1.0, 11, false);
        let values: Vec<f64> = ticks.major.iter().map(|(value, _)| *value).collect();
        assert_eq!(values, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
    }

    #[test]
    fn very_large_and_very_small_ticks_are_powers_of_ten() {
        assert_eq!(texts(&linear(0.0, 2e6, 3, false)), ["0", "1×10⁶", "2×10⁶"]);
        assert_eq!(texts(&linear(0.0, 2e-7, 3, false)), ["0", "1×10⁻⁷", "2×10⁻⁷"]);
    }

    #[test]
    fn never_more_ticks_than_asked_for_on_any_scale() {
        for exponent in [-290, -12, -1, 0, 3, 17, 290] {
            for most in 1..12 {
                let ticks = linear(-0.37 * ten_to(exponent), 1.93 * ten_to(exponent), most, false);
                assert!(!ticks.major.is_empty() && ticks.major.len() <= most, "{exponent} {most} {ticks:?}");
            }
        }
    }

    #[test]
    fn an_axis_of_whole_numbers_has_no_halves() {
        assert_eq!(texts(&linear(0.0, 3.0, 10, true)), ["0", "1", "2", "3"]);
    }

    #[test]
    fn decades_are_plain_near_one_and_powers_far_from_it() {
        assert_eq!(texts(&logarithmic(0.01, 10.0, 8)), ["0.01", "0.1", "1", "10"]);
        assert_eq!(texts(&logarithmic(1e-6, 1.0, 8)), ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"]);
        assert_eq!(texts(&logarithmic(1e-6, 1.0, 4)), ["10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"]);
        assert_eq!(texts(&logarithmic(1.0, 10.0, 8)), ["1", "2", "5", "10"]);
    }
}
