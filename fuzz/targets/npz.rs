//! Fuzzes `fuzz::npz`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::npz(data));
