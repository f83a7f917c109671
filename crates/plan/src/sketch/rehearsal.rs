//! A rehearsal: period after period, who gets what, by which rule, and why.

mod reasons;

use domain::accrual::{Accruals, Outcome, RuleId};
use domain::catalog::ProductKind;
use domain::lang::{Lang, Text};
use domain::money::Money;
use domain::period::Period;
use serde::Serialize;

use super::facts::seat_of;
use super::{Act, Reckoned, Script, Sketch, SketchError};
use crate::close::{Bought, Seat, Source};
use crate::explain;
use crate::plan::Plan;

/// One period of a rehearsal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RehearsedPeriod {
    /// Which month.
    pub month: Period,
    /// The orders, in the order of the text.
    pub orders: Vec<RehearsedOrder>,
    /// What the close gives.
    pub bonuses: Vec<BonusLine>,
    /// What caps take, and what else is not paid at the close.
    pub unpaid: Vec<UnpaidLine>,
    /// Things that are given: who, and what.
    pub awards: Vec<(String, Text)>,
    /// Everybody.
    pub people: Vec<PersonSum>,
    /// What goes to the next period.
    pub carried: Vec<CarriedLine>,
    /// Why the watched partner did not get more.
    pub why_not_more: Vec<Text>,
}

/// One order of a rehearsal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RehearsedOrder {
    /// Its number in the period, from 1.
    pub number: usize,
    /// Who bought, or brought the customer; `None` for a customer whom nobody brought.
    pub by: Option<String>,
    /// Whether a customer bought.
    pub by_customer: bool,
    /// Whether it is a fee, of which nobody ever earns.
    pub is_fee: bool,
    /// Its price.
    pub price: Money,
    /// Who earns.
    pub earnings: Vec<OrderEarning>,
    /// What nobody got.
    pub lost: Vec<OrderLost>,
}

/// Who earns what from an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderEarning {
    /// Who.
    pub name: String,
    /// By which rule.
    pub rule: RuleId,
    /// At which level.
    pub level: u16,
    /// Before the caps.
    pub raw: Money,
    /// After them.
    pub paid: Money,
    /// Why.
    pub why: Text,
}

/// What an order promised and nobody got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderLost {
    /// By which rule.
    pub rule: RuleId,
    /// At which level.
    pub level: u16,
    /// How much.
    pub amount: Money,
    /// Why not.
    pub why: Text,
}

/// What the close gives somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BonusLine {
    /// Who.
    pub name: String,
    /// By which rule.
    pub rule: RuleId,
    /// Before the caps.
    pub raw: Money,
    /// After them.
    pub paid: Money,
    /// Why.
    pub why: Text,
}

/// What is not paid at the close, or is taken back of what orders paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnpaidLine {
    /// Who would have got it.
    pub name: Option<String>,
    /// By which rule; `None` for a cap of the plan.
    pub rule: Option<RuleId>,
    /// How much.
    pub amount: Money,
    /// Whether an order had paid it.
    pub taken_back: bool,
    /// Why not.
    pub why: Text,
}

/// One partner in a period; volumes in hundredths of the plan's unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonSum {
    /// Who.
    pub name: String,
    /// Personal volume.
    pub personal: i64,
    /// With everyone below.
    pub group: i64,
    /// As which rank he is paid.
    pub paid_as: Option<String>,
    /// The highest he ever reached.
    pub highest: Option<String>,
    /// From orders.
    pub from_orders: Money,
    /// By the close, less what caps take back.
    pub from_close: Money,
    /// In all.
    pub total: Money,
}

/// What goes to the next period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarriedLine {
    /// Of whom; `None` for the company's.
    pub name: Option<String>,
    /// Of which rule; `None` for the caps.
    pub rule: Option<RuleId>,
    /// What: the word that is stored.
    pub what: String,
    /// Kopecks, hundredths of a point, or a mark.
    pub amount: i64,
}

/// Plays a script under a plan; `watched` is the partner of whom it is said why he did not get more.
///
/// # Errors
/// [`SketchError`] if nobody is called so, or an order or a period cannot be reckoned.
pub fn rehearse(
    plan: &Plan,
    script: &Script,
    watched: Option<&str>,
) -> Result<Vec<RehearsedPeriod>, SketchError> {
    if let Some(stranger) = watched.filter(|name| !script.knows(name)) {
        return Err(SketchError::Unknown(stranger.to_owned()));
    }
    let mut sketch = Sketch::new();
    let mut periods = Vec::new();
    for period in &script.periods {
        sketch.in_month(period.month);
        for act in &period.acts {
            sketch.play(act)?;
        }
        let watched = watched.filter(|name| sketch.seat(name).is_ok());
        let reckoned = sketch.reckon_watching(plan, watched)?;
        let missing = watched.map(|name| sketch.missing(plan, name)).transpose()?.flatten();
        let mut shown = View { plan, sketch: &sketch, reckoned: &reckoned }.period(period.month, watched);
        if let Some(missing) = missing {
            let words = |lang| explain::next_rank(plan, &missing, lang).join("\n  ");
            shown.why_not_more.push(Text::new(words(Lang::Ru), words(Lang::En)));
        }
        periods.push(shown);
        sketch = sketch.next_period(&reckoned);
    }
    Ok(periods)
}

impl Sketch {
    fn play(&mut self, act: &Act) -> Result<(), SketchError> {
        match act {
            Act::Joins { name, sponsor, inviter, joined, invited, was } => {
                self.partner(name, sponsor.as_deref())?;
                if let Some(inviter) = inviter {
                    self.inviter(name, inviter)?;
                }
                if let Some(joined) = joined {
                    self.joined(name, *joined)?;
                }
                if let Some(invited) = invited {
                    self.invited(name, *invited)?;
                }
                if let Some((paid_as, highest)) = was {
                    self.was(name, paid_as, highest)?;
                }
            }
            Act::Stands(name, standing) => drop(self.standing(name, *standing)?),
            Act::Ranked(name, rank) => drop(self.rank(name, rank)?),
            Act::Buys { by, by_customer, goods, pieces, label } => {
                self.bought_labelled(by.as_deref(), *by_customer, *goods, *pieces, label.clone())?;
            }
        }
        Ok(())
    }
}

/// What was reckoned, with names.
struct View<'a> {
    plan: &'a Plan,
    sketch: &'a Sketch,
    reckoned: &'a Reckoned,
}

impl View<'_> {
    fn period(&self, month: Period, watched: Option<&str>) -> RehearsedPeriod {
        let numbered = (1..).zip(self.sketch.orders.iter().zip(&self.reckoned.orders));
        RehearsedPeriod {
            month,
            orders: numbered.map(|(number, (order, accruals))| self.order(number, order, accruals)).collect(),
            bonuses: self.bonuses(),
            unpaid: self.unpaid(),
            awards: self
                .reckoned
                .period
                .awards
                .iter()
                .map(|award| (self.name(award.earner), award.item.clone()))
                .collect(),
            people: self.people(),
            carried: self.carried(),
            why_not_more: watched.map(|name| self.why_not_more(name)).unwrap_or_default(),
        }
    }

    fn name(&self, seat: Seat) -> String {
        self.sketch.names.get(seat.place()).cloned().unwrap_or_default()
    }

    fn order(
        &self,
        number: usize,
        (bought, line): &(Bought, domain::order::OrderLine),
        accruals: &Accruals,
    ) -> RehearsedOrder {
        let (by, by_customer) = match bought {
            Bought::By(seat) => (Some(self.name(*seat)), false),
            Bought::ByCustomerOf(seat) => (Some(self.name(*seat)), true),
            Bought::ByNobody => (None, true),
        };
        let earning = |share: &domain::accrual::Share| {
            let outcome = Outcome::Paid { rate: share.rate, raw: share.raw, paid: share.paid };
            OrderEarning {
                name: self.name(seat_of(share.earner)),
                rule: share.rule.clone(),
                level: share.level,
                raw: share.raw,
                paid: share.paid,
                why: in_both(|lang| {
                    let base = share.base;
                    let said = explain::outcome(&outcome, Some(share.level), lang);
                    match lang {
                        Lang::Ru => format!("{said} с {}", base.in_lang(lang)),
                        Lang::En => format!("{said} of {base}"),
                    }
                }),
            }
        };
        let lost = |breakage: &domain::accrual::Breakage| OrderLost {
            rule: breakage.rule.clone(),
            level: breakage.level,
            amount: breakage.amount,
            why: in_both(|lang| explain::breakage(breakage.reason, lang).to_owned()),
        };
        RehearsedOrder {
            number,
            by,
            by_customer,
            is_fee: line.kind != ProductKind::Goods,
            price: line.unit_price.times(line.quantity).unwrap_or(Money::ZERO),
            earnings: accruals.shares.iter().map(earning).collect(),
            lost: accruals.breakage.iter().map(lost).collect(),
        }
    }

    /// What people call the partner of whose volume something is.
    fn source(&self, source: Source) -> Option<String> {
        match source {
            Source::Partner(seat) => Some(self.name(seat)),
            _ => None,
        }
    }

    fn bonuses(&self) -> Vec<BonusLine> {
        let bonus = |line: &crate::close::Line| BonusLine {
            name: self.name(line.earner),
            rule: line.rule.clone(),
            raw: line.raw,
            paid: line.paid,
            why: explain::period::line(self.plan, line, self.source(line.source).as_deref()),
        };
        self.reckoned.period.lines.iter().map(bonus).collect()
    }

    fn unpaid(&self) -> Vec<UnpaidLine> {
        let cuts = self.reckoned.period.cuts.iter().map(|cut| UnpaidLine {
            name: Some(self.name(cut.earner)),
            rule: Some(cut.rule.clone()),
            amount: cut.amount,
            taken_back: true,
            why: explain::period::unpaid(cut.reason),
        });
        let unpaid = self.reckoned.period.unpaid.iter().map(|part| UnpaidLine {
            name: part.partner.map(|seat| self.name(seat)),
            rule: part.rule.clone(),
            amount: part.amount,
            taken_back: false,
            why: explain::period::unpaid(part.reason),
        });
        cuts.chain(unpaid).collect()
    }

    fn people(&self) -> Vec<PersonSum> {
        let rank =
            |place: Option<usize>| place.and_then(|place| self.reckoned.plan_ranks.get(place)).cloned();
        let mut people: Vec<PersonSum> = Vec::new();
        for (seat, stands) in self.reckoned.qualified.iter() {
            let name = self.name(seat);
            let shares = self.reckoned.orders.iter().flat_map(|order| &order.shares);
            let from_orders =
                shares.filter(|share| seat_of(share.earner) == seat).map(|share| share.paid).sum();
            let total = self.reckoned.earned(&name);
            people.push(PersonSum {
                name,
                personal: stands.personal,
                group: stands.group,
                paid_as: rank(stands.paid_as),
                highest: rank(stands.highest),
                from_orders,
                from_close: total - from_orders,
                total,
            });
        }
        people
    }

    fn carried(&self) -> Vec<CarriedLine> {
        let carried = self.reckoned.period.carried.0.iter();
        let line = |(key, amount): (&crate::close::CarryKey, &i64)| CarriedLine {
            name: key.seat.map(|seat| self.name(seat)),
            rule: key.rule.clone(),
            what: key.what.to_word(),
            amount: *amount,
        };
        carried.map(line).collect()
    }
}

fn in_both(words: impl Fn(Lang) -> String) -> Text {
    Text::new(words(Lang::Ru), words(Lang::En))
}
