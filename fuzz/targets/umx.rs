//! Fuzzes `fuzz::umx`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::umx(data));
