//! One dated fact of a company, in sixteen bytes: there are millions of them.

/// At an instant, something becomes so for one partner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    /// Microseconds since 1970.
    pub(super) at: i64,
    /// Whose fact it is: a seat while the roster is open, his number afterwards.
    pub(super) who: u32,
    what: Packed,
}

/// What becomes so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// He is active, and so is one more of those whom his inviter brought.
    Begins,
    /// He is no longer.
    Ends,
    /// One more of those he personally invited is active.
    InvitedBegins,
    /// One less.
    InvitedEnds,
    /// What he would earn is held back, or no longer.
    Held(bool),
    /// His rank, numbered from 1; 0 is none.
    Ranked(u16),
    /// His sponsor; [`NOBODY`] makes him a root.
    Sponsored(u32),
}

/// Stands for a partner where there is none.
pub(super) const NOBODY: u32 = u32::MAX >> TAG_BITS;

const TAG_BITS: u32 = 3;

/// A tag in the low bits, its value in the others.
#[derive(Debug, Clone, Copy)]
struct Packed(u32);

impl Change {
    pub(super) fn new(at: i64, who: u32, what: What) -> Self {
        let (tag, value) = match what {
            What::Begins => (0, 0),
            What::Ends => (1, 0),
            What::InvitedBegins => (2, 0),
            What::InvitedEnds => (3, 0),
            What::Held(held) => (4, u32::from(held)),
            What::Ranked(rank) => (5, u32::from(rank)),
            What::Sponsored(sponsor) => (6, sponsor),
        };
        Self { at, who, what: Packed(value << TAG_BITS | tag) }
    }

    pub(super) fn what(self) -> What {
        let Packed(packed) = self.what;
        let value = packed >> TAG_BITS;
        match packed & ((1 << TAG_BITS) - 1) {
            0 => What::Begins,
            1 => What::Ends,
            2 => What::InvitedBegins,
            3 => What::InvitedEnds,
            4 => What::Held(value != 0),
            5 => What::Ranked(u16::try_from(value).expect("it was packed from 16 bits")),
            _ => What::Sponsored(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        for what in [
            What::Begins,
            What::Ends,
            What::InvitedBegins,
            What::InvitedEnds,
            What::Held(false),
            What::Held(true),
            What::Ranked(u16::MAX),
            What::Sponsored(0),
            What::Sponsored(NOBODY),
        ] {
            assert_eq!(Change::new(-1, 7, what).what(), what);
        }
        assert_eq!(size_of::<Change>(), 16);
    }
}
