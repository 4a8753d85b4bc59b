//! Slide 48: eight patterns through three hidden units.

use crate::solving::{Run, Solved, Task, descent, sigmoid_layers};
use datasets::Patterns;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use mlp::MlpConfig;
use nn_core::Matrix;
use plot::{Axis, Curve, Figure, HeatMap, Line, LineStyle};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "encoder-838",
    slides: &[48],
    title: "The encoder: eight patterns through three units",
    title_japanese: "エンコーダ問題",
    source: "Rumelhart, Hinton, Williams (1986), Learning internal representations by error propagation, PDP 1, chapter 8",
    claim: "Networks 8-3-8 reproduce eight one-hot patterns; the three hidden units find a code, not always with bits of 0 and 1.",
    equations: &["output-delta", "hidden-delta", "weight-gradient", "batch", "squared-error-sum"],
    assumptions: &[
        "batches, η = 0.25, momentum 0.9, weights and biases uniform on ±0.5, at most 6,000 sweeps",
        "solved when every output is nearer than 0.3 to its target",
    ],
    data: Data::Generated,
    seeds: Seeds { full: 100, quick: 2 },
    paper: &[Reported {
        metric: "solutions_with_intermediate_values",
        value: "a code of three bits that also uses intermediate values",
        agrees: Some(0.5..=1.0),
        confidence: Confidence::Read,
    }],
    // Shares of 100 runs have standard errors up to 0.05, of 20 up to 0.11: four of them. Medians: between the quantiles
    // that four standard errors of the rank reach, 0.3 and 0.7. The specification asks for 0.8 of the runs of 8-3-8.
    expected: &[
        ("solved_4_2_4", 0.96..=1.0),
        ("median_sweeps_4_2_4", 100.0..=165.0),
        ("solved_8_3_8", 0.8..=1.0),
        ("median_sweeps_8_3_8", 1250.0..=2700.0),
        ("solved_16_4_16", 0.0..=0.1),
        ("solved_16_4_16_with_smaller_steps", 0.5..=1.0),
        ("solutions_with_eight_binary_codes", 0.18..=0.6),
        ("solutions_with_intermediate_values", 0.9..=1.0),
    ],
    invariants: &[],
    run,
};

const SIZES: [(&str, LineStyle); 4] = [
    ("4-2-4", LineStyle::Dashed),
    ("8-3-8", LineStyle::Solid),
    ("16-4-16", LineStyle::Dotted),
    ("16-4-16, η = 0.05", LineStyle::Dashed),
];

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let patience = context.sized(6000, 1000);
    let runs = |patterns: usize, hidden: usize, rate: f64, seeds: u64| -> anyhow::Result<Vec<Run>> {
        let config = MlpConfig {
            optimizer: descent(rate, 0.9),
            epochs: patience,
            ..MlpConfig::lecture(sigmoid_layers(&[hidden, patterns], 0.5))
        };
        let patterns_n = patterns;
        let identity = Matrix::identity(patterns, patterns);
        let patterns = Patterns { inputs: identity.clone(), targets: identity };
        let name = format!("{} patterns at {rate}", patterns.inputs.ncols());
        let task = Task { patterns, config, tolerances: if patterns_n == 8 { vec![0.3, 0.0] } else { vec![0.3] } };
        task.runs((0..seeds).map(|seed| context.seeded_stream(seed, &name)).collect())
    };
    let seeds = context.seeds().end;
    let few = seeds.min(20);
    let all = [runs(4, 2, 0.25, seeds)?, runs(8, 3, 0.25, seeds)?, runs(16, 4, 0.25, few)?, runs(16, 4, 0.05, few)?];
    let [of_four, of_eight, of_sixteen, smaller_steps] = [0, 1, 2, 3].map(|size| Solved::of(&all[size]));
    let codes: Vec<Matrix<f64>> = all[1]
        .iter()
        .filter(|run| run.solved())
        .map(|run| Ok(run.network.trace(&Matrix::identity(8, 8))?.outputs.swap_remove(0)))
        .collect::<anyhow::Result<_>>()?;
    let share = |what: fn(&Matrix<f64>) -> bool| {
        codes.iter().filter(|code| what(code)).count() as f64 / codes.len().max(1) as f64
    };
    Ok(Outcome::new()
        .metric("solved_4_2_4", of_four.rate())
        .metric("median_sweeps_4_2_4", of_four.median())
        .metric("solved_8_3_8", of_eight.rate())
        .metric("median_sweeps_8_3_8", of_eight.median())
        .metric("solved_16_4_16", of_sixteen.rate())
        .metric("solved_16_4_16_with_smaller_steps", smaller_steps.rate())
        .metric("solutions_with_eight_binary_codes", share(|code| binary_codes(code) == 8))
        .metric("solutions_with_intermediate_values", share(|code| code.iter().any(|z| (0.2..=0.8).contains(z))))
        .figure(figure(&all, &codes, patience))
        .note(
            "Nothing asks for bits of 0 and 1: nearly all solutions keep values between for some pattern, as published, and \
             four in ten have eight different codes when rounded. Codes are read after 6,000 sweeps.",
        )
        .note(
            "With η = 0.25 the sum over 16 patterns is too large a step for 16-4-16, which never learns; a fifth of it does.",
        ))
}

/// Different codes after rounding.
fn binary_codes(code: &Matrix<f64>) -> usize {
    let mut codes: Vec<u32> = (0..code.ncols()).map(|pattern| rounded(code, pattern)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.len()
}

/// The code of a pattern as a binary number.
fn rounded(code: &Matrix<f64>, pattern: usize) -> u32 {
    code.column(pattern).iter().fold(0, |number, z| 2 * number + u32::from(*z > 0.5))
}

fn figure(all: &[Vec<Run>], codes: &[Matrix<f64>], patience: usize) -> Figure {
    let line = |(runs, (name, style)): (&Vec<Run>, (&str, LineStyle))| {
        let (x, y) = Solved::of(runs).staircase(patience);
        Line { style, ..Line::new(name, x, y) }
    };
    let sweeps = Curve {
        title: "How soon it is solved".to_owned(),
        lines: all.iter().zip(SIZES).map(line).collect(),
        x: Axis { log: true, range: Some((30.0, patience as f64)), ..Axis::new("sweeps") },
        y: Axis { range: Some((-0.02, 1.04)), ..Axis::new("share of runs that solved it") },
        ..Curve::default()
    };
    let mut panels = vec![sweeps.into()];
    // The clearest of the codes that use eight corners, and the first that does not.
    let clearness = |code: &Matrix<f64>| code.iter().map(|z| (z - 0.5).abs()).fold(0.5, f64::min);
    let corners = codes.iter().filter(|code| binary_codes(code) == 8);
    let binary = corners.max_by(|a, b| clearness(a).total_cmp(&clearness(b)));
    let other = codes.iter().find(|code| binary_codes(code) < 8);
    for (title, code) in [("Eight corners", binary), ("Values between", other)] {
        let Some(code) = code else { continue };
        let mut order: Vec<usize> = (0..code.ncols()).collect();
        order.sort_by_key(|pattern| std::cmp::Reverse(rounded(code, *pattern)));
        let sorted = code.select_columns(&order);
        let heat = HeatMap {
            title: title.to_owned(),
            range: Some((0.0, 1.0)),
            row_labels: order.iter().map(|pattern| (pattern + 1).to_string()).collect(),
            column_labels: ["z₁", "z₂", "z₃"].map(str::to_owned).to_vec(),
            y_label: "pattern".to_owned(),
            x_label: "hidden unit".to_owned(),
            color_bar: Some("output".to_owned()),
            ..HeatMap::new(sorted.transpose()).with_values(2)
        };
        panels.push(heat.into());
    }
    Figure::grid(panels.len(), panels).sized(1500, 600)
}
