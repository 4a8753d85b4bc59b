//! What a fixed point is: a pattern, its complement, a mixture, or something that nobody stored.

use crate::error::check_length;
use crate::{EnergyError, Patterns, hamming_distance};

/// What a state is to a set of patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attractor {
    /// A pattern, or so many units from it.
    Pattern {
        /// Which one.
        pattern: usize,
        /// Units that differ.
        distance: usize,
    },
    /// The complement of a pattern, or so many units from it.
    Complement {
        /// Of which one.
        pattern: usize,
        /// Units that differ.
        distance: usize,
    },
    /// The majority of three patterns or complements, or so many units from it.
    Mixture {
        /// Which ones, the nearest first.
        patterns: [usize; 3],
        /// Units that differ.
        distance: usize,
    },
    /// Nothing of these: a spin-glass state.
    Other,
}

/// The kind of a state, up to this number of wrong units; a pattern goes before a complement, and both before a mixture.
///
/// Looks at the pattern of the largest overlap in magnitude, and at the majority of the three largest ones. The lowest pattern
/// wins a tie.
///
/// # Errors
/// [`EnergyError::Length`].
///
/// ```
/// use energy::{Attractor, Patterns, classify};
///
/// let patterns = Patterns::from_pictures(&["####....", "##..##.."])?;
/// let complement: Vec<bool> = patterns.state(0).iter().map(|u| !u).collect();
/// assert_eq!(classify(&complement, &patterns, 1)?, Attractor::Complement { pattern: 0, distance: 0 });
/// # Ok::<(), energy::EnergyError>(())
/// ```
pub fn classify(state: &[bool], patterns: &Patterns, most_wrong: usize) -> Result<Attractor, EnergyError> {
    check_length("the state", patterns.units(), state.len())?;
    let units = state.len();
    let states: Vec<Vec<bool>> = patterns.states().collect();
    let distances = states.iter().map(|pattern| hamming_distance(pattern, state)).collect::<Result<Vec<_>, _>>()?;
    // Distance from a pattern or from its complement, whichever is nearer.
    let nearness = |pattern: usize| distances[pattern].min(units - distances[pattern]);
    let mut nearest: Vec<usize> = (0..states.len()).collect();
    nearest.sort_by_key(|&pattern| (nearness(pattern), pattern));
    let Some(&pattern) = nearest.first() else { return Ok(Attractor::Other) };
    let distance = nearness(pattern);
    if distance <= most_wrong {
        let itself = distances[pattern] == distance;
        return Ok(match itself {
            true => Attractor::Pattern { pattern, distance },
            false => Attractor::Complement { pattern, distance },
        });
    }
    if let Some(&[a, b, c]) = nearest.first_chunk::<3>() {
        let votes_for_one = |unit: usize| {
            let vote = |pattern: usize| states[pattern][unit] == (2 * distances[pattern] <= units);
            [a, b, c].into_iter().filter(|&pattern| vote(pattern)).count() >= 2
        };
        let distance = (0..units).filter(|&unit| votes_for_one(unit) != state[unit]).count();
        if distance <= most_wrong {
            return Ok(Attractor::Mixture { patterns: [a, b, c], distance });
        }
    }
    Ok(Attractor::Other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::Stream;

    #[test]
    fn every_kind_is_told() {
        let patterns = Patterns::random(101, 5, &mut Stream::new(8)).unwrap();
        let states: Vec<Vec<bool>> = patterns.states().collect();
        let mut near = states[3].clone();
        (near[4], near[9]) = (!near[4], !near[9]);
        assert_eq!(classify(&near, &patterns, 2).unwrap(), Attractor::Pattern { pattern: 3, distance: 2 });
        assert_eq!(classify(&near, &patterns, 1).unwrap(), Attractor::Other);
        let complement: Vec<bool> = states[1].iter().map(|u| !u).collect();
        assert_eq!(classify(&complement, &patterns, 0).unwrap(), Attractor::Complement { pattern: 1, distance: 0 });
        // Two patterns and a complement.
        let mixture: Vec<bool> =
            (0..101).map(|i| [states[0][i], !states[2][i], states[4][i]].iter().filter(|u| **u).count() >= 2).collect();
        let Attractor::Mixture { mut patterns, distance } = classify(&mixture, &patterns, 3).unwrap() else {
            panic!("no mixture")
        };
        patterns.sort_unstable();
        assert_eq!((patterns, distance), ([0, 2, 4], 0));
    }

    #[test]
    fn without_patterns_every_state_is_something_else() {
        assert_eq!(classify(&[true], &Patterns::new(1).unwrap(), 0).unwrap(), Attractor::Other);
        assert!(classify(&[true], &Patterns::new(2).unwrap(), 0).is_err());
    }
}
