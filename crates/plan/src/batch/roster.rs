//! A company as it is told, partner by partner and fact by fact.

use domain::activity::Span;
use jiff::Timestamp;

use super::BatchError;
use super::change::{Change, NOBODY, What};
use super::company::Company;

/// A partner's place on the roster. Whoever has the lower code must have the lower seat: so ties of the
/// cap are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat(pub(super) u32);

impl Seat {
    /// His place in what [`Totals::earned`](super::Totals::earned) lists.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A company that is being told. Facts of one kind about one partner come in the order in which they
/// became known: of two of the same instant the later holds.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    pub(super) sponsors: Vec<u32>,
    pub(super) inviters: Vec<u32>,
    /// Active invited partners who are not told one by one.
    pub(super) surely_invited: Vec<u32>,
    /// The sponsor told last, near whom a partner is kept in memory.
    pub(super) homes: Vec<u32>,
    pub(super) changes: Vec<Change>,
    pub(super) ranks: Vec<String>,
    /// Whether a fact named a seat that was not given out here.
    pub(super) strange: bool,
    spans: Vec<Span>,
}

impl Roster {
    /// An empty roster with room for so many partners and spans of activity.
    pub fn with_room(partners: usize, spans: usize) -> Self {
        let room = || Vec::with_capacity(partners);
        Self {
            sponsors: room(),
            inviters: room(),
            surely_invited: room(),
            homes: room(),
            changes: Vec::with_capacity(2 * spans),
            ..Self::default()
        }
    }

    /// Adds a partner whose sponsor from the beginning, if any, has a seat already.
    pub fn add(&mut self, sponsor: Option<Seat>) -> Seat {
        let seat = Seat(u32::try_from(self.sponsors.len()).unwrap_or(NOBODY));
        let sponsor = number(sponsor);
        self.sponsors.push(sponsor);
        self.homes.push(sponsor);
        self.inviters.push(NOBODY);
        self.surely_invited.push(0);
        seat
    }

    /// Says who personally invited a partner: the invited one's activity counts towards what opens levels.
    pub fn invited_by(&mut self, partner: Seat, inviter: Seat) {
        self.strange |= !set(&mut self.inviters, partner, inviter.0);
    }

    /// Says that so many whom he invited are active all the time, beside those who are told.
    pub fn surely_invited(&mut self, inviter: Seat, count: u32) {
        self.strange |= !set(&mut self.surely_invited, inviter, count);
    }

    /// Says when he is active: once for each partner.
    pub fn active(&mut self, partner: Seat, spans: impl IntoIterator<Item = Span>) {
        self.spans.clear();
        self.spans.extend(spans.into_iter().filter(|span| span.from < span.until));
        self.spans.sort_unstable_by_key(|span| span.from);
        self.spans.dedup_by(|next, kept| {
            let touches = next.from <= kept.until;
            if touches {
                kept.until = kept.until.max(next.until);
            }
            touches
        });
        for span in &self.spans {
            self.changes.push(Change::new(span.from.as_microsecond(), partner.0, What::Begins));
            self.changes.push(Change::new(span.until.as_microsecond(), partner.0, What::Ends));
        }
    }

    /// Says that one whom he invited is active for a while, where it is not known who that is.
    pub fn invited_active(&mut self, inviter: Seat, span: Span) {
        if span.from < span.until {
            self.changes.push(Change::new(span.from.as_microsecond(), inviter.0, What::InvitedBegins));
            self.changes.push(Change::new(span.until.as_microsecond(), inviter.0, What::InvitedEnds));
        }
    }

    /// Says who sponsors him from an instant on.
    pub fn sponsored(&mut self, partner: Seat, from: Timestamp, sponsor: Option<Seat>) {
        let sponsor = number(sponsor);
        // One without a seat is refused for the change.
        set(&mut self.homes, partner, sponsor);
        self.changes.push(Change::new(from.as_microsecond(), partner.0, What::Sponsored(sponsor)));
    }

    /// Says which rank he holds from an instant on; `None` if none any more.
    ///
    /// # Errors
    /// [`BatchError::TooMany`] if there are more than 65 535 ranks.
    pub fn ranked(&mut self, partner: Seat, from: Timestamp, rank: Option<&str>) -> Result<(), BatchError> {
        let place = rank.map(|rank| {
            let known = self.ranks.iter().position(|name| name == rank);
            known.unwrap_or_else(|| {
                self.ranks.push(rank.to_owned());
                self.ranks.len() - 1
            })
        });
        let rank = u16::try_from(place.map_or(0, |place| place + 1)).map_err(|_| BatchError::TooMany)?;
        self.changes.push(Change::new(from.as_microsecond(), partner.0, What::Ranked(rank)));
        Ok(())
    }

    /// Says whether his earnings are held back from an instant on.
    pub fn held(&mut self, partner: Seat, from: Timestamp, held: bool) {
        self.changes.push(Change::new(from.as_microsecond(), partner.0, What::Held(held)));
    }

    /// The company, ready for computing.
    ///
    /// # Errors
    /// [`BatchError::TooMany`] if there are more than 500 million partners or four billion facts,
    /// [`BatchError::UnknownSeat`] if a fact names a seat that was never given out.
    pub fn seal(self) -> Result<Company, BatchError> {
        Company::seal(self)
    }
}

fn number(seat: Option<Seat>) -> u32 {
    seat.map_or(NOBODY, |seat| seat.0)
}

/// Returns whether there is such a seat.
fn set(values: &mut [u32], seat: Seat, value: u32) -> bool {
    let kept = values.get_mut(seat.index());
    kept.map(|kept| *kept = value).is_some()
}
