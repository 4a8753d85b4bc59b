//! The page as PNG: shapes drawn three times too large by plotters and averaged down, which smooths every edge;
//! texts drawn on top at their final size.

use crate::PlotError;
use crate::canvas::{Anchor, Canvas, Image, Shape, Text};
use crate::color::Color;
use crate::geometry::Point;
use crate::text;
use plotters::prelude::{BitMapBackend, DrawingBackend, RGBAColor};

/// Pixels drawn for one pixel kept, along each side.
const SCALE: u32 = 3;

pub(crate) fn render(canvas: &Canvas) -> Result<Vec<u8>, PlotError> {
    let (width, height) = (canvas.width * SCALE, canvas.height * SCALE);
    let mut large = vec![255; width as usize * height as usize * 3];
    {
        let mut painter = Painter(BitMapBackend::with_buffer(&mut large, (width, height)));
        canvas.images.iter().try_for_each(|image| painter.image(image))?;
        canvas.shapes.iter().try_for_each(|shape| painter.shape(shape))?;
        painter.0.present().map_err(reason)?;
    }
    let mut pixels = average(&large, canvas.width as usize, canvas.height as usize);
    canvas.texts.iter().for_each(|text| write(&mut pixels, canvas, text));
    encode(&pixels, canvas.width, canvas.height)
}

fn reason(error: impl std::fmt::Display) -> PlotError {
    PlotError::Drawing { reason: error.to_string() }
}

/// RGB rows as a PNG file.
pub(crate) fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, PlotError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(reason)?;
    writer.write_image_data(pixels).map_err(reason)?;
    writer.finish().map_err(reason)?;
    Ok(bytes)
}

struct Painter<'a>(BitMapBackend<'a>);

fn device((x, y): Point) -> (i32, i32) {
    ((x * f64::from(SCALE)).round() as i32, (y * f64::from(SCALE)).round() as i32)
}

fn rgba(color: Color, opacity: f64) -> RGBAColor {
    RGBAColor(color.red, color.green, color.blue, opacity)
}

impl Painter<'_> {
    fn image(&mut self, image: &Image) -> Result<(), PlotError> {
        let (width, height) = (image.rect.width() / image.columns as f64, image.rect.height() / image.rows() as f64);
        let corner = |column: usize, row: usize| {
            device((image.rect.left + width * column as f64, image.rect.top + height * row as f64))
        };
        for (index, color) in image.cells.iter().enumerate() {
            let (row, column) = (index / image.columns, index % image.columns);
            self.rectangle(corner(column, row), corner(column + 1, row + 1), rgba(*color, 1.0))?;
        }
        Ok(())
    }

    fn shape(&mut self, shape: &Shape) -> Result<(), PlotError> {
        match shape {
            Shape::Line { points, color, width } => self.line(points, rgba(*color, 1.0), *width),
            Shape::Polygon { points, color, opacity } => {
                let points: Vec<(i32, i32)> = points.iter().map(|point| device(*point)).collect();
                self.0.fill_polygon(points, &rgba(*color, *opacity)).map_err(reason)
            }
            Shape::Rectangle { rect, color, opacity } => {
                self.rectangle(device((rect.left, rect.top)), device((rect.right, rect.bottom)), rgba(*color, *opacity))
            }
            Shape::Disc { center, radius, color } => self.disc(*center, *radius, rgba(*color, 1.0)),
        }
    }

    fn rectangle(&mut self, from: (i32, i32), to: (i32, i32), color: RGBAColor) -> Result<(), PlotError> {
        self.0.draw_rect(from, to, &color, true).map_err(reason)
    }

    fn disc(&mut self, center: Point, radius: f64, color: RGBAColor) -> Result<(), PlotError> {
        let radius = (radius * f64::from(SCALE)).round().max(1.0) as u32;
        self.0.draw_circle(device(center), radius, &color, true).map_err(reason)
    }

    /// A quadrangle for each segment and a disc for each corner: plotters' own wide path grows spikes at sharp corners.
    fn line(&mut self, points: &[Point], color: RGBAColor, width: f64) -> Result<(), PlotError> {
        let half = width / 2.0;
        for pair in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let length = ((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0)).sqrt();
            if length == 0.0 {
                continue;
            }
            if x0 == x1 || y0 == y1 {
                let (dx, dy) = if x0 == x1 { (half, 0.0) } else { (0.0, half) };
                let low = device((x0.min(x1) - dx, y0.min(y1) - dy));
                let high = device((x0.max(x1) + dx, y0.max(y1) + dy));
                self.rectangle(low, high, color)?;
                continue;
            }
            let (dx, dy) = ((y1 - y0) / length * half, (x0 - x1) / length * half);
            let corners = [(x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy)];
            self.0.fill_polygon(corners.map(device), &color).map_err(reason)?;
        }
        // A disc of radius r is 2 r + 1 pixels wide: rounded down, it never bulges out of a straight line.
        let radius = (half * f64::from(SCALE) - 0.5).floor();
        let corners = points.get(1..points.len().saturating_sub(1)).unwrap_or_default();
        let round = corners.iter().filter(|_| radius >= 1.0);
        round
            .map(|corner| device(*corner))
            .try_for_each(|corner| self.0.draw_circle(corner, radius as u32, &color, true).map_err(reason))
    }
}

/// Each pixel the mean of SCALE x SCALE.
fn average(large: &[u8], width: usize, height: usize) -> Vec<u8> {
    const S: usize = SCALE as usize;
    let mut pixels = Vec::with_capacity(width * height * 3);
    let mut sums = vec![0u16; width * 3];
    for rows in large.chunks_exact(width * 3 * S * S) {
        sums.fill(0);
        for row in rows.chunks_exact(width * 3 * S) {
            for (sum, block) in sums.chunks_exact_mut(3).zip(row.chunks_exact(3 * S)) {
                for pixel in block.chunks_exact(3) {
                    sum.iter_mut().zip(pixel).for_each(|(sum, channel)| *sum += u16::from(*channel));
                }
            }
        }
        let count = (S * S) as u16;
        pixels.extend(sums.iter().map(|sum| ((sum + count / 2) / count) as u8));
    }
    pixels
}

fn write(pixels: &mut [u8], canvas: &Canvas, text: &Text) {
    let shift = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -text::width(&text.text, text.size) / 2.0,
        Anchor::End => -text::width(&text.text, text.size),
    };
    let (x, y) = text.position;
    // The baseline sits on a pixel border, so that all letters of a line have the same sharp foot.
    let (start, base) = if text.upward { (y - shift, x.round() as i32) } else { (x + shift, y.round() as i32) };
    let whole = if text.upward { start.ceil() } else { start.floor() };
    let color = [text.color.red, text.color.green, text.color.blue];
    text::rasterize(&text.text, text.size, (start - whole).abs(), |dx, dy, coverage| {
        let (x, y) = if text.upward { (base + dy, whole as i32 - 1 - dx) } else { (whole as i32 + dx, base + dy) };
        let inside = (0..canvas.width as i32).contains(&x) && (0..canvas.height as i32).contains(&y);
        let index = (y as usize).wrapping_mul(canvas.width as usize).wrapping_add(x as usize).wrapping_mul(3);
        if inside && let Some(pixel) = pixels.get_mut(index..index + 3) {
            for (channel, ink) in pixel.iter_mut().zip(color) {
                let mixed = f32::from(*channel) + (f32::from(ink) - f32::from(*channel)) * coverage;
                *channel = mixed.round() as u8;
            }
        }
    });
}
