//! The named weights of the Neocognitron.

use super::Neocognitron;
use nn_core::{Parameters, Tensor, TensorMut};

/// `stages.0.excitation` with shape `[planes, planes below, 5, 5]` and `stages.0.inhibition` with shape `[planes]`, of three stages.
impl Parameters<f64> for Neocognitron {
    fn tensors(&self) -> Vec<Tensor<'_, f64>> {
        let stages = self.excitation.iter().zip(&self.inhibition).enumerate();
        let tensors = stages.flat_map(|(stage, (excitation, inhibition))| {
            [
                Tensor {
                    name: format!("stages.{stage}.excitation"),
                    shape: self.excitation_shape(stage),
                    values: excitation,
                },
                Tensor {
                    name: format!("stages.{stage}.inhibition"),
                    shape: vec![self.config.planes],
                    values: inhibition,
                },
            ]
        });
        tensors.collect()
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, f64>> {
        let planes = self.config.planes;
        let shapes = [0, 1, 2].map(|stage| self.excitation_shape(stage));
        let stages = self.excitation.iter_mut().zip(&mut self.inhibition).zip(shapes).enumerate();
        let tensors = stages.flat_map(|(stage, ((excitation, inhibition), shape))| {
            [
                TensorMut { name: format!("stages.{stage}.excitation"), shape, values: excitation },
                TensorMut { name: format!("stages.{stage}.inhibition"), shape: vec![planes], values: inhibition },
            ]
        });
        tensors.collect()
    }
}
