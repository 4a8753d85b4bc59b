//! [`Subsampling`] with trainable coefficients, and [`Pooling`] without.

use crate::{CnnError, Shape};
use nn_core::{Activation, Real};

/// Subsampling before its parameters exist: sums of window × window values, times a coefficient, plus a bias, both of the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SubsamplingConfig {
    /// Side of the windows, which tile the map below.
    pub window: usize,
    /// Activation of the units.
    pub activation: Activation,
    /// The coefficient of every map at the beginning; ¼ makes a 2 × 2 window a mean.
    pub coefficient: f64,
}

impl SubsamplingConfig {
    /// Coefficients of 1/window²: training begins with means.
    pub fn new(window: usize, activation: Activation) -> Self {
        // Not as integers: the square of a hostile side has no place in one.
        let side = window.max(1) as f64;
        Self { window, activation, coefficient: 1.0 / (side * side) }
    }
}

/// Trainable subsampling (LeNet-5's S2 and S4): a = coefficient · Σ of a window + bias, z = h(a).
#[derive(Debug, Clone, PartialEq)]
pub struct Subsampling<T: Real> {
    pub(crate) windows: Windows,
    /// One coefficient a map.
    pub(crate) coefficient: Vec<T>,
    /// One bias a map.
    pub(crate) bias: Vec<T>,
    pub(crate) activation: Activation,
}

/// What [`Pooling`] takes from a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolingKind {
    /// The mean.
    Average,
    /// The largest value; the gradient goes to the first of equals.
    Max,
}

/// Windows reduced to their mean or maximum: nothing to learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pooling {
    pub(crate) windows: Windows,
    pub(crate) kind: PoolingKind,
}

/// Windows that tile maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Windows {
    pub input: Shape,
    pub output: Shape,
    pub side: usize,
}

impl Windows {
    pub fn new(layer: usize, kind: &'static str, input: Shape, side: usize) -> Result<Self, CnnError> {
        if side == 0 {
            return Err(CnnError::Zero { layer, kind, what: "the window's side" });
        }
        if side > input.height || side > input.width {
            return Err(CnnError::Window { layer, kind, window: side, below: input, padding: 0 });
        }
        if !input.height.is_multiple_of(side) || !input.width.is_multiple_of(side) {
            return Err(CnnError::Tiling { layer, kind, window: side, below: input });
        }
        Ok(Self { input, output: Shape::new(input.maps, input.height / side, input.width / side), side })
    }

    /// The values of the window of a unit, row after row.
    pub fn values(&self, unit: usize) -> impl Iterator<Item = usize> + Clone + use<> {
        let (side, width) = (self.side, self.input.width);
        // Rows of all maps form one tall map: windows tile each of them.
        let (row, column) = (unit / self.output.width, unit % self.output.width);
        let first = row * side * width + column * side;
        (0..side).flat_map(move |y| (0..side).map(move |x| first + y * width + x))
    }
}

impl<T: Real> Subsampling<T> {
    pub(crate) fn initialize(config: &SubsamplingConfig, layer: usize, input: Shape) -> Result<Self, CnnError> {
        let windows = Windows::new(layer, "subsampling", input, config.window)?;
        let coefficient = vec![T::from_f64(config.coefficient); input.maps];
        Ok(Self { windows, coefficient, bias: vec![T::ZERO; input.maps], activation: config.activation })
    }

    /// Shape of what goes out.
    pub fn output(&self) -> Shape {
        self.windows.output
    }

    /// One coefficient a map.
    pub fn coefficients(&self) -> &[T] {
        &self.coefficient
    }

    /// One bias a map.
    pub fn biases(&self) -> &[T] {
        &self.bias
    }

    pub(crate) fn connections(&self) -> usize {
        self.windows.output.units() * (self.windows.side * self.windows.side + 1)
    }

    fn sum(&self, x: &[T], unit: usize) -> T {
        self.windows.values(unit).map(|value| x[value]).sum()
    }

    pub(crate) fn net_input(&self, x: &[T], a: &mut [T]) {
        let positions = self.windows.output.positions();
        for (unit, a) in a.iter_mut().enumerate() {
            *a = self.coefficient[unit / positions] * self.sum(x, unit) + self.bias[unit / positions];
        }
    }

    pub(crate) fn backward(&self, x: &[T], delta: &[T], coefficient: &mut [T], bias: &mut [T], below: &mut [T]) {
        let positions = self.windows.output.positions();
        for (unit, &delta) in delta.iter().enumerate() {
            let map = unit / positions;
            coefficient[map] += delta * self.sum(x, unit);
            bias[map] += delta;
            self.windows.values(unit).for_each(|value| below[value] += delta * self.coefficient[map]);
        }
    }
}

impl Pooling {
    pub(crate) fn new(kind: PoolingKind, side: usize, layer: usize, input: Shape) -> Result<Self, CnnError> {
        Ok(Self { windows: Windows::new(layer, "pooling", input, side)?, kind })
    }

    /// Shape of what goes out.
    pub fn output(&self) -> Shape {
        self.windows.output
    }

    /// Mean or maximum.
    pub fn kind(&self) -> PoolingKind {
        self.kind
    }

    pub(crate) fn net_input<T: Real>(&self, x: &[T], a: &mut [T]) {
        let share = T::from_f64(1.0 / (self.windows.side * self.windows.side) as f64);
        for (unit, a) in a.iter_mut().enumerate() {
            let mut values = self.windows.values(unit).map(|value| x[value]);
            *a = match self.kind {
                PoolingKind::Average => values.sum::<T>() * share,
                PoolingKind::Max => {
                    let first = values.next().unwrap_or(T::ZERO);
                    values.fold(first, |largest, value| if value > largest { value } else { largest })
                }
            };
        }
    }

    pub(crate) fn backward<T: Real>(&self, x: &[T], delta: &[T], below: &mut [T]) {
        let share = T::from_f64(1.0 / (self.windows.side * self.windows.side) as f64);
        for (unit, &delta) in delta.iter().enumerate() {
            let mut values = self.windows.values(unit);
            match self.kind {
                PoolingKind::Average => values.for_each(|value| below[value] += delta * share),
                PoolingKind::Max => {
                    if let Some(first) = values.next() {
                        let largest = values.fold(first, |best, value| if x[value] > x[best] { value } else { best });
                        below[largest] += delta;
                    }
                }
            }
        }
    }
}
