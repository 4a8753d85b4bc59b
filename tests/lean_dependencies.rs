//! What a user of a model crate compiles: counted from `cargo tree`, so that no dependency slips in.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// External crates that are built for a user of this package.
fn external_crates(package: &str, default_features: bool) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root).args(["tree", "--package", package, "--edges", "normal,build", "--prefix", "none"]);
    // A user outside the workspace gets no feature that some other member turns on.
    command.args(["--offline", "--locked", "--target", "x86_64-unknown-linux-gnu"]);
    if !default_features {
        command.arg("--no-default-features");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let name = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    text.lines().filter(|line| !line.is_empty() && !line.contains('/')).map(name).collect()
}

#[test]
fn a_user_of_a_model_crate_compiles_few_crates() {
    for package in ["nn-cnn", "nn-core", "nn-cortex", "nn-energy", "nn-mlp", "nn-som"] {
        for (default_features, most) in [(true, 33), (false, 28)] {
            let crates = external_crates(package, default_features);
            println!("{package}, default features {default_features}: {} external crates", crates.len());
            assert!(crates.len() <= most, "{package} needs {} crates, at most {most}: {crates:#?}", crates.len());
            assert!(crates.len() > 15, "the list is implausibly short: {crates:#?}");
        }
    }
}

#[test]
fn no_model_crate_needs_a_compiler_of_c_or_a_system_library() {
    for package in ["nn-cnn", "nn-core", "nn-cortex", "nn-energy", "nn-mlp", "nn-som"] {
        for name in external_crates(package, true) {
            let name = name.split(' ').next().unwrap_or_default();
            assert!(!name.ends_with("-sys") && !["cc", "cmake", "pkg-config", "bindgen"].contains(&name), "{name}");
        }
    }
}

#[test]
fn there_is_one_generation_of_rand() {
    let crates = external_crates("nn-mlp", true);
    let count = |name: &str| crates.iter().filter(|line| line.split(' ').next() == Some(name)).count();
    assert_eq!((count("rand"), count("rand_core"), count("nalgebra")), (1, 1, 1), "{crates:#?}");
}
