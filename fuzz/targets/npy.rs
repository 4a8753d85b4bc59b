//! Fuzzes `fuzz::npy`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::npy(data));
