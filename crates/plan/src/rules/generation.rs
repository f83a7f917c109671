//! `generation`: rates by depth counted over leaders only.
//!
//! From everyone who has volume the walk goes up the period's copy of the tree, after the roll-up. The
//! one whose volume it is is not passed. Each leader met begins the next generation: the first leader
//! above stands at generation 1, the second at 2, whoever stands between them. The leader of generation
//! g earns
//!
//! ```text
//! base x rate[his rank][g - first_generation + 1]
//! ```
//!
//! rounded once; below `first_generation` and after the last rate nothing is paid. Volume of everyone
//! below counts, that of leaders included: generation g of a leader holds everybody for whom he is the
//! g-th leader above. Two leaders directly one under the other are two generations.
//!
//! Who is a leader: with `boundary = "gold"` those paid as gold or above. With `boundary = "same_rank"`
//! each earner has leaders of his own: those paid as his rank or above it. Then his generation is one
//! more than the number of such people strictly between him and the one whose volume it is, and the same
//! volume may pay generation 1 once for every rank. Who has no rank is no leader.
//!
//! A leader who is inactive begins his generation, and nobody is paid for it. With
//! `inactive_bounds = false` he is passed as if he were no leader; with `empty_generation_counts = true`
//! beside it the generation that he leaves empty uses up its number all the same. One whose earnings are
//! on hold is a leader like any other.
//!
//! Sources: the generation calculator of mlmforge and its tests (`threshold_rank`, `same_rank`,
//! `ineligible_creates_boundary`, `empty_generation_consumes_number`); the override bonus of Praxigento's
//! hybrid plan, which pays from generation 2.
//!
//! # Example
//!
//! Alice and Dave are directors; Eve buys for 1000.00 under Dave. Dave is the first leader above her,
//! Alice the second; Bob and Carol between them are none.
//!
//! ```
//! use plan::{Plan, sketch::Sketch};
//!
//! let plan = Plan::parse("plan.toml", r#"
//! name = "leaders"
//! title = { ru = "Лидеры", en = "Leaders" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//! ranks = ["associate", "director"]
//!
//! [[rules]]
//! id = "generations"
//! kind = "generation"
//! base = "turnover"
//! rates = ["10%", "7%", "5%"]
//! boundary = "director"
//! "#).expect("a plan").plan;
//! let mut company = Sketch::new();
//! company.chain(&["Alice", "Bob", "Carol", "Dave", "Eve"])?;
//! company.rank("Alice", "director")?.rank("Dave", "director")?.buys("Eve", "1000.00")?;
//! let reckoned = company.reckon(&plan)?;
//! assert_eq!(reckoned.earned("Dave").to_string(), "100.00");
//! assert_eq!(reckoned.earned("Alice").to_string(), "70.00");
//! assert_eq!(reckoned.totals().len(), 2);
//! # Ok::<(), plan::sketch::SketchError>(())
//! ```

use domain::money::{Money, Rate};

use crate::close::uplines::{Above, is_inactive, is_of};
use crate::close::{Close, Ground, How, Seat, Source, Tally, Why};
use crate::rates::Rates;
use crate::rules::Rule;

/// The word of the language.
pub(crate) const NAME: &str = "generation";

/// The terms of a generation bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Rates by generation from the first that pays, the same for everyone or by rank.
    pub rates: Rates,
    /// The generation that the first rate is for, from 1; those nearer pay nothing.
    pub first_generation: u16,
    /// Who is a leader.
    pub boundary: Boundary,
    /// Whether a generation that an inactive leader leaves empty uses up its number where he does not
    /// begin it.
    pub empty_generation_counts: bool,
    /// Whether a leader who may not earn still begins a generation.
    pub inactive_bounds: bool,
}

/// Who begins a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Boundary {
    /// Those of these ranks: the one named and all above it.
    Ranks(Vec<String>),
    /// For each earner those of his own rank and above; all ranks of the plan, low to high.
    SameRank(Vec<String>),
}

/// The tree as those of one rank see it, or everybody.
struct View<'b> {
    /// Who earns by this view: those of one rank; `None` for all leaders.
    earners: Option<&'b str>,
    /// The ranks of leaders.
    leaders: &'b [String],
    above: Above,
}

impl Generation {
    /// The most that is paid of any volume, in parts per million. With leaders of every rank on one way
    /// up, those of the lowest nearest, each rank takes all its generations.
    pub fn most_ppm(&self) -> i128 {
        let sum = |rates: &[Rate]| -> i128 { rates.iter().map(|rate| i128::from(rate.ppm())).sum() };
        match (&self.boundary, &self.rates) {
            (Boundary::Ranks(_), rates) => {
                sum(&(1..=rates.levels()).map(|level| rates.greatest(level)).collect::<Vec<_>>())
            }
            (Boundary::SameRank(ranks), Rates::List(rates)) => ranks.iter().map(|_| sum(rates)).sum(),
            (Boundary::SameRank(_), Rates::Table(table)) => table.iter().map(|(_, rates)| sum(rates)).sum(),
        }
    }

    /// Runs the rule over a period.
    pub(crate) fn run(&self, close: &Close<'_>, rule: &Rule, tally: &mut Tally) {
        let views = self.views(close);
        let watched = tally.watched.map(|seat| (seat, close.rolled.tree.below(seat)));
        for (source, base) in close.personal_base(rule).iter().filter(|(_, base)| base.is_positive()) {
            for view in &views {
                self.walk(view, source, *base, (close, rule, tally));
            }
            if let Some((seat, below)) = &watched
                && below[source]
            {
                self.note_unmet(&views, source, *seat, (close, rule, tally));
            }
        }
    }

    fn views(&self, close: &Close<'_>) -> Vec<View<'_>> {
        match &self.boundary {
            Boundary::Ranks(ranks) => vec![self.view(None, ranks, close)],
            Boundary::SameRank(ranks) => {
                let leaders = |place: usize| ranks.get(place..).unwrap_or_default();
                let seen = ranks.iter().enumerate();
                seen.map(|(place, rank)| self.view(Some(rank), leaders(place), close)).collect()
            }
        }
    }

    fn view<'b>(&self, earners: Option<&'b str>, leaders: &'b [String], close: &Close<'_>) -> View<'b> {
        let inactive_count = self.inactive_bounds || self.empty_generation_counts;
        let counts = |seat| is_of(close, leaders, seat) && (inactive_count || !is_inactive(close, seat));
        let counted = close.facts.people.seats().map(counts).collect();
        View { earners, leaders, above: Above::new(&close.rolled.tree, counted) }
    }

    /// The last generation that pays.
    fn last(&self) -> u16 {
        self.first_generation.saturating_add(self.rates.levels()).saturating_sub(1)
    }

    fn walk(
        &self,
        view: &View<'_>,
        source: Seat,
        base: Money,
        (close, rule, tally): (&Close<'_>, &Rule, &mut Tally),
    ) {
        for (generation, leader) in (1..=self.last()).zip(view.above.of(source)) {
            let rank = close.rank(leader);
            if view.earners.is_some() && view.earners != rank {
                continue;
            }
            let ground = Ground { source: Source::Partner(source), level: generation };
            let Some(past) = generation.checked_sub(self.first_generation) else {
                tally.note(rule, leader, ground, Why::TooNear);
                continue;
            };
            match self.rates.at(past + 1, rank) {
                Some(rate) => {
                    tally.earn(close, rule, leader, ground, base, How::Rate(rate));
                }
                None => tally.note(rule, leader, ground, Why::BelowRank),
            }
        }
    }

    /// Notes why the watched one was not met above a source, where he was not.
    fn note_unmet(
        &self,
        views: &[View<'_>],
        source: Seat,
        watched: Seat,
        (close, rule, tally): (&Close<'_>, &Rule, &mut Tally),
    ) {
        let rank = close.rank(watched);
        let view = views.iter().find(|view| view.earners.is_none() || view.earners == rank);
        let (generation, why) = match view.filter(|view| is_of(close, view.leaders, watched)) {
            None => (0, Why::BelowRank),
            Some(view) if !view.above.counts(watched) => (0, Why::Inactive),
            Some(view) => (view.above.between(source, watched).saturating_add(1), Why::TooFar),
        };
        if generation == 0 || generation > u32::from(self.last()) {
            let level = u16::try_from(generation).unwrap_or(u16::MAX);
            tally.note(rule, watched, Ground { source: Source::Partner(source), level }, why);
        }
    }
}
