//! Words that were perhaps meant, and words that the law forbids.

/// The known word that is nearest to a mistyped one, if any is near.
pub(super) fn nearest<'w>(text: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let text = text.to_lowercase();
    let most = (text.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|word| (distance(&text, word), word))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be changed, added, dropped or swapped with the next to make one of the other.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().take(64).collect(), to.chars().take(64).collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    let cell =
        |row: Option<&Vec<usize>>, column: usize| row.and_then(|row| row.get(column)).copied().unwrap_or(0);
    for (index, letter) in from.iter().enumerate() {
        let above = rows.get(index);
        let mut row = vec![index + 1];
        for (column, other) in to.iter().enumerate() {
            let changed = cell(above, column) + usize::from(letter != other);
            let dropped = cell(above, column + 1) + 1;
            let added = cell(Some(&row), column) + 1;
            let mut best = changed.min(dropped).min(added);
            let swapped = index > 0
                && column > 0
                && from.get(index - 1) == Some(other)
                && to.get(column - 1) == Some(letter);
            if swapped {
                best = best.min(cell(rows.get(index - 1), column - 1) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    cell(rows.last(), to.len())
}

/// Words that stand for money paid for joining rather than for goods.
const RECRUITING: &[&str] = &[
    "fee",
    "fees",
    "signup",
    "signups",
    "registration",
    "registrations",
    "enrolment",
    "enrollment",
    "recruit",
    "recruits",
    "recruiting",
    "recruitment",
    "membership",
    "subscription",
    "взнос",
    "взносы",
    "регистрация",
];

/// Whether a word of the author asks to pay for recruiting: on fees, sign-ups, registrations.
pub(super) fn is_recruiting(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    text.replace(['-', ' '], "_").contains("sign_up") || words.any(|word| RECRUITING.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_word_finds_its_neighbour() {
        let known = ["turnover", "margin", "volume"];
        for (text, meant) in [
            ("turnoverx", Some("turnover")),
            ("Margin", Some("margin")),
            ("mragin", Some("margin")),
            ("volumes", Some("volume")),
            ("profit", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, known), meant, "{text}");
        }
    }

    #[test]
    fn pay_for_recruiting_is_recognized_by_whole_words() {
        for text in ["activity_fee", "fees", "sign_up", "Sign-Up bonus", "signup", "registration", "взнос"]
        {
            assert!(is_recruiting(text), "{text}");
        }
        for text in ["coffee", "turnover", "goods", "assignment", "feed"] {
            assert!(!is_recruiting(text), "{text}");
        }
    }
}
