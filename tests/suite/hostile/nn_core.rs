//! Calls of `nn-core`.

use super::{INF, NAN, Row, refused, rows, spoiled, stream, survived, zeros};
use nn_core::{
    Activation, Adam, Batch, Boundary, ComplexImage, ConfusionMatrix, DecisionRule, GradientDescent, Hexagon, Init,
    Lattice, Loss, NumberedLines, Optimizer, RateSchedule, Reduction, Topology, View, ViewMut, accuracy, check_finite,
    dense, gemm, gradient_check, math, one_hot, predicted_classes, samples_from_rows, simd,
};

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
