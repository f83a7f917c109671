//! Any bytes as a sum, a rate, points, a period, a date.
#![no_main]

#[path = "../oracles/money.rs"]
mod money;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| money::holds(bytes));
