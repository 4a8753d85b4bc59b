//! Bad input: every message says what was expected, what was found, and where.

use mlp::{Layer, LayerConfig, Mlp, MlpConfig, MlpError, Perceptron, ThresholdLayer, random_hidden_layer};
use nn_core::{
    Activation, Adam, Batch, GradientDescent, Init, Loss, Matrix, Momentum, Parameters, RateSchedule, Stream, Vector,
};

fn message(config: &MlpConfig, samples: &Matrix<f64>, targets: &Matrix<f64>) -> String {
    match config.training(samples, targets, Stream::new(0)) {
        Ok(_) => "no error".into(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn data_that_do_not_fit_name_layer_and_sizes() {
    let config = MlpConfig::regressor(&[3], 2);
    let x = Matrix::zeros(4, 10);
    assert_eq!(message(&config, &x, &Matrix::zeros(3, 10)), "layer 2 has 2 outputs, the targets have 3 rows");
    assert_eq!(message(&config, &x, &Matrix::zeros(2, 9)), "there are 10 samples, but 9 targets");
    assert_eq!(message(&config, &Matrix::zeros(4, 0), &Matrix::zeros(2, 0)), "there is no sample to learn from");
    assert_eq!(message(&config, &Matrix::zeros(0, 3), &Matrix::zeros(2, 3)), "layer 1 has no units");
    let model = config.fit(&x, &Matrix::zeros(2, 10), Stream::new(0)).unwrap();
    let error = model.forward(&Matrix::zeros(5, 1)).unwrap_err();
    assert_eq!(error.to_string(), "layer 1 expects 4 inputs, the samples have 5");
    assert_eq!(model.predict(&Matrix::zeros(4, 0)).unwrap(), Vec::<usize>::new());
}

#[test]
fn values_that_are_not_finite_are_named() {
    let config = MlpConfig::regressor(&[3], 2);
    let mut x = Matrix::zeros(4, 20);
    x[(3, 17)] = f64::NAN;
    assert_eq!(message(&config, &x, &Matrix::zeros(2, 20)), "the samples: sample 17, feature 3 is NaN");
    let mut t = Matrix::zeros(2, 20);
    t[(1, 2)] = f64::INFINITY;
    assert_eq!(message(&config, &Matrix::zeros(4, 20), &t), "the targets: sample 2, feature 1 is inf");
}

#[test]
fn configurations_out_of_range_are_named() {
    let (x, t) = (Matrix::zeros(4, 10), Matrix::zeros(2, 10));
    let base = MlpConfig::regressor(&[3], 2);
    let with = |change: &dyn Fn(&mut MlpConfig)| {
        let mut config = base.clone();
        change(&mut config);
        message(&config, &x, &t)
    };
    assert_eq!(with(&|config| config.layers.clear()), "a network needs at least one layer");
    assert_eq!(with(&|config| config.layers[0].units = 0), "layer 1 has no units");
    assert_eq!(
        with(&|config| config.optimizer = Adam::new(f64::NAN).into()),
        "learning_rate must be positive and finite, is NaN"
    );
    assert_eq!(
        with(&|config| config.optimizer = Momentum::new(0.1, 1.5).into()),
        "momentum must be at least 0 and below 1, is 1.5"
    );
    assert_eq!(with(&|config| config.batch = Batch::Minibatch(0)), "the minibatch must be at least 1 sample, is 0");
    assert_eq!(
        with(&|config| config.layers[1].weight_init = Init::Uniform(-1.0)),
        "the width of Init::Uniform must be non-negative and finite, is -1"
    );
    assert_eq!(
        with(&|config| {
            config.loss = Loss::SoftmaxCrossEntropyLogits;
            config.layers[1].activation = Activation::Sigmoid;
        }),
        "SoftmaxCrossEntropyLogits works on logits: layer 2 needs Activation::Identity, has Sigmoid"
    );
}

#[test]
fn layers_that_do_not_fit_are_named() {
    let layer = |inputs, units, biases| Layer {
        weight: Matrix::<f64>::zeros(inputs, units),
        bias: Vector::zeros(biases),
        activation: Activation::Tanh,
    };
    let message = |layers| Mlp::new(layers).unwrap_err().to_string();
    assert_eq!(message(vec![layer(4, 3, 3), layer(5, 2, 2)]), "layer 2 expects 5 inputs, the layer below has 3");
    assert_eq!(message(vec![layer(4, 3, 2)]), "layer 1 has 3 units, but 2 biases");
    assert_eq!(message(vec![]), "a network needs at least one layer");
}

#[test]
fn a_state_of_another_network_is_refused() {
    let (x, t) = (Matrix::<f64>::zeros(4, 10), Matrix::zeros(2, 10));
    let config = MlpConfig::regressor(&[3], 2);
    let model = config.initialize(4, &Stream::new(0)).unwrap();
    let other = MlpConfig::regressor(&[5], 2);
    let state = other.optimizer_state(&other.initialize::<f64>(4, &Stream::new(0)).unwrap());
    assert_eq!(config.resume(&x, &t, Stream::new(0), model, state, 1).err(), Some(MlpError::State));
}

#[test]
fn divergence_names_the_epoch_and_keeps_the_last_good_model() {
    let x = nn_core::samples_from_rows(1, vec![1e3, -2e3, 3e3]).unwrap();
    let t = nn_core::samples_from_rows(1, vec![1.0, 2.0, 3.0]).unwrap();
    let config = MlpConfig {
        optimizer: GradientDescent::new(10.0).into(),
        ..MlpConfig::lecture(vec![LayerConfig::new(1, Activation::Identity)])
    };
    let mut training = config.training::<f64>(&x, &t, Stream::new(0)).unwrap();
    let last = training.by_ref().last().unwrap().unwrap_err();
    let MlpError::Diverged { epoch, layer, last_good, learning_rate } = last else { panic!("{last}") };
    assert_eq!((epoch, layer, learning_rate), (last_good + 1, 1, 10.0));
    assert!(epoch > 5, "{epoch}");
    assert_eq!(
        last.to_string(),
        format!(
            "training diverged in epoch {epoch}: layer 1 has a weight that is not finite; the model of epoch {last_good} \
             is kept; try a learning rate below 10"
        )
    );
    assert!(training.next().is_none());
    assert!(training.model().layers()[0].weight.iter().all(|w| w.is_finite()));
    assert!(training.into_model().layers()[0].weight[(0, 0)].abs() > 1e100);
    assert!(matches!(config.fit::<f64>(&x, &t, Stream::new(0)), Err(MlpError::Diverged { .. })));
}

#[test]
fn after_divergence_the_optimizer_remembers_the_last_good_epoch_and_the_rate_is_the_one_in_use() {
    let x = nn_core::samples_from_rows(1, vec![1e3, -2e3, 3e3]).unwrap();
    let t = nn_core::samples_from_rows(1, vec![1.0, 2.0, 3.0]).unwrap();
    let config = MlpConfig {
        optimizer: Momentum::new(20.0, 0.5).into(),
        schedule: RateSchedule::Linear { last: 0.5 },
        ..MlpConfig::lecture(vec![LayerConfig::new(1, Activation::Identity)])
    };
    let mut training = config.training::<f64>(&x, &t, Stream::new(0)).unwrap();
    let last = training.by_ref().last().unwrap().unwrap_err();
    let MlpError::Diverged { last_good, learning_rate, .. } = last else { panic!("{last}") };
    assert_eq!(learning_rate, 20.0 * config.schedule.factor(last_good, config.epochs));
    let state = training.optimizer_state();
    assert!(state.tensors().iter().flat_map(|tensor| tensor.values).all(|value| value.is_finite()));
    assert_eq!(state.steps(), last_good as u64);
}

#[test]
fn constant_single_and_duplicate_samples_train() {
    for samples in [1, 2, 50] {
        let (x, t) = (Matrix::<f32>::repeat(3, samples, 0.5), Matrix::repeat(2, samples, 0.25));
        let config = MlpConfig { epochs: 3, ..MlpConfig::regressor(&[4], 2) };
        let model = config.fit(&x, &t, Stream::new(1)).unwrap();
        assert!(model.forward(&x).unwrap().iter().all(|y| y.is_finite()));
    }
}

#[test]
fn perceptrons_check_their_input() {
    let x = Matrix::<f64>::zeros(2, 3);
    let error =
        |x: &Matrix<f64>, targets: &[bool], rate| Perceptron::training(x, targets, rate).unwrap_err().to_string();
    assert_eq!(error(&x, &[true], 1.0), "there are 3 samples, but 1 targets");
    assert_eq!(error(&Matrix::zeros(2, 0), &[], 1.0), "there is no sample to learn from");
    assert_eq!(error(&x, &[true; 3], 0.0), "learning_rate must be positive and finite, is 0");
    let infinite = Matrix::repeat(2, 3, f64::INFINITY);
    assert_eq!(error(&infinite, &[true; 3], 1.0), "the samples: sample 0, feature 0 is inf");
    let layer = random_hidden_layer::<f64>(2, 5, Init::Normal(1.0), &mut Stream::new(0)).unwrap();
    assert!(layer.outputs(&Matrix::zeros(3, 1)).is_err());
    assert!(random_hidden_layer::<f64>(2, 0, Init::Normal(1.0), &mut Stream::new(0)).is_err());
    let broken = ThresholdLayer { weight: Matrix::<f64>::zeros(2, 2), bias: vec![0.0] };
    assert_eq!(broken.outputs(&x).unwrap_err().to_string(), "layer 1 has 2 units, but 1 biases");
}
