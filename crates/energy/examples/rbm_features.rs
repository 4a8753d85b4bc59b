//! Features of handwritten digits by a restricted Boltzmann machine.

use datasets::{Scale, optdigits};
use energy::{Divergence, RbmConfig};
use nn_core::{RateSchedule, Stream};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let digits = optdigits()?.samples::<f32>(Scale::Stored)?.map(|ink| if ink > 7.0 { 1.0 } else { 0.0 });
    let config = RbmConfig {
        divergence: Divergence::Persistent { steps: 1 },
        learning_rate: 0.1,
        schedule: RateSchedule::Linear { last: 0.1 },
        epochs: 20,
        ..RbmConfig::new(16)
    };
    let machine = config.fit(&digits, Stream::new(2002))?;
    let log_z = machine.log_partition_function()?;
    println!("{:.2} nats a digit", machine.mean_log_likelihood(&digits, log_z)?);
    let features = machine.transform(&digits)?;
    println!("{} digits as {} features each", features.ncols(), features.nrows());
    println!("the first: {:.2}", features.column(0).transpose());
    Ok(())
}
