//! Patterns to learn: five digits, and the same ones moved.

use super::SIDE;

/// Five digits of 8 × 8 pixels in the middle of the field: the patterns 0 to 4. The paper's own bitmaps are not in its text.
pub fn digits() -> [Vec<f64>; 5] {
    const DIGITS: [[&str; 8]; 5] = [
        ["..####..", ".#....#.", "#......#", "#......#", "#......#", "#......#", ".#....#.", "..####.."],
        ["...##...", "..#.#...", ".#..#...", "....#...", "....#...", "....#...", "....#...", "....#..."],
        ["..####..", ".#....#.", "......#.", ".....#..", "....#...", "...#....", "..#.....", ".######."],
        [".######.", ".....#..", "....#...", "...###..", "......#.", "......#.", ".#....#.", "..####.."],
        ["....##..", "...#.#..", "..#..#..", ".#...#..", ".#######", ".....#..", ".....#..", ".....#.."],
    ];
    DIGITS.map(|rows| {
        let mut pattern = vec![0.0; SIDE * SIDE];
        for (y, row) in rows.iter().enumerate() {
            for (x, pixel) in row.bytes().enumerate() {
                pattern[(y + 4) * SIDE + x + 4] = f64::from(pixel == b'#');
            }
        }
        pattern
    })
}

/// A pattern moved down and to the right; what leaves the field is lost.
pub fn moved(pattern: &[f64], down: i64, right: i64) -> Vec<f64> {
    let side = SIDE as i64;
    let at = |y: i64, x: i64| {
        let inside = (0..side).contains(&y) && (0..side).contains(&x);
        if inside { pattern.get((y * side + x) as usize).copied().unwrap_or(0.0) } else { 0.0 }
    };
    (0..side * side)
        .map(|place| at((place / side).saturating_sub(down), (place % side).saturating_sub(right)))
        .collect()
}
