//! Batch training: every unit becomes the weighted mean of all samples.
//!
//! wᵢ = Σₙ h_{c(n)i} xₙ / Σₙ h_{c(n)i}, with the winners c(n) under the codebook at the beginning of the epoch. Samples with
//! the same winner share their h, so they are added up first: S_c = Σ xₙ and n_c over the samples won by c ([`Sums`]), then
//! wᵢ = Σ_c h_ci S_c / Σ_c h_ci n_c. A Gaussian is a product over the axes of the lattice: its sum over c runs along the rows,
//! then along the columns, instead of over all pairs of units.
//!
//! Sums are in `f64` and in the order of the samples, so they depend neither on the element type's rounding nor on threads.

use crate::data::Samples;
use crate::distance::{BestMatch, Nearest};
use crate::packing::Packing;
use crate::pieces::{in_pieces, wake};
use crate::search::search;
use crate::smoothing::{Axes, Combine, SmoothBlock};
use crate::sums::{COLUMNS, Sums};
use crate::{Data, Distance, Neighborhood, Som};
use nn_core::simd::dispatch;
use nn_core::{Real, math};

/// A unit whose denominator is smaller keeps its reference vector: its quotient would be made of subnormal numbers.
const SMALLEST_DENOMINATOR: f64 = 1e-290;

/// Memory for the epochs of a training: what is given back and taken anew costs the system more than to fill it.
pub(crate) struct Memory<T> {
    packing: Packing<T>,
    winners: Vec<BestMatch<T>>,
    sums: Sums,
}

impl<T: Real> Memory<T> {
    pub fn new(units: usize, data: &Data<'_, T>) -> Self {
        let winners = vec![BestMatch::from(Nearest::NONE); data.len()];
        Self { packing: Packing::default(), winners, sums: Sums::new(units, data) }
    }
}

/// Finds every sample's winner, then sets every reference vector to the weighted mean of the samples. Returns the weighted sum
/// of the distances from the winners.
pub(crate) fn epoch<T: Real>(
    map: &mut Som<T>,
    data: &Data<'_, T>,
    memory: &mut Memory<T>,
    neighborhood: Neighborhood,
    radius: f64,
) -> f64 {
    let Memory { packing, winners, sums } = memory;
    let (units, features) = (map.units(), data.features());
    // All that one core does alone comes first, while the others wake up.
    wake(units.saturating_mul(data.len()));
    let axes = neighborhood.separable().filter(|_| radius > 0.0).map(|k| {
        Axes::new(map.lattice(), |distance| {
            let ratio = distance / radius;
            math::exp(-k * ratio * ratio)
        })
    });
    search(map, data, packing, winners, false);
    let total = add_up(sums, data, winners, map.distance(), axes.as_ref());
    let Sums { layout, rows } = &*sums;
    let lattice = *map.lattice();
    let codebook = map.codebook_mut().as_mut_slice();
    if axes.is_some() {
        // Divisions, of numbers that are far apart.
        let cost = 16 * features;
        let set_means = |(): &mut (), unit: usize, w: &mut [T]| {
            layout.set_means(|block| &rows[block * units + unit], SMALLEST_DENOMINATOR, w);
        };
        in_pieces(codebook, features, cost, || (), set_means);
    } else {
        let is_empty = |&unit: &usize| rows.iter().skip(unit).step_by(units).flatten().all(|&sum| sum == 0.0);
        let occupied: Vec<usize> = (0..units).filter(|unit| !is_empty(unit)).collect();
        // A weight costs an exponential and more.
        let cost = occupied.len() * (64 + 2 * layout.blocks());
        let scratch = || (Vec::with_capacity(occupied.len()), vec![[0.0; COLUMNS]; layout.blocks()]);
        in_pieces(codebook, features, cost, scratch, |(terms, output), unit, w| {
            let term = |&c: &usize| (c, neighborhood.weight(lattice.squared_distance(unit, c), radius));
            terms.clear();
            terms.extend(occupied.iter().map(term).filter(|&(_, h)| h != 0.0));
            dispatch(Combine { terms, units, rows, output });
            layout.set_means(|block| &output[block], SMALLEST_DENOMINATOR, w);
        });
    }
    total
}

/// Adds up all blocks, and smooths each if there are axes. Returns the weighted sum of the distances from the winners. As many
/// cores can help as there are blocks; sparse samples, of which the search takes far longer, are added on one.
fn add_up<T: Real>(
    sums: &mut Sums,
    data: &Data<'_, T>,
    winners: &[BestMatch<T>],
    distance: Distance,
    axes: Option<&Axes>,
) -> f64 {
    let mut total = sums.add_sparse(data, winners, distance);
    let Sums { layout, rows } = sums;
    let dense = matches!(data.samples, Samples::Dense(_));
    let cost = if dense { 8 * winners.len() } else { 0 } + axes.map_or(0, Axes::cost);
    let scratch = || vec![[0.0; COLUMNS]; axes.map_or(0, Axes::scratch)];
    // Of every block its sums and its part of the total.
    let mut blocks: Vec<_> = rows.chunks_mut(layout.units).map(|block| (block, 0.0)).collect();
    in_pieces(&mut blocks, 1, cost, scratch, |seen, number, blocks| {
        for (block, total) in blocks {
            if let Samples::Dense(values) = data.samples {
                block.fill([0.0; COLUMNS]);
                *total = dispatch(layout.add_up(data, values, winners, distance, number, block));
            }
            if let Some(axes) = axes {
                dispatch(SmoothBlock { axes, block, used: layout.used(number), seen });
            }
        }
    });
    blocks.iter().for_each(|(_, part)| total += part);
    total
}
