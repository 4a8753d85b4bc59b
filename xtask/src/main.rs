//! The tool of the workspace: it regenerates the figures and checks what the sources, the equations and the
//! repository promise. `cargo xtask help` lists its commands.

#![deny(clippy::print_stdout, clippy::print_stderr)]

/// A line on standard error, written as for `format!`.
macro_rules! note {
    ($($text:tt)*) => { $crate::files::note(&format!($($text)*)) };
}

mod api;
mod bench;
mod counts;
mod equations;
mod experiments;
mod fetch;
mod files;
mod gallery;
mod list;
mod metrics;
mod number;
mod progress;
mod record;
mod release;
mod reproduce;
mod run;
mod schedule;
mod slides;
mod tidy;
mod verdict;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Figures, equations and housekeeping of the workspace.
#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", version, arg_required_else_help = true)]
struct Arguments {
    /// Another folder in the place of the workspace's root.
    #[arg(long, global = true, hide = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    ReproduceFigures(reproduce::Options),
    /// List the experiments: id, slides, data, seconds of the last run.
    List,
    Gallery(gallery::Options),
    Equations(equations::Options),
    Api(api::Options),
    Bench(bench::Options),
    Counts(counts::Options),
    Release(release::Options),
    /// Check the repository: dependencies, module documentation, figures, references, links, file endings.
    Tidy,
    FetchData(fetch::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let root = arguments.root.unwrap_or_else(files::workspace_root);
    let result = match &arguments.command {
        Command::ReproduceFigures(options) => reproduce::run(options, &root),
        Command::List => list::run(&root).map(|()| ExitCode::SUCCESS),
        Command::Gallery(options) => gallery::run(options, &root),
        Command::Equations(options) => equations::run(options, &root),
        Command::Api(options) => api::run(options, &root),
        Command::Counts(options) => counts::run(options, &root),
        Command::Release(options) => release::run(options, &root),
        Command::Bench(options) => bench::run(options, &root),
        Command::Tidy => tidy::run(&root),
        Command::FetchData(options) => fetch::run(options, &root),
    };
    result.unwrap_or_else(|error| {
        note!("error: {error:#}");
        ExitCode::FAILURE
    })
}
