//! Seats: the partners of one close, by number, and what is known of each.

use std::ops::{Index, IndexMut};

/// The place of a partner among those of one close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat(u32);

impl Seat {
    /// The seat of a place in a list.
    pub fn new(place: usize) -> Self {
        Self(u32::try_from(place).expect("fewer than four thousand million partners"))
    }

    /// Its place in a list.
    pub const fn place(self) -> usize {
        self.0 as usize
    }
}

/// One value for every seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerSeat<T>(Vec<T>);

impl<T> PerSeat<T> {
    /// Every seat with its value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Seat, &T)> {
        self.0.iter().enumerate().map(|(place, value)| (Seat::new(place), value))
    }

    /// Every seat, in order.
    pub fn seats(&self) -> impl Iterator<Item = Seat> + use<T> {
        (0..self.0.len()).map(Seat::new)
    }

    /// How many seats there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Another value for every seat.
    pub fn map<U>(&self, make: impl FnMut(&T) -> U) -> PerSeat<U> {
        PerSeat(self.0.iter().map(make).collect())
    }

    /// The value of a seat; `None` for a seat of another close.
    pub fn find(&self, seat: Seat) -> Option<&T> {
        self.0.get(seat.place())
    }
}

impl<T> Default for PerSeat<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone> PerSeat<T> {
    /// The same value for so many seats.
    pub fn filled(value: T, seats: usize) -> Self {
        Self(vec![value; seats])
    }
}

impl<T> FromIterator<T> for PerSeat<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// Seats are made for one close and asked of that close only.
const FOREIGN: &str = "a seat belongs to the close it was made for";

impl<T> Index<Seat> for PerSeat<T> {
    type Output = T;
    fn index(&self, seat: Seat) -> &T {
        self.0.get(seat.place()).expect(FOREIGN)
    }
}

impl<T> IndexMut<Seat> for PerSeat<T> {
    fn index_mut(&mut self, seat: Seat) -> &mut T {
        self.0.get_mut(seat.place()).expect(FOREIGN)
    }
}
