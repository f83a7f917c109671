//! The plan language: TOML in, a plan out, or every mistake with its place and what would be right.

mod amounts;
mod bands;
mod cap;
mod climb;
mod conditions;
mod diagnostics;
mod findings;
mod head;
mod idle;
mod keys;
mod laws;
mod ranks;
mod rates;
mod rule;
mod rules;
mod section;
mod sketch;
mod unlock;
mod values;
mod words;

use domain::money::Rounding;
use sha2::{Digest, Sha256};
use toml::de::DeTable;

pub use diagnostics::{Diagnostic, Diagnostics, Localized, Severity};
pub use keys::language_keys;

use crate::plan::{Effective, Plan};
use findings::Findings;
use section::Section;

/// A plan as read, with what its author should know.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The plan.
    pub plan: Plan,
    /// What is allowed but perhaps not meant.
    pub warnings: Vec<Diagnostic>,
}

const KEYS: &[&str] = &[
    "name",
    "title",
    "currency",
    "time_zone",
    "effective",
    "hold_days",
    "period",
    "rounding",
    "point_value",
    "ranks",
    "qualify_by",
    "roll_up",
    "activity",
    "cap",
    "partner_cap",
    "rules",
];

const ROUNDINGS: &[(&str, Rounding)] =
    &[("half_up", Rounding::HalfUp), ("half_even", Rounding::HalfEven), ("down", Rounding::Down)];

/// Reads a plan; finds all mistakes, not only the first.
pub(crate) fn parse(file_name: &str, text: &str) -> Result<Parsed, Diagnostics> {
    let mut findings = Findings::default();
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        findings.syntax(text, error);
    }
    let plan = if errors.is_empty() { read(text, document.get_ref(), &mut findings) } else { None };
    let (errors, warnings) = findings.into_diagnostics(file_name, text);
    match (Diagnostics::new(errors), plan) {
        (Some(diagnostics), _) => Err(diagnostics),
        (None, Some(plan)) => Ok(Parsed { plan, warnings }),
        (None, None) => unreachable!("a plan that cannot be read has at least one mistake"),
    }
}

fn read(text: &str, document: &DeTable<'_>, findings: &mut Findings) -> Option<Plan> {
    let root = Section::root(text, document, KEYS, findings);
    let name = head::name(&root, findings);
    let title = head::title(&root, findings);
    head::currency(&root, findings);
    head::period(&root, findings);
    let zone = head::zone(&root, findings);
    let effective = root
        .required("effective", "\"paid_at\"", findings)
        .and_then(|entry| values::word(entry, Effective::WORDS, &[], findings));
    let hold_days = root
        .required("hold_days", "14", findings)
        .and_then(|entry| values::whole(entry, 0..=3650, findings))
        .and_then(|days| u16::try_from(days).ok());
    let rounding = match root.get("rounding") {
        Some(entry) => values::word(entry, ROUNDINGS, &[], findings),
        None => Some(Rounding::HalfUp),
    };
    let point_value = head::point_value(&root, findings);
    let fees = head::fees(&root, findings);
    let ranks = ranks::read(&root, findings);
    let qualify_by = head::qualify_by(&root, findings);
    let roll_up = head::roll_up(&root, findings);
    let rules = rule::read_all(&root, &ranks, findings);
    let cap = cap::read(&root, &rules, findings);
    let partner_cap = cap::partner(&root, findings);
    laws::point_value_where_needed(&root, &rules, cap.as_ref(), findings);
    if findings.has_errors() {
        return None;
    }
    laws::rates_fit(&rules, cap.as_ref(), findings);
    laws::priorities_are_asked_for(&rules, cap.as_ref(), partner_cap.as_ref(), findings);
    let (cap_read, partner_cap_read) = (cap.as_ref(), partner_cap.as_ref());
    let whole = idle::Whole {
        root: &root,
        fees: &fees,
        ranks: &ranks,
        rules: &rules,
        cap: cap_read,
        partner_cap: partner_cap_read,
    };
    idle::tell(&whole, findings);
    Some(Plan {
        name: name?,
        title: title?,
        source: text.to_owned(),
        hash: Sha256::digest(text.as_bytes()).into(),
        zone: zone?,
        effective: effective?,
        hold_days: hold_days?,
        rounding: rounding?,
        point_value,
        fees,
        ranks,
        qualify_by: qualify_by?,
        roll_up,
        cap: cap.map(|read| read.cap),
        partner_cap,
        rules: rules.into_iter().map(|read| read.rule).collect(),
    })
}
