//! Loops over independent pieces, on all cores or on one, with the same results.

/// Calls `work(first column, columns)` for pieces of at most `most` columns of this length.
pub(crate) fn for_each_chunk<E: Send>(
    values: &mut [E],
    length: usize,
    most: usize,
    work: impl Fn(usize, &mut [E]) + Sync,
) {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        values.par_chunks_mut(length * most).enumerate().for_each(|(piece, columns)| work(piece * most, columns));
    }
    #[cfg(not(feature = "parallel"))]
    values.chunks_mut(length * most).enumerate().for_each(|(piece, columns)| work(piece * most, columns));
}
