//! Every function of the crate on both databases: what is written is read back whole, what must be
//! unique is, what must not change cannot.

mod connect;
mod facts;
mod jobs;
mod ledger;
mod make;
mod network;
mod orders;
mod people;
mod trail;
