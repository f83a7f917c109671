//! Tests of the HTTP face: real requests through the whole router.

mod api;
mod client;
mod health;
mod hostile_bodies;
mod hostile_signatures;
mod links;
mod shop_hook;
