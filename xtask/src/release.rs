//! `release`: whether every crate could be published, in the order in which they would be.

use crate::files::print;
use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The largest package that is still a source package, in bytes.
const LARGEST: u64 = 5 << 20;

/// Check and package every crate in the order of their dependencies. Publishing itself is left to `cargo publish`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Package everything and publish nothing: the only thing this command does.
    #[arg(long, required = true)]
    dry_run: bool,
    /// Do not compile the packages.
    #[arg(long)]
    no_verify: bool,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
struct Package {
    name: String,
    version: String,
    description: Option<String>,
    license: Option<String>,
    readme: Option<String>,
    keywords: Vec<String>,
    categories: Vec<String>,
    /// None: anywhere; an empty list: nowhere.
    publish: Option<Vec<String>>,
    metadata: Option<serde_json::Value>,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Clone, Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When cargo cannot be run or packaging fails. What a manifest lacks is reported, and gives the exit code 1.
pub fn run(options: &Options, root: &Path) -> anyhow::Result<ExitCode> {
    let metadata = metadata(root)?;
    let packages = in_order(metadata.packages.iter().filter(|package| package.publish.is_none()).cloned().collect())?;
    let lacking: Vec<String> = packages.iter().flat_map(lacking).collect();
    for line in &lacking {
        note!("{line}");
    }
    if !lacking.is_empty() {
        note!("{} things are lacking; nothing was packaged", lacking.len());
        return Ok(ExitCode::FAILURE);
    }
    let mut command = cargo(root);
    command.args(["package", "--allow-dirty", "--quiet"]);
    if options.no_verify {
        command.arg("--no-verify");
    }
    for package in &packages {
        command.args(["--package", &package.name]);
    }
    let status = command.status().context("cannot run cargo package")?;
    ensure!(status.success(), "cargo package ended with {status}");
    let mut text = String::from("in the order of their dependencies:\n");
    for package in &packages {
        let file = format!("{}-{}.crate", package.name, package.version);
        let path = metadata.target_directory.join("package").join(&file);
        let size = std::fs::metadata(&path).with_context(|| format!("cannot find {}", path.display()))?.len();
        ensure!(size <= LARGEST, "{file} has {size} bytes, at most {LARGEST} are reasonable");
        text += &format!("  cargo publish --package {}  ({} kB)\n", package.name, size.div_ceil(1000));
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What every manifest lacks, for `tidy`.
///
/// # Errors
/// When cargo cannot be run or its answer not be read.
pub fn findings(root: &Path) -> anyhow::Result<Vec<String>> {
    let packages = metadata(root)?.packages;
    Ok(packages.iter().filter(|package| package.publish.is_none()).flat_map(lacking).collect())
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

fn metadata(root: &Path) -> anyhow::Result<Metadata> {
    let mut command = cargo(root);
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = command.output().context("cannot run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    serde_json::from_slice(&output.stdout).context("the answer of cargo metadata")
}

/// Each package behind those it depends on. A package of the workspace that a user builds is one of them; one that only
/// tests use comes later, and cargo leaves it out of the package.
fn in_order(mut packages: Vec<Package>) -> anyhow::Result<Vec<Package>> {
    let mut ordered: Vec<Package> = Vec::new();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    while !packages.is_empty() {
        let waits = |package: &Package| {
            let needed = package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
            needed.into_iter().any(|dependency| packages.iter().any(|other| other.name == dependency.name))
        };
        let Some(next) = packages.iter().position(|package| !waits(package)) else {
            bail!(
                "packages depend on each other in a circle: {:?}",
                packages.iter().map(|p| &p.name).collect::<Vec<_>>()
            );
        };
        ordered.push(packages.remove(next));
    }
    Ok(ordered)
}

/// What a user of the registry would miss, one line each.
fn lacking(package: &Package) -> Vec<String> {
    let folder = package.manifest_path.parent().unwrap_or(Path::new(""));
    let mut lines = Vec::new();
    let mut need = |there: bool, what: &str| {
        if !there {
            lines.push(format!("{}: {what}", package.name));
        }
    };
    need(package.description.as_ref().is_some_and(|text| text.len() >= 20), "needs a description");
    need(package.license.is_some(), "needs a license");
    need((1..=5).contains(&package.keywords.len()), "needs one to five keywords");
    need(!package.categories.is_empty(), "needs categories");
    need(package.readme.is_some() && folder.join("README.md").is_file(), "needs a README.md");
    for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
        need(folder.join(license).is_file(), &format!("needs the file {license} (a link to that of the workspace)"));
    }
    let documented = package.metadata.as_ref().is_some_and(|metadata| metadata["docs"]["rs"].is_object());
    need(documented, "needs [package.metadata.docs.rs] with all-features = true");
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[&str]) -> Package {
        let dependency = |name: &&str| match name.strip_prefix("dev:") {
            Some(name) => Dependency { name: name.into(), kind: Some("dev".into()) },
            None => Dependency { name: (*name).into(), kind: None },
        };
        Package {
            name: name.into(),
            version: "0.1.0".into(),
            description: None,
            license: None,
            readme: None,
            keywords: vec![],
            categories: vec![],
            publish: None,
            metadata: None,
            manifest_path: "crates/none/Cargo.toml".into(),
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    #[test]
    fn packages_stand_behind_what_they_depend_on() {
        let packages = vec![
            package("nn-datasets", &["nn-io", "nn-core"]),
            package("nn-core", &["dev:nn-datasets"]),
            package("nn-io", &["nn-core"]),
        ];
        let names: Vec<String> = in_order(packages).unwrap().into_iter().map(|package| package.name).collect();
        assert_eq!(names, ["nn-core", "nn-io", "nn-datasets"]);
        assert!(in_order(vec![package("a", &["b"]), package("b", &["a"])]).is_err());
    }

    #[test]
    fn every_lacking_piece_is_named() {
        let lines = lacking(&package("nn-new", &[]));
        assert_eq!(lines.len(), 8, "{lines:?}");
        assert!(lines[6].starts_with("nn-new: needs the file LICENSE-MIT"), "{lines:?}");
    }
}
