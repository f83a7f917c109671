//! SQL and nothing else: one text for SQLite and PostgreSQL.
//!
//! Functions here load and save; they decide nothing: no rates, no rights, no wording. Each takes the
//! transaction first; `app` begins and commits it. Every function runs in `tests/it` on both
//! databases, which stands in for compile-time checking of the text.

mod columns;
mod connect;
mod error;
#[macro_use]
mod sql;
#[macro_use]
mod select;

pub mod accruals;
pub mod activity;
pub mod adjustments;
pub mod attribution;
pub mod audit;
pub mod balances;
pub mod endpoints;
pub mod facts;
pub mod idempotency;
pub mod inspect;
pub mod jobs;
pub mod link_clicks;
pub mod network;
pub mod orders;
pub mod outbox;
pub mod partners;
pub mod payouts;
pub mod period_runs;
pub mod periods;
pub mod plans;
pub mod products;
pub mod promo_codes;
pub mod receipts;
pub mod reconciliations;
pub mod schedules;
pub mod sessions;
pub mod shop;
pub mod sponsorships;
pub mod standing;
pub mod tokens;
pub mod transfers;
pub mod users;

pub use connect::{Backend, Store, Tx};
pub use error::StoreError;
