//! LeNet, training steps and answers: `f32`, gradient descent, samples in the order in which they lie. A goal is the ratio to the
//! fastest peer.

use crate::bench::row::{Against, Goal, Measure, Peer, Row, Threads, Unit, Work};
use cnn::{Cnn, CnnConfig};
use nn_core::{Batch, GradientDescent, Matrix, RateSchedule, Stream, one_hot};
use serde_json::json;

/// The rows.
pub const ROWS: &[Row] = &[
    Row {
        id: "cnn-1989-online",
        title: "LeNet-1989, a step a sample",
        goals: &[one(100.0, 170.0)],
        run: |m| train("1989", 1, m),
        ..ROW
    },
    Row { id: "cnn-1989-32", title: "LeNet-1989, batch 32", run: |m| train("1989", 32, m), ..ROW },
    Row {
        id: "cnn-1989-128",
        title: "LeNet-1989, batch 128",
        goals: &[one(5.0, 8.0), several(5.0)],
        run: |m| train("1989", 128, m),
        ..ROW
    },
    Row {
        id: "cnn-1989-answer-1",
        title: "LeNet-1989, answers, a sample at a time",
        goals: &[one(50.0, 80.0)],
        run: |m| answer("1989", 1, m),
        ..ROW
    },
    Row {
        id: "cnn-1989-answer-128",
        title: "LeNet-1989, answers, batch 128",
        goals: &[one(2.5, 3.3)],
        run: |m| answer("1989", 128, m),
        ..ROW
    },
    Row {
        id: "cnn-5-online",
        title: "LeNet-5 (plain), a step a sample",
        goals: &[one(20.0, 30.0)],
        run: |m| train("plain", 1, m),
        ..ROW
    },
    Row { id: "cnn-5-32", title: "LeNet-5 (plain), batch 32", run: |m| train("plain", 32, m), ..ROW },
    Row {
        id: "cnn-5-128",
        title: "LeNet-5 (plain), batch 128",
        goals: &[one(1.5, 2.5), several(2.0)],
        run: |m| train("plain", 128, m),
        ..ROW
    },
    Row {
        id: "cnn-5-exact-128",
        title: "LeNet-5 (table, subsampling, distances, MAP), batch 128",
        goals: &[one(2.0, 3.0)],
        run: |m| train("exact", 128, m),
        ..ROW
    },
    Row {
        id: "cnn-5-answer-128",
        title: "LeNet-5 (plain), answers, batch 128",
        goals: &[one(1.5, 2.3)],
        run: |m| answer("plain", 128, m),
        ..ROW
    },
];

/// What the rows share.
const ROW: Row =
    Row { id: "", library: "cnn", title: "", unit: Unit::Rate("samples/s"), peers: PEERS, goals: &[], run: |_| Ok(()) };
const PEERS: &[Peer] = &[Peer { name: "PyTorch", script: "cnn.py" }];
/// Samples of a piece of the work.
const SAMPLES: usize = 1280;

const fn one(must: f64, aim: f64) -> Goal {
    Goal { threads: Threads::One, against: Against::FastestPeer, must: Some(must), aim: Some(aim) }
}

const fn several(aim: f64) -> Goal {
    Goal { threads: Threads::Several, against: Against::FastestPeer, must: None, aim: Some(aim) }
}

/// The network by the name that the peers' script knows, with plain gradient descent.
fn config(network: &str, batch: usize) -> CnnConfig {
    let config = match network {
        "1989" => CnnConfig::lenet_1989_well_known(),
        "plain" => CnnConfig::lenet_5_plain(),
        _ => CnnConfig::lenet_5(),
    };
    CnnConfig {
        method: GradientDescent::new(0.001).into(),
        schedule: RateSchedule::Constant,
        batch: if batch == 1 { Batch::Online } else { Batch::Minibatch(batch) },
        epochs: usize::MAX,
        shuffle: false,
        ..config
    }
}

/// Random images, and targets of ten classes.
fn data(config: &CnnConfig) -> anyhow::Result<(Matrix<f32>, Matrix<f32>)> {
    let mut stream = Stream::new(1989);
    let mut samples = Matrix::zeros(config.input.units(), SAMPLES);
    stream.fill_uniform(samples.as_mut_slice(), -1.0, 1.0);
    let classes: Vec<usize> = (0..SAMPLES).map(|_| stream.below(10) as usize).collect();
    Ok((samples, one_hot(10, &classes)?))
}

fn train(network: &str, batch: usize, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let config = config(network, batch);
    let (samples, targets) = data(&config)?;
    let mut training = config.training(&samples, &targets, Stream::new(1989))?;
    let mut ours = || {
        for epoch in training.by_ref().take(1) {
            std::hint::black_box(epoch?.loss);
        }
        Ok(SAMPLES as f64)
    };
    let parameters = json!({ "network": network, "batch": batch, "train": true, "learning_rate": 0.001 });
    measure(Work { ours: &mut ours, inputs: &[("samples", &samples), ("targets", &targets)], parameters })
}

fn answer(network: &str, batch: usize, measure: &mut Measure<'_>) -> anyhow::Result<()> {
    let config = config(network, batch);
    let (samples, targets) = data(&config)?;
    let model: Cnn<f32> = config.initialize(&Stream::new(1989))?;
    let mut runner = model.runner();
    let batches: Vec<Matrix<f32>> =
        (0..SAMPLES / batch).map(|index| samples.columns(index * batch, batch).into_owned()).collect();
    let mut ours = || {
        for batch in &batches {
            if batch.ncols() == 1 {
                std::hint::black_box(runner.forward(batch.as_slice())?);
            } else {
                std::hint::black_box(model.forward(batch)?);
            }
        }
        Ok(SAMPLES as f64)
    };
    let parameters = json!({ "network": network, "batch": batch, "train": false, "learning_rate": 0.001 });
    measure(Work { ours: &mut ours, inputs: &[("samples", &samples), ("targets", &targets)], parameters })
}
