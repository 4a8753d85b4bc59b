//! [`Dense`]: every unit sees every value below, through `nn_core::dense`.

use crate::CnnError;
use crate::error::check_size;
use nn_core::{Activation, CoreError, Init, Real, Stream, View, ViewMut, dense};

/// A dense layer before its weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DenseConfig {
    /// Number of units, at least 1.
    pub units: usize,
    /// Activation of the units.
    pub activation: Activation,
    /// Distribution of the weights at the beginning.
    pub weight_init: Init,
    /// Distribution of the biases at the beginning.
    pub bias_init: Init,
}

impl DenseConfig {
    /// Weights uniform on ±1/√F, biases zero.
    pub const fn new(units: usize, activation: Activation) -> Self {
        Self { units, activation, weight_init: Init::LeCunUniform, bias_init: Init::Zero }
    }
}

/// A dense layer: a = W x + b over all values below, map after map, row after row; z = h(a).
#[derive(Debug, Clone, PartialEq)]
pub struct Dense<T: Real> {
    pub(crate) inputs: usize,
    /// `[unit][input]`
    pub(crate) weight: Vec<T>,
    /// `[unit]`
    pub(crate) bias: Vec<T>,
    pub(crate) activation: Activation,
}

impl<T: Real> Dense<T> {
    pub(crate) fn initialize(
        config: &DenseConfig,
        layer: usize,
        inputs: usize,
        stream: &mut Stream,
    ) -> Result<Self, CnnError> {
        if config.units == 0 {
            return Err(CnnError::Zero { layer, kind: "dense", what: "the number of units" });
        }
        check_size(layer, "dense", inputs.saturating_mul(config.units), config.units)?;
        let mut weight = vec![T::ZERO; inputs * config.units];
        let mut bias = vec![T::ZERO; config.units];
        config.weight_init.fill(inputs, config.units, &mut weight, stream)?;
        config.bias_init.fill(inputs, config.units, &mut bias, stream)?;
        Ok(Self { inputs, weight, bias, activation: config.activation })
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.bias.len()
    }

    /// The incoming weights of a unit; nothing where there is no such unit.
    pub fn weights_of(&self, unit: usize) -> &[T] {
        match unit < self.units() {
            true => &self.weight[unit * self.inputs..][..self.inputs],
            false => &[],
        }
    }

    /// The activation h.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    pub(crate) fn net_input(&self, x: &[T], a: &mut [T]) -> Result<(), CoreError> {
        net_input(&self.weight, &self.bias, x, a)
    }

    pub(crate) fn backward(
        &self,
        x: &[T],
        delta: &[T],
        weight: &mut [T],
        bias: &mut [T],
        below: &mut [T],
    ) -> Result<(), CoreError> {
        let (inputs, units) = (self.inputs, self.units());
        let deltas = View::new(units, 1, delta)?;
        dense::weight_gradient(T::ONE, View::new(inputs, 1, x)?, deltas, T::ONE, ViewMut::new(inputs, units, weight)?)?;
        dense::bias_gradient(T::ONE, deltas, T::ONE, bias)?;
        dense::input_gradient(View::new(inputs, units, &self.weight)?, deltas, ViewMut::new(inputs, 1, below)?)
    }
}

/// A = W X + b for as many columns as there are values.
pub(crate) fn net_input<T: Real>(weight: &[T], bias: &[T], x: &[T], a: &mut [T]) -> Result<(), CoreError> {
    let units = bias.len();
    let inputs = weight.len() / units.max(1);
    let columns = a.len() / units.max(1);
    let (weight, x) = (View::new(inputs, units, weight)?, View::new(inputs, columns, x)?);
    dense::forward(weight, bias, x, ViewMut::new(units, columns, a)?)
}
