//! The tuning curve of a simple cell, as text.

use cortex::{Gabor, Grating, RectifiedCell, TuningCurve, VisualField};

fn main() -> Result<(), cortex::CortexError> {
    let field = VisualField::new(65, 1.0 / 12.0)?;
    let cell = RectifiedCell::new(Gabor::round(60_f64.to_radians(), 1.0, 0.54).on(&field)?);
    let angles = (0..18).map(|k| f64::from(10 * k).to_radians()).collect();
    let curve = TuningCurve::measure(angles, |angle| cell.response(&Grating::new(angle, 1.0).on(&field)?))?;
    for (angle, response) in curve.angles().iter().zip(curve.responses()) {
        println!("{:4.0} deg {}", angle.to_degrees(), "#".repeat((60.0 * response / curve.peak()).round() as usize));
    }
    if let (Some(preferred), Some(width)) = (curve.preferred_orientation(), curve.half_width()) {
        println!("prefers {:.1} deg, half width {:.1} deg", preferred.to_degrees(), width.to_degrees());
    }
    Ok(())
}
