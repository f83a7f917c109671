//! Any bytes as a YML feed.
#![no_main]

#[path = "../oracles/listing.rs"]
mod listing;
#[path = "../oracles/yml.rs"]
mod yml;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yml::holds(bytes));
