//! What a kernel has to know of one number format: its bits, its ranges, its polynomials.

use crate::Real;

/// One lane of a kernel. Coefficients stand highest power first and come from `fit_coefficients.py`.
pub(super) trait Lane: Real {
    /// 1/ln 2
    const LOG2_E: Self;
    /// The upper bits of ln 2, so few that a multiple by an exponent is exact.
    const LN2_UPPER: Self;
    /// The rest of ln 2.
    const LN2_LOWER: Self;
    /// 1.5 · 2ᴾ + 2 bias, P bits of mantissa: adding it rounds to an integer, which the lowest bits then hold.
    const ROUNDER: Self;
    /// √2/2: the mantissa of a logarithm starts here.
    const HALF_SQRT2: Self;
    /// Below this exponential every result rounds to zero.
    const EXP_LOWEST: Self;
    /// Above this argument eˣ is infinite.
    const EXP_HIGHEST: Self;
    /// Above this 2|x| tanh rounds to 1.
    const TANH_HIGHEST: Self;
    /// Below minus this Φ rounds to zero.
    const CDF_HIGHEST: Self;

    /// Q in eʳ = 1 + r + r² Q(r), |r| ≤ ln 2/2.
    const EXP: &'static [Self];
    /// R in ln((1 + s)/(1 − s)) = 2 s + s z R(z), z = s², for mantissas between √2/2 and √2.
    const LN: &'static [Self];
    /// S in ln(1 + e) = s + s z S(z), s = e/(1 + e/2), z = s², 0 ≤ e ≤ 1.
    const LN_1P: &'static [Self];
    /// P in Φ(−u) = exp(−u²/2) t P(t − 1/4), t = 1/(1 + u/4), u ≥ 0.
    const TAIL: &'static [Self];

    /// 2ⁿ from n + `ROUNDER`, n within the normal exponents.
    fn power_of_two(shifted: Self) -> Self;
    /// Two powers of two whose product is 2ⁿ, from n + `ROUNDER`: their product may overflow or be subnormal.
    fn power_of_two_halves(shifted: Self) -> (Self, Self);
    /// (m, n) with x = m 2ⁿ and √2/2 ≤ m < √2, for positive finite x.
    fn mantissa_and_exponent(self) -> (Self, Self);
    /// x without the lower half of its mantissa: the square of the result is exact.
    fn upper_half(self) -> Self;
    /// |self| with the sign of the other number.
    fn with_sign_of(self, other: Self) -> Self;
}

macro_rules! lane_bits {
    ($type:ty, $bits:ty, $digits:expr, $bias:expr, $lower_half:expr) => {
        #[inline(always)]
        fn power_of_two(shifted: Self) -> Self {
            <$type>::from_bits(shifted.to_bits().wrapping_sub($bias) << $digits)
        }
        #[inline(always)]
        fn power_of_two_halves(shifted: Self) -> (Self, Self) {
            let sum = shifted.to_bits();
            let half = sum >> 1;
            (<$type>::from_bits(half << $digits), <$type>::from_bits(sum.wrapping_sub(half) << $digits))
        }
        #[inline(always)]
        fn mantissa_and_exponent(self) -> (Self, Self) {
            // A subnormal number becomes normal first.
            const LIFT: $bits = $digits + 2;
            const INTEGER: $type = (1 as $bits << $digits) as $type;
            let subnormal = self < <$type>::MIN_POSITIVE;
            let x = if subnormal { self * (1 as $bits << LIFT) as $type } else { self };
            let offset = if subnormal { INTEGER + ($bias + LIFT) as $type } else { INTEGER + $bias as $type };
            // Counted from √2/2, the exponent steps where the mantissa shall.
            let half_sqrt2 = Self::HALF_SQRT2.to_bits();
            let bits = x.to_bits().wrapping_add(<$type>::to_bits(1.0) - half_sqrt2);
            let exponent = <$type>::from_bits(INTEGER.to_bits() | (bits >> $digits)) - offset;
            let mantissa = (bits & ((1 << $digits) - 1)).wrapping_add(half_sqrt2);
            (<$type>::from_bits(mantissa), exponent)
        }
        #[inline(always)]
        fn upper_half(self) -> Self {
            <$type>::from_bits(self.to_bits() & (<$bits>::MAX << $lower_half))
        }
        #[inline(always)]
        fn with_sign_of(self, other: Self) -> Self {
            self.copysign(other)
        }
    };
}

impl Lane for f32 {
    const LOG2_E: Self = std::f32::consts::LOG2_E;
    const LN2_UPPER: Self = f32::from_bits(0x3f31_7200);
    const LN2_LOWER: Self = 1.428_606_8e-6;
    const ROUNDER: Self = 12_582_912.0 + 254.0;
    const HALF_SQRT2: Self = std::f32::consts::FRAC_1_SQRT_2;
    const EXP_LOWEST: Self = -104.0;
    const EXP_HIGHEST: Self = 89.0;
    const TANH_HIGHEST: Self = 20.0;
    const CDF_HIGHEST: Self = 14.5;
    const EXP: &'static [Self] = &[1.989_099_1e-4, 1.393_365e-3, 8.333_310_5e-3, 4.166_646_7e-2, 1.666_666_7e-1, 0.5];
    const LN: &'static [Self] = &[2.958_005_4e-1, 3.998_877_7e-1, 6.666_668_7e-1];
    const LN_1P: &'static [Self] = &[1.134_029_4e-4, 4.239_543e-4, 2.233_778_6e-3, 1.249_990_8e-2, 8.333_333_6e-2];
    const TAIL: &'static [Self] = &[
        -1.347_728_6e-2,
        6.372_48e-2,
        -9.463_718_5e-2,
        1.848_202e-2,
        4.879_114_7e-3,
        8.354_548e-2,
        1.412_029_9e-1,
        1.795_394_6e-1,
        1.863_289_3e-1,
        1.666_410_7e-1,
        1.320_758_9e-1,
    ];
    lane_bits!(f32, u32, 23, 127, 12);
}

impl Lane for f64 {
    const LOG2_E: Self = std::f64::consts::LOG2_E;
    const LN2_UPPER: Self = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOWER: Self = 1.908_214_929_270_587_7e-10;
    const ROUNDER: Self = 6_755_399_441_055_744.0 + 2046.0;
    const HALF_SQRT2: Self = std::f64::consts::FRAC_1_SQRT_2;
    const EXP_LOWEST: Self = -746.0;
    const EXP_HIGHEST: Self = 710.0;
    const TANH_HIGHEST: Self = 44.0;
    const CDF_HIGHEST: Self = 39.0;
    const EXP: &'static [Self] = &[
        2.091_468_696_808_687_6e-9,
        2.510_521_700_472_074_5e-8,
        2.755_727_364_311_03e-7,
        2.755_725_540_020_622e-6,
        2.480_158_732_554_774_5e-5,
        1.984_126_987_482_062_7e-4,
        1.388_888_888_888_374_8e-3,
        8.333_333_333_326_136e-3,
        4.166_666_666_666_667e-2,
        1.666_666_666_666_666_7e-1,
        0.5,
    ];
    const LN: &'static [Self] = &[
        1.461_658_542_488_862_3e-1,
        1.533_171_061_821_077_3e-1,
        1.818_288_945_567_494_7e-1,
        2.222_221_113_025_987_8e-1,
        2.857_142_862_600_327e-1,
        3.999_999_999_989_944_4e-1,
        6.666_666_666_666_67e-1,
    ];
    const LN_1P: &'static [Self] = &[
        1.863_424_147_061_255_5e-8,
        3.572_292_070_709_832e-8,
        2.068_575_102_382_624e-7,
        8.952_533_858_777_308e-7,
        4.069_573_871_312_168e-6,
        1.877_996_083_710_103_2e-5,
        8.877_841_747_689_433e-5,
        4.340_277_773_089_084_5e-4,
        2.232_142_857_156_270_8e-3,
        1.249_999_999_999_985e-2,
        8.333_333_333_333_333e-2,
    ];
    const TAIL: &'static [Self] = &[
        1.523_039_823_024_007e-3,
        -1.140_209_194_353_199_9e-2,
        3.762_270_886_540_139e-2,
        -6.990_372_344_171_729e-2,
        7.566_095_051_042_561e-2,
        -4.096_879_838_173_939e-2,
        2.082_929_362_773_564e-3,
        2.064_012_483_079_75e-3,
        9.718_884_789_568_045e-3,
        -7.336_194_777_196_577e-4,
        -1.099_860_447_481_099_8e-2,
        -3.993_725_610_200_817e-3,
        1.110_464_709_096_237_5e-2,
        1.271_551_247_856_43e-2,
        -5.436_030_916_225_585_5e-3,
        -2.518_868_213_670_416_6e-2,
        -2.081_676_270_708_702_7e-2,
        1.843_059_710_452_145_4e-2,
        8.071_822_571_197_769e-2,
        1.415_324_971_321_712_3e-1,
        1.795_228_528_609_988_7e-1,
        1.863_288_565_069_703_4e-1,
        1.666_410_963_282_823_3e-1,
        1.320_758_843_088_581_4e-1,
    ];
    lane_bits!(f64, u64, 52, 1023, 27);
}
