//! The plan crate from outside: the language, the engine, the laws.

#![expect(clippy::indexing_slicing, reason = "a test knows what it has built")]
#![expect(clippy::format_push_string, reason = "clearness before speed")]

mod bands;
mod batch;
mod batch_world;
mod binary;
mod cap;
mod caps;
mod cases;
mod common;
mod compression;
mod earnings;
mod edges;
mod engine;
mod examples;
mod explained;
mod facts;
mod fuzzed;
mod great_placements;
mod language;
mod laws;
mod leaders;
mod long_chains;
mod matrix;
mod model;
mod plans;
mod ranks;
mod rehearsal;
mod reversals;
mod schema;
mod spec;
mod summary;
mod whole;
