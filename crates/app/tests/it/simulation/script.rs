//! What happens in the year of a seed: written before it happens, so that no fault can change it.

use domain::activity::FeeKind;
use domain::payout::PayoutStep;
use domain::period::Period;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use testkit::{OrderDraft, at};

/// One thing that happens.
#[derive(Debug, Clone)]
pub(super) struct Happening {
    pub(super) at: Timestamp,
    pub(super) event: Event,
}

#[derive(Debug, Clone)]
pub(super) enum Event {
    Joins { code: String, sponsor: Option<String> },
    Fee { code: String, kind: FeeKind, paid_at: Timestamp, key: String },
    Told(Value),
    Contradiction(Value),
    Moves { code: String, to: String, since: Timestamp },
    Hold { code: String, is_held: bool, since: Timestamp },
    PaysOut { code: String, end: PayoutStep },
    Closes(Period),
}

const PARTNERS: usize = 14;
const ORDERS: usize = 45;

/// About three hundred events from 11 January 2026 to 10 January 2027.
pub(super) fn year(seed: u64) -> Vec<Happening> {
    let mut year = Year { dice: StdRng::seed_from_u64(seed), script: Vec::new() };
    year.partners();
    for number in 0..ORDERS {
        year.order(number);
    }
    for number in 0..25 {
        year.fee(&format!("late-{number}"));
    }
    year.people_change();
    year.payouts();
    year.closings();
    // Equal instants keep the order in which they were written.
    year.script.sort_by_key(|happening| happening.at);
    year.script
}

struct Year {
    dice: StdRng,
    script: Vec<Happening>,
}

fn code(number: usize) -> String {
    format!("P-{number:02}")
}

impl Year {
    fn start() -> Timestamp {
        at("2026-01-11T12:00:00+03:00")
    }

    /// An instant of the year, when everybody has joined.
    fn instant(&mut self) -> Timestamp {
        Self::start() + SignedDuration::from_secs(self.dice.random_range(20 * 86_400..350 * 86_400))
    }

    fn hours(&mut self, most: i64) -> SignedDuration {
        SignedDuration::from_hours(self.dice.random_range(0..most))
    }

    fn anybody(&mut self) -> String {
        code(self.dice.random_range(0..PARTNERS))
    }

    fn add(&mut self, at: Timestamp, event: Event) {
        self.script.push(Happening { at, event });
    }

    /// Everybody joins within a fortnight; most pay for a year at once.
    fn partners(&mut self) {
        for number in 0..PARTNERS {
            let at = Self::start() + SignedDuration::from_hours(24 * i64::try_from(number).expect("few"));
            let sponsor =
                (number > 0).then(|| code(self.dice.random_range(number.saturating_sub(3)..number)));
            self.add(at, Event::Joins { code: code(number), sponsor });
            if self.dice.random_bool(0.7) {
                let at = at + SignedDuration::from_mins(5);
                let (code, kind, key) = (code(number), FeeKind::Annual, format!("first-{number}"));
                self.add(at, Event::Fee { code, kind, paid_at: at, key });
            }
        }
    }

    /// A fee that becomes known up to three weeks after it was paid.
    fn fee(&mut self, key: &str) {
        let known_at = self.instant();
        let paid_at = known_at - self.hours(21 * 24);
        let kind = if self.dice.random_bool(0.2) { FeeKind::Annual } else { FeeKind::Monthly };
        let code = self.anybody();
        self.add(known_at, Event::Fee { code, kind, paid_at, key: key.to_owned() });
    }

    /// An order with its events, each told one to three times, up to thirty days late.
    fn order(&mut self, number: usize) {
        let buyer = self.anybody();
        let placed = self.instant();
        let paid = placed + self.hours(48);
        let pieces = self.dice.random_range(1..6);
        let (roubles, kopecks) = (self.dice.random_range(0..5_000), self.dice.random_range(1..100));
        let price = format!("{roubles}.{kopecks:02}");
        let id = format!("S-{number}");
        let unpaid = OrderDraft::new(&id, &buyer, pieces, &price, &placed.to_string());
        let unpaid = if self.dice.random_bool(0.3) { unpaid.line("FEE", 1, "3000.00") } else { unpaid };
        let draft = unpaid.clone().paid_at(&paid.to_string());
        self.tell(placed, &unpaid.event("order.created"));
        if self.dice.random_bool(0.9) {
            self.tell(paid, &draft.event("order.paid"));
            let done = paid + self.hours(200);
            self.tell(done, &draft.event("order.completed"));
        }
        let mut left = pieces;
        for refund in 0..2 {
            if left > 0 && self.dice.random_bool(0.3) {
                let back = self.dice.random_range(1..=left);
                let at = paid + self.hours(1_000);
                self.tell(at, &unpaid.refund(&format!("R-{refund}"), &[(1, back)], &at.to_string()));
                left -= back;
            }
        }
        if self.dice.random_bool(0.15) {
            let at = paid + self.hours(500);
            let mut event = unpaid.event("order.cancelled");
            event["order"]["cancelled_at"] = Value::from(at.to_string());
            self.tell(at, &event);
        }
        if self.dice.random_bool(0.1) {
            let other = OrderDraft::new(&id, &buyer, pieces + 1, &price, &placed.to_string());
            // After the last delivery, so that the order is surely known.
            let at = placed + SignedDuration::from_hours(75 * 24);
            self.add(at, Event::Contradiction(other.event("order.created")));
        }
    }

    fn tell(&mut self, happened: Timestamp, event: &Value) {
        for _ in 0..self.dice.random_range(1..=2) {
            let late = if self.dice.random_bool(0.3) { self.hours(30 * 24) } else { self.hours(2) };
            self.add(happened + late, Event::Told(event.clone()));
        }
    }

    fn people_change(&mut self) {
        for _ in 0..8 {
            let (at, code, to) = (self.instant(), self.anybody(), self.anybody());
            let since = at - self.hours(10 * 24);
            self.add(at, Event::Moves { code, to, since });
        }
        for _ in 0..3 {
            let (at, code) = (self.instant(), self.anybody());
            let since = at - self.hours(5 * 24);
            self.add(at, Event::Hold { code: code.clone(), is_held: true, since });
            let released = at + self.hours(30 * 24);
            self.add(released, Event::Hold { code, is_held: false, since: released });
        }
    }

    /// Of those near the root, who earn most.
    fn payouts(&mut self) {
        for _ in 0..25 {
            let (at, code) = (self.instant(), code(self.dice.random_range(0..5)));
            let end = if self.dice.random_bool(0.7) { PayoutStep::Settle } else { PayoutStep::Fail };
            self.add(at, Event::PaysOut { code, end });
        }
    }

    /// Each month is closed on the third of the next.
    fn closings(&mut self) {
        let mut period: Period = "2026-01".parse().expect("a period");
        for _ in 0..12 {
            let next = period.next();
            self.add(at(&format!("{next}-03T12:00:00+03:00")), Event::Closes(period));
            period = next;
        }
    }
}
