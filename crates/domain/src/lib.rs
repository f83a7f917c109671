//! The words of the business and their laws.
//!
//! Everything here is pure: no async, no I/O, no clock, no randomness, no SQL, no screens. A
//! value of one of these types is right by construction; what parses text refuses what is wrong and
//! says why, in Russian and in English.

pub mod access;
pub mod accrual;
pub mod activity;
pub mod actor;
pub mod adjustment;
pub mod catalog;
pub mod ids;
pub mod lang;
pub mod ledger;
pub mod link;
pub mod money;
pub mod network;
pub mod notice;
pub mod offer;
pub mod order;
pub mod outward;
pub mod page;
pub mod partner;
pub mod payout;
pub mod period;
pub mod promo;
pub mod reason;
pub mod shop_event;
pub mod time;
pub mod user;
pub mod webhook;
