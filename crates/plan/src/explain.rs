//! Plain words in both languages: why this sum, why nothing, what a plan pays.

pub mod period;

mod caps;
mod ranks;
mod summary;

use domain::accrual::{BreakageReason, Outcome};
use domain::money::{Money, Rate};

pub use caps::{cut, kept_back};
pub use ranks::{next_rank, requirement};
pub use summary::summary;

pub use domain::lang::Lang;
use domain::lang::Text;

/// What came of one partner on a walk, as a sentence without a full stop.
pub fn outcome(outcome: &Outcome, level: Option<u16>, lang: Lang) -> String {
    let (ru, en) = standing_at(level);
    let sentence = match outcome {
        Outcome::Paid { rate, raw, paid } => paid_sentence(level, *rate, *raw, *paid),
        Outcome::SkippedInactive if level.is_none() => {
            Text::new("не активен, поэтому пропущен", "not active, so passed over")
        }
        Outcome::SkippedInactive => Text::new(
            format!("{ru}не активен, поэтому ничего не начислено"),
            format!("{en}not active, so nothing is earned"),
        ),
        Outcome::LevelClosed { needs: u32::MAX, .. } => Text::new(
            format!("{ru}линия не открывается ни у кого"),
            format!("{en}the level never opens for anyone"),
        ),
        Outcome::LevelClosed { needs, has } => Text::new(
            format!("{ru}линия закрыта: нужно {needs} активных личных приглашённых, было {has}"),
            format!(
                "{en}the level is closed: it needs {needs} active personally invited partners, he had {has}"
            ),
        ),
        Outcome::BelowRank if level.is_none() => Text::new(
            "ранг ниже того, с которого считаются линии",
            "the rank is below those that take levels",
        ),
        Outcome::BelowRank => {
            Text::new(format!("{ru}у ранга нет ставки"), format!("{en}the rank has no rate"))
        }
        Outcome::Buyer => Text::new(
            "покупатель: со своего заказа не начисляется",
            "the buyer: nobody earns on his own order",
        ),
        Outcome::OverCap { raw } => Text::new(
            format!("{ru}по ставке {}, но лимит выплат с заказа исчерпан", raw.in_lang(Lang::Ru)),
            format!("{en}{raw} by the rate, but the cap of the order was used up"),
        ),
        Outcome::Held => Text::new(
            format!("{ru}начисления приостановлены, поэтому ничего не начислено"),
            format!("{en}earnings are on hold, so nothing is earned"),
        ),
        Outcome::NoMoreLevels => {
            Text::new("все линии заняты ближе к покупателю", "all levels were taken nearer to the buyer")
        }
        Outcome::RoundsToZero { rate } => Text::new(
            format!("{ru}{rate} от такой базы меньше копейки"),
            format!("{en}{rate} of so small a base is less than a kopeck"),
        ),
    };
    sentence.in_lang(lang).to_owned()
}

/// "Level 3: " in Russian and English, or nothing.
fn standing_at(level: Option<u16>) -> (String, String) {
    level.map_or_else(Default::default, |level| (format!("линия {level}: "), format!("level {level}: ")))
}

fn paid_sentence(level: Option<u16>, rate: Rate, raw: Money, paid: Money) -> Text {
    let (ru, en) = standing_at(level);
    if raw == paid {
        let [paid_ru, paid_en] = paid.in_both();
        return Text::new(
            format!("{ru}{rate}, начислено {paid_ru}"),
            format!("{en}{rate}, earned {paid_en}"),
        );
    }
    let ([raw_ru, raw_en], [paid_ru, paid_en]) = (raw.in_both(), paid.in_both());
    Text::new(
        format!("{ru}{rate}, по ставке {raw_ru}, после лимита выплат начислено {paid_ru}"),
        format!("{en}{rate}, {raw_en} by the rate, {paid_en} earned after the cap"),
    )
}

/// Why nobody got a part of what the rates promise, as a sentence without a full stop.
pub fn breakage(reason: BreakageReason, lang: Lang) -> &'static str {
    let (ru, en) = match reason {
        BreakageReason::NoSponsor => {
            ("выше никого, кто занял бы эту линию", "nobody stands above who would take this level")
        }
        BreakageReason::BrokenAway => (
            "ниже стоит лидер, чья группа отделилась: выше него эта линия не начисляется",
            "a leader whose group broke away stands below: above him this level pays nobody",
        ),
        BreakageReason::Inactive => {
            ("стоявший на этой линии не активен", "the one at this level is not active")
        }
        BreakageReason::LevelClosed => {
            ("стоявший на этой линии её не открыл", "the one at this level has not opened it")
        }
        BreakageReason::BelowRank => (
            "ранг стоявшего на этой линии даёт меньшую ставку или никакой",
            "the rank of the one at this level has a lower rate or none",
        ),
        BreakageReason::Held => (
            "начисления стоявшего на этой линии приостановлены",
            "the earnings of the one at this level are on hold",
        ),
        BreakageReason::OverCap => ("срезано лимитом выплат с заказа", "cut by the cap of the order"),
    };
    match lang {
        Lang::Ru => ru,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(of: &Outcome, level: Option<u16>) -> [String; 2] {
        [outcome(of, level, Lang::Ru), outcome(of, level, Lang::En)]
    }

    #[test]
    fn every_outcome_says_its_numbers() {
        let rate = Rate::from_ppm(12_000);
        let raw = Money::from_minor(12_000);
        let paid = Money::from_minor(9_917);
        assert_eq!(
            both(&Outcome::Paid { rate, raw, paid }, Some(7)),
            [
                "линия 7: 1.2%, по ставке 120,00\u{a0}₽, после лимита выплат начислено 99,17\u{a0}₽",
                "level 7: 1.2%, 120.00 by the rate, 99.17 earned after the cap",
            ]
        );
        assert_eq!(
            both(&Outcome::Paid { rate, raw, paid: raw }, Some(7)),
            ["линия 7: 1.2%, начислено 120,00\u{a0}₽", "level 7: 1.2%, earned 120.00"]
        );
        assert_eq!(
            both(&Outcome::LevelClosed { needs: 3, has: 2 }, Some(3)),
            [
                "линия 3: линия закрыта: нужно 3 активных личных приглашённых, было 2",
                "level 3: the level is closed: it needs 3 active personally invited partners, he had 2",
            ]
        );
        assert_eq!(
            both(&Outcome::SkippedInactive, None),
            ["не активен, поэтому пропущен", "not active, so passed over"]
        );
        assert_eq!(
            both(&Outcome::OverCap { raw }, Some(2)),
            [
                "линия 2: по ставке 120,00\u{a0}₽, но лимит выплат с заказа исчерпан",
                "level 2: 120.00 by the rate, but the cap of the order was used up",
            ]
        );
    }
}
