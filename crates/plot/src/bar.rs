//! Numbers side by side: grouped bars with intervals, and beside them what a paper reports.

use crate::axes::{Axes, Layout};
use crate::canvas::{Anchor, Canvas, Style};
use crate::geometry::Rect;
use crate::legend::{Arranged, Entry, Swatch};
use crate::number::aligned;
use crate::{Axis, Color, LineStyle, Marker, PlotError, Reference, Ticks, annotation, check, text};

/// Groups of bars: one group a category, one bar a series.
///
/// ```
/// use plot::{Axis, Bar, Bars, Figure};
///
/// let bar = Bar {
///     groups: vec!["LeNet-1".to_owned(), "LeNet-5".to_owned()],
///     series: vec![Bars { published: vec![Some(1.7), Some(0.95)], ..Bars::new("ours", vec![1.62, 0.97]) }],
///     y: Axis::new("test error (%)"),
///     value_labels: true,
///     ..Bar::default()
/// };
/// assert!(Figure::new(bar).to_svg()?.contains("LeNet-5"));
/// # Ok::<(), plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bar {
    /// Above the panel; empty for none.
    pub title: String,
    /// The names of the categories, from left to right.
    pub groups: Vec<String>,
    /// One value a group each.
    pub series: Vec<Bars>,
    /// Below the categories; empty for none.
    pub x_label: String,
    /// The vertical axis; linear bars start at 0, logarithmic ones at the foot of the axis.
    pub y: Axis,
    /// Writes each value above its bar, to about three significant digits.
    pub value_labels: bool,
    /// Horizontal lines at one value; vertical ones are left out.
    pub references: Vec<Reference>,
}

/// One series of a [`Bar`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// In the legend; empty for none.
    pub name: String,
    /// One a group.
    pub values: Vec<f64>,
    /// Lower and upper end of the error bar, as values (not as distances), one a group, or empty.
    pub intervals: Vec<(f64, f64)>,
    /// The number a paper reports, drawn as a diamond on the bar, one a group (`None` where it reports none), or empty.
    pub published: Vec<Option<f64>>,
    /// The color of its category when `None`.
    pub color: Option<Color>,
}

impl Bars {
    /// Bars without intervals in the color of their category.
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values, ..Self::default() }
    }

    fn color(&self, index: usize) -> Color {
        self.color.unwrap_or_else(|| Color::category(index))
    }

    /// Everything this series shows on the vertical axis.
    fn shown(&self) -> impl Iterator<Item = f64> {
        let ends = self.intervals.iter().flat_map(|(low, high)| [*low, *high]);
        self.values.iter().copied().chain(ends).chain(self.published.iter().copied().flatten())
    }

    fn check(&self, index: usize, groups: usize, log: bool) -> Result<(), PlotError> {
        let name = check::named("series", index, &self.name);
        check::same_length(&format!("values of {name} (one a group)"), groups, self.values.len())?;
        check::none_or(&format!("intervals of {name}"), groups, self.intervals.len())?;
        check::none_or(&format!("published numbers of {name}"), groups, self.published.len())?;
        let shown: Vec<f64> = self.shown().collect();
        check::finite(&name, &shown)?;
        check::positive_if(log, &name, &shown)?;
        match self.intervals.iter().find(|(low, high)| low > high) {
            Some((low, high)) => Err(PlotError::Range { what: format!("interval of {name}"), low: *low, high: *high }),
            None => Ok(()),
        }
    }
}

/// Where the bars of a panel stand.
struct Places {
    groups: usize,
    series: usize,
}

impl Places {
    /// Left and right edge of a bar; a group takes three quarters of its share of the area.
    fn bar(&self, axes: &Axes, group: usize, series: usize) -> (f64, f64) {
        let pitch = axes.area.width() / self.groups as f64;
        let width = (0.75 * pitch / self.series as f64).min(0.16 * axes.area.width());
        let middle = axes.area.left + pitch * (group as f64 + 0.5);
        let left = middle + width * (series as f64 - self.series as f64 / 2.0);
        (left + 0.04 * width, left + 0.96 * width)
    }
}

impl Bar {
    pub(crate) fn preferred_size(&self) -> (f64, f64) {
        (1000.0, 600.0)
    }

    fn check(&self) -> Result<(), PlotError> {
        check::not_empty("a bar chart without groups", self.groups.len())?;
        check::not_empty("a bar chart without series", self.series.len())?;
        let mut series = self.series.iter().enumerate();
        series.try_for_each(|(index, bars)| bars.check(index, self.groups.len(), self.y.log))?;
        annotation::check(&self.references, &[], false, self.y.log)
    }

    fn entries(&self, unit: f64) -> Vec<Entry> {
        let patch = |color| Swatch::Patch { color, opacity: 1.0 };
        let mut entries: Vec<Entry> = self
            .series
            .iter()
            .enumerate()
            .map(|(index, bars)| Entry { name: bars.name.clone(), swatch: patch(bars.color(index)) })
            .collect();
        if self.series.iter().any(|bars| bars.published.iter().any(Option::is_some)) {
            let (color, style, marker) = (Color::BLACK, LineStyle::Hidden, Some(Marker::Diamond));
            entries.push(Entry {
                name: "published".to_owned(),
                swatch: Swatch::Line { color, style, width: unit, marker },
            });
        }
        entries
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, place: Rect) -> Result<(), PlotError> {
        self.check()?;
        let style = canvas.style;
        let Style { unit } = style;
        let size = style.tick_size();
        let places = Places { groups: self.groups.len(), series: self.series.len() };
        // The names of the groups break into lines before the layout, which needs their height.
        let group_width = 0.85 * place.width() / places.groups as f64 - 4.0 * unit;
        let names: Vec<(Vec<String>, f64)> =
            self.groups.iter().map(|name| text::wrap(name, size, group_width)).collect();
        let smallest = names.iter().map(|(_, size)| *size).fold(size, f64::min);
        let lines = names.iter().map(|(lines, _)| lines.len()).max().unwrap_or(0) as f64;

        let x = Axis { ticks: Ticks::None, ..Axis::new(self.x_label.clone()) };
        let lines_at = self.references.iter().filter(|reference| !reference.vertical);
        let values = self.series.iter().flat_map(Bars::shown).chain(lines_at.clone().map(|reference| reference.value));
        // Room above the bars for their labels, as a share of an area of about two thirds of the panel.
        let room = if self.value_labels { 0.04 + 2.4 * size / place.height() } else { 0.06 };
        let foot = if self.y.log { None } else { Some(0.0) };
        let mut y_scale = self.y.scale("y", values.chain(foot), room, true)?;
        if self.y.log && self.y.range.is_none() {
            // A bar needs a foot: a logarithmic axis starts a decade below the shortest.
            y_scale.low = crate::number::ten_to(crate::number::decade(y_scale.low));
        }
        let layout = Layout {
            kind: "bar chart",
            title: &self.title,
            x: &x,
            y: &self.y,
            x_scale: Axis { range: Some((0.0, 1.0)), ..Axis::default() }.scale("x", std::iter::empty(), 0.0, false)?,
            y_scale,
            equal: false,
            above: 0.0,
            below: lines * smallest * text::LINE_HEIGHT + 6.0 * unit,
        };
        let lines: Vec<Reference> = lines_at.cloned().collect();
        let arranged = Arranged::new(&style, place, &layout, self.entries(unit), |axes| {
            let mut obstacles = annotation::obstacles(axes, &lines, &[]);
            for (index, bars) in self.series.iter().enumerate() {
                for group in 0..places.groups {
                    let (left, right) = places.bar(axes, group, index);
                    let (top, bottom) = extent(axes, bars, group);
                    let label = if self.value_labels { 1.5 * size } else { 0.0 };
                    obstacles.push(Rect { left, right, top: top - label, bottom });
                }
            }
            obstacles
        })?;
        let axes = &arranged.axes;
        axes.draw_grid(canvas);
        let values: Vec<f64> = self.series.iter().flat_map(|bars| bars.values.iter().copied()).collect();
        let labels = if self.value_labels { aligned(&values, 3) } else { vec![] };
        for (index, bars) in self.series.iter().enumerate() {
            for group in 0..places.groups {
                let label = labels.get(index * places.groups + group).map(String::as_str);
                draw_bar(canvas, axes, places.bar(axes, group, index), bars, (index, group), label);
            }
        }
        annotation::draw_lines(canvas, axes, &lines);
        for (group, (lines, _)) in names.iter().enumerate() {
            let x = axes.area.left + axes.area.width() * (group as f64 + 0.5) / places.groups as f64;
            canvas.paragraph(&(lines.clone(), smallest), x, axes.area.bottom + 6.0 * unit, place);
        }
        arranged.draw_over(canvas);
        annotation::draw_labels(canvas, axes, &lines, &[], &arranged.obstacles, arranged.inside);
        Ok(())
    }
}

/// One bar between its two edges, with its interval, its published number and its label.
fn draw_bar(
    canvas: &mut Canvas,
    axes: &Axes,
    (left, right): (f64, f64),
    bars: &Bars,
    (index, group): (usize, usize),
    label: Option<&str>,
) {
    let Style { unit } = canvas.style;
    let (middle, width) = ((left + right) / 2.0, right - left);
    let height = |value: f64| axes.y(value).clamp(axes.area.top, axes.area.bottom);
    let (value, foot) = (height(bars.values[group]), foot(axes));
    let bar = Rect { left, right, top: value.min(foot), bottom: value.max(foot) };
    canvas.rectangle(bar, bars.color(index), 1.0);
    if let Some((low, high)) = bars.intervals.get(group) {
        let (low, high, cap) = (height(*low), height(*high), (0.12 * width).min(8.0 * unit));
        // A white edge keeps the dark lines visible on dark bars.
        for (ink, thickness) in [(Color::WHITE, 3.4 * unit), (Color::INK, 1.6 * unit)] {
            for y in [low, high] {
                canvas.line(vec![(middle - cap, y), (middle + cap, y)], ink, thickness);
            }
            canvas.line(vec![(middle, low), (middle, high)], ink, thickness);
        }
    }
    if let Some(Some(published)) = bars.published.get(group) {
        // Beside the error bar, which it would hide.
        let x = if bars.intervals.is_empty() { middle } else { left + 0.22 * width };
        Marker::Diamond.draw(canvas, (x, height(*published)), 5.2 * unit, Color::BLACK);
    }
    if let Some(label) = label {
        let size = text::fitted(label, canvas.style.tick_size(), 1.15 * width);
        let (top, bottom) = extent(axes, bars, group);
        let baseline = if bars.values[group] < 0.0 { bottom + 1.1 * size } else { top - 4.0 * unit };
        canvas.text(label, (middle, baseline), size, Color::INK, Anchor::Middle);
    }
}

/// Where the bars stand: at 0, or at the foot of an axis without 0.
fn foot(axes: &Axes) -> f64 {
    if axes.y_scale.log { axes.area.bottom } else { axes.y(0.0).clamp(axes.area.top, axes.area.bottom) }
}

/// Top and bottom of a bar with its interval and its published number.
fn extent(axes: &Axes, bars: &Bars, group: usize) -> (f64, f64) {
    let interval = bars.intervals.get(group).into_iter().flat_map(|(low, high)| [*low, *high]);
    let published = bars.published.get(group).copied().flatten();
    let values = std::iter::once(bars.values[group]).chain(interval).map(|value| axes.y(value));
    // A diamond is higher than a line.
    let marks = published.into_iter().flat_map(|value| [axes.y(value) - 6.0, axes.y(value) + 6.0]);
    let visible = values.chain(marks).map(|y| y.clamp(axes.area.top, axes.area.bottom));
    visible.fold((foot(axes), foot(axes)), |(top, bottom), y| (top.min(y), bottom.max(y)))
}
