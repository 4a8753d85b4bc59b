//! A tenth of the irises' measurements is unknown; the map fills the gaps with its reference vectors.

use nn_core::Stream;
use som::{Data, SomConfig};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let complete = datasets::iris::<f64>()?.samples;
    let mut known = complete.clone();
    let mut stream = Stream::new(7).named("holes");
    for sample in 0..known.ncols() {
        if stream.uniform() < 0.4 {
            known[(stream.below(4) as usize, sample)] = f64::NAN;
        }
    }
    let data = Data::from(&known).with_missing(); // without this, NaN is an error that names its place
    let map = SomConfig::for_data(data)?.fit(data, Stream::new(1))?;
    let filled = map.quantize(data)?;
    let holes = (0..known.len()).filter(|&place| known[place].is_nan());
    let errors: Vec<f64> = holes.map(|place| (filled[place] - complete[place]).abs()).collect();
    println!("{} unknown values, mean error {:.3} cm", errors.len(), errors.iter().sum::<f64>() / errors.len() as f64);
    Ok(())
}
