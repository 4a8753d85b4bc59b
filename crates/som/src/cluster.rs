//! Clusters of the map: units are joined, samples follow their winners.

use crate::{Som, SomError};
use nn_core::{CoreError, Real};

impl<T: Real> Som<T> {
    /// Joins units into so many clusters (Ward's method on the reference vectors, which adds least to the sum of squares); the
    /// cluster of every unit, numbered in the order of the first unit. The cluster of a sample is that of its winner:
    /// `clusters[map.predict(..)?[n]]`.
    ///
    /// Takes K² memory and about K² steps (chains of nearest neighbors). With equal costs the lower units are joined.
    ///
    /// # Errors
    /// [`SomError::Core`] unless 1 ≤ clusters ≤ K.
    ///
    /// ```
    /// use nn_core::{Boundary, Lattice, Matrix, Topology};
    /// use som::{Distance, Som};
    ///
    /// let chain = Lattice::new(1, 5, Topology::Rectangular, Boundary::Planar)?;
    /// let map = Som::new(chain, Matrix::from_row_slice(1, 5, &[0.0, 0.1, 5.0, 5.2, 9.0]), Distance::Euclidean)?;
    /// assert_eq!(map.clusters(3)?, [0, 0, 1, 1, 2]);
    /// # Ok::<(), som::SomError>(())
    /// ```
    pub fn clusters(&self, clusters: usize) -> Result<Vec<usize>, SomError> {
        let units = self.units();
        if clusters == 0 || clusters > units {
            let (name, rule) = ("the number of clusters", "at least 1 and at most the number of units");
            return Err(CoreError::OutOfRange { name, rule, value: clusters as f64 }.into());
        }
        let mut merges = self.ward();
        // A chain finds merges out of order; Ward's costs never fall, so sorting puts them into the order of the tree.
        merges.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let mut parent: Vec<usize> = (0..units).collect();
        for merge in &merges[..units - clusters] {
            let (a, b) = (root(&parent, merge.kept), root(&parent, merge.joined));
            parent[a.max(b)] = a.min(b);
        }
        let mut numbers = vec![None; units];
        let mut next = 0;
        let number = |unit: usize| {
            *numbers[root(&parent, unit)].get_or_insert_with(|| {
                next += 1;
                next - 1
            })
        };
        Ok((0..units).map(number).collect())
    }

    /// All K − 1 merges.
    fn ward(&self) -> Vec<Merge> {
        let units = self.units();
        // Cost of joining i and j: the growth of the sum of squares, |i||j|/(|i| + |j|) ‖mᵢ − mⱼ‖².
        let mut cost = vec![0.0; units * units];
        for i in 0..units {
            for j in 0..i {
                let squared: f64 = self
                    .reference(i)
                    .iter()
                    .zip(self.reference(j))
                    .map(|(a, b)| (a.to_f64() - b.to_f64()) * (a.to_f64() - b.to_f64()))
                    .sum();
                (cost[i * units + j], cost[j * units + i]) = (0.5 * squared, 0.5 * squared);
            }
        }
        let mut size = vec![1.0; units];
        let mut active: Vec<usize> = (0..units).collect();
        let mut merges = Vec::with_capacity(units - 1);
        let mut chain: Vec<usize> = Vec::new();
        while active.len() > 1 {
            let top = *chain.last().unwrap_or(&active[0]);
            if chain.is_empty() {
                chain.push(top);
            }
            let before = chain.len().checked_sub(2).map(|place| chain[place]);
            // The one before wins a tie, or the chain would never end.
            let mut nearest = before;
            for &other in active.iter().filter(|&&other| other != top) {
                let closer = |best: usize| cost[top * units + other] < cost[top * units + best];
                if nearest.is_none_or(closer) {
                    nearest = Some(other);
                }
            }
            let Some(nearest) = nearest else { break };
            if Some(nearest) != before {
                chain.push(nearest);
                continue;
            }
            chain.truncate(chain.len() - 2);
            let (kept, joined) = (top.min(nearest), top.max(nearest));
            let pair = cost[kept * units + joined];
            merges.push(Merge { kept, joined, cost: pair });
            active.retain(|&unit| unit != joined);
            for &other in active.iter().filter(|&&other| other != kept) {
                let (a, b, c) = (size[kept], size[joined], size[other]);
                let sum = (a + c) * cost[kept * units + other] + (b + c) * cost[joined * units + other] - c * pair;
                (cost[kept * units + other], cost[other * units + kept]) = (sum / (a + b + c), sum / (a + b + c));
            }
            size[kept] += size[joined];
        }
        merges
    }
}

struct Merge {
    kept: usize,
    joined: usize,
    cost: f64,
}

fn root(parent: &[usize], mut unit: usize) -> usize {
    while parent[unit] != unit {
        unit = parent[unit];
    }
    unit
}
