//! Slide 48: Hinton's family trees: hidden units that find features nobody named.

use anyhow::Context as _;
use datasets::{FamilyTrees, family_trees};
use experiment::statistics::median;
use experiment::{Confidence, Context, Data, Experiment, Format, Outcome, Reported, Seeds};
use mlp::{LayerConfig, Links, Mlp, MlpConfig};
use nn_core::{Activation, ClassicalMomentum, Init, Matrix, Parameters as _, Stream};
use plot::{Axis, Bar, Bars, ColorMap, Figure, HeatMap};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "family-trees",
    slides: &[48],
    title: "Family trees: features nobody named",
    title_japanese: "家系図の学習",
    source: "Rumelhart, Hinton, Williams (1986), Nature 323:533-536; Hinton (1986), Learning distributed representations of concepts",
    claim: "Trained on 100 of 104 questions about two families, a network answers the other four, and its six person units code nationality, generation and branch.",
    equations: &["output-delta", "hidden-delta", "weight-gradient", "batch", "squared-error-sum"],
    assumptions: &[
        "as published: 24 persons and 12 relations at the input, 6 units for either, 12, 6, and 24 persons at the output; momentum 0.5 for 20 sweeps, then 0.9, weights shrink by 0.2 % a sweep, targets 0.8 and 0.2",
        "not as published: 3,000 sweeps instead of 1,500, four times the learning rates 0.005 and 0.01, weights and biases uniform on ±1 instead of ±0.3, no error beyond 0.8 and 0.2 (see the notes)",
        "the four questions that are kept apart are drawn anew for every seed",
        "right when every person who answers is more active than all others",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 12, quick: 1 },
    paper: &[
        Reported {
            metric: "median_of_4_test_questions_right",
            value: "all four",
            agrees: Some(3.0..=4.0),
            confidence: Confidence::High,
        },
        Reported { metric: "questions", value: "104", agrees: Some(104.0..=104.0), confidence: Confidence::Read },
    ],
    // Five other blocks of twelve seeds: 0.991 ± 0.004, 2.27 ± 0.32, 2.30 ± 0.45 (2, 2.5, 2, 2 and 3), 0.998 ± 0.003, 0.866 ± 0.024
    // and 0.956 ± 0.015; three deviations on both sides.
    expected: &[
        ("training_questions_right", 0.979..=1.0),
        ("mean_of_4_test_questions_right", 1.3..=3.23),
        ("median_of_4_test_questions_right", 0.95..=3.65),
        ("nationality_from_person_units", 0.988..=1.0),
        ("generation_from_person_units", 0.795..=0.937),
        ("branch_from_person_units", 0.91..=1.0),
    ],
    invariants: &[("questions", 104.0..=104.0)],
    run,
};

const SWEEPS: usize = 3000;
const FIRST_SWEEPS: usize = 20;
const KEPT_APART: usize = 4;
/// Of the published learning rates.
const FASTER: f64 = 4.0;
/// Weights begin between plus and minus this.
const WIDTH: f64 = 1.0;
const SHRINK: f64 = 0.002;
const PERSON_UNITS: usize = 6;
const GROUPS: &[(usize, usize)] = &[(24, PERSON_UNITS), (12, 6)];

/// What one seed gave.
struct Trained {
    network: Mlp<f64>,
    /// Share of the 100 questions right.
    training: f64,
    /// Of the four questions that were kept apart, how many are right.
    test: f64,
    /// Of them, how many have every person on the right side of ½.
    strict: f64,
    /// How well a line tells nationality, generation and branch from the six person units; and before training.
    probes: [f64; 3],
    probes_before: [f64; 3],
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let trees = family_trees::<f64>();
    let sweeps = context.sized(SWEEPS, 100);
    let of_seed = |seed: u64| train(&trees, sweeps, &context.seeded_stream(seed, "training"));
    let trained = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let middle = |of: &dyn Fn(&Trained) -> f64| median(&trained.iter().map(of).collect::<Vec<_>>());
    let mean = |of: &dyn Fn(&Trained) -> f64| trained.iter().map(of).sum::<f64>() / trained.len() as f64;
    let best = trained.iter().max_by(|a, b| {
        (a.test, a.probes.iter().sum::<f64>())
            .partial_cmp(&(b.test, b.probes.iter().sum()))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let best = best.context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("questions", trees.questions.len() as f64)
        .metric("training_questions_right", mean(&|t| t.training))
        .metric("median_of_4_test_questions_right", middle(&|t| t.test))
        .metric("mean_of_4_test_questions_right", mean(&|t| t.test))
        .metric("mean_of_4_test_questions_right_at_one_half", mean(&|t| t.strict))
        .metric("nationality_from_person_units", mean(&|t| t.probes[0]))
        .metric("generation_from_person_units", mean(&|t| t.probes[1]))
        .metric("branch_from_person_units", mean(&|t| t.probes[2]))
        .metric("nationality_before_training", mean(&|t| t.probes_before[0]))
        .metric("generation_before_training", mean(&|t| t.probes_before[1]))
        .metric("branch_before_training", mean(&|t| t.probes_before[2]))
        .figure(fields(&trees, &best.network))
        .picture("generalization", generalization(&trained), Format::Svg)
        .note(
            "With the constants as quoted (ε = 0.005 and 0.01, weights from ±0.3) the network stays for all 1,500 sweeps on the \
             plateau where every person is answered alike, with or without the shrinking of the weights; in an independent \
             program, too. It leaves the plateau with larger first weights and four times the rates. The quotation is from \
             memory; the paper may count its gradient differently.",
        )
        .note(
            "The paper reports one choice of four questions, all answered. Over random choices a network answers two or three \
             of four (the median of twelve beginnings is 2 as often as 3): some questions, left out, leave a person who is then hardly ever an answer.",
        )
        .note(
            "Above: the network that answers most. One unit tells the English from the Italian family, others the generation \
             or the branch, and the two families share the rest: isomorphic persons have similar weights.",
        ))
}

fn config(optimizer: ClassicalMomentum) -> MlpConfig {
    let init = Init::Uniform(WIDTH);
    let layer = |units, links| LayerConfig {
        weight_init: init,
        bias_init: init,
        links,
        ..LayerConfig::new(units, Activation::Sigmoid)
    };
    let layers =
        vec![layer(12, Links::Groups(GROUPS)), layer(12, Links::Full), layer(6, Links::Full), layer(24, Links::Full)];
    MlpConfig { optimizer: optimizer.into(), ..MlpConfig::lecture(layers) }
}

fn train(trees: &FamilyTrees<f64>, sweeps: usize, stream: &Stream) -> anyhow::Result<Trained> {
    let order = stream.named("questions").permutation(trees.questions.len());
    let (apart, kept) = order.split_at(KEPT_APART);
    let inputs = trees.inputs.select_columns(kept);
    let targets = trees.targets.select_columns(kept).map(|target| if target == 1.0 { 0.8 } else { 0.2 });

    let slow = config(ClassicalMomentum::new(FASTER * 0.005, 0.5));
    let fast = config(ClassicalMomentum::new(FASTER * 0.01, 0.9));
    let before = slow.initialize::<f64>(inputs.nrows(), stream)?;
    let mut network = before.clone();
    let mut state = slow.optimizer_state(&network);
    for sweep in 0..sweeps {
        let trace = network.trace(&inputs)?;
        let outputs = trace.outputs.last().context("there must be a layer")?;
        let slope =
            outputs.zip_map(&targets, |y, t| if (t > 0.5 && y > t) || (t < 0.5 && y < t) { 0.0 } else { y - t });
        let gradient = network.backward(&inputs, &trace, &slope)?;
        let rule = if sweep < FIRST_SWEEPS { &slow } else { &fast };
        let mut weights = network.tensors_mut();
        let mut values: Vec<&mut [f64]> = weights.iter_mut().map(|tensor| &mut *tensor.values).collect();
        let slopes = gradient.tensors();
        let slopes: Vec<&[f64]> = slopes.iter().map(|tensor| tensor.values).collect();
        rule.optimizer.step(&mut state, &mut values, &slopes)?;
        values.iter_mut().flat_map(|values| values.iter_mut()).for_each(|w| *w *= 1.0 - SHRINK);
    }

    let right = |questions: &[usize], is_right: fn(&[f64], &[f64]) -> bool| -> anyhow::Result<f64> {
        let outputs = network.forward(&trees.inputs.select_columns(questions))?;
        let targets = trees.targets.select_columns(questions);
        let pairs = outputs.column_iter().zip(targets.column_iter());
        Ok(pairs.filter(|(y, t)| is_right(y.as_slice(), t.as_slice())).count() as f64)
    };
    Ok(Trained {
        training: right(kept, answers_first)? / kept.len() as f64,
        test: right(apart, answers_first)?,
        strict: right(apart, above_one_half)?,
        probes: probes(trees, &network)?,
        probes_before: probes(trees, &before)?,
        network,
    })
}

/// Every person who answers is more active than all others.
fn answers_first(outputs: &[f64], targets: &[f64]) -> bool {
    let pairs = || outputs.iter().zip(targets);
    let weakest = pairs().filter(|(_, t)| **t == 1.0).map(|(y, _)| *y).fold(f64::INFINITY, f64::min);
    pairs().all(|(y, t)| *t == 1.0 || *y < weakest)
}

/// Those who answer are above one half, all others below.
fn above_one_half(outputs: &[f64], targets: &[f64]) -> bool {
    outputs.iter().zip(targets).all(|(y, t)| (*y > 0.5) == (*t == 1.0))
}

/// Share of the persons whose nationality, generation and branch the least-squares plane over the six units gets right.
fn probes(trees: &FamilyTrees<f64>, network: &Mlp<f64>) -> anyhow::Result<[f64; 3]> {
    let alone = Matrix::from_fn(36, 24, |row, person| f64::from(u8::from(row == person)));
    let units = network.trace(&alone)?.outputs[0].rows(0, PERSON_UNITS).into_owned();
    let nationality = (0..24).map(|person| Some(person / 12)).collect::<Vec<_>>();
    let generation = trees.generations.iter().map(|generation| Some(*generation)).collect::<Vec<_>>();
    Ok([probe(&units, &nationality, 2)?, probe(&units, &generation, 3)?, probe(&units, &trees.branches, 2)?])
}

fn probe(units: &Matrix<f64>, classes: &[Option<usize>], count: usize) -> anyhow::Result<f64> {
    let known: Vec<usize> = (0..classes.len()).filter(|person| classes[*person].is_some()).collect();
    let samples = units.select_columns(&known).insert_row(PERSON_UNITS, 1.0).transpose();
    let targets =
        Matrix::from_fn(known.len(), count, |row, class| f64::from(u8::from(classes[known[row]] == Some(class))));
    let solution = samples.clone().svd(true, true).solve(&targets, 1e-9).map_err(anyhow::Error::msg)?;
    let outputs = (samples * solution).transpose();
    let predicted = nn_core::predicted_classes(&outputs);
    let right =
        predicted.iter().zip(&known).filter(|(predicted, person)| classes[**person] == Some(**predicted)).count();
    Ok(right as f64 / known.len() as f64)
}

/// The weights from the 24 persons to the six person units, the two families one above the other.
fn fields(trees: &FamilyTrees<f64>, network: &Mlp<f64>) -> Figure {
    let weight = &network.layers()[0].weight;
    let values = Matrix::from_fn(2 * PERSON_UNITS, 12, |row, place| weight[(12 * (row % 2) + place, row / 2)]);
    let row = |row: usize| format!("unit {} {}", row / 2 + 1, ["English", "Italian"][row % 2]);
    Figure::new(HeatMap {
        title: "Weights from the persons to the six person units".to_owned(),
        map: ColorMap::BlueRed,
        row_labels: (0..2 * PERSON_UNITS).map(row).collect(),
        column_labels: (0..12)
            .map(|place| format!("{} / {}", trees.persons[place], trees.persons[place + 12]))
            .collect(),
        color_bar: Some("weight".to_owned()),
        ..HeatMap::new(values)
    })
    .sized(900, 900)
}

fn generalization(trained: &[Trained]) -> Figure {
    let count =
        |right: usize, of: fn(&Trained) -> f64| trained.iter().filter(|t| of(t) as usize == right).count() as f64;
    let test = Bar {
        title: format!("{} beginnings", trained.len()),
        groups: (0..=KEPT_APART).map(|right| right.to_string()).collect(),
        series: vec![
            Bars::new("the right persons first", (0..=KEPT_APART).map(|right| count(right, |t| t.test)).collect()),
            Bars::new("and on their side of ½", (0..=KEPT_APART).map(|right| count(right, |t| t.strict)).collect()),
        ],
        x_label: "of the four unseen questions answered".to_owned(),
        y: Axis::new("runs"),
        ..Bar::default()
    };
    let mean = |of: &dyn Fn(&Trained) -> f64| 100.0 * trained.iter().map(of).sum::<f64>() / trained.len() as f64;
    let probes = Bar {
        title: "Read from the six person units".to_owned(),
        groups: ["nationality", "generation", "branch"].map(str::to_owned).to_vec(),
        series: vec![
            Bars::new("trained", (0..3).map(|k| mean(&|t| t.probes[k])).collect()),
            Bars::new("before training", (0..3).map(|k| mean(&|t| t.probes_before[k])).collect()),
        ],
        y: Axis { range: Some((0.0, 119.0)), ..Axis::new("persons a plane gets right (%)") },
        value_labels: true,
        ..Bar::default()
    };
    Figure::grid(2, vec![test.into(), probes.into()]).sized(1240, 500)
}
