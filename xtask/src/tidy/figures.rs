//! Experiments, their source files, their committed figures and the generated pages name the same things.

use super::{Finding, walk};
use crate::files::relative;
use crate::metrics::Metrics;
use crate::{experiments, gallery};
use experiment::{Data, Experiment};
use std::path::Path;

const EXPERIMENTS: &str = "xtask/experiments";

/// Every rule about figures.
///
/// # Errors
/// When a file cannot be read.
pub fn check(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let mut files = Vec::new();
    for path in walk::files(&root.join(EXPERIMENTS), &["rs"])? {
        let text = std::fs::read_to_string(&path)?;
        // What several experiments share stands beside them, without an experiment of its own.
        if text.contains("pub const EXPERIMENT") {
            files.push((relative(root, &path), text));
        }
    }
    let mut findings = source_files(&experiments::ALL, &files);
    findings.extend(committed(root, &experiments::ALL)?);
    let stale = gallery::stale(root)?.into_iter();
    findings.extend(stale.map(|file| Finding::new(file, 0, "is not up to date: run cargo xtask gallery")));
    Ok(findings)
}

/// The file of an experiment has its id as name and in its text, and every file is registered.
fn source_files(experiments: &[Experiment], files: &[(String, String)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, text) in files {
        let stem = file.rsplit('/').next().and_then(|name| name.strip_suffix(".rs")).unwrap_or(file);
        if !experiments.iter().any(|experiment| experiment.id == stem) {
            findings.push(Finding::new(file, 0, format!("`{stem}` is not registered in the lib.rs beside it")));
        } else if !text.contains(&format!("id: \"{stem}\"")) {
            findings.push(Finding::new(file, 0, format!("the experiment in this file must have the id `{stem}`")));
        }
    }
    for experiment in experiments {
        let name = format!("/{}.rs", experiment.id);
        if !files.iter().any(|(file, _)| file.ends_with(&name)) {
            let message = format!("experiment `{0}` must stand in a file {0}.rs", experiment.id);
            findings.push(Finding::new(EXPERIMENTS, 0, message));
        }
    }
    findings
}

/// Every experiment that runs on a fresh machine has a committed figure and both entries of numbers, and no folder is
/// left over.
fn committed(root: &Path, experiments: &[Experiment]) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for folder in walk::folders(&root.join("figures"))? {
        if !experiments.iter().any(|experiment| experiment.id == folder) {
            findings.push(Finding::new(format!("figures/{folder}"), 0, "no experiment has this id"));
        }
    }
    for experiment in experiments.iter().filter(|e| !matches!(e.data, Data::Directory { stand_in: None, .. })) {
        let folder = format!("figures/{}", experiment.id);
        let path = root.join(&folder);
        if !["figure.svg", "figure.png"].iter().any(|figure| path.join(figure).is_file()) {
            let message = format!("no figure: run cargo xtask reproduce-figures {} --accept", experiment.id);
            findings.push(Finding::new(&folder, 0, message));
        }
        let metrics = Metrics::read(&path.join("metrics.json"))?;
        for size in ["full", "quick"].iter().filter(|size| !metrics.0.contains_key(**size)) {
            findings.push(Finding::new(format!("{folder}/metrics.json"), 0, format!("has no entry `{size}`")));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(findings: &[Finding]) -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    }

    fn file(path: &str, id: &str) -> (String, String) {
        (format!("{EXPERIMENTS}/{path}"), format!("id: \"{id}\","))
    }

    #[test]
    fn the_files_of_registered_experiments_carry_their_ids() {
        let all = &experiments::ALL[..1];
        let id = all[0].id;
        assert_eq!(source_files(all, &[file(&format!("nn-core/{id}.rs"), id)]), []);
        let found = source_files(all, &[file(&format!("nn-core/{id}.rs"), "other"), file("mlp/new.rs", "new")]);
        assert_eq!(
            messages(&found),
            [
                format!("{EXPERIMENTS}/nn-core/{id}.rs: the experiment in this file must have the id `{id}`"),
                format!("{EXPERIMENTS}/mlp/new.rs: `new` is not registered in the lib.rs beside it"),
            ]
        );
        assert_eq!(source_files(all, &[]).len(), 1);
    }

    #[test]
    fn a_folder_without_experiment_and_an_experiment_without_figure_are_found() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("figures/slide-15")).unwrap();
        let all = &experiments::ALL[..1];
        let id = all[0].id;
        assert_eq!(
            messages(&committed(root.path(), all).unwrap()),
            [
                "figures/slide-15: no experiment has this id".to_string(),
                format!("figures/{id}: no figure: run cargo xtask reproduce-figures {id} --accept"),
                format!("figures/{id}/metrics.json: has no entry `full`"),
                format!("figures/{id}/metrics.json: has no entry `quick`"),
            ]
        );
    }
}
