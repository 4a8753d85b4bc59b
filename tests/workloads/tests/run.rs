//! Every workload ends well. Cargo builds the program itself for this test, and `cargo xtask counts` counts that program.

use std::process::Command;

fn workloads(name: Option<&str>) -> Result<String, String> {
    let program = env!("CARGO_BIN_EXE_workloads");
    let output = Command::new(program).args(name).output().map_err(|error| format!("{program}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    output.status.success().then(|| text(&output.stdout)).ok_or_else(|| text(&output.stderr))
}

#[test]
fn every_workload_runs() {
    let names = workloads(None).unwrap();
    assert!(names.lines().count() > 9, "{names}");
    for name in names.lines() {
        assert_eq!(workloads(Some(name)), Ok(String::new()), "{name}");
    }
}
