//! Losses of the caller's own: the pinball loss as the example.

use crate::{parameters, random};
use mlp::{LayerConfig, MlpConfig, MlpError};
use nn_core::{
    Activation, Adam, Batch, GradientDescent, Loss, Matrix, Parameters, RateSchedule, Reduction, Stream, gradient_check,
};

/// Σₖ max(q (tₖ − yₖ), (q − 1)(tₖ − yₖ)), least when yₖ is the quantile q of tₖ.
fn pinball(q: f64) -> impl Fn(&[f64], &[f64], &mut [f64]) -> f64 + Send + Sync {
    move |y, t, slope| {
        slope.iter_mut().zip(y.iter().zip(t)).fold(0.0, |sum, (slope, (y, t))| {
            *slope = if t > y { -q } else { 1.0 - q };
            sum - *slope * (t - y)
        })
    }
}

#[test]
fn the_gradient_of_a_pinball_loss_is_its_slope() {
    let stream = Stream::new(9);
    let (x, t) = (random::<f64>(3, 8, &mut stream.named("x")), random::<f64>(2, 8, &mut stream.named("t")));
    let layers = vec![LayerConfig::new(5, Activation::Tanh), LayerConfig::new(2, Activation::Identity)];
    let mut model = MlpConfig::lecture(layers).initialize::<f64>(3, &stream).unwrap();
    for q in [0.1, 0.5, 0.9] {
        let loss = pinball(q);
        // The pinball loss has a corner where output and target are equal, and no sample is near it.
        assert!(model.forward(&x).unwrap().iter().zip(&t).all(|(y, t)| (y - t).abs() > 1e-3));
        let value = |y: &Matrix<f64>, slope: &mut Matrix<f64>| -> f64 {
            let columns = y.column_iter().zip(t.column_iter()).zip(slope.column_iter_mut());
            columns.map(|((y, t), mut slope)| loss(y.as_slice(), t.as_slice(), slope.as_mut_slice())).sum()
        };
        let trace = model.trace(&x).unwrap();
        let mut slope = Matrix::zeros(2, 8);
        value(&trace.outputs[1], &mut slope);
        let gradient = parameters(&model.backward(&x, &trace, &slope).unwrap());
        let mut weights = parameters(&model);
        let check = gradient_check(&mut weights, &gradient, 1e-5, |weights| {
            let mut rest = weights;
            for tensor in model.tensors_mut() {
                let (first, others) = rest.split_at(tensor.values.len());
                tensor.values.copy_from_slice(first);
                rest = others;
            }
            value(&model.forward(&x).unwrap(), &mut Matrix::zeros(2, 8))
        });
        assert!(check.as_ref().is_ok_and(|check| check.worst_error < 1e-7), "{check:?} at {q}");
    }
}

#[test]
fn the_slope_of_a_single_step_is_that_of_the_loss() {
    let stream = Stream::new(10);
    let (x, t) = (random::<f64>(3, 8, &mut stream.named("x")), random::<f64>(2, 8, &mut stream.named("t")));
    let config = MlpConfig {
        optimizer: GradientDescent::new(1.0).into(),
        epochs: 1,
        ..MlpConfig::lecture(vec![LayerConfig::new(2, Activation::Identity)])
    };
    let before = config.initialize::<f64>(3, &stream).unwrap();
    let mut training = config.training(&x, &t, stream).unwrap().with_loss(pinball(0.8));
    training.by_ref().for_each(|epoch| _ = epoch.unwrap());
    let y = before.forward(&x).unwrap();
    for unit in 0..2 {
        let slope: f64 = (0..8).map(|n| if t[(unit, n)] > y[(unit, n)] { -0.8 } else { 0.2 }).sum();
        let step = training.model().layers()[0].bias[unit] - before.layers()[0].bias[unit];
        assert!((step + slope).abs() < 1e-14, "{step} {slope}");
    }
}

#[test]
fn half_the_squared_error_of_ones_own_has_the_bits_of_the_named_loss() {
    let stream = Stream::new(11);
    let (x, t) = (random(4, 30, &mut stream.named("x")), random(3, 30, &mut stream.named("t")));
    for (batch, reduction) in
        [(Batch::Online, Reduction::Sum), (Batch::Minibatch(7), Reduction::Mean), (Batch::Full, Reduction::Sum)]
    {
        let config = MlpConfig {
            loss: Loss::HalfSquaredError,
            optimizer: Adam::new(0.01).into(),
            batch,
            reduction,
            epochs: 5,
            ..MlpConfig::regressor(&[6], 3)
        };
        let squared = |y: &[f64], t: &[f64], slope: &mut [f64]| {
            slope.iter_mut().zip(y.iter().zip(t)).for_each(|(slope, (y, t))| *slope = y - t);
            nn_core::squared_error_half(y, t)
        };
        let run = |own: bool| {
            let weights: Vec<f64> = (0..30).map(|n| f64::from(n % 3)).collect();
            let mut training = config.training(&x, &t, stream.clone()).unwrap().weighted(&weights).unwrap();
            if own {
                training = training.with_loss(squared);
            }
            let losses: Vec<f64> = training.by_ref().map(|epoch| epoch.unwrap().loss).collect();
            (losses, parameters(training.model()))
        };
        assert_eq!(run(true), run(false), "{batch:?}");
    }
}

/// The spread of the noise grows with x, and so does the distance of the two deciles: 2 · 0.8 · x.
#[test]
fn two_networks_learn_the_deciles_of_noise() {
    let mut stream = Stream::new(12);
    let x = Matrix::from_fn(1, 2000, |_, _| stream.uniform());
    let t = x.map(|x| x * stream.uniform_between(-1.0, 1.0));
    let config = MlpConfig {
        optimizer: Adam::new(0.01).into(),
        schedule: RateSchedule::Cosine { last: 0.05 },
        epochs: 30,
        ..MlpConfig::regressor(&[8], 1)
    };
    let probe = Matrix::from_row_slice(1, 2, &[0.3, 0.9]);
    let quantile = |q: f64| -> Matrix<f64> {
        let mut training = config.training(&x, &t, Stream::new(13)).unwrap().with_loss(pinball(q));
        training.by_ref().for_each(|epoch| _ = epoch.unwrap());
        training.into_model().forward(&probe).unwrap()
    };
    let distance = quantile(0.9) - quantile(0.1);
    for (x, distance) in probe.iter().zip(&distance) {
        assert!((distance - 1.6 * x).abs() < 0.15, "{distance} at {x}");
    }
}

#[test]
fn a_slope_that_is_not_finite_ends_the_training() {
    let (x, t) = (Matrix::<f64>::repeat(2, 4, 1.0), Matrix::zeros(1, 4));
    let config = MlpConfig::regressor(&[3], 1);
    let broken = |_: &[f64], _: &[f64], slope: &mut [f64]| {
        slope[0] = f64::NAN;
        0.0
    };
    let mut training = config.training(&x, &t, Stream::new(0)).unwrap().with_loss(broken);
    assert!(matches!(training.next(), Some(Err(MlpError::Diverged { epoch: 1, last_good: 0, .. }))));
    assert!(training.model().layers().iter().all(|layer| layer.weight.iter().all(|w| w.is_finite())));
}
