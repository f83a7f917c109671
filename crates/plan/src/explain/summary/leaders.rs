//! Rules by leaders in words.

use domain::lang::Text;
use domain::text;

use super::{by_rank, climb};
use crate::rules::{Boundary, Breakaway, Generation, Infinity, InfinityPays, OverrideMode};

pub(super) fn generation(generation: &Generation) -> Vec<Text> {
    let first = generation.first_generation;
    let mut lines = vec![match &generation.boundary {
        Boundary::Ranks(ranks) => leader(ranks),
        Boundary::SameRank(_) => Text::new(
            "  лидер для каждого — тот, чей ранг не ниже его собственного",
            "  a leader is, for each earner, one of his own rank or above",
        ),
    }];
    lines.extend(climb::rates(&generation.rates, first, "по поколениям", "by generation"));
    if first > 1 {
        lines.push(Text::new(
            "  более близкие поколения считаются и не платят",
            "  nearer generations count and pay nothing",
        ));
    }
    lines.push(match (generation.inactive_bounds, generation.empty_generation_counts) {
        (true, _) => Text::new(
            "  неактивный лидер занимает поколение и ничего не получает",
            "  an inactive leader takes his generation and earns nothing",
        ),
        (false, false) => Text::new("  неактивный лидер не считается", "  an inactive leader does not count"),
        (false, true) => Text::new(
            "  неактивный лидер не считается, но номер его пустого поколения расходуется",
            "  an inactive leader does not count, but the empty generation uses up its number",
        ),
    });
    lines
}

pub(super) fn infinity(infinity: &Infinity) -> Vec<Text> {
    let (rates, top, after) = (by_rank(&infinity.rates), infinity.top(), infinity.after_generation);
    let mut lines = vec![text!("  по рангам: {rates}", "  by rank: {rates}")];
    lines.push(match infinity.pays {
        InfinityPays::Difference => Text::new(
            "  каждый получает свою ставку за вычетом лучшей ниже",
            "  each earns his rate less the best one below",
        ),
        InfinityPays::Full => text!(
            "  каждый, чья ставка выше лучшей ниже, получает её целиком, вместе не больше {top}",
            "  each whose rate is above the best one below earns all of it, together no more than {top}"
        ),
    });
    if after > 0 {
        lines.push(leader(&infinity.leaders));
        lines.push(text!(
            "  {after} ближайших лидеров и все до них ничего не получают",
            "  the nearest {after} leader(s) and everyone up to them earn nothing"
        ));
    }
    lines
}

pub(super) fn breakaway(breakaway: &Breakaway) -> Vec<Text> {
    let rates = by_rank(&breakaway.overrides);
    let mut lines = vec![leader(&breakaway.leaders)];
    lines.push(text!("  ставки с группы лидера: {rates}", "  rates on a leader's group: {rates}"));
    lines.push(match breakaway.mode {
        OverrideMode::Differential => Text::new(
            "  первый выше получает свою ставку за вычетом ставки лидера",
            "  the first one above earns his rate less that of the leader",
        ),
        OverrideMode::Fixed => {
            Text::new("  первый выше получает свою ставку", "  the first one above earns his rate")
        }
    });
    if let Some(least) = breakaway.min_override {
        lines.push(text!("  но не меньше {least}", "  but at least {least}"));
    }
    if !breakaway.generations.is_empty() {
        let rates = breakaway.generations.iter().zip(2..);
        let rates = rates.map(|(rate, number)| format!("{number}: {rate}")).collect::<Vec<_>>().join(", ");
        lines.push(text!(
            "  следующие лидеры выше по поколениям {rates}",
            "  the next leaders above by generation {rates}"
        ));
    }
    let of = breakaway.of.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    lines.push(if of.is_empty() {
        Text::new("  на лидере заканчиваются все правила линий", "  every level rule ends at a leader")
    } else {
        text!("  на лидере заканчиваются правила {of}", "  these level rules end at a leader: {of}")
    });
    lines.push(if breakaway.exclude_group {
        Text::new(
            "  отделившаяся группа не входит в групповой объём вышестоящих",
            "  a group that broke away counts in no group volume above it",
        )
    } else {
        Text::new(
            "  отделившаяся группа входит в групповой объём вышестоящих",
            "  a group that broke away counts in the group volumes above it",
        )
    });
    lines
}

/// Who is a leader: those of the lowest of these ranks and above.
fn leader(ranks: &[String]) -> Text {
    let lowest = ranks.first().map_or("", String::as_str);
    text!("  лидер — ранг {lowest} и выше", "  a leader has the rank {lowest} or above")
}
