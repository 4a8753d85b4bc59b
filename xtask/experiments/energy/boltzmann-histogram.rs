//! Slide 78: watched long enough, the network shows its states as often as the Boltzmann distribution says.

use anyhow::Context as _;
use energy::{Gibbs, Network, Order, StateCounts, Temperature, exact_distribution};
use experiment::statistics::Spread;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::{Stream, math};
use plot::{Axis, Curve, Figure, Line, LineStyle, Marker};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "boltzmann-histogram",
    slides: &[77, 78],
    title: "How often a network visits its states",
    title_japanese: "ボルツマン分布",
    source: "Lecture, slides 77 and 78",
    claim: "Over a long time the states of a network under heat-bath updates are as frequent as p(s) = exp(−E/T)/Z.",
    equations: &["heat-bath", "boltzmann-distribution", "partition-function"],
    assumptions: &[
        "the slide gives no network: 10 units, weights and inputs from N(0, 0.5²), T = 1",
        "a state is counted every fifth sweep, units visited in random order, so that counts are nearly independent",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 10, quick: 2 },
    paper: &[Reported { metric: "total_variation", value: "no number", agrees: None, confidence: Confidence::Read }],
    // Independent states: χ² over its degrees of freedom is 1 ± 0.014 for the mean of ten seeds with about 950 degrees each, and
    // the total variation lies between 0.5 and 1 of the bound ½ Σ √(2 p/(π n)).
    expected: &[
        ("chi_squared_over_degrees", 0.95..=1.05),
        ("seeds_that_pass_chi_squared", 10.0..=10.0),
        ("total_variation_over_expected", 0.93..=1.07),
    ],
    invariants: &[("total_variation", 0.0..=0.2)],
    run,
};

const UNITS: usize = 10;

fn network(stream: &Stream) -> anyhow::Result<Network<f64>> {
    let mut stream = stream.named("network");
    let network = Network::from_pairs(UNITS, |_, _| 0.5 * stream.normal())?;
    Ok(network.with_inputs((0..UNITS).map(|_| 0.5 * stream.normal()).collect())?)
}

struct Run {
    exact: Vec<f64>,
    counts: StateCounts,
    /// Total variation after 2ᵏ counted states.
    falling: Vec<f64>,
    chi_squared: f64,
    degrees: f64,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let doublings = context.sized(17_u32, 12);
    let context = &*context;
    let of_seed = |seed: u64| -> anyhow::Result<Run> {
        let network = network(&context.seeded_stream(seed, "histogram"))?;
        let exact = exact_distribution(&network, Temperature::ONE)?;
        let gibbs = Gibbs::new(&network);
        let mut chain = gibbs.chain(context.seeded_stream(seed, "chain"));
        chain.set_order(Order::Shuffled)?;
        chain.sweeps_at(Temperature::ONE, 100);
        let mut counts = StateCounts::new(UNITS)?;
        let mut falling = Vec::new();
        for count in 1..=1_u64 << doublings {
            chain.sweeps_at(Temperature::ONE, 5);
            counts.add(chain.state())?;
            if count.is_power_of_two() {
                falling.push(counts.total_variation(&exact)?);
            }
        }
        let (chi_squared, degrees) = pooled(&counts, &exact);
        Ok(Run { exact, counts, falling, chi_squared, degrees })
    };
    let runs = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let mean = |of: &dyn Fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
    let last = |run: &Run| run.falling.last().copied().unwrap_or(f64::NAN);
    let expected_variation = |run: &Run, count: f64| {
        0.5 * run.exact.iter().map(|p| (2.0 * p * (1.0 - p) / (std::f64::consts::PI * count)).sqrt()).sum::<f64>()
    };
    let total = (1_u64 << doublings) as f64;
    // Wilson and Hilferty: the value that χ² exceeds in one of a thousand runs.
    let limit = |degrees: f64| {
        let spread = 2.0 / (9.0 * degrees);
        degrees * math::powf(1.0 - spread + 3.09 * spread.sqrt(), 3.0)
    };
    let first = runs.first().context("there must be a seed")?;
    Ok(Outcome::new()
        .metric("total_variation", mean(&last))
        .metric("total_variation_over_expected", mean(&|run| last(run) / expected_variation(run, total)))
        .metric("chi_squared_over_degrees", mean(&|run| run.chi_squared / run.degrees))
        .metric(
            "seeds_that_pass_chi_squared",
            runs.iter().filter(|run| run.chi_squared < limit(run.degrees)).count() as f64,
        )
        .figure(figure(first, &runs, &|count| mean(&|run| expected_variation(run, count))))
        .note(format!(
            "{} states are counted for every seed. States expected less than five times are pooled for χ²; a seed passes when \
             a larger χ² has a probability of more than 0.001.",
            1_u64 << doublings
        )))
}

/// χ² and its degrees of freedom, rare states pooled.
fn pooled(counts: &StateCounts, exact: &[f64]) -> (f64, f64) {
    let total = counts.total() as f64;
    let (mut chi_squared, mut cells, mut rare) = (0.0, 0.0, (0.0, 0.0));
    for (&count, &p) in counts.counts().iter().zip(exact) {
        let (count, expected) = (count as f64, p * total);
        if expected < 5.0 {
            rare = (rare.0 + count, rare.1 + expected);
        } else {
            chi_squared += (count - expected) * (count - expected) / expected;
            cells += 1.0;
        }
    }
    if rare.1 > 0.0 {
        chi_squared += (rare.0 - rare.1) * (rare.0 - rare.1) / rare.1;
        cells += 1.0;
    }
    (chi_squared, cells - 1.0)
}

fn figure(first: &Run, runs: &[Run], expected: &dyn Fn(f64) -> f64) -> Figure {
    // The states by probability; every fourth, so that the points stay apart.
    let mut order: Vec<usize> = (0..first.exact.len()).collect();
    order.sort_by(|&a, &b| first.exact[b].total_cmp(&first.exact[a]));
    let frequency = first.counts.frequencies();
    let shown: Vec<usize> = (0..order.len()).filter(|rank| *rank < 32 || rank % 8 == 0).collect();
    let ranks: Vec<f64> = shown.iter().map(|rank| *rank as f64 + 1.0).collect();
    let seen = |rank: &usize| match frequency[order[*rank]] {
        f if f > 0.0 => f,
        _ => f64::NAN,
    };
    let distribution = Curve {
        title: "First seed".to_owned(),
        lines: vec![
            Line {
                marker: Some(Marker::category(0)),
                width: Some(0.1),
                ..Line::new("observed", ranks.clone(), shown.iter().map(seen).collect())
            },
            Line::new("exp(−E/T)/Z", ranks, shown.iter().map(|rank| first.exact[order[*rank]]).collect()),
        ],
        x: Axis { log: true, ..Axis::new("rank of the state") },
        y: Axis { log: true, ..Axis::new("probability") },
        ..Curve::default()
    };
    let lengths: Vec<Vec<f64>> = runs.iter().map(|run| run.falling.clone()).collect();
    let medians: Vec<f64> = Spread::by_epoch(&lengths).iter().map(|spread| spread.median).collect();
    let counts: Vec<f64> = (0..medians.len()).map(|k| (1_u64 << k) as f64).collect();
    let independent = counts.iter().map(|&count| expected(count).min(1.0)).collect();
    let falling = Curve {
        title: "All seeds".to_owned(),
        lines: vec![
            Line { marker: Some(Marker::category(0)), ..Line::new("median over seeds", counts.clone(), medians) },
            Line { style: LineStyle::Dashed, ..Line::new("independent states", counts, independent) },
        ],
        x: Axis { log: true, ..Axis::new("states counted") },
        y: Axis { log: true, ..Axis::new("total variation") },
        ..Curve::default()
    };
    Figure::grid(2, vec![distribution.into(), falling.into()])
}
