//! The page: a list of shapes in pixels that any back end can replay, so that panels are drawn once for SVG and PNG.

use crate::geometry::{Point, Rect};
use crate::{Color, text};

/// A filled or stroked form.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Line { points: Vec<Point>, color: Color, width: f64 },
    Polygon { points: Vec<Point>, color: Color, opacity: f64 },
    Rectangle { rect: Rect, color: Color, opacity: f64 },
    Disc { center: Point, radius: f64, color: Color },
}

/// Which point of a line of text its position names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// One line of text; the position is on the baseline. `upward` turns it to read from bottom to top.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub text: String,
    pub position: Point,
    pub size: f64,
    pub color: Color,
    pub anchor: Anchor,
    pub upward: bool,
}

/// Cells of equal size, row by row from the top.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub rect: Rect,
    pub columns: usize,
    pub cells: Vec<Color>,
}

impl Image {
    pub fn rows(&self) -> usize {
        self.cells.len() / self.columns.max(1)
    }
}

/// Lengths that grow with the figure, so that a figure of any size reads the same once it is scaled onto a slide.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// One pixel of a figure 1000 pixels wide.
    pub unit: f64,
}

impl Style {
    pub fn tick_size(&self) -> f64 {
        15.0 * self.unit
    }
    pub fn label_size(&self) -> f64 {
        16.5 * self.unit
    }
    pub fn title_size(&self) -> f64 {
        18.0 * self.unit
    }
    pub fn heading_size(&self) -> f64 {
        22.0 * self.unit
    }
}

/// What a figure is made of. Images lie below shapes, shapes below texts.
#[derive(Debug)]
pub(crate) struct Canvas {
    pub width: u32,
    pub height: u32,
    pub style: Style,
    pub images: Vec<Image>,
    pub shapes: Vec<Shape>,
    pub texts: Vec<Text>,
}

impl Canvas {
    pub fn new(width: u32, height: u32, style: Style) -> Self {
        Self { width, height, style, images: Vec::new(), shapes: Vec::new(), texts: Vec::new() }
    }

    pub fn image(&mut self, rect: Rect, columns: usize, cells: Vec<Color>) {
        self.images.push(Image { rect, columns, cells });
    }

    pub fn line(&mut self, points: Vec<Point>, color: Color, width: f64) {
        self.shapes.push(Shape::Line { points, color, width });
    }

    /// A line of dashes: lengths drawn and left out in turn, the pattern running on around corners.
    pub fn dashed(&mut self, points: &[Point], pattern: &[f64], color: Color, width: f64) {
        if pattern.is_empty() {
            return self.line(points.to_vec(), color, width);
        }
        let (mut index, mut left) = (0, pattern[0]);
        let mut dash: Vec<Point> = points.first().copied().into_iter().collect();
        for pair in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let length = ((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)).sqrt();
            let mut done = 0.0;
            while length - done > left {
                done += left;
                let point = (x0 + (x1 - x0) * done / length, y0 + (y1 - y0) * done / length);
                dash.push(point);
                if index % 2 == 0 {
                    self.line(std::mem::take(&mut dash), color, width);
                }
                dash = vec![point];
                index = (index + 1) % pattern.len();
                left = pattern[index];
            }
            left -= length - done;
            dash.push((x1, y1));
        }
        if index % 2 == 0 && dash.len() > 1 {
            self.line(dash, color, width);
        }
    }

    pub fn polygon(&mut self, points: Vec<Point>, color: Color, opacity: f64) {
        self.shapes.push(Shape::Polygon { points, color, opacity });
    }

    pub fn rectangle(&mut self, rect: Rect, color: Color, opacity: f64) {
        self.shapes.push(Shape::Rectangle { rect, color, opacity });
    }

    /// The outline of a rectangle, centered on its edges.
    pub fn outline(&mut self, rect: Rect, color: Color, width: f64) {
        let Rect { left, top, right, bottom } = rect;
        self.line(vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], color, width);
    }

    pub fn disc(&mut self, center: Point, radius: f64, color: Color) {
        self.shapes.push(Shape::Disc { center, radius, color });
    }

    /// One line of text on its baseline.
    pub fn text(&mut self, text: &str, position: Point, size: f64, color: Color, anchor: Anchor) {
        self.texts.push(Text { text: text.to_owned(), position, size, color, anchor, upward: false });
    }

    /// One line of text whose capitals and digits are centered on the height of `position`.
    pub fn text_centered(&mut self, text: &str, (x, y): Point, size: f64, color: Color, anchor: Anchor) {
        self.text(text, (x, y + size * text::CAPITAL_HEIGHT / 2.0), size, color, anchor);
    }

    /// One line of text that reads from bottom to top, its capitals and digits centered on `position`.
    pub fn text_upward(&mut self, text: &str, (x, y): Point, size: f64, color: Color, anchor: Anchor) {
        let position = (x + size * text::CAPITAL_HEIGHT / 2.0, y);
        self.texts.push(Text { text: text.to_owned(), position, size, color, anchor, upward: true });
    }

    /// Lines of text, one below the other, the first one's top at `top`; centered on x unless that would leave `within`.
    pub fn paragraph(&mut self, (lines, size): &(Vec<String>, f64), x: f64, top: f64, within: Rect) {
        let half = text::widest(lines.iter().map(String::as_str), *size) / 2.0;
        let x = x.min(within.right - half).max(within.left + half);
        for (index, line) in lines.iter().enumerate() {
            let baseline = top + size * (0.95 + text::LINE_HEIGHT * index as f64);
            self.text(line, (x, baseline), *size, Color::INK, Anchor::Middle);
        }
    }

    /// The same, turned to read from bottom to top, the first line's top at `left`; centered on y.
    pub fn paragraph_upward(&mut self, (lines, size): &(Vec<String>, f64), left: f64, y: f64, within: Rect) {
        let half = text::widest(lines.iter().map(String::as_str), *size) / 2.0;
        let y = y.min(within.bottom - half).max(within.top + half);
        for (index, line) in lines.iter().enumerate() {
            let across = left + size * (0.55 + text::LINE_HEIGHT * index as f64);
            self.text_upward(line, (across, y), *size, Color::INK, Anchor::Middle);
        }
    }
}

/// Height of a wrapped text with a little room after it; 0 for an empty one.
pub(crate) fn paragraph_height((lines, size): &(Vec<String>, f64)) -> f64 {
    if lines.is_empty() { 0.0 } else { size * (text::LINE_HEIGHT * lines.len() as f64 + 0.2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_run_on_around_a_corner() {
        let mut canvas = Canvas::new(100, 100, Style { unit: 1.0 });
        canvas.dashed(&[(0.0, 0.0), (5.0, 0.0), (5.0, 5.0)], &[4.0, 2.0], Color::BLACK, 1.0);
        let dashes: Vec<_> = canvas
            .shapes
            .iter()
            .map(|shape| if let Shape::Line { points, .. } = shape { points.clone() } else { vec![] })
            .collect();
        assert_eq!(dashes, [vec![(0.0, 0.0), (4.0, 0.0)], vec![(5.0, 1.0), (5.0, 5.0)]]);
    }
}
