//! [`RadialBasis`]: output units that measure the distance to a code, and LeNet-5's codes, pictures of the digits.

use crate::CnnError;
use nn_core::{Matrix, Real};

/// Rows and columns of LeNet-5's codes.
pub const CODE_HEIGHT: usize = 12;
/// Columns of LeNet-5's codes.
pub const CODE_WIDTH: usize = 7;

/// The digits of figure 3, a row a line; `#` is +1, `.` is −1. See docs/models/cnn.md for where they come from.
const DIGITS: [[&str; CODE_HEIGHT]; 10] = [
    [
        ".#####.", ".......", "..###..", ".##.##.", "##...##", "##...##", "##...##", "##...##", ".##.##.", "..###..",
        ".......", ".......",
    ],
    [
        "...##..", "..###..", ".####..", "...##..", "...##..", "...##..", "...##..", "...##..", "...##..", ".######",
        ".......", ".......",
    ],
    [
        ".#####.", ".......", ".#####.", "##...##", "#....##", "....##.", "..###..", ".##....", "##.....", "#######",
        ".......", ".......",
    ],
    [
        "#######", ".....##", "....##.", "...##..", "..####.", ".....##", ".....##", ".....##", "##...##", ".#####.",
        ".......", ".......",
    ],
    [
        ".#####.", ".......", ".......", ".##..##", ".##..##", "###..##", "##...##", "##...##", "##..###", ".######",
        ".....##", ".....##",
    ],
    [
        ".#####.", ".......", "#######", "##.....", "##.....", ".####..", "..####.", ".....##", "##...##", ".#####.",
        ".......", ".......",
    ],
    [
        "..####.", ".##....", "##.....", "##.....", "######.", "###..##", "##...##", "##...##", "###..##", ".#####.",
        ".......", ".......",
    ],
    [
        "#######", ".....##", ".....##", "....##.", "...##..", "...##..", "..##...", "..##...", "..##...", "..##...",
        ".......", ".......",
    ],
    [
        ".#####.", "##...##", "##...##", "##...##", ".#####.", "##...##", "##...##", "##...##", "##...##", ".#####.",
        ".......", ".......",
    ],
    [
        ".#####.", "##..###", "##...##", "##...##", "##..###", ".######", ".....##", ".....##", "....##.", ".####..",
        ".......", ".......",
    ],
];

/// The codes of LeNet-5's ten output units: 84 × 10, column d the 7 × 12 picture of digit d, row after row, ink +1, paper −1.
///
/// # Source
/// LeCun, Bottou, Bengio and Haffner (1998), figure 3, from a public transcription.
pub fn digit_codes<T: Real>() -> Matrix<T> {
    let pixel = |value: u8| if value == b'#' { T::ONE } else { -T::ONE };
    let values = DIGITS.iter().flatten().flat_map(|row| row.bytes()).map(pixel);
    Matrix::from_iterator(CODE_HEIGHT * CODE_WIDTH, DIGITS.len(), values)
}

/// Output units that measure how far the layer below is from a fixed code: yᵢ = Σⱼ (fⱼ − cᵢⱼ)². The least distance wins.
#[derive(Debug, Clone, PartialEq)]
pub struct RadialBasis<T: Real> {
    /// D × K: one code a column.
    pub(crate) codes: Matrix<T>,
}

impl<T: Real> RadialBasis<T> {
    pub(crate) fn new(codes: &Matrix<f64>, layer: usize, inputs: usize) -> Result<Self, CnnError> {
        if codes.ncols() == 0 {
            return Err(CnnError::Zero { layer, kind: "radial basis", what: "the number of codes" });
        }
        if codes.nrows() != inputs {
            return Err(CnnError::Codes { layer, expected: inputs, found: codes.nrows() });
        }
        Ok(Self { codes: codes.map(T::from_f64) })
    }

    /// The codes, one a column.
    pub fn codes(&self) -> &Matrix<T> {
        &self.codes
    }

    /// yᵢ = Σⱼ (fⱼ − cᵢⱼ)² for samples one after the other.
    pub(crate) fn net_input(&self, f: &[T], y: &mut [T]) {
        let (inputs, units) = self.codes.shape();
        for (f, y) in f.chunks_exact(inputs).zip(y.chunks_exact_mut(units)) {
            for (y, code) in y.iter_mut().zip(self.codes.as_slice().chunks_exact(inputs)) {
                *y = nn_core::simd::squared_distance(f, code);
            }
        }
    }

    /// ∂E/∂fⱼ = 2 Σᵢ δᵢ (fⱼ − cᵢⱼ), samples one after the other.
    pub(crate) fn backward(&self, f: &[T], delta: &[T], below: &mut [T]) {
        let (inputs, units) = self.codes.shape();
        let samples = f.chunks_exact(inputs).zip(delta.chunks_exact(units)).zip(below.chunks_exact_mut(inputs));
        let two = T::ONE + T::ONE;
        for ((f, delta), below) in samples {
            below.fill(T::ZERO);
            for (&delta, code) in delta.iter().zip(self.codes.as_slice().chunks_exact(inputs)) {
                if delta != T::ZERO {
                    below.iter_mut().zip(f.iter().zip(code)).for_each(|(b, (&f, &c))| *b += two * delta * (f - c));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_ten_different_pictures_of_84_pixels() {
        let codes = digit_codes::<f64>();
        assert_eq!(codes.shape(), (84, 10));
        assert!(codes.iter().all(|&value| value == 1.0 || value == -1.0));
        for first in 0..10 {
            for second in 0..first {
                let different = (codes.column(first) - codes.column(second)).iter().filter(|&&d| d != 0.0).count();
                assert!(different >= 8, "{first} and {second} differ in {different} pixels");
            }
        }
    }

    #[test]
    fn the_distance_to_its_own_code_is_zero() {
        let layer = RadialBasis::<f64>::new(&digit_codes(), 1, 84).unwrap();
        for digit in 0..10 {
            let mut y = [0.0; 10];
            layer.net_input(layer.codes.column(digit).as_slice(), &mut y);
            assert_eq!(y[digit], 0.0);
            // Of ±1 codes, every pixel that differs adds 4.
            assert!(y.iter().all(|y| y % 4.0 == 0.0));
        }
    }
}
