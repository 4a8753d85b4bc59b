//! A layer: weights, biases, activation; and how one is described before it exists.

use crate::Links;
use crate::links::{keep_groups, no_weights};
use nn_core::{Activation, CoreError, Init, Matrix, Real, Stream, Vector};

/// One layer of weights: z = h(W x + b).
#[derive(Debug, Clone, PartialEq)]
pub struct Layer<T: Real> {
    /// D × M: column j holds wⱼ, the incoming weights of unit j. D × 0 in a layer whose weights are those of another
    /// ([`Links::TiedTo`]); [`Mlp::weight`](crate::Mlp::weight) has them.
    pub weight: Matrix<T>,
    /// M biases.
    pub bias: Vector<T>,
    /// h
    pub activation: Activation,
}

impl<T: Real> Layer<T> {
    /// Number of inputs D.
    pub fn inputs(&self) -> usize {
        self.weight.nrows()
    }

    /// Number of units M.
    pub fn units(&self) -> usize {
        self.bias.len()
    }
}

/// A layer before its weights are drawn.
///
/// ```
/// use mlp::LayerConfig;
/// use nn_core::{Activation, Init};
///
/// let hidden = LayerConfig { weight_init: Init::Uniform(0.5), ..LayerConfig::new(100, Activation::Tanh) };
/// assert_eq!(hidden.bias_init, Init::Zero);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerConfig {
    /// Number of units, at least 1.
    pub units: usize,
    /// Activation of the units.
    pub activation: Activation,
    /// Distribution of the weights at the beginning.
    pub weight_init: Init,
    /// Distribution of the biases at the beginning.
    pub bias_init: Init,
    /// Where the weights come from.
    pub links: Links,
    /// Weights and biases stay as they are: training passes over them.
    pub frozen: bool,
}

impl LayerConfig {
    /// Weights after He et al. for rectified units (uniform), after Glorot and Bengio for the others (uniform); biases 0.
    pub const fn new(units: usize, activation: Activation) -> Self {
        let weight_init = match activation {
            Activation::Relu | Activation::LeakyRelu { .. } | Activation::Gelu | Activation::GeluTanh => {
                Init::HeUniform
            }
            _ => Init::GlorotUniform,
        };
        Self { units, activation, weight_init, bias_init: Init::Zero, links: Links::Full, frozen: false }
    }

    /// Draws the weights, then the biases, of a layer with this many inputs. A tied layer draws its biases only. Grouped
    /// weights are drawn for the number of inputs that a unit really has.
    pub(crate) fn initialize<T: Real>(&self, inputs: usize, stream: &mut Stream) -> Result<Layer<T>, CoreError> {
        let mut bias = Vector::zeros(self.units);
        let weight = match self.links {
            Links::TiedTo(_) => no_weights(inputs),
            Links::Full => {
                let mut weight = Matrix::zeros(inputs, self.units);
                self.weight_init.fill(inputs, self.units, weight.as_mut_slice(), stream)?;
                weight
            }
            Links::Groups(groups) => {
                let mut weight = Matrix::zeros(inputs, self.units);
                let mut rest = weight.as_mut_slice();
                for &(group_inputs, group_units) in groups {
                    let end = (group_units * inputs).min(rest.len());
                    let (units, others) = rest.split_at_mut(end);
                    self.weight_init.fill(group_inputs, group_units, units, stream)?;
                    rest = others;
                }
                keep_groups(groups, inputs, weight.as_mut_slice());
                weight
            }
        };
        self.bias_init.fill(inputs, self.units, bias.as_mut_slice(), stream)?;
        Ok(Layer { weight, bias, activation: self.activation })
    }
}
