//! Networks that are not only layer upon layer: shortcuts, tied weights, groups, frozen layers; and weighted samples.

use crate::{parameters, random, set_parameters};
use mlp::{Layer, LayerConfig, Links, Mlp, MlpConfig, MlpError};
use nn_core::{
    Activation, Adam, Batch, ClassicalMomentum, GradientDescent, Init, Loss, Matrix, Momentum, Optimizer, Parameters,
    RateSchedule, Reduction, Stream, Vector, gradient_check,
};
use proptest::prelude::*;

fn layer(units: usize, activation: Activation) -> LayerConfig {
    LayerConfig { bias_init: Init::Uniform(0.5), ..LayerConfig::new(units, activation) }
}

/// 6-4-3-4-6 units, two groups in the first layer, the decoder tied to the encoder, and a shortcut.
fn linked(shortcut: bool) -> MlpConfig {
    let tied = |units, to| LayerConfig { links: Links::TiedTo(to), ..layer(units, Activation::Sigmoid) };
    MlpConfig {
        shortcut: shortcut.then_some(Init::Uniform(0.5)),
        ..MlpConfig::lecture(vec![
            LayerConfig { links: Links::Groups(&[(2, 1), (4, 3)]), ..layer(4, Activation::Tanh) },
            layer(3, Activation::Sigmoid),
            tied(4, 1),
            tied(6, 0),
        ])
    }
}

const OPTIMIZERS: fn() -> [Optimizer; 4] = || {
    [
        GradientDescent::new(0.05).into(),
        Momentum::new(0.05, 0.9).into(),
        ClassicalMomentum { weight_decay: 0.01, ..ClassicalMomentum::new(0.05, 0.9) }.into(),
        Adam::new(0.01).into(),
    ]
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn gradients_follow_every_kind_of_link(samples in 1..9_usize, shortcut in any::<bool>(), seed in any::<u64>()) {
        let stream = Stream::new(seed);
        let mut model = linked(shortcut).initialize::<f64>(6, &stream).unwrap();
        let (x, t) = (random(6, samples, &mut stream.named("x")), random(6, samples, &mut stream.named("t")));
        let (_, gradient) = model.gradient(&x, &t, Loss::HalfSquaredError, Reduction::Sum).unwrap();
        let trace = model.trace(&x).unwrap();
        let slope = trace.outputs.last().unwrap() - &t;
        prop_assert_eq!(parameters(&model.backward(&x, &trace, &slope).unwrap()), parameters(&gradient));

        // The weights that groups leave out have no slope: only the others are moved.
        let weights = parameters(&model);
        let missing: Vec<bool> = (0..weights.len()).map(|i| i < 24 && (i / 6 == 0) != (i % 6 < 2)).collect();
        let mut moved: Vec<f64> = weights.iter().zip(&missing).filter(|(_, missing)| !**missing).map(|(w, _)| *w).collect();
        let gradient = parameters(&gradient);
        prop_assert!(gradient.iter().zip(&missing).all(|(slope, &missing)| !missing || *slope == 0.0));
        let slopes: Vec<f64> = gradient.iter().zip(&missing).filter(|(_, missing)| !**missing).map(|(g, _)| *g).collect();
        let check = gradient_check(&mut moved, &slopes, 1e-5, |moved| {
            let mut moved = moved.iter();
            let all: Vec<f64> = missing.iter().map(|&missing| if missing { 0.0 } else { *moved.next().unwrap() }).collect();
            set_parameters(&mut model, &all);
            Loss::HalfSquaredError.value(6, model.forward(&x).unwrap().as_slice(), t.as_slice()).unwrap()
        }).unwrap();
        prop_assert!(check.worst_error < 1e-7, "{check:?}");
        set_parameters(&mut model, &weights);

        let inputs = model.input_gradient(&x, &trace, &slope).unwrap();
        let mut moved = x.as_slice().to_vec();
        let check = gradient_check(&mut moved, inputs.as_slice(), 1e-5, |moved| {
            let x = Matrix::from_column_slice(6, samples, moved);
            Loss::HalfSquaredError.value(6, model.forward(&x).unwrap().as_slice(), t.as_slice()).unwrap()
        }).unwrap();
        prop_assert!(check.worst_error < 1e-7, "inputs: {check:?}");
    }

    #[test]
    fn the_gradient_of_one_output_is_its_slope(output in 0..3_usize, seed in any::<u64>()) {
        let stream = Stream::new(seed);
        let config = MlpConfig {
            shortcut: Some(Init::Uniform(0.5)),
            ..MlpConfig::lecture(vec![layer(5, Activation::Tanh), layer(3, Activation::Sigmoid)])
        };
        let mut model = config.initialize::<f64>(4, &stream).unwrap();
        let x = random(4, 6, &mut stream.named("x"));
        let gradient = parameters(&model.output_gradient(&x, output).unwrap());
        let check = gradient_check(&mut parameters(&model), &gradient, 1e-5, |weights| {
            set_parameters(&mut model, weights);
            model.forward(&x).unwrap().row(output).sum()
        }).unwrap();
        prop_assert!(check.worst_error < 1e-8, "{check:?}");
        prop_assert_eq!(
            model.output_gradient(&x, 3).unwrap_err().to_string(),
            "layer 2 has 3 outputs, there is no output 3"
        );
    }

    #[test]
    fn a_network_with_every_link_resumes_to_the_same_bits(
        optimizer in prop::sample::select(OPTIMIZERS().to_vec()),
        stop in 0..6_usize,
        seed in any::<u64>(),
    ) {
        let stream = Stream::new(seed);
        let mut config = MlpConfig {
            optimizer,
            epochs: 6,
            batch: Batch::Minibatch(7),
            shuffle: true,
            schedule: RateSchedule::Cosine { last: 0.1 },
            shrink: 1e-3,
            ..linked(true)
        };
        config.layers[1].frozen = true;
        let (x, t) = (random::<f32>(6, 20, &mut stream.named("x")), random(6, 20, &mut stream.named("t")));
        let whole = config.fit(&x, &t, stream.clone()).unwrap();
        let mut first = config.training(&x, &t, stream.clone()).unwrap();
        first.by_ref().take(stop).for_each(|epoch| assert!(epoch.is_ok()));
        // Through a copy of the named tensors, as a file would do it.
        let mut model = config.initialize::<f32>(6, &Stream::new(0)).unwrap();
        for (to, from) in model.tensors_mut().into_iter().zip(first.model().tensors()) {
            assert_eq!(to.name, from.name);
            to.values.copy_from_slice(from.values);
        }
        let state = first.optimizer_state().clone();
        let mut second = config.resume(&x, &t, stream, model, state, stop).unwrap();
        second.by_ref().for_each(|epoch| assert!(epoch.is_ok()));
        prop_assert_eq!(second.into_model(), whole);
    }

    #[test]
    fn weighted_samples_count_as_many(seed in any::<u64>(), optimizer in prop::sample::select(OPTIMIZERS().to_vec())) {
        let stream = Stream::new(seed);
        let config = MlpConfig { optimizer, epochs: 4, ..MlpConfig::lecture(vec![layer(5, Activation::Tanh), layer(2, Activation::Identity)]) };
        let (x, t) = (random::<f64>(3, 4, &mut stream.named("x")), random(2, 4, &mut stream.named("t")));
        let mut weighted = config.training(&x, &t, stream.clone()).unwrap().weighted(&[2.0, 0.0, 1.0, 3.0]).unwrap();
        let order = [0, 0, 2, 3, 3, 3];
        let (many_x, many_t) = (x.select_columns(&order), t.select_columns(&order));
        let mut many = config.training(&many_x, &many_t, stream).unwrap();
        for (a, b) in weighted.by_ref().zip(many.by_ref()) {
            prop_assert!((a.unwrap().loss - b.unwrap().loss).abs() < 1e-12);
        }
        let pairs = parameters(weighted.model()).into_iter().zip(parameters(many.model()));
        prop_assert!(pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) < 1e-11);
    }
}

#[test]
fn a_shortcut_adds_the_weighted_inputs_to_the_output() {
    let stream = Stream::new(331);
    let config = MlpConfig {
        shortcut: Some(Init::Uniform(1.0)),
        ..MlpConfig::lecture(vec![layer(1, Activation::Sigmoid), layer(1, Activation::Sigmoid)])
    };
    let model = config.initialize::<f64>(2, &stream).unwrap();
    assert_eq!(model.parameter_count(), 7); // the smallest network for XOR
    let x = random(2, 3, &mut stream.named("x"));
    let y = model.forward(&x).unwrap();
    let [hidden, output] = model.layers() else { panic!("two layers") };
    let shortcut = model.shortcut().unwrap();
    for n in 0..3 {
        let sum = |weight: &Matrix<f64>| weight[0] * x[(0, n)] + weight[1] * x[(1, n)];
        let z = Activation::Sigmoid.value(sum(&hidden.weight) + hidden.bias[0]);
        let a = output.weight[0] * z + output.bias[0] + sum(shortcut);
        assert!((y[n] - Activation::Sigmoid.value(a)).abs() < 1e-15);
    }
    let names: Vec<String> = model.tensors().into_iter().map(|tensor| tensor.name).collect();
    assert_eq!(names[4], "shortcut.weight");
}

#[test]
fn tied_layers_stay_the_transpose_and_frozen_layers_stay_where_they_are() {
    let stream = Stream::new(67);
    for optimizer in OPTIMIZERS() {
        let mut config = MlpConfig { optimizer, epochs: 20, shrink: 0.01, ..linked(true) };
        config.layers[0].frozen = true;
        let x = random::<f64>(6, 30, &mut stream.named("x"));
        let before = config.initialize::<f64>(6, &stream).unwrap();
        let after = config.fit(&x, &x, stream.clone()).unwrap();
        assert_eq!(before.layers()[0], after.layers()[0], "{optimizer:?}");
        assert_ne!(before.layers()[1], after.layers()[1], "{optimizer:?}");
        assert_ne!(before.shortcut(), after.shortcut(), "{optimizer:?}");
        assert_eq!(after.weight(3).unwrap(), after.weight(0).unwrap().transposed());
        assert_eq!(after.relative_weight_change(&before).unwrap()[3], 0.0);
        assert!(after.weight(4).is_none());
    }
}

/// Slide 60: a plain network whose first layers are frozen learns with the others as if they were data.
#[test]
fn frozen_layers_are_a_fixed_transformation_of_the_data() {
    let stream = Stream::new(60);
    for optimizer in OPTIMIZERS() {
        let mut config = MlpConfig {
            optimizer,
            epochs: 10,
            ..MlpConfig::lecture(vec![
                layer(7, Activation::Tanh),
                layer(6, Activation::Tanh),
                layer(2, Activation::Identity),
            ])
        };
        config.layers[0].frozen = true;
        let (x, t) = (random::<f64>(4, 9, &mut stream.named("x")), random(2, 9, &mut stream.named("t")));
        let before = config.initialize::<f64>(4, &stream).unwrap();
        let whole = config.fit(&x, &t, stream.clone()).unwrap();
        let upper = MlpConfig { layers: config.layers[1..].to_vec(), ..config.clone() };
        let model = Mlp::new(before.layers()[1..].to_vec()).unwrap();
        let state = upper.optimizer_state(&model);
        let z = before.trace(&x).unwrap().outputs[0].clone();
        let mut training = upper.resume(&z, &t, stream.clone(), model, state, 0).unwrap();
        training.by_ref().for_each(|epoch| assert!(epoch.is_ok()));
        assert_eq!(training.model().layers(), &whole.layers()[1..], "{optimizer:?}");
        assert_eq!(before.layers()[0], whole.layers()[0]);
    }
}

#[test]
fn schedules_change_the_rate_of_an_epoch() {
    let stream = Stream::new(7);
    let (x, t) = (random::<f64>(4, 9, &mut stream.named("x")), random(2, 9, &mut stream.named("t")));
    let base = MlpConfig { epochs: 2, ..MlpConfig::lecture(vec![layer(2, Activation::Sigmoid)]) };
    let scheduled = MlpConfig { schedule: RateSchedule::Exponential { factor: 0.25 }, ..base.clone() };
    let mut model = base.initialize::<f64>(4, &stream).unwrap();
    for (epoch, rate) in [0.1, 0.025].into_iter().enumerate() {
        let config = MlpConfig { optimizer: GradientDescent::new(rate).into(), ..base.clone() };
        let state = config.optimizer_state(&model);
        let mut training = config.resume(&x, &t, stream.clone(), model, state, epoch).unwrap();
        training.next().unwrap().unwrap();
        model = training.into_model();
    }
    assert_eq!(scheduled.fit(&x, &t, stream.clone()).unwrap(), model);

    // Down to nothing: the last epoch leaves the network as it is.
    let ending = MlpConfig { schedule: RateSchedule::Linear { last: 0.0 }, ..base };
    let mut training = ending.training::<f64>(&x, &t, stream).unwrap();
    training.next().unwrap().unwrap();
    let before = training.model().clone();
    training.next().unwrap().unwrap();
    assert_eq!(*training.model(), before);
}

#[test]
fn links_that_do_not_fit_name_layers_and_sizes() {
    let of = |layers: Vec<LayerConfig>, shortcut| {
        let config = MlpConfig { shortcut, ..MlpConfig::lecture(layers) };
        config.initialize::<f64>(4, &Stream::new(0)).unwrap_err().to_string()
    };
    let tied = |units, to| LayerConfig { links: Links::TiedTo(to), ..layer(units, Activation::Tanh) };
    assert_eq!(
        of(vec![layer(3, Activation::Tanh), tied(5, 0)], None),
        "layer 2 has 3 inputs and 5 units, layer 1, to which it is tied, has 4 inputs and 3 units: they must be exchanged"
    );
    assert_eq!(
        of(vec![layer(3, Activation::Tanh), tied(4, 1)], None),
        "layer 2 is tied to layer 2, but needs a layer below it that has weights of its own"
    );
    assert!(
        of(vec![layer(4, Activation::Tanh), tied(4, 0), tied(4, 1)], None).starts_with("layer 3 is tied to layer 2")
    );
    let grouped = LayerConfig { links: Links::Groups(&[(2, 2), (1, 1)]), ..layer(3, Activation::Tanh) };
    assert_eq!(
        of(vec![grouped], None),
        "layer 1 has 4 inputs and 3 units, its groups have 3 inputs and 3 units together"
    );
    assert_eq!(
        of(vec![layer(3, Activation::Tanh)], Some(Init::Zero)),
        "a shortcut passes hidden layers by, but the network has none"
    );
    let plain = |inputs, units| Layer {
        weight: Matrix::<f64>::zeros(inputs, units),
        bias: Vector::zeros(units),
        activation: Activation::Tanh,
    };
    let network = || Mlp::new(vec![plain(4, 3), plain(3, 4)]).unwrap();
    assert_eq!(
        network().with_shortcut(Matrix::zeros(4, 3)).unwrap_err().to_string(),
        "the shortcut from 4 inputs to 4 outputs has 4 inputs and 3 outputs"
    );
    assert_eq!(
        network().with_links(&[Links::Full]).unwrap_err().to_string(),
        "the network has 2 layers, but there are links for 1"
    );
    assert_eq!(network().with_links(&[Links::Full, Links::TiedTo(0)]).unwrap().parameter_count(), 12 + 3 + 4);
}

#[test]
fn weights_and_models_that_do_not_fit_are_named() {
    let (x, t) = (Matrix::<f64>::zeros(4, 3), Matrix::zeros(2, 3));
    let config = MlpConfig::regressor(&[5], 2);
    let weighted =
        |weights: &[f64]| config.training(&x, &t, Stream::new(0)).unwrap().weighted(weights).err().unwrap().to_string();
    assert_eq!(weighted(&[1.0]), "there are 3 samples, but 1 weights");
    assert_eq!(weighted(&[1.0, -1.0, 0.0]), "the weight of sample 1 must be non-negative and finite, is -1");
    assert_eq!(weighted(&[0.0; 3]), "the weights of all samples are 0");

    let model = MlpConfig::regressor(&[6], 2).initialize::<f64>(4, &Stream::new(0)).unwrap();
    let state = config.optimizer_state(&model);
    let error = config.resume(&x, &t, Stream::new(0), model, state, 0).err().unwrap();
    assert_eq!(error, MlpError::Model { layer: 1, expected: 5, found: 6 });
    assert_eq!(error.to_string(), "layer 1 has 5 units in the configuration, the model has 6 there");

    let shrink = MlpConfig { shrink: 1.0, ..config.clone() };
    let error = shrink.training(&x, &t, Stream::new(0)).err().unwrap();
    assert_eq!(error.to_string(), "shrink must be at least 0 and below 1, is 1");
    let schedule = MlpConfig { schedule: RateSchedule::Linear { last: -1.0 }, ..config };
    assert!(schedule.training(&x, &t, Stream::new(0)).is_err());
}
