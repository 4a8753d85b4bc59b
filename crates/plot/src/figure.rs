//! Panels in a grid, and the way from a description to SVG and PNG.

use crate::canvas::{Canvas, Style, paragraph_height};
use crate::geometry::Rect;
use crate::{
    Bar, CellMap, Curve, HeatMap, Histogram, ImageGrid, LatticePlot, PlotError, Scatter, check, png, svg, text,
};

/// Sides outside these bounds, in pixels, are refused.
const SIDES: std::ops::RangeInclusive<u32> = 64..=4096;

/// One picture of a [`Figure`]; every kind converts into it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Panel {
    /// Lines over two axes.
    Curve(Curve),
    /// Points in the plane by class.
    Scatter(Scatter),
    /// A lattice of units over its data.
    LatticePlot(LatticePlot),
    /// The units of a map as squares or hexagons.
    CellMap(CellMap),
    /// A matrix in color.
    HeatMap(HeatMap),
    /// Many small images.
    ImageGrid(ImageGrid),
    /// How often values occur.
    Histogram(Histogram),
    /// Numbers side by side.
    Bar(Bar),
}

/// Calls a method that every kind has.
macro_rules! each_kind {
    ($panel:expr, $kind:ident => $call:expr) => {
        match $panel {
            Panel::Curve($kind) => $call,
            Panel::Scatter($kind) => $call,
            Panel::LatticePlot($kind) => $call,
            Panel::CellMap($kind) => $call,
            Panel::HeatMap($kind) => $call,
            Panel::ImageGrid($kind) => $call,
            Panel::Histogram($kind) => $call,
            Panel::Bar($kind) => $call,
        }
    };
}

macro_rules! panel_from {
    ($($kind:ident),+) => {
        $(impl From<$kind> for Panel {
            fn from(kind: $kind) -> Self {
                Panel::$kind(kind)
            }
        })+
    };
}

panel_from!(Curve, Scatter, LatticePlot, CellMap, HeatMap, ImageGrid, Histogram, Bar);

impl Panel {
    /// Width and height of this panel alone, in pixels.
    fn preferred_size(&self) -> (f64, f64) {
        each_kind!(self, kind => kind.preferred_size())
    }

    fn draw(&self, canvas: &mut Canvas, place: Rect) -> Result<(), PlotError> {
        each_kind!(self, kind => kind.draw(canvas, place))
    }
}

/// A figure: one panel, or several in a grid, on white paper.
///
/// The description is checked when it is rendered. The same description gives the same bytes on every run.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Above all panels; empty for none. Breaks into lines where it is too long.
    pub title: String,
    /// Width and height in pixels, 64 to 4096 each; `None` for a size that suits the panels.
    pub size: Option<(u32, u32)>,
    /// Panels side by side.
    pub columns: usize,
    /// Row by row from the top left.
    pub panels: Vec<Panel>,
}

impl Figure {
    /// A figure of one panel.
    pub fn new(panel: impl Into<Panel>) -> Self {
        Self::grid(1, vec![panel.into()])
    }

    /// Panels in rows of `columns`.
    pub fn grid(columns: usize, panels: Vec<Panel>) -> Self {
        Self { title: String::new(), size: None, columns, panels }
    }

    /// The same figure with a title above all panels.
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Self {
        Self { title: title.into(), ..self }
    }

    /// The same figure with this width and height in pixels.
    #[must_use]
    pub fn sized(self, width: u32, height: u32) -> Self {
        Self { size: Some((width, height)), ..self }
    }

    /// The figure as an SVG document. Text stays text, set in DejaVu Sans where the viewer has it; the cells of images,
    /// heat maps and decision regions are embedded PNG files.
    ///
    /// # Errors
    /// What is wrong with the description: see [`PlotError`].
    pub fn to_svg(&self) -> Result<String, PlotError> {
        svg::render(&self.canvas()?)
    }

    /// The figure as a PNG file: 8-bit RGB, smooth edges.
    ///
    /// # Errors
    /// What is wrong with the description: see [`PlotError`].
    pub fn to_png(&self) -> Result<Vec<u8>, PlotError> {
        png::render(&self.canvas()?)
    }

    fn canvas(&self) -> Result<Canvas, PlotError> {
        check::not_empty("a figure without panels", self.panels.len())?;
        check::not_empty("a figure of 0 columns", self.columns)?;
        let columns = self.columns.min(self.panels.len());
        let sizes: Vec<(f64, f64)> = self.panels.iter().map(Panel::preferred_size).collect();
        // Several panels share the room of a slide: each is smaller than it would be alone.
        let factor = [1.0, 0.62, 0.46, 0.38][columns.min(4) - 1];
        let column = |k: usize| sizes.iter().skip(k).step_by(columns).map(|size| factor * size.0).fold(0.0, f64::max);
        let widths: Vec<f64> = (0..columns).map(column).collect();
        let heights: Vec<f64> =
            sizes.chunks(columns).map(|row| row.iter().map(|size| factor * size.1).fold(0.0, f64::max)).collect();
        let (wanted_width, wanted_height) = (widths.iter().sum::<f64>(), heights.iter().sum::<f64>());

        let (width, height) = match self.size {
            Some(size) => size,
            None => automatic_size(wanted_width, wanted_height, &self.title),
        };
        if !SIDES.contains(&width) || !SIDES.contains(&height) {
            return Err(PlotError::Size { width, height, least: *SIDES.start(), most: *SIDES.end() });
        }
        let style = style(f64::from(width));
        let mut canvas = Canvas::new(width, height, style);
        let margin = 12.0 * style.unit;
        let page = Rect::new(0.0, 0.0, f64::from(width), f64::from(height)).inset(margin);
        let title = text::wrap(&self.title, style.heading_size(), page.width());
        canvas.paragraph(&title, page.center().0, page.top, page);
        let top = page.top + heading_height(&title);

        let gap = 22.0 * style.unit;
        let stretch_x = (page.width() - gap * (columns - 1) as f64) / wanted_width;
        let stretch_y = (page.bottom - top - gap * (heights.len() - 1) as f64) / wanted_height;
        for (index, panel) in self.panels.iter().enumerate() {
            let (row, column) = (index / columns, index % columns);
            let left = page.left + stretch_x * widths[..column].iter().sum::<f64>() + gap * column as f64;
            let above = top + stretch_y * heights[..row].iter().sum::<f64>() + gap * row as f64;
            panel.draw(&mut canvas, Rect::new(left, above, stretch_x * widths[column], stretch_y * heights[row]))?;
        }
        Ok(canvas)
    }
}

/// Text grows with figures wider than 1000 pixels and never gets smaller, so that a slide shows it at 13 pixels or more.
fn style(width: f64) -> Style {
    Style { unit: (width / 1000.0).max(1.0) }
}

fn heading_height(title: &(Vec<String>, f64)) -> f64 {
    if title.0.is_empty() { 0.0 } else { paragraph_height(title) + 0.3 * title.1 }
}

/// The preferred size with margins and title, made smaller where it exceeds the bounds.
fn automatic_size(width: f64, height: f64, title: &str) -> (u32, u32) {
    let width = (width + 24.0).max(320.0);
    let style = style(width);
    let title = text::wrap(title, style.heading_size(), width - 24.0);
    let height = height + 24.0 * style.unit + heading_height(&title);
    let shrink = (f64::from(*SIDES.end()) / width.max(height)).min(1.0);
    let side = |length: f64| ((length * shrink).round() as u32).clamp(*SIDES.start(), *SIDES.end());
    (side(width), side(height))
}
