//! [`Record`]: what a finished run left in its output folder, enough to judge, compare, accept and show it later.

use crate::metrics::{Entry, Metric};
use anyhow::Context as _;
use experiment::{Data, Experiment, Intervals, Outcome, Size, Table};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The file name of a record, beside the figure.
pub const FILE: &str = "run.json";

/// What a finished run left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The experiment.
    pub id: String,
    /// The size it ran at.
    pub size: Size,
    /// The block of seeds; 0 is the one whose numbers are accepted.
    #[serde(default)]
    pub block: u64,
    /// The folder of the data directory it used, if it used one.
    pub directory: Option<String>,
    /// The data it used, in words.
    pub data_used: String,
    /// How long it took.
    pub seconds: f64,
    /// How many seeds it ran.
    pub seeds: u64,
    /// The numbers, in the order of the outcome.
    pub metrics: Vec<(String, Metric)>,
    /// The picture files; the first is the figure.
    pub pictures: Vec<PictureFile>,
    /// Sentences for the reader.
    pub notes: Vec<String>,
    /// The outcome's table.
    pub table: Option<Table>,
}

/// A picture beside the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PictureFile {
    /// The file's name.
    pub file: String,
    /// Width and height in pixels.
    pub pixels: Option<(u32, u32)>,
}

impl Record {
    /// Of a checked outcome; the pictures are added when they are drawn.
    pub fn new(experiment: &Experiment, size: Size, directory: Option<String>, seeds: u64, outcome: &Outcome) -> Self {
        let data_used = if outcome.data_used.is_empty() {
            data_in_words(&experiment.data, directory.is_some())
        } else {
            outcome.data_used.clone()
        };
        Self {
            id: experiment.id.into(),
            size,
            block: 0,
            directory,
            data_used,
            seconds: 0.0,
            seeds,
            metrics: outcome.metrics.iter().map(|(name, value)| (name.clone(), Metric(*value))).collect(),
            pictures: Vec::new(),
            notes: outcome.notes.clone(),
            table: outcome.table.clone(),
        }
    }

    /// The record in this output folder, if a run was finished there.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_str(&std::fs::read_to_string(folder.join(FILE)).ok()?).ok()
    }

    /// The file's content.
    ///
    /// # Errors
    /// Never in practice; serde_json's own.
    pub fn to_json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self).context("the record")? + "\n")
    }

    /// The name of its entry in `metrics.json`: `quick`, `full`, `full+mnist`.
    pub fn entry_name(&self) -> String {
        entry_name(self.size, self.directory.as_deref())
    }

    /// Its entry in `metrics.json`.
    pub fn entry(&self) -> Entry {
        let seconds = Some((10.0 * self.seconds).round() / 10.0);
        Entry { data: self.data_used.clone(), seconds, metrics: self.metrics.iter().cloned().collect() }
    }

    /// The number of this name.
    pub fn metric(&self, name: &str) -> Option<f64> {
        self.metrics.iter().find(|(other, _)| other == name).map(|(_, value)| value.0)
    }

    /// The intervals its metrics must lie in: the invariants, and for a full run the expected ones.
    pub fn intervals(&self, experiment: &Experiment) -> Vec<Intervals> {
        match self.size {
            Size::Quick => vec![experiment.invariants],
            Size::Full => vec![experiment.invariants, expected(experiment, self.directory.is_some())],
        }
    }
}

/// The name of an entry in `metrics.json`.
pub fn entry_name(size: Size, directory: Option<&str>) -> String {
    directory.map_or_else(|| size.to_string(), |directory| format!("{size}+{directory}"))
}

/// The expected intervals of a full run, with or without the data directory.
pub fn expected(experiment: &Experiment, with_directory: bool) -> Intervals {
    match experiment.data {
        Data::Directory { expected: Some(expected), .. } if with_directory => expected,
        _ => experiment.expected,
    }
}

/// The command that makes this run; `DIR` stands for the reader's data directory.
pub fn command(id: &str, size: Size, with_directory: bool) -> String {
    let quick = if size == Size::Quick { " --quick" } else { "" };
    let data = if with_directory { " --data-dir DIR" } else { "" };
    format!("cargo xtask reproduce-figures {id}{quick}{data}")
}

fn data_in_words(data: &Data, with_directory: bool) -> String {
    match data {
        Data::Generated => "generated".into(),
        Data::Embedded(name) => format!("embedded set {name}"),
        Data::Directory { name, .. } if with_directory => format!("{name} from the data directory"),
        Data::Directory { name, stand_in, .. } => {
            format!("embedded set {} in the place of {name}", stand_in.unwrap_or("none"))
        }
    }
}
