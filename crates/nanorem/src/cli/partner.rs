//! `nanorem partner …`

use clap::{Args, Subcommand};
use domain::activity::FeeKind;
use domain::partner::{Email, NamePart, PartnerCode, Phone, ReferralCode};

use super::usage::read;

#[derive(Debug, Subcommand)]
pub(crate) enum PartnerVerb {
    /// Добавить партнёра
    Add(PartnerAdd),
    /// Карточка партнёра
    Show {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
    },
    /// Структура под партнёром
    Tree {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
        /// Сколько линий показать
        #[arg(long, default_value_t = 3, value_name = "N")]
        depth: usize,
    },
    /// Выписка по счёту, строка за строкой
    Statement {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
    },
    /// Переместить к другому спонсору с даты
    Move(PartnerMove),
    /// Принять взнос за активность
    Fee(PartnerFee),
    /// Удалить из дерева после года без активности: его первая линия переходит к его спонсору
    Remove {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
        #[command(flatten)]
        since: SinceReason,
    },
    /// Присвоить ранг с даты
    Rank {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
        /// Ранг из маркетинг-плана
        #[arg(value_name = "РАНГ")]
        rank: String,
        #[command(flatten)]
        since: SinceReason,
    },
    /// Снять ранг, присвоенный сотрудником: дальше его определяет закрытие месяца
    NoRank {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
        #[command(flatten)]
        since: SinceReason,
    },
    /// Придержать начисления с даты
    Hold {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
        #[command(flatten)]
        since: SinceReason,
    },
    /// Больше не придерживать начисления с даты
    Release {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
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
    #[arg(long, value_name = "ИМЯ", value_parser = read(NamePart::parse))]
    pub(crate) first: NamePart,
    /// Фамилия
    #[arg(long, value_name = "ФАМИЛИЯ", value_parser = read(NamePart::parse))]
    pub(crate) last: NamePart,
    /// Телефон
    #[arg(long, value_name = "ТЕЛЕФОН", value_parser = read(Phone::parse))]
    pub(crate) phone: Option<Phone>,
    /// Электронная почта
    #[arg(long, value_name = "ПОЧТА", value_parser = read(Email::parse))]
    pub(crate) email: Option<Email>,
    #[command(flatten)]
    pub(crate) sponsor: SponsorArgs,
    /// Код партнёра (иначе следующий свободный)
    #[arg(long, value_name = "КОД", value_parser = read(PartnerCode::parse))]
    pub(crate) code: Option<PartnerCode>,
    /// Когда вступил, если раньше (2026-01-31T10:00:00+03:00)
    #[arg(long, value_name = "ДАТА")]
    pub(crate) joined_at: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SponsorArgs {
    /// Код спонсора
    #[arg(long, value_name = "КОД", value_parser = read(PartnerCode::parse))]
    pub(crate) sponsor: Option<PartnerCode>,
    /// Код приглашения спонсора
    #[arg(long, value_name = "КОД", value_parser = read(ReferralCode::parse))]
    pub(crate) referral: Option<ReferralCode>,
    /// Основатель: без спонсора
    #[arg(long)]
    pub(crate) root: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PartnerMove {
    /// Код партнёра
    #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
    pub(crate) code: PartnerCode,
    /// К кому
    #[arg(long, value_name = "КОД", value_parser = read(PartnerCode::parse), required_unless_present = "root", conflicts_with = "root")]
    pub(crate) to: Option<PartnerCode>,
    /// В корень структуры
    #[arg(long)]
    pub(crate) root: bool,
    #[command(flatten)]
    pub(crate) since: SinceReason,
}

#[derive(Debug, Args)]
pub(crate) struct PartnerFee {
    /// Код партнёра
    #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
    pub(crate) code: PartnerCode,
    /// Взнос: monthly (месяц) или annual (год)
    #[arg(value_name = "ВЗНОС", value_parser = read(str::parse::<FeeKind>))]
    pub(crate) kind: FeeKind,
    /// Когда оплачен (2026-01-31T10:00:00+03:00); иначе сейчас
    #[arg(long, value_name = "ДАТА")]
    pub(crate) paid_at: Option<String>,
    /// Ключ платежа; тот же ключ ещё раз ничего не изменит
    #[arg(long, value_name = "КЛЮЧ")]
    pub(crate) key: Option<String>,
}
