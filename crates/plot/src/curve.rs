//! Curves: lines over an axis, with bands, reference lines and notes.

use crate::axes::Layout;
use crate::canvas::Canvas;
use crate::geometry::Rect;
use crate::legend::{Arranged, Entry, Swatch};
use crate::{Axis, Color, LineStyle, Marker, Note, PlotError, Reference, annotation, check, trace};

/// Lines over two axes: training curves, activation functions, tuning curves.
///
/// ```
/// use plot::{Axis, Band, Curve, Figure, Line};
///
/// let epochs: Vec<f64> = (1..=50).map(f64::from).collect();
/// let error: Vec<f64> = epochs.iter().map(|epoch| 1.0 / epoch).collect();
/// let half: Vec<f64> = error.iter().map(|error| error / 2.0).collect();
/// let curve = Curve {
///     bands: vec![Band::new(epochs.clone(), half, error.clone())],
///     lines: vec![Line::new("training", epochs, error)],
///     x: Axis::new("epoch"),
///     y: Axis { log: true, ..Axis::new("error") },
///     ..Curve::default()
/// };
/// assert!(Figure::new(curve).to_svg()?.contains("epoch"));
/// # Ok::<(), plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// Above the panel; empty for none.
    pub title: String,
    /// Drawn in this order, each over the last.
    pub lines: Vec<Line>,
    /// Filled areas behind the lines.
    pub bands: Vec<Band>,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Straight lines at one value.
    pub references: Vec<Reference>,
    /// Words at points of the data.
    pub notes: Vec<Note>,
    /// One unit of x is as long as one unit of y: trajectories in a plane. Linear axes only.
    pub equal_aspect: bool,
}

/// One line of a [`Curve`] or a [`Scatter`](crate::Scatter).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// In the legend; empty for none.
    pub name: String,
    /// Horizontal positions.
    pub x: Vec<f64>,
    /// Vertical positions, as many; a NaN in x or y is a gap.
    pub y: Vec<f64>,
    /// The color of its category when `None`.
    pub color: Option<Color>,
    /// Solid or broken.
    pub style: LineStyle,
    /// Drawn at every point.
    pub marker: Option<Marker>,
    /// Factor on the usual width, 0.1 to 10; what lies outside counts as the nearer end.
    pub width: Option<f64>,
}

/// The area between two values at each position: minimum to maximum, or µ − σ to µ + σ.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Band {
    /// In the legend; empty for none.
    pub name: String,
    /// Horizontal positions.
    pub x: Vec<f64>,
    /// Lower edge, as many; a NaN in x, low or high is a gap.
    pub low: Vec<f64>,
    /// Upper edge, as many.
    pub high: Vec<f64>,
    /// When `None`, the color of the line with the same index.
    pub color: Option<Color>,
}

impl Line {
    /// A solid line.
    pub fn new(name: impl Into<String>, x: Vec<f64>, y: Vec<f64>) -> Self {
        Self { name: name.into(), x, y, ..Self::default() }
    }

    pub(crate) fn color(&self, index: usize) -> Color {
        self.color.unwrap_or_else(|| Color::category(index))
    }

    pub(crate) fn width(&self, unit: f64) -> f64 {
        2.2 * unit * self.width.unwrap_or(1.0).clamp(0.1, 10.0)
    }

    pub(crate) fn check(&self, index: usize, x: &Axis, y: &Axis) -> Result<(), PlotError> {
        let name = check::named("line", index, &self.name);
        check::not_empty(&name, self.x.len())?;
        check::same_length(&format!("y values of {name}"), self.x.len(), self.y.len())?;
        check_values(&format!("x of {name}"), &self.x, x)?;
        check_values(&format!("y of {name}"), &self.y, y)?;
        check::finite(&format!("width of {name}"), &[self.width.unwrap_or(1.0)])
    }

    pub(crate) fn entry(&self, index: usize, unit: f64) -> Entry {
        let (color, style, marker) = (self.color(index), self.style, self.marker);
        Entry { name: self.name.clone(), swatch: Swatch::Line { color, style, width: self.width(unit), marker } }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, axes: &crate::axes::Axes, index: usize) {
        let (color, width) = (self.color(index), self.width(canvas.style.unit));
        if self.style != LineStyle::Hidden {
            for piece in trace::pieces(axes, &self.x, &self.y) {
                canvas.dashed(&piece, &self.style.pattern(width), color, width);
            }
        }
        if let Some(marker) = self.marker {
            let radius = 4.6 * canvas.style.unit;
            let points = self.x.iter().zip(&self.y).map(|(x, y)| axes.point(*x, *y));
            points
                .filter(|point| axes.area.contains(*point))
                .for_each(|point| marker.draw(canvas, point, radius, color));
        }
    }
}

impl Band {
    /// A band without an entry in the legend, in the color of the line with the same index.
    pub fn new(x: Vec<f64>, low: Vec<f64>, high: Vec<f64>) -> Self {
        Self { x, low, high, ..Self::default() }
    }

    fn check(&self, index: usize, x: &Axis, y: &Axis) -> Result<(), PlotError> {
        let name = check::named("band", index, &self.name);
        check::not_empty(&name, self.x.len())?;
        check::same_length(&format!("low values of {name}"), self.x.len(), self.low.len())?;
        check::same_length(&format!("high values of {name}"), self.x.len(), self.high.len())?;
        check_values(&format!("x of {name}"), &self.x, x)?;
        check_values(&format!("low edge of {name}"), &self.low, y)?;
        check_values(&format!("high edge of {name}"), &self.high, y)
    }
}

fn check_values(name: &str, values: &[f64], axis: &Axis) -> Result<(), PlotError> {
    check::finite_or_gap(name, values)?;
    check::positive_if(axis.log, name, values)
}

/// How strongly a band covers what lies behind it.
const BAND_OPACITY: f64 = 0.22;

impl Curve {
    pub(crate) fn preferred_size(&self) -> (f64, f64) {
        if self.equal_aspect { (760.0, 720.0) } else { (1000.0, 620.0) }
    }

    fn band_color(&self, index: usize) -> Color {
        let of_line = || self.lines.get(index).map_or(Color::category(index), |line| line.color(index));
        self.bands[index].color.unwrap_or_else(of_line)
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, place: Rect) -> Result<(), PlotError> {
        check::not_empty("a curve without lines and bands", self.lines.len() + self.bands.len())?;
        self.lines.iter().enumerate().try_for_each(|(index, line)| line.check(index, &self.x, &self.y))?;
        self.bands.iter().enumerate().try_for_each(|(index, band)| band.check(index, &self.x, &self.y))?;
        annotation::check(&self.references, &self.notes, self.x.log, self.y.log)?;

        let style = canvas.style;
        // Markers and vertical lines at the ends need a little room.
        let marked =
            self.lines.iter().any(|line| line.marker.is_some()) || self.references.iter().any(|line| line.vertical);
        let xs = self.lines.iter().flat_map(|line| &line.x).chain(self.bands.iter().flat_map(|band| &band.x));
        let references = |vertical| self.references.iter().filter(move |r| r.vertical == vertical).map(|r| r.value);
        let ys = self.lines.iter().flat_map(|line| &line.y);
        let ys = ys.chain(self.bands.iter().flat_map(|band| band.low.iter().chain(&band.high)));
        let layout = Layout {
            kind: "curve",
            title: &self.title,
            x: &self.x,
            y: &self.y,
            x_scale: self.x.scale("x", xs.copied().chain(references(true)), if marked { 0.03 } else { 0.0 }, false)?,
            y_scale: self.y.scale("y", ys.copied().chain(references(false)), 0.06, true)?,
            equal: self.equal_aspect && !self.x.log && !self.y.log,
            above: 0.0,
            below: 0.0,
        };
        let lines = self.lines.iter().enumerate().map(|(index, line)| line.entry(index, style.unit));
        let bands = self.bands.iter().enumerate().map(|(index, band)| Entry {
            name: band.name.clone(),
            swatch: Swatch::Patch { color: self.band_color(index), opacity: BAND_OPACITY },
        });
        let arranged = Arranged::new(&style, place, &layout, lines.chain(bands).collect(), |axes| {
            let mut obstacles = annotation::obstacles(axes, &self.references, &self.notes);
            for line in &self.lines {
                let radius = if line.marker.is_some() { 5.0 } else { 2.0 } * style.unit;
                let pieces = trace::pieces(axes, &line.x, &line.y);
                obstacles.extend(pieces.iter().flat_map(|piece| trace::obstacles_of_line(piece, radius)));
            }
            for band in &self.bands {
                let outlines = trace::band(axes, &band.x, &band.low, &band.high);
                obstacles.extend(outlines.iter().flat_map(|outline| trace::obstacles_of_band(outline)));
            }
            obstacles
        })?;

        arranged.axes.draw_grid(canvas);
        for (index, band) in self.bands.iter().enumerate() {
            for outline in trace::band(&arranged.axes, &band.x, &band.low, &band.high) {
                canvas.polygon(outline, self.band_color(index), BAND_OPACITY);
            }
        }
        annotation::draw_lines(canvas, &arranged.axes, &self.references);
        self.lines.iter().enumerate().for_each(|(index, line)| line.draw(canvas, &arranged.axes, index));
        arranged.draw_over(canvas);
        annotation::draw_labels(
            canvas,
            &arranged.axes,
            &self.references,
            &self.notes,
            &arranged.obstacles,
            arranged.inside,
        );
        Ok(())
    }
}
