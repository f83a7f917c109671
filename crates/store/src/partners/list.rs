//! Partners in pages, filtered.

use domain::ids::PartnerId;
use domain::page::{Key, Page, Place, Window};
use domain::partner::Partner;
use jiff::Timestamp;

use super::{Row, columns};
use crate::columns::micros;
use crate::select::Select;
use crate::{StoreError, Tx};

/// What partners are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// By code, byte by byte.
    Code,
    /// By when they joined.
    JoinedAt,
}

/// How partners are searched by the beginning of a text that they carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begins {
    /// The phone does.
    Phone(String),
    /// The code, the first name or the last name does, in one of these spellings.
    CodeOrName(Vec<String>),
}

/// Which partners are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// By the beginning of a text.
    pub begins: Option<Begins>,
    /// Active at the instant, or not.
    pub active: Option<bool>,
    /// Of this rank at the instant.
    pub rank: Option<String>,
    /// Personally invited by.
    pub inviter: Option<PartnerId>,
    /// The instant.
    pub at: Timestamp,
    /// Sorted by.
    pub sort: SortBy,
}

/// A page of partners.
pub async fn list(tx: &mut Tx, wanted: &Wanted, window: &Window) -> Result<Page<Partner>, StoreError> {
    let mut select = Select::new(tx, columns!("p"));
    match &wanted.begins {
        Some(Begins::Phone(phone)) => select.and_begins(&["phone"], std::slice::from_ref(phone)),
        Some(Begins::CodeOrName(texts)) => select.and_begins(&["code", "first_name", "last_name"], texts),
        None => {}
    }
    let at = micros(wanted.at);
    if let Some(active) = wanted.active {
        let not = if active { "" } else { "NOT " };
        let condition = format!(
            "{not}EXISTS (SELECT 1 FROM activity_periods a WHERE a.partner_id = p.id
            AND a.superseded IS NULL AND a.since <= ? AND a.until > ?)"
        );
        select.and(&condition, [at.into(), at.into()]);
    }
    if let Some(rank) = &wanted.rank {
        let condition = "(SELECT r.rank FROM partner_ranks r WHERE r.partner_id = p.id AND r.since <= ?
            ORDER BY r.since DESC, r.seq DESC LIMIT 1) = ?";
        select.and(condition, [at.into(), rank.as_str().into()]);
    }
    if let Some(inviter) = wanted.inviter {
        select.and("p.inviter_id = ?", [inviter.uuid().into()]);
    }
    let column = match wanted.sort {
        SortBy::Code => "code{bytewise}",
        SortBy::JoinedAt => "joined_at",
    };
    let select = select.within(window, column, "id");
    let partners =
        fetch_select!(tx, Row, select).into_iter().map(Partner::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.page(partners, |partner| Place {
        key: match wanted.sort {
            SortBy::Code => Key::Text(partner.code.to_string()),
            SortBy::JoinedAt => Key::Number(micros(partner.joined_at)),
        },
        id: partner.id.uuid(),
    }))
}
