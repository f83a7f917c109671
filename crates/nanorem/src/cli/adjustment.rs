//! `nanorem adjustment …`

use clap::{Args, Subcommand};
use domain::money::Money;
use domain::partner::PartnerCode;

use super::usage::read;

#[derive(Debug, Subcommand)]
pub(crate) enum AdjustmentVerb {
    /// Начислить или снять вручную; сверх лимита ждёт второго сотрудника
    Make {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
        /// Сумма; со знаком минус — снять
        #[arg(value_name = "СУММА", allow_negative_numbers = true, value_parser = read(str::parse::<Money>))]
        amount: Money,
        /// Почему
        #[arg(long, value_name = "ТЕКСТ")]
        reason: String,
    },
    /// Одобрить (другой сотрудник)
    Approve(AdjustmentDecision),
    /// Отклонить (другой сотрудник)
    Reject(AdjustmentDecision),
    /// Все ручные корректировки
    List,
}

#[derive(Debug, Args)]
pub(crate) struct AdjustmentDecision {
    /// Номер корректировки
    #[arg(value_name = "НОМЕР")]
    pub(crate) number: i64,
    /// Почему
    #[arg(long, value_name = "ТЕКСТ")]
    pub(crate) reason: Option<String>,
}
