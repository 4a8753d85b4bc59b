//! The bar beside an image that says which color is which number.

use crate::canvas::{Anchor, Canvas, Style, paragraph_height};
use crate::geometry::Rect;
use crate::tick_marks::{TickMarks, linear};
use crate::{Color, ColorMap, text};

#[derive(Debug)]
pub(crate) struct ColorBar {
    map: ColorMap,
    range: (f64, f64),
    label: (Vec<String>, f64),
    ticks: TickMarks,
    place: Rect,
}

impl ColorBar {
    /// A bar for an image within `place`.
    pub fn new(style: &Style, map: ColorMap, range: (f64, f64), label: &str, place: Rect) -> Self {
        let label = text::wrap(label, style.label_size(), 0.8 * place.height());
        Self { map, range, label, ticks: linear(range.0, range.1, 6, false), place }
    }

    fn tick_width(&self, style: &Style) -> f64 {
        text::widest(self.ticks.major.iter().map(|(_, label)| label.as_str()), style.tick_size())
    }

    /// Pixels right of the image that the bar needs.
    pub fn width(&self, style: &Style) -> f64 {
        48.0 * style.unit + self.tick_width(style) + paragraph_height(&self.label)
    }

    /// Draws the bar right of the image, as high as it.
    pub fn draw(&self, canvas: &mut Canvas, image: Rect) {
        let style = canvas.style;
        let unit = style.unit;
        let bar = Rect { left: image.right + 16.0 * unit, right: image.right + 34.0 * unit, ..image };
        let steps = 256;
        let cells = (0..steps).rev().map(|step| self.map.color(f64::from(step) / f64::from(steps - 1))).collect();
        canvas.image(bar, 1, cells);
        canvas.outline(bar, Color::hex(0x808080), unit);
        let (low, high) = self.range;
        for (value, label) in &self.ticks.major {
            let y = bar.bottom - (value - low) / (high - low) * bar.height();
            canvas.line(vec![(bar.right, y), (bar.right + 4.0 * unit, y)], Color::INK, unit);
            canvas.text_centered(label, (bar.right + 7.0 * unit, y), style.tick_size(), Color::INK, Anchor::Start);
        }
        let left = bar.right + 12.0 * unit + self.tick_width(&style);
        let below_title = Rect { top: image.top, ..self.place };
        canvas.paragraph_upward(&self.label, left, bar.center().1, below_title);
    }
}
