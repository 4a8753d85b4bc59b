//! `list`: every experiment with its slides, data and the seconds of its last run.

use crate::experiments;
use crate::files::{aligned, print};
use crate::record::Record;
use crate::reproduce::default_out;
use experiment::{Data, Experiment};
use std::path::Path;

/// Prints the list.
///
/// # Errors
/// The output's.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let out = default_out(root);
    let mut rows = vec![["id", "slides", "data", "last run", "title"].map(String::from).to_vec()];
    rows.extend(experiments::ALL.iter().map(|experiment| row(experiment, &out)));
    print(&aligned(&rows))
}

fn row(experiment: &Experiment, out: &Path) -> Vec<String> {
    let last = Record::read(&out.join(experiment.id));
    let last = last.map_or("-".into(), |record| format!("{:.1} s {}", record.seconds, record.entry_name()));
    vec![experiment.id.into(), slides(experiment.slides), data(&experiment.data), last, experiment.title.into()]
}

/// `40`, `62, 63`.
pub fn slides(slides: &[u32]) -> String {
    slides.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn data(data: &Data) -> String {
    match data {
        Data::Generated => "generated".into(),
        Data::Embedded(name) => (*name).into(),
        Data::Directory { name, stand_in: Some(stand_in), .. } => format!("DIR/{name}, or {stand_in}"),
        Data::Directory { name, stand_in: None, .. } => format!("DIR/{name}"),
    }
}
