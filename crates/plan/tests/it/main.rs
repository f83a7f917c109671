//! The plan crate from outside: the language, the engine, the laws.

#![expect(clippy::indexing_slicing, reason = "a test knows what it has built")]
#![expect(clippy::format_push_string, reason = "clearness before speed")]

mod batch;
mod batch_world;
mod cap;
mod cases;
mod common;
mod compression;
mod engine;
mod facts;
mod language;
mod laws;
mod long_chains;
mod model;
mod plans;
mod reversals;
mod spec;
