//! Rules over trees of places in words.

use domain::lang::Text;
use domain::text;

use super::climb;
use crate::close::Fill;
use crate::rules::{AfterMatch, Balance, Binary, BinaryPays, Matrix};

pub(super) fn binary(binary: &Binary) -> Vec<Text> {
    let mut lines = vec![match binary.pays {
        BinaryPays::Percent(percent) => {
            text!("  {percent} общего объёма ног", "  {percent} of what both legs have in common")
        }
        BinaryPays::Units { unit, sum } => text!(
            "  {sum} руб. за каждые целые {unit} общего объёма ног",
            "  {sum} roubles for every whole {unit} of what both legs have in common"
        ),
    }];
    let (weaker, stronger) = binary.ratio;
    if weaker != stronger {
        lines.push(text!(
            "  {weaker} слабой ноги на {stronger} сильной",
            "  {weaker} of the weaker leg to {stronger} of the stronger"
        ));
    }
    if binary.balance == Balance::VolumeRatio {
        lines.push(Text::new(
            "  умножается на слабую ногу, делённую на сильную",
            "  times the weaker leg divided by the stronger",
        ));
    }
    lines.push(match binary.after {
        AfterMatch::CarryForward => Text::new(
            "  остаток ног переходит дальше; у неактивного сгорает то, что совпало бы",
            "  what is left of the legs is carried; of an inactive one what would match is lost",
        ),
        AfterMatch::NetOff => Text::new(
            "  остаток ног переходит дальше; у неактивного не списывается ничего",
            "  what is left of the legs is carried; an inactive one loses nothing",
        ),
        AfterMatch::FullFlush => {
            Text::new("  после закрытия обе ноги пусты", "  both legs are empty after the close")
        }
    });
    if let Some(most) = binary.carry_cap {
        lines.push(text!(
            "  нога переносит не больше {most} руб.",
            "  a leg carries no more than {most} roubles"
        ));
    }
    if let Some(most) = binary.period_cap {
        lines.push(text!(
            "  одному за период не больше {most} руб.",
            "  no more than {most} roubles to one for a period"
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
