//! A lattice of units in the plane of its data: how a self-organizing map unfolds.

use crate::axes::{Axes, Layout};
use crate::canvas::Canvas;
use crate::geometry::Rect;
use crate::{Axis, Color, PlotError, check};
use nn_core::Matrix;

/// The units of a map over the data: a dot a unit, a line between neighbors, the samples behind.
///
/// ```
/// use nn_core::Matrix;
/// use plot::{Figure, LatticePlot};
///
/// let nodes = Matrix::from_row_slice(2, 4, &[0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
/// let lattice = LatticePlot { title: "t = 0".to_owned(), ..LatticePlot::new(nodes, vec![(0, 1), (1, 3), (3, 2), (2, 0)]) };
/// assert!(Figure::new(lattice).to_svg()?.starts_with("<svg"));
/// # Ok::<(), plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LatticePlot {
    /// Above the panel; empty for none.
    pub title: String,
    /// 2 × m: one unit a column.
    pub nodes: Matrix<f64>,
    /// Neighbors, by the columns of `nodes`.
    pub edges: Vec<(usize, usize)>,
    /// 2 × n: the data, small and grey behind the lattice; 2 × 0 for none.
    pub samples: Matrix<f64>,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis; one unit of it is as long as one unit of x.
    pub y: Axis,
}

impl LatticePlot {
    /// A lattice without title, samples and labels.
    pub fn new(nodes: Matrix<f64>, edges: Vec<(usize, usize)>) -> Self {
        let samples = Matrix::zeros(2, 0);
        Self { title: String::new(), nodes, edges, samples, x: Axis::default(), y: Axis::default() }
    }

    pub(crate) fn preferred_size(&self) -> (f64, f64) {
        (760.0, 760.0)
    }

    fn check(&self) -> Result<(), PlotError> {
        check::same_length("rows of the nodes (x and y)", 2, self.nodes.nrows())?;
        check::not_empty("the matrix of the nodes", self.nodes.ncols())?;
        check::finite("nodes", self.nodes.as_slice())?;
        check::same_length("rows of the samples (x and y)", 2, self.samples.nrows())?;
        check::finite("samples", self.samples.as_slice())?;
        for (index, (from, to)) in self.edges.iter().enumerate() {
            for (end, node) in [("first", *from), ("second", *to)] {
                if node >= self.nodes.ncols() {
                    let what = format!("edge {index}, {end} node");
                    return Err(PlotError::Index { what, index: node, count: self.nodes.ncols() });
                }
            }
        }
        Ok(())
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, place: Rect) -> Result<(), PlotError> {
        self.check()?;
        let row = |k: usize| self.nodes.row(k).iter().chain(self.samples.row(k).iter()).copied().collect::<Vec<f64>>();
        // A distance is the same in both directions, so a logarithm has no place here.
        let (x, y) = (Axis { log: false, ..self.x.clone() }, Axis { log: false, ..self.y.clone() });
        let layout = Layout {
            kind: "lattice",
            title: &self.title,
            x: &x,
            y: &y,
            x_scale: x.scale("x", row(0).into_iter(), 0.04, false)?,
            y_scale: y.scale("y", row(1).into_iter(), 0.04, false)?,
            equal: true,
            above: 0.0,
            below: 0.0,
        };
        let style = canvas.style;
        let axes = Axes::new(&style, place, &layout)?;
        let shade = Color::hex(0xB8B8B8);
        let radius = style.unit * if self.samples.ncols() > 1000 { 1.4 } else { 2.2 };
        let samples = self.samples.column_iter().map(|sample| axes.point(sample[0], sample[1]));
        samples.filter(|point| axes.area.contains(*point)).for_each(|point| canvas.disc(point, radius, shade));

        // Large lattices need thin lines and small dots, or their order drowns in ink.
        let crowd = (axes.area.width() / 60.0 / (self.nodes.ncols() as f64).sqrt()).clamp(0.35, 1.0);
        let node = |index: usize| axes.point(self.nodes[(0, index)], self.nodes[(1, index)]);
        for (from, to) in &self.edges {
            if let Some((from, to)) = axes.area.clip(node(*from), node(*to)) {
                canvas.line(vec![from, to], Color::BLUE, 2.4 * crowd * style.unit);
            }
        }
        for point in (0..self.nodes.ncols()).map(node).filter(|point| axes.area.contains(*point)) {
            canvas.disc(point, 5.6 * crowd * style.unit, Color::WHITE);
            canvas.disc(point, 4.8 * crowd * style.unit, Color::VERMILION);
        }
        axes.draw_frame(canvas);
        Ok(())
    }
}
