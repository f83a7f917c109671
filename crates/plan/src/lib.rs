//! The plan language and its engine.
