//! Rules over trees of places in words.

use domain::lang::Text;
use domain::money::Money;
use domain::text;

use super::climb;
use crate::close::Fill;
use crate::rules::{AfterMatch, Balance, Binary, BinaryPays, Matrix};

pub(super) fn binary(binary: &Binary) -> Vec<Text> {
    let mut lines = vec![match binary.pays {
        BinaryPays::Percent(percent) => {
            text!("  {percent} общего объёма двух веток", "  {percent} of what both legs have in common")
        }
        BinaryPays::Units { unit, sum } => {
            let ([unit, unit_en], [sum, sum_en]) = (unit.in_both(), sum.in_both());
            text!(
                "  {sum} за каждые целые {unit} общего объёма двух веток",
                "  {sum_en} roubles for every whole {unit_en} of what both legs have in common"
            )
        }
    }];
    let (weaker, stronger) = binary.ratio;
    if weaker != stronger {
        lines.push(text!(
            "  {weaker} слабой ветки на {stronger} сильной",
            "  {weaker} of the weaker leg to {stronger} of the stronger"
        ));
    }
    if binary.balance == Balance::VolumeRatio {
        lines.push(Text::new(
            "  умножается на слабую ветку, делённую на сильную",
            "  times the weaker leg divided by the stronger",
        ));
    }
    lines.push(match binary.after {
        AfterMatch::CarryForward => Text::new(
            "  остаток веток переходит дальше; у неактивного сгорает то, что совпало бы",
            "  what is left of the legs is carried; of an inactive one what would match is lost",
        ),
        AfterMatch::NetOff => Text::new(
            "  остаток веток переходит дальше; у неактивного не списывается ничего",
            "  what is left of the legs is carried; an inactive one loses nothing",
        ),
        AfterMatch::FullFlush => {
            Text::new("  после закрытия обе ветки пусты", "  both legs are empty after the close")
        }
    });
    if let Some([most, most_en]) = binary.carry_cap.map(Money::in_both) {
        lines.push(text!(
            "  ветка переносит не больше {most}",
            "  a leg carries no more than {most_en} roubles"
        ));
    }
    if let Some([most, most_en]) = binary.period_cap.map(Money::in_both) {
        lines.push(text!(
            "  одному за период не больше {most}",
            "  no more than {most_en} roubles to one for a period"
        ));
    }
    lines.push(fill(binary.fill));
    lines
}

pub(super) fn matrix(matrix: &Matrix) -> Vec<Text> {
    let (width, height) = (matrix.width, matrix.height);
    let mut lines = vec![
        text!(
            "  под каждым не больше {width}, вверх просматривается не больше {height}",
            "  no more than {width} under each, and no more than {height} are looked at above"
        ),
        fill(matrix.fill),
    ];
    // How far the walk looks is told by the height.
    lines.extend(climb::lines(&crate::climb::Climb { max_scan: None, ..matrix.climb.clone() }));
    lines
}

fn fill(fill: Fill) -> Text {
    match fill {
        Fill::BreadthFirst => Text::new(
            "  кому нет места, встаёт ниже на ближайший ряд, слева направо",
            "  who finds no place stands on the nearest row below, from the left",
        ),
        Fill::DepthFirst => Text::new(
            "  кому нет места, встаёт вниз по левому краю",
            "  who finds no place stands down the leftmost branch",
        ),
    }
}
