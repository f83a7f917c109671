//! `nanorem plan …`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::money::{Money, Rate};
use domain::period::Period;

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
    /// Сравнить два плана на истории компании: стоимость, кто выиграет и кто потеряет
    Diff(DiffArgs),
    /// Посчитать план на небольшой компании из файла: кто, сколько и почему
    Try(TryArgs),
    /// Прогнать план на случайных сетях: с какой вероятностью он упрётся в лимит
    Simulate(SimulateArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Первый план: файл, имя поставляемого или current (действующий)
    #[arg(value_name = "ПЛАН")]
    pub(crate) before: String,
    /// Второй план: файл, имя поставляемого или current (действующий)
    #[arg(value_name = "ВТОРОЙ ПЛАН")]
    pub(crate) after: String,
    /// Первый месяц, например 2026-01
    #[arg(long, value_name = "МЕСЯЦ", value_parser = read(str::parse::<Period>))]
    pub(crate) from: Period,
    /// Последний месяц, включительно
    #[arg(long, value_name = "МЕСЯЦ", value_parser = read(str::parse::<Period>))]
    pub(crate) to: Period,
    /// Сколько выигравших и потерявших показать
    #[arg(long, value_name = "ЧИСЛО", default_value_t = 20)]
    pub(crate) top: usize,
}

#[derive(Debug, Args)]
pub(crate) struct TryArgs {
    /// План: файл, имя поставляемого или current (действующий)
    #[arg(value_name = "ПЛАН")]
    pub(crate) plan: String,
    /// Файл с людьми и покупками (docs/sketch.md)
    #[arg(value_name = "ЭСКИЗ")]
    pub(crate) sketch: PathBuf,
    /// Кому объяснить, почему не больше
    #[arg(long, value_name = "ИМЯ")]
    pub(crate) partner: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// План: файл, имя поставляемого или current (действующий)
    #[arg(value_name = "ПЛАН")]
    pub(crate) plan: String,
    /// Зерно случайности: одно и то же число даёт те же сети
    #[arg(long, value_name = "ЧИСЛО", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Сколько сетей
    #[arg(long, value_name = "ЧИСЛО", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) runs: u32,
    /// Сколько месяцев
    #[arg(long, value_name = "ЧИСЛО", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub(crate) months: u32,
    /// Сколько партнёров вначале
    #[arg(long, value_name = "ЧИСЛО", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) start: u32,
    /// На сколько сеть растёт за месяц
    #[arg(long, value_name = "СТАВКА", default_value = "8%", value_parser = read(str::parse::<Rate>))]
    pub(crate) growth: Rate,
    /// Насколько новички тянутся к тем, кто уже много пригласил
    #[arg(long, value_name = "СТАВКА", default_value = "50%", value_parser = read(str::parse::<Rate>))]
    pub(crate) preference: Rate,
    /// Какая доля партнёров оплачивает активность месяца
    #[arg(long, value_name = "СТАВКА", default_value = "60%", value_parser = read(str::parse::<Rate>))]
    pub(crate) activity: Rate,
    /// Какая доля партнёров покупает в месяце
    #[arg(long, value_name = "СТАВКА", default_value = "40%", value_parser = read(str::parse::<Rate>))]
    pub(crate) buyers: Rate,
    /// Средний заказ
    #[arg(long, value_name = "СУММА", default_value = "5000.00", value_parser = read(str::parse::<Money>))]
    pub(crate) average: Money,
    /// Доля маржи в обороте
    #[arg(long, value_name = "СТАВКА", default_value = "50%", value_parser = read(str::parse::<Rate>))]
    pub(crate) margin: Rate,
    /// Какая доля заказов — от покупателей со стороны, которых привёл партнёр
    #[arg(long, value_name = "СТАВКА", default_value = "20%", value_parser = read(str::parse::<Rate>))]
    pub(crate) customers: Rate,
    /// Предел выплат от оборота, с которым сравнить (иначе лимит плана)
    #[arg(long, value_name = "СТАВКА", value_parser = read(str::parse::<Rate>))]
    pub(crate) limit: Option<Rate>,
    /// Сохранить график в SVG
    #[arg(long, value_name = "ФАЙЛ")]
    pub(crate) svg: Option<PathBuf>,
}
