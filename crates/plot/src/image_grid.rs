//! Many small images: digits, receptive fields, states of a network.

use crate::canvas::{Anchor, Canvas, Style, paragraph_height};
use crate::color_bar::ColorBar;
use crate::geometry::Rect;
use crate::{Color, ColorMap, PlotError, check, text};
use nn_core::Matrix;

/// The columns of a d × n matrix as n images, each row by row from the top left.
///
/// In SVG the pixels are an embedded PNG, a few kilobytes instead of a rectangle for every pixel; frames and captions
/// stay vectors.
///
/// ```
/// use nn_core::Matrix;
/// use plot::{Color, ColorMap, Figure, ImageGrid};
///
/// let images = Matrix::from_fn(12, 6, |pixel, image| ((pixel + image) % 5) as f64); // six images of 3 x 4 pixels
/// let grid = ImageGrid {
///     captions: (0..6).map(|image| image.to_string()).collect(),
///     frames: vec![None, None, Some(Color::VERMILION), None, None, None],
///     map: ColorMap::Ink,
///     ..ImageGrid::new(images, 4)
/// };
/// assert!(!Figure::new(grid).to_png()?.is_empty());
/// # Ok::<(), plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImageGrid {
    /// Above the panel; empty for none.
    pub title: String,
    /// d × n: one image a column.
    pub images: Matrix<f64>,
    /// Pixels a row of an image; d is a multiple of it.
    pub width: usize,
    /// Images a row of the grid; `None` for a grid somewhat wider than high.
    pub columns: Option<usize>,
    /// Below the images, one each, or empty.
    pub captions: Vec<String>,
    /// From numbers to colors.
    pub map: ColorMap,
    /// Which numbers the ends of the map stand for.
    pub range: ImageRange,
    /// A thick frame around images that deserve it (mistakes), one each, or empty.
    pub frames: Vec<Option<Color>>,
    /// The label of a color bar; `None` for no bar. Left out when every image has a range of its own.
    pub color_bar: Option<String>,
}

/// Which numbers the two ends of the color map stand for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum ImageRange {
    /// The least and the largest value of all images; symmetric about 0 for [`ColorMap::BlueRed`].
    #[default]
    Shared,
    /// The least and the largest value of each image for itself.
    PerImage,
    /// These two.
    Fixed(f64, f64),
}

impl ImageGrid {
    /// Images in [`ColorMap::Grey`] with a shared range.
    pub fn new(images: Matrix<f64>, width: usize) -> Self {
        Self {
            title: String::new(),
            images,
            width,
            columns: None,
            captions: vec![],
            map: ColorMap::Grey,
            range: ImageRange::Shared,
            frames: vec![],
            color_bar: None,
        }
    }

    fn count(&self) -> usize {
        self.images.ncols()
    }

    fn columns(&self) -> usize {
        let automatic = || (1..=self.count()).find(|columns| columns * columns * 5 >= self.count() * 8).unwrap_or(1);
        self.columns.unwrap_or_else(automatic).min(self.count()).max(1)
    }

    fn rows(&self) -> usize {
        self.count().div_ceil(self.columns()).max(1)
    }

    /// Height over width of one image.
    fn aspect(&self) -> f64 {
        self.images.nrows() as f64 / (self.width * self.width).max(1) as f64
    }

    pub(crate) fn preferred_size(&self) -> (f64, f64) {
        let (columns, rows) = (self.columns() as f64, self.rows() as f64);
        let cell = (980.0 / columns).min(640.0 / (rows * self.aspect().max(1e-3))).clamp(24.0, 180.0);
        let caption = if self.captions.is_empty() { 6.0 } else { 28.0 };
        let title = if self.title.is_empty() { 8.0 } else { 34.0 };
        let bar = if self.color_bar.is_some() { 100.0 } else { 0.0 };
        (columns * (cell + 8.0) + 12.0 + bar, rows * (cell * self.aspect() + caption) + title)
    }

    fn check(&self) -> Result<(), PlotError> {
        check::not_empty("the images of an image grid", self.images.len())?;
        check::not_empty("the width of the images", self.width)?;
        check::not_empty("the columns of an image grid", self.columns.unwrap_or(1))?;
        let rows = self.images.nrows().div_ceil(self.width);
        check::same_length("pixels of an image (a multiple of its width)", rows * self.width, self.images.nrows())?;
        for (index, image) in self.images.column_iter().enumerate() {
            check::finite(&format!("image {index}"), image.as_slice())?;
        }
        check::none_or("captions of an image grid", self.count(), self.captions.len())?;
        check::none_or("frames of an image grid", self.count(), self.frames.len())?;
        match self.range {
            ImageRange::Fixed(low, high) => check::ascending("range of an image grid", (low, high)),
            _ => Ok(()),
        }
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, place: Rect) -> Result<(), PlotError> {
        self.check()?;
        let style = canvas.style;
        let Style { unit } = style;
        let shared = match self.range {
            ImageRange::Shared => Some(self.map.range(self.images.as_slice())),
            ImageRange::PerImage => None,
            ImageRange::Fixed(low, high) => Some((low, high)),
        };
        let label = self.color_bar.as_ref().zip(shared);
        let bar = label.map(|(label, range)| ColorBar::new(&style, self.map, range, label, place));
        let bar_width = bar.as_ref().map_or(0.0, |bar| bar.width(&style));

        let title = text::wrap(&self.title, style.title_size(), place.width());
        let title_height = 3.0 * unit + paragraph_height(&title);
        let (columns, rows) = (self.columns() as f64, self.rows() as f64);
        let room = Rect { top: place.top + title_height, right: place.right - bar_width, ..place };
        let pitch = (room.width() / columns, room.height() / rows);

        // One size for all captions: the usual one, or what the longest needs to fit below its image.
        let widest = text::widest(self.captions.iter().map(String::as_str), 1.0);
        let caption_size = style.tick_size().min(pitch.0 / (widest + 0.6));
        let caption = if self.captions.is_empty() { 0.0 } else { 1.35 * caption_size };
        let gap = 0.06 * pitch.0 + 3.0 * unit;
        let width = (pitch.0 - gap).min((pitch.1 - gap.min(8.0 * unit) - caption) / self.aspect());
        let height = width * self.aspect();
        if width < 4.0 || height < 4.0 {
            let panel = check::titled("image grid", &self.title);
            return Err(PlotError::Room { panel, width: room.width(), height: room.height() });
        }
        // The grid keeps together in the middle of its panel.
        let step =
            (pitch.0.min((width + gap).max((widest + 0.6) * caption_size)), height + caption + gap.min(8.0 * unit));
        let grid = Rect::new(room.center().0 - step.0 * columns / 2.0, room.top, step.0 * columns, step.1 * rows);
        canvas.paragraph(&title, grid.center().0, place.top, place);
        for (index, pixels) in self.images.column_iter().enumerate() {
            let (row, column) = ((index / self.columns()) as f64, (index % self.columns()) as f64);
            let left = grid.left + step.0 * (column + 0.5) - width / 2.0;
            let image = Rect::new(
                left.round(),
                (grid.top + step.1 * row + gap.min(8.0 * unit) / 2.0).round(),
                width.floor().max(1.0),
                height.floor().max(1.0),
            );
            let (low, high) = shared.unwrap_or_else(|| self.map.range(pixels.as_slice()));
            let cells = pixels.iter().map(|value| self.map.color((value - low) / (high - low))).collect();
            canvas.image(image, self.width, cells);
            match self.frames.get(index).copied().flatten() {
                Some(color) => canvas.outline(image.inset(-1.6 * unit), color, 3.2 * unit),
                None => canvas.outline(image.inset(-0.5 * unit), Color::hex(0xBBBBBB), unit),
            }
            if let Some(words) = self.captions.get(index) {
                let position = (image.center().0, image.bottom + 3.0 * unit + 0.95 * caption_size);
                canvas.text(words, position, caption_size, Color::INK, Anchor::Middle);
            }
        }
        if let Some(bar) = bar {
            let last = grid.top + step.1 * rows - caption - gap.min(8.0 * unit) / 2.0;
            bar.draw(canvas, Rect { top: grid.top + gap.min(8.0 * unit) / 2.0, bottom: last, ..grid });
        }
        Ok(())
    }
}
