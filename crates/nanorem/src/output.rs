//! How results are shown: tables for people, JSON for machines. Results go to standard output.

use std::io::Write;

use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use domain::lang::{Lang, plural};
use domain::money::Money;
use domain::payout::{PayoutState, PayoutStep};
use domain::period::Period;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use plan::{Base, Ratio};
use serde::Serialize;

/// Where and how results are shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// Shows a result: as JSON, or as a person reads it.
    pub(crate) fn show<T: Serialize>(
        self,
        result: &T,
        people: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        let text = if self.json { serde_json::to_string_pretty(result)? } else { people() };
        print(&text)
    }
}

/// Writes a text and a line's end. A reader that has gone away is no mistake of ours.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout(), "{}", harmless(text.trim_end())) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// The text without what moves the cursor, colours the terminal or turns the reading direction: names and
/// numbers come from outside.
pub(crate) fn harmless(text: &str) -> String {
    let is_harmful = |letter: char| {
        (letter.is_control() && !matches!(letter, '\n' | '\t'))
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(is_harmful, "\u{fffd}")
}

/// A line under the header and nothing else.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table as [`table`] makes it.
///
/// Without rows it is the word `nothing` instead: a bare header looks like a mistake.
pub(crate) fn list(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, nothing: &str) -> String {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_none() { nothing.to_owned() } else { table(header, rows) }
}

/// A table with a header; columns whose header begins with `>` stand to the right.
pub(crate) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().map(|name| name.trim_start_matches('>')));
    for row in rows {
        let cells = row.into_iter().zip(header).map(|(text, name)| {
            let alignment = if name.starts_with('>') { CellAlignment::Right } else { CellAlignment::Left };
            Cell::new(text).set_alignment(alignment)
        });
        table.add_row(cells);
    }
    table.to_string()
}

/// `1 234,50 ₽`, with spaces that do not break.
pub(crate) fn rub(money: Money) -> String {
    money.in_lang(Lang::Ru)
}

/// `41,18 %`, half up to a hundredth.
pub(crate) fn percent(ratio: Ratio) -> String {
    let hundredths = (ratio.ppm() + 50) / 100;
    format!("{},{:02}\u{a0}%", hundredths / 100, hundredths % 100)
}

/// `31.01.2026 10:00` in Moscow.
pub(crate) fn moment(instant: Timestamp) -> String {
    let zone = domain::time::zone("Europe/Moscow").unwrap_or(TimeZone::UTC);
    instant.to_zoned(zone).strftime("%d.%m.%Y %H:%M").to_string()
}

/// `октябрь 2026`.
pub(crate) fn month(period: Period) -> String {
    let text = period.to_string();
    let (year, number) = text.split_once('-').unwrap_or((&text, ""));
    let number: usize = number.parse().unwrap_or(0);
    let name = number.checked_sub(1).and_then(|place| MONTHS.get(place));
    name.map_or_else(|| text.clone(), |name| format!("{name} {year}"))
}

const MONTHS: [&str; 12] = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
];

/// What people call an account.
pub(crate) fn account(code: &str) -> String {
    match code {
        "company:commissions" => "комиссии компании".to_owned(),
        "company:breakage" => "невыплаченное".to_owned(),
        "company:payouts_in_transit" => "выплаты в пути".to_owned(),
        "company:bank" => "банк".to_owned(),
        "company:adjustments" => "ручные корректировки".to_owned(),
        other => other.strip_prefix("partner:").map_or(other, |code| code).to_owned(),
    }
}

/// What people call the cause of a movement.
pub(crate) fn cause(text: &str) -> String {
    if let Some((order, refund)) = text.rsplit_once(" refund ") {
        return format!("{order}, возврат {refund}");
    }
    if let Some(number) = text.strip_prefix("payout ") {
        return format!("выплата № {number}");
    }
    if let Some(number) = text.strip_prefix("adjustment ") {
        return format!("корректировка № {number}");
    }
    match text.rsplit_once(" run ") {
        Some((of, run)) if of.starts_with("period ") => of_period(of, run),
        Some((order, run)) => format!("{order}, пересмотр {run}"),
        None => text.to_owned(),
    }
}

/// `октябрь 2026`, and of a later run that it adjusts that month: `period 202610` as it is stored.
fn of_period(text: &str, run: &str) -> String {
    let number = text.trim_start_matches("period ");
    let period = number.split_at_checked(4).and_then(|(year, of)| format!("{year}-{of}").parse().ok());
    let named = period.map_or_else(|| text.to_owned(), month);
    if run == "1" { named } else { format!("{named}, корректировка") }
}

/// A volume with the unit in which the plan measures: roubles, or points.
pub(crate) fn volume(hundredths: i64, unit: &str) -> String {
    let sum = rub(Money::from_minor(hundredths));
    if unit != Base::Volume.as_str() {
        return sum;
    }
    let number = sum.trim_end_matches(['₽', '\u{a0}']);
    let number = number.strip_suffix(",00").unwrap_or(number);
    let whole = hundredths.unsigned_abs();
    let word = if whole.is_multiple_of(100) {
        plural(whole / 100, "балл", "балла", "баллов")
    } else {
        "балла"
    };
    format!("{number}\u{a0}{word}")
}

/// The first letters of a digest: enough to tell two apart; the whole is in the JSON.
pub(crate) fn short(digest: &[u8]) -> String {
    hex::encode(digest).chars().take(12).collect()
}

/// How a payout stands.
pub(crate) const fn payout_state(state: PayoutState) -> &'static str {
    match state {
        PayoutState::Requested => "запрошена",
        PayoutState::Approved => "одобрена",
        PayoutState::Rejected => "отклонена",
        PayoutState::Sent => "отправлена",
        PayoutState::Settled => "получена",
        PayoutState::Failed => "не прошла",
    }
}

/// What can be done with a payout.
pub(crate) const fn payout_step(step: PayoutStep) -> &'static str {
    match step {
        PayoutStep::Approve => "одобрить",
        PayoutStep::Reject => "отклонить",
        PayoutStep::Send => "отправить",
        PayoutStep::Settle => "отметить полученной",
        PayoutStep::Fail => "отметить не прошедшей",
    }
}

/// The value, or a dash.
pub(crate) fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "—".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_steers_the_terminal() {
        assert_eq!(harmless("a\u{1b}]0;b\u{7}\u{202e}c\n\td"), "a\u{fffd}]0;b\u{fffd}\u{fffd}c\n\td");
    }

    #[test]
    fn causes_and_accounts_have_russian_names() {
        assert_eq!(cause("nanorvs/S-1 refund R-1"), "nanorvs/S-1, возврат R-1");
        assert_eq!(cause("payout 7"), "выплата № 7");
        assert_eq!(cause("nanorvs/S-1 run 2"), "nanorvs/S-1, пересмотр 2");
        assert_eq!(cause("nanorvs/S-1"), "nanorvs/S-1");
        assert_eq!(cause("period 202610 run 1"), "октябрь 2026");
        assert_eq!(cause("period 202610 run 3"), "октябрь 2026, корректировка");
        assert_eq!(account("company:breakage"), "невыплаченное");
        assert_eq!(account("partner:NR00001"), "NR00001");
    }

    #[test]
    fn a_month_is_called_by_its_name() {
        let named = |text: &str| month(text.parse().expect("a period"));
        assert_eq!([named("2026-10"), named("2026-01")], ["октябрь 2026", "январь 2026"]);
    }

    #[test]
    fn volumes_have_their_unit() {
        let shown = |hundredths, unit| volume(hundredths, unit).replace('\u{a0}', " ");
        let points: Vec<String> =
            [1_234_50, 16_000_00, 2_00, 21_00].map(|points| shown(points, "volume")).to_vec();
        assert_eq!(points, ["1 234,50 балла", "16 000 баллов", "2 балла", "21 балл"]);
        assert_eq!(shown(16_000_00, "turnover"), "16 000,00 ₽");
    }
}
