//! What is decided when an order is paid.

use std::collections::BTreeMap;

use super::super::terms::{Climb, Compression, Kind, Mode, Rates, Rule, Unlock, Whose, of_band};
use super::super::text::name;
use super::super::world::{Buyer, Joined, PAID_ON, taken_back};
use super::caps::{Claim, cut, cut_pro_rata};
use super::levels::{Fate, Passed, walk};
use super::{Commission, Model, WHOLE, cut_down, rounded, share_of};

/// What somebody earns at a level of a rule.
struct Earning {
    rule: usize,
    level: usize,
    who: usize,
    base: i128,
    rate: i128,
    raw: i128,
    paid: i128,
}

impl Model<'_> {
    pub(super) fn judge_orders(&mut self) {
        let mut sums: BTreeMap<(usize, usize), (i128, i128)> = BTreeMap::new();
        for number in 0..self.month.orders.len() {
            for earning in self.judge_order(number) {
                let order = &self.month.orders[number];
                let (raw, paid) = sums.entry((earning.rule, earning.who)).or_default();
                if earning.paid > 0 {
                    *raw += earning.raw - taken_back(earning.raw, order);
                    *paid += earning.paid - taken_back(earning.paid, order);
                }
            }
        }
        let commission = |((rule, who), (raw, paid))| Commission { rule, who, raw, paid, matched: paid };
        self.commissions = sums.into_iter().map(commission).collect();
    }

    fn judge_order(&mut self, number: usize) -> Vec<Earning> {
        let (terms, order) = (self.terms, &self.month.orders[number]);
        let replaced = terms.rules.iter().any(|rule| {
            matches!(rule.kind, Kind::FastStart { replaces: true, .. }) && self.is_fast(rule, number)
        });
        let mut earnings: Vec<Earning> = Vec::new();
        for (place, rule) in terms.rules.iter().enumerate() {
            let climb = match &rule.kind {
                Kind::Level { climb, close: false } if !replaced => Some(climb.clone()),
                Kind::FastStart { climb, .. } if self.is_fast(rule, number) => Some(climb.clone()),
                Kind::Retail { discount } => {
                    matches!(order.buyer, Buyer::CustomerOf(_)).then(|| one_step(discount.unwrap_or(WHOLE)))
                }
                Kind::Personal { bands, of, close: false } => {
                    let size = Self::size(order, terms.qualify_by, None, false);
                    let rate = of_band(bands, size);
                    let asked = match order.buyer {
                        Buyer::Partner(_) => *of != Whose::Customers,
                        Buyer::CustomerOf(_) => *of != Whose::Own,
                        Buyer::Stranger => false,
                    };
                    (asked && rate > 0).then(|| one_step(rate))
                }
                _ => None,
            };
            if let Some(climb) = climb {
                earnings.extend(self.rule_on_order(place, rule, &climb, number));
            }
        }
        self.cap_order(number, &mut earnings);
        for earning in earnings.iter().filter(|earning| earning.paid > 0) {
            let key = (number, name(earning.rule), earning.level, earning.who);
            self.outcome.shares.insert(key, (earning.raw, earning.paid));
        }
        for earning in &earnings {
            self.lose(number, earning.rule, earning.level, "OverCap", earning.raw - earning.paid);
        }
        earnings
    }

    fn is_fast(&self, rule: &Rule, number: usize) -> bool {
        let order = &self.month.orders[number];
        let (Kind::FastStart { days, .. }, Buyer::Partner(buyer)) = (&rule.kind, order.buyer) else {
            return false;
        };
        let first = || self.month.orders[..number].iter().all(|other| other.buyer != order.buyer);
        days.map_or_else(first, |days| {
            let joined = self.people[buyer].joined;
            hours(Joined { month: self.of, day: PAID_ON.0, hour: PAID_ON.1 }) < hours(joined) + days * 24
        })
    }

    fn lose(&mut self, order: usize, rule: usize, level: usize, reason: &str, amount: i128) {
        if amount > 0 {
            let key = (order, name(rule), level, reason.to_owned());
            *self.outcome.breakage.entry(key).or_default() += amount;
        }
    }

    /// From which rank on a level rule ends at a leader.
    pub(super) fn ends_at(&self, place: usize) -> Option<usize> {
        let ends = |rule: &Rule| match &rule.kind {
            Kind::Breakaway(terms) if terms.of.is_empty() || terms.of.contains(&place) => Some(terms.at_rank),
            _ => None,
        };
        let is_level = matches!(self.terms.rules[place].kind, Kind::Level { .. });
        self.terms.rules.iter().filter(|_| is_level).filter_map(ends).min()
    }

    /// His rank on the day of an order: that of staff, or as what he was paid in the month before.
    fn rank_at_order(&self, who: usize) -> Option<usize> {
        self.people[who].staff.or(self.before.paid_as[who])
    }

    fn passed_at_order(&self, who: usize) -> Passed {
        Passed {
            who,
            rank: self.rank_at_order(who),
            stands: self.month.stands[who],
            invited: self.invited(who),
        }
    }

    /// Who is asked on the way up from an order, and whether a leader ends the way.
    fn asked(&self, place: usize, climb: &Climb, buyer: Buyer) -> (Vec<Passed>, bool) {
        let sponsors: Vec<Option<usize>> = self.people.iter().map(|someone| someone.sponsor).collect();
        let leads = |who: usize| match (self.ends_at(place), self.rank_at_order(who)) {
            (Some(least), Some(rank)) => rank >= least,
            _ => false,
        };
        let (himself, mut above, stops) = match buyer {
            Buyer::Stranger => return (Vec::new(), false),
            Buyer::Partner(who) => (climb.pay_self.then_some(who), Self::above(&sponsors, who), leads(who)),
            Buyer::CustomerOf(who) => {
                let mut above = vec![who];
                above.extend(Self::above(&sponsors, who));
                (None, above, false)
            }
        };
        if stops {
            above.clear();
        }
        above.truncate(climb.max_scan.unwrap_or(usize::MAX));
        let leader = above.iter().position(|who| leads(*who));
        above.truncate(leader.map_or(usize::MAX, |leader| leader + 1));
        let chain = himself.into_iter().chain(above).map(|who| self.passed_at_order(who)).collect();
        (chain, stops || leader.is_some())
    }

    fn rule_on_order(&mut self, place: usize, rule: &Rule, climb: &Climb, number: usize) -> Vec<Earning> {
        let order = &self.month.orders[number];
        let base = self.base(order, rule.unit, rule.category, false);
        let (chain, led) = match (&rule.kind, order.buyer) {
            (Kind::Personal { .. } | Kind::Retail { .. }, Buyer::Partner(who) | Buyer::CustomerOf(who)) => {
                (vec![self.passed_at_order(who)], false)
            }
            _ => self.asked(place, climb, order.buyer),
        };
        let mut earnings = Vec::new();
        for (index, fate) in walk(climb, &chain).into_iter().enumerate() {
            let level = index + 1;
            let promised = rounded(share_of(base, climb.rates.greatest(level)), self.terms.rounding);
            let at = |rate| rounded(share_of(base, rate), self.terms.rounding);
            let lost = match fate {
                Fate::Untaken => vec![(if led { "BrokenAway" } else { "NoSponsor" }, promised)],
                Fate::Inactive => vec![("Inactive", promised)],
                Fate::Closed => vec![("LevelClosed", promised)],
                Fate::NoRate => vec![("BelowRank", promised)],
                Fate::Held(_, rate) => vec![("BelowRank", promised - at(rate)), ("Held", at(rate))],
                Fate::Earned(who, rate) => {
                    let raw = at(rate);
                    earnings.push(Earning { rule: place, level, who, base, rate, raw, paid: raw });
                    vec![("BelowRank", promised - raw)]
                }
            };
            for (reason, amount) in lost {
                self.lose(number, place, level, reason, amount);
            }
        }
        earnings.retain(|earning| earning.raw > 0);
        if let Some(cap) = rule.cap.filter(|cap| !cap.period) {
            self.cut_earnings(cap.mode, cut_down(base, cap.percent), &mut earnings);
        }
        earnings
    }

    fn cap_order(&self, number: usize, earnings: &mut [Earning]) {
        if let Some(cap) = self.terms.cap.filter(|cap| !cap.period) {
            let base = self.base(&self.month.orders[number], cap.of, None, false);
            self.cut_earnings(cap.mode, cut_down(base, cap.percent), earnings);
        }
    }

    fn cut_earnings(&self, mode: Mode, limit: i128, earnings: &mut [Earning]) {
        let mut claims: Vec<Claim> = Vec::new();
        for earning in earnings.iter() {
            claims.push(Claim {
                rule: earning.rule + 1,
                priority: self.priority(earning.rule),
                level: earning.level,
                code: self.people[earning.who].code,
                amount: earning.paid,
                weight: if earning.paid < earning.raw {
                    earning.paid * WHOLE
                } else {
                    earning.base * earning.rate
                },
            });
        }
        let paid =
            if mode == Mode::ProRata { cut_pro_rata(limit, &claims) } else { cut(mode, limit, &claims) };
        for (earning, paid) in earnings.iter_mut().zip(paid) {
            earning.paid = paid;
        }
    }
}

/// The walk of one who alone is asked.
fn one_step(rate: i128) -> Climb {
    Climb {
        rates: Rates::List(vec![rate]),
        compression: Compression::None,
        unlock: Unlock::Open,
        pass_up: false,
        pay_self: true,
        max_scan: None,
    }
}

/// Days of a calendar month.
pub(super) fn days_in(month: i128) -> i128 {
    let (year, month) = (month / 12, month % 12);
    match month {
        1 if year % 4 == 0 => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

/// Hours since the beginning of the year 2020.
fn hours(at: Joined) -> i128 {
    let days: i128 = (2020 * 12..at.month).map(days_in).sum();
    (days + at.day - 1) * 24 + at.hour
}
