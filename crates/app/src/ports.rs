//! What the verbs need of the outside world, as traits; who speaks to it implements them.

pub mod catalogue;
