//! The order in which units are updated.

use crate::EnergyError;
use nn_core::Stream;

/// The order of the N updates of a sweep.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Order {
    /// Every unit once, in a new random order each sweep.
    #[default]
    Shuffled,
    /// A unit drawn anew for every update, as in Hopfield (1982): in one sweep some come twice and some not at all.
    Random,
    /// Unit after unit.
    Sequential,
    /// A list of units, the same each sweep; units may be missing or stand twice.
    Given(Vec<usize>),
}

impl Order {
    /// The units of one sweep over those that are free (not clamped), in their order.
    ///
    /// [`Order::Given`] keeps its list, without the clamped units.
    pub fn fill(&self, free: &[usize], sweep: &mut Vec<usize>, stream: &mut Stream) {
        sweep.clear();
        match self {
            Self::Sequential => sweep.extend_from_slice(free),
            Self::Shuffled => {
                sweep.extend_from_slice(free);
                stream.shuffle(sweep);
            }
            Self::Random => sweep.extend(free.iter().map(|_| free[stream.below(free.len() as u32) as usize])),
            Self::Given(list) => sweep.extend(list.iter().filter(|unit| free.binary_search(unit).is_ok())),
        }
    }

    /// Whether the order suits a network of so many units.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`] for a list that names a unit beyond the last.
    pub fn check(&self, units: usize) -> Result<(), EnergyError> {
        let Self::Given(list) = self else { return Ok(()) };
        match list.iter().find(|unit| **unit >= units) {
            None => Ok(()),
            Some(&unit) => Err(EnergyError::NoSuchUnit { what: "the order of updates", unit, units }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_visits_free_units_only() {
        let (free, mut sweep, mut stream) = ([0, 2, 3, 7], Vec::new(), Stream::new(69));
        Order::Sequential.fill(&free, &mut sweep, &mut stream);
        assert_eq!(sweep, free);
        Order::Given(vec![7, 1, 0, 7]).fill(&free, &mut sweep, &mut stream);
        assert_eq!(sweep, [7, 0, 7]);
        let mut counts = [0; 8];
        for order in [Order::Shuffled, Order::Random] {
            for _ in 0..200 {
                order.fill(&free, &mut sweep, &mut stream);
                assert_eq!(sweep.len(), 4);
                sweep.iter().for_each(|&unit| counts[unit] += 1);
            }
        }
        assert!(free.iter().all(|&unit| counts[unit] > 300), "{counts:?}");
        assert_eq!(counts.iter().sum::<u32>(), 1600);
        let error = Order::Given(vec![0, 8]).check(8).unwrap_err().to_string();
        assert_eq!(error, "there are 8 units (0 to 7), the order of updates names unit 8");
    }
}
