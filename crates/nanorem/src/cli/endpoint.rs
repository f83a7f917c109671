//! `nanorem endpoint …`, `nanorem outbox …`

use clap::{Args, Subcommand};
use domain::ids::ParcelId;
use domain::lang::Text;
use domain::notice::Topics;
use jiff::SignedDuration;

use super::usage::read;

#[derive(Debug, Subcommand)]
pub(crate) enum EndpointVerb {
    /// Добавить адрес, которому сообщать о событиях; секрет показывается один раз
    Add(EndpointAdd),
    /// Все адреса
    List,
    /// Адрес и его последние отправления
    Show {
        /// Номер адреса
        #[arg(value_name = "НОМЕР")]
        number: i64,
        /// Сколько последних отправлений показать
        #[arg(long, value_name = "N", default_value_t = 20)]
        last: u32,
    },
    /// Изменить адрес, описание или события
    Change(EndpointChange),
    /// Сменить секрет; прежний ещё подписывает вместе с новым
    Rotate {
        /// Номер адреса
        #[arg(value_name = "НОМЕР")]
        number: i64,
        /// Сколько ещё подписывает прежний секрет: 0s, 24h, 7d
        #[arg(long, value_name = "ВРЕМЯ", default_value = "24h", value_parser = read(overlap))]
        overlap: SignedDuration,
    },
    /// Не сообщать больше ничего; что ждёт отправки, снимается
    Disable {
        /// Номер адреса
        #[arg(value_name = "НОМЕР")]
        number: i64,
        /// Почему
        #[arg(long, value_name = "ТЕКСТ")]
        reason: Option<String>,
    },
    /// Снова сообщать о том, что происходит с этого времени
    Enable(EndpointNumber),
    /// Удалить адрес и его секреты
    Remove(EndpointNumber),
    /// Отправить пробное событие ping и показать ответ
    Test(EndpointNumber),
    /// Какие бывают события
    Events,
}

#[derive(Debug, Args)]
pub(crate) struct EndpointNumber {
    /// Номер адреса
    #[arg(value_name = "НОМЕР")]
    pub(crate) number: i64,
}

#[derive(Debug, Args)]
pub(crate) struct EndpointAdd {
    /// Адрес, например <https://crm.example.com/hooks/nanorem>
    #[arg(value_name = "АДРЕС")]
    pub(crate) url: String,
    /// О чём сообщать, через запятую; order.* — семейство, * — всё
    #[arg(long, value_name = "СОБЫТИЯ", default_value = "*", value_parser = read(Topics::parse))]
    pub(crate) events: Topics,
    /// Что это за система
    #[arg(long, value_name = "ТЕКСТ", default_value = "")]
    pub(crate) description: String,
}

#[derive(Debug, Args)]
pub(crate) struct EndpointChange {
    /// Номер адреса
    #[arg(value_name = "НОМЕР")]
    pub(crate) number: i64,
    /// Новый адрес
    #[arg(long, value_name = "АДРЕС")]
    pub(crate) url: Option<String>,
    /// О чём сообщать
    #[arg(long, value_name = "СОБЫТИЯ", value_parser = read(Topics::parse))]
    pub(crate) events: Option<Topics>,
    /// Что это за система
    #[arg(long, value_name = "ТЕКСТ")]
    pub(crate) description: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxVerb {
    /// Что ждёт отправки, отправлено и не удалось
    List(OutboxList),
    /// Отправить снова: одно отправление или всё, что не удалось отправить адресу
    Resend {
        /// ID отправления
        #[arg(value_name = "ID", value_parser = read(parcel), required_unless_present = "endpoint")]
        id: Option<ParcelId>,
        /// Номер адреса
        #[arg(long, value_name = "НОМЕР", conflicts_with = "id")]
        endpoint: Option<i64>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct OutboxList {
    /// Только то, что не удалось отправить
    #[arg(long)]
    pub(crate) dead: bool,
    /// Только этому адресу
    #[arg(long, value_name = "НОМЕР")]
    pub(crate) endpoint: Option<i64>,
    /// Сколько последних показать
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) last: u32,
}

impl Default for OutboxList {
    fn default() -> Self {
        Self { dead: false, endpoint: None, last: 50 }
    }
}

fn overlap(text: &str) -> Result<SignedDuration, Text> {
    // A day here is 24 hours.
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u8>().ok());
    if let Some(days) = days {
        return Ok(SignedDuration::from_hours(i64::from(days) * 24));
    }
    text.parse().map_err(|_| {
        let ru = format!("{text:?} — не время: напишите, например, 0s, 24h или 7d");
        Text::new(ru, format!("{text:?} is no time: write 0s, 24h or 7d"))
    })
}

fn parcel(text: &str) -> Result<ParcelId, Text> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| {
        let ru = format!("{text:?} — не ID отправления: он стоит в первом столбце nanorem outbox list");
        Text::new(ru, format!("{text:?} is no id of a parcel"))
    })
}
