//! [`Mlp`]: layers one after the other, and the way forward through them.

use crate::{Layer, MlpError};
use nn_core::{
    Activation, CoreError, Matrix, Parameters, Real, Tensor, TensorMut, View, ViewMut, dense, predicted_classes,
};

/// Samples that run through the network together when there are many.
const BLOCK: usize = 1024;

/// A multilayer perceptron: L layers of weights, each fully connected to the next.
///
/// The input is not counted as a layer (slide 22): a "2-layer network" has two weight matrices.
#[derive(Debug, Clone, PartialEq)]
pub struct Mlp<T: Real> {
    layers: Vec<Layer<T>>,
}

/// What every layer computed on the way forward: the net inputs a and the outputs z of every unit for every sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace<T: Real> {
    /// A of every layer, units × samples.
    pub net_inputs: Vec<Matrix<T>>,
    /// Z = h(A) of every layer, units × samples; the last is the network's output.
    pub outputs: Vec<Matrix<T>>,
}

/// **Eq. net-input** (slides 27-28): aⱼ = Σᵢ wⱼᵢ xᵢ + bⱼ, the sum over i = 0..D of the slide with w_j0 = bⱼ and x₀ = 1.
///
/// **Eq. unit-output** (slides 27-28): zⱼ = h(aⱼ).
///
/// For all samples of X, D × B; A and Z are M × B. The activation h is the layer's own (σ on slide 29, h on slide 44).
pub(crate) fn layer_forward<T: Real>(
    layer: &Layer<T>,
    x: View<'_, T>,
    a: &mut [T],
    z: &mut [T],
) -> Result<(), CoreError> {
    dense::forward((&layer.weight).into(), layer.bias.as_slice(), x, ViewMut::new(layer.units(), x.ncols(), a)?)?;
    layer.activation.apply(a, z)
}

impl<T: Real> Mlp<T> {
    /// A network of these layers.
    ///
    /// # Errors
    /// [`MlpError::NoLayers`], [`MlpError::NoUnits`], [`MlpError::Biases`], or [`MlpError::Inputs`] when a layer does not fit
    /// the one below.
    pub fn new(layers: Vec<Layer<T>>) -> Result<Self, MlpError> {
        if layers.is_empty() {
            return Err(MlpError::NoLayers);
        }
        for (index, layer) in layers.iter().enumerate() {
            if layer.units() == 0 || layer.inputs() == 0 {
                return Err(MlpError::NoUnits { layer: index + 1 });
            }
            if layer.bias.len() != layer.units() {
                let (expected, found) = (layer.units(), layer.bias.len());
                return Err(MlpError::Biases { layer: index + 1, expected, found });
            }
        }
        for (index, pair) in layers.windows(2).enumerate() {
            let (expected, found) = (pair[1].inputs(), pair[0].units());
            if expected != found {
                let source_name = "the layer below has";
                return Err(MlpError::Inputs { layer: index + 2, expected, source_name, found });
            }
        }
        Ok(Self { layers })
    }

    /// The layers, from the input to the output.
    pub fn layers(&self) -> &[Layer<T>] {
        &self.layers
    }

    pub(crate) fn layers_mut(&mut self) -> &mut [Layer<T>] {
        &mut self.layers
    }

    /// Number of inputs D.
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs()
    }

    /// Number of outputs K.
    pub fn outputs(&self) -> usize {
        self.output_layer().units()
    }

    pub(crate) fn output_layer(&self) -> &Layer<T> {
        &self.layers[self.layers.len() - 1]
    }

    /// Number of weights without biases: a multiplication each on the way forward.
    #[cfg(feature = "parallel")]
    pub(crate) fn weight_count(&self) -> usize {
        self.layers.iter().map(|layer| layer.weight.len()).sum()
    }

    pub(crate) fn check_samples(&self, samples: &Matrix<T>) -> Result<(), MlpError> {
        let (expected, found) = (self.inputs(), samples.nrows());
        if expected == found {
            return Ok(());
        }
        Err(MlpError::Inputs { layer: 1, expected, source_name: "the samples have", found })
    }

    /// **Eq. network-output** (slide 30): yₖ = σ(Σⱼ wₖⱼ h(Σᵢ wⱼᵢ xᵢ)), and so on for any number of layers.
    ///
    /// Samples D × n, outputs K × n. Large sets run through in blocks, so that hidden layers take little memory.
    ///
    /// # Errors
    /// [`MlpError::Inputs`] when the samples have another number of features than the network has inputs.
    pub fn forward(&self, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        self.check_samples(samples)?;
        let n = samples.ncols();
        let mut output = Matrix::zeros(self.outputs(), n);
        let widest = self.layers.iter().map(Layer::units).max().unwrap_or(0);
        // The last block takes the rest, so that no block is so small that the product changes its arithmetic.
        let blocks = (n / BLOCK).max(1);
        let longest = n - (blocks - 1) * BLOCK;
        let mut buffers = [0, 1, 2].map(|_| vec![T::ZERO; widest * longest]);
        for block in 0..blocks {
            let range = block * BLOCK..if block + 1 == blocks { n } else { (block + 1) * BLOCK };
            let [a, z, next] = &mut buffers;
            let mut x = View::from(samples).columns(range.clone())?;
            for layer in &self.layers {
                let size = layer.units() * range.len();
                layer_forward(layer, x, &mut a[..size], &mut next[..size])?;
                std::mem::swap(z, next);
                x = View::new(layer.units(), range.len(), &z[..size])?;
            }
            let size = self.outputs() * range.len();
            output.as_mut_slice()[self.outputs() * range.start..][..size].copy_from_slice(&z[..size]);
        }
        Ok(output)
    }

    /// The way forward with everything it computed on the way: what the backward pass needs, and what the pictures show.
    ///
    /// # Errors
    /// As [`Mlp::forward`].
    pub fn trace(&self, samples: &Matrix<T>) -> Result<Trace<T>, MlpError> {
        self.check_samples(samples)?;
        let mut trace = Trace { net_inputs: Vec::new(), outputs: Vec::new() };
        for layer in &self.layers {
            let x = trace.outputs.last().unwrap_or(samples);
            let mut a = Matrix::zeros(layer.units(), samples.ncols());
            let mut z = a.clone();
            layer_forward(layer, x.into(), a.as_mut_slice(), z.as_mut_slice())?;
            trace.net_inputs.push(a);
            trace.outputs.push(z);
        }
        Ok(trace)
    }

    /// The class of every sample: the output unit with the largest output, the lowest index on a tie.
    ///
    /// A network with one output unit tells two classes apart: class 1 where the output is above ½ (sigmoid or step units),
    /// above 0 (all others).
    ///
    /// # Errors
    /// As [`Mlp::forward`].
    pub fn predict(&self, samples: &Matrix<T>) -> Result<Vec<usize>, MlpError> {
        let output = self.forward(samples)?;
        if self.outputs() > 1 {
            return Ok(predicted_classes(&output));
        }
        let threshold = match self.output_layer().activation {
            Activation::Sigmoid | Activation::Step => T::from_f64(0.5),
            _ => T::ZERO,
        };
        Ok(output.iter().map(|&y| usize::from(y > threshold)).collect())
    }
}

/// `layers.0.weight` with shape `[M, D]` and `layers.0.bias` with shape `[M]`, then the next layer: PyTorch's order and bytes.
impl<T: Real> Parameters<T> for Mlp<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let tensors = self.layers.iter().enumerate().flat_map(|(index, layer)| {
            let (units, inputs) = (layer.units(), layer.inputs());
            let weight = Tensor {
                name: format!("layers.{index}.weight"),
                shape: vec![units, inputs],
                values: layer.weight.as_slice(),
            };
            let bias =
                Tensor { name: format!("layers.{index}.bias"), shape: vec![units], values: layer.bias.as_slice() };
            [weight, bias]
        });
        tensors.collect()
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let tensors = self.layers.iter_mut().enumerate().flat_map(|(index, layer)| {
            let (units, inputs) = (layer.units(), layer.inputs());
            let weight = TensorMut {
                name: format!("layers.{index}.weight"),
                shape: vec![units, inputs],
                values: layer.weight.as_mut_slice(),
            };
            let bias = TensorMut {
                name: format!("layers.{index}.bias"),
                shape: vec![units],
                values: layer.bias.as_mut_slice(),
            };
            [weight, bias]
        });
        tensors.collect()
    }
}
