//! 256 replicas at once, one a bit: annealing of spins whose couplings are +1 and −1.
//!
//! A word of bits is one spin in many replicas. Satisfied bonds are counted for all of them with the full adders of a
//! processor's logic, and compared with one threshold. The replicas share the random number of every visit: each alone is a
//! correct chain, but they are correlated.

use crate::spins::draw_thresholds;
use crate::{Acceptance, Ising, Temperature};
use nn_core::Stream;
use nn_core::simd::{Kernel, dispatch};

/// Words of 64 replicas.
const WORDS: usize = 4;

/// Replicas that are annealed together by [`crate::Annealing::minimize_correlated`].
pub const CORRELATED_REPLICAS: usize = 64 * WORDS;

/// Digits of a count of bonds.
const DIGITS: usize = 12;

/// Neighbors of a spin at most.
pub(crate) const MOST_NEIGHBORS: usize = (1 << DIGITS) - 1;

type Bits = [u64; WORDS];

#[inline(always)]
fn each(a: Bits, b: Bits, operation: impl Fn(u64, u64) -> u64) -> Bits {
    let mut result = a;
    for word in 0..WORDS {
        result[word] = operation(a[word], b[word]);
    }
    result
}

/// Sum and carry of three bits.
#[inline(always)]
fn full_adder(a: Bits, b: Bits, c: Bits) -> (Bits, Bits) {
    let (mut sum, mut carry) = (a, a);
    for word in 0..WORDS {
        let either = a[word] ^ b[word];
        sum[word] = either ^ c[word];
        carry[word] = (a[word] & b[word]) | (either & c[word]);
    }
    (sum, carry)
}

/// Replicas of spins without fields and with couplings ±1.
pub(crate) struct Replicas<'a> {
    ising: &'a Ising,
    spins: Vec<Bits>,
    stream: Stream,
    words: Vec<u8>,
    numbers: Vec<f32>,
    thresholds: Vec<i32>,
}

impl<'a> Replicas<'a> {
    /// From independent random states.
    pub fn new(ising: &'a Ising, stream: &Stream) -> Self {
        let mut start = stream.named("start");
        let mut bits = || [(); WORDS].map(|()| nn_core::rand::Rng::next_u64(&mut start));
        Self {
            ising,
            spins: (0..ising.units()).map(|_| bits()).collect(),
            stream: stream.named("sweeps"),
            words: Vec::new(),
            numbers: Vec::new(),
            thresholds: Vec::new(),
        }
    }

    pub fn sweep(&mut self, temperature: Temperature, acceptance: Acceptance) {
        draw_thresholds(
            &mut self.stream,
            &mut self.words,
            &mut self.numbers,
            &mut self.thresholds,
            self.spins.len(),
            (temperature, acceptance),
        );
        dispatch(Sweep { ising: self.ising, spins: &mut self.spins, thresholds: &self.thresholds });
    }

    /// The state of one replica.
    pub fn state(&self, replica: usize) -> Vec<bool> {
        self.spins.iter().map(|bits| bits[replica / 64] >> (replica % 64) & 1 == 1).collect()
    }
}

struct Sweep<'a> {
    ising: &'a Ising,
    spins: &'a mut [Bits],
    thresholds: &'a [i32],
}

impl Kernel for Sweep<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { ising, spins, thresholds } = self;
        for (unit, &threshold) in thresholds.iter().enumerate() {
            let (neighbors, couplings) = ising.neighbors_of(unit);
            let degree = neighbors.len() as i32;
            // With S satisfied bonds, d = 2 S − degree must not exceed the threshold.
            let most = (threshold + degree) >> 1;
            if most < 0 {
                continue;
            }
            let accepted = if most >= degree {
                [u64::MAX; WORDS]
            } else {
                at_most(&satisfied(unit, neighbors, couplings, spins), most as u32, degree as u32)
            };
            spins[unit] = each(spins[unit], accepted, |spin, flip| spin ^ flip);
        }
    }
}

/// The number of satisfied bonds of a spin, digit by digit.
#[inline(always)]
fn satisfied(unit: usize, neighbors: &[u32], couplings: &[i32], spins: &[Bits]) -> [Bits; DIGITS] {
    let mut digits = [[0; WORDS]; DIGITS];
    let own = spins[unit];
    // A bond of coupling −1 is satisfied where the spins differ.
    let bond = |at: usize| {
        let mut bits = spins[neighbors[at] as usize];
        let mask = if couplings[at] > 0 { u64::MAX } else { 0 };
        for word in 0..WORDS {
            bits[word] ^= own[word] ^ mask;
        }
        bits
    };
    let mut at = 0;
    while at + 8 <= neighbors.len() {
        // Eight bonds and the digits 1, 2 and 4 give new ones and a carry of 8.
        let (one, two_a) = full_adder(digits[0], bond(at), bond(at + 1));
        let (one, two_b) = full_adder(one, bond(at + 2), bond(at + 3));
        let (two, four_a) = full_adder(digits[1], two_a, two_b);
        let (one, two_a) = full_adder(one, bond(at + 4), bond(at + 5));
        let (one, two_b) = full_adder(one, bond(at + 6), bond(at + 7));
        let (two, four_b) = full_adder(two, two_a, two_b);
        let (four, carry) = full_adder(digits[2], four_a, four_b);
        (digits[0], digits[1], digits[2]) = (one, two, four);
        carry_into(&mut digits, 3, carry, neighbors.len());
        at += 8;
    }
    while at + 2 <= neighbors.len() {
        let (one, carry) = full_adder(digits[0], bond(at), bond(at + 1));
        digits[0] = one;
        carry_into(&mut digits, 1, carry, neighbors.len());
        at += 2;
    }
    if at < neighbors.len() {
        let carry = bond(at);
        carry_into(&mut digits, 0, carry, neighbors.len());
    }
    digits
}

/// Adds a carry from this digit on, up to the last digit that the number of neighbors has.
#[inline(always)]
fn carry_into(digits: &mut [Bits; DIGITS], from: usize, mut carry: Bits, neighbors: usize) {
    let used = (usize::BITS - neighbors.leading_zeros()) as usize;
    for digit in &mut digits[from.min(used)..used.min(DIGITS)] {
        let next = each(*digit, carry, |digit, carry| digit & carry);
        *digit = each(*digit, carry, |digit, carry| digit ^ carry);
        carry = next;
    }
}

/// Where the number is at most `most`, compared from the highest digit of `degree` down.
#[inline(always)]
fn at_most(digits: &[Bits; DIGITS], most: u32, degree: u32) -> Bits {
    let (mut less, mut equal) = ([0; WORDS], [u64::MAX; WORDS]);
    let used = (u32::BITS - degree.leading_zeros()) as usize;
    for place in (0..used.min(DIGITS)).rev() {
        let digit = digits[place];
        if most >> place & 1 == 1 {
            for word in 0..WORDS {
                less[word] |= equal[word] & !digit[word];
                equal[word] &= digit[word];
            }
        } else {
            for word in 0..WORDS {
                equal[word] &= !digit[word];
            }
        }
    }
    each(less, equal, |less, equal| less | equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;

    #[test]
    fn every_replica_is_the_scalar_rule_with_the_same_thresholds() {
        // Degrees from 0 to beyond 64, both signs.
        let mut stream = Stream::new(3);
        let mut couplings = Vec::new();
        for i in 0..90_u32 {
            for j in 0..i {
                if stream.below(90) > i {
                    couplings.push((i, j, if stream.below(2) == 0 { 1 } else { -1 }));
                }
            }
        }
        let ising = Ising::new(90, &couplings, vec![0; 90]).unwrap();
        let mut replicas = Replicas::new(&ising, &Stream::new(5));
        for t in [8.0, 2.0, 0.5] {
            let before: Vec<Vec<bool>> = (0..CORRELATED_REPLICAS).map(|replica| replicas.state(replica)).collect();
            replicas.sweep(Temperature::new(t).unwrap(), Acceptance::Metropolis);
            for (replica, mut state) in before.into_iter().enumerate() {
                for unit in 0..90 {
                    let local = ising.local_fields(&state)[unit];
                    if (if state[unit] { local } else { -local }) <= replicas.thresholds[unit] {
                        state[unit] = !state[unit];
                    }
                }
                assert_eq!(replicas.state(replica), state, "replica {replica} at T = {t}");
            }
        }
    }

    #[test]
    fn replicas_find_the_maximum_cut_of_an_even_ring() {
        let edges = (0..40).map(|k| crate::Edge { a: k, b: (k + 1) % 40, weight: 1 }).collect();
        let graph = Graph::new(40, edges).unwrap();
        let ising = Ising::from(&graph);
        let mut replicas = Replicas::new(&ising, &Stream::new(1));
        for sweep in 0..400 {
            // The heat bath: Metropolis, spin after spin, moves all walls between domains in step, and they never meet.
            replicas.sweep(Temperature::new(2.0 - 0.0049 * f64::from(sweep)).unwrap(), Acceptance::HeatBath);
        }
        let cuts = (0..CORRELATED_REPLICAS).map(|replica| graph.cut(&replicas.state(replica)).unwrap());
        assert_eq!(cuts.max(), Some(40));
    }
}
