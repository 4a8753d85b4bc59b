//! The autoencoder (slides 66 and 67): a network that learns to give its input back through a bottleneck.

use crate::{Mlp, MlpError};
use nn_core::{Loss, Matrix, Real};

/// A network whose middle layer is a code of its input.
#[derive(Debug, Clone, PartialEq)]
pub struct Autoencoder<T: Real> {
    pub(crate) network: Mlp<T>,
    /// Layers of the encoder.
    pub(crate) encoder: usize,
}

impl<T: Real> Autoencoder<T> {
    /// A network as an autoencoder whose code is the output of layer `encoder`, counted from 1.
    ///
    /// # Errors
    /// [`MlpError::Code`] when there is no such layer, no layer above it, or the network has other outputs than inputs.
    pub fn new(network: Mlp<T>, encoder: usize) -> Result<Self, MlpError> {
        let (layers, inputs, outputs) = (network.layers.len(), network.inputs(), network.outputs());
        if encoder == 0 || encoder >= layers || inputs != outputs || network.shortcut.is_some() {
            return Err(MlpError::Code { layer: encoder, layers, inputs, outputs });
        }
        Ok(Self { network, encoder })
    }

    /// The whole network, inputs to outputs.
    pub fn network(&self) -> &Mlp<T> {
        &self.network
    }

    /// The whole network, inputs to outputs.
    pub fn into_network(self) -> Mlp<T> {
        self.network
    }

    /// Units of the code.
    pub fn code_units(&self) -> usize {
        self.network.layers[self.encoder - 1].units()
    }

    /// The codes of samples: the outputs of the bottleneck, M × n for D × n.
    ///
    /// # Errors
    /// [`MlpError::Inputs`] when the samples have another number of features than the network has inputs.
    pub fn encode(&self, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        self.network.check_samples(samples)?;
        self.network.forward_through(0..self.encoder, samples)
    }

    /// What the decoder makes of codes, D × n for M × n.
    ///
    /// # Errors
    /// [`MlpError::Inputs`] when the codes have another size than the bottleneck.
    pub fn decode(&self, codes: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        let (expected, found) = (self.code_units(), codes.nrows());
        if expected != found {
            let source_name = "the codes have";
            return Err(MlpError::Inputs { layer: self.encoder + 1, expected, source_name, found });
        }
        self.network.forward_through(self.encoder..self.network.layers.len(), codes)
    }

    /// Encoded and decoded samples, D × n.
    ///
    /// # Errors
    /// As [`Autoencoder::encode`].
    pub fn reconstruct(&self, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        self.network.forward(samples)
    }

    /// Mean over the samples of ‖x̂ − x‖²: the squared error of a sample, summed over its features, without the factor ½.
    ///
    /// # Errors
    /// As [`Autoencoder::encode`].
    pub fn squared_error(&self, samples: &Matrix<T>) -> Result<f64, MlpError> {
        let output = self.reconstruct(samples)?;
        let twice = 2.0 * Loss::HalfSquaredError.value(output.nrows(), output.as_slice(), samples.as_slice())?;
        Ok(twice / samples.ncols().max(1) as f64)
    }
}

impl<T: Real> nn_core::Parameters<T> for Autoencoder<T> {
    fn tensors(&self) -> Vec<nn_core::Tensor<'_, T>> {
        self.network.tensors()
    }

    fn tensors_mut(&mut self) -> Vec<nn_core::TensorMut<'_, T>> {
        self.network.tensors_mut()
    }
}
