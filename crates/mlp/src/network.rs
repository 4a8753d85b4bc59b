//! [`Mlp`]: layers one after the other, and the way forward through them.

use crate::links::{check_links, keep_groups, no_weights};
use crate::{Layer, Links, MlpError};
use nn_core::{CoreError, DecisionRule, Matrix, Real, View, ViewMut, dense, gemm};
use std::ops::Range;

/// Samples that run through the network together when there are many.
const BLOCK: usize = 1024;

/// A multilayer perceptron: L layers of weights, each connected to the next; if wanted, also the inputs to the outputs.
///
/// The input is not counted as a layer (slide 22): a "2-layer network" has two weight matrices.
#[derive(Debug, Clone, PartialEq)]
pub struct Mlp<T: Real> {
    pub(crate) layers: Vec<Layer<T>>,
    pub(crate) links: Vec<Links>,
    pub(crate) shortcut: Option<Matrix<T>>,
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
/// `shortcut` adds the weighted inputs of the network to the net inputs of its output layer.
pub(crate) fn layer_forward<T: Real>(
    layer: &Layer<T>,
    weight: View<'_, T>,
    x: View<'_, T>,
    shortcut: Option<(&Matrix<T>, View<'_, T>)>,
    a: &mut [T],
    z: &mut [T],
) -> Result<(), CoreError> {
    let (units, samples) = (layer.units(), x.ncols());
    dense::forward(weight, layer.bias.as_slice(), x, ViewMut::new(units, samples, a)?)?;
    if let Some((weight, inputs)) = shortcut {
        gemm(T::ONE, View::from(weight).transposed(), inputs, T::ONE, ViewMut::new(units, samples, a)?)?;
    }
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
            let (inputs, units) = layer.weight.shape();
            if units == 0 || inputs == 0 {
                return Err(MlpError::NoUnits { layer: index + 1 });
            }
            if layer.bias.len() != units {
                return Err(MlpError::Biases { layer: index + 1, expected: units, found: layer.bias.len() });
            }
        }
        for (index, pair) in layers.windows(2).enumerate() {
            let (expected, found) = (pair[1].inputs(), pair[0].units());
            if expected != found {
                let source_name = "the layer below has";
                return Err(MlpError::Inputs { layer: index + 2, expected, source_name, found });
            }
        }
        let links = vec![Links::Full; layers.len()];
        Ok(Self { layers, links, shortcut: None })
    }

    /// A network as a configuration describes it, whose tied layers have no weights.
    pub(crate) fn assemble(layers: Vec<Layer<T>>, links: Vec<Links>) -> Result<Self, MlpError> {
        check_links(&layers, &links)?;
        Ok(Self { layers, links, shortcut: None })
    }

    /// The same network with links of these kinds, one a layer. Groups lose the weights between them, a tied layer gives up
    /// its own weights.
    ///
    /// # Errors
    /// [`MlpError::LinkCount`], [`MlpError::Groups`], [`MlpError::TiedTo`] or [`MlpError::Tied`].
    pub fn with_links(mut self, links: &[Links]) -> Result<Self, MlpError> {
        if links.len() != self.layers.len() {
            return Err(MlpError::LinkCount { layers: self.layers.len(), links: links.len() });
        }
        check_links(&self.layers, links)?;
        for (layer, link) in self.layers.iter_mut().zip(links) {
            let inputs = layer.inputs();
            match *link {
                Links::Full => {}
                Links::Groups(groups) => keep_groups(groups, inputs, layer.weight.as_mut_slice()),
                Links::TiedTo(_) => layer.weight = no_weights(inputs),
            }
        }
        self.links = links.to_vec();
        Ok(self)
    }

    /// The same network with a weight from every input to every output, D × K.
    ///
    /// # Errors
    /// [`MlpError::ShortcutWithoutHiddenLayer`], or [`MlpError::Shortcut`] when the sizes are others.
    pub fn with_shortcut(mut self, weight: Matrix<T>) -> Result<Self, MlpError> {
        if self.layers.len() < 2 {
            return Err(MlpError::ShortcutWithoutHiddenLayer);
        }
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let (found_inputs, found_outputs) = weight.shape();
        if (inputs, outputs) != (found_inputs, found_outputs) {
            return Err(MlpError::Shortcut { inputs, outputs, found_inputs, found_outputs });
        }
        self.shortcut = Some(weight);
        Ok(self)
    }

    /// The layers, from the input to the output.
    pub fn layers(&self) -> &[Layer<T>] {
        &self.layers
    }

    /// Which weights the layers have, one a layer.
    pub fn links(&self) -> &[Links] {
        &self.links
    }

    /// The weights from the inputs straight to the outputs, D × K.
    pub fn shortcut(&self) -> Option<&Matrix<T>> {
        self.shortcut.as_ref()
    }

    /// The weights of a layer, counted from 0, D × M; of a tied layer, those of the other one, transposed.
    pub fn weight(&self, layer: usize) -> Option<View<'_, T>> {
        (layer < self.layers.len()).then(|| self.weight_view(layer))
    }

    pub(crate) fn weight_view(&self, layer: usize) -> View<'_, T> {
        match self.links[layer] {
            Links::TiedTo(other) => View::from(&self.layers[other].weight).transposed(),
            _ => View::from(&self.layers[layer].weight),
        }
    }

    /// Full layers and nothing besides.
    pub(crate) fn is_plain(&self) -> bool {
        self.shortcut.is_none() && self.links.iter().all(|&links| links == Links::Full)
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
        self.layers.iter().map(|layer| layer.inputs() * layer.units()).sum()
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
        self.forward_through(0..self.layers.len(), samples)
    }

    /// The outputs of the layer below the last one, hidden units × n from D × n: with one layer the
    /// samples themselves.
    ///
    /// # Errors
    /// As [`Mlp::forward`].
    pub fn transform(&self, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        self.check_samples(samples)?;
        match self.layers.len() - 1 {
            0 => Ok(samples.clone()),
            below => self.forward_through(0..below, samples),
        }
    }

    /// The outputs of the last of these layers for inputs of the first one. A shortcut only counts when all layers take part.
    pub(crate) fn forward_through(&self, layers: Range<usize>, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        let all = layers == (0..self.layers.len());
        let shortcut = self.shortcut.as_ref().filter(|_| all);
        let (first, last) = (layers.start, layers.end - 1);
        let n = samples.ncols();
        let outputs = self.layers[last].units();
        let mut output = Matrix::zeros(outputs, n);
        let widest = self.layers[layers.clone()].iter().map(Layer::units).max().unwrap_or(0);
        // The last block takes the rest, so that no block is so small that the product changes its arithmetic.
        let blocks = (n / BLOCK).max(1);
        let longest = n - (blocks - 1) * BLOCK;
        let mut buffers = [0, 1, 2].map(|_| vec![T::ZERO; widest * longest]);
        for block in 0..blocks {
            let range = block * BLOCK..if block + 1 == blocks { n } else { (block + 1) * BLOCK };
            let [a, z, next] = &mut buffers;
            let inputs = View::from(samples).columns(range.clone())?;
            let mut x = inputs;
            for index in first..=last {
                let layer = &self.layers[index];
                let size = layer.units() * range.len();
                let shortcut = shortcut.filter(|_| index == last).map(|weight| (weight, inputs));
                layer_forward(layer, self.weight_view(index), x, shortcut, &mut a[..size], &mut next[..size])?;
                std::mem::swap(z, next);
                x = View::new(layer.units(), range.len(), &z[..size])?;
            }
            let size = outputs * range.len();
            output.as_mut_slice()[outputs * range.start..][..size].copy_from_slice(&z[..size]);
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
        for (index, layer) in self.layers.iter().enumerate() {
            let x = trace.outputs.last().unwrap_or(samples);
            let mut a = Matrix::zeros(layer.units(), samples.ncols());
            let mut z = a.clone();
            let last = index + 1 == self.layers.len();
            let shortcut = self.shortcut.as_ref().filter(|_| last).map(|weight| (weight, samples.into()));
            layer_forward(layer, self.weight_view(index), x.into(), shortcut, a.as_mut_slice(), z.as_mut_slice())?;
            trace.net_inputs.push(a);
            trace.outputs.push(z);
        }
        Ok(trace)
    }

    /// The class of every sample, by [`DecisionRule::of_outputs`]: the output unit with the largest output, the lowest index on a
    /// tie; with one output unit class 1 where it is above ½ (sigmoid or step units), above 0 (all others).
    ///
    /// # Errors
    /// As [`Mlp::forward`].
    pub fn predict(&self, samples: &Matrix<T>) -> Result<Vec<usize>, MlpError> {
        Ok(self.decision_rule().classes(&self.forward(samples)?))
    }

    /// How a class is read from the outputs.
    pub fn decision_rule(&self) -> DecisionRule {
        DecisionRule::of_outputs(self.outputs(), self.output_layer().activation)
    }
}
