//! The keys of `matching`.

use domain::accrual::RuleId;
use domain::lang::Text;
use domain::text;

use super::{Read, Reader};
use crate::language::findings::Findings;
use crate::language::rule::Known;
use crate::language::section::{Entry, Section};
use crate::language::{rates, values, words};
use crate::rules::{MatchOn, Matching, PeriodRule, Rule, RuleKind, matching};

pub(super) const READER: Reader = Reader { name: matching::NAME, keys: KEYS, has_base: false, read };

const KEYS: &[&str] = &["of", "rates", "rate_table", "on", "skip_inactive"];

const MATCH_ON: &[(&str, MatchOn)] = &[("raw", MatchOn::Raw), ("capped", MatchOn::Capped)];

const EXAMPLE: &str = "[\"levels\"]";

fn read(section: &Section<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Read> {
    let of = section.required("of", EXAMPLE, findings).and_then(|entry| matched(entry, known, findings));
    let rates = rates::read(section, known.ranks, findings);
    let on = match section.get("on") {
        Some(entry) => values::word(entry, MATCH_ON, &[], findings),
        None => Some(MatchOn::Capped),
    };
    let skips_inactive = match section.get("skip_inactive") {
        Some(entry) => values::boolean(entry, findings),
        None => Some(true),
    };
    let matching = Matching { of: of?, rates: rates?, on: on?, skips_inactive: skips_inactive? };
    Some(RuleKind::Period(PeriodRule::Matching(matching)).into())
}

/// The rules that are matched: each stands before, pays commissions on goods, and is named once.
fn matched(entry: Entry<'_, '_>, known: Known<'_>, findings: &mut Findings) -> Option<Vec<RuleId>> {
    let items = values::list(entry, EXAMPLE, findings)?;
    let mut of: Vec<RuleId> = Vec::new();
    for item in &items {
        let Some(id) = values::name(*item, "\"levels\"", findings) else {
            continue;
        };
        let Some(read) = known.before.iter().find(|read| read.rule.id.as_str() == id) else {
            refuse_unknown(*item, id, known, findings);
            continue;
        };
        if !is_matchable(*item, &read.rule, findings) {
            continue;
        }
        if of.contains(&read.rule.id) {
            findings.error(
                item.span(),
                Text::new("уже названо", "named already"),
                text!("правило \"{id}\" названо дважды", "the rule \"{id}\" is named twice"),
                Text::new("назовите каждое правило один раз", "name each rule once"),
            );
        }
        of.push(read.rule.id.clone());
    }
    (of.len() == items.len()).then_some(of)
}

/// Whether a rule pays what may be matched.
fn is_matchable(item: Entry<'_, '_>, rule: &Rule, findings: &mut Findings) -> bool {
    let (id, kind) = (rule.id.as_str(), rule.kind_name());
    let (label, message) = match &rule.kind {
        RuleKind::Period(PeriodRule::Matching(_)) => (
            Text::new("матчинг с матчинга", "a match on a match"),
            text!(
                "\"{id}\" — само matching, а матчинг с матчинга не платится никогда",
                "\"{id}\" is a matching rule itself, and a match is never paid on a match"
            ),
        ),
        RuleKind::Period(PeriodRule::RankAdvance(_) | PeriodRule::Award(_)) => (
            Text::new("не комиссия", "no commission"),
            text!(
                "\"{id}\" — правило вида {kind}: оно даёт не комиссию с товаров, и умножать нечего",
                "\"{id}\" is of the kind {kind}: it gives no commission on goods, so there is nothing to match"
            ),
        ),
        _ => return true,
    };
    let help = Text::new(
        "назовите правила, которые платят с товаров: of = [\"levels\"]",
        "name rules that pay on goods: of = [\"levels\"]",
    );
    findings.error(item.span(), label, message, help);
    false
}

fn refuse_unknown(item: Entry<'_, '_>, id: &str, known: Known<'_>, findings: &mut Findings) {
    let names: Vec<&str> = known.before.iter().map(|read| read.rule.id.as_str()).collect();
    let all = names.join("\", \"");
    let help = match (words::nearest(id, names.iter().copied()), names.is_empty()) {
        (Some(near), _) => text!("возможно, имелось в виду \"{near}\"", "did you mean \"{near}\"?"),
        (None, true) => Text::new(
            "поставьте правила, с которых платится, перед этим",
            "put the rules that are matched before this one",
        ),
        (None, false) => text!("выше стоят: \"{all}\"", "before it stand: \"{all}\""),
    };
    findings.error(
        item.span(),
        Text::new("выше такого правила нет", "no such rule before"),
        text!("выше этого правила нет правила \"{id}\"", "no rule \"{id}\" stands before this one"),
        help,
    );
}
