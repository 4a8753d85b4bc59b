//! A hash of the USPS digits that does not depend on how the numbers are written.

use anyhow::{Context as _, ensure};
use sha2::{Digest as _, Sha256};

/// Numbers of a line: the label and 16 × 16 pixels.
const NUMBERS: usize = 257;

/// SHA-256 over each line as 257 little-endian 16-bit integers: the label, then the pixels times 1000, rounded. Returns
/// the number of lines with it.
///
/// # Errors
/// When a line has another number of numbers, or one that is no number from −1 to 9.
pub fn hash(text: &str) -> anyhow::Result<(usize, Sha256)> {
    let mut sha256 = Sha256::new();
    let mut digits = 0;
    for (index, line) in text.lines().filter(|line| !line.trim().is_empty()).enumerate() {
        let mut count = 0;
        for (column, number) in line.split_ascii_whitespace().enumerate() {
            let at = || format!("line {}, number {}: `{number:.20}`", index + 1, column + 1);
            let value: f64 = number.parse().with_context(at)?;
            ensure!((-1.0..=9.0).contains(&value), "{} is not between -1 and 9", at());
            let integer = (if column == 0 { value } else { value * 1000.0 }).round() as i16;
            sha256.update(integer.to_le_bytes());
            count += 1;
        }
        ensure!(count == NUMBERS, "line {} has {count} numbers, expected {NUMBERS}", index + 1);
        digits += 1;
    }
    Ok((digits, sha256))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(first: &str, pixel: &str) -> String {
        std::iter::once(first).chain(std::iter::repeat_n(pixel, 256)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn two_ways_to_write_the_numbers_have_one_hash() {
        let one = format!("{}\n{}\n", line("6", "-1"), line("5", "0.631"));
        let other = format!("{} \r\n{} ", line("6.0000", "-1.0000"), line("5.0000", "0.6310"));
        let (digits, first) = hash(&one).unwrap();
        assert_eq!(digits, 2);
        assert_eq!(first.finalize(), hash(&other).unwrap().1.finalize());
        let changed = one.replacen("0.631", "0.632", 1);
        assert_ne!(hash(&one).unwrap().1.finalize(), hash(&changed).unwrap().1.finalize());
    }

    #[test]
    fn a_short_line_and_a_word_are_named() {
        assert_eq!(hash("6 1 2\n").unwrap_err().to_string(), "line 1 has 3 numbers, expected 257");
        assert_eq!(hash("6 ink\n").unwrap_err().to_string(), "line 1, number 2: `ink`");
        assert!(hash(&line("6", "1e300")).unwrap_err().to_string().contains("not between -1 and 9"));
    }
}
