//! Optimizers: small values that turn a gradient into a change of the weights.
//!
//! Each rule is a struct with one `step` on slices; [`Optimizer`] is any of them, [`OptimizerState`] what they remember
//! between steps (velocities, mean squares), a slot a tensor.

mod adaptive;
mod gradient_descent;
mod schedule;

pub use adaptive::{AdaGrad, Adam, AdamW, RmsProp, Rprop};
pub use gradient_descent::{ClassicalMomentum, GradientDescent, Momentum, Nesterov};
pub use schedule::RateSchedule;

use crate::{CoreError, Parameters, Real, Tensor, TensorMut};

/// Any of the optimizers.
///
/// ```
/// use nn_core::{GradientDescent, Optimizer};
///
/// let optimizer = Optimizer::from(GradientDescent::new(0.1));
/// let mut state = optimizer.state::<f64>(&[2]); // one tensor of two weights
/// let mut w = [1.0, -1.0];
/// optimizer.step(&mut state, &mut [&mut w], &[&[2.0, 0.0]])?;
/// assert_eq!(w, [0.8, -1.0]);
/// # Ok::<(), nn_core::CoreError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Optimizer {
    /// w ← w − η ∇E
    GradientDescent(GradientDescent),
    /// Momentum as in 1986.
    ClassicalMomentum(ClassicalMomentum),
    /// Momentum as today.
    Momentum(Momentum),
    /// Nesterov's momentum.
    Nesterov(Nesterov),
    /// RMSprop.
    RmsProp(RmsProp),
    /// AdaGrad.
    AdaGrad(AdaGrad),
    /// Adam.
    Adam(Adam),
    /// Adam with decoupled weight decay.
    AdamW(AdamW),
    /// Rprop: the sign of the gradient only; for full batches.
    Rprop(Rprop),
}

/// What an optimizer remembers between steps: saved and loaded like a model, so that training can be resumed.
#[derive(Debug, PartialEq)]
pub struct OptimizerState<T> {
    /// Number of steps taken, as the tensor `steps` (exact up to 2²⁴ in `f32`, 2⁵³ in `f64`).
    steps: [T; 1],
    first: Vec<Vec<T>>,
    second: Vec<Vec<T>>,
}

impl<T: Clone> Clone for OptimizerState<T> {
    fn clone(&self) -> Self {
        Self { steps: self.steps.clone(), first: self.first.clone(), second: self.second.clone() }
    }

    /// In the memory that is there: training keeps the last good state after every epoch.
    fn clone_from(&mut self, source: &Self) {
        self.steps.clone_from(&source.steps);
        self.first.clone_from(&source.first);
        self.second.clone_from(&source.second);
    }
}

impl<T: Real> OptimizerState<T> {
    /// Number of steps taken so far.
    pub fn steps(&self) -> u64 {
        self.steps[0].to_f64() as u64
    }

    /// What is remembered of tensor `index`: its first and second slot, empty where the optimizer has none.
    pub fn tensor_mut(&mut self, index: usize) -> (&mut [T], &mut [T]) {
        fn slot<T>(slots: &mut [Vec<T>], index: usize) -> &mut [T] {
            slots.get_mut(index).map_or(&mut [], Vec::as_mut_slice)
        }
        (slot(&mut self.first, index), slot(&mut self.second, index))
    }
}

impl<T: Real> Parameters<T> for OptimizerState<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let steps = Tensor { name: "optimizer.steps".into(), shape: vec![1], values: &self.steps };
        let slots = [("first", &self.first), ("second", &self.second)].into_iter().flat_map(|(slot, tensors)| {
            tensors.iter().enumerate().map(move |(index, values)| Tensor {
                name: format!("optimizer.{index}.{slot}"),
                shape: vec![values.len()],
                values,
            })
        });
        std::iter::once(steps).chain(slots).collect()
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let steps = TensorMut { name: "optimizer.steps".into(), shape: vec![1], values: &mut self.steps };
        let slots = [("first", &mut self.first), ("second", &mut self.second)];
        let slots = slots.into_iter().flat_map(|(slot, tensors)| {
            tensors.iter_mut().enumerate().map(move |(index, values)| TensorMut {
                name: format!("optimizer.{index}.{slot}"),
                shape: vec![values.len()],
                values,
            })
        });
        std::iter::once(steps).chain(slots).collect()
    }
}

impl Optimizer {
    /// The state before the first step, for tensors of these sizes.
    pub fn state<T: Real>(&self, sizes: &[usize]) -> OptimizerState<T> {
        let (first, second) = match self {
            Self::GradientDescent(_) => (None, None),
            Self::ClassicalMomentum(_)
            | Self::Momentum(_)
            | Self::Nesterov(_)
            | Self::RmsProp(_)
            | Self::AdaGrad(_) => (Some(0.0), None),
            Self::Adam(_) | Self::AdamW(_) => (Some(0.0), Some(0.0)),
            Self::Rprop(rprop) => (Some(0.0), Some(rprop.first_step)),
        };
        let slots = |value: Option<f64>| match value {
            Some(value) => sizes.iter().map(|&size| vec![T::from_f64(value); size]).collect(),
            None => Vec::new(),
        };
        OptimizerState { steps: [T::ZERO], first: slots(first), second: slots(second) }
    }

    /// The learning rate η.
    pub fn learning_rate(&self) -> f64 {
        match self {
            Self::GradientDescent(rule) => rule.learning_rate,
            Self::ClassicalMomentum(rule) => rule.learning_rate,
            Self::Momentum(rule) => rule.learning_rate,
            Self::Nesterov(rule) => rule.learning_rate,
            Self::RmsProp(rule) => rule.learning_rate,
            Self::AdaGrad(rule) => rule.learning_rate,
            Self::Adam(rule) => rule.learning_rate,
            Self::AdamW(rule) => rule.learning_rate,
            Self::Rprop(rule) => rule.first_step,
        }
    }

    /// The same rule with another learning rate. Rprop has steps of its own and stays as it is.
    #[must_use]
    pub fn with_learning_rate(mut self, value: f64) -> Self {
        match &mut self {
            Self::GradientDescent(rule) => rule.learning_rate = value,
            Self::ClassicalMomentum(rule) => rule.learning_rate = value,
            Self::Momentum(rule) => rule.learning_rate = value,
            Self::Nesterov(rule) => rule.learning_rate = value,
            Self::RmsProp(rule) => rule.learning_rate = value,
            Self::AdaGrad(rule) => rule.learning_rate = value,
            Self::Adam(rule) => rule.learning_rate = value,
            Self::AdamW(rule) => rule.learning_rate = value,
            Self::Rprop(_) => {}
        }
        self
    }

    /// Every parameter is in its range.
    ///
    /// # Errors
    /// [`CoreError::OutOfRange`] with the name, the value and the rule.
    pub fn check(&self) -> Result<(), CoreError> {
        match self {
            Self::GradientDescent(rule) => rule.check(),
            Self::ClassicalMomentum(rule) => rule.check(),
            Self::Momentum(rule) => rule.check(),
            Self::Nesterov(rule) => rule.check(),
            Self::RmsProp(rule) => rule.check(),
            Self::AdaGrad(rule) => rule.check(),
            Self::Adam(rule) => rule.check(),
            Self::AdamW(rule) => rule.check(),
            Self::Rprop(rule) => rule.check(),
        }
    }

    /// One step for all tensors.
    ///
    /// # Errors
    /// [`CoreError::Size`] when tensors, gradients and state do not fit together.
    pub fn step<T: Real>(
        &self,
        state: &mut OptimizerState<T>,
        parameters: &mut [&mut [T]],
        gradients: &[&[T]],
    ) -> Result<(), CoreError> {
        same("gradient tensors", parameters.len(), gradients.len())?;
        self.begin_step(state);
        for (index, (parameters, gradient)) in parameters.iter_mut().zip(gradients).enumerate() {
            self.step_tensor(state, index, parameters, gradient)?;
        }
        Ok(())
    }

    /// Counts a step; then [`Optimizer::step_tensor`] follows for every tensor.
    pub fn begin_step<T: Real>(&self, state: &mut OptimizerState<T>) {
        state.steps[0] += T::ONE;
    }

    /// The current step for tensor `index`, the part of [`Optimizer::step`] for callers that keep no list of slices.
    ///
    /// # Errors
    /// [`CoreError::Size`] when tensor, gradient and state do not fit together.
    pub fn step_tensor<T: Real>(
        &self,
        state: &mut OptimizerState<T>,
        index: usize,
        parameters: &mut [T],
        gradient: &[T],
    ) -> Result<(), CoreError> {
        same("components of the gradient", parameters.len(), gradient.len())?;
        if let Self::GradientDescent(rule) = self {
            rule.step(parameters, gradient);
            return Ok(());
        }
        let steps = state.steps[0].to_f64();
        let tensors = state.first.len();
        let first = state.first.get_mut(index).ok_or(CoreError::Size {
            what: "tensors in the optimizer's state",
            expected: index.saturating_add(1),
            found: tensors,
        })?;
        same("components of the optimizer's state", parameters.len(), first.len())?;
        let second = state.second.get_mut(index).map_or(&mut [][..], Vec::as_mut_slice);
        self.step_values(steps, parameters, gradient, first, second);
        Ok(())
    }

    /// Step number `steps` for some values of a tensor and what is remembered about them, for callers that work through a
    /// tensor piece by piece ([`OptimizerState::tensor_mut`]). Over the shortest of the slices in use.
    pub fn step_values<T: Real>(
        &self,
        steps: f64,
        parameters: &mut [T],
        gradient: &[T],
        first: &mut [T],
        second: &mut [T],
    ) {
        match self {
            Self::GradientDescent(rule) => rule.step(parameters, gradient),
            Self::ClassicalMomentum(rule) => rule.step(parameters, gradient, first),
            Self::Momentum(rule) => rule.step(parameters, gradient, first),
            Self::Nesterov(rule) => rule.step(parameters, gradient, first),
            Self::RmsProp(rule) => rule.step(parameters, gradient, first),
            Self::AdaGrad(rule) => rule.step(parameters, gradient, first),
            Self::Adam(rule) => rule.step(parameters, gradient, first, second, steps),
            Self::AdamW(rule) => rule.step(parameters, gradient, first, second, steps),
            Self::Rprop(rule) => rule.step(parameters, gradient, first, second),
        }
    }
}

macro_rules! from_rules {
    ($($rule:ident),*) => {
        $(impl From<$rule> for Optimizer {
            fn from(rule: $rule) -> Self {
                Self::$rule(rule)
            }
        })*
    };
}
from_rules!(GradientDescent, ClassicalMomentum, Momentum, Nesterov, RmsProp, AdaGrad, Adam, AdamW, Rprop);

fn same(what: &'static str, expected: usize, found: usize) -> Result<(), CoreError> {
    if expected == found { Ok(()) } else { Err(CoreError::Size { what, expected, found }) }
}

/// The value is in the range, or the error says which parameter breaks which rule.
fn check(name: &'static str, rule: &'static str, value: f64, holds: bool) -> Result<(), CoreError> {
    if holds { Ok(()) } else { Err(CoreError::OutOfRange { name, rule, value }) }
}

fn check_learning_rate(value: f64) -> Result<(), CoreError> {
    check("learning_rate", "positive and finite", value, value > 0.0 && value.is_finite())
}

fn check_weight_decay(value: f64) -> Result<(), CoreError> {
    check("weight_decay", "non-negative and finite", value, value >= 0.0 && value.is_finite())
}

fn check_fraction(name: &'static str, value: f64) -> Result<(), CoreError> {
    check(name, "at least 0 and below 1", value, (0.0..1.0).contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every rule with parameters that converge on the bowl below.
    fn rules() -> [Optimizer; 9] {
        [
            GradientDescent::new(0.1).into(),
            ClassicalMomentum::new(0.05, 0.8).into(),
            Momentum::new(0.05, 0.8).into(),
            Nesterov::new(0.05, 0.8).into(),
            RmsProp::new(0.01).into(),
            AdaGrad::new(0.9).into(),
            Adam::new(0.05).into(),
            AdamW { weight_decay: 0.0, ..AdamW::new(0.05) }.into(),
            Rprop::default().into(),
        ]
    }

    #[test]
    fn every_rule_finds_the_bottom_of_a_bowl() {
        for optimizer in rules() {
            optimizer.check().unwrap();
            let mut state = optimizer.state::<f64>(&[1, 2]);
            let (mut a, mut b) = ([4.0], [-3.0, 1.0]);
            for _ in 0..2000 {
                let (gradient_a, gradient_b) = ([a[0]], [3.0 * b[0], 0.5 * b[1]]);
                optimizer.step(&mut state, &mut [&mut a, &mut b], &[&gradient_a, &gradient_b]).unwrap();
            }
            let distance = a.iter().chain(&b).fold(0.0_f64, |far, w| far.max(w.abs()));
            assert!(distance < 0.02, "{optimizer:?} ends {distance} away");
            assert_eq!(state.steps(), 2000);
        }
    }

    #[test]
    fn the_state_resumes_to_the_same_bits() {
        for optimizer in rules() {
            let gradient = |w: &[f64]| [w[0] * 2.0 + 0.3, w[1] - 1.0];
            let run = |state: &mut OptimizerState<f64>, w: &mut [f64; 2], steps: usize| {
                for _ in 0..steps {
                    let gradient = gradient(w);
                    optimizer.step(state, &mut [w], &[&gradient]).unwrap();
                }
            };
            let (mut whole, mut w) = (optimizer.state(&[2]), [1.0, 5.0]);
            run(&mut whole, &mut w, 30);
            let (mut half, mut v) = (optimizer.state(&[2]), [1.0, 5.0]);
            run(&mut half, &mut v, 13);
            let mut loaded = optimizer.state(&[2]);
            for (to, from) in loaded.tensors_mut().into_iter().zip(half.tensors()) {
                assert_eq!(to.name, from.name);
                to.values.copy_from_slice(from.values);
            }
            run(&mut loaded, &mut v, 17);
            assert_eq!(w, v, "{optimizer:?}");
            assert_eq!(whole, loaded);
        }
    }

    #[test]
    fn every_rule_but_rprop_takes_another_learning_rate() {
        for optimizer in rules() {
            let changed = optimizer.with_learning_rate(0.625);
            let rprop = matches!(optimizer, Optimizer::Rprop(_));
            assert_eq!(changed.learning_rate() == 0.625, !rprop, "{optimizer:?}");
            assert_eq!(changed.with_learning_rate(optimizer.learning_rate()), optimizer);
        }
    }

    #[test]
    fn sizes_that_do_not_fit_are_errors() {
        for optimizer in rules() {
            let mut state = optimizer.state::<f64>(&[2]);
            let error = optimizer.step(&mut state, &mut [&mut [0.0, 0.0]], &[&[1.0]]).unwrap_err();
            assert_eq!(error.to_string(), "components of the gradient: expected 2, found 1");
            assert!(optimizer.step(&mut state, &mut [&mut [0.0]], &[]).is_err());
            let wrong = optimizer.step(&mut state, &mut [&mut [0.0; 3]], &[&[1.0; 3]]);
            assert_eq!(wrong.is_err(), !matches!(optimizer, Optimizer::GradientDescent(_)));
        }
    }

    #[test]
    fn parameters_out_of_range_are_named() {
        let message = |optimizer: Optimizer| optimizer.check().unwrap_err().to_string();
        assert_eq!(message(GradientDescent::new(-1.0).into()), "learning_rate must be positive and finite, is -1");
        assert_eq!(message(Momentum::new(0.1, 1.0).into()), "momentum must be at least 0 and below 1, is 1");
        let decay = GradientDescent { weight_decay: f64::NAN, ..GradientDescent::new(0.1) };
        assert_eq!(message(decay.into()), "weight_decay must be non-negative and finite, is NaN");
        assert!(Adam { beta_2: 1.0, ..Adam::new(0.1) }.check().is_err());
        assert!(RmsProp { epsilon: 0.0, ..RmsProp::new(0.1) }.check().is_err());
        assert!(Rprop { shrink: 1.5, ..Rprop::default() }.check().is_err());
    }
}
