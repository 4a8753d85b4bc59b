//! Gabor functions fitted to receptive fields (slides 5 and 9).

use crate::visual_field::Frame;
use crate::{CortexError, Gabor, ReceptiveField, VisualField};
use nn_core::{Matrix, math};
use std::f64::consts::{PI, TAU};

/// Starts that are refined: the best of the grid.
const REFINED: usize = 6;
/// Halvings of the steps of a refinement.
const HALVINGS: usize = 10;

/// The Gabor function nearest to a receptive field: A g(x, y), A > 0, minimizes Σ (w(x, y) − A g(x, y))².
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaborFit {
    /// g.
    pub gabor: Gabor,
    /// A, not negative.
    pub amplitude: f64,
    /// The share of Σ w² that is explained, from 0 to 1. Eight numbers explain much of a small field of noise, too: compare with
    /// the fit to such.
    pub explained: f64,
}

impl Gabor {
    /// The Gabor function nearest to a receptive field on this visual field.
    ///
    /// Frequencies lie between 1/(2 N Δ) and 1/(2Δ) for N samples a side at a distance of Δ, envelopes between Δ/2 and N Δ, the
    /// center within the field. For given values of these, amplitude and phase are a linear least-squares problem of two
    /// unknowns; the others are found by a search along their axes, with steps that shrink, from the best points of a grid:
    /// nearly always, but not provably, the best of all.
    ///
    /// # Errors
    /// [`CortexError::Image`] when receptive field and visual field have different sizes.
    ///
    /// ```
    /// use cortex::{Gabor, VisualField};
    ///
    /// let field = VisualField::new(9, 1.0)?;
    /// let truth = Gabor { phase: 0.8, ..Gabor::round(0.6, 0.2, 0.4) };
    /// let fit = Gabor::fit(&truth.on(&field)?, &field)?;
    /// assert!(fit.explained > 0.999 && (fit.gabor.orientation - 0.6).abs() < 0.01);
    /// # Ok::<(), cortex::CortexError>(())
    /// ```
    pub fn fit(receptive_field: &ReceptiveField, field: &VisualField) -> Result<GaborFit, CortexError> {
        let weights = receptive_field.weights();
        // Checks the size.
        ReceptiveField::new(field, weights.clone())?;
        let largest = weights.amax();
        let problem = Problem::new(&weights.map(|w| if largest > 0.0 { w / largest } else { 0.0 }), field);
        if largest == 0.0 {
            let gabor = problem.gabor(&problem.grid()[0], (1.0, 0.0));
            return Ok(GaborFit { gabor, amplitude: 0.0, explained: 0.0 });
        }
        let mut starts: Vec<(f64, Point)> =
            problem.grid().into_iter().map(|point| (problem.solve(&point).0, point)).collect();
        starts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let refined = starts.into_iter().take(REFINED).map(|(explained, point)| problem.refine(explained, point));
        let (_, point) = refined.fold((-1.0, [0.0; 6]), |best, found| if found.0 > best.0 { found } else { best });
        let (explained, even, odd) = problem.solve(&point);
        Ok(GaborFit {
            gabor: problem.gabor(&point, (even, odd)),
            amplitude: largest * (even * even + odd * odd).sqrt(),
            explained: (explained / problem.squares).clamp(0.0, 1.0),
        })
    }
}

/// Orientation, ln frequency, ln across, ln along, center x, center y.
type Point = [f64; 6];

struct Problem {
    /// x, y and weight of every sample, the largest weight 1.
    samples: Vec<(f64, f64, f64)>,
    /// Σ w².
    squares: f64,
    least: Point,
    most: Point,
    spacing: f64,
}

impl Problem {
    fn new(weights: &Matrix<f64>, field: &VisualField) -> Self {
        let (side, spacing) = (field.side(), field.spacing());
        let place = |row: usize, column: usize| {
            let (x, y) = field.position(row, column);
            (x, y, weights[(row, column)])
        };
        let samples = (0..side).flat_map(|column| (0..side).map(move |row| (row, column)));
        let samples: Vec<_> = samples.map(|(row, column)| place(row, column)).collect();
        let extent = side as f64 * spacing;
        let [slow, fast] = [0.5 / extent, 0.5 / spacing].map(math::ln);
        let [narrow, wide] = [0.5 * spacing, extent].map(math::ln);
        let edge = 0.5 * extent;
        Self {
            squares: samples.iter().map(|(_, _, w)| w * w).sum(),
            samples,
            least: [f64::MIN, slow, narrow, narrow, -edge, -edge],
            most: [f64::MAX, fast, wide, wide, edge, edge],
            spacing,
        }
    }

    /// Starts: twelve orientations, frequencies and envelopes a factor apart, nine centers.
    fn grid(&self) -> Vec<Point> {
        let between = |axis: usize, share: f64| self.least[axis] + share * (self.most[axis] - self.least[axis]);
        let mut points = Vec::new();
        for orientation in 0..12 {
            for frequency in [0.3, 0.5, 0.7, 0.9] {
                for across in [0.3, 0.6] {
                    for along in [0.3, 0.6] {
                        for (x, y) in (0..9).map(|k| (f64::from(k % 3), f64::from(k / 3))) {
                            points.push([
                                PI * f64::from(orientation) / 12.0,
                                between(1, frequency),
                                between(2, across),
                                between(3, along),
                                between(4, 0.25 + 0.25 * x),
                                between(5, 0.25 + 0.25 * y),
                            ]);
                        }
                    }
                }
            }
        }
        points
    }

    /// The explained sum of squares, and the amplitudes of the even and the odd function that explain it.
    fn solve(&self, &[orientation, frequency, across, along, x, y]: &Point) -> (f64, f64, f64) {
        let frame = Frame::new(orientation, (x, y));
        let [frequency, across, along] = [frequency, across, along].map(math::exp);
        let (mut ee, mut eo, mut oo, mut we, mut wo) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for &(x, y, w) in &self.samples {
            let (u, v) = frame.place(x, y);
            let (a, b) = (u / across, v / along);
            let envelope = math::exp(-0.5 * (a * a + b * b));
            let (even, odd) = (envelope * math::cos(TAU * frequency * u), envelope * math::sin(TAU * frequency * u));
            ee += even * even;
            eo += even * odd;
            oo += odd * odd;
            we += w * even;
            wo += w * odd;
        }
        // A small ridge: where one of the two functions vanishes on the samples, it gets no amplitude.
        let ridge = 1e-9 * (ee + oo) + f64::MIN_POSITIVE;
        let (p, q) = (ee + ridge, oo + ridge);
        let determinant = p * q - eo * eo;
        let (even, odd) = ((q * we - eo * wo) / determinant, (p * wo - eo * we) / determinant);
        let explained = 2.0 * (even * we + odd * wo) - (even * even * ee + 2.0 * even * odd * eo + odd * odd * oo);
        (explained, even, odd)
    }

    /// Steps along the axes as long as they explain more, then halves of them.
    fn refine(&self, mut explained: f64, mut point: Point) -> (f64, Point) {
        let mut steps = [PI / 24.0, 0.2, 0.2, 0.2, self.spacing, self.spacing];
        let mut halvings = 0;
        while halvings < HALVINGS {
            let mut moved = false;
            for axis in 0..6 {
                for sign in [1.0, -1.0] {
                    let mut tried = point;
                    tried[axis] = (tried[axis] + sign * steps[axis]).clamp(self.least[axis], self.most[axis]);
                    let found = self.solve(&tried).0;
                    // A millionth of the whole is not worth a step: the search must come to an end.
                    if found > explained + 1e-6 * self.squares {
                        (explained, point, moved) = (found, tried, true);
                        break;
                    }
                }
            }
            if !moved {
                steps.iter_mut().for_each(|step| *step *= 0.5);
                halvings += 1;
            }
        }
        (explained, point)
    }

    /// A cos(2π f x′ + φ) = even · cos(2π f x′) + odd · sin(2π f x′).
    fn gabor(&self, &[orientation, frequency, across, along, x, y]: &Point, (even, odd): (f64, f64)) -> Gabor {
        let [frequency, across, along] = [frequency, across, along].map(math::exp);
        let phase = crate::tuning::angle_of(even, -odd);
        // Half a turn reverses x′, and with it the phase.
        let turns = (orientation / PI).floor();
        let phase = if turns.rem_euclid(2.0) == 0.0 { phase } else { -phase };
        Gabor { orientation: orientation - turns * PI, frequency, phase, across, along, center: (x, y) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orientation_difference;
    use nn_core::Stream;

    #[test]
    fn a_gabor_function_is_found_again() {
        let field = VisualField::new(11, 0.5).unwrap();
        let mut stream = Stream::new(5).named("gabors");
        for case in 0..12 {
            let truth = Gabor {
                orientation: stream.uniform_between(0.0, PI),
                frequency: stream.uniform_between(0.25, 0.6),
                phase: stream.uniform_between(-PI, PI),
                across: stream.uniform_between(0.6, 1.2),
                along: stream.uniform_between(0.6, 1.2),
                center: (stream.uniform_between(-0.7, 0.7), stream.uniform_between(-0.7, 0.7)),
            };
            let fit = Gabor::fit(&truth.on(&field).unwrap(), &field).unwrap();
            assert!(fit.explained > 0.995, "{case}: {truth:?} {fit:?}");
            let apart = orientation_difference(fit.gabor.orientation, truth.orientation);
            assert!(apart < 0.06, "{case}: {truth:?} {fit:?}");
            // What is said to be explained is what the function explains.
            let (target, found) = (truth.on(&field).unwrap(), fit.gabor.on(&field).unwrap());
            let residual = (target.weights() - fit.amplitude * found.weights()).norm_squared();
            let explained = 1.0 - residual / target.weights().norm_squared();
            assert!((explained - fit.explained).abs() < 1e-9, "{case}: {explained} {fit:?}");
        }
    }

    #[test]
    fn noise_is_explained_less_and_nothing_not_at_all() {
        let field = VisualField::new(9, 1.0).unwrap();
        let mut noise = Matrix::zeros(9, 9);
        Stream::new(3).fill_normal(noise.as_mut_slice(), 0.0, 1.0);
        let fit = Gabor::fit(&ReceptiveField::new(&field, noise).unwrap(), &field).unwrap();
        assert!((0.05..0.6).contains(&fit.explained), "{fit:?}");
        let dark = ReceptiveField::new(&field, Matrix::zeros(9, 9)).unwrap();
        let fit = Gabor::fit(&dark, &field).unwrap();
        assert_eq!((fit.amplitude, fit.explained), (0.0, 0.0));
        assert!(Gabor::fit(&dark, &VisualField::new(8, 1.0).unwrap()).is_err());
    }
}
