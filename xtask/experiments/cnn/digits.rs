//! What the experiments on LeNet share: digits in the shapes of 1989 and of 1998, error rates, curves.

use anyhow::Context as _;
use cnn::{Cnn, CnnConfig, Shape};
use datasets::{DataDirectory, Digits, Scale, mnist_10k};
use experiment::{Context, Size};
use nn_core::{Matrix, RateSchedule, Stream, accuracy, one_hot};
use plot::{Axis, Figure, Line, LineStyle, Reference, Ticks};

/// Digits with their classes.
pub struct Part {
    pub samples: Matrix<f32>,
    pub labels: Vec<usize>,
}

/// A training and a test part.
pub struct Task {
    pub train: Part,
    pub test: Part,
    /// The data in words.
    pub data: String,
}

impl Part {
    /// Targets of ±1.
    pub fn signed(&self) -> anyhow::Result<Matrix<f32>> {
        Ok(one_hot(10, &self.labels)?.map(|t: f32| 2.0 * t - 1.0))
    }

    pub fn first(&self, count: usize) -> Self {
        let count = count.min(self.labels.len());
        Self { samples: self.samples.columns(0, count).into_owned(), labels: self.labels[..count].to_vec() }
    }

    /// Percent of the digits that the network misreads.
    pub fn error(&self, network: &Cnn<f32>) -> anyhow::Result<f64> {
        Ok(100.0 * (1.0 - accuracy(&network.predict(&self.samples)?, &self.labels)?))
    }
}

/// 16 × 16 pixels from −1 to 1, by bilinear interpolation from 28 × 28.
fn small(digits: &Digits) -> anyhow::Result<Part> {
    let samples = digits.samples::<f32>(Scale::Signed)?;
    let samples = match digits.width() {
        16 => samples,
        _ => cnn::resized(&samples, Shape::new(1, digits.height(), digits.width()), 16, 16)?,
    };
    Ok(Part { samples, labels: digits.labels().to_vec() })
}

/// The digits of 1989 at the size of the run: the zip-code digits where the data directory has them, otherwise 7,291 and 2,007 of
/// MNIST's test digits, in a random order that is always the same.
pub fn of_1989(context: &Context<'_>) -> anyhow::Result<Task> {
    let (train_count, test_count) = context.sized((7291, 2007), (300, 100));
    let usps = context.data_directory().map(DataDirectory::new).map(|directory| directory.usps());
    if let Some(split) = usps.and_then(Result::ok) {
        let (train, test) = (small(&split.train)?.first(train_count), small(&split.test)?.first(test_count));
        return Ok(Task { train, test, data: format!("USPS zip-code digits: {split}") });
    }
    let digits = mnist_10k()?.test;
    let order = Stream::new(1337).named("split of 1989").permutation(digits.len());
    let train = small(&digits.select(&order[..train_count])?)?;
    let test = small(&digits.select(&order[7291..7291 + test_count])?)?;
    let data = "7,291 and 2,007 of MNIST's 10,000 test digits, resized to 16 x 16".to_owned();
    Ok(Task { train, test, data })
}

/// MNIST in the shape of 1998, 32 × 32 from −0.1 to 1.175: the data directory's 60,000 or the embedded 10,000.
pub fn of_1998(context: &Context<'_>) -> anyhow::Result<Task> {
    let (split, data) = match context.data_directory() {
        Some(directory) => (DataDirectory::new(directory).mnist()?, "MNIST, 60,000 training and 10,000 test digits"),
        None => (mnist_10k()?, "MNIST's first 10,000 training digits, all 10,000 test digits"),
    };
    let (train, test) = match context.size() {
        Size::Full => (split.train, split.test),
        Size::Quick => (split.train.first(300)?, split.test.strided(50, 0)?),
    };
    let part = |digits: &Digits| -> anyhow::Result<Part> {
        let scale = Scale::Between { paper: cnn::lenet5::BACKGROUND, ink: cnn::lenet5::FOREGROUND };
        let samples = digits.samples::<f32>(scale)?;
        let samples = cnn::bordered(&samples, Shape::new(1, 28, 28), 2, cnn::lenet5::BACKGROUND as f32)?;
        Ok(Part { samples, labels: digits.labels().to_vec() })
    };
    Ok(Task { train: part(&train)?, test: part(&test)?, data: data.to_owned() })
}

/// The recipe of 1998 at the size of the run: 20 passes over 60,000 digits, on fewer digits the first four rates of the schedule for
/// two passes each.
pub fn recipe_of_1998(context: &Context<'_>) -> CnnConfig {
    match (context.size(), context.data_directory()) {
        (Size::Full, Some(_)) => CnnConfig::lenet_5(),
        (size, _) => CnnConfig {
            epochs: if size == Size::Full { 8 } else { 2 },
            schedule: RateSchedule::Steps(vec![(2, 1.0), (2, 0.4), (2, 0.2), (2, 0.1)]),
            ..CnnConfig::lenet_5()
        },
    }
}

/// Training and test error in percent after each pass. The training error is what was misread while learning, but
/// that of the last pass, which is measured.
pub struct Curve {
    pub train: Vec<f64>,
    pub test: Vec<f64>,
}

/// Trains and looks at the test digits after every pass.
pub fn curve(
    config: &CnnConfig,
    train: &Part,
    targets: &Matrix<f32>,
    test: &Part,
    stream: Stream,
) -> anyhow::Result<Curve> {
    let mut training = config.training(&train.samples, targets, stream)?;
    let (mut train_errors, mut test_errors) = (Vec::new(), Vec::new());
    while let Some(epoch) = training.next() {
        let epoch = epoch?;
        train_errors.push(100.0 * epoch.mistakes as f64 / train.labels.len() as f64);
        test_errors.push(test.error(training.model())?);
    }
    let network = training.into_model();
    let last = train_errors.last_mut().context("no pass was run")?;
    *last = train.error(&network)?;
    Ok(Curve { train: train_errors, test: test_errors })
}

pub fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values.into_iter().fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

/// 1, 2, ... as many as there are values.
pub fn passes(values: &[f64]) -> Vec<f64> {
    (1..=values.len()).map(|pass| pass as f64).collect()
}

/// A value for each pass, the mean over runs.
pub fn mean_by_pass(runs: &[Vec<f64>]) -> Vec<f64> {
    let count = runs.iter().map(Vec::len).min().unwrap_or(0);
    (0..count).map(|pass| mean(runs.iter().map(|run| run[pass]))).collect()
}

/// Errors of several runs after each pass.
pub struct ErrorsByPass {
    train: Vec<Vec<f64>>,
    test: Vec<Vec<f64>>,
}

impl ErrorsByPass {
    pub fn of(runs: Vec<Curve>) -> Self {
        let (train, test) = runs.into_iter().map(|run| (run.train, run.test)).unzip();
        Self { train, test }
    }

    /// Means over the runs after the last pass: training, test.
    pub fn last(&self) -> (f64, f64) {
        let last = |runs: &[Vec<f64>]| mean(runs.iter().filter_map(|run| run.last().copied()));
        (last(&self.train), last(&self.test))
    }

    /// The least of the mean test errors.
    pub fn least_test(&self) -> f64 {
        mean_by_pass(&self.test).into_iter().fold(f64::INFINITY, f64::min)
    }

    /// Mean errors against passes, with lines for what others report.
    pub fn figure(&self, references: Vec<Reference>) -> Figure {
        let (train, test) = (mean_by_pass(&self.train), mean_by_pass(&self.test));
        Figure::new(plot::Curve {
            lines: vec![
                Line::new("test", passes(&test), test),
                Line { style: LineStyle::Dashed, ..Line::new("training", passes(&train), train) },
            ],
            references,
            x: Axis { ticks: Ticks::Whole, ..Axis::new("pass over the digits") },
            y: Axis { log: true, ..Axis::new("misread digits (%)") },
            ..plot::Curve::default()
        })
    }
}
