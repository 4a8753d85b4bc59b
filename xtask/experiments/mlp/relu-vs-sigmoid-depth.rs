//! Slide 53: how deep a network still learns, with sigmoid, tanh and ReLU.

use crate::deep::{Digits, KINDS, classifier, hidden_layers, train};
use experiment::statistics::{Spread, median};
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use plot::{Axis, Band, Curve, Figure, Line, Marker, Reference, Ticks};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "relu-vs-sigmoid-depth",
    slides: &[53],
    title: "Depth with sigmoid, tanh and ReLU",
    title_japanese: "ReLUと層の深さ",
    source: "Lecture, slide 53",
    claim: "Plain gradient descent trains ten layers of ReLU or tanh units; with sigmoids it stops learning beyond three or four.",
    equations: &["relu", "sigmoid", "tanh", "hidden-delta", "minibatch", "cross-entropy"],
    assumptions: &[
        "digits of 8 × 8 pixels from 0 to 1, 1,400 for training, 397 for the test; hidden layers of 64 units, minibatches of 32, 15 epochs",
        "weights after Glorot and Bengio (sigmoid, tanh) or He et al. (ReLU), biases 0; η = 0.5, 0.1, 0.1, the best of 0.02, 0.1 and 0.5 for each",
    ],
    data: Data::Embedded("optdigits-test"),
    seeds: Seeds { full: 3, quick: 1 },
    paper: &[],
    // A share of 397 test digits has a standard error of 0.01 near 0.95, less for a median of three; deep networks vary more
    // from seed to seed. Four layers of sigmoids are on the edge: the three seeds differ by tens of points.
    expected: &[
        ("accuracy_sigmoid_2_layers", 0.925..=0.98),
        ("accuracy_sigmoid_3_layers", 0.88..=0.97),
        ("accuracy_sigmoid_4_layers", 0.3..=0.92),
        ("accuracy_sigmoid_5_layers", 0.06..=0.25),
        ("accuracy_sigmoid_7_layers", 0.06..=0.14),
        ("accuracy_sigmoid_10_layers", 0.06..=0.14),
        ("accuracy_tanh_2_layers", 0.925..=0.985),
        ("accuracy_tanh_5_layers", 0.925..=0.985),
        ("accuracy_tanh_10_layers", 0.925..=0.985),
        ("accuracy_relu_2_layers", 0.92..=0.985),
        ("accuracy_relu_5_layers", 0.92..=0.985),
        ("accuracy_relu_10_layers", 0.86..=0.985),
    ],
    invariants: &[],
    run,
};

/// Layers of weights, the output's included.
const DEPTHS: [usize; 6] = [2, 3, 4, 5, 7, 10];

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let digits = Digits::load(context.sized(1400, 300), 397)?;
    let epochs = context.sized(15, 2);
    let depths: &[usize] = context.sized(&DEPTHS, &DEPTHS[..3]);
    let mut accuracies = Vec::new();
    for (_, activation, init, rate, _) in &KINDS {
        let jobs: Vec<(usize, u64)> =
            depths.iter().flat_map(|depth| context.seeds().map(|seed| (*depth, seed))).collect();
        let accuracy = |(depth, seed): (usize, u64)| -> anyhow::Result<f64> {
            let config = classifier(hidden_layers(*activation, *init, 64, depth - 1), *init, *rate, epochs);
            let stream = context.seeded_stream(seed, &format!("depth {depth}"));
            digits.test_accuracy(&train(config.training(&digits.train, &digits.train_targets, stream)?)?.0)
        };
        let found = jobs.into_par_iter().map(accuracy).collect::<anyhow::Result<Vec<_>>>()?;
        let by_depth: Vec<Vec<f64>> = found.chunks(context.seeds().end as usize).map(<[f64]>::to_vec).collect();
        accuracies.push(by_depth);
    }
    let mut outcome = Outcome::new();
    for ((name, ..), by_depth) in KINDS.iter().zip(&accuracies) {
        for (depth, found) in depths.iter().zip(by_depth) {
            outcome = outcome.metric(format!("accuracy_{}_{depth}_layers", name.to_lowercase()), median(found));
        }
    }
    Ok(outcome.figure(figure(depths, &accuracies)).note(
        "Depth alone brings nothing on a task as small as this; what the figure shows is which networks can be trained at all. \
         tanh does as well as ReLU here: with weights of the right scale neither lets the errors vanish.",
    ))
}

fn figure(depths: &[usize], accuracies: &[Vec<Vec<f64>>]) -> Figure {
    let x: Vec<f64> = depths.iter().map(|depth| *depth as f64).collect();
    let (mut lines, mut bands) = (Vec::new(), Vec::new());
    for (index, ((name, _, _, _, style), by_depth)) in KINDS.iter().zip(accuracies).enumerate() {
        let spreads: Vec<Spread> = by_depth.iter().map(|found| Spread::of(found)).collect();
        let percent = |of: fn(&Spread) -> f64| spreads.iter().map(|spread| 100.0 * of(spread)).collect();
        let name = if index == 0 { format!("{name}: median (band: least to largest)") } else { (*name).to_owned() };
        let marker = Some(Marker::category(index));
        lines.push(Line { style: *style, marker, ..Line::new(name, x.clone(), percent(|s| s.median)) });
        bands.push(Band::new(x.clone(), percent(|s| s.lowest), percent(|s| s.highest)));
    }
    Figure::new(Curve {
        lines,
        bands,
        x: Axis { ticks: Ticks::Whole, ..Axis::new("layers of weights") },
        y: Axis { range: Some((0.0, 102.0)), ..Axis::new("test accuracy (%)") },
        references: vec![Reference::horizontal(10.0, "chance")],
        ..Curve::default()
    })
}
