//! The way up from the buyer, loaded as far as the walks of the rules need it.

use domain::ids::PartnerId;
use domain::network::{AsOf, Member, Network, Upline};
use domain::order::Origin;

use crate::accrue::AccrueError;
use crate::way::Way;

/// How many sponsors are asked for first, and how many times more each time that is not enough.
const FIRST: usize = 64;
const GROWTH: usize = 8;

/// Everyone from the buyer to the root, by distance: 0 is a partner who buys, 1 is the first above.
pub(crate) struct Ascent<'n> {
    network: &'n Network,
    as_of: AsOf,
    /// By whom the upline is found; `None` when nobody stands above the buyer.
    start: Option<PartnerId>,
    /// The partner who buys.
    buyer: Option<Member>,
    /// The partner who brought an outside customer: he stands at distance 1.
    seller: Option<Member>,
    upline: Upline,
    most: usize,
}

impl<'n> Ascent<'n> {
    /// Finds the origin of an order in the network.
    pub(crate) fn new(network: &'n Network, as_of: AsOf, origin: Origin) -> Result<Self, AccrueError> {
        let member = |partner| network.member(partner, as_of).ok_or(AccrueError::PartnerUnknown(partner));
        let (buyer, seller) = match origin {
            Origin::Partner(partner) => (Some(member(partner)?), None),
            Origin::CustomerOf(partner) => (None, Some(member(partner)?)),
            Origin::Nobody => (None, None),
        };
        let upline = Upline { members: Vec::new(), reaches_root: origin == Origin::Nobody };
        Ok(Self { network, as_of, start: origin.partner(), buyer, seller, upline, most: 0 })
    }

    fn load(&mut self, index: usize) -> Result<(), AccrueError> {
        while index >= self.upline.members.len() && !self.upline.reaches_root {
            if self.upline.members.len() < self.most {
                return Err(AccrueError::UplineTooShort);
            }
            let Some(start) = self.start else {
                return Ok(());
            };
            self.most = self.most.saturating_mul(GROWTH).max(FIRST);
            self.upline = self.network.upline(start, self.as_of, self.most);
            if self.upline.members.len() > self.network.people().size_hint().0 {
                return Err(AccrueError::EndlessUpline(start));
            }
        }
        Ok(())
    }
}

impl Way for Ascent<'_> {
    type Error = AccrueError;

    fn buyer(&self) -> Option<&Member> {
        self.buyer.as_ref()
    }

    fn at(&mut self, distance: usize) -> Result<Option<&Member>, AccrueError> {
        if distance == 0 {
            return Ok(self.buyer.as_ref());
        }
        if distance == 1 && self.seller.is_some() {
            return Ok(self.seller.as_ref());
        }
        let index = distance - 1 - usize::from(self.seller.is_some());
        self.load(index)?;
        Ok(self.upline.members.get(index))
    }

    fn at_if_known(&mut self, distance: usize) -> Result<Option<&Member>, AccrueError> {
        match self.at(distance) {
            Err(AccrueError::UplineTooShort) => Ok(None),
            found => found,
        }
    }
}
