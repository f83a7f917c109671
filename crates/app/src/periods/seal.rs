//! Digests of a close: what it was reckoned with, how everyone stood, what was paid. Equal facts give
//! equal bytes on either database, whatever the ids.

use std::fmt::Write as _;

use plan::close::{Paid, PerSeat, Qualified, Seat, Source};
use sha2::{Digest as _, Sha256};

use super::reckoning::Reckoning;

/// The digest of everything a close was reckoned with.
pub(crate) fn inputs(reckoning: &Reckoning) -> [u8; 32] {
    let mut lines = Lines::default();
    lines.add(format_args!("plan|{}", hex::encode(reckoning.plan.hash())));
    for order in &reckoning.orders {
        let cancelled = order.cancelled_at.is_some();
        lines.add(format_args!("order|{}|{}|{cancelled}", order.key, order.refunds.len()));
    }
    for commission in reckoning.commissions() {
        let (rule, raw, paid) = (&commission.rule, commission.raw, commission.paid);
        lines.add(format_args!("commission|{rule}|{}|{raw}|{paid}", code(reckoning, commission.earner)));
    }
    for (seat, person) in reckoning.people.iter() {
        let above = |seat: Option<Seat>| seat.map_or("", |seat| code(reckoning, seat));
        lines.add(format_args!(
            "person|{}|{}|{}|{}|{}|{:?}|{}|{:?}|{:?}|{:?}",
            code(reckoning, seat),
            above(person.sponsor),
            above(person.inviter),
            person.joined_at.as_microsecond(),
            person.placed_at.as_microsecond(),
            person.standing,
            person.active_invited,
            person.staff_rank,
            person.paid_as_before,
            person.highest_before,
        ));
    }
    for (key, amount) in &reckoning.carried.0 {
        let rule = key.rule.as_ref().map_or("", |rule| rule.as_str());
        let whose = key.seat.map_or("", |seat| code(reckoning, seat));
        lines.add(format_args!("carried|{rule}|{whose}|{}|{amount}", key.what.to_word()));
    }
    lines.digest()
}

/// The digest of how everyone stands.
pub(crate) fn standings(reckoning: &Reckoning, qualified: &PerSeat<Qualified>) -> [u8; 32] {
    let mut lines = Lines::default();
    for (seat, stands) in qualified.iter() {
        lines.add(format_args!(
            "{}|{}|{}|{}|{}|{}|{:?}|{:?}",
            code(reckoning, seat),
            stands.personal,
            stands.unrolled,
            stands.customers,
            stands.frontline,
            stands.group,
            stands.paid_as,
            stands.highest,
        ));
    }
    lines.digest()
}

/// The digest of what is paid, cut, not paid, awarded and carried over.
pub(crate) fn result(reckoning: &Reckoning, paid: &Paid) -> [u8; 32] {
    let mut lines = Lines::default();
    for line in &paid.lines {
        let source = match line.source {
            Source::Partner(seat) => code(reckoning, seat).to_owned(),
            other => format!("{other:?}"),
        };
        lines.add(format_args!(
            "line|{}|{}|{source}|{}|{}|{:?}|{}|{}",
            line.rule,
            code(reckoning, line.earner),
            line.level,
            line.base,
            line.how,
            line.raw,
            line.paid,
        ));
    }
    for unpaid in &paid.unpaid {
        let rule = unpaid.rule.as_ref().map_or("", |rule| rule.as_str());
        let whose = unpaid.partner.map_or("", |seat| code(reckoning, seat));
        lines.add(format_args!("unpaid|{rule}|{whose}|{:?}|{}", unpaid.reason, unpaid.amount));
    }
    for cut in &paid.cuts {
        lines.add(format_args!(
            "cut|{}|{}|{:?}|{}",
            cut.rule,
            code(reckoning, cut.earner),
            cut.reason,
            cut.amount
        ));
    }
    for award in &paid.awards {
        lines.add(format_args!("award|{}|{}|{}", award.rule, code(reckoning, award.earner), award.item));
    }
    for (key, amount) in &paid.carried.0 {
        let rule = key.rule.as_ref().map_or("", |rule| rule.as_str());
        let whose = key.seat.map_or("", |seat| code(reckoning, seat));
        lines.add(format_args!("carried|{rule}|{whose}|{}|{amount}", key.what.to_word()));
    }
    lines.digest()
}

fn code(reckoning: &Reckoning, seat: Seat) -> &str {
    reckoning.people.find(seat).map_or("?", |person| person.code.as_str())
}

/// Lines that are digested.
#[derive(Default)]
struct Lines(Sha256, String);

impl Lines {
    fn add(&mut self, line: std::fmt::Arguments<'_>) {
        self.1.clear();
        // Writing to a string cannot fail.
        let _ = writeln!(self.1, "{line}");
        self.0.update(self.1.as_bytes());
    }

    fn digest(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
