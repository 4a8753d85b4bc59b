//! Numbers as a reader wants to see them: no trailing zeros, a true minus sign, powers of ten as such.

use nn_core::math;

/// `value` with this many decimals, thousands separated from 10,000 on, minus as "−", zero as plain "0".
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) {
        return "0".to_owned();
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::from(if value < 0.0 { "−" } else { "" });
    for (position, digit) in whole.chars().enumerate() {
        if whole.len() > 4 && position > 0 && (whole.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// `value` to this many significant digits, without trailing zeros; very large and very small as a power of ten.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let rounded = format!("{:.*e}", digits.saturating_sub(1), value.abs());
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if value < 0.0 { "−" } else { "" };
    if !(-4..6).contains(&exponent) {
        let mantissa =
            if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
        return format!("{sign}{mantissa}×{}", power_of_ten(exponent));
    }
    let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
    let text = fixed(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Values with the same number of decimals, as many as the largest needs for `digits` significant ones; each for itself
/// where that would leave the smallest with less than two.
pub(crate) fn aligned(values: &[f64], digits: usize) -> Vec<String> {
    let magnitudes = || values.iter().map(|value| value.abs()).filter(|magnitude| *magnitude > 0.0);
    let largest = magnitudes().fold(f64::MIN_POSITIVE, f64::max);
    let smallest = magnitudes().fold(f64::MAX, f64::min);
    let decimals = (digits as i32 - 1 - decade(largest)).max(0);
    if largest < 1e6 && decimals < 8 && smallest >= ten_to(1 - decimals) {
        values.iter().map(|value| fixed(*value, usize::try_from(decimals).unwrap_or(0))).collect()
    } else {
        values.iter().map(|value| significant(*value, digits)).collect()
    }
}

/// 10ⁿ with the exponent raised.
pub(crate) fn power_of_ten(exponent: i32) -> String {
    let raised = |character| match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        // The other raised digits follow each other in Unicode, from U+2070 on.
        digit => char::from_u32(0x2070 + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    };
    format!("10{}", exponent.to_string().chars().map(raised).collect::<String>())
}

/// The largest n with 10ⁿ ≤ value, for a positive value.
pub(crate) fn decade(value: f64) -> i32 {
    let guess = ((math::ln(value) / std::f64::consts::LN_10).floor() as i32).clamp(-324, 308);
    // The quotient of logarithms can miss an exact power of ten by a rounding.
    if ten_to(guess + 1) <= value {
        guess + 1
    } else if ten_to(guess) > value {
        guess - 1
    } else {
        guess
    }
}

/// 10ⁿ, correctly rounded.
pub(crate) fn ten_to(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_separates_thousands_and_shows_zero_plainly() {
        assert_eq!(fixed(12_345_678.0, 0), "12,345,678");
        assert_eq!(fixed(1986.0, 0), "1986");
        assert_eq!(fixed(-0.25, 2), "−0.25");
        assert_eq!(fixed(-0.001, 1), "0");
    }

    #[test]
    fn significant_digits_have_no_trailing_zeros() {
        assert_eq!(significant(0.05, 3), "0.05");
        assert_eq!(significant(97.25, 3), "97.2");
        assert_eq!(significant(100.0, 3), "100");
        assert_eq!(significant(-1.5e-7, 3), "−1.5×10⁻⁷");
        assert_eq!(significant(2e30, 3), "2×10³⁰");
        assert_eq!(significant(999.96, 4), "1000");
    }

    #[test]
    fn aligned_values_share_their_decimals_unless_one_would_vanish() {
        assert_eq!(aligned(&[3.1, 0.97, 2.0], 3), ["3.10", "0.97", "2.00"]);
        assert_eq!(aligned(&[97.25, 0.05], 3), ["97.2", "0.05"]);
        assert_eq!(aligned(&[0.0, 0.0], 3), ["0", "0"]);
    }

    #[test]
    fn a_decade_is_exact_at_powers_of_ten() {
        for exponent in -300..300 {
            assert_eq!(decade(ten_to(exponent)), exponent);
            assert_eq!(decade(3.0 * ten_to(exponent)), exponent);
        }
    }
}
