//! L-BFGS and Levenberg and Marquardt's method: minima to the last digits, the same bits when resumed.

use crate::{parameters, random};
use mlp::{LayerConfig, Lbfgs, LevenbergMarquardt, Links, Mlp, MlpConfig};
use nn_core::{Activation, GradientDescent, Init, Loss, Matrix, Parameters, Reduction, Stream, math};
use proptest::prelude::*;

fn layer(units: usize, activation: Activation) -> LayerConfig {
    LayerConfig { bias_init: Init::Uniform(0.5), ..LayerConfig::new(units, activation) }
}

/// The sine of slide 56 on fifty points.
fn sine() -> (Matrix<f64>, Matrix<f64>) {
    let x = Matrix::from_fn(1, 50, |_, n| n as f64 / 24.5 - 1.0);
    let t = x.map(|x| math::sin(std::f64::consts::PI * x));
    (x, t)
}

fn root_mean_square_error(model: &Mlp<f64>, (x, t): &(Matrix<f64>, Matrix<f64>)) -> f64 {
    model.loss(x, t, Loss::MeanSquaredError).unwrap().sqrt()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_column_of_the_jacobian_is_the_slope_of_an_output(samples in 1..5_usize, seed in any::<u64>()) {
        let stream = Stream::new(seed);
        let tied = LayerConfig { links: Links::TiedTo(1), ..layer(4, Activation::Sigmoid) };
        let config = MlpConfig {
            shortcut: Some(Init::Uniform(0.5)),
            ..MlpConfig::lecture(vec![
                LayerConfig { links: Links::Groups(&[(2, 1), (1, 3)]), ..layer(4, Activation::Tanh) },
                layer(3, Activation::Sigmoid),
                tied,
                layer(2, Activation::Tanh),
            ])
        };
        let model = config.initialize::<f64>(3, &stream).unwrap();
        let x = random(3, samples, &mut stream.named("x"));
        let jacobian = model.jacobian(&x).unwrap();
        for sample in 0..samples {
            for k in 0..2 {
                let one = Matrix::from_column_slice(3, 1, x.column(sample).as_slice());
                let gradient = parameters(&model.output_gradient(&one, k).unwrap());
                let column = jacobian.column(2 * sample + k);
                let worst = column.iter().zip(&gradient).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                prop_assert!(worst < 1e-14, "sample {sample}, output {k}: {worst:e}");
            }
        }
    }

    #[test]
    fn both_methods_find_the_least_squares_of_a_linear_layer(seed in any::<u64>()) {
        let stream = Stream::new(seed);
        let (x, t) = (random::<f64>(3, 30, &mut stream.named("x")), random(2, 30, &mut stream.named("t")));
        let config = MlpConfig::lecture(vec![layer(2, Activation::Identity)]);
        let newton = LevenbergMarquardt { damping: 1e-12, epochs: 3, ..LevenbergMarquardt::new(&config) };
        let newton = newton.fit(&x, &t, stream.clone()).unwrap();
        let descent = Lbfgs { tolerance: 1e-11, ..Lbfgs::new(&config) }.fit(&x, &t, stream).unwrap();
        for model in [newton, descent] {
            let (_, gradient) = model.gradient(&x, &t, Loss::HalfSquaredError, Reduction::Sum).unwrap();
            prop_assert!(parameters(&gradient).iter().all(|slope| slope.abs() < 1e-9));
        }
    }

    #[test]
    fn resumed_steps_have_the_bits_of_uninterrupted_ones(stop in 0..12_usize, seed in any::<u64>()) {
        let stream = Stream::new(seed);
        let (x, t) = (random::<f32>(3, 20, &mut stream.named("x")), random(2, 20, &mut stream.named("t")));
        let config = MlpConfig::lecture(vec![layer(5, Activation::Tanh), layer(2, Activation::Identity)]);
        let lbfgs = Lbfgs { epochs: 12, memory: 4, weight_decay: 1e-3, ..Lbfgs::new(&config) };
        let whole = lbfgs.fit(&x, &t, stream.clone()).unwrap();
        let mut first = lbfgs.training(&x, &t, stream.clone()).unwrap();
        let done = first.by_ref().take(stop).filter(Result::is_ok).count();
        let mut state = lbfgs.optimizer_state(&whole);
        for (to, from) in state.tensors_mut().into_iter().zip(first.optimizer_state().tensors()) {
            assert_eq!((&to.name, &to.shape), (&from.name, &from.shape));
            to.values.copy_from_slice(from.values);
        }
        let mut second = lbfgs.resume(&x, &t, first.into_model(), state, done).unwrap();
        prop_assert!(second.by_ref().all(|epoch| epoch.is_ok()));
        prop_assert_eq!(second.into_model(), whole);

        let newton = LevenbergMarquardt { epochs: 12, ..LevenbergMarquardt::new(&config) };
        let whole = newton.fit(&x, &t, stream.clone()).unwrap();
        let mut first = newton.training(&x, &t, stream.clone()).unwrap();
        let done = first.by_ref().take(stop).filter(Result::is_ok).count();
        let damping = first.damping();
        let mut second = newton.resume(&x, &t, first.into_model(), damping, done).unwrap();
        prop_assert!(second.by_ref().all(|epoch| epoch.is_ok()));
        prop_assert_eq!(second.into_model(), whole);
    }
}

/// Slide 56, beginnings as in our notes: three tanh units draw a sine to four digits.
#[test]
fn three_units_draw_a_sine() {
    let data = sine();
    let hidden = LayerConfig {
        weight_init: Init::Normal(2.0),
        bias_init: Init::Normal(1.0),
        ..LayerConfig::new(3, Activation::Tanh)
    };
    let output = LayerConfig { weight_init: Init::Normal(0.5), ..LayerConfig::new(1, Activation::Identity) };
    let config = MlpConfig::lecture(vec![hidden, output]);
    let best =
        |error: &dyn Fn(Stream) -> f64| (0..8).map(|seed| error(Stream::new(seed))).fold(f64::INFINITY, f64::min);
    let newton = LevenbergMarquardt { epochs: 500, ..LevenbergMarquardt::new(&config) };
    let newton = best(&|stream| root_mean_square_error(&newton.fit(&data.0, &data.1, stream).unwrap(), &data));
    let lbfgs = Lbfgs { epochs: 2000, ..Lbfgs::new(&config) };
    let lbfgs = best(&|stream| root_mean_square_error(&lbfgs.fit(&data.0, &data.1, stream).unwrap(), &data));
    let descent = MlpConfig { optimizer: GradientDescent::new(0.002).into(), epochs: 2000, ..config };
    let descent = best(&|stream| root_mean_square_error(&descent.fit(&data.0, &data.1, stream).unwrap(), &data));
    assert!(newton < 1.7e-4, "Levenberg-Marquardt {newton:e}");
    assert!(lbfgs < 1e-3, "L-BFGS {lbfgs:e}");
    assert!(descent > 10.0 * lbfgs, "gradient descent {descent:e}");
}

/// Every loss and the decay: at the end no slope is left.
#[test]
fn at_the_end_no_slope_is_left() {
    let stream = Stream::new(5);
    let (x, mut t) = (random::<f64>(3, 20, &mut stream.named("x")), random(2, 20, &mut stream.named("t")));
    t.apply(|t: &mut f64| *t = t.abs());
    for (loss, output) in [
        (Loss::HalfSquaredError, Activation::Tanh),
        (Loss::SoftmaxCrossEntropyLogits, Activation::Identity),
        (Loss::SigmoidCrossEntropyLogits, Activation::Identity),
    ] {
        let layers = vec![layer(4, Activation::Tanh), layer(2, output)];
        let config = MlpConfig { loss, ..MlpConfig::lecture(layers) };
        let lbfgs = Lbfgs { weight_decay: 0.1, tolerance: 1e-8, epochs: 3000, ..Lbfgs::new(&config) };
        let mut training = lbfgs.training(&x, &t, stream.clone()).unwrap();
        let mut last = f64::INFINITY;
        for epoch in training.by_ref() {
            let loss = epoch.unwrap().loss;
            assert!(loss <= last * (1.0 + 1e-14), "a step goes up");
            last = loss;
        }
        assert!(training.largest_slope() < 1e-7, "{loss:?}: {:e}", training.largest_slope());
    }
}

#[test]
fn frozen_layers_stay_where_they_are() {
    let stream = Stream::new(6);
    let (x, t) = sine();
    let mut config = MlpConfig::lecture(vec![layer(5, Activation::Tanh), layer(1, Activation::Identity)]);
    config.layers[0].frozen = true;
    let before = config.initialize::<f64>(1, &stream).unwrap();
    let newton = LevenbergMarquardt::new(&config).fit(&x, &t, stream.clone()).unwrap();
    let lbfgs = Lbfgs { tolerance: 1e-10, ..Lbfgs::new(&config) }.fit(&x, &t, stream).unwrap();
    for after in [&newton, &lbfgs] {
        assert_eq!(before.layers()[0], after.layers()[0]);
    }
    // What is left is linear: one minimum.
    let (a, b) = (root_mean_square_error(&newton, &(x.clone(), t.clone())), root_mean_square_error(&lbfgs, &(x, t)));
    assert!((a - b).abs() < 1e-6, "{a} {b}");
}

#[test]
fn settings_and_states_that_do_not_fit_are_named() {
    let (x, t) = sine();
    let config = MlpConfig::lecture(vec![layer(2, Activation::Tanh), layer(1, Activation::Identity)]);
    let lbfgs = |change: &dyn Fn(&mut Lbfgs)| {
        let mut config = Lbfgs::new(&config);
        change(&mut config);
        config.training(&x, &t, Stream::new(0)).err().unwrap().to_string()
    };
    assert_eq!(lbfgs(&|config| config.weight_decay = -1.0), "weight_decay must be non-negative and finite, is -1");
    assert_eq!(lbfgs(&|config| config.tolerance = f64::NAN), "tolerance must be non-negative and finite, is NaN");
    assert_eq!(lbfgs(&|config| config.memory = 0), "memory must be at least 1, is 0");
    let newton = |damping, factor| {
        let config = LevenbergMarquardt { damping, factor, ..LevenbergMarquardt::new(&config) };
        config.training(&x, &t, Stream::new(0)).err().unwrap().to_string()
    };
    assert_eq!(newton(0.0, 10.0), "damping must be positive and finite, is 0");
    assert_eq!(newton(1.0, 1.0), "factor must be above 1 and finite, is 1");
    assert!(
        LevenbergMarquardt::new(&config).training(&t, &random(2, 50, &mut Stream::new(0)), Stream::new(0)).is_err()
    );
    let mut model = config.initialize::<f64>(1, &Stream::new(0)).unwrap();
    let small = Lbfgs { memory: 3, ..Lbfgs::new(&config) }.optimizer_state(&model);
    assert!(Lbfgs::new(&config).resume(&x, &t, model.clone(), small, 0).is_err());
    model.tensors_mut()[0].values[0] = f64::NAN;
    let error = LevenbergMarquardt::new(&config).resume(&x, &t, model, 1.0, 4).err().unwrap().to_string();
    assert_eq!(error, "the loss after epoch 4, where training is to go on, is not finite");
}
