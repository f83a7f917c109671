//! How failures are told to the person at the terminal: in Russian first, with the cause below.

mod outgoing;
mod shop;

use std::fmt::Write as _;

use app::activity::FeeError;
use app::adjustments::AdjustmentError;
use app::auth::AuthError;
use app::backtest::BacktestError;
use app::enroll::EnrollError;
use app::import::{ImportError, RowError};
use app::ledger::StatementError;
use app::orders::{EnterError, ViewError};
use app::payouts::PayoutError;
use app::people::PeopleError;
use app::periods::CloseError;
use app::plans::ActivateError;
use app::sponsors::{MoveError, RemoveError};
use app::standing::DecreeError;
use app::users::UserError;
use domain::actor::LoginError;
use domain::lang::{Lang, Text};
use store::StoreError;

use crate::output::{harmless, moment, payout_state, payout_step, rub};

/// Tells a failure on standard error.
pub(crate) fn tell(error: &anyhow::Error) {
    if let Some(ActivateError::Invalid(diagnostics)) = error.downcast_ref() {
        eprintln!("{}", harmless(&crate::commands::plan::rendered(diagnostics)));
        return;
    }
    if error.chain().any(|cause| matches!(cause.downcast_ref(), Some(StoreError::Busy(_)))) {
        eprintln!("Ошибка: база данных занята другой командой, ничего не записано: повторите");
        return;
    }
    let text = russian(error).unwrap_or_else(|| error.to_string());
    let mut told = format!("Ошибка: {text}");
    for cause in error.chain().skip(1) {
        let _ = write!(told, "\n  причина: {cause}");
    }
    eprintln!("{}", harmless(&told));
}

fn russian(error: &anyhow::Error) -> Option<String> {
    let tellers: &[fn(&anyhow::Error) -> Option<String>] = &[
        |error| error.downcast_ref().map(enroll),
        |error| error.downcast_ref().map(fee),
        |error| error.downcast_ref().map(sponsor_move),
        |error| error.downcast_ref().map(removal),
        |error| error.downcast_ref().map(decree),
        |error| error.downcast_ref().map(payout),
        |error| error.downcast_ref().map(shop::promo),
        |error| error.downcast_ref().map(shop::comparison),
        |error| error.downcast_ref().map(close),
        |error| error.downcast_ref().map(backtest),
        |error| error.downcast_ref().map(activate),
        |error| error.downcast_ref().map(import),
        |error| error.downcast_ref().map(view),
        |error| error.downcast_ref().map(outgoing::endpoint),
        |error| error.downcast_ref().map(outgoing::resend),
        |error| error.downcast_ref().map(outgoing::address),
        |error| error.downcast_ref().map(shop::shop_sync),
        |error| error.downcast_ref().map(enter),
        |error| error.downcast_ref().map(store),
        unknown_partner,
        |error| error.downcast_ref::<AdjustmentError>().map(|error| told(Text::from(error))),
        |error| error.downcast_ref::<AuthError>().map(|error| told(Text::from(error))),
        |error| error.downcast_ref::<UserError>().map(|error| told(Text::from(error))),
        |error| {
            error
                .downcast_ref::<LoginError>()
                .map(|error| Text::from(error.clone()).in_lang(Lang::Ru).to_owned())
        },
    ];
    tellers.iter().find_map(|teller| teller(error))
}

#[expect(clippy::needless_pass_by_value, reason = "made for this call")]
fn told(text: Text) -> String {
    text.in_lang(Lang::Ru).to_owned()
}

const NOT_STAFF: &str = "это может сделать только сотрудник";
const STORE: &str = "база данных не приняла изменения";

fn no_partner(code: &domain::partner::PartnerCode) -> String {
    format!("партнёра {code} нет")
}

fn unknown_partner(error: &anyhow::Error) -> Option<String> {
    match (error.downcast_ref(), error.downcast_ref()) {
        (Some(PeopleError::UnknownPartner(code)), _) | (_, Some(StatementError::UnknownPartner(code))) => {
            Some(no_partner(code))
        }
        _ => None,
    }
}

fn enroll(error: &EnrollError) -> String {
    match error {
        EnrollError::UnknownReferral(code) => format!("кода приглашения {code} нет ни у кого"),
        EnrollError::UnknownSponsor(code) => format!("спонсора {code} нет"),
        EnrollError::CodeTaken(code) => format!("код {code} уже занят"),
        EnrollError::PhoneTaken => "партнёр с этим телефоном уже есть".to_owned(),
        EnrollError::EmailTaken => "партнёр с этой почтой уже есть".to_owned(),
        EnrollError::BeforeSponsor { joined_at, sponsor_joined_at } => {
            format!(
                "дата вступления {} раньше вступления спонсора {}",
                moment(*joined_at),
                moment(*sponsor_joined_at)
            )
        }
        EnrollError::Ahead(at) => {
            format!("{} ещё не наступило: партнёра добавляют, когда он вступил", moment(*at))
        }
        EnrollError::NotStaff => NOT_STAFF.to_owned(),
        EnrollError::Store(_) => STORE.to_owned(),
    }
}

fn fee(error: &FeeError) -> String {
    match error {
        FeeError::UnknownPartner(code) => no_partner(code),
        FeeError::NoSuchFee { at, kind } => {
            format!("в плане, который действовал {}, нет взноса {kind}", moment(*at))
        }
        FeeError::NoPlan(at) => {
            format!("на {} не действует ни один план: nanorem plan activate", moment(*at))
        }
        FeeError::Ahead(at) => format!("{} ещё не наступило: взнос принимают, когда он оплачен", moment(*at)),
        FeeError::Conflict(key) => {
            format!("взнос с ключом {key} уже есть, но с другим партнёром, датой или видом")
        }
        FeeError::Store(_) => STORE.to_owned(),
    }
}

fn removal(error: &RemoveError) -> String {
    match error {
        RemoveError::Move(error) => sponsor_move(error),
        RemoveError::ActiveLately { partner, until } => {
            format!("{partner} был активен до {}: из дерева удаляют через год без активности", moment(*until))
        }
        RemoveError::Ahead(since) => {
            format!("{} ещё не наступило: до тех пор партнёр может стать активным", moment(*since))
        }
        RemoveError::Nobody(partner) => format!("под {partner} никого нет, переводить некого"),
        RemoveError::Store(_) => STORE.to_owned(),
    }
}

fn sponsor_move(error: &MoveError) -> String {
    match error {
        MoveError::UnknownPartner(code) => no_partner(code),
        MoveError::Ring { partner, to } => {
            format!("{to} стоит под {partner}: перемещение замкнуло бы структуру в кольцо")
        }
        MoveError::Unchanged(code) => format!("у {code} уже этот спонсор"),
        MoveError::BeforeJoining { since, code, joined_at } => {
            format!("перемещение с {}, но {code} вступил только {}", moment(*since), moment(*joined_at))
        }
        MoveError::NoReason => "укажите причину: --reason".to_owned(),
        MoveError::NotStaff => NOT_STAFF.to_owned(),
        MoveError::Store(_) => STORE.to_owned(),
    }
}

fn decree(error: &DecreeError) -> String {
    match error {
        DecreeError::UnknownPartner(code) => no_partner(code),
        DecreeError::UnknownRank { at, rank, known } => {
            let known = if known == "none" {
                "рангов в нём нет".to_owned()
            } else {
                format!("есть: {known}")
            };
            format!("в плане, который действует {}, нет ранга {rank}; {known}", moment(*at))
        }
        DecreeError::Ahead(since) => format!(
            "{} ещё не наступило: придерживать начисления и отпускать их можно с этой минуты или раньше",
            moment(*since)
        ),
        DecreeError::NoReason => "укажите причину: --reason".to_owned(),
        DecreeError::NotStaff => NOT_STAFF.to_owned(),
        DecreeError::Store(_) => STORE.to_owned(),
    }
}

fn payout(error: &PayoutError) -> String {
    match error {
        PayoutError::UnknownPartner(code) => no_partner(code),
        PayoutError::Unknown(number) => format!("выплаты № {number} нет"),
        PayoutError::NotEnough { asked, available } => {
            format!("запрошено {}, доступно {}", rub(*asked), rub(*available))
        }
        PayoutError::NotPositive(amount) => format!("{}: нужна сумма больше нуля", rub(*amount)),
        PayoutError::Nothing { available } => {
            format!("выплачивать нечего: доступно {}", rub(*available))
        }
        PayoutError::Illegal(step) => {
            let (from, step) = (payout_state(step.from), payout_step(step.step));
            format!("выплата {from}, поэтому её нельзя {step}")
        }
        PayoutError::SamePerson(who) => {
            format!("выплату запросил {who}: одобрить должен другой сотрудник")
        }
        PayoutError::NotStaff => NOT_STAFF.to_owned(),
        PayoutError::Debt(debt) => {
            format!("у партнёра долг {}: отклоните выплату, деньги пойдут на его погашение", rub(*debt))
        }
        PayoutError::NotHis => "партнёр запрашивает только свои деньги".to_owned(),
        PayoutError::Store(_) => STORE.to_owned(),
    }
}

fn close(error: &CloseError) -> String {
    match error {
        CloseError::NotOver { period, end } => {
            format!("период {period} закончится только {}", moment(*end))
        }
        CloseError::AlreadyClosed { period, last } if period == last => {
            format!("период {period} уже закрыт")
        }
        CloseError::AlreadyClosed { period, last } => {
            format!("период {period} закрыт вместе с {last}: закрытие закрывает и всё, что раньше")
        }
        CloseError::EarlierOpen(period) => {
            format!("сначала закройте {period}: периоды закрывают по порядку")
        }
        CloseError::WorkWaits { waiting, dead } => {
            format!(
                "заданий ждёт {waiting}, не удалось {dead}: сначала завершите их; ждущие выполняет nanorem serve, список даёт nanorem jobs"
            )
        }
        CloseError::NotQualified(period) => format!(
            "в плане есть правила периода: сначала nanorem period qualify {period}, проверьте и закройте"
        ),
        CloseError::FactsChanged(period) => format!(
            "после первого шага данные за {period} изменились: повторите nanorem period qualify {period} и проверьте"
        ),
        CloseError::NotClosed(period) => {
            format!("{period} не закрывали: закрытые периоды покажет nanorem period list")
        }
        CloseError::NoPlan(period) => format!("на конец {period} ни один план не действует"),
        CloseError::UnknownPartner(code) => format!("партнёра {code} нет"),
        CloseError::Engine(_) => "цепочка спонсоров замкнута в кольцо: nanorem verify покажет где".to_owned(),
        CloseError::NotStaff => NOT_STAFF.to_owned(),
        CloseError::Store(_) => STORE.to_owned(),
    }
}

fn backtest(error: &BacktestError) -> String {
    match error {
        BacktestError::Backwards { first, last } => {
            format!(
                "{last} раньше, чем {first}: сначала назовите ранний месяц (--from), затем поздний (--to)"
            )
        }
        BacktestError::Order { order, plan, .. } => {
            format!("заказ {order} нельзя посчитать по плану {plan}")
        }
        BacktestError::Close { period, plan, .. } => {
            format!("{period} нельзя закрыть по плану {plan}: nanorem verify покажет, что не так в структуре")
        }
        BacktestError::Store(_) => "история компании не читается".to_owned(),
    }
}

fn activate(error: &ActivateError) -> String {
    match error {
        ActivateError::Invalid(_) => "план не читается".to_owned(),
        ActivateError::TouchesAccrued { last, since } => format!(
            "заказы до {} уже начислены, поэтому план не может действовать с {}: выберите дату позже",
            moment(*last),
            moment(*since)
        ),
        ActivateError::TouchesFees { last, since } => format!(
            "взносы до {} уже приняты на других условиях, поэтому план не может действовать с {}: выберите дату позже",
            moment(*last),
            moment(*since)
        ),
        ActivateError::TouchesClosed { period, since } => format!(
            "{period} уже закрыт по другому плану, поэтому план не может действовать с {}: выберите дату позже",
            moment(*since)
        ),
        ActivateError::WithinMonth { from, period } => format!(
            "план, который платит при закрытии месяца, действует целыми месяцами, а {} — внутри {period}: выберите первое число, 00:00",
            moment(*from)
        ),
        ActivateError::OtherZone { known, told } => {
            format!("компания считает месяцы по поясу {known}, а план — по {told}: пояс не меняется")
        }
        ActivateError::AlreadyInForce(since) => {
            format!("этот план уже действует с {}", moment(*since))
        }
        ActivateError::NotStaff => NOT_STAFF.to_owned(),
        ActivateError::Store(_) => STORE.to_owned(),
    }
}

fn import(error: &ImportError) -> String {
    match error {
        ImportError::File { path, problem } => {
            format!("файл {} не читается: {}", path.display(), problem.in_lang(Lang::Ru))
        }
        ImportError::Rows(rows) => format!("{}\nНичего не записано", wrong_rows(rows)),
        ImportError::Batch(rows) => format!(
            "{}\nВсё до этих строк записано: исправьте файл и запустите загрузку снова, известное она не тронет",
            wrong_rows(rows)
        ),
        ImportError::NoPlan(at) => {
            format!(
                "на {} не действует ни один план: nanorem plan activate ФАЙЛ --from с более ранней датой",
                moment(*at)
            )
        }
        ImportError::NotStaff => NOT_STAFF.to_owned(),
        ImportError::Store(_) => STORE.to_owned(),
    }
}

fn wrong_rows(rows: &[RowError]) -> String {
    let mut told = format!("неверных строк: {} (файл:строка: столбец: что не так)", rows.len());
    for row in rows {
        let _ = write!(told, "\n  {}", row.in_lang(Lang::Ru));
    }
    told
}

fn view(error: &ViewError) -> String {
    match error {
        ViewError::Unknown(text) => format!("заказа {text} нет"),
        ViewError::Ambiguous { text, keys } => {
            format!("{text} — это несколько заказов, назовите один: {keys}")
        }
        ViewError::Settle(_) => "заказ нельзя пересчитать так, как тогда".to_owned(),
        ViewError::Store(_) => STORE.to_owned(),
    }
}

fn enter(error: &EnterError) -> String {
    match error {
        EnterError::Refused(problem) => problem.in_lang(Lang::Ru).to_owned(),
        EnterError::NotStaff => NOT_STAFF.to_owned(),
        EnterError::Store(_) => STORE.to_owned(),
    }
}

fn store(error: &StoreError) -> String {
    match error {
        StoreError::Busy(_) => "база данных занята, повторите".to_owned(),
        StoreError::Unreachable(_) => "база данных недоступна".to_owned(),
        StoreError::Taken(_) => "такая запись уже есть".to_owned(),
        StoreError::Corrupt { table, problem } => {
            format!("в таблице {table} испорченная строка: {problem}")
        }
        StoreError::Url(url) => {
            format!("{url:?} — не адрес базы: sqlite:///путь/файл.db или postgres://пользователь@узел/база")
        }
        StoreError::Migrate(_) => "таблицы не удалось обновить".to_owned(),
        StoreError::Missing(path) => {
            format!("базы {} нет: новую создаст nanorem migrate", path.display())
        }
        StoreError::Database(_) => "база данных отказала".to_owned(),
    }
}
