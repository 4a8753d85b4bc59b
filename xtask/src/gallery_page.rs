//! `index.html` beside the figures: pictures, claims, numbers and verdicts on one page that needs nothing else.

use crate::experiment::{Experiment, Size};
use crate::experiments;
use crate::files;
use crate::gallery::{environment, numbers};
use crate::list::slides;
use crate::number::significant;
use crate::record::{Record, command};
use crate::run::Status;
use crate::verdict::{Verdict, verdict, violations};
use minijinja::context;
use minijinja::value::{Serde, Value};
use std::path::{Path, PathBuf};

/// Writes `index.html` for the results of this run and for what earlier runs left in the same folder.
///
/// # Errors
/// When the page cannot be written.
pub fn write(out: &Path, results: &[(&Experiment, Status)]) -> anyhow::Result<PathBuf> {
    let mut cards = Vec::new();
    for experiment in experiments::ALL {
        let status = results.iter().find(|(other, _)| other.id == experiment.id).map(|(_, status)| status);
        let earlier = Record::read(&out.join(experiment.id));
        cards.push(match (status, earlier) {
            (Some(Status::Finished(record)), _) => finished(experiment, record),
            (Some(Status::Failed(message)), _) => unfinished(experiment, "failed", "bad", message),
            (None, Some(record)) => finished(experiment, &record),
            (Some(Status::Skipped { reason, .. }), _) => unfinished(experiment, "skipped", "none", reason),
            (None, None) => unfinished(experiment, "not run", "none", ""),
        });
    }
    let path = out.join("index.html");
    files::write_atomic(&path, render(cards)?.as_bytes())?;
    Ok(path)
}

fn render(cards: Vec<Value>) -> anyhow::Result<String> {
    let mut environment = environment()?;
    environment.add_template("index.html", include_str!("../templates/index.html"))?;
    environment.add_template("card.html", include_str!("../templates/card.html"))?;
    Ok(environment.get_template("index.html")?.render(context! { cards })?)
}

fn finished(experiment: &Experiment, record: &Record) -> Value {
    let problems = violations(experiment, record);
    let (badge, tone) = match verdict(experiment, record) {
        _ if !problems.is_empty() => ("outside its interval".to_string(), "bad"),
        verdict @ Verdict::Reproduced => (verdict.to_string(), "good"),
        verdict @ Verdict::Partly => (verdict.to_string(), "fair"),
        verdict @ Verdict::NotReproduced => (verdict.to_string(), "bad"),
        verdict @ (Verdict::NoNumber | Verdict::Quick) => (verdict.to_string(), "none"),
    };
    let with_directory = record.directory.is_some();
    let numbers = numbers(experiment, with_directory, |metric| record.metric(metric));
    let shown = |name: &str| numbers.iter().any(|number| number.metric == name.replace('_', " "));
    let others: Vec<(String, String)> = record
        .metrics
        .iter()
        .filter(|(name, _)| !shown(name))
        .map(|(name, value)| (name.replace('_', " "), significant(value.0, 6)))
        .collect();
    let pictures: Vec<Value> = record
        .pictures
        .iter()
        .map(|picture| {
            let (width, height) = picture.pixels.unzip();
            context! { file => picture.file.as_str(), width, height }
        })
        .collect();
    context! {
        badge, tone, problems, others, pictures,
        ran => true,
        numbers => Serde(&numbers),
        notes => Serde(&record.notes),
        table => Serde(&record.table),
        data => record.data_used.as_str(),
        seconds => format!("{:.1}", record.seconds),
        seeds => record.seeds,
        size => record.size.to_string(),
        command => command(experiment.id, record.size, with_directory),
        ..about(experiment)
    }
}

fn unfinished(experiment: &Experiment, badge: &str, tone: &str, message: &str) -> Value {
    context! {
        badge, tone, message,
        ran => false,
        command => command(experiment.id, Size::Full, badge == "skipped"),
        ..about(experiment)
    }
}

fn about(experiment: &Experiment) -> Value {
    context! {
        id => experiment.id,
        slides => slides(experiment.slides),
        title => experiment.title,
        title_japanese => experiment.title_japanese,
        claim => experiment.claim,
        source => experiment.source,
        assumptions => Serde(experiment.assumptions),
        equations => Serde(experiment.equations),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Outcome;
    use crate::record::PictureFile;

    fn page(status: Status) -> String {
        let out = tempfile::tempdir().unwrap();
        let experiment = &experiments::ALL[0];
        let path = write(out.path(), &[(experiment, status)]).unwrap();
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
    fn the_page_needs_nothing_from_elsewhere() {
        let page = page(Status::Finished(record()));
        for outside in ["http:", "https:", "src=\"//", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
