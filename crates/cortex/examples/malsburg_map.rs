//! Von der Malsburg's map of 1973: the preferred orientation of every cell, in degrees.

use cortex::{Malsburg1973Config, malsburg_bars, nn_core::Stream};

fn main() -> Result<(), cortex::CortexError> {
    let (bars, angles) = malsburg_bars();
    let cortex = Malsburg1973Config::PUBLISHED.fit(&bars, Stream::new(1973))?;
    let tuning = cortex.tuning(&bars, &angles)?;
    let hexagon = cortex.cortex();
    let mut cells = tuning.iter();
    for row in 0..hexagon.rows() {
        print!("{}", "  ".repeat(row.abs_diff(hexagon.radius())));
        for curve in cells.by_ref().take(hexagon.row_length(row)) {
            print!("{:4.0}", curve.preferred_orientation().map_or(f64::NAN, f64::to_degrees));
        }
        println!();
    }
    println!("neighbors differ by {:.1} deg", cortex.neighbor_difference(&tuning)?.to_degrees());
    Ok(())
}
