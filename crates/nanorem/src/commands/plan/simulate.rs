//! `nanorem plan simulate`: a plan on networks that are made up.

use std::num::NonZero;

use anyhow::Context;
use app::simulate::{Chance, MoneySpread, RatioSpread, Settings, Simulation, simulate, svg};
use domain::money::{Money, Rate};
use plan::Ratio;

use crate::Hands;
use crate::cli::SimulateArgs;
use crate::output::{percent, rub, table};

pub(super) async fn show(hands: &Hands, args: SimulateArgs) -> anyhow::Result<()> {
    let plan = super::named(hands, &args.plan).await?;
    let file = args.svg.clone();
    let settings = settings(&args)?;
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let shown = tokio::task::spawn_blocking(move || simulate(&plan, &settings, threads)).await??;
    if let Some(file) = &file {
        std::fs::write(file, svg(&shown))
            .with_context(|| format!("график не записан в {}", file.display()))?;
    }
    hands.output.show(&shown, || {
        let drawn = file.map(|file| format!("\n\nГрафик: {}", file.display())).unwrap_or_default();
        format!("{}{drawn}", text(&shown))
    })
}

/// A network of more would not fit in memory beside others.
const MOST_PARTNERS: u64 = 1_000_000;

/// What would make networks of nothing is refused here, where the person wrote it.
fn settings(args: &SimulateArgs) -> anyhow::Result<Settings> {
    anyhow::ensure!(
        args.average.is_positive() && args.average <= Money::from_minor(100_000_000_00),
        "--average {}: нужна сумма больше нуля и не больше 100 000 000",
        args.average
    );
    anyhow::ensure!(
        args.growth <= Rate::from_ppm(500_000),
        "--growth {}: сеть не растёт больше чем на 50% в месяц",
        args.growth
    );
    let settings = Settings {
        seed: args.seed,
        runs: args.runs,
        months: args.months,
        start: args.start,
        growth: args.growth,
        preference: args.preference,
        activity: args.activity,
        buyers: args.buyers,
        average: args.average,
        margin: args.margin,
        customers: args.customers,
        limit: args.limit,
    };
    let partners = settings.partners_at_end();
    anyhow::ensure!(
        partners <= MOST_PARTNERS,
        "сеть выросла бы до {partners} партнёров, а считается не больше {MOST_PARTNERS}: уменьшите --growth, --months или --start"
    );
    Ok(settings)
}

fn text(shown: &Simulation) -> String {
    let of = &shown.settings;
    let head = format!(
        "План {}: случайных сетей {}, месяцев {}, вначале партнёров {}, зерно {}\n\
         Рост {} в месяц, активны {}, покупают {}, средний заказ {}, маржа {}, покупателей со стороны {}",
        shown.plan,
        of.runs,
        of.months,
        of.start,
        of.seed,
        of.growth,
        of.activity,
        of.buyers,
        rub(of.average),
        of.margin,
        of.customers
    );
    let parts = [head, spreads(shown), chances(shown), months(shown), spark(shown)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// How to read the columns.
const MARKS: &str =
    "5 %, медиана и 95 % — по ближайшему рангу: наименьшее из значений, не превышенное в такой доле сетей";

fn spreads(shown: &Simulation) -> String {
    let ratios = |name: &str, of: &RatioSpread| {
        let marks = [of.min, of.p5, of.median, of.p95, of.max];
        std::iter::once(name.to_owned()).chain(marks.map(percent)).collect::<Vec<_>>()
    };
    let sums = |name: &str, of: &MoneySpread| {
        let marks = [of.min, of.p5, of.median, of.p95, of.max];
        std::iter::once(name.to_owned()).chain(marks.map(rub)).collect::<Vec<_>>()
    };
    let mut rows = vec![
        ratios("Обещано без лимитов, % оборота", &shown.promised),
        ratios("Срезано лимитами, % обещанного", &shown.cut),
        ratios("К выплате, % оборота", &shown.of_turnover),
    ];
    rows.extend(shown.pool_left.as_ref().map(|of| ratios("Осталось в пулах, % оборота", of)));
    rows.extend(shown.of_margin.as_ref().map(|of| ratios("К выплате, % маржи", of)));
    rows.push(sums("К выплате за всё время", &shown.cost));
    rows.push(ratios("Получает хоть что-то, % партнёров", &shown.earners));
    rows.push(ratios("Доля десятой части партнёров, % выплат", &shown.top_tenth));
    let header = ["За все месяцы", ">Наименьшее", ">5 %", ">Медиана", ">95 %", ">Наибольшее"];
    format!("{}\n\n{MARKS}", table(&header, rows))
}

/// How likely the cap is passed: the answer to the owner's question.
fn chances(shown: &Simulation) -> String {
    let row = |name: String, chance: &Chance| {
        let told = |number: u32, share: Ratio| format!("{} ({number})", percent(share));
        vec![
            name,
            told(chance.in_a_month, chance.in_a_month_share),
            told(chance.over_all, chance.over_all_share),
        ]
    };
    let mut rows = Vec::new();
    if let Some(cap) = shown.cap {
        let cap = percent(cap);
        rows.extend(
            shown
                .promises_pass_cap
                .as_ref()
                .map(|chance| row(format!("Лимит плана {cap} оборота режет обещанное"), chance)),
        );
        rows.extend(
            shown
                .paid_passes_cap
                .as_ref()
                .map(|chance| row(format!("Выплаты больше лимита плана {cap} оборота"), chance)),
        );
    }
    if let (Some(cap), Some(chance)) = (shown.partner_cap, &shown.partner_cap_cuts) {
        rows.push(row(format!("Лимит партнёра {} кого-то режет", rub(cap)), chance));
    }
    if let (Some(limit), Some(chance)) = (shown.settings.limit, &shown.paid_passes_limit) {
        rows.push(row(format!("Выплаты больше {limit} оборота (--limit)"), chance));
    }
    if rows.is_empty() {
        return "Лимита в плане нет; сравнить с пределом: --limit 40%".to_owned();
    }
    table(&["Вероятность (сетей)", ">Хотя бы в одном месяце", ">За всё время"], rows)
}

fn months(shown: &Simulation) -> String {
    let rows = shown.months.iter().map(|month| {
        vec![
            month.month.to_string(),
            rub(month.turnover.median),
            percent(month.promised.median),
            percent(month.of_turnover.p5),
            percent(month.of_turnover.median),
            percent(month.of_turnover.p95),
        ]
    });
    let header = [">Месяц", ">Оборот", ">Обещано", ">К выплате: 5 %", ">медиана", ">95 %"];
    table(&header, rows)
}

/// The medians as bars, from zero to the cap or the greatest of them.
fn spark(shown: &Simulation) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let medians = || shown.months.iter().map(|month| month.of_turnover.median);
    let top = medians().chain(shown.cap).max().unwrap_or(Ratio::from(Rate::ZERO));
    let whole = top.ppm().max(1);
    let bar = |ratio: Ratio| {
        let place = usize::try_from((ratio.ppm() * 8 / whole).clamp(0, 7)).unwrap_or(0);
        BARS.get(place).copied().unwrap_or('█')
    };
    let bars: String = medians().map(bar).collect();
    format!("Медиана по месяцам, от 0 до {}:  {bars}", percent(top))
}
