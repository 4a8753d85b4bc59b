//! Runtime dispatch to the vector instructions of the CPU, and the reductions that every model shares.
//!
//! The only home of `unsafe` in the workspace. A hot loop is written once, as a safe [`Kernel`] over lanes of 16;
//! [`dispatch`] compiles it three times (AVX-512, AVX2 with FMA, and the target's own baseline) and calls the
//! widest version the CPU can run. Kernels multiply, then add: no fused rounding, so that all three give the
//! same bits on every machine.

#![allow(unsafe_code)]

mod reduce;

pub use reduce::{LANES, axpy, dot, reduce, squared_distance, sum};
pub(crate) use reduce::{axpy_lanes, dot_4};

use std::sync::atomic::{AtomicU8, Ordering};

/// A version of the compiled kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// The target's baseline: SSE2 on x86-64, NEON on aarch64.
    Portable,
    /// AVX2 and FMA (x86-64-v3).
    Avx2,
    /// AVX-512 F, VL, DQ and BW (x86-64-v4).
    Avx512,
}

/// A hot loop, to be compiled once for every [`Path`], or for those on which it is ever run.
///
/// Mark `run` and everything it calls `#[inline(always)]`: code that is not inlined keeps the baseline's instructions
/// (and so its speed, never its result).
pub trait Kernel {
    /// What the loop returns.
    type Output;
    /// Whether it is compiled for AVX2. Where it is not, the baseline runs.
    const AVX2: bool = true;
    /// Whether it is compiled for AVX-512. Where it is not, the baseline runs.
    const AVX512: bool = true;
    /// The loop.
    fn run(self) -> Self::Output;
}

/// The widest path kernels may take; 0 until it is detected, then [`Path`] + 1.
static PATH: AtomicU8 = AtomicU8::new(0);

/// The path that kernels take now: the widest the CPU has, unless [`limit`] lowered it.
#[inline]
pub fn path() -> Path {
    match PATH.load(Ordering::Relaxed) {
        1 => Path::Portable,
        2 => Path::Avx2,
        3 => Path::Avx512,
        _ => limit(Path::Avx512),
    }
}

/// Kernels take the widest path the CPU has, but none wider than this. Returns the path taken from now on.
///
/// For tests and measurements: results are the same on every path. Holds for the whole process.
pub fn limit(widest: Path) -> Path {
    let path = detect().min(widest);
    PATH.store(path as u8 + 1, Ordering::Relaxed);
    path
}

/// The widest path the CPU can run.
pub fn detect() -> Path {
    #[cfg(target_arch = "x86_64")]
    {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        if avx2
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw")
        {
            return Path::Avx512;
        }
        if avx2 {
            return Path::Avx2;
        }
    }
    Path::Portable
}

/// Runs the kernel with the widest instructions allowed (see [`path`]).
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        match path() {
            // SAFETY: `path` never exceeds `detect`, which has seen every feature that `avx512` enables.
            Path::Avx512 if K::AVX512 => return unsafe { avx512(kernel) },
            // SAFETY: `path` never exceeds `detect`, which has seen AVX2 and FMA.
            Path::Avx2 if K::AVX2 => return unsafe { avx2(kernel) },
            _ => {}
        }
    }
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
fn avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says for which paths it was compiled.
    struct Compiled<const AVX2: bool, const AVX512: bool>;

    impl<const AVX2: bool, const AVX512: bool> Kernel for Compiled<AVX2, AVX512> {
        type Output = (bool, bool);
        const AVX2: bool = AVX2;
        const AVX512: bool = AVX512;

        #[inline(always)]
        fn run(self) -> (bool, bool) {
            (AVX2, AVX512)
        }
    }

    #[test]
    fn a_kernel_runs_on_every_path_even_where_it_is_not_compiled() {
        for widest in [Path::Portable, Path::Avx2, Path::Avx512] {
            limit(widest);
            assert_eq!(dispatch(Compiled::<false, false>), (false, false));
            assert_eq!(dispatch(Compiled::<true, false>), (true, false));
            assert_eq!(dispatch(Compiled::<false, true>), (false, true));
        }
        limit(Path::Avx512);
    }
}
