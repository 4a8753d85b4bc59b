//! A network prepared for Gibbs sampling.

use crate::{Chain, EnergyError, Network};
use nn_core::{Real, Stream};

/// A network prepared for sampling: chains share it.
///
/// Whole weights (as those of Hebb's rule) are kept in 16 bits and their sums in 32, so that net inputs never drift.
///
/// ```
/// use energy::{Gibbs, Network, StateCounts, Temperature, exact_distribution};
/// use nn_core::Stream;
///
/// let network = Network::from_pairs(4, |i, j| i as f64 - 2.0 * j as f64)?;
/// let gibbs = Gibbs::new(&network);
/// let mut chain = gibbs.chain(Stream::new(1985));
/// let mut counts = StateCounts::new(4)?;
/// for _ in 0..20_000 {
///     chain.sweep(Temperature::ONE);
///     counts.add(chain.state())?;
/// }
/// let exact = exact_distribution(&network, Temperature::ONE)?;
/// assert!(counts.total_variation(&exact)? < 0.02);
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Gibbs<'a, T: Real> {
    network: &'a Network<T>,
    pub(crate) bias: Vec<T>,
    /// The weights in 16 bits, where they are whole.
    pub(crate) whole: Option<Vec<i16>>,
}

impl<'a, T: Real> Gibbs<'a, T> {
    /// Prepares a network.
    pub fn new(network: &'a Network<T>) -> Self {
        let bias = (0..network.units()).map(|unit| network.bias(unit)).collect();
        Self { network, bias, whole: whole(network) }
    }

    /// The network.
    pub fn network(&self) -> &'a Network<T> {
        self.network
    }

    /// The weights are whole numbers, so that net inputs are exact.
    pub fn is_exact(&self) -> bool {
        self.whole.is_some()
    }

    /// A chain from a random state, all of it drawn from this stream.
    pub fn chain(&self, stream: Stream) -> Chain<'_, T> {
        let mut start = stream.named("start");
        let state: Vec<bool> = (0..self.network.units()).map(|_| start.below(2) == 1).collect();
        Chain::begin(self, state, stream)
    }

    /// A chain from this state.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn chain_from(&self, state: &[bool], stream: Stream) -> Result<Chain<'_, T>, EnergyError> {
        self.network.check_state("the first state of a chain", state)?;
        Ok(Chain::begin(self, state.to_vec(), stream))
    }

    /// Independent chains from random states: chain k draws from position k of the stream.
    pub fn chains(&self, count: u64, stream: &Stream) -> Vec<Chain<'_, T>> {
        (0..count).map(|chain| self.chain(stream.at(chain).named("chain"))).collect()
    }
}

/// The weights in 16 bits, if they are whole and so small that the sums of a unit are exact in every number format.
fn whole<T: Real>(network: &Network<T>) -> Option<Vec<i16>> {
    const LARGEST_SUM: i64 = 1 << 22;
    let convert = |weight: &T| {
        let number = weight.to_f64() as i16;
        (f64::from(number) == weight.to_f64()).then_some(number)
    };
    let weights: Option<Vec<i16>> = network.weights().as_slice().iter().map(convert).collect();
    let sum = |of_unit: &[i16]| of_unit.iter().map(|&w| i64::from(w).abs()).sum::<i64>();
    weights.filter(|weights| weights.chunks(network.units()).all(|of_unit| sum(of_unit) < LARGEST_SUM))
}
