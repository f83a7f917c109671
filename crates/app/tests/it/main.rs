//! The verbs of the business on both databases: what must hold whatever happens, in which order and
//! how often.

mod activity;
mod import;
mod ledger_model;
mod order_events;
mod payouts;
mod periods;
mod plans;
mod simulation;
mod sponsors;
mod standing;
mod verify_finds;
