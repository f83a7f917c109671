//! The REST API, called as its clients call it.

mod contract;
mod desk;
mod idempotency;
mod partners;
mod requests;
