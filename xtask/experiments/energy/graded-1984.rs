//! Slide 69 and after: graded units in continuous time, and their limit of high gain.

use energy::{GradedConfig, GradedNetwork, Network, Patterns, Simulation, StorageRule, Thresholds, overlap};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::Matrix;
use plot::{Axis, Curve, Figure, Line, LineStyle, Marker};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "graded-1984",
    slides: &[69],
    title: "Graded responses in continuous time",
    title_japanese: "連続値ホップフィールドネットワーク",
    source: "Hopfield (1984), PNAS 81:3088-3092",
    claim: "The energy of the graded network falls along every path; at high gain its rest states are the stable states of the network of 1982, at low gain there is only one.",
    equations: &["energy"],
    assumptions: &[
        "40 units, 3 random patterns by Hebb's rule over N, balanced thresholds; R = 1, Euler steps of 0.05 u₀ but at most 0.02, up to t = 5, or t = 60 for u₀ ≥ 0.15",
        "30 starts a network near V = ½; a rest state counts as stable in 1982 if its outputs, rounded, are",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 6, quick: 1 },
    paper: &[
        Reported {
            metric: "rising_energies",
            value: "never rises",
            agrees: Some(0.0..=0.0),
            confidence: Confidence::High,
        },
        Reported {
            metric: "stable_in_1982_at_high_gain",
            value: "all (the limit of high gain)",
            agrees: Some(0.97..=1.0),
            confidence: Confidence::High,
        },
    ],
    // Fifteen blocks of six other networks each: mean ± 3 standard deviations between blocks.
    expected: &[
        ("stable_in_1982_at_high_gain", 1.0..=1.0),
        ("overlap_at_high_gain", 0.886..=1.0),
        ("rest_states_at_high_gain", 6.573..=9.049),
    ],
    invariants: &[("rising_energies", 0.0..=0.0), ("rest_states_at_low_gain", 1.0..=1.0)],
    run,
};

const UNITS: usize = 40;
const STARTS: usize = 30;
/// The time up to which paths are drawn.
const SHOWN: f64 = 15.0;
/// u₀, from a steep response to a flat one.
const WIDTHS: [f64; 9] = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0];

/// What the starts of one network gave at one width.
#[derive(Default)]
struct Rest {
    rising: usize,
    stable: usize,
    states: usize,
    /// Mean of |2V − 1|.
    saturation: f64,
    /// Mean of the largest overlap with a pattern or its complement.
    overlap: f64,
    /// Time and energy of every start.
    paths: Vec<(f64, Vec<f64>)>,
}

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let widths = context.sized(WIDTHS.len(), WIDTHS.len());
    let context = &*context;
    let pieces: Vec<(u64, usize)> =
        context.seeds().flat_map(|seed| (0..widths).map(move |width| (seed, width))).collect();
    let found = pieces
        .par_iter()
        .map(|&(seed, width)| rest(context, seed, WIDTHS[width]))
        .collect::<anyhow::Result<Vec<Rest>>>()?;
    let starts = context.sized(STARTS, 6) as f64;
    let mean = |width: usize, value: &dyn Fn(&Rest) -> f64| {
        found.iter().skip(width).step_by(widths).map(value).sum::<f64>() / context.seeds().end as f64
    };
    let by_width = |value: &dyn Fn(&Rest) -> f64| (0..widths).map(|width| mean(width, value)).collect::<Vec<f64>>();
    let states = by_width(&|rest| rest.states as f64);
    let last = widths - 1;
    let lines = [
        (
            "outputs rounded are stable in 1982",
            by_width(&|rest| rest.stable as f64 / starts),
            LineStyle::Solid,
            Marker::Circle,
        ),
        (
            "distance of the outputs from ½, 2|V − ½|",
            by_width(&|rest| rest.saturation),
            LineStyle::Dashed,
            Marker::Square,
        ),
        ("overlap with the nearest pattern", by_width(&|rest| rest.overlap), LineStyle::Dotted, Marker::Triangle),
    ];
    let lines = lines.map(|(name, y, style, marker)| Line {
        style,
        marker: Some(marker),
        ..Line::new(name, WIDTHS[..widths].to_vec(), y)
    });
    let limits = Curve {
        title: "From high gain to low".to_owned(),
        lines: lines.to_vec(),
        x: Axis { log: true, ..Axis::new("width u₀ of the response (left: high gain)") },
        y: Axis { range: Some((0.0, 1.05)), ..Axis::new("mean of all starts") },
        ..Curve::default()
    };
    let count = Curve {
        title: "Rest states found".to_owned(),
        lines: vec![Line { marker: Some(Marker::Diamond), ..Line::new("", WIDTHS[..widths].to_vec(), states.clone()) }],
        x: Axis { log: true, ..Axis::new("width u₀ of the response") },
        y: Axis::new("different states a network"),
        ..Curve::default()
    };
    let mut panels: Vec<plot::Panel> = [(1, "steep response, u₀ = 0.05"), (5, "flat response, u₀ = 0.3")]
        .into_iter()
        .map(|(width, title)| descent(&found[width], title).into())
        .collect();
    panels.extend([limits.into(), count.into()]);
    Ok(Outcome::new()
        .metric("rising_energies", found.iter().map(|rest| rest.rising).sum::<usize>() as f64)
        .metric("stable_in_1982_at_high_gain", mean(0, &|rest| rest.stable as f64 / starts))
        .metric("overlap_at_high_gain", mean(0, &|rest| rest.overlap))
        .metric("rest_states_at_high_gain", states[0])
        .metric("rest_states_at_low_gain", states[last])
        .metric("saturation_at_low_gain", mean(last, &|rest| rest.saturation))
        .note("Below a gain that the largest eigenvalue of the weights decides, all outputs rest at ½ and nothing is remembered.")
        .figure(Figure::grid(2, panels).sized(1150, 900)))
}

fn rest(context: &Context<'_>, seed: u64, width: f64) -> anyhow::Result<Rest> {
    let patterns = Patterns::random(UNITS, 3, &mut context.seeded_stream(seed, "patterns"))?;
    let rule = StorageRule::Hebb(energy::Scale::InverseUnits);
    let network: Network<f64> = rule.store(&patterns, Thresholds::Balanced)?;
    let graded = GradedNetwork::from(&network);
    let config = GradedConfig { width, resistance: 1.0, time_step: 0.05 * width.min(0.4) };
    // A flat response is slow: near the gain at which all memories vanish, rest takes long.
    let (starts, end) = (context.sized(STARTS, 6), if width < 0.15 { 5.0 } else { context.sized(60.0, 20.0) });
    let mut noise = context.seeded_stream(seed, "starts");
    let start = Matrix::from_fn(UNITS, starts, |_, _| 0.5 * width * noise.normal());
    let mut run = config.start(&graded, start)?;
    let mut rest = Rest { paths: vec![(0.0, run.energies())], ..Rest::default() };
    // Looks 100 times, at ever longer intervals.
    let mut next = 0.02_f64;
    while run.time() < end {
        run.step()?;
        if run.time() >= next {
            let energies = run.energies();
            let before = rest.paths.last().map(|(_, energies)| energies.clone()).unwrap_or_default();
            // At rest, a rounding of the last bits is no rise.
            rest.rising += energies.iter().zip(&before).filter(|(after, before)| *after > &(*before + 1e-9)).count();
            rest.paths.push((run.time(), energies));
            next = (1.08 * next).max(next + config.time_step);
        }
    }
    let all: Vec<usize> = (0..UNITS).collect();
    let mut different: Vec<Vec<i64>> = Vec::new();
    for v in run.outputs().column_iter() {
        let state: Vec<bool> = v.iter().map(|v| *v > 0.5).collect();
        rest.stable += usize::from(Simulation::new(&network, &state)?.is_stable(&all)?);
        rest.saturation += v.iter().map(|v| (2.0 * v - 1.0).abs()).sum::<f64>() / (UNITS * starts) as f64;
        let overlaps = patterns.states().map(|pattern| overlap(&state, &pattern));
        let overlaps = overlaps.collect::<Result<Vec<f64>, _>>()?;
        rest.overlap += overlaps.iter().fold(0.0_f64, |most, m| most.max(m.abs())) / starts as f64;
        let rounded: Vec<i64> = v.iter().map(|v| (10.0 * v).round() as i64).collect();
        if !different.contains(&rounded) {
            different.push(rounded);
        }
    }
    rest.states = different.len();
    Ok(rest)
}

fn descent(rest: &Rest, title: &str) -> Curve {
    let paths: Vec<_> = rest.paths.iter().take_while(|(time, _)| *time < SHOWN).collect();
    let time: Vec<f64> = paths.iter().map(|(time, _)| *time).collect();
    let starts = rest.paths.first().map_or(0, |(_, energies)| energies.len());
    let line = |start: usize| {
        let energies = paths.iter().map(|(_, energies)| energies[start]).collect();
        Line { color: Some(plot::Color::category(0)), width: Some(1.0), ..Line::new("", time.clone(), energies) }
    };
    Curve {
        title: format!("{title}: {starts} starts"),
        lines: (0..starts).map(line).collect(),
        x: Axis::new("time (units of R)"),
        y: Axis::new("energy E"),
        ..Curve::default()
    }
}
