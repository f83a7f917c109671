//! What may become of a shop's messages on their way: told again, out of turn, late, and mixed with lies.

use serde_json::Value;

/// Dice that fall the same way for the same seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Dice that start from a seed.
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to below `sides`; 0 if there are none.
    pub fn below(&mut self, sides: usize) -> usize {
        // SplitMix64, by Sebastiano Vigna: public domain, and good enough to shuffle by.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let sides = u64::try_from(sides).unwrap_or(u64::MAX);
        (mixed ^ (mixed >> 31)).checked_rem(sides).and_then(|face| usize::try_from(face).ok()).unwrap_or(0)
    }

    /// Whether one of `times` comes true.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Puts things into any order.
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for place in (1..things.len()).rev() {
            things.swap(place, self.below(place + 1));
        }
    }
}

/// One message on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The shop's id of the message; the same for every attempt at it.
    pub id: String,
    /// What it tells.
    pub event: Value,
    /// Whether it is a lie: then it must not be taken in.
    pub is_lie: bool,
}

/// Makes a storm of what a shop tells of its orders, each order's events in their natural order. Every event
/// is sent one to five times, anywhere in the storm. `lie` makes lies about an order; they come only after
/// something true was told of it, so that the truth is known.
pub fn storm(dice: &mut Dice, orders: &[Vec<Value>], lie: impl Fn(usize) -> Vec<Value>) -> Vec<Delivery> {
    let mut told: Vec<(usize, Delivery)> = Vec::new();
    for (order, events) in orders.iter().enumerate() {
        for (number, event) in events.iter().enumerate() {
            let delivery =
                Delivery { id: format!("m-{order}-{number}"), event: event.clone(), is_lie: false };
            let times = 1 + dice.below(5);
            told.extend(std::iter::repeat_n((order, delivery), times));
        }
    }
    dice.shuffle(&mut told);
    let mut is_known = vec![false; orders.len()];
    let mut storm = Vec::with_capacity(told.len());
    for (order, delivery) in told {
        storm.push(delivery);
        if let Some(known) = is_known.get_mut(order).filter(|known| !**known) {
            *known = true;
            let lies = lie(order).into_iter().zip(0..);
            storm.extend(lies.map(|(event, number)| Delivery {
                id: format!("lie-{order}-{number}"),
                event,
                is_lie: true,
            }));
        }
    }
    storm
}
