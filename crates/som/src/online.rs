//! Online training: Kohonen's rule, sample by sample, without an allocation a step.
//!
//! Moving the codebook costs more time than computing with it, so one pass over the units does the step towards one sample and
//! the search for the next. The arithmetic is that of [`Som::adapt`], sample after sample; h_ci comes from [`Influence`].

use crate::distance::{Nearest, measure};
use crate::influence::{Influence, Pull};
use crate::stripes::Stripes;
use crate::{Data, Distance, Som};
use nn_core::Real;
use nn_core::simd::{Kernel, dispatch};

/// wᵢ ← wᵢ + hᵢ (x − wᵢ), then the winner of the next sample: any distance, and missing values.
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

/// One epoch over the samples in this order; the weighted sum of the winners' distances. `pull` gives every step its rate and
/// radius. Samples are dense and at least one.
pub(crate) fn epoch<T: Real, E>(
    map: &mut Som<T>,
    data: &Data<'_, T>,
    order: &[usize],
    influence: &mut Influence<T>,
    pull: impl Fn(usize) -> Result<Pull, E>,
) -> Result<f64, E> {
    let (distance, missing) = (map.distance(), data.missing());
    let steps = Steps { data, order, distance, pull };
    if distance == Distance::Euclidean && !missing {
        return match T::BYTES {
            4 => in_stripes::<T, E, 16>(map, steps, influence),
            _ => in_stripes::<T, E, 8>(map, steps, influence),
        };
    }
    let first = dispatch(map.scan(data.dense(order[0], &mut Vec::new()), missing));
    steps.run(influence, first, |x, h, next| {
        let codebook = map.codebook_mut().as_mut_slice();
        dispatch(MoveAndSearch { codebook, x, h, next, distance, missing })
    })
}

fn in_stripes<T: Real, E, const L: usize>(
    map: &mut Som<T>,
    steps: Steps<'_, '_, T, impl Fn(usize) -> Result<Pull, E>>,
    influence: &mut Influence<T>,
) -> Result<f64, E> {
    let mut stripes = Stripes::<T, L>::new(map.codebook().as_slice(), map.features());
    let first = stripes.search(steps.data.dense(steps.order[0], &mut Vec::new()));
    let total = steps.run(influence, first, |x, h, next| stripes.move_and_search(x, h, next));
    stripes.write_to(map.codebook_mut().as_mut_slice());
    total
}

struct Steps<'a, 'd, T: Real, P> {
    data: &'a Data<'d, T>,
    order: &'a [usize],
    distance: Distance,
    pull: P,
}

impl<T: Real, E, P: Fn(usize) -> Result<Pull, E>> Steps<'_, '_, T, P> {
    /// `move_and_search` takes a sample, h of all units and the next sample, and gives the next winner.
    fn run(
        self,
        influence: &mut Influence<T>,
        first: Nearest<T>,
        mut move_and_search: impl FnMut(&[T], &[T], &[T]) -> Nearest<T>,
    ) -> Result<f64, E> {
        let Self { data, order, distance, pull } = self;
        let largest = data.largest_weight();
        let (mut buffer, mut next_buffer) = (Vec::new(), Vec::new());
        let (mut nearest, mut total) = (first, 0.0);
        for (position, &sample) in order.iter().enumerate() {
            let weight = data.weight(sample);
            total += weight * distance.unsquared(nearest.measure).to_f64();
            let mut pull = pull(position)?;
            pull.learning_rate *= weight / largest;
            let h = influence.of(nearest.first, pull);
            let x = data.dense(sample, &mut buffer);
            // After the last sample the search finds something that nobody asks for.
            let next = data.dense(order.get(position + 1).copied().unwrap_or(sample), &mut next_buffer);
            nearest = move_and_search(x, h, next);
        }
        Ok(total)
    }
}
