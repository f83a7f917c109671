//! The shop's catalogue, by each of the roads on which shops tell it.
//!
//! [`Api`] speaks to the shop's own API, [`Feed`] reads a YML feed or a `CommerceML` export from a file or
//! over HTTP. All of them give one kind of listing; what a field is called is the owner's to say.

mod api;
mod commerceml;
mod dates;
mod feed;
mod fields;
mod json;
mod path;
mod sum;
mod xml;
mod yml;

pub use api::{
    Api, ApiFields, AskedApi, OrderFields, OrderSeen, PriceUnit, ProductFields, ProductSeen, StateWords,
};
pub use commerceml::{CommerceMl, read as read_commerceml};
pub use feed::{Feed, Format, Origin};
pub use fields::SkuFrom;
pub use path::{JsonPath, PathError};
pub use yml::{Yml, read as read_yml};
