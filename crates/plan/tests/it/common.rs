//! A small company for tests: one chain of people from the buyer up, and an order.

use domain::accrual::{Accruals, Outcome, Walk};
use domain::activity::Span;
use domain::catalog::{ProductKind, Sku, Volume};
use domain::ids::{FactSeq, OrderId, PartnerId, ProductId, RefundId};
use domain::money::Money;
use domain::network::{Dated, KnownSpan, Network};
use domain::order::{ExternalId, Order, OrderKey, OrderLine, Refund};
use domain::partner::PartnerCode;
use domain::time::parse_instant;
use jiff::Timestamp;
use plan::{AccrueError, OrderFacts, Plan};
use uuid::Uuid;

pub(crate) fn at(text: &str) -> Timestamp {
    parse_instant(text).expect("a valid instant")
}

/// Everybody joined.
pub(crate) fn joined() -> Timestamp {
    at("2026-01-01T00:00:00Z")
}

/// The order was paid.
pub(crate) fn paid() -> Timestamp {
    at("2026-03-01T12:00:00Z")
}

pub(crate) fn id(number: u32) -> PartnerId {
    PartnerId::new(Uuid::from_u128(u128::from(number) + 1))
}

/// Who stands on the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Someone {
    pub(crate) active: bool,
    pub(crate) held: bool,
    pub(crate) rank: Option<String>,
    pub(crate) invited: u32,
}

pub(crate) fn active() -> Someone {
    Someone { active: true, held: false, rank: None, invited: 0 }
}

impl Someone {
    pub(crate) fn inactive(self) -> Self {
        Self { active: false, ..self }
    }

    pub(crate) fn held(self) -> Self {
        Self { held: true, ..self }
    }

    pub(crate) fn rank(self, rank: &str) -> Self {
        Self { rank: Some(rank.to_owned()), ..self }
    }

    pub(crate) fn invited(self, invited: u32) -> Self {
        Self { invited, ..self }
    }
}

/// The network of a chain: the buyer is person 0, his sponsor person 1, up to the root.
pub(crate) fn network(chain: &[Someone]) -> Network {
    let mut network = Network::default();
    for (number, someone) in (0..).zip(chain) {
        let person = network.person(id(number));
        person.code = Some(PartnerCode::numbered(u64::from(number)));
        person.joined_at = Some(joined());
        let sponsor = (usize::try_from(number).expect("small") + 1 < chain.len()).then(|| id(number + 1));
        person.sponsors.push(Dated { from: joined(), seq: FactSeq(1), fact: sponsor });
        if someone.active {
            let span = Span { from: joined(), until: at("2026-12-01T00:00:00Z") };
            person.activity.push(KnownSpan { span, seq: FactSeq(1), superseded: None });
        }
        if someone.held {
            person.holds.push(Dated { from: joined(), seq: FactSeq(1), fact: true });
        }
        if let Some(rank) = &someone.rank {
            person.ranks.push(Dated { from: joined(), seq: FactSeq(1), fact: Some(rank.clone()) });
        }
        person.surely_active_invited = someone.invited;
    }
    network
}

/// A line: pieces at a price; the rest by the builder's methods.
pub(crate) fn line(line_no: u32, quantity: u32, unit_price: i64) -> OrderLine {
    OrderLine {
        line_no,
        product: ProductId::new(Uuid::from_u128(1000 + u128::from(line_no))),
        sku: Sku::parse(&format!("SKU-{line_no}")).expect("valid"),
        category: "care".to_owned(),
        kind: ProductKind::Goods,
        quantity,
        unit_price: Money::from_minor(unit_price),
        unit_cost: Money::ZERO,
        unit_volume: Volume(0),
    }
}

/// A paid order of person 0.
pub(crate) fn order(lines: Vec<OrderLine>) -> Order {
    Order {
        id: OrderId::new(Uuid::from_u128(77)),
        key: OrderKey {
            source: ExternalId::parse("shop").expect("valid"),
            external_id: ExternalId::parse("1").expect("valid"),
        },
        number: None,
        buyer: Some(id(0)),
        seller: None,
        ordered_at: paid(),
        paid_at: Some(paid()),
        delivered_at: None,
        cancelled_at: None,
        lines,
        refunds: Vec::new(),
    }
}

/// An order of one piece.
pub(crate) fn order_of(minor: i64) -> Order {
    order(vec![line(1, 1, minor)])
}

/// Pieces of lines given back together.
pub(crate) fn refund(number: u32, lines: &[(u32, u32)]) -> Refund {
    Refund {
        id: RefundId::new(Uuid::from_u128(500 + u128::from(number))),
        external_id: ExternalId::parse(&format!("r{number}")).expect("valid"),
        refunded_at: paid(),
        lines: lines.iter().copied().collect(),
    }
}

/// The head that every plan of the tests has.
pub(crate) const HEAD: &str = r#"name = "test"
title = { ru = "Проба", en = "Test" }
currency = "RUB"
time_zone = "Europe/Moscow"
effective = "paid_at"
hold_days = 14
"#;

/// A plan of the head and the rest.
pub(crate) fn plan(rest: &str) -> Plan {
    let text = format!("{HEAD}{rest}");
    match Plan::parse("test.toml", &text) {
        Ok(parsed) => parsed.plan,
        Err(diagnostics) => panic!("{diagnostics}\n{text}"),
    }
}

/// A plan of one `level` rule on turnover, with these keys added.
pub(crate) fn levels(keys: &str) -> Plan {
    plan(&format!(
        "ranks = [\"low\", \"mid\", \"high\"]\n[[rules]]\nid = \"levels\"\nkind = \"level\"\nbase = \"turnover\"\n{keys}\n"
    ))
}

pub(crate) fn try_accrue(plan: &Plan, order: &Order, network: &Network) -> Result<Accruals, AccrueError> {
    plan::accrue(plan, &OrderFacts { order, is_first: false }, network, FactSeq::LATEST)
}

pub(crate) fn accrue(plan: &Plan, order: &Order, chain: &[Someone]) -> Accruals {
    try_accrue(plan, order, &network(chain)).expect("a sound order")
}

/// The text of one rule.
pub(crate) fn rule(id: &str, keys: &str) -> String {
    format!("[[rules]]\nid = \"{id}\"\n{keys}\n")
}

/// What everyone gets, in kopecks, by his number on the chain.
pub(crate) fn paid_to(accruals: &Accruals, people: usize) -> Vec<i64> {
    let mut sums = vec![0; people];
    for share in &accruals.shares {
        let number = usize::try_from(share.earner.uuid().as_u128() - 1).expect("small");
        *sums.get_mut(number).expect("on the chain") += share.paid.minor();
    }
    sums
}

/// A walk in short: `1@2 paid 5%`, number on the chain, level, outcome.
pub(crate) fn steps(walk: &Walk) -> Vec<String> {
    let step = |step: &domain::accrual::Step| {
        let number = step.partner.uuid().as_u128() - 1;
        let level = step.level.map_or_else(|| "-".to_owned(), |level| level.to_string());
        let outcome = match &step.outcome {
            Outcome::Paid { rate, raw, paid } if raw == paid => format!("paid {rate}"),
            Outcome::Paid { rate, paid, .. } => format!("paid {rate} cut to {paid}"),
            Outcome::SkippedInactive => "inactive".to_owned(),
            Outcome::LevelClosed { needs, has } => format!("closed {has}/{needs}"),
            Outcome::BelowRank => "below rank".to_owned(),
            Outcome::Buyer => "buyer".to_owned(),
            Outcome::OverCap { raw } => format!("over cap {raw}"),
            Outcome::Held => "held".to_owned(),
            Outcome::NoMoreLevels => "no more levels".to_owned(),
            Outcome::RoundsToZero { rate } => format!("{rate} rounds to zero"),
        };
        assert_eq!(u128::from(step.distance), number, "everyone stands at his place on the chain");
        format!("{number}@{level} {outcome}")
    };
    walk.steps.iter().map(step).collect()
}

/// Breakage in short: `2 inactive 5.00`.
pub(crate) fn broken(accruals: &Accruals) -> Vec<String> {
    let short = |part: &domain::accrual::Breakage| {
        let reason = serde_json::to_value(part.reason).expect("a word");
        format!("{} {} {}", part.level, reason.as_str().expect("a word"), part.amount)
    };
    accruals.breakage.iter().map(short).collect()
}

/// A file of the repository.
pub(crate) fn at_root(path: &str) -> String {
    let path = format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The example plans, by the names of their files.
pub(crate) fn examples() -> std::collections::BTreeMap<String, String> {
    let plans = plans_in("plans/examples").into_iter();
    plans.map(|name| (name.clone(), at_root(&format!("plans/examples/{name}.toml")))).collect()
}

/// The names of the plans in a folder of the repository, not in those below it.
pub(crate) fn plans_in(folder: &str) -> Vec<String> {
    let files =
        std::fs::read_dir(format!("{}/../../{folder}", env!("CARGO_MANIFEST_DIR"))).expect("a folder");
    let name = |file: std::io::Result<std::fs::DirEntry>| {
        file.expect("a file").file_name().into_string().expect("a name")
    };
    files.map(name).filter_map(|name| name.strip_suffix(".toml").map(str::to_owned)).collect()
}

/// The whole plans of the reference.
pub(crate) fn reference() -> Vec<String> {
    let reference = at_root("docs/plan.md");
    let blocks = reference.split("```toml\n").skip(1).filter_map(|block| block.split("```").next());
    blocks.filter(|block| block.starts_with("name =")).map(str::to_owned).collect()
}
