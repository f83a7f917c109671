//! `award`: a thing, once, for so many active buyers in the first line.
//!
//! A partner who is active and not on hold gets it when at least `count` of those whom he sponsors (in the
//! tree as it is, before any roll-up) are active at the end of the period and bought goods for themselves in
//! it. With `products` only those goods count; what was given back does not. Buyers count, never
//! sign-ups: nothing is given for joining. Once in a partner's life; one who is inactive or on hold loses
//! nothing, and gets it in a period in which he has the buyers.
//!
//! It is a thing, not a share of what is sold, so the worst case of a plan does not count it.
//!
//! Source: the second plan of the company: twelve people in the first line - a gift.
//!
//! # Worked example
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let text = r#"
//! name = "gift"
//! title = { ru = "Подарок", en = "A gift" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//!
//! [[rules]]
//! id = "gauge"
//! kind = "award"
//! count = 2
//! item = { ru = "Компрессометр", en = "A compression gauge" }
//! "#;
//! let plan = Plan::parse("gift.toml", text)?.plan;
//! let mut company = Sketch::new();
//! company.partner("anna", None)?.partner("boris", Some("anna"))?.partner("vera", Some("anna"))?;
//! company.buys("boris", "100")?;
//! assert!(company.reckon(&plan)?.period.awards.is_empty(), "one buyer of two");
//! company.buys("vera", "100")?;
//! let march = company.reckon(&plan)?;
//! let items: Vec<String> = march.period.awards.iter().map(|given| given.item.to_string()).collect();
//! assert_eq!(items, ["A compression gauge"]);
//! let mut april = company.next_period(&march);
//! april.buys("boris", "100")?.buys("vera", "100")?;
//! assert!(april.reckon(&plan)?.period.awards.is_empty(), "once in a life");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use domain::lang::Text;
use domain::network::Standing;

use crate::close::{Awarded, Carry, Close, Ground, PerSeat, Seat, Source, Tally, Volumes, Why};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "award";

/// The terms of an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// How many of the first line must be active and have bought goods.
    pub count: u32,
    /// What is given.
    pub item: Text,
}

impl Award {
    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let buyers = buyers_in_first_lines(close, rule);
        for (seat, buyers) in buyers.iter() {
            let given = close.facts.carried.of(Some(&rule.id), Some(seat), Carry::Given) != 0;
            let why = self.why_not(close.facts.people[seat].standing, given, *buyers);
            if given || why.is_none() {
                tally.carried.put(Some(&rule.id), Some(seat), Carry::Given, 1);
            }
            if let Some(why) = why {
                tally.note(rule, seat, Ground { source: Source::Reached, level: 1 }, why);
            } else {
                let item = self.item.clone();
                tally.awards.push(Awarded { rule: rule.id.clone(), earner: seat, item });
            }
        }
    }

    fn why_not(&self, standing: Standing, given: bool, has: u32) -> Option<Why> {
        match standing {
            _ if given => Some(Why::Already),
            _ if has < self.count => {
                Some(Why::TooLittle { needs: i64::from(self.count), has: i64::from(has) })
            }
            Standing::Inactive => Some(Why::Inactive),
            Standing::Held => Some(Why::Held),
            Standing::Active => None,
        }
    }
}

/// How many of everyone's first line are active and bought goods for themselves.
fn buyers_in_first_lines(close: &Close<'_>, rule: &Rule) -> PerSeat<u32> {
    let bought = Volumes::of_rule(close.plan, rule, close.facts).own;
    let mut buyers = PerSeat::filled(0_u32, bought.len());
    let counts = |seat: Seat| bought[seat] > 0 && close.facts.people[seat].standing != Standing::Inactive;
    for seat in bought.seats().filter(|seat| counts(*seat)) {
        if let Some(sponsor) = close.sponsors.parent(seat) {
            buyers[sponsor] = buyers[sponsor].saturating_add(1);
        }
    }
    buyers
}
