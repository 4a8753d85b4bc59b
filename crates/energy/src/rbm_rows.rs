//! Sums of few rows of a matrix: a layer's net inputs from the list of the units that are 1, and the update by lists.

use nn_core::Real;
use nn_core::simd::Kernel;

/// Numbers that are summed in registers.
const TILE: usize = 64;

/// The units that are 1 in each of some samples.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists {
    starts: Vec<u32>,
    units: Vec<u32>,
}

impl Lists {
    /// Of the samples, if all their values are 0 or 1; `features` numbers a sample.
    pub fn of_samples<T: Real>(samples: &[T], features: usize) -> Option<Self> {
        if samples.iter().any(|&value| value != T::ZERO && value != T::ONE) {
            return None;
        }
        let mut lists = Self::default();
        lists.clear();
        for sample in samples.chunks_exact(features) {
            lists.units.extend((0..).zip(sample).filter(|(_, value)| **value == T::ONE).map(|(unit, _)| unit));
            lists.starts.push(lists.units.len() as u32);
        }
        Some(lists)
    }

    pub fn clear(&mut self) {
        self.starts.clear();
        self.starts.push(0);
        self.units.clear();
    }

    /// Appends the list of a sample of bytes 0 and 1.
    pub fn push(&mut self, states: &[u8]) {
        let before = self.units.len();
        // Every number is written, and stays only if its unit is 1: no branch.
        self.units.resize(before + states.len(), 0);
        let mut end = before;
        for (unit, &state) in states.iter().enumerate() {
            self.units[end] = unit as u32;
            end += usize::from(state);
        }
        self.units.truncate(end);
        self.starts.push(end as u32);
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    #[inline(always)]
    pub fn of(&self, sample: usize) -> &[u32] {
        &self.units[self.starts[sample] as usize..self.starts[sample + 1] as usize]
    }

    /// For each of `count` units the samples in which it is 1, from these samples.
    pub fn transpose(&self, samples: &[usize], count: usize, transposed: &mut Self) {
        transposed.starts.clear();
        transposed.starts.resize(count + 1, 0);
        for &sample in samples {
            for &unit in self.of(sample) {
                transposed.starts[unit as usize + 1] += 1;
            }
        }
        for unit in 0..count {
            transposed.starts[unit + 1] += transposed.starts[unit];
        }
        transposed.units.clear();
        transposed.units.resize(transposed.starts[count] as usize, 0);
        // Each start moves to its end, which is the start of the next: moved back below.
        for (position, &sample) in samples.iter().enumerate() {
            for &unit in self.of(sample) {
                let at = &mut transposed.starts[unit as usize];
                transposed.units[*at as usize] = position as u32;
                *at += 1;
            }
        }
        transposed.starts.rotate_right(1);
        transposed.starts[0] = 0;
    }
}

/// One column of results a list: `start` plus the rows that the list names. `rows` are `start.len()` numbers each.
pub(crate) struct SumRows<'a, T> {
    pub rows: &'a [T],
    pub lists: &'a Lists,
    /// The list of each result.
    pub samples: &'a [usize],
    pub start: &'a [T],
    pub sums: &'a mut [T],
}

impl<T: Real> Kernel for SumRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { rows, lists, samples, start, sums } = self;
        let width = start.len();
        let tiled = width - width % TILE;
        // Tile by tile, so that a tile of all rows stays in the cache for every sample.
        for tile in (0..tiled).step_by(TILE) {
            for (&sample, sums) in samples.iter().zip(sums.chunks_exact_mut(width)) {
                let mut lanes = [T::ZERO; TILE];
                lanes.copy_from_slice(&start[tile..tile + TILE]);
                for &row in lists.of(sample) {
                    add_tile(&mut lanes, &rows[row as usize * width + tile..]);
                }
                sums[tile..tile + TILE].copy_from_slice(&lanes);
            }
        }
        if tiled == width {
            return;
        }
        for (&sample, sums) in samples.iter().zip(sums.chunks_exact_mut(width)) {
            let rest = &mut sums[tiled..];
            rest.copy_from_slice(&start[tiled..]);
            for &row in lists.of(sample) {
                for (sum, &value) in rest.iter_mut().zip(&rows[row as usize * width + tiled..]) {
                    *sum += value;
                }
            }
        }
    }
}

#[inline(always)]
fn add_tile<T: Real>(lanes: &mut [T; TILE], row: &[T]) {
    let row = &row[..TILE];
    for lane in 0..TILE {
        lanes[lane] += row[lane];
    }
}

#[inline(always)]
fn subtract_tile<T: Real>(lanes: &mut [T; TILE], row: &[T]) {
    let row = &row[..TILE];
    for lane in 0..TILE {
        lanes[lane] -= row[lane];
    }
}

/// row ← keep · row + rate (Σ of the positive columns in its list − Σ of the negative columns in its other list).
pub(crate) struct UpdateRows<'a, T> {
    pub rows: &'a mut [T],
    pub width: usize,
    pub positive: (&'a Lists, &'a [T]),
    pub negative: (&'a Lists, &'a [T]),
    pub rate: T,
    pub keep: T,
}

impl<T: Real> Kernel for UpdateRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { rows, width, positive, negative, rate, keep } = self;
        let tiled = width - width % TILE;
        for (unit, row) in rows.chunks_exact_mut(width).enumerate() {
            let (plus, minus) = (positive.0.of(unit), negative.0.of(unit));
            if plus.is_empty() && minus.is_empty() && keep == T::ONE {
                continue;
            }
            for tile in (0..tiled).step_by(TILE) {
                let mut lanes = [T::ZERO; TILE];
                for &column in plus {
                    add_tile(&mut lanes, &positive.1[column as usize * width + tile..]);
                }
                for &column in minus {
                    subtract_tile(&mut lanes, &negative.1[column as usize * width + tile..]);
                }
                let row = &mut row[tile..tile + TILE];
                for lane in 0..TILE {
                    row[lane] = keep * row[lane] + rate * lanes[lane];
                }
            }
            for (at, value) in row.iter_mut().enumerate().skip(tiled) {
                let mut sum = T::ZERO;
                for &column in plus {
                    sum += positive.1[column as usize * width + at];
                }
                for &column in minus {
                    sum -= negative.1[column as usize * width + at];
                }
                *value = keep * *value + rate * sum;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::simd::{Path, dispatch, limit};
    use nn_core::{Matrix, Stream};

    #[test]
    fn sums_and_updates_by_lists_are_the_products() {
        for (features, width) in [(7, 5), (20, 64), (13, 150)] {
            let mut stream = Stream::new(width as u64);
            let samples = Matrix::from_fn(features, 9, |_, _| f64::from(stream.below(2)));
            let rows = Matrix::from_fn(width, features, |_, _| stream.normal());
            let start: Vec<f64> = (0..width).map(|_| stream.normal()).collect();
            let lists = Lists::of_samples(samples.as_slice(), features).unwrap();
            assert_eq!(lists.len(), 9);
            let order = [4, 0, 8, 3];
            let chosen = samples.select_columns(&order);
            let mut sums = Matrix::zeros(width, 4);
            dispatch(SumRows {
                rows: rows.as_slice(),
                lists: &lists,
                samples: &order,
                start: &start,
                sums: sums.as_mut_slice(),
            });
            let expected = &rows * &chosen + Matrix::from_fn(width, 4, |i, _| start[i]);
            assert!((&sums - expected).amax() < 1e-12);

            let mut again = Lists::default();
            again.clear();
            for sample in chosen.column_iter() {
                again.push(&sample.iter().map(|&value| value as u8).collect::<Vec<_>>());
            }
            let (mut plus, mut minus) = (Lists::default(), Lists::default());
            lists.transpose(&order, features, &mut plus);
            again.transpose(&[0, 1, 2], features, &mut minus);
            let update = || {
                let mut moved = rows.clone();
                let (positive, negative) = ((&plus, sums.as_slice()), (&minus, sums.as_slice()));
                dispatch(UpdateRows { rows: moved.as_mut_slice(), width, positive, negative, rate: 0.5, keep: 0.9 });
                moved
            };
            let moved = update();
            let first = chosen.columns(0, 3).into_owned();
            let change = &sums * chosen.transpose() - sums.columns(0, 3) * first.transpose();
            assert!((&moved - (&rows * 0.9 + change * 0.5)).amax() < 1e-12);
            limit(Path::Portable);
            assert_eq!(update(), moved);
            limit(Path::Avx512);
        }
        assert!(Lists::of_samples(&[0.0, 0.5], 2).is_none());
    }
}
