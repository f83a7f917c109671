//! Every function of the crate on both databases: what is written is read back whole, what must be
//! unique is, what must not change cannot.

#![expect(clippy::cloned_ref_to_slice_refs, reason = "`[row.clone()]` reads as the answer that is expected")]

mod attribution;
mod connect;
mod endpoints;
mod facts;
mod idempotency;
mod jobs;
mod ledger;
mod link_clicks;
mod lists;
mod make;
mod network;
mod orders;
mod outbox;
mod people;
mod period_runs;
mod reconciliations;
mod schedules;
mod shop;
mod trail;
