//! `nanorem payout …`

use clap::{Args, Subcommand};
use domain::money::Money;
use domain::partner::PartnerCode;

use super::usage::read;

#[derive(Debug, Subcommand)]
pub(crate) enum PayoutVerb {
    /// Запросить выплату партнёру
    Request {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
        /// Сумма; иначе всё доступное
        #[arg(value_name = "СУММА", value_parser = read(str::parse::<Money>))]
        amount: Option<Money>,
    },
    /// Одобрить (другой сотрудник)
    Approve(PayoutStepArgs),
    /// Отклонить; деньги вернутся партнёру
    Reject(PayoutReasonArgs),
    /// Отметить отправленной в банк
    Send(PayoutStepArgs),
    /// Отметить полученной
    Settle(PayoutStepArgs),
    /// Отметить возвращённой банком; деньги вернутся партнёру
    Fail(PayoutReasonArgs),
    /// Все выплаты
    List,
}

#[derive(Debug, Args)]
pub(crate) struct PayoutStepArgs {
    /// Номер выплаты
    #[arg(value_name = "НОМЕР")]
    pub(crate) number: i64,
}

#[derive(Debug, Args)]
pub(crate) struct PayoutReasonArgs {
    /// Номер выплаты
    #[arg(value_name = "НОМЕР")]
    pub(crate) number: i64,
    /// Почему
    #[arg(long, value_name = "ТЕКСТ")]
    pub(crate) reason: String,
}
