//! Rows that contradict each other. Which of them is right cannot be known, so none of them holds.

use std::collections::{HashMap, HashSet};

use domain::catalog::Sku;
use domain::offer::Offer;
use domain::order::ExternalId;
use domain::text;

use super::report::Refused;
use crate::ports::catalogue::{Place, Row, Told};

/// Rows without contradictions.
#[derive(Debug, Default)]
pub(super) struct Sorted<'a> {
    /// Products, each once, as they stood.
    pub(super) offers: Vec<(&'a Place, &'a Offer)>,
    /// Products that are sold no more.
    pub(super) withdrawn: Vec<(&'a Place, &'a ExternalId)>,
    /// Every product of which anything was told, rightly or wrongly.
    pub(super) named: HashSet<&'a ExternalId>,
    /// Whether a row is about a product that could not be read: it may be any.
    pub(super) has_nameless: bool,
    /// What does not hold.
    pub(super) refused: Vec<Refused>,
}

/// Sorts rows. A row that stands twice in the same words stands once.
pub(super) fn sort(rows: &[Row]) -> Sorted<'_> {
    let twice = contradicted(rows);
    let shared = shared_articles(rows);
    let mut sorted = Sorted::default();
    let mut seen = HashSet::new();
    for Row { place, told } in rows {
        let id = match told {
            Told::Offer(offer) => Some(&offer.external_id),
            Told::Withdrawn(id) => Some(id),
            Told::Refused { external_id, .. } => external_id.as_ref(),
        };
        sorted.named.extend(id);
        sorted.has_nameless |= id.is_none();
        let mut refuse = |problem| sorted.refused.push(Refused { place: place.clone(), problem });
        match told {
            Told::Refused { problem, .. } => refuse(problem.clone()),
            Told::Offer(_) | Told::Withdrawn(_) if id.is_some_and(|id| twice.contains(id)) => refuse(text!(
                "этот товар стоит в каталоге не раз и каждый раз иначе: оставьте одну запись",
                "this product is told more than once, each time otherwise: leave one"
            )),
            Told::Offer(offer) => match offer.sku.as_ref().filter(|sku| shared.contains(sku)) {
                Some(sku) => refuse(text!(
                    "артикул {sku} стоит у нескольких товаров: дайте каждому свой",
                    "article {sku} is told of several products: give each its own"
                )),
                None if seen.insert(&offer.external_id) => sorted.offers.push((place, offer)),
                None => {}
            },
            Told::Withdrawn(id) if seen.insert(id) => sorted.withdrawn.push((place, id)),
            Told::Withdrawn(_) => {}
        }
    }
    sorted
}

/// Products of which different things are told.
fn contradicted(rows: &[Row]) -> HashSet<&ExternalId> {
    let mut first: HashMap<&ExternalId, &Told> = HashMap::new();
    let mut twice = HashSet::new();
    for Row { told, .. } in rows {
        let (Told::Offer(Offer { external_id: id, .. }) | Told::Withdrawn(id)) = told else { continue };
        if *first.entry(id).or_insert(told) != told {
            twice.insert(id);
        }
    }
    twice
}

/// Articles that several products have.
fn shared_articles(rows: &[Row]) -> HashSet<&Sku> {
    let mut owner: HashMap<&Sku, &ExternalId> = HashMap::new();
    let mut shared = HashSet::new();
    for Row { told, .. } in rows {
        let Told::Offer(Offer { external_id, sku: Some(sku), .. }) = told else { continue };
        if *owner.entry(sku).or_insert(external_id) != external_id {
            shared.insert(sku);
        }
    }
    shared
}
