//! A step length along a direction that lowers a function enough and flattens it enough (Nocedal and Wright, 2006, section 3.5).

use crate::MlpError;

/// Sufficient decrease: φ(t) ≤ φ(0) + 10⁻⁴ t φ′(0).
const DECREASE: f64 = 1e-4;
/// Curvature: |φ′(t)| ≤ 0.9 |φ′(0)|.
const CURVATURE: f64 = 0.9;
/// Evaluations before giving up.
const TRIALS: usize = 40;

/// Value and slope of φ at a step length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub step: f64,
    pub value: f64,
    pub slope: f64,
}

/// Where the cubic through both ends' values and slopes is least, kept away from the ends; their middle if it has no minimum.
fn between(a: Point, b: Point) -> f64 {
    let width = b.step - a.step;
    let d = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.step - b.step);
    let root = (d * d - a.slope * b.slope).sqrt().copysign(width);
    let least = b.step - width * (b.slope + root - d) / (b.slope - a.slope + 2.0 * root);
    let (low, high) = (a.step.min(b.step), a.step.max(b.step));
    let margin = 0.1 * (high - low);
    if least.is_finite() { least.clamp(low + margin, high - margin) } else { 0.5 * (low + high) }
}

/// A step that meets both conditions, or the best one found that lowers the function; nothing if none does.
///
/// `start` is φ at 0, with a negative slope; `first` the first length to try; `rounding` the relative error of φ; `evaluate`
/// gives φ and φ′.
pub(crate) fn search(
    start: Point,
    first: f64,
    rounding: f64,
    mut evaluate: impl FnMut(f64) -> Result<Point, MlpError>,
) -> Result<Option<Point>, MlpError> {
    let (mut low, mut high) = (start, None::<Point>);
    let mut step = first;
    for _ in 0..TRIALS {
        let point = evaluate(step)?;
        // Where φ changes less than its rounding, the slopes say what the values cannot (Hager and Zhang, 2005).
        let flat = point.value <= start.value + rounding * start.value.abs()
            && point.slope <= (2.0 * DECREASE - 1.0) * start.slope;
        let enough = flat || point.value <= start.value + DECREASE * point.step * start.slope;
        if !point.value.is_finite() || !enough || (low.step > 0.0 && !flat && point.value >= low.value) {
            high = Some(point);
        } else if point.slope.abs() <= -CURVATURE * start.slope {
            return Ok(Some(point));
        } else {
            let beyond = match high {
                None => point.slope >= 0.0,
                Some(high) => point.slope * (high.step - low.step) >= 0.0,
            };
            if beyond {
                high = Some(low);
            }
            low = point;
        }
        step = match high {
            None => 2.0 * low.step,
            Some(high) if !high.value.is_finite() => 0.5 * (low.step + high.step),
            Some(high) => between(low, high),
        };
        if high.is_some_and(|high| (high.step - low.step).abs() <= 1e-15 * low.step.max(f64::MIN_POSITIVE)) {
            break;
        }
    }
    // Rounding may hide the slope close to a minimum: a lower value is still progress.
    if low.step > 0.0 && low.value < start.value {
        return evaluate(low.step).map(Some);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(first: f64, value: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64) -> Option<Point> {
        let point = |step| Point { step, value: value(step), slope: slope(step) };
        search(point(0.0), first, 1e-15, |step| Ok(point(step))).unwrap()
    }

    #[test]
    fn both_conditions_hold_from_any_first_step() {
        for first in [1e-6, 0.1, 1.0, 30.0, 1e4] {
            // (t − 3)² + a wave
            let value = |t: f64| (t - 3.0) * (t - 3.0) + nn_core::math::sin(5.0 * t) * 0.5;
            let slope = |t: f64| 2.0 * (t - 3.0) + 2.5 * nn_core::math::cos(5.0 * t);
            let found = find(first, value, slope).unwrap();
            assert!(found.value <= value(0.0) + DECREASE * found.step * slope(0.0), "{first}: {found:?}");
            assert!(found.slope.abs() <= CURVATURE * slope(0.0).abs(), "{first}: {found:?}");
        }
    }

    #[test]
    fn steps_into_the_infinite_are_taken_back() {
        let found = find(100.0, |t| if t < 2.0 { -t } else { f64::INFINITY }, |t| if t < 1.5 { -1.0 } else { -0.1 });
        assert!(found.unwrap().step < 2.0);
    }

    #[test]
    fn a_direction_that_does_not_go_down_gives_nothing() {
        assert!(find(1.0, |t| t, |_| -1.0).is_none());
    }
}
