//! Percentages by bands and ranks in words.

use domain::lang::Text;
use domain::text;

use super::{both, by_rank};
use crate::explain::ranks::{in_units, measure};
use crate::ladder::{Bands, Ladder};
use crate::plan::Plan;
use crate::rules::{Buyers, Differential, Personal, SameLevel};

pub(super) fn personal(plan: &Plan, personal: &Personal, at_order: bool) -> Vec<Text> {
    let (of_ru, of_en) = match personal.of {
        Buyers::Own => ("со своих покупок", "on one's own purchases"),
        Buyers::Customers => ("с покупок своих клиентов", "on the purchases of one's customers"),
        Buyers::Both => (
            "со своих покупок и покупок своих клиентов",
            "on one's own purchases and those of one's customers",
        ),
    };
    let (size_ru, size_en) = if at_order {
        ("заказа", "the order")
    } else {
        ("объёма за период", "the volume of the period")
    };
    let mut lines =
        vec![text!("  {of_ru}, ставка по размеру {size_ru}", "  {of_en}, the rate by the size of {size_en}")];
    lines.extend(steps(plan, &personal.bands));
    lines
}

pub(super) fn differential(plan: &Plan, differential: &Differential) -> Vec<Text> {
    let mut lines = match &differential.ladder {
        Ladder::Bands(by, bands) => {
            let measured = measure(*by);
            let (ru, en) = both(&measured);
            let head = text!("  свой процент по мере: {ru}", "  one's own percentage by {en}");
            std::iter::once(head).chain(steps(plan, bands)).collect()
        }
        Ladder::Ranks(table) => {
            let table = by_rank(table);
            vec![text!("  свой процент по рангу: {table}", "  one's own percentage by rank: {table}")]
        }
    };
    let top = differential.top;
    lines.push(Text::new(
        "  каждый выше получает свой процент за вычетом розданного ниже",
        "  each one above earns his own percentage less what is done below",
    ));
    lines.push(text!("  всего не больше {top}", "  no more than {top} in all"));
    if differential.pay_self {
        lines.push(Text::new("  первым получает тот, чей объём", "  the one whose volume it is earns first"));
    }
    if let Some(after) = &differential.after {
        lines.push(text!(
            "  процент по правилу {after} считается уже розданным",
            "  the percentage by the rule {after} counts as done"
        ));
    }
    lines
}

pub(super) fn same_level(same_level: &SameLevel) -> Vec<Text> {
    let (of, rate) = (&same_level.of, same_level.rate);
    let mut lines = vec![text!(
        "  {rate} первому выше, если правило {of} не оставляет ему разницы",
        "  {rate} to the first one above if the rule {of} leaves him no difference"
    )];
    lines.push(if same_level.counts_as_done {
        text!("  в правиле {of} считается розданным", "  counts as done in the rule {of}")
    } else {
        text!("  в правиле {of} не считается розданным", "  does not count as done in the rule {of}")
    });
    lines
}

/// Each band with its rate.
fn steps(plan: &Plan, bands: &Bands) -> impl Iterator<Item = Text> {
    bands.list().iter().map(|(from, rate)| {
        let from = in_units(plan, from.0);
        let (ru, en) = both(&from);
        text!("  от {ru}: {rate}", "  from {en}: {rate}")
    })
}
