//! How lines and points look: dash patterns and markers.

use crate::Color;
use crate::canvas::Canvas;
use crate::geometry::Point;

/// Solid or broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LineStyle {
    /// Unbroken.
    #[default]
    Solid,
    /// Long dashes.
    Dashed,
    /// Short dots.
    Dotted,
    /// No line: markers only.
    Hidden,
}

impl LineStyle {
    /// Lengths drawn and left out in turn, for a line of this width.
    pub(crate) fn pattern(self, width: f64) -> Vec<f64> {
        let width = width.max(0.5);
        match self {
            LineStyle::Solid | LineStyle::Hidden => vec![],
            LineStyle::Dashed => vec![4.0 * width, 2.4 * width],
            LineStyle::Dotted => vec![1.2 * width, 1.8 * width],
        }
    }
}

/// The shape of a point. Categories differ in color and in marker, so that a grey print keeps them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Marker {
    /// ●
    Circle,
    /// ■
    Square,
    /// ▲
    Triangle,
    /// ◆
    Diamond,
    /// ×
    Cross,
    /// +
    Plus,
    /// ▼
    TriangleDown,
}

impl Marker {
    /// The marker of category k; after seven the markers repeat.
    pub fn category(k: usize) -> Self {
        use Marker::{Circle, Cross, Diamond, Plus, Square, Triangle, TriangleDown};
        const MARKERS: [Marker; 7] = [Circle, Square, Triangle, Diamond, Cross, TriangleDown, Plus];
        MARKERS[k % MARKERS.len()]
    }

    /// Draws the marker with about the area of a circle of this radius, with a thin white edge.
    pub(crate) fn draw(self, canvas: &mut Canvas, (x, y): Point, radius: f64, color: Color) {
        let edge = 0.7 * canvas.style.unit;
        // What sets a marker off from what lies below it, white ones from the page, too.
        let halo = if color == Color::WHITE { Color::INK } else { Color::WHITE };
        let corners: &[Point] = match self {
            Marker::Circle => {
                canvas.disc((x, y), radius + edge, halo);
                return canvas.disc((x, y), radius, color);
            }
            Marker::Cross | Marker::Plus => {
                let arms: [Point; 2] =
                    if self == Marker::Plus { [(1.1, 0.0), (0.0, 1.1)] } else { [(0.85, 0.85), (0.85, -0.85)] };
                for (ink, width) in [(halo, 0.6 * radius + 2.0 * edge), (color, 0.6 * radius)] {
                    for (dx, dy) in arms.map(|(dx, dy)| (dx * radius, dy * radius)) {
                        canvas.line(vec![(x - dx, y - dy), (x + dx, y + dy)], ink, width);
                    }
                }
                return;
            }
            Marker::Square => &[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
            Marker::Triangle => &[(0.0, -1.25), (1.15, 0.8), (-1.15, 0.8)],
            Marker::TriangleDown => &[(0.0, 1.25), (1.15, -0.8), (-1.15, -0.8)],
            Marker::Diamond => &[(0.0, -1.3), (1.1, 0.0), (0.0, 1.3), (-1.1, 0.0)],
        };
        let points =
            |radius: f64| -> Vec<Point> { corners.iter().map(|(dx, dy)| (x + dx * radius, y + dy * radius)).collect() };
        canvas.polygon(points(radius + 1.3 * edge), halo, 1.0);
        canvas.polygon(points(radius), color, 1.0);
    }
}
