//! The way out, against servers on this machine's loopback; and what is read from there and from files.

mod endpoints;
mod fuzzed;
mod outward;
mod shop;
mod stub;
