//! Pinwheels of a random orientation map, against theory.

use cortex::{nn_core::Stream, random_orientation_map};

fn main() -> Result<(), cortex::CortexError> {
    for bandwidth in [0.02, 0.1, 0.3] {
        let map = random_orientation_map(256, 20.0, bandwidth, &mut Stream::new(1))?;
        let (pinwheels, spacing) = (map.pinwheels(), map.spacing()?);
        println!(
            "bandwidth {bandwidth}: {} pinwheels, λ {:.1}, density {:.3}, theory {:.3}",
            pinwheels.len(),
            spacing.wavelength,
            map.pinwheel_density()?,
            std::f64::consts::PI * spacing.moment_ratio
        );
    }
    Ok(())
}
