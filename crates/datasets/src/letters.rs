//! Capital letters of 5 × 7 pixels.

use nn_core::{Matrix, Real};

/// Capital letters, black on white.
#[derive(Debug, Clone, PartialEq)]
pub struct Letters<T: Real> {
    /// 35 × 26: 1 for ink, 0 for paper, each letter row by row from the top left.
    pub samples: Matrix<T>,
    /// A to Z.
    pub names: [char; 26],
}

/// Seven rows of five pixels a letter, drawn for this crate.
#[rustfmt::skip]
const PICTURES: [(char, [&str; 7]); 26] = [
    ('A', [".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"]),
    ('B', ["####.", "#...#", "#...#", "####.", "#...#", "#...#", "####."]),
    ('C', [".####", "#....", "#....", "#....", "#....", "#....", ".####"]),
    ('D', ["####.", "#...#", "#...#", "#...#", "#...#", "#...#", "####."]),
    ('E', ["#####", "#....", "#....", "####.", "#....", "#....", "#####"]),
    ('F', ["#####", "#....", "#....", "####.", "#....", "#....", "#...."]),
    ('G', [".####", "#....", "#....", "#..##", "#...#", "#...#", ".####"]),
    ('H', ["#...#", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"]),
    ('I', [".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."]),
    ('J', ["..###", "...#.", "...#.", "...#.", "...#.", "#..#.", ".##.."]),
    ('K', ["#...#", "#..#.", "#.#..", "##...", "#.#..", "#..#.", "#...#"]),
    ('L', ["#....", "#....", "#....", "#....", "#....", "#....", "#####"]),
    ('M', ["#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#", "#...#"]),
    ('N', ["#...#", "##..#", "##..#", "#.#.#", "#..##", "#..##", "#...#"]),
    ('O', [".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."]),
    ('P', ["####.", "#...#", "#...#", "####.", "#....", "#....", "#...."]),
    ('Q', [".###.", "#...#", "#...#", "#...#", "#.#.#", "#..#.", ".##.#"]),
    ('R', ["####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"]),
    ('S', [".####", "#....", "#....", ".###.", "....#", "....#", "####."]),
    ('T', ["#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."]),
    ('U', ["#...#", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."]),
    ('V', ["#...#", "#...#", "#...#", "#...#", ".#.#.", ".#.#.", "..#.."]),
    ('W', ["#...#", "#...#", "#...#", "#.#.#", "#.#.#", "##.##", "#...#"]),
    ('X', ["#...#", "#...#", ".#.#.", "..#..", ".#.#.", "#...#", "#...#"]),
    ('Y', ["#...#", "#...#", ".#.#.", "..#..", "..#..", "..#..", "..#.."]),
    ('Z', ["#####", "....#", "...#.", "..#..", ".#...", "#....", "#####"]),
];

/// The twenty-six capital letters as images of 5 × 7 pixels, 0 and 1.
///
/// ```
/// let letters = datasets::letters::<f64>();
/// assert_eq!((letters.names[19], letters.samples.column(19).sum()), ('T', 11.0));
/// ```
pub fn letters<T: Real>() -> Letters<T> {
    let samples = Matrix::from_fn(35, 26, |pixel, letter| {
        let row = PICTURES[letter].1[pixel / 5].as_bytes();
        if row[pixel % 5] == b'#' { T::ONE } else { T::ZERO }
    });
    Letters { samples, names: PICTURES.map(|(name, _)| name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_is_complete_and_no_two_letters_are_alike() {
        let letters = letters::<f32>();
        assert_eq!(letters.names.iter().collect::<String>(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        for (name, rows) in PICTURES {
            assert!(rows.iter().all(|row| row.len() == 5), "{name}");
        }
        for i in 0..26 {
            for j in 0..i {
                let different = (letters.samples.column(i) - letters.samples.column(j)).abs().sum();
                assert!(different >= 2.0, "{} {}", letters.names[i], letters.names[j]);
            }
        }
    }
}
