//! A matrix in color: weights, confusion matrices, U-matrices, correlations.

use crate::canvas::{Anchor, Canvas, Style, paragraph_height};
use crate::color_bar::ColorBar;
use crate::geometry::Rect;
use crate::number::{fixed, significant};
use crate::{Color, ColorMap, PlotError, check, text};
use nn_core::Matrix;

/// A matrix as colored cells, row 0 at the top.
///
/// ```
/// use nn_core::Matrix;
/// use plot::{Figure, HeatMap};
///
/// let counts = Matrix::from_row_slice(2, 2, &[48.0, 2.0, 5.0, 45.0]);
/// let confusion = HeatMap::confusion(counts, &["healthy", "ill"]);
/// assert!(Figure::new(confusion).to_svg()?.contains("predicted"));
/// # Ok::<(), plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct HeatMap {
    /// Above the panel; empty for none.
    pub title: String,
    /// The cells.
    pub values: Matrix<f64>,
    /// From numbers to colors.
    pub map: ColorMap,
    /// The values at the two ends of the map; `None` for those of the data, symmetric for [`ColorMap::BlueRed`].
    pub range: Option<(f64, f64)>,
    /// The label of the color bar; `None` for no bar, empty for a bar without a label.
    pub color_bar: Option<String>,
    /// Written into the cells, row by row; empty for none. Left out where a cell is too small to read it.
    pub cell_text: Vec<Vec<String>>,
    /// One a row, or empty. Where there is no room for all, every second, third ... is written.
    pub row_labels: Vec<String>,
    /// One a column, or empty; turned upright when they are wider than their columns.
    pub column_labels: Vec<String>,
    /// Below the columns; empty for none.
    pub x_label: String,
    /// Left of the rows; empty for none.
    pub y_label: String,
    /// Cells fill the panel instead of being squares.
    pub stretch: bool,
}

impl HeatMap {
    /// Square cells in [`ColorMap::Viridis`] with a color bar.
    pub fn new(values: Matrix<f64>) -> Self {
        Self {
            title: String::new(),
            values,
            map: ColorMap::Viridis,
            range: None,
            color_bar: Some(String::new()),
            cell_text: vec![],
            row_labels: vec![],
            column_labels: vec![],
            x_label: String::new(),
            y_label: String::new(),
            stretch: false,
        }
    }

    /// Counts of samples, row = true class, column = predicted class, with the counts written into the cells.
    pub fn confusion(counts: Matrix<f64>, classes: &[&str]) -> Self {
        let labels: Vec<String> = classes.iter().map(|class| (*class).to_owned()).collect();
        let cell_text = counts.row_iter().map(|row| row.iter().map(|count| fixed(*count, 0)).collect()).collect();
        let largest = counts.iter().copied().fold(1.0, f64::max);
        Self {
            map: ColorMap::Blues,
            range: Some((0.0, largest)),
            color_bar: None,
            cell_text,
            row_labels: labels.clone(),
            column_labels: labels,
            x_label: "predicted class".to_owned(),
            y_label: "true class".to_owned(),
            ..Self::new(counts)
        }
    }

    /// Writes each value into its cell, to this many significant digits.
    #[must_use]
    pub fn with_values(mut self, digits: usize) -> Self {
        let row = |row: usize| self.values.row(row).iter().map(|value| significant(*value, digits)).collect();
        self.cell_text = (0..self.values.nrows()).map(row).collect();
        self
    }

    pub(crate) fn preferred_size(&self) -> (f64, f64) {
        if self.stretch {
            return (1000.0, 600.0);
        }
        let (rows, columns) = (self.values.nrows().max(1) as f64, self.values.ncols().max(1) as f64);
        let cell = (640.0 / rows).min(820.0 / columns);
        let bar = if self.color_bar.is_some() { 110.0 } else { 0.0 };
        let widest = |labels: &[String]| text::widest(labels.iter().map(String::as_str), 15.0).min(200.0);
        let below = if widest(&self.column_labels) > cell { widest(&self.column_labels) } else { 20.0 };
        let (width, height) = (columns * cell + 90.0 + bar + widest(&self.row_labels), rows * cell + 70.0 + below);
        (width.max(360.0), height.max(240.0))
    }

    fn check(&self) -> Result<(), PlotError> {
        let (rows, columns) = self.values.shape();
        check::not_empty("the matrix of a heat map", rows * columns)?;
        check::finite("heat map", self.values.as_slice())?;
        check::none_or("row labels of a heat map", rows, self.row_labels.len())?;
        check::none_or("column labels of a heat map", columns, self.column_labels.len())?;
        check::none_or("rows of cell text of a heat map", rows, self.cell_text.len())?;
        for (index, row) in self.cell_text.iter().enumerate() {
            check::same_length(&format!("cell texts in row {index} of a heat map"), columns, row.len())?;
        }
        self.range.map_or(Ok(()), |range| check::ascending("range of a heat map", range))
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, place: Rect) -> Result<(), PlotError> {
        self.check()?;
        let style = canvas.style;
        let (rows, columns) = self.values.shape();
        let range = self.range.unwrap_or_else(|| self.map.range(self.values.as_slice()));
        let bar = self.color_bar.as_ref().map(|label| ColorBar::new(&style, self.map, range, label, place));
        let frame = Frame::new(self, &style, place, bar.as_ref().map_or(0.0, |bar| bar.width(&style)))?;
        let image = frame.image;

        let share = |value: f64| (value - range.0) / (range.1 - range.0);
        let colors: Vec<Color> = self
            .values
            .row_iter()
            .flat_map(|row| row.iter().map(|value| self.map.color(share(*value))).collect::<Vec<_>>())
            .collect();
        let (width, height) = (image.width() / columns as f64, image.height() / rows as f64);
        self.write_cells(canvas, &colors, image, (width, height));
        canvas.image(image, columns, colors);
        canvas.outline(image, Color::hex(0x808080), style.unit);
        if let Some(bar) = bar {
            bar.draw(canvas, image);
        }
        frame.draw(self, canvas, (width, height));
        Ok(())
    }

    fn write_cells(&self, canvas: &mut Canvas, colors: &[Color], image: Rect, (width, height): (f64, f64)) {
        let unit = canvas.style.unit;
        let widest = text::widest(self.cell_text.iter().flatten().map(String::as_str), 1.0);
        let size = (0.84 * width / widest.max(0.1)).min(0.6 * height).min(16.0 * unit);
        if size < 8.0 * unit {
            return;
        }
        for (index, words) in self.cell_text.iter().flatten().enumerate() {
            let (row, column) = (index / self.values.ncols(), index % self.values.ncols());
            let middle = (image.left + width * (column as f64 + 0.5), image.top + height * (row as f64 + 0.5));
            canvas.text_centered(words, middle, size, colors[index].contrast(), Anchor::Middle);
        }
    }
}

/// The image and what is written around it.
struct Frame {
    place: Rect,
    image: Rect,
    title: (Vec<String>, f64),
    x_label: (Vec<String>, f64),
    y_label: (Vec<String>, f64),
    title_top: f64,
    row_label_width: f64,
    row_size: f64,
    column_size: f64,
    column_labels: Vec<Vec<String>>,
    column_label_height: f64,
    upright: bool,
}

impl Frame {
    fn new(map: &HeatMap, style: &Style, place: Rect, bar: f64) -> Result<Self, PlotError> {
        let (unit, tick) = (style.unit, style.tick_size());
        let (rows, columns) = map.values.shape();
        let title = text::wrap(&map.title, style.title_size(), place.width());
        let title_height = 4.0 * unit + paragraph_height(&title);
        let x_label = text::wrap(&map.x_label, style.label_size(), 0.8 * place.width());
        let y_label = text::wrap(&map.y_label, style.label_size(), 0.8 * (place.height() - title_height));
        // Long names of rows and columns must leave most of the panel to the cells.
        let longest = |labels: &[String]| text::widest(labels.iter().map(String::as_str), 1.0).max(0.1);
        let row_size = tick.min(0.35 * place.width() / longest(&map.row_labels));
        let upright_size = tick.min(0.35 * place.height() / longest(&map.column_labels));
        let row_label_width =
            if map.row_labels.is_empty() { 0.0 } else { longest(&map.row_labels) * row_size + 8.0 * unit };
        let left = place.left + row_label_width + 4.0 * unit + paragraph_height(&y_label);
        let right = place.right - bar - 4.0 * unit;

        let column_width = longest(&map.column_labels) * tick;
        let below = 4.0 * unit + paragraph_height(&x_label);
        let layout = |height: f64| {
            let labels = if map.column_labels.is_empty() { 0.0 } else { height + 10.0 * unit };
            let whole = Rect { left, top: place.top + title_height, right, bottom: place.bottom - below - labels };
            let image = if map.stretch { whole } else { whole.with_aspect(rows as f64 / columns as f64) };
            (labels, image)
        };
        // Column labels stand in one line, else break between their words, else are turned upright; those of one or two
        // characters are thinned out instead.
        let single: Vec<Vec<String>> = map.column_labels.iter().map(|label| vec![label.clone()]).collect();
        let level = layout(tick);
        let room = 0.92 * level.1.width() / columns as f64;
        let wrapped: Vec<(Vec<String>, f64)> =
            map.column_labels.iter().map(|label| text::wrap(label, tick, room)).collect();
        let lines = wrapped.iter().map(|(lines, _)| lines.len()).max().unwrap_or(1);
        let breaks = lines <= 3 && wrapped.iter().all(|(_, size)| *size == tick);
        let (column_labels, upright, (column_label_height, image)) = if column_width <= room.max(2.2 * tick) {
            (single, false, level)
        } else if breaks {
            let broken = wrapped.into_iter().map(|(lines, _)| lines).collect();
            (broken, false, layout(lines as f64 * tick * text::LINE_HEIGHT))
        } else {
            (single, true, layout(longest(&map.column_labels) * upright_size))
        };
        if image.width() < 24.0 || image.height() < 24.0 {
            let panel = check::titled("heat map", &map.title);
            return Err(PlotError::Room { panel, width: image.width(), height: image.height() });
        }
        let image = Rect {
            left: image.left.round(),
            top: image.top.round(),
            right: image.right.round(),
            bottom: image.bottom.round(),
        };
        Ok(Self {
            place,
            image,
            title,
            x_label,
            y_label,
            title_top: image.top - title_height,
            row_label_width,
            row_size,
            column_size: if upright { upright_size } else { tick },
            column_labels,
            column_label_height,
            upright,
        })
    }

    fn draw(&self, map: &HeatMap, canvas: &mut Canvas, (width, height): (f64, f64)) {
        let Style { unit } = canvas.style;
        let tick = self.column_size;
        let image = self.image;
        let every = |room: f64, needed: f64| (needed / room).ceil().max(1.0) as usize;
        for (row, words) in map.row_labels.iter().enumerate().step_by(every(height, 1.15 * self.row_size)) {
            let y = image.top + height * (row as f64 + 0.5);
            canvas.text_centered(words, (image.left - 7.0 * unit, y), self.row_size, Color::INK, Anchor::End);
        }
        let widest = text::widest(self.column_labels.iter().flatten().map(String::as_str), tick);
        let needed = if self.upright { 1.15 * tick } else { widest };
        for (column, lines) in self.column_labels.iter().enumerate().step_by(every(width, needed)) {
            let x = image.left + width * (column as f64 + 0.5);
            if self.upright {
                let words = lines.concat();
                canvas.text_upward(&words, (x, image.bottom + 7.0 * unit), tick, Color::INK, Anchor::End);
            } else {
                canvas.paragraph(&(lines.clone(), tick), x, image.bottom + 5.0 * unit, self.place);
            }
        }
        let (x, y) = image.center();
        let below_title = Rect { top: self.image.top, ..self.place };
        canvas.paragraph(&self.x_label, x, image.bottom + self.column_label_height + 2.0 * unit, self.place);
        let left = image.left - self.row_label_width - 4.0 * unit - paragraph_height(&self.y_label);
        canvas.paragraph_upward(&self.y_label, left, y, below_title);
        canvas.paragraph(&self.title, x, self.title_top, self.place);
    }
}
