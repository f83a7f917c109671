//! `nanorem shop check`: does the shop answer, and is it understood. Needs no database and writes nothing.

use std::process::ExitCode;

use app::ports::catalogue::{Reading, Row, SourceError, Told};
use domain::lang::{Lang, Text};
use domain::offer::{Offer, Source};
use gateways::shop::ProductSeen;
use serde::Serialize;

use super::{api, catalogue};
use crate::Hands;
use crate::cli::SourceArgs;
use crate::output::{or_dash, rub, table};

/// What came of it.
#[derive(Serialize)]
struct Checked {
    source: Source,
    /// Whether the shop says that it is well; `None` where there is nobody to ask.
    health: Option<Result<(), Text>>,
    /// How many products there are, or why they cannot be read.
    products: Result<usize, Text>,
    /// One product, field by field; the API's only.
    seen: Option<ProductSeen>,
    /// One product, as a sync would take it.
    offer: Option<Result<Offer, Text>>,
}

pub(super) async fn check(hands: &Hands, args: &SourceArgs) -> anyhow::Result<ExitCode> {
    let shop = &hands.settings.shop;
    let configured = shop.catalogue.as_ref().map(|configured| configured.source);
    let source = args.from.map(crate::cli::Road::source).or(configured).unwrap_or(Source::Api);
    let checked = if source == Source::Api {
        of_api(&api(shop)?).await
    } else {
        let catalogue = catalogue(shop, args)?;
        of_feed(source, catalogue.read(None, &|_| {}).await)
    };
    hands.output.show(&checked, || told(&checked))?;
    let is_well = !matches!(checked.health, Some(Err(_)));
    let is_understood = checked.products.is_ok() && matches!(checked.offer, None | Some(Ok(_)));
    Ok(if is_well && is_understood { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn of_api(api: &gateways::shop::Api) -> Checked {
    let health = api.health().await.map_err(Text::from);
    let (seen, products) = match api.first_product().await {
        Ok((seen, count)) => (seen, Ok(count)),
        Err(error) => (None, Err(Text::from(error))),
    };
    let offer = seen.as_ref().map(|seen| seen.offer.clone());
    Checked { source: Source::Api, health: Some(health), products, seen, offer }
}

fn of_feed(source: Source, read: Result<Reading, SourceError>) -> Checked {
    let (products, offer) = match read {
        Ok(Reading::Told(listing)) => (Ok(listing.rows.len()), listing.rows.first().map(first)),
        Ok(Reading::Unchanged) => (Ok(0), None),
        Err(error) => (Err(Text::from(error)), None),
    };
    Checked { source, health: None, products, seen: None, offer }
}

fn first(row: &Row) -> Result<Offer, Text> {
    match &row.told {
        Told::Offer(offer) => Ok(offer.clone()),
        Told::Refused { problem, .. } => Err(problem.clone()),
        Told::Withdrawn(id) => Err(domain::text!("товар {id} снят с продажи", "product {id} is withdrawn")),
    }
}

fn told(checked: &Checked) -> String {
    let mut lines = Vec::new();
    let ru = |problem: &Text| problem.in_lang(Lang::Ru).to_owned();
    match &checked.health {
        None => {}
        Some(Ok(())) => lines.push("✓ Магазин отвечает".to_owned()),
        Some(Err(problem)) => lines.push(format!("✗ /api/health: {}", ru(problem))),
    }
    match &checked.products {
        Ok(count) => lines.push(format!("✓ Каталог {}: записей {count}", checked.source)),
        Err(problem) => lines.push(format!("✗ Каталог {}: {}", checked.source, ru(problem))),
    }
    if let Some(seen) = &checked.seen {
        let rows = seen
            .fields
            .iter()
            .map(|field| vec![field.field.to_owned(), field.path.clone(), or_dash(field.found.clone())]);
        lines.push(table(&["Поле", "Где искали (shop.api.product)", "Что там стоит"], rows));
    }
    match &checked.offer {
        None => {}
        Some(Ok(offer)) => lines.push(format!("✓ Первый товар понят так: {}", understood(offer))),
        Some(Err(problem)) => lines.push(format!("✗ Первый товар не понят: {}", ru(problem))),
    }
    lines.join("\n")
}

fn understood(offer: &Offer) -> String {
    let text = |value: Option<String>| or_dash(value);
    format!(
        "id {}, артикул {}, название {}, цена {}, категория {}",
        offer.external_id,
        text(offer.sku.as_ref().map(ToString::to_string)),
        text(offer.name.as_ref().map(ToString::to_string)),
        text(offer.price.map(rub)),
        text(offer.category.as_ref().map(ToString::to_string)),
    )
}
