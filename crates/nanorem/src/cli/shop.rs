//! `nanorem shop …`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::offer::Source;

#[derive(Debug, Subcommand)]
pub(crate) enum ShopVerb {
    /// Спросить магазин и показать, как поняты поля одного товара
    Check(SourceArgs),
    /// Принять каталог: новые товары, цены, названия
    Sync(SyncArgs),
    /// Что было принято и когда
    Syncs {
        /// Сколько последних показать
        #[arg(long, value_name = "N", default_value_t = 20)]
        last: u32,
    },
    /// Сверить заказы с магазином: чего нет, где разнятся суммы и состояния. Деньги не меняются
    Reconcile(ReconcileArgs),
    /// Прежние сверки и расхождения последней
    Reconciliations {
        /// Сколько последних показать
        #[arg(long, value_name = "N", default_value_t = 20)]
        last: u32,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ReconcileArgs {
    /// С какого времени оформленные (иначе за shop.orders.days дней)
    #[arg(long, value_name = "ДАТА")]
    pub(crate) from: Option<String>,
    /// По какое время (иначе по эту минуту)
    #[arg(long, value_name = "ДАТА")]
    pub(crate) to: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SourceArgs {
    /// Откуда (иначе shop.catalogue.source из настроек)
    #[arg(long, value_enum, value_name = "ИСТОЧНИК")]
    pub(crate) from: Option<Road>,
    /// Файл YML, файл или папка `CommerceML` вместо места из настроек
    #[arg(long, value_name = "ПУТЬ")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Только сказать, что изменилось бы
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Принять, даже если исчезает больше товаров, чем позволяют настройки
    #[arg(long)]
    pub(crate) accept_vanished: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Road {
    /// API магазина
    Api,
    /// Фид Яндекс Маркета
    Yml,
    /// Выгрузка 1С
    #[value(name = "commerceml")]
    CommerceMl,
}

impl Road {
    pub(crate) const fn source(self) -> Source {
        match self {
            Self::Api => Source::Api,
            Self::Yml => Source::Yml,
            Self::CommerceMl => Source::CommerceMl,
        }
    }
}
