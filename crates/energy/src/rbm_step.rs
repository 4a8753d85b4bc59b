//! One step of training a restricted Boltzmann machine: the clamped phase, the free phase, the update.

use crate::rbm::Draws;
use crate::rbm_rows::{Lists, SumRows, UpdateRows};
use crate::{Divergence, EnergyError, RbmTraining, Visible};
use nn_core::simd::dispatch;
use nn_core::{Real, View, ViewMut, gemm, math};

/// The memory of a step, a column a sample.
pub(crate) struct Buffers<T> {
    data: Vec<T>,
    /// p(h = 1 | sample)
    positive: Vec<T>,
    /// States of the hidden units.
    hidden: Vec<T>,
    /// p(h = 1 | fantasy)
    negative: Vec<T>,
    /// p(v = 1 | h), then states.
    visible: Vec<T>,
    states: Vec<u8>,
    fantasies: Lists,
    positive_of: Lists,
    negative_of: Lists,
    /// 0, 1, 2, ...
    positions: Vec<usize>,
}

impl<T: Real> Buffers<T> {
    /// For batches of so many samples.
    pub(crate) fn new(visible: usize, hidden: usize, batch: usize) -> Self {
        let column = |rows: usize| vec![T::ZERO; rows * batch];
        Self {
            data: column(visible),
            positive: column(hidden),
            hidden: column(hidden),
            negative: column(hidden),
            visible: column(visible),
            states: vec![0; visible * batch],
            fantasies: Lists::default(),
            positive_of: Lists::default(),
            negative_of: Lists::default(),
            positions: (0..batch).collect(),
        }
    }
}

impl<T: Real> RbmTraining<'_, T> {
    /// One step on these samples; the sum of their reconstruction errors.
    pub(crate) fn step(&mut self, samples: &[usize], draws: &mut Draws) -> Result<f64, EnergyError> {
        let (count, visible, hidden) = (samples.len(), self.samples.nrows(), self.config.hidden);
        let rate = T::from_f64(self.config.rate(self.epoch) / count as f64);
        let keep = T::from_f64(1.0 - self.config.rate(self.epoch) * self.config.weight_decay);
        let binary = self.config.visible == Visible::Binary;
        let Buffers {
            data,
            positive,
            hidden: states_of_hidden,
            negative,
            visible: fantasy,
            states,
            fantasies,
            positive_of,
            negative_of,
            positions,
        } = &mut self.buffers;
        let (data, positive) = (&mut data[..visible * count], &mut positive[..hidden * count]);
        let (on, negative) = (&mut states_of_hidden[..hidden * count], &mut negative[..hidden * count]);
        let (fantasy, states) = (&mut fantasy[..visible * count], &mut states[..visible * count]);
        for (to, &sample) in data.chunks_exact_mut(visible).zip(samples) {
            to.copy_from_slice(&self.samples.as_slice()[sample * visible..][..visible]);
        }
        // The clamped phase.
        match &self.lists {
            Some(lists) => dispatch(SumRows {
                rows: self.machine.weights.as_slice(),
                lists,
                samples,
                start: &self.machine.hidden_bias,
                sums: positive,
            }),
            None => self.machine.hidden_inputs_into(View::new(visible, count, data)?, positive)?,
        }
        math::sigmoid_in_place(positive);
        // The free phase.
        let persistent = matches!(self.config.divergence, Divergence::Persistent { .. });
        if persistent {
            let chains = View::new(visible, count, &self.chains.as_slice()[..visible * count])?;
            self.machine.hidden_inputs_into(chains, on)?;
            math::sigmoid_in_place(on);
        } else {
            on.copy_from_slice(positive);
        }
        let mut error = 0.0;
        for step in 0..self.config.divergence.steps() {
            draws.coins(on);
            self.machine.visible_inputs_into(View::new(hidden, count, on)?, fantasy)?;
            if binary {
                math::sigmoid_in_place(fantasy);
            }
            if step == 0 && !persistent {
                error = nn_core::simd::squared_distance(data, fantasy).to_f64();
            }
            if self.lists.is_some() {
                draws.coins_into(fantasy, states);
                fantasies.clear();
                states.chunks_exact(visible).for_each(|states| fantasies.push(states));
                dispatch(SumRows {
                    rows: self.machine.weights.as_slice(),
                    lists: fantasies,
                    samples: &positions[..count],
                    start: &self.machine.hidden_bias,
                    sums: negative,
                });
            } else {
                if binary {
                    draws.coins(fantasy);
                } else {
                    draws.visible(Visible::Gaussian, fantasy);
                }
                self.machine.hidden_inputs_into(View::new(visible, count, fantasy)?, negative)?;
            }
            math::sigmoid_in_place(negative);
            if step + 1 < self.config.divergence.steps() {
                on.copy_from_slice(negative);
            }
        }
        if persistent {
            let chains = &mut self.chains.as_mut_slice()[..visible * count];
            if self.lists.is_some() {
                for (chain, &state) in chains.iter_mut().zip(states.iter()) {
                    *chain = T::from_f64(f64::from(state));
                }
            } else {
                chains.copy_from_slice(fantasy);
            }
        }
        // The update: λ (⟨v hᵀ⟩ of the samples − ⟨v hᵀ⟩ of the fantasies).
        let machine = &mut self.machine;
        for (positive, negative) in positive.chunks_exact(hidden).zip(negative.chunks_exact(hidden)) {
            for ((bias, &plus), &minus) in machine.hidden_bias.iter_mut().zip(positive).zip(negative) {
                *bias += rate * (plus - minus);
            }
        }
        if let Some(lists) = &self.lists {
            lists.transpose(samples, visible, positive_of);
            fantasies.transpose(&positions[..count], visible, negative_of);
            for (unit, bias) in machine.visible_bias.iter_mut().enumerate() {
                *bias += rate * T::from_f64(positive_of.of(unit).len() as f64 - negative_of.of(unit).len() as f64);
            }
            dispatch(UpdateRows {
                rows: machine.weights.as_mut_slice(),
                width: hidden,
                positive: (positive_of, positive),
                negative: (negative_of, negative),
                rate,
                keep,
            });
            return Ok(error);
        }
        for (data, fantasy) in data.chunks_exact(visible).zip(fantasy.chunks_exact(visible)) {
            for ((bias, &plus), &minus) in machine.visible_bias.iter_mut().zip(data).zip(fantasy) {
                *bias += rate * (plus - minus);
            }
        }
        if keep != T::ONE {
            machine.weights.as_mut_slice().iter_mut().for_each(|weight| *weight *= keep);
        }
        for (factor, hidden_units, visible_units) in
            [(rate, &mut *positive, &*data), (-rate, &mut *negative, &*fantasy)]
        {
            hidden_units.iter_mut().for_each(|value| *value *= factor);
            let visible_units = View::new(visible, count, visible_units)?.transposed();
            let weights = ViewMut::from(&mut machine.weights);
            gemm(T::ONE, View::new(hidden, count, hidden_units)?, visible_units, T::ONE, weights)?;
        }
        Ok(error)
    }
}
