//! `fetch-data`: data sets that are too large to embed, from their mirrors, checked before they get their name.

mod download;
mod sets;
mod usps;

use anyhow::{Context as _, anyhow, bail};
use clap::ValueEnum;
use download::{Check, Wanted, fetch};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Download a larger data set, check it, and put it where reproduce-figures --data-dir finds it.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The data set.
    set: Set,
    /// The data directory; the files go into a folder named after the set. Default: target/data in the workspace.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Address of a folder that holds the set's files, in the place of the known mirrors. May be given several times.
    #[arg(long = "mirror", value_name = "URL")]
    mirrors: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Set {
    /// All 70,000 handwritten digits, 11.6 MB.
    Mnist,
    /// All 70,000 articles of clothing, 30.9 MB.
    Fashion,
    /// The 9,298 zip-code digits of AT&T, 2.3 MB. No licence is stated.
    Usps,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be had from any mirror, or what came is not the file; nothing is written then.
pub fn run(options: &Options, root: &Path) -> anyhow::Result<ExitCode> {
    let (name, known): (&str, &sets::Known) = match options.set {
        Set::Mnist => ("mnist", &sets::MNIST),
        Set::Fashion => ("fashion", &sets::FASHION),
        Set::Usps => ("usps", &sets::USPS),
    };
    let mirrors: Vec<&str> = if options.mirrors.is_empty() {
        known.mirrors.to_vec()
    } else {
        options.mirrors.iter().map(String::as_str).collect()
    };
    if mirrors.is_empty() {
        bail!("no mirror of {name} is known.\n{}", known.otherwise);
    }
    if !known.remark.is_empty() {
        note!("{}", known.remark);
    }
    let data = options.out.clone().unwrap_or_else(|| root.join("target").join("data"));
    let folder = data.join(name);
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for wanted in known.files {
        fetch(wanted, &mirrors, &folder).map_err(|error| anyhow!("{error:#}\n{}", known.otherwise))?;
    }
    crate::files::print(&format!(
        "{name} is complete in {}\nuse it: cargo xtask reproduce-figures --data-dir {}\n",
        folder.display(),
        data.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}
