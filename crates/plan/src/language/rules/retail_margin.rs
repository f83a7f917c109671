//! The keys of `retail_margin`.

use domain::lang::Text;
use toml::de::DeValue;

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section};
use crate::language::{amounts, values};
use crate::rules::{OrderRule, PartnerPrice, RetailMargin, RuleKind, retail_margin};

pub(super) const READER: Reader =
    Reader { name: retail_margin::NAME, keys: &["partner_price"], has_base: false, read };

/// The keys of a partner's price.
pub(in crate::language) const PRICE: &[&str] = &["discount"];

const EXAMPLE: &str = "{ discount = \"25%\" }";

fn read(section: &Section<'_, '_>, _known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let price = partner_price(section.required("partner_price", EXAMPLE, findings)?, findings)?;
    let kind = RuleKind::Order(OrderRule::RetailMargin(RetailMargin::new(price)));
    Some(Read { kind, base: price.base() })
}

/// `"cost"` or `{ discount = "25%" }`.
fn partner_price(entry: Entry<'_, '_>, findings: &mut Findings) -> Option<PartnerPrice> {
    match entry.value.get_ref() {
        DeValue::String(_) => values::word(entry, &[("cost", PartnerPrice::Cost)], &[], findings),
        DeValue::Table(_) => {
            let section = Section::of(entry, PRICE, findings)?;
            let discount = section.required("discount", "\"25%\"", findings)?;
            amounts::rate_above_zero(discount, findings).map(PartnerPrice::Discount)
        }
        _ => {
            let expected =
                Text::new("\"cost\" или таблица со скидкой", "\"cost\" or a table with a discount");
            values::wrong_kind(entry, &expected, &format!("partner_price = {EXAMPLE}"), findings);
            None
        }
    }
}
