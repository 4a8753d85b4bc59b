//! Sums over all 2ᴺ states, at a fraction of a nanosecond a state: blocks of 2¹⁰ states by products of tables.
//!
//! Up to ten units are *low*. A setting h of the other units gives each low unit a field fᵢ(h), so that a state's weight is
//! A(l) · Πᵢ exp(lᵢ fᵢ(h)) · exp(−E(h)/T), with one table A for all of them. The product over the low units is itself a
//! product of two tables of 32, so a block of 1024 states is two small vectors and one matrix, and 64 blocks are three matrix
//! products. Every factor is at most 1 and the rest stands in an exponent a block, so nothing overflows.

use nn_core::{CoreError, Matrix, Real, View, ViewMut, gemm, math};

/// Low units at most: 32 × 32 states.
const LOW: usize = 10;

/// Values of the first five low units, or of the others.
const SIDE: usize = 32;

/// Units that vary within a chunk of blocks.
const CHUNK_UNITS: usize = 6;

/// exp of less than minus this is lost beside 1, and still far from the smallest number.
const WIDEST: f64 = 600.0;

/// Tasks that the states are divided into, whatever the number of threads.
const TASKS: usize = 64;

/// Units whose states are worth waking other cores: a quarter of a millisecond.
#[cfg(feature = "parallel")]
const WORTH_WAKING: usize = 20;

/// −E/T as numbers: N × N couplings wᵢⱼ/T and N biases bᵢ/T.
pub(crate) struct Exponents {
    pub units: usize,
    pub weights: Vec<f64>,
    pub bias: Vec<f64>,
}

impl Exponents {
    fn weight(&self, i: usize, j: usize) -> f64 {
        self.weights[i * self.units + j]
    }

    /// −E/T of every state of the first `units` units, the others 0: bit i of the index is unit i.
    pub fn of_states(&self, units: usize) -> Vec<f64> {
        let mut exponents = vec![0.0];
        // Each unit doubles the list; `inputs` is what the states before it put into the unit.
        for unit in 0..units {
            let mut inputs = vec![self.bias[unit]];
            for other in 0..unit {
                let weight = self.weight(unit, other);
                let half = inputs.len();
                inputs.extend_from_within(..);
                inputs[half..].iter_mut().for_each(|input| *input += weight);
            }
            let with_unit: Vec<f64> = exponents.iter().zip(&inputs).map(|(exponent, input)| exponent + input).collect();
            exponents.extend(with_unit);
        }
        exponents
    }
}

/// Σ exp(−E/T) and what is asked for beside it, all as multiples of exp(`scale`).
pub(crate) struct Sums {
    pub scale: f64,
    pub total: f64,
    /// Σ exp(−E/T) uᵢ uⱼ, N × N and symmetric; the diagonal is that of uᵢ. Empty when only the total is asked for.
    pub pairs: Vec<f64>,
}

/// The sums over all states.
pub(crate) fn sums(exponents: &Exponents, with_pairs: bool) -> Result<Sums, CoreError> {
    let blocks = Blocks::new(exponents);
    let chunks = 1_u64 << (exponents.units - blocks.low - blocks.within);
    let tasks = chunks.min(TASKS as u64);
    let of_task = |task: u64| blocks.partial(task * chunks / tasks..(task + 1) * chunks / tasks, with_pairs);
    let on_one_core = || (0..tasks).map(&of_task).collect::<Vec<Result<Partial, CoreError>>>();
    #[cfg(feature = "parallel")]
    let partials = {
        use rayon::prelude::*;
        let many = exponents.units >= WORTH_WAKING;
        if many { (0..tasks).into_par_iter().map(of_task).collect() } else { on_one_core() }
    };
    #[cfg(not(feature = "parallel"))]
    let partials = on_one_core();
    let mut whole = blocks.nothing(with_pairs);
    for partial in partials {
        whole.add(&partial?);
    }
    Ok(blocks.finish(whole, with_pairs))
}

/// How the units are divided.
struct Blocks<'a> {
    exponents: &'a Exponents,
    /// Number of low units: the first ones.
    low: usize,
    /// Number of units, after the low ones, that vary within a chunk.
    within: usize,
    /// A, 32 × 32: column k belongs to the values of the first five low units, row r to those of the others.
    table: Matrix<f64>,
    /// The exponent that A was divided by.
    table_scale: f64,
}

/// The sums over some chunks, all as multiples of exp(`scale`).
struct Partial {
    scale: f64,
    total: f64,
    /// Weight of each value of the low units, as A.
    low: Matrix<f64>,
    /// For each high unit: the weight of the states where it is 1, then how much of it has each low unit at 1.
    cross: Vec<[f64; LOW + 1]>,
    /// Pairs of high units.
    high: Vec<f64>,
}

impl Partial {
    /// Adds sums of another scale.
    fn add(&mut self, other: &Self) {
        let scale = self.scale.max(other.scale);
        if scale == f64::NEG_INFINITY {
            return;
        }
        let (mine, theirs) = (math::exp(self.scale - scale), math::exp(other.scale - scale));
        let combine = |a: &mut f64, b: &f64| *a = *a * mine + *b * theirs;
        combine(&mut self.total, &other.total);
        self.low.as_mut_slice().iter_mut().zip(other.low.as_slice()).for_each(|(a, b)| combine(a, b));
        self.cross.as_flattened_mut().iter_mut().zip(other.cross.as_flattened()).for_each(|(a, b)| combine(a, b));
        self.high.iter_mut().zip(&other.high).for_each(|(a, b)| combine(a, b));
        self.scale = scale;
    }
}

impl<'a> Blocks<'a> {
    fn new(exponents: &'a Exponents) -> Self {
        let most = exponents.units.min(LOW);
        let states = exponents.of_states(most);
        // As many low units as keep the table within the range of numbers; without any the table is the number 1.
        let widths = (0..=most).rev().map(|low| {
            let states = &states[..1 << low];
            let highest = states.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let lowest = states.iter().copied().fold(f64::INFINITY, f64::min);
            (low, highest, highest - lowest)
        });
        let (low, table_scale, _) = widths.into_iter().find(|(_, _, width)| *width <= WIDEST).unwrap_or((0, 0.0, 0.0));
        let table = Matrix::from_fn(SIDE, SIDE, |r, k| {
            let state = r * SIDE + k;
            if state < 1 << low { math::exp(states[state] - table_scale) } else { 0.0 }
        });
        Self { exponents, low, within: CHUNK_UNITS.min(exponents.units - low), table, table_scale }
    }

    fn nothing(&self, with_pairs: bool) -> Partial {
        let high = if with_pairs { self.exponents.units - self.low } else { 0 };
        Partial {
            scale: f64::NEG_INFINITY,
            total: 0.0,
            low: if with_pairs { Matrix::zeros(SIDE, SIDE) } else { Matrix::zeros(0, 0) },
            cross: vec![[0.0; LOW + 1]; high],
            high: vec![0.0; high * high],
        }
    }

    /// The sums over the chunks of these numbers; the bits of a chunk's number are the highest units.
    fn partial(&self, chunks: std::ops::Range<u64>, with_pairs: bool) -> Result<Partial, CoreError> {
        let mut sum = self.nothing(with_pairs);
        let mut chunk = Chunk::new(1 << self.within);
        for number in chunks {
            self.fill(number, &mut chunk);
            let one = self.sum_of_chunk(number, &mut chunk, with_pairs)?;
            sum.add(&one);
        }
        Ok(sum)
    }

    /// Fields, exponents and tables of the blocks of a chunk.
    fn fill(&self, number: u64, chunk: &mut Chunk) {
        let Self { exponents, low, within, .. } = *self;
        let fixed: Vec<usize> =
            (low + within..exponents.units).filter(|u| number >> (u - low - within) & 1 == 1).collect();
        let from_fixed = |unit: usize| fixed.iter().map(|&other| exponents.weight(unit, other)).sum::<f64>();
        // The exponent of the fixed units alone, then doubled unit by unit.
        let pairs = fixed.iter().enumerate().flat_map(|(at, &i)| fixed[..at].iter().map(move |&j| (i, j)));
        chunk.exponent[0] = fixed.iter().map(|&unit| exponents.bias[unit]).sum::<f64>()
            + pairs.map(|(i, j)| exponents.weight(i, j)).sum::<f64>();
        for k in 0..within {
            let unit = low + k;
            double(&mut chunk.input, exponents.bias[unit] + from_fixed(unit), k, |other| {
                exponents.weight(unit, low + other)
            });
            let (before, after) = chunk.exponent.split_at_mut(1 << k);
            for ((after, before), input) in after.iter_mut().zip(before).zip(&chunk.input) {
                *after = *before + input;
            }
        }
        let blocks = chunk.blocks;
        let scale = self.table_scale;
        chunk.exponent.iter_mut().for_each(|exponent| *exponent += scale);
        for (unit, factors) in chunk.factors.chunks_exact_mut(blocks).enumerate() {
            if unit >= low {
                factors.fill(0.0);
                continue;
            }
            double(factors, from_fixed(unit), within, |other| exponents.weight(unit, low + other));
            for ((exponent, factor), raises) in
                chunk.exponent.iter_mut().zip(factors).zip(&mut chunk.raises[unit * blocks..])
            {
                *raises = *factor > 0.0;
                *exponent += factor.max(0.0);
                *factor = -factor.abs();
            }
        }
        math::exp_in_place(&mut chunk.factors);
        for block in 0..blocks {
            let table = |first: usize, table: &mut [f64; SIDE]| {
                table[0] = 1.0;
                for k in 0..5 {
                    let at = (first + k) * blocks + block;
                    let (at_zero, at_one) =
                        if chunk.raises[at] { (chunk.factors[at], 1.0) } else { (1.0, chunk.factors[at]) };
                    let (zeros, ones) = table.split_at_mut(1 << k);
                    for (zero, one) in zeros.iter_mut().zip(ones) {
                        (*zero, *one) = (*zero * at_zero, *zero * at_one);
                    }
                }
            };
            let (mut first, mut second) = ([0.0; SIDE], [0.0; SIDE]);
            table(0, &mut first);
            table(5, &mut second);
            chunk.first[block * SIDE..][..SIDE].copy_from_slice(&first);
            chunk.second[block * SIDE..][..SIDE].copy_from_slice(&second);
        }
    }

    fn sum_of_chunk(&self, number: u64, chunk: &mut Chunk, with_pairs: bool) -> Result<Partial, CoreError> {
        let blocks = chunk.blocks;
        let first = View::new(SIDE, blocks, &chunk.first)?;
        gemm(1.0, &self.table, first, 0.0, ViewMut::new(SIDE, blocks, &mut chunk.product)?)?;
        let scale = chunk.exponent.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = Partial { scale, ..self.nothing(with_pairs) };
        chunk.exponent.iter_mut().for_each(|exponent| *exponent -= scale);
        math::exp_in_place(&mut chunk.exponent);
        for (block, &weight) in chunk.exponent.iter().enumerate() {
            let (second, product) = (&chunk.second[block * SIDE..][..SIDE], &chunk.product[block * SIDE..][..SIDE]);
            sum.total += weight * nn_core::simd::dot(second, product);
        }
        if !with_pairs {
            return Ok(sum);
        }
        let high = self.exponents.units - self.low;
        // Weight of the values of the first five low units, and of the others, in every block.
        let second = View::new(SIDE, blocks, &chunk.second)?;
        gemm(1.0, View::from(&self.table).transposed(), second, 0.0, ViewMut::new(SIDE, blocks, &mut chunk.other)?)?;
        for (block, &weight) in chunk.exponent.iter().enumerate() {
            let range = block * SIDE..(block + 1) * SIDE;
            let mut row = [0.0; LOW + 1];
            for (half, (table, product)) in
                [(&chunk.first, &chunk.other), (&chunk.second, &chunk.product)].into_iter().enumerate()
            {
                let mut values = [0.0; SIDE];
                for ((value, x), y) in values.iter_mut().zip(&table[range.clone()]).zip(&product[range.clone()]) {
                    *value = weight * (x * y);
                }
                // Of every unit the half of the list where it is 1; the list of the lower units is the sum of both halves.
                for unit in (0..5).rev() {
                    let (zeros, ones) = values.split_at_mut(1 << unit);
                    let mut at_one = 0.0;
                    for (zero, &one) in zeros.iter_mut().zip(ones.iter()) {
                        at_one += one;
                        *zero += one;
                    }
                    row[1 + 5 * half + unit] = at_one;
                }
                row[0] = values[0];
            }
            let state = (number << self.within) | block as u64;
            for i in (0..high).filter(|i| state >> i & 1 == 1) {
                sum.cross[i].iter_mut().zip(&row).for_each(|(sum, value)| *sum += value);
                for j in (0..i).filter(|j| state >> j & 1 == 1) {
                    sum.high[i * high + j] += row[0];
                }
            }
        }
        for (second, &weight) in chunk.second.chunks_exact_mut(SIDE).zip(&chunk.exponent) {
            second.iter_mut().for_each(|value| *value *= weight);
        }
        let (first, second) = (View::new(SIDE, blocks, &chunk.first)?, View::new(SIDE, blocks, &chunk.second)?);
        gemm(1.0, second, first.transposed(), 0.0, &mut sum.low)?;
        sum.low.component_mul_assign(&self.table);
        Ok(sum)
    }

    /// The sums in the order of the units.
    fn finish(&self, sum: Partial, with_pairs: bool) -> Sums {
        let (units, low) = (self.exponents.units, self.low);
        let mut pairs = Vec::new();
        if with_pairs {
            pairs = vec![0.0; units * units];
            let mut set =
                |i: usize, j: usize, value: f64| (pairs[i * units + j], pairs[j * units + i]) = (value, value);
            for i in 0..low {
                for j in 0..=i {
                    let mask = 1 << i | 1 << j;
                    let states = (0..1_usize << low).filter(|state| state & mask == mask);
                    set(i, j, states.map(|state| sum.low[(state / SIDE, state % SIDE)]).sum());
                }
            }
            let high = units - low;
            for i in 0..high {
                set(low + i, low + i, sum.cross[i][0]);
                (0..low).for_each(|j| set(low + i, j, sum.cross[i][1 + j]));
                (0..i).for_each(|j| set(low + i, low + j, sum.high[i * high + j]));
            }
        }
        Sums { scale: sum.scale, total: sum.total, pairs }
    }
}

/// values[s] = `start` + the changes of the units that are 1 in s, for the 2ᵏ settings s of k units.
fn double(values: &mut [f64], start: f64, units: usize, change: impl Fn(usize) -> f64) {
    values[0] = start;
    for unit in 0..units {
        let change = change(unit);
        let (before, after) = values.split_at_mut(1 << unit);
        for (after, before) in after.iter_mut().zip(before) {
            *after = *before + change;
        }
    }
}

/// The memory of a chunk of blocks.
struct Chunk {
    blocks: usize,
    input: Vec<f64>,
    /// Of each block: first the exponent of its high units with the scale of its tables, then its weight.
    exponent: Vec<f64>,
    /// exp(−|fᵢ|) of each low unit, ten times the number of blocks.
    factors: Vec<f64>,
    /// Whether fᵢ > 0.
    raises: Vec<bool>,
    /// The tables of the first five low units and of the others.
    first: Vec<f64>,
    second: Vec<f64>,
    /// A times `first`, and Aᵀ times `second`.
    product: Vec<f64>,
    other: Vec<f64>,
}

impl Chunk {
    fn new(blocks: usize) -> Self {
        let of_side = || vec![0.0; blocks * SIDE];
        Self {
            blocks,
            input: vec![0.0; blocks],
            exponent: vec![0.0; blocks],
            factors: vec![0.0; LOW * blocks],
            raises: vec![false; LOW * blocks],
            first: of_side(),
            second: of_side(),
            product: of_side(),
            other: of_side(),
        }
    }
}

/// wᵢⱼ/T and bᵢ/T of a network, the temperature positive; 0 at infinite temperature.
pub(crate) fn exponents<T: Real>(network: &crate::Network<T>, temperature: f64) -> Exponents {
    let scaled = |value: T| if temperature == f64::INFINITY { 0.0 } else { value.to_f64() / temperature };
    let units = network.units();
    let bias = (0..units).map(|unit| {
        let bias = network.inputs()[unit].to_f64() - network.thresholds()[unit].to_f64();
        if temperature == f64::INFINITY { 0.0 } else { bias / temperature }
    });
    let weights = network.weights().as_slice().iter().map(|&weight| scaled(weight)).collect();
    Exponents { units, weights, bias: bias.collect() }
}
