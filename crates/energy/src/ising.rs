//! Sparse spins with whole couplings, and the problems that are their ground states.

use crate::error::check_length;
use crate::{EnergyError, Graph, Network};
use nn_core::{Matrix, Real};

/// N spins σᵢ = ±1 with whole couplings Jᵢⱼ to a few others and whole fields hᵢ: E = −Σ_{i<j} Jᵢⱼ σᵢ σⱼ − Σᵢ hᵢ σᵢ.
///
/// What costs time is the couplings that are there, not N². All energies are exact. A spin is written as `bool`, `true` for +1.
/// For dense or real couplings there is [`crate::SpinNetwork`].
///
/// ```
/// use energy::Ising;
///
/// let ring = Ising::new(4, &[(0, 1, 1), (1, 2, 1), (2, 3, 1), (3, 0, -1)], vec![0; 4])?;
/// assert_eq!(ring.energy(&[true; 4])?, -2.0); // one bond is always broken
/// # Ok::<(), energy::EnergyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ising {
    /// Where the neighbors of each spin begin; the end stands last.
    starts: Vec<u32>,
    neighbors: Vec<u32>,
    couplings: Vec<i32>,
    fields: Vec<i32>,
}

impl Ising {
    /// Spins with these couplings (i, j, Jᵢⱼ), each pair once, and fields.
    ///
    /// # Errors
    /// As [`Graph::new`], and [`EnergyError::Length`] unless there is a field for every spin.
    pub fn new(units: usize, couplings: &[(u32, u32, i32)], fields: Vec<i32>) -> Result<Self, EnergyError> {
        let edges = couplings.iter().map(|&(a, b, weight)| crate::Edge { a, b, weight }).collect();
        let graph = Graph::new(units, edges)?;
        check_length("the list of fields", units, fields.len())?;
        if let Some(unit) = fields.iter().position(|field| field.unsigned_abs() > 1 << 20) {
            let problem = format!("expected fields between -1048576 and 1048576, found {} at {unit}", fields[unit]);
            return Err(EnergyError::Graph { problem });
        }
        Ok(Self::of(&graph, 1, fields))
    }

    fn of(graph: &Graph, sign: i32, fields: Vec<i32>) -> Self {
        let units = graph.vertices();
        let mut starts = vec![0_u32; units + 1];
        for edge in graph.edges() {
            starts[edge.a as usize + 1] += 1;
            starts[edge.b as usize + 1] += 1;
        }
        for unit in 0..units {
            starts[unit + 1] += starts[unit];
        }
        let mut ends = starts.clone();
        let (mut neighbors, mut couplings) = (vec![0; 2 * graph.edges().len()], vec![0; 2 * graph.edges().len()]);
        for edge in graph.edges() {
            for (unit, neighbor) in [(edge.a, edge.b), (edge.b, edge.a)] {
                let at = ends[unit as usize] as usize;
                (neighbors[at], couplings[at]) = (neighbor, sign * edge.weight);
                ends[unit as usize] += 1;
            }
        }
        Self { starts, neighbors, couplings, fields }
    }

    /// N.
    pub fn units(&self) -> usize {
        self.fields.len()
    }

    /// hᵢ.
    pub fn fields(&self) -> &[i32] {
        &self.fields
    }

    /// The neighbors of a spin and Jᵢⱼ to each.
    ///
    /// # Errors
    /// [`EnergyError::NoSuchUnit`].
    pub fn neighbors(&self, unit: usize) -> Result<impl Iterator<Item = (usize, i32)> + '_, EnergyError> {
        let units = self.units();
        if unit >= units {
            return Err(EnergyError::NoSuchUnit { what: "the question for neighbors", unit, units });
        }
        let (neighbors, couplings) = self.neighbors_of(unit);
        Ok(neighbors.iter().map(|&neighbor| neighbor as usize).zip(couplings.iter().copied()))
    }

    #[inline(always)]
    pub(crate) fn neighbors_of(&self, unit: usize) -> (&[u32], &[i32]) {
        let range = self.starts[unit] as usize..self.starts[unit + 1] as usize;
        (&self.neighbors[range.clone()], &self.couplings[range])
    }

    /// Σⱼ Jᵢⱼ σⱼ + hᵢ of every spin.
    pub(crate) fn local_fields(&self, spins: &[bool]) -> Vec<i32> {
        let field = |unit: usize| {
            let (neighbors, couplings) = self.neighbors_of(unit);
            let sum =
                |(&neighbor, &coupling): (&u32, &i32)| if spins[neighbor as usize] { coupling } else { -coupling };
            neighbors.iter().zip(couplings).map(sum).sum::<i32>() + self.fields[unit]
        };
        (0..self.units()).map(field).collect()
    }

    /// E, exact.
    ///
    /// # Errors
    /// [`EnergyError::Length`].
    pub fn energy(&self, spins: &[bool]) -> Result<f64, EnergyError> {
        check_length("the state", self.units(), spins.len())?;
        Ok(self.energy_of(spins) as f64)
    }

    pub(crate) fn energy_of(&self, spins: &[bool]) -> i64 {
        // Each pair stands twice in the local fields, each field once.
        let terms = self.local_fields(spins).into_iter().zip(&self.fields).zip(spins);
        let twice = terms.map(|((local, &field), &spin)| {
            let both = i64::from(local) + i64::from(field);
            if spin { -both } else { both }
        });
        twice.sum::<i64>() / 2
    }

    /// The 0/1 network with the same differences of energy: wᵢⱼ = 4 Jᵢⱼ, sᵢ = 2 hᵢ, θᵢ = 2 Σⱼ Jᵢⱼ. N² numbers.
    ///
    /// # Errors
    /// [`EnergyError::NotFinite`] when a number overflows.
    pub fn to_network<T: Real>(&self) -> Result<Network<T>, EnergyError> {
        let units = self.units();
        let mut weights = Matrix::zeros(units, units);
        let mut thresholds = vec![T::ZERO; units];
        for unit in 0..units {
            let (neighbors, couplings) = self.neighbors_of(unit);
            for (&neighbor, &coupling) in neighbors.iter().zip(couplings) {
                weights[(unit, neighbor as usize)] = T::from_f64(4.0 * f64::from(coupling));
            }
            thresholds[unit] = T::from_f64(2.0 * couplings.iter().map(|&j| f64::from(j)).sum::<f64>());
        }
        let inputs = self.fields.iter().map(|&h| T::from_f64(2.0 * f64::from(h))).collect();
        Network::new(weights)?.with_inputs(inputs)?.with_thresholds(thresholds)
    }
}

/// The spins whose ground state is the maximum cut: Jᵢⱼ = −weight, h = 0, so that the cut is (W − E)/2.
impl From<&Graph> for Ising {
    fn from(graph: &Graph) -> Self {
        Self::of(graph, -1, vec![0; graph.vertices()])
    }
}

/// The network whose energy is the quadratic form xᵀ Q x of x ∈ {0, 1}ᴺ (QUBO): wᵢⱼ = −(Qᵢⱼ + Qⱼᵢ), sᵢ = −Qᵢᵢ.
///
/// # Errors
/// As [`Network::new`].
///
/// ```
/// use nn_core::Matrix;
///
/// let q = Matrix::from_row_slice(2, 2, &[-1.0, 2.0, 0.0, -1.0]);
/// let network = energy::network_of_qubo(&q)?;
/// assert_eq!(network.energy(&[true, true])?, 0.0); // −1 + 2 − 1
/// # Ok::<(), energy::EnergyError>(())
/// ```
pub fn network_of_qubo<T: Real>(q: &Matrix<T>) -> Result<Network<T>, EnergyError> {
    let (rows, columns) = q.shape();
    if rows != columns {
        return Err(EnergyError::NotSquare { rows, columns });
    }
    let weights = Matrix::from_fn(rows, rows, |i, j| if i == j { T::ZERO } else { -(q[(i, j)] + q[(j, i)]) });
    Network::new(weights)?.with_inputs((0..rows).map(|i| -q[(i, i)]).collect())
}

/// Q, upper triangular, with xᵀ Q x the energy of the network: the inverse of [`network_of_qubo`].
pub fn qubo_of_network<T: Real>(network: &Network<T>) -> Matrix<T> {
    let units = network.units();
    Matrix::from_fn(units, units, |i, j| match i.cmp(&j) {
        std::cmp::Ordering::Less => -network.weights()[(i, j)],
        std::cmp::Ordering::Equal => -network.bias(i),
        std::cmp::Ordering::Greater => T::ZERO,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ground_states, state_of};
    use nn_core::Stream;

    fn glass(units: u32, seed: u64) -> Ising {
        let mut stream = Stream::new(seed);
        let mut couplings = Vec::new();
        for i in 0..units {
            for j in 0..i {
                if stream.below(3) > 0 {
                    couplings.push((i, j, stream.below(9) as i32 - 4));
                }
            }
        }
        let fields = (0..units).map(|_| stream.below(5) as i32 - 2).collect();
        Ising::new(units as usize, &couplings, fields).unwrap()
    }

    #[test]
    fn spins_and_their_network_have_the_same_differences_of_energy() {
        let ising = glass(8, 1);
        let network = ising.to_network::<f64>().unwrap();
        let constant = ising.energy(&[false; 8]).unwrap();
        for state in 0..256 {
            let state = state_of(state, 8);
            assert_eq!(ising.energy(&state).unwrap(), network.energy(&state).unwrap() + constant);
            let definition: i32 = (0..8)
                .map(|i| {
                    let sign = |unit: usize| if state[unit] { 1 } else { -1 };
                    let below = ising.neighbors(i).unwrap().filter(|(j, _)| *j < i);
                    -sign(i) * (below.map(|(j, coupling)| coupling * sign(j)).sum::<i32>() + ising.fields()[i])
                })
                .sum();
            assert_eq!(ising.energy(&state).unwrap(), f64::from(definition));
        }
    }

    #[test]
    fn the_ground_state_of_the_spins_is_the_maximum_cut() {
        let graph = Graph::random(12, 30, &Stream::new(2)).unwrap();
        let ising = Ising::from(&graph);
        let best = (0..1 << 12).map(|state| graph.cut(&state_of(state, 12)).unwrap()).max().unwrap();
        let (_, ground) = ground_states(&ising.to_network::<f64>().unwrap()).unwrap();
        let state = state_of(ground[0], 12);
        assert_eq!(graph.cut(&state).unwrap(), best);
        assert_eq!(graph.cut_of_energy(ising.energy(&state).unwrap()), best as f64);
    }

    #[test]
    fn quadratic_forms_are_energies_and_back() {
        let mut stream = Stream::new(6);
        let q = Matrix::from_fn(6, 6, |_, _| stream.normal());
        let network = network_of_qubo(&q).unwrap();
        let again = qubo_of_network(&network);
        for state in 0..64 {
            let state = state_of(state, 6);
            let x = Matrix::from_fn(6, 1, |i, _| f64::from(u8::from(state[i])));
            let energy = network.energy(&state).unwrap();
            assert!(((x.transpose() * &q * &x)[0] - energy).abs() < 1e-12);
            assert!(((x.transpose() * &again * &x)[0] - energy).abs() < 1e-12);
        }
        assert!(network_of_qubo(&Matrix::<f64>::zeros(2, 3)).is_err());
    }
}
