//! docs/GALLERY.md: the committed figures with claim, reported numbers, ours, verdict and command.

use crate::experiment::{Data, Experiment, Size};
use crate::experiments;
use crate::files;
use crate::list::slides;
use crate::metrics::{Entry, Metrics};
use crate::number::{rounded_interval, significant};
use crate::record::{command, entry_name, expected};
use crate::verdict::judge;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

/// The page below the root.
pub const FILE: &str = "docs/GALLERY.md";

/// Write docs/GALLERY.md from the committed figures.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Write nothing; fail if the page is not up to date.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// When files cannot be read or written.
pub fn run(options: &Options, root: &Path) -> anyhow::Result<ExitCode> {
    if !options.check {
        write(root)?;
    } else if std::fs::read_to_string(root.join(FILE)).ok() != Some(page(root, experiments::ALL)?) {
        eprintln!("{FILE} is not up to date: run cargo xtask gallery");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the page.
///
/// # Errors
/// When files cannot be read or written.
pub fn write(root: &Path) -> anyhow::Result<()> {
    files::write_atomic(&root.join(FILE), page(root, experiments::ALL)?.as_bytes())
}

/// The page's text, from the committed numbers of the full size.
///
/// # Errors
/// When a `metrics.json` cannot be read.
pub fn page(root: &Path, experiments: &[Experiment]) -> anyhow::Result<String> {
    let mut cards = Vec::new();
    for experiment in experiments {
        let folder = root.join("figures").join(experiment.id);
        let metrics = Metrics::read(&folder.join("metrics.json"))?;
        let directory = match experiment.data {
            Data::Directory { name, stand_in: None, .. } => Some(name),
            _ => None,
        };
        let entry = metrics.0.get(&entry_name(Size::Full, directory));
        let figure = ["figure.svg", "figure.png"].into_iter().find(|figure| folder.join(figure).is_file());
        cards.push(card(experiment, entry, figure, directory.is_some()));
    }
    let environment = environment()?;
    let text = environment.render_str(include_str!("../templates/gallery.md"), context! { cards })?;
    Ok(text)
}

fn card(experiment: &Experiment, entry: Option<&Entry>, figure: Option<&str>, with_directory: bool) -> Value {
    let number = |metric: &str| entry.and_then(|entry| entry.metrics.get(metric)).map(|value| value.0);
    context! {
        id => experiment.id,
        title => experiment.title,
        title_japanese => experiment.title_japanese,
        slides => slides(experiment.slides),
        claim => experiment.claim,
        source => experiment.source,
        equations => experiment.equations.iter().map(|tag| format!("`{tag}`")).collect::<Vec<_>>().join(", "),
        figure => figure.map(|figure| format!("../figures/{}/{figure}", experiment.id)),
        data => entry.map(|entry| entry.data.as_str()),
        numbers => Serde(numbers(experiment, with_directory, number)),
        verdict => entry.map(|_| judge(experiment, with_directory, number).to_string()),
        command => command(experiment.id, Size::Full, with_directory),
    }
}

/// Templates whose block tags leave no empty lines.
///
/// # Errors
/// Never in practice; minijinja's own.
pub fn environment() -> anyhow::Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment
        .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    Ok(environment)
}

/// A number of a card: what the source reports, what came out, where it must lie.
#[derive(Debug, Serialize)]
pub struct Number {
    /// The metric.
    pub metric: String,
    /// The source's words and how sure they are; empty if the source says nothing.
    pub reported: String,
    /// How sure the quotation is.
    pub confidence: String,
    /// Our number, to six significant digits.
    pub ours: String,
    /// Our number in full.
    pub exact: String,
    /// Where it must lie; empty if anywhere.
    pub interval: String,
}

/// The reported metrics first, then those with an interval.
pub fn numbers(experiment: &Experiment, with_directory: bool, number: impl Fn(&str) -> Option<f64>) -> Vec<Number> {
    let intervals = || expected(experiment, with_directory).iter().chain(experiment.invariants);
    let reported = experiment.paper.iter().map(|reported| reported.metric);
    let mut metrics: Vec<&str> = Vec::new();
    for metric in reported.chain(intervals().map(|(metric, _)| *metric)) {
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    let row = |metric: &str| {
        let reported = experiment.paper.iter().find(|reported| reported.metric == metric);
        let ours = number(metric);
        Number {
            metric: metric.replace('_', " "),
            reported: reported.map(|reported| reported.value.to_string()).unwrap_or_default(),
            confidence: reported.map(|reported| reported.confidence.to_string()).unwrap_or_default(),
            ours: ours.map(|value| typeset(&significant(value, 6))).unwrap_or_default(),
            exact: ours.map(|value| format!("{value:?}")).unwrap_or_default(),
            interval: intervals()
                .find(|(name, _)| *name == metric)
                .map(|(_, interval)| typeset(&rounded_interval(interval)))
                .unwrap_or_default(),
        }
    };
    metrics.into_iter().map(row).collect()
}

/// With minus signs in the place of hyphens: a line never breaks behind one.
fn typeset(number: &str) -> String {
    number.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_committed_figures_says_so() {
        let root = tempfile::tempdir().unwrap();
        let page = page(root.path(), experiments::ALL).unwrap();
        assert!(page.contains("No figure is committed yet."));
        assert!(page.ends_with('\n') && !page.ends_with("\n\n") && !page.lines().any(|line| line.ends_with(' ')));
    }
}
