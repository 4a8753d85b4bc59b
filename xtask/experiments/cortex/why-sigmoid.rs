//! Slide 52: three curves of biology that rise and level off, and the sigmoid beside them.

use cortex::{firing_cells, firing_rate, open_probability};
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use nn_core::math;
use plot::{Axis, Curve, Figure, Line, LineStyle, Reference};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "why-sigmoid",
    slides: &[52],
    title: "Why the sigmoid",
    title_japanese: "なぜシグモイド関数か",
    source: "Lecture, slide 52",
    claim: "The rate of a neuron with a refractory period, the opening of a channel and the number of firing cells of a \
            population all rise with their input and level off; the channel's curve is exactly a sigmoid, the population's \
            nearly.",
    equations: &["sigmoid"],
    assumptions: &[
        "the slide has no numbers: leaky integrate-and-fire with τ = 20 ms and 2 ms refractory period, a channel half open at \
         −40 mV with slope 6 mV, 1,000 cells with normally distributed thresholds",
    ],
    data: Data::Generated,
    seeds: Seeds::many(100),
    paper: &[],
    // Over 2,000 seeds the largest distance of 1,000 cells from the sigmoid is 0.0291 ± 0.0088 (0.0095 of it is there for
    // infinitely many); the mean of 100 with four standard errors.
    expected: &[("population_minus_sigmoid", 0.0255..=0.0327)],
    invariants: &[
        ("channel_minus_sigmoid", 0.0..=1e-15),
        ("rate_at_100_thresholds_over_limit", 0.85..=0.95),
        ("normal_cdf_minus_sigmoid", 0.0090..=0.0096),
    ],
    run,
};

const TIME_CONSTANT: f64 = 0.02;
const REFRACTORY_PERIOD: f64 = 0.002;
const HALF: f64 = -40.0;
const SLOPE: f64 = 6.0;
const CELLS: usize = 1000;
/// Φ(x) ≈ σ(1.702 x): the factor with the least largest distance (Camilli 1994), 0.0095.
const PROBIT: f64 = 1.702;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let grid = |low: f64, high: f64| -> Vec<f64> {
        (0..=300_u32).map(|k| low + (high - low) * f64::from(k) / 300.0).collect()
    };
    let input = grid(0.0, 100.0);
    let with = |period: f64| {
        input.iter().map(|&input| firing_rate(input, TIME_CONSTANT, period)).collect::<Result<Vec<_>, _>>()
    };
    let (rates, without) = (with(REFRACTORY_PERIOD)?, with(0.0)?);

    let potential = grid(-80.0, 0.0);
    let open = potential.iter().map(|&v| open_probability(v, HALF, SLOPE)).collect::<Result<Vec<f64>, _>>()?;
    let channel = potential.iter().zip(&open).map(|(&v, open)| (open - math::sigmoid((v - HALF) / SLOPE)).abs());

    let drive = grid(-4.0, 4.0);
    let mut distances = Vec::new();
    let mut first = Vec::new();
    for seed in context.seeds() {
        let mut thresholds = vec![0.0; CELLS];
        context.seeded_stream(seed, "thresholds").fill_normal(&mut thresholds, 0.0, 1.0);
        let firing = drive.iter().map(|&input| Ok(firing_cells(input, &thresholds)? as f64 / CELLS as f64));
        let firing = firing.collect::<anyhow::Result<Vec<f64>>>()?;
        let distance = drive.iter().zip(&firing).map(|(&x, share)| (share - math::sigmoid(PROBIT * x)).abs());
        distances.push(distance.fold(0.0, f64::max));
        if first.is_empty() {
            first = firing;
        }
    }
    let exact = drive.iter().map(|&x| (math::normal_cdf(x) - math::sigmoid(PROBIT * x)).abs()).fold(0.0, f64::max);
    Ok(Outcome::new()
        .metric("rate_at_100_thresholds_over_limit", rates[300] * REFRACTORY_PERIOD)
        .metric("channel_minus_sigmoid", channel.fold(0.0, f64::max))
        .metric("normal_cdf_minus_sigmoid", exact)
        .metric("population_minus_sigmoid", distances.iter().sum::<f64>() / distances.len() as f64)
        .figure(figure([&input, &potential, &drive], [&rates, &without], &open, &first)))
}

fn figure(
    [input, potential, drive]: [&[f64]; 3],
    [rates, without]: [&[f64]; 2],
    open: &[f64],
    firing: &[f64],
) -> Figure {
    let neuron = Curve {
        title: "A neuron".to_owned(),
        lines: vec![
            Line::new("with refractory period", input.to_vec(), rates.to_vec()),
            Line { style: LineStyle::Dashed, ..Line::new("without", input.to_vec(), without.to_vec()) },
        ],
        references: vec![Reference::horizontal(1.0 / REFRACTORY_PERIOD, "1 / refractory period")],
        x: Axis::new("input (threshold inputs)"),
        y: Axis { range: Some((0.0, 600.0)), ..Axis::new("rate (Hz)") },
        ..Curve::default()
    };
    let channel = Curve {
        title: "A channel".to_owned(),
        lines: vec![Line::new("", potential.to_vec(), open.to_vec())],
        references: vec![Reference::vertical(HALF, "half open")],
        x: Axis::new("membrane potential (mV)"),
        y: Axis { range: Some((0.0, 1.02)), ..Axis::new("open probability") },
        ..Curve::default()
    };
    let sigmoid = drive.iter().map(|&x| math::sigmoid(PROBIT * x)).collect();
    let population = Curve {
        title: "A population".to_owned(),
        lines: vec![
            Line::new("1,000 cells", drive.to_vec(), firing.to_vec()),
            Line { style: LineStyle::Dashed, ..Line::new("sigmoid", drive.to_vec(), sigmoid) },
        ],
        x: Axis::new("input (threshold deviations)"),
        y: Axis { range: Some((0.0, 1.02)), ..Axis::new("firing share") },
        ..Curve::default()
    };
    Figure::grid(3, vec![neuron.into(), channel.into(), population.into()]).sized(1500, 560)
}
