//! Public functions called with nothing, with numbers that are none, and with shapes that do not fit: each answers with
//! an error that says something, or does something sensible; none panics.

use crate::hostile::{INF, NAN, Row, refused, rows, spoiled, stream, survived, zeros};
use datasets::{
    Scale, blobs, dead_leaves, iris, noisy_linear, optdigits, parity, pink_noise, symmetry, uniform_cube,
    uniform_square, uniform_triangle,
};
use energy::{
    BoltzmannMachine, DenseMemory, Gibbs, GradedConfig, GradedNetwork, Graph, HeatBath, IntegerNetwork, Interaction,
    Ising, Network, Order, Patterns, Rbm, RecallConfig, Simulation, SpinNetwork, StateCounts, Temperature,
    ThresholdRule, Thresholds, Visible, hebb, softmax_update,
};
use io::{
    Array, CsvOptions, Idx, Limits, read_csv, read_idx, read_npy, read_npz, read_safetensors, write_idx, write_npy,
};
use mlp::{
    AutoencoderConfig, EarlyStopping, Layer, LayerConfig, Lbfgs, LevenbergMarquardt, Links, Mlp, MlpConfig, Perceptron,
    QuantizedMlp, Validation, random_hidden_layer,
};
use nn_core::{
    Activation, Adam, Batch, Boundary, ComplexImage, ConfusionMatrix, DecisionRule, GradientDescent, Hexagon, Init,
    Lattice, Loss, Matrix, NumberedLines, Optimizer, RateSchedule, Reduction, Topology, Vector, View, ViewMut,
    accuracy, check_finite, dense, gemm, gradient_check, math, one_hot, predicted_classes, samples_from_rows, simd,
};
use plot::{
    Axis, Bar, Bars, CellMap, Color, ColorMap, Curve, Figure, HeatMap, Histogram, ImageGrid, LatticePlot, Line, Marker,
    PointClass, Scatter, Values,
};
use som::{
    Adjacency, CodFile, DatFile, Data, Distance, LrnFile, Neighborhood, Schedule, Som, SomConfig, SparseSamples, Winner,
};
use std::collections::BTreeMap;

#[test]
fn core_refuses_what_does_not_fit() {
    let square = || Lattice::new(2, 2, Topology::Rectangular, Boundary::Planar);
    assert!(square().is_ok());
    let core: Vec<Row> = rows! {
        "lines of no length" => NumberedLines::new("1\n".as_bytes(), 0).next_line().map(drop),
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
        "logarithms, lengths" => math::ln_slice(&[1.0], &mut [0.0; 2]),
        "tanh, lengths" => math::tanh_slice(&[1.0], &mut [0.0; 2]),
        "sigmoid, lengths" => math::sigmoid_slice(&[1.0], &mut [0.0; 2]),
        "softplus, lengths" => math::softplus_slice(&[1.0], &mut [0.0; 2]),
        "normal_cdf, lengths" => math::normal_cdf_slice(&[1.0], &mut [0.0; 2]),
        "evaluate, slopes" => Loss::AbsoluteError.evaluate(1, &[1.0], &[1.0], &mut [0.0], &mut []),
        "evaluate, losses" => Loss::AbsoluteError.evaluate(1, &[1.0], &[1.0], &mut [0.0; 2], &mut [0.0]),
        "dense, biases" => dense::forward(View::from(&zeros(2, 3)), &[0.0], View::from(&zeros(2, 1)), ViewMut::from(&mut zeros(3, 1))),
        "dense, inputs" => dense::forward(View::from(&zeros(2, 3)), &[0.0; 3], View::from(&zeros(3, 1)), ViewMut::from(&mut zeros(3, 1))),
        "weight gradient, samples" => dense::weight_gradient(1.0, View::from(&zeros(2, 4)), View::from(&zeros(3, 5)), 0.0, ViewMut::from(&mut zeros(2, 3))),
        "bias gradient, units" => dense::bias_gradient(1.0, View::from(&zeros(3, 5)), 0.0, &mut [0.0; 2]),
        "input gradient, units" => dense::input_gradient(View::from(&zeros(2, 3)), View::from(&zeros(2, 5)), ViewMut::from(&mut zeros(2, 5))),
        "a view of another length" => View::new(2, 2, &[0.0; 3]),
        "a view that overflows" => View::new(usize::MAX, 2, &[0.0; 3]),
        "columns that are not there" => View::from(&zeros(2, 3)).columns(2..4),
        "a transform of six" => ComplexImage::from_real(zeros(6, 4)).transformed(),
        "a transform of nothing" => ComplexImage::from_real(zeros(0, 0)).inverted(),
        "a transform of two shapes" => ComplexImage { real: zeros(4, 4), imaginary: zeros(4, 2) }.transformed(),
        "a hexagon that is too large" => Hexagon::new(usize::MAX),
        "a schedule of NaN" => RateSchedule::Exponential { factor: NAN }.check(),
        "a schedule of steps of zero" => RateSchedule::Step { every: 0, factor: 0.5 }.check(),
        "a step of another number of tensors" => Optimizer::from(Adam::new(0.1)).step(&mut Optimizer::from(Adam::new(0.1)).state::<f64>(&[2]), &mut [], &[&[1.0; 2]]),
        "a step of another size" => Optimizer::from(Adam::new(0.1)).step_tensor(&mut Optimizer::from(Adam::new(0.1)).state(&[2]), 0, &mut [0.0; 3], &[0.0; 3]),
        "a step of a tensor that is not there" => Optimizer::from(Adam::new(0.1)).step_tensor(&mut Optimizer::from(Adam::new(0.1)).state(&[2]), 7, &mut [0.0; 2], &[0.0; 2]),
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
        "the class of nothing" => Ok::<_, String>([DecisionRule::Largest, DecisionRule::Above(NAN)].map(|rule| rule.class::<f64>(&[]))),
        "the class of NaN" => Ok::<_, String>([DecisionRule::Smallest, DecisionRule::Above(0.0)].map(|rule| rule.class(&[NAN]))),
        "a permutation of nothing" => { stream().fill_permutation(&mut []); Ok::<_, String>(()) },
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
        "losses of other lengths" => Ok::<_, String>([
            nn_core::squared_error_half(&[1.0, NAN], &[]),
            nn_core::sum_of_squares(0, &[1.0, INF], &[1.0]),
            nn_core::cross_entropy(&[0.0, -1.0], &[NAN]),
        ]),
        "a mean of nothing" => Ok::<_, String>(Reduction::Mean.factor(0)),
        "math in place" => {
            let mut x = [NAN, INF, -INF, -0.0, 5e-324, f64::MAX, -f64::MAX];
            for function in [math::exp_in_place, math::ln_in_place, math::tanh_in_place, math::sigmoid_in_place, math::softplus_in_place, math::normal_cdf_in_place] {
                function(&mut x);
                function(&mut []);
            }
            Ok::<_, String>(x.map(|x| [math::exp_m1(x), math::ln_1p(x), math::cos(x), math::erf(x), math::softplus(x), math::normal_cdf(x)]))
        },
        "a unit beyond the lattice" => Ok::<_, String>([Topology::Rectangular, Topology::Hexagonal].map(|topology| {
            let lattice = Lattice::new(2, 3, topology, Boundary::Torus).unwrap();
            let far = [6, usize::MAX];
            far.map(|i| (lattice.neighbors(i), lattice.neighbors_and_diagonals(i), lattice.squared_distance(i, 0), lattice.axis_distances(0, i)))
        })),
        "a unit beyond the hexagon" => {
            let hexagon = Hexagon::new(1).unwrap();
            Ok::<_, String>([7, usize::MAX].map(|i| (hexagon.neighbors(i), hexagon.ring(i, 2), hexagon.position(i), hexagon.steps(i, 0), hexagon.row_length(i))))
        },
        "a picture without pixels" => Ok::<_, String>(ComplexImage::from_real(zeros(0, 0)).scaled(|_, _| NAN).power()),
        "the frequency of nothing" => Ok::<_, String>((nn_core::frequency(0, 0), nn_core::frequency(9, 4))),
        "rates of nothing" => Ok::<_, String>([
            RateSchedule::Step { every: 0, factor: NAN }, RateSchedule::Steps(vec![]), RateSchedule::Linear { last: INF },
            RateSchedule::Cosine { last: NAN }, RateSchedule::Inverse { half: 0.0 }, RateSchedule::WarmUp { warm_up: 0, last: 0.0 },
        ].map(|schedule| [schedule.factor(0, 0), schedule.factor(usize::MAX, 1), schedule.factor(1, usize::MAX)])),
        "a rate of NaN in an optimizer" => Ok::<_, String>(Optimizer::from(Adam::new(0.1)).with_learning_rate(NAN).learning_rate()),
        "values of other lengths" => {
            let optimizer = Optimizer::from(Adam::new(0.1));
            optimizer.step_values(NAN, &mut [0.0; 3], &[1.0], &mut [], &mut [0.0; 2]);
            let mut state = optimizer.state::<f64>(&[0, 2]);
            optimizer.begin_step(&mut state);
            Ok::<_, String>((state.tensor_mut(9).0.len(), state.steps()))
        },
        "sums of other lengths" => {
            simd::axpy(NAN, &[1.0; 40], &mut [0.0; 3]);
            Ok::<_, String>((simd::dot(&[1.0; 40], &[1.0]), simd::squared_distance(&[], &[INF]), simd::reduce(&[NAN; 17], &[1.0; 40], |a, b| a * b)))
        },
        "a bias for nothing" => Ok::<_, String>(dense::augment_bias::<f64>(&[])),
        "draws of nothing" => {
            let mut stream = stream();
            Ok::<_, String>((stream.uniform_between(INF, -INF), stream.uniform_between(NAN, 1.0), stream.permutation(0), stream.below(0)))
        },
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
        "a folder as a target" => io::write_atomic(".", |_| Ok(())),
        "nothing as a target" => io::write_atomic("", |_| Ok(())),
        "parameters in a folder that is not there" => io::save_parameters_file("no/such/folder/file", &network(), &BTreeMap::new()),
        "parameters from a file that is not there" => io::load_parameters_file("no/such/file", &mut network(), &limits),
        "parameters from nothing" => io::load_parameters(&b""[..], &mut network(), &limits),
    });
    survived(rows! {
        "samples of three dimensions" => Array { shape: vec![1, 1, 1], values: vec![1.0] }.into_samples(),
        "an array of nothing" => Array::from_samples(zeros(0, 0)).into_samples(),
    });
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
        "leaves on nothing" => dead_leaves(0, &mut stream()),
        "leaves beyond memory" => dead_leaves(usize::MAX, &mut stream()),
        "pink noise of nothing" => pink_noise(0, &mut stream()),
        "pink noise of six" => pink_noise(6, &mut stream()),
        "pink noise beyond memory" => pink_noise(1 << 63, &mut stream()),
    });
    survived(rows! {
        "a cube of nothing" => Ok::<_, String>(uniform_cube::<f64>(0, 0, &mut stream())),
        "blobs without a center" => blobs::<f64>(&[], 1.0, 10, &mut stream()),
        "a square of nothing" => Ok::<_, String>(uniform_square::<f64>(0, &mut stream())),
        "a triangle of NaN" => Ok::<_, String>(uniform_triangle::<f64>([[NAN, INF]; 3], 2, &mut stream())),
        "an image beyond the last" => Ok::<_, String>(digits.image(usize::MAX).map(<[i16]>::len)),
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
        "colors of another number" => drawn(CellMap::of_colors(lattice(), vec![])),
        "a matrix of another lattice" => drawn(CellMap::of_matrix(lattice(), &zeros(3, 3))),
    });
    survived(rows! {
        "colors beyond the last" => Ok::<_, String>((
            [NAN, INF, -1.0, 2.0].map(|t| (Color::BLUE.mix(Color::WHITE, t), Color::hue(t), ColorMap::default().color(t))),
            Color::category(usize::MAX),
            Color::hex(u32::MAX).contrast(),
            Marker::category(usize::MAX),
        )),
        "a title of a thousand lines" => Figure::new(curve(vec![1.0, 2.0], vec![1.0, 2.0])).titled("title\n".repeat(1000)).to_svg(),
    });
}

fn network() -> Mlp<f64> {
    MlpConfig::classifier(&[3], 2).initialize(4, &stream()).unwrap()
}

/// Two epochs of a loss of the caller's own; the model that is kept must be finite.
fn own(loss: impl Fn(&[f64], &[f64], &mut [f64]) -> f64 + Send + Sync) -> Result<(), mlp::MlpError> {
    let (samples, targets) = (Matrix::repeat(4, 3, 1.0), zeros(2, 3));
    let config = MlpConfig { epochs: 2, ..MlpConfig::regressor(&[3], 2) };
    let mut training = config.training(&samples, &targets, stream())?.with_loss(loss);
    let result = training.try_for_each(|epoch| epoch.map(drop));
    let finite = |layer: &Layer<f64>| layer.weight.iter().chain(layer.bias.iter()).all(|value| value.is_finite());
    assert!(training.model().layers().iter().all(finite));
    result
}

#[test]
fn multilayer_perceptrons_refuse_what_does_not_fit() {
    let fit = |config: MlpConfig, samples: Matrix<f64>, targets: Matrix<f64>| config.fit(&samples, &targets, stream());
    let config = || MlpConfig { epochs: 1, ..MlpConfig::classifier(&[3], 2) };
    let regressor = || MlpConfig { epochs: 1, ..MlpConfig::regressor(&[3], 2) };
    let autoencoder = || AutoencoderConfig::linear(2).initialize::<f64>(4, &stream()).unwrap();
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
        "features of another size" => network().transform(&zeros(5, 1)),
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
        "autoencoder of no layer" => AutoencoderConfig::deep(&[]).fit(&zeros(4, 3), stream()),
        "a code of another size" => autoencoder().decode(&zeros(3, 1)),
        "encoding of another size" => autoencoder().encode(&zeros(3, 1)),
        "reconstruction of another size" => autoencoder().reconstruct(&zeros(3, 1)),
        "the error of another size" => autoencoder().squared_error(&zeros(3, 1)),
        "an own loss of NaN" => own(|_, _, _| NAN),
        "an own slope of NaN" => own(|_, _, slope| { slope.fill(NAN); 1.0 }),
        "an own slope of infinity" => own(|_, _, slope| { slope.fill(INF); 1.0 }),
        "an own slope that overflows" => own(|_, _, slope| { slope.fill(f64::MAX); 1.0 }),
        "weights of samples of NaN" => config().training(&zeros(4, 3), &zeros(2, 3), stream()).and_then(|training| training.weighted(&[1.0, NAN, 1.0]).map(drop)),
        "weights of other samples" => config().training(&zeros(4, 3), &zeros(2, 3), stream()).and_then(|training| training.weighted(&[1.0]).map(drop)),
        "backward through another trace" => network().backward(&zeros(4, 2), &network().trace(&zeros(4, 3)).unwrap(), &zeros(2, 2)),
        "backward of other slopes" => network().backward(&zeros(4, 2), &network().trace(&zeros(4, 2)).unwrap(), &zeros(3, 2)),
        "backward through no trace" => network().backward(&zeros(4, 2), &mlp::Trace { net_inputs: vec![], outputs: vec![] }, &zeros(2, 2)),
        "an input gradient through another trace" => network().input_gradient(&zeros(4, 2), &network().trace(&zeros(4, 3)).unwrap(), &zeros(2, 2)),
        "the gradient of an output that is not there" => network().output_gradient(&zeros(4, 1), 2),
        "the gradient of another size" => network().gradient(&zeros(3, 1), &zeros(2, 1), Loss::HalfSquaredError, Reduction::Mean),
        "the deltas of no sample" => network().deltas(&zeros(4, 0), &zeros(2, 0), Loss::HalfSquaredError, Reduction::Mean),
        "the change from another network" => network().relative_weight_change(&Mlp::new(vec![layer(4, 2, 0.0)]).unwrap()),
        "the Jacobian of another size" => network().jacobian(&zeros(3, 1)),
        "links of another number" => network().with_links(&[Links::Full]),
        "a layer tied to one that is not there" => network().with_links(&[Links::Full, Links::TiedTo(usize::MAX)]),
        "groups of another size" => network().with_links(&[Links::Groups(&[(usize::MAX, 1)]), Links::Full]),
        "a shortcut of another size" => network().with_shortcut(zeros(3, 2)),
        "validation of another size" => config().fit_validated(&zeros(4, 3), &zeros(2, 3), &Validation::new(&zeros(3, 3), &zeros(2, 3)), stream()),
        "validation of no sample" => config().fit_validated(&zeros(4, 3), &zeros(2, 3), &Validation::new(&zeros(4, 0), &zeros(2, 0)), stream()),
        "the error rate of other targets" => network().error_rate(&zeros(4, 3), &zeros(2, 2)),
        "a label without a weight" => mlp::class_weights(&[0, usize::MAX], &[1.0]),
        "no bit" => QuantizedMlp::new(&network(), &zeros(4, 3), 0),
        "bits beyond an integer" => QuantizedMlp::new(&network(), &zeros(4, 3), 999),
        "calibration of another size" => QuantizedMlp::new(&network(), &zeros(3, 3), 8),
        "calibration of NaN" => QuantizedMlp::new(&network(), &spoiled(4, 3, NAN), 8),
        "L-BFGS, NaN" => Lbfgs::new(&config()).fit(&spoiled(4, 3, NAN), &zeros(2, 3), stream()),
        "L-BFGS, no sample" => Lbfgs::new(&config()).fit::<f64>(&zeros(4, 0), &zeros(2, 0), stream()),
        "L-BFGS, a decay of NaN" => Lbfgs { weight_decay: NAN, ..Lbfgs::new(&config()) }.fit::<f64>(&zeros(4, 3), &zeros(2, 3), stream()),
        "L-BFGS, a tolerance of NaN" => Lbfgs { tolerance: NAN, ..Lbfgs::new(&config()) }.fit::<f64>(&zeros(4, 3), &zeros(2, 3), stream()),
        "Levenberg-Marquardt, infinite" => LevenbergMarquardt::new(&regressor()).fit(&spoiled(4, 3, INF), &zeros(2, 3), stream()),
        "Levenberg-Marquardt, damping of NaN" => LevenbergMarquardt { damping: NAN, ..LevenbergMarquardt::new(&regressor()) }.fit(&zeros(4, 3), &zeros(2, 3), stream()),
        "Levenberg-Marquardt, a factor of 0" => LevenbergMarquardt { factor: 0.0, ..LevenbergMarquardt::new(&regressor()) }.fit(&zeros(4, 3), &zeros(2, 3), stream()),
    });
    survived(rows! {
        "weights of NaN" => Mlp::new(vec![layer(4, 3, NAN)]),
        "forward of NaN" => network().forward(&spoiled(4, 2, NAN)),
        "prediction of the infinite" => network().predict(&spoiled(4, 2, INF)),
        "forward of nothing" => network().forward(&zeros(4, 0)),
        "no epoch" => fit(MlpConfig { epochs: 0, ..config() }, zeros(4, 3), zeros(2, 3)),
        "the error of no sample" => autoencoder().squared_error(&zeros(4, 0)),
        "the error rate of nothing" => network().error_rate(&zeros(4, 0), &zeros(2, 0)),
        "an own loss of infinity" => own(|_, _, _| INF),
        "an own loss that writes no slope" => own(|_, _, _| 0.0),
        "an own loss of no output" => {
            let (samples, none) = (zeros(4, 3), zeros(0, 3));
            config().training(&samples, &none, stream()).map(|training| training.with_loss(|_, _, _| 0.0).count())
        },
        "stopping at NaN" => EarlyStopping::new(2, 0.0).map(|mut stopping| {
            let stops = [NAN, INF, NAN].map(|value| stopping.stops(value, &network()));
            (stops, stopping.best().is_some(), stopping.into_best())
        }),
        "the change from NaN" => network().relative_weight_change(&Mlp::new(vec![layer(4, 3, NAN), layer(3, 2, 0.0)]).unwrap()),
        "the Jacobian of NaN" => network().jacobian(&spoiled(4, 2, NAN)),
        "the root of nothing" => Ok::<_, String>((mlp::root_mean_square(&zeros(0, 0)), mlp::root_mean_square(&spoiled(1, 1, INF)))),
        "saturation of another network" => Ok::<_, String>(network().trace(&zeros(4, 2)).unwrap().saturated(&Mlp::new(vec![layer(1, 1, 0.0)]).unwrap(), NAN)),
        "a bound for nothing" => Ok::<_, String>([
            mlp::novikoff_bound(&Perceptron::new(0), &zeros(0, 0), &[]),
            mlp::novikoff_bound(&Perceptron::new(2), &spoiled(2, 1, NAN), &[true]),
            mlp::novikoff_bound(&Perceptron::new(3), &zeros(2, 1), &[true]),
        ]),
        "a perceptron of other inputs" => {
            let mut perceptron = Perceptron::<f64>::new(2);
            Ok::<_, String>((perceptron.output(&[]), perceptron.adapt(&[1.0, 2.0, 3.0], true, NAN)))
        },
        "separable points of nothing" => Ok::<_, String>((mlp::separable_fraction(0, 0), mlp::separable_fraction(3, 0), mlp::separable_fraction(3, usize::MAX))),
        "association units of nothing" => Ok::<_, String>((mlp::association_unit_activity(0, 0, 0, NAN), mlp::association_unit_activity(2, 0, usize::MAX, INF))),
        "weights of no label" => Ok::<_, String>((mlp::balanced_weights(&[]), mlp::balanced_weights(&[usize::MAX, 0]))),
    });
}

fn map() -> Som<f64> {
    let lattice = Lattice::new(2, 3, Topology::Rectangular, Boundary::Planar).unwrap();
    Som::new(lattice, Matrix::from_fn(2, 6, |i, j| (i * 6 + j) as f64), Distance::Euclidean).unwrap()
}

fn one_unit() -> Som<f64> {
    let lattice = Lattice::new(1, 1, Topology::Rectangular, Boundary::Planar).unwrap();
    Som::new(lattice, zeros(2, 1), Distance::Euclidean).unwrap()
}

fn one_unit_labels() -> som::UnitLabels {
    one_unit().label_units(&zeros(2, 3), &[0; 3], 2).unwrap()
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
        ".bm of nothing" => som::read_bm(&b""[..], &lattice()),
        ".bm of other keys" => som::write_bm(&[Winner { unit: 0, distance: 0.0 }], &[], &lattice(), Vec::new()),
        ".bm beyond the lattice" => som::write_bm(&[Winner { unit: 9, distance: 0.0 }], &[1], &lattice(), Vec::new()),
        "labels of another number" => map().label_units(&zeros(2, 3), &[0], 1),
        "a label beyond the last class" => map().label_units(&zeros(2, 1), &[1], 1),
        "labels of NaN" => map().label_units(&nan, &[0; 3], 1),
        "labels of another map" => map().predict_labels(&one_unit_labels(), &zeros(2, 1)),
        "proportions of another map" => map().predict_proportions(&one_unit_labels(), &zeros(2, 1)),
        "a label map of another map" => map().label_map(&one_unit_labels()),
        "quantization of another size" => map().quantize(&other),
        "quality of NaN" => map().quality(&nan, Adjacency::Edges),
        "quality of nothing" => map().quality(&none, Adjacency::EdgesAndCorners),
        "distortion of NaN" => map().distortion(&nan, Neighborhood::Gaussian, 1.0),
        "distortion with a radius of NaN" => map().distortion(&zeros(2, 3), Neighborhood::Gaussian, NAN),
        "distortion of nothing" => map().distortion(&none, Neighborhood::Gaussian, 1.0),
        "preservation of NaN" => map().neighborhood_preservation(&nan, 1),
        "a map for no data" => SomConfig::for_data(&none),
        "a map for NaN" => SomConfig::for_data(&nan),
        "activation by NaN" => map().activation_response(&[NAN, 0.0]),
        "activation by another size" => map().activation_response(&[0.0]),
        "weights of other samples" => map().quantization_error(Data::from(&zeros(2, 3)).weighted(&[1.0])),
        "weights of NaN" => map().quantization_error(Data::from(&zeros(2, 3)).weighted(&[NAN; 3])),
        "nothing known" => map().winners(Data::from(&Matrix::from_element(2, 1, NAN)).with_missing()),
    });
    survived(rows! {
        "winners of nothing" => map().winners(&none),
        "one sample" => fit(config(), zeros(2, 1)),
        "constant samples" => fit(config(), zeros(2, 50)),
        "more units than samples" => fit(config(), Matrix::from_fn(2, 3, |i, j| (i + j) as f64)),
        "no epoch" => fit(SomConfig { epochs: 0, ..config() }, zeros(2, 3)),
        "trustworthiness of few" => map().trustworthiness(&other, 5),
        "preservation of no neighbor" => map().neighborhood_preservation(&zeros(2, 3), 0),
        "preservation of all neighbors" => map().neighborhood_preservation(&zeros(2, 3), usize::MAX),
        "trustworthiness of all neighbors" => map().trustworthiness(&zeros(2, 3), usize::MAX),
        "the views of one unit" => Ok::<_, String>((one_unit().u_matrix(Adjacency::Edges), one_unit().topographic_product(), one_unit().codebook_distances())),
        "the majority beyond the last unit" => Ok::<_, String>(one_unit_labels().majority(usize::MAX)),
        "schedules of nothing" => Ok::<_, String>([Schedule::Linear { from: NAN, to: 1.0 }, Schedule::Exponential { from: 0.0, to: 0.0 }, Schedule::Inverse { from: 0.0, to: 0.0 }, Schedule::Asymptotic { from: INF }, Schedule::function(|_| NAN)].map(|schedule| [schedule.value(0, 0), schedule.value(usize::MAX, 1), schedule.value(1, usize::MAX)])),
        "neighborhoods of nothing" => Ok::<_, String>([Neighborhood::Gaussian, Neighborhood::Bubble, Neighborhood::MexicanHat, Neighborhood::Triangle, Neighborhood::Epanechnikov].map(|neighborhood| [neighborhood.weight(NAN, 1.0), neighborhood.weight(0.0, 0.0), neighborhood.weight(INF, INF)])),
        "distances of other lengths" => Ok::<_, String>([Distance::Euclidean, Distance::Cosine, Distance::Manhattan, Distance::Chebyshev].map(|distance| [distance.between(&[1.0], &[]), distance.between(&[0.0], &[NAN]), distance.between::<f64>(&[], &[])])),
    });
}

fn machine() -> BoltzmannMachine<f64> {
    BoltzmannMachine::new(Network::unconnected(3).unwrap(), 2, Temperature::ONE).unwrap()
}

fn rbm() -> Rbm<f64> {
    Rbm::new(zeros(3, 2), vec![0.0; 2], vec![0.0; 3], Visible::Binary).unwrap()
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
        "an order beyond the last unit" => Gibbs::new(&network()).chain(stream()).set_order(Order::Given(vec![4])),
        "free units beyond the last" => Gibbs::new(&network()).chain(stream()).set_free(&[usize::MAX]),
        "a load of NaN" => energy::retrieval(NAN),
        "a load of 0" => energy::one_step_error(0.0),
        "no pattern to store" => energy::one_step_error_without_thresholds(4, 0),
        "overlap of nothing" => energy::overlap(&[], &[]),
        "overlap of other lengths" => energy::overlap(&[true], &[true, false]),
        "distances to another distribution" => StateCounts::new(2).unwrap().total_variation(&[1.0]),
        "softmax of other queries" => softmax_update(&zeros(3, 2), &zeros(2, 1), 1.0),
        "softmax with beta of NaN" => softmax_update(&zeros(3, 2), &zeros(3, 1), NAN),
        "softmax of no pattern" => softmax_update(&zeros(3, 0), &zeros(3, 1), 1.0),
        "softmax of NaN" => softmax_update(&spoiled(3, 2, NAN), &zeros(3, 1), 1.0),
        "a memory of power 0" => DenseMemory::new(patterns(), Interaction::Power(0)),
        "a partition function of too many units" => energy::partition_function(&Network::<f64>::unconnected(99).unwrap(), Temperature::ONE),
        "pairs of another distribution" => energy::pairs_of_distribution(2, &[1.0]),
        "pairs of too many units" => energy::pairs_of_distribution(usize::MAX, &[1.0]),
        "the derivative by no pair" => energy::model_probability_gradient(&network(), Temperature::ONE, 0, usize::MAX),
        "a gradient at temperature zero" => energy::kl_gradient(0.5, 0.5, Temperature::ZERO),
        "a run with steps of NaN" => GradedConfig { width: NAN, ..GradedConfig::default() }.start(&GradedNetwork::from(&network()), zeros(4, 1)).map(drop),
        "a run from NaN" => GradedConfig::default().start(&GradedNetwork::from(&network()), spoiled(4, 1, NAN)).map(drop),
        "settling within NaN" => GradedConfig::default().start(&GradedNetwork::from(&network()), zeros(4, 1)).and_then(|mut run| run.settle(3, NAN)),
        "recall of other cues" => RecallConfig::default().recall_all(&network(), &Patterns::new(3).unwrap(), &stream()).and_then(|_| RecallConfig::default().recall_all(&network(), &Patterns::from_pictures(&["###"])?, &stream())),
        "clipped weights of no pattern" => IntegerNetwork::clipped(&patterns(), Thresholds::Custom(vec![1])),
        "neighbors of no unit" => Ising::new(2, &[], vec![0; 2]).unwrap().neighbors(2).map(drop),
        "a condition of another size" => machine().conditional(&[true; 3]),
        "the likeliest of another size" => machine().likeliest_hidden(&[]),
        "a sweep of no unit" => Simulation::new(&network(), &[true; 4]).unwrap().sweep(&[4], &ThresholdRule, &mut stream()),
        "a step of no unit" => Simulation::new(&network(), &[true; 4]).unwrap().step_synchronously(&[usize::MAX], &ThresholdRule, &mut stream()),
        "the stability of no unit" => Simulation::new(&network(), &[true; 4]).unwrap().is_stable(&[4]),
        "unlearning by NaN" => energy::unlearn(network(), &Thresholds::Zero, NAN, 2, &stream()),
        "a field of no spin" => SpinNetwork::from(&network()).local_field(4, &[true; 4]),
        "a field of other spins" => SpinNetwork::from(&network()).local_field(0, &[true]),
        "the free energy of another size" => rbm().free_energy(&zeros(3, 1)),
        "the free energy of NaN" => rbm().free_energy(&spoiled(2, 1, NAN)),
        "the likelihood of another size" => rbm().pseudo_log_likelihood(&zeros(3, 1)),
        "the likelihood of nothing" => rbm().pseudo_log_likelihood(&zeros(2, 0)),
        "the mean likelihood of nothing" => rbm().mean_log_likelihood(&zeros(2, 0), 1.0),
        "the mean likelihood of another size" => rbm().mean_log_likelihood(&zeros(3, 1), 1.0),
        "samples from another size" => rbm().sample_from(&zeros(3, 1), 1, &stream()),
        "samples from NaN" => rbm().sample_from(&spoiled(2, 1, NAN), 1, &stream()),
    });
    survived(rows! {
        "chi squared of NaN" => StateCounts::new(1).unwrap().chi_squared(&[NAN, 1.0]),
        "chi squared of no state" => StateCounts::new(1).unwrap().chi_squared(&[0.5, 0.5]),
        "formulas of NaN" => Ok::<_, String>([
            energy::learn_step(NAN, INF, 0.0), energy::energy_delta(true, false, NAN), energy::unit_probability(NAN, Temperature::ZERO),
            energy::unit_probability(INF, Temperature::INFINITE), energy::unit_probability_below_zero(NAN),
            energy::energy_gradient(true, true), energy::hebb_increment(false, true),
        ]),
        "states of many units" => Ok::<_, String>((energy::state_of(u32::MAX, 40), energy::number_of(&[true; 40]), energy::number_of(&[]))),
        "no free unit" => Gibbs::new(&network()).chain_from(&[true; 4], stream()).map(|mut chain| {
            chain.set_free(&[]).unwrap();
            for order in [Order::Sequential, Order::Shuffled, Order::Random, Order::Given(vec![0, 0])] {
                chain.set_order(order).unwrap();
                chain.sweeps_at(Temperature::INFINITE, 3);
                chain.randomize();
                assert_eq!(chain.state(), [true; 4], "a clamped unit stays");
            }
        }),
        "a free unit that stands twice" => Gibbs::new(&network()).chain_from(&[true; 4], stream()).map(|mut chain| {
            chain.set_free(&[3, 0, 3]).unwrap();
            chain.sweep(Temperature::ZERO)
        }),
        "a given order of no unit" => {
            Order::Given(vec![9]).fill(&[], &mut vec![], &mut stream());
            Ok::<_, String>(())
        },
        "a random order of no unit" => {
            Order::Random.fill(&[], &mut vec![], &mut stream());
            Ok::<_, String>(())
        },
        "an inverse of NaN" => Ok::<_, String>([NAN, INF, -1.0, 2.0].map(|x| (GradedConfig::default().integral_of_inverse(x), GradedConfig::default().output(x)))),
        "a cut of NaN" => Ok::<_, String>(Graph::new(0, vec![]).map(|graph| graph.cut_of_energy(NAN))),
        "recall of no cue" => RecallConfig::default().recall_all(&network(), &Patterns::new(4).unwrap(), &stream()),
        "one clamped cue" => RecallConfig::default().recall(&network(), energy::Cue { state: &[true; 4], clamped: &[true; 4] }, stream()),
        "no unit to step" => Simulation::new(&network(), &[true; 4]).unwrap().step_synchronously(&[], &HeatBath { temperature: Temperature::ZERO }, &mut stream()),
        "samples of nothing" => rbm().sample(0, 0, &stream()),
        "a QUBO of one unit" => Ok::<_, String>(energy::qubo_of_network(&Network::<f64>::unconnected(1).unwrap())),
        "the mean likelihood with NaN" => rbm().mean_log_likelihood(&zeros(2, 1), NAN),
    });
}
