//! `nanorem accruals` and `nanorem ledger`.

use app::accruals::by_partner;
use app::ledger::trial_balance as balance;

use crate::Hands;
use crate::cli::{AccrualsArgs, By};
use crate::output::{account, print, rub, table};

pub(super) async fn show(hands: &Hands, args: &AccrualsArgs) -> anyhow::Result<()> {
    let By::Partner = args.by;
    let earned = by_partner(&hands.app().await?).await?;
    if !args.csv {
        return hands.output.show(&earned, || {
            let rows = earned.iter().map(|one| {
                vec![one.partner_code.to_string(), rub(one.accrued), rub(one.reversed), rub(one.net)]
            });
            table(&["Партнёр", ">Начислено", ">Сторно", ">Итого"], rows)
        });
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["partner_code", "accrued", "reversed", "net"])?;
    for one in earned {
        writer.write_record([
            one.partner_code.to_string(),
            one.accrued.to_string(),
            one.reversed.to_string(),
            one.net.to_string(),
        ])?;
    }
    print(&String::from_utf8(writer.into_inner()?)?)
}

pub(super) async fn trial_balance(hands: &Hands) -> anyhow::Result<()> {
    let lines = balance(&hands.app().await?).await?;
    hands.output.show(&lines, || {
        let rows = lines
            .iter()
            .map(|line| vec![account(&line.account), rub(line.debits), rub(line.credits), rub(line.balance)]);
        let total: domain::money::Money = lines.iter().map(|line| line.balance).sum();
        format!("{}\nСумма остатков: {}", table(&["Счёт", ">Дебет", ">Кредит", ">Остаток"], rows), rub(total))
    })
}
