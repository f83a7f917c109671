//! The command line: what may be written, with its help in Russian.

use std::path::PathBuf;

use clap::{ArgAction, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use domain::activity::FeeKind;
use domain::money::{Money, Rate};
use domain::order::ExternalId;
use domain::partner::{Email, NamePart, PartnerCode, Phone, ReferralCode};
use domain::period::Period;

/// NANOREM: партнёры, заказы, начисления и выплаты — точно до копейки.
#[derive(Debug, Parser)]
#[command(name = "nanorem", version, disable_version_flag = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Файл настроек (иначе nanorem.toml, если он есть)
    #[arg(long, global = true, value_name = "ФАЙЛ", env = "NANOREM_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Результат в JSON, для программ
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// От чьего имени: логин сотрудника для журнала
    #[arg(long = "as", global = true, value_name = "ЛОГИН", env = "NANOREM_ACTOR")]
    pub(crate) actor: Option<String>,
    /// Показать версию
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
    #[command(subcommand)]
    pub(crate) command: Verb,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Запустить сервер: вебхуки магазина и фоновую обработку
    Serve {
        /// Адрес и порт (иначе http.listen из настроек)
        #[arg(long, value_name = "АДРЕС:ПОРТ")]
        listen: Option<std::net::SocketAddr>,
    },
    /// Создать демонстрационную компанию и запустить сервер
    Demo(DemoArgs),
    /// Создать таблицы или обновить их до этой версии программы
    Migrate,
    /// Проверить настройки, базу и готовность к работе
    Doctor,
    /// Доказать книги: пересчитать всё по фактам; код выхода 1 при расхождениях
    Verify,
    /// Загрузить компанию из папки с CSV
    Import(ImportArgs),
    /// Партнёры: добавить, показать, переместить, принять взнос
    #[command(subcommand)]
    Partner(PartnerVerb),
    /// Товары
    #[command(subcommand)]
    Product(ProductVerb),
    /// Заказы
    #[command(subcommand)]
    Order(OrderVerb),
    /// Маркетинг-планы
    #[command(subcommand)]
    Plan(PlanVerb),
    /// Расчётные периоды
    #[command(subcommand)]
    Period(PeriodVerb),
    /// Выплаты
    #[command(subcommand)]
    Payout(PayoutVerb),
    /// Начисления по партнёрам
    Accruals(AccrualsArgs),
    /// Оборотная ведомость по всем счетам
    Ledger,
    /// Задания: что ждёт и что не удалось
    Jobs {
        /// Запустить неудавшееся задание снова
        #[arg(long, value_name = "ID")]
        revive: Option<String>,
    },
    /// Снять копию базы во время работы (SQLite)
    Backup {
        /// Куда; файла ещё не должно быть
        #[arg(value_name = "ФАЙЛ")]
        file: PathBuf,
    },
    /// Вернуть базу из копии (SQLite); сервер должен быть остановлен
    Restore {
        /// Копия, снятая командой backup
        #[arg(value_name = "ФАЙЛ")]
        file: PathBuf,
        /// Заменить существующую базу; прежняя останется рядом с именем .old
        #[arg(long)]
        force: bool,
    },
    /// Подсказки для командной оболочки
    Completions {
        /// Оболочка
        #[arg(value_name = "ОБОЛОЧКА")]
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Адрес и порт
    #[arg(long, value_name = "АДРЕС:ПОРТ", default_value = "127.0.0.1:8080")]
    pub(crate) listen: std::net::SocketAddr,
    /// Папка демонстрационной базы
    #[arg(long, value_name = "ПАПКА", default_value = "var/demo")]
    pub(crate) folder: PathBuf,
    /// Только напечатать новую строку curl с подписанным заказом
    #[arg(long)]
    pub(crate) curl: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Папка с partners.csv, activity.csv, products.csv, orders.csv, `order_lines.csv`, refunds.csv
    #[arg(value_name = "ПАПКА")]
    pub(crate) folder: PathBuf,
    /// Только проверить, ничего не записывать
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Имя магазина этих заказов (иначе shop.source из настроек)
    #[arg(long, value_name = "ИМЯ", value_parser = ExternalId::parse)]
    pub(crate) source: Option<ExternalId>,
}

#[derive(Debug, Args)]
pub(crate) struct AccrualsArgs {
    /// По кому сводить
    #[arg(long, value_enum, default_value = "partner", value_name = "КТО")]
    pub(crate) by: By,
    /// Таблица CSV: `partner_code,accrued,reversed,net`
    #[arg(long)]
    pub(crate) csv: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum By {
    /// По партнёру
    Partner,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PartnerVerb {
    /// Добавить партнёра
    Add(PartnerAdd),
    /// Карточка партнёра
    Show {
        #[arg(value_name = "КОД", value_parser = PartnerCode::parse)]
        code: PartnerCode,
    },
    /// Структура под партнёром
    Tree {
        #[arg(value_name = "КОД", value_parser = PartnerCode::parse)]
        code: PartnerCode,
        /// Сколько линий показать
        #[arg(long, default_value_t = 3, value_name = "N")]
        depth: usize,
    },
    /// Выписка по счёту, строка за строкой
    Statement {
        #[arg(value_name = "КОД", value_parser = PartnerCode::parse)]
        code: PartnerCode,
    },
    /// Переместить к другому спонсору с даты
    Move(PartnerMove),
    /// Принять взнос за активность
    Fee(PartnerFee),
    /// Присвоить ранг с даты
    Rank {
        #[arg(value_name = "КОД", value_parser = PartnerCode::parse)]
        code: PartnerCode,
        /// Ранг из маркетинг-плана
        #[arg(value_name = "РАНГ")]
        rank: String,
        #[command(flatten)]
        since: SinceReason,
    },
    /// Придержать начисления с даты
    Hold {
        #[arg(value_name = "КОД", value_parser = PartnerCode::parse)]
        code: PartnerCode,
        #[command(flatten)]
        since: SinceReason,
    },
    /// Больше не придерживать начисления с даты
    Release {
        #[arg(value_name = "КОД", value_parser = PartnerCode::parse)]
        code: PartnerCode,
        #[command(flatten)]
        since: SinceReason,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SinceReason {
    /// С какой даты (2026-01-31 или 2026-01-31T10:00:00+03:00); иначе с этой минуты
    #[arg(long = "from", value_name = "ДАТА")]
    pub(crate) since: Option<String>,
    /// Почему
    #[arg(long, value_name = "ТЕКСТ")]
    pub(crate) reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct PartnerAdd {
    /// Имя
    #[arg(long, value_name = "ИМЯ", value_parser = NamePart::parse)]
    pub(crate) first: NamePart,
    /// Фамилия
    #[arg(long, value_name = "ФАМИЛИЯ", value_parser = NamePart::parse)]
    pub(crate) last: NamePart,
    /// Телефон
    #[arg(long, value_name = "ТЕЛЕФОН", value_parser = Phone::parse)]
    pub(crate) phone: Option<Phone>,
    /// Электронная почта
    #[arg(long, value_name = "ПОЧТА", value_parser = Email::parse)]
    pub(crate) email: Option<Email>,
    #[command(flatten)]
    pub(crate) sponsor: SponsorArgs,
    /// Код партнёра (иначе следующий свободный)
    #[arg(long, value_name = "КОД", value_parser = PartnerCode::parse)]
    pub(crate) code: Option<PartnerCode>,
    /// Когда вступил, если раньше (2026-01-31T10:00:00+03:00)
    #[arg(long, value_name = "ДАТА")]
    pub(crate) joined_at: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SponsorArgs {
    /// Код спонсора
    #[arg(long, value_name = "КОД", value_parser = PartnerCode::parse)]
    pub(crate) sponsor: Option<PartnerCode>,
    /// Код приглашения спонсора
    #[arg(long, value_name = "КОД", value_parser = ReferralCode::parse)]
    pub(crate) referral: Option<ReferralCode>,
    /// Основатель: без спонсора
    #[arg(long)]
    pub(crate) root: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PartnerMove {
    #[arg(value_name = "КОД", value_parser = PartnerCode::parse)]
    pub(crate) code: PartnerCode,
    /// К кому
    #[arg(long, value_name = "КОД", value_parser = PartnerCode::parse, required_unless_present = "root", conflicts_with = "root")]
    pub(crate) to: Option<PartnerCode>,
    /// В корень структуры
    #[arg(long)]
    pub(crate) root: bool,
    #[command(flatten)]
    pub(crate) since: SinceReason,
}

#[derive(Debug, Args)]
pub(crate) struct PartnerFee {
    #[arg(value_name = "КОД", value_parser = PartnerCode::parse)]
    pub(crate) code: PartnerCode,
    /// Взнос: monthly (месяц) или annual (год)
    #[arg(value_name = "ВЗНОС")]
    pub(crate) kind: FeeKind,
    /// Когда оплачен (2026-01-31T10:00:00+03:00); иначе сейчас
    #[arg(long, value_name = "ДАТА")]
    pub(crate) paid_at: Option<String>,
    /// Ключ платежа; тот же ключ ещё раз ничего не изменит
    #[arg(long, value_name = "КЛЮЧ")]
    pub(crate) key: Option<String>,
}

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
    #[arg(value_name = "АРТИКУЛ", value_parser = domain::catalog::Sku::parse)]
    pub(crate) sku: domain::catalog::Sku,
    /// Название
    #[arg(long, value_name = "ТЕКСТ")]
    pub(crate) name: String,
    /// Категория
    #[arg(long, value_name = "ТЕКСТ")]
    pub(crate) category: String,
    /// Цена, например 3900.00
    #[arg(long, value_name = "СУММА")]
    pub(crate) price: Money,
    /// Себестоимость
    #[arg(long, value_name = "СУММА")]
    pub(crate) cost: Money,
    /// Баллы
    #[arg(long, value_name = "БАЛЛЫ", default_value = "0", value_parser = domain::catalog::Volume::parse)]
    pub(crate) volume: domain::catalog::Volume,
    /// Взнос или материалы: никогда не база комиссий
    #[arg(long)]
    pub(crate) fee: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OrderVerb {
    /// Заказ целиком: кто сколько получил и почему, кто не получил и почему
    Show {
        /// Номер или код заказа в магазине
        #[arg(value_name = "ЗАКАЗ")]
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PlanVerb {
    /// Проверить план: ошибки с местом, стоимость в худшем случае
    Check {
        /// Файл или имя поставляемого плана (nanorem-5, nanorem-12)
        #[arg(value_name = "ФАЙЛ")]
        file: String,
        /// Доля маржи в обороте
        #[arg(long, value_name = "СТАВКА", default_value = "50%")]
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
    /// План обычными словами
    Explain {
        /// Файл или имя поставляемого плана (иначе действующий)
        #[arg(value_name = "ФАЙЛ")]
        file: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PeriodVerb {
    /// Закрыть месяц: остатки фиксируются, проводок больше не будет
    Close {
        /// Месяц, например 2026-01
        #[arg(value_name = "МЕСЯЦ")]
        period: Period,
    },
    /// Закрытые периоды
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PayoutVerb {
    /// Запросить выплату партнёру
    Request {
        #[arg(value_name = "КОД", value_parser = PartnerCode::parse)]
        code: PartnerCode,
        /// Сумма; иначе всё доступное
        #[arg(value_name = "СУММА")]
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

const TEMPLATE: &str = "{about-with-newline}\nИспользование: {usage}\n\n{all-args}{after-help}";

/// The command line with every heading in Russian.
pub(crate) fn command() -> Command {
    localized(Cli::command())
}

fn localized(command: Command) -> Command {
    let help =
        clap::Arg::new("справка").short('h').long("help").action(ArgAction::Help).help("Показать справку");
    let command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .help_template(TEMPLATE)
        .subcommand_help_heading("Команды")
        .subcommand_value_name("КОМАНДА");
    let command = command.mut_args(|arg| {
        let heading = if arg.is_positional() { "Аргументы" } else { "Параметры" };
        arg.help_heading(heading).hide_default_value(false)
    });
    command.mut_subcommands(localized)
}

/// What was written on the command line; tells and exits when it is wrong.
pub(crate) fn parse() -> Cli {
    Cli::from_arg_matches(&command().get_matches()).unwrap_or_else(|error| error.exit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_help_text_is_in_russian() {
        fn check(command: &Command) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let is_russian = |text: &str| text.chars().any(|letter| ('а'..='я').contains(&letter));
            assert!(is_russian(&about), "{} has no Russian help: {about:?}", command.get_name());
            for arg in command.get_arguments().filter(|arg| !arg.is_positional()) {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(
                    is_russian(&help),
                    "{} {} has no Russian help: {help:?}",
                    command.get_name(),
                    arg.get_id()
                );
            }
            command.get_subcommands().for_each(check);
        }
        check(&command());
    }
}
