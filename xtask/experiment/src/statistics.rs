//! What figures and measurements say about many numbers.

/// The middle of the numbers, or the mean of the two in the middle; NaN for none.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => f64::NAN,
        (length, middle) if length % 2 == 1 => values[middle],
        (_, middle) => 0.5 * (values[middle - 1] + values[middle]),
    }
}

/// The adjusted Rand index of two partitions of the same things: 1 when they are the same, 0 on average by chance.
///
/// # Source
/// L. Hubert, P. Arabie, "Comparing partitions", Journal of Classification 2 (1985).
pub fn adjusted_rand_index(first: &[usize], second: &[usize]) -> f64 {
    let pairs = |count: usize| (count * count.saturating_sub(1) / 2) as f64;
    let classes = |partition: &[usize]| partition.iter().max().map_or(0, |class| class + 1);
    let mut counts = vec![vec![0; classes(second)]; classes(first)];
    first.iter().zip(second).for_each(|(a, b)| counts[*a][*b] += 1);
    let together: f64 = counts.iter().flatten().map(|count| pairs(*count)).sum();
    let of_first: f64 = counts.iter().map(|row| pairs(row.iter().sum())).sum();
    let of_second: f64 = (0..classes(second)).map(|b| pairs(counts.iter().map(|row| row[b]).sum())).sum();
    let by_chance = of_first * of_second / pairs(first.len().min(second.len())).max(1.0);
    let most = 0.5 * (of_first + of_second);
    if most == by_chance { 1.0 } else { (together - by_chance) / (most - by_chance) }
}

/// The middle of some numbers and how far they reach.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The lowest.
    pub lowest: f64,
    /// The highest.
    pub highest: f64,
}

impl Spread {
    /// Of these numbers.
    pub fn of(values: &[f64]) -> Self {
        let fold = |choose: fn(f64, f64) -> f64| values.iter().copied().fold(f64::NAN, choose);
        Self { median: median(values), lowest: fold(f64::min), highest: fold(f64::max) }
    }

    /// Of the runs of several seeds, epoch by epoch, up to the end of the shortest.
    pub fn by_epoch(runs: &[Vec<f64>]) -> Vec<Self> {
        let epochs = runs.iter().map(Vec::len).min().unwrap_or(0);
        let of_epoch = |epoch: usize| Self::of(&runs.iter().map(|run| run[epoch]).collect::<Vec<_>>());
        (0..epochs).map(of_epoch).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_adjusted_rand_index_knows_equal_partitions_and_the_textbook_example() {
        assert_eq!(adjusted_rand_index(&[0, 0, 1, 1, 2], &[2, 2, 0, 0, 1]), 1.0);
        // scikit-learn 1.9.1: adjusted_rand_score([0, 0, 1, 2], [0, 0, 1, 1]) = 4/7.
        assert!((adjusted_rand_index(&[0, 0, 1, 2], &[0, 0, 1, 1]) - 4.0 / 7.0).abs() < 1e-15);
        assert_eq!(adjusted_rand_index(&[0, 0, 0, 0], &[0, 1, 2, 3]), 0.0);
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_spread_by_epoch_ends_with_the_shortest_run() {
        let spreads = Spread::by_epoch(&[vec![1.0, 5.0, 9.0], vec![3.0, 4.0]]);
        assert_eq!(spreads[0], Spread { median: 2.0, lowest: 1.0, highest: 3.0 });
        assert_eq!((spreads.len(), spreads[1].highest), (2, 5.0));
    }
}
