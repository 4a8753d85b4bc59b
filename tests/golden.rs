//! Gradients and optimizer steps against PyTorch: `golden/torch.safetensors`, made by `golden/make_torch_golden.py`.

use io::{Array, Limits, read_safetensors};
use mlp::{Layer, Mlp};
use nn_core::{
    Activation, AdaGrad, Adam, AdamW, GradientDescent, Loss, Matrix, Momentum, Nesterov, Optimizer, Parameters,
    Reduction, RmsProp, Rprop, Vector, samples_from_rows,
};
use std::collections::BTreeMap;

const NAMES: [&str; 4] = ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"];

struct Golden(BTreeMap<String, Array<f64>>);

impl Golden {
    fn load() -> Self {
        let bytes = include_bytes!("golden/torch.safetensors");
        Self(read_safetensors(&bytes[..], &Limits::default()).unwrap())
    }

    fn values(&self, name: &str) -> &[f64] {
        &self.0[name].values
    }

    fn samples(&self, name: &str) -> Matrix<f64> {
        let array = &self.0[name];
        samples_from_rows(array.shape[1], array.values.clone()).unwrap()
    }

    fn network(&self, activation: Activation) -> Mlp<f64> {
        let layer = |index: usize, activation| Layer {
            weight: self.samples(&format!("layers.{index}.weight")),
            bias: Vector::from_column_slice(self.values(&format!("layers.{index}.bias"))),
            activation,
        };
        Mlp::new(vec![layer(0, activation), layer(1, Activation::Identity)]).unwrap()
    }

    /// The largest difference of a model's tensors from those under this name.
    fn worst(&self, case: &str, model: &impl Parameters<f64>) -> f64 {
        let worst = |name: &str| {
            let tensors = model.tensors();
            let found = tensors.iter().find(|tensor| tensor.name == name).unwrap();
            let expected = self.values(&format!("{case}.{name}"));
            assert_eq!(found.values.len(), expected.len());
            found.values.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        NAMES.into_iter().map(worst).fold(0.0, f64::max)
    }
}

#[test]
fn losses_and_gradients_are_those_of_pytorch() {
    let golden = Golden::load();
    let (x, t) = (golden.samples("x"), golden.samples("t"));
    let activations = [
        ("sigmoid", Activation::Sigmoid),
        ("tanh", Activation::Tanh),
        ("relu", Activation::Relu),
        ("leaky_relu", Activation::LEAKY_RELU),
        ("gelu", Activation::Gelu),
        ("gelu_tanh", Activation::GeluTanh),
    ];
    let losses = [
        ("half_squared_error", Loss::HalfSquaredError),
        ("mean_squared_error", Loss::MeanSquaredError),
        ("softmax_cross_entropy", Loss::SoftmaxCrossEntropyLogits),
        ("sigmoid_cross_entropy", Loss::SigmoidCrossEntropyLogits),
    ];
    let mut worst = 0.0_f64;
    for (activation_name, activation) in activations {
        for (loss_name, loss) in losses {
            let case = format!("{activation_name}.{loss_name}");
            let (value, gradient) = golden.network(activation).gradient(&x, &t, loss, Reduction::Mean).unwrap();
            let difference =
                golden.worst(&case, &gradient).max((value - golden.values(&format!("{case}.loss"))[0]).abs());
            assert!(difference < 1e-15 * 8.0, "{case}: {difference:e}");
            worst = worst.max(difference);
        }
    }
    println!("worst difference of losses and gradients from PyTorch: {worst:e}");
}

#[test]
fn twenty_steps_of_every_optimizer_are_those_of_pytorch() {
    let golden = Golden::load();
    let (x, t) = (golden.samples("x"), golden.samples("t"));
    let optimizers: [(&str, Optimizer); 8] = [
        ("gradient_descent", GradientDescent { weight_decay: 0.01, ..GradientDescent::new(0.1) }.into()),
        ("momentum", Momentum::new(0.05, 0.9).into()),
        ("nesterov", Nesterov::new(0.05, 0.9).into()),
        ("rms_prop", RmsProp::new(0.01).into()),
        ("ada_grad", AdaGrad::new(0.1).into()),
        ("adam", Adam::new(0.01).into()),
        ("adam_w", AdamW::new(0.01).into()),
        ("rprop", Rprop::default().into()),
    ];
    for (name, optimizer) in optimizers {
        let mut network = golden.network(Activation::Tanh);
        let sizes: Vec<usize> = network.tensors().iter().map(|tensor| tensor.values.len()).collect();
        let mut state = optimizer.state(&sizes);
        for _ in 0..20 {
            let (_, gradient) = network.gradient(&x, &t, Loss::SoftmaxCrossEntropyLogits, Reduction::Mean).unwrap();
            let gradient = gradient.tensors();
            let gradients: Vec<&[f64]> = gradient.iter().map(|tensor| tensor.values).collect();
            let mut tensors = network.tensors_mut();
            let mut parameters: Vec<&mut [f64]> = tensors.iter_mut().map(|tensor| &mut *tensor.values).collect();
            optimizer.step(&mut state, &mut parameters, &gradients).unwrap();
        }
        let difference = golden.worst(name, &network);
        println!("{name}: worst difference from PyTorch after 20 steps {difference:e}");
        assert!(difference < 1e-13, "{name}: {difference:e}");
    }
}
