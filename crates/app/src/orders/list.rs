//! Orders in pages.

use std::collections::HashMap;

use domain::ids::PartnerId;
use domain::order::{ExternalId, Order, OrderState};
use domain::page::{Page, Window};
use domain::partner::PartnerCode;
use jiff::Timestamp;

use crate::App;
use crate::people::{PeopleError, id_of};

/// Which orders are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Of this shop.
    pub source: Option<ExternalId>,
    /// With this number on the shop's papers.
    pub number: Option<String>,
    /// Bought by.
    pub buyer: Option<PartnerCode>,
    /// Brought by.
    pub seller: Option<PartnerCode>,
    /// Bought or brought by.
    pub of: Option<PartnerId>,
    /// In this state.
    pub state: Option<OrderState>,
    /// Placed from then on.
    pub from: Option<Timestamp>,
    /// Placed before then.
    pub until: Option<Timestamp>,
}

/// One order of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The order.
    pub order: Order,
    /// The code of the partner who bought.
    pub buyer: Option<PartnerCode>,
    /// The code of the partner who brought an outside customer.
    pub seller: Option<PartnerCode>,
}

/// A page of orders, by when they were placed.
///
/// # Errors
/// [`PeopleError::UnknownPartner`] if nobody has the code of the buyer or the seller.
pub async fn list(app: &App, wanted: &Wanted, window: &Window) -> Result<Page<Listed>, PeopleError> {
    let mut tx = app.store.begin_read().await?;
    let wanted = store::orders::Wanted {
        source: wanted.source.clone(),
        number: wanted.number.clone(),
        buyer: id_of(&mut tx, wanted.buyer.as_ref()).await?,
        seller: id_of(&mut tx, wanted.seller.as_ref()).await?,
        of: wanted.of,
        state: wanted.state,
        from: wanted.from,
        until: wanted.until,
    };
    let page = store::orders::list(&mut tx, &wanted, window).await?;
    let people: Vec<PartnerId> = page
        .items
        .iter()
        .flat_map(|stored| stored.order.buyer.into_iter().chain(stored.order.seller))
        .collect();
    let codes: HashMap<PartnerId, PartnerCode> = store::partners::by_ids(&mut tx, &people)
        .await?
        .into_iter()
        .map(|partner| (partner.id, partner.code))
        .collect();
    let code = |id: Option<PartnerId>| id.and_then(|id| codes.get(&id).cloned());
    Ok(page.map(|stored| Listed {
        buyer: code(stored.order.buyer),
        seller: code(stored.order.seller),
        order: stored.order,
    }))
}
