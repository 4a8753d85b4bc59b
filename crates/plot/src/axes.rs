//! The frame of a panel: title, grid, ticks and labels around the area where the data go.

use crate::axis::{Axis, Scale};
use crate::canvas::{Anchor, Canvas, Style, paragraph_height};
use crate::geometry::{Point, Rect};
use crate::tick_marks::TickMarks;
use crate::{Color, PlotError, text};

/// What must be known to lay out a panel with two axes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout<'a> {
    pub kind: &'a str,
    pub title: &'a str,
    pub x: &'a Axis,
    pub y: &'a Axis,
    pub x_scale: Scale,
    pub y_scale: Scale,
    /// One unit of x is as long as one unit of y.
    pub equal: bool,
    /// Height kept free between title and data (a legend), and below the axis (labels of categories), in pixels.
    pub above: f64,
    pub below: f64,
}

/// A laid out panel: maps values to the page.
#[derive(Debug)]
pub(crate) struct Axes {
    pub area: Rect,
    place: Rect,
    pub x_scale: Scale,
    pub y_scale: Scale,
    x_ticks: TickMarks,
    y_ticks: TickMarks,
    title: (Vec<String>, f64),
    title_top: f64,
    label_left: f64,
    label_bottom: f64,
    x_label: (Vec<String>, f64),
    y_label: (Vec<String>, f64),
}

impl Axes {
    pub fn new(style: &Style, place: Rect, layout: &Layout) -> Result<Self, PlotError> {
        let (unit, tick) = (style.unit, style.tick_size());
        let title = text::wrap(layout.title, style.title_size(), place.width());
        let title_height = paragraph_height(&title);
        let top = place.top + if title_height == 0.0 { tick * 0.5 } else { title_height + 4.0 * unit };

        let x_label = text::wrap(&layout.x.label, style.label_size(), place.width() * 0.85);
        let x_label_height = paragraph_height(&x_label);
        let bare = |axis: &Axis| axis.ticks == crate::Ticks::None;
        let x_tick_height = if bare(layout.x) { 4.0 * unit } else { tick + 9.0 * unit };
        let bottom = place.bottom - x_tick_height - x_label_height - layout.below;

        let height = bottom - top - layout.above;
        let y_label = text::wrap(&layout.y.label, style.label_size(), height.max(40.0 * unit));
        let y_label_width = paragraph_height(&y_label);
        let y_ticks = layout.y.tick_marks(&layout.y_scale, most_vertical(height, unit));
        let y_tick_width = widest(&y_ticks, tick) + if bare(layout.y) { 4.0 * unit } else { 10.0 * unit };
        let left = place.left + y_label_width + y_tick_width;

        let x_ticks = fitting(layout.x, &layout.x_scale, place.right - left, style);
        let right = place.right - (widest(&x_ticks, tick) / 2.0 + 2.0 * unit).max(6.0 * unit);
        let mut area = Rect { left, top: top + layout.above, right, bottom };
        if layout.equal {
            let span = |scale: &Scale| scale.high - scale.low;
            area = area.with_aspect(span(&layout.y_scale) / span(&layout.x_scale));
        }
        if area.width() < 24.0 || area.height() < 24.0 {
            let panel = crate::check::titled(layout.kind, layout.title);
            return Err(PlotError::Room { panel, width: area.width(), height: area.height() });
        }
        // Lines of one pixel are sharp only between pixel borders.
        let area = Rect {
            left: area.left.round(),
            top: area.top.round(),
            right: area.right.round().max(area.left.round() + 1.0),
            bottom: area.bottom.round().max(area.top.round() + 1.0),
        };
        Ok(Self {
            area,
            place,
            x_scale: layout.x_scale,
            y_scale: layout.y_scale,
            x_ticks: fitting(layout.x, &layout.x_scale, area.width(), style),
            y_ticks: layout.y.tick_marks(&layout.y_scale, most_vertical(area.height(), unit)),
            title,
            title_top: area.top - layout.above - (top - place.top),
            label_left: area.left - y_tick_width - y_label_width,
            label_bottom: area.bottom + x_tick_height + layout.below,
            x_label,
            y_label,
        })
    }

    /// Where a value lies on the page; far outside the area when it lies outside the range.
    pub fn point(&self, x: f64, y: f64) -> Point {
        (self.x(x), self.y(y))
    }

    pub fn x(&self, value: f64) -> f64 {
        self.area.left + self.x_scale.share(value) * self.area.width()
    }

    pub fn y(&self, value: f64) -> f64 {
        self.area.bottom - self.y_scale.share(value) * self.area.height()
    }

    /// The grid, drawn before the data.
    pub fn draw_grid(&self, canvas: &mut Canvas) {
        let Rect { left, top, right, bottom } = self.area;
        let width = canvas.style.unit;
        for (value, _) in &self.x_ticks.major {
            let x = self.x(*value);
            canvas.line(vec![(x, top), (x, bottom)], Color::GRID, width);
        }
        for (value, _) in &self.y_ticks.major {
            let y = self.y(*value);
            canvas.line(vec![(left, y), (right, y)], Color::GRID, width);
        }
    }

    /// Frame, ticks, labels and title, drawn after the data.
    pub fn draw_frame(&self, canvas: &mut Canvas) {
        let Rect { left, top, right, bottom } = self.area;
        let Style { unit } = canvas.style;
        let (tick, width) = (canvas.style.tick_size(), 1.2 * unit);
        canvas.outline(self.area, Color::hex(0xB0B0B0), width);
        // The two sides with numbers stand out; a bare frame has none.
        if !self.x_ticks.major.is_empty() || !self.y_ticks.major.is_empty() {
            canvas.line(vec![(left, top), (left, bottom), (right, bottom)], Color::INK, width);
        }
        for x in self.x_ticks.minor.iter().map(|value| self.x(*value)) {
            canvas.line(vec![(x, bottom), (x, bottom + 3.0 * unit)], Color::INK, 0.8 * unit);
        }
        for y in self.y_ticks.minor.iter().map(|value| self.y(*value)) {
            canvas.line(vec![(left - 3.0 * unit, y), (left, y)], Color::INK, 0.8 * unit);
        }
        for (value, label) in &self.x_ticks.major {
            let x = self.x(*value);
            canvas.line(vec![(x, bottom), (x, bottom + 5.0 * unit)], Color::INK, width);
            let baseline = bottom + 8.0 * unit + tick * 0.8;
            canvas.text(label, (x, baseline), tick, Color::INK, Anchor::Middle);
        }
        for (value, label) in &self.y_ticks.major {
            let y = self.y(*value);
            canvas.line(vec![(left - 5.0 * unit, y), (left, y)], Color::INK, width);
            canvas.text_centered(label, (left - 8.0 * unit, y), tick, Color::INK, Anchor::End);
        }
        let (x, y) = self.area.center();
        canvas.paragraph(&self.title, x, self.title_top, self.place);
        canvas.paragraph(&self.x_label, x, self.label_bottom, self.place);
        canvas.paragraph_upward(&self.y_label, self.label_left, y, self.place);
    }
}

fn widest(ticks: &TickMarks, size: f64) -> f64 {
    text::widest(ticks.major.iter().map(|(_, label)| label.as_str()), size)
}

fn most_vertical(height: f64, unit: f64) -> usize {
    ((height / (40.0 * unit)) as usize).clamp(2, 8)
}

/// As many horizontal ticks as their labels leave room for.
fn fitting(axis: &Axis, scale: &Scale, width: f64, style: &Style) -> TickMarks {
    let mut most = ((width / (66.0 * style.unit)) as usize).clamp(2, 11);
    loop {
        let ticks = axis.tick_marks(scale, most);
        let needed = ticks.major.len() as f64 * (widest(&ticks, style.tick_size()) + style.tick_size());
        if needed <= width + style.tick_size() || most <= 2 {
            return ticks;
        }
        most -= 1;
    }
}
