//! Slide 60: which layers learn, and how far random layers that never learn can go.

use crate::deep::{Digits, KINDS, classifier, geometric_mean, hidden_layers, train};
use experiment::statistics::median;
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use plot::{Axis, Curve, Figure, Line, Marker, Reference, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "random-layers",
    slides: &[60],
    title: "Which layers learn",
    title_japanese: "勾配消失とランダム結合",
    source: "Lecture, slide 60",
    claim: "In a deep network of sigmoids only the last layers learn and the first stay random; with tanh and ReLU all learn, and with tanh four random layers cost little.",
    equations: &["hidden-delta", "weight-gradient", "minibatch", "cross-entropy"],
    assumptions: &[
        "digits of 8 × 8 pixels from 0 to 1, 1,400 for training, 397 for the test; eight layers of weights, seven of them with 64 hidden units; minibatches of 32, 20 epochs",
        "weights after Glorot and Bengio (sigmoid, tanh) or He et al. (ReLU), biases 0; η = 0.5, 0.1, 0.1",
    ],
    data: Data::Embedded("optdigits-test"),
    seeds: Seeds { full: 3, quick: 1 },
    paper: &[],
    // Changes and points lost: five other blocks of three seeds make 292 ± 30, 1.90 ± 0.07, 1.19 ± 0.07, 3.2 ± 0.5 and 12.8 ± 1.1;
    // three deviations on both sides. Shares of 397 digits have a standard error of 0.01, less for a median of three.
    expected: &[
        ("change_last_over_first_sigmoid", 203.0..=381.0),
        ("change_last_over_first_tanh", 1.69..=2.12),
        ("change_last_over_first_relu", 0.97..=1.42),
        ("accuracy_sigmoid", 0.06..=0.14),
        ("accuracy_tanh", 0.925..=0.985),
        ("accuracy_relu", 0.925..=0.985),
        ("points_lost_with_4_random_layers_tanh", 1.8..=4.6),
        ("points_lost_with_4_random_layers_relu", 9.6..=16.1),
    ],
    invariants: &[],
    run,
};

/// Layers of weights.
const DEPTH: usize = 8;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let digits = Digits::load(context.sized(1400, 300), 397)?;
    let epochs = context.sized(20, 2);
    let frozen: &[usize] = context.sized(&[0, 1, 2, 4, 6, 7], &[0, 4]);
    let seeds = context.seeds().end as usize;
    let mut outcome = Outcome::new();
    let (mut changes, mut curves) = (Vec::new(), Vec::new());
    for (name, activation, init, rate, _) in KINDS {
        let config = classifier(hidden_layers(activation, init, 64, DEPTH - 1), init, rate, epochs);
        let jobs: Vec<(usize, u64)> = frozen.iter().flat_map(|k| context.seeds().map(|seed| (*k, seed))).collect();
        let of_job = |(frozen, seed): (usize, u64)| {
            let stream = context.seeded_stream(seed, "training");
            let before = config.initialize::<f32>(digits.train.nrows(), &stream)?;
            let mut config = config.clone();
            config.layers[..frozen].iter_mut().for_each(|layer| layer.frozen = true);
            let (after, _) = train(config.training(&digits.train, &digits.train_targets, stream)?)?;
            anyhow::Ok((digits.test_accuracy(&after)?, after.relative_weight_change(&before)?))
        };
        let found = jobs.into_par_iter().map(of_job).collect::<anyhow::Result<Vec<_>>>()?;
        let accuracy: Vec<f64> =
            found.chunks(seeds).map(|of_seeds| median(&of_seeds.iter().map(|(a, _)| *a).collect::<Vec<_>>())).collect();
        let change: Vec<f64> =
            (0..DEPTH).map(|layer| geometric_mean(found[..seeds].iter().map(|(_, change)| change[layer]))).collect();
        let name = name.to_lowercase();
        outcome = outcome
            .metric(format!("change_of_the_first_layer_{name}"), change[0])
            .metric(format!("change_last_over_first_{name}"), change[DEPTH - 1] / change[0])
            .metric(format!("accuracy_{name}"), accuracy[0]);
        for (k, accuracy) in frozen.iter().zip(&accuracy).skip(1) {
            outcome = outcome.metric(format!("accuracy_{name}_{k}_frozen"), *accuracy);
        }
        if let Some(index) = frozen.iter().position(|k| *k == 4) {
            let lost = 100.0 * (accuracy[0] - accuracy[index]);
            outcome = outcome.metric(format!("points_lost_with_4_random_layers_{name}"), lost);
        }
        changes.push(change);
        curves.push(accuracy);
    }
    Ok(outcome
        .figure(figure(&changes, frozen, &curves))
        .note(
            "Rosenblatt's random layer lives on: with tanh, four of eight layers may stay random for less than five points. \
             ReLU loses more, because every random layer of rectifiers makes the samples more alike.",
        )
        .note(
            "Deep sigmoids do not fail because of their random first layers alone: trained last layers do not help, since \
             the outputs of seven random layers of sigmoids hardly depend on the digit.",
        ))
}

fn figure(changes: &[Vec<f64>], frozen: &[usize], curves: &[Vec<f64>]) -> Figure {
    let lines = |x: Vec<f64>, curves: &[Vec<f64>], factor: f64| -> Vec<Line> {
        let line = |(index, y): (usize, &Vec<f64>)| Line {
            style: KINDS[index].4,
            marker: Some(Marker::category(index)),
            ..Line::new(KINDS[index].0, x.clone(), y.iter().map(|y| factor * y).collect())
        };
        curves.iter().enumerate().map(line).collect()
    };
    let change = Curve {
        title: "How far training moved each layer".to_owned(),
        lines: lines((1..=DEPTH).map(|layer| layer as f64).collect(), changes, 1.0),
        x: Axis { ticks: Ticks::Whole, ..Axis::new("layer, 1 next to the input") },
        y: Axis { log: true, ..Axis::new("‖W − W₀‖ / ‖W₀‖") },
        ..Curve::default()
    };
    let accuracy = Curve {
        title: "Random layers below, trained layers above".to_owned(),
        lines: lines(frozen.iter().map(|k| *k as f64).collect(), curves, 100.0),
        x: Axis { ticks: Ticks::Whole, ..Axis::new("layers that keep their random weights, of 8") },
        y: Axis { range: Some((0.0, 102.0)), ..Axis::new("test accuracy (%)") },
        references: vec![Reference::horizontal(10.0, "chance")],
        ..Curve::default()
    };
    Figure::grid(2, vec![change.into(), accuracy.into()]).sized(1240, 520)
}
