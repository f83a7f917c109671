//! `nanorem links …`

use std::path::PathBuf;

use app::links::qr::Side;
use clap::Subcommand;
use domain::partner::PartnerCode;

use super::usage::read;

#[derive(Debug, Subcommand)]
pub(crate) enum LinksVerb {
    /// Ссылка партнёра и что она дала: переходы, регистрации, первые заказы — по дням и кампаниям
    Show {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
        /// С какого дня (иначе за последние 30)
        #[arg(long, value_name = "ДЕНЬ")]
        from: Option<String>,
        /// По какой день включительно (иначе по сегодня)
        #[arg(long, value_name = "ДЕНЬ")]
        to: Option<String>,
    },
    /// Ссылка партнёра QR-кодом: для печати SVG, для чатов PNG
    Qr {
        /// Код партнёра
        #[arg(value_name = "КОД", value_parser = read(PartnerCode::parse))]
        code: PartnerCode,
        /// Куда записать: имя на .svg или .png
        #[arg(long, value_name = "ФАЙЛ")]
        out: PathBuf,
        /// Сторона PNG в точках, от 128 до 2048
        #[arg(long, value_name = "ТОЧЕК", default_value = "512", value_parser = read(Side::parse))]
        size: Side,
    },
}
