//! The differential and its floor against a plain model: walks to the root, person by person.

use domain::money::{Money, Rate, Rounding};
use domain::network::Standing;
use plan::Plan;
use plan::close::{How, Source, Why};
use plan::sketch::{Reckoned, Sketch};
use proptest::prelude::*;

use crate::common::{plan, rule};

const RATES: [u32; 5] = [0, 50_000, 100_000, 150_000, 200_000];

/// A random company and the terms.
#[derive(Debug, Clone)]
struct Case {
    /// Sponsor (by place, above), rank (0 for none), standing, kopecks bought.
    people: Vec<(Option<usize>, usize, u8, i64)>,
    pay_self: bool,
    after: bool,
    top: u32,
    floor: u32,
    counts_as_done: bool,
}

fn case() -> impl Strategy<Value = Case> {
    let person = (any::<prop::sample::Index>(), any::<bool>(), 0usize..5, 0u8..4, 0i64..40_000);
    let people = prop::collection::vec(person, 1..14).prop_map(|people| {
        let sponsor = |place: usize, index: prop::sample::Index, root: bool| {
            (place > 0 && !(root && index.index(4) == 0)).then(|| index.index(place))
        };
        people
            .into_iter()
            .enumerate()
            .map(|(place, (index, root, rank, standing, bought))| {
                (sponsor(place, index, root), rank, standing, bought)
            })
            .collect()
    });
    let tops = prop::sample::select(vec![50_000, 120_000, 150_000, 200_000]);
    let floors = prop::sample::select(vec![0, 10_000, 50_000]);
    (people, any::<bool>(), any::<bool>(), tops, floors, any::<bool>()).prop_map(
        |(people, pay_self, after, top, floor, counts_as_done)| {
            // A floor needs something done at the start.
            let floor = if pay_self || after { floor } else { 0 };
            Case { people, pay_self, after, top, floor, counts_as_done }
        },
    )
}

impl Case {
    fn plan(&self) -> Plan {
        let after = if self.after { "after = \"mine\"\n" } else { "" };
        let personal = "kind = \"personal\"\nbase = \"turnover\"\ndecided = \"close\"\nbands = [{ from = \"50\", rate = \"5%\" }, { from = \"100\", rate = \"10%\" }, { from = \"300\", rate = \"20%\" }]";
        let team = format!(
            "kind = \"differential\"\nbase = \"turnover\"\nrank_rates = {{ a = \"5%\", b = \"10%\", c = \"15%\", d = \"20%\" }}\npay_self = {}\n{after}top = \"{}\"",
            self.pay_self,
            Rate::from_ppm(self.top)
        );
        let floor = format!(
            "kind = \"same_level\"\nbase = \"turnover\"\nof = \"team\"\nrate = \"{}\"\ncounts_as_done = {}",
            Rate::from_ppm(self.floor),
            self.counts_as_done
        );
        let floor = if self.floor > 0 { rule("floor", &floor) } else { String::new() };
        plan(&format!(
            "ranks = [\"a\", \"b\", \"c\", \"d\"]\n{}{}{floor}",
            rule("mine", personal),
            rule("team", &team)
        ))
    }

    fn company(&self) -> Sketch {
        let mut company = Sketch::new();
        for (place, (sponsor, rank, standing, bought)) in self.people.iter().enumerate() {
            let (name, sponsor) = (place.to_string(), sponsor.map(|sponsor| sponsor.to_string()));
            company.partner(&name, sponsor.as_deref()).expect("sponsors come first");
            if *rank > 0 {
                company.rank(&name, ["a", "b", "c", "d"][rank - 1]).expect("known");
            }
            let standing = match standing {
                0 => Standing::Inactive,
                1 => Standing::Held,
                _ => Standing::Active,
            };
            company.standing(&name, standing).expect("known");
            company.buys(&name, &Money::from_minor(*bought).to_string()).expect("known");
        }
        company
    }

    /// Rule, earner, source, rate: whatever somebody would be paid if he is not held.
    fn expected(&self) -> Vec<(&'static str, usize, usize, u32)> {
        let mut team = Vec::new();
        let mut floors = Vec::new();
        let inactive = |place: usize| self.people[place].2 == 0;
        let own = |place: usize| RATES[self.people[place].1].min(self.top);
        for (source, (sponsor, _, _, bought)) in self.people.iter().enumerate() {
            let personal = [(30_000, 200_000), (10_000, 100_000), (5_000, 50_000)];
            let personal = personal.into_iter().find(|(from, _)| bought >= from).map_or(0, |(_, rate)| rate);
            let mut done = if self.after { personal } else { 0 };
            if self.pay_self && !inactive(source) && own(source) > done {
                team.push(("team", source, source, own(source) - done));
                done = own(source);
            }
            let mut above = *sponsor;
            if let Some(father) = above
                && self.floor > 0
                && done > 0
                && own(father) <= done
                && !inactive(father)
            {
                floors.push(("floor", father, source, self.floor));
                if self.counts_as_done {
                    done = done.max(self.top.min(done + self.floor));
                }
            }
            while let Some(seat) = above {
                if !inactive(seat) && own(seat) > done {
                    team.push(("team", seat, source, own(seat) - done));
                    done = own(seat);
                }
                above = self.people[seat].0;
            }
        }
        team.extend(floors);
        team
    }
}

fn given(reckoned: &Reckoned) -> Vec<(&str, usize, usize, u32, i64)> {
    let short = |line: &plan::close::Line| {
        let Source::Partner(source) = line.source else { panic!("of a partner") };
        let rule = if line.rule.as_str() == "team" { "team" } else { "floor" };
        let rate = line.how.rate().expect("a rate");
        if let How::Difference { own, done, left } = line.how {
            assert!(left.ppm() <= own.ppm() - done.ppm(), "no more than the difference");
        }
        (rule, line.earner.place(), source.place(), rate.ppm(), line.paid.minor())
    };
    reckoned.period.lines.iter().filter(|line| line.rule.as_str() != "mine").map(short).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_random_company_is_paid_as_the_model_says(case in case()) {
        let (plan, company) = (case.plan(), case.company());
        let reckoned = company.reckon(&plan).expect("sound");
        let amount = |source: usize, rate: u32| {
            Rate::from_ppm(rate).of(Money::from_minor(case.people[source].3), Rounding::HalfUp).minor()
        };
        let all: Vec<_> = case.expected().into_iter().map(|(rule, earner, source, rate)| (rule, earner, source, rate, amount(source, rate))).filter(|line| line.4 > 0).collect();
        let (held, paid): (Vec<_>, Vec<_>) = all.into_iter().partition(|line| case.people[line.1].2 == 1);
        prop_assert_eq!(given(&reckoned), paid);
        let held: i64 = held.iter().map(|line| line.4).sum();
        let unpaid = reckoned.period.unpaid.iter().filter(|part| part.rule.as_ref().is_some_and(|rule| rule.as_str() != "mine"));
        prop_assert_eq!(unpaid.map(|part| part.amount.minor()).sum::<i64>(), held);
    }

    #[test]
    fn everyone_above_a_source_is_paid_or_told_why_not(case in case(), who in any::<prop::sample::Index>()) {
        let (plan, company) = (case.plan(), case.company());
        let watched = who.index(case.people.len());
        let reckoned = company.reckon_watching(&plan, Some(&watched.to_string())).expect("sound");
        for (source, person) in case.people.iter().enumerate().filter(|(_, person)| person.3 > 0) {
            let mut above = if case.pay_self { Some(source) } else { person.0 };
            while let Some(seat) = above.filter(|seat| *seat != watched) {
                above = case.people[seat].0;
            }
            let of_source = |of: Source| of == Source::Partner(plan::close::Seat::new(source));
            let lines = reckoned.period.lines.iter().filter(|line| line.rule.as_str() == "team" && line.earner.place() == watched && of_source(line.source)).count();
            let notes: Vec<&Why> = reckoned.period.notes.iter().filter(|note| note.rule.as_str() == "team" && of_source(note.source)).map(|note| &note.why).collect();
            prop_assert_eq!(lines + notes.len(), usize::from(above.is_some()), "{} of {}: {:?}", watched, source, notes);
            for why in notes {
                match why {
                    Why::NoDifference { own, done } => prop_assert!(own <= done),
                    Why::Inactive => prop_assert_eq!(case.people[watched].2, 0),
                    Why::Held => prop_assert_eq!(case.people[watched].2, 1),
                    Why::RoundsToZero => prop_assert!(person.3 < 10_000),
                    other => prop_assert!(false, "{:?}", other),
                }
            }
        }
    }
}
