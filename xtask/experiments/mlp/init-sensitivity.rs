//! Slide 53: how much the scale of the first weights matters, for sigmoid, tanh and ReLU.

use crate::deep::{Digits, classifier, hidden_layers, train};
use anyhow::Context as _;
use experiment::statistics::{Spread, median};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Activation, Init, math};
use plot::{Axis, Band, Curve, Figure, Line, LineStyle, Marker, Reference};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "init-sensitivity",
    slides: &[53],
    title: "The scale of the first weights",
    title_japanese: "重みの初期値への依存",
    source: "Lecture, slide 53; He, Zhang, Ren, Sun (2015), ICCV",
    claim: "Five layers of ReLU units learn from first weights of a wider range of scales than sigmoid units do.",
    equations: &["relu", "sigmoid", "tanh", "hidden-delta", "minibatch", "cross-entropy"],
    assumptions: &[
        "digits of 8 × 8 pixels from 0 to 1, 1,400 for training, 397 for the test; four hidden layers of 64 units, minibatches of 32, 8 epochs",
        "normal weights of standard deviation g/√n, n = 64 inputs a unit, biases 0; η the best of 0.02, 0.1 and 0.5 by training loss",
    ],
    data: Data::Embedded("optdigits-test"),
    seeds: Seeds { full: 2, quick: 1 },
    paper: &[
        Reported {
            metric: "usual_scales_that_learn_relu",
            value: "ReLU depends less on the first weights",
            agrees: Some(2.0..=2.0),
            confidence: Confidence::Read,
        },
        Reported {
            metric: "range_of_relu_over_range_of_sigmoid",
            value: "ReLU depends less on the first weights",
            agrees: Some(1.01..=f64::MAX),
            confidence: Confidence::Read,
        },
    ],
    // Scales stand half an octave apart, and one or two of them lie on the edge of 0.9: half an octave to an octave on both sides.
    expected: &[
        ("octaves_of_scale_that_learn_relu", 1.0..=3.0),
        ("octaves_of_scale_that_learn_sigmoid", 1.5..=3.5),
        ("octaves_of_scale_that_learn_tanh", 2.5..=4.5),
        ("usual_scales_that_learn_relu", 2.0..=2.0),
        ("usual_scales_that_learn_sigmoid", 0.0..=0.0),
        ("usual_scales_that_learn_tanh", 2.0..=2.0),
        ("best_accuracy_relu", 0.93..=0.99),
        ("best_accuracy_sigmoid", 0.92..=0.99),
        ("best_accuracy_tanh", 0.93..=0.99),
        ("range_of_relu_over_range_of_sigmoid", 0.5..=2.0),
    ],
    invariants: &[],
    run,
};

/// Name, activation, look.
const KINDS: [(&str, Activation, LineStyle); 3] = [
    ("sigmoid", Activation::Sigmoid, LineStyle::Solid),
    ("tanh", Activation::Tanh, LineStyle::Dashed),
    ("ReLU", Activation::Relu, LineStyle::Dotted),
];

const WIDTH: usize = 64;

/// The best of them, by the training loss of the last epoch, is used for each beginning.
const RATES: [f64; 3] = [0.02, 0.1, 0.5];

/// So many values of g from one to its double.
const STEPS_AN_OCTAVE: i32 = 2;

fn scales(quick: bool) -> Vec<f64> {
    let exponents = if quick { -4..=4 } else { -4..=8 };
    exponents
        .step_by(if quick { 4 } else { 1 })
        .map(|k| math::exp(f64::from(k) / f64::from(STEPS_AN_OCTAVE) * std::f64::consts::LN_2))
        .collect()
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let digits = Digits::load(context.sized(1400, 300), 397)?;
    let epochs = context.sized(8, 1);
    let scales = scales(context.sized(false, true));
    let mut accuracies = Vec::new();
    for (_, activation, _) in KINDS {
        let jobs: Vec<(usize, u64)> =
            (0..scales.len()).flat_map(|scale| context.seeds().map(move |seed| (scale, seed))).collect();
        let accuracy = |(scale, seed): (usize, u64)| -> anyhow::Result<f64> {
            let init = Init::Normal(scales[scale] / (WIDTH as f64).sqrt());
            let stream = context.seeded_stream(seed, "training");
            let (mut least, mut best) = (f64::INFINITY, None);
            for rate in RATES {
                let config = classifier(hidden_layers(activation, init, WIDTH, 4), init, rate, epochs);
                let (network, loss) = train(config.training(&digits.train, &digits.train_targets, stream.clone())?)?;
                if loss < least || best.is_none() {
                    (least, best) = (loss, Some(network));
                }
            }
            digits.test_accuracy(&best.context("there must be a rate")?)
        };
        let found = jobs.into_par_iter().map(accuracy).collect::<anyhow::Result<Vec<_>>>()?;
        accuracies.push(found.chunks(context.seeds().end as usize).map(<[f64]>::to_vec).collect::<Vec<_>>());
    }
    // Glorot's scale is 1, He's √2.
    let usual = |by_scale: &[Vec<f64>]| {
        let both = by_scale.iter().zip(&scales).filter(|(_, scale)| (0.9..1.5).contains(*scale));
        both.filter(|(found, _)| median(found) >= 0.9).count() as f64
    };
    let (mut outcome, mut octaves) = (Outcome::new(), Vec::new());
    for ((name, ..), by_scale) in KINDS.iter().zip(&accuracies) {
        let good = by_scale.iter().filter(|found| median(found) >= 0.9).count();
        let best = by_scale.iter().map(|found| median(found)).fold(0.0, f64::max);
        let name = name.to_lowercase();
        outcome = outcome
            .metric(format!("octaves_of_scale_that_learn_{name}"), good as f64 / f64::from(STEPS_AN_OCTAVE))
            .metric(format!("best_accuracy_{name}"), best)
            .metric(format!("usual_scales_that_learn_{name}"), usual(by_scale));
        octaves.push(good as f64);
    }
    let ratio = if octaves[0] > 0.0 { octaves[2] / octaves[0] } else { 0.0 };
    Ok(outcome.metric("range_of_relu_over_range_of_sigmoid", ratio).figure(figure(&scales, &accuracies)).note(
        "ReLU is not less sensitive to the scale as such: its range of scales is about as wide as that of sigmoids. What makes \
         it easy is where that range lies: around the usual scales, while five layers of sigmoids need weights four times \
         as large. tanh has the widest range.",
    ))
}

fn figure(scales: &[f64], accuracies: &[Vec<Vec<f64>>]) -> Figure {
    let (mut lines, mut bands) = (Vec::new(), Vec::new());
    for (index, ((name, _, style), by_scale)) in KINDS.iter().zip(accuracies).enumerate() {
        let spreads: Vec<Spread> = by_scale.iter().map(|found| Spread::of(found)).collect();
        let percent = |of: fn(&Spread) -> f64| spreads.iter().map(|spread| 100.0 * of(spread)).collect();
        let name = if index == 0 { format!("{name}: median (band: least to largest)") } else { (*name).to_owned() };
        let marker = Some(Marker::category(index));
        lines.push(Line { style: *style, marker, ..Line::new(name, scales.to_vec(), percent(|s| s.median)) });
        bands.push(Band::new(scales.to_vec(), percent(|s| s.lowest), percent(|s| s.highest)));
    }
    Figure::new(Curve {
        lines,
        bands,
        x: Axis { log: true, ..Axis::new("g: standard deviation of the first weights times √n") },
        y: Axis { range: Some((0.0, 102.0)), ..Axis::new("test accuracy (%)") },
        references: vec![
            Reference::vertical(1.0, "Glorot"),
            Reference::vertical(std::f64::consts::SQRT_2, "He"),
            Reference::horizontal(10.0, "chance"),
        ],
        ..Curve::default()
    })
}
