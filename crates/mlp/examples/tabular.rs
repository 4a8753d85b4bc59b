//! Classification of a CSV table whose last column is the class: `tabular < table.csv`; the irises without a table.
//!
//! Features are brought to mean 0 and deviation 1, classes of few rows count as much as the others, every fifth row decides
//! when to stop.

use io::{CsvOptions, LabelColumn, Table, read_csv};
use mlp::{MlpConfig, balanced_weights};
use nn_core::{ConfusionMatrix, Matrix, Stream, accuracy, one_hot};
use std::io::{IsTerminal, Read};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = Vec::new();
    if !std::io::stdin().is_terminal() {
        std::io::stdin().lock().read_to_end(&mut text)?;
    }
    let (samples, labels, names) = if text.is_empty() {
        let iris = datasets::iris::<f32>()?;
        (iris.samples, iris.labels, ["setosa", "versicolor", "virginica"].map(String::from).to_vec())
    } else {
        let options = CsvOptions { label: Some(LabelColumn::Last), ..CsvOptions::default() };
        let Table { samples, labels, .. } = read_csv::<f32>(&text[..], &options)?;
        let labels = labels.ok_or("the table has no classes")?;
        (samples, labels.indices, labels.classes)
    };
    let samples = standardized(&samples);
    let (rest, train): (Vec<usize>, Vec<usize>) = (0..labels.len()).partition(|row| row % 5 == 0);
    let of = |rows: &[usize]| -> (Matrix<f32>, Vec<usize>) {
        (samples.select_columns(rows), rows.iter().map(|&row| labels[row]).collect())
    };
    let ((train, train_labels), (rest, rest_labels)) = (of(&train), of(&rest));
    let targets = one_hot(names.len(), &train_labels)?;

    let config = MlpConfig { epochs: 200, ..MlpConfig::classifier(&[32, 16], names.len()) };
    let weights = balanced_weights(&train_labels);
    let mut training = config.training(&train, &targets, Stream::new(7))?.weighted(&weights)?;
    let mut stopping = mlp::EarlyStopping::new(20, 0.0)?;
    while let Some(epoch) = training.next() {
        epoch?;
        let network = training.model();
        if stopping.stops(1.0 - accuracy(&network.predict(&rest)?, &rest_labels)?, network) {
            break;
        }
    }
    let (error_rate, network) = stopping.into_best().ok_or("no epoch was run")?;
    println!("{} rows, {} features, classes {names:?}", labels.len(), samples.nrows());
    println!("error rate {error_rate:.3} on {} rows that were not learned", rest_labels.len());
    println!("{}", ConfusionMatrix::new(names.len(), &network.predict(&rest)?, &rest_labels)?.to_matrix());
    Ok(())
}

/// Every feature minus its mean, over its deviation; constant features become 0.
fn standardized(samples: &Matrix<f32>) -> Matrix<f32> {
    let mut samples = samples.clone();
    for mut feature in samples.row_iter_mut() {
        let mean = feature.mean();
        let deviation = feature.variance().sqrt();
        feature.apply(|x| *x = if deviation > 0.0 { (*x - mean) / deviation } else { 0.0 });
    }
    samples
}
