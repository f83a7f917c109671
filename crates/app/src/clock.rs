//! Time and chance, which come in from outside so that a year runs in a test in seconds.

use std::sync::Mutex;

use domain::partner::ReferralCode;
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::{Builder, Uuid};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> Timestamp;
}

/// Makes ids and codes from seeded dice.
#[derive(Debug)]
pub struct Ids(Mutex<Dice>);

#[derive(Debug)]
struct Dice {
    rng: StdRng,
    last_millisecond: u64,
    counter: u32,
}

impl Ids {
    /// Dice that start from a seed.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self(Mutex::new(Dice { rng: StdRng::from_seed(seed), last_millisecond: 0, counter: 0 }))
    }

    /// A new UUIDv7. Ids made within a millisecond grow too, so that rows are stored in sequence.
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let mut dice = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let millisecond = u64::try_from(now.as_millisecond()).unwrap_or(0);
        dice.counter = if millisecond == dice.last_millisecond { dice.counter.wrapping_add(1) } else { 0 };
        dice.last_millisecond = millisecond;
        // Version and variant overwrite the upper bits of bytes 0 and 2, so the counter goes around them.
        let [_, high, middle, low] = (dice.counter << 2).to_be_bytes();
        let mut random = [0; 10];
        dice.rng.fill_bytes(&mut random);
        random[0] = high >> 4;
        random[1] = (high << 4) | (middle >> 4);
        random[2] = ((middle & 0x0f) << 2) | (low >> 6);
        random[3] = (low << 2) | (random[3] & 0x03);
        Builder::from_unix_timestamp_millis(millisecond, &random).into_uuid()
    }

    /// A new referral code.
    pub fn referral_code(&self) -> ReferralCode {
        ReferralCode::from_random(self.random())
    }

    /// Random bytes of cryptographic quality (`ChaCha12`), for what must not be guessed.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut random = [0; N];
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).rng.fill_bytes(&mut random);
        random
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_differ_and_grow() {
        let ids = Ids::seeded([7; 32]);
        let now = Timestamp::from_second(1_800_000_000).expect("valid");
        let made: Vec<Uuid> = (0..100_000).map(|_| ids.uuid(now)).collect();
        assert!(made.is_sorted_by(|one, next| one < next));
        assert!(made.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn the_same_seed_makes_the_same_ids() {
        let now = Timestamp::from_second(1_800_000_000).expect("valid");
        let make = || {
            let ids = Ids::seeded([7; 32]);
            (ids.uuid(now), ids.referral_code(), ids.uuid(now))
        };
        assert_eq!(make(), make());
    }
}
