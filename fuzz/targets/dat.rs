//! Fuzzes `fuzz::dat`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::dat(data));
