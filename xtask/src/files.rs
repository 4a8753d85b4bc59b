//! Where the workspace is, and writing that leaves either the old file or the new one.

use anyhow::Context as _;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The workspace's root, whatever the current directory is.
pub fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// The path below `root`, with forward slashes, for messages and links.
pub fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Writes a file under a temporary name beside it, then renames it.
///
/// # Errors
/// When the folder cannot be made, or the file not written or renamed; the path is named.
pub fn write_atomic(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        // Through `File::create_new` the file has the permissions of any other new file, not a private one's.
        let mut file = builder.prefix(".partial-").make_in(folder, |path| std::fs::File::create_new(path))?;
        file.write_all(content)?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
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
        std::fs::create_dir_all(&partial)?;
        for (file, content) in files {
            std::fs::write(partial.join(file), content)?;
        }
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
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
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
    fn a_failed_write_leaves_the_old_folder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("activations");
        replace_folder(&folder, &[("a".into(), b"1".to_vec())]).unwrap();
        assert!(replace_folder(&folder, &[("no/such/folder".into(), vec![])]).is_err());
        assert_eq!(std::fs::read(folder.join("a")).unwrap(), b"1");
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
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
