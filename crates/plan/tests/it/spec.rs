//! Random plans, chains and orders. A plan is a plain value here, so that the model can read it and
//! the engine can be given its text.

use domain::catalog::{ProductKind, Volume};
use domain::money::Money;
use domain::order::Order;
use proptest::prelude::*;

use crate::common::{HEAD, Someone, id, line, order};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Turnover,
    Margin,
    Volume,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Squeeze {
    None,
    SkipInactive,
    SkipBelowRank,
    Dynamic,
    RollToNext,
}

#[derive(Debug, Clone)]
pub(crate) enum Paying {
    /// Parts per million by level.
    Everyone(Vec<u32>),
    /// The same by rank: low, mid, high; empty for no list.
    ByRank([Vec<u32>; 3]),
}

#[derive(Debug, Clone)]
pub(crate) enum Doors {
    Open,
    OneToOne,
    /// (active invited partners, last level), ascending.
    Steps(Vec<(u32, u16)>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    Days(u16, bool),
    First(bool),
}

#[derive(Debug, Clone)]
pub(crate) struct RuleSpec {
    pub(crate) of: Of,
    pub(crate) paying: Paying,
    pub(crate) pay_self: bool,
    pub(crate) squeeze: Squeeze,
    /// The lowest rank that counts: 0 low, 1 mid, 2 high.
    pub(crate) min_rank: usize,
    pub(crate) doors: Doors,
    pub(crate) pass_up: bool,
    pub(crate) max_scan: Option<u32>,
    pub(crate) categories: Vec<&'static str>,
    pub(crate) when: When,
}

#[derive(Debug, Clone)]
pub(crate) struct PlanSpec {
    pub(crate) rounding: &'static str,
    /// Kopecks.
    pub(crate) point_value: i64,
    /// Parts per million, of what, pro rata or tail.
    pub(crate) cap: Option<(u32, Of, bool)>,
    pub(crate) rules: Vec<RuleSpec>,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) plan: PlanSpec,
    pub(crate) chain: Vec<Someone>,
    pub(crate) order: Order,
    pub(crate) is_first: bool,
}

pub(crate) const RANKS: [&str; 3] = ["low", "mid", "high"];

impl Of {
    fn word(self) -> &'static str {
        match self {
            Self::Turnover => "turnover",
            Self::Margin => "margin",
            Self::Volume => "volume",
        }
    }
}

fn percent(ppm: u32) -> String {
    format!("\"{}.{:04}%\"", ppm / 10_000, ppm % 10_000)
}

fn list(rates: &[u32]) -> String {
    format!("[{}]", rates.iter().map(|ppm| percent(*ppm)).collect::<Vec<_>>().join(", "))
}

impl RuleSpec {
    pub(crate) fn levels(&self) -> usize {
        match &self.paying {
            Paying::Everyone(rates) => rates.len(),
            Paying::ByRank(table) => table.iter().map(Vec::len).max().unwrap_or(0),
        }
    }

    fn toml(&self, number: usize) -> String {
        let mut text = format!(
            "[[rules]]\nid = \"r{number}\"\nbase = \"{}\"\npay_self = {}\n",
            self.of.word(),
            self.pay_self
        );
        text += &match &self.paying {
            Paying::Everyone(rates) => format!("rates = {}\n", list(rates)),
            Paying::ByRank(table) => {
                let rows = RANKS.iter().zip(table).filter(|(_, rates)| !rates.is_empty());
                let rows = rows.map(|(rank, rates)| format!("{rank} = {}", list(rates)));
                format!("rate_table = {{ {} }}\n", rows.collect::<Vec<_>>().join(", "))
            }
        };
        text += &match self.squeeze {
            Squeeze::None => "compression = \"none\"\n".to_owned(),
            Squeeze::SkipInactive => "compression = \"skip_inactive\"\n".to_owned(),
            Squeeze::SkipBelowRank => {
                format!("compression = \"skip_below_rank\"\nmin_rank = \"{}\"\n", RANKS[self.min_rank])
            }
            Squeeze::Dynamic => "compression = \"dynamic\"\n".to_owned(),
            Squeeze::RollToNext => "compression = \"roll_to_next\"\n".to_owned(),
        };
        text += &match &self.doors {
            Doors::Open => String::new(),
            Doors::OneToOne => "unlock = \"one_to_one\"\n".to_owned(),
            Doors::Steps(steps) => {
                let steps = steps
                    .iter()
                    .map(|(active, level)| format!("{{ min_active = {active}, max_level = {level} }}"));
                format!("unlock = {{ tiers = [{}] }}\n", steps.collect::<Vec<_>>().join(", "))
            }
        };
        text += if self.pass_up { "closed_level = \"pass_up\"\n" } else { "closed_level = \"forfeit\"\n" };
        if let Some(most) = self.max_scan {
            text += &format!("max_scan = {most}\n");
        }
        if !self.categories.is_empty() {
            text += &format!("products = {{ categories = [\"{}\"] }}\n", self.categories.join("\", \""));
        }
        text + &match self.when {
            When::Always => "kind = \"level\"\n".to_owned(),
            When::Days(days, replaces) => {
                format!("kind = \"fast_start\"\ndays = {days}\nreplaces_level = {replaces}\n")
            }
            When::First(replaces) => {
                format!("kind = \"fast_start\"\nfirst_order = true\nreplaces_level = {replaces}\n")
            }
        }
    }
}

impl PlanSpec {
    pub(crate) fn toml(&self) -> String {
        let value = format!("{}.{:02}", self.point_value / 100, self.point_value % 100);
        let mut text = format!(
            "{HEAD}rounding = \"{}\"\npoint_value = \"{value}\"\nranks = [\"low\", \"mid\", \"high\"]\n",
            self.rounding
        );
        if let Some((ppm, of, pro_rata)) = self.cap {
            let mode = if pro_rata { "pro_rata" } else { "tail" };
            text +=
                &format!("[cap]\npercent = {}\nof = \"{}\"\nmode = \"{mode}\"\n", percent(ppm), of.word());
        }
        for (number, rule) in self.rules.iter().enumerate() {
            text += &rule.toml(number);
        }
        text
    }
}

fn of() -> impl Strategy<Value = Of> {
    prop::sample::select(vec![Of::Turnover, Of::Margin, Of::Volume])
}

/// Up to five levels of up to 6.25 %, so that three rules stay below the whole.
fn rates() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(prop_oneof![1u32..62_500, (1u32..6).prop_map(|percent| percent * 10_000)], 1..=5)
}

fn paying() -> impl Strategy<Value = Paying> {
    let table = (rates(), prop::option::of(rates()), prop::option::of(rates()), 0usize..3);
    let table = table.prop_map(|(one, two, three, turn)| {
        let mut table = [one, two.unwrap_or_default(), three.unwrap_or_default()];
        table.rotate_left(turn);
        Paying::ByRank(table)
    });
    prop_oneof![2 => rates().prop_map(Paying::Everyone), 1 => table]
}

fn doors() -> impl Strategy<Value = Doors> {
    let steps = (0u32..3, 1u16..3, 1u32..3, 1u16..4);
    let steps = steps.prop_map(|(active, level, more, further)| {
        Doors::Steps(vec![(active, level), (active + more, level + further)])
    });
    prop_oneof![2 => Just(Doors::Open), 2 => Just(Doors::OneToOne), 1 => steps]
}

fn rule() -> impl Strategy<Value = RuleSpec> {
    let squeeze = prop::sample::select(vec![
        Squeeze::None,
        Squeeze::SkipInactive,
        Squeeze::SkipBelowRank,
        Squeeze::Dynamic,
        Squeeze::RollToNext,
    ]);
    let categories = prop_oneof![
        3 => Just(vec![]),
        1 => prop::sample::subsequence(vec!["care", "oil"], 1..=2),
    ];
    let when = prop_oneof![
        4 => Just(When::Always),
        1 => (prop::sample::select(vec![10u16, 59, 60, 90]), any::<bool>()).prop_map(|(days, replaces)| When::Days(days, replaces)),
        1 => any::<bool>().prop_map(When::First),
    ];
    let scan = prop_oneof![3 => Just(None), 1 => (5u32..12).prop_map(Some)];
    (of(), paying(), any::<bool>(), squeeze, 0usize..3, doors(), any::<bool>(), scan, categories, when)
        .prop_map(|(of, paying, pay_self, squeeze, min_rank, doors, pass_up, max_scan, categories, when)| {
            RuleSpec { of, paying, pay_self, squeeze, min_rank, doors, pass_up, max_scan, categories, when }
        })
}

pub(crate) fn plan_spec() -> impl Strategy<Value = PlanSpec> {
    let cap = prop::option::of((1u32..200_000, of(), any::<bool>()));
    let rounding = prop::sample::select(vec!["half_up", "half_even", "down"]);
    (rounding, 1i64..300, cap, prop::collection::vec(rule(), 1..=3))
        .prop_map(|(rounding, point_value, cap, rules)| PlanSpec { rounding, point_value, cap, rules })
}

fn someone() -> impl Strategy<Value = Someone> {
    let rank =
        prop_oneof![Just(None), prop::sample::select(RANKS.to_vec()).prop_map(|rank| Some(rank.to_owned()))];
    (prop::bool::weighted(0.7), prop::bool::weighted(0.1), rank, 0u32..6)
        .prop_map(|(active, held, rank, invited)| Someone { active, held, rank, invited })
}

fn bought() -> impl Strategy<Value = Order> {
    let price = prop_oneof![2 => 0i64..30, 3 => 0i64..2_000_000];
    let line_of = (1u32..4, price, 0i64..1_000_000, 0i64..3000, any::<bool>(), prop::bool::weighted(0.1));
    let origin = prop_oneof![6 => Just(0u8), 2 => Just(1u8), 1 => Just(2u8)];
    (prop::collection::vec(line_of, 1..4), origin).prop_map(|(lines, origin)| {
        let lines = (1..).zip(lines).map(|(no, (quantity, price, cost, volume, oil, fee))| {
            let mut line = line(no, quantity, price);
            line.unit_cost = Money::from_minor(cost.min(price + 10));
            line.unit_volume = Volume(volume);
            if oil { "oil" } else { "care" }.clone_into(&mut line.category);
            line.kind = if fee { ProductKind::Fee } else { ProductKind::Goods };
            line
        });
        let mut order = order(lines.collect());
        if origin > 0 {
            order.buyer = None;
            order.seller = (origin == 1).then(|| id(1));
        }
        order
    })
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let chain = prop::collection::vec(someone(), 2..14);
    (plan_spec(), chain, bought(), any::<bool>()).prop_map(|(plan, chain, order, is_first)| World {
        plan,
        chain,
        order,
        is_first,
    })
}
