//! Any bytes as a file of `CommerceML`.
#![no_main]

#[path = "../oracles/listing.rs"]
mod listing;
#[path = "../oracles/commerceml.rs"]
mod commerceml;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| commerceml::holds(bytes));
