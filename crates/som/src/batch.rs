//! Batch training: every unit becomes the weighted mean of all samples.
//!
//! wᵢ = Σₙ h_{c(n)i} xₙ / Σₙ h_{c(n)i}, with the winners c(n) under the codebook at the beginning of the epoch. Samples with
//! the same winner share their h, so they are added up first: S_c = Σ xₙ and n_c over the samples won by c ([`Sums`]), then
//! wᵢ = Σ_c h_ci S_c / Σ_c h_ci n_c. A Gaussian is a product over the axes of the lattice: its sum over c runs along the rows,
//! then along the columns, instead of over all pairs of units.
//!
//! Sums are in `f64` and in the order of the samples, so they depend neither on the element type's rounding nor on threads.

use crate::data::Samples;
use crate::distance::Nearest;
use crate::pieces::in_pieces;
use crate::smoothing::{Axes, Combine, SmoothBlock};
use crate::sums::{COLUMNS, Row, Sums};
use crate::{Data, Distance, Neighborhood, Som};
use nn_core::simd::dispatch;
use nn_core::{Real, math};

/// A unit whose denominator is smaller keeps its reference vector: its quotient would be made of subnormal numbers.
const SMALLEST_DENOMINATOR: f64 = 1e-290;

/// Sets every reference vector to the weighted mean of the samples, given every sample's winner. Returns the weighted sum of
/// the distances from the winners.
pub(crate) fn update<T: Real>(
    map: &mut Som<T>,
    data: &Data<'_, T>,
    winners: &[Nearest<T>],
    neighborhood: Neighborhood,
    radius: f64,
) -> f64 {
    let (units, features) = (map.units(), data.features());
    let mut sums = Sums::zeros(units, data);
    match neighborhood.separable() {
        Some(k) if radius > 0.0 => {
            let axes = Axes::new(map.lattice(), |distance| {
                let ratio = distance / radius;
                math::exp(-k * ratio * ratio)
            });
            let total = add_up(&mut sums, data, winners, map.distance(), Some(&axes));
            let Sums { layout, rows } = &sums;
            // Divisions, of numbers that are far apart.
            in_pieces(
                map.codebook_mut().as_mut_slice(),
                features,
                16 * features,
                || (),
                |(), unit, w| {
                    layout.set_means(|block| &rows[block * units + unit], SMALLEST_DENOMINATOR, w);
                },
            );
            total
        }
        _ => {
            let total = add_up(&mut sums, data, winners, map.distance(), None);
            let Sums { layout, rows } = &sums;
            let is_empty = |&unit: &usize| rows.iter().skip(unit).step_by(units).flatten().all(|&sum| sum == 0.0);
            let occupied: Vec<usize> = (0..units).filter(|unit| !is_empty(unit)).collect();
            let lattice = *map.lattice();
            // A weight costs an exponential and more.
            let cost = occupied.len() * (64 + 2 * layout.blocks());
            let scratch = || (Vec::with_capacity(occupied.len()), vec![[0.0; COLUMNS]; layout.blocks()]);
            in_pieces(map.codebook_mut().as_mut_slice(), features, cost, scratch, |(terms, output), unit, w| {
                let term = |&c: &usize| (c, neighborhood.weight(lattice.squared_distance(unit, c), radius));
                terms.clear();
                terms.extend(occupied.iter().map(term).filter(|&(_, h)| h != 0.0));
                dispatch(Combine { terms, units, rows, output });
                layout.set_means(|block| &output[block], SMALLEST_DENOMINATOR, w);
            });
            total
        }
    }
}

/// What is added up over the samples on one core.
enum Piece<'a> {
    Block(usize, &'a mut [Row]),
    Distances(&'a mut f64),
}

/// Adds up all blocks, and smooths each if there are axes. Returns the weighted sum of the distances from the winners. As many
/// cores can help as there are blocks; sparse samples, of which the search takes far longer, are added on one.
fn add_up<T: Real>(
    sums: &mut Sums,
    data: &Data<'_, T>,
    winners: &[Nearest<T>],
    distance: Distance,
    axes: Option<&Axes>,
) -> f64 {
    sums.add_sparse(data, winners);
    let Sums { layout, rows } = sums;
    let dense = matches!(data.samples, Samples::Dense(_));
    let cost = if dense { 8 * winners.len() } else { 0 } + axes.map_or(0, Axes::cost);
    let scratch = || vec![[0.0; COLUMNS]; axes.map_or(0, Axes::scratch)];
    let mut total = 0.0;
    let blocks = rows.chunks_mut(layout.units).enumerate();
    let mut pieces: Vec<_> = blocks.map(|(number, block)| Piece::Block(number, block)).collect();
    pieces.push(Piece::Distances(&mut total));
    in_pieces(&mut pieces, 1, cost, scratch, |seen, _, pieces| {
        for piece in pieces {
            match piece {
                Piece::Block(number, block) => {
                    if let Samples::Dense(values) = data.samples {
                        dispatch(layout.add_up(data, values, winners, *number, block));
                    }
                    if let Some(axes) = axes {
                        dispatch(SmoothBlock { axes, block, seen });
                    }
                }
                Piece::Distances(total) => {
                    let distances = winners.iter().map(|winner| distance.unsquared(winner.measure).to_f64());
                    **total = distances.enumerate().map(|(sample, distance)| data.weight(sample) * distance).sum();
                }
            }
        }
    });
    total
}
