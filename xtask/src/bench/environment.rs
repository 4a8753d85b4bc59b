//! The Python that runs the peers: a virtual environment under `target`, made once for each list of requirements.

use super::peer::last_words;
use anyhow::{Context as _, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The interpreter of the environment in `folder`, which is made if it is not there or has other packages than
/// `requirements` lists.
///
/// # Errors
/// When there is no Python to make it with, or an installation fails: the end of its log.
pub fn interpreter(folder: &Path, requirements: &Path) -> anyhow::Result<PathBuf> {
    let environment = folder.join("venv");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted = std::fs::read_to_string(requirements)
        .with_context(|| format!("cannot read the peers' requirements {}", requirements.display()))?;
    // Written when everything is installed, so that an interrupted installation starts again.
    let stamp = environment.join("installed.txt");
    if python.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    note!("installing the peers' packages into {}:", environment.display());
    for package in wanted.lines() {
        note!("  {package}");
    }
    note!(
        "PyTorch's package brings libraries for graphics cards: several gigabytes, once. \
         --python PATH uses an interpreter that has them."
    );
    let log = folder.join("install.log");
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&environment);
    run(make, &log).context("cannot make a virtual environment (Python 3 with its module venv is needed)")?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-r"]).arg(requirements);
    run(install, &log).context("cannot install the peers' packages")?;
    std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(python)
}

/// An interpreter that the user has.
///
/// # Errors
/// When it does not run.
pub fn given(python: &Path) -> anyhow::Result<PathBuf> {
    let status = Command::new(python).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(python.to_path_buf()),
        Ok(status) => bail!("{} is no Python interpreter: --version ended with {status}", python.display()),
        Err(error) => bail!("cannot run the Python interpreter {}: {error}", python.display()),
    }
}

/// Runs a command to its end, its output in the log.
fn run(mut command: Command, log: &Path) -> anyhow::Result<()> {
    let file = std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let status = command.status().with_context(|| format!("cannot run {program}"))?;
    ensure!(status.success(), "{program} ended with {status}{}", last_words(log));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_environment_with_the_same_requirements_is_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let requirements = folder.path().join("requirements.txt");
        std::fs::write(&requirements, "numpy==2.4.6\n").unwrap();
        let python = folder.path().join("venv").join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        std::fs::create_dir_all(python.parent().unwrap()).unwrap();
        std::fs::write(&python, "").unwrap();
        std::fs::write(folder.path().join("venv/installed.txt"), "numpy==2.4.6\n").unwrap();
        assert_eq!(interpreter(folder.path(), &requirements).unwrap(), python);
    }

    #[test]
    fn an_interpreter_that_is_not_there_is_named() {
        let error = given(Path::new("no/such/python")).unwrap_err().to_string();
        assert!(error.starts_with("cannot run the Python interpreter no/such/python: "), "{error}");
    }

    #[test]
    fn a_command_that_fails_shows_the_end_of_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("--no-such-option");
        let error = run(command, &folder.path().join("install.log")).unwrap_err().to_string();
        assert!(error.contains("install.log:\n") && error.contains("no-such-option"), "{error}");
    }
}
