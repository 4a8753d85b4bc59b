//! Points in the plane by class, over the regions and lines of a classifier.

use crate::axes::{Axes, Layout};
use crate::canvas::Canvas;
use crate::geometry::Rect;
use crate::legend::{Arranged, Entry, Swatch};
use crate::{Axis, Color, Line, LineStyle, Marker, Note, PlotError, Regions, annotation, check, trace};
use nn_core::Matrix;

/// Points by class, each class with a color and a marker of its own.
///
/// ```
/// use plot::{Axis, Boundary, Figure, PointClass, Scatter};
///
/// let scatter = Scatter {
///     classes: vec![
///         PointClass::new("0", vec![0.0, 0.0, 1.0], vec![0.0, 1.0, 0.0]),
///         PointClass::new("1", vec![1.0], vec![1.0]),
///     ],
///     boundaries: vec![Boundary::new([1.0, 1.0], -1.5, "w·x + b = 0")],
///     x: Axis::new("x₁"),
///     y: Axis::new("x₂"),
///     ..Scatter::default()
/// };
/// assert!(!Figure::new(scatter).to_png()?.is_empty());
/// # Ok::<(), plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scatter {
    /// Above the panel; empty for none.
    pub title: String,
    /// The points.
    pub classes: Vec<PointClass>,
    /// What a classifier says about the plane, behind the points.
    pub regions: Option<Regions>,
    /// Straight decision lines w·x + b = 0.
    pub boundaries: Vec<Boundary>,
    /// Lines through the points: trajectories, fitted curves.
    pub lines: Vec<Line>,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// Words at points of the data.
    pub notes: Vec<Note>,
    /// One unit of x is as long as one unit of y. Linear axes only.
    pub equal_aspect: bool,
}

/// The points of one class.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PointClass {
    /// In the legend; empty for none.
    pub name: String,
    /// Horizontal positions.
    pub x: Vec<f64>,
    /// Vertical positions, as many.
    pub y: Vec<f64>,
    /// The color of its category when `None`.
    pub color: Option<Color>,
    /// The marker of its category when `None`.
    pub marker: Option<Marker>,
}

impl PointClass {
    /// A class in the color and marker of its category.
    pub fn new(name: impl Into<String>, x: Vec<f64>, y: Vec<f64>) -> Self {
        Self { name: name.into(), x, y, ..Self::default() }
    }

    /// The columns of a 2 × n matrix, sorted by their labels: class k is called `names[k]`.
    ///
    /// # Errors
    /// [`PlotError::Length`] when the matrix has not two rows or not one column a label; [`PlotError::Index`] when a
    /// label has no name.
    pub fn by_label(samples: &Matrix<f64>, labels: &[usize], names: &[&str]) -> Result<Vec<Self>, PlotError> {
        check::same_length("rows of the samples (x and y)", 2, samples.nrows())?;
        check::same_length("labels of the samples", samples.ncols(), labels.len())?;
        let mut classes: Vec<Self> = names.iter().map(|name| Self::new(*name, vec![], vec![])).collect();
        for (index, (sample, label)) in samples.column_iter().zip(labels).enumerate() {
            let count = names.len();
            let missing = || PlotError::Index { what: format!("label of sample {index}"), index: *label, count };
            let class = classes.get_mut(*label).ok_or_else(missing)?;
            class.x.push(sample[0]);
            class.y.push(sample[1]);
        }
        Ok(classes)
    }

    fn color(&self, index: usize) -> Color {
        self.color.unwrap_or_else(|| Color::category(index))
    }

    fn marker(&self, index: usize) -> Marker {
        self.marker.unwrap_or_else(|| Marker::category(index))
    }
}

/// The line w·x + b = 0 across the whole area.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// w, not both 0.
    pub weight: [f64; 2],
    /// b.
    pub bias: f64,
    /// In the legend; empty for none.
    pub name: String,
    /// Black unless set.
    pub color: Color,
    /// Solid or broken.
    pub style: LineStyle,
}

impl Boundary {
    /// A solid black line.
    pub fn new(weight: [f64; 2], bias: f64, name: impl Into<String>) -> Self {
        Self { weight, bias, name: name.into(), color: Color::BLACK, style: LineStyle::Solid }
    }

    /// Two points of the line, at the sides of the area it runs between.
    fn line(&self, axes: &Axes) -> Line {
        let [a, b] = self.weight;
        let (x, y) = (axes.x_scale, axes.y_scale);
        let (xs, ys) = if (a * (x.high - x.low)).abs() < (b * (y.high - y.low)).abs() {
            ([x.low, x.high], [x.low, x.high].map(|x| -(a * x + self.bias) / b))
        } else {
            ([y.low, y.high].map(|y| -(b * y + self.bias) / a), [y.low, y.high])
        };
        Line { color: Some(self.color), style: self.style, ..Line::new(self.name.clone(), xs.to_vec(), ys.to_vec()) }
    }
}

impl Scatter {
    pub(crate) fn preferred_size(&self) -> (f64, f64) {
        if self.equal_aspect { (800.0, 740.0) } else { (1000.0, 680.0) }
    }

    fn check(&self) -> Result<(), PlotError> {
        check::not_empty("a scatter plot without points, regions and lines", {
            self.classes.len() + self.lines.len() + self.boundaries.len() + usize::from(self.regions.is_some())
        })?;
        for (index, class) in self.classes.iter().enumerate() {
            let name = check::named("class", index, &class.name);
            check::same_length(&format!("y values of {name}"), class.x.len(), class.y.len())?;
            for (direction, values, axis) in [("x", &class.x, &self.x), ("y", &class.y, &self.y)] {
                check::finite(&format!("{direction} of {name}"), values)?;
                check::positive_if(axis.log, &format!("{direction} of {name}"), values)?;
            }
        }
        self.lines.iter().enumerate().try_for_each(|(index, line)| line.check(index, &self.x, &self.y))?;
        for (index, boundary) in self.boundaries.iter().enumerate() {
            let name = check::named("decision line", index, &boundary.name);
            check::finite(&name, &[boundary.weight[0], boundary.weight[1], boundary.bias])?;
            check::not_empty(&format!("weight of {name}"), boundary.weight.iter().filter(|w| **w != 0.0).count())?;
        }
        self.regions.iter().try_for_each(|regions| regions.check(&self.x, &self.y))?;
        annotation::check(&[], &self.notes, self.x.log, self.y.log)
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, place: Rect) -> Result<(), PlotError> {
        self.check()?;
        let style = canvas.style;
        // Regions give the range exactly, so that no white rim surrounds them.
        let edges = self.regions.as_ref().map(|regions| (regions.x, regions.y));
        let with_range = |axis: &Axis, range: Option<(f64, f64)>| Axis { range: axis.range.or(range), ..axis.clone() };
        let x = with_range(&self.x, edges.map(|edges| edges.0));
        let y = with_range(&self.y, edges.map(|edges| edges.1));
        let xs = self.classes.iter().flat_map(|class| &class.x).chain(self.lines.iter().flat_map(|line| &line.x));
        let ys = self.classes.iter().flat_map(|class| &class.y).chain(self.lines.iter().flat_map(|line| &line.y));
        let layout = Layout {
            kind: "scatter plot",
            title: &self.title,
            x: &x,
            y: &y,
            x_scale: x.scale("x", xs.copied(), 0.05, false)?,
            y_scale: y.scale("y", ys.copied(), 0.05, false)?,
            equal: self.equal_aspect && !x.log && !y.log,
            above: 0.0,
            below: 0.0,
        };
        let points = self.classes.iter().enumerate().map(|(index, class)| Entry {
            name: class.name.clone(),
            swatch: Swatch::Line {
                color: class.color(index),
                style: LineStyle::Hidden,
                width: 1.0,
                marker: Some(class.marker(index)),
            },
        });
        // Lines take the colors after those of the classes.
        let first = self.classes.len();
        let lines = self.lines.iter().enumerate().map(|(index, line)| line.entry(first + index, style.unit));
        let boundaries = self.boundaries.iter().map(|boundary| Entry {
            name: boundary.name.clone(),
            swatch: Swatch::Line {
                color: boundary.color,
                style: boundary.style,
                width: 2.2 * style.unit,
                marker: None,
            },
        });
        let entries = points.chain(lines).chain(boundaries).collect();
        let count: usize = self.classes.iter().map(|class| class.x.len()).sum();
        let radius = style.unit
            * if count > 2000 {
                2.4
            } else if count > 400 {
                3.6
            } else {
                5.0
            };
        let arranged = Arranged::new(&style, place, &layout, entries, |axes| {
            let mut obstacles = annotation::obstacles(axes, &[], &self.notes);
            let points = self.classes.iter().flat_map(|class| class.x.iter().zip(&class.y));
            obstacles.extend(points.map(|(x, y)| Rect::around(axes.point(*x, *y), radius)));
            let boundaries = self.boundaries.iter().map(|boundary| boundary.line(axes));
            for line in self.lines.iter().cloned().chain(boundaries) {
                let pieces = trace::pieces(axes, &line.x, &line.y);
                obstacles.extend(pieces.iter().flat_map(|piece| trace::obstacles_of_line(piece, 2.0)));
            }
            obstacles
        })?;
        let axes = &arranged.axes;
        match &self.regions {
            Some(regions) => regions.draw(canvas, axes, |class| {
                self.classes.get(class).map_or(Color::category(class), |known| known.color(class))
            }),
            None => axes.draw_grid(canvas),
        }
        self.boundaries.iter().for_each(|boundary| boundary.line(axes).draw(canvas, axes, 0));
        self.lines.iter().enumerate().for_each(|(index, line)| line.draw(canvas, axes, first + index));
        for (index, class) in self.classes.iter().enumerate() {
            let points = class.x.iter().zip(&class.y).map(|(x, y)| axes.point(*x, *y));
            let visible = points.filter(|point| axes.area.contains(*point));
            visible.for_each(|point| class.marker(index).draw(canvas, point, radius, class.color(index)));
        }
        arranged.draw_over(canvas);
        annotation::draw_labels(canvas, axes, &[], &self.notes, &arranged.obstacles, arranged.inside);
        Ok(())
    }
}
