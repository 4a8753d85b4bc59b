//! How many samples make one step.

use crate::CoreError;
use std::ops::Range;

/// How many samples' gradients are added before the weights change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// **Eq. online** (slide 41): w ← w − η ∇E_n, one sample after the other.
    Online,
    /// **Eq. minibatch** (slide 41): w ← w − η ∇ Σ E_n over this many samples; the last batch of an epoch may be smaller.
    Minibatch(usize),
    /// **Eq. batch** (slide 41): w ← w − η ∇ Σ E_n over all samples: one step an epoch.
    Full,
}

impl Batch {
    /// Samples of one step, when there are `samples` in all.
    pub fn size(self, samples: usize) -> usize {
        match self {
            Self::Online => 1,
            Self::Minibatch(size) => size.min(samples),
            Self::Full => samples,
        }
    }

    /// The steps of one epoch as ranges of positions in the (shuffled) order; together they are 0 .. samples.
    pub fn ranges(self, samples: usize) -> impl ExactSizeIterator<Item = Range<usize>> {
        let size = self.size(samples).max(1);
        (0..samples.div_ceil(size)).map(move |step| step * size..samples.min((step + 1) * size))
    }

    /// # Errors
    /// [`CoreError::OutOfRange`] for minibatches of 0 samples.
    pub fn check(self) -> Result<(), CoreError> {
        if self == Self::Minibatch(0) {
            return Err(CoreError::OutOfRange { name: "the minibatch", rule: "at least 1 sample", value: 0.0 });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eq. online, Eq. minibatch, Eq. batch.
    #[test]
    fn every_epoch_sees_every_sample_once() {
        for batch in [Batch::Online, Batch::Minibatch(1), Batch::Minibatch(7), Batch::Minibatch(500), Batch::Full] {
            for samples in [0, 1, 6, 7, 8, 100] {
                let seen: Vec<usize> = batch.ranges(samples).flatten().collect();
                assert_eq!(seen, (0..samples).collect::<Vec<_>>(), "{batch:?} over {samples}");
                assert!(batch.ranges(samples).all(|range| range.len() <= batch.size(samples)));
            }
        }
        assert_eq!(Batch::Minibatch(32).ranges(100).last(), Some(96..100));
        assert_eq!(Batch::Full.ranges(100).len(), 1);
    }

    #[test]
    fn a_minibatch_of_nothing_is_an_error() {
        let error = Batch::Minibatch(0).check().unwrap_err();
        assert_eq!(error.to_string(), "the minibatch must be at least 1 sample, is 0");
    }
}
