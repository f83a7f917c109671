//! Judges a catalogue by what is known. Pure: what is to be written comes out, nothing is.

use std::collections::{HashMap, HashSet};

use domain::catalog::{Product, ProductKind, ProductTerms, Sku, Volume};
use domain::ids::ProductId;
use domain::lang::Text;
use domain::money::{Money, Rate, Rounding};
use domain::offer::{Offer, Source};
use domain::order::ExternalId;
use domain::text;
use jiff::{SignedDuration, Timestamp};
use store::shop::Link;
use store::{StoreError, Tx};
use uuid::Uuid;

use super::clashes::{Sorted, sort};
use super::report::{Changed, Moved, New, Refused, Report, Repriced, SyncOutcome};
use crate::catalog::from_the_beginning;
use crate::ports::catalogue::{Listing, Place};

/// What is known before.
#[derive(Debug)]
pub(super) struct Known {
    source: Source,
    products: HashMap<ProductId, Product>,
    by_sku: HashMap<Sku, ProductId>,
    links: HashMap<ExternalId, Link>,
    /// The date of what was taken last.
    last_told_at: Option<Timestamp>,
}

impl Known {
    pub(super) async fn load(tx: &mut Tx, source: Source, read_as: &str) -> Result<Self, StoreError> {
        let products = store::products::latest(tx).await?;
        let links = store::shop::links(tx, source).await?;
        // The dates of another place, or of other settings, cannot be compared with these.
        let taken = store::shop::taken(tx, source).await?.filter(|taken| taken.read_as == read_as);
        Ok(Self {
            source,
            by_sku: products.iter().map(|product| (product.sku.clone(), product.id)).collect(),
            products: products.into_iter().map(|product| (product.id, product)).collect(),
            links: links.into_iter().map(|link| (link.external_id.clone(), link)).collect(),
            last_told_at: taken.and_then(|taken| taken.told_at),
        })
    }

    fn sku_of(&self, id: ProductId) -> Option<&Sku> {
        self.products.get(&id).map(|product| &product.sku)
    }
}

/// What bounds a sync.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) now: Timestamp,
    pub(super) most_vanished: Rate,
    pub(super) accept_vanished: bool,
}

/// What is to be written if the report says that the catalogue holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Writes {
    pub(super) new: Vec<Product>,
    pub(super) terms: Vec<Product>,
    pub(super) names: Vec<(ProductId, String)>,
    pub(super) links: Vec<Link>,
    /// The date by which later catalogues are judged.
    pub(super) told_at: Option<Timestamp>,
}

#[derive(Debug)]
pub(super) struct Decision {
    pub(super) report: Report,
    pub(super) writes: Writes,
}

/// Judges a catalogue.
pub(super) fn decide(
    known: &Known,
    listing: &Listing,
    limits: Limits,
    uuid: impl Fn(Timestamp) -> Uuid,
) -> Decision {
    let told_at = listing.told_at.filter(|told_at| *told_at <= limits.now);
    let mut report = Report::of(known.source, SyncOutcome::Applied);
    (report.told, report.told_at, report.digest) = (listing.rows.len(), told_at, Some(listing.digest));
    let sorted = sort(&listing.rows);
    let mut judge = Judge {
        known,
        since: told_at.unwrap_or(limits.now),
        now: limits.now,
        uuid,
        met: HashSet::new(),
        report,
        writes: Writes::default(),
    };
    for (place, offer) in &sorted.offers {
        judge.offer(place, offer);
    }
    let present = known.links.values().filter(|link| link.vanished_at.is_none()).count();
    judge.gone(&sorted, listing.is_whole);
    let Judge { mut report, mut writes, .. } = judge;
    writes.told_at = told_at.max(known.last_told_at);
    report.refused.extend(sorted.refused);
    let understood = listing.rows.len() - report.refused.len();
    if let Some(problem) = held(known, listing, &report, present, understood, limits) {
        report.outcome = SyncOutcome::Held(problem);
    }
    Decision { report, writes }
}

/// Why a person has to look first, if he has to.
fn held(
    known: &Known,
    listing: &Listing,
    report: &Report,
    present: usize,
    understood: usize,
    limits: Limits,
) -> Option<Text> {
    if listing.rows.is_empty() && listing.is_whole {
        return Some(text!(
            "каталог пуст: ничего не изменено",
            "the catalogue is empty: nothing was changed"
        ));
    }
    if understood == 0 && !listing.rows.is_empty() {
        let rows = listing.rows.len();
        return Some(text!(
            "ни одна из {rows} записей не принята: проверьте настройки полей (nanorem shop check)",
            "none of {rows} rows holds: check the mapping of fields (nanorem shop check)"
        ));
    }
    if let (Some(told_at), Some(last)) = (report.told_at, known.last_told_at)
        && told_at < last
    {
        return Some(text!(
            "каталог от {told_at} старше принятого от {last}: ничего не изменено",
            "the catalogue of {told_at} is older than the one of {last} that was taken: nothing was changed"
        ));
    }
    // A product under another article is another product, without cost and points.
    let vanished = report.vanished.len() + report.moved.len();
    let share = limits.most_vanished;
    let count = |number: usize| Money::from_minor(i64::try_from(number).unwrap_or(i64::MAX));
    if !limits.accept_vanished && count(vanished) > share.of(count(present), Rounding::Down) {
        return Some(text!(
            "исчезли бы или сменили бы артикул {vanished} из {present} известных товаров, больше чем {share}: если это верно, повторите с --accept-vanished",
            "{vanished} of {present} known products would vanish or get another article, more than {share}: if that is right, repeat with --accept-vanished"
        ));
    }
    None
}

struct Judge<'a, U> {
    known: &'a Known,
    /// Since when changed prices hold.
    since: Timestamp,
    now: Timestamp,
    uuid: U,
    /// Products of which something was told already.
    met: HashSet<ProductId>,
    report: Report,
    writes: Writes,
}

impl<U: Fn(Timestamp) -> Uuid> Judge<'_, U> {
    fn refuse(&mut self, place: &Place, problem: Text) {
        self.report.refused.push(Refused { place: place.clone(), problem });
    }

    fn offer(&mut self, place: &Place, offer: &Offer) {
        let known = self.known;
        let link = known.links.get(&offer.external_id);
        let linked = link.and_then(|link| known.products.get(&link.product));
        let named = offer.sku.as_ref().and_then(|sku| known.by_sku.get(sku));
        let product = match (&offer.sku, linked) {
            (None, linked) => linked,
            (Some(sku), Some(linked)) if linked.sku == *sku => Some(linked),
            (Some(_), _) => named.and_then(|id| known.products.get(id)),
        };
        let id = match product {
            Some(product) if !self.met.insert(product.id) => {
                let sku = &product.sku;
                return self.refuse(
                    place,
                    text!("о товаре {sku} говорит и другая запись", "another row is about product {sku} too"),
                );
            }
            Some(product) => {
                self.known_product(product, link, offer);
                product.id
            }
            None => match self.new_product(offer) {
                Ok(id) => id,
                Err(problem) => return self.refuse(place, problem),
            },
        };
        if let (Some(before), Some(now)) = (linked, &offer.sku)
            && before.sku != *now
        {
            let (external_id, from, to) = (offer.external_id.clone(), before.sku.clone(), now.clone());
            self.report.moved.push(Moved { external_id, from, to });
        }
        self.link(link, id, offer);
    }

    fn new_product(&mut self, offer: &Offer) -> Result<ProductId, Text> {
        let (Some(sku), Some(name), Some(price)) = (&offer.sku, &offer.name, offer.price) else {
            let lacks = [
                (offer.sku.is_none(), text!("артикула", "an article")),
                (offer.name.is_none(), text!("названия", "a name")),
                (offer.price.is_none(), text!("цены", "a price")),
            ];
            let lacks: Vec<Text> =
                lacks.into_iter().filter(|(is_absent, _)| *is_absent).map(|(_, text)| text).collect();
            let all = |lang| lacks.iter().map(|text| text.in_lang(lang)).collect::<Vec<_>>().join(", ");
            let (ru, en) = (all(domain::lang::Lang::Ru), all(domain::lang::Lang::En));
            return Err(Text::new(
                format!("товар неизвестен, и у него нет: {ru}"),
                format!("the product is not known, and it lacks {en}"),
            ));
        };
        let id = ProductId::new((self.uuid)(self.now));
        self.report.new.push(New { sku: sku.clone(), name: name.to_string(), price });
        self.writes.new.push(Product {
            id,
            sku: sku.clone(),
            name: name.to_string(),
            category: offer.category.as_ref().map(ToString::to_string).unwrap_or_default(),
            kind: ProductKind::Goods,
            terms: ProductTerms { price, cost: Money::ZERO, volume: Volume(0) },
            since: from_the_beginning(),
        });
        Ok(id)
    }

    /// Only the price and the name are the shop's to change.
    fn known_product(&mut self, product: &Product, link: Option<&Link>, offer: &Offer) {
        let sku = &product.sku;
        if let Some(price) = offer.price.filter(|price| *price != product.terms.price) {
            // History grows at its end only.
            let since = self.since.max(product.since + SignedDuration::from_micros(1));
            let terms = ProductTerms { price, ..product.terms };
            self.report.repriced.push(Repriced {
                sku: sku.clone(),
                from: product.terms.price,
                to: price,
                since,
            });
            self.writes.terms.push(Product { terms, since, ..product.clone() });
        }
        let changed =
            |from: &str, to: &str| Changed { sku: sku.clone(), from: from.to_owned(), to: to.to_owned() };
        if let Some(name) = offer.name.as_ref().filter(|name| name.as_str() != product.name) {
            self.report.renamed.push(changed(&product.name, name.as_str()));
            self.writes.names.push((product.id, name.to_string()));
        }
        let before = link.and_then(|link| link.category.as_deref()).unwrap_or(&product.category);
        if let Some(category) = offer.category.as_ref().filter(|category| category.as_str() != before) {
            self.report.recategorised.push(changed(before, category.as_str()));
        }
        if link.is_some_and(|link| link.vanished_at.is_some()) {
            self.report.returned.push(sku.clone());
        }
    }

    /// Remembers by what name the source knows the product, if that is not remembered so already.
    fn link(&mut self, before: Option<&Link>, product: ProductId, offer: &Offer) {
        let category = offer.category.as_ref().map(ToString::to_string);
        let link = Link {
            source: self.known.source,
            external_id: offer.external_id.clone(),
            product,
            category: category.or_else(|| before?.category.clone()),
            available: offer.available.or_else(|| before?.available),
            vanished_at: None,
        };
        if before != Some(&link) {
            self.writes.links.push(link);
        }
    }

    /// What the source tells no more: what it says so of, and, in a whole catalogue, what it is silent of.
    fn gone(&mut self, sorted: &Sorted<'_>, is_whole: bool) {
        let known = self.known;
        let withdrawn: HashSet<&ExternalId> = sorted.withdrawn.iter().map(|(_, id)| *id).collect();
        self.report.absence_is_unsure = is_whole && sorted.has_nameless;
        let silent_are_gone = is_whole && !sorted.has_nameless;
        let is_gone = |link: &&Link| {
            let id = &link.external_id;
            let is_told_gone = withdrawn.contains(id) || (silent_are_gone && !sorted.named.contains(id));
            link.vanished_at.is_none() && is_told_gone
        };
        let mut gone: Vec<&Link> = known.links.values().filter(is_gone).collect();
        gone.sort_by(|one, other| one.external_id.cmp(&other.external_id));
        self.report.vanished.extend(gone.iter().filter_map(|link| known.sku_of(link.product)).cloned());
        let now = self.now;
        self.writes
            .links
            .extend(gone.into_iter().map(|link| Link { vanished_at: Some(now), ..link.clone() }));
    }
}
