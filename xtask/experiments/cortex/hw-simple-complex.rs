//! Slide 5: simple cells follow a drifting grating, complex cells do not.

use cortex::{
    CortexError, EnergyCell, Gabor, Grating, PooledCell, Pooling, RectifiedCell, VisualField, modulation_ratio,
};
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::Matrix;
use plot::{Axis, Bar, Bars, Curve, Figure, Line, LineStyle, Reference, Ticks};
use std::f64::consts::{FRAC_PI_2, TAU};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "hw-simple-complex",
    slides: &[5],
    title: "Simple and complex cells",
    title_japanese: "単純型細胞と複雑型細胞",
    source: "Hubel and Wiesel (1962); Skottun et al. (1991), Vision Res. 31:1079-1086",
    claim: "While a grating drifts by, a simple cell's response rises and falls with the bars (F1/F0 = π/2), a complex cell's \
            stays the same (F1/F0 = 0), by energy as by pooling simple cells.",
    equations: &[],
    assumptions: &[
        "complex by energy: the squares of two Gabor functions a quarter of a period apart",
        "complex by pooling: half-rectified simple cells, 1/8 of a period apart: 8 added, or the largest of 8",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[Reported {
        metric: "f1_over_f0_simple",
        value: "above 1 for simple, below 1 for complex cells",
        agrees: Some(1.0..=2.0),
        confidence: Confidence::High,
    }],
    expected: &[
        ("f1_over_f0_simple", 1.5706..=1.5710),
        ("f1_over_f0_pooled_sum", 0.0..=0.1),
        ("f1_over_f0_pooled_maximum", 0.0..=0.1),
    ],
    invariants: &[
        ("f1_over_f0_simple", 1.569..=1.573),
        ("f1_over_f0_energy", 0.0..=1e-9),
        ("f1_over_f0_simple_with_threshold", 1.573..=2.0),
    ],
    run,
};

const ORIENTATION: f64 = FRAC_PI_2;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let field = VisualField::new(context.sized(129, 49), context.sized(1.0 / 16.0, 1.0 / 8.0))?;
    let phases = context.sized(360, 120);
    let gabor = Gabor::round(ORIENTATION, 1.0, 0.54);
    let simple = RectifiedCell::new(gabor.on(&field)?);
    let best = simple.response(&Grating::new(ORIENTATION, 1.0).on(&field)?)?;
    let thresholded = RectifiedCell { threshold: 0.5 * best, ..simple.clone() };
    let energy = EnergyCell::new(&gabor, &field)?;
    let sum = PooledCell::complex(&gabor, (8, 0.125), Pooling::Sum, &field)?;
    let maximum = PooledCell::complex(&gabor, (8, 0.125), Pooling::Max, &field)?;

    let images = (0..phases).map(|k| {
        let phase = TAU * k as f64 / phases as f64;
        Grating { phase, ..Grating::new(ORIENTATION, 1.0) }.on(&field)
    });
    let images = images.collect::<Result<Vec<_>, _>>()?;
    let over = |response: &dyn Fn(&Matrix<f64>) -> Result<f64, CortexError>| {
        images.iter().map(response).collect::<Result<Vec<f64>, _>>()
    };
    let cells = [
        ("simple", "simple", over(&|image| simple.response(image))?),
        ("simple_with_threshold", "simple, threshold ½", over(&|image| thresholded.response(image))?),
        ("energy", "complex, energy", over(&|image| energy.response(image))?),
        ("pooled_sum", "complex, sum of 8", over(&|image| sum.response(image))?),
        ("pooled_maximum", "complex, largest of 8", over(&|image| maximum.response(image))?),
    ];
    let mut outcome = Outcome::new();
    let mut ratios = Vec::new();
    for (name, _, responses) in &cells {
        let ratio = modulation_ratio(responses)?;
        ratios.push(ratio);
        outcome = outcome.metric(format!("f1_over_f0_{name}"), ratio);
    }
    Ok(outcome
        .note("π/2 is the ratio of a half-rectified sine; a threshold above zero raises it towards 2.")
        .figure(figure(&cells, &ratios)))
}

fn figure(cells: &[(&str, &str, Vec<f64>); 5], ratios: &[f64]) -> Figure {
    let styles = [LineStyle::Solid, LineStyle::Dashed, LineStyle::Solid, LineStyle::Dotted, LineStyle::Dashed];
    let lines = cells.iter().zip(styles).map(|((_, name, responses), style)| {
        let peak = responses.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let x = (0..=responses.len()).map(|k| 360.0 * k as f64 / responses.len() as f64).collect();
        let y = (0..=responses.len()).map(|k| responses[k % responses.len()] / peak).collect();
        Line { style, ..Line::new(*name, x, y) }
    });
    let curve = Curve {
        title: "Response to a drifting grating".to_owned(),
        lines: lines.collect(),
        x: Axis {
            range: Some((0.0, 360.0)),
            ticks: Ticks::at(&[0.0, 90.0, 180.0, 270.0, 360.0]),
            ..Axis::new("phase of the grating (deg)")
        },
        y: Axis { range: Some((0.0, 1.05)), ..Axis::new("response / peak") },
        ..Curve::default()
    };
    let bar = Bar {
        title: "Modulation".to_owned(),
        groups: cells.iter().map(|(_, name, _)| (*name).to_owned()).collect(),
        series: vec![Bars::new("", ratios.iter().map(|ratio| (1000.0 * ratio).round() / 1000.0).collect())],
        y: Axis { range: Some((0.0, 2.1)), ..Axis::new("F1 / F0") },
        value_labels: true,
        references: vec![Reference::horizontal(1.0, "border of the classes")],
        ..Bar::default()
    };
    Figure::grid(2, vec![curve.into(), bar.into()]).sized(1300, 620)
}
