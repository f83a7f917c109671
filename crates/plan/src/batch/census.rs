//! A company read from the network of dated facts, as far as they were known.

use std::collections::HashMap;

use domain::ids::{FactSeq, PartnerId};
use domain::network::{Dated, KnownSpan, Network, Person};
use domain::order::{Order, Origin};

use super::BatchError;
use super::company::Company;
use super::orders::Buyer;
use super::roster::{Roster, Seat};

/// A company, and who sits where.
#[derive(Debug)]
pub struct Census {
    /// The company.
    pub company: Company,
    people: Vec<PartnerId>,
    seats: HashMap<PartnerId, Seat>,
}

impl Census {
    /// Reads a network that is loaded whole, by the facts known up to `known`.
    ///
    /// # Errors
    /// [`BatchError::PartnerUnknown`] if somebody has no code, or a sponsor is not in the network.
    pub fn of(network: &Network, known: FactSeq) -> Result<Self, BatchError> {
        let coded = network.people().map(|(id, person)| match &person.code {
            Some(code) => Ok((code, id, person)),
            None => Err(BatchError::PartnerUnknown(id)),
        });
        let mut everybody = coded.collect::<Result<Vec<_>, BatchError>>()?;
        everybody.sort_unstable_by_key(|(code, id, _)| (*code, *id));
        let mut roster = Roster::with_room(everybody.len(), everybody.len());
        let people: Vec<PartnerId> = everybody.iter().map(|(_, id, _)| *id).collect();
        let seats: HashMap<PartnerId, Seat> = people.iter().map(|id| (*id, roster.add(None))).collect();
        let reader = Reader { seats: &seats, known };
        for (_, id, person) in everybody {
            reader.tell(&mut roster, reader.seat(id)?, person)?;
        }
        Ok(Self { company: roster.seal()?, people, seats })
    }

    /// Who sits there.
    pub fn partner(&self, seat: Seat) -> Option<PartnerId> {
        self.people.get(seat.index()).copied()
    }

    /// Where a partner sits.
    pub fn seat(&self, partner: PartnerId) -> Option<Seat> {
        self.seats.get(&partner).copied()
    }

    /// Who buys by an order.
    ///
    /// # Errors
    /// [`BatchError::PartnerUnknown`] if he is not in the network.
    pub fn buyer(&self, order: &Order) -> Result<Buyer, BatchError> {
        let seat = |partner| self.seat(partner).ok_or(BatchError::PartnerUnknown(partner));
        Ok(match order.origin() {
            Origin::Partner(partner) => Buyer::Partner(seat(partner)?),
            Origin::CustomerOf(partner) => Buyer::CustomerOf(seat(partner)?),
            Origin::Nobody => Buyer::Nobody,
        })
    }
}

/// Tells the facts of one after another.
struct Reader<'s> {
    seats: &'s HashMap<PartnerId, Seat>,
    known: FactSeq,
}

impl Reader<'_> {
    fn tell(&self, roster: &mut Roster, seat: Seat, person: &Person) -> Result<(), BatchError> {
        for dated in self.in_turn(&person.sponsors) {
            let sponsor = dated.fact.map(|sponsor| self.seat(sponsor)).transpose()?;
            roster.sponsored(seat, dated.from, sponsor);
        }
        for dated in self.in_turn(&person.ranks) {
            roster.ranked(seat, dated.from, dated.fact.as_deref())?;
        }
        for dated in self.in_turn(&person.holds) {
            roster.held(seat, dated.from, dated.fact);
        }
        roster.active(seat, self.standing(&person.activity).map(|known| known.span));
        for known in self.standing(&person.invited_activity) {
            roster.invited_active(seat, known.span);
        }
        roster.surely_invited(seat, person.surely_active_invited);
        Ok(())
    }

    fn seat(&self, partner: PartnerId) -> Result<Seat, BatchError> {
        self.seats.get(&partner).copied().ok_or(BatchError::PartnerUnknown(partner))
    }

    /// The facts known, such that of those in force the last one holds.
    fn in_turn<'f, T>(&self, facts: &'f [Dated<T>]) -> Vec<&'f Dated<T>> {
        let mut known: Vec<_> = facts.iter().filter(|dated| dated.seq <= self.known).collect();
        known.sort_by_key(|dated| (dated.from, dated.seq));
        known
    }

    /// The spans that count by what is known.
    fn standing<'f>(&self, spans: &'f [KnownSpan]) -> impl Iterator<Item = &'f KnownSpan> {
        let known = self.known;
        spans.iter().filter(move |span| {
            span.seq <= known && span.superseded.is_none_or(|superseded| known < superseded)
        })
    }
}
