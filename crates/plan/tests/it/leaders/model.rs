//! The rules against a model that walks up step by step, over random companies and random terms.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Company, rule};

/// Who stands where: sponsor, rank from 0, standing (active, inactive, on hold), what he bought.
type Someone = (prop::sample::Index, Option<usize>, u8, i64);

const RANKS: [&str; 3] = ["low", "mid", "high"];
const RATES: [i64; 3] = [3, 5, 7];

fn people() -> impl Strategy<Value = Vec<Someone>> {
    let rank = prop_oneof![2 => Just(None), 5 => (0..3_usize).prop_map(Some)];
    let standing = prop_oneof![6 => Just(0_u8), 1 => Just(1_u8), 1 => Just(2_u8)];
    // Mostly long legs: the sponsor is often the one before.
    let someone = (any::<prop::sample::Index>(), rank, standing, 0..50_000_i64);
    prop::collection::vec(someone, 1..14)
}

/// Amounts by earner, level and source; what rounds to nothing is not there.
type Paid = BTreeMap<(usize, u16, usize), i64>;

struct Model {
    parents: Vec<Option<usize>>,
    people: Vec<Someone>,
    paid: Paid,
}

impl Model {
    fn new(people: Vec<Someone>) -> Self {
        let parent = |(place, someone): (usize, &Someone)| {
            (place > 0).then(|| if someone.3 % 3 == 0 { someone.0.index(place) } else { place - 1 })
        };
        let parents = people.iter().enumerate().map(parent).collect();
        Self { parents, people, paid: Paid::new() }
    }

    fn above(&self, place: usize) -> Vec<usize> {
        std::iter::successors(self.parents[place], |above| self.parents[*above]).collect()
    }

    fn rank(&self, place: usize) -> Option<usize> {
        self.people[place].1
    }

    fn leads(&self, place: usize, lowest: usize) -> bool {
        self.rank(place).is_some_and(|rank| rank >= lowest)
    }

    fn inactive(&self, place: usize) -> bool {
        self.people[place].2 == 1
    }

    fn sources(&self) -> Vec<(usize, i64)> {
        let bought = self.people.iter().map(|someone| someone.3).enumerate();
        bought.filter(|(_, base)| *base > 0).collect()
    }

    /// Base in kopecks, rate in percent, half up.
    fn pay(&mut self, earner: usize, level: u16, source: usize, (base, percent): (i64, i64)) {
        let amount = (base * percent + 50) / 100;
        if self.people[earner].2 == 0 && amount > 0 {
            self.paid.insert((earner, level, source), amount);
        }
    }

    fn company(&self) -> Company {
        let mut company = Company { sketch: plan::sketch::Sketch::new(), names: Vec::new() };
        for (place, (_, rank, standing, bought)) in self.people.iter().enumerate() {
            let rank = rank.map_or(String::new(), |rank| format!(":{}", RANKS[rank]));
            let mark = ["", "!", "?"][usize::from(*standing)];
            let sponsor = self.parents[place].map(|sponsor| sponsor.to_string());
            company.add(&format!("{place}{rank}{mark}"), sponsor.as_deref());
            let sum = domain::money::Money::from_minor(*bought).to_string();
            company.sketch.buys(&place.to_string(), &sum).expect("known");
        }
        company
    }

    fn agrees(&self, kind: &str, keys: &str) {
        let plan = rule("low mid high", kind, keys);
        let reckoned = self.company().sketch.reckon(&plan).expect("sound");
        let lines = reckoned.period.lines.iter().map(|line| {
            let plan::close::Source::Partner(source) = line.source else { panic!("of a partner") };
            ((line.earner.place(), line.level, source.place()), line.paid.minor())
        });
        let listed: Vec<_> = lines.collect();
        let paid: Paid = listed.iter().copied().collect();
        assert_eq!(paid.len(), listed.len(), "one line for an earner, a level and a source");
        assert_eq!(paid, self.paid, "{kind}\n{keys}\n{:?}\n{:?}", self.parents, self.people);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn generations_are_as_counted_step_by_step(
        people in people(),
        lowest in prop::option::of(0..3_usize),
        first in 1..4_u16,
        depth in 1..4_u16,
        (bounds, empty) in any::<(bool, bool)>(),
    ) {
        let mut model = Model::new(people);
        let counts = |model: &Model, place: usize| bounds || empty || !model.inactive(place);
        for (source, base) in model.sources() {
            let above = model.above(source);
            for (distance, earner) in above.iter().enumerate() {
                let Some(rank) = model.rank(*earner) else { continue };
                let boundary = lowest.unwrap_or(rank);
                let is = |place: &usize| model.leads(*place, boundary) && counts(&model, *place);
                let nearer = above.iter().take(distance).filter(|place| is(place)).count();
                let level = u16::try_from(nearer).expect("few") + 1;
                if is(earner) && (first..first + depth).contains(&level) {
                    let percent = i64::from(10 - 2 * (level - first));
                    model.pay(*earner, level, source, (base, percent));
                }
            }
        }
        let rates: Vec<String> = (0..depth).map(|past| format!("\"{}%\"", 10 - 2 * past)).collect();
        let boundary = lowest.map_or("same_rank", |lowest| RANKS[lowest]);
        model.agrees("generation", &format!(
            "boundary = \"{boundary}\"\nrates = [{}]\nfirst_generation = {first}\ninactive_bounds = {bounds}\nempty_generation_counts = {empty}",
            rates.join(", ")
        ));
    }

    #[test]
    fn infinity_is_as_counted_step_by_step(
        people in people(),
        lowest in 0..3_usize,
        after in 0..4_usize,
        full in any::<bool>(),
    ) {
        let mut model = Model::new(people);
        for (source, base) in model.sources() {
            let (mut leaders, mut best, mut sum) = (0, 0, 0);
            for earner in model.above(source) {
                let is_passed = leaders < after;
                leaders += usize::from(model.leads(earner, lowest));
                let own = model.rank(earner).map_or(0, |rank| RATES[rank]);
                if is_passed || own <= best || model.inactive(earner) {
                    continue;
                }
                let percent = if full { own.min(7 - sum) } else { own - best };
                if percent > 0 {
                    model.pay(earner, 1, source, (base, percent));
                }
                sum += percent;
                best = own;
            }
        }
        let pays = if full { "full" } else { "difference" };
        model.agrees("infinity", &format!(
            "rank_rates = {{ low = \"3%\", mid = \"5%\", high = \"7%\" }}\npays = \"{pays}\"\nafter_generation = {after}\nboundary = \"{}\"",
            RANKS[lowest]
        ));
    }

    #[test]
    fn overrides_are_as_counted_step_by_step(
        people in people(),
        lowest in 0..3_usize,
        fixed in any::<bool>(),
        least in prop_oneof![Just(0), Just(1), Just(3)],
        generations in 0..3_usize,
    ) {
        let least = if fixed { 0 } else { least };
        let mut model = Model::new(people);
        let mut groups: BTreeMap<usize, i64> = BTreeMap::new();
        for (source, base) in model.sources() {
            let mut way = std::iter::once(source).chain(model.above(source));
            if let Some(leader) = way.find(|place| model.leads(*place, lowest)) {
                *groups.entry(leader).or_default() += base;
            }
        }
        // The lowest rank has no override.
        let rate = |model: &Model, place: usize| model.rank(place).map_or(0, |rank| [0, 5, 7][rank]);
        for (leader, base) in groups {
            let mut taken = 0_u16;
            for earner in model.above(leader) {
                let (own, done) = (rate(&model, earner), rate(&model, leader));
                if model.inactive(earner) {
                    continue;
                }
                if taken == 0 {
                    let percent = if fixed { own } else { (own - done).max(least) };
                    if own == 0 || (percent == 0 && generations == 0) {
                        continue;
                    }
                    taken = 1;
                    model.pay(earner, 1, leader, (base, percent));
                } else if usize::from(taken) <= generations && model.leads(earner, lowest) {
                    taken += 1;
                    model.pay(earner, taken, leader, (base, i64::from(4 - taken)));
                }
            }
        }
        let rates: Vec<String> = (0..generations).map(|past| format!("\"{}%\"", 2 - past)).collect();
        let mut keys = format!(
            "at_rank = \"{}\"\nmode = \"{}\"\noverride = {{ mid = \"5%\", high = \"7%\" }}\n",
            RANKS[lowest],
            if fixed { "fixed" } else { "differential" }
        );
        if least > 0 {
            keys += &format!("min_override = \"{least}%\"\n");
        }
        if generations > 0 {
            keys += &format!("generations = [{}]\n", rates.join(", "));
        }
        model.agrees("breakaway", &keys);
    }
}
