//! The experiments on what the models share. How to add one: see [`experiment`].

#[path = "activations.rs"]
mod activations;
#[path = "error-curve-tangents.rs"]
mod error_curve_tangents;
#[path = "gradient-descent-1d.rs"]
mod gradient_descent_1d;
#[path = "relu-derivative.rs"]
mod relu_derivative;
#[path = "sigmoid-derivative.rs"]
mod sigmoid_derivative;

use experiment::Experiment;

/// The experiments, in slide order.
pub fn all() -> Vec<Experiment> {
    vec![
        error_curve_tangents::EXPERIMENT,
        gradient_descent_1d::EXPERIMENT,
        activations::EXPERIMENT,
        sigmoid_derivative::EXPERIMENT,
        relu_derivative::EXPERIMENT,
    ]
}
