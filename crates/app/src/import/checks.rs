//! What the rows of the files must be to each other, whatever is stored.

use std::collections::HashMap;

use domain::order::{ExternalId, OrderDetails};
use domain::partner::PartnerCode;
use domain::text;
use jiff::Timestamp;

use super::rows::{ACTIVITY, Company, ORDERS, PARTNERS, PRODUCTS, REFUNDS};
use super::stages::before_the_order;
use super::{ImportError, RowError};

impl Company {
    /// Nothing lies so far ahead that it is a mistake of typing.
    pub(super) fn refuse_ahead(&self, latest: Timestamp) -> Result<(), ImportError> {
        let joined = self.partners.iter().map(|row| (PARTNERS, "joined_at", row.line, row.value.joined_at));
        let fees = self.fees.iter().map(|row| (ACTIVITY, "paid_at", row.line, row.value.paid_at));
        let orders = self.orders.iter().flat_map(|row| {
            let ordered = row.value.order.details.as_ref().map(|details| ("ordered_at", details.ordered_at));
            let paid = row.value.order.paid_at.map(|paid_at| ("paid_at", paid_at));
            let told = ordered.into_iter().chain(paid);
            told.map(|(column, instant)| (ORDERS, column, row.line, instant))
        });
        let refunds = self.refunds.iter().filter_map(|row| {
            Some((REFUNDS, "refunded_at", row.line, row.value.refund.as_ref()?.refunded_at))
        });
        let ahead = joined.chain(fees).chain(orders).chain(refunds).filter(|(.., instant)| *instant > latest);
        let errors: Vec<RowError> = ahead
            .map(|(file, column, line, instant)| {
                let problem = text!("{instant} ещё далеко впереди", "{instant} lies far ahead");
                RowError::new(file, line, column, problem)
            })
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(ImportError::Rows(errors)) }
    }

    /// A sponsor whom the file brings stands above whom he sponsors, and joined before him.
    pub(super) fn refuse_late_sponsors(&self, errors: &mut Vec<RowError>) {
        let places: HashMap<&PartnerCode, u64> =
            self.partners.iter().map(|row| (&row.value.code, row.line)).collect();
        let joined: HashMap<&PartnerCode, &Timestamp> =
            self.partners.iter().map(|row| (&row.value.code, &row.value.joined_at)).collect();
        for row in &self.partners {
            let place = row.value.sponsor.as_ref().and_then(|sponsor| places.get(sponsor));
            let joined = row.value.sponsor.as_ref().and_then(|sponsor| joined.get(sponsor));
            if joined.is_some_and(|joined| **joined > row.value.joined_at) {
                let problem = text!("вступил раньше своего спонсора", "joined before his sponsor did");
                errors.push(RowError::new(PARTNERS, row.line, "joined_at", problem));
            }
            if place.is_some_and(|place| *place >= row.line) {
                let problem = text!(
                    "спонсор должен стоять в файле выше этой строки",
                    "the sponsor must stand above this line"
                );
                errors.push(RowError::new(PARTNERS, row.line, "sponsor_code", problem));
            }
        }
    }

    /// Of an order that the file brings no more is given back than was bought, and not before it was
    /// ordered.
    pub(super) fn refuse_too_large_refunds(&self, errors: &mut Vec<RowError>) {
        let orders: HashMap<&ExternalId, &OrderDetails> = self
            .orders
            .iter()
            .filter_map(|row| Some((&row.value.order.external_id, row.value.order.details.as_ref()?)))
            .collect();
        let mut given_back: HashMap<(&ExternalId, u32), u64> = HashMap::new();
        for row in &self.refunds {
            let id = &row.value.order.external_id;
            let (Some(details), Some(refund)) = (orders.get(id), &row.value.refund) else {
                continue;
            };
            if refund.refunded_at < details.ordered_at {
                errors.push(RowError::new(REFUNDS, row.line, "refunded_at", before_the_order()));
            }
            for (line_no, quantity) in &refund.lines {
                let line = details.lines.iter().find(|line| line.line_no == *line_no);
                let bought = line.map_or(0, |line| line.quantity);
                let back = given_back.entry((id, *line_no)).or_default();
                *back += u64::from(*quantity);
                if *back > u64::from(bought) {
                    let problem = text!(
                        "в строке {line_no} заказа {id} {bought} шт., а возвращают {back}",
                        "line {line_no} of order {id} has {bought} pieces, {back} are given back"
                    );
                    errors.push(RowError::new(REFUNDS, row.line, "quantity", problem));
                }
            }
        }
    }

    pub(super) fn refuse_doubles(&self, errors: &mut Vec<RowError>) {
        let mut doubles = |file, column, values: &mut dyn Iterator<Item = (u64, String)>| {
            let mut seen = HashMap::new();
            for (line, value) in values {
                if let Some(first) = seen.insert(value.clone(), line) {
                    let problem =
                        text!("{value} уже есть в строке {first}", "{value} stands in line {first} already");
                    errors.push(RowError::new(file, line, column, problem));
                }
            }
        };
        doubles(PRODUCTS, "sku", &mut self.products.iter().map(|row| (row.line, row.value.sku.to_string())));
        let partners = || self.partners.iter();
        doubles(PARTNERS, "code", &mut partners().map(|row| (row.line, row.value.code.to_string())));
        doubles(
            PARTNERS,
            "phone",
            &mut partners().filter_map(|row| Some((row.line, row.value.phone.as_ref()?.to_string()))),
        );
        doubles(
            PARTNERS,
            "email",
            &mut partners().filter_map(|row| Some((row.line, row.value.email.as_ref()?.to_string()))),
        );
        doubles(
            ORDERS,
            "order_id",
            &mut self.orders.iter().map(|row| (row.line, row.value.order.external_id.to_string())),
        );
    }
}
