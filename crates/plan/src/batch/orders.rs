//! The orders of a history, in order of the company's states.

use domain::money::Money;
use domain::order::Order;
use jiff::Timestamp;

use super::BatchError;
use super::change::NOBODY;
use super::company::Company;
use super::roster::Seat;
use super::terms::Columns;
use crate::plan::Plan;

/// Who buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Buyer {
    /// A partner, for himself.
    Partner(Seat),
    /// An outside customer; this partner brought him and stands next above.
    CustomerOf(Seat),
    /// An outside customer whom nobody brought.
    Nobody,
}

/// Orders being told, in any order; that of time is the fastest.
#[derive(Debug)]
pub struct OrderBook<'c> {
    company: &'c Company,
    state: usize,
    orders: Orders,
}

/// Orders ready for computing. Made by [`OrderBook::close`].
#[derive(Debug)]
pub struct Orders {
    pub(super) whence: Vec<Whence>,
    /// The bases of one order after those of another, in kopecks.
    pub(super) bases: Vec<i64>,
    /// Which bases those are.
    pub(super) columns: Columns,
    /// Partners and changes of the company.
    pub(super) company: (usize, usize),
}

/// Where a walk starts: from whom, and in which state of the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Whence {
    pub(super) state: u32,
    pub(super) origin: Origin,
}

/// A buyer in four bytes: the number of the partner, and whether he brought a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Origin(u32);

impl Origin {
    /// Who buys and who stands next above him, if that is not his sponsor.
    pub(super) fn unpack(self) -> (u32, u32) {
        let number = self.0 >> 1;
        if self.0 & 1 == 0 { (number, NOBODY) } else { (NOBODY, number) }
    }
}

impl<'c> OrderBook<'c> {
    /// An empty book with room for so many orders.
    ///
    /// # Errors
    /// [`BatchError::Kind`] if the plan has a rule that the batch cannot compute.
    pub fn with_room(company: &'c Company, plan: &Plan, orders: usize) -> Result<Self, BatchError> {
        let columns = Columns::of(plan)?;
        let orders = Orders {
            whence: Vec::with_capacity(orders),
            bases: Vec::with_capacity(orders * columns.width()),
            columns,
            company: (company.people(), company.changes()),
        };
        Ok(Self { company, state: 0, orders })
    }

    /// Adds an order with the bases of what it pays on: one for each different base of the plan's rules,
    /// in their order, then the cap's if it is another.
    ///
    /// # Errors
    /// [`BatchError::Bases`] if there are more or fewer, or one is below zero or too large;
    /// [`BatchError::UnknownSeat`] if the buyer is not of the company.
    pub fn push(&mut self, buyer: Buyer, at: Timestamp, bases: &[Money]) -> Result<(), BatchError> {
        let sound = |base: &Money| (Money::ZERO..=Money::LARGEST).contains(base);
        if bases.len() != self.orders.width() || !bases.iter().all(sound) {
            return Err(BatchError::Bases);
        }
        let number = |seat| self.company.number(seat).ok_or(BatchError::UnknownSeat);
        let origin = match buyer {
            Buyer::Partner(seat) => Origin(number(seat)? << 1),
            Buyer::CustomerOf(seat) => Origin((number(seat)? << 1) + 1),
            Buyer::Nobody => Origin(NOBODY << 1),
        };
        self.state = self.state_at(at.as_microsecond());
        let state = u32::try_from(self.state).map_err(|_| BatchError::TooMany)?;
        self.orders.whence.push(Whence { state, origin });
        self.orders.bases.extend(bases.iter().map(|base| base.minor()));
        Ok(())
    }

    /// Adds an order whose buyer sits there; one that is not in effect by the plan is refused.
    ///
    /// # Errors
    /// As [`Self::push`], and [`BatchError::NotInEffect`].
    pub fn push_order(&mut self, plan: &Plan, order: &Order, buyer: Buyer) -> Result<(), BatchError> {
        let at = plan.effective_at(order).ok_or(BatchError::NotInEffect(order.id))?;
        let bases = self.orders.columns.bases(plan, order);
        self.push(buyer, at, &bases)
    }

    /// The orders, those of one state together and in it those of one buyer, where that pays.
    pub fn close(self) -> Orders {
        let mut orders = self.orders;
        let in_time = orders.whence.is_sorted_by_key(|whence| whence.state);
        let grouped = || orders.whence.is_sorted();
        if !in_time || (orders.per_state() >= FEW && !grouped()) {
            orders.group(self.company);
        }
        orders
    }

    /// The state at an instant. Orders mostly come in order of time: then it is this one or soon after.
    fn state_at(&self, at: i64) -> usize {
        let changes = &self.company.changes;
        let near = changes.get(self.state..).unwrap_or_default().iter().take(FEW);
        let passed = self.state.checked_sub(1).and_then(|last| changes.get(last));
        let soon = self.state + near.take_while(|change| change.at <= at).count();
        if passed.is_none_or(|change| change.at <= at) && soon < self.state + FEW {
            return soon;
        }
        self.company.state_at(at)
    }
}

/// So many are looked at one by one.
const FEW: usize = 32;

impl Orders {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.whence.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.whence.is_empty()
    }

    /// How many bases each has.
    pub(super) fn width(&self) -> usize {
        self.columns.width()
    }

    /// How many stand in one state, on average, where they come in order of time.
    fn per_state(&self) -> usize {
        let states = self.whence.chunk_by(|one, next| one.state == next.state).count();
        self.len() / states.max(1)
    }

    /// Two counting sorts: by buyer, then by state.
    fn group(&mut self, company: &Company) {
        let by = |turns: &[u32], key: &dyn Fn(&Whence) -> u32, keys: usize| {
            let keys_of = |turn: &u32| self.whence.get(*turn as usize).map_or(0, key) as usize;
            counting_sort(turns, keys_of, keys)
        };
        let turns: Vec<u32> = (0..).take(self.len()).collect();
        let numbers = company.people() + 1;
        let number =
            |whence: &Whence| (whence.origin.0 >> 1).min(u32::try_from(numbers - 1).unwrap_or(NOBODY));
        let turns = by(&turns, &number, numbers);
        let turns = by(&turns, &|whence| whence.state, company.changes() + 1);
        let whence = turns.iter().filter_map(|turn| self.whence.get(*turn as usize).copied()).collect();
        self.whence = whence;
        let width = self.width();
        let bases = turns.iter().map(|turn| *turn as usize * width);
        let bases = bases.filter_map(|start| self.bases.get(start..start + width)).flatten().copied();
        self.bases = bases.collect();
    }
}

/// The same turns in order of their keys, all below `keys`; those of one key stay as they were.
fn counting_sort(turns: &[u32], key: impl Fn(&u32) -> usize, keys: usize) -> Vec<u32> {
    let mut starts = vec![0_u32; keys + 1];
    for turn in turns {
        if let Some(start) = starts.get_mut(key(turn) + 1) {
            *start += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut sorted = vec![0; turns.len()];
    for turn in turns {
        if let Some(next) = starts.get_mut(key(turn))
            && let Some(place) = sorted.get_mut(*next as usize)
        {
            *place = *turn;
            *next += 1;
        }
    }
    sorted
}
