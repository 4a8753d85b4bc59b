//! One experiment from start to finish: data, run, pictures, files. A panic inside it is its failure, not ours.

use crate::files;
use crate::metrics::Metrics;
use crate::record::{self, PictureFile, Record};
use anyhow::{Context as _, anyhow};
use experiment::{Context, Data, Experiment, Format, Outcome, Picture, Size};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What became of an experiment.
#[derive(Debug)]
pub enum Status {
    /// It ran, now or in an earlier run that is resumed.
    Finished(Record),
    /// It could not run here: why, and the command that would run it.
    Skipped {
        /// What is missing.
        reason: String,
        /// The command.
        command: String,
    },
    /// It returned an error or panicked.
    Failed(String),
}

/// What every experiment of a run shares.
#[derive(Debug)]
pub struct Settings {
    /// The size.
    pub size: Size,
    /// The data directory, if one was given.
    pub data_directory: Option<PathBuf>,
    /// The output directory.
    pub out: PathBuf,
    /// Whether finished experiments are skipped.
    pub resume: bool,
    /// The block of seeds; 0 is the one whose numbers are accepted.
    pub block: u64,
}

/// Runs one experiment and leaves its folder complete under `settings.out`, or no folder at all.
pub fn run(experiment: &Experiment, settings: &Settings, progress: &(dyn Fn(u64, u64, &str) + Sync)) -> Status {
    let (name, data) = match data_directory(experiment, settings.data_directory.as_deref()) {
        Ok(Some((name, path))) => (Some(name), Some(path)),
        Ok(None) => (None, None),
        Err(reason) => {
            let command = record::command(experiment.id, settings.size, true);
            return Status::Skipped { reason, command };
        }
    };
    let folder = settings.out.join(experiment.id);
    if settings.resume
        && let Some(record) = Record::read(&folder)
        && record.entry_name() == record::entry_name(settings.size, name)
        && record.block == settings.block
    {
        return Status::Finished(record);
    }
    let mut context = Context::new(experiment, settings.size, data, progress).with_block(settings.block);
    let finished = catch_unwind(AssertUnwindSafe(|| finish(experiment, &mut context, name, settings)));
    let finished = finished.unwrap_or_else(|panic| Err(anyhow!("panicked: {}", panic_message(&*panic))));
    finished.map_or_else(
        |error| {
            // The figure of an older run must not stand beside the failure of this one.
            let _ = files::remove_folder(&folder);
            Status::Failed(format!("{error:#}"))
        },
        Status::Finished,
    )
}

/// The folder of the experiment's own data, `None` if it does without, or why it cannot run.
fn data_directory(experiment: &Experiment, given: Option<&Path>) -> Result<Option<(&'static str, PathBuf)>, String> {
    let Data::Directory { name, stand_in, .. } = experiment.data else { return Ok(None) };
    match given.map(|directory| directory.join(name)) {
        Some(folder) if folder.is_dir() => Ok(Some((name, folder))),
        _ if stand_in.is_some() => Ok(None),
        Some(folder) => Err(format!("needs the data set {name}, and {} is no folder", folder.display())),
        None => Err(format!("needs the data set {name} and no data directory is given")),
    }
}

fn finish(
    experiment: &Experiment,
    context: &mut Context<'_>,
    directory: Option<&str>,
    settings: &Settings,
) -> anyhow::Result<Record> {
    let start = Instant::now();
    let outcome = (experiment.run)(context)?;
    outcome.check()?;
    let seeds = context.seeds().end;
    let mut record = Record::new(experiment, context.size(), directory.map(Into::into), seeds, &outcome);
    record.block = settings.block;
    let mut files = draw(&outcome)?;
    record.pictures =
        files.iter().map(|(file, bytes)| PictureFile { file: file.clone(), pixels: picture_size(bytes) }).collect();
    record.seconds = start.elapsed().as_secs_f64();
    let mut metrics = Metrics::default();
    metrics.0.insert(record.entry_name(), record.entry());
    files.push(("metrics.json".into(), metrics.to_json()?.into_bytes()));
    files.push((record::FILE.into(), record.to_json()?.into_bytes()));
    files::replace_folder(&settings.out.join(experiment.id), &files)?;
    Ok(record)
}

fn draw(outcome: &Outcome) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let draw = |picture: &Picture| -> anyhow::Result<(String, Vec<u8>)> {
        let stem = if picture.name.is_empty() { "figure".into() } else { format!("figure-{}", picture.name) };
        let (bytes, extension) = match picture.format {
            Format::Svg => (picture.figure.to_svg().map(String::into_bytes), "svg"),
            Format::Png => (picture.figure.to_png(), "png"),
        };
        Ok((format!("{stem}.{extension}"), bytes.with_context(|| format!("cannot draw {stem}"))?))
    };
    outcome.pictures.iter().map(draw).collect()
}

/// Width and height of a PNG from its header, of an SVG from the attributes of its first element.
fn picture_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG") {
        let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        return Some((number(16)?, number(20)?));
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let element = text.get(text.find("<svg")?..)?.split('>').next()?;
    let number = |name: &str| {
        let value = element.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
        value.trim_end_matches("px").parse::<f64>().ok().map(|value| value.round() as u32)
    };
    Some((number("width")?, number("height")?))
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use super::*;
    use experiment::Seeds;

    fn experiment(data: Data, run: fn(&mut Context<'_>) -> anyhow::Result<Outcome>) -> Experiment {
        Experiment {
            id: "test",
            slides: &[1],
            title: "Test",
            title_japanese: "",
            source: "",
            claim: "",
            equations: &[],
            assumptions: &[],
            data,
            seeds: Seeds::NONE,
            paper: &[],
            expected: &[],
            invariants: &[],
            run,
        }
    }

    fn status(experiment: &Experiment, data_directory: Option<&Path>, out: &Path) -> Status {
        let data_directory = data_directory.map(Into::into);
        let settings = Settings { size: Size::Quick, data_directory, out: out.into(), resume: false, block: 0 };
        run(experiment, &settings, &|_, _, _| {})
    }

    #[test]
    fn a_panic_is_the_failure_of_its_experiment_and_removes_the_older_figure() {
        let out = tempfile::tempdir().unwrap();
        std::fs::create_dir(out.path().join("test")).unwrap();
        let failed = status(&experiment(Data::Generated, |_| panic!("row {} is odd", 3)), None, out.path());
        assert!(matches!(failed, Status::Failed(message) if message == "panicked: row 3 is odd"));
        assert!(!out.path().join("test").exists());
    }

    #[test]
    fn an_outcome_without_a_figure_fails() {
        let out = tempfile::tempdir().unwrap();
        let failed = status(&experiment(Data::Generated, |_| Ok(Outcome::new())), None, out.path());
        assert!(matches!(failed, Status::Failed(message) if message == "the outcome has no figure"));
    }

    #[test]
    fn an_experiment_without_its_data_is_skipped_with_the_command_that_runs_it() {
        let data = Data::Directory { name: "usps", stand_in: None, expected: None };
        let out = tempfile::tempdir().unwrap();
        let Status::Skipped { reason, command } = status(&experiment(data, |_| panic!()), None, out.path()) else {
            panic!("not skipped");
        };
        assert_eq!(reason, "needs the data set usps and no data directory is given");
        assert_eq!(command, "cargo xtask reproduce-figures test --quick --data-dir DIR");
    }

    #[test]
    fn a_stand_in_runs_without_and_the_real_data_with_the_directory() {
        let data = Data::Directory { name: "usps", stand_in: Some("mnist-10k"), expected: None };
        let experiment =
            experiment(data, |context| Err(anyhow!("{:?}", context.data_directory().and_then(Path::file_name))));
        let out = tempfile::tempdir().unwrap();
        let message = |directory: Option<&Path>| match status(&experiment, directory, out.path()) {
            Status::Failed(message) => message,
            other => panic!("{other:?}"),
        };
        assert_eq!(message(None), "None");
        assert_eq!(message(Some(out.path())), "None");
        std::fs::create_dir(out.path().join("usps")).unwrap();
        assert_eq!(message(Some(out.path())), "Some(\"usps\")");
    }

    #[test]
    fn the_size_of_a_picture_is_read_from_its_header() {
        let svg =
            br#"<?xml version="1.0"?><svg version="1.1" width="640" height="480px" viewBox="0 0 1 1"><g width="3"/>"#;
        assert_eq!(picture_size(svg), Some((640, 480)));
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\x40\x08";
        assert_eq!(picture_size(png), Some((256, 64)));
        assert_eq!(picture_size(b"\x89PNG"), None);
        assert_eq!(picture_size(b"<svg>"), None);
    }
}
