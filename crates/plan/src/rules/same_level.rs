//! `same_level`: a floor from those below whose percentage leaves one no difference.
//!
//! For the volume of one partner, the source: if the first one above him reaches no higher in the named
//! [`Differential`] than what is done of that volume already, he earns `base x rate`. What is done is
//! where the differential begins: the percentage of its `after` rule, or with `pay_self` the source's
//! own. It is the courtesy bonus of `praxigento/mobi_mod_bonus_hybrid`.
//!
//! - The base of a source is his own purchases and his customers', with what rolled up to him; the first
//!   one above is found after the roll-up.
//! - It takes a source who reached something: nothing is paid on one of whom nothing is done.
//! - Also one with no percentage at all earns it. The inactive do not, and nobody does instead of them.
//! - It is paid in full also where everything is done already, as of a source who is at the top himself.
//! - With `counts_as_done`, unless said otherwise, those further above earn only what is beyond it in
//!   the differential; a floor that an inactive partner does not get counts for nothing.
//!
//! # Example
//!
//! Boris and Vera are both at 10 %, so Boris has a floor of 5 % of Vera's 200; of her 20 % there are
//! 10 % her own and 5 % done by the floor, so 5 % are left for Anna.
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let plan = Plan::parse("courtesy.toml", r#"
//! name = "courtesy"
//! title = { ru = "Командный бонус", en = "Team bonus" }
//! currency = "RUB"
//! time_zone = "UTC"
//! effective = "paid_at"
//! hold_days = 14
//!
//! [[rules]]
//! id = "personal"
//! kind = "personal"
//! decided = "close"
//! base = "turnover"
//! bands = [{ from = "50", rate = "5%" }, { from = "100", rate = "10%" }]
//!
//! [[rules]]
//! id = "team"
//! kind = "differential"
//! base = "turnover"
//! after = "personal"
//! by = "frontline_volume"
//! bands = [{ from = "50", rate = "10%" }, { from = "750", rate = "20%" }]
//!
//! [[rules]]
//! id = "courtesy"
//! kind = "same_level"
//! base = "turnover"
//! of = "team"
//! rate = "5%"
//! "#).unwrap().plan;
//!
//! let mut company = Sketch::new();
//! company.chain(&["anna", "boris", "vera"])?;
//! company.buys("anna", "700.00")?.buys("boris", "100.00")?.buys("vera", "200.00")?;
//! let month = company.reckon(&plan)?;
//! assert_eq!(month.by_rule("courtesy", "boris"), "10.00".parse()?);
//! assert_eq!(month.by_rule("team", "boris"), "0.00".parse()?);
//! // 10 % of Boris's 100 and 5 % of Vera's 200.
//! assert_eq!(month.by_rule("team", "anna"), "20.00".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Differential`]: super::Differential

use domain::accrual::RuleId;
use domain::money::Rate;

use super::differential::{Stairs, leaves_nothing};
use crate::close::{Close, Ground, How, Source, Tally, Why};
use crate::rules::{PeriodRule, Rule};

/// The word of the language.
pub(crate) const NAME: &str = "same_level";

/// The terms of a same-level bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameLevel {
    /// The `differential` whose difference is looked at.
    pub of: RuleId,
    /// What is paid of the volume of one in the first line who leaves no difference.
    pub rate: Rate,
    /// Whether it counts as done in the differential.
    pub counts_as_done: bool,
}

impl SameLevel {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let of = close.plan.rules().iter().find(|rule| rule.id == self.of);
        let Some(PeriodRule::Differential(differential)) = of.and_then(Rule::period_rule) else {
            return;
        };
        let stairs = Stairs::new(differential, close);
        for (source, base) in close.personal_base(rule).iter().filter(|(_, base)| base.is_positive()) {
            let Some((above, own, done)) = stairs.above(source) else { continue };
            let ground = Ground { source: Source::Partner(source), level: 1 };
            if leaves_nothing(own, done) {
                tally.earn(close, rule, above, ground, *base, How::Rate(self.rate));
            } else {
                tally.note(rule, above, ground, Why::NoFloor { own, done });
            }
        }
    }
}
