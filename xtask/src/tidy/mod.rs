//! `tidy`: what the repository promises about itself, checked as `file:line: message`.

mod dependencies;
mod figures;
mod links;
mod readme;
mod references;
mod sources;
pub mod walk;

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// Something to put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file or folder below the root.
    pub file: String,
    /// The line, counted from 1; 0 means the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// A warning does not fail the command.
    pub warning: bool,
}

impl Finding {
    /// An error at this place.
    pub fn new(file: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self { file: file.into(), line, message: message.into(), warning: false }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}{}", if self.warning { "warning: " } else { "" }, self.message)
    }
}

/// Runs every check.
///
/// # Errors
/// When a file cannot be read or cargo cannot be run. Findings are reported, and give the exit code 1.
pub fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let mut findings = dependencies::check(root)?;
    findings.extend(sources::check(root)?);
    findings.extend(figures::check(root)?);
    findings.extend(readme::check(root)?);
    findings.extend(references::check(root)?);
    findings.extend(links::check(root)?);
    let later = |file: &str, message: String| Finding { warning: true, ..Finding::new(file, 0, message) };
    findings.extend(crate::release::findings(root)?.into_iter().map(|message| later("release", message)));
    let listings = crate::api::stale(root)?.into_iter();
    findings.extend(listings.map(|(file, _)| later(&file, "is not up to date: run cargo xtask api".into())));
    for finding in &findings {
        note!("{finding}");
    }
    let errors = findings.iter().filter(|finding| !finding.warning).count();
    let warnings = findings.len() - errors;
    crate::files::print(&format!("tidy: {errors} errors, {warnings} warnings\n"))?;
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
