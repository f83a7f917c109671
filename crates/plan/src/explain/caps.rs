//! What caps of a period take back of what orders paid.

use domain::lang::Text;
use domain::text;

use crate::close::{Cut, UnpaidReason};

/// What a cap of the period takes back of what orders paid, as a sentence without a full stop.
pub fn cut(cut: &Cut) -> Text {
    let (rule, amount) = (&cut.rule, cut.amount);
    let (ru, en) = match cut.reason {
        UnpaidReason::CarriedOver => ("будет выплачено в следующих периодах", "to be paid in later periods"),
        UnpaidReason::ToPool => ("добавляется к пулу", "added to the pool"),
        UnpaidReason::OverCap | UnpaidReason::Nobody | UnpaidReason::Held => {
            ("остаётся компании", "stays with the company")
        }
    };
    text!(
        "лимит периода удержал {amount} из начисленного с заказов по правилу {rule}: {ru}",
        "a cap of the period takes back {amount} of what orders paid by the rule {rule}: {en}"
    )
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
            "лимит периода удержал 12.50 из начисленного с заказов по правилу levels: будет выплачено в следующих периодах"
        );
        assert_eq!(
            told(UnpaidReason::ToPool, Lang::En),
            "a cap of the period takes back 12.50 of what orders paid by the rule levels: added to the pool"
        );
        assert!(told(UnpaidReason::OverCap, Lang::En).ends_with(": stays with the company"));
    }
}
