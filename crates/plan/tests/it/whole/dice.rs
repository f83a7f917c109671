//! Chance that is the same on every machine: the number of a case decides everything in it.

/// A splitmix64 generator.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of_case(case: u64) -> Self {
        Self(case.wrapping_mul(0xD134_2543_DE82_EF95) ^ 0x5851_F42D_4C95_7F2D)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from zero to below `end`, which is above zero.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end).expect("small")).expect("below a usize")
    }

    /// A number from `from` to `to`, both of them possible.
    pub(super) fn between(&mut self, from: i128, to: i128) -> i128 {
        from + i128::from(self.roll()) % (to - from + 1)
    }

    /// True in so many cases of a hundred.
    pub(super) fn chance(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    /// Something in so many cases of a hundred.
    pub(super) fn maybe<T>(&mut self, of_hundred: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(of_hundred).then(|| make(self))
    }

    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    pub(super) fn list<T>(
        &mut self,
        least: usize,
        most: usize,
        mut make: impl FnMut(&mut Self) -> T,
    ) -> Vec<T> {
        let length = least + self.below(most - least + 1);
        (0..length).map(|_| make(self)).collect()
    }

    /// The numbers below `length` in some order.
    pub(super) fn shuffled(&mut self, length: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..length).collect();
        for place in (1..length).rev() {
            order.swap(place, self.below(place + 1));
        }
        order
    }
}
