//! Training keeps one copy of the data: the one it was given.

use mlp::{AutoencoderConfig, MlpConfig};
use nn_core::{Batch, Matrix, Stream};

/// Largest resident size of this process so far, in bytes, where the system tells.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<usize>().ok().map(|kilobytes| 1024 * kilobytes)
}

#[test]
fn sixty_thousand_digits_are_not_copied() {
    let samples = Matrix::<f32>::from_fn(784, 60_000, |i, n| ((i * 7 + n * 13) % 256) as f32 / 255.0);
    let targets = Matrix::<f32>::from_fn(10, 60_000, |k, n| if n % 10 == k { 1.0 } else { 0.0 });
    let size = 4 * samples.len();
    let Some(before) = peak() else {
        eprintln!("SKIPPED sixty_thousand_digits_are_not_copied: this system has no /proc/self/status");
        return;
    };
    assert!(before > size, "the data are there");
    let config = MlpConfig { epochs: 1, batch: Batch::Minibatch(100), ..MlpConfig::classifier(&[8], 10) };
    config.fit(&samples, &targets, Stream::new(1)).unwrap();
    let config = AutoencoderConfig { epochs: 1, batch: Batch::Minibatch(100), ..AutoencoderConfig::linear(4) };
    config.fit(&samples, Stream::new(1)).unwrap();
    let grown = peak().unwrap() - before;
    println!("data {size} bytes, training took {grown} more");
    assert!(grown < size / 10, "training took {grown} bytes beside {size} bytes of data");
}
