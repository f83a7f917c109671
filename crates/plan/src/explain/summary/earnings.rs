//! Rules that pay shares of commissions and funds, fixed sums and things, in words.

use domain::lang::{Lang, Text, plural};
use domain::text;

use super::{both, by_rank, climb};
use crate::explain::ranks::measure;
use crate::rules::{
    Award, MatchOn, Matching, PartnerPrice, Pool, PoolLimit, RankAdvance, RetailMargin, Shares, Skipped,
    Unused,
};

pub(super) fn retail_margin(retail: &RetailMargin) -> Vec<Text> {
    vec![match retail.partner_price {
        PartnerPrice::Cost => Text::new(
            "  кто привёл клиента, получает цену за вычетом себестоимости",
            "  who brought the customer earns the price less the cost",
        ),
        PartnerPrice::Discount(share) => text!(
            "  кто привёл клиента, получает {share} уплаченной цены",
            "  who brought the customer earns {share} of the price paid"
        ),
    }]
}

pub(super) fn matching(matching: &Matching) -> Vec<Text> {
    let of = matching.of.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut lines = vec![text!("  с комиссий по правилам: {of}", "  of commissions by the rules: {of}")];
    lines.extend(climb::rates(
        &matching.rates,
        1,
        "по поколениям приглашённых",
        "by generation of the invited",
    ));
    lines.push(match matching.on {
        MatchOn::Raw => Text::new("  от начисленного до лимитов", "  of what was reckoned before the caps"),
        MatchOn::Capped => Text::new("  от начисленного после лимитов", "  of what was paid after the caps"),
    });
    lines.push(if matching.skips_inactive {
        Text::new(
            "  неактивный пригласивший пропускается, поколение занимает следующий",
            "  an inactive inviter is passed over; the next one takes the generation",
        )
    } else {
        Text::new(
            "  неактивный пригласивший занимает поколение и ничего не получает",
            "  an inactive inviter takes the generation and earns nothing",
        )
    });
    lines
}

pub(super) fn pool(pool: &Pool) -> Vec<Text> {
    let percent = pool.percent;
    let mut lines = vec![text!("  в пул идёт {percent}", "  the pool is {percent}")];
    lines.push(match &pool.shares {
        Shares::Equal => Text::new("  делится поровну", "  split equally"),
        Shares::ByRank(table) => {
            let table = by_rank(table);
            text!("  доли по рангам: {table}", "  shares by rank: {table}")
        }
        Shares::ByVolume(by) => {
            let measured = measure(*by);
            let (ru, en) = both(&measured);
            text!("  делится пропорционально мере: {ru}", "  split in proportion to {en}")
        }
    });
    lines.push(match pool.ranks.first() {
        Some(lowest) => {
            text!(
                "  участвуют активные от ранга {lowest}",
                "  the active of rank {lowest} and above take part"
            )
        }
        None => Text::new("  участвуют активные", "  the active take part"),
    });
    let least = pool.min_qualifiers;
    if least > 1 {
        lines.push(text!(
            "  если их меньше {least}, не получает никто",
            "  with fewer than {least} of them nobody gets anything"
        ));
    }
    lines.extend(pool.max_per_partner.map(|limit| match limit {
        PoolLimit::Sum(sum) => {
            let [sum, sum_en] = sum.in_both();
            text!("  одному не больше {sum}", "  no more than {sum_en} roubles to one")
        }
        PoolLimit::Share(share) => {
            text!("  одному не больше {share} пула", "  no more than {share} of it to one")
        }
    }));
    lines.push(match pool.unused {
        Unused::Company => Text::new("  остаток — компании", "  what is left stays with the company"),
        Unused::Carried => {
            Text::new("  остаток переходит в следующий период", "  what is left goes to the next period")
        }
    });
    lines
}

pub(super) fn rank_advance(advance: &RankAdvance) -> Vec<Text> {
    let (sums_en, periods) = (by_rank(&advance.sums), advance.hold_periods);
    let sums: Vec<(String, String)> =
        advance.sums.iter().map(|(rank, sum)| (rank.clone(), sum.in_lang(Lang::Ru))).collect();
    let sums = by_rank(&sums);
    let mut lines = vec![text!("  за ранг: {sums}", "  roubles for a rank: {sums_en}")];
    lines.push(match advance.skipped {
        Skipped::Each => {
            Text::new("  за каждый ранг, пройденный в одном закрытии", "  for every rank passed in one close")
        }
        Skipped::Highest => Text::new(
            "  из пройденных в одном закрытии — только за высший",
            "  of ranks passed in one close for the highest only",
        ),
    });
    if periods > 1 {
        lines.push(text!(
            "  ранг надо держать периодов подряд: {periods}",
            "  the rank must be held for {periods} periods in a row"
        ));
    }
    lines
}

pub(super) fn award(award: &Award) -> Vec<Text> {
    let (count, (item_ru, item_en)) = (award.count, both(&award.item));
    let word =
        plural(u64::from(count), "активного покупателя", "активных покупателей", "активных покупателей");
    vec![text!(
        "  {item_ru}: за {count} {word} в первой линии",
        "  {item_en}: for {count} active buyers in the first line"
    )]
}
