//! The demo's company: a made-up network, its goods, and two months of orders.

use anyhow::{Context, bail};
use app::App;
use app::activity::FeePayment;
use app::catalog::ProductFacts;
use app::enroll::{Enrolment, SponsorRef};
use app::orders::Received;
use app::plans::{Activate, SHIPPED};
use domain::activity::FeeKind;
use domain::actor::{Actor, StaffLogin};
use domain::catalog::{ProductKind, ProductTerms, Sku, Volume};
use domain::partner::{PartnerCode, PersonName, Phone};
use domain::webhook::{Secret, Secrets, VerifiedBody, verify};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How many partners the demo has.
const PARTNERS: u64 = 60;
/// How many orders.
const ORDERS: u64 = 300;
/// The partner with the longest way up: his order shows the most.
pub(super) const DEEPEST: u64 = PARTNERS;

const FIRST: [&str; 10] =
    ["Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Иван", "Ксения", "Лев"];
const LAST: [&str; 10] =
    ["Волк", "Гончар", "Дорош", "Заяц", "Ким", "Лисица", "Мороз", "Сокол", "Шевчук", "Черных"];
/// Article, name, category, price, cost (roubles), points. Sizes and prices are made up.
const GOODS: [(&str, &str, &str, i64, i64, i64); 5] = [
    ("RVS-E-100", "РВС для двигателя, 100 мл", "Двигатель", 7_200, 3_480, 60),
    ("RVS-E-50", "РВС для двигателя, 50 мл", "Двигатель", 3_900, 1_890, 33),
    ("RVS-MT-50", "РВС для МКПП, 50 мл", "Трансмиссия", 3_450, 1_655, 29),
    ("ACC-25", "Ускоритель обкатки, 25 мл", "Добавки", 990, 455, 8),
    ("CLN-FUEL", "Очиститель топливной системы", "Добавки", 1_250, 610, 10),
];

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    /// A number below a bound.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound.max(1)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let place = usize::try_from(self.below(from.len() as u64)).ok()?;
        from.get(place).copied()
    }
}

/// Makes the company by the same verbs that everybody uses.
pub(super) async fn make(app: &App, secret: &Secret) -> anyhow::Result<()> {
    let office = Actor::Staff(StaffLogin::parse("demo")?);
    let mut dice = Dice(2_026);
    let begun = app.now() - SignedDuration::from_hours(24 * 120);
    let (name, text) = SHIPPED.iter().find(|(name, _)| *name == "nanorem-12").context("the plan ships")?;
    app::plans::activate(app, &office, Activate { file_name: name, text, since: begun, force: true }).await?;
    app::catalog::put(app, &office, &goods()?).await?;
    for number in 1..=PARTNERS {
        enroll(app, &office, &mut dice, number, begun).await?;
    }
    let bodies = orders(app, secret, &mut dice)?;
    for answer in app::orders::receive(app, &bodies).await? {
        if !matches!(answer, Received::Accepted) {
            bail!("the demo's own order was not taken: {answer:?}");
        }
    }
    app::jobs::run_due(app).await?;
    Ok(())
}

fn goods() -> anyhow::Result<Vec<ProductFacts>> {
    GOODS
        .iter()
        .map(|(sku, name, category, price, cost, points)| {
            let kopecks = |roubles: i64| domain::money::Money::from_minor(roubles * 100);
            Ok(ProductFacts {
                sku: Sku::parse(sku)?,
                name: (*name).to_owned(),
                category: (*category).to_owned(),
                kind: ProductKind::Goods,
                terms: ProductTerms {
                    price: kopecks(*price),
                    cost: kopecks(*cost),
                    volume: Volume(points * 100),
                },
            })
        })
        .collect()
}

/// One partner under another who joined before him; nine of ten have paid for activity.
async fn enroll(
    app: &App,
    office: &Actor,
    dice: &mut Dice,
    number: u64,
    begun: Timestamp,
) -> anyhow::Result<()> {
    let sponsor = match number {
        1 => SponsorRef::Root,
        // The last stands deep, so that his order shows a long walk.
        DEEPEST => SponsorRef::Partner(PartnerCode::numbered(number - 1)),
        _ => SponsorRef::Partner(PartnerCode::numbered(1 + dice.below(number - 1))),
    };
    let joined_at = begun + SignedDuration::from_hours(i64::try_from(number * 12)?);
    let first = dice.pick(&FIRST).unwrap_or("Анна");
    let last = dice.pick(&LAST).unwrap_or("Ким");
    let enrolment = Enrolment {
        name: PersonName::parse(first, last)?,
        phone: Some(Phone::parse(&format!("+7900{number:07}"))?),
        email: None,
        sponsor,
        code: None,
        joined_at: Some(joined_at),
    };
    let partner = app::enroll::enroll(app, office, &enrolment).await?;
    if number > 1 && dice.below(10) == 0 {
        return Ok(());
    }
    let payment = FeePayment {
        partner: partner.code.clone(),
        paid_at: joined_at,
        kind: FeeKind::Annual,
        source: "demo".to_owned(),
        external_id: partner.code.to_string(),
    };
    app::activity::take_fee(app, office, &payment).await?;
    Ok(())
}

fn orders(app: &App, secret: &Secret, dice: &mut Dice) -> anyhow::Result<Vec<VerifiedBody>> {
    let now = app.now();
    let secrets = Secrets { standard: vec![secret.clone()], legacy: None };
    let mut bodies = Vec::new();
    for number in 1..=ORDERS {
        let at = now - SignedDuration::from_hours(i64::try_from(1 + (ORDERS - number) * 4)?);
        let (sku, _, _, price, ..) = dice.pick(&GOODS).context("there are goods")?;
        let quantity = 1 + dice.below(3);
        let price = format!("{price}.00");
        let id = format!("D-{number:05}");
        let event = paid_order(&id, 1 + dice.below(PARTNERS), &[(sku, quantity, &price)], at);
        bodies.push(signed(&secrets, secret, &id, &event, now)?);
        if dice.below(15) == 0 {
            let lines = json!([{ "line_no": 1, "quantity": 1 }]);
            let refund = json!({
                "type": "order.refunded",
                "source": "nanorvs",
                "order": { "id": id },
                "refund": { "id": format!("R-{number:05}"), "lines": lines, "refunded_at": now.to_string() },
            });
            bodies.push(signed(&secrets, secret, &format!("{id}-R"), &refund, now)?);
        }
    }
    Ok(bodies)
}

fn signed(
    secrets: &Secrets,
    secret: &Secret,
    id: &str,
    event: &Value,
    now: Timestamp,
) -> anyhow::Result<VerifiedBody> {
    let body = event.to_string().into_bytes();
    let (signature, seconds) = (secret.sign(id, now, &body), now.as_second().to_string());
    let header = |name: &str| match name {
        "webhook-id" => Some(id),
        "webhook-timestamp" => Some(&*seconds),
        "webhook-signature" => Some(&*signature),
        _ => None,
    };
    Ok(verify(secrets, header, body, now)?)
}

/// The event of a paid order of a partner, by his number; lines as (article, pieces, price).
pub(super) fn paid_order(id: &str, buyer: u64, lines: &[(&str, u64, &str)], at: Timestamp) -> Value {
    let lines: Vec<Value> = (1..)
        .zip(lines)
        .map(|(line_no, (sku, quantity, price))| json!({ "line_no": line_no, "sku": sku, "quantity": quantity, "unit_price": price }))
        .collect();
    json!({
        "type": "order.paid",
        "source": "nanorvs",
        "order": {
            "id": id,
            "number": id,
            "buyer": { "partner_code": PartnerCode::numbered(buyer).to_string() },
            "currency": "RUB",
            "ordered_at": at.to_string(),
            "paid_at": at.to_string(),
            "lines": lines,
        },
    })
}
