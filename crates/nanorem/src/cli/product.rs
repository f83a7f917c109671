//! `nanorem product …`

use clap::{Args, Subcommand};
use domain::catalog::{Sku, Volume};
use domain::money::Money;

use super::usage::read;

#[derive(Debug, Subcommand)]
pub(crate) enum ProductVerb {
    /// Список товаров с действующими ценами
    List,
    /// Добавить товар или изменить его цену с этой минуты
    Set(ProductSet),
}

#[derive(Debug, Args)]
pub(crate) struct ProductSet {
    /// Артикул
    #[arg(value_name = "АРТИКУЛ", value_parser = read(Sku::parse))]
    pub(crate) sku: Sku,
    /// Название
    #[arg(long, value_name = "ТЕКСТ")]
    pub(crate) name: String,
    /// Категория
    #[arg(long, value_name = "ТЕКСТ")]
    pub(crate) category: String,
    /// Цена, например 3900.00
    #[arg(long, value_name = "СУММА", value_parser = read(str::parse::<Money>))]
    pub(crate) price: Money,
    /// Себестоимость
    #[arg(long, value_name = "СУММА", value_parser = read(str::parse::<Money>))]
    pub(crate) cost: Money,
    /// Баллы
    #[arg(long, value_name = "БАЛЛЫ", default_value = "0", value_parser = read(Volume::parse))]
    pub(crate) volume: Volume,
    /// Взнос или материалы: никогда не база комиссий
    #[arg(long)]
    pub(crate) fee: bool,
}
