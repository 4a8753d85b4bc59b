//! Chunks of samples through the whole network, and their sum.

use super::front::{Group, Order};
use super::tail::Tail;
use super::{CHUNK, LANES};
use crate::augment::Augmentation;
use crate::network::LayerGradient;
use crate::{Cnn, CnnError, Layer, Objective};
use nn_core::{Matrix, Real, Stream};
use std::ops::Range;

/// Sums that run beside each other: chunk c goes into sum c modulo this, and the sums are added in order.
const SUMS: usize = 16;

/// What is asked of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode<T> {
    /// First derivatives, each sample's times the factor.
    Gradient { objective: Objective, factor: T },
    /// The diagonal of second derivatives, each sample's times the factor.
    Curvature { objective: Objective, factor: T },
}

/// Samples and targets by their place in an order.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a, T: Real> {
    pub samples: &'a Matrix<T>,
    pub targets: &'a Matrix<T>,
    pub order: &'a [usize],
    /// How samples change before they are seen, and the stream of this epoch.
    pub augmentation: Option<(&'a Augmentation, &'a Stream)>,
    /// The stream of this epoch for dropout.
    pub dropout: Option<&'a Stream>,
}

/// Which values dropout drops, for the places from `first` on.
#[derive(Clone, Copy)]
pub(crate) struct Masks<'a> {
    pub stream: &'a Stream,
    pub first: usize,
}

impl Masks<'_> {
    /// 0 with the probability `rate`, 1/(1 − rate) otherwise, column by column.
    pub fn draw<T: Real>(&self, rate: f64, layer: usize, columns: usize, mask: &mut [T]) {
        let kept = T::from_f64(1.0 / (1.0 - rate));
        let layer = self.stream.named("layer").at(layer as u64).named("place");
        for (column, mask) in mask.chunks_exact_mut(mask.len() / columns).enumerate() {
            let mut stream = layer.at((self.first + column) as u64);
            mask.iter_mut().for_each(|mask| *mask = if stream.uniform() < rate { T::ZERO } else { kept });
        }
    }
}

impl<'a, T: Real> Source<'a, T> {
    /// Samples as they are.
    pub fn plain(samples: &'a Matrix<T>, targets: &'a Matrix<T>, order: &'a [usize]) -> Self {
        Self { samples, targets, order, augmentation: None, dropout: None }
    }

    /// The sample at a place of the order, as it is seen, into a buffer.
    pub fn sample(&self, place: usize, buffer: &mut [T]) {
        let sample = column(self.samples, self.order[place]);
        match self.augmentation {
            Some((augmentation, stream)) => augmentation.draw(sample, buffer, &mut stream.at(place as u64)),
            None => buffer.copy_from_slice(sample),
        }
    }

    /// The sample at a place of the order, where it lies or changed in the buffer.
    pub fn sample_or<'b>(&self, place: usize, buffer: &'b mut [T]) -> &'b [T]
    where
        'a: 'b,
    {
        if self.augmentation.is_none() {
            return column(self.samples, self.order[place]);
        }
        self.sample(place, buffer);
        buffer
    }

    /// The target at a place of the order.
    pub fn target(&self, place: usize) -> &'a [T] {
        column(self.targets, self.order[place])
    }
}

fn column<T: Real>(matrix: &Matrix<T>, column: usize) -> &[T] {
    &matrix.as_slice()[column * matrix.nrows()..][..matrix.nrows()]
}

/// What a batch adds up besides the gradient.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sum {
    /// Σ E_n
    pub loss: f64,
    /// Samples whose class was not the marked one.
    pub mistakes: usize,
}

/// The buffers of one chunk.
struct Workspace<T> {
    groups: Vec<Group<T>>,
    tail: Tail<T>,
    columns: Vec<T>,
    targets: Vec<T>,
    losses: Vec<f64>,
}

impl<T: Real> Workspace<T> {
    /// For the first `layers` layers.
    fn new(model: &Cnn<T>, layers: usize, samples: usize, backward: bool) -> Self {
        let front = model.front().min(layers);
        let size = CHUNK.min(samples.max(1));
        let groups = (0..size.div_ceil(LANES)).map(|_| Group::new(model, front, backward)).collect();
        Self {
            groups,
            tail: Tail::new(model, front, layers, size, backward),
            columns: vec![T::ZERO; model.input().units() * size],
            targets: vec![T::ZERO; model.outputs() * size],
            losses: vec![0.0; size],
        }
    }

    /// The first `size` samples of `columns` on their way up.
    fn forward(&mut self, model: &Cnn<T>, size: usize, masks: Option<Masks<'_>>) -> Result<(), CnnError> {
        let units = model.input().units();
        let features = self.tail.input.len() / self.losses.len();
        for (samples, group) in self.columns[..units * size].chunks(units * LANES).zip(&mut self.groups) {
            group.load(samples);
            group.forward(model)?;
        }
        for (column, input) in self.tail.input[..features * size].chunks_exact_mut(features).enumerate() {
            let output = self.groups[column / LANES].output();
            input.iter_mut().zip(output).for_each(|(input, values)| *input = values[column % LANES]);
        }
        Ok(self.tail.forward(model, size, masks)?)
    }

    /// One chunk: the places of the range, from data to gradients.
    fn run(
        &mut self,
        model: &Cnn<T>,
        factors: &Cnn<T>,
        mode: Mode<T>,
        source: &Source<'_, T>,
        places: Range<usize>,
        gradient: &mut [LayerGradient<T>],
    ) -> Result<Sum, CnnError> {
        let (size, units, outputs) = (places.len(), model.input().units(), model.outputs());
        let columns = self.columns.chunks_exact_mut(units).zip(self.targets.chunks_exact_mut(outputs));
        for (place, (sample, target)) in places.clone().zip(columns) {
            source.sample(place, sample);
            target.copy_from_slice(source.target(place));
        }
        let masks = source.dropout.map(|stream| Masks { stream, first: places.start });
        self.forward(model, size, masks)?;
        let Self { tail, targets, losses, groups, .. } = self;
        let targets = &targets[..outputs * size];
        let output = tail.output(outputs * size).to_vec();
        let order = match mode {
            Mode::Gradient { objective, factor } => {
                let slope = tail.output_slope(outputs * size);
                objective.evaluate(outputs, &output, targets, &mut losses[..size], slope)?;
                slope.iter_mut().for_each(|slope| *slope *= factor);
                Order::First
            }
            Mode::Curvature { objective, factor } => {
                losses.fill(0.0);
                let slope = tail.output_slope(outputs * size);
                objective.curvature(outputs, &output, slope)?;
                slope.iter_mut().for_each(|slope| *slope *= factor);
                Order::Second
            }
        };
        tail.backward(factors, order, size)?;
        tail.add_gradient(model, order, size, gradient)?;
        let features = tail.slope.len() / losses.len();
        for (index, group) in groups.iter_mut().enumerate().take(size.div_ceil(LANES)) {
            let columns = index * LANES..size.min((index + 1) * LANES);
            let Some(slope) = group.slope() else { continue };
            for (feature, lanes) in slope.iter_mut().enumerate() {
                for (lane, value) in lanes.iter_mut().enumerate() {
                    let column = columns.start + lane;
                    *value = if column < columns.end { tail.slope[features * column + feature] } else { T::ZERO };
                }
            }
            group.backward(factors, order, gradient)?;
        }
        let (rule, target_rule) = (model.decision_rule(), model.target_rule());
        let wrong = |(output, target): (&[T], &[T])| rule.class(output) != target_rule.class(target);
        let samples = output.chunks_exact(outputs).zip(targets.chunks_exact(outputs));
        Ok(Sum { loss: losses[..size].iter().sum(), mistakes: samples.filter(|&pair| wrong(pair)).count() })
    }
}

/// Buffers, and the gradient of the chunks that went through them.
type Slot<T> = (Workspace<T>, Vec<LayerGradient<T>>);

/// Buffers for batches of up to so many samples.
pub(crate) struct Batch<T: Real> {
    slots: Vec<Slot<T>>,
}

impl<T: Real> Batch<T> {
    pub fn new(model: &Cnn<T>, samples: usize) -> Self {
        let slots = samples.div_ceil(CHUNK).clamp(1, SUMS);
        let slot = |_| (Workspace::new(model, model.layers().len(), samples, true), model.layer_gradients());
        Self { slots: (0..slots).map(slot).collect() }
    }

    /// All places of the source's order: their losses, and their gradients, which stay in [`Batch::gradient`].
    pub fn run(&mut self, model: &Cnn<T>, mode: Mode<T>, source: &Source<'_, T>) -> Result<Sum, CnnError> {
        self.run_places(model, mode, source, 0..source.order.len())
    }

    /// [`Batch::run`] for some places of the order.
    pub fn run_places(
        &mut self,
        model: &Cnn<T>,
        mode: Mode<T>,
        source: &Source<'_, T>,
        places: Range<usize>,
    ) -> Result<Sum, CnnError> {
        let squares;
        let factors = match mode {
            Mode::Gradient { .. } => model,
            Mode::Curvature { .. } => {
                squares = squared(model);
                &squares
            }
        };
        let chunks = places.len().div_ceil(CHUNK);
        let sums = chunks.clamp(1, SUMS).min(self.slots.len());
        let one = |(index, (workspace, gradient)): (usize, &mut Slot<T>)| {
            for (weight, bias) in gradient.iter_mut() {
                weight.fill(T::ZERO);
                bias.fill(T::ZERO);
            }
            let mut sum = Sum::default();
            for chunk in (index..chunks).step_by(sums) {
                let start = places.start + chunk * CHUNK;
                let range = start..places.end.min(start + CHUNK);
                let part = workspace.run(model, factors, mode, source, range, gradient)?;
                sum.loss += part.loss;
                sum.mistakes += part.mistakes;
            }
            Ok::<Sum, CnnError>(sum)
        };
        let parts = in_parallel(&mut self.slots[..sums], one);
        let mut sum = Sum::default();
        for part in parts {
            let part = part?;
            sum.loss += part.loss;
            sum.mistakes += part.mistakes;
        }
        let Some(((_, first), others)) = self.slots[..sums].split_first_mut() else { return Ok(sum) };
        for (_, other) in others {
            for ((weight, bias), (more_weight, more_bias)) in first.iter_mut().zip(other) {
                nn_core::simd::axpy(T::ONE, more_weight, weight);
                nn_core::simd::axpy(T::ONE, more_bias, bias);
            }
        }
        Ok(sum)
    }

    /// Weights and biases of every layer, as the last run left them.
    pub fn gradient(&self) -> &[LayerGradient<T>] {
        self.slots.first().map_or(&[], |(_, gradient)| gradient)
    }

    pub fn into_gradient(self) -> Vec<LayerGradient<T>> {
        self.slots.into_iter().next().map_or(Vec::new(), |(_, gradient)| gradient)
    }
}

/// The model with the square of every weight.
fn squared<T: Real>(model: &Cnn<T>) -> Cnn<T> {
    let mut squares = model.clone();
    for (weight, bias) in squares.layers_mut().iter_mut().filter_map(Layer::learned_mut) {
        weight.iter_mut().chain(bias).for_each(|value| *value *= *value);
    }
    squares
}

fn in_parallel<E: Send, R: Send>(slots: &mut [E], work: impl Fn((usize, &mut E)) -> R + Sync + Send) -> Vec<R> {
    #[cfg(feature = "parallel")]
    if slots.len() > 1 && rayon::current_num_threads() > 1 {
        use rayon::prelude::*;
        return slots.par_iter_mut().enumerate().map(work).collect();
    }
    slots.iter_mut().enumerate().map(work).collect()
}

/// The outputs of the first `layers` layers for all samples, one sample after the other.
pub(crate) fn forward<T: Real>(
    model: &Cnn<T>,
    samples: &Matrix<T>,
    layers: usize,
    output: &mut [T],
) -> Result<(), CnnError> {
    let (units, n) = (model.input().units(), samples.ncols());
    let outputs = output.len() / n.max(1);
    let one = |workspace: &mut Workspace<T>, chunk: usize, output: &mut [T]| {
        let size = output.len() / outputs;
        let columns = &samples.as_slice()[units * CHUNK * chunk..][..units * size];
        workspace.columns[..columns.len()].copy_from_slice(columns);
        workspace.forward(model, size, None)?;
        output.copy_from_slice(workspace.tail.output(outputs * size));
        Ok::<(), CnnError>(())
    };
    let start = || Workspace::new(model, layers, n, false);
    if outputs == 0 {
        return Ok(());
    }
    #[cfg(feature = "parallel")]
    if n > CHUNK && rayon::current_num_threads() > 1 {
        use rayon::prelude::*;
        let chunks = output.par_chunks_mut(outputs * CHUNK).enumerate();
        return chunks.try_for_each_init(start, |workspace, (chunk, output)| one(workspace, chunk, output));
    }
    let mut workspace = start();
    output.chunks_mut(outputs * CHUNK).enumerate().try_for_each(|(chunk, output)| one(&mut workspace, chunk, output))
}
