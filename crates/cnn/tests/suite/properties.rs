//! Properties over random networks: the fast loops against the definitions, gradients against differences, and what a
//! convolution must keep.

use cnn::{
    Bias, Cnn, CnnConfig, Connections, ConvolutionConfig, DenseConfig, DiagonalLevenbergMarquardt, Layer, LayerConfig,
    Objective, PoolingKind, Shape, SubsamplingConfig, shifted,
};
use nn_core::{
    Activation, Adam, Batch, GradientDescent, Init, Loss, Matrix, Optimizer, Parameters, Reduction, Stream,
    gradient_check, one_hot,
};
use proptest::prelude::*;

/// What a random network is made from.
#[derive(Debug, Clone)]
struct Recipe {
    input: Shape,
    layers: Vec<LayerConfig>,
    seed: u64,
}

fn convolution(below: usize) -> impl Strategy<Value = ConvolutionConfig> {
    let table = prop::collection::vec(prop::sample::subsequence((0..below).collect::<Vec<_>>(), 1..=below), 1..6);
    let shape = (1..6_usize, 1..3_usize, 0..2_usize, prop::bool::ANY);
    let rest = (-1.0..1.0_f64, 0..3_usize, 0..3_usize);
    (table, shape, rest).prop_map(move |(table, (kernel, stride, padding, full), (padding_value, bias, activation))| {
        ConvolutionConfig {
            stride,
            padding: padding.min(kernel - 1),
            padding_value,
            bias: [Bias::Shared, Bias::PerUnit, Bias::None][bias],
            bias_init: Init::Uniform(0.5),
            connections: if full { Connections::Full } else { Connections::Table(table.clone()) },
            ..ConvolutionConfig::new(
                table.len(),
                kernel,
                [Activation::Tanh, Activation::ScaledTanh, Activation::Sigmoid][activation],
            )
        }
    })
}

/// Convolution, something that makes it smaller, convolution, dense: each layer but the last may be missing.
fn recipe() -> impl Strategy<Value = Recipe> {
    let input = (1..4_usize, 8..13_usize, 8..13_usize);
    (input, any::<u64>()).prop_flat_map(|((maps, height, width), seed)| {
        (convolution(maps), 0..4_usize).prop_flat_map(move |(first, middle)| {
            let maps = first.maps;
            (Just(first), Just(middle), prop::option::of(convolution(maps)), prop::bool::ANY).prop_map(
                move |(first, middle, second, hidden)| {
                    let input = Shape::new(first_maps(maps, &first), height, width);
                    build(input, seed, first, middle, second, hidden)
                },
            )
        })
    })
}

/// The number of maps below that the first convolution was made for: one more than the largest it names.
fn first_maps(_: usize, first: &ConvolutionConfig) -> usize {
    match &first.connections {
        Connections::Full => 2,
        Connections::Table(table) => table.iter().flatten().max().map_or(1, |largest| largest + 1),
    }
}

fn build(
    input: Shape,
    seed: u64,
    first: ConvolutionConfig,
    middle: usize,
    second: Option<ConvolutionConfig>,
    hidden: bool,
) -> Recipe {
    let side =
        |length: usize, config: &ConvolutionConfig| (length + 2 * config.padding - config.kernel) / config.stride + 1;
    let mut shape = Shape::new(first.maps, side(input.height, &first), side(input.width, &first));
    let mut layers = vec![LayerConfig::Convolution(first)];
    if middle > 0 && shape.height.is_multiple_of(2) && shape.width.is_multiple_of(2) {
        layers.push(match middle {
            1 => LayerConfig::Subsampling(SubsamplingConfig::new(2, Activation::Tanh)),
            2 => LayerConfig::Pooling { kind: PoolingKind::Average, window: 2 },
            _ => LayerConfig::Pooling { kind: PoolingKind::Max, window: 2 },
        });
        shape = Shape::new(shape.maps, shape.height / 2, shape.width / 2);
    }
    if let Some(second) = second
        && shape.height.min(shape.width) + 2 * second.padding >= second.kernel
    {
        layers.push(LayerConfig::Convolution(second));
    }
    if hidden {
        layers.push(LayerConfig::Dense(DenseConfig::new(7, Activation::Tanh)));
    }
    layers.push(LayerConfig::Dense(DenseConfig::new(3, Activation::Identity)));
    Recipe { input, layers, seed }
}

fn data(recipe: &Recipe, count: usize) -> (Matrix<f64>, Matrix<f64>) {
    let stream = Stream::new(recipe.seed);
    let mut samples = Matrix::zeros(recipe.input.units(), count);
    stream.named("samples").fill_normal(samples.as_mut_slice(), 0.0, 1.0);
    let labels: Vec<usize> = (0..count).map(|sample| (sample * 7 + 1) % 3).collect();
    (samples, one_hot(3, &labels).unwrap())
}

fn network(recipe: &Recipe) -> Cnn<f64> {
    Cnn::new(recipe.input, &recipe.layers, &Stream::new(recipe.seed)).unwrap()
}

fn values(parameters: &impl Parameters<f64>) -> Vec<f64> {
    parameters.tensors().iter().flat_map(|tensor| tensor.values.to_vec()).collect()
}

fn set(network: &mut Cnn<f64>, values: &[f64]) {
    let mut rest = values;
    for tensor in network.tensors_mut() {
        let (first, others) = rest.split_at(tensor.values.len());
        tensor.values.copy_from_slice(first);
        rest = others;
    }
}

/// Adam divides by the root of what it has seen: with the usual ε a quotient of rounding errors would be a full step.
const ADAM: Adam = Adam { epsilon: 1e-3, ..Adam::new(0.01) };

const CROSS_ENTROPY: Objective = Objective::Loss(Loss::SoftmaxCrossEntropyLogits);

fn worst(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_loops_agree_with_the_definitions(recipe in recipe(), count in 1..40_usize) {
        let (network, (samples, targets)) = (network(&recipe), data(&recipe, count));
        let output = network.forward(&samples).unwrap();
        let (loss, gradient) = network.gradient(&samples, &targets, CROSS_ENTROPY, Reduction::Sum).unwrap();
        let (mut sum, mut slow) = (0.0, vec![0.0; values(&gradient).len()]);
        for sample in 0..count {
            let (x, t) = (samples.column(sample), targets.column(sample));
            let trace = network.trace(x.as_slice()).unwrap();
            prop_assert!(worst(output.column(sample).as_slice(), trace.outputs.last().unwrap()) < 1e-12);
            let (loss, gradient) =
                network.gradient_by_definition(x.as_slice(), t.as_slice(), CROSS_ENTROPY).unwrap();
            sum += loss;
            slow.iter_mut().zip(values(&gradient)).for_each(|(sum, gradient)| *sum += gradient);
        }
        prop_assert!((sum - loss).abs() < 1e-10 * (1.0 + loss.abs()));
        // The gradient of a batch is the sum of the gradients of its samples.
        prop_assert!(worst(&values(&gradient), &slow) < 1e-10);
    }

    #[test]
    fn single_samples_agree_with_the_definitions(recipe in recipe(), method in 0..3_usize) {
        let (network, (samples, targets)) = (network(&recipe), data(&recipe, 5));
        let mut runner = network.runner();
        for sample in samples.column_iter() {
            let expected = network.trace(sample.as_slice()).unwrap().outputs.pop().unwrap();
            prop_assert!(worst(runner.forward(sample.as_slice()).unwrap(), &expected) < 1e-12);
        }
        // An epoch of steps after every sample: gradient descent, Adam, and the diagonal method.
        let rule = DiagonalLevenbergMarquardt { learning_rate: 0.05, damping: 0.2, samples: 5 };
        let config = CnnConfig {
            method: match method {
                0 => GradientDescent::new(0.05).into(),
                1 => ADAM.into(),
                _ => rule.into(),
            },
            batch: Batch::Online,
            epochs: 1,
            shuffle: false,
            ..CnnConfig::classifier(recipe.input, recipe.layers.clone())
        };
        let found = config.fit(&samples, &targets, Stream::new(recipe.seed)).unwrap();
        let mut expected = network.clone();
        let mut adam = config.optimizer_state(&network);
        let curvature = values(&network.curvature(&samples, &targets, CROSS_ENTROPY).unwrap());
        for sample in 0..5 {
            let (x, t) = (samples.column(sample), targets.column(sample));
            let (_, gradient) = expected.gradient_by_definition(x.as_slice(), t.as_slice(), CROSS_ENTROPY).unwrap();
            if method == 1 {
                let gradient = gradient.tensors();
                let gradients: Vec<&[f64]> = gradient.iter().map(|tensor| tensor.values).collect();
                let mut tensors = expected.tensors_mut();
                let mut parameters: Vec<&mut [f64]> = tensors.iter_mut().map(|tensor| &mut *tensor.values).collect();
                Optimizer::from(ADAM).step(&mut adam, &mut parameters, &gradients).unwrap();
                continue;
            }
            let rates = curvature.iter().map(|h| if method == 0 { 0.05 } else { 0.05 / (0.2 + h) });
            let stepped = values(&expected).iter().zip(values(&gradient)).zip(rates).map(|((w, g), r)| w - r * g).collect::<Vec<_>>();
            set(&mut expected, &stepped);
        }
        let close = 1e-10;
        prop_assert!(worst(&values(&found), &values(&expected)) < close, "{}", worst(&values(&found), &values(&expected)));
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss(recipe in recipe()) {
        let (mut network, (samples, targets)) = (network(&recipe), data(&recipe, 2));
        let max = recipe.layers.iter().any(|layer| matches!(layer, LayerConfig::Pooling { kind: PoolingKind::Max, .. }));
        let gradient = values(&network.gradient(&samples, &targets, CROSS_ENTROPY, Reduction::Mean).unwrap().1);
        let mut start = values(&network);
        // A kernel that does not exist has no slope, though a weight there would change the loss.
        let exists = exists(&network);
        let loss = |values: &[f64]| {
            set(&mut network, &values.iter().zip(&exists).map(|(v, e)| v * e).collect::<Vec<_>>());
            network.gradient(&samples, &targets, CROSS_ENTROPY, Reduction::Mean).unwrap().0
        };
        let check = gradient_check(&mut start, &gradient, 1e-6, loss).unwrap();
        // Where a maximum changes hands within the step, the slope has a corner.
        prop_assert!(check.worst_error < if max { 2e-2 } else { 1e-7 }, "{check:?}");
    }

    #[test]
    fn a_table_is_a_full_convolution_with_zeros(recipe in recipe(), count in 1..20_usize) {
        let network = network(&recipe);
        let mut full = recipe.clone();
        for layer in &mut full.layers {
            if let LayerConfig::Convolution(config) = layer {
                config.connections = Connections::Full;
            }
        }
        let mut dense = Cnn::new(full.input, &full.layers, &Stream::new(0)).unwrap();
        set(&mut dense, &values(&network));
        let (samples, targets) = data(&recipe, count);
        prop_assert!(worst(
            network.forward(&samples).unwrap().as_slice(),
            dense.forward(&samples).unwrap().as_slice(),
        ) < 1e-12);
        let of = |network: &Cnn<f64>| {
            values(&network.gradient(&samples, &targets, CROSS_ENTROPY, Reduction::Sum).unwrap().1)
        };
        let masked: Vec<f64> = of(&dense).iter().zip(exists(&network)).map(|(g, e)| g * e).collect();
        prop_assert!(worst(&of(&network), &masked) < 1e-10);
        prop_assert_eq!(network.parameter_count(), exists(&network).iter().filter(|&&e| e == 1.0).count());
    }

    #[test]
    fn a_convolution_is_linear_and_moves_with_its_input(
        seed in any::<u64>(), kernel in 1..5_usize, maps in 1..5_usize, down in 0..3_i64, right in 0..3_i64,
    ) {
        let input = Shape::new(2, 12, 12);
        let config = ConvolutionConfig {
            bias: Bias::None, ..ConvolutionConfig::new(maps, kernel, Activation::Identity)
        };
        let layers = [LayerConfig::Convolution(config)];
        let network = Cnn::<f64>::new(input, &layers, &Stream::new(seed)).unwrap();
        let mut samples = Matrix::zeros(input.units(), 2);
        Stream::new(seed).named("samples").fill_normal(samples.as_mut_slice(), 0.0, 1.0);
        let output = network.forward(&samples).unwrap();
        let mixed = Matrix::from_columns(&[samples.column(0) * 2.0 - samples.column(1) * 0.5]);
        let expected = output.column(0) * 2.0 - output.column(1) * 0.5;
        prop_assert!(worst(network.forward(&mixed).unwrap().as_slice(), expected.as_slice()) < 1e-12);
        // What the windows see of a shifted image is what they saw before, shifted.
        let moved = network.forward(&shifted(&samples, input, down, right, 0.0).unwrap()).unwrap();
        let side = 13 - kernel;
        for map in 0..maps {
            for y in down as usize..side {
                for x in right as usize..side {
                    let before = (map * side + y - down as usize) * side + x - right as usize;
                    prop_assert!((moved[((map * side + y) * side + x, 1)] - output[(before, 1)]).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn backward_is_the_adjoint_of_forward(recipe in recipe()) {
        // ⟨δ, W v⟩ = ⟨Wᵀ δ, v⟩ for one convolution without bias: the slope of ⟨δ, a⟩ along its weights.
        let Some(LayerConfig::Convolution(config)) = recipe.layers.first().cloned() else { unreachable!() };
        let config = ConvolutionConfig { bias: Bias::None, activation: Activation::Identity, ..config };
        let network =
            Cnn::<f64>::new(recipe.input, &[LayerConfig::Convolution(config)], &Stream::new(recipe.seed)).unwrap();
        let (samples, _) = data(&recipe, 3);
        let mut delta = Matrix::zeros(network.outputs(), 3);
        Stream::new(recipe.seed).named("delta").fill_normal(delta.as_mut_slice(), 0.0, 1.0);
        // E = ½ ‖a − (a − δ)‖² has the slope δ.
        let output = network.forward(&samples).unwrap();
        let targets = &output - &delta;
        let loss = Objective::Loss(Loss::HalfSquaredError);
        let gradient = values(&network.gradient(&samples, &targets, loss, Reduction::Sum).unwrap().1);
        let along: f64 = gradient.iter().zip(values(&network)).map(|(g, w)| g * w).sum();
        let border = network.forward(&Matrix::zeros(recipe.input.units(), 1)).unwrap();
        prop_assert!((along - output.dot(&delta)).abs() < 1e-9, "with a border of {}", border.norm());
    }

    #[test]
    fn training_can_stop_and_go_on(recipe in recipe(), online in prop::bool::ANY) {
        let (samples, targets) = data(&recipe, 21);
        let config = CnnConfig {
            method: nn_core::Momentum::new(0.01, 0.9).into(),
            batch: if online { Batch::Online } else { Batch::Minibatch(4) },
            epochs: 3,
            ..CnnConfig::classifier(recipe.input, recipe.layers.clone())
        };
        let stream = Stream::new(recipe.seed);
        let whole = config.fit(&samples, &targets, stream.clone()).unwrap();
        let mut training = config.training(&samples, &targets, stream.clone()).unwrap();
        training.next().unwrap().unwrap();
        let (state, model) = (training.optimizer_state().clone(), training.into_model());
        let mut rest = config.resume(&samples, &targets, stream, model, state, 1).unwrap();
        prop_assert_eq!(rest.len(), 2);
        rest.by_ref().for_each(|epoch| { epoch.unwrap(); });
        prop_assert_eq!(values(rest.model()), values(&whole));
    }

    #[test]
    fn one_thread_and_two_give_the_same_bits(recipe in recipe()) {
        let (samples, targets) = data(&recipe, 100);
        let config = CnnConfig {
            method: GradientDescent::new(0.05).into(),
            batch: Batch::Full,
            epochs: 2,
            ..CnnConfig::classifier(recipe.input, recipe.layers.clone())
        };
        let train = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| values(&config.fit(&samples, &targets, Stream::new(recipe.seed)).unwrap()))
        };
        prop_assert_eq!(train(1), train(2));
    }
}

/// 1 for every parameter that exists, 0 for the kernels that a table leaves out.
fn exists(network: &Cnn<f64>) -> Vec<f64> {
    let tensors = network.tensors();
    let mut tensors = tensors.iter();
    let mut exists = Vec::new();
    for layer in network.layers() {
        match layer {
            Layer::Convolution(layer) => {
                let tensor = tensors.next().unwrap();
                let area = layer.kernel() * layer.kernel();
                let below = tensor.shape[1];
                exists.extend((0..tensor.values.len()).map(|index| {
                    let kernel = index / area;
                    f64::from(layer.sees()[kernel / below].contains(&(kernel % below)))
                }));
                if let Some(bias) = tensors.clone().next().filter(|tensor| tensor.name.ends_with("bias")) {
                    exists.extend(vec![1.0; bias.values.len()]);
                    tensors.next();
                }
            }
            Layer::Subsampling(_) | Layer::Dense(_) => {
                for tensor in tensors.by_ref().take(2) {
                    exists.extend(vec![1.0; tensor.values.len()]);
                }
            }
            _ => {}
        }
    }
    exists
}
