//! The first step of a close: everyone's volumes, and as which rank he is paid.
//!
//! Everyone is judged deepest first over the tree after the roll-up, so that the ranks of all below him
//! are known. Ranks are tried from the highest down; he is paid as the first whose conditions hold all
//! together:
//!
//! ```text
//! personal  = own purchases + those of outside customers he brought + what rolled up to him
//! frontline = personal + sum of personal over the first line
//! group     = personal + sum of group over the first line, less the groups that broke away
//! paid_as   = what staff gave, exactly; else the highest rank that is reached, or kept
//! highest   = the higher of paid_as and the highest before
//! ```
//!
//! A rank is kept, by `keep` instead of its own conditions, by one who was paid as this rank or a higher
//! one in the period before. A rank that staff gave and that the plan does not know overrides nothing.
//!
//! The form of three legs, of which the two largest are measured before the roll-up and the rest after
//! it, and of the small volume of one's own beside the volume of the first line, is that of the published
//! program of a company of this kind (`praxigento/mobi_mod_bonus_hybrid`, second compression).
//!
//! # Example
//!
//! ```
//! use plan::{Lang, Plan, explain, sketch::Sketch};
//!
//! let text = r#"
//! name = "ranks"
//! title = { ru = "Ранги", en = "Ranks" }
//! currency = "RUB"
//! time_zone = "Europe/Moscow"
//! effective = "paid_at"
//! hold_days = 14
//! qualify_by = "turnover"
//! roll_up = { below = "100" }
//!
//! [[ranks]]
//! name = "manager"
//! unrolled_volume = "100"
//! frontline_volume = "750"
//!
//! [[ranks]]
//! name = "director"
//! unrolled_volume = "100"
//! people = [{ rank = "manager", count = 2, separate_legs = true }]
//! keep = { people = [{ rank = "manager", count = 1 }] }
//!
//! [[rules]]
//! id = "levels"
//! kind = "level"
//! base = "turnover"
//! rates = ["5%"]
//! compression = "none"
//! "#;
//! let plan = Plan::parse("ranks.toml", text)?.plan;
//!
//! let mut company = Sketch::new();
//! company.chain(&["anna", "boris", "vera"])?.partner("galina", Some("anna"))?;
//! company.buys("anna", "100")?.buys("boris", "700")?.buys("galina", "750")?;
//! company.buys("vera", "50")?; // below 100, so it rolls up to Boris: 750 with his own 700
//!
//! let march = company.reckon(&plan)?;
//! assert_eq!(march.paid_as("boris"), Some("manager"));
//! assert_eq!(march.paid_as("galina"), Some("manager"));
//! assert_eq!(march.paid_as("anna"), Some("director")); // two managers in separate legs
//!
//! let next = company.missing(&plan, "boris")?.expect("there is a rank above manager");
//! assert_eq!(explain::next_rank(&plan, &next, Lang::En), [
//!     "what is missing for rank director:",
//!     "legs with a partner of rank manager or above at any depth: 2 needed, 0 there, 2 missing",
//! ]);
//!
//! let mut april = company.next_period(&march);
//! april.buys("anna", "100")?.buys("boris", "750")?;
//! assert_eq!(april.reckon(&plan)?.paid_as("anna"), Some("director")); // one manager keeps it
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod conditions;
mod legs;
mod next;
mod people;
mod tenure;
mod volumes;

use super::Close;
use super::seats::{PerSeat, Seat};
use crate::ladder::Measure;
use crate::rank::Rank;

pub use conditions::{Condition, Leg, Requirement};
pub use next::NextRank;

pub(super) use next::next;

use legs::LegSums;
use people::PeopleBelow;
use volumes::Groups;

/// How one partner stands in a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Qualified {
    /// His own purchases and his customers', with what rolled up to him, in the plan's unit of
    /// qualification (kopecks, or hundredths of a point).
    pub personal: i64,
    /// The same before the roll-up.
    pub unrolled: i64,
    /// What outside customers whom he brought bought.
    pub customers: i64,
    /// Personal, and that of his first line.
    pub frontline: i64,
    /// Personal, and that of everyone below him whose group has not broken away.
    pub group: i64,
    /// As which rank he is paid, by its place among the plan's ranks from 0.
    pub paid_as: Option<usize>,
    /// The highest rank he ever reached, this period included.
    pub highest: Option<usize>,
}

impl Qualified {
    /// One of the measures.
    pub const fn measure(&self, measure: Measure) -> i64 {
        match measure {
            Measure::Personal => self.personal,
            Measure::Unrolled => self.unrolled,
            Measure::Customers => self.customers,
            Measure::Frontline => self.frontline,
            Measure::Group => self.group,
        }
    }
}

/// Evaluates everyone, those deepest first.
pub(crate) fn qualify(close: &Close<'_>) -> PerSeat<Qualified> {
    let mut survey = Survey::new(close);
    for seat in close.rolled.tree.upward() {
        let rank = survey.rank_of(seat);
        survey.settle(seat, rank);
    }
    survey.stands
}

/// What is known of everyone while ranks are found, those deepest first.
struct Survey<'c, 'f> {
    close: &'c Close<'f>,
    /// Complete for who is settled; of the others all but the group volume and the ranks.
    stands: PerSeat<Qualified>,
    groups: Groups,
    legs: LegSums,
    people: PeopleBelow,
}

impl<'c, 'f> Survey<'c, 'f> {
    /// Everything that no rank has a part in.
    fn new(close: &'c Close<'f>) -> Self {
        let stands = volumes::measured(close);
        let groups = Groups::new(close);
        let legs = LegSums::new(close, &stands);
        let people = PeopleBelow::new(close.plan.ranks(), stands.len());
        Self { close, stands, groups, legs, people }
    }

    /// The rank somebody is paid as, once everyone below him is settled.
    fn rank_of(&self, seat: Seat) -> Option<usize> {
        self.given_by_staff(seat).or_else(|| {
            let ranks = self.close.plan.ranks().iter().enumerate();
            ranks.rev().find(|(place, rank)| self.has_reached(seat, *place, rank)).map(|(place, _)| place)
        })
    }

    /// The rank that staff gave.
    fn given_by_staff(&self, seat: Seat) -> Option<usize> {
        self.place_of(self.close.facts.people[seat].staff_rank.as_deref())
    }

    fn has_reached(&self, seat: Seat, place: usize, rank: &Rank) -> bool {
        let conditions = self.conditions(seat, place, rank);
        conditions.is_some_and(|conditions| self.requirements(seat, conditions).all(|one| one.is_met()))
    }

    /// What somebody needs for a rank: to keep it, or to reach it; `None` if only staff give it.
    fn conditions<'r>(&self, seat: Seat, place: usize, rank: &'r Rank) -> Option<&'r crate::Conditions> {
        let before = || self.place_of(self.close.facts.people[seat].paid_as_before.as_deref());
        let kept = rank.keep.as_ref().filter(|_| before().is_some_and(|before| before >= place));
        kept.or(rank.reach.as_ref())
    }

    /// Writes down a rank, and what it means for the one above.
    fn settle(&mut self, seat: Seat, rank: Option<usize>) {
        let before = self.place_of(self.close.facts.people[seat].highest_before.as_deref());
        let stands = &mut self.stands[seat];
        stands.paid_as = rank;
        stands.highest = rank.max(before);
        let added = self.groups.settle(seat, rank, stands.group);
        let above = self.close.rolled.tree.parent(seat);
        if let Some(above) = above {
            let stands = &mut self.stands[above];
            stands.group = stands.group.saturating_add(added);
        }
        self.people.settle(seat, rank, above);
    }

    fn place_of(&self, name: Option<&str>) -> Option<usize> {
        self.close.plan.ranks().iter().position(|rank| Some(rank.name.as_str()) == name)
    }
}
