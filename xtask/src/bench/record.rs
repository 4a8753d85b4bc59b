//! The record of a run as JSON: when, on what machine, with which versions, and every turn.

use super::measured::{Measured, Ratio, Verdict};
use super::row::Unit;
use super::turn::Turn;
use experiment::statistics::Spread;
use nn_core::simd;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// A run.
#[derive(Debug, Serialize)]
pub struct Record {
    /// Day and time of the beginning, UTC.
    pub date: String,
    /// The sources, as `git describe` calls them; none outside a repository.
    pub commit: Option<String>,
    /// The machine.
    pub machine: Machine,
    /// Threads on every side.
    pub threads: usize,
    /// Seconds of a turn.
    pub seconds: f64,
    /// Versions of the peers' programs.
    pub versions: BTreeMap<String, String>,
    /// The rows.
    pub rows: Vec<RowRecord>,
}

/// The machine and how busy it was.
#[derive(Debug, Serialize)]
pub struct Machine {
    /// The processor's name.
    pub cpu: String,
    /// Processors this process may use.
    pub cores: usize,
    /// The vector instructions of our kernels.
    pub simd: String,
    /// Load average of the last minute before the run, where the system tells.
    pub load_before: Option<f64>,
    /// The same after the run, our own load included.
    pub load_after: Option<f64>,
}

/// A row of a run.
#[derive(Debug, Serialize)]
pub struct RowRecord {
    id: &'static str,
    case: &'static str,
    /// Of the rates; for a row of times, what the time is one of.
    unit: &'static str,
    median: f64,
    ours: Vec<Turn>,
    peers: BTreeMap<&'static str, PeerRecord>,
    goal: Option<GoalRecord>,
}

#[derive(Debug, Serialize)]
struct PeerRecord {
    turns: Vec<Turn>,
    ratio: Option<Ratio>,
}

#[derive(Debug, Serialize)]
struct GoalRecord {
    must: Option<f64>,
    aim: Option<f64>,
    ratio: f64,
    verdict: Verdict,
}

/// The rows with what follows from them.
pub fn rows(all: &[Measured], threads: usize) -> Vec<RowRecord> {
    let row = |measured: &Measured| {
        let (Unit::Rate(unit) | Unit::Time(unit)) = measured.row.unit;
        let Spread { median, .. } = measured.spread();
        let peers = measured.peers.iter();
        let peers =
            peers.map(|(name, turns)| (*name, PeerRecord { turns: turns.clone(), ratio: measured.ratio(name) }));
        let goal = measured.goal(threads, all).map(|(goal, ratio)| {
            let verdict = Verdict::of(ratio, goal);
            GoalRecord { must: goal.must, aim: goal.aim, ratio, verdict }
        });
        RowRecord {
            id: measured.row.id,
            case: measured.row.title,
            unit,
            median,
            ours: measured.ours.clone(),
            peers: peers.collect(),
            goal,
        }
    };
    all.iter().map(row).collect()
}

impl Machine {
    /// This one, now.
    pub fn here() -> Self {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        Self {
            cpu: model_name(&info).unwrap_or(std::env::consts::ARCH).into(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            simd: format!("{:?}", simd::path()),
            load_before: load(),
            load_after: None,
        }
    }

    /// The load of others, if with so many threads of our own it was more than the cores can take.
    pub fn too_busy(&self, threads: usize) -> Option<f64> {
        let threads = threads as f64;
        let others = self.load_before?.max(self.load_after.map_or(0.0, |load| load - threads));
        // Half a core for what every machine does at rest.
        (others + threads > self.cores as f64 + 0.5).then_some(others)
    }
}

/// Load average of the last minute; Linux only.
pub fn load() -> Option<f64> {
    std::fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

/// The state of the sources below this folder.
pub fn commit(root: &Path) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(["describe", "--always", "--dirty"]).output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_string();
    (output.status.success() && !name.is_empty()).then_some(name)
}

/// `2026-11-23T22:40:05Z`
pub fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    date(seconds)
}

fn model_name(info: &str) -> Option<&str> {
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

/// The day counted in years that begin in March, so that the leap day is the last one (Howard Hinnant, `civil_from_days`).
fn date(seconds: u64) -> String {
    let (days, time) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = (year + 400 * era + month / 10, (month + 2) % 12 + 1);
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", time / 3_600, time / 60 % 60, time % 60)
}

#[cfg(test)]
mod tests {
    use super::super::measured::tests::measured;
    use super::*;

    #[test]
    fn dates_follow_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(date(seconds), text);
        }
    }

    #[test]
    fn the_processor_is_read_from_its_description() {
        assert_eq!(model_name("processor : 0\nmodel name\t: A B 3\nmodel name : C\n"), Some("A B 3"));
        assert_eq!(model_name(""), None);
    }

    #[test]
    fn a_machine_is_too_busy_when_others_want_our_cores_before_or_after() {
        let too_busy = |before, after, threads| {
            let machine = Machine {
                cpu: String::new(),
                cores: 2,
                simd: String::new(),
                load_before: before,
                load_after: Some(after),
            };
            machine.too_busy(threads)
        };
        assert_eq!(too_busy(Some(0.25), 2.25, 2), None);
        assert_eq!(too_busy(Some(0.75), 2.0, 2), Some(0.75));
        assert_eq!(too_busy(Some(0.75), 2.0, 1), None);
        assert_eq!(too_busy(Some(0.25), 3.0, 1), Some(2.0));
        assert_eq!(too_busy(None, 9.0, 1), None, "not every system tells");
    }

    #[test]
    fn every_turn_ratio_and_verdict_is_recorded() {
        let rows = serde_json::to_value(rows(&[measured()], 1)).unwrap();
        assert_eq!(rows[0]["id"], "mlp-x");
        assert_eq!(rows[0]["ours"][2]["rate"], 300.0);
        assert_eq!(rows[0]["peers"]["second"]["turns"][1]["wall_seconds"], 1.0);
        assert_eq!(rows[0]["peers"]["first"]["ratio"]["of_medians"], 5.0);
        assert_eq!(rows[0]["goal"], serde_json::json!({"must": 2.0, "aim": 3.0, "ratio": 2.5, "verdict": "reached"}));
    }
}
