//! The codebook for online training with Euclidean distance: some units side by side, feature by feature, so that one pass
//! makes two steps and measures the two samples after them: every value is loaded and stored once for both. No lane of a vector
//! is ever added to another.
//!
//! The winner of the second sample is sought before the first has moved a unit. With a the first sample, b the second and
//! w' = w + h (a − w) a unit after the first step,
//!
//! ‖b − w'‖² = (1 − h)‖b − w‖² + h ‖b − a‖² − h (1 − h)‖a − w‖²
//!
//! up to rounding. Rounding has a bound; of all units that it leaves in question the distance is measured by definition.
//! Winners, ties and distances are those of the plain loops to the last bit.

use crate::aligned::Aligned;
use crate::distance::Nearest;
use crate::rounding::Rounding;
use nn_core::Real;
use nn_core::simd::{Kernel, LANES, Path, dispatch, path, squared_distance};

/// Units of a stripe, L of them: one vector of AVX-512, two of AVX2.
pub(crate) struct Stripes<T, const L: usize> {
    units: usize,
    features: usize,
    /// Stripe s, feature k, unit u at (s D + k) L + u; copies of the last unit behind it.
    values: Aligned<T>,
    /// h of the units in the two steps to come, in the same order.
    h: [Aligned<T>; 2],
    /// Squared distances from the two samples of these steps before the first of them, summed in another order than by
    /// definition, and on some paths with fewer roundings.
    squared: [Aligned<T>; 2],
    /// At least so large are the squared distances from the second sample, by definition, after the first step.
    least: Aligned<T>,
    /// The largest absolute value that was ever in the codebook or in a sample. Steps with h between 0 and 1 exceed it by
    /// roundings at most.
    largest: T,
    /// The last winner's distance.
    expected: T,
    /// Units whose distance is measured by definition.
    questionable: Vec<usize>,
    /// One of them.
    unit: Vec<T>,
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
        let places = || Aligned::filled(T::ZERO, stripes * L);
        Self {
            units,
            features,
            values,
            h: [places(), places()],
            squared: [places(), places()],
            least: places(),
            largest: largest(codebook),
            expected: T::ZERO,
            questionable: Vec::with_capacity(units),
            unit: vec![T::ZERO; features],
        }
    }

    pub fn write_to(&self, codebook: &mut [T]) {
        let (lanes, _) = self.values.as_slice().as_chunks::<L>();
        for (unit, w) in codebook.chunks_exact_mut(self.features).enumerate() {
            for (to, from) in w.iter_mut().zip(&lanes[unit / L * self.features..]) {
                *to = from[unit % L];
            }
        }
    }

    /// h of every unit, between 0 and 1, in the first (0) or second (1) of the steps to come.
    pub fn plan(&mut self, step: usize, h: &[T]) {
        let (own, copies) = self.h[step].as_mut_slice().split_at_mut(self.units);
        own.copy_from_slice(h);
        copies.fill(h.last().copied().unwrap_or(T::ZERO));
    }

    /// Without the first (0) or second (1) of the steps to come.
    pub fn cancel(&mut self, step: usize) {
        self.h[step].as_mut_slice().fill(T::ZERO);
    }

    /// wᵢ ← wᵢ + hᵢ (x − wᵢ) for both samples x, one after the other, and the squared distances from the next two. The plans
    /// stay as they are.
    pub fn pass(&mut self, x: [&[T]; 2], next: [&[T]; 2]) {
        let Self { features, values, h, squared, .. } = self;
        let features = *features;
        match path() {
            Path::Portable => dispatch(Pass::<T, L, false> { features, values, h, squared, x, next }),
            _ => dispatch(Pass::<T, L, true> { features, values, h, squared, x, next }),
        }
        self.largest = next.iter().fold(self.largest, |all, x| all.max(largest(x)));
    }

    /// The winner of the first sample.
    pub fn first(&mut self, x: &[T]) -> Nearest<T> {
        let Rounding { relative, absolute } = Rounding::of_sums(self.features);
        let smallest = dispatch(Smallest::<T, L>(self.squared[0].as_slice()));
        let threshold = smallest * ((T::ONE + relative) / (T::ONE - relative)) + absolute;
        let squared = &self.squared[0].as_slice()[..self.units];
        dispatch(Questionable { squared, threshold, units: &mut self.questionable });
        let nearest = self.decide(None, x);
        self.expected = nearest.measure.sqrt();
        nearest
    }

    /// The winner of the second sample b after the planned step towards the first, a.
    pub fn second(&mut self, a: &[T], b: &[T]) -> Nearest<T> {
        let rounding = Rounding::after_step(self.features, self.largest, self.expected);
        let Self { h: [h, _], squared: [from_a, from_b], least, .. } = self;
        let apart = squared_distance(a, b);
        let threshold = dispatch(AfterStep::<T, L> { h, from_a, from_b, apart, rounding, least });
        let squared = &least.as_slice()[..self.units];
        dispatch(Questionable { squared, threshold, units: &mut self.questionable });
        self.decide(Some(a), b)
    }

    /// The nearest of the questionable units by definition, after the planned step towards a sample if there is one.
    fn decide(&mut self, towards: Option<&[T]>, x: &[T]) -> Nearest<T> {
        let (lanes, _) = self.values.as_slice().as_chunks::<L>();
        let mut nearest = Nearest::NONE;
        for &unit in &self.questionable {
            let h = self.h[0].as_slice()[unit];
            for (to, from) in self.unit.iter_mut().zip(&lanes[unit / L * self.features..]) {
                *to = from[unit % L];
            }
            if let Some(a) = towards {
                self.unit.iter_mut().zip(a).for_each(|(w, &a)| *w += h * (a - *w));
            }
            nearest.offer(unit, squared_distance(&self.unit, x));
        }
        nearest
    }
}

fn largest<T: Real>(values: &[T]) -> T {
    values.iter().fold(T::ZERO, |largest, value| largest.max(value.abs()))
}

/// FUSED: squares are added without rounding them first.
struct Pass<'a, T, const L: usize, const FUSED: bool> {
    features: usize,
    values: &'a mut Aligned<T>,
    h: &'a [Aligned<T>; 2],
    squared: &'a mut [Aligned<T>; 2],
    x: [&'a [T]; 2],
    next: [&'a [T]; 2],
}

impl<T: Real, const L: usize, const FUSED: bool> Kernel for Pass<'_, T, L, FUSED> {
    type Output = ();
    const AVX2: bool = FUSED;
    const AVX512: bool = FUSED;

    #[inline(always)]
    fn run(self) {
        let Self { features, values, h: [h_0, h_1], squared: [from_0, from_1], x, next } = self;
        let (values, _) = values.as_mut_slice().as_chunks_mut::<L>();
        let h = h_0.as_slice().as_chunks().0.iter().zip(h_1.as_slice().as_chunks().0);
        let squared = from_0.as_mut_slice().as_chunks_mut().0.iter_mut().zip(from_1.as_mut_slice().as_chunks_mut().0);
        for ((w, (h_0, h_1)), (from_0, from_1)) in values.chunks_exact_mut(features).zip(h).zip(squared) {
            let mut moves = false;
            for lane in 0..L {
                moves |= (h_0[lane] != T::ZERO) | (h_1[lane] != T::ZERO);
            }
            [*from_0, *from_1] = match moves {
                true => stripe::<T, L, true, FUSED>(w, [h_0, h_1], x, next),
                false => stripe::<T, L, false, FUSED>(w, [h_0, h_1], x, next),
            };
        }
    }
}

/// Two steps of one stripe, and its squared distances from the two samples after them.
#[inline(always)]
fn stripe<T: Real, const L: usize, const MOVES: bool, const FUSED: bool>(
    w: &mut [[T; L]],
    h: [&[T; L]; 2],
    x: [&[T]; 2],
    next: [&[T]; 2],
) -> [[T; L]; 2] {
    // One array a sample: an array of arrays would not stay in registers. Two features at a time, so that one does not wait
    // for the other.
    let (mut from_0, mut from_1) = ([T::ZERO; L], [T::ZERO; L]);
    let (w, w_rest) = w.as_chunks_mut::<2>();
    let ([x_0, x_1], [x_0_rest, x_1_rest]) = pairs(x);
    let ([next_0, next_1], [next_0_rest, next_1_rest]) = pairs(next);
    for ((((w, x_0), x_1), next_0), next_1) in w.iter_mut().zip(x_0).zip(x_1).zip(next_0).zip(next_1) {
        let [mut even, mut odd] = *w;
        if MOVES {
            approach(&mut even, h[0], x_0[0]);
            approach(&mut odd, h[0], x_0[1]);
            approach(&mut even, h[1], x_1[0]);
            approach(&mut odd, h[1], x_1[1]);
            *w = [even, odd];
        }
        add_squares::<T, L, FUSED>(&mut from_0, &even, next_0[0]);
        add_squares::<T, L, FUSED>(&mut from_1, &even, next_1[0]);
        add_squares::<T, L, FUSED>(&mut from_0, &odd, next_0[1]);
        add_squares::<T, L, FUSED>(&mut from_1, &odd, next_1[1]);
    }
    if let ([w], [x_0], [x_1], [next_0], [next_1]) = (w_rest, x_0_rest, x_1_rest, next_0_rest, next_1_rest) {
        if MOVES {
            approach(w, h[0], *x_0);
            approach(w, h[1], *x_1);
        }
        add_squares::<T, L, FUSED>(&mut from_0, w, *next_0);
        add_squares::<T, L, FUSED>(&mut from_1, w, *next_1);
    }
    [from_0, from_1]
}

/// Both samples in pairs of features, and what is left.
#[inline(always)]
fn pairs<T>(samples: [&[T]; 2]) -> ([&[[T; 2]]; 2], [&[T]; 2]) {
    let [(first, first_rest), (second, second_rest)] = samples.map(<[T]>::as_chunks);
    ([first, second], [first_rest, second_rest])
}

/// w ← w + h (x − w)
#[inline(always)]
fn approach<T: Real, const L: usize>(w: &mut [T; L], h: &[T; L], x: T) {
    for lane in 0..L {
        w[lane] += h[lane] * (x - w[lane]);
    }
}

#[inline(always)]
fn add_squares<T: Real, const L: usize, const FUSED: bool>(sums: &mut [T; L], w: &[T; L], x: T) {
    for lane in 0..L {
        let difference = w[lane] - x;
        let sum = sums[lane];
        sums[lane] = if FUSED { difference.mul_add(difference, sum) } else { difference * difference + sum };
    }
}

/// The smallest of many numbers.
struct Smallest<'a, T, const L: usize>(&'a [T]);

impl<T: Real, const L: usize> Kernel for Smallest<'_, T, L> {
    type Output = T;

    #[inline(always)]
    fn run(self) -> T {
        let mut smallest = [T::INFINITY; L];
        for values in self.0.as_chunks::<L>().0 {
            for lane in 0..L {
                smallest[lane] = smallest[lane].min(values[lane]);
            }
        }
        smallest.iter().fold(T::INFINITY, |all, &value| all.min(value))
    }
}

/// The least that the squared distances from the second sample can be after the planned step towards the first; gives what
/// the smallest of them cannot exceed.
struct AfterStep<'a, T, const L: usize> {
    h: &'a Aligned<T>,
    from_a: &'a Aligned<T>,
    from_b: &'a Aligned<T>,
    /// ‖b − a‖²
    apart: T,
    rounding: Rounding<T>,
    least: &'a mut Aligned<T>,
}

impl<T: Real, const L: usize> Kernel for AfterStep<'_, T, L> {
    type Output = T;

    #[inline(always)]
    fn run(self) -> T {
        let Self { h, from_a, from_b, apart, rounding: Rounding { relative, absolute }, least } = self;
        let [h, from_a, from_b] = [h, from_a, from_b].map(|values: &Aligned<T>| values.as_slice().as_chunks::<L>().0);
        let mut threshold = [T::INFINITY; L];
        for (((least, h), from_a), from_b) in
            least.as_mut_slice().as_chunks_mut::<L>().0.iter_mut().zip(h).zip(from_a).zip(from_b)
        {
            for lane in 0..L {
                let stays = T::ONE - h[lane];
                let positive = stays * from_b[lane] + h[lane] * apart;
                let negative = h[lane] * stays * from_a[lane];
                let (squared, all) = (positive - negative, positive + negative);
                let rounding = relative * all + absolute;
                least[lane] = squared - rounding;
                threshold[lane] = threshold[lane].min(squared + rounding);
            }
        }
        threshold.iter().fold(T::INFINITY, |all, &value| all.min(value))
    }
}

/// The units whose value is not above the threshold, in ascending order; what cannot be compared is not above it.
struct Questionable<'a, T> {
    squared: &'a [T],
    threshold: T,
    units: &'a mut Vec<usize>,
}

impl<T: Real> Kernel for Questionable<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { squared, threshold, units } = self;
        units.clear();
        let above = |value: T| value > threshold;
        let (chunks, rest) = squared.as_chunks::<LANES>();
        for (chunk, first) in chunks.iter().zip((0..).step_by(LANES)) {
            let mut all = true;
            for &value in chunk {
                all &= above(value);
            }
            if !all {
                units.extend((0..LANES).filter(|&lane| !above(chunk[lane])).map(|lane| first + lane));
            }
        }
        let first = squared.len() - rest.len();
        units.extend((0..rest.len()).filter(|&lane| !above(rest[lane])).map(|lane| first + lane));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Distance;
    use crate::distance::Scan;
    use nn_core::Stream;

    /// Steps against the plain loop and the search by definition, bit by bit, on a codebook and samples of this kind.
    fn check<T: Real, const L: usize>(kind: &str, mut value: impl FnMut(&mut Stream) -> f64) {
        let mut stream = Stream::new(1982).named("stripes");
        let sizes = [
            (1, 1),
            (1, 40),
            (2, 17),
            (3, 16),
            (4, 35),
            (5, 33),
            (7, 18),
            (8, 20),
            (9, 20),
            (16, 20),
            (17, 9),
            (37, 31),
            (784, 5),
        ];
        for (features, units) in sizes {
            let case = format!("{kind}, {features} x {units}");
            let mut draw = |count: usize| (0..count).map(|_| T::from_f64(value(&mut stream))).collect::<Vec<T>>();
            let mut codebook = draw(features * units);
            // Ties: the last unit is the first again.
            codebook.copy_within(..features, features * (units - 1));
            let mut stripes = Stripes::<T, L>::new(&codebook, features);
            let mut samples = [draw(features), draw(features)];
            stripes.pass([&samples[0], &samples[1]], [&samples[0], &samples[1]]);
            for time in 0..6 {
                let mut h_stream = Stream::new(time as u64).named("h");
                for step in 0..2 {
                    let x = &samples[step];
                    let found = match step {
                        0 => stripes.first(x),
                        _ => stripes.second(&samples[0], x),
                    };
                    let scan = Scan { distance: Distance::Euclidean, codebook: &codebook, x, missing: false };
                    let expected = dispatch(scan);
                    assert_eq!((found.first, found.measure), (expected.first, expected.measure), "{case}, step {step}");
                    // Some units stay, in later steps most of them, and in one step all; some land on the sample.
                    let mut h: Vec<T> = (0..units).map(|_| T::from_f64(h_stream.uniform())).collect();
                    h.iter_mut().skip(3).step_by(7).for_each(|h| *h = T::ONE);
                    h.iter_mut().enumerate().filter(|(unit, _)| unit % 5 < time).for_each(|(_, h)| *h = T::ZERO);
                    stripes.plan(step, &h);
                    for (w, &h) in codebook.chunks_exact_mut(features).zip(&h) {
                        w.iter_mut().zip(x).for_each(|(w, &x)| *w += h * (x - *w));
                    }
                }
                let next = [draw(features), draw(features)];
                stripes.pass([&samples[0], &samples[1]], [&next[0], &next[1]]);
                let mut written = vec![T::ZERO; codebook.len()];
                stripes.write_to(&mut written);
                assert_eq!(written, codebook, "{case}");
                samples = next;
            }
        }
    }

    fn on_every_path(test: impl Fn()) {
        for path in [Path::Portable, Path::Avx2, Path::Avx512] {
            nn_core::simd::limit(path);
            test();
        }
    }

    #[test]
    fn two_steps_a_pass_are_two_steps() {
        on_every_path(|| {
            check::<f32, 16>("normal", |stream| stream.normal());
            check::<f64, 8>("normal", |stream| stream.normal());
        });
    }

    #[test]
    fn winners_are_those_of_the_definition_where_only_rounding_tells_units_apart() {
        // Everything within a few numbers of 1, or of 1000; squares that underflow; whole numbers, with many ties.
        let steps = |stream: &mut Stream| stream.below(5) as f64;
        on_every_path(|| {
            check::<f32, 16>("near 1", |stream| 1.0 + f64::from(f32::EPSILON) * steps(stream));
            check::<f64, 8>("near 1", |stream| 1.0 + f64::EPSILON * steps(stream));
            check::<f32, 16>("near 1000", |stream| 1000.0 + 1e-4 * stream.normal());
            check::<f32, 16>("tiny", |stream| 1e-23 * stream.normal());
            check::<f64, 8>("tiny", |stream| 1e-162 * stream.normal());
            check::<f32, 16>("whole", |stream| steps(stream));
            check::<f32, 16>("zero", |_| 0.0);
        });
    }
}
