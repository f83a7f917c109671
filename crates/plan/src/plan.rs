//! A plan: the terms of one version, read from its text and never changed.

use domain::activity::FeeKind;
use domain::catalog::Volume;
use domain::money::{Money, Rounding};
use domain::order::Order;
use jiff::{Timestamp, tz::TimeZone};

use crate::base::{Base, saturated, whole_lines};
use crate::cap::{Cap, CapScope, PartnerCap};
use crate::compression::Compression;
use crate::language::{self, Diagnostics, Parsed};
use crate::rank::Rank;
use crate::rates::Rates;
use crate::rules::Rule;
use domain::lang::{Lang, Text};

/// One version of a compensation plan. Made only by [`Plan::parse`].
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) name: String,
    pub(crate) title: Text,
    pub(crate) source: String,
    pub(crate) hash: [u8; 32],
    pub(crate) zone: TimeZone,
    pub(crate) effective: Effective,
    pub(crate) hold_days: u16,
    pub(crate) rounding: Rounding,
    pub(crate) point_value: Option<Money>,
    pub(crate) fees: Vec<(FeeKind, FeeTerms)>,
    pub(crate) ranks: Vec<Rank>,
    pub(crate) qualify_by: Base,
    pub(crate) roll_up: Option<Volume>,
    pub(crate) cap: Option<Cap>,
    pub(crate) partner_cap: Option<PartnerCap>,
    pub(crate) rules: Vec<Rule>,
}

/// Which date of an order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effective {
    /// When it was paid.
    PaidAt,
    /// When it was placed.
    OrderedAt,
    /// When it was delivered.
    DeliveredAt,
}

/// What an activity fee costs and gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeTerms {
    /// What it costs.
    pub price: Money,
    /// For how many calendar months it makes a partner active.
    pub months: u8,
}

impl Effective {
    /// The words of the language.
    pub(crate) const WORDS: &'static [(&'static str, Self)] =
        &[("paid_at", Self::PaidAt), ("ordered_at", Self::OrderedAt), ("delivered_at", Self::DeliveredAt)];

    /// The word of the language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PaidAt => "paid_at",
            Self::OrderedAt => "ordered_at",
            Self::DeliveredAt => "delivered_at",
        }
    }
}

impl Plan {
    /// Reads a plan from TOML; the file's name is for messages only.
    ///
    /// # Errors
    /// Everything that is wrong with the text, each mistake with its place and what would be right.
    pub fn parse(file_name: &str, text: &str) -> Result<Parsed, Diagnostics> {
        language::parse(file_name, text)
    }

    /// Its name, as `nanorem-12`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its title on screens.
    pub fn title(&self, lang: Lang) -> &str {
        self.title.in_lang(lang)
    }

    /// Its Russian title.
    pub fn title_ru(&self) -> &str {
        self.title(Lang::Ru)
    }

    /// Its English title.
    pub fn title_en(&self) -> &str {
        self.title(Lang::En)
    }

    /// The text from which it was read, whole.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// SHA-256 of the text.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// In which days and months are counted.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Which date of an order counts.
    pub fn effective(&self) -> Effective {
        self.effective
    }

    /// The date of an order that counts; `None` while it is not known or the order is not paid.
    pub fn effective_at(&self, order: &Order) -> Option<Timestamp> {
        let paid_at = order.paid_at?;
        match self.effective {
            Effective::PaidAt => Some(paid_at),
            Effective::OrderedAt => Some(order.ordered_at),
            Effective::DeliveredAt => order.delivered_at,
        }
    }

    /// Days from the effective date until money becomes available.
    pub fn hold_days(&self) -> u16 {
        self.hold_days
    }

    /// How exact amounts become kopecks.
    pub fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// What a point is worth, where a base is in points.
    pub fn point_value(&self) -> Option<Money> {
        self.point_value
    }

    /// What an activity fee costs and gives; `None` if the plan has no such fee.
    pub fn fee(&self, kind: FeeKind) -> Option<FeeTerms> {
        self.fees.iter().find(|(known, _)| *known == kind).map(|(_, terms)| *terms)
    }

    /// The ranks it knows, low to high.
    pub fn ranks(&self) -> &[Rank] {
        &self.ranks
    }

    /// The unit in which ranks and bands measure.
    pub fn qualify_by(&self) -> Base {
        self.qualify_by
    }

    /// Below which personal volume of a period, in the unit of qualification, it rolls up.
    pub fn roll_up(&self) -> Option<Volume> {
        self.roll_up
    }

    /// Its rules, in the order of the text.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The company's cap: the most that all rules together pay.
    pub fn cap(&self) -> Option<&Cap> {
        self.cap.as_ref()
    }

    /// The company's cap, where it is reckoned over this.
    pub(crate) fn cap_over(&self, scope: CapScope) -> Option<&Cap> {
        self.cap().filter(|cap| cap.scope == scope)
    }

    /// The most that one partner is paid for a period.
    pub fn partner_cap(&self) -> Option<&PartnerCap> {
        self.partner_cap.as_ref()
    }

    /// What a rule's rates are taken of in an order: only goods, only the lines the rule pays on.
    pub fn base(&self, rule: &Rule, order: &Order) -> Money {
        let lines = whole_lines(order).filter(|(line, _)| rule.selects(line));
        saturated(rule.base.of(lines, self.value_of_point()))
    }

    /// What the cap is taken of in an order: all its goods.
    pub(crate) fn cap_base(&self, cap: Cap, order: &Order) -> Money {
        saturated(cap.of.of(whole_lines(order), self.value_of_point()))
    }

    /// The parser demands a value where a base is in points; elsewhere it is never asked for.
    pub(crate) fn value_of_point(&self) -> Money {
        self.point_value.unwrap_or(Money::ZERO)
    }

    /// The largest number of active invited partners that any unlock asks for; 0 if none does.
    pub fn invited_that_matter(&self) -> u32 {
        let climbs = self.rules.iter().filter_map(Rule::climb);
        climbs.map(|climb| climb.unlock.most_needed(climb.levels())).max().unwrap_or(0)
    }

    /// Whether any rule asks for a partner's rank.
    pub fn uses_ranks(&self) -> bool {
        self.rules.iter().filter_map(Rule::climb).any(|climb| {
            matches!(climb.rates, Rates::Table(_))
                || matches!(climb.compression, Compression::SkipBelowRank { .. })
                || !climb.ends_at.is_empty()
        })
    }

    /// Whether a close has anything to reckon: rules, caps, or conditions of ranks of the period.
    pub fn is_decided_at_close(&self) -> bool {
        self.rules
            .iter()
            .any(|rule| rule.period_rule().is_some() || rule.cap_over(CapScope::Period).is_some())
            || self.cap_over(CapScope::Period).is_some()
            || self.partner_cap.is_some()
            || self.ranks.iter().any(|rank| rank.reach.is_some())
    }

    /// Whether anything is paid on points.
    pub fn uses_volume(&self) -> bool {
        self.rules.iter().any(|rule| rule.base == Base::Volume)
            || self.cap.is_some_and(|cap| cap.of == Base::Volume)
    }
}
