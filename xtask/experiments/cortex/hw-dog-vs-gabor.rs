//! Slides 4 and 5: cells of retina and LGN answer to every orientation alike, a row of them makes a cell that does not.

use anyhow::Context as _;
use cortex::{
    Bar, CortexError, DifferenceOfGaussians, Gabor, Grating, PooledCell, ReceptiveField, RectifiedCell, TuningCurve,
    VisualField,
};
use experiment::{Context, Data, Experiment, Outcome, Seeds};
use nn_core::Matrix;
use plot::{Axis, ColorMap, Curve, Figure, HeatMap, Line, LineStyle, Ticks};
use std::f64::consts::FRAC_PI_2;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "hw-dog-vs-gabor",
    slides: &[4, 5],
    title: "Center and surround against simple cells",
    title_japanese: "中心周辺拮抗型受容野と方位選択性",
    source: "Hubel and Wiesel (1962), J. Physiol. 160:106-154",
    claim: "A center-surround cell is not tuned to orientation at all; a simple cell is, and so is a row of center-surround \
            cells, the wiring that Hubel and Wiesel proposed.",
    equations: &[],
    assumptions: &[
        "center-surround: a balanced difference of Gaussians, surround 1.6 times as wide as the center",
        "row: seven ON cells 0.25 periods apart, their sum less a threshold of 60 % of its best response",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[],
    expected: &[("half_width_deg_of_the_row", 12.0..=25.0)],
    invariants: &[
        // (largest − least) / largest over all orientations.
        ("variation_of_center_surround", 0.0..=1e-6),
        ("orientation_index_of_center_surround", 0.0..=1e-6),
        ("half_width_deg_of_the_simple_cell", 19.9..=20.1),
        ("preferred_orientation_deg_of_the_row", 89.999..=90.001),
    ],
    run,
};

const ORIENTATION: f64 = FRAC_PI_2;

fn run(context: &mut Context<'_>) -> anyhow::Result<Outcome> {
    // Lengths in periods of the simple cell.
    let field = VisualField::new(context.sized(129, 65), context.sized(1.0 / 16.0, 1.0 / 10.0))?;
    let center_surround = DifferenceOfGaussians::balanced(0.2);
    let lgn = RectifiedCell::new(center_surround.on(&field)?);
    let gabor = Gabor::round(ORIENTATION, 1.0, 0.54).on(&field)?;
    let simple = RectifiedCell::new(gabor.clone());
    let bar = |angle: f64| Bar::new(angle, 0.4, 2.5).on(&field);
    let row = |threshold: f64| PooledCell::simple(ORIENTATION, (7, 0.25), &center_surround, threshold, &field);
    let best = row(0.0)?.response(&bar(ORIENTATION)?)?;
    let wired = row(0.6 * best)?;

    let angles = || (0..180).step_by(context.sized(1, 3)).map(|k: u32| f64::from(k).to_radians()).collect::<Vec<f64>>();
    let grating = |angle: f64| Grating::new(angle, 1.0).on(&field);
    let of_lgn = TuningCurve::measure(angles(), |angle| lgn.response(&grating(angle)?))?;
    let of_simple = TuningCurve::measure(angles(), |angle| simple.response(&grating(angle)?))?;
    let of_row = TuningCurve::measure(angles(), |angle| wired.response(&bar(angle)?))?;
    let width = |curve: &TuningCurve| curve.half_width().map(f64::to_degrees).context("no half width");
    let least = of_lgn.responses().iter().copied().fold(f64::INFINITY, f64::min);
    let preferred = of_row.preferred_orientation().context("no preferred orientation")?.to_degrees();
    let sum = sum_of(&wired, &field)?;
    Ok(Outcome::new()
        .metric("variation_of_center_surround", (of_lgn.peak() - least) / of_lgn.peak())
        .metric("orientation_index_of_center_surround", of_lgn.orientation_index())
        .metric("half_width_deg_of_the_simple_cell", width(&of_simple)?)
        .metric("half_width_deg_of_the_row", width(&of_row)?)
        .metric("preferred_orientation_deg_of_the_row", preferred)
        .note("Center-surround and simple cell see gratings, the row sees bars: a row of half-rectified cells answers to the \
               bar along it, its threshold makes the tuning sharp.")
        .figure(figure(
            [&lgn.field, &gabor, &sum].map(|field| field.weights().clone()),
            [("center-surround", of_lgn), ("simple cell (Gabor)", of_simple), ("row of LGN cells", of_row)],
        )))
}

/// The receptive fields of the inputs, added: what a linear cell would see.
fn sum_of(cell: &PooledCell, field: &VisualField) -> Result<ReceptiveField, CortexError> {
    let zero = Matrix::zeros(field.side(), field.side());
    ReceptiveField::new(field, cell.inputs.iter().fold(zero, |sum, input| sum + input.field.weights()))
}

fn figure(fields: [Matrix<f64>; 3], curves: [(&str, TuningCurve); 3]) -> Figure {
    let mut panels = Vec::new();
    for (title, weights) in ["Retina and LGN", "Simple cell", "Row of LGN cells"].into_iter().zip(fields) {
        // The middle of the field, where the weights are.
        let side = weights.nrows() / 2;
        let largest = weights.amax();
        let values = weights.view((side / 2, side / 2), (side, side)).map(|weight| weight / largest);
        panels.push(
            HeatMap {
                title: title.to_owned(),
                map: ColorMap::BlueRed,
                range: Some((-1.0, 1.0)),
                color_bar: None,
                ..HeatMap::new(values)
            }
            .into(),
        );
    }
    let styles = [LineStyle::Dotted, LineStyle::Solid, LineStyle::Dashed];
    for ((name, curve), style) in curves.into_iter().zip(styles) {
        let x = curve.angles().iter().map(|angle| angle.to_degrees()).collect();
        let y = curve.responses().iter().map(|response| response / curve.peak()).collect();
        panels.push(
            Curve {
                title: format!("Tuning: {name}"),
                lines: vec![Line { style, ..Line::new("", x, y) }],
                x: Axis {
                    range: Some((0.0, 180.0)),
                    ticks: Ticks::at(&[0.0, 45.0, 90.0, 135.0, 180.0]),
                    ..Axis::new("orientation (deg)")
                },
                y: Axis { range: Some((0.0, 1.05)), ..Axis::new("response / peak") },
                ..Curve::default()
            }
            .into(),
        );
    }
    Figure::grid(3, panels).sized(1300, 800)
}
