//! Slide 21: two lines and their OR solve XOR, with weights set by hand.

use experiment::{Confidence, Context, Data, Experiment, Outcome, Reported, Seeds};
use mlp::{ThresholdLayer, xor_by_hand};
use nn_core::Matrix;
use plot::{Axis, Boundary, Figure, LineStyle, PointClass, Regions, Scatter, Ticks};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    id: "xor-two-lines",
    slides: &[21],
    title: "XOR with two lines",
    title_japanese: "排他的論理和 (XOR)",
    source: "Lecture, slide 21",
    claim: "Two threshold units that cut the plane with a line each, and a third that takes their OR, compute XOR.",
    equations: &["xor-by-hand"],
    assumptions: &[
        "the slide draws the lines without weights: z₁ = [x₁ − x₂ − ½ > 0], z₂ = [x₂ − x₁ − ½ > 0], y = [z₁ + z₂ − ½ > 0]",
    ],
    data: Data::Generated,
    seeds: Seeds::NONE,
    paper: &[Reported {
        metric: "entries_that_differ_from_the_slide",
        value: "out1, out2, out3 = 000, 011, 101, 000",
        agrees: Some(0.0..=0.0),
        confidence: Confidence::Read,
    }],
    expected: &[],
    // Half of the distance √2/2 between the two lines, on either side.
    invariants: &[
        ("entries_that_differ_from_the_slide", 0.0..=0.0),
        ("smallest_distance_to_a_line", 0.353_553_390_5..=0.353_553_390_7),
    ],
    run,
};

/// Slide 21: out1, out2 and out3 for 00, 01, 10, 11.
const SLIDE: [[f64; 3]; 4] = [[0.0, 0.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0]];

fn run(_: &mut Context<'_>) -> anyhow::Result<Outcome> {
    let xor = datasets::xor::<f64>();
    let [hidden, output] = xor_by_hand::<f64>();
    let z = hidden.outputs(&xor.inputs)?;
    let y = output.outputs(&z)?;
    let found = |row: usize| [z[(0, row)], z[(1, row)], y[(0, row)]];
    let differ = |row: usize| found(row).iter().zip(SLIDE[row]).filter(|(ours, slide)| **ours != *slide).count();
    let cells = |row: usize| {
        let inputs = [xor.inputs[(0, row)], xor.inputs[(1, row)]];
        inputs.into_iter().chain(found(row)).map(|bit| bit.to_string()).collect()
    };
    Ok(Outcome::new()
        .metric("entries_that_differ_from_the_slide", (0..4).map(differ).sum::<usize>() as f64)
        .metric("smallest_distance_to_a_line", smallest_distance(&hidden, &xor.inputs))
        .table(&["x₁", "x₂", "out1 = z₁", "out2 = z₂", "out3 = y"], (0..4).map(cells).collect())
        .figure(figure(&xor.inputs, &hidden, &output)?))
}

/// Of any point from any of the lines.
fn smallest_distance(layer: &ThresholdLayer<f64>, points: &Matrix<f64>) -> f64 {
    let distance =
        |w: &[f64], b: f64, x: &[f64]| (w[0] * x[0] + w[1] * x[1] + b).abs() / (w[0] * w[0] + w[1] * w[1]).sqrt();
    let lines = layer.weight.as_slice().chunks_exact(2).zip(&layer.bias);
    let of_line = |(w, b): (&[f64], &f64)| {
        points.as_slice().chunks_exact(2).map(|x| distance(w, *b, x)).fold(f64::INFINITY, f64::min)
    };
    lines.map(of_line).fold(f64::INFINITY, f64::min)
}

/// The plane three times: shaded by z₁, by z₂ and by y.
fn figure(points: &Matrix<f64>, hidden: &ThresholdLayer<f64>, output: &ThresholdLayer<f64>) -> anyhow::Result<Figure> {
    const CELLS: usize = 220;
    const RANGE: (f64, f64) = (-0.6, 1.6);
    let middle = |k: usize| RANGE.0 + (RANGE.1 - RANGE.0) * (k as f64 + 0.5) / CELLS as f64;
    let grid =
        Matrix::from_fn(2, CELLS * CELLS, |axis, cell| middle(if axis == 0 { cell / CELLS } else { cell % CELLS }));
    let z = hidden.outputs(&grid)?;
    let y = output.outputs(&z)?;
    let units = [
        ("z₁ = [x₁ − x₂ > ½]", z.row(0).into_owned(), vec![0]),
        ("z₂ = [x₂ − x₁ > ½]", z.row(1).into_owned(), vec![1]),
        ("y = z₁ OR z₂", y.row(0).into_owned(), vec![0, 1]),
    ];
    let panels = units.into_iter().map(|(title, answers, lines)| {
        let cells = Matrix::from_iterator(CELLS, CELLS, answers.iter().map(|answer| usize::from(*answer == 1.0)));
        let style = |line: usize| if line == 0 { LineStyle::Solid } else { LineStyle::Dashed };
        let boundary = |line: usize| Boundary {
            style: style(line),
            ..Boundary::new([hidden.weight[(0, line)], hidden.weight[(1, line)]], hidden.bias[line], "")
        };
        let class = |name: &str, columns: [usize; 2]| {
            let (x, y) = columns.iter().map(|column| (points[(0, *column)], points[(1, *column)])).unzip();
            PointClass::new(name, x, y)
        };
        let axis = |label: &str| Axis { ticks: Ticks::Whole, ..Axis::new(label) };
        let panel = Scatter {
            title: title.to_owned(),
            classes: vec![class("XOR = 0", [0, 3]), class("XOR = 1", [1, 2])],
            regions: Some(Regions { x: RANGE, y: RANGE, answers: plot::Answers::Classes(cells) }),
            boundaries: lines.into_iter().map(boundary).collect(),
            x: axis("x₁"),
            y: axis("x₂"),
            equal_aspect: true,
            ..Scatter::default()
        };
        panel.into()
    });
    Ok(Figure::grid(3, panels.collect()).sized(1320, 520))
}
