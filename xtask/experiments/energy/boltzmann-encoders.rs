//! Slide 84: the encoders of Ackley, Hinton and Sejnowski, with and without weight decay.

use energy::{BoltzmannConfig, BoltzmannMachine, Expectations, Goal, Patterns, Phases, Step};
use experiment::statistics::median;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use plot::{Axis, Curve, Figure, Line, LineStyle};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "boltzmann-encoders",
    slides: &[84],
    title: "Encoders",
    title_japanese: "符号化問題",
    source: "Ackley, Hinton, Sejnowski (1985), Cognitive Science 9:147",
    claim: "A Boltzmann machine invents a code of H hidden units for m patterns, shown to it as pairs of equal one-hot groups.",
    equations: &["boltzmann-learning", "heat-bath", "annealing"],
    assumptions: &[
        "the procedure is that of later programs which quote the paper: annealing 2 @ 20, 2 @ 15, 2 @ 12, 4 @ 10, counting 10 @ 10, \
         each pattern clamped twice with noise 0.15 and 0.05, as many free annealings, steps of 2 by sign",
        "success, ours: the likeliest hidden codes of all patterns differ; a run stops there",
        "40-10-40: 300 cycles",
        "weight decay of 0.005 a cycle was added and chosen on other seeds; whether the runs of 1985 had one is not known",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 1, quick: 1 },
    paper: &[
        Reported {
            metric: "4-2-4_solved_share",
            value: "250 of 250",
            agrees: Some(0.98..=1.0),
            confidence: Confidence::High,
        },
        Reported {
            metric: "4-2-4_median_cycles",
            value: "110",
            agrees: Some(70.0..=150.0),
            confidence: Confidence::High,
        },
        Reported {
            metric: "8-3-8_solved_share",
            value: "16 of 20",
            agrees: Some(0.7..=0.95),
            confidence: Confidence::High,
        },
        Reported {
            metric: "40-10-40_correct",
            value: "98.6 % after long settling",
            agrees: Some(0.96..=1.0),
            confidence: Confidence::Medium,
        },
    ],
    // 250 runs of 4-2-4: 0.932 ± 0.016 are solved within 1000 cycles (of a prototype 0.98 without a limit); 20 runs of 8-3-8:
    // 0.35 ± 0.11, with decay 0.8 ± 0.09; 100 of 4-3-4: all.
    expected: &[
        ("4-2-4_solved_share", 0.87..=1.0),
        ("4-3-4_solved_share", 1.0..=1.0),
        ("8-3-8_solved_share_with_decay", 0.6..=1.0),
    ],
    invariants: &[("4-2-4_solved_share", 0.0..=1.0), ("8-3-8_solved_share", 0.0..=1.0)],
    run,
};

/// m, H, runs, cycles at most.
const PROBLEMS: [(usize, usize, u64, usize); 3] = [(4, 2, 250, 1000), (4, 3, 100, 1000), (8, 3, 20, 4000)];
const DECAYS: [f64; 2] = [0.0, 0.005];

/// The groups of the two ends are connected within themselves and with the hidden units, not with each other.
fn encoder(m: usize, hidden: usize, decay: f64, cycles: usize) -> anyhow::Result<(BoltzmannConfig, Goal)> {
    let mut patterns = Patterns::new(2 * m)?;
    for k in 0..m {
        patterns.push(&(0..2 * m).map(|unit| unit % m == k).collect::<Vec<_>>())?;
    }
    let group = |unit: usize| unit / m;
    let units = 2 * m + hidden;
    let pairs = (0..units).flat_map(|i| (0..i).map(move |j| (i, j)));
    let linked = |&(i, j): &(usize, usize)| match (group(i).min(2), group(j).min(2)) {
        (2, 2) => false,
        (a, b) => a == b || a == 2 || b == 2,
    };
    let config = BoltzmannConfig {
        temperature: 10.0,
        connections: Some(pairs.filter(linked).collect()),
        expectations: Expectations::Sampled(Phases::of_1985()),
        step: Step::Sign,
        learning_rate: 2.0,
        weight_decay: decay,
        first_weights: 0.0,
        epochs: cycles,
        ..BoltzmannConfig::exact(hidden)
    };
    Ok((config, Goal::uniform(patterns)?))
}

/// The likeliest hidden code of every pattern.
fn codes(machine: &BoltzmannMachine<f32>, goal: &Goal) -> anyhow::Result<Vec<Vec<bool>>> {
    goal.patterns().states().map(|pattern| Ok(machine.likeliest_hidden(&pattern)?)).collect()
}

fn distinct(codes: &[Vec<bool>]) -> usize {
    let mut codes = codes.to_vec();
    codes.sort();
    codes.dedup();
    codes.len()
}

struct Run {
    /// The cycle after which all codes differed; infinite for none.
    solved: f64,
    /// The least number of digits in which two codes differ.
    distance: usize,
}

fn train((m, hidden): (usize, usize), decay: f64, cycles: usize, stream: nn_core::Stream) -> anyhow::Result<Run> {
    let (config, goal) = encoder(m, hidden, decay, cycles)?;
    let mut training = config.training::<f32>(&goal, stream)?;
    while let Some(epoch) = training.next() {
        epoch?;
        let codes = codes(training.model(), &goal)?;
        if distinct(&codes) == m {
            let differ = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| a != b).count();
            let pairs = codes.iter().enumerate().flat_map(|(i, a)| codes[..i].iter().map(move |b| differ(a, b)));
            return Ok(Run { solved: training.epoch() as f64, distance: pairs.min().unwrap_or(0) });
        }
    }
    Ok(Run { solved: f64::INFINITY, distance: 0 })
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let full = context.size() == experiment::Size::Full;
    let context = &*context;
    let mut outcome = Outcome::new();
    let (mut lines, mut rows) = (Vec::new(), Vec::new());
    let total: u64 = PROBLEMS.iter().map(|(_, _, runs, _)| runs * 2).sum();
    let done = AtomicU64::new(0);
    for (index, &(m, hidden, runs, cycles)) in PROBLEMS.iter().enumerate() {
        let (runs, cycles) = if full { (runs, cycles) } else { (runs.min(10), 60) };
        for decay in DECAYS {
            let name = format!("{m}-{hidden}-{m}");
            let of_run = |run: u64| -> anyhow::Result<Run> {
                let stream = context.seeded_stream(run, &format!("{name} {decay}"));
                let result = train((m, hidden), decay, cycles, stream);
                context.progress(done.fetch_add(1, Ordering::Relaxed) + 1, total, "runs");
                result
            };
            let results = (0..runs).into_par_iter().map(of_run).collect::<anyhow::Result<Vec<_>>>()?;
            let solved: Vec<f64> = results.iter().map(|run| run.solved).collect();
            let count = solved.iter().filter(|cycle| cycle.is_finite()).count();
            let middle = median(&solved);
            let suffix = if decay > 0.0 { "_with_decay" } else { "" };
            outcome = outcome.metric(format!("{name}_solved_share{suffix}"), count as f64 / runs as f64).metric(
                format!("{name}_median_cycles{suffix}"),
                // No number is larger than any: more than half of the runs failed.
                if middle.is_finite() { middle } else { -1.0 },
            );
            if (m, hidden) == (4, 3) {
                let apart = results.iter().filter(|run| run.distance >= 2).count();
                outcome = outcome.metric(format!("{name}_codes_two_apart{suffix}"), apart as f64 / runs as f64);
            }
            let cell = if middle.is_finite() { format!("{middle}") } else { "more than half failed".to_owned() };
            rows.push(vec![name.clone(), decay.to_string(), format!("{count} of {runs}"), cell]);
            // The share of runs that were solved by a cycle.
            let mut sorted: Vec<f64> = solved.into_iter().filter(|cycle| cycle.is_finite()).collect();
            sorted.sort_by(f64::total_cmp);
            let mut y: Vec<f64> = (1..=sorted.len()).map(|k| k as f64 / runs as f64).collect();
            sorted.push(cycles as f64);
            y.push(count as f64 / runs as f64);
            let label = if decay > 0.0 { format!("{name}, decay {decay}") } else { name };
            let style = if decay > 0.0 { LineStyle::Dashed } else { LineStyle::Solid };
            let color = Some(plot::Color::category(index));
            lines.push(Line { style, color, ..Line::new(label, sorted, y) });
        }
    }
    let cycles = context.sized(300, 2);
    let correct = [0_u64, 1].into_par_iter().map(|k| large(DECAYS[k as usize], cycles, context));
    let correct = correct.collect::<anyhow::Result<Vec<f64>>>()?;
    rows.push(vec![
        "40-10-40".to_owned(),
        "0".to_owned(),
        format!("{:.1} % correct", 100.0 * correct[0]),
        cycles.to_string(),
    ]);
    rows.push(vec![
        "40-10-40".to_owned(),
        "0.005".to_owned(),
        format!("{:.1} % correct", 100.0 * correct[1]),
        cycles.to_string(),
    ]);
    Ok(outcome
        .metric("40-10-40_correct", correct[0])
        .metric("40-10-40_correct_with_decay", correct[1])
        .table(&["encoder", "decay", "solved", "median cycles"], rows)
        .figure(Figure::new(Curve {
            lines,
            x: Axis { log: true, ..Axis::new("learning cycles") },
            y: Axis { range: Some((0.0, 1.05)), ..Axis::new("share of runs with a code for every pattern") },
            ..Curve::default()
        }))
        .note("Runs that found no code count as infinite in a median; a median of −1 says that more than half found none.")
        .note(
            "4-2-4: runs are stopped after 1000 cycles (the slowest run of the paper took 1810, quoted from memory), so some count as \
             unsolved. 40-10-40 is far from the reported 98.6 %: 300 cycles with steps of 2 do not separate forty codes, and more do \
             not fit into the time of this figure.",
        )
        .note(
            "The decay is not in the sources we could read and was chosen by trying four values: with it 8-3-8 is solved as often as \
             reported, without it much less often. Something of the original procedure is missing here; this is a tuned match, \
             not a replication.",
        ))
}

/// The share of patterns of a 40-10-40 encoder whose second group answers right when the first is clamped and the rest settles
/// slowly.
fn large(decay: f64, cycles: usize, context: &Context<'_>) -> anyhow::Result<f64> {
    let (m, hidden) = (40, 10);
    let (config, goal) = encoder(m, hidden, decay, cycles)?;
    let machine = config.fit::<f32>(&goal, context.stream(&format!("40-10-40 {decay}")))?;
    let gibbs = energy::Gibbs::new(machine.network());
    let mut chain = gibbs.chain(context.stream("settling"));
    chain.set_free(&(m..2 * m + hidden).collect::<Vec<_>>())?;
    let mut right = 0;
    for k in 0..m {
        chain.set_first(&(0..m).map(|unit| unit == k).collect::<Vec<_>>())?;
        chain.randomize();
        for sweep in 0..200 {
            chain.sweep(energy::Temperature::new(40.0 * (1.0 - 0.9 * f64::from(sweep) / 199.0))?);
        }
        let mut counts = vec![0; m];
        for _ in 0..50 {
            chain.sweep(energy::Temperature::new(4.0)?);
            counts.iter_mut().zip(&chain.state()[m..2 * m]).for_each(|(count, &on)| *count += i32::from(on));
        }
        let answer = (0..m).max_by_key(|&unit| (counts[unit], std::cmp::Reverse(unit)));
        right += usize::from(answer == Some(k) && counts[k] > 0);
    }
    Ok(right as f64 / m as f64)
}
