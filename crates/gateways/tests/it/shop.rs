//! The catalogue of a shop, right and wrong, by each of its roads.

mod api;
mod commerceml;
mod feed;
mod yml;

use app::ports::catalogue::{Listing, Position, Row, SourceError, Told};
use domain::lang::Lang;
use domain::offer::Offer;

/// The products of a listing.
fn offers(listing: &Listing) -> Vec<&Offer> {
    let offer = |row: &'_ Row| matches!(row.told, Told::Offer(_));
    let rows = listing.rows.iter().filter(|row| offer(row));
    rows.filter_map(|row| if let Told::Offer(offer) = &row.told { Some(offer) } else { None }).collect()
}

/// Article, name, price in kopecks, category.
fn brief(offer: &Offer) -> (&str, &str, i64, &str) {
    (
        offer.sku.as_ref().map_or("", domain::catalog::Sku::as_str),
        offer.name.as_ref().map_or("", domain::offer::ShopText::as_str),
        offer.price.map_or(0, domain::money::Money::minor),
        offer.category.as_ref().map_or("", domain::offer::ShopText::as_str),
    )
}

fn briefs(listing: &Listing) -> Vec<(&str, &str, i64, &str)> {
    offers(listing).into_iter().map(brief).collect()
}

/// What is refused: id, line or number, why.
fn refused(listing: &Listing) -> Vec<(String, u64, String)> {
    let refused = |row: &Row| {
        let Told::Refused { problem, .. } = &row.told else { return None };
        let (Position::Line(place) | Position::Item(place)) = row.place.position;
        Some((row.place.id.clone().unwrap_or_default(), place, problem.in_lang(Lang::Ru).to_owned()))
    };
    listing.rows.iter().filter_map(refused).collect()
}

/// Why nothing was read, in Russian.
fn problem<T: std::fmt::Debug>(read: Result<T, SourceError>) -> String {
    let error = read.expect_err("it cannot be read");
    domain::lang::Text::from(error).in_lang(Lang::Ru).to_owned()
}
