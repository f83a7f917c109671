//! Events about an order, and how they advance it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::body::{self, OrderBody, ParseError, RefundBody};
use super::{Order, Refund};
use crate::ids::RefundId;
use crate::lang::{Lang, Text};
use crate::text;
use crate::time::CLOCKS_DIFFER;
use crate::webhook::VerifiedBody;

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Placed.
    Created,
    /// Paid.
    Paid,
    /// Handed over; of a paid order it changes nothing more.
    Completed,
    /// Cancelled.
    Cancelled,
    /// Pieces were given back.
    Refunded,
}

impl EventKind {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Created, "order.created"),
        (Self::Paid, "order.paid"),
        (Self::Completed, "order.completed"),
        (Self::Cancelled, "order.cancelled"),
        (Self::Refunded, "order.refunded"),
    ];
}

impl FromStr for EventKind {
    type Err = Text;
    fn from_str(text: &str) -> Result<Self, Text> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(kind, _)| *kind).ok_or_else(|| {
            let known = Self::ALL.map(|(_, name)| name).join(", ");
            let told: String = text.chars().take(60).collect();
            text!("{told:?} неизвестно: бывает {known}", "{told:?} is unknown: use {known}")
        })
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::ALL.iter().find(|(kind, _)| kind == self).map_or("order", |(_, name)| name))
    }
}

/// One event, read and checked, not yet applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// What happened.
    pub kind: EventKind,
    /// To which order.
    pub order: OrderBody,
    /// What was given back, of [`EventKind::Refunded`].
    pub refund: Option<RefundBody>,
    /// When the shop sent it: stands in for a cancellation without its own instant.
    pub sent_at: Timestamp,
}

/// What an event did to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The order changed.
    Advanced,
    /// All of it was known.
    Duplicate,
}

/// The shop says now what contradicts what it said before. Staff see it; nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Another buyer, other lines, prices or date.
    #[error("order {0} is known with another buyer, other lines or another date")]
    Body(String),
    /// Another instant of payment.
    #[error("order {order} is known as paid at {known}, not at {told}")]
    PaidAt {
        /// The shop's key.
        order: String,
        /// As known.
        known: Timestamp,
        /// As told now.
        told: Timestamp,
    },
    /// A refund of this id with other lines or another date.
    #[error("refund {refund} of order {order} is known with other lines or another date")]
    Refund {
        /// The shop's key.
        order: String,
        /// The shop's id of the refund.
        refund: String,
    },
}

/// Why an event cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It contradicts what is known.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// A field that this event needs is missing or impossible.
    #[error(transparent)]
    Field(#[from] ParseError),
}

impl From<Refusal> for Text {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Conflict(conflict) => conflict.into(),
            Refusal::Field(ParseError { field, problem }) => {
                Self::new(format!("{field}: {}", problem.in_lang(Lang::Ru)), format!("{field}: {problem}"))
            }
        }
    }
}

impl From<Conflict> for Text {
    fn from(conflict: Conflict) -> Self {
        let ru = match &conflict {
            Conflict::Body(order) => {
                format!("заказ {order} известен с другим покупателем, другими строками или датой")
            }
            Conflict::PaidAt { order, known, told } => {
                format!("заказ {order} известен как оплаченный {known}, а не {told}")
            }
            Conflict::Refund { order, refund } => {
                format!("возврат {refund} заказа {order} известен с другими строками или датой")
            }
        };
        Self::of(&conflict, ru)
    }
}

impl OrderEvent {
    /// Reads a verified body. It tells of what has happened, so nothing in it lies more than
    /// [`CLOCKS_DIFFER`] ahead of its sending.
    pub fn parse(body: &VerifiedBody) -> Result<Self, ParseError> {
        let (kind, order, refund) = body::parse(body)?;
        let event = Self { kind, order, refund, sent_at: body.sent_at() };
        let ahead = event.instants().find(|(_, instant)| *instant > event.sent_at + CLOCKS_DIFFER);
        match ahead {
            None => Ok(event),
            Some((field, instant)) => {
                let sent = event.sent_at;
                let problem = text!(
                    "{instant} ещё не наступило: событие отправлено {sent}",
                    "{instant} lies ahead: the event was sent at {sent}"
                );
                Err(ParseError::new(field, problem))
            }
        }
    }

    /// Every instant told, with its field.
    fn instants(&self) -> impl Iterator<Item = (&'static str, Timestamp)> {
        let details = self.order.details.as_ref();
        let told = [
            ("order.ordered_at", details.map(|details| details.ordered_at)),
            ("order.paid_at", self.order.paid_at),
            ("order.delivered_at", self.order.delivered_at),
            ("order.cancelled_at", self.order.cancelled_at),
            ("refund.refunded_at", self.refund.as_ref().map(|refund| refund.refunded_at)),
        ];
        told.into_iter().filter_map(|(field, instant)| Some((field, instant?)))
    }
}

impl Order {
    /// Advances the order by an event about it. `incoming` is the order as the event tells it, if it
    /// tells it whole; `refund_id` names a refund that is new.
    ///
    /// # Errors
    /// [`Refusal`]; the order is then unchanged.
    pub fn apply(
        &mut self,
        event: &OrderEvent,
        incoming: Option<&Self>,
        refund_id: RefundId,
    ) -> Result<Applied, Refusal> {
        if incoming.is_some_and(|incoming| incoming.body_hash() != self.body_hash()) {
            return Err(Conflict::Body(self.key.to_string()).into());
        }
        let mut advanced = self.clone();
        advanced.number = advanced.number.or_else(|| event.order.number.clone());
        advanced.delivered_at = advanced.delivered_at.or(event.order.delivered_at);
        match event.kind {
            // An event of payment pays. So does a cancellation that tells when it was paid: what it pays
            // it takes back, and the history is whole.
            EventKind::Created => {}
            EventKind::Completed if self.paid_at.is_some() => {}
            EventKind::Paid | EventKind::Completed => advanced.pay(event)?,
            EventKind::Cancelled => {
                let cancelled_at = event.order.cancelled_at.unwrap_or(event.sent_at);
                advanced.cancelled_at = advanced.cancelled_at.or(Some(cancelled_at));
                if event.order.paid_at.is_some() {
                    advanced.pay(event)?;
                }
            }
            EventKind::Refunded => advanced.refund(event, refund_id)?,
        }
        if advanced == *self {
            return Ok(Applied::Duplicate);
        }
        *self = advanced;
        Ok(Applied::Advanced)
    }

    /// Takes the instant of payment, which an event of payment must tell.
    fn pay(&mut self, event: &OrderEvent) -> Result<(), Refusal> {
        match (self.paid_at, event.order.paid_at) {
            (Some(known), Some(told)) if known != told => {
                Err(Conflict::PaidAt { order: self.key.to_string(), known, told }.into())
            }
            (None, None) => {
                let kind = event.kind;
                let problem = text!(
                    "не указано: {kind} говорит, когда заказ оплачен",
                    "is missing: {kind} tells when it was paid"
                );
                Err(ParseError::new("order.paid_at", problem).into())
            }
            (known, told) => {
                self.paid_at = known.or(told);
                Ok(())
            }
        }
    }

    fn refund(&mut self, event: &OrderEvent, id: RefundId) -> Result<(), Refusal> {
        let Some(body) = &event.refund else {
            return Ok(());
        };
        if let Some(known) = self.refunds.iter().find(|known| known.external_id == body.external_id) {
            if known.lines == body.lines && known.refunded_at == body.refunded_at {
                return Ok(());
            }
            return Err(Conflict::Refund {
                order: self.key.to_string(),
                refund: body.external_id.to_string(),
            }
            .into());
        }
        let already = self.refunded_quantities(self.refunds.len());
        for (line_no, quantity) in &body.lines {
            let line = self.lines.iter().find(|line| line.line_no == *line_no);
            let bought = line.map_or(0, |line| line.quantity);
            let given_back = already.get(line_no).copied().unwrap_or(0);
            if u64::from(given_back) + u64::from(*quantity) > u64::from(bought) {
                let problem = text!(
                    "в строке {line_no} {bought} шт., {given_back} уже вернули, ещё {quantity} вернуть нельзя",
                    "line {line_no} has {bought} pieces, {given_back} are given back already, so {quantity} more cannot be"
                );
                return Err(ParseError::new("refund.lines", problem).into());
            }
        }
        self.refunds.push(Refund {
            id,
            external_id: body.external_id.clone(),
            refunded_at: body.refunded_at,
            lines: body.lines.clone(),
        });
        Ok(())
    }
}
