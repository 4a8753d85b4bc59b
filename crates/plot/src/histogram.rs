//! How often values occur: counts or densities over equal bins, several series over the same bins.

use crate::axes::{Axes, Layout};
use crate::canvas::Canvas;
use crate::geometry::{Point, Rect};
use crate::legend::{Arranged, Entry, Swatch};
use crate::{Axis, Color, PlotError, Reference, annotation, check};

/// A histogram of one or several series over the same bins.
///
/// ```
/// use plot::{Axis, Figure, Histogram, Reference, Values};
///
/// let histogram = Histogram {
///     series: vec![Values::new("seeds", vec![0.91, 0.93, 0.92, 0.95, 0.90, 0.92])],
///     x: Axis::new("accuracy"),
///     references: vec![Reference::vertical(0.94, "paper")],
///     ..Histogram::default()
/// };
/// assert!(Figure::new(histogram).to_svg()?.contains("paper"));
/// # Ok::<(), plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Histogram {
    /// Above the panel; empty for none.
    pub title: String,
    /// The values.
    pub series: Vec<Values>,
    /// Number of bins over the range of the x axis, at most 1000; `None` for a number that fits the data.
    pub bins: Option<usize>,
    /// Areas of 1 instead of counts, so that series of other lengths compare.
    pub density: bool,
    /// The horizontal axis; its range limits the bins, values outside are not counted. Always linear.
    pub x: Axis,
    /// The vertical axis; labeled "count" or "density" when its label is empty. Always linear, from 0.
    pub y: Axis,
    /// Straight lines at one value.
    pub references: Vec<Reference>,
}

/// One series of a [`Histogram`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Values {
    /// In the legend; empty for none.
    pub name: String,
    /// In any order.
    pub values: Vec<f64>,
    /// The color of its category when `None`.
    pub color: Option<Color>,
}

impl Values {
    /// A series in the color of its category.
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values, color: None }
    }
}

/// The number of bins of Freedman and Diaconis (1981), width 2 (q₃ − q₁) n^(−1/3), between 5 and 80.
fn automatic_bins(values: &[f64], span: f64) -> usize {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quartile = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    let width = 2.0 * (quartile(0.75) - quartile(0.25)) / nn_core::math::powf(sorted.len() as f64, 1.0 / 3.0);
    if width > 0.0 { ((span / width).ceil() as usize).clamp(5, 80) } else { 20 }
}

/// Heights over the bins: counts, or densities. The last bin includes its upper end.
fn heights(values: &[f64], (low, high): (f64, f64), bins: usize, density: bool) -> Vec<f64> {
    let mut heights = vec![0.0; bins];
    for value in values.iter().filter(|value| (low..=high).contains(*value)) {
        let bin = ((value - low) / (high - low) * bins as f64) as usize;
        heights[bin.min(bins - 1)] += 1.0;
    }
    let counted: f64 = heights.iter().sum();
    let area = if density && counted > 0.0 { counted * (high - low) / bins as f64 } else { 1.0 };
    heights.iter().map(|height| height / area).collect()
}

impl Histogram {
    pub(crate) fn preferred_size(&self) -> (f64, f64) {
        (1000.0, 600.0)
    }

    fn check(&self) -> Result<(), PlotError> {
        check::not_empty("a histogram without series", self.series.len())?;
        for (index, series) in self.series.iter().enumerate() {
            let name = check::named("series", index, &series.name);
            check::not_empty(&name, series.values.len())?;
            check::finite(&name, &series.values)?;
        }
        check::not_empty("the bins of a histogram", self.bins.unwrap_or(1))?;
        annotation::check(&self.references, &[], false, false)
    }

    fn color(&self, index: usize) -> Color {
        self.series[index].color.unwrap_or_else(|| Color::category(index))
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, place: Rect) -> Result<(), PlotError> {
        self.check()?;
        let style = canvas.style;
        let all: Vec<f64> = self.series.iter().flat_map(|series| series.values.iter().copied()).collect();
        let range = self.x.range.unwrap_or_else(|| crate::ColorMap::Viridis.range(&all));
        check::ascending("range of the x axis", range)?;
        let span = range.1 - range.0;
        let needed = self.series.iter().map(|series| automatic_bins(&series.values, span)).max();
        let bins = self.bins.or(needed).unwrap_or(1).min(1000);
        let heights: Vec<Vec<f64>> =
            self.series.iter().map(|series| heights(&series.values, range, bins, self.density)).collect();

        let x = Axis { log: false, range: None, ..self.x.clone() };
        let label = if self.density { "density" } else { "count" };
        let label = if self.y.label.is_empty() { label.to_owned() } else { self.y.label.clone() };
        let y = Axis { log: false, label, ..self.y.clone() };
        let lines = self.references.iter().any(|reference| reference.vertical);
        let vertical = self.references.iter().filter(|reference| reference.vertical).map(|reference| reference.value);
        let layout = Layout {
            kind: "histogram",
            title: &self.title,
            x: &x,
            y: &y,
            x_scale: x.scale(
                "x",
                [range.0, range.1].into_iter().chain(vertical),
                if lines { 0.02 } else { 0.0 },
                false,
            )?,
            y_scale: y.scale("y", std::iter::once(0.0).chain(heights.iter().flatten().copied()), 0.06, true)?,
            equal: false,
            above: 0.0,
            below: 0.0,
        };
        let opacity: f64 = if self.series.len() == 1 { 0.75 } else { 0.35 };
        let entries = self.series.iter().enumerate().map(|(index, series)| Entry {
            name: series.name.clone(),
            swatch: Swatch::Patch { color: self.color(index), opacity: opacity.max(0.6) },
        });
        let edge = |axes: &Axes, bin: usize| axes.x(range.0 + (range.1 - range.0) * bin as f64 / bins as f64);
        let column = |axes: &Axes, bin: usize, height: f64| Rect {
            left: edge(axes, bin),
            right: edge(axes, bin + 1),
            top: axes.y(height).clamp(axes.area.top, axes.area.bottom),
            bottom: axes.area.bottom,
        };
        let arranged = Arranged::new(&style, place, &layout, entries.collect(), |axes| {
            let mut obstacles = annotation::obstacles(axes, &self.references, &[]);
            for heights in &heights {
                obstacles.extend(
                    heights
                        .iter()
                        .enumerate()
                        .filter(|(_, height)| **height > 0.0)
                        .map(|(bin, height)| column(axes, bin, *height)),
                );
            }
            obstacles
        })?;
        let axes = &arranged.axes;
        axes.draw_grid(canvas);
        for (index, heights) in heights.iter().enumerate() {
            let color = self.color(index);
            let mut outline: Vec<Point> = vec![(edge(axes, 0), axes.area.bottom)];
            for (bin, height) in heights.iter().enumerate() {
                let Rect { left, top, right, .. } = column(axes, bin, *height);
                outline.extend([(left, top), (right, top)]);
                if *height > 0.0 {
                    canvas.rectangle(column(axes, bin, *height), color, opacity);
                }
                // A single series shows its bins, several only their outlines, or the page would be full of lines.
                if self.series.len() == 1 && *height > 0.0 && bins <= 120 {
                    canvas.line(vec![(right, axes.area.bottom), (right, top)], Color::WHITE, 0.8 * style.unit);
                }
            }
            outline.push((edge(axes, bins), axes.area.bottom));
            canvas.line(outline, color, 1.8 * style.unit);
        }
        annotation::draw_lines(canvas, axes, &self.references);
        arranged.draw_over(canvas);
        annotation::draw_labels(canvas, axes, &self.references, &[], &arranged.obstacles, arranged.inside);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_in_the_range_is_counted_once() {
        let values = [0.0, 0.1, 0.25, 0.5, 0.99, 1.0, 1.5, -0.1];
        assert_eq!(heights(&values, (0.0, 1.0), 4, false), [2.0, 1.0, 1.0, 2.0]);
    }

    #[test]
    fn a_density_has_area_one() {
        let heights = heights(&[0.1, 0.2, 0.9, 5.0], (0.0, 2.0), 8, true);
        assert!((heights.iter().sum::<f64>() * 0.25 - 1.0).abs() < 1e-12);
    }
}
