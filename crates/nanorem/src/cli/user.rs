//! `nanorem user …`, `nanorem token …`, `nanorem audit …`

use std::path::PathBuf;

use app::users::Name;
use clap::{Args, Subcommand};
use domain::access::{Permission, Role};
use domain::actor::StaffLogin;
use domain::lang::Text;
use domain::partner::{Email, NamePart, PartnerCode, Phone};
use uuid::Uuid;

use super::usage::read;

#[derive(Debug, Subcommand)]
pub(crate) enum UserVerb {
    /// Пригласить сотрудника или завести магазин; покажет одноразовый код для выбора пароля
    Invite(UserInvite),
    /// Дать партнёру вход по его почте и телефону; покажет одноразовый код
    Access {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
    },
    /// Выбрать пароль по одноразовому коду (пароль спросит)
    Password {
        /// Одноразовый код
        #[arg(value_name = "КОД")]
        code: String,
    },
    /// Все сотрудники и магазины
    List,
    /// Новый одноразовый код: принять приглашение или сменить забытый пароль
    Code(UserName),
    /// Закрыть вход; сеансы и токены закончатся сразу
    Block(UserReason),
    /// Открыть вход снова
    Unblock(UserReason),
    /// Перевести в другую роль; сеансы закончатся
    Role {
        #[command(flatten)]
        name: UserName,
        /// Новая роль
        #[arg(value_name = "РОЛЬ", value_parser = read(Role::parse))]
        role: Role,
    },
    /// Снять второй фактор, если телефон потерян: при входе настроит новый
    ResetSecondFactor(UserReason),
    /// Сеансы пользователя
    Sessions {
        #[command(flatten)]
        name: UserName,
        /// Закончить все
        #[arg(long)]
        end: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UserInvite {
    /// Логин: имя в журнале
    #[arg(value_name = "ЛОГИН", value_parser = read(StaffLogin::parse))]
    pub(crate) login: StaffLogin,
    /// owner, admin, accountant, support или shop
    #[arg(long, value_name = "РОЛЬ", value_parser = read(Role::parse))]
    pub(crate) role: Role,
    /// Как зовут
    #[arg(long, value_name = "ИМЯ", value_parser = read(NamePart::parse))]
    pub(crate) name: NamePart,
    /// Почта для входа
    #[arg(long, value_name = "ПОЧТА", value_parser = read(Email::parse))]
    pub(crate) email: Option<Email>,
    /// Телефон для входа
    #[arg(long, value_name = "ТЕЛЕФОН", value_parser = read(Phone::parse))]
    pub(crate) phone: Option<Phone>,
}

#[derive(Debug, Args)]
pub(crate) struct UserName {
    /// Логин сотрудника или код партнёра
    #[arg(value_name = "КТО", value_parser = name)]
    pub(crate) name: Name,
}

#[derive(Debug, Args)]
pub(crate) struct UserReason {
    #[command(flatten)]
    pub(crate) who: UserName,
    /// Почему
    #[arg(long, value_name = "ТЕКСТ")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Создать токен; секрет покажет один раз
    Create(TokenCreate),
    /// Все токены
    List,
    /// Отозвать токен
    Revoke {
        /// Из списка
        #[arg(value_name = "ID")]
        id: Uuid,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TokenCreate {
    /// Чей: логин сотрудника, магазина или код партнёра
    #[arg(value_name = "ЧЕЙ", value_parser = name)]
    pub(crate) owner: Name,
    /// Как назвать
    #[arg(long, value_name = "ИМЯ")]
    pub(crate) name: String,
    /// Разрешения через запятую, например orders.read,payouts.read
    #[arg(long, value_name = "РАЗРЕШЕНИЯ", value_delimiter = ',', required = true, value_parser = read(Permission::parse))]
    pub(crate) scopes: Vec<Permission>,
    /// На сколько дней
    #[arg(long, value_name = "ДНЕЙ", default_value_t = 90)]
    pub(crate) days: u16,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditVerb {
    /// Последние записи журнала
    List {
        /// Сколько
        #[arg(long, value_name = "N", default_value_t = 50)]
        last: u32,
    },
    /// Проверить цепочку журнала; с файлом — что вынесенная голова принадлежит ей
    Verify {
        /// Голова, сохранённая командой audit head
        #[arg(long, value_name = "ФАЙЛ")]
        head: Option<PathBuf>,
    },
    /// Вынести голову цепочки: номер, время и хеш последней записи
    Head {
        /// Дописать к файлу; иначе напечатать
        #[arg(long, value_name = "ФАЙЛ")]
        file: Option<PathBuf>,
    },
}

/// Partners' codes are written in capitals, logins are not.
fn name(text: &str) -> Result<Name, String> {
    let told = |problem: Text| problem.in_lang(domain::lang::Lang::Ru).to_owned();
    if text.chars().any(|letter| letter.is_ascii_uppercase()) {
        return PartnerCode::parse(text).map(Name::Partner).map_err(|problem| told(problem.into()));
    }
    StaffLogin::parse(text).map(Name::Login).map_err(|problem| told(problem.into()))
}
