//! [`UnitBits`]: patterns transposed, 8 patterns of one unit to a byte.

use crate::Patterns;

/// Units of a block.
pub(crate) const LANES: usize = 64;

/// Units in blocks of 64, and for every 8 patterns one row of a block: byte i of it has the patterns of unit i, one a bit.
pub(crate) struct UnitBits {
    units: usize,
    patterns: usize,
    /// Blocks one after the other, the rows of one together.
    rows: Vec<[u8; LANES]>,
}

impl UnitBits {
    pub(crate) fn of(patterns: &Patterns) -> Self {
        let (units, count) = (patterns.units(), patterns.len());
        let bytes = count.div_ceil(8);
        let mut rows = vec![[0; LANES]; units.div_ceil(LANES) * bytes];
        for (block, rows) in rows.chunks_exact_mut(bytes.max(1)).enumerate() {
            for (group, rows) in rows.chunks_mut(8).enumerate() {
                let mut square = [0; 64];
                for (bit, line) in square.iter_mut().take(count - 64 * group).enumerate() {
                    *line = patterns.words_of(64 * group + bit)[block];
                }
                transpose(&mut square);
                for (byte, row) in rows.iter_mut().enumerate() {
                    for (lane, word) in row.iter_mut().zip(&square) {
                        *lane = (word >> (8 * byte)) as u8;
                    }
                }
            }
        }
        Self { units, patterns: count, rows }
    }

    pub(crate) fn units(&self) -> usize {
        self.units
    }

    pub(crate) fn patterns(&self) -> usize {
        self.patterns
    }

    /// The rows of the units from 64 `block` on.
    #[inline(always)]
    pub(crate) fn block(&self, block: usize) -> &[[u8; LANES]] {
        let bytes = self.patterns.div_ceil(8);
        &self.rows[block * bytes..][..bytes]
    }
}

/// A square of 64 × 64 bits on its side: halves change places, then halves of halves.
fn transpose(square: &mut [u64; 64]) {
    let (mut width, mut mask) = (32, 0x0000_0000_ffff_ffff_u64);
    while width > 0 {
        for k in (0..64).filter(|k| k & width == 0) {
            let swapped = (square[k] >> width ^ square[k + width]) & mask;
            square[k] ^= swapped << width;
            square[k + width] ^= swapped;
        }
        width /= 2;
        mask ^= mask << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::Stream;

    #[test]
    fn every_bit_finds_its_place() {
        for (units, count) in [(1, 1), (64, 64), (65, 63), (130, 200)] {
            let patterns = Patterns::random(units, count, &mut Stream::new(64)).unwrap();
            let bits = UnitBits::of(&patterns);
            for unit in 0..units {
                for pattern in 0..count {
                    let byte = bits.block(unit / LANES)[pattern / 8][unit % LANES];
                    let bit = byte >> (pattern % 8) & 1 == 1;
                    assert_eq!(bit, patterns.get(pattern, unit), "{units} {count}: {pattern} {unit}");
                }
            }
        }
    }
}
