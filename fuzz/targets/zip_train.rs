//! Fuzzes `fuzz::zip_train`.
#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::zip_train(data));
