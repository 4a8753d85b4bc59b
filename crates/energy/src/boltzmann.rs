//! The learning rule of the Boltzmann machine.

/// **Eq. boltzmann-learning** (slide 84): δwᵢⱼ = λ(⟨uᵢ uⱼ⟩_goal − ⟨uᵢ uⱼ⟩_model); 1/T is absorbed in λ.
///
/// For the bias sᵢ − θᵢ the same with ⟨uᵢ⟩.
#[inline]
pub fn learn_step(learning_rate: f64, goal: f64, model: f64) -> f64 {
    learning_rate * (goal - model)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Network, Temperature, exact_distribution, kl_divergence};

    /// Eq. boltzmann-learning: a small step lowers the divergence.
    #[test]
    fn a_step_lowers_the_divergence() {
        let goal = [0.4, 0.1, 0.1, 0.4];
        let mut network = Network::<f64>::unconnected(2).unwrap().with_inputs(vec![-1.0, -1.0]).unwrap();
        let mut divergence = f64::INFINITY;
        for _ in 0..20 {
            let model = exact_distribution(&network, Temperature::ONE).unwrap();
            let next = kl_divergence(&goal, &model).unwrap();
            assert!(next < divergence);
            divergence = next;
            network.add_to_weight(0, 1, learn_step(0.5, goal[3], model[3])).unwrap();
        }
    }
}
