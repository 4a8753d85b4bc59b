//! Slide 12: what the cells of von der Malsburg's cortex answer to, before and after learning, and cells beside each other.

use anyhow::Context as _;
use cortex::{Malsburg1973Config, MalsburgCortex, TuningCurve, malsburg_bars};
use experiment::statistics::Spread;
use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use nn_core::Matrix;
use plot::{Axis, Band, Curve, Figure, Histogram, Line, LineStyle, Marker, Reference, Ticks, Values};
use rayon::prelude::*;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "vdm1973-tuning",
    slides: &[12],
    title: "Tuning in von der Malsburg's cortex",
    title_japanese: "隣り合う細胞の方位選択性",
    source: "Von der Malsburg (1973), Kybernetik 14:85-100",
    claim: "Cells beside a cell that prefers 45 degrees prefer angles near 45: selectivity and order grow together over twenty \
            sweeps and change little after.",
    equations: &[],
    assumptions: &[
        "the paper's curves were not read: response is E* at rest, aligned at each cell's best bar, both sides averaged",
        "parameters as in `vdm1973-map`",
    ],
    data: Data::Generated,
    seeds: Seeds::many(10),
    paper: &[Reported {
        metric: "orientation_index_after_20_sweeps",
        value: "no number",
        agrees: None,
        confidence: Confidence::Read,
    }],
    expected: &[
        ("orientation_index_after_20_sweeps", 0.33..=0.37),
        ("orientation_index_after_100_sweeps", 0.35..=0.40),
        ("neighbor_difference_deg_after_20_sweeps", 26.0..=33.0),
        ("response_20_deg_away_after", 0.3..=0.55),
        ("response_40_deg_away_after", 0.0..=0.08),
    ],
    invariants: &[("orientation_index_untrained", 0.06..=0.12), ("neighbor_difference_deg_untrained", 40.0..=49.0)],
    run,
};

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let (bars, angles) = malsburg_bars();
    let config = Malsburg1973Config { epochs: context.sized(100, 20), ..Malsburg1973Config::PUBLISHED };
    let of_seed = |seed: u64| -> anyhow::Result<Run> {
        let mut training = config.training(&bars, context.seeded_stream(seed, "cortex"))?;
        let before = training.model().clone();
        let (mut indices, mut differences) = (Vec::new(), Vec::new());
        let mut after = before.clone();
        loop {
            let tuning = training.model().tuning(&bars, &angles)?;
            indices.push(tuning.iter().map(TuningCurve::orientation_index).sum::<f64>() / tuning.len() as f64);
            differences.push(training.model().neighbor_difference(&tuning)?.to_degrees());
            let Some(sweep) = training.next() else { break };
            if sweep?.number == 20 {
                after = training.model().clone();
            }
        }
        Ok(Run { indices, differences, aligned: [aligned(&before, &bars)?, aligned(&after, &bars)?], before, after })
    };
    let runs = context.seeds().into_par_iter().map(of_seed).collect::<anyhow::Result<Vec<_>>>()?;
    let mean = |value: &dyn Fn(&Run) -> f64| runs.iter().map(value).sum::<f64>() / runs.len() as f64;
    let mut outcome = Outcome::new()
        .metric("orientation_index_untrained", mean(&|run| run.indices[0]))
        .metric("orientation_index_after_20_sweeps", mean(&|run| run.indices[20]))
        .metric("neighbor_difference_deg_untrained", mean(&|run| run.differences[0]))
        .metric("neighbor_difference_deg_after_20_sweeps", mean(&|run| run.differences[20]));
    if config.epochs >= 100 {
        outcome = outcome
            .metric("orientation_index_after_100_sweeps", mean(&|run| run.indices[100]))
            .metric("neighbor_difference_deg_after_100_sweeps", mean(&|run| run.differences[100]));
    }
    for (away, degrees) in [(1, 20), (2, 40), (3, 60)] {
        for (when, name) in [(0, "before"), (1, "after")] {
            outcome =
                outcome.metric(format!("response_{degrees}_deg_away_{name}"), mean(&|run| run.aligned[when][away]));
        }
    }
    let first = runs.first().context("there must be a seed")?;
    Ok(outcome
        .note("The row of cells is that of the first seed; bands reach from the least to the largest seed.")
        .note("Through the lateral connections the response is selective before any learning; what is learned is seen in the \
               afferent drive.")
        .figure(figure(&runs, first, &bars, &angles)?))
}

struct Run {
    /// Mean orientation index before the first and after every sweep.
    indices: Vec<f64>,
    differences: Vec<f64>,
    /// Mean response 0, 20, 40, 60 and 80 degrees from the best bar, before and after.
    aligned: [Vec<f64>; 2],
    before: MalsburgCortex,
    after: MalsburgCortex,
}

/// Mean over the responding cells of E* / best E*, by the distance from the best bar.
fn aligned(cortex: &MalsburgCortex, bars: &Matrix<f64>) -> anyhow::Result<Vec<f64>> {
    let responses = cortex.transform(bars)?;
    let (mut sums, mut cells) = (vec![0.0; 5], 0.0);
    for cell in responses.row_iter() {
        let (best, peak) = cell.iter().copied().enumerate().fold((0, 0.0), |a, b| if b.1 > a.1 { b } else { a });
        if peak > 0.0 {
            cells += 1.0;
            for (away, sum) in sums.iter_mut().enumerate() {
                *sum += 0.5 * (cell[(best + away) % 9] + cell[(best + 9 - away) % 9]) / peak;
            }
        }
    }
    Ok(sums.into_iter().map(|sum| sum / f64::max(cells, 1.0)).collect())
}

/// Five cells beside each other in the middle row.
const ROW: std::ops::Range<usize> = 82..87;

fn figure(runs: &[Run], first: &Run, bars: &Matrix<f64>, angles: &[f64]) -> anyhow::Result<Figure> {
    let degrees: Vec<f64> = angles.iter().map(|angle| angle.to_degrees()).collect();
    let row = |title: &str, cortex: &MalsburgCortex| -> anyhow::Result<Curve> {
        let tuning = cortex.tuning(bars, angles)?;
        let styles = [LineStyle::Solid, LineStyle::Dashed, LineStyle::Dotted, LineStyle::Solid, LineStyle::Dashed];
        let lines = ROW.zip(styles).enumerate().map(|(k, (cell, style))| Line {
            style,
            marker: Some(Marker::category(k)),
            ..Line::new(format!("cell {}", k + 1), degrees.clone(), tuning[cell].responses().to_vec())
        });
        Ok(Curve {
            title: title.to_owned(),
            lines: lines.collect(),
            x: Axis {
                ticks: Ticks::at(&[10.0, 50.0, 90.0, 130.0, 170.0]),
                ..Axis::new("orientation of the bar (deg)")
            },
            y: Axis { range: Some((0.0, 2.4)), ..Axis::new("afferent drive") },
            references: vec![Reference::horizontal(1.0, "threshold")],
            ..Curve::default()
        })
    };
    let away = [0.0, 20.0, 40.0, 60.0, 80.0];
    let response = |name: &str, when: usize, style: LineStyle| {
        let mean = |k: usize| runs.iter().map(|run| run.aligned[when][k]).sum::<f64>() / runs.len() as f64;
        let line = Line::new(name, away.to_vec(), (0..5).map(mean).collect());
        Line { style, marker: Some(Marker::category(when)), ..line }
    };
    let aligned = Curve {
        title: "Network response, aligned".to_owned(),
        lines: vec![response("before", 0, LineStyle::Dashed), response("after 20 sweeps", 1, LineStyle::Solid)],
        x: Axis { ticks: Ticks::at(&away), ..Axis::new("from the best bar (deg)") },
        y: Axis { range: Some((0.0, 1.05)), ..Axis::new("response / peak") },
        ..Curve::default()
    };
    let growth = |title: &str, label: &str, of: fn(&Run) -> Vec<f64>, references: Vec<Reference>, range: (f64, f64)| {
        let spreads = Spread::by_epoch(&runs.iter().map(of).collect::<Vec<_>>());
        let x: Vec<f64> = (0..spreads.len()).map(|sweep| sweep as f64).collect();
        let column = |value: fn(&Spread) -> f64| spreads.iter().map(value).collect::<Vec<f64>>();
        Curve {
            title: title.to_owned(),
            lines: vec![Line::new("median seed", x.clone(), column(|spread| spread.median))],
            bands: vec![Band {
                name: "least to largest".to_owned(),
                ..Band::new(x, column(|spread| spread.lowest), column(|spread| spread.highest))
            }],
            x: Axis { ticks: Ticks::Whole, ..Axis::new("sweep") },
            y: Axis { range: Some(range), ..Axis::new(label) },
            references,
            ..Curve::default()
        }
    };
    let twenty = || Reference::vertical(20.0, "20 sweeps");
    let preferred = |cortex: &MalsburgCortex| -> anyhow::Result<Vec<f64>> {
        let tuning = cortex.tuning(bars, angles)?;
        Ok(tuning.iter().filter_map(TuningCurve::preferred_orientation).map(f64::to_degrees).collect())
    };
    let histogram = Histogram {
        title: "All orientations are there".to_owned(),
        series: vec![Values::new("", preferred(&first.after)?)],
        bins: Some(9),
        x: Axis {
            range: Some((0.0, 180.0)),
            ticks: Ticks::at(&[0.0, 45.0, 90.0, 135.0, 180.0]),
            ..Axis::new("preferred orientation (deg)")
        },
        y: Axis::new("cells"),
        ..Histogram::default()
    };
    let panels = vec![
        row("Five neighbors before learning", &first.before)?.into(),
        row("The same cells after 20 sweeps", &first.after)?.into(),
        aligned.into(),
        growth("Selectivity", "orientation index", |run| run.indices.clone(), vec![twenty()], (0.0, 0.42)).into(),
        growth(
            "Order",
            "neighbors apart (deg)",
            |run| run.differences.clone(),
            vec![twenty(), Reference::horizontal(45.0, "chance")],
            (20.0, 50.0),
        )
        .into(),
        histogram.into(),
    ];
    Ok(Figure::grid(3, panels).sized(1600, 960))
}
