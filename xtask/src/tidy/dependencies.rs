//! Who may depend on whom inside the workspace.
//!
//! A model crate depends on `nn-core` alone (its examples may also use the crates for data, files and pictures); the
//! crates for data, files and pictures never depend on a model; `nn-core` depends on none. `xtask`,
//! the experiments and the workspace's tests see everything.

use super::Finding;
use anyhow::{Context as _, ensure};
use serde::Deserialize;
use std::path::Path;
use std::process::Command;

const CORE: &str = "nn-core";
const SUPPORT: [&str; 3] = ["nn-io", "nn-datasets", "nn-plot"];
const TOOLS: [&str; 3] = ["xtask", "workspace-tests", "workloads"];

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or none for a normal one.
    kind: Option<String>,
}

/// The rules above, read from `cargo metadata`.
///
/// # Errors
/// When cargo cannot be run or its answer not be read.
pub fn check(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = command.output().context("cannot run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("the answer of cargo metadata")?;
    Ok(broken_rules(&metadata))
}

fn broken_rules(metadata: &Metadata) -> Vec<Finding> {
    let member = |name: &str| metadata.packages.iter().any(|package| package.name == name);
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        for dependency in package.dependencies.iter().filter(|dependency| member(&dependency.name)) {
            let other = dependency.name.as_str();
            let rule = if TOOLS.contains(&name) || name.starts_with("experiment") {
                continue;
            } else if name == CORE {
                "nn-core depends on no other crate of the workspace"
            } else if SUPPORT.contains(&name) {
                if other == CORE || SUPPORT.contains(&other) {
                    continue;
                }
                "crates for data, files and pictures never depend on a model"
            } else {
                let for_examples = dependency.kind.as_deref() == Some("dev") && SUPPORT.contains(&other);
                if other == CORE || for_examples {
                    continue;
                }
                "a model crate depends on nn-core alone"
            };
            findings.push(Finding::new(manifest(name), 0, format!("{name} depends on {other}: {rule}")));
        }
    }
    findings
}

fn manifest(package: &str) -> String {
    let folder = if package == CORE { package } else { package.strip_prefix("nn-").unwrap_or(package) };
    format!("crates/{folder}/Cargo.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The findings for packages given as `name: dependency, dev:dependency`.
    fn findings(packages: &[(&str, &[&str])]) -> Vec<String> {
        let dependency = |text: &&str| match text.strip_prefix("dev:") {
            Some(name) => Dependency { name: name.into(), kind: Some("dev".into()) },
            None => Dependency { name: (*text).into(), kind: None },
        };
        let package = |(name, dependencies): &(&str, &[&str])| Package {
            name: (*name).into(),
            dependencies: dependencies.iter().map(dependency).collect(),
        };
        let metadata = Metadata { packages: packages.iter().map(package).collect() };
        broken_rules(&metadata).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_allowed_graph_has_no_finding() {
        let graph: &[(&str, &[&str])] = &[
            ("nn-core", &["nalgebra"]),
            ("nn-io", &["nn-core", "csv"]),
            ("nn-datasets", &["nn-io", "nn-core"]),
            ("nn-plot", &["nn-core"]),
            ("nn-mlp", &["nn-core", "dev:nn-datasets", "dev:nn-plot"]),
            ("xtask", &["nn-mlp", "nn-plot"]),
        ];
        assert_eq!(findings(graph), Vec::<String>::new());
    }

    #[test]
    fn a_model_that_reads_data_or_another_model_is_found() {
        let graph: &[(&str, &[&str])] = &[
            ("nn-core", &[]),
            ("nn-datasets", &[]),
            ("nn-cnn", &["nn-mlp", "nn-datasets"]),
            ("nn-mlp", &["dev:nn-cnn"]),
        ];
        assert_eq!(
            findings(graph),
            [
                "crates/cnn/Cargo.toml: nn-cnn depends on nn-mlp: a model crate depends on nn-core alone",
                "crates/cnn/Cargo.toml: nn-cnn depends on nn-datasets: a model crate depends on nn-core alone",
                "crates/mlp/Cargo.toml: nn-mlp depends on nn-cnn: a model crate depends on nn-core alone",
            ]
        );
    }

    #[test]
    fn a_support_crate_on_a_model_and_a_core_on_anything_are_found() {
        let graph: &[(&str, &[&str])] =
            &[("nn-core", &["dev:nn-io"]), ("nn-io", &[]), ("nn-plot", &["dev:nn-som"]), ("nn-som", &[])];
        assert_eq!(
            findings(graph),
            [
                "crates/nn-core/Cargo.toml: nn-core depends on nn-io: nn-core depends on no other crate of the workspace",
                "crates/plot/Cargo.toml: nn-plot depends on nn-som: crates for data, files and pictures never depend on a model",
            ]
        );
    }
}
