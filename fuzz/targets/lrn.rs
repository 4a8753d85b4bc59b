//! Fuzzes `fuzz::lrn`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::lrn(data));
