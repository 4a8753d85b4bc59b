//! `index.html` beside the figures: pictures, claims, numbers and verdicts on one page that needs nothing else.

use super::overview::{Kind, overview};
use super::{by_part, environment, equations_of, first_slide, kind, numbers, slide_titles};
use crate::equations::{self, Place};
use crate::experiments;
use crate::files::{self, link};
use crate::list::slides;
use crate::number::significant;
use crate::record::{Record, command};
use crate::run::Status;
use crate::verdict::{verdict, violations};
use experiment::{Experiment, Size};
use minijinja::context;
use minijinja::value::{Serde, Value};
use std::path::{Path, PathBuf};

/// Numbers of a card that are shown at once; the others can be unfolded.
const SHOWN: usize = 6;

/// Writes `index.html` for the results of this run and for what earlier runs left in the same folder; links to the code
/// go to the workspace at `root`.
///
/// # Errors
/// When the page cannot be written.
pub fn write(out: &Path, root: &Path, results: &[(&Experiment, Status)]) -> anyhow::Result<PathBuf> {
    let (places, _) = equations::check(root)?;
    let base = link(out, root);
    let mut cards = Vec::new();
    let mut verdicts = Vec::new();
    for experiment in experiments::ALL.iter() {
        let status = results.iter().find(|(other, _)| other.id == experiment.id).map(|(_, status)| status);
        let earlier = Record::read(&out.join(experiment.id));
        let (kind, card) = match (status, earlier) {
            (Some(Status::Finished(record)), _) => finished(experiment, record),
            (Some(Status::Failed(message)), _) => unfinished(experiment, "failed", Kind::Outside, message),
            (None, Some(record)) => finished(experiment, &record),
            (Some(Status::Skipped { reason, .. }), _) => unfinished(experiment, "skipped", Kind::NotJudged, reason),
            (None, None) => unfinished(experiment, "not run", Kind::NotJudged, ""),
        };
        verdicts.push((first_slide(experiment), kind));
        cards.push((experiment, context! { ..card, ..about(experiment, kind, &places) }));
    }
    let path = out.join("index.html");
    let page = context! { parts => by_part(cards), overview => Serde(overview(&verdicts)), base };
    files::write_atomic(&path, render(page)?.as_bytes())?;
    Ok(path)
}

fn render(page: Value) -> anyhow::Result<String> {
    let mut environment = environment()?;
    for (name, text) in [
        ("index.html", include_str!("../../templates/index.html")),
        ("card.html", include_str!("../../templates/card.html")),
        ("style.css", include_str!("../../templates/style.css")),
        ("script.js", include_str!("../../templates/script.js")),
    ] {
        environment.add_template(name, text)?;
    }
    Ok(environment.get_template("index.html")?.render(page)?)
}

fn finished(experiment: &Experiment, record: &Record) -> (Kind, Value) {
    let problems = violations(experiment, record);
    let (kind, badge) = match verdict(experiment, record) {
        _ if !problems.is_empty() => (Kind::Outside, "outside its interval".to_string()),
        verdict => (kind(verdict), verdict.to_string()),
    };
    let with_directory = record.directory.is_some();
    let mut shown = numbers(experiment, with_directory, |metric| record.metric(metric));
    let named = |name: &str| shown.iter().any(|number| number.metric == name.replace('_', " "));
    let others: Vec<(String, String)> = record
        .metrics
        .iter()
        .filter(|(name, _)| !named(name))
        .map(|(name, value)| (name.replace('_', " "), significant(value.0, 6)))
        .collect();
    // What the source reports stands first; none of it is folded away.
    let reported = shown.iter().filter(|number| !number.reported.is_empty()).count();
    let folded = shown.split_off(shown.len().min(reported.max(SHOWN)));
    let pictures: Vec<Value> = record
        .pictures
        .iter()
        .map(|picture| {
            let (width, height) = picture.pixels.unzip();
            context! { file => picture.file.as_str(), width, height }
        })
        .collect();
    let card = context! {
        badge, problems, others, pictures,
        ran => true,
        numbers => Serde(&shown),
        folded => Serde(&folded),
        notes => Serde(&record.notes),
        table => Serde(&record.table),
        data => record.data_used.as_str(),
        seconds => format!("{:.1}", record.seconds),
        seeds => record.seeds,
        size => record.size.to_string(),
        command => command(experiment.id, record.size, with_directory),
    };
    (kind, card)
}

fn unfinished(experiment: &Experiment, badge: &str, kind: Kind, message: &str) -> (Kind, Value) {
    let command = command(experiment.id, Size::Full, badge == "skipped");
    (kind, context! { badge, message, command, ran => false })
}

fn about(experiment: &Experiment, kind: Kind, places: &[Place]) -> Value {
    context! {
        id => experiment.id,
        slides => slides(experiment.slides),
        slide_titles => slide_titles(experiment),
        title => experiment.title,
        title_japanese => experiment.title_japanese,
        claim => experiment.claim,
        source => experiment.source,
        assumptions => Serde(experiment.assumptions),
        equations => equations_of(experiment, places),
        kind => Serde(kind),
        tone => kind.tone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PictureFile;
    use experiment::Outcome;

    fn page(status: Status) -> String {
        let out = tempfile::tempdir().unwrap();
        let experiment = &experiments::ALL[0];
        let path = write(out.path(), out.path(), &[(experiment, status)]).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    fn record() -> Record {
        let outcome = Outcome::new().metric("left_<over>", 0.5).note("a < b & c");
        let mut record = Record::new(&experiments::ALL[0], Size::Quick, None, 3, &outcome);
        record.pictures = vec![PictureFile { file: "figure.svg".into(), pixels: Some((640, 480)) }];
        record
    }

    #[test]
    fn a_finished_experiment_shows_picture_numbers_and_command() {
        let page = page(Status::Finished(record()));
        let id = experiments::ALL[0].id;
        assert!(page.contains(&format!("src=\"{id}/figure.svg\" width=\"640\" height=\"480\"")));
        assert!(page.contains(&format!("cargo xtask reproduce-figures {id} --quick")));
        assert!(page.contains("a &lt; b &amp; c") && page.contains("left &lt;over&gt;"));
    }

    #[test]
    fn a_failure_shows_its_message_and_a_skipped_one_its_reason() {
        assert!(page(Status::Failed("row 3 is odd".into())).contains("row 3 is odd"));
        let skipped = Status::Skipped { reason: "needs usps".into(), command: String::new() };
        let page = page(skipped);
        assert!(page.contains("needs usps") && page.contains("--data-dir DIR"));
    }

    #[test]
    fn an_equation_links_to_its_line_in_the_workspace() {
        let root = tempfile::tempdir().unwrap();
        let source = "//! Rules.\n\n/// **Eq. perceptron-rule** (slide 20): w\nfn adapt() {}\n";
        files::write_atomic(&root.path().join("crates/mlp/src/perceptron.rs"), source.as_bytes()).unwrap();
        let out = root.path().join("target/figures");
        let experiment = experiments::ALL.iter().find(|e| e.equations.contains(&"perceptron-rule")).unwrap();
        let path = write(&out, root.path(), &[(experiment, Status::Failed(String::new()))]).unwrap();
        let page = std::fs::read_to_string(path).unwrap();
        assert!(page.contains("href=\"../../crates/mlp/src/perceptron.rs#L3\""), "{page}");
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        let page = page(Status::Finished(record()));
        for outside in ["http:", "https:", "src=\"//", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
