//! Rules that pay on earnings and on what one has reached: `matching`, `pool`, `rank_advance`, `award`.

mod award;
mod cost;
mod facts;
mod language;
mod matching;
mod pool;
mod rank_advance;

use plan::Plan;
use plan::close::{Note, UnpaidReason, Why};
use plan::sketch::{Reckoned, Sketch};

use crate::common::plan;

/// A plan of three ranks and these rules.
fn ranked(rules: &str) -> Plan {
    plan(&format!("ranks = [\"member\", \"silver\", \"gold\"]\n{rules}"))
}

/// What each of these earns by a rule.
fn paid<const N: usize>(reckoned: &Reckoned, rule: &str, names: [&str; N]) -> [String; N] {
    names.map(|name| reckoned.by_rule(rule, name).to_string())
}

/// What is not paid: why, of whom by his place in the sketch, how much.
fn unpaid(reckoned: &Reckoned) -> Vec<(UnpaidReason, Option<usize>, String)> {
    let short = |part: &plan::close::Unpaid| {
        (part.reason, part.partner.map(plan::close::Seat::place), part.amount.to_string())
    };
    reckoned.period.unpaid.iter().map(short).collect()
}

/// Why somebody gets nothing by a rule: level and reason.
fn notes(company: &Sketch, plan: &Plan, rule: &str, name: &str) -> Vec<(Option<u16>, Why)> {
    let reckoned = company.reckon_watching(plan, Some(name)).expect("sound");
    let of_rule = |note: Note| (note.rule.as_str() == rule).then_some((note.level, note.why));
    reckoned.period.notes.into_iter().filter_map(of_rule).collect()
}

fn reckon(company: &Sketch, plan: &Plan) -> Reckoned {
    company.reckon(plan).expect("sound")
}
