//! The page as SVG by plotters: shapes stay shapes and text stays text; images become embedded PNG files.

use crate::PlotError;
use crate::canvas::{Anchor, Canvas, Image, Shape, Text};
use crate::color::Color;
use crate::geometry::Point;
use crate::png;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plotters::prelude::{DrawingBackend, FontTransform, IntoFont, RGBAColor, SVGBackend, TextStyle};
use plotters::style::Color as _;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::fmt::Write;

/// plotters knows whole coordinates only: tenths of a pixel, and a view box that scales them back.
const SCALE: f64 = 10.0;
/// Verdana has the widths of DejaVu Sans, so that labels keep their places where that font is missing.
const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";
/// plotters sets the baseline of a text with the anchor `Top` this many ems below its position.
const TOP_TO_BASELINE: f64 = 0.76;
/// plotters divides a font's size by this number before it writes it.
const FONT_SIZE_FACTOR: f64 = 1.24;

pub(crate) fn render(canvas: &Canvas) -> Result<String, PlotError> {
    let mut body = String::new();
    {
        let size = ((f64::from(canvas.width) * SCALE) as u32, (f64::from(canvas.height) * SCALE) as u32);
        let mut backend = SVGBackend::with_string(&mut body, size);
        canvas.shapes.iter().try_for_each(|shape| draw(&mut backend, shape))?;
        canvas.texts.iter().try_for_each(|text| write(&mut backend, text))?;
        backend.present().map_err(reason)?;
    }
    // The first line is plotters' opening tag, in tenths of a pixel; ours shows them at their true size.
    let shapes = body.split_once('\n').map_or("", |(_, rest)| rest);
    let (width, height) = (canvas.width, canvas.height);
    let mut svg = String::with_capacity(body.len() + 400);
    let _ = write!(
        svg,
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {0} {1}\" xmlns=\"http://www.w3.org/2000/svg\" \
         xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         stroke-linejoin=\"round\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"#FFFFFF\"/>\n",
        f64::from(width) * SCALE,
        f64::from(height) * SCALE,
    );
    canvas.images.iter().try_for_each(|image| embed(&mut svg, image))?;
    svg.push_str(shapes);
    Ok(svg)
}

fn reason(error: impl std::fmt::Display) -> PlotError {
    PlotError::Drawing { reason: error.to_string() }
}

fn device((x, y): Point) -> (i32, i32) {
    ((x * SCALE).round() as i32, (y * SCALE).round() as i32)
}

fn rgba(color: Color, opacity: f64) -> RGBAColor {
    RGBAColor(color.red, color.green, color.blue, opacity)
}

fn draw(backend: &mut SVGBackend, shape: &Shape) -> Result<(), PlotError> {
    match shape {
        Shape::Line { points, color, width } => {
            let style = rgba(*color, 1.0).stroke_width((width * SCALE).round().max(1.0) as u32);
            backend.draw_path(points.iter().map(|point| device(*point)), &style)
        }
        Shape::Polygon { points, color, opacity } => {
            backend.fill_polygon(points.iter().map(|point| device(*point)), &rgba(*color, *opacity))
        }
        Shape::Rectangle { rect, color, opacity } => backend.draw_rect(
            device((rect.left, rect.top)),
            device((rect.right, rect.bottom)),
            &rgba(*color, *opacity),
            true,
        ),
        Shape::Disc { center, radius, color } => {
            let radius = (radius * SCALE).round().max(1.0) as u32;
            backend.draw_circle(device(*center), radius, &rgba(*color, 1.0), true)
        }
    }
    .map_err(reason)
}

fn write(backend: &mut SVGBackend, text: &Text) -> Result<(), PlotError> {
    let horizontal = match text.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let (x, y) = text.position;
    let up = TOP_TO_BASELINE * text.size;
    let (position, transform) =
        if text.upward { ((x - up, y), FontTransform::Rotate270) } else { ((x, y - up), FontTransform::None) };
    let font = (FAMILY, text.size * SCALE * FONT_SIZE_FACTOR).into_font().transform(transform);
    let color = rgba(text.color, 1.0);
    let style = TextStyle::from(font).color(&color).pos(Pos::new(horizontal, VPos::Top));
    backend.draw_text(&text.text, &style, device(position)).map_err(reason)
}

/// Cells as a PNG in a data URI, each cell several pixels wide: not every viewer obeys `image-rendering`.
fn embed(svg: &mut String, image: &Image) -> Result<(), PlotError> {
    let (columns, rows) = (image.columns, image.rows());
    let larger = (2.0 * image.rect.width() / columns as f64).ceil().clamp(1.0, 16.0) as usize;
    let mut pixels = Vec::with_capacity(image.cells.len() * larger * larger * 3);
    for row in image.cells.chunks_exact(columns) {
        let line: Vec<u8> = row.iter().flat_map(|color| [color.red, color.green, color.blue].repeat(larger)).collect();
        (0..larger).for_each(|_| pixels.extend_from_slice(&line));
    }
    let png = png::encode(&pixels, (columns * larger) as u32, (rows * larger) as u32)?;
    let ((x, y), (right, bottom)) =
        (device((image.rect.left, image.rect.top)), device((image.rect.right, image.rect.bottom)));
    let _ = writeln!(
        svg,
        "<image x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
         image-rendering=\"pixelated\" xlink:href=\"data:image/png;base64,{}\"/>",
        right - x,
        bottom - y,
        STANDARD.encode(png),
    );
    Ok(())
}
