//! Public functions called with nothing, with numbers that are none, and with shapes that do not fit: each answers with
//! an error that says something, or does something sensible; none panics.

use crate::hostile::{INF, NAN, Outcome, outcome, spoiled, stream, zeros};
use datasets::{Scale, blobs, iris, noisy_linear, optdigits, parity, symmetry, uniform_cube};
use energy::{Gibbs, Network, Patterns, RecallConfig, Temperature, Thresholds, hebb};
use io::{
    Array, CsvOptions, Idx, Limits, read_csv, read_idx, read_npy, read_npz, read_safetensors, write_idx, write_npy,
};
use mlp::{AutoencoderConfig, EarlyStopping, Layer, LayerConfig, Mlp, MlpConfig, Perceptron, random_hidden_layer};
use nn_core::{
    Activation, Batch, Boundary, ConfusionMatrix, GradientDescent, Init, Lattice, Loss, Matrix, Optimizer, Topology,
    Vector, View, accuracy, check_finite, gemm, gradient_check, math, one_hot, predicted_classes, samples_from_rows,
};
use plot::{
    Axis, Bar, Bars, CellMap, Curve, Figure, HeatMap, Histogram, ImageGrid, LatticePlot, Line, PointClass, Scatter,
    Values,
};
use som::{
    Adjacency, CodFile, DatFile, Data, Distance, LrnFile, Neighborhood, Schedule, Som, SomConfig, SparseSamples,
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A row: what is called with what, and the call.
type Row<'a> = (&'static str, Box<dyn FnOnce() -> Outcome + 'a>);

macro_rules! rows {
    ($($name:literal => $call:expr),* $(,)?) => {
        vec![$(($name, Box::new(|| outcome($call)) as Box<dyn FnOnce() -> Outcome>)),*]
    };
}

/// Every call must fail with a message of some words, and without a panic.
fn refused(rows: Vec<Row<'_>>) {
    let mut wrong = Vec::new();
    for (name, call) in rows {
        match catch_unwind(AssertUnwindSafe(call)) {
            Err(_) => wrong.push(format!("{name}: panics")),
            Ok(Ok(())) => wrong.push(format!("{name}: is accepted")),
            Ok(Err(message)) if message.split_whitespace().count() < 3 => {
                wrong.push(format!("{name}: says `{message}`"))
            }
            Ok(Err(_)) => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Every call may answer as it likes, without a panic.
fn survived(rows: Vec<Row<'_>>) {
    let mut wrong = Vec::new();
    for (name, call) in rows {
        if catch_unwind(AssertUnwindSafe(call)).is_err() {
            wrong.push(format!("{name}: panics"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn core_refuses_what_does_not_fit() {
    let square = || Lattice::new(2, 2, Topology::Rectangular, Boundary::Planar);
    assert!(square().is_ok());
    let core: Vec<Row> = rows! {
        "samples_from_rows, no feature" => samples_from_rows(0, vec![1.0]),
        "samples_from_rows, uneven" => samples_from_rows(3, vec![1.0, 2.0]),
        "check_finite, NaN" => check_finite(&spoiled(2, 3, NAN)),
        "check_finite, infinite" => check_finite(&spoiled(2, 3, -INF)),
        "one_hot, label out of range" => one_hot::<f64>(3, &[0, 3]),
        "accuracy, lengths" => accuracy(&[1, 2], &[1]),
        "accuracy, nothing" => accuracy(&[], &[]),
        "confusion, label out of range" => ConfusionMatrix::new(2, &[0, 1], &[0, 2]),
        "confusion, prediction out of range" => ConfusionMatrix::new(2, &[0, 5], &[0, 1]),
        "confusion, lengths" => ConfusionMatrix::new(2, &[0], &[0, 1]),
        "gemm, inner sizes" => gemm(1.0, &zeros(2, 3), &zeros(4, 2), 0.0, &mut zeros(2, 2)),
        "gemm, outer sizes" => gemm(1.0, &zeros(2, 3), &zeros(3, 2), 0.0, &mut zeros(2, 3)),
        "exp_slice, lengths" => math::exp_slice(&[0.0, 1.0], &mut [0.0]),
        "activation, lengths" => Activation::Tanh.apply(&[0.0, 1.0], &mut [0.0]),
        "activation derivative, lengths" => Activation::Tanh.apply_derivative(&[0.0], &[0.0], &mut [0.0, 1.0]),
        "loss, lengths" => Loss::HalfSquaredError.value(2, &[1.0, 2.0], &[1.0]),
        "loss, uneven" => Loss::HalfSquaredError.value(3, &[1.0, 2.0], &[1.0, 2.0]),
        "init, NaN" => Init::Normal(NAN).fill(1, 1, &mut [0.0; 3], &mut stream()),
        "init, negative" => Init::Uniform(-1.0).fill(1, 1, &mut [0.0; 3], &mut stream()),
        "lattice, nothing" => Lattice::new(0, 3, Topology::Rectangular, Boundary::Planar),
        "lattice, too large" => Lattice::new(usize::MAX, 2, Topology::Rectangular, Boundary::Planar),
        "lattice, odd hexagonal torus" => Lattice::new(3, 4, Topology::Hexagonal, Boundary::Torus),
        "batch of none" => Batch::Minibatch(0).check(),
        "optimizer, NaN" => Optimizer::from(GradientDescent::new(NAN)).check(),
        "optimizer, negative" => Optimizer::from(GradientDescent::new(-0.1)).check(),
        "optimizer, infinite" => Optimizer::from(GradientDescent::new(INF)).check(),
        "gradient check, lengths" => gradient_check(&mut [1.0, 2.0], &[1.0], 1e-6, |_| 0.0),
        "gradient check, step" => gradient_check(&mut [1.0], &[1.0], NAN, |_| 0.0),
    };
    refused(core);
}

#[test]
fn core_survives_numbers_that_are_none() {
    let mut softmax = [NAN, INF, -INF, 0.0];
    survived(rows! {
        "softmax" => { nn_core::softmax(2, &mut softmax); Ok::<_, String>(()) },
        "samples_from_rows, nothing" => samples_from_rows::<f64>(3, vec![]),
        "softmax of nothing" => { nn_core::softmax::<f64>(3, &mut []); Ok::<_, String>(()) },
        "predicted classes" => Ok::<_, String>(predicted_classes(&spoiled(3, 2, NAN))),
        "predicted classes of nothing" => Ok::<_, String>(predicted_classes(&zeros(0, 2))),
        "loss of NaN" => Loss::SoftmaxCrossEntropyLogits.value(2, &[NAN, INF], &[0.0, 1.0]),
        "loss of nothing" => Loss::SoftmaxCrossEntropyLogits.value::<f64>(2, &[], &[]),
        "loss without outputs" => Loss::HalfSquaredError.value::<f64>(0, &[], &[]),
        "product of NaN" => gemm(NAN, &spoiled(2, 2, INF), &zeros(2, 2), 0.0, &mut zeros(2, 2)),
        "product of nothing" => gemm(1.0, View::from(&zeros(0, 0)), View::from(&zeros(0, 0)), 0.0, &mut zeros(0, 0)),
        "ranges of nothing" => Ok::<_, String>(Batch::Full.ranges(0).count() + Batch::Minibatch(3).ranges(0).count()),
        "math" => Ok::<_, String>([NAN, INF, -INF, -0.0, 5e-324, f64::MAX].map(|x| {
            [math::exp(x), math::ln(x), math::tanh(x), math::sigmoid(x), math::erfc(x), math::sin(x), math::powf(x, NAN)]
        })),
        "activations" => Ok::<_, String>([NAN, INF, -INF].map(|a| Activation::Gelu.value(a) + Activation::Gelu.derivative(a))),
        "no class" => one_hot::<f64>(0, &[]),
    });
}

#[test]
fn files_refuse_what_does_not_fit() {
    let limits = Limits::default();
    refused(rows! {
        "csv of nothing" => read_csv::<f64>(&b""[..], &CsvOptions::default()),
        "csv of a header" => read_csv::<f64>(&b"a,b\n"[..], &CsvOptions::default()),
        "csv of words" => read_csv::<f64>(&b"1,2\n3,x\n"[..], &CsvOptions::default()),
        "npy of nothing" => read_npy::<f64>(&b""[..], &limits),
        "npz of nothing" => read_npz::<f64>(&b""[..], &limits),
        "idx of nothing" => read_idx(&b""[..], &limits),
        "safetensors of nothing" => read_safetensors::<f64>(&b""[..], &limits),
        "npy that is too short for its shape" => write_npy(Vec::new(), &Array { shape: vec![2, 3], values: vec![1.0] }),
        "npy of a shape that overflows" => write_npy(Vec::new(), &Array { shape: vec![usize::MAX, 3], values: vec![1.0] }),
        "idx that is too short for its shape" => write_idx(Vec::new(), &Idx { dimensions: vec![2, 3], values: vec![1] }),
        "a file that is not there" => io::open("no/such/file", &limits),
        "a folder as a file" => io::read_file(".", &limits, |reader| read_csv::<f64>(reader, &CsvOptions::default())),
        "a target folder that is not there" => io::write_atomic("no/such/folder/file", |_| Ok(())),
    });
    survived(
        rows! { "samples of three dimensions" => Array { shape: vec![1, 1, 1], values: vec![1.0] }.into_samples() },
    );
}

#[test]
fn data_sets_refuse_what_does_not_fit() {
    let digits = optdigits().unwrap();
    let flowers = iris::<f64>().unwrap();
    refused(rows! {
        "select beyond the end" => digits.select(&[usize::MAX]),
        "first beyond the end" => digits.first(usize::MAX),
        "every zeroth" => digits.strided(0, 0),
        "select of iris beyond the end" => flowers.select(&[150]),
        "split of iris by zero" => flowers.split_strided(0, 0),
        "scale that is none" => digits.samples::<f64>(Scale::Between { paper: NAN, ink: 1.0 }),
        "blobs of NaN" => blobs::<f64>(&[[0.0, 0.0]], NAN, 10, &mut stream()),
        "a line of NaN" => noisy_linear::<f64>(&[1.0], 0.0, NAN, 10, &mut stream()),
        "parity of nothing" => parity::<f64>(0),
        "parity of too much" => parity::<f64>(64),
        "symmetry of nothing" => symmetry::<f64>(0),
        "a data directory that is not there" => datasets::DataDirectory::new("no/such/folder").mnist(),
    });
    survived(rows! {
        "a cube of nothing" => Ok::<_, String>(uniform_cube::<f64>(0, 0, &mut stream())),
        "blobs without a center" => blobs::<f64>(&[], 1.0, 10, &mut stream()),
    });
}

/// Both forms of a figure.
fn drawn(panel: impl Into<plot::Panel>) -> Result<(), plot::PlotError> {
    let figure = Figure::new(panel);
    figure.to_svg()?;
    figure.to_png().map(drop)
}

fn curve(x: Vec<f64>, y: Vec<f64>) -> Curve {
    Curve { lines: vec![Line::new("line", x, y)], ..Curve::default() }
}

#[test]
fn figures_refuse_what_does_not_fit() {
    let lattice = || Lattice::new(2, 2, Topology::Hexagonal, Boundary::Planar).unwrap();
    refused(rows! {
        "no panel" => Figure::grid(1, vec![]).to_svg(),
        "a curve of nothing" => drawn(Curve::default()),
        "a curve of different lengths" => drawn(curve(vec![1.0, 2.0], vec![1.0])),
        "a curve at an infinite place" => drawn(curve(vec![1.0, INF], vec![1.0, 2.0])),
        "a logarithm of zero" => drawn(Curve { y: Axis { log: true, ..Axis::new("y") }, ..curve(vec![1.0, 2.0], vec![0.0, 1.0]) }),
        "an empty range" => drawn(Curve { y: Axis { range: Some((1.0, 1.0)), ..Axis::new("y") }, ..curve(vec![1.0], vec![1.0]) }),
        "a range of NaN" => drawn(Curve { y: Axis { range: Some((NAN, 1.0)), ..Axis::new("y") }, ..curve(vec![1.0], vec![1.0]) }),
        "a size of nothing" => Figure::new(curve(vec![1.0, 2.0], vec![1.0, 2.0])).sized(0, 0).to_svg(),
        "an enormous size" => Figure::new(curve(vec![1.0, 2.0], vec![1.0, 2.0])).sized(u32::MAX, 10).to_png(),
        "a heat map of nothing" => drawn(HeatMap::new(zeros(0, 0))),
        "a heat map of the infinite" => drawn(HeatMap::new(spoiled(2, 2, INF))),
        "images of nothing" => drawn(ImageGrid::new(zeros(0, 0), 1)),
        "images without width" => drawn(ImageGrid::new(zeros(4, 1), 0)),
        "images of odd width" => drawn(ImageGrid::new(zeros(4, 1), 3)),
        "a histogram of nothing" => drawn(Histogram::default()),
        "a histogram of NaN" => drawn(Histogram { series: vec![Values::new("a", vec![NAN])], ..Histogram::default() }),
        "bars of nothing" => drawn(Bar::default()),
        "bars of another length" => drawn(Bar { groups: vec!["a".into()], series: vec![Bars::new("b", vec![1.0, 2.0])], ..Bar::default() }),
        "bars of NaN" => drawn(Bar { groups: vec!["a".into()], series: vec![Bars::new("b", vec![NAN])], ..Bar::default() }),
        "cells of another number" => drawn(CellMap::of_values(lattice(), vec![1.0])),
        "an edge to nowhere" => drawn(LatticePlot::new(zeros(2, 2), vec![(0, 7)])),
        "nodes in three dimensions" => drawn(LatticePlot::new(zeros(3, 2), vec![(0, 1)])),
        "points of different lengths" => drawn(Scatter { classes: vec![PointClass::new("a", vec![1.0], vec![])], ..Scatter::default() }),
        "labels of another number" => PointClass::by_label(&zeros(2, 3), &[0], &["a"]),
        "a label without a name" => PointClass::by_label(&zeros(2, 1), &[4], &["a"]),
    });
}

fn network() -> Mlp<f64> {
    MlpConfig::classifier(&[3], 2).initialize(4, &stream()).unwrap()
}

#[test]
fn multilayer_perceptrons_refuse_what_does_not_fit() {
    let fit = |config: MlpConfig, samples: Matrix<f64>, targets: Matrix<f64>| config.fit(&samples, &targets, stream());
    let config = || MlpConfig { epochs: 1, ..MlpConfig::classifier(&[3], 2) };
    let layer = |inputs, units, value| Layer {
        weight: Matrix::from_element(inputs, units, value),
        bias: Vector::zeros(units),
        activation: Activation::Tanh,
    };
    refused(rows! {
        "no sample" => fit(config(), zeros(4, 0), zeros(2, 0)),
        "no feature" => fit(config(), zeros(0, 3), zeros(2, 3)),
        "NaN in the samples" => fit(config(), spoiled(4, 3, NAN), zeros(2, 3)),
        "an infinite sample" => fit(config(), spoiled(4, 3, INF), zeros(2, 3)),
        "NaN in the targets" => fit(config(), zeros(4, 3), spoiled(2, 3, NAN)),
        "targets of another number" => fit(config(), zeros(4, 3), zeros(2, 4)),
        "targets of another size" => fit(config(), zeros(4, 3), zeros(3, 3)),
        "no layer" => fit(MlpConfig { layers: vec![], ..config() }, zeros(4, 3), zeros(2, 3)),
        "a layer of nothing" => fit(MlpConfig { layers: vec![LayerConfig::new(0, Activation::Tanh)], ..config() }, zeros(4, 3), zeros(0, 3)),
        "a rate of NaN" => fit(MlpConfig { optimizer: GradientDescent::new(NAN).into(), ..config() }, zeros(4, 3), zeros(2, 3)),
        "a batch of none" => fit(MlpConfig { batch: Batch::Minibatch(0), ..config() }, zeros(4, 3), zeros(2, 3)),
        "forward of another size" => network().forward(&zeros(5, 1)),
        "prediction of another size" => network().predict(&zeros(3, 1)),
        "the trace of another size" => network().trace(&zeros(3, 1)),
        "the loss of another size" => network().loss(&zeros(4, 2), &zeros(2, 3), Loss::HalfSquaredError),
        "a network of nothing" => Mlp::<f64>::new(vec![]),
        "layers that do not fit" => Mlp::new(vec![layer(4, 3, 0.0), layer(2, 2, 0.0)]),
        "patience for nothing" => EarlyStopping::<f64>::new(1, NAN),
        "perceptron, targets of another number" => Perceptron::<f64>::training(&zeros(2, 3), &[true], 1.0),
        "perceptron, a rate of NaN" => Perceptron::<f64>::training(&zeros(2, 1), &[true], NAN),
        "perceptron, NaN" => Perceptron::<f64>::training(&spoiled(2, 1, NAN), &[true], 1.0),
        "random units of NaN" => random_hidden_layer::<f64>(2, 3, Init::Normal(NAN), &mut stream()),
        "autoencoder, no sample" => AutoencoderConfig::linear(2).fit(&zeros(4, 0), stream()),
        "autoencoder, NaN" => AutoencoderConfig::linear(2).fit(&spoiled(4, 3, NAN), stream()),
        "autoencoder without a code" => AutoencoderConfig::linear(0).fit(&zeros(4, 3), stream()),
    });
    survived(rows! {
        "weights of NaN" => Mlp::new(vec![layer(4, 3, NAN)]),
        "forward of NaN" => network().forward(&spoiled(4, 2, NAN)),
        "prediction of the infinite" => network().predict(&spoiled(4, 2, INF)),
        "forward of nothing" => network().forward(&zeros(4, 0)),
        "no epoch" => fit(MlpConfig { epochs: 0, ..config() }, zeros(4, 3), zeros(2, 3)),
    });
}

fn map() -> Som<f64> {
    let lattice = Lattice::new(2, 3, Topology::Rectangular, Boundary::Planar).unwrap();
    Som::new(lattice, Matrix::from_fn(2, 6, |i, j| (i * 6 + j) as f64), Distance::Euclidean).unwrap()
}

#[test]
fn maps_refuse_what_does_not_fit() {
    let lattice = || Lattice::new(2, 3, Topology::Rectangular, Boundary::Planar).unwrap();
    let fit = |config: SomConfig, samples: Matrix<f64>| config.fit(&samples, stream());
    let config = || SomConfig { epochs: 2, ..SomConfig::new(lattice()) };
    let none = zeros(2, 0);
    let nan = spoiled(2, 3, NAN);
    let infinite = spoiled(2, 3, INF);
    let other = zeros(3, 3);
    refused(rows! {
        "no sample" => fit(config(), zeros(2, 0)),
        "no feature" => fit(config(), zeros(0, 3)),
        "NaN" => fit(config(), spoiled(2, 3, NAN)),
        "infinite" => fit(config(), spoiled(2, 3, INF)),
        "a radius of NaN" => fit(SomConfig { radius: Schedule::Constant(NAN), ..config() }, zeros(2, 3)),
        "a negative radius" => fit(SomConfig { radius: Schedule::Constant(-1.0), ..config() }, zeros(2, 3)),
        "no sample to size a map for" => SomConfig::for_samples(0),
        "a codebook of another number" => Som::new(lattice(), zeros(2, 5), Distance::Euclidean),
        "a codebook without features" => Som::new(lattice(), zeros(0, 6), Distance::Euclidean),
        "a codebook of NaN" => Som::new(lattice(), spoiled(2, 6, NAN), Distance::Euclidean),
        "a winner of another size" => map().best_matching_unit(&[1.0]),
        "a winner for NaN" => map().best_matching_unit(&[NAN, 1.0]),
        "a step to another size" => map().adapt(&[1.0], Neighborhood::Gaussian, 1.0, 0.1),
        "a step with a radius of NaN" => map().adapt(&[1.0, 1.0], Neighborhood::Gaussian, NAN, 0.1),
        "winners of NaN" => map().winners(&nan),
        "winners of another size" => map().winners(&other),
        "prediction of the infinite" => map().predict(&infinite),
        "quantization error of nothing" => map().quantization_error(&none),
        "quantization error of another size" => map().quantization_error(&other),
        "topographic error of NaN" => map().topographic_error(&nan, Adjacency::Edges),
        "distances of another size" => map().distances(&other),
        "a plane that is not there" => map().component_plane(2),
        "hits of another size" => map().hits(&other),
        "no cluster" => map().clusters(0),
        "more clusters than units" => map().clusters(7),
        "rows that are uneven" => Data::from_rows(2, &[1.0, 2.0, 3.0]),
        "rows without features" => Data::from_rows(0, &[1.0]),
        "sparse samples that do not fit" => SparseSamples::new(2, vec![0, 5], vec![0], vec![1.0]),
        "sparse samples with a feature too many" => SparseSamples::new(2, vec![0, 1], vec![2], vec![1.0]),
        ".cod of nothing" => CodFile::<f64>::read(&b""[..]),
        ".dat of nothing" => DatFile::<f64>::read(&b""[..]),
        ".lrn of nothing" => LrnFile::<f64>::read(&b""[..]),
        ".umx of nothing" => som::read_umx(&b""[..]),
        ".wts of nothing" => som::read_wts::<f64>(&b""[..], Boundary::Planar),
    });
    survived(rows! {
        "winners of nothing" => map().winners(&none),
        "one sample" => fit(config(), zeros(2, 1)),
        "constant samples" => fit(config(), zeros(2, 50)),
        "more units than samples" => fit(config(), Matrix::from_fn(2, 3, |i, j| (i + j) as f64)),
        "no epoch" => fit(SomConfig { epochs: 0, ..config() }, zeros(2, 3)),
        "trustworthiness of few" => map().trustworthiness(&other, 5),
    });
}

#[test]
fn energy_networks_refuse_what_does_not_fit() {
    let patterns = || Patterns::from_pictures(&["##..", "#.#."]).unwrap();
    let network = || hebb::<f64>(&patterns()).unwrap();
    let skew = Matrix::from_row_slice(2, 2, &[0.0, 1.0, 2.0, 0.0]);
    let diagonal = Matrix::from_row_slice(2, 2, &[1.0, 1.0, 1.0, 1.0]);
    refused(rows! {
        "no unit" => Network::<f64>::new(zeros(0, 0)),
        "weights that are not square" => Network::new(zeros(2, 3)),
        "weights of NaN" => Network::new(spoiled(2, 2, NAN)),
        "asymmetric weights" => Network::new(skew.clone()),
        "a diagonal" => Network::new(diagonal.clone()),
        "inputs of another number" => network().with_inputs(vec![1.0]),
        "inputs of NaN" => network().with_inputs(vec![NAN; 4]),
        "thresholds of another number" => network().with_thresholds(Thresholds::Custom(vec![1.0])),
        "the energy of another state" => network().energy(&[true]),
        "the input of no unit" => network().net_input(9, &[true; 4]),
        "recall of another size" => RecallConfig::default().recall(&network(), &[true; 3], stream()),
        "a negative temperature" => Temperature::new(-1.0),
        "a temperature of NaN" => Temperature::new(NAN),
        "patterns of different sizes" => Patterns::from_pictures(&["##", "#"]),
        "patterns without units" => Patterns::new(0),
        "patterns that are neither 0 nor 1" => Patterns::from_matrix(&spoiled(2, 2, 0.5)),
        "patterns of NaN" => Patterns::from_matrix(&spoiled(2, 2, NAN)),
        "a chain from another size" => Gibbs::new(&network()).chain_from(&[true], stream()).map(drop),
    });
}
