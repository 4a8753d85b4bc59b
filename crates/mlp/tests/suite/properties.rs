//! What must hold for every network: slopes, sums, orders, invariances.

use crate::{parameters, random, set_parameters};
use mlp::{LayerConfig, Mlp, MlpConfig, Perceptron, novikoff_bound, random_hidden_layer, xor_by_hand};
use nn_core::{
    Activation, Adam, Batch, GradientDescent, Init, Loss, Matrix, Momentum, Optimizer, Parameters, Reduction, Stream,
    gradient_check, one_hot,
};
use proptest::prelude::*;

fn activation() -> impl Strategy<Value = Activation> {
    prop_oneof![
        Just(Activation::Identity),
        Just(Activation::Sigmoid),
        Just(Activation::Tanh),
        Just(Activation::ScaledTanh),
        Just(Activation::Relu),
        Just(Activation::LEAKY_RELU),
        Just(Activation::Gelu),
        Just(Activation::GeluTanh),
    ]
}

fn network(units: &[(usize, Activation)], output: (usize, Activation), inputs: usize, stream: &Stream) -> Mlp<f64> {
    let layer = |&(units, activation): &(usize, Activation)| LayerConfig {
        bias_init: Init::Uniform(0.5),
        ..LayerConfig::new(units, activation)
    };
    let layers = units.iter().chain([&output]).map(layer).collect();
    MlpConfig { layers, ..MlpConfig::classifier(&[], 1) }.initialize(inputs, stream).unwrap()
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn features_are_the_outputs_below_the_last_layer(
        hidden in prop::collection::vec((1..12_usize, activation()), 0..4),
        seed in any::<u64>(),
    ) {
        let stream = Stream::new(seed);
        let model = network(&hidden, (3, Activation::Tanh), 4, &stream);
        let x = random(4, 6, &mut stream.named("x"));
        let trace = model.trace(&x).unwrap();
        let below = hidden.len().checked_sub(1).map_or(&x, |layer| &trace.outputs[layer]);
        prop_assert_eq!(&model.transform(&x).unwrap(), below);
    }

    /// Eq. output-delta, Eq. hidden-delta, Eq. weight-gradient.
    #[test]
    fn the_gradient_is_the_slope_of_the_loss(
        hidden in prop::collection::vec((1..12_usize, activation()), 0..5),
        (inputs, outputs, samples) in (1..9_usize, 1..9_usize, 1..9_usize),
        output in activation(),
        loss in prop_oneof![
            Just(Loss::HalfSquaredError), Just(Loss::MeanSquaredError), Just(Loss::SoftmaxCrossEntropyLogits),
            Just(Loss::SigmoidCrossEntropyLogits), Just(Loss::BinaryCrossEntropy),
        ],
        reduction in prop_oneof![Just(Reduction::Sum), Just(Reduction::Mean)],
        seed in any::<u64>(),
    ) {
        let output = match loss {
            Loss::SoftmaxCrossEntropyLogits | Loss::SigmoidCrossEntropyLogits => Activation::Identity,
            Loss::BinaryCrossEntropy => Activation::Sigmoid,
            _ => output,
        };
        let stream = Stream::new(seed);
        let mut model = network(&hidden, (outputs, output), inputs, &stream);
        let x = random(inputs, samples, &mut stream.named("x"));
        let mut t: Matrix<f64> = random(outputs, samples, &mut stream.named("t"));
        t.apply(|t| *t = t.abs());
        // Central differences are wrong across the corner of a rectified unit.
        let trace = model.trace(&x).unwrap();
        let corners = trace.net_inputs.iter().zip(model.layers()).any(|(a, layer)| {
            matches!(layer.activation, Activation::Relu | Activation::LeakyRelu { .. }) && a.iter().any(|a| a.abs() < 1e-3)
        });
        prop_assume!(!corners);

        let (value, gradient) = model.gradient(&x, &t, loss, reduction).unwrap();
        let gradient = parameters(&gradient);
        let mut weights = parameters(&model);
        let step = 1e-5;
        let check = gradient_check(&mut weights, &gradient, step, |weights| {
            set_parameters(&mut model, weights);
            let y = model.forward(&x).unwrap();
            loss.value(outputs, y.as_slice(), t.as_slice()).unwrap() * reduction.factor(samples)
        }).unwrap();
        // The rounding of the loss itself, divided by the step, bounds what the difference can see.
        let rounding = 1e-16 * value.abs() * samples as f64 / step;
        prop_assert!(check.worst_error < 1e-7 + 10.0 * rounding, "{check:?} of loss {value}");
    }

    #[test]
    fn backward_and_gradient_agree(
        hidden in prop::collection::vec((1..12_usize, activation()), 0..4),
        (inputs, outputs, samples) in (1..9_usize, 1..9_usize, 1..20_usize),
        seed in any::<u64>(),
    ) {
        let stream = Stream::new(seed);
        let model = network(&hidden, (outputs, Activation::Tanh), inputs, &stream);
        let (x, t) = (random(inputs, samples, &mut stream.named("x")), random(outputs, samples, &mut stream.named("t")));
        let trace = model.trace(&x).unwrap();
        let y = trace.outputs.last().unwrap();
        let by_trace = model.backward(&x, &trace, &(y - &t)).unwrap();
        let (_, at_once) = model.gradient(&x, &t, Loss::HalfSquaredError, Reduction::Sum).unwrap();
        prop_assert_eq!(parameters(&by_trace), parameters(&at_once));
    }

    #[test]
    fn the_gradient_of_a_batch_is_the_sum_over_its_samples(
        hidden in prop::collection::vec((1..12_usize, activation()), 0..4),
        samples in 1..20_usize,
        seed in any::<u64>(),
    ) {
        let stream = Stream::new(seed);
        let model = network(&hidden, (3, Activation::Sigmoid), 4, &stream);
        let (x, t) = (random(4, samples, &mut stream.named("x")), random(3, samples, &mut stream.named("t")));
        let gradient = |x: &Matrix<f64>, t: &Matrix<f64>| {
            parameters(&model.gradient(x, t, Loss::HalfSquaredError, Reduction::Sum).unwrap().1)
        };
        let mut sum = vec![0.0; model.parameter_count()];
        for sample in 0..samples {
            let one = |matrix: &Matrix<f64>| Matrix::from_column_slice(matrix.nrows(), 1, matrix.column(sample).as_slice());
            sum.iter_mut().zip(gradient(&one(&x), &one(&t))).for_each(|(sum, slope)| *sum += slope);
        }
        prop_assert!(largest_difference(&gradient(&x, &t), &sum) < 1e-12);
    }

    #[test]
    fn a_sum_with_a_smaller_rate_equals_a_mean(samples in 2..30_usize, size in 1..30_usize, seed in any::<u64>()) {
        let stream = Stream::new(seed);
        let (x, t) = (random(4, samples, &mut stream.named("x")), random(2, samples, &mut stream.named("t")));
        let size = size.min(samples);
        prop_assume!(samples % size == 0); // a shorter last batch has a mean of its own
        let train = |reduction, learning_rate: f64| {
            let config = MlpConfig {
                loss: Loss::HalfSquaredError,
                reduction,
                optimizer: GradientDescent::new(learning_rate).into(),
                batch: Batch::Minibatch(size),
                epochs: 5,
                ..MlpConfig::regressor(&[5], 2)
            };
            parameters(&config.fit(&x, &t, stream.clone()).unwrap())
        };
        let (sum, mean) = (train(Reduction::Sum, 0.1 / size as f64), train(Reduction::Mean, 0.1));
        prop_assert!(largest_difference(&sum, &mean) < 1e-12);
    }

    #[test]
    fn hidden_units_can_change_places(units in 2..12_usize, seed in any::<u64>()) {
        let stream = Stream::new(seed);
        let model = network(&[(units, Activation::Tanh)], (3, Activation::Sigmoid), 4, &stream);
        let order = stream.named("order").permutation(units);
        let mut layers = model.layers().to_vec();
        for (to, &from) in order.iter().enumerate() {
            layers[0].weight.set_column(to, &model.layers()[0].weight.column(from));
            layers[0].bias[to] = model.layers()[0].bias[from];
            layers[1].weight.set_row(to, &model.layers()[1].weight.row(from));
        }
        let x = random(4, 10, &mut stream.named("x"));
        let (a, b) = (model.forward(&x).unwrap(), Mlp::new(layers).unwrap().forward(&x).unwrap());
        prop_assert!(largest_difference(a.as_slice(), b.as_slice()) < 1e-14);
    }

    #[test]
    fn a_deep_linear_network_is_the_product_of_its_matrices(
        units in prop::collection::vec(1..9_usize, 1..4),
        seed in any::<u64>(),
    ) {
        let stream = Stream::new(seed);
        let hidden: Vec<_> = units.iter().map(|&units| (units, Activation::Identity)).collect();
        let mut model = network(&hidden, (3, Activation::Identity), 4, &stream);
        for tensor in model.tensors_mut().into_iter().filter(|tensor| tensor.name.ends_with("bias")) {
            tensor.values.fill(0.0);
        }
        let product = model.layers().iter().fold(Matrix::identity(4, 4), |product, layer| layer.weight.transpose() * product);
        let x: Matrix<f64> = random(4, 10, &mut stream.named("x"));
        let expected = product * &x;
        prop_assert!(largest_difference(model.forward(&x).unwrap().as_slice(), expected.as_slice()) < 1e-13);
    }

    #[test]
    fn rescaled_rectified_layers_compute_the_same(factor in 0.1..10.0, seed in any::<u64>()) {
        let stream = Stream::new(seed);
        let model = network(&[(7, Activation::Relu)], (3, Activation::Identity), 4, &stream);
        let mut layers = model.layers().to_vec();
        layers[0].weight *= factor;
        layers[0].bias *= factor;
        layers[1].weight /= factor;
        let x = random(4, 10, &mut stream.named("x"));
        let (a, b) = (model.forward(&x).unwrap(), Mlp::new(layers).unwrap().forward(&x).unwrap());
        prop_assert!(largest_difference(a.as_slice(), b.as_slice()) < 1e-13);
    }

    #[test]
    fn a_tanh_network_is_a_rescaled_sigmoid_network(seed in any::<u64>()) {
        // tanh a = 2 sigmoid(2a) - 1
        let stream = Stream::new(seed);
        let model = network(&[(7, Activation::Tanh)], (3, Activation::Identity), 4, &stream);
        let mut layers = model.layers().to_vec();
        layers[0].activation = Activation::Sigmoid;
        layers[0].weight *= 2.0;
        layers[0].bias *= 2.0;
        for unit in 0..3 {
            layers[1].bias[unit] -= layers[1].weight.column(unit).sum();
        }
        layers[1].weight *= 2.0;
        let x = random(4, 10, &mut stream.named("x"));
        let (a, b) = (model.forward(&x).unwrap(), Mlp::new(layers).unwrap().forward(&x).unwrap());
        prop_assert!(largest_difference(a.as_slice(), b.as_slice()) < 1e-13);
    }

    #[test]
    fn resumed_training_has_the_bits_of_uninterrupted_training(
        stop in 0..6_usize,
        optimizer in prop_oneof![
            Just(Optimizer::from(GradientDescent::new(0.1))), Just(Momentum::new(0.05, 0.9).into()), Just(Adam::new(0.01).into()),
        ],
        batch in prop_oneof![Just(Batch::Online), Just(Batch::Minibatch(7)), Just(Batch::Full)],
        seed in any::<u64>(),
    ) {
        let stream = Stream::new(seed);
        let x = random::<f32>(5, 23, &mut stream.named("x"));
        let t = one_hot(3, &(0..23).map(|sample| sample % 3).collect::<Vec<_>>()).unwrap();
        let config = MlpConfig { optimizer, batch, epochs: 6, ..MlpConfig::classifier(&[8], 3) };
        let whole = config.fit(&x, &t, stream.clone()).unwrap();
        let mut first = config.training(&x, &t, stream.clone()).unwrap();
        first.by_ref().take(stop).for_each(|epoch| _ = epoch.unwrap());
        let (model, state) = (first.model().clone(), first.optimizer_state().clone());
        let mut second = config.resume(&x, &t, stream, model, state, stop).unwrap();
        second.by_ref().for_each(|epoch| _ = epoch.unwrap());
        prop_assert_eq!(parameters(second.model()), parameters(&whole));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Eq. perceptron-rule.
    #[test]
    fn perceptron_mistakes_stay_within_novikoffs_bound(
        (inputs, samples) in (1..6_usize, 1..40_usize),
        learning_rate in prop_oneof![Just(1.0), Just(0.3)],
        seed in any::<u64>(),
    ) {
        let mut stream = Stream::new(seed);
        let mut separator = Perceptron { weight: vec![0.0; inputs], bias: 0.2 * stream.normal() };
        stream.fill_normal(&mut separator.weight, 0.0, 1.0);
        // Points too near the separating plane are left out, so that the bound stays small enough to run.
        let length = separator.weight.iter().chain([&separator.bias]).map(|w| w * w).sum::<f64>().sqrt();
        let mut points = Vec::new();
        for _ in 0..samples * 20 {
            let mut x = vec![0.0; inputs];
            stream.fill_uniform(&mut x, -1.0, 1.0);
            let net_input: f64 = separator.weight.iter().zip(&x).map(|(w, x)| w * x).sum::<f64>() + separator.bias;
            if net_input.abs() > 0.05 * length && points.len() < samples * inputs {
                points.extend(x);
            }
        }
        prop_assume!(!points.is_empty());
        let x = nn_core::samples_from_rows(inputs, points).unwrap();
        let targets: Vec<bool> = x.column_iter().map(|x| separator.output(x.as_slice())).collect();
        let bound = novikoff_bound(&separator, &x, &targets).unwrap();
        let mut training = Perceptron::training(&x, &targets, learning_rate).unwrap();
        let mistakes: usize = training.by_ref().map(|epoch| epoch.mistakes).sum();
        prop_assert!(mistakes as f64 <= bound, "{mistakes} mistakes, bound {bound}");
        prop_assert_eq!(training.mistakes().len(), mistakes);
        for (index, weight) in training.model().weight.iter().enumerate() {
            let correction = |mistake: &mlp::Mistake| {
                let step = if targets[mistake.sample] { learning_rate } else { -learning_rate };
                step * x[(index, mistake.sample)]
            };
            let sum: f64 = training.mistakes().iter().map(correction).sum();
            prop_assert!((weight - sum).abs() < 1e-9 * (1.0 + mistakes as f64));
        }
        prop_assert!(x.column_iter().zip(&targets).all(|(x, &target)| training.model().output(x.as_slice()) == target));
    }
}

/// **Eq. single-layer-gradient** (slide 43): ∂E_n/∂wₖᵢ = (yₖ − tₖ) xᵢ for one linear layer.
#[test]
fn one_linear_layer_has_the_gradient_of_the_slide() {
    let stream = Stream::new(43);
    let model = network(&[], (3, Activation::Identity), 4, &stream);
    let (x, t) = (random(4, 1, &mut stream.named("x")), random(3, 1, &mut stream.named("t")));
    let (_, gradient) = model.gradient(&x, &t, Loss::HalfSquaredError, Reduction::Sum).unwrap();
    let y = model.forward(&x).unwrap();
    for k in 0..3 {
        for i in 0..4 {
            assert_eq!(gradient.weight(0).unwrap()[(i, k)], (y[k] - t[k]) * x[i]);
        }
    }
}

/// Eq. xor-by-hand: hidden columns 00, 01, 10, 00 for the rows 00, 01, 10, 11 of slide 21 (unit 2 first).
#[test]
fn two_lines_and_an_or_are_xor() {
    let inputs = nn_core::samples_from_rows(2, vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]).unwrap();
    let [hidden, output] = xor_by_hand::<f64>();
    let z = hidden.outputs(&inputs).unwrap();
    assert_eq!(z.row(0).iter().copied().collect::<Vec<_>>(), [0.0, 0.0, 1.0, 0.0]);
    assert_eq!(z.row(1).iter().copied().collect::<Vec<_>>(), [0.0, 1.0, 0.0, 0.0]);
    assert_eq!(output.outputs(&z).unwrap().as_slice(), [0.0, 1.0, 1.0, 0.0]);
}

/// Eq. random-hidden-layer: enough random units make XOR separable.
#[test]
fn a_perceptron_behind_many_random_units_learns_xor() {
    let inputs = nn_core::samples_from_rows(2, vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]).unwrap();
    for seed in 0..10 {
        let layer = random_hidden_layer::<f64>(2, 100, Init::Normal(1.0), &mut Stream::new(seed)).unwrap();
        let z = layer.outputs(&inputs).unwrap();
        let mut training = Perceptron::training(&z, &[false, true, true, false], 1.0).unwrap();
        let epochs = training.by_ref().take(10_000).count();
        assert!(epochs < 10_000, "seed {seed} is not solved");
    }
}

/// Slide 49: through a step function nothing below it learns.
#[test]
fn a_step_function_leaves_the_layers_below_unchanged() {
    let stream = Stream::new(49);
    let model = network(&[(6, Activation::Step)], (2, Activation::Sigmoid), 4, &stream);
    let (x, t) = (random(4, 9, &mut stream.named("x")), random(2, 9, &mut stream.named("t")));
    let (_, gradient) = model.gradient(&x, &t, Loss::HalfSquaredError, Reduction::Sum).unwrap();
    assert!(gradient.weight(0).unwrap().iter().all(|&slope| slope == 0.0));
    assert!(gradient.weight(1).unwrap().iter().any(|&slope| slope != 0.0));
}

/// Eq. net-input, Eq. unit-output, Eq. network-output: the composed formula of slide 30.
#[test]
fn the_composed_formula_is_the_forward_pass() {
    let stream = Stream::new(30);
    let model = network(&[(5, Activation::Tanh)], (3, Activation::Sigmoid), 4, &stream);
    let x = random(4, 8, &mut stream.named("x"));
    let y = model.forward(&x).unwrap();
    let [first, second] = model.layers() else { panic!("two layers") };
    for n in 0..8 {
        for k in 0..3 {
            let hidden = |j: usize| {
                let a = (0..4).map(|i| first.weight[(i, j)] * x[(i, n)]).sum::<f64>() + first.bias[j];
                Activation::Tanh.value(a)
            };
            let a = (0..5).map(|j| second.weight[(j, k)] * hidden(j)).sum::<f64>() + second.bias[k];
            assert!((Activation::Sigmoid.value(a) - y[(k, n)]).abs() < 1e-14);
        }
    }
}
