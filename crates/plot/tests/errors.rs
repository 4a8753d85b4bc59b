//! A description that makes no sense is an error that says where; no description panics.

use nn_core::{Lattice, Matrix};
use plot::{
    Axis, Band, Bar, Bars, CellMap, Curve, Figure, Glyph, HeatMap, Histogram, ImageGrid, ImageRange, LatticePlot, Line,
    Panel, PointClass, Reference, Scatter, Values,
};
use proptest::prelude::*;

fn message(panel: impl Into<Panel>) -> String {
    let figure = Figure::new(panel);
    let error = figure.to_svg().unwrap_err();
    assert_eq!(figure.to_png().unwrap_err().to_string(), error.to_string());
    error.to_string()
}

fn curve(lines: Vec<Line>) -> Curve {
    Curve { lines, ..Curve::default() }
}

#[test]
fn empty_things_are_named() {
    assert_eq!(message(curve(vec![])), "a curve without lines and bands is empty");
    assert_eq!(message(curve(vec![Line::new("test", vec![], vec![])])), "line `test` is empty");
    assert_eq!(message(curve(vec![Line::default()])), "line 0 is empty");
    assert_eq!(
        message(Histogram { series: vec![Values::new("a", vec![])], ..Histogram::default() }),
        "series `a` is empty"
    );
    assert_eq!(message(HeatMap::new(Matrix::zeros(0, 3))), "the matrix of a heat map is empty");
    assert_eq!(message(ImageGrid::new(Matrix::zeros(4, 2), 0)), "the width of the images is empty");
    assert_eq!(Figure::grid(2, vec![]).to_svg().unwrap_err().to_string(), "a figure without panels is empty");
    assert_eq!(message(Scatter::default()), "a scatter plot without points, regions and lines is empty");
    assert_eq!(message(Bar::default()), "a bar chart without groups is empty");
}

#[test]
fn lengths_that_differ_are_named() {
    let uneven = Line::new("test", vec![1.0, 2.0], vec![1.0]);
    assert_eq!(message(curve(vec![uneven])), "y values of line `test`: expected 2, found 1");
    let band = Band::new(vec![1.0, 2.0], vec![0.0, 0.0], vec![1.0]);
    assert_eq!(message(Curve { bands: vec![band], ..Curve::default() }), "high values of band 0: expected 2, found 1");
    let captions = ImageGrid { captions: vec!["1".to_owned()], ..ImageGrid::new(Matrix::zeros(4, 2), 2) };
    assert_eq!(message(captions), "captions of an image grid: expected 2, found 1");
    let pixels = ImageGrid::new(Matrix::zeros(5, 2), 2);
    assert_eq!(message(pixels), "pixels of an image (a multiple of its width): expected 6, found 5");
    let bar = Bar { groups: vec!["a".to_owned()], series: vec![Bars::new("ours", vec![1.0, 2.0])], ..Bar::default() };
    assert_eq!(message(bar), "values of series `ours` (one a group): expected 1, found 2");
    let nodes = LatticePlot::new(Matrix::zeros(3, 2), vec![]);
    assert_eq!(message(nodes), "rows of the nodes (x and y): expected 2, found 3");
    let error = PointClass::by_label(&Matrix::zeros(2, 3), &[0, 1, 2], &["a", "b"]).unwrap_err();
    assert_eq!(error.to_string(), "label of sample 2 is 2, but there are 2 (0 to 1)");
}

#[test]
fn values_that_are_not_finite_are_named_with_their_index() {
    let infinite = Line::new("test", vec![1.0, 2.0], vec![1.0, f64::INFINITY]);
    let expected = "y of line `test`, value 1 is inf, must be finite and at most 1e300 in magnitude";
    assert_eq!(message(curve(vec![infinite])), expected);
    let class = PointClass::new("setosa", vec![0.0, f64::NAN], vec![0.0, 0.0]);
    let scatter = Scatter { classes: vec![class], ..Scatter::default() };
    assert!(message(scatter).starts_with("x of class `setosa`, value 1 is NaN"));
    assert!(message(HeatMap::new(Matrix::from_element(2, 2, f64::NAN))).starts_with("heat map, value 0 is NaN"));
    let images = Matrix::from_fn(4, 3, |i, j| if (i, j) == (2, 1) { f64::NEG_INFINITY } else { 0.0 });
    assert!(message(ImageGrid::new(images, 2)).starts_with("image 1, value 2 is -inf"));
}

#[test]
fn a_cell_map_needs_one_of_everything_for_every_unit() {
    let lattice = Lattice::new(2, 3, nn_core::Topology::Hexagonal, nn_core::Boundary::Planar).unwrap();
    let map = || CellMap::of_values(lattice, vec![0.0; 6]);
    let few = CellMap::of_values(lattice, vec![0.0; 5]);
    assert_eq!(message(few), "values of a cell map (one a unit): expected 6, found 5");
    assert_eq!(message(CellMap { groups: vec![1], ..map() }), "groups of a cell map: expected 6, found 1");
    assert_eq!(
        message(CellMap { labels: vec![String::new(); 7], ..map() }),
        "labels of a cell map: expected 6, found 7"
    );
    assert_eq!(message(CellMap { curves: Matrix::zeros(3, 2), ..map() }), "curves of a cell map: expected 6, found 2");
    let mut glyphs = vec![None; 6];
    glyphs[4] = Some(Glyph { angle: f64::NAN, length: 1.0 });
    assert!(message(CellMap { glyphs, ..map() }).starts_with("glyph of unit 4 (angle and length), value 0 is NaN"));
    assert!(message(CellMap::of_values(lattice, vec![f64::NAN; 6])).starts_with("cell map, value 0 is NaN"));
}

#[test]
fn a_logarithmic_axis_refuses_zero() {
    let line = Line::new("error", vec![1.0, 2.0], vec![0.5, 0.0]);
    let curve = Curve { y: Axis { log: true, ..Axis::default() }, ..curve(vec![line]) };
    let expected = "y of line `error`, value 1 is 0, must be positive on a logarithmic axis";
    assert_eq!(message(curve.clone()), expected);
    let good = Line::new("error", vec![1.0, 2.0], vec![0.5, 0.1]);
    let reference = Curve { lines: vec![good], references: vec![Reference::horizontal(-1.0, "paper")], ..curve };
    assert!(message(reference).starts_with("reference line `paper`, value 0 is -1"));
}

#[test]
fn ranges_sizes_and_indices_are_checked() {
    let map = HeatMap { range: Some((1.0, 0.0)), ..HeatMap::new(Matrix::zeros(2, 2)) };
    assert_eq!(message(map), "range of a heat map must ascend and be finite, is 1 to 0");
    let grid = ImageGrid { range: ImageRange::Fixed(0.0, f64::NAN), ..ImageGrid::new(Matrix::zeros(4, 2), 2) };
    assert_eq!(message(grid), "range of an image grid must ascend and be finite, is 0 to NaN");
    let lattice = LatticePlot::new(Matrix::zeros(2, 4), vec![(0, 1), (1, 4)]);
    assert_eq!(message(lattice), "edge 1, second node is 4, but there are 4 (0 to 3)");
    let line = || curve(vec![Line::new("", vec![0.0, 1.0], vec![0.0, 1.0])]);
    let error = Figure::new(line()).sized(0, 500).to_png().unwrap_err();
    assert_eq!(error.to_string(), "a figure must be 64 to 4096 pixels wide and high, is 0 x 500");
    let error = Figure::new(line()).sized(64, 64).to_png().unwrap_err();
    assert!(error.to_string().starts_with("curve has "), "{error}");
}

/// Values of every magnitude, and some that no figure can show.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        -10.0..10.0f64,
        Just(0.0),
        Just(-0.0),
        any::<f64>(),
        Just(f64::NAN),
        Just(1e300),
        Just(-1e300),
        Just(1e-300)
    ]
}

fn values() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(value(), 0..12)
}

fn axis() -> impl Strategy<Value = Axis> {
    let range = prop::option::weighted(0.3, (value(), value()));
    (any::<bool>(), range).prop_map(|(log, range)| Axis { log, range, ..Axis::new("label") })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_description_panics(a in values(), b in values(), c in values(), x in axis(), y in axis(), v in value(), vertical: bool) {
        let reference = Reference { vertical, ..Reference::horizontal(v, "reference") };
        let (bins, n) = (Some(a.len() % 5), a.len().min(b.len()).min(c.len()));
        let cut = |values: &[f64]| values[..n].to_vec();
        let line = Line { width: Some(v), marker: Some(plot::Marker::Plus), style: plot::LineStyle::Dashed, ..Line::new("line", cut(&a), cut(&b)) };
        let panels: Vec<Panel> = vec![
            Curve { bands: vec![Band::new(cut(&a), cut(&b), cut(&c))], references: vec![reference.clone()], x: x.clone(), y: y.clone(), ..curve(vec![line.clone()]) }.into(),
            Scatter { classes: vec![PointClass::new("class", cut(&a), cut(&b))], boundaries: vec![plot::Boundary::new([v, 1.0], v, "line")], x: x.clone(), y: y.clone(), equal_aspect: vertical, ..Scatter::default() }.into(),
            Histogram { series: vec![Values::new("values", c.clone())], bins, x: x.clone(), y: y.clone(), references: vec![reference.clone()], ..Histogram::default() }.into(),
            Bar { groups: cut(&a).iter().map(|_| "group".to_owned()).collect(), series: vec![Bars { intervals: cut(&a).into_iter().zip(cut(&c)).collect(), ..Bars::new("bars", cut(&b)) }], y, value_labels: true, ..Bar::default() }.into(),
            LatticePlot { x, ..LatticePlot::new(Matrix::from_fn(2, n, |i, j| if i == 0 { a[j] } else { b[j] }), vec![(0, n / 2)]) }.into(),
            HeatMap::new(Matrix::from_column_slice(n, 1, &a[..n])).with_values(3).into(),
        ];
        for panel in panels {
            let figure = Figure::new(panel).sized(300, 240);
            if let Ok(svg) = figure.to_svg() {
                let broken = svg.lines().find(|line| !line.contains("base64") && (line.contains("NaN") || line.contains("inf")));
                prop_assert_eq!(broken, None);
                prop_assert!(figure.to_png().is_ok());
            }
        }
    }
}
