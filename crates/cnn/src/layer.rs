//! [`Layer`] and [`LayerConfig`]: any of the kinds of layers.

use crate::{
    CnnError, Convolution, ConvolutionConfig, Dense, DenseConfig, Pooling, PoolingKind, RadialBasis, Shape,
    Subsampling, SubsamplingConfig,
};
use nn_core::{Activation, CoreError, Matrix, Real, Stream};

/// A layer before its weights are drawn.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum LayerConfig {
    /// Feature maps with shared kernels.
    Convolution(ConvolutionConfig),
    /// Sums of windows with a trainable coefficient and bias a map.
    Subsampling(SubsamplingConfig),
    /// Means or maxima of windows.
    Pooling {
        /// Mean or maximum.
        kind: PoolingKind,
        /// Side of the windows, which tile the maps below.
        window: usize,
    },
    /// Every unit sees everything below.
    Dense(DenseConfig),
    /// In training, each value below is dropped with this probability and the others grow by 1/(1 − rate); otherwise nothing
    /// happens. Only among the dense layers.
    Dropout {
        /// Probability in [0, 1).
        rate: f64,
    },
    /// Squared distances to fixed codes, one a column. Only as last layer.
    RadialBasis {
        /// Units below × outputs.
        codes: Matrix<f64>,
    },
}

/// Kept as it is in use, dropped values in training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    pub(crate) shape: Shape,
    pub(crate) rate: f64,
}

impl Dropout {
    /// The probability that a value is dropped in training.
    pub fn rate(&self) -> f64 {
        self.rate
    }
}

/// A layer of a network.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Layer<T: Real> {
    /// Feature maps with shared kernels.
    Convolution(Convolution<T>),
    /// Trainable subsampling.
    Subsampling(Subsampling<T>),
    /// Mean or maximum of windows.
    Pooling(Pooling),
    /// Every unit sees everything below.
    Dense(Dense<T>),
    /// Drops values in training.
    Dropout(Dropout),
    /// Distances to codes.
    RadialBasis(RadialBasis<T>),
}

impl LayerConfig {
    /// Its kind in a word or two.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Convolution(_) => "convolution",
            Self::Subsampling(_) => "subsampling",
            Self::Pooling { .. } => "pooling",
            Self::Dense(_) => "dense",
            Self::Dropout { .. } => "dropout",
            Self::RadialBasis { .. } => "radial basis",
        }
    }

    /// The layer on top of maps of this shape. `layer` is the number in error messages.
    pub(crate) fn initialize<T: Real>(
        &self,
        layer: usize,
        below: Shape,
        stream: &mut Stream,
    ) -> Result<Layer<T>, CnnError> {
        self.build(layer, below, stream).map_err(|error| match error {
            CnnError::Core(error) => CnnError::Parameter { layer, kind: self.kind(), error },
            error => error,
        })
    }

    fn build<T: Real>(&self, layer: usize, below: Shape, stream: &mut Stream) -> Result<Layer<T>, CnnError> {
        Ok(match self {
            Self::Convolution(config) => Layer::Convolution(Convolution::initialize(config, layer, below, stream)?),
            Self::Subsampling(config) => Layer::Subsampling(Subsampling::initialize(config, layer, below)?),
            Self::Pooling { kind, window } => Layer::Pooling(Pooling::new(*kind, *window, layer, below)?),
            Self::Dense(config) => Layer::Dense(Dense::initialize(config, layer, below.units(), stream)?),
            Self::Dropout { rate } => {
                if !(0.0..1.0).contains(rate) {
                    let (name, rule) = ("the rate of dropout", "at least 0 and below 1");
                    return Err(CoreError::OutOfRange { name, rule, value: *rate }.into());
                }
                Layer::Dropout(Dropout { shape: below, rate: *rate })
            }
            Self::RadialBasis { codes } => Layer::RadialBasis(RadialBasis::new(codes, layer, below.units())?),
        })
    }
}

impl<T: Real> Layer<T> {
    /// Its kind in a word or two.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Convolution(_) => "convolution",
            Self::Subsampling(_) => "subsampling",
            Self::Pooling(_) => "pooling",
            Self::Dense(_) => "dense",
            Self::Dropout(_) => "dropout",
            Self::RadialBasis(_) => "radial basis",
        }
    }

    /// Shape of what goes out.
    pub fn output(&self) -> Shape {
        match self {
            Self::Convolution(layer) => layer.output,
            Self::Subsampling(layer) => layer.output(),
            Self::Pooling(layer) => layer.output(),
            Self::Dense(layer) => Shape::flat(layer.units()),
            Self::Dropout(layer) => layer.shape,
            Self::RadialBasis(layer) => Shape::flat(layer.codes.ncols()),
        }
    }

    /// The activation; the identity where there is none.
    pub fn activation(&self) -> Activation {
        match self {
            Self::Convolution(layer) => layer.activation,
            Self::Subsampling(layer) => layer.activation,
            Self::Dense(layer) => layer.activation,
            Self::Pooling(_) | Self::Dropout(_) | Self::RadialBasis(_) => Activation::Identity,
        }
    }

    /// Links into the layer, biases included, each place of a kernel counted.
    pub fn connections(&self) -> usize {
        match self {
            Self::Convolution(layer) => layer.connections(),
            Self::Subsampling(layer) => layer.connections(),
            Self::Pooling(layer) => layer.windows.input.units(),
            Self::Dense(layer) => layer.units() * (layer.inputs + 1),
            Self::Dropout(_) => 0,
            Self::RadialBasis(layer) => layer.codes.len(),
        }
    }

    /// Numbers that learn.
    pub fn parameters(&self) -> usize {
        match self {
            Self::Convolution(layer) => layer.parameters(),
            Self::Subsampling(layer) => layer.coefficient.len() + layer.bias.len(),
            Self::Dense(layer) => layer.weight.len() + layer.bias.len(),
            Self::Pooling(_) | Self::Dropout(_) | Self::RadialBasis(_) => 0,
        }
    }

    /// Weights and biases with the sizes of their tensors; nothing for layers that do not learn.
    pub(crate) fn learned(&self) -> Vec<(&'static str, Vec<usize>, &[T])> {
        let mut tensors = match self {
            Self::Convolution(layer) => {
                let shape = vec![layer.output.maps, layer.input.maps, layer.kernel, layer.kernel];
                vec![("weight", shape, &layer.weight[..]), ("bias", layer.bias_shape(), &layer.bias)]
            }
            Self::Subsampling(layer) => {
                let shape = vec![layer.bias.len()];
                vec![("weight", shape.clone(), &layer.coefficient[..]), ("bias", shape, &layer.bias)]
            }
            Self::Dense(layer) => {
                let shape = vec![layer.units(), layer.inputs];
                vec![("weight", shape, &layer.weight[..]), ("bias", vec![layer.units()], &layer.bias)]
            }
            Self::Pooling(_) | Self::Dropout(_) | Self::RadialBasis(_) => Vec::new(),
        };
        tensors.retain(|(_, _, values)| !values.is_empty());
        tensors
    }

    /// The same for change: weights and biases, either of which may be empty.
    pub(crate) fn learned_mut(&mut self) -> Option<(&mut Vec<T>, &mut Vec<T>)> {
        match self {
            Self::Convolution(layer) => Some((&mut layer.weight, &mut layer.bias)),
            Self::Subsampling(layer) => Some((&mut layer.coefficient, &mut layer.bias)),
            Self::Dense(layer) => Some((&mut layer.weight, &mut layer.bias)),
            Self::Pooling(_) | Self::Dropout(_) | Self::RadialBasis(_) => None,
        }
    }

    /// Net inputs of one sample, by the definition.
    pub(crate) fn net_input(&self, x: &[T], a: &mut [T]) -> Result<(), CoreError> {
        match self {
            Self::Convolution(layer) => layer.net_input(x, a),
            Self::Subsampling(layer) => layer.net_input(x, a),
            Self::Pooling(layer) => layer.net_input(x, a),
            Self::Dense(layer) => layer.net_input(x, a)?,
            Self::Dropout(_) => a.copy_from_slice(x),
            Self::RadialBasis(layer) => layer.net_input(x, a),
        }
        Ok(())
    }

    /// From δ = ∂E/∂a of one sample: adds to the gradients of weights and biases; `below` begins at zero and becomes ∂E/∂x.
    pub(crate) fn backward(
        &self,
        x: &[T],
        delta: &[T],
        weight: &mut [T],
        bias: &mut [T],
        below: &mut [T],
    ) -> Result<(), CoreError> {
        match self {
            Self::Convolution(layer) => layer.backward(x, delta, weight, bias, below),
            Self::Subsampling(layer) => layer.backward(x, delta, weight, bias, below),
            Self::Pooling(layer) => layer.backward(x, delta, below),
            Self::Dense(layer) => layer.backward(x, delta, weight, bias, below)?,
            Self::Dropout(_) => below.copy_from_slice(delta),
            Self::RadialBasis(layer) => layer.backward(x, delta, below),
        }
        Ok(())
    }
}
