//! What a classifier says about the plane, as light colors behind the points.

use crate::axes::Axes;
use crate::canvas::Canvas;
use crate::{Axis, Color, ColorMap, PlotError, check};
use nn_core::Matrix;

/// The answers of a classifier on a grid of the plane: cell (i, j) of the matrix is row i from the bottom and column j
/// from the left, and the cells fill the rectangle of the two ranges.
#[derive(Debug, Clone, PartialEq)]
pub struct Regions {
    /// From the left edge to the right edge of the cells.
    pub x: (f64, f64),
    /// From the bottom edge to the top edge of the cells.
    pub y: (f64, f64),
    /// What the cells hold.
    pub answers: Answers,
}

/// What the cells of [`Regions`] hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Answers {
    /// A class index each, shown in a light shade of the color of that class.
    Classes(Matrix<usize>),
    /// A real number each, shown by [`ColorMap::BlueRed`] in light shades with white at the middle of this range.
    Real(Matrix<f64>, (f64, f64)),
    /// A color each, shown as it is: maps of angles behind their singular points.
    Colors(Matrix<Color>),
}

impl Regions {
    /// The answer of `class` at the middle of every cell of a grid.
    pub fn classes(x: (f64, f64), y: (f64, f64), cells: usize, mut class: impl FnMut(f64, f64) -> usize) -> Self {
        let middle = |(low, high): (f64, f64), k: usize| low + (high - low) * (k as f64 + 0.5) / cells as f64;
        let answers = Matrix::from_fn(cells, cells, |i, j| class(middle(x, j), middle(y, i)));
        Self { x, y, answers: Answers::Classes(answers) }
    }

    fn shape(&self) -> (usize, usize) {
        match &self.answers {
            Answers::Classes(cells) => cells.shape(),
            Answers::Real(cells, _) => cells.shape(),
            Answers::Colors(cells) => cells.shape(),
        }
    }

    pub(crate) fn check(&self, x: &Axis, y: &Axis) -> Result<(), PlotError> {
        check::ascending("x range of the regions", self.x)?;
        check::ascending("y range of the regions", self.y)?;
        check::not_empty("the matrix of the regions", self.shape().0 * self.shape().1)?;
        if let Answers::Real(cells, range) = &self.answers {
            check::finite("regions", cells.as_slice())?;
            check::ascending("range of the regions' values", *range)?;
        }
        check::positive_if(x.log, "x range of the regions", &[self.x.0])?;
        check::positive_if(y.log, "y range of the regions", &[self.y.0])
    }

    /// The cells as an image of the whole area, each of its cells taking the color of the answer at its middle.
    pub(crate) fn draw(&self, canvas: &mut Canvas, axes: &Axes, class_color: impl Fn(usize) -> Color) {
        let (rows, columns) = self.shape();
        let shade = |color: Color| color.mix(Color::WHITE, 0.72);
        let colors: Vec<Color> = match &self.answers {
            Answers::Classes(cells) => cells.iter().map(|class| shade(class_color(*class))).collect(),
            Answers::Real(cells, (low, high)) => {
                let color = |value: f64| ColorMap::BlueRed.color((value - low) / (high - low)).mix(Color::WHITE, 0.35);
                cells.iter().map(|value| color(*value)).collect()
            }
            Answers::Colors(cells) => cells.iter().copied().collect(),
        };
        // About two pixels a cell: as fine as can be seen, and one image whatever the ranges and scales are.
        let (width, height) = ((axes.area.width() / 2.0) as usize, (axes.area.height() / 2.0) as usize);
        let cell = |value: f64, (low, high): (f64, f64), count: usize| {
            let share = (value - low) / (high - low);
            (0.0..1.0).contains(&share).then(|| ((share * count as f64) as usize).min(count - 1))
        };
        let middle = |k: usize, count: usize| (k as f64 + 0.5) / count as f64;
        let column_of: Vec<Option<usize>> =
            (0..width).map(|j| cell(axes.x_scale.value(middle(j, width)), self.x, columns)).collect();
        let mut cells = Vec::with_capacity(width * height);
        for i in (0..height).rev() {
            let row = cell(axes.y_scale.value(middle(i, height)), self.y, rows);
            cells.extend(column_of.iter().map(|column| match (row, *column) {
                (Some(row), Some(column)) => colors[column * rows + row],
                _ => Color::WHITE,
            }));
        }
        canvas.image(axes.area, width, cells);
    }
}
