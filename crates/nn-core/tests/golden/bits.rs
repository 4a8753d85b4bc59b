//! Numbers by their bits, for the tests of `nn_core::math`.

use nn_core::Real;

/// A number that shows its bits.
pub trait Bits: Real {
    /// The bits, in the lower half for `f32`.
    fn bits(self) -> u64;
    /// The bits in the order of the numbers: neighbors differ by 1.
    fn order(self) -> i64;
    /// Steps from one representable number to the other; NaN is one number, and 0 is not −0.
    fn distance(self, other: Self) -> u64 {
        if self.to_f64().is_nan() || other.to_f64().is_nan() {
            return if self.to_f64().is_nan() && other.to_f64().is_nan() { 0 } else { u64::MAX };
        }
        if self.bits() == other.bits() { 0 } else { self.order().abs_diff(other.order()).max(1) }
    }
}

impl Bits for f32 {
    fn bits(self) -> u64 {
        u64::from(self.to_bits())
    }
    fn order(self) -> i64 {
        let magnitude = i64::from(self.to_bits() & 0x7fff_ffff);
        if self.is_sign_negative() { -magnitude } else { magnitude }
    }
}

impl Bits for f64 {
    fn bits(self) -> u64 {
        self.to_bits()
    }
    fn order(self) -> i64 {
        let magnitude = (self.to_bits() & (u64::MAX >> 1)) as i64;
        if self.is_sign_negative() { -magnitude } else { magnitude }
    }
}
