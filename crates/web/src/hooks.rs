//! `/hooks`: what other systems tell us.

pub mod shop;
