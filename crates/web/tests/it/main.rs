//! Tests of the HTTP face: real requests through the whole router.

mod client;
mod health;
mod hostile_bodies;
mod hostile_signatures;
mod links;
mod shop_hook;
