//! One turn: work for about so many seconds, timed in blocks.
//!
//! Not criterion's harness, which measures one side alone and to the end before the next begins: on a machine whose speed
//! drifts, two programs can only be compared turn by turn, and a turn must be the same thing here and in Python
//! (`xtask/peers/turns.py`): a tenth of it to warm up, then blocks of a tenth, the rate being the median over blocks.

use anyhow::ensure;
use experiment::statistics::median;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Blocks of a turn, if a call of the work is short.
const BLOCKS: u32 = 10;

/// Clock ticks a second in `/proc`, on every Linux of today.
const TICKS: f64 = 100.0;

/// What a turn gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Units a second of wall time: the median over blocks.
    pub rate: f64,
    /// Units in all, those of the warm-up left out.
    pub work: f64,
    /// Wall time of the blocks.
    pub wall_seconds: f64,
    /// CPU time of the whole process in that time, where the system tells.
    pub cpu_seconds: Option<f64>,
    /// What the work came to, by name, where a peer says so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub results: BTreeMap<String, f64>,
}

impl Turn {
    /// Units a second of CPU time: not disturbed by others on the same cores, and counting every thread.
    pub fn rate_by_cpu_time(&self) -> Option<f64> {
        self.cpu_seconds.filter(|&seconds| seconds > 0.0).map(|seconds| self.work / seconds)
    }
}

/// Calls the work, which returns how many units it did, for about so long.
///
/// # Errors
/// The work's; work that does no unit at all.
pub fn turn(seconds: f64, work: &mut dyn FnMut() -> anyhow::Result<f64>) -> anyhow::Result<Turn> {
    let turn = Duration::from_secs_f64(seconds);
    let mut block = || {
        let (start, mut units) = (Instant::now(), 0.0);
        while start.elapsed() < turn / BLOCKS {
            units += work()?;
        }
        Ok::<_, anyhow::Error>((units, start.elapsed()))
    };
    block()?;
    let (begin, cpu) = (Instant::now(), cpu_seconds());
    let (mut rates, mut total) = (Vec::new(), 0.0);
    while begin.elapsed() < turn {
        let (units, time) = block()?;
        rates.push(units / time.as_secs_f64());
        total += units;
    }
    let wall_seconds = begin.elapsed().as_secs_f64();
    let cpu_seconds = cpu.zip(cpu_seconds()).map(|(before, after)| after - before);
    let rate = median(&rates);
    ensure!(rate > 0.0, "nothing was done in a turn of {wall_seconds:.3} s");
    Ok(Turn { rate, work: total, wall_seconds, cpu_seconds, results: BTreeMap::new() })
}

/// CPU time of this process, user and system, to a hundredth of a second; Linux only.
fn cpu_seconds() -> Option<f64> {
    ticks(&std::fs::read_to_string("/proc/self/stat").ok()?).map(|ticks| ticks as f64 / TICKS)
}

/// Fields 14 and 15 of `/proc/PID/stat`. The second one, the program's name in parentheses, may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_counts_what_was_done_and_lasts_as_long_as_asked() {
        let mut calls = 0.0;
        let mut work = || {
            calls += 1.0;
            std::thread::sleep(Duration::from_millis(1));
            Ok(2.0)
        };
        let turn = turn(0.05, &mut work).unwrap();
        assert!(turn.work < 2.0 * calls, "the warm-up does not count");
        assert!(turn.wall_seconds >= 0.05);
        assert!(turn.rate <= 2000.0 && turn.work / turn.wall_seconds <= 2000.0, "{turn:?}");
    }

    #[test]
    fn a_failure_of_the_work_ends_the_turn() {
        let mut calls = 0;
        let mut work = || {
            calls += 1;
            ensure!(calls < 3, "diverged");
            Ok(1.0)
        };
        assert_eq!(turn(10.0, &mut work).unwrap_err().to_string(), "diverged");
    }

    #[test]
    fn work_without_units_is_an_error() {
        let error = turn(0.001, &mut || Ok(0.0)).unwrap_err().to_string();
        assert!(error.starts_with("nothing was done"), "{error}");
    }

    #[test]
    fn cpu_time_is_read_behind_any_program_name() {
        let stat = "42 (a b) c) R 1 42 42 0 -1 4194304 100 0 0 0 250 50 7 8 20 0 1 0 100 1 1";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("42 (a) R 1"), None);
        assert_eq!(ticks(""), None);
    }
}
