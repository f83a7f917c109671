//! What tests need: an app on either database, a clock that stands still, a company in one line, a
//! shop that signs what it sends. Only ever a dev-dependency.

mod backend;
mod books;
mod clock;
mod company;
mod endpoint;
mod office;
mod shop;
mod site;
mod storm;

pub use backend::{TestApp, for_each_backend, on_sqlite};
pub use books::{ShopBooks, external};
pub use clock::FixedClock;
pub use company::{Company, at, rub, staff};
pub use endpoint::{FakeEndpoint, header};
pub use office::{Authenticator, Person, origin};
pub use shop::{FakeShop, OrderDraft};
pub use site::{Asked, Manner, ShopSite};
pub use storm::{Delivery, Dice, storm};
