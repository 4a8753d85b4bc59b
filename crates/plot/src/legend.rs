//! The legend: inside the data area where nothing lies, or in rows above it when every place is taken.

use crate::axes::{Axes, Layout};
use crate::canvas::{Anchor, Canvas, Style};
use crate::geometry::Rect;
use crate::{Color, LineStyle, Marker, PlotError, text};

/// The sample of a series beside its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Swatch {
    Line { color: Color, style: LineStyle, width: f64, marker: Option<Marker> },
    Patch { color: Color, opacity: f64 },
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub name: String,
    pub swatch: Swatch,
}

/// Entries with their sizes, in this style.
#[derive(Debug)]
pub(crate) struct Legend {
    entries: Vec<Entry>,
    text_size: f64,
    swatch: f64,
    row: f64,
    pad: f64,
}

impl Legend {
    /// Entries without a name are left out.
    pub fn new(style: &Style, entries: Vec<Entry>) -> Self {
        let entries = entries.into_iter().filter(|entry| !entry.name.is_empty()).collect();
        let text_size = style.tick_size();
        Self { entries, text_size, swatch: 36.0 * style.unit, row: text_size * 1.4, pad: 7.0 * style.unit }
    }

    fn entry_width(&self, entry: &Entry) -> f64 {
        self.swatch + self.pad + text::width(&entry.name, self.text_size)
    }

    /// A place inside the area that no obstacle touches: corners first, then the middles of the sides.
    pub fn free_place(&self, area: Rect, obstacles: &[Rect]) -> Option<Rect> {
        let width = self.entries.iter().map(|entry| self.entry_width(entry)).fold(0.0, f64::max) + 2.0 * self.pad;
        let height = self.entries.len() as f64 * self.row + 1.4 * self.pad;
        let inner = area.inset(1.2 * self.pad);
        let (left, middle, right) = (inner.left, area.center().0 - width / 2.0, inner.right - width);
        let (top, center, bottom) = (inner.top, area.center().1 - height / 2.0, inner.bottom - height);
        let corners = [(right, top), (left, top), (right, bottom), (left, bottom)];
        let sides = [(right, center), (left, center), (middle, top), (middle, bottom)];
        corners.into_iter().chain(sides).map(|(x, y)| Rect::new(x, y, width, height)).find(|place| {
            let wide = place.inset(-0.6 * self.pad);
            inner.inset(-1.0).encloses(place) && !obstacles.iter().any(|obstacle| obstacle.overlaps(&wide))
        })
    }

    /// Rows of entries no wider than `room`.
    fn rows(&self, room: f64) -> Vec<Vec<&Entry>> {
        let mut rows: Vec<Vec<&Entry>> = Vec::new();
        let mut used = f64::INFINITY;
        for entry in &self.entries {
            let width = self.entry_width(entry) + 2.5 * self.pad;
            if used + width > room {
                rows.push(Vec::new());
                used = 0.0;
            }
            used += width;
            if let Some(row) = rows.last_mut() {
                row.push(entry);
            }
        }
        rows
    }

    /// Makes the text smaller where the longest entry is wider than `room`.
    pub fn shrink(&mut self, room: f64) {
        let widest = text::widest(self.entries.iter().map(|entry| entry.name.as_str()), 1.0);
        self.text_size = self.text_size.min((room - self.swatch - 3.5 * self.pad).max(1.0) / widest.max(0.1));
    }

    /// Height of the rows above an area this wide; 0 without entries.
    pub fn height_above(&self, room: f64) -> f64 {
        let rows = self.rows(room).len() as f64;
        if rows == 0.0 { 0.0 } else { rows * self.row + self.pad }
    }

    /// Draws in a place found by [`Legend::free_place`], or above the area.
    pub fn draw(&self, canvas: &mut Canvas, area: Rect, inside: Option<Rect>) {
        if let Some(place) = inside {
            canvas.rectangle(place, Color::WHITE, 0.9);
            canvas.outline(place, Color::hex(0xCCCCCC), canvas.style.unit);
            for (index, entry) in self.entries.iter().enumerate() {
                let y = place.top + 0.7 * self.pad + self.row * (index as f64 + 0.5);
                self.draw_entry(canvas, entry, place.left + self.pad, y);
            }
            return;
        }
        let rows = self.rows(area.width());
        for (index, row) in rows.iter().enumerate() {
            let y = area.top - self.pad - self.row * ((rows.len() - index) as f64 - 0.5);
            let width: f64 = row.iter().map(|entry| self.entry_width(entry) + 2.5 * self.pad).sum();
            let mut x = area.center().0 - (width - 2.5 * self.pad) / 2.0;
            for entry in row {
                self.draw_entry(canvas, entry, x, y);
                x += self.entry_width(entry) + 2.5 * self.pad;
            }
        }
    }

    fn draw_entry(&self, canvas: &mut Canvas, entry: &Entry, x: f64, y: f64) {
        let unit = canvas.style.unit;
        match entry.swatch {
            Swatch::Line { color, style, width, marker } => {
                if style != LineStyle::Hidden {
                    canvas.dashed(&[(x, y), (x + self.swatch, y)], &style.pattern(width), color, width);
                }
                if let Some(marker) = marker {
                    marker.draw(canvas, (x + self.swatch / 2.0, y), 4.6 * unit, color);
                }
            }
            Swatch::Patch { color, opacity } => {
                let (width, height) = (22.0 * unit, 0.75 * self.text_size);
                let patch = Rect::new(x + (self.swatch - width) / 2.0, y - height / 2.0, width, height);
                canvas.rectangle(patch, color, opacity);
            }
        }
        canvas.text_centered(&entry.name, (x + self.swatch + self.pad, y), self.text_size, Color::INK, Anchor::Start);
    }
}

/// A panel laid out with its legend.
#[derive(Debug)]
pub(crate) struct Arranged {
    pub axes: Axes,
    pub legend: Legend,
    /// The legend's place inside the area; above it when none was free.
    pub inside: Option<Rect>,
    /// The data, which labels should not cover.
    pub obstacles: Vec<Rect>,
}

impl Arranged {
    /// Lays out the panel, finds the legend a place that covers none of the `obstacles`, or makes room above the area.
    pub fn new(
        style: &Style,
        place: Rect,
        layout: &Layout,
        entries: Vec<Entry>,
        obstacles: impl Fn(&Axes) -> Vec<Rect>,
    ) -> Result<Self, PlotError> {
        let mut legend = Legend::new(style, entries);
        let axes = Axes::new(style, place, layout)?;
        let covered = obstacles(&axes);
        let inside = legend.free_place(axes.area, &covered);
        if inside.is_some() || legend.entries.is_empty() {
            let inside = inside.filter(|_| !legend.entries.is_empty());
            return Ok(Self { axes, legend, inside, obstacles: covered });
        }
        // With equal units the area can be narrower than its place, and the rows are as wide as the area.
        legend.shrink(axes.area.width());
        let above = legend.height_above(axes.area.width());
        let axes = Axes::new(style, place, &Layout { above: layout.above + above, ..*layout })?;
        let obstacles = obstacles(&axes);
        Ok(Self { axes, legend, inside: None, obstacles })
    }

    /// Legend, frame, ticks and labels: what lies above the data.
    pub fn draw_over(&self, canvas: &mut Canvas) {
        self.axes.draw_frame(canvas);
        self.legend.draw(canvas, self.axes.area, self.inside);
    }
}
