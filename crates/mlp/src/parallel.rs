//! The two stages of a step over rayon's threads: samples on the way forward and back, units for the weights.

use crate::step::{LayerBuffers, Pass, Samples, deltas, forward};
use crate::update::{Stepped, step_units};
use nn_core::{CoreError, Optimizer, Real, View, ViewMut};
use rayon::prelude::*;
use std::ops::Range;

/// Below this many floating-point operations a stage is faster on one thread: waking another takes as long.
const WORTH_SPLITTING: usize = 20_000_000;

/// Columns of a product that keep the arithmetic of the whole product (see [`nn_core::gemm`]).
pub(crate) const FEWEST_COLUMNS: usize = 6;

/// Into how many pieces to split so many columns with so many operations; nothing if not at all.
pub(crate) fn pieces(operations: usize, columns: usize) -> Option<usize> {
    if operations < WORTH_SPLITTING {
        return None;
    }
    let pieces = rayon::current_num_threads().min(columns / FEWEST_COLUMNS);
    (pieces > 1).then_some(pieces)
}

/// The beginning of every piece of so many columns, and the end.
fn cuts(columns: usize, pieces: usize) -> impl Iterator<Item = Range<usize>> {
    (0..pieces).map(move |piece| piece * columns / pieces..(piece + 1) * columns / pieces)
}

/// Splits off the first `size` values, or what there is.
fn take<'a, T>(rest: &mut &'a mut [T], size: usize) -> &'a mut [T] {
    let size = size.min(rest.len());
    let (first, others) = std::mem::take(rest).split_at_mut(size);
    *rest = others;
    first
}

pub(crate) fn forward_and_deltas<T: Real>(
    pass: &Pass<'_, T>,
    samples: &Samples<'_, T>,
    buffers: &mut [LayerBuffers<Vec<T>>],
    penalty_slope: &mut Vec<T>,
    losses: &mut [f64],
    pieces: usize,
) -> Result<(), CoreError> {
    struct Job<'a, T> {
        samples: Samples<'a, T>,
        layers: Vec<LayerBuffers<&'a mut [T]>>,
        losses: &'a mut [f64],
    }
    let outputs = pass.model.outputs();
    let mut whole: Vec<LayerBuffers<&mut [T]>> = buffers
        .iter_mut()
        .map(|LayerBuffers { net_input, output, delta }| LayerBuffers { net_input: &mut net_input[..], output, delta })
        .collect();
    let n = samples.inputs.ncols();
    let mut losses = losses;
    let mut jobs = Vec::with_capacity(pieces);
    for range in cuts(n, pieces) {
        let layers = whole.iter_mut().zip(pass.model.layers()).map(|(whole, layer)| {
            let size = layer.units() * range.len();
            let LayerBuffers { net_input, output, delta } = whole;
            LayerBuffers { net_input: take(net_input, size), output: take(output, size), delta: take(delta, size) }
        });
        let layers = layers.collect();
        let samples = Samples {
            inputs: samples.inputs.columns(range.clone())?,
            targets: &samples.targets[range.start * outputs..range.end * outputs],
            weights: samples.weights.map(|weights| &weights[range.clone()]),
        };
        jobs.push(Job { samples, layers, losses: take(&mut losses, range.len()) });
    }
    let Some(penalty) = &pass.penalty else {
        return jobs.into_par_iter().try_for_each(|mut job| {
            forward(pass.model, job.samples.inputs, &mut job.layers)?;
            deltas(pass, &job.samples, &[], &mut job.layers, job.losses)
        });
    };
    // The mean over all samples stands between the two ways.
    jobs.par_iter_mut().try_for_each(|job| forward(pass.model, job.samples.inputs, &mut job.layers))?;
    let outputs = jobs.iter().map(|job| &*job.layers[penalty.layer].output);
    penalty.slopes(outputs, n, pass.factor, pass.model.layers[penalty.layer].units(), penalty_slope);
    jobs.into_par_iter().try_for_each(|mut job| deltas(pass, &job.samples, penalty_slope, &mut job.layers, job.losses))
}

/// G ← X Δᵀ + `keep` · G.
pub(crate) fn weight_gradient<T: Real>(
    x: View<'_, T>,
    delta: View<'_, T>,
    keep: T,
    weight: &mut [T],
    pieces: usize,
) -> Result<(), CoreError> {
    let (mut weight, inputs) = (weight, x.nrows());
    let mut jobs = Vec::with_capacity(pieces);
    for range in cuts(delta.nrows(), pieces) {
        let weight = ViewMut::new(inputs, range.len(), take(&mut weight, inputs * range.len()))?;
        jobs.push((delta.rows(range)?, weight));
    }
    jobs.into_par_iter().try_for_each(|(delta, weight)| nn_core::dense::weight_gradient(T::ONE, x, delta, keep, weight))
}

/// [`step_units`] for every piece of the units.
pub(crate) fn step_pieces<T: Real>(
    optimizer: &Optimizer,
    x: View<'_, T>,
    delta: View<'_, T>,
    stepped: Stepped<'_, T>,
    slope: &mut Vec<T>,
    pieces: usize,
) -> Result<(), CoreError> {
    let inputs = x.nrows();
    let room = Stepped::<T>::room(inputs, delta.nrows().div_ceil(pieces));
    slope.resize(room * pieces, T::ZERO);
    let Stepped { steps, mut weight, mut first, mut second } = stepped;
    let mut jobs = Vec::with_capacity(pieces);
    for (range, slope) in cuts(delta.nrows(), pieces).zip(slope.chunks_exact_mut(room)) {
        let size = inputs * range.len();
        let stepped = Stepped {
            steps,
            weight: take(&mut weight, size),
            first: take(&mut first, size),
            second: take(&mut second, size),
        };
        jobs.push((delta.rows(range)?, stepped, slope));
    }
    jobs.into_par_iter().try_for_each(|(delta, stepped, slope)| step_units(optimizer, x, delta, stepped, slope))
}
