//! The outside world behind `app`'s ports: what talks to other people's servers.
//!
//! Nothing here decides what is owed or sent, nothing knows SQL, and nothing opens a connection but
//! through [`outward`], which keeps forged addresses from making the program knock at its own house.

pub mod outward;
pub mod shop;
