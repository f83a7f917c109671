//! Writes a company as the CSV files that `nanorem import` reads.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use domain::partner::PartnerCode;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// What is sold.
#[derive(Debug, Clone, Copy)]
pub struct Product {
    /// The article.
    pub sku: &'static str,
    /// The price of a piece, in kopecks.
    pub price: u32,
}

/// Everything the company sells; half of a price is its cost, and a rouble is a hundredth of a point.
pub const PRODUCTS: [Product; 10] = [
    Product { sku: "T-1", price: 9_900 },
    Product { sku: "T-2", price: 15_050 },
    Product { sku: "T-3", price: 33_333 },
    Product { sku: "T-4", price: 49_999 },
    Product { sku: "T-5", price: 77_777 },
    Product { sku: "T-6", price: 100_000 },
    Product { sku: "T-7", price: 149_901 },
    Product { sku: "T-8", price: 299_000 },
    Product { sku: "T-9", price: 720_000 },
    Product { sku: "T-10", price: 1_499_997 },
];

/// Every tenth partner leads, and everybody is sponsored by one of the three leaders before him: so the
/// tree is deep, and most sponsors have invited enough to earn on most of twelve levels.
const LEADER_EVERY: u32 = 10;
const LEADERS_NEAR: u32 = 3;
const JOINED_AT: &str = "2025-12-01T09:00:00+03:00";
const FEE_PAID_AT: &str = "2026-01-01T00:00:00+03:00";

/// Writes a company of so many partners, all active for 2026, who have bought nothing yet.
pub fn write(folder: &Path, partners: u32, seed: u64) -> anyhow::Result<()> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut people = "code,sponsor_code,first_name,last_name,phone,email,joined_at\n".to_owned();
    let mut fees = "partner_code,paid_at,kind\n".to_owned();
    for number in 1..=partners {
        let code = code(number);
        let sponsor = if number == 1 { String::new() } else { self::code(leader_before(number, &mut rng)) };
        writeln!(people, "{code},{sponsor},Проба,{code},+7900{number:07},p{number}@example.org,{JOINED_AT}")?;
        writeln!(fees, "{code},{FEE_PAID_AT},annual")?;
    }
    let mut products = "sku,name,category,price,cost,volume\n".to_owned();
    for Product { sku, price } in PRODUCTS {
        writeln!(
            products,
            "{sku},Товар {sku},Проба,{},{},{}",
            roubles(price),
            roubles(price / 2),
            price / 10_000
        )?;
    }
    std::fs::create_dir_all(folder)?;
    let put = |name: &str, text: &str| {
        std::fs::write(folder.join(name), text).with_context(|| format!("could not write {name}"))
    };
    put("partners.csv", &people)?;
    put("activity.csv", &fees)?;
    put("products.csv", &products)?;
    put("orders.csv", "order_id,ordered_at,paid_at,buyer_code,status\n")?;
    put("order_lines.csv", "order_id,line_no,sku,quantity,unit_price\n")?;
    put("refunds.csv", "refund_id,order_id,line_no,quantity,refunded_at\n")
}

/// One of the leaders, numbers 1, 11, 21 and so on, who joined last before a partner.
fn leader_before(number: u32, rng: &mut StdRng) -> u32 {
    let last = (number - 2) / LEADER_EVERY;
    rng.random_range(last.saturating_sub(LEADERS_NEAR - 1)..=last) * LEADER_EVERY + 1
}

/// The code of the partner with this number, from 1.
pub fn code(number: u32) -> String {
    PartnerCode::numbered(u64::from(number)).to_string()
}

/// Kopecks as `12.34`.
pub fn roubles(kopecks: u32) -> String {
    format!("{}.{:02}", kopecks / 100, kopecks % 100)
}
