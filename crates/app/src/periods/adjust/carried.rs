//! What a closed period leaves to the next, after refunds.

use std::collections::BTreeMap;

use domain::money::Money;
use plan::close::{Carried, Carry, Paid, Seat, Source};

use crate::periods::reckoning::Reckoning;

/// What goes to the next period: volume and funds as the rules leave them over what was not refunded; of
/// what caps held back to be paid later, the part that was not refunded.
pub(super) fn carried(then: &Reckoning, now: &Reckoning, gross: &Paid, net: &Paid) -> Carried {
    let (before, left) = (claims(then, gross), claims(now, net));
    let mut carried = net.carried.clone();
    carried.0.retain(|key, _| key.what != Carry::Excess);
    for (key, amount) in gross.carried.0.iter().filter(|(key, _)| key.what == Carry::Excess) {
        let of = |claims: &Claims| claims.get(&key.seat).copied().unwrap_or_default();
        let waiting = waiting(then, gross, key.seat);
        let held = Money::from_minor(*amount) - waiting;
        let kept = if of(&before).is_positive() {
            held.share_down(of(&left).min(of(&before)), of(&before))
        } else {
            held
        };
        carried.put(None, key.seat, Carry::Excess, (waiting + kept).minor());
    }
    carried
}

/// What earlier periods carried over and this one could not pay out either.
fn waiting(reckoning: &Reckoning, paid: &Paid, seat: Option<Seat>) -> Money {
    let is_given = match seat {
        Some(seat) => paid.lines.iter().any(|line| line.earner == seat && line.source == Source::CarriedOver),
        None => reckoning.plan.rules().iter().any(|rule| rule.kind_name() == "pool"),
    };
    let came = Money::from_minor(reckoning.carried.of(None, seat, Carry::Excess));
    if is_given { Money::ZERO } else { came }
}

/// Sums by seat, and of all together.
type Claims = BTreeMap<Option<Seat>, Money>;

/// What everyone could claim of a period before its caps.
fn claims(reckoning: &Reckoning, paid: &Paid) -> Claims {
    let mut claims = Claims::new();
    let mut add = |seat: Seat, amount: Money| {
        *claims.entry(None).or_default() += amount;
        *claims.entry(Some(seat)).or_default() += amount;
    };
    for commission in reckoning.commissions() {
        add(commission.earner, commission.paid);
    }
    for line in &paid.lines {
        add(line.earner, line.raw);
    }
    claims
}
