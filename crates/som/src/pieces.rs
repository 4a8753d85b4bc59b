//! Work for all cores.

/// So many clock cycles are worth waking another core: some forty microseconds.
#[cfg(feature = "parallel")]
const WORTH_WAKING: usize = 1 << 17;

/// So many clock cycles are worth asking for the next batch: a microsecond.
const WORTH_TAKING: usize = 1 << 12;

#[cfg(feature = "parallel")]
mod waiting {
    use std::sync::atomic::AtomicUsize;

    /// So often one looks before one sleeps: some hundred microseconds.
    const LOOKS: usize = 1 << 13;

    /// Calls of [`in_pieces`](super::in_pieces) in which other cores help.
    pub static CALLS: AtomicUsize = AtomicUsize::new(0);

    /// Waits a short time, awake: to be woken would take longer.
    pub fn look_for(event: impl Fn() -> bool) {
        for _ in 0..LOOKS {
            if event() {
                return;
            }
            std::hint::spin_loop();
        }
    }
}

/// Wakes the other cores for a call of [`in_pieces`] that follows within some hundred microseconds, if work of so many clock
/// cycles is worth it.
pub(crate) fn wake(cost: usize) {
    #[cfg(feature = "parallel")]
    {
        use std::sync::atomic::Ordering::Relaxed;
        let calls = waiting::CALLS.load(Relaxed);
        for _ in 0..(cost / WORTH_WAKING).min(rayon::current_num_threads() - 1) {
            rayon::spawn(move || waiting::look_for(|| waiting::CALLS.load(Relaxed) != calls));
        }
    }
    #[cfg(not(feature = "parallel"))]
    let _ = cost;
}

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
        use std::sync::atomic::{AtomicUsize, Ordering};
        use std::sync::{Mutex, PoisonError};
        let helpers = batches.len().saturating_mul(batch.saturating_mul(cost)) / WORTH_WAKING;
        let helpers = helpers.min(rayon::current_num_threads() - 1).min(batches.len().saturating_sub(1));
        if helpers > 0 {
            // Whoever is ready takes the next batch: a core that wakes late, or has other work, keeps none waiting.
            let batches = Mutex::new(batches);
            let next = || batches.lock().unwrap_or_else(PoisonError::into_inner).next();
            let working = AtomicUsize::new(0);
            let work = || {
                working.fetch_add(1, Ordering::Relaxed);
                if let Some(first) = next() {
                    let mut scratch = scratch();
                    run(&mut scratch, first);
                    while let Some(batch) = next() {
                        run(&mut scratch, batch);
                    }
                }
                working.fetch_sub(1, Ordering::Release);
                // The caller waits for the helpers, and they stay awake for its next call, which often follows at once.
                waiting::look_for(|| working.load(Ordering::Acquire) == 0);
            };
            waiting::CALLS.fetch_add(1, Ordering::Relaxed);
            rayon::in_place_scope(|scope| {
                (0..helpers).for_each(|_| scope.spawn(|_| work()));
                work();
            });
            return;
        }
    }
    let mut scratch = scratch();
    batches.for_each(|batch| run(&mut scratch, batch));
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
            in_pieces(&mut values, size, cost, || (), run);
            assert!(values.iter().enumerate().all(|(index, &value)| value == index + 1));
        }
    }
}
