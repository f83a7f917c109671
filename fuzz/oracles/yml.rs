//! What must hold of any bytes that are read as a YML feed. Called by the fuzzer and by the tests of
//! `gateways`.

use gateways::shop::{SkuFrom, Yml, read_yml};

use super::listing;

/// Bytes are refused, or they are a feed that says the same however they come, and less than them is none.
pub(crate) fn holds(bytes: &[u8]) {
    for sku in [SkuFrom::Id, SkuFrom::Article] {
        listing::holds(bytes, |input| read_yml(input, Yml { sku }, &|_| {}));
    }
}
