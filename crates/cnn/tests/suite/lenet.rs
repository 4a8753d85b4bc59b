//! The presets through the fast loops: the tables and windows of the papers, on random digits.

use cnn::{Cnn, CnnConfig, ConvolutionConfig, DenseConfig, Layer, LayerConfig, Shape, lenet1};
use nn_core::{Activation, GradientDescent, Loss, Matrix, Parameters, Reduction, Stream, one_hot};

fn data(config: &CnnConfig, count: usize) -> (Matrix<f64>, Matrix<f64>) {
    let mut samples = Matrix::zeros(config.input.units(), count);
    Stream::new(86).named("samples").fill_normal(samples.as_mut_slice(), 0.0, 1.0);
    let labels: Vec<usize> = (0..count).map(|sample| sample % 10).collect();
    (samples, one_hot(10, &labels).unwrap())
}

fn values(parameters: &impl Parameters<f64>) -> Vec<f64> {
    parameters.tensors().iter().flat_map(|tensor| tensor.values.to_vec()).collect()
}

#[test]
fn every_preset_computes_what_its_definition_says() {
    let lenet_1 = CnnConfig { layers: lenet1::lenet_1(), input: lenet1::INPUT, ..CnnConfig::lenet_1989() };
    for config in [
        CnnConfig::lenet_1989(),
        CnnConfig::lenet_1989_well_known(),
        lenet_1,
        CnnConfig::lenet_5(),
        CnnConfig::lenet_5_plain(),
    ] {
        let network: Cnn<f64> = config.initialize(&Stream::new(1)).unwrap();
        let (samples, targets) = data(&config, 3);
        let (loss, gradient) = network.gradient(&samples, &targets, config.objective, Reduction::Sum).unwrap();
        let mut runner = network.runner();
        let (mut sum, mut slow) = (0.0, vec![0.0; values(&gradient).len()]);
        for (sample, target) in samples.column_iter().zip(targets.column_iter()) {
            let expected = network.trace(sample.as_slice()).unwrap().outputs.pop().unwrap();
            let found = runner.forward(sample.as_slice()).unwrap();
            assert!(found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-10), "{found:?} {expected:?}");
            let (loss, gradient) =
                network.gradient_by_definition(sample.as_slice(), target.as_slice(), config.objective).unwrap();
            sum += loss;
            slow.iter_mut().zip(values(&gradient)).for_each(|(sum, g)| *sum += g);
        }
        assert!((loss - sum).abs() < 1e-9 * (1.0 + sum.abs()));
        let worst = slow.iter().zip(values(&gradient)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-9, "{worst:e}");
    }
}

#[test]
fn a_step_of_1998_is_the_slope_of_the_definition_times_eta_over_mu_plus_h() {
    let config = CnnConfig { epochs: 1, ..CnnConfig::lenet_5() };
    let cnn::Method::Diagonal(rule) = config.method else { panic!("1998 has a rate for each parameter") };
    let (samples, targets) = data(&config, 1);
    let before: Cnn<f64> = config.initialize(&Stream::new(3)).unwrap();
    let after = config.fit(&samples, &targets, Stream::new(3)).unwrap();
    let slope = before.gradient_by_definition(samples.as_slice(), targets.as_slice(), config.objective).unwrap().1;
    let curvature = before.curvature(&samples, &targets, config.objective).unwrap();
    let parameters = values(&before).into_iter().zip(values(&slope)).zip(values(&curvature));
    for (((before, slope), h), after) in parameters.zip(values(&after)) {
        let expected = before - rule.learning_rate / (rule.damping + h) * slope;
        assert!((after - expected).abs() < 1e-12, "{before}: {after} {expected}");
    }
}

#[test]
fn an_epoch_of_1989_learns_and_kernels_outside_of_the_table_stay_zero() {
    for config in [CnnConfig::lenet_1989(), CnnConfig::lenet_5()] {
        let (samples, targets) = data(&config, 30);
        let config = CnnConfig { epochs: 6, ..config };
        let mut training = config.training(&samples, &targets, Stream::new(2)).unwrap();
        let losses: Vec<f64> = training.by_ref().map(|epoch| epoch.unwrap().loss).collect();
        assert!(losses[5] < losses[0], "{losses:?}");
        for layer in training.model().layers() {
            let Layer::Convolution(layer) = layer else { continue };
            for (map, sees) in layer.sees().iter().enumerate() {
                for below in (0..layer.input().maps).filter(|below| !sees.contains(below)) {
                    assert!(layer.kernel_of(map, below).iter().all(|&w| w == 0.0));
                }
            }
        }
    }
}

#[test]
fn dropout_drops_in_training_only_and_the_same_in_every_run() {
    let layers =
        vec![LayerConfig::Dropout { rate: 0.5 }, LayerConfig::Dense(DenseConfig::new(2, Activation::Identity))];
    let config = CnnConfig { epochs: 3, ..CnnConfig::classifier(Shape::flat(20), layers) };
    let (samples, targets) = (Matrix::from_element(20, 64, 1.0_f64), one_hot(2, &[0; 64]).unwrap());
    let fit = || config.fit(&samples, &targets, Stream::new(3)).unwrap();
    assert_eq!(values(&fit()), values(&fit()));
    let plain = CnnConfig { layers: config.layers[1..].to_vec(), ..config.clone() };
    assert_ne!(values(&fit()), values(&plain.fit(&samples, &targets, Stream::new(3)).unwrap()));
    let network = fit();
    let outputs = network.forward(&samples).unwrap();
    assert!(outputs.column_iter().all(|output| output == outputs.column(0)), "nothing is dropped in use");
}

#[test]
fn loss_and_error_rate_are_those_of_training() {
    for config in [CnnConfig::lenet_1989(), CnnConfig::lenet_5()] {
        let (samples, targets) = data(&config, 20);
        let network: Cnn<f64> = config.initialize(&Stream::new(3)).unwrap();
        let loss = network.loss(&samples, &targets, config.objective).unwrap();
        let (by_gradient, _) = network.gradient(&samples, &targets, config.objective, Reduction::Mean).unwrap();
        assert!((loss - by_gradient).abs() <= 1e-12 * loss.abs(), "{loss} {by_gradient}");
        let labels = nn_core::predicted_classes(&targets);
        let predicted = network.predict(&samples).unwrap();
        let wrong = predicted.iter().zip(&labels).filter(|(predicted, label)| predicted != label).count();
        assert_eq!(network.error_rate(&samples, &targets).unwrap(), wrong as f64 / 20.0);
    }
}

#[test]
fn one_output_tells_two_classes_apart() {
    // Bright above dark, or dark above bright; targets 0 and 1 for a sigmoid unit, −1 and 1 for tanh.
    let bright = |sample: usize, row: usize| (row < 4) == sample.is_multiple_of(2);
    let samples = Matrix::from_fn(64, 40, |pixel, n| if bright(n, pixel / 8) { 1.0_f64 } else { -1.0 });
    for (activation, low) in [(Activation::Sigmoid, 0.0), (Activation::Tanh, -1.0)] {
        let targets = Matrix::from_fn(1, 40, |_, n| if n.is_multiple_of(2) { 1.0 } else { low });
        let layers = vec![
            LayerConfig::Convolution(ConvolutionConfig::new(2, 3, Activation::Tanh)),
            LayerConfig::Dense(DenseConfig::new(1, activation)),
        ];
        let loss = Loss::HalfSquaredError.into();
        let method = GradientDescent::new(0.2).into();
        let config =
            CnnConfig { objective: loss, method, epochs: 20, ..CnnConfig::classifier(Shape::new(1, 8, 8), layers) };
        let mut training = config.training(&samples, &targets, Stream::new(4)).unwrap();
        let epoch = training.by_ref().map(|epoch| epoch.unwrap()).last().unwrap();
        let network = training.into_model();
        assert_eq!(network.error_rate(&samples, &targets).unwrap(), 0.0);
        assert_eq!(epoch.mistakes, 0, "{activation:?}");
        let predicted = network.predict(&samples).unwrap();
        assert!(predicted.iter().enumerate().all(|(n, &class)| class == usize::from(n.is_multiple_of(2))));
        let mut runner = network.runner();
        assert!((0..40).all(|n| runner.predict(samples.column(n).as_slice()).unwrap() == predicted[n]));
        let sliding = network.sliding(8, 8).unwrap().predict(&samples).unwrap();
        assert!((0..40).all(|n| sliding[n] == [predicted[n]]));
    }
}
