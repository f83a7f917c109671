//! The way out, against servers on this machine's loopback.

mod outward;
mod stub;
