//! Work for all cores.

/// So many clock cycles are worth waking another core: some ten microseconds, by estimate.
#[cfg(feature = "parallel")]
const WORTH_WAKING: usize = 1 << 15;

/// So many clock cycles are worth asking for the next batch: a microsecond.
const WORTH_TAKING: usize = 1 << 12;

/// Calls the function for every piece of so many values, with scratch memory and the number of the piece, on all cores where that
/// is worth waking them. `cost`: of a piece, in clock cycles. The last piece may be shorter.
pub(crate) fn in_pieces<N: Send, S>(
    values: &mut [N],
    size: usize,
    cost: usize,
    scratch: impl Fn() -> S + Sync + Send,
    run: impl Fn(&mut S, usize, &mut [N]) + Sync + Send,
) {
    // Pieces that are taken together.
    let batch = (WORTH_TAKING / cost.max(1)).max(1);
    let batches = values.chunks_mut(size * batch).enumerate();
    let run = |scratch: &mut S, (number, values): (usize, &mut [N])| {
        values.chunks_mut(size).enumerate().for_each(|(offset, piece)| run(scratch, number * batch + offset, piece));
    };
    #[cfg(feature = "parallel")]
    {
        use std::sync::{Mutex, PoisonError};
        let helpers = batches.len().saturating_mul(batch.saturating_mul(cost)) / WORTH_WAKING;
        let helpers = helpers.min(rayon::current_num_threads() - 1).min(batches.len().saturating_sub(1));
        if helpers > 0 {
            // Whoever is ready takes the next batch: a core that wakes late, or has other work, keeps none waiting.
            let batches = Mutex::new(batches);
            let next = || batches.lock().unwrap_or_else(PoisonError::into_inner).next();
            let work = || {
                let Some(first) = next() else { return };
                let mut scratch = scratch();
                run(&mut scratch, first);
                while let Some(batch) = next() {
                    run(&mut scratch, batch);
                }
            };
            rayon::scope(|scope| {
                (0..helpers).for_each(|_| scope.spawn(|_| work()));
                work();
            });
            return;
        }
    }
    let mut scratch = scratch();
    batches.for_each(|batch| run(&mut scratch, batch));
}

/// Calls both functions, beside each other if the second takes long enough. `cost`: of the second, in clock cycles.
pub(crate) fn both<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
    cost: usize,
) -> (A, B) {
    #[cfg(feature = "parallel")]
    if cost >= WORTH_WAKING && rayon::current_num_threads() > 1 {
        return rayon::join(a, b);
    }
    let _ = cost;
    (a(), b())
}

/// Runs the function on a thread of the pool, if that has more than one: each of its loops would else hand its work over, and
/// wait.
pub(crate) fn in_one_piece<R: Send>(run: impl FnOnce() -> R + Send) -> R {
    #[cfg(feature = "parallel")]
    if rayon::current_num_threads() > 1 {
        return rayon::scope(|_| run());
    }
    run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once_with_its_number() {
        for (length, size, cost) in [(0, 3, 1), (10, 3, 1), (10, 3, 1 << 20), (1000, 7, 1 << 14), (5, 9, usize::MAX)] {
            let mut values = vec![0; length];
            let run = |(): &mut (), number: usize, piece: &mut [usize]| {
                let last = piece.len();
                for (offset, value) in piece.iter_mut().enumerate() {
                    *value += number * size + offset + 1;
                }
                assert!(last == size || (number + 1) * size > length);
            };
            in_one_piece(|| in_pieces(&mut values, size, cost, || (), run));
            assert!(values.iter().enumerate().all(|(index, &value)| value == index + 1));
        }
        assert_eq!(both(|| 1, || 2, 0), (1, 2));
        assert_eq!(both(|| 1, || 2, usize::MAX), (1, 2));
    }
}
