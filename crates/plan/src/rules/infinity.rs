//! `infinity`: a share of unlimited depth, until a leader of the same or a higher rank.
//!
//! From everyone who has volume the walk goes up the period's copy of the tree, after the roll-up. The
//! one whose volume it is is not passed. The first `after_generation` leaders, and everyone up to them,
//! earn nothing; a leader is one of the rank `boundary` or above, active or not. Then each one whose rank
//! has a rate r above the best rate passed so far earns
//!
//! ```text
//! pays = "difference":  base x (r - best)
//! pays = "full":        base x min(r, top - sum of the rates paid so far)
//! ```
//!
//! rounded once, and r becomes the best. The top is the highest rate of the rule: nothing is paid once
//! the rates paid come to it, so however deep the tree no more than the top of any volume is paid out.
//! Who has no rate above the best is passed and the walk goes on: the same or a higher rank below him
//! ended his share of that volume. The inactive are passed and leave the best as it is; one whose
//! earnings are on hold does not, so that a hold gives nobody else his share.
//!
//! Source: the infinity bonus of Praxigento's hybrid plan, which pays the full rate after the first
//! leader; the difference is the field's commoner form.
//!
//! # Example
//!
//! The volume of 1000.00 is Vera's. Managers and above are leaders, and the nearest one, Maria, earns
//! nothing. Of those above her the director has 1 %, the president 2 %, the ambassador 4 %.
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let text = r#"
//! name = "infinity"
//! title = { ru = "Бесконечность", en = "Infinity" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//! ranks = ["manager", "director", "president", "ambassador"]
//!
//! [[rules]]
//! id = "infinity"
//! kind = "infinity"
//! base = "turnover"
//! rank_rates = { director = "1%", president = "2%", ambassador = "4%" }
//! after_generation = 1
//! boundary = "manager"
//! pays = "difference"
//! "#;
//! let plan = Plan::parse("plan.toml", text).expect("a plan").plan;
//! let mut company = Sketch::new();
//! company.chain(&["Anna", "Pavel", "Dina", "Maria", "Vera"])?;
//! company.rank("Anna", "ambassador")?.rank("Pavel", "president")?;
//! company.rank("Dina", "director")?.rank("Maria", "manager")?;
//! company.buys("Vera", "1000.00")?;
//! let reckoned = company.reckon(&plan)?;
//! let earned = ["Maria", "Dina", "Pavel", "Anna"].map(|name| reckoned.earned(name).to_string());
//! assert_eq!(earned, ["0.00", "10.00", "10.00", "20.00"]);
//!
//! // In full: 1 %, 2 %, and of the ambassador's 4 % the one that is left up to the top of 4 %.
//! let full = Plan::parse("plan.toml", &text.replace("difference", "full")).expect("a plan").plan;
//! let reckoned = company.reckon(&full)?;
//! let earned = ["Maria", "Dina", "Pavel", "Anna"].map(|name| reckoned.earned(name).to_string());
//! assert_eq!(earned, ["0.00", "10.00", "20.00", "10.00"]);
//! # Ok::<(), plan::sketch::SketchError>(())
//! ```

use domain::money::{Money, Rate};

use crate::close::uplines::{Above, Rated, is_inactive, is_of, rate_of};
use crate::close::{Close, Ground, How, Seat, Source, Tally, Why};
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "infinity";

/// The terms of an infinity bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Infinity {
    /// The rate of each rank that has one, low to high.
    pub rates: Vec<(String, Rate)>,
    /// So many leaders nearest to the volume earn nothing.
    pub after_generation: u16,
    /// The ranks that count as leaders for [`Self::after_generation`].
    pub leaders: Vec<String>,
    /// What each of them gets.
    pub pays: InfinityPays,
}

/// What a leader gets of his rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InfinityPays {
    /// His rate less the highest paid below him.
    Difference,
    /// His whole rate, while all together stay within the highest rate of the rule.
    Full,
}

/// Who is met where.
struct Uplines {
    leaders: Above,
    rated: Rated,
}

impl Infinity {
    /// The highest rate: the most that is paid of any volume.
    pub fn top(&self) -> Rate {
        self.rates.iter().map(|(_, rate)| *rate).max().unwrap_or(Rate::ZERO)
    }

    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let leads = close.facts.people.seats().map(|seat| is_of(close, &self.leaders, seat)).collect();
        let uplines = Uplines {
            leaders: Above::new(&close.rolled.tree, leads),
            rated: Rated::by_rank(close, &self.rates),
        };
        let watched = tally.watched.map(|seat| (seat, close.rolled.tree.below(seat)));
        for (source, base) in close.personal_base(rule).iter().filter(|(_, base)| base.is_positive()) {
            let asked = self.walk(&uplines, source, *base, (close, rule, tally));
            if let Some((seat, below)) = &watched
                && below[source]
                && !asked.contains(seat)
            {
                let why = self.why_not_asked(&uplines, source, *seat, &asked, close);
                tally.note(rule, *seat, ground(source), why);
            }
        }
    }

    /// Pays along one walk; returns who was asked, nearest first: one at most for each rate.
    fn walk(
        &self,
        uplines: &Uplines,
        source: Seat,
        base: Money,
        (close, rule, tally): (&Close<'_>, &Rule, &mut Tally),
    ) -> Vec<Seat> {
        let mut asked = Vec::new();
        let start = match usize::from(self.after_generation) {
            0 => Some(source),
            passed => uplines.leaders.of(source).nth(passed - 1),
        };
        let top = self.top();
        let (mut best, mut paid) = (Rate::ZERO, Rate::ZERO);
        let mut next = start.and_then(|start| uplines.rated.first_over(start, best));
        while let Some(earner) = next
            && paid < top
            && let Some(own) = uplines.rated.of(earner)
        {
            let (how, left) = match self.pays {
                InfinityPays::Difference => {
                    let left = less(own, best);
                    (How::Difference { own, done: best, left }, left)
                }
                InfinityPays::Full => {
                    let left = own.min(less(top, paid));
                    (How::Rate(left), left)
                }
            };
            tally.earn(close, rule, earner, ground(source), base, how);
            asked.push(earner);
            best = own;
            paid = Rate::from_ppm(paid.ppm() + left.ppm());
            next = uplines.rated.first_over(earner, best);
        }
        asked
    }

    /// Why one above a source was not asked.
    fn why_not_asked(
        &self,
        uplines: &Uplines,
        source: Seat,
        seat: Seat,
        asked: &[Seat],
        close: &Close<'_>,
    ) -> Why {
        if rate_of(close, &self.rates, seat).is_none() {
            return Why::BelowRank;
        }
        if is_inactive(close, seat) {
            return Why::Inactive;
        }
        if uplines.leaders.between(source, seat) < u32::from(self.after_generation) {
            return Why::TooNear;
        }
        let own = uplines.rated.of(seat);
        if asked.iter().any(|other| uplines.rated.of(*other) >= own) { Why::EndedBelow } else { Why::TooFar }
    }
}

/// There are no generations among those who earn.
fn ground(source: Seat) -> Ground {
    Ground { source: Source::Partner(source), level: 1 }
}

fn less(rate: Rate, other: Rate) -> Rate {
    Rate::from_ppm(rate.ppm().saturating_sub(other.ppm()))
}
