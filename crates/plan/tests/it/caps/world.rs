//! Random companies and plans with caps.

use domain::money::Money;
use domain::network::Standing;
use plan::Plan;
use plan::sketch::{Reckoned, Sketch};
use proptest::prelude::*;

use crate::common::HEAD;

pub(super) const MODES: [&str; 3] = ["pro_rata", "priority", "tail"];

/// A rule of levels on turnover.
#[derive(Debug, Clone)]
pub(super) struct RuleSpec {
    pub(super) close: bool,
    /// Parts per million.
    pub(super) rates: Vec<u32>,
    pub(super) pay_self: bool,
    pub(super) priority: Option<u32>,
    /// Parts per million, mode, whether over a period.
    pub(super) cap: Option<(u32, &'static str, bool)>,
}

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) rules: Vec<RuleSpec>,
    /// Parts per million, mode, whether over a period, whether the excess is carried.
    pub(super) company: Option<(u32, &'static str, bool, bool)>,
    /// Kopecks, mode, whether the excess is carried.
    pub(super) partner: Option<(i64, &'static str, bool)>,
    /// Whose sponsor each one after the first is, of those before him; and how he stands.
    pub(super) people: Vec<(prop::sample::Index, Standing)>,
    /// By period: who buys for how much, or his customer.
    pub(super) bought: Vec<Vec<(prop::sample::Index, i64, bool)>>,
}

pub(super) fn percent(ppm: u32) -> String {
    format!("\"{}.{:04}%\"", ppm / 10_000, ppm % 10_000)
}

pub(super) fn excess(carried: bool) -> &'static str {
    if carried { "carried" } else { "company" }
}

impl World {
    pub(super) fn toml(&self) -> String {
        let mut text = HEAD.to_owned();
        if let Some((ppm, mode, period, carried)) = self.company {
            let scope = if period { "period" } else { "order" };
            let excess = excess(carried && period);
            text += &format!(
                "[cap]\npercent = {}\nmode = \"{mode}\"\nscope = \"{scope}\"\nexcess = \"{excess}\"\n",
                percent(ppm)
            );
        }
        if let Some((minor, mode, carried)) = self.partner {
            let (sum, excess) = (Money::from_minor(minor), excess(carried));
            text += &format!("[partner_cap]\namount = \"{sum}\"\nmode = \"{mode}\"\nexcess = \"{excess}\"\n");
        }
        for (number, rule) in self.rules.iter().enumerate() {
            text += &format!(
                "[[rules]]\nid = \"r{number}\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\npay_self = {}\n",
                rule.pay_self
            );
            let rates = rule.rates.iter().map(|ppm| percent(*ppm)).collect::<Vec<_>>().join(", ");
            text += &format!("rates = [{rates}]\n");
            if rule.close {
                text += "decided = \"close\"\n";
            }
            if let Some(priority) = rule.priority {
                text += &format!("priority = {priority}\n");
            }
            if let Some((ppm, mode, period)) = rule.cap {
                let scope = if period || rule.close { "period" } else { "order" };
                text += &format!(
                    "cap = {{ percent = {}, mode = \"{mode}\", scope = \"{scope}\" }}\n",
                    percent(ppm)
                );
            }
        }
        text
    }

    pub(super) fn plan(&self) -> Plan {
        let text = self.toml();
        match Plan::parse("random.toml", &text) {
            Ok(parsed) => parsed.plan,
            Err(diagnostics) => panic!("{diagnostics}\n{text}"),
        }
    }

    pub(super) fn company(&self) -> Sketch {
        let mut company = Sketch::new();
        for (number, (sponsor, standing)) in self.people.iter().enumerate() {
            let sponsor = (number > 0).then(|| name(sponsor.index(number)));
            company.partner(&name(number), sponsor.as_deref()).expect("new");
            company.standing(&name(number), *standing).expect("known");
        }
        company
    }

    /// Every period with the company as it was reckoned, and what was bought.
    pub(super) fn periods(&self) -> Vec<(Reckoned, i64)> {
        let plan = self.plan();
        let mut company = self.company();
        let mut periods = Vec::new();
        for bought in &self.bought {
            for (who, minor, customer) in bought {
                let (who, sum) = (name(who.index(self.people.len())), Money::from_minor(*minor).to_string());
                if *customer { company.customer_buys(&who, &sum) } else { company.buys(&who, &sum) }
                    .expect("known");
            }
            let reckoned = company.reckon(&plan).expect("a sound company");
            company = company.next_period(&reckoned);
            periods.push((reckoned, bought.iter().map(|(_, minor, _)| minor).sum()));
        }
        periods
    }

    pub(super) fn without_caps(&self) -> Self {
        let rules = self.rules.iter().map(|rule| RuleSpec { cap: None, ..rule.clone() }).collect();
        Self { company: None, partner: None, rules, ..self.clone() }
    }
}

pub(super) fn name(number: usize) -> String {
    format!("p{number}")
}

pub(super) fn floor(base: i64, ppm: u32) -> i64 {
    i64::try_from(i128::from(base) * i128::from(ppm) / 1_000_000).expect("small")
}

pub(super) fn mode() -> impl Strategy<Value = &'static str> {
    prop::sample::select(MODES.to_vec())
}

pub(super) fn rule() -> impl Strategy<Value = RuleSpec> {
    let within = prop::sample::select(vec!["pro_rata", "tail"]);
    let cap = prop::option::of((1u32..150_000, within, any::<bool>()));
    let rates = prop::collection::vec(1u32..100_000, 1..=3);
    (any::<bool>(), rates, any::<bool>(), prop::option::of(1u32..4), cap).prop_map(
        |(close, rates, pay_self, priority, cap)| RuleSpec { close, rates, pay_self, priority, cap },
    )
}

pub(super) fn world() -> impl Strategy<Value = World> {
    let company = prop::option::of((1u32..300_000, mode(), prop::bool::weighted(0.8), any::<bool>()));
    let partner = prop::option::of((1i64..3_000, mode(), any::<bool>()));
    let standing =
        prop_oneof![6 => Just(Standing::Active), 1 => Just(Standing::Inactive), 1 => Just(Standing::Held)];
    let people = prop::collection::vec((any::<prop::sample::Index>(), standing), 1..8);
    let minor = prop_oneof![1i64..40, 1i64..20_000];
    let buys = (any::<prop::sample::Index>(), minor, prop::bool::weighted(0.2));
    let bought = prop::collection::vec(prop::collection::vec(buys, 0..6), 1..4);
    (prop::collection::vec(rule(), 1..=3), company, partner, people, bought).prop_map(
        |(rules, company, partner, people, bought)| World { rules, company, partner, people, bought },
    )
}
