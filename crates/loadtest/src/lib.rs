//! Drives a real `nanorem` process from outside, as a shop and an impatient administrator would: kills
//! it, loads it, compares what it did with a twin that was left in peace.
//!
//! It knows the program only by its commands, its webhook and its tables. Nothing here is part of the
//! program; only loopback addresses are ever called, and every loop is bounded in count and in time.

pub mod client;
pub mod company;
pub mod crew;
pub mod database;
pub mod floor;
pub mod load;
pub mod program;
pub mod server;
pub mod shop;
pub mod table;
pub mod torture;
pub mod twin;
