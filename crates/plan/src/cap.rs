//! Caps: what may be paid together at most, who gives way, and what becomes of what is cut.

use domain::money::{Money, Rate};

use crate::base::Base;

/// The most that all rules together may pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// Which share.
    pub percent: Rate,
    /// Of what.
    pub of: Base,
    /// Over what it is reckoned.
    pub scope: CapScope,
    /// Who gives way.
    pub mode: CapMode,
    /// What becomes of what is cut; for a cap of an order it stays with the company.
    pub excess: Excess,
}

/// The most that one rule may pay: a share of its own base. What is cut stays with the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleCap {
    /// Which share of the base.
    pub percent: Rate,
    /// Over what it is reckoned; never an order for a rule that is decided at the close.
    pub scope: CapScope,
    /// Who gives way.
    pub mode: CapMode,
}

/// The most that one partner may be paid for a period by all rules together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartnerCap {
    /// How much.
    pub amount: Money,
    /// Which of his earnings give way.
    pub mode: CapMode,
    /// What becomes of what is cut.
    pub excess: Excess,
}

/// Over what a cap is reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapScope {
    /// Over each order, when it is paid. What is decided at a close is outside it.
    Order,
    /// Over a period, when it is closed: over everything that orders and the close pay for it.
    Period,
}

/// Who gives way when the rates together promise more than the cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapMode {
    /// Everyone, in proportion.
    ProRata,
    /// The rules with the highest number of their key `priority` first; within one number as `Tail`.
    Priority,
    /// The last: levels are paid from the first up until nothing is left.
    Tail,
    /// Rates that may pass the cap are refused when the plan is read. Should rounding alone pass it,
    /// levels are paid in full from the first up, and from the first that does not fit nobody is.
    Stop,
}

/// What becomes of what a cap cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// It stays with the company.
    Company,
    /// It is paid to the same partner at the next close, as far as the caps then allow.
    Carried,
    /// It is added to the fund of the plan's first pool at the next close.
    Pool,
}

impl CapScope {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] =
        &[("order", Self::Order), ("period", Self::Period)];

    /// The word of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Period => "period",
        }
    }
}

impl Excess {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] =
        &[("company", Self::Company), ("carried", Self::Carried), ("pool", Self::Pool)];

    /// The word of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Carried => "carried",
            Self::Pool => "pool",
        }
    }
}

/// What somebody would get without the cap.
pub(crate) struct Claim<C> {
    /// The place of its rule in the plan.
    pub(crate) rule: usize,
    /// The priority of its rule: the highest gives way first.
    pub(crate) priority: u32,
    /// At which level.
    pub(crate) level: u16,
    /// The code of who claims, or what sorts like it.
    pub(crate) code: C,
    /// What it weighs, exactly, in one unit for all claims; at most 10^21.
    pub(crate) weight: i128,
    /// How much; above zero.
    pub(crate) amount: Money,
}

impl CapMode {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] = &[
        ("pro_rata", Self::ProRata),
        ("priority", Self::Priority),
        ("tail", Self::Tail),
        ("stop", Self::Stop),
    ];

    /// The word of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProRata => "pro_rata",
            Self::Priority => "priority",
            Self::Tail => "tail",
            Self::Stop => "stop",
        }
    }

    /// What each claim gets when together they may take `limit`; claims in the order of rules.
    pub(crate) fn cut<C: Ord>(self, limit: Money, claims: &[Claim<C>]) -> Vec<Money> {
        let whole: i128 = claims.iter().map(|claim| i128::from(claim.amount.minor())).sum();
        if whole <= i128::from(limit.minor()) {
            return claims.iter().map(|claim| claim.amount).collect();
        }
        let fits = |amount, left| if amount <= left { amount } else { Money::ZERO };
        match self {
            Self::ProRata => pro_rata(limit, claims),
            Self::Priority => in_turn(limit, claims, |claim| claim.priority, Money::min),
            Self::Tail => in_turn(limit, claims, |_| 0, Money::min),
            Self::Stop => in_turn(limit, claims, |_| 0, fits),
        }
    }
}

/// Weight x limit / sum of weights, cut down to the kopeck and never above what the claim is without
/// the cap; kopecks still missing go one by one to the largest remainders of those who are still below
/// it (ties: the lower level, then the lower code, then the earlier rule).
fn pro_rata<C: Ord>(limit: Money, claims: &[Claim<C>]) -> Vec<Money> {
    let whole: i128 = claims.iter().map(|claim| claim.weight).sum();
    let scaled = |claim: &Claim<C>| {
        let product = claim.weight.checked_mul(i128::from(limit.minor()));
        product.expect("a base is at most 10^15 kopecks and a rate 10^6, so the product fits 128 bits")
    };
    let cut_down = |claim: &Claim<C>| (scaled(claim) / whole).min(i128::from(claim.amount.minor()));
    let mut parts: Vec<i128> = claims.iter().map(cut_down).collect();
    let mut missing = i128::from(limit.minor()) - parts.iter().sum::<i128>();
    let mut turns: Vec<(usize, &Claim<C>)> = claims.iter().enumerate().collect();
    turns.sort_by_key(|(index, claim)| (-(scaled(claim) % whole), claim.level, &claim.code, *index));
    while missing > 0 {
        let before = missing;
        for (index, claim) in &turns {
            if let Some(part) = parts.get_mut(*index)
                && missing > 0
                && *part < i128::from(claim.amount.minor())
            {
                *part += 1;
                missing -= 1;
            }
        }
        assert!(missing < before, "the claims together are above the limit, so a kopeck finds its place");
    }
    parts.into_iter().map(crate::base::saturated).collect()
}

/// Group after group, level after level, rules in their order within a level, then codes: `gives` says
/// what a claim gets of what is left. Who gets less than his claim is the last.
fn in_turn<C: Ord>(
    limit: Money,
    claims: &[Claim<C>],
    group: impl Fn(&Claim<C>) -> u32,
    gives: impl Fn(Money, Money) -> Money,
) -> Vec<Money> {
    let mut turns: Vec<(usize, &Claim<C>)> = claims.iter().enumerate().collect();
    turns.sort_by_key(|(index, claim)| (group(claim), claim.level, claim.rule, &claim.code, *index));
    let mut parts = vec![Money::ZERO; claims.len()];
    let mut left = limit;
    for (index, claim) in turns {
        if let Some(part) = parts.get_mut(index) {
            *part = gives(claim.amount, left);
            left -= *part;
            if *part < claim.amount {
                break;
            }
        }
    }
    parts
}
