//! Inference with small integers: a trained network with 8 bits or fewer for a weight and for an activation (slide 53).

use crate::{Links, Mlp, MlpError};
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Activation, CoreError, DecisionRule, Matrix, Real, check_finite};

/// The sum of a unit stays inside 32 bits up to so many inputs: 127 · 255 · 65,536 < 2³¹.
const MOST_INPUTS: usize = 65_536;

/// A network whose products are sums of integers: weights w ≈ s_w q with q in ±(2ᵇ⁻¹ − 1), one step s_w a unit, and inputs
/// of every layer x ≈ s_x (q − q₀) with q in 0 .. 2ᵇ − 1.
///
/// a = s_w s_x (Σᵢ qᵂᵢ (qᵢ − q₀) + q_b); the activation function is computed on a, then rounded to the next layer's steps. For
/// rectified units that is a comparison; the others need their function or a table. Zero is always exact.
///
/// ```
/// use mlp::{MlpConfig, QuantizedMlp};
/// use nn_core::{Stream, one_hot};
///
/// let iris = datasets::iris::<f32>()?;
/// let targets = one_hot(3, &iris.labels)?;
/// let network = MlpConfig::classifier(&[16], 3).fit(&iris.samples, &targets, Stream::new(1))?;
/// let small = QuantizedMlp::new(&network, &iris.samples, 8)?;
/// let (ours, theirs) = (small.predict(&iris.samples)?, network.predict(&iris.samples)?);
/// assert!(ours.iter().zip(&theirs).filter(|(a, b)| a == b).count() > 140);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct QuantizedMlp<T: Real> {
    layers: Vec<QuantizedLayer<T>>,
    /// The weights from the inputs straight to the outputs.
    shortcut: Option<QuantizedLayer<T>>,
}

#[derive(Debug, Clone, PartialEq)]
struct QuantizedLayer<T: Real> {
    /// One unit's weights after the other.
    weight: Vec<i8>,
    /// Sum of each unit's weights, for the inputs' q₀.
    weight_sum: Vec<i32>,
    /// In steps of s_w s_x.
    bias: Vec<i64>,
    /// s_w s_x of every unit.
    step: Vec<T>,
    input: Steps<T>,
    inputs: usize,
    activation: Activation,
}

/// From numbers to integers 0 ..= `highest`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Steps<T: Real> {
    step: T,
    zero: T,
    highest: T,
}

impl<T: Real> Steps<T> {
    /// So that the least and the largest value, and 0, are reached.
    fn over(values: &[T], bits: u32) -> Self {
        let (low, high) = values.iter().fold((T::ZERO, T::ZERO), |(low, high), v| (low.min(*v), high.max(*v)));
        let highest = T::from_f64(f64::from((1_u32 << bits) - 1));
        let step = if high > low { (high - low) / highest } else { T::ONE };
        Self { step, zero: T::from_f64((-low / step).to_f64().round()), highest }
    }

    fn integers(&self, values: &[T], integers: &mut [i16]) {
        for (q, value) in integers.iter_mut().zip(values) {
            // Not negative: cutting off the fraction after adding one half rounds.
            let steps = (*value / self.step + self.zero).max(T::ZERO).min(self.highest);
            *q = (steps.to_f64() + 0.5) as i16;
        }
    }
}

impl<T: Real> QuantizedMlp<T> {
    /// Rounds a trained network. `calibration`, D × n, shows which values occur at the inputs of every layer: some hundred
    /// training samples. `bits` from 2 to 8.
    ///
    /// # Errors
    /// [`MlpError::Core`] for bits out of range or a layer with more than 65,536 inputs, [`MlpError::NoSamples`],
    /// [`MlpError::Inputs`], [`MlpError::Data`].
    pub fn new(model: &Mlp<T>, calibration: &Matrix<T>, bits: u32) -> Result<Self, MlpError> {
        if !(2..=8).contains(&bits) {
            return Err(CoreError::OutOfRange { name: "bits", rule: "from 2 to 8", value: f64::from(bits) }.into());
        }
        if calibration.ncols() == 0 {
            return Err(MlpError::NoSamples);
        }
        check_finite(calibration).map_err(|error| MlpError::Data { what: "the samples", error })?;
        let trace = model.trace(calibration)?;
        let inputs = std::iter::once(calibration).chain(&trace.outputs);
        let layers = model.layers().iter().enumerate().zip(inputs);
        let layers = layers.map(|((index, layer), inputs)| {
            // A tied layer has no weights of its own.
            let weight = match model.links()[index] {
                Links::TiedTo(other) => &model.layers()[other].weight.transpose(),
                _ => &layer.weight,
            };
            QuantizedLayer::new(
                weight,
                layer.bias.as_slice(),
                layer.activation,
                Steps::over(inputs.as_slice(), bits),
                bits,
            )
        });
        let layers = layers.collect::<Result<Vec<_>, _>>()?;
        let straight = |weight: &Matrix<T>| {
            let bias = vec![T::ZERO; weight.ncols()];
            QuantizedLayer::new(weight, &bias, Activation::Identity, layers[0].input, bits)
        };
        let shortcut = model.shortcut().map(straight).transpose()?;
        Ok(Self { layers, shortcut })
    }

    /// The outputs, K × n, for samples D × n.
    ///
    /// # Errors
    /// [`MlpError::Inputs`] when the samples have another number of features than the network has inputs.
    pub fn forward(&self, samples: &Matrix<T>) -> Result<Matrix<T>, MlpError> {
        let (expected, found) = (self.layers[0].inputs, samples.nrows());
        if expected != found {
            return Err(MlpError::Inputs { layer: 1, expected, source_name: "the samples have", found });
        }
        let mut x = samples.clone();
        for (index, layer) in self.layers.iter().enumerate() {
            let mut a = layer.net_inputs(&x);
            if let Some(shortcut) = self.shortcut.as_ref().filter(|_| index + 1 == self.layers.len()) {
                a += shortcut.net_inputs(samples);
            }
            x = Matrix::zeros(a.nrows(), a.ncols());
            layer.activation.apply(a.as_slice(), x.as_mut_slice())?;
        }
        Ok(x)
    }

    /// The class of every sample, as [`Mlp::predict`].
    ///
    /// # Errors
    /// As [`QuantizedMlp::forward`].
    pub fn predict(&self, samples: &Matrix<T>) -> Result<Vec<usize>, MlpError> {
        let output = self.forward(samples)?;
        let activation = self.layers[self.layers.len() - 1].activation;
        Ok(DecisionRule::of_outputs(output.nrows(), activation).classes(&output))
    }
}

impl<T: Real> QuantizedLayer<T> {
    fn new(
        weight: &Matrix<T>,
        bias: &[T],
        activation: Activation,
        input: Steps<T>,
        bits: u32,
    ) -> Result<Self, MlpError> {
        let inputs = weight.nrows();
        if inputs > MOST_INPUTS {
            let (name, rule) = ("the number of a layer's inputs", "at most 65536 for a sum in 32 bits");
            return Err(CoreError::OutOfRange { name, rule, value: inputs as f64 }.into());
        }
        let highest = T::from_f64(f64::from((1_u32 << (bits - 1)) - 1));
        let mut quantized = Self {
            weight: Vec::with_capacity(weight.len()),
            weight_sum: Vec::new(),
            bias: Vec::new(),
            step: Vec::new(),
            input,
            inputs,
            activation,
        };
        for (unit, bias) in weight.column_iter().zip(bias) {
            let largest = unit.iter().fold(T::ZERO, |largest, w| largest.max(w.abs()));
            let step = if largest > T::ZERO { largest / highest } else { T::ONE };
            let first = quantized.weight.len();
            quantized.weight.extend(unit.iter().map(|w| (*w / step).to_f64().round() as i8));
            quantized.weight_sum.push(quantized.weight[first..].iter().map(|q| i32::from(*q)).sum());
            let step = step * input.step;
            quantized.bias.push((*bias / step).to_f64().round() as i64);
            quantized.step.push(step);
        }
        Ok(quantized)
    }

    /// a of every unit for every sample.
    fn net_inputs(&self, x: &Matrix<T>) -> Matrix<T> {
        let units = self.bias.len();
        let mut integers = vec![0; x.len()];
        self.input.integers(x.as_slice(), &mut integers);
        let mut sums = vec![0; units * x.ncols()];
        // Twice as wide, which the CPU multiplies as they are.
        let weight: Vec<i16> = self.weight.iter().map(|q| i16::from(*q)).collect();
        products(&weight, &integers, self.inputs, &mut sums);
        let zero = self.input.zero.to_f64() as i64;
        let net_inputs = sums.iter().enumerate().map(|(index, sum)| {
            let unit = index % units;
            let sum = i64::from(*sum) - zero * i64::from(self.weight_sum[unit]);
            T::from_f64(sum.saturating_add(self.bias[unit]) as f64) * self.step[unit]
        });
        Matrix::from_iterator(units, x.ncols(), net_inputs)
    }
}

/// Σᵢ wᵢ xᵢ of every unit for every sample. Sums of integers: any order gives the same.
fn products(weight: &[i16], x: &[i16], inputs: usize, sums: &mut [i32]) {
    dispatch(Products { weight, x, inputs, sums });
}

struct Products<'a> {
    weight: &'a [i16],
    x: &'a [i16],
    inputs: usize,
    sums: &'a mut [i32],
}

impl Kernel for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let units = self.weight.chunks_exact(self.inputs);
        let samples = self.x.chunks_exact(self.inputs).zip(self.sums.chunks_exact_mut(units.len()));
        for (x, sums) in samples {
            for (w, sum) in units.clone().zip(sums) {
                *sum = dot(w, x);
            }
        }
    }
}

#[inline(always)]
fn dot(w: &[i16], x: &[i16]) -> i32 {
    w.iter().zip(x).fold(0, |sum, (w, x)| add_product(sum, *w, *x))
}

/// Without a test for overflow, which [`MOST_INPUTS`] excludes and which would keep the loop from vector instructions.
#[inline(always)]
fn add_product(sum: i32, w: i16, x: i16) -> i32 {
    sum.wrapping_add(i32::from(w).wrapping_mul(i32::from(x)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, LayerConfig, MlpConfig};
    use nn_core::{Init, Stream, Vector};

    fn network(activation: Activation) -> Mlp<f64> {
        let layers = vec![LayerConfig::new(20, activation), LayerConfig::new(3, Activation::Identity)];
        MlpConfig::lecture(layers).initialize(12, &Stream::new(8)).unwrap()
    }

    fn samples(count: usize) -> Matrix<f64> {
        let mut stream = Stream::new(9).named("samples");
        Matrix::from_fn(12, count, |_, _| stream.normal())
    }

    /// Weights −127 .. 127 steps, inputs 0 .. 255 steps: nothing is rounded.
    #[test]
    fn what_fits_the_steps_is_exact() {
        let weight = Matrix::from_column_slice(3, 2, &[-127.0, 64.0, 1.0, 0.25, 31.75, -2.5]);
        let layer = Layer { weight, bias: Vector::from_vec(vec![10.0, -0.5]), activation: Activation::Relu };
        let model = Mlp::new(vec![layer]).unwrap();
        let x = Matrix::from_column_slice(3, 2, &[0.0, 255.0, 3.0, 17.0, 1.0, 200.0]);
        let quantized = QuantizedMlp::new(&model, &x, 8).unwrap();
        assert_eq!(quantized.forward(&x).unwrap(), model.forward(&x).unwrap());
    }

    /// A rounded weight is off by half a step at most, and so is an input: the net input is off by the sum of both.
    #[test]
    fn a_linear_layer_errs_by_half_a_step_an_input_at_most() {
        let mut stream = Stream::new(10).named("layer");
        let weight = Matrix::from_fn(12, 4, |_, _| stream.normal());
        let layer = Layer { weight, bias: Vector::zeros(4), activation: Activation::Identity };
        let model = Mlp::new(vec![layer.clone()]).unwrap();
        let x = samples(50);
        for bits in 2..=8 {
            let error = QuantizedMlp::new(&model, &x, bits).unwrap().forward(&x).unwrap() - model.forward(&x).unwrap();
            let steps = f64::from((1_u32 << bits) - 1);
            // The zero of the inputs is rounded, too: a whole step at the edges.
            let input_step = (x.max() - x.min()) / steps;
            let largest_input = x.amax() + input_step;
            for (unit, errors) in error.row_iter().enumerate() {
                let w = layer.weight.column(unit);
                let weight_step = w.amax() / f64::from((1_u32 << (bits - 1)) - 1);
                let bound =
                    12.0 * 0.5 * weight_step * largest_input + w.iter().map(|w| w.abs()).sum::<f64>() * input_step;
                assert!(errors.amax() <= bound, "{bits} bits: {} > {bound}", errors.amax());
            }
        }
    }

    #[test]
    fn more_bits_come_nearer() {
        for activation in [Activation::Sigmoid, Activation::Tanh, Activation::Relu] {
            let (model, x) = (network(activation), samples(200));
            let error = |bits| {
                (QuantizedMlp::new(&model, &x, bits).unwrap().forward(&x).unwrap() - model.forward(&x).unwrap()).norm()
            };
            let (two, four, eight) = (error(2), error(4), error(8));
            assert!(eight < 0.2 * four && four < 0.5 * two, "{activation:?}: {two} {four} {eight}");
            assert!(eight < 0.02 * model.forward(&x).unwrap().norm(), "{activation:?}: {eight}");
        }
    }

    #[test]
    fn shortcuts_and_tied_weights_are_rounded_like_all_others() {
        let tied = LayerConfig { links: Links::TiedTo(0), ..LayerConfig::new(12, Activation::Tanh) };
        let config = MlpConfig {
            shortcut: Some(Init::Uniform(0.5)),
            ..MlpConfig::lecture(vec![LayerConfig::new(5, Activation::Tanh), tied])
        };
        let (model, x) = (config.initialize::<f64>(12, &Stream::new(8)).unwrap(), samples(200));
        let exact = model.forward(&x).unwrap();
        let error = QuantizedMlp::new(&model, &x, 8).unwrap().forward(&x).unwrap() - &exact;
        assert!(error.norm() < 0.02 * exact.norm(), "{}", error.norm() / exact.norm());
    }

    #[test]
    fn values_beyond_the_calibration_are_cut_off() {
        let layer =
            Layer { weight: Matrix::repeat(1, 1, 1.0), bias: Vector::zeros(1), activation: Activation::Identity };
        let model = Mlp::new(vec![layer]).unwrap();
        let quantized = QuantizedMlp::new(&model, &Matrix::from_row_slice(1, 2, &[-1.0, 1.0]), 8).unwrap();
        let far = quantized.forward(&Matrix::from_row_slice(1, 3, &[-100.0, 0.0, 100.0])).unwrap();
        assert!((far[0] + 1.0).abs() < 0.01 && far[1] == 0.0 && (far[2] - 1.0).abs() < 0.01, "{far}");
    }

    #[test]
    fn what_cannot_be_rounded_is_named() {
        let (model, x) = (network(Activation::Relu), samples(3));
        let message = |x: &Matrix<f64>, bits| QuantizedMlp::new(&model, x, bits).unwrap_err().to_string();
        assert_eq!(message(&x, 1), "bits must be from 2 to 8, is 1");
        assert_eq!(message(&Matrix::zeros(12, 0), 8), "there is no sample to learn from");
        assert_eq!(message(&Matrix::zeros(5, 2), 8), "layer 1 expects 12 inputs, the samples have 5");
        let error = QuantizedMlp::new(&model, &x, 8).unwrap().forward(&Matrix::zeros(5, 2)).unwrap_err();
        assert_eq!(error.to_string(), "layer 1 expects 12 inputs, the samples have 5");
    }
}
