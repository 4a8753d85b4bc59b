//! Gradients and optimizer steps against PyTorch: `golden/torch.safetensors`, made by `golden/make_torch_golden.py`.

use io::{Array, Limits, read_safetensors};
use mlp::{Autoencoder, AutoencoderConfig, Layer, LayerConfig, Links, Mlp, MlpConfig, Sparsity};
use nn_core::{
    Activation, AdaGrad, Adam, AdamW, Batch, GradientDescent, Loss, Matrix, Momentum, Nesterov, Optimizer, Parameters,
    Reduction, RmsProp, Rprop, Stream, Vector, samples_from_rows,
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

/// The largest difference between values and those under a name.
fn difference(golden: &Golden, name: &str, values: &[f64]) -> f64 {
    let expected = golden.values(name);
    assert_eq!(values.len(), expected.len(), "{name}");
    values.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn tied_weights_shortcuts_and_inputs_have_pytorchs_gradients() {
    let golden = Golden::load();
    let x = golden.samples("x");
    let encoder = golden.samples("layers.0.weight");
    let bias = |name: &str| Vector::from_column_slice(golden.values(name));
    let layers = vec![
        Layer { weight: encoder.clone(), bias: bias("layers.0.bias"), activation: Activation::Tanh },
        Layer { weight: encoder.transpose(), bias: bias("linked.layers.1.bias"), activation: Activation::Sigmoid },
    ];
    let model = Mlp::new(layers).unwrap().with_links(&[Links::Full, Links::TiedTo(0)]).unwrap();
    let model = model.with_shortcut(golden.samples("linked.shortcut")).unwrap();
    let (value, gradient) = model.gradient(&x, &x, Loss::HalfSquaredError, Reduction::Sum).unwrap();
    let mut worst = difference(&golden, "linked.loss", &[value]);
    for tensor in gradient.tensors() {
        worst = worst.max(difference(&golden, &format!("linked.gradient.{}", tensor.name), tensor.values));
    }
    let trace = model.trace(&x).unwrap();
    let inputs = model.input_gradient(&x, &trace, &(&trace.outputs[1] - &x)).unwrap();
    worst = worst.max(difference(&golden, "linked.gradient.inputs", inputs.as_slice()));
    println!("linked: worst difference from PyTorch {worst:e}");
    assert!(worst < 1e-14, "{worst:e}");
}

#[test]
fn five_steps_of_a_sparse_autoencoder_are_those_of_pytorch() {
    let golden = Golden::load();
    let x = golden.samples("x");
    let layer = |weight: &str, bias: &str, activation| Layer {
        weight: golden.samples(weight),
        bias: Vector::from_column_slice(golden.values(bias)),
        activation,
    };
    let layers = vec![
        layer("layers.0.weight", "layers.0.bias", Activation::Sigmoid),
        layer("sparse.layers.1.weight", "linked.layers.1.bias", Activation::Identity),
    ];
    let model = Autoencoder::new(Mlp::new(layers).unwrap(), 1).unwrap();
    let config = AutoencoderConfig {
        encoder: vec![LayerConfig::new(9, Activation::Sigmoid)],
        sparsity: Some(Sparsity { target: 0.1, strength: 3.0 }),
        optimizer: GradientDescent::new(0.1).into(),
        batch: Batch::Full,
        epochs: 5,
        ..AutoencoderConfig::linear(9)
    };
    let state = config.optimizer_state(&model);
    let mut training = config.resume(&x, Stream::new(0), model, state, 0).unwrap();
    assert_eq!(training.by_ref().filter(Result::is_ok).count(), 5);
    let model = training.into_model();
    let mut worst = 0.0_f64;
    for tensor in model.tensors() {
        let name = match tensor.name.as_str() {
            "layers.1.weight" => "sparse.trained.layers.1.weight".to_owned(),
            name => format!("sparse.{name}"),
        };
        worst = worst.max(difference(&golden, &name, tensor.values));
    }
    println!("sparse: worst difference from PyTorch after 5 steps {worst:e}");
    assert!(worst < 1e-14, "{worst:e}");
}

#[test]
fn five_steps_with_weighted_samples_are_those_of_pytorch() {
    let golden = Golden::load();
    let (x, t) = (golden.samples("x"), golden.samples("t"));
    let model = golden.network(Activation::Tanh);
    let config = MlpConfig {
        layers: vec![LayerConfig::new(9, Activation::Tanh), LayerConfig::new(6, Activation::Identity)],
        optimizer: GradientDescent::new(0.1).into(),
        batch: Batch::Full,
        epochs: 5,
        ..MlpConfig::classifier(&[], 6)
    };
    let state = config.optimizer_state(&model);
    let weights = golden.values("weighted.weights");
    let training = config.resume(&x, &t, Stream::new(0), model, state, 0).unwrap();
    let mut training = training.weighted(weights).unwrap();
    assert_eq!(training.by_ref().filter(Result::is_ok).count(), 5);
    let worst = golden.worst("weighted", training.model());
    println!("weighted: worst difference from PyTorch after 5 steps {worst:e}");
    assert!(worst < 1e-14, "{worst:e}");
}
