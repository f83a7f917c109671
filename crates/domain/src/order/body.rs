//! The shop's JSON about an order, read strictly.
//!
//! The form is the contract of the webhook (see `docs/api.md`): money as decimal strings, instants
//! with their offset, no fields beyond those named.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::error::Category;

use super::event::EventKind;
use super::{ExternalId, total};
use crate::catalog::Sku;
use crate::lang::Text;
use crate::money::Money;
use crate::partner::{Email, PartnerCode, Phone, ReferralCode};
use crate::promo::PromoCode;
use crate::text;
use crate::time::parse_instant;
use crate::webhook::VerifiedBody;

/// Why a body is refused: where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct ParseError {
    /// The path of the field, as `order.lines[2].unit_price`.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub problem: Text,
}

impl ParseError {
    /// A field and what is wrong with it.
    pub fn new(field: impl Into<String>, problem: impl Into<Text>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

/// What an event says about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBody {
    /// The shop.
    pub source: ExternalId,
    /// The shop's id of the order.
    pub external_id: ExternalId,
    /// The number on the shop's papers.
    pub number: Option<String>,
    /// Everything that defines the order; absent in a short event about one already known.
    pub details: Option<OrderDetails>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
}

/// What defines an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDetails {
    /// Who bought.
    pub buyer: BuyerRef,
    /// When it was placed.
    pub ordered_at: Timestamp,
    /// What was bought.
    pub lines: Vec<LineBody>,
}

/// One line as the shop tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineBody {
    /// The shop's number of the line.
    pub line_no: u32,
    /// The article.
    pub sku: Sku,
    /// Pieces, at least one.
    pub quantity: u32,
    /// Price paid for a piece.
    pub unit_price: Money,
}

/// How the shop names the buyer; at least one is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuyerRef {
    /// A partner who buys for himself.
    pub partner_code: Option<PartnerCode>,
    /// The code of the invitation link that brought an outside customer.
    pub referral_code: Option<ReferralCode>,
    /// The promo code that he typed; the partner whose it is brought him.
    pub promo_code: Option<PromoCode>,
    /// The buyer's phone.
    pub phone: Option<Phone>,
    /// The buyer's e-mail.
    pub email: Option<Email>,
}

/// A refund as the shop tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundBody {
    /// The shop's id of the refund.
    pub external_id: ExternalId,
    /// When it happened.
    pub refunded_at: Timestamp,
    /// Pieces by line number.
    pub lines: BTreeMap<u32, u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct WireEvent {
    #[serde(rename = "type")]
    kind: String,
    source: String,
    order: WireOrder,
    refund: Option<WireRefund>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct WireOrder {
    id: String,
    number: Option<String>,
    buyer: Option<WireBuyer>,
    currency: Option<String>,
    ordered_at: Option<String>,
    paid_at: Option<String>,
    delivered_at: Option<String>,
    cancelled_at: Option<String>,
    lines: Option<Vec<WireLine>>,
    total: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct WireBuyer {
    partner_code: Option<String>,
    referral_code: Option<String>,
    promo_code: Option<String>,
    phone: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct WireLine {
    line_no: u32,
    sku: String,
    quantity: u32,
    unit_price: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct WireRefund {
    id: String,
    lines: Vec<WireRefundLine>,
    refunded_at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct WireRefundLine {
    line_no: u32,
    quantity: u32,
}

const MOST_LINES: usize = 1_000;
const MOST_PIECES: u32 = 1_000_000;

/// What one verified body says: the kind of event, the order, and the refund if it is one.
pub(super) fn parse(body: &VerifiedBody) -> Result<(EventKind, OrderBody, Option<RefundBody>), ParseError> {
    let wire = read(body.bytes())?;
    let kind: EventKind = wire.kind.parse().map_err(|problem| ParseError::new("type", problem))?;
    let refund = match (kind, wire.refund) {
        (EventKind::Refunded, Some(refund)) => Some(parse_refund(&refund)?),
        (EventKind::Refunded, None) => {
            let problem = text!(
                "order.refunded говорит, что вернули: id, lines, refunded_at",
                "order.refunded names what was given back: id, lines, refunded_at"
            );
            return Err(ParseError::new("refund", problem));
        }
        (_, Some(_)) => {
            let problem =
                text!("возврат бывает только в order.refunded", "only order.refunded carries a refund");
            return Err(ParseError::new("refund", problem));
        }
        (_, None) => None,
    };
    Ok((kind, parse_order(&wire.source, wire.order)?, refund))
}

/// Reads the JSON. What is not JSON at all is refused with its place, what is not the event with its field.
fn read(bytes: &[u8]) -> Result<WireEvent, ParseError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let wire = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (path, error) = (error.path().to_string(), error.into_inner());
        match error.classify() {
            Category::Data => {
                let place = format!(" at line {} column {}", error.line(), error.column());
                let field = if path == "." { "body".to_owned() } else { path };
                let error = error.to_string();
                ParseError::new(field, not_as_agreed(error.trim_end_matches(&place)))
            }
            Category::Syntax | Category::Eof | Category::Io => not_json(&error),
        }
    })?;
    reader.end().map_err(|error| not_json(&error))?;
    Ok(wire)
}

fn not_json(error: &serde_json::Error) -> ParseError {
    ParseError::new(
        "body",
        text!("это не JSON события: {error}", "this is not the JSON of an event: {error}"),
    )
}

fn not_as_agreed(error: &str) -> Text {
    text!("не то, что ожидалось: {error}", "{error}")
}

fn parse_order(source: &str, wire: WireOrder) -> Result<OrderBody, ParseError> {
    let body = OrderBody {
        source: ExternalId::parse(source).map_err(|problem| ParseError::new("source", problem))?,
        external_id: ExternalId::parse(&wire.id).map_err(|problem| ParseError::new("order.id", problem))?,
        number: wire.number.map(|number| parse_number(&number)).transpose()?,
        paid_at: optional_instant("order.paid_at", wire.paid_at.as_deref())?,
        delivered_at: optional_instant("order.delivered_at", wire.delivered_at.as_deref())?,
        cancelled_at: optional_instant("order.cancelled_at", wire.cancelled_at.as_deref())?,
        details: None,
    };
    let (Some(lines), Some(buyer), Some(currency), Some(ordered_at)) =
        (&wire.lines, &wire.buyer, &wire.currency, &wire.ordered_at)
    else {
        let given = [
            ("order.lines", wire.lines.is_some()),
            ("order.buyer", wire.buyer.is_some()),
            ("order.currency", wire.currency.is_some()),
            ("order.ordered_at", wire.ordered_at.is_some()),
        ];
        let missing = given.iter().find(|(_, is_given)| !is_given).map_or("order", |(field, _)| field);
        if given.iter().any(|(_, is_given)| *is_given) {
            let problem = text!(
                "не указано: заказ называют целиком (buyer, currency, ordered_at, lines) или только по id",
                "is missing: an order is told whole (buyer, currency, ordered_at, lines) or by its id only"
            );
            return Err(ParseError::new(missing, problem));
        }
        return Ok(body);
    };
    if currency != "RUB" {
        let problem = text!(
            "{currency:?} неизвестна: заказы принимаются в RUB",
            "{currency:?} is unknown: orders are taken in RUB"
        );
        return Err(ParseError::new("order.currency", problem));
    }
    let lines = parse_lines(lines)?;
    let sum = total(lines.iter().map(|line| (line.quantity, line.unit_price)));
    if sum > Money::LARGEST {
        let most = Money::LARGEST;
        let problem = text!("сумма {sum} больше {most}", "the sum {sum} is larger than {most}");
        return Err(ParseError::new("order.lines", problem));
    }
    if let Some(told) = &wire.total {
        let told = money("order.total", told)?;
        if told != sum {
            let problem =
                text!("{told} — не сумма строк, она {sum}", "{told} is not the sum of the lines, {sum}");
            return Err(ParseError::new("order.total", problem));
        }
    }
    let details = OrderDetails {
        buyer: parse_buyer(buyer)?,
        ordered_at: instant("order.ordered_at", ordered_at)?,
        lines,
    };
    Ok(OrderBody { details: Some(details), ..body })
}

fn parse_number(text: &str) -> Result<String, ParseError> {
    if (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    let problem =
        text!("от 1 до 100 знаков, без управляющих", "use 1 to 100 characters without control characters");
    Err(ParseError::new("order.number", problem))
}

fn parse_lines(wire: &[WireLine]) -> Result<Vec<LineBody>, ParseError> {
    if wire.is_empty() || wire.len() > MOST_LINES {
        let has = wire.len();
        let problem = text!(
            "в заказе от 1 до {MOST_LINES} строк, здесь {has}",
            "an order has 1 to {MOST_LINES} lines, this one {has}"
        );
        return Err(ParseError::new("order.lines", problem));
    }
    let mut lines = BTreeMap::new();
    for (index, line) in wire.iter().enumerate() {
        let at = |field: &str| format!("order.lines[{index}].{field}");
        let sku = Sku::parse(&line.sku).map_err(|problem| ParseError::new(at("sku"), problem))?;
        let unit_price = money(&at("unit_price"), &line.unit_price)?;
        pieces(&at("quantity"), line.quantity)?;
        if unit_price < Money::ZERO {
            let problem = text!("{unit_price} меньше нуля", "{unit_price} is below zero");
            return Err(ParseError::new(at("unit_price"), problem));
        }
        if unit_price.times(line.quantity).is_none() {
            let (pieces, most) = (line.quantity, Money::LARGEST);
            let problem = text!(
                "{pieces} шт. по {unit_price} — больше {most}",
                "{pieces} pieces at {unit_price} are more than {most}"
            );
            return Err(ParseError::new(at("unit_price"), problem));
        }
        let body = LineBody { line_no: line.line_no, sku, quantity: line.quantity, unit_price };
        if line.line_no == 0 || lines.insert(line.line_no, body).is_some() {
            let number = line.line_no;
            let problem = text!("{number} — ноль или уже было", "{number} is zero or stands twice");
            return Err(ParseError::new(at("line_no"), problem));
        }
    }
    Ok(lines.into_values().collect())
}

fn pieces(field: &str, quantity: u32) -> Result<(), ParseError> {
    if (1..=MOST_PIECES).contains(&quantity) {
        return Ok(());
    }
    let problem = text!(
        "{quantity} шт.: в строке от 1 до {MOST_PIECES}",
        "{quantity} pieces: a line has 1 to {MOST_PIECES}"
    );
    Err(ParseError::new(field, problem))
}

fn parse_buyer(wire: &WireBuyer) -> Result<BuyerRef, ParseError> {
    fn read<T, E: Into<Text>>(
        field: &str,
        text: Option<&str>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, ParseError> {
        text.map(|text| {
            parse(text).map_err(|problem| ParseError::new(format!("order.buyer.{field}"), problem))
        })
        .transpose()
    }
    let buyer = BuyerRef {
        partner_code: read("partner_code", wire.partner_code.as_deref(), PartnerCode::parse)?,
        referral_code: read("referral_code", wire.referral_code.as_deref(), ReferralCode::parse)?,
        promo_code: read("promo_code", wire.promo_code.as_deref(), PromoCode::parse)?,
        phone: read("phone", wire.phone.as_deref(), Phone::parse)?,
        email: read("email", wire.email.as_deref(), Email::parse)?,
    };
    if buyer == BuyerRef::default() {
        let problem = text!(
            "назовите его: partner_code, referral_code, promo_code, phone или email",
            "name him by partner_code, referral_code, promo_code, phone or email"
        );
        return Err(ParseError::new("order.buyer", problem));
    }
    Ok(buyer)
}

fn parse_refund(wire: &WireRefund) -> Result<RefundBody, ParseError> {
    if wire.lines.is_empty() || wire.lines.len() > MOST_LINES {
        let has = wire.lines.len();
        let problem = text!(
            "в возврате от 1 до {MOST_LINES} строк, здесь {has}",
            "a refund has 1 to {MOST_LINES} lines, this one {has}"
        );
        return Err(ParseError::new("refund.lines", problem));
    }
    let mut lines = BTreeMap::new();
    for (index, line) in wire.lines.iter().enumerate() {
        pieces(&format!("refund.lines[{index}].quantity"), line.quantity)?;
        if lines.insert(line.line_no, line.quantity).is_some() {
            let number = line.line_no;
            let problem = text!("{number} уже было", "{number} stands twice");
            return Err(ParseError::new(format!("refund.lines[{index}].line_no"), problem));
        }
    }
    Ok(RefundBody {
        external_id: ExternalId::parse(&wire.id).map_err(|problem| ParseError::new("refund.id", problem))?,
        refunded_at: instant("refund.refunded_at", &wire.refunded_at)?,
        lines,
    })
}

fn money(field: &str, text: &str) -> Result<Money, ParseError> {
    text.parse().map_err(|problem: crate::money::MoneyError| ParseError::new(field, problem))
}

fn instant(field: &str, text: &str) -> Result<Timestamp, ParseError> {
    parse_instant(text).map_err(|problem| ParseError::new(field, problem))
}

fn optional_instant(field: &str, text: Option<&str>) -> Result<Option<Timestamp>, ParseError> {
    text.map(|text| instant(field, text)).transpose()
}
