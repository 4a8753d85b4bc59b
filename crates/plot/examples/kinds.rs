//! Writes one picture of every kind, as SVG and PNG, into the directory given as argument.

use nn_core::{Lattice, Matrix, Stream, Topology, math};
use plot::{
    Axis, Band, Bar, Bars, Boundary, CellMap, Color, ColorMap, Curve, Figure, Glyph, HeatMap, Histogram, ImageGrid,
    ImageRange, LatticePlot, Line, LineStyle, Marker, Note, PointClass, Reference, Regions, Scatter, Ticks, Values,
};
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("usage: kinds DIRECTORY")?;
    std::fs::create_dir_all(&directory)?;
    let stream = Stream::new(1982);
    let figures = [
        ("training", training(&stream)),
        ("activations", activations()),
        ("scatter", scatter(&stream)),
        ("lattice", lattice(&stream)),
        (
            "lattice-series",
            Figure::grid(3, (0..6).map(|t| unfolding(&stream, t).into()).collect()).titled("A map unfolds"),
        ),
        ("confusion", confusion(&stream)),
        ("u-matrix", u_matrix()),
        ("cells", cells()),
        ("digits", digits(&stream)),
        ("weights", weights(&stream)),
        ("histogram", histogram(&stream)),
        ("bars", bars()),
        ("mixed", mixed(&stream)),
    ];
    for (name, figure) in figures {
        let path = Path::new(&directory).join(name);
        let start = Instant::now();
        let svg = figure.to_svg()?;
        let middle = Instant::now();
        let png = figure.to_png()?;
        let (svg_time, png_time) = (middle - start, middle.elapsed());
        println!(
            "{name}: svg {} kB in {svg_time:.0?}, png {} kB in {png_time:.0?}",
            svg.len() / 1024,
            png.len() / 1024
        );
        std::fs::write(path.with_extension("svg"), svg)?;
        std::fs::write(path.with_extension("png"), png)?;
    }
    Ok(())
}

fn positions(low: f64, high: f64, count: u32) -> Vec<f64> {
    (0..count).map(|k| low + (high - low) * f64::from(k) / f64::from(count - 1)).collect()
}

fn training(stream: &Stream) -> Figure {
    let epochs = positions(1.0, 100.0, 100);
    let error = |rate: f64, rest: f64, name: &str| -> Vec<f64> {
        let mut noise = stream.named(name);
        epochs.iter().map(|epoch| (30.0 * math::exp(-rate * epoch) + rest) * (1.0 + 0.03 * noise.normal())).collect()
    };
    let (training, test) = (error(0.08, 0.12, "training"), error(0.09, 1.4, "test"));
    let scaled = |factor: f64| -> Vec<f64> { test.iter().map(|error| factor * error).collect() };
    let curve = Curve {
        lines: vec![
            Line::new("training error", epochs.clone(), training),
            Line { style: LineStyle::Dashed, ..Line::new("test error (mean)", epochs.clone(), test.clone()) },
        ],
        bands: vec![Band {
            name: "µ ± σ of 20 seeds".to_owned(),
            color: Some(Color::category(1)),
            ..Band::new(epochs.clone(), scaled(0.75), scaled(1.35))
        }],
        references: vec![Reference::horizontal(1.6, "paper: 1.6 %")],
        notes: vec![Note::new(60.0, test[59], "early stopping")],
        x: Axis { ticks: Ticks::Whole, ..Axis::new("epoch") },
        y: Axis { log: true, ..Axis::new("error (%)") },
        ..Curve::default()
    };
    Figure::new(curve).titled("Backpropagation on handwritten digits")
}

fn activations() -> Figure {
    let x = positions(-4.0, 4.0, 401);
    let line = |name: &str, style: LineStyle, f: fn(f64) -> f64| Line {
        style,
        ..Line::new(name, x.clone(), x.iter().map(|x| f(*x)).collect())
    };
    let curve = Curve {
        lines: vec![
            line("sigmoid", LineStyle::Solid, math::sigmoid),
            line("tanh", LineStyle::Dashed, math::tanh),
            line("ReLU", LineStyle::Solid, |x| x.max(0.0)),
            line("leaky ReLU", LineStyle::Dotted, |x| if x < 0.0 { 0.1 * x } else { x }),
            line("GELU", LineStyle::Dashed, |x| x * math::normal_cdf(x)),
        ],
        x: Axis::new("net input a"),
        y: Axis { range: Some((-1.2, 3.2)), ..Axis::new("h(a)") },
        ..Curve::default()
    };
    Figure::new(curve)
}

fn blob(stream: &Stream, name: &str, center: (f64, f64), spread: f64, count: usize) -> PointClass {
    let mut stream = stream.named(name);
    let mut axis = |center: f64| -> Vec<f64> { (0..count).map(|_| center + spread * stream.normal()).collect() };
    PointClass::new(name, axis(center.0), axis(center.1))
}

fn scatter(stream: &Stream) -> Figure {
    let centers = [(-1.0, 0.6), (1.1, 0.9), (0.2, -1.2)];
    let classes = ["setosa", "versicolor", "virginica"];
    let nearest = |x: f64, y: f64| {
        let distance = |(a, b): (f64, f64)| (x - a) * (x - a) + (y - b) * (y - b);
        (0..3).min_by(|a, b| distance(centers[*a]).total_cmp(&distance(centers[*b]))).unwrap_or(0)
    };
    let scatter = Scatter {
        classes: classes.iter().zip(centers).map(|(name, center)| blob(stream, name, center, 0.5, 50)).collect(),
        regions: Some(Regions::classes((-3.0, 3.0), (-3.0, 3.0), 300, nearest)),
        x: Axis::new("first principal component"),
        y: Axis::new("second principal component"),
        equal_aspect: true,
        ..Scatter::default()
    };
    Figure::new(scatter)
}

fn perceptron(stream: &Stream) -> Scatter {
    Scatter {
        title: "A line divides the plane".to_owned(),
        classes: vec![blob(stream, "class 0", (-1.0, -0.8), 0.5, 40), blob(stream, "class 1", (1.0, 0.9), 0.5, 40)],
        boundaries: vec![Boundary::new([1.0, 1.2], 0.1, "w·x + b = 0")],
        x: Axis::new("x₁"),
        y: Axis::new("x₂"),
        ..Scatter::default()
    }
}

fn grid(side: usize) -> Vec<(usize, usize)> {
    let right = (0..side * side).filter(move |k| k % side + 1 < side).map(|k| (k, k + 1));
    right.chain((0..side * (side - 1)).map(move |k| (k, k + side))).collect()
}

fn unfolding(stream: &Stream, t: usize) -> LatticePlot {
    let (side, open) = (12, [0.05, 0.2, 0.45, 0.7, 0.9, 0.97][t]);
    let mut noise = stream.named("nodes");
    let nodes = Matrix::from_fn(2, side * side, |axis, node| {
        let place = (if axis == 0 { node % side } else { node / side }) as f64 / (side - 1) as f64;
        0.5 + open * (place - 0.5) + 0.08 * (1.0 - open) * noise.normal() + 0.006 * noise.normal()
    });
    let axis = Axis { range: Some((0.0, 1.0)), ticks: Ticks::None, ..Axis::default() };
    let title = format!("t = {}", ["0", "20", "100", "1,000", "10,000", "100,000"][t]);
    LatticePlot { title, x: axis.clone(), y: axis, ..LatticePlot::new(nodes, grid(side)) }
}

fn lattice(stream: &Stream) -> Figure {
    let mut samples = stream.named("samples");
    let lattice = LatticePlot {
        title: String::new(),
        samples: Matrix::from_fn(2, 1500, |_, _| samples.uniform()),
        x: Axis { range: Some((0.0, 1.0)), ..Axis::new("x₁") },
        y: Axis { range: Some((0.0, 1.0)), ..Axis::new("x₂") },
        ..unfolding(stream, 5)
    };
    Figure::new(lattice).titled("The map covers the square")
}

fn confusion(stream: &Stream) -> Figure {
    let mut stream = stream.named("confusion");
    let counts = Matrix::from_fn(10, 10, |row, column| match row.abs_diff(column) {
        0 => 930.0 + f64::from(stream.below(60)),
        _ => f64::from(stream.below(12)),
    });
    Figure::new(HeatMap::confusion(counts, &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]))
}

fn u_matrix() -> Figure {
    let values = Matrix::from_fn(20, 30, |row, column| {
        let (x, y) = (column as f64 - 14.0 - 0.4 * row as f64 + 4.0, row as f64);
        math::exp(-x * x / 6.0) + 0.1 * math::sin(0.9 * y)
    });
    Figure::new(HeatMap { color_bar: Some("distance to the neighbors".to_owned()), ..HeatMap::new(values) })
}

/// What a map can show in its cells.
fn cells() -> Figure {
    let lattice = |rows, columns, topology| {
        Lattice::new(rows, columns, topology, nn_core::Boundary::Planar).expect("a lattice has rows and columns")
    };
    let hexagons = lattice(12, 14, Topology::Hexagonal);
    let angle = |unit: usize| {
        let (x, y) = hexagons.position(unit);
        0.22 * x + 0.5 * math::sin(0.7 * y)
    };
    let units = || 0..hexagons.units();
    let wall = |unit: usize| math::exp(-(hexagons.position(unit).0 - 7.0) * (hexagons.position(unit).0 - 7.0) / 5.0);
    let u_matrix = CellMap {
        title: "U-matrix".to_owned(),
        color_bar: Some("distance to the neighbors".to_owned()),
        ..CellMap::of_values(hexagons, units().map(wall).collect())
    };
    let orientations = CellMap {
        title: "Orientations".to_owned(),
        glyphs: units().map(|unit| (unit % 17 > 0).then_some(Glyph { angle: angle(unit), length: 0.85 })).collect(),
        ..CellMap::of_colors(hexagons, vec![Color::WHITE; hexagons.units()])
    };
    let names = ["setosa", "versicolor", "virginica"];
    let class = |unit: usize| ((hexagons.position(unit).0 + 0.4 * hexagons.position(unit).1) / 6.5) as usize % 3;
    let labels = CellMap {
        title: "Labels and groups".to_owned(),
        labels: units().map(|unit| (unit % 5 + 1).to_string()).collect(),
        groups: units().map(class).collect(),
        legend: names.iter().enumerate().map(|(k, name)| (String::from(*name), Color::category(k))).collect(),
        ..CellMap::of_colors(hexagons, units().map(|unit| Color::category(class(unit))).collect())
    };
    let squares = lattice(7, 8, Topology::Rectangular);
    let wave = |k: usize, unit: usize| {
        let (x, y) = squares.position(unit);
        math::sin(0.4 * k as f64 + 0.6 * x) * (0.4 + 0.1 * y)
    };
    let curves = CellMap {
        title: "Codebook as curves".to_owned(),
        curves: Matrix::from_fn(24, squares.units(), wave),
        ..CellMap::of_colors(
            squares,
            (0..56).map(|unit| if unit % 2 == unit / 8 % 2 { Color::hex(0xEAF3FA) } else { Color::WHITE }).collect(),
        )
    };
    Figure::grid(2, vec![u_matrix.into(), orientations.into(), labels.into(), curves.into()]).titled("Cells of a map")
}

/// Rings and bars that pass for digits.
fn glyphs(stream: &Stream, count: usize) -> Matrix<f64> {
    let mut stream = stream.named("glyphs");
    let shape: Vec<[f64; 3]> = (0..count)
        .map(|_| [stream.uniform_between(4.0, 9.0), stream.uniform_between(0.5, 1.8), stream.uniform()])
        .collect();
    Matrix::from_fn(28 * 28, count, |pixel, image| {
        let (x, y) = ((pixel % 28) as f64 - 13.5, (pixel / 28) as f64 - 13.5);
        let [radius, squeeze, open] = shape[image];
        let distance = ((x * x * squeeze + y * y / squeeze).sqrt() - radius).abs();
        if open > 0.5 && x > 0.0 && y < 0.0 { 0.0 } else { (1.6 - 0.6 * distance).clamp(0.0, 1.0) }
    })
}

fn digits(stream: &Stream) -> Figure {
    let grid = ImageGrid {
        title: "Test digits, mistakes framed".to_owned(),
        captions: (0..40)
            .map(|k| if k % 7 == 3 { format!("{} → {}", k % 10, (k + 5) % 10) } else { (k % 10).to_string() })
            .collect(),
        frames: (0..40).map(|k| (k % 7 == 3).then_some(Color::VERMILION)).collect(),
        ..ImageGrid::new(glyphs(stream, 40), 28)
    };
    Figure::new(grid)
}

fn weights(stream: &Stream) -> Figure {
    let mut phase = stream.named("weights");
    let angle: Vec<(f64, f64)> =
        (0..24).map(|_| (phase.uniform_between(0.0, std::f64::consts::PI), phase.uniform_between(0.4, 1.0))).collect();
    let images = Matrix::from_fn(256, 24, |pixel, image| {
        let (x, y) = ((pixel % 16) as f64 - 7.5, (pixel / 16) as f64 - 7.5);
        let (angle, size) = angle[image];
        let along = x * math::cos(angle) + y * math::sin(angle);
        size * math::exp(-(x * x + y * y) / 24.0) * math::cos(0.9 * along)
    });
    let grid = ImageGrid {
        map: ColorMap::BlueRed,
        range: ImageRange::Shared,
        columns: Some(8),
        color_bar: Some("weight".to_owned()),
        ..ImageGrid::new(images, 16)
    };
    Figure::new(grid).titled("Receptive fields of 24 hidden units")
}

fn histogram(stream: &Stream) -> Figure {
    let values = |name: &str, mean: f64, deviation: f64| -> Vec<f64> {
        let mut stream = stream.named(name);
        (0..600).map(|_| mean + deviation * stream.normal()).collect()
    };
    let histogram = Histogram {
        series: vec![
            Values::new("threshold (Hopfield)", values("a", 0.0, 1.0)),
            Values::new("heat bath (Boltzmann)", values("b", 2.4, 0.7)),
        ],
        x: Axis::new("energy"),
        references: vec![Reference::vertical(-1.5, "ground state")],
        ..Histogram::default()
    };
    Figure::new(histogram)
}

fn bars() -> Figure {
    let names = ["LeNet-1", "LeNet-4", "LeNet-5", "LeNet-5 with distortions"];
    let bar = Bar {
        groups: names.map(str::to_owned).to_vec(),
        series: vec![
            Bars {
                intervals: vec![(1.58, 1.75), (1.05, 1.21), (0.92, 1.02), (0.78, 0.9)],
                published: vec![Some(1.7), Some(1.1), Some(0.95), Some(0.8)],
                ..Bars::new("60,000 digits", vec![1.66, 1.13, 0.97, 0.84])
            },
            Bars {
                intervals: vec![(2.9, 3.3), (2.4, 2.6), (2.1, 2.4), (1.8, 2.0)],
                ..Bars::new("10,000 digits", vec![3.1, 2.5, 2.24, 1.9])
            },
        ],
        y: Axis::new("test error (%)"),
        value_labels: true,
        references: vec![Reference::horizontal(0.2, "human: 0.2 %")],
        ..Bar::default()
    };
    Figure::new(bar)
}

fn mixed(stream: &Stream) -> Figure {
    let weights = Matrix::from_row_slice(3, 4, &[0.8, -0.31, 0.02, 1.2, -1.1, 0.4, 0.0, -0.55, 0.1, 0.9, -0.75, 0.33]);
    let heat = HeatMap {
        title: "Weights".to_owned(),
        map: ColorMap::BlueRed,
        row_labels: (1..=3).map(|unit| format!("hidden {unit}")).collect(),
        column_labels: ["sepal length", "sepal width", "petal length", "petal width"].map(str::to_owned).to_vec(),
        ..HeatMap::new(weights).with_values(2)
    };
    let steps = positions(0.0, 20.0, 21);
    let descent = Curve {
        title: "Energy falls".to_owned(),
        lines: vec![Line {
            marker: Some(Marker::Circle),
            ..Line::new("", steps.clone(), steps.iter().map(|t| -150.0 + 120.0 * math::exp(-0.3 * t)).collect())
        }],
        x: Axis { ticks: Ticks::Whole, ..Axis::new("sweep") },
        y: Axis::new("energy"),
        ..Curve::default()
    };
    let values: Vec<f64> = blob(stream, "values", (0.94, 0.0), 0.01, 200).x;
    let spread = Histogram {
        title: "Accuracy of 200 seeds, a title that is too long for its panel".to_owned(),
        series: vec![Values::new("", values)],
        x: Axis::new("accuracy"),
        ..Histogram::default()
    };
    Figure::grid(2, vec![perceptron(stream).into(), heat.into(), descent.into(), spread.into()])
        .titled("Four kinds on one slide")
}
