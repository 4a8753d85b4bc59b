//! `reproduce-figures`: run, judge, compare or accept, and show.

use crate::files::{self, aligned, no_exchange, print};
use crate::metrics::{Metrics, differences};
use crate::number::at_least_1;
use crate::progress::Progress;
use crate::record::Record;
use crate::run::{Settings, Status, run as run_one};
use crate::schedule::longest_first;
use crate::verdict::{verdict, violations};
use crate::{experiments, gallery};
use anyhow::{Context as _, bail};
use clap::builder::PossibleValuesParser;
use experiment::{Data, Experiment, Size};
use nn_core::simd;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Regenerate the figures and check every number.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Experiments to run; all of them if none is named (see `cargo xtask list`).
    #[arg(value_name = "ID", hide_possible_values = true, value_parser = PossibleValuesParser::new(experiments::ids()))]
    ids: Vec<String>,
    /// A smaller run of every experiment, checked for its bits and for what holds at any size.
    #[arg(long)]
    quick: bool,
    /// Folder with larger data sets: DIR/mnist, DIR/usps ... Default: the environment variable NN_DATA_DIR.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where figures, numbers and index.html go. Default: target/figures in the workspace.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Experiments at once; inside, each may use all cores. Default: the number of cores.
    #[arg(long, value_name = "N", value_parser = at_least_1)]
    jobs: Option<NonZeroUsize>,
    /// Compare every number bit for bit with the committed ones under figures/.
    #[arg(long, conflicts_with = "accept")]
    check: bool,
    /// Commit these figures and numbers to figures/ and docs/GALLERY.md.
    #[arg(long)]
    accept: bool,
    /// Skip what is already finished in the output folder.
    #[arg(long)]
    resume: bool,
    /// Another block of seeds than the one whose numbers are accepted: how far do the metrics of several blocks lie apart?
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with_all = ["check", "accept", "resume"])]
    block: u64,
    /// The widest vector instructions to use. Results are the same with all of them.
    #[arg(long, value_name = "PATH")]
    simd: Option<SimdPath>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum SimdPath {
    Portable,
    Avx2,
    Avx512,
}

/// Of a thread that runs experiments: as much as the main thread has, which is one of them.
const STACK: usize = 8 << 20;

/// What a shell expects of a program that ended by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// Runs the command.
///
/// # Errors
/// When files cannot be read or written. Experiments that fail are reported, and give the exit code 1.
pub fn run(options: &Options, root: &Path) -> anyhow::Result<ExitCode> {
    if let Some(path) = options.simd {
        limit_simd(path);
    }
    let data_directory = data_directory(options, root)?;
    let selected: Vec<&Experiment> = experiments::ALL
        .iter()
        .filter(|experiment| options.ids.is_empty() || options.ids.iter().any(|id| id == experiment.id))
        .collect();
    for line in stand_ins(&selected, data_directory.as_deref()) {
        note!("{line}");
    }
    let out = options.out.clone().unwrap_or_else(|| default_out(root));
    prepare(&out, root)?;
    stop_orderly(&out, root, options.resume_command())?;
    let size = if options.quick { Size::Quick } else { Size::Full };
    let settings = Settings { size, data_directory, out, resume: options.resume, block: options.block };
    let jobs = options.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let start = Instant::now();
    let results = run_all(&selected, &settings, jobs, root)?;
    let seconds = start.elapsed().as_secs_f64();

    let mut problems = Vec::new();
    let (mut accepted, mut differ) = (0, 0);
    for (experiment, status) in &results {
        let found = match status {
            Status::Finished(record) => violations(experiment, record),
            Status::Skipped { .. } => Vec::new(),
            Status::Failed(message) => vec![message.clone()],
        };
        let sound = found.is_empty();
        problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", experiment.id)));
        let Status::Finished(record) = status else { continue };
        let committed = root.join("figures").join(experiment.id);
        if options.check {
            let lines = compare(&committed, record)?;
            differ += usize::from(!lines.is_empty());
            problems.extend(lines.into_iter().map(|line| format!("{}: {line}", experiment.id)));
        } else if options.accept && sound {
            accept(experiment, record, &settings.out.join(experiment.id), &committed)?;
            accepted += 1;
        }
    }
    if options.accept {
        gallery::write(root)?;
    }
    let page = gallery::html::write(&settings.out, root, &results);
    let mut text = summary(&results) + &times(&results, seconds, jobs.min(results.len()));
    if options.check {
        let finished = results.iter().filter(|(_, status)| matches!(status, Status::Finished(_))).count();
        text += &format!("\ncompared {finished} with figures/ bit for bit: {differ} differ\n");
    }
    if options.accept {
        text += &format!("\naccepted {accepted} of {} into figures/ and docs/GALLERY.md\n", results.len());
    }
    match page {
        Ok(page) => text += &format!("\ngallery: {}\n", page.display()),
        Err(error) => problems.push(format!("no gallery: {error:#}")),
    }
    print(&text)?;
    if problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    note!("\n{} problem{}:", problems.len(), if problems.len() == 1 { "" } else { "s" });
    problems.iter().for_each(|problem| note!("  {problem}"));
    Ok(ExitCode::FAILURE)
}

/// Where figures go if the command does not say.
pub fn default_out(root: &Path) -> PathBuf {
    root.join("target").join("figures")
}

fn limit_simd(path: SimdPath) {
    let wanted = match path {
        SimdPath::Portable => simd::Path::Portable,
        SimdPath::Avx2 => simd::Path::Avx2,
        SimdPath::Avx512 => simd::Path::Avx512,
    };
    let taken = simd::limit(wanted);
    if taken != wanted {
        note!("this processor has no {wanted:?}: running with {taken:?}");
    }
}

/// The folder of the option, or of the environment (a relative one there counts from the workspace's root).
fn data_directory(options: &Options, root: &Path) -> anyhow::Result<Option<PathBuf>> {
    let environment = || std::env::var_os("NN_DATA_DIR").filter(|value| !value.is_empty()).map(|dir| root.join(dir));
    let directory = options.data_dir.clone().or_else(environment);
    match directory {
        Some(directory) if !directory.is_dir() => bail!("the data directory {} is no folder", directory.display()),
        directory => Ok(directory),
    }
}

/// What is missing in the data directory that was given, and what takes its place.
fn stand_ins(selected: &[&Experiment], directory: Option<&Path>) -> BTreeSet<String> {
    let line = |experiment: &&Experiment| {
        let Data::Directory { name, stand_in: Some(stand_in), .. } = experiment.data else { return None };
        let missing = directory.filter(|directory| !directory.join(name).is_dir())?;
        Some(format!("{} has no folder {name} that can be read: {stand_in} takes its place", missing.display()))
    };
    selected.iter().filter_map(line).collect()
}

impl Options {
    /// The options that matter for going on where this run was stopped. Blocks of seeds cannot be resumed.
    fn resume_command(&self) -> String {
        let mut command = "cargo xtask reproduce-figures".to_string();
        for id in &self.ids {
            command += &format!(" {id}");
        }
        for (option, value) in [("--data-dir", &self.data_dir), ("--out", &self.out)] {
            if let Some(value) = value {
                command += &format!(" {option} {}", quoted(value));
            }
        }
        for (option, given) in [("--quick", self.quick), ("--check", self.check), ("--accept", self.accept)] {
            if given {
                command += &format!(" {option}");
            }
        }
        command + &if self.block == 0 { " --resume".into() } else { format!(" --block {}", self.block) }
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%=".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Makes the output folder, cleans up what a killed run left there and among the committed figures, and makes sure before
/// the work that its results can be written.
fn prepare(out: &Path, root: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("cannot make the output folder {}", out.display()))?;
    files::partial_in(out).with_context(|| format!("cannot write into the output folder {}", out.display()))?;
    for folder in [out, &root.join("figures")] {
        files::sweep(folder).with_context(|| format!("cannot clean up in {}", folder.display()))?;
    }
    Ok(())
}

/// Ctrl-C: what is finished stays, the page shows it, nothing half-written is left.
fn stop_orderly(out: &Path, root: &Path, resume: String) -> anyhow::Result<()> {
    let (out, root) = (out.to_path_buf(), root.to_path_buf());
    let handler = move || {
        let _guard = no_exchange();
        let page = gallery::html::write(&out, &root, &[]).map(|page| format!("gallery: {}\n", page.display()));
        for folder in [&out, &root.join("figures"), &root.join("docs")] {
            files::give_up(folder);
        }
        note!(
            "\ninterrupted: finished figures stay in {}\n{}go on with: {resume}",
            out.display(),
            page.unwrap_or_default()
        );
        std::process::exit(INTERRUPTED);
    };
    ctrlc::set_handler(handler).context("cannot watch for Ctrl-C")
}

/// Runs the experiments, `jobs` of them at once and the longest first, and gives the results in slide order.
fn run_all<'a>(
    selected: &[&'a Experiment],
    settings: &Settings,
    jobs: usize,
    root: &Path,
) -> anyhow::Result<Vec<(&'a Experiment, Status)>> {
    let queue = longest_first(selected, settings, &root.join("figures"));
    let progress = Progress::new(queue.len());
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(queue.len()));
    let work = || {
        while let Some(&experiment) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            let line = progress.start(experiment.id);
            let status = run_one(experiment, settings, &|done, total, message| line.step(done, total, message));
            line.finish(&one_line(experiment, &status));
            results.lock().unwrap_or_else(PoisonError::into_inner).push((experiment, status));
        }
    };
    std::thread::scope(|scope| -> anyhow::Result<()> {
        for _ in 0..jobs.min(queue.len()) {
            let thread = std::thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, work).context("cannot start a thread")?;
        }
        Ok(())
    })?;
    progress.finish();
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(experiment, _)| selected.iter().position(|other| other.id == experiment.id));
    Ok(results)
}

fn one_line(experiment: &Experiment, status: &Status) -> String {
    let id = experiment.id;
    match status {
        Status::Finished(record) => format!("{id}  {:.1} s", record.seconds),
        Status::Skipped { reason, .. } => format!("{id}  skipped: {reason}"),
        Status::Failed(message) => format!("{id}  FAILED: {message}"),
    }
}

/// The results as aligned lines, and below them the commands that would run what was skipped.
fn summary(results: &[(&Experiment, Status)]) -> String {
    let mut rows = Vec::new();
    let mut skipped = String::new();
    for (experiment, status) in results {
        let (outcome, seconds, data) = match status {
            Status::Finished(record) if !violations(experiment, record).is_empty() => {
                ("OUTSIDE ITS INTERVAL".into(), format!("{:.1} s", record.seconds), record.data_used.clone())
            }
            Status::Finished(record) => {
                let verdict = verdict(experiment, record).to_string();
                (verdict, format!("{:.1} s", record.seconds), record.data_used.clone())
            }
            Status::Skipped { reason, command } => {
                skipped += &format!("skipped {}: {reason}\n  {command}\n", experiment.id);
                if let Data::Directory { name, .. } = experiment.data {
                    skipped += &format!("  (DIR holds the folder {name}; see cargo xtask fetch-data --help)\n");
                }
                ("skipped".into(), String::new(), String::new())
            }
            Status::Failed(_) => ("FAILED".into(), String::new(), String::new()),
        };
        rows.push(vec![experiment.id.to_string(), outcome, seconds, data]);
    }
    let gap = if skipped.is_empty() { "" } else { "\n" };
    format!("{}{gap}{skipped}", aligned(&rows))
}

/// `70 experiments in 95.3 s, 2 at once (182.0 s of work)`, and the longest of them.
fn times(results: &[(&Experiment, Status)], seconds: f64, jobs: usize) -> String {
    let mut runs: Vec<(&str, f64)> = Vec::new();
    for (experiment, status) in results {
        if let Status::Finished(record) = status {
            runs.push((experiment.id, record.seconds));
        }
    }
    runs.sort_by(|a, b| b.1.total_cmp(&a.1));
    let plural = if results.len() == 1 { "" } else { "s" };
    // The sum of nothing would be -0.
    let work = runs.iter().fold(0.0, |sum, (_, seconds)| sum + seconds);
    let mut text =
        format!("\n{} experiment{plural} in {seconds:.1} s, {jobs} at once ({work:.1} s of work)", results.len());
    if runs.len() > 3 {
        let longest: Vec<String> = runs[..3].iter().map(|(id, seconds)| format!("{id} {seconds:.1} s")).collect();
        text += &format!("; longest: {}", longest.join(", "));
    }
    text + "\n"
}

/// What differs from the committed numbers of the same size and data. Numbers on data from a directory may be
/// without a committed entry; those on embedded and generated data may not.
fn compare(committed: &Path, record: &Record) -> anyhow::Result<Vec<String>> {
    let name = record.entry_name();
    match Metrics::read(&committed.join("metrics.json"))?.0.get(&name) {
        Some(entry) => Ok(differences(entry, &record.entry())),
        None if record.directory.is_some() => {
            note!("{}: nothing committed for {name}, not compared", record.id);
            Ok(Vec::new())
        }
        None => Ok(vec![format!("nothing is committed for the size {name}; run it with --accept")]),
    }
}

/// All files of a committed figure but its numbers.
fn pictures_of(committed: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut pictures = Vec::new();
    for file in std::fs::read_dir(committed)? {
        let file = file?;
        if file.file_name() != "metrics.json" {
            let name = file.file_name().to_string_lossy().into_owned();
            pictures.push((name, std::fs::read(file.path())?));
        }
    }
    Ok(pictures)
}

/// Merges the numbers into the committed ones; pictures are those of the full size on the default data.
fn accept(experiment: &Experiment, record: &Record, finished: &Path, committed: &Path) -> anyhow::Result<()> {
    let path = committed.join("metrics.json");
    let mut metrics = Metrics::read(&path)?;
    metrics.0.insert(record.entry_name(), record.entry());
    let only_with_directory = matches!(experiment.data, Data::Directory { stand_in: None, .. });
    let mut committed_files = Vec::new();
    if record.size == Size::Full && (record.directory.is_none() || only_with_directory) {
        for picture in &record.pictures {
            let from = finished.join(&picture.file);
            let content = std::fs::read(&from).with_context(|| format!("cannot read {}", from.display()))?;
            committed_files.push((picture.file.clone(), content));
        }
    } else if committed.is_dir() {
        committed_files = pictures_of(committed).with_context(|| format!("cannot read {}", committed.display()))?;
    }
    committed_files.push(("metrics.json".into(), metrics.to_json()?.into_bytes()));
    files::replace_folder(committed, &committed_files)
}
