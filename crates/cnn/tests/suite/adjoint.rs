//! ⟨K x, y⟩ = ⟨x, Kᵀ y⟩: what goes back through a convolution is the transpose of what goes forward, for every stride, border
//! and connection table, through the definition, the loops of chunks and the loops of single samples.

use cnn::{Bias, Cnn, CnnConfig, Connections, ConvolutionConfig, LayerConfig, Objective, Shape, lenet5, lenet1989};
use nn_core::{Activation, Batch, GradientDescent, Loss, Matrix, Parameters, Reduction, Stream};
use proptest::prelude::*;

const LOSS: Objective = Objective::Loss(Loss::HalfSquaredError);

/// The convolution K without bias on top of units x = copy of the input + a bias for each: their biases' slope is Kᵀ δ.
fn layers(maps: usize, convolution: &ConvolutionConfig) -> Vec<LayerConfig> {
    let copy = ConvolutionConfig {
        bias: Bias::PerUnit,
        connections: Connections::Table((0..maps).map(|map| vec![map]).collect()),
        ..ConvolutionConfig::new(maps, 1, Activation::Identity)
    };
    let convolution = ConvolutionConfig { bias: Bias::None, activation: Activation::Identity, ..convolution.clone() };
    vec![LayerConfig::Convolution(copy), LayerConfig::Convolution(convolution)]
}

fn bias_of(parameters: &impl Parameters<f64>) -> Vec<f64> {
    let tensors = parameters.tensors();
    tensors.iter().find(|tensor| tensor.name == "layers.0.bias").unwrap().values.to_vec()
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Checks the three ways back; says which one fails.
fn check(input: Shape, convolution: &ConvolutionConfig, seed: u64) -> Result<(), String> {
    let layers = layers(input.maps, convolution);
    let stream = Stream::new(seed);
    let network: Cnn<f64> = Cnn::new(input, &layers, &stream).map_err(|error| error.to_string())?;
    let mut samples = Matrix::zeros(input.units(), 2);
    stream.named("samples").fill_normal(samples.as_mut_slice(), 0.0, 1.0);
    let traces = [0, 1].map(|sample| network.trace(samples.column(sample).as_slice()).unwrap());
    // The border adds a constant, which a difference of two samples does not have.
    let difference = |layer: usize| -> Vec<f64> {
        traces[0].outputs[layer].iter().zip(&traces[1].outputs[layer]).map(|(a, b)| a - b).collect()
    };
    let (x, forward) = (difference(0), difference(1));
    let mut y = vec![0.0; network.outputs()];
    stream.named("y").fill_normal(&mut y, 0.0, 1.0);
    let expected = product(&forward, &y);
    // E = ½ ‖a − t‖² with t = a − y has the slope y.
    let target: Vec<f64> = traces[0].outputs[1].iter().zip(&y).map(|(a, y)| a - y).collect();
    let (sample, targets) = (samples.columns(0, 1).into_owned(), Matrix::from_column_slice(y.len(), 1, &target));
    let (_, slow) = network.gradient_by_definition(sample.as_slice(), &target, LOSS).unwrap();
    let (_, chunks) = network.gradient(&sample, &targets, LOSS, Reduction::Sum).unwrap();
    let config = CnnConfig {
        objective: LOSS,
        method: GradientDescent::new(0.5).into(),
        batch: Batch::Online,
        epochs: 1,
        ..CnnConfig::classifier(input, layers)
    };
    let state = config.optimizer_state(&network);
    let mut training = config.resume(&sample, &targets, stream, network.clone(), state, 0).unwrap();
    training.next().unwrap().unwrap();
    let (before, after) = (bias_of(&network), bias_of(training.model()));
    let single: Vec<f64> = before.iter().zip(&after).map(|(before, after)| (before - after) / 0.5).collect();
    for (way, back) in [("definition", bias_of(&slow)), ("chunks", bias_of(&chunks)), ("single samples", single)] {
        let found = product(&x, &back);
        // Sums of products of numbers near 1: as many roundings as there are terms.
        let scale = (product(&forward, &forward) * product(&y, &y)).sqrt();
        if (found - expected).abs() > 1e-13 * (1.0 + scale) {
            return Err(format!("{way}: <K x, y> = {expected}, <x, K* y> = {found} for {convolution:?} on {input}"));
        }
    }
    Ok(())
}

#[test]
fn every_stride_border_and_published_table_has_its_transpose() {
    let tables = [
        (1, 3, Connections::Full),
        (12, 12, lenet1989::h2_connections()),
        (6, 16, lenet5::c3_connections()),
        (3, 2, Connections::Table(vec![vec![0, 2], vec![1]])),
    ];
    let mut checked = 0;
    for (below, maps, connections) in tables {
        for kernel in 1..=5 {
            for (stride, padding) in (1..=3).flat_map(|stride| (0..kernel).map(move |padding| (stride, padding))) {
                let convolution = ConvolutionConfig {
                    stride,
                    padding,
                    padding_value: -1.0,
                    connections: connections.clone(),
                    ..ConvolutionConfig::new(maps, kernel, Activation::Identity)
                };
                check(Shape::new(below, 7, 6), &convolution, checked).unwrap();
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 4 * 3 * 15);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_table_on_any_shape_has_its_transpose(
        seed in any::<u64>(),
        (below, table) in (1..20_usize).prop_flat_map(|below| {
            let row = prop::sample::subsequence((0..below).collect::<Vec<_>>(), 1..=below);
            (Just(below), prop::collection::vec(row, 1..20))
        }),
        (height, width, kernel, stride) in (1..12_usize, 1..12_usize, 1..7_usize, 1..5_usize),
        padding in 0..7_usize,
    ) {
        let padding = padding.min(kernel - 1);
        prop_assume!(height.min(width) + 2 * padding >= kernel);
        let convolution = ConvolutionConfig {
            stride,
            padding,
            padding_value: 0.5,
            connections: Connections::Table(table.clone()),
            ..ConvolutionConfig::new(table.len(), kernel, Activation::Identity)
        };
        let result = check(Shape::new(below, height, width), &convolution, seed);
        prop_assert!(result.is_ok(), "{}", result.unwrap_err());
    }
}
