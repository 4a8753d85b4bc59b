//! The Neocognitron of 1980: learning without a teacher, recognition without regard to position (slides 4, 9, 89).

mod parameters;
mod patterns;

pub use patterns::{digits, moved};

use crate::CnnError;
use nn_core::{CoreError, Matrix, Stream, math};

/// Side of the patterns.
pub const SIDE: usize = 16;
/// Cells of a side of the S and C layers, from the first stage to the third.
const S_SIDES: [usize; 3] = [16, 8, 2];
const C_SIDES: [usize; 3] = [10, 6, 1];
/// Sides of the areas that S and C cells see, and of the columns in which S cells compete.
const S_AREA: usize = 5;
const C_AREAS: [usize; 3] = [5, 5, 2];
const COLUMNS: [usize; 3] = [5, 5, 2];

/// The constants of the model; [`NeocognitronConfig::PAPER`] are those of 1980 with this project's choices for what it leaves open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NeocognitronConfig {
    /// K, cell planes of every layer.
    pub planes: usize,
    /// r of each stage: how much inhibition counts.
    pub selectivity: [f64; 3],
    /// q of each stage: how fast it learns.
    pub learning_rate: [f64; 3],
    /// α, where C cells saturate.
    pub saturation: f64,
    /// γ in c(v) = γ^|v|: how what S cells see fades with distance. Not in the paper.
    pub s_decay: f64,
    /// δ in d(v) = δ^|v|: how what C cells see fades with distance. Not in the paper.
    pub c_decay: f64,
}

/// The weights of a stage grow with the square of the planes: here they are 20 GB.
const MOST_PLANES: usize = 10_000;

impl NeocognitronConfig {
    /// 24 planes, r = (4, 1.5, 1.5), q = (1, 16, 16), α = 0.5; γ = δ = 0.8 are ours.
    ///
    /// γ decides how often two patterns share a cell: five cells for the five [`digits`] came about on 46 % of the seeds of shifts
    /// for γ = 0.85, 90 % for 0.8, 86 % for 0.75, 61 % for 0.7. δ matters little.
    pub const PAPER: Self = Self {
        planes: 24,
        selectivity: [4.0, 1.5, 1.5],
        learning_rate: [1.0, 16.0, 16.0],
        saturation: 0.5,
        s_decay: 0.8,
        c_decay: 0.8,
    };

    /// Learns stage after stage: the first from `presentations` of every pattern in turn, each time moved by up to `shift` pixels
    /// down or up and right or left, then the second on top of it, then the third. Shifts come from `stream.named("shifts")`.
    ///
    /// # Errors
    /// As [`Neocognitron::new`] and [`Neocognitron::learn`].
    pub fn fit(
        &self,
        patterns: &[Vec<f64>],
        presentations: usize,
        shift: u16,
        stream: Stream,
    ) -> Result<Neocognitron, CnnError> {
        let mut network = Neocognitron::new(*self)?;
        // Moving gives any pattern the right size.
        patterns.iter().try_for_each(|pattern| check(pattern))?;
        let mut stream = stream.named("shifts");
        for stage in 0..S_SIDES.len() {
            for pattern in (0..presentations).flat_map(|_| patterns) {
                let mut pixels = || i64::from(stream.below(2 * u32::from(shift) + 1)) - i64::from(shift);
                let (down, right) = (pixels(), pixels());
                network.learn(stage, &moved(pattern, down, right))?;
            }
        }
        Ok(network)
    }

    fn check(&self) -> Result<(), CnnError> {
        let rates = self.selectivity.iter().map(|&value| ("selectivity", value));
        let rates = rates.chain(self.learning_rate.iter().map(|&value| ("learning_rate", value)));
        let others = [("saturation", self.saturation), ("s_decay", self.s_decay), ("c_decay", self.c_decay)];
        for (name, value) in rates.chain(others) {
            if !(value > 0.0 && value.is_finite()) {
                return Err(CoreError::OutOfRange { name, rule: "positive and finite", value }.into());
            }
        }
        if self.planes == 0 {
            return Err(CoreError::OutOfRange { name: "planes", rule: "at least 1", value: 0.0 }.into());
        }
        if self.planes > MOST_PLANES {
            let (name, rule, value) = ("planes", "at most 10000", self.planes as f64);
            return Err(CoreError::OutOfRange { name, rule, value }.into());
        }
        Ok(())
    }
}

/// What every layer answers to a pattern: planes one after the other, each row after row.
#[derive(Debug, Clone, PartialEq)]
pub struct Responses {
    /// US1, US2, US3.
    pub s: [Vec<f64>; 3],
    /// UC1, UC2, UC3.
    pub c: [Vec<f64>; 3],
}

impl Responses {
    /// The plane of UC3 that answers most, the lowest on a tie; nothing when none answers.
    pub fn winner(&self) -> Option<usize> {
        let best = (0..self.c[2].len()).reduce(|best, k| if self.c[2][k] > self.c[2][best] { k } else { best });
        best.filter(|&k| self.c[2][k] > 0.0)
    }

    /// How many planes of UC3 answer at all.
    pub fn active(&self) -> usize {
        self.c[2].iter().filter(|&&u| u > 0.0).count()
    }
}

/// The Neocognitron: three stages of S cells, which learn, and C cells, which make what they learned independent of position.
///
/// # Source
/// K. Fukushima, "Neocognitron: a self-organizing neural network model for a mechanism of pattern recognition unaffected by
/// shift in position", Biol. Cybern. 36 (1980) 193-202; in Japanese in 1979 (IECE J62-A).
///
/// ```
/// use cnn::neocognitron::{NeocognitronConfig, digits, moved};
/// use nn_core::Stream;
///
/// let network = NeocognitronConfig::PAPER.fit(&digits(), 5, 1, Stream::new(1980))?;
/// let zero = network.respond(&digits()[0])?.winner();
/// assert!(zero.is_some());
/// assert_eq!(network.respond(&moved(&digits()[0], 1, 1))?.winner(), zero);
/// # Ok::<(), cnn::CnnError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Neocognitron {
    config: NeocognitronConfig,
    /// a of each stage: `[plane][plane below][place of the area]`.
    excitation: [Vec<f64>; 3],
    /// b of each stage, one a plane.
    inhibition: [Vec<f64>; 3],
    /// c(v) of each stage, normalized over area and planes below.
    fading: [Vec<f64>; 3],
}

fn positive(x: f64) -> f64 {
    x.max(0.0)
}

/// decay^|v| for an area of this side.
fn decays(side: usize, decay: f64) -> Vec<f64> {
    let center = (side as f64 - 1.0) / 2.0;
    let at = |place: usize| {
        let (y, x) = ((place / side) as f64 - center, (place % side) as f64 - center);
        math::powf(decay, (x * x + y * y).sqrt())
    };
    (0..side * side).map(at).collect()
}

impl Neocognitron {
    /// Weights before learning: b = 0, a a small preference of each plane for an orientation, and of planes for their neighbors in
    /// the ring of planes below. Nothing is random.
    ///
    /// # Errors
    /// [`CnnError::Core`] for constants that are not positive and for more than 10,000 planes.
    pub fn new(config: NeocognitronConfig) -> Result<Self, CnnError> {
        config.check()?;
        let planes = config.planes;
        let shape = decays(S_AREA, config.s_decay);
        let sum: f64 = shape.iter().sum();
        let below = |stage: usize| if stage == 0 { 1 } else { planes };
        let fading = [0, 1, 2].map(|stage| shape.iter().map(|c| c / (sum * below(stage) as f64)).collect::<Vec<_>>());
        let excitation = [0, 1, 2].map(|stage| {
            let mut weights = Vec::with_capacity(planes * below(stage) * S_AREA * S_AREA);
            for plane in 0..planes {
                for under in 0..below(stage) {
                    let apart = plane.abs_diff(under);
                    let ring = apart.min(planes - apart) as f64 / planes as f64;
                    for (place, c) in fading[stage].iter().enumerate() {
                        let (y, x) = ((place / S_AREA) as f64 - 2.0, (place % S_AREA) as f64 - 2.0);
                        // cos 2(angle(v) − πk/K) without an arctangent.
                        let turn = 2.0 * std::f64::consts::PI * plane as f64 / planes as f64;
                        let squared = x * x + y * y;
                        let double = if squared > 0.0 {
                            ((x * x - y * y) * math::cos(turn) + 2.0 * x * y * math::sin(turn)) / squared
                        } else {
                            0.0
                        };
                        let first = stage == 0;
                        let weight = 1e-3 * c * (1.0 + 0.5 * double) * if first { 1.0 } else { 1.0 - ring };
                        weights.push(if first && squared == 0.0 { 0.0 } else { weight });
                    }
                }
            }
            weights
        });
        Ok(Self { config, excitation, inhibition: [0, 1, 2].map(|_| vec![0.0; planes]), fading })
    }

    /// The weights a of a stage (0 to 2): `[plane][plane below][row][column]`, 5 × 5.
    pub fn excitation(&self, stage: usize) -> &[f64] {
        self.excitation.get(stage).map_or(&[], Vec::as_slice)
    }

    fn excitation_shape(&self, stage: usize) -> Vec<usize> {
        vec![self.config.planes, if stage == 0 { 1 } else { self.config.planes }, S_AREA, S_AREA]
    }

    /// What all layers answer to a 16 × 16 pattern, row after row.
    ///
    /// # Errors
    /// [`CnnError::Core`] when the pattern has another size, [`CnnError::Data`] for a pixel that is not finite.
    pub fn respond(&self, pattern: &[f64]) -> Result<Responses, CnnError> {
        check(pattern)?;
        let mut responses = Responses { s: [const { Vec::new() }; 3], c: [const { Vec::new() }; 3] };
        for stage in 0..3 {
            let below = if stage == 0 { pattern } else { &responses.c[stage - 1] };
            let (s, _) = self.s_layer(stage, below);
            responses.c[stage] = self.c_layer(stage, &s);
            responses.s[stage] = s;
        }
        Ok(responses)
    }

    /// u_S = r φ[(1 + Σ a u_C)/(1 + 2r/(1+r) b v_C) − 1] with v_C = √(Σ c u_C²): the layer and its v, a value a position.
    fn s_layer(&self, stage: usize, below: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (planes, side) = (self.config.planes, S_SIDES[stage]);
        let (r, positions) = (self.config.selectivity[stage], side * side);
        let (mut s, mut v) = (vec![0.0; planes * positions], vec![0.0; positions]);
        let area = S_AREA * S_AREA;
        for (position, v) in v.iter_mut().enumerate() {
            let seen = seen(stage, below, position);
            *v = seen.iter().map(|&(place, u)| self.fading[stage][place % area] * u * u).sum::<f64>().sqrt();
            let weights = self.excitation[stage].len() / planes;
            for (plane, a) in self.excitation[stage].chunks_exact(weights).enumerate() {
                let excitation: f64 = seen.iter().map(|&(place, u)| a[place] * u).sum();
                let inhibition = 2.0 * r / (1.0 + r) * self.inhibition[stage][plane] * *v;
                s[plane * positions + position] = r * positive((1.0 + excitation) / (1.0 + inhibition) - 1.0);
            }
        }
        (s, v)
    }

    /// u_C = ψ[(1 + Σ d u_S)/(1 + v_S) − 1], v_S the mean of Σ d u_S over planes, ψ(x) = φ(x)/(α + φ(x)). As printed,
    /// φ[x/(α + x)], ψ would be positive far below −α.
    fn c_layer(&self, stage: usize, s: &[f64]) -> Vec<f64> {
        let (planes, side, positions) = (self.config.planes, C_SIDES[stage], S_SIDES[stage] * S_SIDES[stage]);
        let area = C_AREAS[stage];
        // The last C cell sees its four S cells alike.
        let d = if stage == 2 { vec![1.0; 4] } else { decays(area, self.config.c_decay) };
        let mut c = vec![0.0; planes * side * side];
        let half = (area as i64 - 1) / 2;
        for cell in 0..side * side {
            let center =
                |index: usize| ((index as f64 + 0.5) * S_SIDES[stage] as f64 / side as f64 - 0.5).round() as i64;
            let first = |index: usize| if stage == 2 { 0 } else { center(index) - half };
            let (top, left) = (first(cell / side), first(cell % side));
            let sum = |plane: &[f64]| {
                let places = d.iter().enumerate().filter_map(|(place, d)| {
                    let (y, x) = (top + (place / area) as i64, left + (place % area) as i64);
                    let inside = (0..S_SIDES[stage] as i64).contains(&y) && (0..S_SIDES[stage] as i64).contains(&x);
                    inside.then(|| d * plane[y as usize * S_SIDES[stage] + x as usize])
                });
                places.sum::<f64>()
            };
            let sums: Vec<f64> = s.chunks_exact(positions).map(sum).collect();
            let mean = sums.iter().sum::<f64>() / planes as f64;
            for (plane, sum) in sums.iter().enumerate() {
                let x = positive((1.0 + sum) / (1.0 + mean) - 1.0);
                c[plane * side * side + cell] = x / (self.config.saturation + x);
            }
        }
        c
    }

    /// One presentation for one stage (0 to 2): in every column, a window over all planes, the S cell that answers most is a
    /// candidate; the best candidate of each plane is its representative, and the plane learns what the representative sees:
    /// a ← a + q c u_C, b ← b + q/2 v_C. Returns how many planes learned.
    ///
    /// # Errors
    /// [`CnnError::Core`] when there is no such stage or the pattern has another size, [`CnnError::Data`] for a pixel that is
    /// not finite.
    pub fn learn(&mut self, stage: usize, pattern: &[f64]) -> Result<usize, CnnError> {
        check(pattern)?;
        if stage > 2 {
            let (name, rule) = ("the stage", "0, 1 or 2");
            return Err(CoreError::OutOfRange { name, rule, value: stage as f64 }.into());
        }
        let mut below = pattern.to_vec();
        for stage in 0..stage {
            below = self.c_layer(stage, &self.s_layer(stage, &below).0);
        }
        let (s, v) = self.s_layer(stage, &below);
        let representatives = self.representatives(stage, &s);
        let (q, area) = (self.config.learning_rate[stage], S_AREA * S_AREA);
        let weights = self.excitation[stage].len() / self.config.planes;
        for &(plane, position) in &representatives {
            let a = &mut self.excitation[stage][plane * weights..][..weights];
            for (place, u) in seen(stage, &below, position) {
                a[place] += q * self.fading[stage][place % area] * u;
            }
            self.inhibition[stage][plane] += q / 2.0 * v[position];
        }
        Ok(representatives.len())
    }

    /// (plane, position) of every representative, by plane.
    fn representatives(&self, stage: usize, s: &[f64]) -> Vec<(usize, usize)> {
        let side = S_SIDES[stage];
        let positions = side * side;
        let half = COLUMNS[stage] / 2;
        let mut best = vec![None::<usize>; self.config.planes];
        // Columns stand on every position; the two by two cells of the last stage are one column.
        let columns = if stage == 2 { 1 } else { positions };
        for column in 0..columns {
            let (y, x) = (column / side, column % side);
            let rows = y.saturating_sub(half)..side.min(y + half + 1);
            let mut winner = None::<(usize, usize)>;
            for plane in 0..self.config.planes {
                for row in rows.clone() {
                    for position in row * side + x.saturating_sub(half)..row * side + side.min(x + half + 1) {
                        let value = s[plane * positions + position];
                        if value > winner.map_or(0.0, |(plane, position)| s[plane * positions + position]) {
                            winner = Some((plane, position));
                        }
                    }
                }
            }
            if let Some((plane, position)) = winner {
                let of = |position: usize| s[plane * positions + position];
                if best[plane].is_none_or(|kept| of(position) > of(kept)) {
                    best[plane] = Some(position);
                }
            }
        }
        best.into_iter().enumerate().filter_map(|(plane, position)| Some((plane, position?))).collect()
    }
}

/// What the S cells of a position see, where it is not zero: (plane below · area + place, value). Outside is zero.
fn seen(stage: usize, below: &[f64], position: usize) -> Vec<(usize, f64)> {
    let side = if stage == 0 { SIDE } else { C_SIDES[stage - 1] };
    // S cells of the second and third stage stand on the middle of the C cells below.
    let margin = [0, 1, 2][stage];
    let (y, x) = (position / S_SIDES[stage] + margin, position % S_SIDES[stage] + margin);
    let mut seen = Vec::new();
    for (plane, values) in below.chunks_exact(side * side).enumerate() {
        for row in 0..S_AREA {
            for column in 0..S_AREA {
                let (from_y, from_x) = (y + row, x + column);
                // Two to the left and above are outside.
                if (2..side + 2).contains(&from_y) && (2..side + 2).contains(&from_x) {
                    let value = values[(from_y - 2) * side + from_x - 2];
                    if value != 0.0 {
                        seen.push(((plane * S_AREA + row) * S_AREA + column, value));
                    }
                }
            }
        }
    }
    seen
}

fn check(pattern: &[f64]) -> Result<(), CnnError> {
    if pattern.len() != SIDE * SIDE {
        return Err(CoreError::Size { what: "pixels of a pattern", expected: SIDE * SIDE, found: pattern.len() }.into());
    }
    let finite = nn_core::check_finite(&Matrix::from_column_slice(SIDE * SIDE, 1, pattern));
    finite.map_err(|error| CnnError::Data { what: "the pattern", error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_s_cells_see_fades_to_a_sum_of_one() {
        let network = Neocognitron::new(NeocognitronConfig::PAPER).unwrap();
        for (stage, below) in [(0, 1.0), (1, 24.0), (2, 24.0)] {
            let sum: f64 = network.fading[stage].iter().sum::<f64>() * below;
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn answers_move_with_the_pattern_and_are_never_negative() {
        let mut network = Neocognitron::new(NeocognitronConfig::PAPER).unwrap();
        for pattern in digits() {
            assert!(network.learn(0, &pattern).unwrap() > 0);
        }
        let still = network.respond(&digits()[3]).unwrap();
        let shifted = network.respond(&moved(&digits()[3], 1, -2)).unwrap();
        for plane in 0..24 {
            for y in 4..12 {
                for x in 4..12 {
                    let at = |s: &[f64], y: usize, x: usize| s[(plane * 16 + y) * 16 + x];
                    assert!((at(&still.s[0], y, x) - at(&shifted.s[0], y + 1, x - 2)).abs() < 1e-12);
                }
            }
        }
        let all = still.s.iter().chain(&still.c).flatten();
        assert!(all.clone().all(|&u| u >= 0.0) && still.c.iter().flatten().all(|&u| u < 1.0));
    }

    #[test]
    fn a_plane_that_learned_a_pattern_answers_r_over_its_inhibition() {
        // After strong learning of one pattern at one place Σ a u = b' v² q-fold: the ratio tends to 2 / (2r/(1+r)) and u to r(1+r)/r − r = 1.
        let config = NeocognitronConfig { learning_rate: [1e6, 16.0, 16.0], ..NeocognitronConfig::PAPER };
        let mut network = Neocognitron::new(config).unwrap();
        network.learn(0, &digits()[1]).unwrap();
        let largest = network.respond(&digits()[1]).unwrap().s[0].iter().fold(0.0_f64, |a, &b| a.max(b));
        assert!((largest - 1.0).abs() < 1e-3, "{largest}");
    }

    #[test]
    fn impossible_settings_and_patterns_are_named() {
        let error = Neocognitron::new(NeocognitronConfig { saturation: 0.0, ..NeocognitronConfig::PAPER }).unwrap_err();
        assert_eq!(error.to_string(), "saturation must be positive and finite, is 0");
        let mut network = Neocognitron::new(NeocognitronConfig::PAPER).unwrap();
        assert_eq!(network.respond(&[0.0; 4]).unwrap_err().to_string(), "pixels of a pattern: expected 256, found 4");
        assert!(network.learn(3, &digits()[0]).is_err());
    }
}
