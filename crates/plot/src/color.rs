//! Colors that a color-blind reader can tell apart, and maps from numbers to colors.

/// A color of the screen (sRGB, 8 bits a channel).
///
/// [`Color::category`] is the palette of Okabe and Ito (2008), ordered for lines on white paper: blue, vermilion,
/// green, purple, orange, sky blue, black, grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Color {
    /// Black.
    pub const BLACK: Color = Color::hex(0x00_00_00);
    /// White, the paper.
    pub const WHITE: Color = Color::hex(0xFF_FF_FF);
    /// A middle grey for what stands behind the data.
    pub const GREY: Color = Color::hex(0x80_80_80);
    /// Blue: the first category.
    pub const BLUE: Color = Color::hex(0x00_72_B2);
    /// Vermilion: the second category, and what is wrong.
    pub const VERMILION: Color = Color::hex(0xD5_5E_00);
    /// Bluish green: the third category, and what is right.
    pub const GREEN: Color = Color::hex(0x00_9E_73);
    /// Reddish purple: the fourth category.
    pub const PURPLE: Color = Color::hex(0xCC_79_A7);
    /// Orange: the fifth category.
    pub const ORANGE: Color = Color::hex(0xE6_9F_00);
    /// Sky blue: the sixth category.
    pub const SKY: Color = Color::hex(0x56_B4_E9);

    /// The axes, titles and labels.
    pub(crate) const INK: Color = Color::hex(0x26_26_26);
    /// The grid behind the data.
    pub(crate) const GRID: Color = Color::hex(0xE4_E4_E4);

    /// 0xRRGGBB; bits above are ignored.
    pub const fn hex(rgb: u32) -> Self {
        Self { red: (rgb >> 16) as u8, green: (rgb >> 8) as u8, blue: rgb as u8 }
    }

    /// The color of category k; after eight the colors repeat (markers differ further).
    pub fn category(k: usize) -> Self {
        const PALETTE: [Color; 8] = [
            Color::BLUE,
            Color::VERMILION,
            Color::GREEN,
            Color::PURPLE,
            Color::ORANGE,
            Color::SKY,
            Color::BLACK,
            Color::hex(0x99_99_99),
        ];
        PALETTE[k % PALETTE.len()]
    }

    /// (1 − t) self + t other, channel by channel; t in 0 ..= 1.
    #[must_use]
    pub fn mix(self, other: Color, t: f64) -> Self {
        let channel = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * t).round() as u8;
        let red = channel(self.red, other.red);
        Self { red, green: channel(self.green, other.green), blue: channel(self.blue, other.blue) }
    }

    /// A turn of the color wheel: red at 0, then yellow, green, cyan, blue and magenta back to red at 1. For angles, by custom:
    /// color-blind readers lose some of it, so angles that matter get lines or markers, too.
    #[must_use]
    pub fn hue(turn: f64) -> Self {
        let place = 6.0 * if turn.is_finite() { turn.rem_euclid(1.0) } else { 0.0 };
        let channel = |middle: f64| {
            let away = (place - middle).abs();
            let share = (2.0 - away.min(6.0 - away)).clamp(0.0, 1.0);
            (40.0 + 200.0 * share).round() as u8
        };
        Self { red: channel(0.0), green: channel(2.0), blue: channel(4.0) }
    }

    /// Black or white: whichever is easier to read on this color.
    #[must_use]
    pub fn contrast(self) -> Self {
        // Brightness as of ITU-R BT.601; the threshold is a little above the middle, because white text is thin.
        let luma = 0.299 * f64::from(self.red) + 0.587 * f64::from(self.green) + 0.114 * f64::from(self.blue);
        if luma > 140.0 { Self::BLACK } else { Self::WHITE }
    }
}

/// How a number becomes a color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ColorMap {
    /// Dark violet over green to yellow: magnitudes. Readable in grey and by color-blind readers.
    #[default]
    Viridis,
    /// Blue (negative) over white (zero) to red (positive): signed weights. Its automatic range is symmetric about 0.
    BlueRed,
    /// White to dark blue: counts, with numbers written into the cells.
    Blues,
    /// Black (low) to white (high): digits as the camera sees them.
    Grey,
    /// White (low) to black (high): digits as ink on paper.
    Ink,
    /// The color wheel of [`Color::hue`]: angles, whose two ends are the same.
    Hue,
}

impl ColorMap {
    /// The color of t: 0 is the low end, 1 the high end; values outside are clamped.
    pub fn color(self, t: f64) -> Color {
        let stops: &[u32] = match self {
            ColorMap::Hue => return Color::hue(t.clamp(0.0, 1.0)),
            ColorMap::Viridis => &[
                0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E, 0x21918C, 0x22A884, 0x44BF70, 0x7AD151, 0xBDDF26,
                0xFDE725,
            ],
            ColorMap::BlueRed => &[
                0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B,
                0x67001F,
            ],
            ColorMap::Blues => {
                &[0xF7FBFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x4292C6, 0x2171B5, 0x08519C, 0x08306B]
            }
            ColorMap::Grey => &[0x000000, 0xFFFFFF],
            ColorMap::Ink => &[0xFFFFFF, 0x000000],
        };
        let position = t.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
        let index = (position as usize).min(stops.len() - 2);
        Color::hex(stops[index]).mix(Color::hex(stops[index + 1]), position - index as f64)
    }

    /// The range this map gives to values when none is asked for: their least to their largest, symmetric about 0 for
    /// [`ColorMap::BlueRed`]. Equal values get a range around them.
    pub(crate) fn range(self, values: &[f64]) -> (f64, f64) {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = match self {
            ColorMap::BlueRed => (-low.abs().max(high.abs()), low.abs().max(high.abs())),
            _ => (low, high),
        };
        crate::axis::widened(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_reaches_its_ends_and_clamps_beyond() {
        assert_eq!(ColorMap::Viridis.color(0.0), Color::hex(0x440154));
        assert_eq!(ColorMap::Viridis.color(7.0), Color::hex(0xFDE725));
        assert_eq!(ColorMap::Grey.color(0.5), Color::hex(0x808080));
        assert_eq!(ColorMap::BlueRed.color(0.5), Color::hex(0xF7F7F7));
    }

    #[test]
    fn the_signed_range_is_symmetric() {
        assert_eq!(ColorMap::BlueRed.range(&[-1.0, 3.0]), (-3.0, 3.0));
        assert_eq!(ColorMap::Viridis.range(&[-1.0, 3.0]), (-1.0, 3.0));
        assert_eq!(ColorMap::Blues.range(&[2.0, 2.0]), (1.8, 2.2));
    }

    #[test]
    fn the_color_wheel_is_closed_and_goes_through_the_rainbow() {
        assert_eq!(Color::hue(0.0), Color::hex(0xF02828));
        assert_eq!(
            (Color::hue(1.0), Color::hue(-2.0), Color::hue(f64::NAN)),
            (Color::hue(0.0), Color::hue(0.0), Color::hue(0.0))
        );
        let wheel = [0xF02828, 0xF0F028, 0x28F028, 0x28F0F0, 0x2828F0, 0xF028F0].map(Color::hex);
        assert_eq!(std::array::from_fn(|k| Color::hue(k as f64 / 6.0)), wheel);
        assert_eq!(ColorMap::Hue.color(0.5), Color::hue(0.5));
    }

    #[test]
    fn text_on_a_color_is_black_or_white() {
        assert_eq!(Color::hex(0xFDE725).contrast(), Color::BLACK);
        assert_eq!(Color::hex(0x08306B).contrast(), Color::WHITE);
    }
}
