//! The example plans.
