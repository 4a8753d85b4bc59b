//! [`Cnn`]: layers one after the other, what they count, and the way through them.

use crate::fast::{Batch, Mode};
use crate::{CnnError, Layer, LayerConfig, Objective, Shape};
use nn_core::{Activation, DecisionRule, Matrix, Parameters, Real, Reduction, Stream, Tensor, TensorMut, error_rate};

/// A convolutional network.
#[derive(Debug, Clone, PartialEq)]
pub struct Cnn<T: Real> {
    input: Shape,
    layers: Vec<Layer<T>>,
}

/// What every layer computed for one sample: the net inputs a and the outputs z, map after map, row after row.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace<T> {
    /// a of every layer.
    pub net_inputs: Vec<Vec<T>>,
    /// z = h(a) of every layer; the last is the network's output.
    pub outputs: Vec<Vec<T>>,
}

/// A row of the table of a network's structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerStructure {
    /// Kind of the layer.
    pub kind: &'static str,
    /// Shape of what goes out.
    pub output: Shape,
    /// Links into the layer, biases included.
    pub connections: usize,
    /// Numbers that learn.
    pub parameters: usize,
}

/// The slope of a loss with respect to every parameter, with the network's tensors.
#[derive(Debug, Clone, PartialEq)]
pub struct Gradient<T> {
    pub(crate) names: Vec<(String, Vec<usize>)>,
    pub(crate) values: Vec<Vec<T>>,
}

/// Slopes of a layer's weights and biases; empty for what a layer does not have.
pub(crate) type LayerGradient<T> = (Vec<T>, Vec<T>);

impl<T: Real> Cnn<T> {
    /// The network of these layers on an input of this shape, weights from `stream.named("weights")` layer by layer.
    ///
    /// # Errors
    /// What does not fit, with the number and kind of the layer; [`CnnError::Core`] for an initialization out of range.
    pub fn new(input: Shape, layers: &[LayerConfig], stream: &Stream) -> Result<Self, CnnError> {
        if layers.is_empty() {
            return Err(CnnError::NoLayers);
        }
        if input.units() == 0 || input.units() > isize::MAX as usize / 64 {
            return Err(CnnError::NoInput { shape: input });
        }
        let mut stream = stream.named("weights");
        let mut below = input;
        let mut built: Vec<Layer<T>> = Vec::with_capacity(layers.len());
        for (index, config) in layers.iter().enumerate() {
            let layer = config.initialize(index + 1, below, &mut stream)?;
            below = layer.output();
            built.push(layer);
        }
        let network = Self { input, layers: built };
        network.check_places()?;
        Ok(network)
    }

    /// Layers that fit.
    pub(crate) fn of_layers(input: Shape, layers: Vec<Layer<T>>) -> Self {
        Self { input, layers }
    }

    fn check_places(&self) -> Result<(), CnnError> {
        let last = self.layers.len() - 1;
        for (index, layer) in self.layers.iter().enumerate() {
            let rule = match layer {
                Layer::RadialBasis(_) if index != last => "must be the last layer",
                Layer::Dropout(_) if index == last || index < self.front() => "must stand before a dense layer",
                _ => continue,
            };
            return Err(CnnError::Place { layer: index + 1, kind: layer.kind(), rule });
        }
        Ok(())
    }

    /// How many layers lie before the first from which on everything is dense.
    pub(crate) fn front(&self) -> usize {
        let dense = |layer: &Layer<T>| match layer {
            Layer::Dense(_) | Layer::Dropout(_) | Layer::RadialBasis(_) => true,
            Layer::Convolution(layer) => layer.is_dense(),
            Layer::Subsampling(_) | Layer::Pooling(_) => false,
        };
        self.layers.iter().rposition(|layer| !dense(layer)).map_or(0, |last| last + 1)
    }

    /// Shape of the input.
    pub fn input(&self) -> Shape {
        self.input
    }

    /// The layers, from the input to the output.
    pub fn layers(&self) -> &[Layer<T>] {
        &self.layers
    }

    pub(crate) fn layers_mut(&mut self) -> &mut [Layer<T>] {
        &mut self.layers
    }

    pub(crate) fn last(&self) -> &Layer<T> {
        &self.layers[self.layers.len() - 1]
    }

    /// Shape of what comes into layer `index`, counted from 0.
    pub(crate) fn below(&self, index: usize) -> Shape {
        index.checked_sub(1).map_or(self.input, |below| self.layers[below].output())
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.last().output().units()
    }

    /// Kind, shape, connections and parameters of every layer.
    pub fn structure(&self) -> Vec<LayerStructure> {
        let row = |layer: &Layer<T>| LayerStructure {
            kind: layer.kind(),
            output: layer.output(),
            connections: layer.connections(),
            parameters: layer.parameters(),
        };
        self.layers.iter().map(row).collect()
    }

    /// Units of the input and of all layers; dropout has none.
    pub fn units(&self) -> usize {
        let units = |layer: &Layer<T>| if matches!(layer, Layer::Dropout(_)) { 0 } else { layer.output().units() };
        self.input.units() + self.layers.iter().map(units).sum::<usize>()
    }

    /// Links of all layers, biases included, each place of a kernel counted.
    pub fn connections(&self) -> usize {
        self.layers.iter().map(Layer::connections).sum()
    }

    pub(crate) fn check_samples(&self, samples: &Matrix<T>) -> Result<(), CnnError> {
        if samples.nrows() == self.input.units() {
            return Ok(());
        }
        Err(CnnError::Inputs { expected: self.input, found: samples.nrows() })
    }

    /// What every layer computes for one sample, by the definitions: for pictures and checks, not for speed.
    ///
    /// # Errors
    /// [`CnnError::Inputs`] when the sample has another size than the input.
    pub fn trace(&self, sample: &[T]) -> Result<Trace<T>, CnnError> {
        if sample.len() != self.input.units() {
            return Err(CnnError::Inputs { expected: self.input, found: sample.len() });
        }
        let mut trace = Trace { net_inputs: Vec::new(), outputs: Vec::new() };
        for layer in &self.layers {
            let x = trace.outputs.last().map_or(sample, Vec::as_slice);
            let mut a = vec![T::ZERO; layer.output().units()];
            layer.net_input(x, &mut a)?;
            let mut z = a.clone();
            layer.activation().apply(&a, &mut z)?;
            trace.net_inputs.push(a);
            trace.outputs.push(z);
        }
        Ok(trace)
    }

    /// Loss and gradient of one sample by the definitions, the reference of [`Cnn::gradient`]. Dropout does nothing.
    ///
    /// # Errors
    /// As [`Cnn::gradient`].
    pub fn gradient_by_definition(
        &self,
        sample: &[T],
        target: &[T],
        objective: Objective,
    ) -> Result<(f64, Gradient<T>), CnnError> {
        let trace = self.trace(sample)?;
        let outputs = self.outputs();
        if target.len() != outputs {
            return Err(CnnError::Targets { layer: self.layers.len(), expected: outputs, found: target.len() });
        }
        let (mut loss, mut slope) = ([0.0], vec![T::ZERO; outputs]);
        let output = trace.outputs.last().map_or(sample, Vec::as_slice);
        objective.evaluate(outputs, output, target, &mut loss, &mut slope)?;
        let mut gradient = self.layer_gradients();
        for (index, layer) in self.layers.iter().enumerate().rev() {
            layer.activation().apply_derivative(&trace.net_inputs[index], &trace.outputs[index], &mut slope)?;
            let x = index.checked_sub(1).map_or(sample, |below| &trace.outputs[below]);
            let mut below = vec![T::ZERO; x.len()];
            let (weight, bias) = &mut gradient[index];
            layer.backward(x, &slope, weight, bias, &mut below)?;
            slope = below;
        }
        Ok((loss[0], self.named_gradient(gradient)))
    }

    /// Zeros for the weights and biases of every layer.
    pub(crate) fn layer_gradients(&self) -> Vec<LayerGradient<T>> {
        let zeros = |values: &[T]| vec![T::ZERO; values.len()];
        let of = |layer: &Layer<T>| match layer {
            Layer::Convolution(layer) => (zeros(&layer.weight), zeros(&layer.bias)),
            Layer::Subsampling(layer) => (zeros(&layer.coefficient), zeros(&layer.bias)),
            Layer::Dense(layer) => (zeros(&layer.weight), zeros(&layer.bias)),
            Layer::Pooling(_) | Layer::Dropout(_) | Layer::RadialBasis(_) => (Vec::new(), Vec::new()),
        };
        self.layers.iter().map(of).collect()
    }

    /// The same with the names of the tensors.
    pub(crate) fn named_gradient(&self, layers: Vec<LayerGradient<T>>) -> Gradient<T> {
        let names = self.tensors().into_iter().map(|tensor| (tensor.name, tensor.shape)).collect();
        let values = layers.into_iter().flat_map(|(weight, bias)| [weight, bias]).filter(|values| !values.is_empty());
        Gradient { names, values: values.collect() }
    }

    /// The outputs: samples d × n, outputs K × n. Fast, in groups of samples, over all cores with the feature `parallel`.
    ///
    /// # Errors
    /// [`CnnError::Inputs`] when the samples have another size than the input.
    pub fn forward(&self, samples: &Matrix<T>) -> Result<Matrix<T>, CnnError> {
        self.check_samples(samples)?;
        let mut output = Matrix::zeros(self.outputs(), samples.ncols());
        crate::fast::forward(self, samples, self.layers.len(), output.as_mut_slice())?;
        Ok(output)
    }

    /// The outputs of the layer below the last one: what the classes are read from. Samples d × n, features units × n.
    ///
    /// # Errors
    /// As [`Cnn::forward`].
    pub fn transform(&self, samples: &Matrix<T>) -> Result<Matrix<T>, CnnError> {
        self.check_samples(samples)?;
        let layers = self.layers.len() - 1;
        let mut output = Matrix::zeros(self.below(layers).units(), samples.ncols());
        crate::fast::forward(self, samples, layers, output.as_mut_slice())?;
        Ok(output)
    }

    /// The class of every sample, by [`Cnn::decision_rule`].
    ///
    /// # Errors
    /// As [`Cnn::forward`].
    pub fn predict(&self, samples: &Matrix<T>) -> Result<Vec<usize>, CnnError> {
        Ok(self.decision_rule().classes(&self.forward(samples)?))
    }

    /// How a class is read from the outputs: the largest output, or the smallest distance of radial basis units, the lowest index on
    /// a tie; with one output unit class 1 where it is above ½ (sigmoid or step units), above 0 (all others).
    pub fn decision_rule(&self) -> DecisionRule {
        match self.last() {
            Layer::RadialBasis(_) => DecisionRule::Smallest,
            // Pooling keeps the range of what is below it.
            _ => {
                let activation = self.layers.iter().rev().find(|layer| !matches!(layer, Layer::Pooling(_)));
                DecisionRule::of_outputs(self.outputs(), activation.map_or(Activation::Identity, Layer::activation))
            }
        }
    }

    /// How a class is read from targets: where outputs are distances, the right one still has the largest target.
    pub(crate) fn target_rule(&self) -> DecisionRule {
        match self.decision_rule() {
            DecisionRule::Smallest => DecisionRule::Largest,
            rule => rule,
        }
    }

    /// Mean over the samples, d × n, of E_n against targets, K × n. Dropout does nothing.
    ///
    /// # Errors
    /// As [`CnnConfig::training`](crate::CnnConfig::training) for data that do not fit.
    pub fn loss(&self, samples: &Matrix<T>, targets: &Matrix<T>, objective: Objective) -> Result<f64, CnnError> {
        crate::checks::check_data(self, objective, samples, targets)?;
        let output = self.forward(samples)?;
        let (mut losses, mut slope) = (vec![0.0; samples.ncols()], vec![T::ZERO; output.len()]);
        objective.evaluate(self.outputs(), output.as_slice(), targets.as_slice(), &mut losses, &mut slope)?;
        Ok(losses.iter().sum::<f64>() / losses.len() as f64)
    }

    /// The fraction of samples, d × n, whose predicted class is not that of their target, K × n; 0 without samples. Targets are read by
    /// the rule of the outputs (the largest one where those are distances).
    ///
    /// # Errors
    /// [`CnnError::Inputs`], [`CnnError::Targets`] or [`CnnError::SampleCount`].
    pub fn error_rate(&self, samples: &Matrix<T>, targets: &Matrix<T>) -> Result<f64, CnnError> {
        crate::checks::check_sizes(self, samples, targets)?;
        let (predicted, classes) = (self.predict(samples)?, self.target_rule().classes(targets));
        Ok(error_rate(&predicted, &classes)?)
    }

    /// Loss and gradient over all samples, by the fast loops. Dropout does nothing.
    ///
    /// # Errors
    /// As [`CnnConfig::training`](crate::CnnConfig::training) for data that do not fit.
    pub fn gradient(
        &self,
        samples: &Matrix<T>,
        targets: &Matrix<T>,
        objective: Objective,
        reduction: Reduction,
    ) -> Result<(f64, Gradient<T>), CnnError> {
        crate::checks::check_data(self, objective, samples, targets)?;
        let factor = reduction.factor(samples.ncols());
        let order: Vec<usize> = (0..samples.ncols()).collect();
        let mode = Mode::Gradient { objective, factor: T::from_f64(factor) };
        let mut batch = Batch::new(self, samples.ncols());
        let sum = batch.run(self, mode, &crate::fast::Source::plain(samples, targets, &order))?;
        Ok((sum.loss * factor, self.named_gradient(batch.into_gradient())))
    }
}

/// `layers.0.weight` with shape `[maps, maps below, rows, columns]` and `layers.0.bias` with shape `[maps]`, or
/// `[maps, height, width]` for a bias a unit; `[units, inputs]` and `[units]` for dense layers, `[maps]` twice for subsampling.
/// The index counts all layers, those without parameters too: PyTorch's names for a `Sequential` called `layers`.
impl<T: Real> Parameters<T> for Cnn<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let tensors = self.layers.iter().enumerate().flat_map(|(index, layer)| {
            let tensor = move |(name, shape, values)| Tensor { name: format!("layers.{index}.{name}"), shape, values };
            layer.learned().into_iter().map(tensor)
        });
        tensors.collect()
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let named: Vec<(String, Vec<usize>)> =
            self.tensors().into_iter().map(|tensor| (tensor.name, tensor.shape)).collect();
        let values = self.layers.iter_mut().filter_map(Layer::learned_mut);
        let values = values.flat_map(|(weight, bias)| [weight, bias]).filter(|values| !values.is_empty());
        named.into_iter().zip(values).map(|((name, shape), values)| TensorMut { name, shape, values }).collect()
    }

    /// Only kernels that exist: the zeros of a connection table have not been learned.
    fn parameter_count(&self) -> usize {
        self.layers.iter().map(Layer::parameters).sum()
    }
}

impl<T: Real> Parameters<T> for Gradient<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let tensors = self.names.iter().zip(&self.values);
        tensors.map(|((name, shape), values)| Tensor { name: name.clone(), shape: shape.clone(), values }).collect()
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let tensors = self.names.iter().zip(&mut self.values);
        tensors.map(|((name, shape), values)| TensorMut { name: name.clone(), shape: shape.clone(), values }).collect()
    }
}
