//! A CSV table on the standard input becomes a U-matrix on the standard output: `csv_to_u_matrix < table.csv > table.umx`.

use io::{CsvOptions, read_csv};
use nn_core::Stream;
use som::{Adjacency, SomConfig, write_umx};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let table = read_csv::<f64>(std::io::stdin().lock(), &CsvOptions::default())?;
    let map = SomConfig::for_data(&table.samples)?.fit(&table.samples, Stream::new(1990))?;
    eprintln!("quantization error {:.4}", map.quantization_error(&table.samples)?);
    write_umx(&map.u_matrix(Adjacency::Edges), std::io::stdout().lock())?;
    Ok(())
}
