//! Fuzzes `fuzz::cod`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::cod(data));
