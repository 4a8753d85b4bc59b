//! Where the workspace is, and writing that leaves either the old file or the new one.

use anyhow::Context as _;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::NamedTempFile;

/// Held while a folder is exchanged, so that an orderly end never falls into the middle of it.
static EXCHANGE: Mutex<()> = Mutex::new(());

/// No folder is exchanged as long as this guard lives.
pub fn no_exchange() -> MutexGuard<'static, ()> {
    EXCHANGE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The workspace's root, whatever the current directory is.
pub fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// The path below `root`, with forward slashes, for messages and links.
pub fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The way from a folder to a file below `root`, as the beginning of a link: `../../`. Where there is none, the whole path.
pub fn link(from: &Path, root: &Path) -> String {
    let absolute = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or(path.into());
    let (from, root) = (absolute(from), absolute(root));
    let common = from.components().zip(root.components()).take_while(|(a, b)| a == b).count();
    let rest = |path: &Path| path.components().skip(common).map(|part| part.as_os_str().to_owned()).collect::<Vec<_>>();
    let (mut text, down) = match common {
        0 => ("file:///".to_string(), rest(&root)),
        _ => ("../".repeat(rest(&from).len()), rest(&root)),
    };
    for part in down.iter().filter(|part| *part != Component::RootDir.as_os_str()) {
        text += &percent_encoded(part);
        text.push('/');
    }
    text
}

fn percent_encoded(part: &OsStr) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |&byte: &u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    part.as_encoded_bytes().iter().map(one).collect()
}

/// Writes a file under a temporary name beside it, then renames it.
///
/// # Errors
/// When the folder cannot be made, or the file not written or renamed; the path is named.
pub fn write_atomic(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = partial_in(folder)?;
        file.write_all(content)?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// A file under a temporary name in this folder, without those that ended processes left there. Its name ends in the
/// number of this process, so that [`sweep`] knows whose it is.
///
/// # Errors
/// The file system's.
pub fn partial_in(folder: &Path) -> std::io::Result<NamedTempFile<File>> {
    let ended = |owner| Path::new("/proc/self").exists() && !is_alive(owner);
    for (path, kind) in leftovers(folder, ended)? {
        if kind == Leftover::Partial {
            // Another process may be faster.
            let _ = remove(&path);
        }
    }
    let owner = format!("-{}", std::process::id());
    // Through `File::create_new` the file has the permissions of any other new file, not a private one's.
    tempfile::Builder::new().prefix(".partial-").suffix(&owner).make_in(folder, |path| File::create_new(path))
}

/// Puts a folder with these files in the place of `folder`: either the old one stays or the new one is complete.
///
/// # Errors
/// When a file cannot be written or a folder renamed; the path is named.
pub fn replace_folder(folder: &Path, files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    let parent = folder.parent().unwrap_or(Path::new("."));
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let partial = parent.join(format!(".partial-{name}-{}", std::process::id()));
    let old = parent.join(format!(".old-{name}-{}", std::process::id()));
    let replace = || -> std::io::Result<()> {
        if folder.exists() && !folder.is_dir() {
            // It is not ours to move away.
            return Err(ErrorKind::NotADirectory.into());
        }
        // With the folders above it.
        std::fs::create_dir_all(&partial)?;
        for (file, content) in files {
            std::fs::write(partial.join(file), content)?;
        }
        let _guard = no_exchange();
        match std::fs::rename(folder, &old) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => std::fs::rename(&partial, folder).inspect_err(|_| {
                let _ = std::fs::rename(&old, folder);
            })?,
        }
        remove_folder(&old)
    };
    replace().with_context(|| format!("cannot write {}", folder.display())).inspect_err(|_| {
        // The first error is the one to report.
        let _ = remove_folder(&partial);
    })
}

/// Cleans up in a folder what a run left that was ended from outside: what it had not finished is removed, and a folder
/// it was just replacing comes back. What a living process works on is left alone.
///
/// # Errors
/// The file system's.
pub fn sweep(folder: &Path) -> std::io::Result<()> {
    for (path, kind) in leftovers(folder, |owner| !is_alive(owner))? {
        match kind {
            Leftover::Partial => remove(&path)?,
            Leftover::Replaced(original) if original.exists() => remove(&path)?,
            Leftover::Replaced(original) => std::fs::rename(&path, original)?,
        }
    }
    Ok(())
}

/// Removes from a folder what this process has not finished there, as far as possible.
pub fn give_up(folder: &Path) {
    for (path, kind) in leftovers(folder, |owner| owner == std::process::id()).unwrap_or_default() {
        if kind == Leftover::Partial {
            let _ = remove(&path);
        }
    }
}

/// What a process leaves that is ended in the middle of its work.
#[derive(Debug, PartialEq)]
enum Leftover {
    /// A file or folder that was not complete.
    Partial,
    /// A complete folder that was being replaced, and where it stood.
    Replaced(PathBuf),
}

/// The leftovers in a folder, which need not exist, of the processes asked for.
fn leftovers(folder: &Path, of: impl Fn(u32) -> bool) -> std::io::Result<Vec<(PathBuf, Leftover)>> {
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((kept, owner)) = name.rsplit_once('-') else { continue };
        if !owner.parse().is_ok_and(&of) {
            continue;
        }
        if let Some(original) = kept.strip_prefix(".old-") {
            found.push((path, Leftover::Replaced(folder.join(original))));
        } else if kept.starts_with(".partial-") {
            found.push((path, Leftover::Partial));
        }
    }
    Ok(found)
}

fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() { remove_folder(path) } else { std::fs::remove_file(path) }
}

/// Where the system does not tell, nobody else is.
fn is_alive(process: u32) -> bool {
    process == std::process::id() || Path::new("/proc").join(process.to_string()).exists()
}

/// Removes a folder and all in it; one that is not there is fine.
///
/// # Errors
/// The file system's.
pub fn remove_folder(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Prints to standard output; a reader that closed the pipe early has seen enough.
///
/// # Errors
/// The output's, except a closed pipe.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to the standard output")
        }
        _ => Ok(()),
    }
}

/// A line on standard error. That nobody can read it is no reason to stop.
pub fn note(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Lines of cells as text with aligned columns, the last one without trailing blanks.
pub fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_replaced_as_a_whole_and_nothing_else_is_left() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("activations");
        replace_folder(&folder, &[("a".into(), b"1".to_vec()), ("b".into(), b"2".to_vec())]).unwrap();
        replace_folder(&folder, &[("b".into(), b"3".to_vec())]).unwrap();
        assert!(!folder.join("a").exists());
        assert_eq!(std::fs::read(folder.join("b")).unwrap(), b"3");
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_stays() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("activations");
        std::fs::write(&file, "somebody's").unwrap();
        assert!(replace_folder(&file, &[("a".into(), b"1".to_vec())]).is_err());
        assert_eq!(std::fs::read(&file).unwrap(), b"somebody's");
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_leaves_the_old_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("activations");
        replace_folder(&folder, &[("a".into(), b"1".to_vec())]).unwrap();
        assert!(replace_folder(&folder, &[("no/such/folder".into(), vec![])]).is_err());
        assert_eq!(std::fs::read(folder.join("a")).unwrap(), b"1");
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_killed_run_is_swept_and_a_living_one_is_left_alone() {
        let parent = tempfile::tempdir().unwrap();
        let at = |name: &str| parent.path().join(name);
        // No process has the largest number.
        let (dead, alive) = (u32::MAX, std::process::id());
        for name in
            [format!(".old-som-{dead}"), format!(".partial-som-{dead}"), format!(".old-mlp-{dead}"), "mlp".into()]
        {
            std::fs::create_dir(at(&name)).unwrap();
        }
        std::fs::write(at(&format!(".partial-x-{dead}")), "half").unwrap();
        std::fs::create_dir(at(&format!(".partial-som-{alive}"))).unwrap();
        std::fs::write(at("index.html"), "page").unwrap();
        sweep(parent.path()).unwrap();
        let mut left: Vec<_> =
            std::fs::read_dir(parent.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [format!(".partial-som-{alive}").as_str(), "index.html", "mlp", "som"]);
        sweep(&at("nowhere")).unwrap();
        give_up(parent.path());
        assert!(!at(&format!(".partial-som-{alive}")).exists());
    }

    #[test]
    fn a_write_removes_what_a_killed_one_left() {
        let parent = tempfile::tempdir().unwrap();
        std::fs::write(parent.path().join(format!(".partial-x-{}", u32::MAX)), "half").unwrap();
        write_atomic(&parent.path().join("file.txt"), b"whole").unwrap();
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_leads_from_one_folder_to_another() {
        let root = tempfile::tempdir().unwrap();
        let out = root.path().join("target/a b");
        std::fs::create_dir_all(&out).unwrap();
        assert_eq!(link(&out, root.path()), "../../");
        assert!(link(root.path(), &out).ends_with("target/a%20b/"));
        assert_eq!(link(root.path(), root.path()), "");
    }

    #[test]
    fn an_atomic_write_makes_its_folder() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("new/file.txt");
        write_atomic(&path, b"one").unwrap();
        write_atomic(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(parent.path().join("new")).unwrap().count(), 1);
    }

    #[test]
    fn columns_are_aligned_by_characters() {
        let rows = [vec!["id".into(), "slides".into()], vec!["学習".into(), "5".into()], vec!["long-id".into()]];
        assert_eq!(aligned(&rows), "id       slides\n学習       5\nlong-id\n");
    }
}
