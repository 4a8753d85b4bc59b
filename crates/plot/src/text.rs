//! The embedded font (DejaVu Sans): how wide a text is, how it breaks into lines, and its pixels.

use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};
use std::sync::LazyLock;

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("../font/DejaVuSans.ttf")).expect("the embedded font is a valid font")
});

/// Height of capitals and digits over the font size.
pub(crate) const CAPITAL_HEIGHT: f64 = 0.73;
/// Distance between the baselines of two lines over the font size.
pub(crate) const LINE_HEIGHT: f64 = 1.25;

/// `size` pixels an em, as SVG counts; ab_glyph counts from the highest ascender to the lowest descender.
fn scale(size: f64) -> PxScale {
    let em = FONT.units_per_em().map_or(1.0, |units| FONT.height_unscaled() / units);
    PxScale::from((size * f64::from(em)) as f32)
}

/// Each glyph with its horizontal position.
fn positions(text: &str, size: f64) -> (Vec<(GlyphId, f32)>, f32) {
    let font = FONT.as_scaled(scale(size));
    let mut x = 0.0;
    let mut previous: Option<GlyphId> = None;
    let mut glyphs = Vec::with_capacity(text.len());
    for character in text.chars() {
        let glyph = font.glyph_id(character);
        x += previous.map_or(0.0, |previous| font.kern(previous, glyph));
        glyphs.push((glyph, x));
        x += font.h_advance(glyph);
        previous = Some(glyph);
    }
    (glyphs, x)
}

/// Width of one line in pixels.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    f64::from(positions(text, size).1)
}

/// Largest width of several texts.
pub(crate) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, size: f64) -> f64 {
    texts.into_iter().map(|text| width(text, size)).fold(0.0, f64::max)
}

/// `size`, or the smaller size at which the text is no wider than `room`.
pub(crate) fn fitted(text: &str, size: f64, room: f64) -> f64 {
    size.min(size * room.max(1.0) / width(text, size).max(1.0))
}

/// Lines no wider than `room` as far as the words allow, and the size at which even the longest word fits.
pub(crate) fn wrap(text: &str, size: f64, room: f64) -> (Vec<String>, f64) {
    let longest = widest(text.split_whitespace(), size);
    let size = if longest > room { size * room.max(1.0) / longest } else { size };
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if line.is_empty() || width(&longer, size) <= room {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        lines.push(line);
    }
    (lines, size)
}

/// Calls `pixel(dx, dy, coverage)` for every pixel the text touches, from the left end of its baseline, which may lie
/// between two pixels (`fraction`, 0 to 1, to the right).
pub(crate) fn rasterize(text: &str, size: f64, fraction: f64, mut pixel: impl FnMut(i32, i32, f32)) {
    for (glyph, x) in positions(text, size).0 {
        let placed = glyph.with_scale_and_position(scale(size), point(x + fraction as f32, 0.0));
        let Some(outline) = FONT.outline_glyph(placed) else { continue };
        let bounds = outline.px_bounds();
        let (left, top) = (bounds.min.x as i32, bounds.min.y as i32);
        outline.draw(|dx, dy, coverage| pixel(left + dx as i32, top + dy as i32, coverage.min(1.0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_em_is_the_size() {
        // DejaVu Sans: 'M' advances 1767 of 2048 units.
        assert!((width("M", 100.0) - 100.0 * 1767.0 / 2048.0).abs() < 0.01);
    }

    #[test]
    fn every_symbol_the_figures_write_is_in_the_font() {
        for symbol in "−×⁻⁰¹²³⁴⁵⁶⁷⁸⁹µσ±ηα∈θ₀₁".chars() {
            assert_ne!(FONT.glyph_id(symbol), GlyphId(0), "{symbol}");
        }
    }

    #[test]
    fn a_long_title_breaks_into_lines_that_fit() {
        let title = "Error against the number of hidden units for ten seeds, with the numbers of the paper beside ours";
        let (lines, size) = wrap(title, 18.0, 300.0);
        assert!(lines.len() > 2 && size == 18.0);
        assert!(lines.iter().all(|line| width(line, size) <= 300.0));
        assert_eq!(lines.join(" "), title);
    }

    #[test]
    fn a_word_too_long_for_its_room_shrinks() {
        let (lines, size) = wrap("electroencephalographically", 18.0, 100.0);
        assert_eq!(lines.len(), 1);
        assert!(width(&lines[0], size) <= 100.01);
    }

    #[test]
    fn letters_keep_their_side_bearings() {
        let mut left = i32::MAX;
        rasterize("l", 100.0, 0.0, |dx, _, coverage| {
            if coverage > 0.0 {
                left = left.min(dx)
            }
        });
        assert_eq!(left, 9); // 193 of 2048 units
    }
}
