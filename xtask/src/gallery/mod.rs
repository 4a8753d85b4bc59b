//! docs/GALLERY.md: the committed figures with claim, reported numbers, ours, verdict and command; docs/SLIDES.md beside it.

pub mod html;
mod overview;
mod slides_page;

use crate::equations::{self, Place};
use crate::experiments;
use crate::files::{self, note};
use crate::list::slides;
use crate::metrics::{Entry, Metrics};
use crate::number::{rounded_interval, significant};
use crate::record::{command, entry_name, expected};
use crate::slides::{PARTS, Part, title};
use crate::verdict::{Verdict, judge};
use experiment::{Data, Experiment, Size};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use overview::{Kind, overview};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

/// The page below the root.
pub const FILE: &str = "docs/GALLERY.md";

/// The page that tells slide by slide what covers it.
pub const SLIDES_FILE: &str = "docs/SLIDES.md";

/// Write docs/GALLERY.md from the committed figures, and docs/SLIDES.md.
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
        return Ok(ExitCode::SUCCESS);
    }
    let stale = stale(root)?;
    for file in &stale {
        note(&format!("{file} is not up to date: run cargo xtask gallery"));
    }
    Ok(if stale.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes both pages.
///
/// # Errors
/// When files cannot be read or written.
pub fn write(root: &Path) -> anyhow::Result<()> {
    for (file, text) in pages(root)? {
        files::write_atomic(&root.join(file), text.as_bytes())?;
    }
    Ok(())
}

/// The pages that are not what they would be if they were written now.
///
/// # Errors
/// When files cannot be read.
pub fn stale(root: &Path) -> anyhow::Result<Vec<&'static str>> {
    let written = |file: &str| std::fs::read_to_string(root.join(file)).ok();
    Ok(pages(root)?
        .into_iter()
        .filter(|(file, text)| written(file).as_ref() != Some(text))
        .map(|(file, _)| file)
        .collect())
}

fn pages(root: &Path) -> anyhow::Result<[(&'static str, String); 2]> {
    let slides = slides_page::page(&root.join("crates"), &experiments::ALL);
    Ok([(FILE, page(root, &experiments::ALL)?), (SLIDES_FILE, slides)])
}

/// The page's text, from the committed numbers of the full size.
///
/// # Errors
/// When a `metrics.json` or a source with equations cannot be read.
pub fn page(root: &Path, experiments: &[Experiment]) -> anyhow::Result<String> {
    let (places, _) = equations::check(root)?;
    let mut cards = Vec::new();
    let mut verdicts = Vec::new();
    for experiment in experiments {
        let folder = root.join("figures").join(experiment.id);
        let metrics = Metrics::read(&folder.join("metrics.json"))?;
        let directory = match experiment.data {
            Data::Directory { name, stand_in: None, .. } => Some(name),
            _ => None,
        };
        let entry = metrics.0.get(&entry_name(Size::Full, directory));
        let figure = ["figure.svg", "figure.png"].into_iter().find(|figure| folder.join(figure).is_file());
        let number = |metric: &str| entry.and_then(|entry| entry.metrics.get(metric)).map(|value| value.0);
        let verdict = entry.map(|_| judge(experiment, directory.is_some(), number));
        verdicts.push((first_slide(experiment), verdict.map_or(Kind::NotJudged, kind)));
        cards.push((experiment, card(experiment, entry, figure, directory.is_some(), verdict, &places)));
    }
    let parts = by_part(cards);
    let text = environment()?.render_str(
        include_str!("../../templates/gallery.md"),
        context! { parts, overview => Serde(overview(&verdicts)) },
    )?;
    Ok(text)
}

/// The slide that gives an experiment its place.
fn first_slide(experiment: &Experiment) -> u32 {
    experiment.slides.first().copied().unwrap_or(1)
}

/// What a verdict counts as in the overview.
fn kind(verdict: Verdict) -> Kind {
    match verdict {
        Verdict::Reproduced => Kind::Reproduced,
        Verdict::Partly => Kind::Partly,
        Verdict::NotReproduced => Kind::NotReproduced,
        Verdict::NoNumber => Kind::NoNumber,
        Verdict::Quick => Kind::NotJudged,
    }
}

/// The cards under the headings of their parts, parts without cards left out.
fn by_part(cards: Vec<(&Experiment, Value)>) -> Vec<Value> {
    let of_part = |part: &Part| -> Vec<Value> {
        let inside = |slide| (part.first..=part.last).contains(&slide);
        cards.iter().filter(|(experiment, _)| inside(first_slide(experiment))).map(|(_, card)| card.clone()).collect()
    };
    let parts = PARTS.iter().map(|part| (part, of_part(part))).filter(|(_, cards)| !cards.is_empty());
    parts
        .map(|(part, cards)| {
            let Part { first, last, title, japanese } = *part;
            context! { first, last, title, japanese, anchor => part.anchor(), cards }
        })
        .collect()
}

/// The slides of an experiment with their titles.
fn slide_titles(experiment: &Experiment) -> Vec<Value> {
    experiment.slides.iter().map(|&number| context! { number, title => title(number) }).collect()
}

/// The equations of an experiment: formula, function, and the line of code below the root.
fn equations_of(experiment: &Experiment, places: &[Place]) -> Vec<Value> {
    let known = experiment.equations.iter().filter_map(|tag| places.iter().find(|place| place.equation.tag == *tag));
    known
        .map(|place| {
            let home = place.home.as_ref();
            context! {
                tag => place.equation.tag,
                slides => slides(place.equation.slides),
                formula => place.equation.formula,
                function => place.equation.function,
                line => home.map(ToString::to_string),
                path => home.map(|home| format!("{}#L{}", home.file, home.line)),
            }
        })
        .collect()
}

fn card(
    experiment: &Experiment,
    entry: Option<&Entry>,
    figure: Option<&str>,
    with_directory: bool,
    verdict: Option<Verdict>,
    places: &[Place],
) -> Value {
    let number = |metric: &str| entry.and_then(|entry| entry.metrics.get(metric)).map(|value| value.0);
    context! {
        id => experiment.id,
        title => experiment.title,
        title_japanese => experiment.title_japanese,
        slides => slides(experiment.slides),
        slide_titles => slide_titles(experiment),
        claim => experiment.claim,
        source => experiment.source,
        equations => equations_of(experiment, places),
        figure => figure.map(|figure| format!("../figures/{}/{figure}", experiment.id)),
        data => entry.map(|entry| entry.data.as_str()),
        seconds => entry.and_then(|entry| entry.seconds).map(|seconds| format!("{seconds:.1}")),
        numbers => Serde(numbers(experiment, with_directory, number)),
        verdict => verdict.map(|verdict| verdict.to_string()),
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
        let page = page(root.path(), &experiments::ALL).unwrap();
        assert!(page.contains("No figure is committed yet."));
        assert!(page.contains(&format!("| all | | 0 | 0 | 0 | 0 | {n} | {n} |", n = experiments::ALL.len())), "{page}");
        assert!(page.ends_with('\n') && !page.ends_with("\n\n") && !page.lines().any(|line| line.ends_with(' ')));
    }

    #[test]
    fn an_equation_is_shown_with_its_line_of_code() {
        let root = tempfile::tempdir().unwrap();
        let source = "//! Rules.\n\n/// **Eq. perceptron-rule** (slide 20): w\nfn adapt() {}\n";
        files::write_atomic(&root.path().join("crates/mlp/src/perceptron.rs"), source.as_bytes()).unwrap();
        let page = page(root.path(), &experiments::ALL).unwrap();
        let link = "[`Perceptron::adapt`, crates/mlp/src/perceptron.rs:3](../crates/mlp/src/perceptron.rs#L3)";
        assert!(page.contains(link), "{page}");
    }
}
