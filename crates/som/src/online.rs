//! Online training: Kohonen's rule, sample by sample, without an allocation a step.
//!
//! One pass over the units does the steps towards some samples and measures the next, so that every value is loaded once for
//! all of it. The arithmetic is that of [`Som::adapt`], sample after sample; h_ci comes from [`Influence`].

use crate::distance::{Nearest, measure};
use crate::influence::{Influence, Pull};
use crate::stripes::Stripes;
use crate::{Data, Distance, Neighborhood, Som};
use nn_core::Real;
use nn_core::simd::{Kernel, dispatch};

/// One epoch over the samples in this order; the weighted sum of the winners' distances. `pull` gives every step its rate and
/// radius. Samples are dense and at least one.
pub(crate) fn epoch<T: Real, E>(
    map: &mut Som<T>,
    data: &Data<'_, T>,
    order: &[usize],
    influence: &mut Influence<T>,
    pull: impl Fn(usize) -> Result<Pull, E>,
) -> Result<f64, E> {
    let distance = map.distance();
    let samples = Ordered { data, order };
    // The bound on rounding in stripes wants h between 0 and 1.
    let mexican_hat = pull(0)?.neighborhood == Neighborhood::MexicanHat;
    if distance == Distance::Euclidean && !data.missing() && !mexican_hat {
        return match T::BYTES {
            4 => run(InStripes::<T, 16>::new(map, samples), samples, distance, influence, pull),
            _ => run(InStripes::<T, 8>::new(map, samples), samples, distance, influence, pull),
        };
    }
    run(OneByOne::new(map, samples), samples, distance, influence, pull)
}

fn run<T: Real, E>(
    mut walk: impl Walk<T>,
    samples: Ordered<'_, '_, T>,
    distance: Distance,
    influence: &mut Influence<T>,
    pull: impl Fn(usize) -> Result<Pull, E>,
) -> Result<f64, E> {
    let largest = samples.data.largest_weight();
    let mut total = 0.0;
    for (position, &sample) in samples.order.iter().enumerate() {
        let nearest = walk.nearest(position);
        let weight = samples.data.weight(sample);
        total += weight * distance.unsquared(nearest.measure).to_f64();
        let mut pull = pull(position)?;
        pull.learning_rate *= weight / largest;
        walk.step(position, influence.of(nearest.first, pull));
    }
    walk.finish();
    Ok(total)
}

#[derive(Clone, Copy)]
struct Ordered<'a, 'd, T: Real> {
    data: &'a Data<'d, T>,
    order: &'a [usize],
}

impl<'d, T: Real> Ordered<'_, 'd, T> {
    /// The sample of this step; behind the last, the last: what is measured there, nobody asks for.
    fn get(&self, position: usize) -> &'d [T] {
        self.data.row(self.order[position.min(self.order.len() - 1)]).unwrap_or_default()
    }
}

/// A codebook and the samples in their order. Positions ascend from 0; every one is asked for its winner, then stepped from.
trait Walk<T> {
    /// The winner of the sample at this position, after all steps before it.
    fn nearest(&mut self, position: usize) -> Nearest<T>;
    /// wᵢ ← wᵢ + hᵢ (x − wᵢ) with h of all units.
    fn step(&mut self, position: usize, h: &[T]);
    /// All steps are in the codebook of the map.
    fn finish(self);
}

/// Two steps a pass: [`Stripes`].
struct InStripes<'a, 'd, T: Real, const L: usize> {
    map: &'a mut Som<T>,
    samples: Ordered<'a, 'd, T>,
    stripes: Stripes<T, L>,
}

impl<'a, 'd, T: Real, const L: usize> InStripes<'a, 'd, T, L> {
    fn new(map: &'a mut Som<T>, samples: Ordered<'a, 'd, T>) -> Self {
        let stripes = Stripes::new(map.codebook().as_slice(), map.features());
        Self { map, samples, stripes }
    }

    /// The planned steps, made before the two samples from this position on are measured.
    fn pass(&mut self, position: usize) {
        let before = position.saturating_sub(2);
        let pair = |position| [self.samples.get(position), self.samples.get(position + 1)];
        self.stripes.pass(pair(before), pair(position));
    }
}

impl<T: Real, const L: usize> Walk<T> for InStripes<'_, '_, T, L> {
    fn nearest(&mut self, position: usize) -> Nearest<T> {
        let x = self.samples.get(position);
        if position % 2 == 1 {
            return self.stripes.second(self.samples.get(position - 1), x);
        }
        self.pass(position);
        self.stripes.first(x)
    }

    fn step(&mut self, position: usize, h: &[T]) {
        let step = position % 2;
        self.stripes.plan(step, h);
        if step == 0 {
            // If this was the last sample, no second step follows.
            self.stripes.cancel(1);
        }
    }

    fn finish(mut self) {
        let steps = self.samples.order.len();
        self.pass(steps + steps % 2);
        self.stripes.write_to(self.map.codebook_mut().as_mut_slice());
    }
}

/// A step a pass: any distance, any h, and missing values.
struct OneByOne<'a, 'd, T: Real> {
    map: &'a mut Som<T>,
    samples: Ordered<'a, 'd, T>,
    nearest: Nearest<T>,
}

impl<'a, 'd, T: Real> OneByOne<'a, 'd, T> {
    fn new(map: &'a mut Som<T>, samples: Ordered<'a, 'd, T>) -> Self {
        let nearest = dispatch(map.scan(samples.get(0), samples.data.missing()));
        Self { map, samples, nearest }
    }
}

impl<T: Real> Walk<T> for OneByOne<'_, '_, T> {
    fn nearest(&mut self, _: usize) -> Nearest<T> {
        self.nearest
    }

    fn step(&mut self, position: usize, h: &[T]) {
        let (x, next) = (self.samples.get(position), self.samples.get(position + 1));
        let (distance, missing) = (self.map.distance(), self.samples.data.missing());
        let codebook = self.map.codebook_mut().as_mut_slice();
        self.nearest = dispatch(MoveAndSearch { codebook, x, h, next, distance, missing });
    }

    fn finish(self) {}
}

/// wᵢ ← wᵢ + hᵢ (x − wᵢ), then the winner of the next sample.
struct MoveAndSearch<'a, T> {
    codebook: &'a mut [T],
    x: &'a [T],
    h: &'a [T],
    next: &'a [T],
    distance: Distance,
    missing: bool,
}

impl<T: Real> Kernel for MoveAndSearch<'_, T> {
    type Output = Nearest<T>;

    #[inline(always)]
    fn run(self) -> Nearest<T> {
        let Self { codebook, x, h, next, distance, missing } = self;
        let mut nearest = Nearest::NONE;
        for (unit, (w, &h)) in codebook.chunks_exact_mut(x.len().max(1)).zip(h).enumerate() {
            if h != T::ZERO && missing {
                for (w, &x) in w.iter_mut().zip(x) {
                    *w += if x.is_finite() { h * (x - *w) } else { T::ZERO };
                }
            } else if h != T::ZERO {
                for (w, &x) in w.iter_mut().zip(x) {
                    *w += h * (x - *w);
                }
            }
            nearest.offer(unit, measure(distance, w, next, missing));
        }
        nearest
    }
}
