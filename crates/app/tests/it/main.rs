//! The verbs of the business on both databases: what must hold whatever happens, in which order and
//! how often.

#![expect(clippy::indexing_slicing, reason = "a test that looks in the wrong place should fail")]

mod activity;
mod adjustments;
mod attribution;
mod auth;
mod backtest;
mod catalogue;
mod endpoints;
mod import;
mod ledger_model;
mod notices;
mod order_events;
mod order_storms;
mod outbox;
mod payouts;
mod period_rules;
mod periods;
mod plans;
mod replay;
mod schedule;
mod shop_asked;
mod simulate;
mod simulation;
mod sponsors;
mod standing;
mod users;
mod verify_finds;
