//! A plan in plain words.
