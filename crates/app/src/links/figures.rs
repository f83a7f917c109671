//! What came of a partner's link.

use std::collections::BTreeMap;

use domain::activity::Span;
use domain::link::Campaign;
use domain::partner::{PartnerCode, ReferralCode};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::App;
use crate::people::PeopleError;

/// What came of a partner's link over some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Whose link.
    pub partner: PartnerCode,
    /// The code in it.
    pub code: ReferralCode,
    /// From the beginning of this day.
    pub from: Date,
    /// To the end of this day.
    pub to: Date,
    /// The days on which anything happened, the first first.
    pub days: Vec<ByDay>,
    /// Clicks by label, the most first.
    pub campaigns: Vec<ByCampaign>,
    /// All of it together.
    pub total: Counts,
}

/// How often what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// The link was followed.
    pub clicks: u64,
    /// Somebody whom he invited joined.
    pub registrations: u64,
    /// Somebody whom he invited paid for the first time.
    pub first_orders: u64,
    /// An outside customer of his paid.
    pub customer_orders: u64,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ByDay {
    /// In the company's zone.
    pub day: Date,
    /// What happened on it.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Clicks under one label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ByCampaign {
    /// Where they came from.
    #[serde(flatten)]
    pub campaign: Campaign,
    /// How many.
    pub clicks: u64,
}

/// The zone of the company's days.
pub(super) fn company_zone() -> TimeZone {
    domain::time::zone("Europe/Moscow").unwrap_or(TimeZone::UTC)
}

/// What came of a partner's link from the first day to the last, both included.
pub async fn figures(app: &App, code: &PartnerCode, from: Date, to: Date) -> Result<Figures, PeopleError> {
    let mut tx = app.store.begin_read().await?;
    let partner = store::partners::by_code(&mut tx, code)
        .await?
        .ok_or_else(|| PeopleError::UnknownPartner(code.clone()))?;
    let clicks = store::link_clicks::of_partner(&mut tx, partner.id, from, to).await?;
    let over = span(from, to);
    let joined = store::partners::joined_by_invitation(&mut tx, partner.id, over).await?;
    let first = store::orders::first_paid_by_invited(&mut tx, partner.id).await?;
    let customers = store::orders::paid_by_customers(&mut tx, partner.id, over).await?;

    let mut days: BTreeMap<Date, Counts> = BTreeMap::new();
    let mut campaigns: BTreeMap<Campaign, u64> = BTreeMap::new();
    for counted in clicks {
        days.entry(counted.day).or_default().clicks += counted.clicks;
        *campaigns.entry(counted.campaign).or_default() += counted.clicks;
    }
    let zone = company_zone();
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    for at in joined {
        days.entry(day(at)).or_default().registrations += 1;
    }
    for at in first.into_iter().filter(|at| over.contains(*at)) {
        days.entry(day(at)).or_default().first_orders += 1;
    }
    for at in customers {
        days.entry(day(at)).or_default().customer_orders += 1;
    }

    let mut campaigns: Vec<ByCampaign> =
        campaigns.into_iter().map(|(campaign, clicks)| ByCampaign { campaign, clicks }).collect();
    campaigns.sort_by(|one, other| other.clicks.cmp(&one.clicks).then(one.campaign.cmp(&other.campaign)));
    let total = days.values().fold(Counts::default(), |sum, day| sum.plus(*day));
    let days = days.into_iter().map(|(day, counts)| ByDay { day, counts }).collect();
    Ok(Figures { partner: partner.code, code: partner.referral_code, from, to, days, campaigns, total })
}

impl Counts {
    const fn plus(self, other: Self) -> Self {
        Self {
            clicks: self.clicks.saturating_add(other.clicks),
            registrations: self.registrations + other.registrations,
            first_orders: self.first_orders + other.first_orders,
            customer_orders: self.customer_orders + other.customer_orders,
        }
    }
}

/// From the beginning of the first day to the end of the last in the company's zone.
fn span(from: Date, to: Date) -> Span {
    let zone = company_zone();
    let begin = |day: Date| day.to_zoned(zone.clone()).map(|begin| begin.timestamp());
    Span {
        from: begin(from).unwrap_or(Timestamp::MIN),
        until: to.tomorrow().and_then(begin).unwrap_or(Timestamp::MAX),
    }
}
