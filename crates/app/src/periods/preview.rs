//! The preview of a period: what its rules would pay if it were closed now, and what looks strange.
//! Nothing is written.

use std::collections::BTreeMap;

use domain::ids::PartnerId;
use domain::money::Money;
use domain::order::Order;
use domain::partner::PartnerCode;
use domain::period::Period;
use plan::close::{Line, Paid, Qualified, Seat, Source, UnpaidReason};
use serde::Serialize;
use store::{StoreError, Tx};

use super::CloseError;
use super::reckoning::Reckoning;
use crate::App;
use crate::plans;

/// What a period gives, or would give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Which period.
    pub period: Period,
    /// By which plan.
    pub plan: String,
    /// What was sold: goods at the prices paid, less what was given back.
    pub turnover: Money,
    /// What orders paid.
    pub commissions: Money,
    /// What the rules of the period would pay.
    pub bonuses: Money,
    /// What caps of the period would take back of what orders paid.
    pub taken_back: Money,
    /// What nobody would get, by reason.
    pub unpaid: BTreeMap<&'static str, Money>,
    /// Everybody who earns or stands for something, by code.
    pub partners: Vec<PartnerPreview>,
    /// Every earning by a rule of the period.
    pub lines: Vec<LinePreview>,
    /// Things that would be given.
    pub awards: Vec<AwardPreview>,
    /// What looks strange.
    pub anomalies: Vec<Anomaly>,
}

/// One partner in a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerPreview {
    /// Who.
    pub partner_code: PartnerCode,
    /// His volumes and rank.
    pub stands: Stands,
    /// What orders paid him.
    pub commissions: Money,
    /// What the rules of the period would pay him.
    pub bonuses: Money,
    /// What caps of the period would take back of what orders paid him.
    pub taken_back: Money,
}

impl PartnerPreview {
    /// What he would have of the period.
    pub fn earns(&self) -> Money {
        self.commissions + self.bonuses - self.taken_back
    }
}

/// How one partner stands; volumes in hundredths of the plan's unit of qualification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stands {
    /// In what volumes are measured: `turnover`, `margin` (kopecks) or `volume` (hundredths of a point).
    pub unit: &'static str,
    /// Personal volume.
    pub personal: i64,
    /// With everyone below.
    pub group: i64,
    /// As which rank he would be paid.
    pub paid_as: Option<String>,
    /// The highest rank he ever reached.
    pub highest: Option<String>,
}

/// One earning in a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinePreview {
    /// Who.
    pub partner_code: PartnerCode,
    /// By which rule.
    pub rule: String,
    /// Of whose volume or commissions, where it is a partner's.
    pub source_code: Option<PartnerCode>,
    /// At which level or generation.
    pub level: u16,
    /// Of which sum.
    pub base: Money,
    /// Before the caps.
    pub raw: Money,
    /// After them.
    pub paid: Money,
    /// Why, in Russian.
    pub why_ru: String,
    /// Why, in English.
    pub why_en: String,
}

/// A thing that would be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AwardPreview {
    /// To whom.
    pub partner_code: PartnerCode,
    /// By which rule.
    pub rule: String,
    /// What, in Russian.
    pub item_ru: String,
    /// What, in English.
    pub item_en: String,
}

/// Something that staff should look at before they close.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Anomaly {
    /// He earns at least three times what he earned in the period before, and a thousand roubles more.
    Jump {
        /// Who.
        partner_code: PartnerCode,
        /// Then.
        before: Money,
        /// Now.
        now: Money,
    },
    /// More than half of what he earns is of his own purchases.
    SelfPurchase {
        /// Who.
        partner_code: PartnerCode,
        /// What he earns of his own purchases.
        of_own: Money,
        /// What he earns.
        now: Money,
    },
    /// He joined in the period and earns already.
    NewPayee {
        /// Who.
        partner_code: PartnerCode,
        /// What he earns.
        now: Money,
    },
    /// He was never paid out before.
    FirstPayout {
        /// Who.
        partner_code: PartnerCode,
        /// What he earns.
        now: Money,
    },
    /// A cap cuts him.
    OverCap {
        /// Who.
        partner_code: PartnerCode,
        /// By how much.
        cut: Money,
    },
}

/// What the rules of a period would pay if it were closed now.
///
/// # Errors
/// [`CloseError::NoPlan`] if no plan is in force at its end.
pub async fn preview(app: &App, period: Period) -> Result<Preview, CloseError> {
    let mut tx = app.store.begin_read().await?;
    let timeline = plans::timeline(app, &mut tx).await?;
    let known = store::facts::last(&mut tx).await?;
    let reckoning = Reckoning::load(app, &mut tx, &timeline, period, known).await?;
    let reckoning = reckoning.ok_or(CloseError::NoPlan(period))?;
    let start = period.start(&timeline.zone());
    let history = History::load(&mut tx, &timeline.zone(), period).await?;
    let facts = reckoning.facts();
    let qualified = plan::close::qualify(&reckoning.plan, &facts)?;
    let paid = plan::close::pay(&reckoning.plan, &facts, &qualified, None)?;
    let view = View { reckoning: &reckoning };
    let mut partners = view.partners(&qualified, &paid);
    let anomalies = view.anomalies(&partners, &paid, &history, start);
    partners.retain(|partner| {
        partner.stands.group > 0 || partner.bonuses.is_positive() || partner.commissions.is_positive()
    });
    let mut unpaid: BTreeMap<&'static str, Money> = BTreeMap::new();
    for part in &paid.unpaid {
        *unpaid.entry(super::close::reason(part.reason)).or_default() += part.amount;
    }
    Ok(Preview {
        period,
        plan: reckoning.plan.name().to_owned(),
        turnover: reckoning.orders.iter().map(turnover).sum(),
        commissions: reckoning.commissions().iter().map(|commission| commission.paid).sum(),
        bonuses: paid.lines.iter().map(|line| line.paid).sum(),
        taken_back: paid.cuts.iter().map(|cut| cut.amount).sum(),
        unpaid,
        partners,
        lines: paid.lines.iter().filter_map(|line| view.line(line)).collect(),
        awards: paid.awards.iter().filter_map(|award| view.award(award)).collect(),
        anomalies,
    })
}

/// Goods at the prices paid, less what was given back.
fn turnover(order: &Order) -> Money {
    if order.cancelled_at.is_some() {
        return Money::ZERO;
    }
    let kept = |line: &domain::order::OrderLine| {
        let back: u32 = order.refunds.iter().filter_map(|refund| refund.lines.get(&line.line_no)).sum();
        line.unit_price.times(line.quantity.saturating_sub(back)).unwrap_or(Money::ZERO)
    };
    let goods = |line: &&domain::order::OrderLine| line.kind == domain::catalog::ProductKind::Goods;
    order.lines.iter().filter(goods).map(kept).sum()
}

/// What partners earned in the period before, and who was ever paid out.
struct History {
    before: BTreeMap<PartnerId, Money>,
    paid_out: std::collections::BTreeSet<PartnerId>,
}

impl History {
    async fn load(tx: &mut Tx, zone: &jiff::tz::TimeZone, period: Period) -> Result<Self, StoreError> {
        let last = period.previous();
        let (from, until) = (last.start(zone), last.end(zone));
        let mut before: BTreeMap<PartnerId, Money> = BTreeMap::new();
        let paid = store::period_runs::commissions_within(tx, from, until, jiff::Timestamp::MAX).await?;
        for (_, earner, _, paid, back) in paid {
            *before.entry(earner).or_default() += paid - back;
        }
        for accrual in store::period_runs::accruals_of_period(tx, last).await? {
            *before.entry(accrual.earner).or_default() += accrual.paid;
        }
        let settled = |payout: &domain::payout::Payout| payout.state == domain::payout::PayoutState::Settled;
        let payouts = store::payouts::all(tx).await?;
        let paid_out = payouts.iter().filter(|payout| settled(payout)).map(|payout| payout.partner).collect();
        Ok(Self { before, paid_out })
    }
}

/// A reckoning as people see it.
pub(super) struct View<'a> {
    pub(super) reckoning: &'a Reckoning,
}

fn by_seat(amounts: impl IntoIterator<Item = (Seat, Money)>) -> BTreeMap<Seat, Money> {
    let mut sums: BTreeMap<Seat, Money> = BTreeMap::new();
    for (seat, amount) in amounts {
        *sums.entry(seat).or_default() += amount;
    }
    sums
}

/// A rise of less than this is no jump.
const SMALL: Money = Money::from_minor(100_000);

impl View<'_> {
    pub(super) fn code(&self, seat: Seat) -> Option<&PartnerCode> {
        self.reckoning.people.find(seat).map(|person| &person.code)
    }

    fn partners(&self, qualified: &plan::close::PerSeat<Qualified>, paid: &Paid) -> Vec<PartnerPreview> {
        let bonuses = by_seat(paid.lines.iter().map(|line| (line.earner, line.paid)));
        let commissions = self.reckoning.commissions().iter();
        let commissions = by_seat(commissions.map(|commission| (commission.earner, commission.paid)));
        let taken_back = by_seat(paid.cuts.iter().map(|cut| (cut.earner, cut.amount)));
        let of = |sums: &BTreeMap<Seat, Money>, seat| sums.get(&seat).copied().unwrap_or_default();
        qualified
            .iter()
            .filter_map(|(seat, stands)| {
                Some(PartnerPreview {
                    partner_code: self.code(seat)?.clone(),
                    stands: self.stands(stands),
                    commissions: of(&commissions, seat),
                    bonuses: of(&bonuses, seat),
                    taken_back: of(&taken_back, seat),
                })
            })
            .collect()
    }

    pub(super) fn stands(&self, stands: &Qualified) -> Stands {
        let rank = |place: Option<usize>| {
            place.and_then(|place| self.reckoning.plan.ranks().get(place)).map(|rank| rank.name.clone())
        };
        Stands {
            unit: self.reckoning.plan.qualify_by().as_str(),
            personal: stands.personal,
            group: stands.group,
            paid_as: rank(stands.paid_as),
            highest: rank(stands.highest),
        }
    }

    pub(super) fn line(&self, line: &Line) -> Option<LinePreview> {
        let source = match line.source {
            Source::Partner(seat) => self.code(seat).cloned(),
            _ => None,
        };
        let names = source.as_ref().map(ToString::to_string);
        let why = plan::explain::period::line(&self.reckoning.plan, line, names.as_deref());
        Some(LinePreview {
            partner_code: self.code(line.earner)?.clone(),
            rule: line.rule.to_string(),
            source_code: source,
            level: line.level,
            base: line.base,
            raw: line.raw,
            paid: line.paid,
            why_ru: why.in_lang(domain::lang::Lang::Ru).to_owned(),
            why_en: why.in_lang(domain::lang::Lang::En).to_owned(),
        })
    }

    fn award(&self, award: &plan::close::Awarded) -> Option<AwardPreview> {
        Some(AwardPreview {
            partner_code: self.code(award.earner)?.clone(),
            rule: award.rule.to_string(),
            item_ru: award.item.in_lang(domain::lang::Lang::Ru).to_owned(),
            item_en: award.item.in_lang(domain::lang::Lang::En).to_owned(),
        })
    }

    fn anomalies(
        &self,
        partners: &[PartnerPreview],
        paid: &Paid,
        history: &History,
        start: jiff::Timestamp,
    ) -> Vec<Anomaly> {
        let own = paid.lines.iter().filter(|line| line.source == Source::Partner(line.earner));
        let own = by_seat(own.map(|line| (line.earner, line.paid)));
        let by_cap = |reason| {
            matches!(reason, UnpaidReason::OverCap | UnpaidReason::CarriedOver | UnpaidReason::ToPool)
        };
        let unpaid = paid.unpaid.iter().filter(|part| by_cap(part.reason));
        let unpaid = unpaid.filter_map(|part| Some((part.partner?, part.amount)));
        let cut = by_seat(unpaid.chain(paid.cuts.iter().map(|cut| (cut.earner, cut.amount))));
        let mut anomalies = Vec::new();
        for ((seat, person), partner) in self.reckoning.people.iter().zip(partners) {
            let now = partner.earns();
            let partner_code = partner.partner_code.clone();
            if let Some(cut) = cut.get(&seat).copied() {
                anomalies.push(Anomaly::OverCap { partner_code: partner_code.clone(), cut });
            }
            if !now.is_positive() {
                continue;
            }
            let before = history.before.get(&person.partner).copied().unwrap_or_default();
            if before.is_positive() && now >= before + before + before && now >= before + SMALL {
                anomalies.push(Anomaly::Jump { partner_code: partner_code.clone(), before, now });
            }
            let of_own = own.get(&seat).copied().unwrap_or_default();
            if of_own + of_own > now {
                anomalies.push(Anomaly::SelfPurchase { partner_code: partner_code.clone(), of_own, now });
            }
            if person.joined_at >= start {
                anomalies.push(Anomaly::NewPayee { partner_code, now });
            } else if !history.paid_out.contains(&person.partner) {
                anomalies.push(Anomaly::FirstPayout { partner_code, now });
            }
        }
        anomalies
    }
}
