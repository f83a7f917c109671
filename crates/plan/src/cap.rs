//! The cap of an order: what all rules together may pay, and who gives way.

use domain::money::{Money, Rate};

use crate::base::Base;

/// The most that may be paid for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// Which share.
    pub percent: Rate,
    /// Of what.
    pub of: Base,
    /// Who gives way.
    pub mode: CapMode,
}

/// Who gives way when the rates together promise more than the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapMode {
    /// Everyone, in proportion.
    ProRata,
    /// The last: levels are paid from the first up until nothing is left.
    Tail,
    /// Rates that may pass the cap are refused when the plan is read. Should rounding alone pass it,
    /// levels are paid in full from the first up, and from the first that does not fit nobody is.
    Stop,
}

impl CapMode {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] =
        &[("pro_rata", Self::ProRata), ("tail", Self::Tail), ("stop", Self::Stop)];

    /// The word of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProRata => "pro_rata",
            Self::Tail => "tail",
            Self::Stop => "stop",
        }
    }
}

/// What somebody would get without the cap.
pub(crate) struct Claim<C> {
    /// At which level.
    pub(crate) level: u16,
    /// The code of who claims, or what sorts like it.
    pub(crate) code: C,
    /// The exact amount in millionths of a kopeck.
    pub(crate) exact: i128,
    /// The exact amount, rounded.
    pub(crate) raw: Money,
}

impl Cap {
    /// What each claim gets when together they may take `limit`; claims in the order of rules.
    pub(crate) fn cut<C: Ord>(self, limit: Money, claims: &[Claim<C>]) -> Vec<Money> {
        let raw: Money = claims.iter().map(|claim| claim.raw).sum();
        if raw <= limit {
            return claims.iter().map(|claim| claim.raw).collect();
        }
        match self.mode {
            CapMode::ProRata => pro_rata(limit, claims),
            CapMode::Tail => in_turn(limit, claims, Money::min),
            CapMode::Stop => in_turn(limit, claims, |raw, left| if raw <= left { raw } else { Money::ZERO }),
        }
    }
}

/// Exact amount x limit / sum of exact amounts, cut down to the kopeck and never above what the claim
/// is without the cap; kopecks still missing go one by one to the largest remainders of those who
/// are still below it (ties: the lower level, then the lower code, then the earlier rule).
fn pro_rata<C: Ord>(limit: Money, claims: &[Claim<C>]) -> Vec<Money> {
    let whole: i128 = claims.iter().map(|claim| claim.exact).sum();
    let scaled = |claim: &Claim<C>| {
        let product = claim.exact.checked_mul(i128::from(limit.minor()));
        product.expect("a base is at most 10^15 kopecks and a rate 10^6, so the product fits 128 bits")
    };
    let cut_down = |claim: &Claim<C>| (scaled(claim) / whole).min(i128::from(claim.raw.minor()));
    let mut parts: Vec<i128> = claims.iter().map(cut_down).collect();
    let mut missing = i128::from(limit.minor()) - parts.iter().sum::<i128>();
    let mut turns: Vec<(usize, &Claim<C>)> = claims.iter().enumerate().collect();
    turns.sort_by_key(|(index, claim)| (-(scaled(claim) % whole), claim.level, &claim.code, *index));
    while missing > 0 {
        let before = missing;
        for (index, claim) in &turns {
            if let Some(part) = parts.get_mut(*index)
                && missing > 0
                && *part < i128::from(claim.raw.minor())
            {
                *part += 1;
                missing -= 1;
            }
        }
        assert!(missing < before, "the claims together are above the limit, so a kopeck finds its place");
    }
    parts.into_iter().map(crate::base::saturated).collect()
}

/// Level after level, rules in their order within a level: `gives` says what a claim gets of what is
/// left. Who gets less than his claim is the last.
fn in_turn<C>(limit: Money, claims: &[Claim<C>], gives: impl Fn(Money, Money) -> Money) -> Vec<Money> {
    let mut turns: Vec<usize> = (0..claims.len()).collect();
    turns.sort_by_key(|index| claims.get(*index).map(|claim| claim.level));
    let mut parts = vec![Money::ZERO; claims.len()];
    let mut left = limit;
    for index in turns {
        if let (Some(claim), Some(part)) = (claims.get(index), parts.get_mut(index)) {
            *part = gives(claim.raw, left);
            left -= *part;
            if *part < claim.raw {
                break;
            }
        }
    }
    parts
}
