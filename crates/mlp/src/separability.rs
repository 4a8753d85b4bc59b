//! How much random units can be expected to separate: Cover's count and Rosenblatt's association units (slide 23).

/// 2^(1−p) Σ_{k<N} C(p−1, k): the fraction of all dichotomies of p points in general position in N dimensions that a plane
/// through the origin separates. A bias counts as a dimension: four points in the plane have N = 3, and 14 of 16.
///
/// Computed by Cover's recursion F(p+1, N) = ½ (F(p, N) + F(p, N−1)) from F(1, N) = 1, in p · N steps without overflow. 1 for
/// p ≤ N, ½ for p = 2N; 1 without points, 0 without dimensions.
///
/// # Source
/// T. M. Cover, "Geometrical and statistical properties of systems of linear inequalities with applications in pattern
/// recognition", IEEE Transactions on Electronic Computers EC-14 (1965) 326-334.
///
/// ```
/// assert_eq!(mlp::separable_fraction(4, 3), 14.0 / 16.0); // all but XOR and its complement
/// ```
pub fn separable_fraction(points: usize, dimensions: usize) -> f64 {
    if points == 0 {
        return 1.0;
    }
    // Beyond p dimensions nothing is added: F(p, N) = 1 for N ≥ p.
    if dimensions >= points {
        return 1.0;
    }
    let mut fraction = vec![1.0; dimensions + 1];
    fraction[0] = 0.0;
    for _ in 1..points {
        for n in (1..=dimensions).rev() {
            fraction[n] = 0.5 * (fraction[n] + fraction[n - 1]);
        }
    }
    fraction[dimensions]
}

/// P_a = Σ_{e ≥ θ} Σ_{i ≤ min(y, e−θ)} Bin(x, R)(e) Bin(y, R)(i): how probably a random association unit with x excitatory and
/// y inhibitory origins and threshold θ answers when a fraction R of the retina is lit.
///
/// The unit answers when its lit excitatory origins outnumber the inhibitory ones by at least θ. R outside [0, 1] counts as the
/// nearer end.
///
/// # Source
/// F. Rosenblatt, "The perceptron: a probabilistic model for information storage and organization in the brain",
/// Psychological Review 65 (1958) 386-408.
///
/// ```
/// assert!((mlp::association_unit_activity(5, 5, 2, 0.3) - 0.1478486).abs() < 1e-7);
/// ```
pub fn association_unit_activity(excitatory: usize, inhibitory: usize, threshold: usize, lit: f64) -> f64 {
    let lit = lit.clamp(0.0, 1.0);
    let (excitation, inhibition) = (binomial(excitatory, lit), binomial(inhibitory, lit));
    // Probabilities that at most so many inhibitory origins are lit.
    let at_most: Vec<f64> = inhibition
        .iter()
        .scan(0.0, |sum, p| {
            *sum += p;
            Some(*sum)
        })
        .collect();
    let answers = excitation.iter().enumerate().skip(threshold);
    answers.map(|(e, p)| p * at_most[inhibitory.min(e - threshold)]).sum()
}

/// Probabilities of 0 ..= n successes in n trials, trial by trial.
fn binomial(trials: usize, probability: f64) -> Vec<f64> {
    let mut distribution = vec![1.0];
    for _ in 0..trials {
        distribution.push(0.0);
        for k in (1..distribution.len()).rev() {
            distribution[k] = (1.0 - probability) * distribution[k] + probability * distribution[k - 1];
        }
        distribution[0] *= 1.0 - probability;
    }
    distribution
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_core::Stream;

    #[test]
    fn covers_fraction_is_the_sum_of_binomials() {
        for points in 1..=20_u32 {
            for dimensions in 0..=22_u32 {
                let mut binomial = 1.0;
                let mut sum = 0.0;
                for k in 0..dimensions {
                    sum += binomial;
                    binomial *= f64::from((points - 1).saturating_sub(k)) / f64::from(k + 1);
                }
                let expected = sum / f64::from(1 << (points - 1));
                let found = separable_fraction(points as usize, dimensions as usize);
                assert!((found - expected).abs() < 1e-14, "{points} points in {dimensions} dimensions");
            }
        }
    }

    #[test]
    fn half_of_the_dichotomies_of_twice_as_many_points_as_dimensions_are_separable() {
        for dimensions in [1, 2, 3, 10, 200] {
            assert!((separable_fraction(2 * dimensions, dimensions) - 0.5).abs() < 1e-13);
            assert_eq!(separable_fraction(dimensions, dimensions), 1.0);
        }
        assert_eq!((separable_fraction(0, 0), separable_fraction(1, 0), separable_fraction(5, 0)), (1.0, 0.0, 0.0));
    }

    #[test]
    fn association_units_answer_as_often_as_counted() {
        // Exact sums computed elsewhere.
        assert!((association_unit_activity(5, 5, 2, 0.3) - 0.147_848_6).abs() < 5e-8);
        assert!((association_unit_activity(10, 0, 4, 0.2) - 0.120_873_9).abs() < 5e-8);
        let mut stream = Stream::new(1958).named("retina");
        let mut lit = |origins: usize| (0..origins).filter(|_| stream.uniform() < 0.4).count();
        let answers = (0..100_000).filter(|_| lit(7) > lit(4)).count();
        // One standard deviation is 0.0016: four of them.
        assert!((answers as f64 / 1e5 - association_unit_activity(7, 4, 1, 0.4)).abs() < 0.0064);
    }

    #[test]
    fn edges_of_the_association_unit() {
        assert_eq!(association_unit_activity(5, 3, 0, 0.0), 1.0, "a threshold of 0 is met in the dark");
        assert_eq!(association_unit_activity(5, 3, 2, 1.0), 1.0);
        assert_eq!(association_unit_activity(5, 3, 3, 2.0), 0.0, "all lit: 5 - 3 < 3");
        assert_eq!(association_unit_activity(2, 0, 3, 0.5), 0.0);
    }
}
