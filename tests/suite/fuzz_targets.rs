//! The fuzz targets under stable Rust: a small corpus, and for each target a fixed number of mutations of it.
//!
//! `cargo fuzz` (see `fuzz/Cargo.toml`) finds more; this runs everywhere and in bounded time.

use nn_core::Stream;
use nn_core::rand::Rng;
use std::path::{Path, PathBuf};

#[path = "../../fuzz/src/lib.rs"]
mod targets;

/// Mutations of every target; those of `zip_train` write files and are slower.
const MUTATIONS: u64 = 4000;

/// What the formats' texts and headers are made of.
const WORDS: &[&[u8]] = &[
    b"\n",
    b",",
    b" ",
    b"\t",
    b"#",
    b"%",
    b"0",
    b"-1",
    b"1e308",
    b"1e-400",
    b"nan",
    b"NaN",
    b"inf",
    b"x",
    b"?",
    b"\xff\xfe",
    b"\"",
    b"18446744073709551615",
    b"-9223372036854775808",
    b"9223372036854775808",
    b"4294967296",
    b"1000000000",
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"{}",
    b"[0]",
    b"'shape': (",
    b"hexa",
    b"rect",
    b"gaussian",
    b"\x93NUMPY",
];

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn below(stream: &mut Stream, end: usize) -> usize {
    (stream.next_u64() % end.max(1) as u64) as usize
}

/// One to four small changes.
fn mutated(seed: &[u8], others: &[Vec<u8>], stream: &mut Stream) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=below(stream, 4) {
        let at = below(stream, bytes.len() + 1);
        let end = (at + 1 + below(stream, 16)).min(bytes.len());
        match below(stream, 8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << below(stream, 8),
            1 if at < bytes.len() => bytes[at] = stream.next_u64() as u8,
            2 => bytes.truncate(at),
            3 if at < end => drop(bytes.drain(at..end)),
            4 if at < end => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            5 => {
                let other = &others[below(stream, others.len())];
                let from = below(stream, other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from.min(other.len())..]);
            }
            _ => {
                let word = WORDS[below(stream, WORDS.len())];
                let end = if stream.next_u64().is_multiple_of(2) { at } else { (at + word.len()).min(bytes.len()) };
                bytes.splice(at..end, word.iter().copied());
            }
        }
    }
    bytes
}

#[test]
fn no_file_however_broken_makes_a_reader_panic() {
    for (name, target) in targets::TARGETS {
        let corpus = corpus(name);
        assert!(!corpus.is_empty(), "{name} has a corpus");
        corpus.iter().for_each(|seed| target(seed));
        let mut stream = Stream::new(2_718).named(name);
        let mutations = if *name == "zip_train" { MUTATIONS / 10 } else { MUTATIONS };
        for _ in 0..mutations {
            let seed = &corpus[below(&mut stream, corpus.len())];
            let bytes = mutated(seed, &corpus, &mut stream);
            let outcome = std::panic::catch_unwind(|| target(&bytes));
            assert!(outcome.is_ok(), "{name} panics on {:?}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn every_target_can_be_fuzzed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for (name, _) in targets::TARGETS {
        assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"targets/{name}.rs\"")), "{name}");
        let source = std::fs::read_to_string(folder.join(format!("targets/{name}.rs"))).unwrap();
        assert!(source.contains(&format!("fuzz::{name}(data)")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), targets::TARGETS.len());
}
