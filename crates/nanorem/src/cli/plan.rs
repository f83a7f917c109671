//! `nanorem plan …`

use clap::Subcommand;
use domain::money::Rate;

use super::usage::read;

#[derive(Debug, Subcommand)]
pub(crate) enum PlanVerb {
    /// Проверить план: ошибки с местом, стоимость в худшем случае
    Check {
        /// Файл или имя поставляемого плана (nanorem-5, nanorem-12)
        #[arg(value_name = "ФАЙЛ")]
        file: String,
        /// Доля маржи в обороте
        #[arg(long, value_name = "СТАВКА", default_value = "50%", value_parser = read(str::parse::<Rate>))]
        margin: Rate,
    },
    /// Ввести план в действие с даты
    Activate {
        /// Файл или имя поставляемого плана (nanorem-5, nanorem-12)
        #[arg(value_name = "ФАЙЛ")]
        file: String,
        /// С какой даты, например 2026-01-01
        #[arg(long = "from", value_name = "ДАТА")]
        since: String,
        /// Без второго человека; журнал это запомнит
        #[arg(long)]
        force: bool,
    },
    /// Все версии планов
    List,
    /// Текст действующего плана
    Show {
        /// На какую дату (иначе сейчас)
        #[arg(long, value_name = "ДАТА")]
        at: Option<String>,
    },
    /// JSON Schema языка планов, для редакторов
    Schema,
    /// План обычными словами
    Explain {
        /// Файл или имя поставляемого плана (иначе действующий)
        #[arg(value_name = "ФАЙЛ")]
        file: Option<String>,
    },
}
