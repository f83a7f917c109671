//! The picture of a simulation: what is paid of the turnover month by month, as an SVG that stands alone.
//!
//! Places are whole tenths of a pixel, so the same figures give the same bytes.

use std::fmt::Write as _;

use domain::lang::{Lang, plural};
use plan::Ratio;

use super::summary::{MonthBand, Simulation};

const WIDTH: i128 = 9_600;
const HEIGHT: i128 = 5_600;
const LEFT: i128 = 860;
const RIGHT: i128 = 8_800;
const TOP: i128 = 1_290;
const BOTTOM: i128 = 4_500;

const INK: &str = "#1f2933";
const GREY: &str = "#616e7c";
const GRID: &str = "#e4e7eb";
const BAND: &str = "#b3d4f5";
const LINE: &str = "#1864ab";
const CAP: &str = "#c92a2a";
const LIMIT: &str = "#b35c00";

/// Distances of the lines of the grid, in parts per million.
const STEPS: [i128; 8] = [2_500, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000];

/// Draws the picture.
pub fn svg(shown: &Simulation) -> String {
    let axis = Axis::of(shown);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
         font-family=\"'DejaVu Sans', 'Segoe UI', Arial, sans-serif\" font-size=\"13\" fill=\"{INK}\" role=\"img\">\n\
         <title>{}</title>\n<rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n",
        title(shown),
        w = px(WIDTH),
        h = px(HEIGHT),
    );
    text(&mut svg, (LEFT - 560, 420), "font-size=\"20\" font-weight=\"bold\"", &title(shown));
    text(&mut svg, (LEFT - 560, 690), &format!("fill=\"{GREY}\""), &networks(shown));
    text(&mut svg, (LEFT - 560, 1_060), &format!("fill=\"{GREY}\""), "Выплаты, % оборота месяца");
    grid(&mut svg, &axis, &shown.months);
    band(&mut svg, &axis, &shown.months);
    cap(&mut svg, &axis, shown);
    median(&mut svg, &axis, &shown.months);
    legend(&mut svg, shown);
    svg.push_str("</svg>\n");
    svg
}

fn title(shown: &Simulation) -> String {
    format!("План {}: сколько от оборота уходит партнёрам", shown.plan)
}

fn networks(shown: &Simulation) -> String {
    let of = &shown.settings;
    format!(
        "Случайных сетей: {}, вначале {} {}, рост {} в месяц, активны {}, покупают {}, средний заказ {}",
        of.runs,
        of.start,
        plural(u64::from(of.start), "партнёр", "партнёра", "партнёров"),
        of.growth,
        of.activity,
        of.buyers,
        of.average.in_lang(Lang::Ru)
    )
}

/// The scale of the shares: from zero to a line of the grid above everything shown.
struct Axis {
    step: i128,
    top: i128,
    months: i128,
}

impl Axis {
    fn of(shown: &Simulation) -> Self {
        let bands = shown.months.iter().map(|month| month.of_turnover.p95.ppm());
        let lines = shown.cap.into_iter().chain(shown.settings.limit.map(Ratio::from));
        let greatest = bands.chain(lines.map(Ratio::ppm)).max().unwrap_or(0).max(1);
        let fits = |step: &&i128| greatest / **step < 6;
        let step = STEPS.iter().find(fits).copied().unwrap_or(greatest);
        let months = i128::try_from(shown.months.len()).unwrap_or(1);
        Self { step, top: (greatest / step + 1) * step, months }
    }

    /// Across: of a month, counted from 0. A single one stands in the middle.
    fn x(&self, month: i128) -> i128 {
        if self.months < 2 {
            return i128::midpoint(LEFT, RIGHT);
        }
        LEFT + (RIGHT - LEFT) * month / (self.months - 1)
    }

    /// Down: of a share.
    fn y(&self, ppm: i128) -> i128 {
        BOTTOM - (BOTTOM - TOP) * ppm / self.top
    }

    fn points(&self, values: impl Iterator<Item = (i128, Ratio)>) -> String {
        let point =
            |(month, ratio): (i128, Ratio)| format!("{},{}", px(self.x(month)), px(self.y(ratio.ppm())));
        values.map(point).collect::<Vec<_>>().join(" ")
    }
}

fn grid(svg: &mut String, axis: &Axis, months: &[MonthBand]) {
    for share in (0..=axis.top / axis.step).map(|line| line * axis.step) {
        let y = axis.y(share);
        let colour = if share == 0 { GREY } else { GRID };
        line(svg, (LEFT, y), (RIGHT, y), &format!("stroke=\"{colour}\""));
        text(svg, (LEFT - 100, y + 45), &format!("text-anchor=\"end\" fill=\"{GREY}\""), &percent(share));
    }
    // So many names of months stand side by side.
    let every = months.len().div_ceil(24).max(1);
    for (place, month) in
        (0..).zip(months).filter(|(place, _)| *place % i128::try_from(every).unwrap_or(1) == 0)
    {
        let x = axis.x(place);
        line(svg, (x, BOTTOM), (x, BOTTOM + 50), &format!("stroke=\"{GREY}\""));
        let style = format!("text-anchor=\"middle\" fill=\"{GREY}\"");
        text(svg, (x, BOTTOM + 210), &style, &month.month.to_string());
    }
    let style = format!("text-anchor=\"middle\" fill=\"{GREY}\"");
    text(svg, (i128::midpoint(LEFT, RIGHT), BOTTOM + 430), &style, "Месяц");
}

fn band(svg: &mut String, axis: &Axis, months: &[MonthBand]) {
    let low = (0..).zip(months).map(|(place, month)| (place, month.of_turnover.p5));
    let mut high: Vec<(i128, Ratio)> =
        (0..).zip(months).map(|(place, month)| (place, month.of_turnover.p95)).collect();
    high.reverse();
    let around = format!("{} {}", axis.points(low), axis.points(high.into_iter()));
    let _ = writeln!(
        svg,
        "<polygon points=\"{around}\" fill=\"{BAND}\" fill-opacity=\"0.7\" stroke=\"{BAND}\"/>"
    );
}

fn median(svg: &mut String, axis: &Axis, months: &[MonthBand]) {
    let medians = || (0..).zip(months).map(|(place, month)| (place, month.of_turnover.median));
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{LINE}\" stroke-width=\"2.5\" stroke-linejoin=\"round\"/>",
        axis.points(medians())
    );
    for (place, ratio) in medians() {
        let (x, y) = (px(axis.x(place)), px(axis.y(ratio.ppm())));
        let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{LINE}\"/>");
    }
    if let Some((place, ratio)) = medians().last() {
        let at = (axis.x(place) + 110, axis.y(ratio.ppm()) + 45);
        text(svg, at, &format!("fill=\"{LINE}\" font-weight=\"bold\""), &percent(ratio.ppm()));
    }
}

fn cap(svg: &mut String, axis: &Axis, shown: &Simulation) {
    let limit = shown.settings.limit.map(Ratio::from).filter(|limit| shown.cap != Some(*limit));
    for (ratio, colour, name) in [(shown.cap, CAP, "Лимит плана"), (limit, LIMIT, "Предел")] {
        let Some(ratio) = ratio else {
            continue;
        };
        let y = axis.y(ratio.ppm());
        let style = format!("stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"7 5\"");
        line(svg, (LEFT, y), (RIGHT, y), &style);
        let style = format!("fill=\"{colour}\" font-weight=\"bold\"");
        text(svg, (LEFT + 100, y - 80), &style, &format!("{name} {}", percent(ratio.ppm())));
    }
}

fn legend(svg: &mut String, shown: &Simulation) {
    let y = HEIGHT - 300;
    line(svg, (LEFT - 560, y - 45), (LEFT - 260, y - 45), &format!("stroke=\"{LINE}\" stroke-width=\"2.5\""));
    text(svg, (LEFT - 180, y), "", "медиана сетей");
    let _ = writeln!(
        svg,
        "<rect x=\"{}\" y=\"{}\" width=\"30\" height=\"12\" fill=\"{BAND}\" fill-opacity=\"0.7\"/>",
        px(LEFT + 1_100),
        px(y - 105)
    );
    text(svg, (LEFT + 1_480, y), "", "девять сетей из десяти (от 5 до 95 %)");
    let hash: String = shown.plan_hash.chars().take(12).collect();
    let told = format!("зерно {}, отпечаток плана {hash}", shown.settings.seed);
    text(svg, (WIDTH - 300, y), &format!("text-anchor=\"end\" fill=\"{GREY}\" font-size=\"11\""), &told);
}

fn line(svg: &mut String, (x1, y1): (i128, i128), (x2, y2): (i128, i128), style: &str) {
    let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(px);
    let _ = writeln!(svg, "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" {style}/>");
}

/// A name of a plan has small letters, digits and dashes only, so nothing has to be escaped.
fn text(svg: &mut String, (x, y): (i128, i128), style: &str, words: &str) {
    let _ = writeln!(svg, "<text x=\"{}\" y=\"{}\" {style}>{words}</text>", px(x), px(y));
}

/// Tenths of a pixel as a number.
fn px(tenths: i128) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let tenths = tenths.abs();
    if tenths % 10 == 0 {
        format!("{sign}{}", tenths / 10)
    } else {
        format!("{sign}{}.{}", tenths / 10, tenths % 10)
    }
}

/// A share with one decimal where it has one.
fn percent(ppm: i128) -> String {
    let tenths = (ppm + 500) / 1_000;
    if tenths % 10 == 0 {
        format!("{}\u{a0}%", tenths / 10)
    } else {
        format!("{},{}\u{a0}%", tenths / 10, tenths % 10)
    }
}
