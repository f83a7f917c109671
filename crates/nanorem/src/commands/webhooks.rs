//! `nanorem webhooks`.

use app::orders::{Troubled, troubled};
use store::receipts::Verdict;

use crate::Hands;
use crate::output::{list as rows_of, moment, or_dash};

/// Shows the webhooks that were not accepted, the last first.
pub(super) async fn list(hands: &Hands, last: u32) -> anyhow::Result<()> {
    let troubled = troubled(&hands.app().await?, last).await?;
    hands.output.show(&troubled, || {
        let rows = troubled.iter().map(|one| {
            vec![
                moment(one.received_at),
                verdict(one).to_owned(),
                or_dash(one.order.clone()),
                one.message_id.clone(),
                one.deliveries.to_string(),
                or_dash(one.problem.clone()),
            ]
        });
        rows_of(&["Получен", "Итог", "Заказ", "Сообщение", ">Раз", "Почему"], rows, "Все вебхуки приняты")
    })
}

const fn verdict(one: &Troubled) -> &'static str {
    match one.verdict {
        Verdict::Conflict => "противоречит известному",
        Verdict::Refused => "отказано",
        Verdict::Accepted => "принят",
        Verdict::Duplicate => "повтор",
    }
}
