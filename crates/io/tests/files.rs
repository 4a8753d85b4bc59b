//! Opening, compressing and replacing files; and what the binary readers say of files that are wrong or hostile.

use io::{
    Idx, IoError, Limits, load_parameters_file, open, read_csv, read_file, read_idx, read_npy, read_npz,
    read_safetensors, save_parameters_file, write_atomic, write_idx,
};
use nn_core::{Adam, Optimizer, OptimizerState, Parameters, Stream};
use std::{
    collections::BTreeMap,
    env, fs,
    io::{Read, Write},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

const LIMITS: Limits = Limits { maximum_bytes: 1 << 20 };

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn files_in(folder: &std::path::Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn gzip_is_recognised_by_its_magic_and_not_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("plain.gz", b"1,2\n3,4\n".to_vec()), ("compressed.csv", gzip(b"1,2\n3,4\n"))] {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let mut text = String::new();
        open(&path, &LIMITS).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "1,2\n3,4\n", "{name}");
    }
}

#[test]
fn a_file_of_several_gzip_members_is_read_to_its_end() {
    let bytes = [gzip(b"1,2\n"), gzip(b"3,4\n")].concat();
    assert_eq!(read_csv::<f64>(&bytes[..], &io::CsvOptions::default()).unwrap().samples.ncols(), 2);
}

#[test]
fn decompression_stops_at_the_limit() {
    let bomb = gzip(&vec![b'1'; 16 << 20]);
    assert!(bomb.len() < 20_000);
    let mut content = Vec::new();
    let error = io::decompressed(&bomb[..], &LIMITS).unwrap().read_to_end(&mut content).unwrap_err();
    assert_eq!(IoError::from(error).to_string(), "the content: more than the limit of 1048576 bytes");
    assert_eq!(content.len() as u64, LIMITS.maximum_bytes);
    // Exactly the limit is allowed.
    let limits = Limits { maximum_bytes: 16 << 20 };
    assert_eq!(io::decompressed(&bomb[..], &limits).unwrap().read_to_end(&mut Vec::new()).unwrap(), 16 << 20);
}

#[test]
fn a_damaged_gzip_file_says_so() {
    let whole = gzip(&[0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]);
    let mut wrong_sum = whole.clone();
    let place = wrong_sum.len() - 8;
    wrong_sum[place] ^= 1;
    for bytes in [&whole[..whole.len() - 9], &wrong_sum[..]] {
        let error = read_idx(bytes, &LIMITS).unwrap_err();
        assert!(matches!(error, IoError::Corrupt { format: "gzip", .. }), "{error}");
    }
}

#[test]
fn errors_name_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let read = |path: &std::path::Path| {
        let read = |reader: &mut dyn Read| read_csv::<f64>(reader, &io::CsvOptions::default());
        read_file(path, &LIMITS, read).unwrap_err().to_string()
    };
    assert!(read(&path).starts_with(&format!("{}: No such file", path.display())), "{}", read(&path));
    assert!(read(folder.path()).starts_with(&folder.path().display().to_string()));
    fs::write(&path, "1,2\n3,x\n").unwrap();
    let expected = format!("{}: line 2, column 2: expected a number, found \"x\"", path.display());
    assert_eq!(read(&path), expected);
}

#[test]
fn an_interrupted_write_leaves_the_previous_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    write_atomic(&path, |writer| Ok(writer.write_all(b"first")?)).unwrap();
    let failed = write_atomic(&path, |writer| {
        writer.write_all(&[0; 100_000])?;
        Err::<(), _>(std::io::Error::other("the disk is full").into())
    });
    assert_eq!(failed.unwrap_err().to_string(), format!("{}: the disk is full", path.display()));
    let panicked = std::panic::catch_unwind(|| write_atomic(&path, |_| -> Result<(), IoError> { panic!("expected") }));
    assert!(panicked.is_err());
    assert_eq!(fs::read(&path).unwrap(), b"first");
    assert_eq!(files_in(folder.path()), ["model"]);
    write_atomic(&path, |writer| Ok(writer.write_all(b"second")?)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"second");
    assert_eq!(files_in(folder.path()), ["model"]);
}

#[test]
fn a_failed_first_write_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("model");
    assert!(write_atomic(&path, |_| Ok(())).unwrap_err().to_string().starts_with(&path.display().to_string()));
    let path = folder.path().join("model");
    assert!(write_atomic(&path, |_| Err::<(), _>(std::io::Error::other("stop").into())).is_err());
    assert_eq!(files_in(folder.path()), [""; 0]);
}

#[test]
fn a_leftover_is_removed_and_a_file_that_is_being_written_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("model"), folder.path().join(".other.partial"));
    fs::write(folder.path().join(".nn-io-killed.partial"), "half").unwrap();
    fs::write(&other, "of another program").unwrap();
    write_atomic(&path, |writer| {
        writer.write_all(b"outer")?;
        write_atomic(folder.path().join("inner"), |writer| Ok(writer.write_all(b"inner")?))
    })
    .unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"outer");
    let mut names = files_in(folder.path());
    names.sort();
    assert_eq!(names, [".other.partial", "inner", "model"]);
}

#[test]
fn a_process_killed_while_it_saves_leaves_a_whole_file() {
    const VARIABLE: &str = "NN_IO_TEST_SAVES_TO";
    let state = || -> OptimizerState<f64> { Optimizer::from(Adam::new(0.1)).state(&[50_000]) };
    let set = |state: &mut OptimizerState<f64>, value: f64| {
        state.tensors_mut().iter_mut().for_each(|tensor| tensor.values.fill(value));
    };
    // The other process: this test again. It saves for as long as it lives.
    if let Some(path) = env::var_os(VARIABLE) {
        let mut state = state();
        for value in 0.. {
            set(&mut state, f64::from(value));
            save_parameters_file(&path, &state, &BTreeMap::new()).unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.safetensors");
    save_parameters_file(&path, &state(), &BTreeMap::new()).unwrap();
    let mut moments = Stream::new(50);
    for round in 0..8 {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "a_process_killed_while_it_saves_leaves_a_whole_file"]).env(VARIABLE, &path);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_micros(u64::from(moments.below(60_000))));
        assert!(child.try_wait().unwrap().is_none(), "round {round}: it should save for ever");
        child.kill().unwrap();
        child.wait().unwrap();
        let mut loaded = state();
        load_parameters_file(&path, &mut loaded, &Limits::default()).unwrap();
        let tensors = loaded.tensors();
        let first = tensors[0].values[0];
        assert!(tensors.iter().flat_map(|tensor| tensor.values).all(|&value| value == first), "round {round}");
    }
    save_parameters_file(&path, &state(), &BTreeMap::new()).unwrap();
    assert_eq!(files_in(folder.path()), ["state.safetensors"]);
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_permissions_and_its_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (path, plain, link) = (folder.path().join("model"), folder.path().join("plain"), folder.path().join("link"));
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    write_atomic(&path, |writer| Ok(writer.write_all(b"first")?)).unwrap();
    fs::write(&plain, "").unwrap();
    assert_eq!(mode(&path), mode(&plain), "a new file is as accessible as any other new file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&path, &link).unwrap();
    write_atomic(&link, |writer| Ok(writer.write_all(b"second")?)).unwrap();
    assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"second".to_vec(), 0o640));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

/// Found by fuzzing.
#[test]
fn an_empty_idx_is_written_however_large_its_other_sizes_are() {
    let idx = Idx { dimensions: vec![15_624, 1_023_425_853, 9_109_504, 0], values: Vec::new() };
    let mut bytes = Vec::new();
    write_idx(&mut bytes, &idx).unwrap();
    assert_eq!(read_idx(&bytes[..], &Limits::default()).unwrap(), idx);
}

#[test]
fn idx_errors_say_what_was_expected_and_found() {
    for (bytes, expected) in [
        (&[][..], "IDX magic: expected 4 bytes, found 0"),
        (b"\x89PNG", "IDX magic (bytes 0 and 1): expected 00 00, found 89 50"),
        (&[0, 0, 0x0d, 1], "IDX element type (byte 2): expected 08 (unsigned byte), found 0d (32-bit float)"),
        (&[0, 0, 8, 0], "IDX number of dimensions (byte 3): expected 1 to 4, found 0"),
        (&[0, 0, 8, 5], "IDX number of dimensions (byte 3): expected 1 to 4, found 5"),
        (&[0, 0, 8, 2, 0, 0, 0], "IDX dimensions: expected 8 bytes, found 3"),
        (&[0, 0, 8, 1, 0, 0, 0, 3, 5, 0], "IDX values: expected 3 bytes, found 2"),
        (&[0, 0, 8, 1, 0, 0, 0, 1, 5, 0], "IDX: expected the end of the file at byte 9, found more bytes"),
        (
            &[0, 0, 8, 4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
            "IDX array of shape [4294967295, 4294967295, 4294967295, 4294967295]: more than the limit of \
             18446744073709551615 bytes",
        ),
    ] {
        let error = read_idx(bytes, &Limits { maximum_bytes: u64::MAX }).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let wrong = io::Idx { dimensions: vec![2, 3], values: vec![0; 5] };
    let expected = "IDX values: expected as many values as the dimensions [2, 3] say, found 5";
    assert_eq!(io::write_idx(Vec::new(), &wrong).unwrap_err().to_string(), expected);
}

/// An npy file of version 1, or of version 2 when the header needs it, without data.
fn npy(header: &str) -> Vec<u8> {
    let (version, length) = match u16::try_from(header.len()) {
        Ok(length) => (1, length.to_le_bytes().to_vec()),
        Err(_) => (2, (header.len() as u32).to_le_bytes().to_vec()),
    };
    [b"\x93NUMPY", &[version, 0][..], &length, header.as_bytes()].concat()
}

#[test]
fn hostile_npy_headers_are_refused_before_they_cost_anything() {
    let shape = |shape: &str| npy(&format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n"));
    let nested = "[".repeat(9_000);
    for (bytes, expected) in [
        (shape("(1152921504606846976,)"), "npy of shape [1152921504606846976]: more than the limit of 1048576 bytes"),
        (shape("(131073,)"), "npy of shape [131073]: more than the limit of 1048576 bytes"),
        (shape("(131072,)"), "npy: values: expected 1048576 bytes, found 0"),
        (shape("(4294967296, 4294967296)"), "npy: header: expected sizes whose product fits 64 bits, found {'descr'"),
        (
            shape("(0, 4294967296, 4294967296)"),
            "npy: header: expected sizes whose product fits 64 bits, found {'descr'",
        ),
        (shape("(0xffffffffffff, 0xffffffffffff)"), "npy: header: expected sizes whose product fits 64 bits"),
        (shape(&nested), "npy: header: expected an array of numbers (2 opening brackets), found more of them"),
        (shape(&"['}}}',".repeat(900)), "npy: header: expected an array of numbers (2 opening brackets), found more"),
        (
            shape(&format!("({})", format!("1{},", "+1".repeat(250)).repeat(16))),
            "npy: header: expected sizes whose product",
        ),
        (shape("(-1,)"), "npy header: dimension cannot be negative"),
        (npy(&" ".repeat(70_000)), "npy: header of 70000 bytes: more than the limit of 10000 bytes"),
        (b"\x93NUMPY\x02\0\xff\xff\xff\xff".to_vec(), "npy: header of 4294967295 bytes: more than the limit of 10000"),
        (b"\x93NUMPY\x01\0\x76\0{'desc".to_vec(), "npy: header: expected 118 bytes, found 6"),
        (b"1,2,3\n4,5,6\n".to_vec(), "npy: magic (bytes 0 to 5): expected \"\\x93NUMPY\", found \"1,2,3\\n\""),
        (vec![], "npy: magic and version: expected 8 bytes, found 0"),
    ] {
        let message = read_npy::<f64>(&bytes[..], &LIMITS).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}\ninstead of\n{expected}");
    }
    // Small elements that become large ones count as the large ones.
    let bytes = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (131073,), }");
    assert!(matches!(read_npy::<f64>(&bytes[..], &LIMITS), Err(IoError::TooLarge { .. })));
}

#[test]
fn an_npz_bomb_stops_at_the_limit() {
    use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for name in ["a.npy", "b.npy"] {
        archive.start_file(name, options).unwrap();
        archive.write_all(&npy("{'descr': '<f8', 'fortran_order': False, 'shape': (100000,), }")).unwrap();
        archive.write_all(&[0; 800_000]).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 10_000);
    let error = read_npz::<f64>(&bytes[..], &LIMITS).unwrap_err();
    assert_eq!(error.to_string(), "npz: b of shape [100000]: more than the limit of 248576 bytes");
    assert_eq!(read_npz::<f32>(&b"PK"[..], &LIMITS).unwrap_err().to_string().split(':').next(), Some("npz"));
}

#[test]
fn hostile_safetensors_headers_are_refused() {
    let file = |length: u64, header: &str| [&length.to_le_bytes()[..], header.as_bytes()].concat();
    let whole = |header: &str| file(header.len() as u64, header);
    let byte = |begin: u64, end: u64| {
        format!("{{\"dtype\":\"U8\",\"shape\":[{}],\"data_offsets\":[{begin},{end}]}}", end - begin)
    };
    // Nine tensors of just under 2⁶¹ bytes: each is possible, the sum overflows when the header's own length is added.
    let step = (1_u64 << 61) - 1;
    let ends: Vec<u64> = (0..=8).map(|count| count * step).chain([u64::MAX]).collect();
    let entries: Vec<String> =
        ends.windows(2).map(|ends| format!("\"{}\":{}", ends[0], byte(ends[0], ends[1]))).collect();
    let deep = "[".repeat(100_000);
    for (bytes, expected) in [
        (vec![], "safetensors: length of the header: expected 8 bytes, found 0"),
        (
            file(u64::MAX, "{}"),
            "safetensors: header of 18446744073709551615 bytes: more than the limit of 1048576 bytes",
        ),
        (file(100, "{}"), "safetensors: header: expected 100 bytes, found 2"),
        (
            whole(&format!("{{\"a\":{}}}", byte(0, 1 << 60))),
            "safetensors: data of shape [1152921504606846976]: more than",
        ),
        (whole(&format!("{{\"a\":{}}}", byte(0, 9))), "safetensors: data: expected 9 bytes, found 0"),
        (whole(&format!("{{{}}}", entries.join(","))), "safetensors: data of shape [18446744073709551615]: more than"),
        (whole(&format!("{{\"a\":{}}}", byte(1, 9))), "safetensors: invalid offset for tensor `a`"),
        (whole(&deep), "safetensors: "),
    ] {
        let message = read_safetensors::<f64>(&bytes[..], &LIMITS).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{message}\ninstead of\n{expected}");
    }
}
