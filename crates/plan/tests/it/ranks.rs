//! Ranks: who is paid as which, from everyone's volumes and people.

mod conditions;
mod laws;
mod legs;
mod model;
mod next;
mod over_time;
mod people;
mod roll_up;
mod speed;

use plan::Plan;
use plan::close::{Qualified, Seat};
use plan::sketch::{Reckoned, Sketch, SketchError};

type Result = std::result::Result<(), SketchError>;

/// A plan with these keys at its head and these ranks, which pays a trifle by level.
fn plan(head: &str, ranks: &str) -> Plan {
    crate::common::plan(&format!(
        "{head}\n{ranks}\n[[rules]]\nid = \"levels\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"1%\"]\ncompression = \"none\"\n"
    ))
}

/// A plan of one rank, `star`, measured in roubles.
fn star(conditions: &str) -> Plan {
    plan("qualify_by = \"turnover\"", &format!("[[ranks]]\nname = \"star\"\n{conditions}"))
}

/// Anna and, under her, her first line.
fn first_line(names: &[&str]) -> std::result::Result<Sketch, SketchError> {
    let mut company = Sketch::new();
    company.partner("anna", None)?;
    for name in names {
        company.partner(name, Some("anna"))?;
    }
    Ok(company)
}

/// How the one sketched at a place stands.
fn stands(reckoned: &Reckoned, place: usize) -> Qualified {
    reckoned.qualified[Seat::new(place)].clone()
}

/// The rank of Anna, who is sketched everywhere.
fn anna(company: &Sketch, plan: &Plan) -> std::result::Result<Option<String>, SketchError> {
    Ok(company.reckon(plan)?.paid_as("anna").map(str::to_owned))
}

fn is_star(company: &Sketch, conditions: &str) -> std::result::Result<bool, SketchError> {
    Ok(anna(company, &star(conditions))?.is_some())
}
