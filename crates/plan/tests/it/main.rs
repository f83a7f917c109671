//! The plan crate from outside: the language, the engine, the laws.

mod cap;
mod cases;
mod common;
mod compression;
mod engine;
mod language;
mod laws;
mod long_chains;
mod model;
mod plans;
mod reversals;
mod spec;
