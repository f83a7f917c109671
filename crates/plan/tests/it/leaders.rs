//! Rules that count leaders: `generation`, `infinity`, `breakaway`.

mod breakaway;
mod generation;
mod infinity;
mod large;
mod mistakes;
mod model;
mod walks;
mod watched;

use domain::money::Money;
use domain::network::Standing;
use plan::close::{Seat, Source, Why};
use plan::sketch::{Goods, Sketch};
use plan::{Parsed, Plan};

use crate::common::HEAD;

/// A company by names.
pub(crate) struct Company {
    sketch: Sketch,
    names: Vec<String>,
}

/// One line of people, the top first: `name`, `name:rank`, `name:rank!` inactive, `name:rank?` on hold.
fn line_of(people: &str) -> Company {
    let mut company = Company { sketch: Sketch::new(), names: Vec::new() };
    let mut sponsor: Option<String> = None;
    for person in people.split_whitespace() {
        sponsor = Some(company.add(person, sponsor.as_deref()));
    }
    company
}

impl Company {
    fn add(&mut self, person: &str, sponsor: Option<&str>) -> String {
        let bare = person.trim_end_matches(['!', '?']);
        let (name, rank) = bare.split_once(':').unwrap_or((bare, ""));
        self.sketch.partner(name, sponsor).expect("a new name under a known one");
        if !rank.is_empty() {
            self.sketch.rank(name, rank).expect("known");
        }
        let standing = match person.chars().last() {
            Some('!') => Standing::Inactive,
            Some('?') => Standing::Held,
            _ => Standing::Active,
        };
        self.sketch.standing(name, standing).expect("known");
        self.names.push(name.to_owned());
        name.to_owned()
    }

    /// Adds one under another.
    fn under(mut self, sponsor: &str, person: &str) -> Self {
        self.add(person, Some(sponsor));
        self
    }

    fn buys(mut self, name: &str, sum: &str) -> Self {
        self.sketch.buys(name, sum).expect("known");
        self
    }

    /// Buys with a margin of 40 %: the base of the published examples.
    fn buys_at_forty(mut self, name: &str, sum: i64) -> Self {
        let goods = Goods {
            price: Money::from_minor(sum * 100),
            cost: Money::from_minor(sum * 60),
            points: domain::catalog::Volume(0),
        };
        self.sketch.bought(name, false, goods).expect("known");
        self
    }

    fn name(&self, seat: Seat) -> &str {
        &self.names[seat.place()]
    }

    /// What the period gives: `earner@level<source amount`.
    fn lines(&self, plan: &Plan) -> Vec<String> {
        let reckoned = self.sketch.reckon(plan).expect("sound");
        let line = |line: &plan::close::Line| {
            let Source::Partner(source) = line.source else { panic!("of a partner") };
            assert_eq!(line.raw, line.paid, "no cap cuts");
            format!("{}@{}<{} {}", self.name(line.earner), line.level, self.name(source), line.paid)
        };
        reckoned.period.lines.iter().map(line).collect()
    }

    /// What is reckoned and not paid: `partner amount`.
    fn unpaid(&self, plan: &Plan) -> Vec<String> {
        let reckoned = self.sketch.reckon(plan).expect("sound");
        let part = |part: &plan::close::Unpaid| {
            let partner = part.partner.map_or("nobody", |seat| self.name(seat));
            format!("{partner} {:?} {}", part.reason, part.amount)
        };
        reckoned.period.unpaid.iter().map(part).collect()
    }

    /// Why somebody does not get more: source, level, reason.
    fn notes(&self, plan: &Plan, watched: &str) -> Vec<(String, u16, Why)> {
        let reckoned = self.sketch.reckon_watching(plan, Some(watched)).expect("sound");
        let notes = reckoned.period.notes.into_iter().map(|note| {
            let Source::Partner(source) = note.source else { panic!("of a partner") };
            (self.name(source).to_owned(), note.level.expect("a level"), note.why)
        });
        notes.collect()
    }
}

/// A plan of ranks, low to high, and one rule.
fn rule(ranks: &str, kind: &str, keys: &str) -> Plan {
    let ranks: Vec<String> = ranks.split_whitespace().map(|rank| format!("\"{rank}\"")).collect();
    let ranks = ranks.join(", ");
    let base = if keys.contains("base =") { "" } else { "base = \"turnover\"\n" };
    parsed(&format!("ranks = [{ranks}]\n[[rules]]\nid = \"rule\"\nkind = \"{kind}\"\n{base}{keys}\n")).plan
}

fn parsed(rest: &str) -> Parsed {
    let text = format!("{HEAD}{rest}");
    Plan::parse("test.toml", &text).unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"))
}

/// What the rule may cost at most, as a share of turnover.
fn worst(plan: &Plan) -> String {
    let cases = plan::check::worst_case(plan, domain::money::Rate::from_ppm(400_000));
    cases.last().expect("a rule").raw_of_turnover.to_string()
}
