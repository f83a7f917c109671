//! Caps at the close: of a partner, of a rule, of the company.
//!
//! What orders of the period paid already and what the rules of the close give are claims alike. They are
//! cut in this order, each cap over what the one before it left:
//!
//! 1. each partner's, over all he earns for the period;
//! 2. each rule's own, where it is of the period, over all that the rule gives;
//! 3. the company's, where it is of the period.
//!
//! A cap of an order has cut before, when the order was paid. A rule's own cap also cuts as soon as the
//! rule has run, so that what is matched after it is what the rule's cap leaves; at the end all three are
//! reckoned anew, from what the rules gave.
//!
//! A claim weighs its kopecks. Where claims stand equal, the lower level goes first, then the lower code,
//! then the earlier rule; what orders paid stands at level 0, before all levels, since to take it back is
//! worse than not to give. What earlier periods carried over is older than any rule, so it stands before
//! the first.
//!
//! What is cut of a line lowers what it pays; what is cut of the commissions of orders is taken back, by
//! rule and earner ([`Cut`]). A partner whose carried sum waits gets it when he is active and not on hold.
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//! let text = r#"
//! name = "caps"
//! title = { ru = "Лимиты", en = "Caps" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//! [cap]
//! percent = "15%"
//! scope = "period"
//! mode = "pro_rata"
//! excess = "carried"
//! [[rules]]
//! id = "levels"
//! kind = "level"
//! base = "turnover"
//! rates = ["10%"]
//! compression = "none"
//! [[rules]]
//! id = "month"
//! kind = "level"
//! decided = "close"
//! base = "turnover"
//! rates = ["10%"]
//! compression = "none"
//! "#;
//! let plan = Plan::parse("caps.toml", text).expect("a right plan").plan;
//! let mut company = Sketch::new();
//! company.chain(&["anna", "boris"])?.buys("boris", "1000.00")?;
//! // 100.00 of the order and 100.00 of the month; 15 % of 1000.00 is 150.00. The order paid 100.00
//! // already: 25.00 is taken back of it, and the line of the month pays 75.00.
//! let march = company.reckon(&plan)?;
//! assert_eq!(march.by_rule("levels", "anna").to_string(), "75.00");
//! assert_eq!(march.by_rule("month", "anna").to_string(), "75.00");
//! // In April nothing is sold, so the cap is zero and the 50.00 wait.
//! let april = company.next_period(&march);
//! let reckoned = april.reckon(&plan)?;
//! assert_eq!(reckoned.earned("anna").to_string(), "0.00");
//! // In May 400.00 is sold: the cap is 60.00. The older 50.00, and 40.00 twice: 130.00 become 60.00.
//! let mut may = april.next_period(&reckoned);
//! let may = may.buys("boris", "400.00")?.reckon(&plan)?;
//! assert_eq!(may.by_rule("carried", "anna").to_string(), "23.08");
//! assert_eq!(may.earned("anna").to_string(), "60.00");
//! # Ok::<(), plan::sketch::SketchError>(())
//! ```

use std::collections::BTreeMap;

use domain::accrual::RuleId;
use domain::money::{Money, Rounding};
use domain::network::Standing;
use domain::partner::PartnerCode;

use super::facts::{Carried, Carry};
use super::seats::Seat;
use super::tally::{Cut, How, Line, Source, Tally, Unpaid, UnpaidReason};
use super::{Close, Volumes};
use crate::cap::{CapMode, CapScope, Claim, Excess, RuleCap};
use crate::rules::Rule;

/// By which rule a line pays what earlier periods carried over; no rule of a plan has this name.
pub(crate) const CARRIED: &str = "carried";

/// One claim: what is cut of it, and what is left.
struct Stake {
    whose: Whose,
    /// The place of its rule in the plan from 1; 0 for what no rule of it gave.
    rule: usize,
    priority: u32,
    level: u16,
    earner: Seat,
    left: Money,
}

/// What claims.
#[derive(Clone, Copy)]
enum Whose {
    /// What an order rule paid its earner, by its place among the commissions.
    Commission(usize),
    /// A line, by its place.
    Line(usize),
}

/// Gives everyone what earlier periods carried over to him; who may not earn now goes on waiting.
pub(super) fn give_carried(close: &Close<'_>, tally: &mut Tally) {
    for (key, amount) in &close.facts.carried.0 {
        if key.what != Carry::Excess {
            continue;
        }
        let Some(earner) = key.seat else {
            continue;
        };
        let standing = close.facts.people.find(earner).map(|person| person.standing);
        if standing != Some(Standing::Active) {
            tally.carried.add(None, Some(earner), Carry::Excess, *amount);
            continue;
        }
        let amount = Money::from_minor(*amount);
        tally.lines.push(Line {
            rule: RuleId::new(CARRIED),
            earner,
            source: Source::CarriedOver,
            level: 1,
            base: amount,
            how: How::Whole,
            raw: amount,
            paid: amount,
        });
    }
}

/// Cuts what one rule gave to the rule's own cap of the period, as far as later rules look at it.
pub(super) fn of_rule(close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
    let Some(cap) = rule.cap_over(CapScope::Period) else {
        return;
    };
    let mut stakes = stakes(close, tally);
    stakes.retain(|stake| stake.is_of(rule, tally));
    let mut own: Vec<&mut Stake> = stakes.iter_mut().collect();
    let given: Vec<(Whose, Money)> = own.iter().map(|stake| (stake.whose, stake.left)).collect();
    squeeze(close, &mut own, limit_of_rule(close, rule, *cap), cap.mode);
    for (stake, (whose, before)) in stakes.iter().zip(given) {
        if let Whose::Line(place) = whose
            && stake.left < before
        {
            tally.before_caps.insert(place, before);
        }
        tally.set(whose, stake.left);
    }
}

/// Cuts what everyone gets for the period to the partner's cap, then to the rules', then to the company's.
pub(super) fn of_plan(close: &Close<'_>, tally: &mut Tally) {
    keep_for_a_pool(close, &mut tally.carried);
    let rules: Vec<(&Rule, &RuleCap)> =
        close.plan.rules().iter().filter_map(|rule| Some((rule, rule.cap_over(CapScope::Period)?))).collect();
    let company = close.plan.cap_over(CapScope::Period);
    if rules.is_empty() && company.is_none() && close.plan.partner_cap().is_none() {
        return;
    }
    for (place, before) in std::mem::take(&mut tally.before_caps) {
        tally.set(Whose::Line(place), before);
    }
    tally.commissions.clone_from(&close.facts.commissions);
    let mut stakes = stakes(close, tally);
    let mut books = Books::default();
    if let Some(cap) = close.plan.partner_cap() {
        let mut of_each: BTreeMap<Seat, Vec<&mut Stake>> = BTreeMap::new();
        for stake in &mut stakes {
            of_each.entry(stake.earner).or_default().push(stake);
        }
        for own in of_each.values_mut() {
            books.write(close, tally, None, cap.excess, squeeze(close, own, cap.amount, cap.mode));
        }
    }
    for (rule, cap) in rules {
        let mut own: Vec<&mut Stake> = stakes.iter_mut().filter(|stake| stake.is_of(rule, tally)).collect();
        let cuts = squeeze(close, &mut own, limit_of_rule(close, rule, *cap), cap.mode);
        books.write(close, tally, Some(rule), Excess::Company, cuts);
    }
    if let Some(cap) = company {
        let base = Volumes::of_company(cap.of, close.plan, close.facts);
        let limit = cap.percent.of(base, Rounding::Down);
        let mut all: Vec<&mut Stake> = stakes.iter_mut().collect();
        books.write(close, tally, None, cap.excess, squeeze(close, &mut all, limit, cap.mode));
    }
    for stake in &stakes {
        tally.set(stake.whose, stake.left);
    }
    tally.cuts = books.cuts();
}

/// What caps gave to a pool waits where the plan has no pool any more.
fn keep_for_a_pool(close: &Close<'_>, carried: &mut Carried) {
    if close.first_pool().is_none() {
        let waiting = close.facts.carried.of(None, None, Carry::Excess);
        carried.add(None, None, Carry::Excess, waiting);
    }
}

/// The rule's share of the base of the period, rounded down.
fn limit_of_rule(close: &Close<'_>, rule: &Rule, cap: RuleCap) -> Money {
    let base = Volumes::of_rule(close.plan, rule, close.facts).company;
    cap.percent.of(Money::from_minor(base), Rounding::Down)
}

/// Everything that is paid so far, rules in the order of the plan.
fn stakes(close: &Close<'_>, tally: &Tally) -> Vec<Stake> {
    let rules: BTreeMap<&str, (usize, u32)> = (1..)
        .zip(close.plan.rules())
        .map(|(place, rule)| (rule.id.as_str(), (place, rule.priority)))
        .collect();
    let stake = |whose, rule: &RuleId, level, earner, left| {
        let (rule, priority) = rules.get(rule.as_str()).copied().unwrap_or((0, 0));
        Stake { whose, rule, priority, level, earner, left }
    };
    let paid = tally.commissions.iter().enumerate().map(|(place, commission)| {
        stake(Whose::Commission(place), &commission.rule, 0, commission.earner, commission.paid)
    });
    let lines = tally
        .lines
        .iter()
        .enumerate()
        .map(|(place, line)| stake(Whose::Line(place), &line.rule, line.level, line.earner, line.paid));
    let mut stakes: Vec<Stake> = paid.chain(lines).filter(|stake| stake.left.is_positive()).collect();
    stakes.sort_by_key(|stake| stake.rule);
    stakes
}

impl Stake {
    fn is_of(&self, rule: &Rule, tally: &Tally) -> bool {
        let own = match self.whose {
            Whose::Commission(place) => tally.commissions.get(place).map(|commission| &commission.rule),
            Whose::Line(place) => tally.lines.get(place).map(|line| &line.rule),
        };
        own == Some(&rule.id)
    }
}

/// Cuts claims to a limit. Says what was cut of whom.
fn squeeze(
    close: &Close<'_>,
    stakes: &mut [&mut Stake],
    limit: Money,
    mode: CapMode,
) -> Vec<(Whose, Seat, Money)> {
    let mut standing: Vec<&mut Stake> =
        stakes.iter_mut().map(|stake| &mut **stake).filter(|stake| stake.left.is_positive()).collect();
    let claim = |stake: &&mut Stake| Claim {
        rule: stake.rule,
        priority: stake.priority,
        level: stake.level,
        code: &close.facts.people[stake.earner].code,
        weight: i128::from(stake.left.minor()),
        amount: stake.left,
    };
    let claims: Vec<Claim<&PartnerCode>> = standing.iter().map(claim).collect();
    let parts = mode.cut(limit, &claims);
    let mut cuts = Vec::new();
    for (stake, part) in standing.iter_mut().zip(parts) {
        if part < stake.left {
            cuts.push((stake.whose, stake.earner, stake.left - part));
            stake.left = part;
        }
    }
    cuts
}

/// What is taken back of orders, by rule, earner and reason.
#[derive(Default)]
struct Books(BTreeMap<(RuleId, Seat, UnpaidReason), Money>);

impl Books {
    /// Writes down what one cap cut, and where it goes.
    fn write(
        &mut self,
        close: &Close<'_>,
        tally: &mut Tally,
        rule: Option<&Rule>,
        excess: Excess,
        cuts: Vec<(Whose, Seat, Money)>,
    ) {
        let reason = reason(excess);
        let mut of_lines: BTreeMap<Seat, Money> = BTreeMap::new();
        for (whose, earner, amount) in cuts {
            match whose {
                Whose::Commission(place) => {
                    if let Some(commission) = close.facts.commissions.get(place) {
                        let key = (commission.rule.clone(), earner, reason);
                        *self.0.entry(key).or_default() += amount;
                    }
                }
                Whose::Line(_) => *of_lines.entry(earner).or_default() += amount,
            }
            match excess {
                Excess::Company => {}
                Excess::Carried => tally.carried.add(None, Some(earner), Carry::Excess, amount.minor()),
                Excess::Pool => tally.carried.add(None, None, Carry::Excess, amount.minor()),
            }
        }
        tally.unpaid.extend(of_lines.into_iter().map(|(earner, amount)| Unpaid {
            rule: rule.map(|rule| rule.id.clone()),
            partner: Some(earner),
            reason,
            amount,
        }));
    }

    fn cuts(self) -> Vec<Cut> {
        let cut = |((rule, earner, reason), amount)| Cut { rule, earner, amount, reason };
        self.0.into_iter().map(cut).collect()
    }
}

const fn reason(excess: Excess) -> UnpaidReason {
    match excess {
        Excess::Company => UnpaidReason::OverCap,
        Excess::Carried => UnpaidReason::CarriedOver,
        Excess::Pool => UnpaidReason::ToPool,
    }
}

impl Tally {
    /// Sets what a claim pays.
    fn set(&mut self, whose: Whose, paid: Money) {
        let place = match whose {
            Whose::Commission(place) => {
                self.commissions.get_mut(place).map(|commission| &mut commission.paid)
            }
            Whose::Line(place) => self.lines.get_mut(place).map(|line| &mut line.paid),
        };
        if let Some(place) = place {
            *place = paid;
        }
    }
}

impl<'f> Close<'f> {
    /// The first pool of the plan, which gets what caps cut for it.
    pub(crate) fn first_pool(&self) -> Option<&'f Rule> {
        use crate::rules::PeriodRule;
        self.plan.rules().iter().find(|rule| matches!(rule.period_rule(), Some(PeriodRule::Pool(_))))
    }

    /// What caps of the period before cut for this rule's fund; zero for any but the first pool.
    pub(crate) fn cut_for_pool(&self, rule: &Rule) -> Money {
        if self.first_pool().is_none_or(|pool| pool.id != rule.id) {
            return Money::ZERO;
        }
        Money::from_minor(self.facts.carried.of(None, None, Carry::Excess))
    }
}
