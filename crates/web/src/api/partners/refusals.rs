//! How refusals about partners are told.

use app::activity::FeeError;
use app::enroll::EnrollError;
use app::people::PeopleError;
use app::sponsors::{MoveError, RemoveError};
use app::standing::DecreeError;
use domain::lang::Text;
use domain::text;

use crate::Problem;
use crate::api::extract::Wrong;

/// There is no such partner, or the caller may not know that there is.
pub(in crate::api) fn unknown(code: &impl std::fmt::Display) -> Problem {
    let code: String = code.to_string().chars().take(40).collect();
    Problem::unknown("unknown_partner", text!("партнёра {code} нет", "there is no partner {code}"))
}

/// Only the office may do it.
pub(in crate::api) fn not_staff() -> Problem {
    Problem::forbidden(Text::new("это может сделать только сотрудник", "only staff may do this"))
}

/// A decision counts when it is told, or earlier.
fn ahead(since: jiff::Timestamp) -> Problem {
    let detail = text!(
        "{since} ещё не наступило: укажите сейчас или раньше",
        "{since} lies ahead: it counts from now, or from earlier"
    );
    Wrong::one("/since", "ahead", detail)
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::UnknownPartner(code) => unknown(&code),
            PeopleError::Store(error) => error.into(),
        }
    }
}

impl From<EnrollError> for Problem {
    fn from(error: EnrollError) -> Self {
        match error {
            EnrollError::UnknownReferral(code) => {
                let detail =
                    text!("кода приглашения {code} нет ни у кого", "nobody has the referral code {code}");
                Wrong::one("/referral_code", "unknown_referral", detail)
            }
            EnrollError::UnknownSponsor(code) => Wrong::one(
                "/sponsor",
                "unknown_partner",
                text!("партнёра {code} нет", "there is no partner {code}"),
            ),
            EnrollError::CodeTaken(code) => {
                Self::conflict("code_taken", text!("код {code} уже занят", "the code {code} is taken"))
            }
            EnrollError::PhoneTaken => Self::conflict(
                "phone_taken",
                Text::new(
                    "партнёр с этим телефоном уже есть",
                    "a partner with this phone has joined already",
                ),
            ),
            EnrollError::EmailTaken => Self::conflict(
                "email_taken",
                Text::new("партнёр с этой почтой уже есть", "a partner with this e-mail has joined already"),
            ),
            EnrollError::Ahead(at) => Wrong::one(
                "/joined_at",
                "ahead",
                text!(
                    "{at} ещё не наступило: партнёра добавляют, когда он вступил",
                    "{at} lies ahead: a partner is enrolled when he joins"
                ),
            ),
            EnrollError::BeforeSponsor { joined_at, sponsor_joined_at } => Wrong::one(
                "/joined_at",
                "before_sponsor",
                text!(
                    "{joined_at} раньше вступления спонсора, {sponsor_joined_at}",
                    "{joined_at} is before the sponsor joined, {sponsor_joined_at}"
                ),
            ),
            EnrollError::NotStaff => not_staff(),
            EnrollError::Store(error) => error.into(),
        }
    }
}

impl From<MoveError> for Problem {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::UnknownPartner(code) => unknown(&code),
            MoveError::Ring { partner, to } => Self::conflict(
                "ring",
                text!(
                    "{to} стоит под {partner}: перемещение замкнуло бы структуру в кольцо",
                    "{to} stands below {partner}, so {partner} cannot move under {to}"
                ),
            ),
            MoveError::Unchanged(code) => Self::conflict(
                "unchanged",
                text!("у {code} уже этот спонсор", "{code} has that sponsor already"),
            ),
            MoveError::BeforeJoining { since, code, joined_at } => Wrong::one(
                "/since",
                "before_joining",
                text!(
                    "{since} раньше, чем вступил {code}: {joined_at}",
                    "{since} is before {code} joined: {joined_at}"
                ),
            ),
            MoveError::NoReason => {
                Wrong::one("/reason", "invalid", Text::new("нужна причина", "a reason is needed"))
            }
            MoveError::NotStaff => not_staff(),
            MoveError::Store(error) => error.into(),
        }
    }
}

impl From<RemoveError> for Problem {
    fn from(error: RemoveError) -> Self {
        match error {
            RemoveError::Move(error) => error.into(),
            RemoveError::ActiveLately { partner, until } => Self::conflict(
                "active_lately",
                text!(
                    "{partner} был активен до {until}: из дерева удаляют через год без активности",
                    "{partner} was active until {until}: a partner is removed after a year without activity"
                ),
            ),
            RemoveError::Ahead(since) => ahead(since),
            RemoveError::Nobody(code) => Self::conflict(
                "nobody_below",
                text!(
                    "под {code} никого нет, переводить некого",
                    "nobody stands under {code}, so there is nothing to do"
                ),
            ),
            RemoveError::Store(error) => error.into(),
        }
    }
}

impl From<FeeError> for Problem {
    fn from(error: FeeError) -> Self {
        match error {
            FeeError::UnknownPartner(code) => unknown(&code),
            FeeError::NoSuchFee { at, kind } => Wrong::one(
                "/kind",
                "no_such_fee",
                text!(
                    "в плане, который действовал {at}, нет взноса {kind}",
                    "the plan in force at {at} has no {kind} fee"
                ),
            ),
            FeeError::NoPlan(at) => Self::conflict(
                "no_plan",
                text!("на {at} не действует ни один план", "no plan is in force at {at}"),
            ),
            FeeError::Ahead(at) => Wrong::one(
                "/paid_at",
                "ahead",
                text!(
                    "{at} ещё не наступило: взнос принимают, когда он оплачен",
                    "{at} lies ahead: a fee is told when it is paid"
                ),
            ),
            FeeError::Conflict(key) => Self::conflict(
                "fee_conflict",
                text!(
                    "взнос с ключом {key} уже есть, но с другим партнёром, датой или видом",
                    "the fee {key} is known with another partner, date or kind"
                ),
            ),
            FeeError::Store(error) => error.into(),
        }
    }
}

impl From<DecreeError> for Problem {
    fn from(error: DecreeError) -> Self {
        match error {
            DecreeError::UnknownPartner(code) => unknown(&code),
            DecreeError::UnknownRank { at, rank, known } => Wrong::one(
                "/rank",
                "unknown_rank",
                text!(
                    "в плане, который действует {at}, нет ранга {rank:?}; есть: {known}",
                    "the plan in force at {at} has no rank {rank:?}; it has: {known}"
                ),
            ),
            DecreeError::NoReason => {
                Wrong::one("/reason", "invalid", Text::new("нужна причина", "a reason is needed"))
            }
            DecreeError::Ahead(since) => ahead(since),
            DecreeError::NotStaff => not_staff(),
            DecreeError::Store(error) => error.into(),
        }
    }
}
