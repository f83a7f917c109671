//! How refusals about payouts are told.

use app::payouts::PayoutError;
use domain::lang::Text;
use domain::text;

use crate::Problem;
use crate::api::extract::Wrong;
use crate::api::partners;

impl From<PayoutError> for Problem {
    fn from(error: PayoutError) -> Self {
        match error {
            PayoutError::UnknownPartner(code) => partners::unknown(&code),
            PayoutError::Unknown(number) => Self::unknown(
                "unknown_payout",
                text!("выплаты № {number} нет", "there is no payout number {number}"),
            ),
            PayoutError::NotEnough { asked, available } => Self::conflict(
                "not_enough",
                text!(
                    "запрошено {asked}, доступно {available}",
                    "{asked} is asked for, {available} is available"
                ),
            ),
            PayoutError::NotPositive(amount) => Wrong::one(
                "/amount",
                "not_positive",
                text!(
                    "{amount}: нужна сумма больше нуля",
                    "{amount} cannot be paid out: ask for more than zero"
                ),
            ),
            PayoutError::Nothing { available } => Self::conflict(
                "nothing_available",
                text!(
                    "выплачивать нечего: доступно {available}",
                    "nothing to pay out: {available} is available"
                ),
            ),
            PayoutError::Illegal(step) => Self::conflict(
                "illegal_step",
                text!(
                    "выплата в состоянии {}, шаг {} невозможен",
                    "a payout that is {} cannot be taken by step {}",
                    step.from,
                    step.step
                ),
            ),
            PayoutError::SamePerson(who) => Self::conflict(
                "same_person",
                text!(
                    "выплату запросил {who}: одобрить должен другой сотрудник",
                    "{who} asked for this payout, so another person must approve it"
                ),
            ),
            PayoutError::Debt(debt) => Self::conflict(
                "debt",
                text!(
                    "у партнёра долг {debt}: отклоните выплату, деньги пойдут на его погашение",
                    "the partner owes {debt}: reject the payout, and the money pays his debt"
                ),
            ),
            PayoutError::NotStaff => partners::not_staff(),
            PayoutError::NotHis => Self::forbidden(Text::new(
                "партнёр запрашивает только свои деньги",
                "a partner asks only for his own money",
            )),
            PayoutError::Store(error) => error.into(),
        }
    }
}
