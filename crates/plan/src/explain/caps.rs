//! What caps of a period keep back.

use domain::lang::Text;
use domain::text;

use crate::close::{Cut, Unpaid, UnpaidReason};

/// What a cap of the period takes back of what orders paid, as a sentence without a full stop.
pub fn cut(cut: &Cut) -> Text {
    let (rule, [amount_ru, amount_en]) = (&cut.rule, cut.amount.in_both());
    let (ru, en) = whereto(cut.reason);
    text!(
        "лимит периода удержал {amount_ru} из начисленного с заказов по правилу {rule}: {ru}",
        "a cap of the period takes back {amount_en} of what orders paid by the rule {rule}: {en}"
    )
}

/// What a cap keeps back of what the rules of a period reckoned, as a sentence without a full stop; `None`
/// where it was not a cap.
pub fn kept_back(part: &Unpaid) -> Option<Text> {
    if matches!(part.reason, UnpaidReason::Nobody | UnpaidReason::Held) {
        return None;
    }
    let ([amount_ru, amount_en], (ru, en)) = (part.amount.in_both(), whereto(part.reason));
    Some(match &part.rule {
        Some(rule) => text!(
            "лимит правила {rule} удержал {amount_ru}: {ru}",
            "the cap of the rule {rule} keeps back {amount_en}: {en}"
        ),
        None => text!(
            "лимит партнёра или компании удержал {amount_ru} из начисленного по правилам периода: {ru}",
            "the cap of a partner or of the company keeps back {amount_en} of what rules of the period give: {en}"
        ),
    })
}

/// What becomes of it.
const fn whereto(reason: UnpaidReason) -> (&'static str, &'static str) {
    match reason {
        UnpaidReason::CarriedOver => ("будет выплачено в следующих периодах", "to be paid in later periods"),
        UnpaidReason::ToPool => ("добавляется к пулу", "added to the pool"),
        UnpaidReason::OverCap | UnpaidReason::Nobody | UnpaidReason::Held => {
            ("остаётся компании", "stays with the company")
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::accrual::RuleId;
    use domain::lang::Lang;
    use domain::money::Money;

    use super::*;
    use crate::close::Seat;

    #[test]
    fn a_cut_says_how_much_and_where_it_goes() {
        let told = |reason, lang| {
            let (rule, earner, amount) = (RuleId::new("levels"), Seat::new(0), Money::from_minor(1_250));
            cut(&Cut { rule, earner, amount, reason }).in_lang(lang).to_owned()
        };
        assert_eq!(
            told(UnpaidReason::CarriedOver, Lang::Ru),
            "лимит периода удержал 12,50\u{a0}₽ из начисленного с заказов по правилу levels: будет выплачено в следующих периодах"
        );
        assert_eq!(
            told(UnpaidReason::ToPool, Lang::En),
            "a cap of the period takes back 12.50 of what orders paid by the rule levels: added to the pool"
        );
        assert!(told(UnpaidReason::OverCap, Lang::En).ends_with(": stays with the company"));
    }

    #[test]
    fn what_is_kept_back_names_its_cap() {
        let told = |rule: Option<&str>, reason| {
            let (rule, amount) = (rule.map(RuleId::new), Money::from_minor(1_250));
            let part = Unpaid { rule, partner: Some(Seat::new(0)), reason, amount };
            kept_back(&part).map(|text| text.in_lang(Lang::Ru).to_owned())
        };
        assert_eq!(
            told(Some("team"), UnpaidReason::OverCap).as_deref(),
            Some("лимит правила team удержал 12,50\u{a0}₽: остаётся компании")
        );
        assert_eq!(
            told(None, UnpaidReason::CarriedOver).as_deref(),
            Some(
                "лимит партнёра или компании удержал 12,50\u{a0}₽ из начисленного по правилам периода: будет выплачено в следующих периодах"
            )
        );
        assert_eq!([told(None, UnpaidReason::Held), told(None, UnpaidReason::Nobody)], [None, None]);
    }
}
