//! The way out, against servers on this machine's loopback.

mod endpoints;
mod outward;
mod stub;
