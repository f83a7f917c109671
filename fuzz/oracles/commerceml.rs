//! What must hold of any bytes that are read as a file of `CommerceML`. Called by the fuzzer and by the tests
//! of `gateways`.

use gateways::shop::{CommerceMl, SkuFrom, read_commerceml};

use super::listing;

/// Bytes are refused, or they are an export that says the same however they come, and less than them is none.
pub(crate) fn holds(bytes: &[u8]) {
    for (sku, price_type) in [(SkuFrom::Id, None), (SkuFrom::Article, Some("Розничная".to_owned()))]
    {
        let settings = CommerceMl { sku, price_type };
        listing::holds(bytes, |input| read_commerceml([("x.xml".to_owned(), input)], &settings, &|_| {}));
    }
}
