//! Refusals about endpoints and what is put out.

use app::endpoints::EndpointError;
use app::outbox::ResendError;
use domain::lang::{Lang, Text};
use domain::outward::OutwardUrlError;

use super::{NOT_STAFF, STORE};

pub(super) fn endpoint(error: &EndpointError) -> String {
    match error {
        EndpointError::Unknown(number) => format!("адреса {number} нет: nanorem endpoint list"),
        EndpointError::Known(number) => format!("этот адрес уже есть под номером {number}"),
        EndpointError::Disabled(number) => {
            format!("адрес {number} отключён: nanorem endpoint enable {number}")
        }
        EndpointError::Unchanged(number) => format!("у адреса {number} нечего менять: уже так"),
        EndpointError::Description => "описание — не длиннее 200 знаков, без управляющих знаков".to_owned(),
        EndpointError::Overlap => "два секрета подписывают вместе не дольше 7 суток".to_owned(),
        EndpointError::NoKey => {
            "нечем запечатать секрет: nanorem migrate создаст ключ (SQLite), иначе задайте NANOREM_SECRETS_KEY"
                .to_owned()
        }
        EndpointError::Sealed(_) => {
            "секрет адреса не открывается ключом из настроек: верните прежний NANOREM_SECRETS_KEY".to_owned()
        }
        EndpointError::NotStaff => NOT_STAFF.to_owned(),
        EndpointError::Store(_) => STORE.to_owned(),
    }
}

pub(super) fn resend(error: &ResendError) -> String {
    match error {
        ResendError::Unknown(id) => {
            format!("отправления {id} нет, или оно ещё не отправлено: nanorem outbox list")
        }
        ResendError::NotStaff => NOT_STAFF.to_owned(),
        ResendError::Store(_) => STORE.to_owned(),
    }
}

pub(super) fn address(error: &OutwardUrlError) -> String {
    Text::from(error.clone()).in_lang(Lang::Ru).to_owned()
}
