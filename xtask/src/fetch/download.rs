//! One file from the first mirror that has it: temporary name, check, rename.

use super::usps;
use crate::files::partial_in;
use anyhow::{Context as _, anyhow, bail, ensure};
use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::{Command, Stdio};

/// No data set here has more bytes than this when it is unpacked.
const CONTENT_LIMIT: u64 = 100_000_000;

/// A file to fetch.
#[derive(Debug)]
pub struct Wanted {
    /// Its name at the mirror and in the folder.
    pub name: &'static str,
    /// The number of bytes it has at most.
    pub limit: u64,
    /// How to know that it is the right one.
    pub check: Check,
}

/// How to know a file.
#[derive(Debug)]
pub enum Check {
    /// SHA-256 of the file.
    Bytes(&'static str),
    /// SHA-256 of the content of a gzip file.
    Content(&'static str),
    /// The hash of the USPS digits, and how many there are.
    Usps {
        /// Number of digits.
        digits: usize,
        /// SHA-256 of the numbers.
        sha256: &'static str,
    },
}

/// Puts the file into the folder, unless a right one is there. Tries the mirrors in order.
///
/// # Errors
/// When no mirror gives the right file: what each of them gave. The folder has no file of that name then, or still the
/// one it had.
pub fn fetch(wanted: &Wanted, mirrors: &[&str], folder: &Path) -> anyhow::Result<()> {
    let path = folder.join(wanted.name);
    if path.is_file() {
        let there = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        if check(wanted, &there).is_ok() {
            note!("{} is already there", wanted.name);
            return Ok(());
        }
    }
    let mut failures = String::new();
    for mirror in mirrors {
        let url = format!("{}/{}", mirror.trim_end_matches('/'), wanted.name);
        match from(&url, wanted, &path) {
            Ok(()) => {
                let before = if failures.is_empty() { "" } else { "; before that:" };
                note!("{} from {mirror}{before}{failures}", wanted.name);
                return Ok(());
            }
            Err(error) => {
                let _ = write!(failures, "\n  {url}: {error:#}");
            }
        }
    }
    Err(anyhow!("{} could not be had from any mirror:{failures}", wanted.name))
}

fn from(url: &str, wanted: &Wanted, path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let partial = partial_in(folder).with_context(|| format!("cannot write to {}", folder.display()))?;
    let mut curl = Command::new("curl");
    curl.args(["--fail", "--location", "--show-error", "--proto-redir", "=https"]);
    curl.args(["--connect-timeout", "15", "--speed-limit", "1000", "--speed-time", "30"]);
    curl.arg("--max-filesize").arg(wanted.limit.to_string());
    curl.arg(if std::io::stderr().is_terminal() { "--progress-bar" } else { "--silent" });
    let output = curl.arg("--output").arg(partial.path()).arg("--").arg(url).stdin(Stdio::null()).output();
    let output = output.context("cannot run curl: is it installed?")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().last().unwrap_or_default();
        bail!("{}", if said.is_empty() { output.status.to_string() } else { said.to_string() });
    }
    check(wanted, &std::fs::read(partial.path())?)?;
    partial.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

fn check(wanted: &Wanted, bytes: &[u8]) -> anyhow::Result<()> {
    let (expected, found) = match wanted.check {
        Check::Bytes(sha256) => (sha256, hexadecimal(Sha256::digest(bytes))),
        Check::Content(sha256) => (sha256, hexadecimal(Sha256::digest(unpacked(bytes)?))),
        Check::Usps { digits, sha256 } => {
            let text = String::from_utf8(unpacked(bytes)?).context("the content is no text")?;
            let (found, hash) = usps::hash(&text)?;
            ensure!(found == digits, "{found} digits, expected {digits}");
            (sha256, hexadecimal(hash.finalize()))
        }
    };
    ensure!(found == expected, "SHA-256 of {} bytes is {found}, expected {expected}", bytes.len());
    Ok(())
}

fn unpacked(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut content = Vec::new();
    GzDecoder::new(bytes).take(CONTENT_LIMIT).read_to_end(&mut content).context("is no complete gzip file")?;
    Ok(content)
}

fn hexadecimal(hash: impl AsRef<[u8]>) -> String {
    hash.as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;

    const GOOD: &[u8] = b"seventy thousand digits";

    fn wanted() -> Wanted {
        let sha256 = hexadecimal(Sha256::digest(GOOD)).leak();
        Wanted { name: "digits.gz", limit: 1000, check: Check::Bytes(sha256) }
    }

    /// A mirror on the loopback address that gives this answer to every request.
    fn mirror(answer: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
                stream.write_all(&answer).unwrap();
            }
        });
        format!("http://{address}/set")
    }

    fn answer(status: &str, promised: usize, body: &[u8]) -> Vec<u8> {
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {promised}\r\nConnection: close\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    fn good() -> String {
        mirror(answer("200 OK", GOOD.len(), GOOD))
    }

    /// What the fetch says, and the files it leaves.
    fn fetched(mirrors: &[String]) -> (Result<(), String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let mirrors: Vec<&str> = mirrors.iter().map(String::as_str).collect();
        let result = fetch(&wanted(), &mirrors, folder.path()).map_err(|error| format!("{error:#}"));
        let entries = std::fs::read_dir(folder.path()).unwrap();
        (result, entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
    }

    #[test]
    fn a_good_file_gets_its_name_and_nothing_else_is_left() {
        assert_eq!(fetched(&[good()]), (Ok(()), vec!["digits.gz".to_string()]));
    }

    #[test]
    fn a_wrong_hash_leaves_nothing_and_names_both() {
        let (result, files) = fetched(&[mirror(answer("200 OK", 5, b"other"))]);
        let message = result.unwrap_err();
        assert!(message.contains("SHA-256 of 5 bytes is d9298a10"), "{message}");
        assert_eq!(files, Vec::<String>::new());
    }

    #[test]
    fn an_interrupted_download_leaves_nothing() {
        let (result, files) = fetched(&[mirror(answer("200 OK", GOOD.len(), &GOOD[..9]))]);
        assert!(result.unwrap_err().contains("could not be had from any mirror"));
        assert_eq!(files, Vec::<String>::new());
    }

    #[test]
    fn a_truncated_file_that_looks_complete_leaves_nothing() {
        let (result, files) = fetched(&[mirror(answer("200 OK", 9, &GOOD[..9]))]);
        assert!(result.unwrap_err().contains("SHA-256 of 9 bytes"));
        assert_eq!(files, Vec::<String>::new());
    }

    #[test]
    fn an_oversized_file_is_refused() {
        let (result, files) = fetched(&[mirror(answer("200 OK", 2000, &[b'x'; 2000]))]);
        assert!(result.is_err());
        assert_eq!(files, Vec::<String>::new());
    }

    #[test]
    fn a_mirror_without_the_file_gives_way_to_the_next() {
        let gone = mirror(answer("404 Not Found", 0, b""));
        assert_eq!(fetched(&[gone.clone(), good()]), (Ok(()), vec!["digits.gz".to_string()]));
        let message = fetched(&[gone]).0.unwrap_err();
        assert!(message.contains("404"), "{message}");
    }

    #[test]
    fn a_right_file_is_not_fetched_again_and_a_damaged_one_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("digits.gz");
        std::fs::write(&path, GOOD).unwrap();
        fetch(&wanted(), &[], folder.path()).unwrap();
        std::fs::write(&path, b"damaged").unwrap();
        assert!(fetch(&wanted(), &[], folder.path()).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"damaged", "a failed fetch changes nothing");
        fetch(&wanted(), &[&good()], folder.path()).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), GOOD);
    }

    #[test]
    fn a_gzip_file_is_known_by_its_content() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(GOOD).unwrap();
        let packed = encoder.finish().unwrap();
        let sha256 = hexadecimal(Sha256::digest(GOOD)).leak();
        let wanted = Wanted { name: "digits.gz", limit: 1000, check: Check::Content(sha256) };
        check(&wanted, &packed).unwrap();
        assert!(check(&wanted, &packed[..packed.len() - 12]).is_err());
    }
}
