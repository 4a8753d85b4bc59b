//! Slide 86: LeNet-5 as in 1998, error against pass.

use crate::digits::{Curve as Run, curve, mean, mean_by_pass, of_1998, passes};
use crate::experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds, Size};
use cnn::{CnnConfig, Schedule};
use nn_core::one_hot;
use plot::{Axis, Curve, Figure, Line, LineStyle, Reference, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "lenet5-mnist",
    slides: &[86],
    title: "LeNet-5 on MNIST",
    title_japanese: "LeNet-5 と MNIST",
    source: "LeCun, Bottou, Bengio and Haffner (1998), Proc. IEEE 86:2278-2324, figure 5",
    claim: "LeNet-5 with its table of connections, trainable subsampling, distances to codes and second-order steps reads the test \
            digits with less than 1 % errors, and more passes do no harm.",
    equations: &["lenet-5", "online"],
    assumptions: &[
        "j of equation 9 is 84, the distance of an F6 of zeros to every code",
        "coefficients of S2 and S4 begin at 1/4, all biases at 0; digits in a new order each pass",
        "on the embedded 10,000 digits six passes of the schedule 0.0005, 0.0005, 0.0002, 0.0002, 0.0001, 0.0001",
    ],
    data: Data::Directory {
        name: "mnist",
        stand_in: Some("mnist-10k"),
        expected: Some(&[("test_error", 0.75..=1.15), ("train_error", 0.05..=0.6)]),
    },
    seeds: Seeds { full: 2, quick: 1 },
    paper: &[
        Reported { metric: "test_error", value: "0.95 %", agrees: Some(0.8..=1.1), confidence: Confidence::High },
        Reported { metric: "train_error", value: "0.35 %", agrees: Some(0.1..=0.6), confidence: Confidence::High },
    ],
    // With a sixth of the digits and a third of the passes; two seeds.
    expected: &[("test_error", 1.2..=3.0), ("train_error", 0.2..=2.0)],
    invariants: &[("test_error", 0.0..=95.0), ("rise", 0.0..=100.0)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let task = of_1998(context)?;
    let targets = one_hot(10, &task.train.labels)?;
    let config = match (context.size(), context.data_directory()) {
        (Size::Full, Some(_)) => CnnConfig::lenet_5(),
        (size, _) => CnnConfig {
            epochs: if size == Size::Full { 6 } else { 2 },
            schedule: Schedule::Steps(vec![(2, 0.0005), (2, 0.0002), (2, 0.0001)]),
            ..CnnConfig::lenet_5()
        },
    };
    let train = |seed: u64| curve(&config, &task.train, &targets, &task.test, context.seeded_stream(seed, "training"));
    let runs = context.seeds().into_par_iter().map(train).collect::<anyhow::Result<Vec<Run>>>()?;
    let tests: Vec<Vec<f64>> = runs.iter().map(|run| run.test.clone()).collect();
    let trains: Vec<Vec<f64>> = runs.iter().map(|run| run.train.clone()).collect();
    let (test, train) = (mean_by_pass(&tests), mean_by_pass(&trains));
    let last = |runs: &[Vec<f64>]| mean(runs.iter().filter_map(|run| run.last().copied()));
    let least = test.iter().copied().fold(f64::INFINITY, f64::min);
    let figure = Curve {
        lines: vec![
            Line::new("test", passes(&test), test.clone()),
            Line { style: LineStyle::Dashed, ..Line::new("training", passes(&train), train.clone()) },
        ],
        references: vec![
            Reference::horizontal(0.95, "paper, test, 60,000 digits: 0.95 %"),
            Reference::horizontal(0.35, "paper, training: 0.35 %"),
        ],
        x: Axis { ticks: Ticks::Whole, ..Axis::new("pass over the digits") },
        y: Axis { log: true, ..Axis::new("misread digits (%)") },
        ..Curve::default()
    };
    Ok(Outcome::new()
        .metric("test_error", last(&tests))
        .metric("train_error", last(&trains))
        .metric("rise", last(&tests) - least)
        .data_used(task.data)
        .figure(Figure::new(figure))
        .note("Training errors count what was misread while learning; the last is measured. Means over the seeds.")
        .note("With --data-dir and all 60,000 digits the run is the paper's: 20 passes of its schedule."))
}
