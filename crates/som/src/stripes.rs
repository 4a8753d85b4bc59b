//! The codebook for online training: some units side by side, feature by feature, so that one pass moves them towards one
//! sample and measures them against the next without ever adding up the lanes of a vector.
//!
//! Distances are those of the definition to the last bit: [`reduce`](nn_core::simd::reduce) adds 16 lanes of features as a tree,
//! and here the same tree is climbed for all units of a stripe at once.

use crate::aligned::Aligned;
use crate::distance::Nearest;
use nn_core::Real;
use nn_core::simd::{Kernel, LANES, dispatch};

/// Units of a stripe, L of them: one vector of AVX-512, two of AVX2.
pub(crate) struct Stripes<T, const L: usize> {
    features: usize,
    /// Stripe s, feature k, unit u at (s D + k) L + u; copies of the last unit behind it,
    /// which lose every tie.
    values: Aligned<T>,
    /// h of the units, in the same order.
    h: Aligned<T>,
}

impl<T: Real, const L: usize> Stripes<T, L> {
    pub fn new(codebook: &[T], features: usize) -> Self {
        let units = codebook.len() / features;
        let stripes = units.div_ceil(L);
        let mut values = Aligned::filled(T::ZERO, stripes * features * L);
        let (lanes, _) = values.as_mut_slice().as_chunks_mut::<L>();
        for place in 0..stripes * L {
            let w = &codebook[place.min(units - 1) * features..][..features];
            for (to, &from) in lanes[place / L * features..].iter_mut().zip(w) {
                to[place % L] = from;
            }
        }
        Self { features, values, h: Aligned::filled(T::ZERO, stripes * L) }
    }

    pub fn write_to(&self, codebook: &mut [T]) {
        let (lanes, _) = self.values.as_slice().as_chunks::<L>();
        for (unit, w) in codebook.chunks_exact_mut(self.features).enumerate() {
            for (to, from) in w.iter_mut().zip(&lanes[unit / L * self.features..]) {
                *to = from[unit % L];
            }
        }
    }

    /// The winner of a sample; nothing moves.
    pub fn search(&mut self, x: &[T]) -> Nearest<T> {
        self.h.as_mut_slice().fill(T::ZERO);
        dispatch(MoveAndSearch { stripes: self, x, next: x })
    }

    /// wᵢ ← wᵢ + hᵢ (x − wᵢ), then the winner of the next sample.
    pub fn move_and_search(&mut self, x: &[T], h: &[T], next: &[T]) -> Nearest<T> {
        let (own, copies) = self.h.as_mut_slice().split_at_mut(h.len());
        own.copy_from_slice(h);
        copies.fill(h.last().copied().unwrap_or(T::ZERO));
        dispatch(MoveAndSearch { stripes: self, x, next })
    }
}

struct MoveAndSearch<'a, T, const L: usize> {
    stripes: &'a mut Stripes<T, L>,
    x: &'a [T],
    next: &'a [T],
}

impl<T: Real, const L: usize> Kernel for MoveAndSearch<'_, T, L> {
    type Output = Nearest<T>;

    #[inline(always)]
    fn run(self) -> Nearest<T> {
        // Where features are few, deciding which there are costs as much as the arithmetic.
        match self.stripes.features {
            2 => self.few::<2>(),
            3 => self.few::<3>(),
            4 => self.few::<4>(),
            5 => self.few::<5>(),
            6 => self.few::<6>(),
            7 => self.few::<7>(),
            8 => self.few::<8>(),
            _ => self.many(),
        }
    }
}

impl<T: Real, const L: usize> MoveAndSearch<'_, T, L> {
    #[inline(always)]
    fn many(self) -> Nearest<T> {
        let Self { stripes: Stripes { features, values, h, .. }, x, next } = self;
        let (x, next) = (&x[..*features], &next[..*features]);
        let mut winners = Winners::new();
        let (values, _) = values.as_mut_slice().as_chunks_mut::<L>();
        for (w, h) in values.chunks_exact_mut(*features).zip(h.as_slice().as_chunks().0) {
            let mut climb = Climb { w: w.as_chunks_mut(), x: x.as_chunks(), next: next.as_chunks(), h };
            let measures = if moves(h) { climb.tree::<true>() } else { climb.tree::<false>() };
            winners.offer(&measures);
        }
        winners.nearest()
    }

    /// F features, 2 to 8.
    #[inline(always)]
    fn few<const F: usize>(self) -> Nearest<T> {
        let Self { stripes: Stripes { values, h, .. }, x, next } = self;
        let (Some(x), Some(next)) = (x.first_chunk::<F>(), next.first_chunk::<F>()) else { return Nearest::NONE };
        let mut winners = Winners::new();
        let (values, _) = values.as_mut_slice().as_chunks_mut::<L>();
        for (w, h) in values.as_chunks_mut::<F>().0.iter_mut().zip(h.as_slice().as_chunks().0) {
            let mut bush = Bush { w, x, next, h };
            let measures = if moves(h) { bush.tree::<true>() } else { bush.tree::<false>() };
            winners.offer(&measures);
        }
        winners.nearest()
    }
}

#[inline(always)]
fn moves<T: Real, const L: usize>(h: &[T; L]) -> bool {
    h.iter().fold(false, |moves, h| moves | (*h != T::ZERO))
}

/// Of every lane the smallest measure and its stripe, the first of equals; stripes as numbers of type T, so that both fit the
/// same vectors.
struct Winners<T, const L: usize> {
    best: [T; L],
    place: [T; L],
    number: T,
}

impl<T: Real, const L: usize> Winners<T, L> {
    #[inline(always)]
    fn new() -> Self {
        Self { best: [T::INFINITY; L], place: [T::ZERO; L], number: T::ZERO }
    }

    /// The next stripe.
    #[inline(always)]
    fn offer(&mut self, measures: &[T; L]) {
        for ((&measure, best), place) in measures.iter().zip(&mut self.best).zip(&mut self.place) {
            let nearer = measure < *best;
            *best = if nearer { measure } else { *best };
            *place = if nearer { self.number } else { *place };
        }
        self.number += T::ONE;
    }

    #[inline(always)]
    fn nearest(&self) -> Nearest<T> {
        let mut nearest = Nearest::NONE;
        for lane in 0..L {
            let (measure, unit) = (self.best[lane], self.place[lane].to_f64() as usize * L + lane);
            if measure < nearest.measure || (measure == nearest.measure && unit < nearest.first) {
                nearest = Nearest { first: unit, measure, ..nearest };
            }
        }
        nearest
    }
}

/// One stripe of few features, and the two samples.
struct Bush<'a, T, const L: usize, const F: usize> {
    w: &'a mut [[T; L]; F],
    x: &'a [T; F],
    next: &'a [T; F],
    h: &'a [T; L],
}

impl<T: Real, const L: usize, const F: usize> Bush<'_, T, L, F> {
    /// As [`Climb::tree`], without its empty branches.
    #[inline(always)]
    fn tree<const MOVES: bool>(&mut self) -> [T; L] {
        let mut measures = self.branch::<MOVES>(0);
        if F > 2 {
            add(&mut measures, &self.branch::<MOVES>(2));
        }
        let mut odd = self.branch::<MOVES>(1);
        if F > 3 {
            add(&mut odd, &self.branch::<MOVES>(3));
        }
        add(&mut measures, &odd);
        measures
    }

    #[inline(always)]
    fn branch<const MOVES: bool>(&mut self, first: usize) -> [T; L] {
        let mut sums = self.leaf::<MOVES>(first);
        if first + 4 < F {
            add(&mut sums, &self.leaf::<MOVES>(first + 4));
        }
        sums
    }

    #[inline(always)]
    fn leaf<const MOVES: bool>(&mut self, feature: usize) -> [T; L] {
        let mut squares = [T::ZERO; L];
        let (x, next) = (self.x[feature], self.next[feature]);
        step::<T, L, MOVES>(&mut squares, &mut self.w[feature], self.h, x, next);
        squares
    }
}

/// One stripe, and the two samples, in chunks of 16 features and a rest.
struct Climb<'a, T, const L: usize> {
    w: (&'a mut [[[T; L]; LANES]], &'a mut [[T; L]]),
    x: (&'a [[T; LANES]], &'a [T]),
    next: (&'a [[T; LANES]], &'a [T]),
    h: &'a [T; L],
}

impl<T: Real, const L: usize> Climb<'_, T, L> {
    /// Moves the units and gives their squared distances from the next sample: the tree of `reduce` from its leaves, lanes of
    /// features 8 apart, then 4, then 2, then 1. Where there are fewer features than lanes, branches are empty.
    #[inline(always)]
    fn tree<const MOVES: bool>(&mut self) -> [T; L] {
        let features = if self.x.0.is_empty() { self.x.1.len() } else { LANES };
        let mut measures = self.branch::<MOVES, 0>();
        if features > 2 {
            add(&mut measures, &self.branch::<MOVES, 2>());
        }
        if features > 1 {
            let mut odd = self.branch::<MOVES, 1>();
            if features > 3 {
                add(&mut odd, &self.branch::<MOVES, 3>());
            }
            add(&mut measures, &odd);
        }
        measures
    }

    /// Lanes FIRST, FIRST + 8, FIRST + 4 and FIRST + 12 of the features.
    #[inline(always)]
    fn branch<const MOVES: bool, const FIRST: usize>(&mut self) -> [T; L] {
        let h = self.h;
        // One array a lane of features: an array of arrays would not stay in registers.
        let (mut s_0, mut s_4, mut s_8, mut s_12) = ([T::ZERO; L], [T::ZERO; L], [T::ZERO; L], [T::ZERO; L]);
        for ((w, x), next) in self.w.0.iter_mut().zip(self.x.0).zip(self.next.0) {
            step::<T, L, MOVES>(&mut s_0, &mut w[FIRST], h, x[FIRST], next[FIRST]);
            step::<T, L, MOVES>(&mut s_8, &mut w[FIRST + 8], h, x[FIRST + 8], next[FIRST + 8]);
            step::<T, L, MOVES>(&mut s_4, &mut w[FIRST + 4], h, x[FIRST + 4], next[FIRST + 4]);
            step::<T, L, MOVES>(&mut s_12, &mut w[FIRST + 12], h, x[FIRST + 12], next[FIRST + 12]);
        }
        if !self.x.1.is_empty() {
            self.rest::<MOVES>(&mut s_0, FIRST);
            self.rest::<MOVES>(&mut s_8, FIRST + 8);
            self.rest::<MOVES>(&mut s_4, FIRST + 4);
            self.rest::<MOVES>(&mut s_12, FIRST + 12);
        }
        add(&mut s_0, &s_8);
        add(&mut s_4, &s_12);
        add(&mut s_0, &s_4);
        s_0
    }

    #[inline(always)]
    fn rest<const MOVES: bool>(&mut self, sums: &mut [T; L], lane: usize) {
        if let (Some(w), Some(&x), Some(&next)) = (self.w.1.get_mut(lane), self.x.1.get(lane), self.next.1.get(lane)) {
            step::<T, L, MOVES>(sums, w, self.h, x, next);
        }
    }
}

#[inline(always)]
fn step<T: Real, const L: usize, const MOVES: bool>(sums: &mut [T; L], w: &mut [T; L], h: &[T; L], x: T, next: T) {
    if MOVES {
        for lane in 0..L {
            w[lane] += h[lane] * (x - w[lane]);
        }
    }
    for lane in 0..L {
        let difference = w[lane] - next;
        sums[lane] += difference * difference;
    }
}

#[inline(always)]
fn add<T: Real, const L: usize>(sums: &mut [T; L], others: &[T; L]) {
    for lane in 0..L {
        sums[lane] += others[lane];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Distance;
    use crate::distance::Scan;
    use nn_core::Stream;

    /// Every step against the plain loop and the search by definition, bit by bit.
    fn check<T: Real, const L: usize>() {
        let mut stream = Stream::new(1982).named("stripes");
        for (features, units) in [
            (1, 1),
            (1, 40),
            (2, 17),
            (3, 16),
            (4, 35),
            (5, 33),
            (6, 70),
            (7, 18),
            (8, 20),
            (9, 20),
            (16, 20),
            (17, 9),
            (37, 31),
            (784, 5),
        ] {
            let mut draw = |count: usize| {
                let mut values = vec![T::ZERO; count];
                stream.fill_normal(&mut values, 0.0, 1.0);
                values
            };
            let mut codebook = draw(features * units);
            // Ties: the last unit is the first again.
            codebook.copy_within(..features, features * (units - 1));
            let mut stripes = Stripes::<T, L>::new(&codebook, features);
            for time in 0..6 {
                let (x, next, mut h) = (draw(features), draw(features), draw(units));
                // Some units stay, in later steps most of them, and in one step all.
                h.iter_mut().enumerate().filter(|(unit, _)| unit % 5 < time).for_each(|(_, h)| *h = T::ZERO);
                h.iter_mut().for_each(|h| *h = h.abs().min(T::ONE));
                let found = stripes.move_and_search(&x, &h, &next);
                for (w, &h) in codebook.chunks_exact_mut(features).zip(&h) {
                    w.iter_mut().zip(&x).for_each(|(w, &x)| *w += h * (x - *w));
                }
                let scan = Scan { distance: Distance::Euclidean, codebook: &codebook, x: &next, missing: false };
                let expected = dispatch(scan);
                assert_eq!((found.first, found.measure), (expected.first, expected.measure), "{features} x {units}");
                let again = stripes.search(&next);
                assert_eq!((again.first, again.measure), (expected.first, expected.measure), "{features} x {units}");
                let mut written = vec![T::ZERO; codebook.len()];
                stripes.write_to(&mut written);
                assert_eq!(written, codebook, "{features} x {units}");
            }
        }
    }

    #[test]
    fn stripes_move_and_search_as_the_plain_loops_do() {
        check::<f32, 16>();
        check::<f64, 8>();
    }
}
