//! Why a rule of a period gave somebody a sum, or nothing, as sentences without a full stop.

use domain::lang::Text;
use domain::text;

use crate::close::{How, Line, Note, Source, UnpaidReason, Why};

/// How an earning came about; `source` is what people call the partner whose volume or commissions it is
/// of.
pub fn line(line: &Line, source: Option<&str>) -> Text {
    let of = of_whom(line.source, source);
    let (ru, en) = both(&of);
    let base = line.base;
    let reckoned = match line.how {
        How::Rate(rate) => text!("{rate} от {base} {ru}", "{rate} of {base} {en}"),
        How::Difference { own, done, left } if left == rate_less(own, done) => {
            text!("{own} − {done} = {left} от {base} {ru}", "{own} - {done} = {left} of {base} {en}")
        }
        How::Difference { own, done, left } => text!(
            "свой процент {own}, ниже роздано {done}, до предела осталось {left} от {base} {ru}",
            "his own percentage {own}, {done} done below, {left} left up to the top, of {base} {en}"
        ),
        How::Balanced { rate, weaker, stronger } => text!(
            "{rate} от {base} {ru}, умножено на {weaker} / {stronger}",
            "{rate} of {base} {en}, times {weaker} / {stronger}"
        ),
        How::Units { units, sum } => text!("{units} × {sum} {ru}", "{units} x {sum} {en}"),
        How::Shares { own, all } => {
            text!("{own} из {all} долей от {base} {ru}", "{own} of {all} shares of {base} {en}")
        }
        How::Whole => text!("{base} {ru}", "{base} {en}"),
    };
    let (ru, en) = both(&reckoned);
    let (level, raw, paid) = (line.level, line.raw, line.paid);
    if raw == paid {
        return text!("уровень {level}: {ru}, начислено {paid}", "level {level}: {en}, earned {paid}");
    }
    text!(
        "уровень {level}: {ru}, по ставке {raw}, после лимитов начислено {paid}",
        "level {level}: {en}, {raw} by the rate, {paid} earned after the caps"
    )
}

/// Why somebody did not get more.
pub fn note(note: &Note, source: Option<&str>) -> Text {
    let of = of_whom(note.source, source);
    let (of_ru, of_en) = both(&of);
    let why = match &note.why {
        Why::Inactive => Text::new("не активен на конец периода", "not active at the end of the period"),
        Why::Held => Text::new("начисления приостановлены", "earnings are on hold"),
        Why::RoundsToZero => Text::new("сумма меньше копейки", "the sum is less than a kopeck"),
        Why::NoDifference { own, done } => text!(
            "свой процент {own} не больше того, что роздано ниже: {done}",
            "his own percentage {own} is not above what is done below: {done}"
        ),
        Why::BelowRank => Text::new("у ранга нет ставки", "the rank has no rate"),
        Why::LevelClosed { needs, has } => text!(
            "линия закрыта: нужно {needs} активных личных приглашённых, было {has}",
            "the level is closed: it needs {needs} active personally invited partners, he had {has}"
        ),
        Why::TooFar => Text::new("все линии заняты ближе", "all levels were taken nearer"),
        Why::TooNear => Text::new("так близко ещё не платится", "so near nothing is paid yet"),
        Why::EndedBelow => Text::new("ниже стоит лидер, на нём всё заканчивается", "a leader below ends it"),
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

fn of_whom(of: Source, name: Option<&str>) -> Text {
    match (of, name) {
        (Source::Partner(_), Some(name)) => text!("от {name}", "from {name}"),
        (Source::Partner(_), None) => Text::new("от партнёра", "from a partner"),
        (Source::Legs, _) => Text::new("в двух ветках", "in two legs"),
        (Source::Company, _) => Text::new("всей компании", "of the whole company"),
        (Source::CarriedOver, _) => Text::new("с прошлых периодов", "from earlier periods"),
        (Source::Reached, _) => Text::new("за достижение", "for what was reached"),
    }
}

fn both(text: &Text) -> (String, String) {
    use domain::lang::Lang::{En, Ru};
    (text.in_lang(Ru).to_owned(), text.in_lang(En).to_owned())
}

fn rate_less(own: domain::money::Rate, done: domain::money::Rate) -> domain::money::Rate {
    domain::money::Rate::from_ppm(own.ppm().saturating_sub(done.ppm()))
}
