//! Every kind of panel as SVG and PNG: the right size, the same bytes on every run, nothing cut off at the border.

use nn_core::{Lattice, Matrix, Topology};
use plot::{
    Axis, Band, Bar, Bars, Boundary, CellMap, Color, ColorMap, Curve, Figure, Glyph, HeatMap, Histogram, ImageGrid,
    ImageRange, LatticePlot, Line, LineStyle, Marker, Note, Panel, PointClass, Reference, Regions, Scatter, Ticks,
    Values,
};

const LONG: &str =
    "A title that says everything there is to say about this picture and much more than there is room for";

fn steps(count: u32) -> Vec<f64> {
    (0..count).map(f64::from).collect()
}

fn wave(count: u32, scale: f64) -> Vec<f64> {
    (0..count).map(|k| scale * f64::from(k * 7919 % 13)).collect()
}

/// One panel of every kind, with every option in use and texts that are too long.
fn panels(long: &str) -> Vec<(&'static str, Panel)> {
    let title = || long.to_owned();
    let long_axis = || Axis::new(long);
    let curve = Curve {
        title: title(),
        lines: vec![
            Line { style: LineStyle::Dashed, marker: Some(Marker::Cross), ..Line::new(long, steps(20), wave(20, 1e5)) },
            Line { style: LineStyle::Dotted, width: Some(2.0), ..Line::new("second", steps(20), wave(20, 3e4)) },
        ],
        bands: vec![Band { name: "range".to_owned(), ..Band::new(steps(20), wave(20, 2e4), wave(20, 9e4)) }],
        references: vec![Reference::horizontal(5e5, long), Reference::vertical(19.0, "end")],
        notes: vec![Note::new(19.0, 1.2e6, "a note in the corner"), Note::new(0.0, 0.0, long)],
        x: long_axis(),
        y: long_axis(),
        equal_aspect: false,
    };
    let scatter = Scatter {
        title: title(),
        classes: (0..9).map(|k| PointClass::new(format!("class {k}"), wave(8, f64::from(k)), steps(8))).collect(),
        regions: Some(Regions::classes((0.0, 100.0), (0.0, 8.0), 40, |x, y| usize::from(x > 10.0 * y))),
        boundaries: vec![Boundary::new([1.0, -10.0], 0.0, "boundary")],
        lines: vec![Line::new("path", steps(8), wave(8, 0.5))],
        x: long_axis(),
        y: long_axis(),
        notes: vec![Note::new(50.0, 4.0, "middle")],
        equal_aspect: false,
    };
    let lattice = LatticePlot {
        title: title(),
        samples: Matrix::from_fn(2, 50, |i, j| ((i + 3) * j % 11) as f64),
        x: long_axis(),
        y: long_axis(),
        ..LatticePlot::new(
            Matrix::from_fn(2, 9, |i, j| if i == 0 { j % 3 } else { j / 3 } as f64),
            vec![(0, 1), (1, 2), (0, 3)],
        )
    };
    let heat_map = HeatMap {
        title: title(),
        map: ColorMap::BlueRed,
        color_bar: Some(long.to_owned()),
        row_labels: vec!["first row of three".to_owned(), "second".to_owned(), "third".to_owned()],
        column_labels: (0..4).map(|k| format!("unbreakable_column_name_{k}")).collect(),
        x_label: long.to_owned(),
        y_label: long.to_owned(),
        ..HeatMap::new(Matrix::from_fn(3, 4, |i, j| i as f64 - j as f64)).with_values(3)
    };
    let lattice_of_cells = |topology| Lattice::new(4, 5, topology, nn_core::Boundary::Torus).unwrap();
    let values = CellMap {
        title: title(),
        labels: (0..20).map(|k| format!("unit {k}")).collect(),
        groups: (0..20).map(|k| k / 7).collect(),
        color_bar: Some(long.to_owned()),
        ..CellMap::of_values(lattice_of_cells(Topology::Hexagonal), wave(20, 1e4))
    };
    let colors = CellMap {
        title: title(),
        glyphs: (0..20).map(|k| (k % 3 > 0).then_some(Glyph { angle: f64::from(k), length: 0.8 })).collect(),
        curves: Matrix::from_fn(9, 20, |i, j| ((i * j) % 5) as f64),
        groups: (0..20).map(|k| k / 7).collect(),
        legend: vec![(long.to_owned(), Color::SKY), ("second".to_owned(), Color::ORANGE)],
        ..CellMap::of_colors(lattice_of_cells(Topology::Rectangular), (0..20).map(Color::category).collect())
    };
    let image_grid = ImageGrid {
        title: title(),
        captions: (0..15).map(|k| format!("caption {k}")).collect(),
        frames: (0..15).map(|k| (k % 2 == 0).then_some(Color::VERMILION)).collect(),
        range: ImageRange::Fixed(0.0, 7.0),
        color_bar: Some("intensity".to_owned()),
        ..ImageGrid::new(Matrix::from_fn(35, 15, |i, j| ((i * j) % 8) as f64), 5)
    };
    let histogram = Histogram {
        title: title(),
        series: vec![Values::new("one", wave(200, 1.0)), Values::new("two", wave(90, 2.0))],
        density: true,
        x: long_axis(),
        y: long_axis(),
        references: vec![Reference::vertical(30.0, "far away")],
        bins: None,
    };
    let bar = Bar {
        title: title(),
        groups: vec![long.to_owned(), "short".to_owned(), "below zero".to_owned()],
        series: vec![
            Bars {
                intervals: vec![(0.5, 1.5), (1.0, 9.0), (-3.0, -1.0)],
                published: vec![Some(1.2), None, Some(-2.2)],
                ..Bars::new("ours", vec![1.0, 5.0, -2.0])
            },
            Bars::new("theirs", vec![0.7, 4.0, -6.0]),
        ],
        x_label: long.to_owned(),
        y: long_axis(),
        value_labels: true,
        references: vec![Reference::horizontal(2.0, "chance")],
    };
    vec![
        ("curve", curve.into()),
        ("scatter", scatter.into()),
        ("lattice", lattice.into()),
        ("cell map of values", values.into()),
        ("cell map of colors", colors.into()),
        ("heat map", heat_map.into()),
        ("image grid", image_grid.into()),
        ("histogram", histogram.into()),
        ("bar", bar.into()),
    ]
}

/// Width, height and RGB pixels.
fn decode(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Rgb, png::BitDepth::Eight));
    (info.width, info.height, pixels)
}

#[test]
fn every_kind_renders_as_svg_and_png_of_the_size_asked_for() {
    for (name, panel) in panels(LONG) {
        let figure = Figure::new(panel).sized(900, 700);
        let (width, height, pixels) = decode(&figure.to_png().unwrap());
        assert_eq!((width, height), (900, 700), "{name}");
        let dark = pixels.chunks_exact(3).filter(|pixel| pixel.iter().all(|channel| *channel < 128)).count();
        assert!(dark > 500, "{name} is nearly blank: {dark} dark pixels");
        let svg = figure.to_svg().unwrap();
        assert!(svg.starts_with("<svg width=\"900\" height=\"700\" viewBox=\"0 0 9000 7000\""), "{name}");
        assert!(svg.ends_with("</svg>\n") && svg.contains("A title that says"), "{name}");
        assert!(svg.len() < 400_000, "{name}: {} bytes", svg.len());
    }
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    for (name, panel) in panels(LONG) {
        let figure = Figure::new(panel);
        assert_eq!(figure.to_png(), figure.clone().to_png(), "{name}");
        assert_eq!(figure.to_svg(), figure.clone().to_svg(), "{name}");
    }
}

#[test]
fn nothing_is_cut_off_at_the_border_however_long_the_texts_are() {
    for (name, panel) in panels(LONG) {
        for figure in [Figure::new(panel.clone()).titled(LONG), Figure::new(panel).sized(700, 640)] {
            let (width, height, pixels) = decode(&figure.to_png().unwrap());
            let (width, height) = (width as usize, height as usize);
            let white = |x: usize, y: usize| pixels[3 * (y * width + x)..][..3] == [255, 255, 255];
            let columns = (0..height).all(|y| white(0, y) && white(1, y) && white(width - 1, y) && white(width - 2, y));
            let rows = (0..width).all(|x| white(x, 0) && white(x, 1) && white(x, height - 1) && white(x, height - 2));
            assert!(columns && rows, "{name} {width} x {height} touches the border");
        }
    }
}

#[test]
fn a_grid_holds_every_kind_at_once() {
    let panels: Vec<Panel> = panels("a title").into_iter().map(|(_, panel)| panel).collect();
    let figure = Figure::grid(3, panels).titled("All kinds").sized(2400, 2400);
    assert_eq!(decode(&figure.to_png().unwrap()).0, 2400);
}

#[test]
fn a_thousand_digits_stay_a_small_svg() {
    let images = Matrix::from_fn(784, 1000, |pixel, image| ((pixel * (image + 1)) % 17) as f64);
    let svg = Figure::new(ImageGrid::new(images, 28)).to_svg().unwrap();
    assert!(svg.len() < 6_000_000, "{} bytes", svg.len());
    assert_eq!(svg.matches("<image ").count(), 1000);
}

#[test]
fn a_nan_is_a_gap_in_a_line() {
    let line = |y: Vec<f64>| Figure::new(Curve { lines: vec![Line::new("", steps(5), y)], ..Curve::default() });
    let whole = line(vec![1.0, 2.0, 3.0, 4.0, 5.0]).to_svg().unwrap();
    let broken = line(vec![1.0, 2.0, f64::NAN, 4.0, 5.0]).to_svg().unwrap();
    let blue = |svg: &str| svg.lines().filter(|line| line.contains("polyline") && line.contains("#0072B2")).count();
    assert_eq!((blue(&whole), blue(&broken)), (1, 2));
}

#[test]
fn a_bare_axis_has_no_numbers() {
    let bare = Axis { ticks: Ticks::None, ..Axis::default() };
    let curve = Curve { lines: vec![Line::new("", steps(5), steps(5))], x: bare.clone(), y: bare, ..Curve::default() };
    assert!(!Figure::new(curve).to_svg().unwrap().contains("<text"));
}

#[test]
fn hexagons_stand_where_the_lattice_puts_their_units() {
    let lattice = Lattice::new(3, 4, Topology::Hexagonal, nn_core::Boundary::Planar).unwrap();
    let svg = Figure::new(CellMap::of_values(lattice, wave(12, 1.0))).to_svg().unwrap();
    let mut centers = Vec::new();
    for polygon in svg.lines().filter(|line| line.contains("<polygon")) {
        let points = polygon.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
        let corners: Vec<(f64, f64)> = points
            .split_whitespace()
            .map(|point| point.split_once(',').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap())
            .collect();
        assert_eq!(corners.len(), 6);
        let mean = |pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).sum::<f64>() / 6.0;
        centers.push((mean(|corner| corner.0), mean(|corner| corner.1)));
    }
    assert_eq!(centers.len(), 12);
    let step = centers[1].0 - centers[0].0;
    for (unit, (x, y)) in centers.iter().enumerate() {
        let (column, row) = lattice.position(unit);
        let (dx, dy) = ((x - centers[0].0) / step - column, (y - centers[0].1) / step - row);
        assert!(dx.abs() < 0.01 && dy.abs() < 0.01, "unit {unit}: off by {dx}, {dy}");
    }
}

#[test]
fn a_thick_line_parts_neighbors_of_different_groups_only() {
    let lattice = Lattice::new(1, 4, Topology::Rectangular, nn_core::Boundary::Torus).unwrap();
    let lines = |groups: Vec<usize>| {
        let map = CellMap { groups, ..CellMap::of_colors(lattice, vec![Color::SKY; 4]) };
        Figure::new(map).to_svg().unwrap().matches("<polyline").count()
    };
    // The ends of a torus are neighbors, but not on paper.
    assert_eq!([lines(vec![0, 0, 1, 1]), lines(vec![0, 1, 0, 1])].map(|count| count - lines(vec![0; 4])), [1, 3]);
}
