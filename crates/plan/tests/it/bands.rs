//! What pays by bands: `personal`, `differential`, `same_level`, `retail_margin`.

mod ceiling;
mod differential;
mod language;
mod long;
mod model;
mod month;
mod personal;
mod published;
mod retail;
mod same_level;

use plan::Plan;
use plan::close::{How, Line, Source};
use plan::sketch::{Reckoned, Sketch};

/// A company of these partners with their sponsors, each active; `-` for none.
pub(super) fn company(people: &[(&str, &str)]) -> Sketch {
    let mut company = Sketch::new();
    for (name, sponsor) in people {
        let sponsor = Some(*sponsor).filter(|sponsor| *sponsor != "-");
        company.partner(name, sponsor).expect("names are given once, sponsors first");
    }
    company
}

/// Lets everybody buy for himself.
pub(super) fn buy(company: &mut Sketch, sums: &[(&str, &str)]) {
    for (name, sum) in sums {
        company.buys(name, sum).expect("a partner and a sum");
    }
}

pub(super) fn reckon(company: &Sketch, plan: &Plan) -> Reckoned {
    company.reckon(plan).expect("a sound company")
}

/// What everyone got by a rule, in order of names: `anna 10.00`.
pub(super) fn by_rule(reckoned: &Reckoned, rule: &str) -> Vec<String> {
    let names = reckoned.totals();
    let sum = |name: &String| (name.clone(), reckoned.by_rule(rule, name));
    let got = names.keys().map(sum).filter(|(_, sum)| !sum.is_zero());
    got.map(|(name, sum)| format!("{name} {sum}")).collect()
}

/// Lines in short: `0 of 2: 5% of 200.00 = 10.00`, partners by their place in the sketch.
pub(super) fn lines(reckoned: &Reckoned, rule: &str) -> Vec<String> {
    let short = |line: &Line| {
        let Source::Partner(source) = line.source else { panic!("of a partner") };
        let rate = match line.how {
            How::Rate(rate) => rate.to_string(),
            How::Difference { own, done, left } => format!("{own} - {done} -> {left}"),
            other => panic!("{other:?}"),
        };
        assert_eq!((line.level, line.raw), (1, line.paid), "no levels, no caps");
        format!("{} of {}: {rate} of {} = {}", line.earner.place(), source.place(), line.base, line.paid)
    };
    reckoned.period.lines.iter().filter(|line| line.rule.as_str() == rule).map(short).collect()
}
