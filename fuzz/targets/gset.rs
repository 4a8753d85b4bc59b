//! Fuzzes `fuzz::gset`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::gset(data));
