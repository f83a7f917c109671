//! `nanorem payout`.

use app::payouts::{advance, list, request};
use domain::payout::{Payout, PayoutStep};

use crate::Hands;
use crate::cli::PayoutVerb;
use crate::output::{list as list_of, moment, or_dash, payout_state, rub};

pub(super) async fn run(hands: &Hands, verb: PayoutVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let (number, step, reason) = match verb {
        PayoutVerb::List => {
            let payouts = list(&app).await?;
            let shown: Vec<_> = payouts
                .iter()
                .map(|(payout, code)| serde_json::json!({ "payout": payout, "partner_code": code }))
                .collect();
            return hands.output.show(&shown, || {
                let rows = payouts.iter().map(|(payout, code)| {
                    vec![
                        payout.number.to_string(),
                        code.to_string(),
                        rub(payout.amount),
                        payout_state(payout.state).to_owned(),
                        payout.requested_by.clone(),
                        or_dash(payout.approved_by.clone()),
                        moment(payout.changed_at),
                    ]
                });
                list_of(
                    &[">№", "Партнёр", ">Сумма", "Состояние", "Запросил", "Одобрил", "Изменена"],
                    rows,
                    "Выплат нет",
                )
            });
        }
        PayoutVerb::Request { code, amount } => {
            let payout = request(&app, &hands.actor, &code, amount).await?;
            return shown(hands, &payout);
        }
        PayoutVerb::Approve(args) => (args.number, PayoutStep::Approve, None),
        PayoutVerb::Reject(args) => (args.number, PayoutStep::Reject, Some(args.reason)),
        PayoutVerb::Send(args) => (args.number, PayoutStep::Send, None),
        PayoutVerb::Settle(args) => (args.number, PayoutStep::Settle, None),
        PayoutVerb::Fail(args) => (args.number, PayoutStep::Fail, Some(args.reason)),
    };
    shown(hands, &advance(&app, &hands.actor, number, step, reason.as_deref()).await?)
}

fn shown(hands: &Hands, payout: &Payout) -> anyhow::Result<()> {
    hands.output.show(payout, || {
        format!("Выплата № {}: {}, {}", payout.number, rub(payout.amount), payout_state(payout.state))
    })
}
