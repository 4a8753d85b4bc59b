//! The units of a map as cells, squares or hexagons: U-matrices, component planes, hits, colors, labels, orientations.

use crate::canvas::{Anchor, Canvas, Style, paragraph_height};
use crate::color_bar::ColorBar;
use crate::geometry::{Point, Rect};
use crate::legend::{Entry, Legend, Swatch};
use crate::{Color, ColorMap, PlotError, check, text};
use nn_core::{Lattice, Matrix, Topology, math};

/// A cell for every unit of a lattice where the lattice puts it, row 0 at the top: squares on a rectangular lattice,
/// hexagons on a hexagonal one, odd rows half a cell to the right.
///
/// A cell has a color (from a number or given) and may hold a label, a short line at an angle and a curve. Cells of
/// different groups can be parted by a thick line.
///
/// ```
/// use nn_core::{Boundary, Lattice, Topology};
/// use plot::{CellMap, Figure};
///
/// let lattice = Lattice::new(3, 4, Topology::Hexagonal, Boundary::Planar)?;
/// let hits = [9.0, 4.0, 0.0, 1.0, 3.0, 0.0, 0.0, 2.0, 0.0, 1.0, 5.0, 7.0];
/// let map = CellMap {
///     labels: hits.iter().map(|count| format!("{count}")).collect(),
///     color_bar: Some("hits".to_owned()),
///     ..CellMap::of_values(lattice, hits.to_vec())
/// };
/// assert_eq!(Figure::new(map).to_svg()?.matches("<polygon").count(), 12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct CellMap {
    /// Above the panel; empty for none.
    pub title: String,
    /// Where the cells are. Its edges are drawn as edges, also those of a torus.
    pub lattice: Lattice,
    /// What colors the cells.
    pub cells: Cells,
    /// Written into the cells, one a unit, or empty; breaks between words. Left out where cells are too small to read it.
    pub labels: Vec<String>,
    /// A line in a cell, one a unit, or empty.
    pub glyphs: Vec<Option<Glyph>>,
    /// A curve in every cell: a column a unit, or no columns. All of them share one scale.
    pub curves: Matrix<f64>,
    /// Neighboring cells of different groups are parted by a thick line; one a unit, or empty.
    pub groups: Vec<usize>,
    /// What the colors stand for, where they are given: above the cells.
    pub legend: Vec<(String, Color)>,
    /// The label of the color bar; `None` for no bar. Left out where colors are given.
    pub color_bar: Option<String>,
}

/// What colors the cells of a [`CellMap`].
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// A number a unit.
    Values {
        /// The numbers, in the order of the units.
        values: Vec<f64>,
        /// From numbers to colors.
        map: ColorMap,
        /// The values at the two ends of the map; `None` for those of the data, symmetric for [`ColorMap::BlueRed`].
        range: Option<(f64, f64)>,
    },
    /// A color a unit.
    Colors(Vec<Color>),
}

/// A short line through the middle of a cell: the orientation a unit prefers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// Radians, counterclockwise from the horizontal.
    pub angle: f64,
    /// As a share of the cell's width, 0 to 1.
    pub length: f64,
}

impl CellMap {
    /// A number a unit, in [`ColorMap::Viridis`], with a color bar without a label.
    pub fn of_values(lattice: Lattice, values: Vec<f64>) -> Self {
        let cells = Cells::Values { values, map: ColorMap::Viridis, range: None };
        Self { color_bar: Some(String::new()), ..Self::new(lattice, cells) }
    }

    /// A view of a map, rows × columns as the lattice: a U-matrix, a component plane, hits.
    pub fn of_matrix(lattice: Lattice, view: &Matrix<f64>) -> Self {
        Self::of_values(lattice, view.transpose().as_slice().to_vec())
    }

    /// A color a unit.
    pub fn of_colors(lattice: Lattice, colors: Vec<Color>) -> Self {
        Self::new(lattice, Cells::Colors(colors))
    }

    fn new(lattice: Lattice, cells: Cells) -> Self {
        Self {
            title: String::new(),
            lattice,
            cells,
            labels: vec![],
            glyphs: vec![],
            curves: Matrix::zeros(0, 0),
            groups: vec![],
            legend: vec![],
            color_bar: None,
        }
    }

    /// Width and height of all cells, in units of the distance between neighbors.
    fn extent(&self) -> (f64, f64) {
        let last = self.lattice.position(self.lattice.units() - 1).1;
        let shift = if self.hexagonal() && self.lattice.rows() > 1 { 0.5 } else { 0.0 };
        (self.lattice.columns() as f64 + shift, last + 2.0 * self.half_height())
    }

    fn hexagonal(&self) -> bool {
        self.lattice.topology() == Topology::Hexagonal
    }

    /// From the middle of a cell to its highest point.
    fn half_height(&self) -> f64 {
        if self.hexagonal() { 1.0 / 3f64.sqrt() } else { 0.5 }
    }

    fn bar(&self) -> Option<&String> {
        self.color_bar.as_ref().filter(|_| matches!(self.cells, Cells::Values { .. }))
    }

    pub(crate) fn preferred_size(&self) -> (f64, f64) {
        let (columns, rows) = self.extent();
        let cell = (640.0 / rows).min(820.0 / columns);
        let bar = if self.bar().is_some() { 110.0 } else { 0.0 };
        let title = if self.title.is_empty() { 12.0 } else { 40.0 };
        let legend = if self.legend.is_empty() { 0.0 } else { 32.0 };
        ((columns * cell + 20.0 + bar).max(240.0), (rows * cell + title + legend).max(160.0))
    }

    fn check(&self) -> Result<(), PlotError> {
        let units = self.lattice.units();
        match &self.cells {
            Cells::Values { values, range, .. } => {
                check::same_length("values of a cell map (one a unit)", units, values.len())?;
                check::finite("cell map", values)?;
                range.map_or(Ok(()), |range| check::ascending("range of a cell map", range))?;
            }
            Cells::Colors(colors) => check::same_length("colors of a cell map (one a unit)", units, colors.len())?,
        }
        check::none_or("labels of a cell map", units, self.labels.len())?;
        check::none_or("groups of a cell map", units, self.groups.len())?;
        check::none_or("glyphs of a cell map", units, self.glyphs.len())?;
        for (unit, glyph) in self.glyphs.iter().enumerate() {
            if let Some(glyph) = glyph {
                check::finite(&format!("glyph of unit {unit} (angle and length)"), &[glyph.angle, glyph.length])?;
            }
        }
        check::none_or("curves of a cell map", units, self.curves.ncols())?;
        check::finite("curves of a cell map", self.curves.as_slice())
    }

    /// The colors of the cells, and the range of the values.
    fn colors(&self) -> (Vec<Color>, (f64, f64), ColorMap) {
        match &self.cells {
            Cells::Colors(colors) => (colors.clone(), (0.0, 1.0), ColorMap::Viridis),
            Cells::Values { values, map, range } => {
                let range = range.unwrap_or_else(|| map.range(values));
                let color = |value: &f64| map.color((value - range.0) / (range.1 - range.0));
                (values.iter().map(color).collect(), range, *map)
            }
        }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, place: Rect) -> Result<(), PlotError> {
        self.check()?;
        let style = canvas.style;
        let Style { unit } = style;
        let (colors, range, map) = self.colors();
        let bar = self.bar().map(|label| ColorBar::new(&style, map, range, label, place));
        let right = place.right - bar.as_ref().map_or(0.0, |bar| bar.width(&style)) - 2.0 * unit;
        let title = text::wrap(&self.title, style.title_size(), place.width());
        let title_height = 4.0 * unit + paragraph_height(&title);

        let patch = |(name, color): &(String, Color)| Entry {
            name: name.clone(),
            swatch: Swatch::Patch { color: *color, opacity: 1.0 },
        };
        let mut legend = Legend::new(&style, self.legend.iter().map(patch).collect());
        let room = Rect { left: place.left + 2.0 * unit, right, ..place };
        legend.shrink(room.width());
        let above = legend.height_above(room.width());
        let room = Rect { top: place.top + title_height + above, bottom: place.bottom - 3.0 * unit, ..room };
        let (columns, rows) = self.extent();
        let area = room.with_aspect(rows / columns);
        if area.width() < 24.0 || area.height() < 24.0 {
            let panel = check::titled("cell map", &self.title);
            return Err(PlotError::Room { panel, width: area.width(), height: area.height() });
        }
        let grid = Grid { area, step: area.width() / columns, half_height: self.half_height(), map: self };
        grid.draw_cells(canvas, &colors);
        grid.draw_groups(canvas);
        grid.draw_curves(canvas, &colors);
        grid.draw_glyphs(canvas, &colors);
        grid.draw_labels(canvas, &colors);

        canvas.paragraph(&title, area.center().0, area.top - above - title_height, place);
        legend.draw(canvas, Rect { left: room.left, right: room.right, ..area }, None);
        if let Some(bar) = bar {
            bar.draw(canvas, area);
        }
        Ok(())
    }
}

/// The cells on the page.
struct Grid<'a> {
    area: Rect,
    /// Pixels between neighbors.
    step: f64,
    half_height: f64,
    map: &'a CellMap,
}

impl Grid<'_> {
    fn center(&self, unit: usize) -> Point {
        let (x, y) = self.map.lattice.position(unit);
        (self.area.left + self.step * (x + 0.5), self.area.top + self.step * (y + self.half_height))
    }

    fn draw_cells(&self, canvas: &mut Canvas, colors: &[Color]) {
        let unit = canvas.style.unit;
        if !self.map.hexagonal() {
            canvas.image(self.area, self.map.lattice.columns(), colors.to_vec());
            return canvas.outline(self.area, Color::hex(0x808080), unit);
        }
        // A hairline of paper keeps hexagons apart; where it would be most of the picture, they overlap a little
        // instead, so that no seams shine through.
        let side = self.step * if self.step > 12.0 * unit { self.half_height } else { 1.03 * self.half_height };
        let side = if self.step > 12.0 * unit { side - 0.5 * unit } else { side };
        for (index, color) in colors.iter().enumerate() {
            let (x, y) = self.center(index);
            let half = side * 3f64.sqrt() / 2.0;
            let right = [(0.0, -side), (half, -side / 2.0), (half, side / 2.0)];
            let left = [(0.0, side), (-half, side / 2.0), (-half, -side / 2.0)];
            let corners: Vec<Point> = right.into_iter().chain(left).map(|(dx, dy)| (x + dx, y + dy)).collect();
            // White cells need an edge to be seen.
            if color.contrast() == Color::BLACK && color.red.min(color.green).min(color.blue) > 0xE8 {
                let closed: Vec<Point> = corners.iter().chain(&corners[..1]).copied().collect();
                canvas.line(closed, Color::hex(0xC8C8C8), unit);
            }
            canvas.polygon(corners, *color, 1.0);
        }
    }

    /// A line along the edge that two neighbors of different groups share.
    fn draw_groups(&self, canvas: &mut Canvas) {
        if self.map.groups.is_empty() {
            return;
        }
        let lattice = &self.map.lattice;
        let half = self.step * if self.map.hexagonal() { self.half_height / 2.0 } else { 0.5 };
        let width = (0.09 * self.step).clamp(1.5 * canvas.style.unit, 4.5 * canvas.style.unit);
        for unit in 0..lattice.units() {
            for other in lattice.neighbors(unit).into_iter().filter(|other| *other > unit) {
                let ((x, y), (u, v)) = (self.center(unit), self.center(other));
                let (dx, dy) = ((u - x) / self.step, (v - y) / self.step);
                // Around a cylinder or torus neighbors share no edge on the page.
                let touching = (dx * dx + dy * dy - 1.0).abs() < 1e-6;
                if touching && self.map.groups[unit] != self.map.groups[other] {
                    let (mx, my) = ((x + u) / 2.0, (y + v) / 2.0);
                    let ends = vec![(mx - half * dy, my + half * dx), (mx + half * dy, my - half * dx)];
                    canvas.line(ends, Color::INK, width);
                }
            }
        }
    }

    fn draw_curves(&self, canvas: &mut Canvas, colors: &[Color]) {
        let curves = &self.map.curves;
        if curves.is_empty() {
            return;
        }
        let (low, high) = ColorMap::Viridis.range(curves.as_slice());
        let (width, height) = (0.8 * self.step, if self.map.hexagonal() { 0.62 } else { 0.8 } * self.step);
        let last = curves.nrows().saturating_sub(1).max(1) as f64;
        let pen = (0.03 * self.step).clamp(0.8 * canvas.style.unit, 2.0 * canvas.style.unit);
        for (unit, curve) in curves.column_iter().enumerate() {
            let (x, y) = self.center(unit);
            let point = |(k, value): (usize, &f64)| {
                (x + width * (k as f64 / last - 0.5), y + height * (0.5 - (value - low) / (high - low)))
            };
            canvas.line(curve.iter().enumerate().map(point).collect(), colors[unit].contrast(), pen);
        }
    }

    fn draw_glyphs(&self, canvas: &mut Canvas, colors: &[Color]) {
        let pen = (0.1 * self.step).clamp(canvas.style.unit, 5.0 * canvas.style.unit);
        for (unit, glyph) in self.map.glyphs.iter().enumerate() {
            let Some(Glyph { angle, length }) = glyph else { continue };
            let (x, y) = self.center(unit);
            let half = 0.5 * self.step * length.clamp(0.0, 1.0);
            let (dx, dy) = (half * math::cos(*angle), -half * math::sin(*angle));
            canvas.line(vec![(x - dx, y - dy), (x + dx, y + dy)], colors[unit].contrast(), pen);
        }
    }

    fn draw_labels(&self, canvas: &mut Canvas, colors: &[Color]) {
        let unit = canvas.style.unit;
        let (width, height) = (0.88 * self.step, if self.map.hexagonal() { 0.8 } else { 0.9 } * self.step);
        // One size for all: the largest at which every label fits its cell.
        let fits = |size: f64| {
            self.map.labels.iter().all(|label| {
                let (lines, shrunk) = text::wrap(label, size, width);
                shrunk >= size && size * text::LINE_HEIGHT * lines.len() as f64 <= height
            })
        };
        let sizes = (0..40).map(|step| 17.0 * unit - 0.25 * unit * f64::from(step));
        let Some(size) = sizes.into_iter().find(|size| fits(*size)) else { return };
        for (index, label) in self.map.labels.iter().enumerate() {
            let (x, y) = self.center(index);
            let (lines, size) = text::wrap(label, size, width);
            let line = size * text::LINE_HEIGHT;
            for (number, words) in lines.iter().enumerate() {
                let middle = y + line * (number as f64 - (lines.len() - 1) as f64 / 2.0);
                canvas.text_centered(words, (x, middle), size, colors[index].contrast(), Anchor::Middle);
            }
        }
    }
}
