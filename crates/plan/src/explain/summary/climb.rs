//! The terms of a walk over levels in words.

use domain::lang::Text;
use domain::money::Rate;
use domain::text;

use crate::climb::{Climb, ClosedLevel};
use crate::compression::Compression;
use crate::rates::Rates;
use crate::unlock::Unlock;

/// The terms of a walk over levels.
pub(super) fn lines(climb: &Climb) -> Vec<Text> {
    let mut lines = rates(&climb.rates, 1, "по линиям", "by level");
    lines.push(compression(&climb.compression));
    lines.extend(unlock(climb));
    if climb.pay_self {
        lines.push(Text::new(
            "  покупатель сам стоит на первой линии",
            "  the buyer himself stands at level 1",
        ));
    }
    if let Some(most) = climb.max_scan {
        lines.push(text!(
            "  просматривается не больше {most} спонсоров",
            "  no more than {most} sponsors are looked at"
        ));
    }
    if !climb.ends_at.is_empty() {
        let leaders = climb.ends_at.join(", ");
        lines.push(text!(
            "  лидер ({leaders}) — последний, кому предлагается линия",
            "  a leader ({leaders}) is the last who is asked for a level"
        ));
    }
    lines
}

/// Rates from the first that is counted on, the same for everyone or by rank; `ru` and `en` say what is
/// counted.
pub(super) fn rates(rates: &Rates, first: u16, ru: &str, en: &str) -> Vec<Text> {
    let joined = |list: &[Rate]| {
        list.iter()
            .zip(first..)
            .map(|(rate, level)| format!("{level}: {rate}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match rates {
        Rates::List(list) => {
            let list = joined(list);
            vec![text!("  {ru} {list}", "  {en} {list}")]
        }
        Rates::Table(table) => table
            .iter()
            .map(|(rank, list)| {
                let list = joined(list);
                text!("  ранг {rank} {ru} {list}", "  rank {rank} {en} {list}")
            })
            .collect(),
    }
}

fn compression(compression: &Compression) -> Text {
    match compression {
        Compression::None => Text::new(
            "  каждый спонсор занимает линию, неактивный ничего не получает",
            "  every sponsor takes a level; an inactive one earns nothing",
        ),
        Compression::SkipInactive => Text::new(
            "  неактивные пропускаются, линию занимает следующий активный",
            "  the inactive are passed over; the next active sponsor takes the level",
        ),
        Compression::SkipBelowRank { min_rank, .. } => text!(
            "  линии занимают только спонсоры от ранга {min_rank}",
            "  only sponsors of rank {min_rank} and above take levels"
        ),
        Compression::Dynamic => Text::new(
            "  линия достаётся ближайшему, кто может её получить",
            "  a level goes to the nearest sponsor who may earn it",
        ),
        Compression::RollToNext => Text::new(
            "  каждый спонсор занимает линию; что он не может получить, уходит выше",
            "  every sponsor takes a level; what he may not earn goes on up",
        ),
    }
}

fn unlock(climb: &Climb) -> Vec<Text> {
    let mut lines = match &climb.unlock {
        Unlock::Open => return vec![Text::new("  все линии открыты", "  every level is open")],
        Unlock::OneToOne => vec![Text::new(
            "  линия k открыта при k активных личных приглашённых",
            "  level k is open with k active personally invited partners",
        )],
        Unlock::Tiers(tiers) => tiers
            .iter()
            .map(|tier| {
                let (active, level) = (tier.min_active, tier.max_level);
                text!(
                    "  линии до {level} открыты при {active} активных личных приглашённых",
                    "  levels up to {level} are open with {active} active personally invited partners"
                )
            })
            .collect(),
    };
    let passes = climb.closed_level == ClosedLevel::PassUp || climb.compression == Compression::Dynamic;
    lines.push(if passes {
        Text::new("  закрытая линия переходит к следующему", "  a closed level goes to the next sponsor")
    } else {
        Text::new("  закрытая линия сгорает", "  a closed level pays nobody")
    });
    lines
}
