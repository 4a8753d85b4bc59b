//! Lines and words added to data: reference lines and notes, their labels placed where they cover least.

use crate::axes::Axes;
use crate::canvas::{Anchor, Canvas};
use crate::geometry::Rect;
use crate::{Color, LineStyle, PlotError, check, text};

/// A straight line at one value of an axis: a threshold, the number of a paper, chance level.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The value on the x axis of a vertical line, on the y axis of a horizontal one.
    pub value: f64,
    /// Written beside the line; empty for none.
    pub label: String,
    /// From bottom to top instead of from left to right.
    pub vertical: bool,
    /// Dark grey unless set.
    pub color: Color,
}

impl Reference {
    /// A horizontal line at this value of y.
    pub fn horizontal(value: f64, label: impl Into<String>) -> Self {
        Self { value, label: label.into(), vertical: false, color: Color::hex(0x505050) }
    }

    /// A vertical line at this value of x.
    pub fn vertical(value: f64, label: impl Into<String>) -> Self {
        Self { vertical: true, ..Self::horizontal(value, label) }
    }

    fn line(&self, axes: &Axes) -> Option<Vec<(f64, f64)>> {
        let Rect { left, top, right, bottom } = axes.area;
        let (x, y) = (axes.x(self.value), axes.y(self.value));
        match self.vertical {
            true => (left..=right).contains(&x).then(|| vec![(x, top), (x, bottom)]),
            false => (top..=bottom).contains(&y).then(|| vec![(left, y), (right, y)]),
        }
    }
}

/// Words at a point of the data.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The point's x.
    pub x: f64,
    /// The point's y.
    pub y: f64,
    /// One line of text.
    pub text: String,
}

impl Note {
    /// A note at (x, y).
    pub fn new(x: f64, y: f64, text: impl Into<String>) -> Self {
        Self { x, y, text: text.into() }
    }
}

/// Reference lines and notes are finite, and positive on logarithmic axes.
pub(crate) fn check(references: &[Reference], notes: &[Note], x_log: bool, y_log: bool) -> Result<(), PlotError> {
    for (index, reference) in references.iter().enumerate() {
        let name = check::named("reference line", index, &reference.label);
        check::finite(&name, &[reference.value])?;
        check::positive_if(if reference.vertical { x_log } else { y_log }, &name, &[reference.value])?;
    }
    for (index, note) in notes.iter().enumerate() {
        let name = check::named("note", index, &note.text);
        check::finite(&name, &[note.x, note.y])?;
        check::positive_if(x_log, &name, &[note.x])?;
        check::positive_if(y_log, &name, &[note.y])?;
    }
    Ok(())
}

/// What a legend must keep clear of.
pub(crate) fn obstacles(axes: &Axes, references: &[Reference], notes: &[Note]) -> Vec<Rect> {
    let lines = references.iter().filter_map(|reference| reference.line(axes));
    let lines = lines.map(|line| Rect {
        left: line[0].0,
        top: line[0].1.min(line[1].1),
        right: line[1].0,
        bottom: line[1].1.max(line[0].1),
    });
    lines
        .map(|line| line.inset(-1.0))
        .chain(notes.iter().map(|note| Rect::around(axes.point(note.x, note.y), 6.0)))
        .collect()
}

pub(crate) fn draw_lines(canvas: &mut Canvas, axes: &Axes, references: &[Reference]) {
    let width = 1.5 * canvas.style.unit;
    for reference in references {
        if let Some(line) = reference.line(axes) {
            canvas.dashed(&line, &LineStyle::Dashed.pattern(width), reference.color, width);
        }
    }
}

/// Writes the labels, each beside what it names, where the fewest `obstacles` are, and never over the legend, which has
/// `taken` its place.
pub(crate) fn draw_labels(
    canvas: &mut Canvas,
    axes: &Axes,
    references: &[Reference],
    notes: &[Note],
    obstacles: &[Rect],
    taken: Option<Rect>,
) {
    let unit = canvas.style.unit;
    let (size, gap) = (0.95 * canvas.style.tick_size(), 5.0 * unit);
    let (area, height) = (axes.area.inset(3.0 * unit), 1.25 * size);
    let mut labels: Vec<Rect> = taken.into_iter().collect();
    let mut write = |canvas: &mut Canvas, words: &str, color: Color, corners: &[(f64, f64)]| {
        let size = text::fitted(words, size, area.width());
        let width = text::width(words, size);
        // A place that sticks out is moved inside, and taken only when no other is free.
        let place = |(x, y): &(f64, f64)| {
            let (left, top) = (x.min(area.right - width).max(area.left), y.min(area.bottom - height).max(area.top));
            let moved = if (left, top) == (*x, *y) { 0 } else { 10_000 };
            let place = Rect::new(left, top, width, height);
            // Words over words cannot be read; words over data can.
            let covered = obstacles.iter().filter(|obstacle| obstacle.overlaps(&place)).count();
            let covered = covered + 1000 * labels.iter().filter(|label: &&Rect| label.overlaps(&place)).count();
            (covered + moved, place)
        };
        let (cost, place) = corners.iter().map(place).min_by_key(|(cost, _)| *cost)?;
        if cost > 0 {
            canvas.rectangle(place.inset(-1.5 * unit), Color::WHITE, 0.8);
        }
        canvas.text_centered(words, (place.left, place.center().1), size, color, Anchor::Start);
        labels.push(place);
        Some(place)
    };
    for reference in references.iter().filter(|reference| !reference.label.is_empty()) {
        let Some(line) = reference.line(axes) else { continue };
        let width = text::width(&reference.label, size);
        let (x, y) = line[0];
        let corners: Vec<(f64, f64)> = if reference.vertical {
            let heights =
                [area.top, area.top + 1.5 * height, area.center().1, area.bottom - height, area.bottom - 2.5 * height];
            heights.into_iter().flat_map(|y| [(x + gap, y), (x - gap - width, y)]).collect()
        } else {
            let lefts = [area.right - width, area.left + gap, area.center().0 - width / 2.0];
            lefts.into_iter().flat_map(|left| [(left, y - height - 0.3 * gap), (left, y + 0.3 * gap)]).collect()
        };
        write(canvas, &reference.label, reference.color, &corners);
    }
    for note in notes {
        let (x, y) = axes.point(note.x, note.y);
        if !axes.area.contains((x, y)) {
            continue;
        }
        let width = text::width(&note.text, size);
        canvas.disc((x, y), 3.2 * unit, Color::INK);
        let (right, left, middle) = (x + 1.6 * gap, x - 1.6 * gap - width, x - width / 2.0);
        let (above, beside, below) = (y - height - gap, y - height / 2.0, y + gap);
        let corners = [
            (right, beside),
            (right, above),
            (right, below),
            (left, above),
            (left, below),
            (left, beside),
            (middle, above),
            (middle, below),
            (right, above - 2.0 * height),
            (left, above - 2.0 * height),
            (right, below + 2.0 * height),
            (left, below + 2.0 * height),
        ];
        let Some(place) = write(canvas, &note.text, Color::INK, &corners) else { continue };
        // A thin line leads from words that found no place beside their point.
        let nearest = (x.clamp(place.left, place.right), y.clamp(place.top, place.bottom));
        if (nearest.0 - x).abs().max((nearest.1 - y).abs()) > 2.5 * gap {
            canvas.line(vec![(x, y), nearest], Color::INK, unit);
        }
    }
}
