//! Calls of `io`, `datasets` and `plot`.

use super::mlp::network;
use super::{INF, NAN, refused, rows, spoiled, stream, survived, zeros};
use datasets::{
    Scale, blobs, dead_leaves, iris, noisy_linear, optdigits, parity, pink_noise, symmetry, uniform_cube,
    uniform_square, uniform_triangle,
};
use io::{
    Array, CsvOptions, Idx, Limits, read_csv, read_idx, read_npy, read_npz, read_safetensors, write_idx, write_npy,
};
use nn_core::{Boundary, Lattice, Topology};
use plot::{
    Axis, Bar, Bars, CellMap, Color, ColorMap, Curve, Figure, HeatMap, Histogram, ImageGrid, LatticePlot, Line, Marker,
    PointClass, Scatter, Values,
};
use std::collections::BTreeMap;

#[test]
fn files_refuse_what_does_not_fit() {
    let limits = Limits::default();
    refused(rows! {
        "csv of nothing" => read_csv::<f64>(&b""[..], &CsvOptions::default()),
        "csv of a header" => read_csv::<f64>(&b"a,b\n"[..], &CsvOptions::default()),
        "csv of words" => read_csv::<f64>(&b"1,2\n3,x\n"[..], &CsvOptions::default()),
        "npy of nothing" => read_npy::<f64>(&b""[..], &limits),
        "npz of nothing" => read_npz::<f64>(&b""[..], &limits),
        "idx of nothing" => read_idx(&b""[..], &limits),
        "safetensors of nothing" => read_safetensors::<f64>(&b""[..], &limits),
        "npy that is too short for its shape" => write_npy(Vec::new(), &Array { shape: vec![2, 3], values: vec![1.0] }),
        "npy of a shape that overflows" => write_npy(Vec::new(), &Array { shape: vec![usize::MAX, 3], values: vec![1.0] }),
        "idx that is too short for its shape" => write_idx(Vec::new(), &Idx { dimensions: vec![2, 3], values: vec![1] }),
        "a file that is not there" => io::open("no/such/file", &limits),
        "a folder as a file" => io::read_file(".", &limits, |reader| read_csv::<f64>(reader, &CsvOptions::default())),
        "a target folder that is not there" => io::write_atomic("no/such/folder/file", |_| Ok(())),
        "a folder as a target" => io::write_atomic(".", |_| Ok(())),
        "nothing as a target" => io::write_atomic("", |_| Ok(())),
        "parameters in a folder that is not there" => io::save_parameters_file("no/such/folder/file", &network(), &BTreeMap::new()),
        "parameters from a file that is not there" => io::load_parameters_file("no/such/file", &mut network(), &limits),
        "parameters from nothing" => io::load_parameters(&b""[..], &mut network(), &limits),
    });
    survived(rows! {
        "samples of three dimensions" => Array { shape: vec![1, 1, 1], values: vec![1.0] }.into_samples(),
        "an array of nothing" => Array::from_samples(zeros(0, 0)).into_samples(),
    });
}

#[test]
fn data_sets_refuse_what_does_not_fit() {
    let digits = optdigits().unwrap();
    let flowers = iris::<f64>().unwrap();
    refused(rows! {
        "select beyond the end" => digits.select(&[usize::MAX]),
        "first beyond the end" => digits.first(usize::MAX),
        "every zeroth" => digits.strided(0, 0),
        "select of iris beyond the end" => flowers.select(&[150]),
        "split of iris by zero" => flowers.split_strided(0, 0),
        "scale that is none" => digits.samples::<f64>(Scale::Between { paper: NAN, ink: 1.0 }),
        "blobs of NaN" => blobs::<f64>(&[[0.0, 0.0]], NAN, 10, &mut stream()),
        "a line of NaN" => noisy_linear::<f64>(&[1.0], 0.0, NAN, 10, &mut stream()),
        "parity of nothing" => parity::<f64>(0),
        "parity of too much" => parity::<f64>(64),
        "symmetry of nothing" => symmetry::<f64>(0),
        "a data directory that is not there" => datasets::DataDirectory::new("no/such/folder").mnist(),
        "leaves on nothing" => dead_leaves(0, &mut stream()),
        "leaves beyond memory" => dead_leaves(usize::MAX, &mut stream()),
        "pink noise of nothing" => pink_noise(0, &mut stream()),
        "pink noise of six" => pink_noise(6, &mut stream()),
        "pink noise beyond memory" => pink_noise(1 << 63, &mut stream()),
    });
    survived(rows! {
        "a cube of nothing" => Ok::<_, String>(uniform_cube::<f64>(0, 0, &mut stream())),
        "blobs without a center" => blobs::<f64>(&[], 1.0, 10, &mut stream()),
        "a square of nothing" => Ok::<_, String>(uniform_square::<f64>(0, &mut stream())),
        "a triangle of NaN" => Ok::<_, String>(uniform_triangle::<f64>([[NAN, INF]; 3], 2, &mut stream())),
        "an image beyond the last" => Ok::<_, String>(digits.image(usize::MAX).map(<[i16]>::len)),
    });
}

/// Both forms of a figure.
fn drawn(panel: impl Into<plot::Panel>) -> Result<(), plot::PlotError> {
    let figure = Figure::new(panel);
    figure.to_svg()?;
    figure.to_png().map(drop)
}

fn curve(x: Vec<f64>, y: Vec<f64>) -> Curve {
    Curve { lines: vec![Line::new("line", x, y)], ..Curve::default() }
}

#[test]
fn figures_refuse_what_does_not_fit() {
    let lattice = || Lattice::new(2, 2, Topology::Hexagonal, Boundary::Planar).unwrap();
    refused(rows! {
        "no panel" => Figure::grid(1, vec![]).to_svg(),
        "a curve of nothing" => drawn(Curve::default()),
        "a curve of different lengths" => drawn(curve(vec![1.0, 2.0], vec![1.0])),
        "a curve at an infinite place" => drawn(curve(vec![1.0, INF], vec![1.0, 2.0])),
        "a logarithm of zero" => drawn(Curve { y: Axis { log: true, ..Axis::new("y") }, ..curve(vec![1.0, 2.0], vec![0.0, 1.0]) }),
        "an empty range" => drawn(Curve { y: Axis { range: Some((1.0, 1.0)), ..Axis::new("y") }, ..curve(vec![1.0], vec![1.0]) }),
        "a range of NaN" => drawn(Curve { y: Axis { range: Some((NAN, 1.0)), ..Axis::new("y") }, ..curve(vec![1.0], vec![1.0]) }),
        "a size of nothing" => Figure::new(curve(vec![1.0, 2.0], vec![1.0, 2.0])).sized(0, 0).to_svg(),
        "an enormous size" => Figure::new(curve(vec![1.0, 2.0], vec![1.0, 2.0])).sized(u32::MAX, 10).to_png(),
        "a heat map of nothing" => drawn(HeatMap::new(zeros(0, 0))),
        "a heat map of the infinite" => drawn(HeatMap::new(spoiled(2, 2, INF))),
        "images of nothing" => drawn(ImageGrid::new(zeros(0, 0), 1)),
        "images without width" => drawn(ImageGrid::new(zeros(4, 1), 0)),
        "images of odd width" => drawn(ImageGrid::new(zeros(4, 1), 3)),
        "a histogram of nothing" => drawn(Histogram::default()),
        "a histogram of NaN" => drawn(Histogram { series: vec![Values::new("a", vec![NAN])], ..Histogram::default() }),
        "bars of nothing" => drawn(Bar::default()),
        "bars of another length" => drawn(Bar { groups: vec!["a".into()], series: vec![Bars::new("b", vec![1.0, 2.0])], ..Bar::default() }),
        "bars of NaN" => drawn(Bar { groups: vec!["a".into()], series: vec![Bars::new("b", vec![NAN])], ..Bar::default() }),
        "cells of another number" => drawn(CellMap::of_values(lattice(), vec![1.0])),
        "an edge to nowhere" => drawn(LatticePlot::new(zeros(2, 2), vec![(0, 7)])),
        "nodes in three dimensions" => drawn(LatticePlot::new(zeros(3, 2), vec![(0, 1)])),
        "points of different lengths" => drawn(Scatter { classes: vec![PointClass::new("a", vec![1.0], vec![])], ..Scatter::default() }),
        "labels of another number" => PointClass::by_label(&zeros(2, 3), &[0], &["a"]),
        "a label without a name" => PointClass::by_label(&zeros(2, 1), &[4], &["a"]),
        "colors of another number" => drawn(CellMap::of_colors(lattice(), vec![])),
        "a matrix of another lattice" => drawn(CellMap::of_matrix(lattice(), &zeros(3, 3))),
    });
    survived(rows! {
        "colors beyond the last" => Ok::<_, String>((
            [NAN, INF, -1.0, 2.0].map(|t| (Color::BLUE.mix(Color::WHITE, t), Color::hue(t), ColorMap::default().color(t))),
            Color::category(usize::MAX),
            Color::hex(u32::MAX).contrast(),
            Marker::category(usize::MAX),
        )),
        "a title of a thousand lines" => Figure::new(curve(vec![1.0, 2.0], vec![1.0, 2.0])).titled("title\n".repeat(1000)).to_svg(),
    });
}
