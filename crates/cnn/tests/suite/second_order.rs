//! The diagonal of the Hessian against second differences.

use cnn::{
    Bias, Cnn, CnnConfig, ConvolutionConfig, DenseConfig, DiagonalLevenbergMarquardt, LayerConfig, Objective, Shape,
    SubsamplingConfig, digit_codes,
};
use nn_core::{Activation, Loss, Matrix, Parameters, Reduction, Stream, one_hot};

fn values(parameters: &impl Parameters<f64>) -> Vec<f64> {
    parameters.tensors().iter().flat_map(|tensor| tensor.values.to_vec()).collect()
}

fn nudged(network: &Cnn<f64>, index: usize, step: f64) -> Cnn<f64> {
    let mut network = network.clone();
    let mut rest = index;
    for tensor in network.tensors_mut() {
        if rest < tensor.values.len() {
            tensor.values[rest] += step;
            break;
        }
        rest -= tensor.values.len();
    }
    network
}

fn random(rows: usize, columns: usize, name: &str) -> Matrix<f64> {
    let mut matrix = Matrix::zeros(rows, columns);
    Stream::new(1998).named(name).fill_normal(matrix.as_mut_slice(), 0.0, 1.0);
    matrix
}

/// Σ over samples of (∂y/∂w)² ∂²E/∂y² by differences of the outputs, a mean over the samples: Gauss and Newton's diagonal.
fn gauss_newton(network: &Cnn<f64>, samples: &Matrix<f64>, curvature: f64) -> Vec<f64> {
    let of = |index: usize| {
        let up = nudged(network, index, 1e-5).forward(samples).unwrap();
        let slope = (up - nudged(network, index, -1e-5).forward(samples).unwrap()) / 2e-5;
        slope.norm_squared() * curvature / samples.ncols() as f64
    };
    (0..values(network).len()).map(of).collect()
}

fn agree(found: &[f64], expected: &[f64]) {
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() < 1e-7 * (1.0 + expected.abs()), "parameter {index}: {found} {expected}");
    }
}

#[test]
fn three_units_in_a_row_have_the_diagonal_of_gauss_and_newton() {
    let unit = |activation| LayerConfig::Dense(DenseConfig::new(1, activation));
    let layers = [unit(Activation::Tanh), unit(Activation::ScaledTanh), unit(Activation::Sigmoid)];
    let network = Cnn::new(Shape::flat(4), &layers, &Stream::new(3)).unwrap();
    let (samples, targets) = (random(4, 40, "samples"), random(1, 40, "targets"));
    let diagonal = network.curvature(&samples, &targets, Objective::Loss(Loss::HalfSquaredError)).unwrap();
    agree(&values(&diagonal), &gauss_newton(&network, &samples, 1.0));
}

/// In one layer whose units do not share, nothing crosses: the second difference of the loss itself.
#[test]
fn one_layer_has_the_second_differences_of_its_loss() {
    let layers = [LayerConfig::Dense(DenseConfig::new(3, Activation::Identity))];
    let network = Cnn::new(Shape::flat(5), &layers, &Stream::new(3)).unwrap();
    let (samples, targets) = (random(5, 30, "samples"), random(3, 30, "targets"));
    let objective = Objective::Loss(Loss::MeanSquaredError);
    let loss = |network: &Cnn<f64>| network.gradient(&samples, &targets, objective, Reduction::Mean).unwrap().0;
    let second = |index| {
        let (up, down) = (loss(&nudged(&network, index, 1e-3)), loss(&nudged(&network, index, -1e-3)));
        (up - 2.0 * loss(&network) + down) / 1e-6
    };
    let expected: Vec<f64> = (0..values(&network).len()).map(second).collect();
    agree(&values(&network.curvature(&samples, &targets, objective).unwrap()), &expected);
}

/// Shared weights add up what their connections have: the same network with every connection its own weight.
#[test]
fn shared_weights_are_sums_over_their_connections() {
    let input = Shape::new(1, 6, 6);
    let convolution = ConvolutionConfig {
        stride: 2,
        padding: 1,
        padding_value: -1.0,
        bias: Bias::Shared,
        ..ConvolutionConfig::new(2, 3, Activation::Identity)
    };
    let network = Cnn::<f64>::new(input, &[LayerConfig::Convolution(convolution)], &Stream::new(3)).unwrap();
    let samples = random(36, 20, "samples");
    let targets = random(network.outputs(), 20, "targets");
    let objective = Objective::Loss(Loss::HalfSquaredError);
    // In one linear layer every output has its own connections, so the sum over them is Gauss and Newton's diagonal.
    let found = network.curvature(&samples, &targets, objective).unwrap();
    agree(&values(&found), &gauss_newton(&network, &samples, 1.0));
}

#[test]
fn subsampling_and_borders_are_in_the_diagonal() {
    // One unit above one window: nothing crosses below a single output but the sum over the window's four values.
    let layers = [
        LayerConfig::Subsampling(SubsamplingConfig::new(2, Activation::Tanh)),
        LayerConfig::Dense(DenseConfig::new(1, Activation::Identity)),
    ];
    let network = Cnn::<f64>::new(Shape::new(3, 2, 2), &layers, &Stream::new(4)).unwrap();
    let samples = random(12, 25, "samples");
    let found =
        network.curvature(&samples, &random(1, 25, "targets"), Objective::Loss(Loss::HalfSquaredError)).unwrap();
    agree(&values(&found), &gauss_newton(&network, &samples, 1.0));
}

#[test]
fn distances_begin_with_two() {
    let layers = [
        LayerConfig::Dense(DenseConfig::new(84, Activation::Identity)),
        LayerConfig::RadialBasis { codes: digit_codes() },
    ];
    let network = Cnn::<f64>::new(Shape::flat(3), &layers, &Stream::new(4)).unwrap();
    let samples = random(3, 10, "samples");
    let targets = one_hot(10, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).unwrap();
    let found = values(&network.curvature(&samples, &targets, Objective::Distance).unwrap());
    for input in 0..3 {
        let expected = 2.0 * samples.row(input).norm_squared() / 10.0;
        assert!((found[5 * 3 + input] - expected).abs() < 1e-12);
    }
    assert!((found[84 * 3] - 2.0).abs() < 1e-12);
}

#[test]
fn the_method_takes_steps_of_eta_over_mu_plus_h() {
    let (samples, targets) = (random(16, 12, "samples"), one_hot(3, &[0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]).unwrap());
    let rule = DiagonalLevenbergMarquardt { learning_rate: 0.01, damping: 0.1, samples: 100 };
    let layers = vec![
        LayerConfig::Convolution(ConvolutionConfig::new(2, 3, Activation::Tanh)),
        LayerConfig::Dense(DenseConfig::new(3, Activation::Tanh)),
    ];
    let config = CnnConfig {
        objective: Objective::Loss(Loss::HalfSquaredError),
        method: rule.into(),
        batch: nn_core::Batch::Full,
        epochs: 1,
        ..CnnConfig::classifier(Shape::new(1, 4, 4), layers)
    };
    let before: Cnn<f64> = config.initialize(&Stream::new(5)).unwrap();
    let after = config.fit(&samples, &targets, Stream::new(5)).unwrap();
    let slope = values(&before.gradient(&samples, &targets, config.objective, Reduction::Mean).unwrap().1);
    let diagonal = values(&before.curvature(&samples, &targets, config.objective).unwrap());
    for (((before, after), slope), h) in values(&before).iter().zip(values(&after)).zip(slope).zip(diagonal) {
        assert!((before - 0.01 / (0.1 + h) * slope - after).abs() < 1e-12);
    }
}
