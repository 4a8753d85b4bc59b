//! Fuzzes `fuzz::bm`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::bm(data));
