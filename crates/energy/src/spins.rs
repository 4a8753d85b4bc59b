//! Annealing of sparse spins: a visit to a spin that stays costs about a comparison, a flip one addition a neighbor.

use crate::{Acceptance, EnergyError, Ising, Order, Temperature};
use nn_core::rand::Rng;
use nn_core::simd::{Kernel, dispatch};
use nn_core::{Stream, math};

/// Spins that are looked at together before any of them is visited.
const BLOCK: usize = 8;

/// A replica of sparse spins with a stream of its own.
pub(crate) struct SpinChain<'a> {
    ising: &'a Ising,
    /// σᵢ as ±1.
    spins: Vec<i32>,
    /// Σⱼ Jᵢⱼ σⱼ + hᵢ.
    local: Vec<i32>,
    energy: i64,
    order: Order,
    all: Vec<usize>,
    visits: Vec<usize>,
    stream: Stream,
    words: Vec<u8>,
    numbers: Vec<f32>,
    /// σᵢ times the local field must not exceed this for a flip.
    thresholds: Vec<i32>,
}

impl<'a> SpinChain<'a> {
    pub fn new(ising: &'a Ising, order: &Order, stream: &Stream) -> Result<Self, EnergyError> {
        order.check(ising.units())?;
        let mut start = stream.named("start");
        let state: Vec<bool> = (0..ising.units()).map(|_| start.below(2) == 1).collect();
        Ok(Self {
            ising,
            spins: state.iter().map(|&spin| if spin { 1 } else { -1 }).collect(),
            local: ising.local_fields(&state),
            energy: ising.energy_of(&state),
            order: order.clone(),
            all: (0..ising.units()).collect(),
            visits: Vec::new(),
            stream: stream.named("sweeps"),
            words: Vec::new(),
            numbers: Vec::new(),
            thresholds: Vec::new(),
        })
    }

    pub fn energy(&self) -> i64 {
        self.energy
    }

    pub fn state_into(&self, state: &mut [bool]) {
        for (state, &spin) in state.iter_mut().zip(&self.spins) {
            *state = spin > 0;
        }
    }

    pub fn sweep(&mut self, temperature: Temperature, acceptance: Acceptance) {
        let sequential = self.order == Order::Sequential;
        if !sequential {
            self.order.fill(&self.all, &mut self.visits, &mut self.stream);
        }
        let visits = if sequential { self.spins.len() } else { self.visits.len() };
        draw_thresholds(
            &mut self.stream,
            &mut self.words,
            &mut self.numbers,
            &mut self.thresholds,
            visits,
            (temperature, acceptance),
        );
        self.energy += dispatch(Sweep {
            ising: self.ising,
            spins: &mut self.spins,
            local: &mut self.local,
            thresholds: &self.thresholds,
            order: (!sequential).then_some(&self.visits[..]),
        });
    }
}

/// Thresholds for d = σᵢ Iᵢ, where a flip changes the energy by 2 d: it happens if d is at most the threshold.
///
/// Metropolis accepts with probability exp(−2 d/T), that is, if 2 d ≤ −T ln r; the heat bath flips with 1/(1 + exp(2 d/T)), if
/// 2 d < −T ln(r/(1 − r)).
pub(crate) fn draw_thresholds(
    stream: &mut Stream,
    words: &mut Vec<u8>,
    numbers: &mut Vec<f32>,
    thresholds: &mut Vec<i32>,
    visits: usize,
    (temperature, acceptance): (Temperature, Acceptance),
) {
    words.resize(4 * visits, 0);
    stream.fill_bytes(words);
    numbers.resize(visits, 0.0);
    thresholds.resize(visits, 0);
    let heat_bath = acceptance == Acceptance::HeatBath;
    dispatch(Uniform { words, numbers, odds: heat_bath });
    math::ln_in_place(numbers);
    let factor = -0.5 * temperature.value().min(1e9) as f32;
    dispatch(Floor { numbers, factor, heat_bath, thresholds });
}

/// r, or r/(1 − r), uniform on the middles of 2³¹ intervals.
struct Uniform<'a> {
    words: &'a [u8],
    numbers: &'a mut [f32],
    odds: bool,
}

impl Kernel for Uniform<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (words, _) = self.words.as_chunks::<4>();
        if self.odds {
            for (number, word) in self.numbers.iter_mut().zip(words) {
                let bits = (u32::from_le_bytes(*word) >> 1) as i32;
                *number = (bits as f32 + 0.5) / ((i32::MAX - bits) as f32 + 0.5);
            }
        } else {
            const SCALE: f32 = 1.0 / (1_u32 << 31) as f32;
            for (number, word) in self.numbers.iter_mut().zip(words) {
                let bits = (u32::from_le_bytes(*word) >> 1) as i32;
                *number = (bits as f32 + 0.5) * SCALE;
            }
        }
    }
}

/// The largest whole number that is at most (for the heat bath: below) `factor` times the number.
struct Floor<'a> {
    numbers: &'a [f32],
    factor: f32,
    heat_bath: bool,
    thresholds: &'a mut [i32],
}

impl Kernel for Floor<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        const LIMIT: f32 = 4_000_000.0;
        // Adding 1.5 · 2²³ rounds to a whole number, which the lowest bits then hold.
        const ROUNDER: f32 = 12_582_912.0;
        if self.factor == 0.0 {
            // Temperature zero: downhill always; without a change of energy always (Metropolis), or by a coin (heat bath).
            for (threshold, &number) in self.thresholds.iter_mut().zip(self.numbers) {
                *threshold = if self.heat_bath && number > 0.0 { -1 } else { 0 };
            }
            return;
        }
        for (threshold, &number) in self.thresholds.iter_mut().zip(self.numbers) {
            let bound = self.factor * number;
            let bound = if bound > LIMIT { LIMIT } else { bound };
            let bound = if bound < -LIMIT { -LIMIT } else { bound };
            *threshold = ((bound - 0.5) + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits()) as i32;
        }
    }
}

struct Sweep<'a> {
    ising: &'a Ising,
    spins: &'a mut [i32],
    local: &'a mut [i32],
    thresholds: &'a [i32],
    /// The spin of every visit; without it all in their order.
    order: Option<&'a [usize]>,
}

impl Kernel for Sweep<'_> {
    /// The change of energy.
    type Output = i64;

    #[inline(always)]
    fn run(self) -> i64 {
        let Self { ising, spins, local, thresholds, order } = self;
        let mut change = 0;
        if let Some(order) = order {
            for (&unit, &threshold) in order.iter().zip(thresholds) {
                change += visit(ising, unit, threshold, spins, local);
            }
            return change;
        }
        let units = spins.len();
        let mut first = 0;
        while first + BLOCK <= units {
            // Where nothing in a block is to change, nothing in it has to be visited.
            let mut any = false;
            let range = first..first + BLOCK;
            let block = spins[range.clone()].iter().zip(&local[range.clone()]).zip(&thresholds[range.clone()]);
            for ((&spin, &local), &threshold) in block {
                any |= spin * local <= threshold;
            }
            if any {
                for (unit, &threshold) in range.clone().zip(&thresholds[range]) {
                    change += visit(ising, unit, threshold, spins, local);
                }
            }
            first += BLOCK;
        }
        for (unit, &threshold) in (first..).zip(&thresholds[first..]) {
            change += visit(ising, unit, threshold, spins, local);
        }
        change
    }
}

/// The change of energy.
#[inline(always)]
fn visit(ising: &Ising, unit: usize, threshold: i32, spins: &mut [i32], local: &mut [i32]) -> i64 {
    let spin = spins[unit];
    let d = spin * local[unit];
    if d > threshold {
        return 0;
    }
    spins[unit] = -spin;
    let twice = 2 * spin;
    let (neighbors, couplings) = ising.neighbors_of(unit);
    for (&neighbor, &coupling) in neighbors.iter().zip(couplings) {
        local[neighbor as usize] -= twice * coupling;
    }
    2 * i64::from(d)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::simd::{Path, limit};

    fn ising() -> Ising {
        let mut stream = Stream::new(4);
        let couplings: Vec<(u32, u32, i32)> =
            (0..60).map(|k| (k, (k + 1 + stream.below(5)) % 61, 1 + k as i32 % 3)).collect();
        Ising::new(61, &couplings, (0..61).map(|k| k % 4 - 1).collect()).unwrap()
    }

    #[test]
    fn energies_and_local_fields_are_those_of_the_state() {
        let ising = ising();
        for order in [Order::Sequential, Order::Shuffled, Order::Random] {
            for acceptance in [Acceptance::Metropolis, Acceptance::HeatBath] {
                let mut chain = SpinChain::new(&ising, &order, &Stream::new(2)).unwrap();
                let mut state = vec![false; 61];
                for t in [5.0, 1.0, 0.3, 0.0] {
                    let t = if t > 0.0 { Temperature::new(t).unwrap() } else { Temperature::ZERO };
                    for _ in 0..30 {
                        let before = chain.energy();
                        chain.sweep(t, acceptance);
                        assert!(t != Temperature::ZERO || chain.energy() <= before);
                        chain.state_into(&mut state);
                        assert_eq!(chain.energy(), ising.energy_of(&state));
                        assert_eq!(chain.local, ising.local_fields(&state));
                    }
                }
            }
        }
    }

    #[test]
    fn thresholds_accept_with_the_probability_of_the_rule() {
        let temperature = Temperature::new(3.0).unwrap();
        for acceptance in [Acceptance::Metropolis, Acceptance::HeatBath] {
            let (mut words, mut numbers, mut thresholds) = (vec![], vec![], vec![]);
            let mut stream = Stream::new(1);
            let visits = 200_000;
            draw_thresholds(&mut stream, &mut words, &mut numbers, &mut thresholds, visits, (temperature, acceptance));
            for d in [-2, -1, 0, 1, 2, 5] {
                let accepted = thresholds.iter().filter(|&&threshold| d <= threshold).count() as f64 / visits as f64;
                let factor = math::exp(-2.0 * f64::from(d) / 3.0);
                let expected = match acceptance {
                    Acceptance::Metropolis => factor.min(1.0),
                    Acceptance::HeatBath => factor / (1.0 + factor),
                };
                // Four standard deviations of a share of 200,000.
                let tolerance = 4.0 * (expected * (1.0 - expected) / visits as f64).sqrt();
                assert!((accepted - expected).abs() <= tolerance, "{acceptance:?} {d}: {accepted} {expected}");
            }
        }
    }

    #[test]
    fn replicas_do_not_depend_on_the_vector_path() {
        let ising = ising();
        let run = || {
            let mut chain = SpinChain::new(&ising, &Order::Sequential, &Stream::new(9)).unwrap();
            (0..200).for_each(|_| chain.sweep(Temperature::ONE, Acceptance::Metropolis));
            (chain.energy(), chain.spins)
        };
        let wide = run();
        limit(Path::Portable);
        assert_eq!(run(), wide);
        limit(Path::Avx512);
    }
}
