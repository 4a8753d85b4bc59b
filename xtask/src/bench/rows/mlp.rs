//! Training of multilayer perceptrons: gradient descent in `f32`, plain or with momentum, the loss of every batch evaluated,
//! samples in the order in which they lie. A goal is the ratio to the fastest peer.

use crate::bench::row::{Against, Goal, Measure, Peer, Row, Threads, Unit, Work};
use anyhow::Context as _;
use mlp::{LayerConfig, MlpConfig};
use nn_core::{
    Activation, Batch, GradientDescent, Loss, Matrix, Momentum, Reduction, Stream, one_hot, samples_from_rows,
};
use serde_json::json;

/// The rows.
pub const ROWS: &[Row] = &[
    Row {
        id: "mlp-a32",
        title: "784-100-10 ReLU, softmax, batch 32",
        unit: SAMPLES,
        goals: &[one(2.2, 3.0), several(3.0)],
        run: |measure| classifier(&[784, 100, 10], 32, measure),
        ..ROW
    },
    Row {
        id: "mlp-a128",
        title: "784-100-10 ReLU, softmax, batch 128",
        unit: SAMPLES,
        goals: &[one(1.4, 1.8), several(1.8)],
        run: |measure| classifier(&[784, 100, 10], 128, measure),
        ..ROW
    },
    Row {
        id: "mlp-b",
        title: "784-512-512-10 ReLU, softmax, batch 128",
        unit: SAMPLES,
        goals: &[one(1.0, 1.2), several(1.2)],
        run: |measure| classifier(&[784, 512, 512, 10], 128, measure),
        ..ROW
    },
    Row {
        id: "mlp-c",
        title: "784-30-10 sigmoid, squared error, online",
        unit: SAMPLES,
        goals: &[one(25.0, 35.0)],
        run: online,
        ..ROW
    },
    Row {
        id: "mlp-d",
        title: "XOR: 2-2-1 sigmoid, squared error, 4 samples a step",
        unit: Unit::Rate("steps/s"),
        goals: &[one(300.0, 900.0)],
        run: xor,
        ..ROW
    },
    Row {
        id: "mlp-e",
        title: "784-1000-500-250-30 and back, ReLU, squared error, batch 100, momentum",
        unit: SAMPLES,
        goals: &[one(0.9, 1.1), several(1.1)],
        run: autoencoder,
        ..ROW
    },
];

/// What the rows share.
const ROW: Row = Row { id: "", library: "mlp", title: "", unit: SAMPLES, peers: PEERS, goals: &[], run: |_| Ok(()) };
const SAMPLES: Unit = Unit::Rate("samples/s");
const PEERS: &[Peer] = &[Peer { name: "scikit-learn", script: "mlp.py" }, Peer { name: "PyTorch", script: "mlp.py" }];

const fn one(must: f64, aim: f64) -> Goal {
    Goal { threads: Threads::One, against: Against::FastestPeer, must: Some(must), aim: Some(aim) }
}

const fn several(aim: f64) -> Goal {
    Goal { threads: Threads::Several, against: Against::FastestPeer, must: None, aim: Some(aim) }
}

/// A network and its training, for both sides.
struct Case<'a> {
    /// Sizes, inputs first.
    layers: &'a [usize],
    hidden: Activation,
    output: Output,
    batch: usize,
    learning_rate: f64,
    /// 0 for plain gradient descent.
    momentum: f64,
    /// Whether units are samples or steps.
    count_samples: bool,
    /// Passes over the data between two looks at the clock.
    epochs: usize,
}

/// The output layer and its loss.
#[derive(Clone, Copy, PartialEq)]
enum Output {
    /// Cross-entropy on logits.
    Softmax,
    /// Sigmoid outputs, mean squared error.
    Sigmoid,
    /// Linear outputs, mean squared error.
    Linear,
}

/// 6400 random samples: 20 MB, more than the caches near a core hold, as training data are.
fn classifier(layers: &[usize], batch: usize, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (samples, targets) = random_samples(6400)?;
    let hidden = Activation::Relu;
    let case = Case {
        layers,
        hidden,
        output: Output::Softmax,
        batch,
        learning_rate: 0.01,
        momentum: 0.0,
        count_samples: true,
        epochs: 1,
    };
    train(&case, &samples, &targets, measure)
}

fn online(measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (samples, targets) = random_samples(1000)?;
    let case = Case {
        layers: &[784, 30, 10],
        hidden: Activation::Sigmoid,
        output: Output::Sigmoid,
        batch: 1,
        learning_rate: 0.01,
        momentum: 0.0,
        count_samples: true,
        epochs: 1,
    };
    train(&case, &samples, &targets, measure)
}

fn xor(measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let samples = samples_from_rows(2, vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0])?;
    let targets = samples_from_rows(1, vec![0.0, 1.0, 1.0, 0.0])?;
    let case = Case {
        layers: &[2, 2, 1],
        hidden: Activation::Sigmoid,
        output: Output::Sigmoid,
        batch: 4,
        learning_rate: 0.5,
        momentum: 0.0,
        count_samples: false,
        epochs: 1000,
    };
    train(&case, &samples, &targets, measure)
}

fn autoencoder(measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let (samples, _) = random_samples(1000)?;
    let case = Case {
        layers: &[784, 1000, 500, 250, 30, 250, 500, 1000, 784],
        hidden: Activation::Relu,
        output: Output::Linear,
        batch: 100,
        learning_rate: 0.001,
        momentum: 0.9,
        count_samples: true,
        epochs: 1,
    };
    train(&case, &samples, &samples, measure)
}

/// Samples of 784 random numbers, each of one of ten classes.
fn random_samples(count: usize) -> anyhow::Result<(Matrix<f32>, Matrix<f32>)> {
    let mut stream = Stream::new(784);
    let mut samples = Matrix::zeros(784, count);
    stream.fill_uniform(samples.as_mut_slice(), 0.0, 1.0);
    let classes: Vec<usize> = (0..count).map(|_| stream.below(10) as usize).collect();
    Ok((samples, one_hot(10, &classes)?))
}

fn train(
    case: &Case<'_>,
    samples: &Matrix<f32>,
    targets: &Matrix<f32>,
    measure: &mut Measure<'_>,
) -> anyhow::Result<()> {
    let (&outputs, below) = case.layers.split_last().context("a network has layers")?;
    let hidden = below.iter().skip(1).map(|&units| LayerConfig::new(units, case.hidden));
    let (output, loss, name) = match case.output {
        Output::Softmax => (Activation::Identity, Loss::SoftmaxCrossEntropyLogits, "softmax"),
        Output::Sigmoid => (Activation::Sigmoid, Loss::MeanSquaredError, "sigmoid"),
        Output::Linear => (Activation::Identity, Loss::MeanSquaredError, "linear"),
    };
    let optimizer = match case.momentum {
        0.0 => GradientDescent::new(case.learning_rate).into(),
        momentum => Momentum::new(case.learning_rate, momentum).into(),
    };
    let config = MlpConfig {
        layers: hidden.chain([LayerConfig::new(outputs, output)]).collect(),
        loss,
        reduction: Reduction::Mean,
        optimizer,
        batch: Batch::Minibatch(case.batch),
        epochs: usize::MAX,
        shuffle: false,
        ..MlpConfig::lecture(vec![])
    };
    let mut training = config.training(samples, targets, Stream::new(1986))?;
    let steps = samples.ncols().div_ceil(case.batch);
    let units = case.epochs * if case.count_samples { samples.ncols() } else { steps };
    let mut ours = || {
        for epoch in training.by_ref().take(case.epochs) {
            std::hint::black_box(epoch?.loss);
        }
        Ok(units as f64)
    };
    let parameters = json!({
        "layers": case.layers,
        "hidden": if case.hidden == Activation::Relu { "relu" } else { "sigmoid" },
        "output": name,
        "batch": case.batch,
        "learning_rate": case.learning_rate,
        "momentum": case.momentum,
        "unit": if case.count_samples { "samples" } else { "steps" },
    });
    measure(Work { ours: &mut ours, inputs: &[("samples", samples), ("targets", targets)], parameters })
}
