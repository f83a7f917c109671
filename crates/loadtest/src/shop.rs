//! The shop: makes up orders and tells what happened to them.

use hyper::body::Bytes;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::company::{PRODUCTS, code, roubles};

/// The secret, as the configuration writes it.
pub const SECRET: &str = "whsec_bG9hZHRlc3QtbG9hZHRlc3QtbG9hZHRlc3QtMTIzNA==";

/// One webhook. Sent again it carries the same id and the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Of the message, not of the order.
    pub id: String,
    /// The event as JSON.
    pub body: Bytes,
}

/// Makes up orders by a seed; the same seed makes the same orders.
#[derive(Debug)]
pub struct Shop {
    rng: StdRng,
    /// Orders of two shops of one company differ by this.
    prefix: String,
    partners: u32,
    orders: u32,
}

struct Order {
    id: String,
    facts: Value,
    created: Value,
    pieces: Vec<(u32, u32)>,
}

impl Shop {
    /// A shop whose customers are the partners 1 to `partners`.
    pub fn new(prefix: &str, partners: u32, seed: u64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), prefix: prefix.to_owned(), partners, orders: 0 }
    }

    /// The event of a new order that is paid at once.
    pub fn paid_order(&mut self) -> Message {
        let order = self.order();
        message(&order.id, "paid", &event("order.paid", &order.facts))
    }

    /// Everything that happens to a new order, in the natural order: most are just paid; some are
    /// created before, completed after, partly given back once or twice, or cancelled.
    pub fn story(&mut self) -> Vec<Message> {
        let order = self.order();
        let id = &order.id;
        let mut story = Vec::new();
        let lot = self.rng.random_range(0..100);
        if lot >= 55 {
            story.push(message(id, "created", &event("order.created", &order.created)));
        }
        story.push(message(id, "paid", &event("order.paid", &order.facts)));
        match lot {
            30..45 => story.push(self.refund(&order, 1)),
            45..50 => story.extend([self.refund(&order, 1), self.refund(&order, 2)]),
            50..55 => story.push(message(id, "completed", &event("order.completed", &order.facts))),
            90..100 => story.push(cancelled(&order)),
            _ => {}
        }
        story
    }

    fn order(&mut self) -> Order {
        self.orders += 1;
        let id = format!("{}-{:07}", self.prefix, self.orders);
        let buyer = code(self.rng.random_range(1..=self.partners));
        let mut pieces = Vec::new();
        let mut lines = Vec::new();
        let mut total = 0u32;
        for line_no in 1..=self.rng.random_range(1..=3u32) {
            let product = PRODUCTS.choose(&mut self.rng).expect("there are products");
            let quantity = self.rng.random_range(2..=5u32);
            total += quantity * product.price;
            pieces.push((line_no, quantity));
            let price = roubles(product.price);
            lines.push(
                json!({ "line_no": line_no, "sku": product.sku, "quantity": quantity, "unit_price": price }),
            );
        }
        let (month, day, hour) =
            (self.rng.random_range(2..=9), self.rng.random_range(1..=28), self.rng.random_range(0..=22));
        let created = json!({
            "id": id,
            "number": format!("№ {id}"),
            "buyer": { "partner_code": buyer },
            "currency": "RUB",
            "ordered_at": format!("2026-{month:02}-{day:02}T{hour:02}:00:00+03:00"),
            "lines": lines,
            "total": roubles(total),
        });
        let paid_at =
            format!("2026-{month:02}-{day:02}T{hour:02}:{:02}:00+03:00", self.rng.random_range(1..60));
        let facts = with(&created, "paid_at", paid_at.into());
        Order { id, facts, created, pieces }
    }

    /// The first refund takes at most half of each line, so that a second one is possible.
    fn refund(&mut self, order: &Order, number: u32) -> Message {
        let back = |(line_no, quantity): &(u32, u32)| {
            let pieces = self.rng.random_range(1..=quantity / 2);
            json!({ "line_no": line_no, "quantity": pieces })
        };
        let lines: Vec<Value> = order.pieces.iter().map(back).collect();
        let refund = json!({
            "id": format!("{}-r{number}", order.id),
            "lines": lines,
            "refunded_at": format!("2026-10-{number:02}T12:00:00+03:00"),
        });
        let event = with(&event("order.refunded", &order.facts), "refund", refund);
        message(&order.id, &format!("refund-{number}"), &event)
    }
}

fn cancelled(order: &Order) -> Message {
    let facts = with(&order.facts, "cancelled_at", "2026-10-05T12:00:00+03:00".into());
    message(&order.id, "cancelled", &event("order.cancelled", &facts))
}

fn event(kind: &str, order: &Value) -> Value {
    json!({ "type": kind, "source": "nanorvs", "order": order })
}

fn with(object: &Value, key: &str, value: Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
    object
}

fn message(order: &str, what: &str, event: &Value) -> Message {
    Message { id: format!("{order}/{what}"), body: event.to_string().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tells_the_same_stories() {
        let tell = || {
            let mut shop = Shop::new("S", 10, 7);
            (0..50).flat_map(|_| shop.story()).collect::<Vec<_>>()
        };
        let stories = tell();
        assert_eq!(stories, tell());
        let mut ids: Vec<_> = stories.iter().map(|message| message.id.clone()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), stories.len(), "every event has an id of its own");
    }
}
