//! Slide 84: hidden units that find out how one picture was shifted into another.

use energy::{BoltzmannConfig, BoltzmannMachine, Expectations, Gibbs, Goal, Patterns, Phases, Step, Temperature};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Init, Stream};
use plot::{Axis, Bar, Bars, Figure, Reference};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "boltzmann-shifter",
    slides: &[84],
    title: "The shifter",
    title_japanese: "シフト問題",
    source: "Hinton, Sejnowski (1986), Parallel Distributed Processing, chapter 7",
    claim: "24 hidden units learn to say whether a ring of 8 bits was shifted left, right or not at all; pictures with few ones are the hardest.",
    equations: &["boltzmann-learning", "heat-bath", "annealing"],
    assumptions: &[
        "annealing and counting as in the encoders of 1985, one clamping, no noise; 20 new pictures every cycle",
        "steps of 5 times the difference, decay 0.0005 a cycle: the chapter's, quoted from memory",
        "4000 cycles instead of the 9000 of the chapter, so that the figure stays quick",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 4, quick: 1 },
    paper: &[
        Reported {
            metric: "correct_at_the_best_number_of_ones",
            value: "89 %, after 9000 cycles",
            agrees: Some(0.8..=0.95),
            confidence: Confidence::Medium,
        },
        Reported {
            metric: "correct_at_the_worst_number_of_ones",
            value: "50 %",
            agrees: Some(0.4..=0.6),
            confidence: Confidence::Medium,
        },
    ],
    // Five blocks of four other seeds each: mean ± 3 standard deviations between blocks; guessing is 0.333.
    expected: &[
        ("correct", 0.822..=0.892),
        ("correct_at_the_best_number_of_ones", 0.907..=0.97),
        ("correct_at_the_worst_number_of_ones", 0.251..=0.687),
        ("correct_with_four_ones", 0.879..=0.922),
    ],
    invariants: &[("correct", 0.2..=1.0)],
    run,
};

const BITS: usize = 8;
const VISIBLE: usize = 2 * BITS + 3;
const HIDDEN: usize = 24;
const PICTURES: usize = 20;

/// First picture, second picture, and which of left, not at all, right.
fn pattern(bits: u32, shift: usize) -> Vec<bool> {
    let on = |unit: usize| bits >> (unit % BITS) & 1 == 1;
    let first = (0..BITS).map(on);
    // Bit k of the second picture is bit k + 1, k or k − 1 of the first.
    let second = (0..BITS).map(|unit| on(unit + BITS + 1 - shift));
    first.chain(second).chain((0..3).map(|which| which == shift)).collect()
}

fn train(cycles: usize, stream: &Stream, progress: &dyn Fn()) -> anyhow::Result<BoltzmannMachine<f32>> {
    let units = VISIBLE + HIDDEN;
    let pairs = (0..units).flat_map(|i| (0..i).map(move |j| (i, j)));
    // Hidden units see all visible ones, and not each other.
    let connections: Vec<(usize, usize)> = pairs.filter(|&(i, j)| (i >= VISIBLE) != (j >= VISIBLE)).collect();
    let phases = Phases { clampings: 1, ones_lost: 0.0, zeros_lost: 0.0, ..Phases::of_1985() };
    let mut pictures = stream.named("pictures");
    let mut machine: Option<BoltzmannMachine<f32>> = None;
    for cycle in 0..cycles {
        let mut patterns = Patterns::new(VISIBLE)?;
        for _ in 0..PICTURES {
            patterns.push(&pattern(pictures.below(256), pictures.below(3) as usize))?;
        }
        let goal = Goal::uniform(patterns)?;
        let config = BoltzmannConfig {
            temperature: 10.0,
            connections: Some(connections.clone()),
            expectations: Expectations::Sampled(phases.clone()),
            step: Step::Gradient,
            learning_rate: 5.0,
            shrink: 0.0005,
            weight_init: Init::Normal(1.0),
            epochs: cycle + 1,
            ..BoltzmannConfig::exact(HIDDEN)
        };
        let mut training = match machine.take() {
            Some(machine) => config.resume(&goal, stream.clone(), machine, cycle)?,
            None => config.training(&goal, stream.clone())?,
        };
        training.try_for_each(|epoch| epoch.map(drop))?;
        machine = Some(training.into_model());
        progress();
    }
    machine.ok_or_else(|| anyhow::anyhow!("there must be a cycle"))
}

/// Right answers and pictures by the number of ones, over all 256 pictures and three shifts.
fn answers(machine: &BoltzmannMachine<f32>, stream: &Stream) -> anyhow::Result<Vec<(f64, f64)>> {
    let gibbs = Gibbs::new(machine.network());
    let mut chain = gibbs.chain(stream.clone());
    chain.set_free(&(2 * BITS..VISIBLE + HIDDEN).collect::<Vec<_>>())?;
    let mut by_ones = vec![(0.0, 0.0); BITS + 1];
    for bits in 0..256_u32 {
        for shift in 0..3 {
            chain.set_first(&pattern(bits, shift)[..2 * BITS])?;
            chain.randomize();
            for t in [20.0, 15.0, 12.0, 10.0, 10.0] {
                chain.sweeps_at(Temperature::new(t)?, 4);
            }
            let mut counts = [0; 3];
            for _ in 0..20 {
                chain.sweep(Temperature::new(10.0)?);
                counts
                    .iter_mut()
                    .zip(&chain.state()[2 * BITS..VISIBLE])
                    .for_each(|(count, &on)| *count += i32::from(on));
            }
            let most = counts.iter().copied().max().unwrap_or(0);
            let tied = counts.iter().filter(|&&count| count == most).count() as f64;
            let entry = &mut by_ones[bits.count_ones() as usize];
            entry.0 += if counts[shift] == most { 1.0 / tied } else { 0.0 };
            entry.1 += 1.0;
        }
    }
    Ok(by_ones)
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let cycles = context.sized(4000, 60);
    let context = &*context;
    let (done, total) = (AtomicU64::new(0), context.seeds().end * cycles as u64);
    let of_seed = |seed: u64| -> anyhow::Result<Vec<(f64, f64)>> {
        let progress = || context.progress(done.fetch_add(1, Ordering::Relaxed) + 1, total, "cycles");
        let machine = train(cycles, &context.seeded_stream(seed, "training"), &progress)?;
        answers(&machine, &context.seeded_stream(seed, "answers"))
    };
    let runs = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let sum = |ones: usize| runs.iter().fold((0.0, 0.0), |sum, run| (sum.0 + run[ones].0, sum.1 + run[ones].1));
    let shares: Vec<f64> = (0..=BITS).map(|ones| sum(ones).0 / sum(ones).1).collect();
    let whole = (0..=BITS).map(sum).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    // Pictures of zeros or of ones look the same shifted or not.
    let (best, worst) =
        shares[1..BITS].iter().fold((0.0_f64, 1.0_f64), |(best, worst), &share| (best.max(share), worst.min(share)));
    Ok(Outcome::new()
        .metric("correct", whole.0 / whole.1)
        .metric("correct_at_the_best_number_of_ones", best)
        .metric("correct_at_the_worst_number_of_ones", worst)
        .metric("correct_with_four_ones", shares[4])
        .figure(Figure::new(Bar {
            groups: (0..=BITS).map(|ones| ones.to_string()).collect(),
            series: vec![Bars::new("answered right", shares)],
            x_label: "ones in the picture".to_owned(),
            y: Axis { range: Some((0.0, 1.0)), ..Axis::new("share of right answers") },
            value_labels: true,
            references: vec![Reference::horizontal(1.0 / 3.0, "guessing")],
            ..Bar::default()
        }))
        .note(
            "A picture of zeros or ones looks the same shifted or not, so that nobody can do better than one in three there. The \
             chapter's figures are quoted from memory; its 9000 cycles are cut short here. The best number of ones is answered right \
             more often than there.",
        ))
}
