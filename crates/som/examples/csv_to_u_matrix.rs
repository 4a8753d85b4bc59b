//! A CSV table on the standard input becomes a U-matrix on the standard output, and a picture of it if a name is given:
//! `csv_to_u_matrix [PICTURE.svg] < table.csv > table.umx`.

use io::{CsvOptions, read_csv};
use nn_core::Stream;
use plot::{CellMap, Figure};
use som::{Adjacency, SomConfig, write_umx};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let table = read_csv::<f64>(std::io::stdin().lock(), &CsvOptions::default())?;
    let map = SomConfig::for_data(&table.samples)?.fit(&table.samples, Stream::new(1990))?;
    eprintln!("quantization error {:.4}", map.quantization_error(&table.samples)?);
    let u_matrix = map.u_matrix(Adjacency::Edges);
    write_umx(&u_matrix, std::io::stdout().lock())?;
    if let Some(picture) = std::env::args().nth(1) {
        let cells = CellMap {
            color_bar: Some("distance to the neighbors".to_owned()),
            ..CellMap::of_matrix(*map.lattice(), &u_matrix)
        };
        std::fs::write(picture, Figure::new(cells).to_svg()?)?;
    }
    Ok(())
}
