//! Why a rule of a period gave somebody a sum, or nothing, as sentences without a full stop.

use std::cmp::Ordering;

use domain::lang::Text;
use domain::money::Rate;
use domain::text;

use crate::cap::Excess;
use crate::close::{How, Line, Note, Source, UnpaidReason, Why};
use crate::plan::Plan;
use crate::rules::{PeriodRule, Pool, Rule, Unused};

/// How an earning came about; `source` is what people call the partner whose volume or commissions it is
/// of.
pub fn line(plan: &Plan, line: &Line, source: Option<&str>) -> Text {
    let rule = plan.rules().iter().find(|rule| rule.id == line.rule);
    let kind = rule.and_then(Rule::period_rule);
    let name = source.filter(|_| line.source != Source::Partner(line.earner));
    let of = of_whom(plan, kind, (line.source, line.level), name);
    let (ru, en) = both(&of);
    let [base, base_en] = line.base.in_both();
    let reckoned = match line.how {
        How::Rate(rate) => text!("{rate} от {base} ({ru})", "{rate} of {base_en} ({en})"),
        How::Difference { own, done, left } => {
            let of = text!("от {base} ({ru})", "of {base_en} ({en})");
            difference(own, done, left, &of)
        }
        How::Balanced { rate, weaker, stronger } => {
            let ([weaker, weaker_en], [stronger, stronger_en]) = (weaker.in_both(), stronger.in_both());
            text!(
                "{rate} от {base} ({ru}), умножено на {weaker} / {stronger}",
                "{rate} of {base_en} ({en}), times {weaker_en} / {stronger_en}"
            )
        }
        How::Units { units, sum } => {
            let [sum, sum_en] = sum.in_both();
            text!("{units} × {sum} ({ru})", "{units} x {sum_en} ({en})")
        }
        How::Shares { own, all } => {
            text!("{own} из {all} долей от {base} ({ru})", "{own} of {all} shares of {base_en} ({en})")
        }
        How::Whole => text!("{base} ({ru})", "{base_en} ({en})"),
    };
    let (ru, en) = both(&reckoned);
    let (level_ru, level_en) = both(&standing_at(kind, line.level));
    let [paid, paid_en] = line.paid.in_both();
    if line.raw == line.paid {
        return text!("{level_ru}{ru}, начислено {paid}", "{level_en}{en}, earned {paid_en}");
    }
    let [raw, raw_en] = line.raw.in_both();
    text!(
        "{level_ru}{ru}, по ставке {raw}, после лимитов начислено {paid}",
        "{level_en}{en}, {raw_en} by the rate, {paid_en} earned after the caps"
    )
}

/// A percentage less what is done below: it may be raised to the least that is paid, or end at the top.
fn difference(own: Rate, done: Rate, left: Rate, of: &Text) -> Text {
    let (ru, en) = both(of);
    match left.cmp(&less(own, done)) {
        Ordering::Equal if done == Rate::ZERO => text!("{own} {ru}", "{own} {en}"),
        Ordering::Equal => text!(
            "свой процент {own} минус {done} ниже = {left} {ru}",
            "his own {own} less {done} below = {left} {en}"
        ),
        Ordering::Greater => text!(
            "свой процент {own}, ниже {done}, не меньше {left} {ru}",
            "his own {own}, {done} below, no less than {left} {en}"
        ),
        Ordering::Less => text!(
            "свой процент {own}, ниже {done}, до предела осталось {left} {ru}",
            "his own {own}, {done} below, {left} left up to the top, {en}"
        ),
    }
}

/// "Level 3: " where the kind counts levels or generations, or nothing.
fn standing_at(kind: Option<&PeriodRule>, level: u16) -> Text {
    match kind {
        Some(PeriodRule::Level(_) | PeriodRule::Matrix(_)) => text!("линия {level}: ", "level {level}: "),
        Some(PeriodRule::Generation(_) | PeriodRule::Matching(_) | PeriodRule::Breakaway(_)) => {
            text!("поколение {level}: ", "generation {level}: ")
        }
        _ => Text::new("", ""),
    }
}

/// Why somebody did not get more.
pub fn note(plan: &Plan, note: &Note, source: Option<&str>) -> Text {
    let rule = plan.rules().iter().find(|rule| rule.id == note.rule);
    let kind = rule.and_then(Rule::period_rule);
    let of = of_whom(plan, kind, (note.source, note.level.unwrap_or(1)), source);
    let (of_ru, of_en) = both(&of);
    let why = match &note.why {
        Why::Inactive => Text::new("не активен на конец периода", "not active at the end of the period"),
        Why::Held => Text::new("начисления приостановлены", "earnings are on hold"),
        Why::RoundsToZero => Text::new("сумма меньше копейки", "the sum is less than a kopeck"),
        Why::NoDifference { own, done } => text!(
            "свой процент {own} не больше того, что роздано ниже: {done}",
            "his own percentage {own} is not above what is done below: {done}"
        ),
        Why::NoFloor { done: Rate::ZERO, .. } => {
            Text::new("ниже ещё ничего не роздано", "nothing is done below yet")
        }
        Why::NoFloor { own, done } => text!(
            "свой процент {own} больше того, что роздано ниже: {done}; платится разница",
            "his own percentage {own} is above what is done below: {done}; the difference is paid"
        ),
        Why::BelowRank if matches!(kind, Some(PeriodRule::Pool(_))) => {
            Text::new("ранг не участвует в пуле", "the rank takes no part in the pool")
        }
        Why::BelowRank if matches!(kind, Some(PeriodRule::RankAdvance(_))) => {
            Text::new("ранг не достигнут", "the rank is not reached")
        }
        Why::BelowRank => Text::new("у ранга нет ставки", "the rank has no rate"),
        Why::LevelClosed { needs, has } => text!(
            "линия закрыта: нужно {needs} активных личных приглашённых, было {has}",
            "the level is closed: it needs {needs} active personally invited partners, he had {has}"
        ),
        Why::TooFar if by_generation(kind) => {
            Text::new("все поколения заняты ближе", "all generations were taken nearer")
        }
        Why::TooFar => Text::new("все линии заняты ближе", "all levels were taken nearer"),
        Why::TooNear => Text::new("так близко ещё не платится", "so near nothing is paid yet"),
        Why::EndedBelow => Text::new("ниже стоит лидер, на нём всё заканчивается", "a leader below ends it"),
        Why::TooLittle { has: 0, .. } if note.source == Source::Legs => {
            Text::new("в меньшей ветке нет объёма", "the smaller leg has no volume")
        }
        Why::TooLittle { needs, has } if matches!(kind, Some(PeriodRule::RankAdvance(_))) => text!(
            "ранг надо держать периодов подряд: {needs}, пока {has}",
            "the rank must be held for {needs} periods in a row, so far {has}"
        ),
        Why::TooLittle { needs, has } => {
            text!("не хватает: нужно {needs}, было {has}", "too little: it needs {needs}, he had {has}")
        }
        Why::Already => Text::new("уже было получено", "he had it before"),
        Why::Surpassed => {
            Text::new("вместо этого платится более высокое", "something higher is paid in its place")
        }
        Why::TooFew { needs, has } => text!(
            "претендентов мало: нужно {needs}, было {has}, поэтому никто ничего не получает",
            "too few qualify: it takes {needs}, there were {has}, so nobody gets anything"
        ),
    };
    let (ru, en) = both(&why);
    text!("{of_ru}: {ru}", "{of_en}: {en}")
}

/// Whether a rule counts leaders, or personally invited ones, and not levels.
const fn by_generation(kind: Option<&PeriodRule>) -> bool {
    matches!(kind, Some(PeriodRule::Generation(_) | PeriodRule::Breakaway(_) | PeriodRule::Matching(_)))
}

/// Why a part of what a rule reckoned is not paid.
pub fn unpaid(reason: UnpaidReason) -> Text {
    match reason {
        UnpaidReason::Nobody => Text::new("некому получить", "nobody is there to earn it"),
        UnpaidReason::Held => Text::new(
            "начисления получателя приостановлены",
            "the earnings of the one who would get it are on hold",
        ),
        UnpaidReason::OverCap => Text::new("срезано лимитом", "cut by a cap"),
        UnpaidReason::CarriedOver => Text::new(
            "срезано лимитом, перенесено на следующий период",
            "cut by a cap, carried to the next period",
        ),
        UnpaidReason::ToPool => Text::new("срезано лимитом, ушло в пул", "cut by a cap, added to the pool"),
    }
}

/// Whose volume or commissions; without a name they are his own.
fn of_whom(plan: &Plan, kind: Option<&PeriodRule>, (of, level): (Source, u16), name: Option<&str>) -> Text {
    // A sum for a rank stands at the place of the rank.
    let rank = usize::from(level).checked_sub(1).and_then(|place| plan.ranks().get(place));
    if let (Some(PeriodRule::RankAdvance(_)), Some(rank)) = (kind, rank) {
        let rank = rank.name.as_str();
        return text!("ранг {rank}", "rank {rank}");
    }
    if let Some(PeriodRule::Pool(pool)) = kind {
        return pool_of(plan, pool);
    }
    let (ru, en) = match kind {
        Some(PeriodRule::Matching(_)) => ("начисления", "commissions"),
        Some(PeriodRule::Breakaway(_)) => ("объём группы", "volume of the group"),
        _ => ("объём", "volume"),
    };
    match (of, name) {
        (Source::Partner(_), Some(name)) => text!("{ru} {name}", "{en} of {name}"),
        (Source::Partner(_), None) => text!("{ru} свой", "{en} of his own"),
        (Source::Legs, _) => Text::new("две ветки", "two legs"),
        (Source::Company, _) => Text::new("вся компания", "the whole company"),
        (Source::CarriedOver, _) => Text::new("с прошлых периодов", "from earlier periods"),
        (Source::Reached, _) => Text::new("за достижение", "for what was reached"),
    }
}

/// The fund of a pool: beside its share of what the company sold it may hold what earlier periods left.
fn pool_of(plan: &Plan, pool: &Pool) -> Text {
    let by_company = plan.cap().map(|cap| cap.excess);
    let by_partner = plan.partner_cap().map(|cap| cap.excess);
    let is_fed = [by_company, by_partner].contains(&Some(Excess::Pool));
    match (is_fed, pool.unused == Unused::Carried) {
        (false, false) => Text::new("пул компании", "the company's pool"),
        (true, false) => {
            Text::new("пул компании вместе со срезанным лимитами", "the company's pool, with what caps cut")
        }
        (false, true) => Text::new(
            "пул компании вместе с остатком прошлых периодов",
            "the company's pool, with what earlier periods left",
        ),
        (true, true) => Text::new(
            "пул компании вместе с остатком прошлых периодов и срезанным лимитами",
            "the company's pool, with what earlier periods left and caps cut",
        ),
    }
}

fn both(text: &Text) -> (String, String) {
    use domain::lang::Lang::{En, Ru};
    (text.in_lang(Ru).to_owned(), text.in_lang(En).to_owned())
}

fn less(own: Rate, done: Rate) -> Rate {
    Rate::from_ppm(own.ppm().saturating_sub(done.ppm()))
}
