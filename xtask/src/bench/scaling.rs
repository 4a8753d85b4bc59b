//! `bench scaling`: sizes are doubled in turn, and the exponent of the time says how cost grows. Then the same work on one
//! thread and on all.

use crate::files::{aligned, print};
use crate::number::significant;
use energy::{Patterns, RecallConfig, hebb, log_partition_function};
use mlp::MlpConfig;
use nn_core::{Boundary, Lattice, Matrix, Stream, Topology, math, one_hot};
use som::{Algorithm, SomConfig};
use std::hint::black_box;
use std::time::Instant;

/// How it is called on the command line.
pub const NAME: &str = "scaling";

/// Runs of each size; the fastest counts, for others may want the machine.
const RUNS: usize = 3;

struct Case {
    /// What is measured and what is doubled.
    name: &'static str,
    sizes: [usize; 4],
    /// What is expected: the power of the size, or the base of an exponential in it.
    expected: &'static str,
    work: fn(usize) -> anyhow::Result<f64>,
}

const CASES: &[Case] = &[
    Case {
        name: "som: batch epoch, samples",
        sizes: [2_500, 5_000, 10_000, 20_000],
        expected: "1",
        work: |samples| som_epoch(samples, 16, 20),
    },
    Case {
        name: "som: batch epoch, features",
        sizes: [32, 64, 128, 256],
        expected: "1",
        work: |features| som_epoch(5_000, features, 20),
    },
    Case {
        name: "som: batch epoch, units",
        sizes: [256, 484, 1_024, 2_025],
        expected: "1",
        work: |units| som_epoch(5_000, 64, units.isqrt()),
    },
    Case {
        name: "mlp: epoch, samples",
        sizes: [2_000, 4_000, 8_000, 16_000],
        expected: "1",
        work: |samples| mlp_epoch(samples, 100),
    },
    Case {
        name: "mlp: epoch, hidden units",
        sizes: [64, 128, 256, 512],
        expected: "1",
        work: |units| mlp_epoch(2_000, units),
    },
    Case { name: "energy: recall of a pattern, units", sizes: [512, 1_024, 2_048, 4_096], expected: "2", work: recall },
    Case { name: "energy: ln Z by enumeration, 2^units", sizes: [16, 17, 18, 19], expected: "2^n", work: enumeration },
];

/// Runs the command.
///
/// # Errors
/// Those of the work, and of the output.
pub fn run() -> anyhow::Result<()> {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let mut rows = vec![["what is doubled", "sizes", "seconds", "exponent", "expected"].map(String::from).to_vec()];
    for case in CASES {
        let mut seconds = Vec::new();
        for size in case.sizes {
            seconds.push(one.install(|| fastest(case, size))?);
        }
        let exponent = if case.expected == "2^n" {
            format!("{}^n", significant(math::exp(growth(&case.sizes.map(|n| n as f64), &seconds)), 3))
        } else {
            significant(growth(&case.sizes.map(|size| math::ln(size as f64)), &seconds), 3)
        };
        note!("{}: {exponent}", case.name);
        let list = |values: Vec<String>| values.join(" ");
        rows.push(vec![
            case.name.into(),
            list(case.sizes.iter().map(ToString::to_string).collect()),
            list(seconds.iter().map(|&seconds| significant(seconds, 2)).collect()),
            exponent,
            case.expected.into(),
        ]);
    }
    let mut text = format!("\n{}\n", aligned(&rows));
    let mut rows = vec![["on all cores", "1 thread", "all", "speed-up"].map(String::from).to_vec()];
    for case in CASES.iter().filter(|case| !case.name.starts_with("energy: recall")) {
        let size = case.sizes[3];
        let (alone, all) = (one.install(|| fastest(case, size))?, fastest(case, size)?);
        rows.push(vec![case.name.into(), significant(alone, 3), significant(all, 3), significant(alone / all, 3)]);
    }
    text += &format!("{}\n", aligned(&rows));
    if let Some(peak) = peak_memory() {
        text += &format!("most memory at once: {peak} MB\n");
    }
    print(&text)
}

/// The slope of ln seconds over x by least squares.
fn growth(x: &[f64], seconds: &[f64]) -> f64 {
    let n = x.len() as f64;
    let y: Vec<f64> = seconds.iter().map(|&seconds| math::ln(seconds)).collect();
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let above: f64 = x.iter().zip(&y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let below: f64 = x.iter().map(|x| (x - mean_x) * (x - mean_x)).sum();
    above / below
}

fn fastest(case: &Case, size: usize) -> anyhow::Result<f64> {
    let mut fastest = f64::INFINITY;
    for _ in 0..RUNS {
        fastest = fastest.min((case.work)(size)?);
    }
    Ok(fastest)
}

/// Wall time of the work alone: its data are made before.
fn timed<V>(work: impl FnOnce() -> V) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64()
}

fn normal(rows: usize, columns: usize) -> Matrix<f32> {
    let mut matrix = Matrix::zeros(rows, columns);
    Stream::new(2).named("scaling").fill_normal(matrix.as_mut_slice(), 0.0, 1.0);
    matrix
}

fn som_epoch(samples: usize, features: usize, side: usize) -> anyhow::Result<f64> {
    let lattice = Lattice::new(side, side, Topology::Rectangular, Boundary::Planar)?;
    let config = SomConfig { algorithm: Algorithm::Batch, epochs: 2, ..SomConfig::new(lattice) };
    let samples = normal(features, samples);
    let mut training = config.training(&samples, Stream::new(1982))?;
    training.next().transpose()?;
    let mut epoch = None;
    let seconds = timed(|| epoch = training.next());
    epoch.transpose()?;
    Ok(seconds)
}

fn mlp_epoch(samples: usize, hidden: usize) -> anyhow::Result<f64> {
    let labels: Vec<usize> = (0..samples).map(|sample| sample % 10).collect();
    let (samples, targets) = (normal(256, samples), one_hot(10, &labels)?);
    let config = MlpConfig { epochs: 2, ..MlpConfig::classifier(&[hidden], 10) };
    let mut training = config.training(&samples, &targets, Stream::new(1986))?;
    training.next().transpose()?;
    let mut epoch = None;
    let seconds = timed(|| epoch = training.next());
    epoch.transpose()?;
    Ok(seconds)
}

/// A twentieth as many patterns as units: the cost is that of N P sums, so of the square of the units.
fn recall(units: usize) -> anyhow::Result<f64> {
    let patterns = Patterns::random(units, units / 20, &mut Stream::new(1982).named("patterns"))?;
    let network = hebb::<f32>(&patterns)?;
    let cues = patterns.first(5);
    let states: Vec<Vec<bool>> = cues.states().collect();
    let recall = |state| RecallConfig::default().recall(&network, state, Stream::new(1982));
    let mut recalled = Vec::new();
    let seconds = timed(|| recalled.extend(states.iter().map(recall)));
    recalled.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(seconds)
}

fn enumeration(units: usize) -> anyhow::Result<f64> {
    let patterns = Patterns::random(units, 3, &mut Stream::new(1985).named("patterns"))?;
    let network = hebb::<f64>(&patterns)?;
    let mut sum = None;
    let seconds = timed(|| sum = Some(log_partition_function(&network, energy::Temperature::ONE)));
    sum.transpose()?;
    Ok(seconds)
}

/// Of this process, in megabytes; Linux only.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponent_of_a_power_is_found() {
        let sizes = [10.0_f64, 20.0, 40.0, 80.0];
        let seconds = sizes.map(|size| 3e-4 * size * size);
        assert!((growth(&sizes.map(math::ln), &seconds) - 2.0).abs() < 1e-12);
        let doubling = [1.0, 2.0, 4.0, 8.0];
        assert!((math::exp(growth(&[16.0, 17.0, 18.0, 19.0], &doubling)) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn every_case_does_its_work() {
        for case in CASES {
            assert!((case.work)(case.sizes[0]).unwrap() > 0.0, "{}", case.name);
        }
    }
}
