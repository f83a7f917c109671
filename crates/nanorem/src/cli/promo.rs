//! `nanorem promo …`

use clap::{Args, Subcommand};
use domain::partner::PartnerCode;
use domain::promo::PromoCode;

use super::usage::read;

#[derive(Debug, Subcommand)]
pub(crate) enum PromoVerb {
    /// Закрепить промокод за партнёром: новый покупатель с этим кодом станет его клиентом
    Add(PromoAdd),
    /// Все промокоды: чьи и с какого по какое время
    List,
    /// Прекратить действие промокода
    End {
        /// Промокод
        #[arg(value_name = "ПРОМОКОД", value_parser = read(PromoCode::parse))]
        code: PromoCode,
        /// С какого времени (иначе с этой минуты)
        #[arg(long, value_name = "ДАТА")]
        until: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PromoAdd {
    /// Промокод: от 3 до 40 букв, цифр, «-», «_»
    #[arg(value_name = "ПРОМОКОД", value_parser = read(PromoCode::parse))]
    pub(crate) code: PromoCode,
    /// Код партнёра
    #[arg(long, value_name = "КОД", value_parser = read(PartnerCode::parse))]
    pub(crate) partner: PartnerCode,
    /// С какого времени (иначе с этой минуты)
    #[arg(long, value_name = "ДАТА")]
    pub(crate) since: Option<String>,
    /// До какого времени (иначе без срока)
    #[arg(long, value_name = "ДАТА")]
    pub(crate) until: Option<String>,
}
