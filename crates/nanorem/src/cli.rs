//! The command line: what may be written, with its help in Russian.

mod adjustment;
mod endpoint;
mod links;
mod order;
mod partner;
mod payout;
mod plan;
mod product;
mod promo;
mod shop;
mod usage;
mod user;

use std::path::PathBuf;

use clap::{ArgAction, Args, Command, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use domain::order::ExternalId;
use domain::partner::PartnerCode;
use domain::period::Period;

pub(crate) use adjustment::AdjustmentVerb;
pub(crate) use endpoint::{EndpointAdd, EndpointChange, EndpointVerb, OutboxList, OutboxVerb};
pub(crate) use links::LinksVerb;
pub(crate) use order::{LineArg, OrderAdd, OrderRefund, PiecesArg};
pub(crate) use partner::{PartnerAdd, PartnerFee, PartnerMove, PartnerVerb, SinceReason};
pub(crate) use payout::PayoutVerb;
pub(crate) use plan::{DiffArgs, PlanVerb, SimulateArgs, TryArgs};
pub(crate) use product::{ProductSet, ProductVerb};
pub(crate) use promo::PromoVerb;
pub(crate) use shop::{ReconcileArgs, Road, ShopVerb, SourceArgs, SyncArgs};
use usage::read;
pub(crate) use user::{AuditVerb, TokenVerb, UserVerb};

use crate::output::print;

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
    /// Ссылки партнёров: что они дали, QR-коды
    #[command(subcommand)]
    Links(LinksVerb),
    /// Товары
    #[command(subcommand)]
    Product(ProductVerb),
    /// Каталог магазина: проверить связь, принять, посмотреть принятое
    #[command(subcommand)]
    Shop(ShopVerb),
    /// Что делается по расписанию, когда и с каким итогом
    Schedules,
    /// Промокоды партнёров
    #[command(subcommand)]
    Promo(PromoVerb),
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
    /// Ручные корректировки балансов
    #[command(subcommand)]
    Adjustment(AdjustmentVerb),
    /// Начисления по партнёрам
    Accruals(AccrualsArgs),
    /// Оборотная ведомость по всем счетам
    Ledger,
    /// Вебхуки, которые не приняты: отказано или противоречит известному
    Webhooks {
        /// Сколько последних показать
        #[arg(long, value_name = "N", default_value_t = 50)]
        last: u32,
    },
    /// Задания: что ждёт и что не удалось
    Jobs {
        /// Запустить неудавшееся задание снова
        #[arg(long, value_name = "ID")]
        revive: Option<String>,
    },
    /// Пользователи: кто может войти
    #[command(subcommand)]
    User(UserVerb),
    /// Токены для программ
    #[command(subcommand)]
    Token(TokenVerb),
    /// Журнал действий: посмотреть, проверить цепочку, вынести её голову
    #[command(subcommand)]
    Audit(AuditVerb),
    /// Адреса, которым сообщается о событиях: исходящие вебхуки
    #[command(subcommand)]
    Endpoint(EndpointVerb),
    /// Исходящие: что ждёт отправки, отправлено и не удалось
    #[command(args_conflicts_with_subcommands = true)]
    Outbox {
        #[command(subcommand)]
        verb: Option<OutboxVerb>,
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
    #[arg(long, value_name = "АДРЕС:ПОРТ", default_value_t = DemoArgs::default().listen)]
    pub(crate) listen: std::net::SocketAddr,
    /// Папка демонстрационной базы
    #[arg(long, value_name = "ПАПКА", default_value_os_t = DemoArgs::default().folder)]
    pub(crate) folder: PathBuf,
    /// Только напечатать новую строку curl с подписанным заказом
    #[arg(long)]
    pub(crate) curl: bool,
}

impl Default for DemoArgs {
    fn default() -> Self {
        Self { listen: (std::net::Ipv4Addr::LOCALHOST, 8080).into(), folder: "var/demo".into(), curl: false }
    }
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
    #[arg(long, value_name = "ИМЯ", value_parser = read(ExternalId::parse))]
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
pub(crate) enum OrderVerb {
    /// Заказ целиком: кто сколько получил и почему, кто не получил и почему
    Show {
        /// Номер или код заказа в магазине
        #[arg(value_name = "ЗАКАЗ")]
        id: String,
    },
    /// Кого ещё называли в заказах чужих партнёров: ссылки и промокоды, которые не подействовали
    Disputes {
        /// Сколько последних показать
        #[arg(long, value_name = "N", default_value_t = 50)]
        last: u32,
    },
    /// Ввести заказ вручную: проверки те же, что у вебхука магазина
    Add(OrderAdd),
    /// Ввести возврат
    Refund(OrderRefund),
    /// Ввести отмену
    Cancel {
        /// Номер или код заказа в магазине
        #[arg(value_name = "ЗАКАЗ")]
        id: String,
        /// Когда отменён (2026-01-31 или 2026-01-31T10:00:00+03:00); иначе сейчас
        #[arg(long, value_name = "ДАТА")]
        at: Option<String>,
        /// Почему
        #[arg(long, value_name = "ТЕКСТ")]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PeriodVerb {
    /// Шаг первый: объёмы и ранги месяца. Ничего не платится, можно повторять
    Qualify {
        /// Месяц, например 2026-01
        #[arg(value_name = "МЕСЯЦ", value_parser = read(str::parse::<Period>))]
        period: Period,
    },
    /// Что дали бы правила месяца, если закрыть его сейчас; что выглядит странно. Ничего не пишет
    Preview {
        /// Месяц, например 2026-01
        #[arg(value_name = "МЕСЯЦ", value_parser = read(str::parse::<Period>))]
        period: Period,
        /// Показать каждую строку начислений
        #[arg(long)]
        lines: bool,
    },
    /// Почему партнёр получил столько по правилам месяца и почему не больше
    Explain {
        /// Месяц, например 2026-01
        #[arg(value_name = "МЕСЯЦ", value_parser = read(str::parse::<Period>))]
        period: Period,
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
    },
    /// Шаг второй: начислить бонусы и закрыть месяц: остатки фиксируются, проводок больше не будет
    Close {
        /// Месяц, например 2026-01
        #[arg(value_name = "МЕСЯЦ", value_parser = read(str::parse::<Period>))]
        period: Period,
    },
    /// Закрытые периоды
    List,
    /// Один закрытый период, с отпечатком целиком
    Show {
        /// Месяц, например 2026-01
        #[arg(value_name = "МЕСЯЦ", value_parser = read(str::parse::<Period>))]
        period: Period,
    },
    /// Суммы, которые отложили лимиты: их выплатят следующие закрытия
    Carried,
}

const TEMPLATE: &str = "{about-with-newline}\nИспользование: {usage}\n\n{all-args}{after-help}";

/// The command line with every heading in Russian.
pub(crate) fn command() -> Command {
    localized(Cli::command())
}

fn localized(command: Command) -> Command {
    let help =
        clap::Arg::new("справка").short('h').long("help").action(ArgAction::Help).help("Показать справку");
    let needs_subcommand = command.has_subcommands();
    let command = command
        .arg_required_else_help(needs_subcommand)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .help_template(TEMPLATE)
        .subcommand_help_heading("Команды")
        .subcommand_value_name("КОМАНДА");
    let mut place = 0;
    let command = command.mut_args(|arg| {
        place += 1;
        let heading = if arg.is_positional() { "Аргументы" } else { "Параметры" };
        arg.help_heading(heading).display_order(place)
    });
    command.mut_subcommands(localized)
}

/// What was written on the command line; tells and exits with 2 when it is wrong.
pub(crate) fn parse() -> Cli {
    let matches = command().try_get_matches();
    matches.and_then(|matches| Cli::from_arg_matches(&matches)).unwrap_or_else(|error| {
        match usage::told(&error) {
            Some(told) => eprintln!("Ошибка: {told}\nКак пишется команда, покажет --help"),
            // A reader that has gone away is no mistake.
            None => drop(print(&usage::help(&error))),
        }
        std::process::exit(error.exit_code());
    })
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
            for arg in command.get_arguments() {
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
