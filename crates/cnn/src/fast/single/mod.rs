//! One sample at a time, for steps after every sample and for answers without waiting for others.
//!
//! Within a sample the maps of a position lie side by side, eight a vector. Weights of the layers with maps are kept in the order
//! in which the loops read them ([`Single::pack`], [`Single::unpack`]); those of the dense layers stay in the model.

mod deep;
mod first;

use super::convolution::Plan;
use super::fused;
use super::tail::Tail;
use super::workspace::{Masks, Sum, won};
use crate::network::LayerGradient;
use crate::objective::marked;
use crate::subsampling::Windows;
use crate::{Cnn, CnnError, Convolution, Layer, Objective, PoolingKind};
use deep::{Frame, Layout};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{CoreError, Real, View, ViewMut, dense};

type Octet<T> = [T; 8];

/// Vectors that hold so many maps.
fn octets(maps: usize) -> usize {
    maps.div_ceil(8)
}

/// sum ← sum + w x
#[inline(always)]
fn add_scaled<T: Real, const FUSED: bool>(sum: &mut Octet<T>, w: T, x: &Octet<T>) {
    for lane in 0..8 {
        sum[lane] = if FUSED { w.mul_add(x[lane], sum[lane]) } else { sum[lane] + w * x[lane] };
    }
}

/// sum ← sum + x y, lane by lane
#[inline(always)]
fn add_products<T: Real, const FUSED: bool>(sum: &mut Octet<T>, x: &Octet<T>, y: &Octet<T>) {
    for lane in 0..8 {
        sum[lane] = if FUSED { x[lane].mul_add(y[lane], sum[lane]) } else { sum[lane] + x[lane] * y[lane] };
    }
}

/// The sum of the lanes as a balanced tree.
#[inline(always)]
fn total<T: Real>(sum: &Octet<T>) -> T {
    let mut sum = *sum;
    for lane in 0..4 {
        sum[lane] += sum[lane + 4];
    }
    (sum[0] + sum[2]) + (sum[1] + sum[3])
}

/// So many windows of a slice, at these starts from an offset on.
#[inline(always)]
fn windows<'a, T, const N: usize>(x: &'a [T], starts: &[usize; N], offset: usize, length: usize) -> [&'a [T]; N] {
    let mut windows = [x; N];
    for index in 0..N {
        windows[index] = &x[starts[index] + offset..][..length];
    }
    windows
}

/// Parameters of a stage: in use, or as slopes, or as rates.
#[derive(Debug, Clone)]
enum Packed<T> {
    First(first::Packed<T>),
    Deep(deep::Packed<T>),
    /// Coefficients and biases of subsampling, filled up to whole vectors.
    Maps(Vec<T>, Vec<T>),
    Nothing,
}

/// A layer with maps.
struct Stage<T> {
    /// Values of a position in `net_input`, `output` and `delta`.
    pitch: usize,
    plan: Option<Plan>,
    layout: Option<Layout>,
    packed: Packed<T>,
    slopes: Packed<T>,
    mask: Vec<Octet<T>>,
    /// What a convolution reads: with its border, in its own order.
    x: Vec<T>,
    x_slope: Vec<T>,
    net_input: Vec<T>,
    output: Vec<T>,
    delta: Vec<T>,
}

/// A network ready to take samples one by one.
pub(crate) struct Single<T: Real> {
    stages: Vec<Stage<T>>,
    tail: Tail<T>,
    gradient: Vec<LayerGradient<T>>,
}

/// What follows a sample's backward pass.
pub(crate) enum Update<'a, T> {
    /// w ← w − η ∂E/∂w
    Descend(T),
    /// w ← w − rate ∂E/∂w with a rate for each parameter.
    Rates(&'a Rates<T>),
    /// The gradient is handed out by [`Single::gradient`].
    Collect,
}

/// Rates in the order of [`Single`].
pub(crate) struct Rates<T> {
    stages: Vec<Packed<T>>,
    layers: Vec<LayerGradient<T>>,
}

impl<T: Real> Single<T> {
    /// Nothing for networks that do not begin with a convolution.
    pub fn new(model: &Cnn<T>) -> Option<Self> {
        let front = model.front();
        if front == 0 || !matches!(model.layers()[0], Layer::Convolution(_)) {
            return None;
        }
        let stages = model.layers()[..front].iter().enumerate().map(|(index, layer)| Stage::new(index, layer));
        let mut single = Self {
            stages: stages.collect(),
            tail: Tail::new(model, front, model.layers().len(), 1, true),
            gradient: model.layer_gradients(),
        };
        single.pack(model);
        Some(single)
    }

    /// Takes over the model's parameters.
    pub fn pack(&mut self, model: &Cnn<T>) {
        for (stage, layer) in self.stages.iter_mut().zip(model.layers()) {
            let (weight, bias) = match layer {
                Layer::Convolution(layer) => (&layer.weight, &layer.bias),
                Layer::Subsampling(layer) => (&layer.coefficient, &layer.bias),
                _ => continue,
            };
            pack(&mut stage.packed, stage.layout.as_ref(), layer, weight, bias);
        }
    }

    /// Gives the parameters back to the model.
    pub fn unpack(&self, model: &mut Cnn<T>) {
        for (stage, layer) in self.stages.iter().zip(model.layers_mut()) {
            // The layer describes the order and receives the values: two borrows, so the values move out for a moment.
            let Some((weight, bias)) = layer.learned_mut() else { continue };
            let (mut new_weight, mut new_bias) = (std::mem::take(weight), std::mem::take(bias));
            unpack(&stage.packed, stage.layout.as_ref(), layer, &mut new_weight, &mut new_bias);
            if let Some((weight, bias)) = layer.learned_mut() {
                (*weight, *bias) = (new_weight, new_bias);
            }
        }
    }

    /// Rates of every parameter in this order.
    pub fn rates(&self, model: &Cnn<T>, layers: Vec<LayerGradient<T>>) -> Rates<T> {
        let stages = self.stages.iter().zip(model.layers()).zip(&layers).map(|((stage, layer), (weight, bias))| {
            let mut packed = cleared(&stage.packed);
            pack(&mut packed, stage.layout.as_ref(), layer, weight, bias);
            packed
        });
        Rates { stages: stages.collect(), layers }
    }

    /// The outputs for one sample.
    pub fn forward(&mut self, model: &Cnn<T>, sample: &[T], masks: Option<Masks<'_>>) -> Result<&[T], CoreError> {
        for index in 0..self.stages.len() {
            let (done, rest) = self.stages.split_at_mut(index);
            let layer = &model.layers()[index];
            rest[0].forward(layer, done.last(), sample)?;
        }
        if let (Some(last), Some(layer)) = (self.stages.last(), model.layers().get(self.stages.len() - 1)) {
            let positions = layer.output().positions();
            for (map, input) in self.tail.input.chunks_exact_mut(positions).enumerate() {
                for (input, values) in input.iter_mut().zip(last.output.chunks_exact(last.pitch)) {
                    *input = values[map];
                }
            }
        }
        self.tail.forward(model, 1, masks)?;
        Ok(self.tail.output(model.outputs()))
    }

    /// One sample forward and back, and what follows. Parameters of the layers with maps change here, those of the dense layers
    /// in the model.
    pub fn step(
        &mut self,
        model: &mut Cnn<T>,
        objective: Objective,
        (sample, target): (&[T], &[T]),
        masks: Option<Masks<'_>>,
        update: &Update<'_, T>,
    ) -> Result<Sum, CnnError> {
        self.forward(model, sample, masks)?;
        let outputs = model.outputs();
        let mut loss = [0.0];
        let tail = &mut self.tail;
        let layers = tail.layers.len();
        let Some(last) = tail.layers.last_mut() else {
            return Err(CnnError::NoLayers);
        };
        objective.evaluate(outputs, &last.output, target, &mut loss, &mut last.delta)?;
        let distances = matches!(model.last(), Layer::RadialBasis(_));
        let mistakes = usize::from(won(&last.output, distances) != marked(target));
        if let Update::Descend(rate) = update {
            // All slopes are linear in these, so every one of them comes with −η.
            last.delta.iter_mut().for_each(|delta| *delta *= -*rate);
        }
        tail.backward(model, super::front::Order::First, 1)?;
        if let Update::Collect = update {
            for (weight, bias) in &mut self.gradient {
                weight.fill(T::ZERO);
                bias.fill(T::ZERO);
            }
            tail.add_gradient(model, super::front::Order::First, 1, &mut self.gradient)?;
        } else {
            for index in tail.first..tail.first + layers {
                update_dense(model, tail, index, update)?;
            }
        }
        self.backward(model, update)?;
        Ok(Sum { loss: loss[0], mistakes })
    }

    /// After a step with [`Update::Collect`].
    pub fn gradient(&self) -> &[LayerGradient<T>] {
        &self.gradient
    }

    fn backward(&mut self, model: &Cnn<T>, update: &Update<'_, T>) -> Result<(), CoreError> {
        let front = self.stages.len();
        if let (Some(last), Some(layer)) = (self.stages.last_mut(), model.layers().get(front - 1)) {
            let positions = layer.output().positions();
            for (map, slope) in self.tail.slope.chunks_exact(positions).enumerate() {
                for (slope, delta) in slope.iter().zip(last.delta.chunks_exact_mut(last.pitch)) {
                    delta[map] = *slope;
                }
            }
        }
        for index in (0..front).rev() {
            let (done, rest) = self.stages.split_at_mut(index);
            let (stage, layer) = (&mut rest[0], &model.layers()[index]);
            let straight = matches!(update, Update::Descend(_));
            stage.backward(layer, done.last_mut(), straight)?;
            match update {
                Update::Descend(_) => {}
                Update::Rates(rates) => subtract(&mut stage.packed, &stage.slopes, &rates.stages[index]),
                Update::Collect => {
                    let (weight, bias) = &mut self.gradient[index];
                    unpack(&stage.slopes, stage.layout.as_ref(), layer, weight, bias);
                }
            }
        }
        Ok(())
    }
}

/// The step of one dense layer, its deltas known.
fn update_dense<T: Real>(
    model: &mut Cnn<T>,
    tail: &Tail<T>,
    index: usize,
    update: &Update<'_, T>,
) -> Result<(), CoreError> {
    let (inputs, units) = (model.below(index).units(), model.layers()[index].output().units());
    let (weight, bias) = match &mut model.layers_mut()[index] {
        Layer::Convolution(layer) => (&mut layer.weight, &mut layer.bias),
        Layer::Dense(layer) => (&mut layer.weight, &mut layer.bias),
        _ => return Ok(()),
    };
    let (x, delta) = tail.input_and_delta(index, inputs, units, 1);
    if let Update::Rates(rates) = update {
        let (weight_rates, bias_rates) = &rates.layers[index];
        dispatch(Outer { weight, rates: weight_rates, x, delta });
        bias.iter_mut().zip(bias_rates.iter().zip(delta)).for_each(|(b, (&rate, &delta))| *b -= rate * delta);
        return Ok(());
    }
    let (x, deltas) = (View::new(inputs, 1, x)?, View::new(units, 1, delta)?);
    dense::weight_gradient(T::ONE, x, deltas, T::ONE, ViewMut::new(inputs, units, weight)?)?;
    dense::bias_gradient(T::ONE, deltas, T::ONE, bias)
}

/// w ← w − rate δ x for every weight of a dense layer.
struct Outer<'a, T> {
    weight: &'a mut [T],
    rates: &'a [T],
    x: &'a [T],
    delta: &'a [T],
}

impl<T: Real> Kernel for Outer<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let inputs = self.x.len();
        let units = self.weight.chunks_exact_mut(inputs).zip(self.rates.chunks_exact(inputs)).zip(self.delta);
        for ((weight, rates), &delta) in units {
            for ((w, &rate), &x) in weight.iter_mut().zip(rates).zip(self.x) {
                *w -= rate * (delta * x);
            }
        }
    }
}

/// w ← w − rate g
fn subtract<T: Real>(values: &mut Packed<T>, slopes: &Packed<T>, rates: &Packed<T>) {
    let each = |values: &mut [T], slopes: &[T], rates: &[T]| {
        values.iter_mut().zip(slopes.iter().zip(rates)).for_each(|(w, (&g, &rate))| *w -= rate * g);
    };
    match (values, slopes, rates) {
        (Packed::First(w), Packed::First(g), Packed::First(r)) => {
            each(w.weight.as_flattened_mut(), g.weight.as_flattened(), r.weight.as_flattened());
            each(w.bias.as_flattened_mut(), g.bias.as_flattened(), r.bias.as_flattened());
        }
        (Packed::Deep(w), Packed::Deep(g), Packed::Deep(r)) => {
            each(w.weight.as_flattened_mut(), g.weight.as_flattened(), r.weight.as_flattened());
            each(&mut w.bias, &g.bias, &r.bias);
        }
        (Packed::Maps(w, b), Packed::Maps(g, h), Packed::Maps(r, s)) => {
            each(w, g, r);
            each(b, h, s);
        }
        _ => {}
    }
}

/// The same sizes, all zero.
fn cleared<T: Real>(packed: &Packed<T>) -> Packed<T> {
    let mut packed = packed.clone();
    clear(&mut packed);
    packed
}

fn clear<T: Real>(packed: &mut Packed<T>) {
    match packed {
        Packed::First(packed) => {
            packed.weight.fill([T::ZERO; 8]);
            packed.bias.fill([T::ZERO; 8]);
        }
        Packed::Deep(packed) => {
            packed.weight.fill([T::ZERO; 8]);
            packed.bias.fill(T::ZERO);
        }
        Packed::Maps(coefficient, bias) => {
            coefficient.fill(T::ZERO);
            bias.fill(T::ZERO);
        }
        Packed::Nothing => {}
    }
}

fn pack<T: Real>(packed: &mut Packed<T>, layout: Option<&Layout>, layer: &Layer<T>, weight: &[T], bias: &[T]) {
    match (packed, layer, layout) {
        (Packed::First(packed), Layer::Convolution(layer), _) => packed.pack(layer, weight, bias),
        (Packed::Deep(packed), Layer::Convolution(layer), Some(layout)) => packed.pack(layer, layout, weight, bias),
        (Packed::Maps(to_weight, to_bias), _, _) => {
            to_weight[..weight.len()].copy_from_slice(weight);
            to_bias[..bias.len()].copy_from_slice(bias);
        }
        _ => {}
    }
}

fn unpack<T: Real>(packed: &Packed<T>, layout: Option<&Layout>, layer: &Layer<T>, weight: &mut [T], bias: &mut [T]) {
    match (packed, layer, layout) {
        (Packed::First(packed), Layer::Convolution(layer), _) => packed.unpack(layer, weight, bias),
        (Packed::Deep(packed), Layer::Convolution(layer), Some(layout)) => packed.unpack(layer, layout, weight, bias),
        (Packed::Maps(from_weight, from_bias), _, _) => {
            let (weights, biases) = (weight.len(), bias.len());
            weight.copy_from_slice(&from_weight[..weights]);
            bias.copy_from_slice(&from_bias[..biases]);
        }
        _ => {}
    }
}

impl<T: Real> Stage<T> {
    fn new(index: usize, layer: &Layer<T>) -> Self {
        let output = layer.output();
        let pitch = 8 * octets(output.maps);
        let values = || vec![T::ZERO; output.positions() * pitch];
        let mut stage = Self {
            pitch,
            plan: None,
            layout: None,
            packed: Packed::Nothing,
            slopes: Packed::Nothing,
            mask: Vec::new(),
            x: Vec::new(),
            x_slope: Vec::new(),
            net_input: values(),
            output: values(),
            delta: values(),
        };
        match layer {
            Layer::Convolution(layer) => {
                let plan = Plan::new(layer);
                if index == 0 {
                    stage.x = vec![layer.padding_value; plan.area * layer.input.maps];
                    stage.packed = Packed::First(first::Packed::new(layer));
                } else {
                    let layout = Layout::new(layer);
                    stage.x = vec![T::ZERO; plan.area * layout.pitch];
                    for position in stage.x.chunks_exact_mut(layout.pitch) {
                        position[..layout.maps + layout.repeated].fill(layer.padding_value);
                    }
                    stage.x_slope = vec![T::ZERO; stage.x.len()];
                    stage.mask = deep::Packed::mask(layer, &layout);
                    stage.packed = Packed::Deep(deep::Packed::new(layer, &layout));
                    stage.layout = Some(layout);
                }
                stage.plan = Some(plan);
            }
            Layer::Subsampling(_) => stage.packed = Packed::Maps(vec![T::ZERO; pitch], vec![T::ZERO; pitch]),
            _ => {}
        }
        stage.slopes = stage.packed.clone();
        stage
    }

    fn forward(&mut self, layer: &Layer<T>, below: Option<&Self>, sample: &[T]) -> Result<(), CoreError> {
        let Self { pitch, plan, layout, packed, x, net_input, output, .. } = self;
        match (layer, packed, &*plan, &*layout, below) {
            (Layer::Convolution(layer), Packed::First(packed), Some(plan), _, _) => {
                for_each_row(layer, plan, |map, y, at| {
                    let row = &sample[(map * layer.input.height + y) * layer.input.width..][..layer.input.width];
                    x[map * plan.area + at..][..row.len()].copy_from_slice(row);
                });
                let (a, _) = net_input.as_chunks_mut();
                match fused() {
                    true => dispatch(first::NetInput::<T, true> { layer, plan, packed, x, a }),
                    false => dispatch(first::NetInput::<T, false> { layer, plan, packed, x, a }),
                }
            }
            (Layer::Convolution(layer), Packed::Deep(packed), Some(plan), Some(layout), Some(below)) => {
                for_each_position(layer, plan, |from, to| {
                    let x = &mut x[to * layout.pitch..][..layout.pitch];
                    let maps = &below.output[from * below.pitch..][..layout.maps];
                    x[..layout.maps].copy_from_slice(maps);
                    x[layout.maps..][..layout.repeated].copy_from_slice(&maps[..layout.repeated]);
                });
                let (frame, a, a_pitch) = (Frame { layer, plan, layout }, &mut net_input[..], *pitch);
                match fused() {
                    true => dispatch(deep::NetInput::<T, true> { frame, packed, x, a, a_pitch }),
                    false => dispatch(deep::NetInput::<T, false> { frame, packed, x, a, a_pitch }),
                }
            }
            (Layer::Subsampling(layer), Packed::Maps(coefficient, bias), _, _, Some(below)) => {
                dispatch(Windowed { windows: layer.windows, below: &below.output, a: net_input, maximum: false });
                for a in net_input.chunks_exact_mut(*pitch) {
                    for (a, (&coefficient, &bias)) in a.iter_mut().zip(coefficient.iter().zip(&*bias)) {
                        *a = coefficient * *a + bias;
                    }
                }
            }
            (Layer::Pooling(layer), _, _, _, Some(below)) => {
                let maximum = layer.kind == PoolingKind::Max;
                dispatch(Windowed { windows: layer.windows, below: &below.output, a: net_input, maximum });
                if !maximum {
                    let share = T::from_f64(1.0 / (layer.windows.side * layer.windows.side) as f64);
                    net_input.iter_mut().for_each(|a| *a *= share);
                }
            }
            _ => {}
        }
        layer.activation().apply(net_input, output)
    }

    /// `straight`: slopes are added to the parameters themselves.
    fn backward(&mut self, layer: &Layer<T>, below: Option<&mut Self>, straight: bool) -> Result<(), CoreError> {
        let Self { pitch, plan, layout, packed, slopes, mask, x, x_slope, net_input, output, delta } = self;
        layer.activation().apply_derivative(net_input, output, delta)?;
        if !straight {
            clear(slopes);
        }
        match (layer, &*plan, &*layout, below) {
            (Layer::Convolution(layer), Some(plan), None, _) => {
                let target = if straight { packed } else { slopes };
                let (delta, _) = delta.as_chunks();
                if let Packed::First(target) = target {
                    match fused() {
                        true => dispatch(first::AddGradient::<T, true> { layer, plan, x, delta, target }),
                        false => dispatch(first::AddGradient::<T, false> { layer, plan, x, delta, target }),
                    }
                }
            }
            (Layer::Convolution(layer), Some(plan), Some(layout), Some(below)) => {
                let (frame, delta_pitch) = (Frame { layer, plan, layout }, *pitch);
                if let Packed::Deep(packed) = &*packed {
                    x_slope.fill(T::ZERO);
                    let slope = &mut x_slope[..];
                    match fused() {
                        true => {
                            dispatch(deep::InputGradient::<T, true> { frame, packed, delta, delta_pitch, below: slope })
                        }
                        false => dispatch(deep::InputGradient::<T, false> {
                            frame,
                            packed,
                            delta,
                            delta_pitch,
                            below: slope,
                        }),
                    }
                    for_each_position(layer, plan, |to, from| {
                        let slope = &x_slope[from * layout.pitch..][..layout.pitch];
                        let below = &mut below.delta[to * below.pitch..][..layout.maps];
                        below.copy_from_slice(&slope[..layout.maps]);
                        let repeated = slope[layout.maps..][..layout.repeated].iter();
                        below.iter_mut().zip(repeated).for_each(|(below, &slope)| *below += slope);
                    });
                }
                if let Packed::Deep(target) = if straight { packed } else { slopes } {
                    match fused() {
                        true => dispatch(deep::AddGradient::<T, true> { frame, x, delta, delta_pitch, mask, target }),
                        false => dispatch(deep::AddGradient::<T, false> { frame, x, delta, delta_pitch, mask, target }),
                    }
                }
            }
            (Layer::Subsampling(layer), _, _, Some(below)) => {
                let windows = layer.windows;
                if let Packed::Maps(coefficient, _) = &*packed {
                    spread(windows, delta, *pitch, &mut below.delta, below.pitch, |delta, lane| {
                        delta * coefficient[lane]
                    });
                }
                dispatch(Windowed { windows, below: &below.output, a: net_input, maximum: false });
                if let Packed::Maps(coefficient, bias) = if straight { packed } else { slopes } {
                    for (sums, delta) in net_input.chunks_exact(*pitch).zip(delta.chunks_exact(*pitch)) {
                        for lane in 0..delta.len() {
                            coefficient[lane] += delta[lane] * sums[lane];
                            bias[lane] += delta[lane];
                        }
                    }
                }
            }
            (Layer::Pooling(layer), _, _, Some(below)) => match layer.kind {
                PoolingKind::Average => {
                    let share = T::from_f64(1.0 / (layer.windows.side * layer.windows.side) as f64);
                    spread(layer.windows, delta, *pitch, &mut below.delta, below.pitch, |delta, _| delta * share);
                }
                PoolingKind::Max => {
                    below.delta.fill(T::ZERO);
                    for (position, delta) in delta.chunks_exact(*pitch).enumerate() {
                        for (lane, &delta) in delta.iter().enumerate().take(layer.windows.output.maps) {
                            let value = |place: usize| below.output[place * below.pitch + lane];
                            let best = layer
                                .windows
                                .values(position)
                                .reduce(|best, place| if value(place) > value(best) { place } else { best });
                            best.into_iter().for_each(|place| below.delta[place * below.pitch + lane] = delta);
                        }
                    }
                }
            },
            _ => {}
        }
        Ok(())
    }
}

/// Sums or maxima of windows, all maps of a position side by side.
struct Windowed<'a, T> {
    windows: Windows,
    below: &'a [T],
    a: &'a mut [T],
    maximum: bool,
}

impl<T: Real> Kernel for Windowed<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { windows, below, a, maximum } = self;
        let pitch = 8 * octets(windows.output.maps);
        let (side, width) = (windows.side, windows.input.width);
        for (position, a) in a.chunks_exact_mut(pitch).enumerate() {
            let (y, x) = (position / windows.output.width, position % windows.output.width);
            let first = y * side * width + x * side;
            a.copy_from_slice(&below[first * pitch..][..pitch]);
            for row in 0..side {
                for column in usize::from(row == 0)..side {
                    let values = &below[(first + row * width + column) * pitch..][..pitch];
                    for (a, &value) in a.iter_mut().zip(values) {
                        *a = match maximum {
                            true if value > *a => value,
                            true => *a,
                            false => *a + value,
                        };
                    }
                }
            }
        }
    }
}

/// Every value of a window gets the slope of the window, times something of the map.
fn spread<T: Real>(
    windows: Windows,
    delta: &[T],
    pitch: usize,
    below: &mut [T],
    below_pitch: usize,
    factor: impl Fn(T, usize) -> T,
) {
    let (side, width) = (windows.side, windows.input.width);
    for (position, delta) in delta.chunks_exact(pitch).enumerate() {
        let (y, x) = (position / windows.output.width, position % windows.output.width);
        let first = y * side * width + x * side;
        for row in 0..side {
            for column in 0..side {
                let below = &mut below[(first + row * width + column) * below_pitch..][..below_pitch];
                for (lane, (below, &delta)) in below.iter_mut().zip(delta).enumerate() {
                    *below = factor(delta, lane);
                }
            }
        }
    }
}

/// Every row of the maps below: map, row, and where it begins in a map with a border.
fn for_each_row<T: Real>(layer: &Convolution<T>, plan: &Plan, mut visit: impl FnMut(usize, usize, usize)) {
    for map in 0..layer.input.maps {
        for y in 0..layer.input.height {
            visit(map, y, (y + layer.padding) * plan.width + layer.padding);
        }
    }
}

/// Every position of the maps below: without the border, and with it.
fn for_each_position<T: Real>(layer: &Convolution<T>, plan: &Plan, mut visit: impl FnMut(usize, usize)) {
    for y in 0..layer.input.height {
        for x in 0..layer.input.width {
            visit(y * layer.input.width + x, (y + layer.padding) * plan.width + x + layer.padding);
        }
    }
}
