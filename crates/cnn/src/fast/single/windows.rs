//! Windows that tile maps, all maps of a position side by side.

use super::octet::octets;
use crate::subsampling::Windows;
use nn_core::Real;
use nn_core::simd::Kernel;

/// Sums or maxima of windows, all maps of a position side by side.
pub(super) struct Windowed<'a, T> {
    pub windows: Windows,
    pub below: &'a [T],
    pub a: &'a mut [T],
    pub maximum: bool,
}

impl<T: Real> Kernel for Windowed<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { windows, below, a, maximum } = self;
        let pitch = 8 * octets(windows.output.maps);
        let (side, width) = (windows.side, windows.input.width);
        for (position, a) in a.chunks_exact_mut(pitch).enumerate() {
            let (y, x) = (position / windows.output.width, position % windows.output.width);
            let first = y * side * width + x * side;
            a.copy_from_slice(&below[first * pitch..][..pitch]);
            for row in 0..side {
                for column in usize::from(row == 0)..side {
                    let values = &below[(first + row * width + column) * pitch..][..pitch];
                    for (a, &value) in a.iter_mut().zip(values) {
                        *a = match maximum {
                            true if value > *a => value,
                            true => *a,
                            false => *a + value,
                        };
                    }
                }
            }
        }
    }
}

/// Every value of a window gets the slope of the window, times something of the map.
pub(super) fn spread<T: Real>(
    windows: Windows,
    delta: &[T],
    pitch: usize,
    below: &mut [T],
    below_pitch: usize,
    factor: impl Fn(T, usize) -> T,
) {
    let (side, width) = (windows.side, windows.input.width);
    for (position, delta) in delta.chunks_exact(pitch).enumerate() {
        let (y, x) = (position / windows.output.width, position % windows.output.width);
        let first = y * side * width + x * side;
        for row in 0..side {
            for column in 0..side {
                let below = &mut below[(first + row * width + column) * below_pitch..][..below_pitch];
                for (lane, (below, &delta)) in below.iter_mut().zip(delta).enumerate() {
                    *below = factor(delta, lane);
                }
            }
        }
    }
}
