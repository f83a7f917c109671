//! The rows of the five files, checked for themselves and against each other.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use domain::activity::FeeKind;
use domain::catalog::{ProductKind, ProductTerms, Sku, Volume};
use domain::lang::Text;
use domain::money::Money;
use domain::order::{
    BuyerRef, EventKind, ExternalId, LineBody, OrderBody, OrderDetails, OrderEvent, RefundBody,
};
use domain::partner::{Email, PartnerCode, PersonName, Phone};
use domain::text;
use domain::time::parse_instant;
use jiff::Timestamp;

use super::table::{Row, Table};
use super::{ImportError, RowError};
use crate::catalog::ProductFacts;

/// Something of a file, with its line.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) line: u64,
    pub(super) value: T,
}

/// A partner as the file tells him.
#[derive(Debug, Clone)]
pub(super) struct PartnerRow {
    pub(super) code: PartnerCode,
    pub(super) sponsor: Option<PartnerCode>,
    pub(super) name: PersonName,
    pub(super) phone: Option<Phone>,
    pub(super) email: Option<Email>,
    pub(super) joined_at: Timestamp,
}

/// A fee as the file tells it.
#[derive(Debug, Clone)]
pub(super) struct FeeRow {
    pub(super) partner: PartnerCode,
    pub(super) paid_at: Timestamp,
    pub(super) kind: FeeKind,
}

/// Everything the files tell.
#[derive(Debug)]
pub(super) struct Company {
    pub(super) products: Vec<At<ProductFacts>>,
    pub(super) partners: Vec<At<PartnerRow>>,
    pub(super) fees: Vec<At<FeeRow>>,
    pub(super) orders: Vec<At<OrderEvent>>,
    pub(super) refunds: Vec<At<OrderEvent>>,
    /// Every product that a line of an order names, with the line.
    pub(super) sold: Vec<At<Sku>>,
}

pub(super) const PRODUCTS: &str = "products.csv";
pub(super) const PARTNERS: &str = "partners.csv";
pub(super) const ACTIVITY: &str = "activity.csv";
pub(super) const ORDERS: &str = "orders.csv";
pub(super) const LINES: &str = "order_lines.csv";
pub(super) const REFUNDS: &str = "refunds.csv";

impl Company {
    /// Reads the folder.
    ///
    /// # Errors
    /// Every mistake in every file at once.
    pub(super) fn read(folder: &Path) -> Result<Self, ImportError> {
        let mut errors = Vec::new();
        let products = Table::read(
            folder,
            PRODUCTS,
            &["sku", "name", "category", "price", "cost", "volume"],
            &mut errors,
        )?;
        let partners = Table::read(
            folder,
            PARTNERS,
            &["code", "sponsor_code", "first_name", "last_name", "phone", "email", "joined_at"],
            &mut errors,
        )?;
        let activity = Table::read(folder, ACTIVITY, &["partner_code", "paid_at", "kind"], &mut errors)?;
        let orders = Table::read(
            folder,
            ORDERS,
            &["order_id", "ordered_at", "paid_at", "buyer_code", "status"],
            &mut errors,
        )?;
        let lines = Table::read(
            folder,
            LINES,
            &["order_id", "line_no", "sku", "quantity", "unit_price"],
            &mut errors,
        )?;
        let refunds = Table::read(
            folder,
            REFUNDS,
            &["refund_id", "order_id", "line_no", "quantity", "refunded_at"],
            &mut errors,
        )?;

        let mut lines = lines_of(&lines, &mut errors);
        let sold = |line: &At<LineBody>| At { line: line.line, value: line.value.sku.clone() };
        let company = Self {
            sold: lines.values().flat_map(|lines| &lines.rows).map(sold).collect(),
            products: all(&products, &mut errors, product),
            partners: all(&partners, &mut errors, partner),
            fees: all(&activity, &mut errors, fee),
            orders: all(&orders, &mut errors, |row| order(row, &mut lines)),
            refunds: refunds_of(&refunds, &mut errors),
        };
        let unused = lines.into_values().filter(|lines| !lines.is_used);
        errors.extend(unused.filter_map(|lines| lines.rows.into_iter().next()).map(|line| {
            let problem = text!("в {ORDERS} нет такого заказа", "no row of {ORDERS} has this id");
            RowError::new(LINES, line.line, "order_id", problem)
        }));
        company.refuse_late_sponsors(&mut errors);
        company.refuse_too_large_refunds(&mut errors);
        company.refuse_doubles(&mut errors);
        if errors.is_empty() { Ok(company) } else { Err(ImportError::Rows(errors)) }
    }

    /// The earliest instant at which money depends on a plan.
    pub(super) fn first_instant(&self) -> Option<Timestamp> {
        let fees = self.fees.iter().map(|row| row.value.paid_at);
        let orders = self.orders.iter().filter_map(|row| row.value.order.paid_at);
        fees.chain(orders).min()
    }

    /// The codes of partners that the file itself brings.
    pub(super) fn own_codes(&self) -> HashSet<&PartnerCode> {
        self.partners.iter().map(|row| &row.value.code).collect()
    }
}

fn all<T>(
    table: &Table,
    errors: &mut Vec<RowError>,
    mut read: impl FnMut(&Row<'_>) -> Result<T, RowError>,
) -> Vec<At<T>> {
    let mut values = Vec::new();
    for row in table.rows() {
        match read(&row) {
            Ok(value) => values.push(At { line: row.line, value }),
            Err(error) => errors.push(error),
        }
    }
    values
}

fn money(text: &str) -> Result<Money, Text> {
    let amount: Money = text.parse()?;
    if amount < Money::ZERO {
        return Err(text!("{amount} меньше нуля", "{amount} is below zero"));
    }
    Ok(amount)
}

fn words(text: &str) -> Result<String, Text> {
    let count = text.chars().count();
    if (1..=200).contains(&count) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(text!(
        "от 1 до 200 знаков без управляющих, здесь {count}",
        "use 1 to 200 characters without control characters, this has {count}"
    ))
}

fn number(text: &str) -> Result<u32, Text> {
    let plain = !text.is_empty() && text.len() <= 7 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = plain.then(|| text.parse().ok()).flatten().filter(|number| (1..=1_000_000).contains(number));
    number.ok_or_else(|| {
        let told: String = text.chars().take(40).collect();
        text!("{told:?} — не целое число от 1 до 1000000", "{told:?} is not a whole number from 1 to 1000000")
    })
}

fn product(row: &Row<'_>) -> Result<ProductFacts, RowError> {
    Ok(ProductFacts {
        sku: row.value("sku", Sku::parse)?,
        name: row.value("name", words)?,
        category: row.value("category", words)?,
        kind: ProductKind::Goods,
        terms: ProductTerms {
            price: row.value("price", money)?,
            cost: row.value("cost", money)?,
            volume: row
                .value("volume", |text| money(text).and_then(|_| Volume::parse(text).map_err(Text::from)))?,
        },
    })
}

fn partner(row: &Row<'_>) -> Result<PartnerRow, RowError> {
    let name = PersonName::parse(row.text("first_name"), row.text("last_name"));
    Ok(PartnerRow {
        code: row.value("code", PartnerCode::parse)?,
        sponsor: row.optional("sponsor_code", PartnerCode::parse)?,
        name: name.map_err(|problem| row.error("first_name", problem))?,
        phone: row.optional("phone", Phone::parse)?,
        email: row.optional("email", Email::parse)?,
        joined_at: row.value("joined_at", parse_instant)?,
    })
}

fn fee(row: &Row<'_>) -> Result<FeeRow, RowError> {
    Ok(FeeRow {
        partner: row.value("partner_code", PartnerCode::parse)?,
        paid_at: row.value("paid_at", parse_instant)?,
        kind: row.value("kind", str::parse)?,
    })
}

type Lines = BTreeMap<ExternalId, OrderLines>;

/// The lines of one order, as its file has them.
#[derive(Debug, Default)]
struct OrderLines {
    rows: Vec<At<LineBody>>,
    /// Whether an order takes them.
    is_used: bool,
}

fn lines_of(table: &Table, errors: &mut Vec<RowError>) -> Lines {
    let mut lines = Lines::new();
    for row in table.rows() {
        let read = || -> Result<(ExternalId, LineBody), RowError> {
            let line = LineBody {
                line_no: row.value("line_no", number)?,
                sku: row.value("sku", Sku::parse)?,
                quantity: row.value("quantity", number)?,
                unit_price: row.value("unit_price", money)?,
            };
            if line.unit_price.times(line.quantity).is_none() {
                let most = Money::LARGEST;
                let problem = text!("сумма строки больше {most}", "the line is more than {most}");
                return Err(row.error("unit_price", problem));
            }
            Ok((row.value("order_id", ExternalId::parse)?, line))
        };
        match read() {
            Ok((order, value)) => lines.entry(order).or_default().rows.push(At { line: row.line, value }),
            Err(error) => errors.push(error),
        }
    }
    for OrderLines { rows: lines, .. } in lines.values_mut() {
        lines.sort_by_key(|line| line.value.line_no);
        for (one, next) in lines.iter().zip(lines.iter().skip(1)) {
            if one.value.line_no == next.value.line_no {
                let (number, line) = (next.value.line_no, one.line);
                let problem = text!(
                    "строка {number} этого заказа уже есть в строке {line} файла",
                    "line {number} of this order stands in line {line} already"
                );
                errors.push(RowError::new(LINES, next.line, "line_no", problem));
            }
        }
    }
    lines
}

fn order(row: &Row<'_>, lines: &mut Lines) -> Result<OrderEvent, RowError> {
    let external_id = row.value("order_id", ExternalId::parse)?;
    let own_lines = lines.get_mut(&external_id).map(|lines| {
        lines.is_used = true;
        lines.rows.clone()
    });
    let ordered_at = row.value("ordered_at", parse_instant)?;
    let paid_at = row.optional("paid_at", parse_instant)?;
    let kind = match (row.text("status"), paid_at) {
        ("created", None) => EventKind::Created,
        ("paid", Some(_)) => EventKind::Paid,
        ("cancelled", _) => EventKind::Cancelled,
        ("created", Some(_)) => {
            let problem = text!(
                "заказ с датой оплаты — paid, а не created",
                "an order with an instant of payment is \"paid\", not \"created\""
            );
            return Err(row.error("paid_at", problem));
        }
        ("paid", None) => {
            let problem = text!("пусто, хотя заказ paid", "is empty, but the order is \"paid\"");
            return Err(row.error("paid_at", problem));
        }
        (status, _) => {
            let problem = text!(
                "{status:?} неизвестно: бывает created, paid, cancelled",
                "{status:?} is unknown: write \"created\", \"paid\" or \"cancelled\""
            );
            return Err(row.error("status", problem));
        }
    };
    let own_lines = own_lines.ok_or_else(|| {
        let problem = text!("в {LINES} нет строк этого заказа", "no row of {LINES} belongs to this order");
        row.error("order_id", problem)
    })?;
    let buyer =
        BuyerRef { partner_code: Some(row.value("buyer_code", PartnerCode::parse)?), ..BuyerRef::default() };
    let details =
        OrderDetails { buyer, ordered_at, lines: own_lines.into_iter().map(|line| line.value).collect() };
    let order = OrderBody {
        source: placeholder_source(),
        number: None,
        external_id,
        details: Some(details),
        paid_at,
        delivered_at: None,
        cancelled_at: None,
    };
    // The file does not tell when an order was cancelled; it never was in effect, so nothing depends
    // on it but the order's own history.
    Ok(OrderEvent { kind, order, refund: None, sent_at: ordered_at })
}

/// Stands where the shop's name goes; the import fills it in.
pub(super) fn placeholder_source() -> ExternalId {
    ExternalId::parse("import").expect("a plain word is an id")
}

fn refunds_of(table: &Table, errors: &mut Vec<RowError>) -> Vec<At<OrderEvent>> {
    let mut refunds: Vec<At<OrderEvent>> = Vec::new();
    let mut places: HashMap<ExternalId, usize> = HashMap::new();
    for row in table.rows() {
        match refund(&row).and_then(|(event, line_no, quantity)| {
            join_refund(&row, &mut refunds, &mut places, &event, line_no, quantity)
        }) {
            Ok(()) => {}
            Err(error) => errors.push(error),
        }
    }
    refunds
}

fn refund(row: &Row<'_>) -> Result<(OrderEvent, u32, u32), RowError> {
    let refunded_at = row.value("refunded_at", parse_instant)?;
    let refund = RefundBody {
        external_id: row.value("refund_id", ExternalId::parse)?,
        refunded_at,
        lines: BTreeMap::new(),
    };
    let order = OrderBody {
        source: placeholder_source(),
        external_id: row.value("order_id", ExternalId::parse)?,
        number: None,
        details: None,
        paid_at: None,
        delivered_at: None,
        cancelled_at: None,
    };
    let event = OrderEvent { kind: EventKind::Refunded, order, refund: Some(refund), sent_at: refunded_at };
    Ok((event, row.value("line_no", number)?, row.value("quantity", number)?))
}

/// Rows with one refund id are one refund of several lines.
fn join_refund(
    row: &Row<'_>,
    refunds: &mut Vec<At<OrderEvent>>,
    places: &mut HashMap<ExternalId, usize>,
    event: &OrderEvent,
    line_no: u32,
    quantity: u32,
) -> Result<(), RowError> {
    let Some(id) = event.refund.as_ref().map(|refund| refund.external_id.clone()) else {
        return Ok(());
    };
    let place = *places.entry(id).or_insert_with(|| {
        refunds.push(At { line: row.line, value: event.clone() });
        refunds.len() - 1
    });
    let Some(At { line, value: known }) = refunds.get_mut(place) else {
        return Ok(());
    };
    let same = known.order == event.order && known.sent_at == event.sent_at;
    let is_new = known.refund.as_mut().is_some_and(|refund| refund.lines.insert(line_no, quantity).is_none());
    if same && is_new {
        return Ok(());
    }
    let problem = text!(
        "в строке {line} этот номер стоит с другим заказом или датой или с той же строкой заказа",
        "line {line} has this id with another order or date, or with the same line"
    );
    Err(row.error("refund_id", problem))
}
