//! What a shop tells by its webhook: what happened to an order, or that a product is another now.

use serde::Deserialize;

use crate::order::{ExternalId, OrderEvent, ParseError};
use crate::text;
use crate::webhook::VerifiedBody;

/// One event, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShopEvent {
    /// Of an order.
    Order(Box<OrderEvent>),
    /// Of a product.
    Product(ProductEvent),
}

/// A product of the shop came, changed or went. What it is now the catalogue says, not this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductEvent {
    /// The shop.
    pub source: ExternalId,
    /// The shop's id of the product.
    pub product: ExternalId,
}

const PRODUCT_KINDS: [&str; 3] = ["product.created", "product.updated", "product.deleted"];

/// Only the type of an event, whatever else it holds.
#[derive(Deserialize)]
struct WireKind {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct WireProductEvent {
    #[serde(rename = "type")]
    kind: String,
    source: String,
    product: WireProduct,
}

/// Of a product only the id is read: the rest is asked for.
#[derive(Deserialize)]
struct WireProduct {
    id: WireId,
}

/// Shops write ids as texts or as numbers.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text or a whole number")]
enum WireId {
    Text(String),
    Number(u64),
}

/// Whether a body tells of a product, and so of no order.
pub fn is_of_product(body: &[u8]) -> bool {
    serde_json::from_slice(body).is_ok_and(|wire: WireKind| wire.kind.starts_with("product."))
}

impl ShopEvent {
    /// Reads a verified body.
    pub fn parse(body: &VerifiedBody) -> Result<Self, ParseError> {
        // What is no event at all the reader of orders refuses, with its place.
        if is_of_product(body.bytes()) {
            product(body).map(Self::Product)
        } else {
            OrderEvent::parse(body).map(|event| Self::Order(Box::new(event)))
        }
    }

    /// The shop that it says it comes from.
    pub fn source(&self) -> &ExternalId {
        match self {
            Self::Order(event) => &event.order.source,
            Self::Product(event) => &event.source,
        }
    }
}

fn product(body: &VerifiedBody) -> Result<ProductEvent, ParseError> {
    let mut reader = serde_json::Deserializer::from_slice(body.bytes());
    let wire: WireProductEvent = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (path, error) = (error.path().to_string(), error.into_inner());
        ParseError::new(path, text!("не то, что ожидалось: {error}", "{error}"))
    })?;
    if !PRODUCT_KINDS.contains(&wire.kind.as_str()) {
        let (told, known): (String, _) = (wire.kind.chars().take(60).collect(), PRODUCT_KINDS.join(", "));
        let problem = text!("{told:?} неизвестно: бывает {known}", "{told:?} is unknown: use {known}");
        return Err(ParseError::new("type", problem));
    }
    let id = match wire.product.id {
        WireId::Text(text) => text,
        WireId::Number(number) => number.to_string(),
    };
    Ok(ProductEvent {
        source: ExternalId::parse(&wire.source).map_err(|problem| ParseError::new("source", problem))?,
        product: ExternalId::parse(&id).map_err(|problem| ParseError::new("product.id", problem))?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::webhook::{Secret, Secrets, verify};

    fn parsed(json: &str) -> Result<ShopEvent, ParseError> {
        let secret = Secret::legacy("a-long-enough-legacy-secret").expect("valid");
        let signature = secret.sign_legacy(json.as_bytes());
        let secrets = Secrets { standard: vec![], legacy: Some(("x".to_owned(), secret)) };
        let now = Timestamp::from_second(1_800_000_000).expect("valid");
        let body = verify(&secrets, |_| Some(signature.as_str()), json.as_bytes().to_vec(), now);
        ShopEvent::parse(&body.expect("it is signed"))
    }

    #[test]
    fn a_product_is_named_by_its_id_and_nothing_else_of_it_is_read() {
        for (id, read) in [(r#""P-1""#, "P-1"), ("1002", "1002")] {
            for kind in PRODUCT_KINDS {
                let json =
                    format!(r#"{{"type":"{kind}","source":"nanorvs","product":{{"id":{id},"price":"x"}}}}"#);
                let Ok(ShopEvent::Product(event)) = parsed(&json) else { panic!("{json}") };
                assert_eq!((event.source.as_str(), event.product.as_str()), ("nanorvs", read));
            }
        }
    }

    #[test]
    fn a_wrong_product_event_is_refused_by_its_field() {
        for (json, field) in [
            (r#"{"type":"product.exploded","source":"s","product":{"id":"1"}}"#, "type"),
            (r#"{"type":"product.updated","source":"","product":{"id":"1"}}"#, "source"),
            (r#"{"type":"product.updated","source":"s","product":{"id":"../admin?x="}}"#, ""),
            (r#"{"type":"product.updated","source":"s","product":{"id":"a b"}}"#, "product.id"),
            (r#"{"type":"product.updated","source":"s","product":{"id":-1}}"#, "product.id"),
            (r#"{"type":"product.updated","source":"s","product":{"id":1.5}}"#, "product.id"),
            (r#"{"type":"product.updated","source":"s","product":{}}"#, "product"),
            (r#"{"type":"product.updated","source":"s","product":[]}"#, "product"),
            (r#"{"type":"product.updated","source":"s","product":{"id":"1"},"next":1}"#, "next"),
            (r#"{"type":"order.created","source":"s","product":{"id":"1"}}"#, "product"),
            ("[]", "body"),
            ("{", "body"),
        ] {
            match (parsed(json), field) {
                // An id is a name, never a path: whoever asks the shop by it encodes it.
                (Ok(ShopEvent::Product(_)), "") => {}
                (Err(error), _) => assert_eq!(error.field, field, "{json}: {error}"),
                (other, _) => panic!("{json}: {other:?}"),
            }
        }
    }
}
