//! A shop that tells orders and signs what it tells.

use app::catalog::ProductFacts;
use app::orders::Received;
use domain::catalog::{ProductKind, ProductTerms, Sku, Volume};
use domain::money::Money;
use domain::webhook::{Secret, Secrets, VerifiedBody, verify};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::backend::TestApp;

/// What the shop sells in tests.
pub(crate) fn products() -> Vec<ProductFacts> {
    let product = |sku, kind, price, cost, points| ProductFacts {
        sku: Sku::parse(sku).expect("tests write valid articles"),
        name: format!("Товар {sku}"),
        category: "Тест".to_owned(),
        kind,
        terms: ProductTerms {
            price: Money::from_minor(price),
            cost: Money::from_minor(cost),
            volume: Volume(points),
        },
    };
    vec![
        product("RVS", ProductKind::Goods, 100_000, 40_000, 1_000),
        product("FEE", ProductKind::Fee, 300_000, 0, 0),
    ]
}

/// A shop with a secret.
#[derive(Debug)]
pub struct FakeShop {
    secret: Secret,
}

/// An order of the shop: one line of `RVS` unless changed.
#[derive(Debug, Clone)]
pub struct OrderDraft {
    id: String,
    buyer: Value,
    ordered_at: String,
    paid_at: Option<String>,
    lines: Vec<Value>,
}

impl OrderDraft {
    /// An order of a partner for one line of `RVS`: so many pieces at a price.
    pub fn new(id: &str, buyer_code: &str, quantity: u32, unit_price: &str, ordered_at: &str) -> Self {
        Self {
            id: id.to_owned(),
            buyer: json!({ "partner_code": buyer_code }),
            ordered_at: ordered_at.to_owned(),
            paid_at: None,
            lines: vec![
                json!({ "line_no": 1, "sku": "RVS", "quantity": quantity, "unit_price": unit_price }),
            ],
        }
    }

    /// Names the buyer otherwise.
    #[must_use]
    pub fn buyer(mut self, buyer: Value) -> Self {
        self.buyer = buyer;
        self
    }

    /// Adds a line.
    #[must_use]
    pub fn line(mut self, sku: &str, quantity: u32, unit_price: &str) -> Self {
        let line_no = self.lines.len() + 1;
        self.lines
            .push(json!({ "line_no": line_no, "sku": sku, "quantity": quantity, "unit_price": unit_price }));
        self
    }

    /// Tells when it was paid.
    #[must_use]
    pub fn paid_at(mut self, paid_at: &str) -> Self {
        self.paid_at = Some(paid_at.to_owned());
        self
    }

    /// The event of a type about this order.
    pub fn event(&self, kind: &str) -> Value {
        json!({
            "type": kind,
            "source": "nanorvs",
            "order": {
                "id": self.id,
                "number": format!("№ {}", self.id),
                "buyer": self.buyer,
                "currency": "RUB",
                "ordered_at": self.ordered_at,
                "paid_at": self.paid_at,
                "lines": self.lines,
            },
        })
    }

    /// The refund of pieces of lines, each as (line, pieces).
    pub fn refund(&self, id: &str, lines: &[(u32, u32)], refunded_at: &str) -> Value {
        let mut event = self.event("order.refunded");
        let lines: Vec<Value> =
            lines.iter().map(|(line, pieces)| json!({ "line_no": line, "quantity": pieces })).collect();
        if let Some(event) = event.as_object_mut() {
            event
                .insert("refund".to_owned(), json!({ "id": id, "lines": lines, "refunded_at": refunded_at }));
        }
        event
    }
}

impl Default for FakeShop {
    fn default() -> Self {
        Self { secret: Secret::parse(Self::SECRET).expect("the test's secret is right") }
    }
}

impl FakeShop {
    /// Its secret, as the configuration writes it.
    pub const SECRET: &'static str = "whsec_dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdC1zZWM=";

    /// The headers and the body of a message.
    pub fn signed(&self, id: &str, event: &Value, now: Timestamp) -> ([(&'static str, String); 3], Vec<u8>) {
        let body = event.to_string().into_bytes();
        let signature = self.secret.sign(id, now, &body);
        let headers = [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", now.as_second().to_string()),
            ("webhook-signature", signature),
        ];
        (headers, body)
    }

    /// A message as the program sees it once its signature was checked.
    pub fn verified(&self, id: &str, event: &Value, now: Timestamp) -> VerifiedBody {
        let (headers, body) = self.signed(id, event, now);
        let header =
            |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
        let secrets = Secrets { standard: vec![self.secret.clone()], legacy: None };
        verify(&secrets, header, body, now).expect("the shop signs rightly")
    }

    /// Sends one event and lets the worker do what follows.
    pub async fn send(&self, test: &TestApp, event: &Value) -> Received {
        let received = self.receive(test, event).await;
        test.work().await;
        received
    }

    /// Sends one event. Its message id is the digest of its text, so that equal events are the same
    /// message sent again.
    pub async fn receive(&self, test: &TestApp, event: &Value) -> Received {
        let now = test.app.now();
        let id = self.secret.sign_legacy(event.to_string().as_bytes());
        let answers = app::orders::receive(&test.app, &[self.verified(&id, event, now)]).await;
        answers.expect("the webhook can be stored").remove(0)
    }
}
