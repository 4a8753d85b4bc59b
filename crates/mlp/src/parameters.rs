//! The named tensors of a network: what is saved, loaded, counted and handed to optimizers.

use crate::{Links, Mlp};
use nn_core::{Parameters, Real, Tensor, TensorMut};

/// `layers.0.weight` with shape `[M, D]` and `layers.0.bias` with shape `[M]`, then the next layer: PyTorch's order and bytes.
/// A tied layer has its bias only; the shortcut comes last, `shortcut.weight` with shape `[K, D]`.
impl<T: Real> Parameters<T> for Mlp<T> {
    fn tensors(&self) -> Vec<Tensor<'_, T>> {
        let mut tensors = Vec::with_capacity(2 * self.layers.len() + 1);
        for (index, (layer, links)) in self.layers.iter().zip(&self.links).enumerate() {
            let (units, inputs) = (layer.units(), layer.inputs());
            if !matches!(links, Links::TiedTo(_)) {
                let (name, shape) = (format!("layers.{index}.weight"), vec![units, inputs]);
                tensors.push(Tensor { name, shape, values: layer.weight.as_slice() });
            }
            let (name, shape) = (format!("layers.{index}.bias"), vec![units]);
            tensors.push(Tensor { name, shape, values: layer.bias.as_slice() });
        }
        if let Some(weight) = &self.shortcut {
            let (name, shape) = ("shortcut.weight".into(), vec![weight.ncols(), weight.nrows()]);
            tensors.push(Tensor { name, shape, values: weight.as_slice() });
        }
        tensors
    }

    fn tensors_mut(&mut self) -> Vec<TensorMut<'_, T>> {
        let mut tensors = Vec::with_capacity(2 * self.layers.len() + 1);
        for (index, (layer, links)) in self.layers.iter_mut().zip(&self.links).enumerate() {
            let (units, inputs) = (layer.units(), layer.inputs());
            if !matches!(links, Links::TiedTo(_)) {
                let (name, shape) = (format!("layers.{index}.weight"), vec![units, inputs]);
                tensors.push(TensorMut { name, shape, values: layer.weight.as_mut_slice() });
            }
            let (name, shape) = (format!("layers.{index}.bias"), vec![units]);
            tensors.push(TensorMut { name, shape, values: layer.bias.as_mut_slice() });
        }
        if let Some(weight) = &mut self.shortcut {
            let (name, shape) = ("shortcut.weight".into(), vec![weight.ncols(), weight.nrows()]);
            tensors.push(TensorMut { name, shape, values: weight.as_mut_slice() });
        }
        tensors
    }
}
