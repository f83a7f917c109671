//! `nanorem order add` and `nanorem order refund`.

use clap::Args;
use domain::catalog::Sku;
use domain::lang::Text;
use domain::money::Money;
use domain::order::ExternalId;
use domain::partner::{PartnerCode, ReferralCode};
use domain::text;

use super::usage::read;

#[derive(Debug, Args)]
pub(crate) struct OrderAdd {
    /// Где продано: имя магазина или, например, office
    #[arg(long, value_name = "ИМЯ", value_parser = read(ExternalId::parse))]
    pub(crate) source: ExternalId,
    /// Код заказа, единственный в этом магазине
    #[arg(long, value_name = "КОД", value_parser = read(ExternalId::parse))]
    pub(crate) id: ExternalId,
    /// Номер на бумаге
    #[arg(long, value_name = "НОМЕР")]
    pub(crate) number: Option<String>,
    #[command(flatten)]
    pub(crate) buyer: BuyerArgs,
    /// Строка заказа: артикул:штук:цена, например RVS-1:2:3900.00; можно несколько
    #[arg(long = "line", value_name = "АРТИКУЛ:ШТУК:ЦЕНА", required = true, value_parser = read(LineArg::parse))]
    pub(crate) lines: Vec<LineArg>,
    /// Когда заказан (2026-01-31 или 2026-01-31T10:00:00+03:00); иначе когда оплачен, иначе сейчас
    #[arg(long, value_name = "ДАТА")]
    pub(crate) ordered_at: Option<String>,
    /// Когда оплачен; без этого заказ не оплачен и ничего не начисляет
    #[arg(long, value_name = "ДАТА")]
    pub(crate) paid_at: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct BuyerArgs {
    /// Купил партнёр
    #[arg(long, value_name = "КОД", value_parser = read(PartnerCode::parse))]
    pub(crate) buyer: Option<PartnerCode>,
    /// Купил покупатель со стороны, по этому коду приглашения
    #[arg(long, value_name = "КОД", value_parser = read(ReferralCode::parse))]
    pub(crate) referral: Option<ReferralCode>,
}

#[derive(Debug, Args)]
pub(crate) struct OrderRefund {
    /// Номер или код заказа в магазине
    #[arg(value_name = "ЗАКАЗ")]
    pub(crate) id: String,
    /// Код возврата, единственный в этом заказе
    #[arg(long, value_name = "КОД", value_parser = read(ExternalId::parse))]
    pub(crate) refund: ExternalId,
    /// Что вернули: номер строки:штук, например 1:2; можно несколько
    #[arg(long = "line", value_name = "СТРОКА:ШТУК", required = true, value_parser = read(PiecesArg::parse))]
    pub(crate) lines: Vec<PiecesArg>,
    /// Когда (2026-01-31 или 2026-01-31T10:00:00+03:00); иначе сейчас
    #[arg(long, value_name = "ДАТА")]
    pub(crate) at: Option<String>,
}

/// A line of an order as it is written on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineArg {
    pub(crate) sku: Sku,
    pub(crate) quantity: u32,
    pub(crate) unit_price: Money,
}

impl LineArg {
    /// Reads `RVS-1:2:3900.00`; an article may hold colons itself.
    fn parse(text: &str) -> Result<Self, Text> {
        let refused = || {
            text!(
                "{text:?} — не строка заказа: напишите артикул:штук:цена, например RVS-1:2:3900.00",
                "{text:?} is not a line of an order: write article:pieces:price, as RVS-1:2:3900.00"
            )
        };
        let (rest, price) = text.rsplit_once(':').ok_or_else(refused)?;
        let (sku, quantity) = rest.rsplit_once(':').ok_or_else(refused)?;
        Ok(Self {
            sku: Sku::parse(sku).map_err(|_| refused())?,
            quantity: quantity.parse().ok().filter(|pieces| *pieces > 0).ok_or_else(refused)?,
            unit_price: price.parse().map_err(|_| refused())?,
        })
    }
}

/// Pieces of a line that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PiecesArg {
    pub(crate) line_no: u32,
    pub(crate) quantity: u32,
}

impl PiecesArg {
    /// Reads `1:2`.
    fn parse(text: &str) -> Result<Self, Text> {
        let refused = || {
            text!(
                "{text:?} — не возврат строки: напишите номер:штук, например 1:2",
                "{text:?} gives back no line: write number:pieces, as 1:2"
            )
        };
        let (line_no, quantity) = text.split_once(':').ok_or_else(refused)?;
        let above_zero = |text: &str| text.parse().ok().filter(|number: &u32| *number > 0);
        let (line_no, quantity) = (above_zero(line_no), above_zero(quantity));
        Ok(Self { line_no: line_no.ok_or_else(refused)?, quantity: quantity.ok_or_else(refused)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_article_pieces_and_a_price() {
        let line = LineArg::parse("RVS:1:2:3900.00").expect("an article with a colon");
        assert_eq!((line.sku.as_str(), line.quantity), ("RVS:1", 2));
        assert_eq!(line.unit_price, Money::from_minor(3_900_00));
        for wrong in ["RVS-1", "RVS-1:2", "RVS-1:0:5.00", "RVS-1:2:5,00", ":1:5.00"] {
            assert!(LineArg::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_came_back_is_a_line_and_pieces() {
        assert_eq!(PiecesArg::parse("3:2"), Ok(PiecesArg { line_no: 3, quantity: 2 }));
        for wrong in ["3", "0:1", "1:0", "a:1"] {
            assert!(PiecesArg::parse(wrong).is_err(), "{wrong}");
        }
    }
}
