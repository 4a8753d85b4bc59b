//! [`Stream`]: named, seekable randomness, the same on every platform.

use crate::Real;
use rand::rand_core::{Infallible, SeedableRng, TryRng};
use rand_chacha::ChaCha8Rng;

/// Words (`u32`) between two positions of [`Stream::at`]: 2³⁶.
const WORDS_PER_POSITION_LOG2: u32 = 36;

/// A named, seekable stream of random numbers: ChaCha with 8 rounds.
///
/// The seed is the key, the name gives the 64-bit stream number, [`Stream::at`] seeks. Two streams with other names
/// are independent, and position k of a stream does not depend on what was drawn before: epoch k draws only from
/// `stream.at(k)`, so that training can be resumed at any epoch, and every sample or chain of a parallel loop draws
/// from a position of its own, so that the number of threads does not matter.
///
/// Implements [`rand::Rng`], so every method of [`rand::RngExt`] works. Never sample a `usize`: its width differs
/// between platforms.
///
/// ```
/// use nn_core::Stream;
///
/// let shuffle = Stream::new(7).named("shuffle");
/// assert_eq!(shuffle.at(3).uniform(), Stream::new(7).named("shuffle").at(3).uniform());
/// assert_ne!(shuffle.at(3).uniform(), shuffle.at(4).uniform());
/// ```
#[derive(Debug, Clone)]
pub struct Stream {
    generator: ChaCha8Rng,
    /// FNV-1a hash of the names so far: ChaCha's stream number.
    number: u64,
    position: u64,
}

impl Stream {
    /// The unnamed stream of a seed, at its beginning.
    pub fn new(seed: u64) -> Self {
        Self { generator: ChaCha8Rng::seed_from_u64(seed), number: 0, position: 0 }
    }

    /// The stream of this name below this stream, at its beginning.
    ///
    /// Its number is the 64-bit FNV-1a hash of the parent's number, the parent's position (both little-endian) and
    /// the name: `stream.at(2).named("noise")` and `stream.at(3).named("noise")` are two streams.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let parent = self.number.to_le_bytes().into_iter().chain(self.position.to_le_bytes());
        for byte in parent.chain(name.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mut generator = self.generator.clone();
        generator.set_stream(hash);
        generator.set_word_pos(0);
        Self { generator, number: hash, position: 0 }
    }

    /// The same stream at position k (an epoch, a sample, a chain): 2³⁶ words of its own, for k below 2³².
    #[must_use]
    pub fn at(&self, k: u64) -> Self {
        let mut generator = self.generator.clone();
        generator.set_word_pos(u128::from(k) << WORDS_PER_POSITION_LOG2);
        Self { generator, number: self.number, position: k }
    }

    /// A number from the uniform distribution on [0, 1): the upper 53 bits of a `u64`.
    pub fn uniform(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1u64 << 53) as f64;
        (self.next_word() >> 11) as f64 * SCALE
    }

    /// A number from the uniform distribution on [low, high).
    pub fn uniform_between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A number from the standard normal distribution (Marsaglia's polar method, second variate dropped).
    pub fn normal(&mut self) -> f64 {
        loop {
            let u = 2.0 * self.uniform() - 1.0;
            let v = 2.0 * self.uniform() - 1.0;
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * (-2.0 * crate::math::ln(s) / s).sqrt();
            }
        }
    }

    /// An integer from the uniform distribution on 0 .. bound, without bias; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        // Lemire (2019): the high half of a product is uniform once the low half is above a threshold.
        loop {
            let product = (self.next_word() >> 32) * u64::from(bound);
            let low = product as u32;
            if low >= bound || low >= bound.wrapping_neg().checked_rem(bound).unwrap_or(0) {
                return (product >> 32) as u32;
            }
        }
    }

    /// Puts the elements in random order (Fisher and Yates); at most 2³² of them.
    pub fn shuffle<E>(&mut self, elements: &mut [E]) {
        for last in (1..elements.len()).rev() {
            let other = self.below(last as u32 + 1) as usize;
            elements.swap(last, other);
        }
    }

    /// 0 .. n in random order.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order = vec![0; n];
        self.fill_permutation(&mut order);
        order
    }

    /// The same into a slice of n numbers, whatever they were.
    pub fn fill_permutation(&mut self, order: &mut [usize]) {
        order.iter_mut().enumerate().for_each(|(position, element)| *element = position);
        self.shuffle(order);
    }

    /// Fills a slice with numbers from the uniform distribution on [low, high).
    pub fn fill_uniform<T: Real>(&mut self, values: &mut [T], low: f64, high: f64) {
        values.iter_mut().for_each(|value| *value = T::from_f64(self.uniform_between(low, high)));
    }

    /// Fills a slice with numbers from the normal distribution.
    pub fn fill_normal<T: Real>(&mut self, values: &mut [T], mean: f64, standard_deviation: f64) {
        values.iter_mut().for_each(|value| *value = T::from_f64(mean + standard_deviation * self.normal()));
    }

    fn next_word(&mut self) -> u64 {
        rand::Rng::next_u64(self)
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.generator.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.generator.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.generator.try_fill_bytes(bytes)
    }
}
