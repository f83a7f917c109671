//! The REST API, called as its clients call it.

mod contract;
mod desk;
mod hostile;
mod idempotency;
mod keys;
mod matrix;
mod money;
mod office;
mod partners;
mod requests;
mod sessions;
mod tree;
