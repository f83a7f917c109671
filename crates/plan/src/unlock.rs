//! Which levels a partner has opened by the active partners he personally invited.

/// How levels open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlock {
    /// Every level is open to everyone.
    Open,
    /// Level k needs k active personally invited partners.
    OneToOne,
    /// Steps, ascending: levels up to `max_level` need `min_active`; above the last none ever opens.
    Tiers(Vec<Tier>),
}

/// One step of an unlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// Active personally invited partners that the step needs.
    pub min_active: u32,
    /// The last level it opens.
    pub max_level: u16,
}

impl Unlock {
    /// How many active invited partners a level needs; `None` for a level that never opens.
    pub fn needs(&self, level: u16) -> Option<u32> {
        match self {
            Self::Open => Some(0),
            Self::OneToOne => Some(u32::from(level)),
            Self::Tiers(tiers) => {
                tiers.iter().find(|tier| tier.max_level >= level).map(|tier| tier.min_active)
            }
        }
    }

    /// The largest number that it ever asks for, with so many levels.
    pub(crate) fn most_needed(&self, levels: u16) -> u32 {
        (1..=levels).filter_map(|level| self.needs(level)).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_needs_the_first_step_that_reaches_it() {
        let tiers =
            Unlock::Tiers(vec![Tier { min_active: 1, max_level: 3 }, Tier { min_active: 4, max_level: 5 }]);
        let needs = (1..=6).map(|level| tiers.needs(level)).collect::<Vec<_>>();
        assert_eq!(needs, [Some(1), Some(1), Some(1), Some(4), Some(4), None]);
        assert_eq!(tiers.most_needed(6), 4);
        assert_eq!(tiers.most_needed(3), 1, "steps above the last level are never asked");
        assert_eq!((Unlock::OneToOne.most_needed(12), Unlock::Open.most_needed(12)), (12, 0));
    }
}
