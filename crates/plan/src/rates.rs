//! The rates of a rule by level, the same for everyone or by rank.

use domain::money::Rate;

/// What each level pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rates {
    /// The same for everyone: level 1 first.
    List(Vec<Rate>),
    /// By rank, low to high, each with its own list; who has no rank has no rate.
    Table(Vec<(String, Vec<Rate>)>),
}

impl Rates {
    /// How many levels the longest list has.
    pub fn levels(&self) -> u16 {
        let longest = match self {
            Self::List(rates) => rates.len(),
            Self::Table(table) => table.iter().map(|(_, rates)| rates.len()).max().unwrap_or(0),
        };
        u16::try_from(longest).expect("the parser refuses more than 100 levels")
    }

    /// The rate of a level, from 1, for one of this rank; `None` where he has none.
    pub fn at(&self, level: u16, rank: Option<&str>) -> Option<Rate> {
        let rates = match self {
            Self::List(rates) => rates,
            Self::Table(table) => {
                let rank = rank?;
                table.iter().find(|(name, _)| name == rank).map(|(_, rates)| rates)?
            }
        };
        of_level(rates, level)
    }

    /// The greatest rate that anyone may have at a level: what the plan promises there.
    pub fn greatest(&self, level: u16) -> Rate {
        match self {
            Self::List(rates) => of_level(rates, level),
            Self::Table(table) => table.iter().filter_map(|(_, rates)| of_level(rates, level)).max(),
        }
        .unwrap_or(Rate::ZERO)
    }
}

fn of_level(rates: &[Rate], level: u16) -> Option<Rate> {
    rates.get(usize::from(level).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(rates: &[u32]) -> Vec<Rate> {
        rates.iter().map(|percent| Rate::from_ppm(percent * 10_000)).collect()
    }

    #[test]
    fn the_greatest_rate_is_that_of_any_rank() {
        let table =
            Rates::Table(vec![("low".to_owned(), percent(&[7])), ("high".to_owned(), percent(&[5, 6, 1]))]);
        assert_eq!(table.levels(), 3);
        assert_eq!((1..=4).map(|level| table.greatest(level)).collect::<Vec<_>>(), percent(&[7, 6, 1, 0]));
        let of_low = (0..=3).map(|level| table.at(level, Some("low"))).collect::<Vec<_>>();
        assert_eq!(of_low, [None, Some(Rate::from_ppm(70_000)), None, None]);
        assert_eq!(table.at(1, None), None, "no rank, no rate");
        assert_eq!(table.at(1, Some("other")), None);
    }
}
