//! Partners in pages, as staff search them.

use std::collections::HashMap;

use domain::ids::PartnerId;
use domain::page::{Page, Window};
use domain::partner::{Partner, PartnerCode, Phone};
use jiff::Timestamp;
use store::partners::Begins;
use store::{StoreError, Tx};

use super::{PeopleError, id_of};
use crate::App;

pub use store::partners::SortBy;

/// Which partners are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whose code, first name, last name or phone begins so.
    pub search: Option<String>,
    /// Active now, or not.
    pub active: Option<bool>,
    /// Of this rank now.
    pub rank: Option<String>,
    /// Personally invited by.
    pub inviter: Option<PartnerCode>,
    /// Sorted by.
    pub sort: SortBy,
}

/// One partner of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Himself.
    pub partner: Partner,
    /// The code of his sponsor now.
    pub sponsor: Option<PartnerCode>,
    /// The code of the one who invited him.
    pub inviter: Option<PartnerCode>,
    /// Until when he is active; `None` if he is not.
    pub active_until: Option<Timestamp>,
    /// His rank now.
    pub rank: Option<String>,
    /// Whether his earnings are on hold now.
    pub on_hold: bool,
}

/// A page of partners.
///
/// # Errors
/// [`PeopleError::UnknownPartner`] if nobody has the code of the inviter.
pub async fn list(app: &App, wanted: &Wanted, window: &Window) -> Result<Page<Listed>, PeopleError> {
    let now = app.now();
    let mut tx = app.store.begin_read().await?;
    let wanted = store::partners::Wanted {
        begins: wanted.search.as_deref().map(begins),
        active: wanted.active,
        rank: wanted.rank.clone(),
        inviter: id_of(&mut tx, wanted.inviter.as_ref()).await?,
        at: now,
        sort: wanted.sort,
    };
    let page = store::partners::list(&mut tx, &wanted, window).await?;
    let mut rest = Rest::load(&mut tx, &page.items, now).await?;
    Ok(page.map(|partner| rest.of(partner)))
}

/// What a person who types this looks for: a phone by its digits, else a code or a name as it is
/// written, or with a capital first.
fn begins(search: &str) -> Begins {
    let search = search.trim();
    let digits: String = search.chars().filter(char::is_ascii_digit).collect();
    let looks_dialled = search.chars().all(|letter| letter.is_ascii_digit() || "+ ()-".contains(letter));
    if looks_dialled && !digits.is_empty() {
        // A whole Russian number may begin with 8, or with nothing.
        let phone = match (search.starts_with('+'), digits.strip_prefix('8')) {
            (false, Some(rest)) => format!("+7{rest}"),
            (false, None) if !digits.starts_with('7') => {
                Phone::parse(search).map_or_else(|_| format!("+{digits}"), |phone| phone.to_string())
            }
            _ => format!("+{digits}"),
        };
        return Begins::Phone(phone);
    }
    Begins::CodeOrName(spellings(search))
}

/// A text as it is written, in capitals, and with a capital first.
pub(super) fn spellings(search: &str) -> Vec<String> {
    let search = search.trim();
    let mut letters = search.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let capital = capital + &letters.as_str().to_lowercase();
    let mut spellings = vec![search.to_owned(), search.to_uppercase(), capital];
    spellings.dedup();
    spellings
}

/// What a list shows beside the partners themselves.
pub(super) struct Rest {
    sponsors: HashMap<PartnerId, PartnerId>,
    codes: HashMap<PartnerId, PartnerCode>,
    active_until: HashMap<PartnerId, Timestamp>,
    ranks: HashMap<PartnerId, String>,
    held: HashMap<PartnerId, bool>,
}

impl Rest {
    pub(super) async fn load(tx: &mut Tx, partners: &[Partner], now: Timestamp) -> Result<Self, StoreError> {
        let ids: Vec<PartnerId> = partners.iter().map(|partner| partner.id).collect();
        let sponsors: HashMap<_, _> =
            store::sponsorships::sponsors_at(tx, &ids, now).await?.into_iter().collect();
        let inviters = partners.iter().filter_map(|partner| partner.inviter);
        let relatives: Vec<PartnerId> = sponsors.values().copied().chain(inviters).collect();
        let codes = store::partners::by_ids(tx, &relatives).await?;
        let mut active_until = HashMap::new();
        for (partner, known) in store::activity::spans_of(tx, &ids).await? {
            // Spans stand in order, so that one that follows without a gap carries on.
            if known.span.contains(active_until.get(&partner).copied().unwrap_or(now)) {
                active_until.insert(partner, known.span.until);
            }
        }
        Ok(Self {
            sponsors,
            codes: codes.into_iter().map(|partner| (partner.id, partner.code)).collect(),
            active_until,
            ranks: store::standing::ranks_at(tx, &ids, now).await?.into_iter().collect(),
            held: store::standing::holds_at(tx, &ids, now).await?.into_iter().collect(),
        })
    }

    pub(super) fn of(&mut self, partner: Partner) -> Listed {
        let code = |id: Option<PartnerId>| id.and_then(|id| self.codes.get(&id).cloned());
        Listed {
            sponsor: code(self.sponsors.get(&partner.id).copied()),
            inviter: code(partner.inviter),
            active_until: self.active_until.get(&partner.id).copied(),
            rank: self.ranks.remove(&partner.id),
            on_hold: self.held.get(&partner.id).copied().unwrap_or(false),
            partner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_phone_and_all_else_a_code_or_a_name() {
        let phone = |text: &str| Begins::Phone(text.to_owned());
        assert_eq!(begins("+7 900"), phone("+7900"));
        assert_eq!(begins("8 (900) 123-45-67"), phone("+79001234567"));
        assert_eq!(begins("79001"), phone("+79001"));
        assert_eq!(begins("9001234567"), phone("+79001234567"));
        let words =
            |texts: &[&str]| Begins::CodeOrName(texts.iter().map(|text| (*text).to_owned()).collect());
        assert_eq!(begins("ива"), words(&["ива", "ИВА", "Ива"]));
        assert_eq!(begins("nr0"), words(&["nr0", "NR0", "Nr0"]));
        assert_eq!(begins("%"), words(&["%"]));
        assert_eq!(begins("NR00_1"), words(&["NR00_1", "Nr00_1"]));
    }
}
