//! The nearest neighbor, exact and fast: squared Euclidean distances in integers, the lowest index on ties.

use datasets::Digits;
use nn_core::simd::{Kernel, dispatch};
use std::{ops::Range, thread};

/// Points of integer coordinates, one after the other.
pub struct Points<'a> {
    dimensions: usize,
    coordinates: &'a [i16],
    /// ‖x‖² of each.
    squares: Vec<i32>,
}

/// Points that stay in the first-level cache while all queries of a thread pass by.
const BLOCK: usize = 16;

impl<'a> Points<'a> {
    /// n · d coordinates, so small that no squared distance exceeds 31 bits: else the search would not be exact.
    pub fn new(dimensions: usize, coordinates: &'a [i16]) -> Self {
        let largest = coordinates.iter().map(|x| i64::from(x.unsigned_abs())).max().unwrap_or(0);
        assert!(4 * largest * largest * (dimensions as i64) < 1 << 31, "distances would overflow");
        let squares = coordinates.chunks_exact(dimensions).map(|x| dot(x, x)).collect();
        Self { dimensions, coordinates, squares }
    }

    fn len(&self) -> usize {
        self.squares.len()
    }

    fn point(&self, index: usize) -> &'a [i16] {
        &self.coordinates[self.dimensions * index..self.dimensions * (index + 1)]
    }
}

impl<'a> From<&'a Digits> for Points<'a> {
    fn from(digits: &'a Digits) -> Self {
        Self::new(digits.width() * digits.height(), digits.pixels())
    }
}

/// In this plain form the compiler finds the instruction that multiplies and adds pairs (pmaddwd). [`Points::new`]
/// excludes overflow; the checks of a test build would stop vectorization.
#[inline(always)]
fn dot(x: &[i16], y: &[i16]) -> i32 {
    x.iter().zip(y).fold(0, |sum, (&x, &y)| sum.wrapping_add(i32::from(x).wrapping_mul(i32::from(y))))
}

/// A squared distance and the index of the point that has it.
type Neighbor = (i32, usize);

/// The nearest among some points of each query, or what was known before; with `leave_one_out` a query is not its own
/// neighbor.
struct Search<'a> {
    points: &'a Points<'a>,
    among: Range<usize>,
    queries: &'a Points<'a>,
    first_query: usize,
    nearest: &'a mut [Neighbor],
    leave_one_out: bool,
}

impl Kernel for Search<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { points, among, queries, first_query, nearest, leave_one_out } = self;
        for block in among.clone().step_by(BLOCK) {
            for (query, best) in (first_query..).zip(nearest.iter_mut()) {
                for index in block..(block + BLOCK).min(among.end) {
                    // ‖a − b‖² = ‖a‖² + ‖b‖² − 2 a · b
                    let product = dot(points.point(index), queries.point(query));
                    let distance = points.squares[index] + queries.squares[query] - 2 * product;
                    if distance < best.0 && !(leave_one_out && query == index) {
                        *best = (distance, index);
                    }
                }
            }
        }
    }
}

/// Goes on with the search among further points, with all cores.
fn search(points: &Points, among: Range<usize>, queries: &Points, nearest: &mut [Neighbor], leave_one_out: bool) {
    let share = queries.len().div_ceil(thread::available_parallelism().map_or(1, usize::from));
    thread::scope(|scope| {
        for (worker, nearest) in nearest.chunks_mut(share).enumerate() {
            let (first_query, among) = (worker * share, among.clone());
            scope.spawn(move || dispatch(Search { points, among, queries, first_query, nearest, leave_one_out }));
        }
    });
}

/// For each point the index of its nearest other point.
#[allow(dead_code, reason = "only one of the two test programs leaves one out")]
pub fn nearest_other(points: &Points) -> Vec<usize> {
    let mut nearest = vec![(i32::MAX, usize::MAX); points.len()];
    search(points, 0..points.len(), points, &mut nearest, true);
    nearest.into_iter().map(|(_, index)| index).collect()
}

/// Errors in all test digits, in the first 5,000 and in the others, with the first `sizes[0]`, `sizes[1]`, ... training
/// digits: a test digit is an error when its nearest training digit has another label. Sizes ascend.
pub fn errors<const N: usize>(train: &Digits, test: &Digits, sizes: [usize; N]) -> [(usize, usize, usize); N] {
    let (points, queries) = (Points::from(train), Points::from(test));
    let mut nearest = vec![(i32::MAX, usize::MAX); queries.len()];
    let mut searched = 0;
    sizes.map(|size| {
        search(&points, searched..size, &queries, &mut nearest, false);
        searched = size;
        let wrong = |&(&(_, index), &label): &(&Neighbor, &usize)| train.labels()[index] != label;
        let pairs = || nearest.iter().zip(test.labels());
        let first_half = pairs().take(5000).filter(wrong).count();
        let all = pairs().filter(wrong).count();
        (all, first_half, all - first_half)
    })
}

#[test]
fn the_search_finds_what_the_definition_finds() {
    let mut stream = nn_core::Stream::new(1967).named("nearest neighbor");
    // Coordinates of few values, so that there are ties.
    let mut draw = |count: usize| (0..count * 5).map(|_| stream.below(5) as i16 - 2).collect::<Vec<i16>>();
    let (points, queries) = (draw(300), draw(101));
    let distance = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(a, b)| i32::from(a - b).pow(2)).sum::<i32>();
    let expected: Vec<usize> = queries
        .chunks_exact(5)
        .map(|query| (0..300).min_by_key(|&index| distance(&points[5 * index..5 * index + 5], query)).unwrap())
        .collect();
    let (points, queries) = (Points::new(5, &points), Points::new(5, &queries));
    let mut nearest = vec![(i32::MAX, usize::MAX); 101];
    search(&points, 0..7, &queries, &mut nearest, false);
    search(&points, 7..300, &queries, &mut nearest, false);
    assert_eq!(nearest.iter().map(|&(_, index)| index).collect::<Vec<_>>(), expected);

    let mut others = vec![(i32::MAX, usize::MAX); 300];
    search(&points, 0..300, &points, &mut others, true);
    assert!(others.iter().enumerate().all(|(index, &(_, other))| index != other));
}
