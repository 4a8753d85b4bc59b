//! Hostile shapes and settings give errors that name the layer.

use cnn::{
    Cnn, CnnConfig, CnnError, Connections, ConvolutionConfig, DenseConfig, DiagonalLevenbergMarquardt, LayerConfig,
    Objective, PoolingKind, Shape, SubsamplingConfig, digit_codes,
};
use nn_core::{Activation, GradientDescent, Init, Loss, Matrix, Stream, one_hot};
use proptest::prelude::*;

const TANH: Activation = Activation::Tanh;

fn message(input: Shape, layers: &[LayerConfig]) -> String {
    Cnn::<f32>::new(input, layers, &Stream::new(0)).unwrap_err().to_string()
}

fn convolution(maps: usize, kernel: usize) -> LayerConfig {
    LayerConfig::Convolution(ConvolutionConfig::new(maps, kernel, TANH))
}

fn dense(units: usize) -> LayerConfig {
    LayerConfig::Dense(DenseConfig::new(units, Activation::Identity))
}

#[test]
fn shapes_that_cannot_be_name_the_layer() {
    let input = Shape::new(1, 8, 8);
    let cases = [
        (vec![], "a network needs at least one layer"),
        (vec![convolution(0, 3)], "layer 1 (convolution): the number of maps must be at least 1"),
        (vec![convolution(2, 0)], "layer 1 (convolution): the kernel's side must be at least 1"),
        (
            vec![convolution(2, 5), convolution(2, 5)],
            "layer 2 (convolution): a window of 5 x 5 does not fit into 2 maps of 4 x 4 with a border of 0",
        ),
        (
            vec![LayerConfig::Convolution(ConvolutionConfig {
                padding: usize::MAX,
                ..ConvolutionConfig::new(1, 3, TANH)
            })],
            "layer 1 (convolution): a window of 3 x 3 does not fit into 1 map of 8 x 8 with a border of 18446744073709551615",
        ),
        (
            vec![LayerConfig::Convolution(ConvolutionConfig { stride: 0, ..ConvolutionConfig::new(1, 3, TANH) })],
            "layer 1 (convolution): the stride must be at least 1",
        ),
        (
            vec![LayerConfig::Subsampling(SubsamplingConfig::new(3, TANH))],
            "layer 1 (subsampling): windows of 3 x 3 do not tile 1 map of 8 x 8",
        ),
        (
            vec![LayerConfig::Pooling { kind: PoolingKind::Max, window: 9 }],
            "layer 1 (pooling): a window of 9 x 9 does not fit into 1 map of 8 x 8 with a border of 0",
        ),
        (
            vec![LayerConfig::Pooling { kind: PoolingKind::Max, window: 0 }],
            "layer 1 (pooling): the window's side must be at least 1",
        ),
        (vec![dense(3), dense(0)], "layer 2 (dense): the number of units must be at least 1"),
        (
            vec![LayerConfig::Dropout { rate: 0.5 }, convolution(2, 3), dense(2)],
            "layer 1 (dropout) must stand before a dense layer",
        ),
        (vec![dense(2), LayerConfig::Dropout { rate: 0.5 }], "layer 2 (dropout) must stand before a dense layer"),
        (
            vec![LayerConfig::Dropout { rate: 1.0 }, dense(1)],
            "layer 1 (dropout): the rate of dropout must be at least 0 and below 1, is 1",
        ),
        (
            vec![LayerConfig::RadialBasis { codes: digit_codes() }],
            "layer 1 (radial basis): its codes have 84 components, the layer below has 64 units",
        ),
        (
            vec![dense(84), LayerConfig::RadialBasis { codes: digit_codes() }, dense(3)],
            "layer 2 (radial basis) must be the last layer",
        ),
    ];
    for (layers, expected) in cases {
        assert_eq!(message(input, &layers), expected);
    }
    let empty = message(Shape::new(0, 8, 8), &[dense(1)]);
    assert_eq!(empty, "the input must have at least one map of at least 1 x 1, is 0 maps of 8 x 8");
    assert!(message(Shape::new(usize::MAX, 8, 8), &[dense(1)]).starts_with("the input must have"));
}

#[test]
fn sizes_beyond_all_memory_and_numbers_out_of_range_name_the_layer() {
    let with = |config: ConvolutionConfig| vec![convolution(2, 3), LayerConfig::Convolution(config)];
    let plain = || ConvolutionConfig::new(2, 3, TANH);
    let cases = [
        (vec![convolution(2, 3), convolution(usize::MAX, 3)], "layer 2 (convolution): more than 4294967295 weights"),
        (
            with(ConvolutionConfig { padding: usize::MAX - 1, ..ConvolutionConfig::new(1, usize::MAX, TANH) }),
            "layer 2 (convolution): more than 4294967295 weights",
        ),
        (
            with(ConvolutionConfig { padding: (1 << 14) - 1, ..ConvolutionConfig::new(8, 1 << 14, TANH) }),
            "layer 2 (convolution): more than 4294967295 weights",
        ),
        (vec![convolution(400_000_000, 1)], "layer 1 (convolution): more than 4294967295 units"),
        (vec![dense(3), dense(usize::MAX)], "layer 2 (dense): more than 4294967295 weights"),
        (
            with(ConvolutionConfig { padding_value: f64::NAN, ..plain() }),
            "layer 2 (convolution): padding_value must be finite, is NaN",
        ),
        (
            with(ConvolutionConfig { weight_init: Init::Uniform(-1.0), ..plain() }),
            "layer 2 (convolution): the width of Init::Uniform must be non-negative and finite, is -1",
        ),
        (
            vec![LayerConfig::Dense(DenseConfig {
                bias_init: Init::Constant(f64::INFINITY),
                ..DenseConfig::new(1, TANH)
            })],
            "layer 1 (dense): the value of Init::Constant must be finite, is inf",
        ),
    ];
    for (layers, expected) in cases {
        assert_eq!(message(Shape::new(1, 8, 8), &layers), expected);
    }
}

#[test]
fn tables_that_cannot_be_name_layer_and_map() {
    let table = |rows: Vec<Vec<usize>>| {
        LayerConfig::Convolution(ConvolutionConfig {
            connections: Connections::Table(rows),
            ..ConvolutionConfig::new(2, 3, TANH)
        })
    };
    let cases = [
        (
            vec![vec![0], vec![1, 4]],
            "layer 2 (convolution): by the connection table map 1 sees map 4, but the layer below has 4 (0 to 3)",
        ),
        (vec![vec![0]], "layer 2 (convolution): the connection table has rows for 1 maps, but the layer has 2"),
        (
            vec![vec![0], vec![]],
            "layer 2 (convolution): row 1 of the connection table must list maps in ascending order, each once, at least one",
        ),
        (
            vec![vec![1, 1], vec![0]],
            "layer 2 (convolution): row 0 of the connection table must list maps in ascending order, each once, at least one",
        ),
    ];
    for (rows, expected) in cases {
        assert_eq!(message(Shape::new(1, 8, 8), &[convolution(4, 3), table(rows)]), expected);
    }
}

fn config() -> CnnConfig {
    CnnConfig::classifier(Shape::new(1, 4, 4), vec![convolution(2, 3), dense(2)])
}

fn data() -> (Matrix<f32>, Matrix<f32>) {
    (Matrix::from_fn(16, 6, |row, column| (row + column) as f32 / 10.0), one_hot(2, &[0, 1, 0, 1, 0, 1]).unwrap())
}

fn refused(config: &CnnConfig, samples: &Matrix<f32>, targets: &Matrix<f32>) -> String {
    config.fit(samples, targets, Stream::new(1)).unwrap_err().to_string()
}

#[test]
fn data_that_do_not_fit_are_named() {
    let (samples, targets) = data();
    let config = config();
    let wide = Matrix::zeros(17, 6);
    let expected = "the network expects samples of 16 values (1 map of 4 x 4), the samples have 17";
    assert_eq!(refused(&config, &wide, &targets), expected);
    assert_eq!(
        config.fit(&samples, &targets, Stream::new(1)).unwrap().forward(&wide).unwrap_err().to_string(),
        expected
    );
    assert_eq!(refused(&config, &samples, &Matrix::zeros(3, 6)), "layer 2 has 2 outputs, the targets have 3 rows");
    assert_eq!(refused(&config, &samples, &Matrix::zeros(2, 5)), "there are 6 samples, but 5 targets");
    assert_eq!(refused(&config, &Matrix::zeros(16, 0), &Matrix::zeros(2, 0)), "there is no sample to learn from");
    let mut broken = samples.clone();
    broken[(3, 2)] = f32::NAN;
    assert_eq!(refused(&config, &broken, &targets), "the samples: sample 2, feature 3 is NaN");
}

#[test]
fn objectives_that_do_not_fit_are_named() {
    let (samples, targets) = data();
    let distance = CnnConfig { objective: Objective::Distance, ..config() };
    let expected = "an objective on distances needs a radial basis layer as last layer, layer 2 is dense";
    assert_eq!(refused(&distance, &samples, &targets), expected);
    let rubbish = CnnConfig { objective: Objective::MaximumAPosteriori { rubbish: -1.0 }, ..config() };
    let expected = "the distance of the rubbish class must be positive and finite, is -1";
    assert_eq!(refused(&rubbish, &samples, &targets), expected);
    let mut layers = config().layers;
    layers[1] = LayerConfig::Dense(DenseConfig::new(2, TANH));
    let expected = "SoftmaxCrossEntropyLogits works on logits: layer 2 needs Activation::Identity, has Tanh";
    assert_eq!(refused(&CnnConfig { layers, ..config() }, &samples, &targets), expected);
    let method = DiagonalLevenbergMarquardt::LECUN_1998.into();
    let objective = Objective::Loss(Loss::AbsoluteError);
    let expected = "the diagonal of the Hessian is not known for AbsoluteError";
    assert_eq!(refused(&CnnConfig { method, objective, ..config() }, &samples, &targets), expected);
}

#[test]
fn divergence_names_epoch_and_layer_and_keeps_the_last_good_model() {
    let (samples, targets) = data();
    let objective = Objective::Loss(Loss::HalfSquaredError);
    let config = CnnConfig { method: GradientDescent::new(1e30).into(), objective, epochs: 30, ..config() };
    let mut training = config.training(&samples, &targets, Stream::new(1)).unwrap();
    let error = training.find_map(Result::err).unwrap();
    let CnnError::Diverged { epoch, last_good, .. } = error else { panic!("{error}") };
    assert_eq!(epoch, last_good + 1);
    assert!(training.next().is_none());
    assert!(training.model().forward(&samples).is_ok());
}

#[test]
fn a_model_of_other_layers_does_not_go_on() {
    let (samples, targets) = data();
    let config = config();
    let refused = |other: CnnConfig| {
        let model: Cnn<f32> = other.initialize(&Stream::new(0)).unwrap();
        let state = other.optimizer_state(&model);
        config.resume(&samples, &targets, Stream::new(0), model, state, 0).err().unwrap().to_string()
    };
    let mut layers = config.layers.clone();
    layers.insert(config.layers.len() - 1, dense(7));
    let longer = refused(CnnConfig { layers, ..config.clone() });
    assert!(longer.contains("a dense layer of 7 maps of 1 x 1"), "{longer}");
    let input = Shape::new(1, config.input.height + 2, config.input.width + 2);
    let larger = refused(CnnConfig { input, ..config.clone() });
    assert!(larger.starts_with("layer 0: the configuration has an input of"), "{larger}");
}

/// Small sizes that fit together now and then, none at all, and sizes beyond all memory.
fn size() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![0, 1, 1, 2, 2, 3, 4, 9, 1 << 33, usize::MAX])
}

fn any_layer() -> impl Strategy<Value = LayerConfig> {
    let table = prop::option::of(prop::collection::vec(prop::collection::vec(0..5_usize, 0..4), 0..4));
    let convolution = (size(), size(), size(), size(), table).prop_map(|(maps, kernel, stride, padding, table)| {
        let connections = table.map_or(Connections::Full, Connections::Table);
        let config = ConvolutionConfig::new(maps, kernel, TANH);
        LayerConfig::Convolution(ConvolutionConfig { stride, padding, connections, ..config })
    });
    prop_oneof![
        3 => convolution,
        1 => size().prop_map(|window| LayerConfig::Subsampling(SubsamplingConfig::new(window, TANH))),
        1 => size().prop_map(|window| LayerConfig::Pooling { kind: PoolingKind::Average, window }),
        2 => size().prop_map(dense),
        1 => (-1.0..2.0_f64).prop_map(|rate| LayerConfig::Dropout { rate }),
        1 => (0..5_usize, 0..3_usize).prop_map(|(rows, columns)| LayerConfig::RadialBasis { codes: Matrix::zeros(rows, columns) }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_layers_make_a_network_that_answers_or_an_error_that_names_the_layer(
        layers in prop::collection::vec(any_layer(), 1..4),
        (maps, height, width) in (1..4_usize, 1..10_usize, 1..10_usize),
    ) {
        match Cnn::<f32>::new(Shape::new(maps, height, width), &layers, &Stream::new(1)) {
            Ok(network) => prop_assert!(network.forward(&Matrix::zeros(network.input().units(), 2)).is_ok()),
            Err(error) => {
                let message = error.to_string();
                let named = (1..=layers.len()).any(|layer| {
                    message.starts_with(&format!("layer {layer} ({})", layers[layer - 1].kind()))
                });
                prop_assert!(named, "{message}");
            }
        }
    }
}
