//! `nanorem adjustment`.

use app::adjustments::{Decision, decide, list, make};
use domain::adjustment::{Adjustment, AdjustmentState};

use crate::Hands;
use crate::cli::AdjustmentVerb;
use crate::output::{list as list_of, moment, or_dash, rub};

pub(super) async fn run(hands: &Hands, verb: AdjustmentVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    let (args, decision) = match verb {
        AdjustmentVerb::Make { code, amount, reason } => {
            return shown(hands, &make(&app, &hands.actor, &code, amount, &reason).await?);
        }
        AdjustmentVerb::List => {
            let adjustments = list(&app).await?;
            let shown: Vec<_> = adjustments
                .iter()
                .map(|(one, code)| serde_json::json!({ "adjustment": one, "partner_code": code }))
                .collect();
            return hands.output.show(&shown, || {
                let rows = adjustments.iter().map(|(one, code)| {
                    vec![
                        one.number.to_string(),
                        code.to_string(),
                        rub(one.amount),
                        state(one.state).to_owned(),
                        one.requested_by.clone(),
                        or_dash(one.decided_by.clone()),
                        moment(one.changed_at),
                        one.reason.clone(),
                    ]
                });
                list_of(
                    &[">№", "Партнёр", ">Сумма", "Состояние", "Внёс", "Решил", "Изменена", "Почему"],
                    rows,
                    "Ручных корректировок нет",
                )
            });
        }
        AdjustmentVerb::Approve(args) => (args, Decision::Approve),
        AdjustmentVerb::Reject(args) => (args, Decision::Reject),
    };
    shown(hands, &decide(&app, &hands.actor, args.number, decision, args.reason.as_deref()).await?)
}

const fn state(state: AdjustmentState) -> &'static str {
    match state {
        AdjustmentState::Requested => "ждёт второго сотрудника",
        AdjustmentState::Made => "проведена",
        AdjustmentState::Rejected => "отклонена",
    }
}

fn shown(hands: &Hands, adjustment: &Adjustment) -> anyhow::Result<()> {
    hands.output.show(adjustment, || {
        format!(
            "Корректировка № {}: {}, {}",
            adjustment.number,
            rub(adjustment.amount),
            state(adjustment.state)
        )
    })
}
