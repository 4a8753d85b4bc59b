//! The loops of Gibbs sampling, in the widest instructions: thresholds in bulk, then comparisons and additions.

use nn_core::Real;
use nn_core::simd::Kernel;

/// Units that are looked at together before any of them is visited.
const BLOCK: usize = 8;

/// T ln(r/(1 − r)) − bᵢ: what Σⱼ wᵢⱼ uⱼ has to exceed. At temperature zero the number next to −bᵢ stands for a coin that shows 1
/// at a tie; at infinite temperature nothing counts but the coin.
#[inline(always)]
fn threshold_of<T: Real>(number: T, t: T, bias: T) -> T {
    if t == T::ZERO {
        let step = if bias == T::ZERO { T::from_f64(1e-30) } else { bias.abs() * T::EPSILON };
        if number > T::ZERO { -bias } else { -bias - step }
    } else {
        t * number - bias
    }
}

/// [`threshold_of`] every visit.
pub(crate) struct Thresholds<'a, T> {
    pub numbers: &'a [T],
    pub t: T,
    pub bias: &'a [T],
    pub order: Option<&'a [u32]>,
    pub thresholds: &'a mut [T],
}

impl<T: Real> Kernel for Thresholds<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { numbers, t, bias, order, thresholds } = self;
        if let Some(order) = order {
            for ((threshold, &number), &unit) in thresholds.iter_mut().zip(numbers).zip(order) {
                *threshold = threshold_of(number, t, bias[unit as usize]);
            }
            return;
        }
        for (thresholds, numbers) in thresholds.chunks_mut(bias.len()).zip(numbers.chunks(bias.len())) {
            for ((threshold, &number), &bias) in thresholds.iter_mut().zip(numbers).zip(bias) {
                *threshold = threshold_of(number, t, bias);
            }
        }
    }
}

/// r/(1 − r) from 31 bits each: r is uniform on the middles of 2³¹ intervals, and never 0, ½ or 1.
pub(crate) struct Odds<'a, T> {
    pub words: &'a [u8],
    pub odds: &'a mut [T],
}

impl<T: Real> Kernel for Odds<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (words, _) = self.words.as_chunks::<4>();
        for (odds, word) in self.odds.iter_mut().zip(words) {
            let bits = (u32::from_le_bytes(*word) >> 1) as i32;
            let (r, rest) = (f64::from(bits) + 0.5, f64::from(i32::MAX - bits) + 0.5);
            *odds = T::from_f64(r) / T::from_f64(rest);
        }
    }
}

/// The two ways to keep Σⱼ wᵢⱼ uⱼ.
pub(crate) trait Couplings<T>: Copy {
    type Sum: Copy;
    /// Adds the weights of a unit to the sums of all, or subtracts them.
    fn add(self, unit: usize, sums: &mut [Self::Sum], on: bool);
    fn value(sum: Self::Sum) -> T;
}

#[derive(Clone, Copy)]
pub(crate) struct WholeWeights<'a> {
    pub weights: &'a [i16],
    pub units: usize,
}

#[derive(Clone, Copy)]
pub(crate) struct RealWeights<'a, T> {
    pub weights: &'a [T],
    pub units: usize,
}

impl<T: Real> Couplings<T> for WholeWeights<'_> {
    type Sum = i32;

    #[inline(always)]
    fn add(self, unit: usize, sums: &mut [i32], on: bool) {
        let weights = &self.weights[unit * self.units..][..self.units];
        if on {
            for (sum, &w) in sums.iter_mut().zip(weights) {
                *sum += i32::from(w);
            }
        } else {
            for (sum, &w) in sums.iter_mut().zip(weights) {
                *sum -= i32::from(w);
            }
        }
    }

    #[inline(always)]
    fn value(sum: i32) -> T {
        T::from_f64(f64::from(sum))
    }
}

impl<T: Real> Couplings<T> for RealWeights<'_, T> {
    type Sum = T;

    #[inline(always)]
    fn add(self, unit: usize, sums: &mut [T], on: bool) {
        let weights = &self.weights[unit * self.units..][..self.units];
        if on {
            for (sum, &w) in sums.iter_mut().zip(weights) {
                *sum += w;
            }
        } else {
            for (sum, &w) in sums.iter_mut().zip(weights) {
                *sum -= w;
            }
        }
    }

    #[inline(always)]
    fn value(sum: T) -> T {
        sum
    }
}

pub(crate) struct AddColumn<'a, T, C: Couplings<T>> {
    pub couplings: C,
    pub unit: usize,
    pub sums: &'a mut [C::Sum],
    pub on: bool,
}

impl<T: Real, C: Couplings<T>> Kernel for AddColumn<'_, T, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.couplings.add(self.unit, self.sums, self.on);
    }
}

/// One or more sweeps: a unit becomes 1 when its sum exceeds its threshold.
pub(crate) struct Sweep<'a, T, C: Couplings<T>> {
    pub couplings: C,
    pub sums: &'a mut [C::Sum],
    pub thresholds: &'a [T],
    pub state: &'a mut [bool],
    /// The unit of every visit; without it all units in their order, again and again.
    pub order: Option<&'a [u32]>,
}

impl<T: Real, C: Couplings<T>> Kernel for Sweep<'_, T, C> {
    /// How many units changed.
    type Output = usize;

    #[inline(always)]
    fn run(self) -> usize {
        let Self { couplings, sums, thresholds, state, order } = self;
        let mut changed = 0;
        if let Some(order) = order {
            for (&unit, &threshold) in order.iter().zip(thresholds) {
                changed += visit(couplings, unit as usize, threshold, sums, state);
            }
            return changed;
        }
        for thresholds in thresholds.chunks_exact(state.len()) {
            let (blocks, rest) = thresholds.as_chunks::<BLOCK>();
            for (thresholds, first) in blocks.iter().zip((0..).step_by(BLOCK)) {
                changed += visit_block(couplings, first, thresholds, sums, state);
            }
            for (&threshold, unit) in rest.iter().zip(blocks.len() * BLOCK..) {
                changed += visit(couplings, unit, threshold, sums, state);
            }
        }
        changed
    }
}

/// Units one after the other, without a visit to those that stay: the first of all that would change, then, with the new sums, the
/// first behind it. Returns how many changed.
#[inline(always)]
fn visit_block<T: Real, C: Couplings<T>>(
    couplings: C,
    first: usize,
    thresholds: &[T; BLOCK],
    sums: &mut [C::Sum],
    state: &mut [bool],
) -> usize {
    let Some(state) = state[first..].first_chunk_mut::<BLOCK>() else { return 0 };
    // A bit a unit.
    let mut now = state.iter().enumerate().fold(0_u32, |bits, (lane, &on)| bits | u32::from(on) << lane);
    let (mut left, mut changed) = ((1 << BLOCK) - 1, 0);
    while let Some(block) = sums[first..].first_chunk::<BLOCK>() {
        let mut on = 0;
        for lane in 0..BLOCK {
            on |= u32::from(C::value(block[lane]) > thresholds[lane]) << lane;
        }
        let changes = (on ^ now) & left;
        if changes == 0 {
            break;
        }
        let lane = changes.trailing_zeros() as usize % BLOCK;
        state[lane] = !state[lane];
        couplings.add(first + lane, sums, state[lane]);
        now ^= 1 << lane;
        left &= !1 << lane;
        changed += 1;
    }
    changed
}

/// 1 if the unit changed, else 0.
#[inline(always)]
fn visit<T: Real, C: Couplings<T>>(
    couplings: C,
    unit: usize,
    threshold: T,
    sums: &mut [C::Sum],
    state: &mut [bool],
) -> usize {
    let on = C::value(sums[unit]) > threshold;
    if on == state[unit] {
        return 0;
    }
    state[unit] = on;
    couplings.add(unit, sums, on);
    1
}
