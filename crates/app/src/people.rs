//! A partner and his structure, as staff see them.

use std::collections::HashMap;

use domain::ids::{FactSeq, PartnerId};
use domain::ledger::{Balance, partner_account};
use domain::network::AsOf;
use domain::partner::{Partner, PartnerCode};
use jiff::Timestamp;
use serde::Serialize;
use store::network::Wanted;
use store::{StoreError, Tx};

use crate::App;
use crate::periods;

pub use crate::periods::MonthCard;

mod downline;
mod list;

pub use downline::{Branch, MOST_BELOW, Node, branch, search_below};
pub use list::{Listed, SortBy, Wanted as WantedPartners, list};

/// A partner's card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// Himself.
    pub partner: Partner,
    /// The code of his sponsor now.
    pub sponsor_code: Option<PartnerCode>,
    /// The code of the one who invited him.
    pub inviter_code: Option<PartnerCode>,
    /// Until when he is active, without a gap from now.
    pub active_until: Option<Timestamp>,
    /// How many he personally invited are active.
    pub active_invited: u32,
    /// His rank now.
    pub rank: Option<String>,
    /// Whether his earnings are on hold now.
    pub on_hold: bool,
    /// What he has.
    pub balance: Balance,
    /// How he stands in the month that runs, where the plan measures anything at its close.
    pub month: Option<MonthCard>,
}

/// One line of a structure, from the top down, each sponsor before those below him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TreeLine {
    /// How far below the top: 0 is the top.
    pub depth: usize,
    /// Who.
    pub code: PartnerCode,
    /// His name.
    pub name: String,
    /// Whether he is active now.
    pub active: bool,
    /// How many stand directly under him.
    pub frontline: usize,
}

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// Nobody has that code.
    #[error("there is no partner {0}")]
    UnknownPartner(PartnerCode),
    /// The database failed.
    #[error("could not read the network")]
    Store(#[from] StoreError),
}

/// The card of a partner.
pub async fn card(app: &App, code: &PartnerCode) -> Result<Card, PeopleError> {
    let now = app.now();
    let mut tx = app.store.begin_read().await?;
    let partner = store::partners::by_code(&mut tx, code)
        .await?
        .ok_or_else(|| PeopleError::UnknownPartner(code.clone()))?;
    let wanted = Wanted {
        below: vec![partner.id],
        generations: 1,
        over: domain::activity::Span { from: now, until: now },
        enough_invited: u32::MAX,
    };
    let network = store::network::load(&mut tx, &wanted).await?;
    let as_of = AsOf { at: now, known: FactSeq::LATEST };
    let sponsor = network.sponsor(partner.id, as_of);
    let relatives: Vec<PartnerId> = sponsor.into_iter().chain(partner.inviter).collect();
    let relatives = store::partners::by_ids(&mut tx, &relatives).await?;
    let code_of = |id: Option<PartnerId>| {
        relatives.iter().find(|relative| Some(relative.id) == id).map(|relative| relative.code.clone())
    };
    let spans = store::activity::spans_of(&mut tx, &[partner.id]).await?;
    let mut active_until = None;
    for (_, known) in spans {
        if known.span.contains(active_until.unwrap_or(now)) {
            active_until = Some(known.span.until);
        }
    }
    let mut ranks = store::standing::ranks_at(&mut tx, &[partner.id], now).await?;
    let holds = store::standing::holds_at(&mut tx, &[partner.id], now).await?;
    Ok(Card {
        rank: ranks.pop().map(|(_, rank)| rank),
        on_hold: holds.iter().any(|(_, held)| *held),
        sponsor_code: code_of(sponsor),
        inviter_code: code_of(partner.inviter),
        active_until,
        active_invited: network.member(partner.id, as_of).map_or(0, |member| member.active_invited),
        balance: store::balances::of(&mut tx, partner_account(partner.id), now).await?,
        month: periods::month_of(app, &mut tx, partner.id).await?,
        partner,
    })
}

/// The structure below a partner as it is now, to a depth.
pub async fn tree(app: &App, code: &PartnerCode, depth: usize) -> Result<Vec<TreeLine>, PeopleError> {
    let now = app.now();
    let mut tx = app.store.begin_read().await?;
    let top = store::partners::by_code(&mut tx, code)
        .await?
        .ok_or_else(|| PeopleError::UnknownPartner(code.clone()))?;
    let below = store::sponsorships::ever_below(&mut tx, &[top.id]).await?;
    let people: HashMap<PartnerId, Partner> = store::partners::by_ids(&mut tx, &below)
        .await?
        .into_iter()
        .map(|partner| (partner.id, partner))
        .collect();
    let active: std::collections::HashSet<PartnerId> = store::activity::spans_of(&mut tx, &below)
        .await?
        .into_iter()
        .filter(|(_, known)| known.span.contains(now))
        .map(|(partner, _)| partner)
        .collect();
    let mut frontlines: HashMap<PartnerId, Vec<PartnerId>> = HashMap::new();
    for (partner, sponsor) in store::sponsorships::tree_at(&mut tx, now).await? {
        if let Some(sponsor) = sponsor {
            frontlines.entry(sponsor).or_default().push(partner);
        }
    }
    let mut lines = Vec::new();
    // A stack of our own instead of recursion: a structure may be a hundred thousand deep.
    let mut waiting = vec![(0, top.id)];
    while let Some((at_depth, id)) = waiting.pop() {
        let frontline = frontlines.get(&id).map_or(&[][..], Vec::as_slice);
        if let Some(partner) = people.get(&id) {
            lines.push(TreeLine {
                depth: at_depth,
                code: partner.code.clone(),
                name: partner.name.to_string(),
                active: active.contains(&id),
                frontline: frontline.len(),
            });
        }
        if at_depth < depth {
            let mut next: Vec<_> = frontline.iter().filter_map(|id| people.get(id)).collect();
            next.sort_by(|one, other| other.code.cmp(&one.code));
            waiting.extend(next.into_iter().map(|partner| (at_depth + 1, partner.id)));
        }
    }
    Ok(lines)
}

/// The partner whom a filter names.
pub(crate) async fn id_of(tx: &mut Tx, code: Option<&PartnerCode>) -> Result<Option<PartnerId>, PeopleError> {
    let Some(code) = code else { return Ok(None) };
    match store::partners::by_code(tx, code).await? {
        Some(partner) => Ok(Some(partner.id)),
        None => Err(PeopleError::UnknownPartner(code.clone())),
    }
}
