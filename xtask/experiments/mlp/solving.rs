//! Training until a task is solved: how many sweeps over all patterns it takes, and how many beginnings never get there.

use datasets::Patterns;
use experiment::statistics::median;
use mlp::{LayerConfig, Mlp, MlpConfig};
use nn_core::{Activation, ClassicalMomentum, GradientDescent, Init, Matrix, Optimizer, Stream};
use rayon::prelude::*;

/// A task and how it is learned, as the papers of 1985 and 1986 did it.
pub struct Task {
    /// What is to be learned.
    pub patterns: Patterns<f64>,
    /// The network and its training; `epochs` is where patience ends.
    pub config: MlpConfig,
    /// Descending: a run notes when every output is nearer to its target than each of them, and ends with the last. With 0
    /// as the last one it goes on until patience ends.
    pub tolerances: Vec<f64>,
}

/// One run.
pub struct Run {
    /// Sweeps until each tolerance was met; nothing where it was not.
    pub sweeps: Vec<Option<usize>>,
    /// The network at the end.
    pub network: Mlp<f64>,
}

impl Run {
    /// Whether the first tolerance was met.
    pub fn solved(&self) -> bool {
        self.sweeps.first().copied().flatten().is_some()
    }
}

/// Sigmoid units in layers of these sizes; weights and biases uniform on ±`width`.
pub fn sigmoid_layers(units: &[usize], width: f64) -> Vec<LayerConfig> {
    let init = Init::Uniform(width);
    let layer = |&units: &usize| LayerConfig {
        weight_init: init,
        bias_init: init,
        ..LayerConfig::new(units, Activation::Sigmoid)
    };
    units.iter().map(layer).collect()
}

/// Δw(t) = −η ∇E + α Δw(t−1).
pub fn descent(learning_rate: f64, momentum: f64) -> Optimizer {
    if momentum == 0.0 {
        return GradientDescent::new(learning_rate).into();
    }
    ClassicalMomentum::new(learning_rate, momentum).into()
}

impl Task {
    /// Trains until the last tolerance is met, or to the last epoch. The outputs are looked at after every sweep.
    pub fn run(&self, stream: Stream) -> anyhow::Result<Run> {
        let Patterns { inputs, targets } = &self.patterns;
        let mut training = self.config.training(inputs, targets, stream)?;
        let mut sweeps = Vec::new();
        while let Some(epoch) = training.next() {
            let number = epoch?.number;
            while let Some(&tolerance) = self.tolerances.get(sweeps.len())
                && tolerance > 0.0
                && self.largest_error(&training.model().forward(inputs)?) < tolerance
            {
                sweeps.push(Some(number));
            }
            if sweeps.len() == self.tolerances.len() {
                break;
            }
        }
        sweeps.resize(self.tolerances.len(), None);
        Ok(Run { sweeps, network: training.into_model() })
    }

    /// The largest |y − t|.
    pub fn largest_error(&self, outputs: &Matrix<f64>) -> f64 {
        outputs.iter().zip(&self.patterns.targets).map(|(y, t)| (y - t).abs()).fold(0.0, f64::max)
    }

    /// One run a stream, over all threads.
    pub fn runs(&self, streams: Vec<Stream>) -> anyhow::Result<Vec<Run>> {
        streams.into_par_iter().map(|stream| self.run(stream)).collect()
    }
}

/// What many runs say together.
pub struct Solved {
    /// Sweeps of the runs that solved the task, in ascending order.
    pub sweeps: Vec<f64>,
    /// Number of runs.
    pub runs: usize,
}

impl Solved {
    /// Of these runs, by the first tolerance.
    pub fn of(runs: &[Run]) -> Self {
        let first = |run: &Run| run.sweeps.first().copied().flatten();
        let mut sweeps: Vec<f64> = runs.iter().filter_map(first).map(|sweeps| sweeps as f64).collect();
        sweeps.sort_by(f64::total_cmp);
        Self { sweeps, runs: runs.len() }
    }

    /// Runs that solved the task, of all.
    pub fn rate(&self) -> f64 {
        self.sweeps.len() as f64 / self.runs as f64
    }

    /// The middle of the runs that solved the task; 0 without any.
    pub fn median(&self) -> f64 {
        if self.sweeps.is_empty() { 0.0 } else { median(&self.sweeps) }
    }

    /// The sweeps that this share of the successful runs stays below (nearest rank); 0 without any.
    pub fn quantile(&self, share: f64) -> f64 {
        let rank = (share * self.sweeps.len() as f64).ceil().max(1.0) as usize;
        self.sweeps.get(rank - 1).copied().unwrap_or(0.0)
    }

    /// After how many sweeps which share of all runs has solved the task, as a staircase up to `patience`.
    pub fn staircase(&self, patience: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut x, mut y) = (vec![1.0], vec![0.0]);
        for (index, sweeps) in self.sweeps.iter().enumerate() {
            x.extend([*sweeps, *sweeps]);
            y.extend([index, index + 1].map(|runs| runs as f64 / self.runs as f64));
        }
        x.push(patience as f64);
        y.push(self.rate());
        (x, y)
    }
}

/// Slope, value at 0 and R² of the line with the smallest squared distance to the points.
pub fn line_fit(x: &[f64], y: &[f64]) -> (f64, f64, f64) {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let pairs = || x.iter().zip(y).map(|(x, y)| (x - mean_x, y - mean_y));
    let xx: f64 = pairs().map(|(x, _)| x * x).sum();
    let xy: f64 = pairs().map(|(x, y)| x * y).sum();
    let yy: f64 = pairs().map(|(_, y)| y * y).sum();
    (xy / xx, mean_y - xy / xx * mean_x, xy * xy / (xx * yy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_notes_each_tolerance_and_ends_with_the_last() {
        let config = MlpConfig { optimizer: descent(0.5, 0.9), ..MlpConfig::lecture(sigmoid_layers(&[1], 0.5)) };
        let task = Task { patterns: datasets::or(), config, tolerances: vec![0.3, 0.2] };
        let run = task.run(Stream::new(3)).unwrap();
        let (Some(first), Some(last)) = (run.sweeps[0], run.sweeps[1]) else { panic!("{:?}", run.sweeps) };
        assert!(1 < first && first < last && run.solved());
        assert!(task.largest_error(&run.network.forward(&task.patterns.inputs).unwrap()) < 0.2);
        let task = Task { config: MlpConfig { epochs: last - 1, ..task.config }, ..task };
        assert_eq!(task.run(Stream::new(3)).unwrap().sweeps, [Some(first), None]);
        let task = Task { config: MlpConfig { epochs: 2000, ..task.config }, tolerances: vec![0.3, 0.0], ..task };
        let run = task.run(Stream::new(3)).unwrap();
        assert_eq!(run.sweeps, [Some(first), None]);
        assert!(task.largest_error(&run.network.forward(&task.patterns.inputs).unwrap()) < 0.1, "it went on");
    }

    #[test]
    fn quantiles_and_staircase_count_all_runs() {
        let solved = Solved { sweeps: vec![10.0, 20.0, 40.0], runs: 4 };
        assert_eq!((solved.rate(), solved.median()), (0.75, 20.0));
        assert_eq!((solved.quantile(0.25), solved.quantile(0.75)), (10.0, 40.0));
        let (x, y) = solved.staircase(100);
        assert_eq!(x, [1.0, 10.0, 10.0, 20.0, 20.0, 40.0, 40.0, 100.0]);
        assert_eq!(y, [0.0, 0.0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75]);
    }

    #[test]
    fn the_fit_of_a_line_is_the_line() {
        let (slope, start, fit) = line_fit(&[1.0, 2.0, 4.0], &[5.0, 3.0, -1.0]);
        assert!((slope + 2.0).abs() < 1e-14 && (start - 7.0).abs() < 1e-14 && (fit - 1.0).abs() < 1e-14);
    }
}
