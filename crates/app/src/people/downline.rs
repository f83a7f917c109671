//! A partner's downline as it is walked: node by node, and searched.

use std::collections::{BTreeMap, HashMap};

use domain::ids::PartnerId;
use domain::page::{Page, Window};
use domain::partner::{Partner, PartnerCode};
use jiff::Timestamp;
use store::partners::Begins;
use store::{StoreError, Tx};

use super::PeopleError;
use super::list::{Listed, Rest};
use crate::App;

/// So many are shown below each node but the first, whose are shown in pages.
pub const MOST_BELOW: u16 = 50;

/// One partner of a downline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Who.
    pub listed: Listed,
    /// How many stand at each level below him, from the first.
    pub levels: Vec<u64>,
    /// Those directly below, as far as they were asked for and at most [`MOST_BELOW`].
    pub children: Vec<Node>,
}

impl Node {
    /// How many stand directly below.
    pub fn frontline(&self) -> u64 {
        self.levels.first().copied().unwrap_or(0)
    }

    /// How many stand below in all.
    pub fn below(&self) -> u64 {
        self.levels.iter().sum()
    }
}

/// A partner and a page of those directly below him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Himself.
    pub top: Node,
    /// How far he stands below the one who looks; `None` where that does not matter.
    pub level: Option<u32>,
    /// Those directly below.
    pub page: Page<Node>,
}

/// A partner whom a viewer names.
async fn seen(
    tx: &mut Tx,
    viewer: Option<PartnerId>,
    code: &PartnerCode,
    now: Timestamp,
) -> Result<(Partner, Option<u32>), PeopleError> {
    let unknown = || PeopleError::UnknownPartner(code.clone());
    let partner = store::partners::by_code(tx, code).await?.ok_or_else(unknown)?;
    let Some(viewer) = viewer else { return Ok((partner, None)) };
    // Who does not stand below the viewer does not exist for him.
    let level = store::partners::level_below(tx, viewer, partner.id, now).await?.ok_or_else(unknown)?;
    Ok((partner, Some(level)))
}

/// A partner with a page of those directly below him, and what is below those down to a depth, 1 for
/// themselves alone. A viewer sees himself and his downline.
///
/// # Errors
/// [`PeopleError::UnknownPartner`] if nobody whom the viewer may see has that code.
pub async fn branch(
    app: &App,
    viewer: Option<PartnerId>,
    code: &PartnerCode,
    depth: u8,
    window: &Window,
) -> Result<Branch, PeopleError> {
    let now = app.now();
    let mut tx = app.store.begin_read().await?;
    let (top, level) = seen(&mut tx, viewer, code, now).await?;
    let page = store::partners::frontline(&mut tx, top.id, now, window).await?;
    let firsts: Vec<PartnerId> = page.items.iter().map(|partner| partner.id).collect();
    let mut below: HashMap<PartnerId, Vec<PartnerId>> = HashMap::new();
    let mut row = firsts.clone();
    let mut all: Vec<PartnerId> = vec![top.id];
    all.extend(&firsts);
    for _ in 1..depth {
        let next = store::partners::frontlines(&mut tx, &row, now, MOST_BELOW).await?;
        row = next.iter().map(|(_, partner)| *partner).collect();
        all.extend(&row);
        for (sponsor, partner) in next {
            below.entry(sponsor).or_default().push(partner);
        }
    }
    let mut found = Found::load(&mut tx, &all, now).await?;
    let nodes = firsts.iter().filter_map(|id| found.node(*id, &below)).collect();
    let page = Page { items: nodes, next: page.next };
    let top = found.node(top.id, &HashMap::new()).ok_or_else(|| PeopleError::UnknownPartner(code.clone()))?;
    Ok(Branch { top, level, page })
}

/// A page of those anywhere below a partner whose code or name begins so. A viewer sees himself and his
/// downline.
///
/// # Errors
/// [`PeopleError::UnknownPartner`] if nobody whom the viewer may see has that code.
pub async fn search_below(
    app: &App,
    viewer: Option<PartnerId>,
    code: &PartnerCode,
    search: &str,
    window: &Window,
) -> Result<Page<(Node, u32)>, PeopleError> {
    let now = app.now();
    let mut tx = app.store.begin_read().await?;
    let (top, _) = seen(&mut tx, viewer, code, now).await?;
    // Phones of a downline are nobody's to try out.
    let begins = Begins::CodeOrName(super::list::spellings(search));
    let page = store::partners::search_below(&mut tx, top.id, &begins, now, window).await?;
    let ids: Vec<PartnerId> = page.items.iter().map(|partner| partner.id).collect();
    let mut found = Found::load(&mut tx, &ids, now).await?;
    let mut items = Vec::new();
    for id in ids {
        let level = store::partners::level_below(&mut tx, top.id, id, now).await?;
        items.extend(found.node(id, &HashMap::new()).zip(level));
    }
    Ok(Page { items, next: page.next })
}

/// Everything shown of some partners.
struct Found {
    partners: HashMap<PartnerId, Partner>,
    levels: HashMap<PartnerId, BTreeMap<u32, u64>>,
    rest: Rest,
}

impl Found {
    async fn load(tx: &mut Tx, ids: &[PartnerId], now: Timestamp) -> Result<Self, StoreError> {
        let partners = store::partners::by_ids(tx, ids).await?;
        let rest = Rest::load(tx, &partners, now).await?;
        let mut levels: HashMap<PartnerId, BTreeMap<u32, u64>> = HashMap::new();
        for (top, level, count) in store::partners::below_by_level(tx, ids, now).await? {
            levels.entry(top).or_default().insert(level, count);
        }
        let partners = partners.into_iter().map(|partner| (partner.id, partner)).collect();
        Ok(Self { partners, levels, rest })
    }

    /// The node with what is below it; it goes as deep as was asked for, at most three levels.
    fn node(&mut self, id: PartnerId, below: &HashMap<PartnerId, Vec<PartnerId>>) -> Option<Node> {
        let partner = self.partners.remove(&id)?;
        let levels = self.levels.remove(&id).unwrap_or_default().into_values().collect();
        let children = below.get(&id).map_or(&[][..], Vec::as_slice);
        let children = children.iter().filter_map(|child| self.node(*child, below)).collect();
        Some(Node { listed: self.rest.of(partner), levels, children })
    }
}
