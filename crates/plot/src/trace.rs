//! Lines and bands of data on the page: gaps, clipping, and no more points than can be seen.

use crate::axes::Axes;
use crate::geometry::{Point, Rect};

/// The visible pieces of a line; a NaN is a gap.
pub(crate) fn pieces(axes: &Axes, x: &[f64], y: &[f64]) -> Vec<Vec<Point>> {
    let values: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    let runs = values.split(|(x, y)| x.is_nan() || y.is_nan()).filter(|run| !run.is_empty());
    let mut pieces = Vec::new();
    for run in runs {
        let points: Vec<Point> = run.iter().map(|(x, y)| axes.point(*x, *y)).collect();
        pieces.extend(axes.area.clip_polyline(&thinned(points, axes.area.width())));
    }
    pieces
}

/// Of many points within the same half pixel column only the first, lowest, highest and last, in their order: a line of
/// a million steps looks the same and stays small.
fn thinned(points: Vec<Point>, width: f64) -> Vec<Point> {
    if (points.len() as f64) < 8.0 * width {
        return points;
    }
    let column = |point: &Point| (2.0 * point.0).floor();
    let mut kept = Vec::new();
    for run in points.chunk_by(|a, b| column(a) == column(b)) {
        let extreme = |better: fn(f64, f64) -> bool| {
            (1..run.len()).fold(0, |best, index| if better(run[index].1, run[best].1) { index } else { best })
        };
        let mut indices = [0, extreme(|a, b| a < b), extreme(|a, b| a > b), run.len() - 1];
        indices.sort_unstable();
        kept.extend(
            indices
                .iter()
                .enumerate()
                .filter(|(k, index)| *k == 0 || indices[k - 1] != **index)
                .map(|(_, index)| run[*index]),
        );
    }
    kept
}

/// The outlines of the area between two lines, clipped to the area; a NaN is a gap.
pub(crate) fn band(axes: &Axes, x: &[f64], low: &[f64], high: &[f64]) -> Vec<Vec<Point>> {
    let Rect { left, top, right, bottom } = axes.area;
    let edges: Vec<(f64, f64, f64)> =
        x.iter().zip(low.iter().zip(high)).map(|(x, (low, high))| (axes.x(*x), axes.y(*low), axes.y(*high))).collect();
    let gap = |(x, low, high): &(f64, f64, f64)| x.is_nan() || low.is_nan() || high.is_nan();
    let mut outlines = Vec::new();
    for run in edges.split(gap) {
        // Cutting the two edges at the sides and clamping their heights keeps the outline simple.
        let cut: Vec<(f64, f64, f64)> = run.windows(2).flat_map(|pair| cut(pair[0], pair[1], left, right)).collect();
        if cut.len() < 2 {
            continue;
        }
        let upper = cut.iter().map(|(x, _, high)| (*x, high.clamp(top, bottom)));
        let lower = cut.iter().rev().map(|(x, low, _)| (*x, low.clamp(top, bottom)));
        outlines.push(upper.chain(lower).collect());
    }
    outlines
}

/// The ends of one stretch of a band between the sides, both of them, or nothing.
fn cut(a: (f64, f64, f64), b: (f64, f64, f64), left: f64, right: f64) -> Vec<(f64, f64, f64)> {
    let span = b.0 - a.0;
    if a.0.max(b.0) < left || a.0.min(b.0) > right {
        return vec![];
    }
    let at = |x: f64| {
        let t = if span == 0.0 { 0.0 } else { (x - a.0) / span };
        (x, a.1 + t * (b.1 - a.1), a.2 + t * (b.2 - a.2))
    };
    vec![at(a.0.clamp(left, right)), at(b.0.clamp(left, right))]
}

/// Small rectangles along a line, for placing labels and legends beside it.
pub(crate) fn obstacles_of_line(piece: &[Point], radius: f64) -> Vec<Rect> {
    let mut obstacles = Vec::new();
    for pair in piece.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let steps = ((x1 - x0).abs().max((y1 - y0).abs()) / 6.0).ceil().max(1.0);
        for step in 0..=steps as usize {
            let t = step as f64 / steps;
            obstacles.push(Rect::around((x0 + t * (x1 - x0), y0 + t * (y1 - y0)), radius));
        }
    }
    obstacles
}

/// Rectangles that cover a band.
pub(crate) fn obstacles_of_band(outline: &[Point]) -> Vec<Rect> {
    let half = outline.len() / 2;
    let pairs = outline[..half].windows(2).zip(outline[half..].windows(2).rev());
    pairs
        .map(|(upper, lower)| Rect {
            left: upper[0].0.min(upper[1].0),
            right: upper[0].0.max(upper[1].0),
            top: upper[0].1.min(upper[1].1),
            bottom: lower[0].1.max(lower[1].1),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_extremes() {
        let points: Vec<Point> = (0..100_000).map(|i| (f64::from(i) * 1e-3, f64::from(i * 7919 % 1000))).collect();
        let kept = thinned(points, 100.0);
        assert!(kept.len() <= 4 * 201, "{}", kept.len());
        assert_eq!(kept.iter().map(|point| point.1).fold(0.0, f64::max), 999.0);
        assert!(kept.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }
}
