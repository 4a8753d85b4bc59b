//! Slide 84: the encoders of Ackley, Hinton and Sejnowski, with and without weight decay.

use energy::{
    BoltzmannConfig, BoltzmannMachine, Expectations, Gibbs, Goal, Network, Order, Patterns, Phases, Step, Temperature,
};
use experiment::statistics::median;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::Init;
use plot::{Axis, Curve, Figure, Line, LineStyle, Marker, Reference};
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
        "success, ours: the likeliest hidden codes of all patterns differ; a run stops there, or after 4000 cycles",
        "40-10-40, from memory of the paper: 300 cycles without hidden units, 500 with noise of 0.1 and 0.0025, then 100 without \
         noise; an answer is right if just the right unit of the second group is on at the end of the annealing",
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
    // Other seeds: of 1250 runs of 4-2-4 0.989 are solved (spread of 250 runs 0.0067), with decay 0.998 of 500 (0.003); of 60 runs
    // of 8-3-8 0.28 (spread of 20 runs 0.10), with decay 0.82 (0.087). Three such spreads.
    expected: &[
        ("4-2-4_solved_share", 0.968..=1.0),
        ("4-2-4_solved_share_with_decay", 0.989..=1.0),
        ("4-3-4_solved_share", 1.0..=1.0),
        ("8-3-8_solved_share", 0.0..=0.585),
        ("8-3-8_solved_share_with_decay", 0.557..=1.0),
    ],
    invariants: &[("4-2-4_solved_share", 0.0..=1.0), ("8-3-8_solved_share", 0.0..=1.0)],
    run,
};

/// m, H, runs, cycles at most.
const PROBLEMS: [(usize, usize, u64, usize); 3] = [(4, 2, 250, 4000), (4, 3, 100, 4000), (8, 3, 20, 4000)];
const DECAYS: [f64; 2] = [0.0, 0.005];

/// m pairs of equal one-hot groups.
fn pairs_of_groups(m: usize) -> anyhow::Result<Goal> {
    let mut patterns = Patterns::new(2 * m)?;
    for k in 0..m {
        patterns.push(&(0..2 * m).map(|unit| unit % m == k).collect::<Vec<_>>())?;
    }
    Ok(Goal::uniform(patterns)?)
}

/// The groups of the two ends are connected within themselves and with the hidden units, not with each other.
fn encoder(m: usize, hidden: usize, phases: Phases, decay: f64, cycles: usize) -> BoltzmannConfig {
    let group = |unit: usize| (unit / m).min(2);
    let units = 2 * m + hidden;
    let pairs = (0..units).flat_map(|i| (0..i).map(move |j| (i, j)));
    let linked = |&(i, j): &(usize, usize)| match (group(i), group(j)) {
        (2, 2) => false,
        (a, b) => a == b || a == 2 || b == 2,
    };
    BoltzmannConfig {
        temperature: 10.0,
        connections: Some(pairs.filter(linked).collect()),
        expectations: Expectations::Sampled(phases),
        step: Step::Sign,
        learning_rate: 2.0,
        shrink: decay,
        weight_init: Init::Zero,
        epochs: cycles,
        ..BoltzmannConfig::exact(hidden)
    }
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
    /// The cycle after which all codes but one differed.
    nearly: f64,
    /// The least number of digits in which two codes differ.
    distance: usize,
}

fn train((m, hidden): (usize, usize), decay: f64, cycles: usize, stream: nn_core::Stream) -> anyhow::Result<Run> {
    let (config, goal) = (encoder(m, hidden, Phases::of_1985(), decay, cycles), pairs_of_groups(m)?);
    let mut training = config.training::<f32>(&goal, stream)?;
    let mut nearly = f64::INFINITY;
    while let Some(epoch) = training.next() {
        epoch?;
        let codes = codes(training.model(), &goal)?;
        let (different, cycle) = (distinct(&codes), training.epoch() as f64);
        if different + 1 >= m {
            nearly = nearly.min(cycle);
        }
        if different == m {
            let differ = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| a != b).count();
            let pairs = codes.iter().enumerate().flat_map(|(i, a)| codes[..i].iter().map(move |b| differ(a, b)));
            return Ok(Run { solved: cycle, nearly, distance: pairs.min().unwrap_or(0) });
        }
    }
    Ok(Run { solved: f64::INFINITY, nearly, distance: 0 })
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
            if (m, hidden) == (8, 3) {
                let nearly = median(&results.iter().map(|run| run.nearly).collect::<Vec<_>>());
                let nearly = if nearly.is_finite() { nearly } else { -1.0 };
                outcome = outcome.metric(format!("{name}_median_cycles_to_7_codes{suffix}"), nearly);
            }
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
    let large =
        (0..context.sized(4, 1)).into_par_iter().map(|run| large(run, context)).collect::<anyhow::Result<Vec<_>>>()?;
    let shares: Vec<f64> =
        (0..SLOWNESS.len()).map(|k| large.iter().map(|shares| shares[k]).sum::<f64>() / large.len() as f64).collect();
    let slowest = shares[SLOWNESS.len() - 1];
    rows.push(vec![
        "40-10-40".to_owned(),
        "0".to_owned(),
        format!("{:.1} % of the answers right after slow annealing", 100.0 * slowest),
        "900 in all".to_owned(),
    ]);
    let solved = Curve {
        title: "Small encoders".to_owned(),
        lines,
        x: Axis { log: true, ..Axis::new("learning cycles") },
        y: Axis { range: Some((0.0, 1.05)), ..Axis::new("share of runs with a code for every pattern") },
        ..Curve::default()
    };
    let slow = Curve {
        title: "40-10-40: slow answers are better".to_owned(),
        lines: vec![Line {
            marker: Some(Marker::Circle),
            ..Line::new("", SLOWNESS.map(|factor| factor as f64).to_vec(), shares.clone())
        }],
        x: Axis { log: true, ..Axis::new("annealing, times as slow as in learning") },
        y: Axis { range: Some((0.0, 1.05)), ..Axis::new("share of right answers") },
        references: vec![Reference::horizontal(0.986, "paper")],
        ..Curve::default()
    };
    Ok(outcome
        .metric("40-10-40_correct", slowest)
        .metric("40-10-40_correct_without_slowness", shares[0])
        .table(&["encoder", "decay", "solved", "median cycles"], rows)
        .figure(Figure::grid(2, vec![solved.into(), slow.into()]).sized(1300, 600))
        .note("Runs that found no code count as infinite in a median; a median of −1 says that more than half found none.")
        .note(
            "The decay is not in the sources we could read and was chosen by trying four values: with it 8-3-8 is solved as often as \
             reported, without it much less often. Something of the original procedure is missing here; this is a tuned match, \
             not a replication. Noise that keeps the number of ones, no noise, steps of 1 and more clampings were tried and do not close the gap.",
        )
        .note(
            "40-10-40 is right more often the slower an answer anneals, and stays below the reported 98.6 %. Steps of a fixed size go on \
             making weights larger: some hundred cycles after the noise, answers become worse again.",
        ))
}

/// How many times as slow as in learning the annealing of an answer is.
const SLOWNESS: [usize; 4] = [1, 3, 10, 30];

/// The share of right answers of a 40-10-40 encoder, by slowness: the first group is clamped, and the rest anneals.
fn large(run: u64, context: &Context<'_>) -> anyhow::Result<Vec<f64>> {
    let (m, hidden) = (40, 10);
    let [alone, noisy, quiet] = context.sized([300, 500, 100], [10, 10, 5]);
    let stream = context.seeded_stream(run, "40-10-40");
    let goal = pairs_of_groups(m)?;
    let phases = |ones_lost, zeros_lost| Phases { ones_lost, zeros_lost, ..Phases::of_1985() };
    // Within each group one unit learns to win; then hidden units join.
    let first = encoder(m, 0, phases(0.0, 0.0), 0.0, alone).fit::<f32>(&goal, stream.named("without hidden units"))?;
    let visible = first.network();
    let weight = |i: usize, j: usize| if i < 2 * m && j < 2 * m { visible.weights()[(i, j)] } else { 0.0 };
    let mut inputs = visible.inputs().to_vec();
    inputs.resize(2 * m + hidden, 0.0);
    let network = Network::from_pairs(2 * m + hidden, weight)?.with_inputs(inputs)?;
    let mut machine = BoltzmannMachine::new(network, 2 * m, first.temperature())?;
    let mut done = 0;
    for (phases, cycles) in [(phases(0.1, 0.0025), noisy), (phases(0.0, 0.0), quiet)] {
        let config = encoder(m, hidden, phases, 0.0, done + cycles);
        let mut training = config.resume(&goal, stream.clone(), machine, done)?;
        training.try_for_each(|epoch| epoch.map(drop))?;
        (machine, done) = (training.into_model(), done + cycles);
    }
    let gibbs = Gibbs::new(machine.network());
    let mut chain = gibbs.chain(stream.named("answers"));
    chain.set_free(&(m..2 * m + hidden).collect::<Vec<_>>())?;
    chain.set_order(Order::Random)?;
    let mut share = |slowness: usize| -> anyhow::Result<f64> {
        const REPEATS: usize = 10;
        let mut right = 0;
        for k in 0..m {
            chain.set_first(&(0..m).map(|unit| unit == k).collect::<Vec<_>>())?;
            for _ in 0..REPEATS {
                chain.randomize();
                for (time, temperature) in Phases::of_1985().annealing {
                    chain.sweeps_at(Temperature::new(temperature)?, time * slowness);
                }
                let answer = &chain.state()[m..2 * m];
                right += usize::from(answer.iter().enumerate().all(|(unit, &on)| on == (unit == k)));
            }
        }
        Ok(right as f64 / (m * REPEATS) as f64)
    };
    SLOWNESS.iter().map(|&slowness| share(slowness)).collect()
}
