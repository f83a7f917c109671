//! Any bytes as a plan.
#![no_main]

#[path = "../oracles/plan_parser.rs"]
mod plan_parser;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| plan_parser::holds(bytes));
