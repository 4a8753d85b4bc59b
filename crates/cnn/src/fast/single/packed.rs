//! Parameters in the order in which the loops read them.

use super::maps_below::{self, Layout};
use super::octet::Octet;
use super::own_maps;
use crate::Layer;
use nn_core::Real;

/// Parameters of a stage: in use, or as slopes, or as rates.
#[derive(Debug, Clone)]
pub(super) enum Packed<T> {
    OwnMaps(own_maps::Packed<T>),
    MapsBelow(maps_below::Packed<T>),
    /// Coefficients and biases of subsampling, filled up to whole vectors.
    Maps(Vec<Octet<T>>, Vec<Octet<T>>),
    Nothing,
}

impl<T: Real> Packed<T> {
    /// Takes over a layer's weights and biases.
    pub fn pack(&mut self, layout: Option<&Layout>, layer: &Layer<T>, weight: &[T], bias: &[T]) {
        match (self, layer, layout) {
            (Self::OwnMaps(packed), Layer::Convolution(layer), _) => packed.pack(layer, weight, bias),
            (Self::MapsBelow(packed), Layer::Convolution(layer), Some(layout)) => {
                packed.pack(layer, layout, weight, bias)
            }
            (Self::Maps(to_weight, to_bias), _, _) => {
                to_weight.as_flattened_mut()[..weight.len()].copy_from_slice(weight);
                to_bias.as_flattened_mut()[..bias.len()].copy_from_slice(bias);
            }
            _ => {}
        }
    }

    /// Gives them back in the layer's own order.
    pub fn unpack(&self, layout: Option<&Layout>, layer: &Layer<T>, weight: &mut [T], bias: &mut [T]) {
        match (self, layer, layout) {
            (Self::OwnMaps(packed), Layer::Convolution(layer), _) => packed.unpack(layer, weight, bias),
            (Self::MapsBelow(packed), Layer::Convolution(layer), Some(layout)) => {
                packed.unpack(layer, layout, weight, bias)
            }
            (Self::Maps(from_weight, from_bias), _, _) => {
                let (weights, biases) = (weight.len(), bias.len());
                weight.copy_from_slice(&from_weight.as_flattened()[..weights]);
                bias.copy_from_slice(&from_bias.as_flattened()[..biases]);
            }
            _ => {}
        }
    }

    /// All zero.
    pub fn clear(&mut self) {
        match self {
            Self::OwnMaps(packed) => {
                packed.weight.fill([T::ZERO; 8]);
                packed.bias.fill([T::ZERO; 8]);
            }
            Self::MapsBelow(packed) => {
                packed.weight.fill([T::ZERO; 8]);
                packed.bias.fill(T::ZERO);
            }
            Self::Maps(coefficient, bias) => {
                coefficient.fill([T::ZERO; 8]);
                bias.fill([T::ZERO; 8]);
            }
            Self::Nothing => {}
        }
    }

    /// The same sizes, all zero.
    pub fn cleared(&self) -> Self {
        let mut packed = self.clone();
        packed.clear();
        packed
    }

    /// w ← w − rate g
    pub fn subtract(&mut self, slopes: &Self, rates: &Self) {
        let each = |values: &mut [T], slopes: &[T], rates: &[T]| {
            values.iter_mut().zip(slopes.iter().zip(rates)).for_each(|(w, (&g, &rate))| *w -= rate * g);
        };
        match (self, slopes, rates) {
            (Self::OwnMaps(w), Self::OwnMaps(g), Self::OwnMaps(r)) => {
                each(w.weight.as_flattened_mut(), g.weight.as_flattened(), r.weight.as_flattened());
                each(w.bias.as_flattened_mut(), g.bias.as_flattened(), r.bias.as_flattened());
            }
            (Self::MapsBelow(w), Self::MapsBelow(g), Self::MapsBelow(r)) => {
                each(w.weight.as_flattened_mut(), g.weight.as_flattened(), r.weight.as_flattened());
                each(&mut w.bias, &g.bias, &r.bias);
            }
            (Self::Maps(w, b), Self::Maps(g, h), Self::Maps(r, s)) => {
                each(w.as_flattened_mut(), g.as_flattened(), r.as_flattened());
                each(b.as_flattened_mut(), h.as_flattened(), s.as_flattened());
            }
            _ => {}
        }
    }
}
