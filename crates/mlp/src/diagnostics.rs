//! What happens inside during training: the size of the deltas, how far weights moved, units that no longer answer.

use crate::step::{Buffers, Pass, Samples};
use crate::{Mlp, MlpError, Trace};
use nn_core::{CoreError, Loss, Matrix, Real, Reduction};

impl<T: Real> Mlp<T> {
    /// δ of every layer, units × samples: the error that reaches each unit, from the first layer to the output.
    ///
    /// # Errors
    /// As [`Mlp::gradient`].
    pub fn deltas(
        &self,
        samples: &Matrix<T>,
        targets: &Matrix<T>,
        loss: Loss,
        reduction: Reduction,
    ) -> Result<Vec<Matrix<T>>, MlpError> {
        crate::config::check_data(self, loss, samples, targets)?;
        let mut buffers = Buffers::new(self, samples.ncols());
        let pass = Pass::new(self, loss, reduction.factor(samples.ncols()));
        let pass_samples = Samples { inputs: samples.into(), targets: targets.as_slice(), weights: None };
        buffers.forward_and_deltas(&pass, &pass_samples)?;
        let delta = |index: usize| -> Result<Matrix<T>, MlpError> {
            let (_, delta) = buffers.input_and_delta(self, index, samples.into())?;
            Ok(Matrix::from_iterator(delta.nrows(), delta.ncols(), delta.values().iter().copied()))
        };
        (0..self.layers().len()).map(delta).collect()
    }

    /// ‖W − W₀‖ / ‖W₀‖ of every layer, from the first to the output: how far training has moved each (slide 60).
    ///
    /// Infinite for a layer that began at zero and moved, 0 for one that did not move. A tied layer moves with the one whose
    /// weights it has.
    ///
    /// # Errors
    /// [`MlpError::Core`] when the two networks have layers of other sizes.
    pub fn relative_weight_change(&self, before: &Self) -> Result<Vec<f64>, MlpError> {
        let same = |what, expected, found| match expected == found {
            true => Ok(()),
            false => Err(MlpError::from(CoreError::Size { what, expected, found })),
        };
        same("layers of the earlier network", self.layers().len(), before.layers().len())?;
        let change = |index: usize| {
            let (after, before) = (self.weight_view(index), before.weight_view(index));
            same("inputs of a layer of the earlier network", after.nrows(), before.nrows())?;
            same("units of a layer of the earlier network", after.ncols(), before.ncols())?;
            let square = |difference: f64| difference * difference;
            let pairs = after.values().iter().zip(before.values());
            let moved: f64 = pairs.map(|(a, b)| square(a.to_f64() - b.to_f64())).sum();
            let size: f64 = before.values().iter().map(|b| square(b.to_f64())).sum();
            Ok(if moved == 0.0 { 0.0 } else { (moved / size).sqrt() })
        };
        (0..self.layers().len()).map(change).collect()
    }
}

/// √(mean of squares) of all values; 0 without values.
pub fn root_mean_square<T: Real>(values: &Matrix<T>) -> f64 {
    let total: f64 = values.iter().map(|value| value.to_f64() * value.to_f64()).sum();
    (total / values.len().max(1) as f64).sqrt()
}

impl<T: Real> Trace<T> {
    /// Of every layer, the number of units whose output is 0 for every sample: rectified units that learn nothing more.
    pub fn dead_units(&self) -> Vec<usize> {
        let dead = |outputs: &Matrix<T>| outputs.row_iter().filter(|row| row.iter().all(|&z| z == T::ZERO)).count();
        self.outputs.iter().map(dead).collect()
    }

    /// Of every layer, the fraction of units and samples where the slope h′(a) is below `slope`: a sigmoid or tanh unit is
    /// saturated there and passes no error on.
    pub fn saturated(&self, model: &Mlp<T>, slope: f64) -> Vec<f64> {
        let layers = self.net_inputs.iter().zip(model.layers());
        let fraction = |(net_inputs, layer): (&Matrix<T>, &crate::Layer<T>)| {
            let flat = net_inputs.iter().filter(|&&a| layer.activation.derivative(a).to_f64().abs() < slope).count();
            flat as f64 / net_inputs.len().max(1) as f64
        };
        layers.map(fraction).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LayerConfig, MlpConfig};
    use nn_core::{Activation, GradientDescent, Stream, View, ViewMut, gemm};

    fn network(activation: Activation) -> (MlpConfig, Mlp<f64>) {
        let layers =
            vec![LayerConfig::new(6, activation), LayerConfig::new(5, activation), LayerConfig::new(2, activation)];
        let config = MlpConfig::lecture(layers);
        let model = config.initialize(4, &Stream::new(61)).unwrap();
        (config, model)
    }

    fn data() -> (Matrix<f64>, Matrix<f64>) {
        let mut stream = Stream::new(60).named("data");
        (Matrix::from_fn(4, 9, |_, _| stream.normal()), Matrix::from_fn(2, 9, |_, _| stream.uniform()))
    }

    #[test]
    fn deltas_times_inputs_are_the_gradient() {
        let ((_, model), (x, t)) = (network(Activation::Tanh), data());
        let deltas = model.deltas(&x, &t, Loss::HalfSquaredError, Reduction::Sum).unwrap();
        let (_, gradient) = model.gradient(&x, &t, Loss::HalfSquaredError, Reduction::Sum).unwrap();
        let trace = model.trace(&x).unwrap();
        for (index, delta) in deltas.iter().enumerate() {
            let input = if index == 0 { &x } else { &trace.outputs[index - 1] };
            let mut product = Matrix::zeros(input.nrows(), delta.nrows());
            gemm(1.0, input, View::from(delta).transposed(), 0.0, ViewMut::from(&mut product)).unwrap();
            assert!((product - gradient.weight(index).unwrap()).norm() < 1e-13, "layer {index}");
        }
    }

    #[test]
    fn weight_change_is_measured_against_the_beginning() {
        let ((config, model), (x, t)) = (network(Activation::Sigmoid), data());
        assert_eq!(model.relative_weight_change(&model).unwrap(), [0.0; 3]);
        let config = MlpConfig { optimizer: GradientDescent::new(1e-3).into(), epochs: 1, ..config };
        let trained = config.fit(&x, &t, Stream::new(61)).unwrap();
        let (_, gradient) = model.gradient(&x, &t, Loss::HalfSquaredError, Reduction::Sum).unwrap();
        for (index, change) in trained.relative_weight_change(&model).unwrap().into_iter().enumerate() {
            let expected = 1e-3 * gradient.weight(index).unwrap().norm() / model.layers()[index].weight.norm();
            assert!((change / expected - 1.0).abs() < 1e-9, "layer {index}");
        }
        let other = MlpConfig::regressor(&[3], 2).initialize::<f64>(4, &Stream::new(0)).unwrap();
        let error = model.relative_weight_change(&other).unwrap_err();
        assert_eq!(error.to_string(), "layers of the earlier network: expected 3, found 2");
    }

    #[test]
    fn silent_and_saturated_units_are_counted() {
        let ((_, model), (x, _)) = (network(Activation::Relu), data());
        let mut layers = model.layers().to_vec();
        layers[0].bias[2] = -1e3;
        layers[0].bias[4] = -1e3;
        let model = Mlp::new(layers).unwrap();
        assert_eq!(model.trace(&x).unwrap().dead_units()[0], 2);

        let (_, model) = network(Activation::Sigmoid);
        let mut layers = model.layers().to_vec();
        layers[1].bias[0] = 50.0;
        let model = Mlp::new(layers).unwrap();
        let trace = model.trace(&x).unwrap();
        assert_eq!(trace.saturated(&model, 1e-6), [0.0, 0.2, 0.0]);
        assert_eq!(trace.saturated(&model, 0.3), [1.0; 3]);
    }

    #[test]
    fn root_mean_square_of_a_constant_is_its_size() {
        assert_eq!(root_mean_square(&Matrix::repeat(3, 4, -2.0_f32)), 2.0);
        assert_eq!(root_mean_square(&Matrix::<f64>::zeros(0, 0)), 0.0);
    }
}
