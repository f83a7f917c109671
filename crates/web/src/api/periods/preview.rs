//! The preview of a period as the API shows it.

use app::periods::{Anomaly, AwardPreview, PartnerPreview, Preview};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::StandsBody;
use crate::api::words::{Amount, Both, CURRENCY};

/// What the close of a period would pay.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodPreview)]
pub(super) struct PreviewBody {
    /// Year and month.
    #[schema(example = "2026-01")]
    period: String,
    /// By which plan.
    #[schema(example = "nanorem-12")]
    plan: String,
    /// What was sold: goods at the prices paid, less what was given back.
    turnover: Amount,
    /// What orders paid.
    commissions: Amount,
    /// What the rules of the period would pay.
    bonuses: Amount,
    /// What caps of the period would take back of what orders paid.
    taken_back: Amount,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
    /// What nobody would get.
    unpaid: Vec<UnpaidBody>,
    /// How many partners it concerns.
    partners: usize,
    /// Things that would be given.
    awards: Vec<AwardBody>,
    /// What looks strange.
    anomalies: Vec<AnomalyBody>,
}

/// What nobody would get, by reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodUnpaid)]
struct UnpaidBody {
    /// Why.
    #[schema(example = "nobody")]
    reason: &'static str,
    /// How much.
    amount: Amount,
}

/// A thing that would be given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Award)]
struct AwardBody {
    /// To whom.
    #[schema(example = "NR00001")]
    partner: String,
    /// By which rule.
    rule: String,
    /// What.
    item: Both,
}

/// Something to look at before the close.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Anomaly)]
struct AnomalyBody {
    /// `jump`, `self_purchase`, `new_payee`, `first_payout` or `over_cap`.
    #[schema(example = "jump")]
    kind: &'static str,
    /// Who.
    #[schema(example = "NR00001")]
    partner: String,
    /// What he would earn; of `over_cap`, by how much a cap cuts him.
    amount: Amount,
    /// With what to compare it: what he earned in the period before, or earns of his own purchases.
    compared: Option<Amount>,
}

impl AnomalyBody {
    fn of(anomaly: &Anomaly) -> Self {
        let (kind, partner, amount, compared) = match anomaly {
            Anomaly::Jump { partner_code, before, now } => ("jump", partner_code, now, Some(before)),
            Anomaly::SelfPurchase { partner_code, of_own, now } => {
                ("self_purchase", partner_code, now, Some(of_own))
            }
            Anomaly::NewPayee { partner_code, now } => ("new_payee", partner_code, now, None),
            Anomaly::FirstPayout { partner_code, now } => ("first_payout", partner_code, now, None),
            Anomaly::OverCap { partner_code, cut } => ("over_cap", partner_code, cut, None),
        };
        Self {
            kind,
            partner: partner.to_string(),
            amount: (*amount).into(),
            compared: compared.copied().map(Amount),
        }
    }
}

impl PreviewBody {
    pub(super) fn of(preview: &Preview) -> Self {
        let award = |award: &AwardPreview| AwardBody {
            partner: award.partner_code.to_string(),
            rule: award.rule.clone(),
            item: Both::new(&award.item_ru, &award.item_en),
        };
        let unpaid =
            preview.unpaid.iter().map(|(reason, amount)| UnpaidBody { reason, amount: (*amount).into() });
        Self {
            period: preview.period.to_string(),
            plan: preview.plan.clone(),
            turnover: preview.turnover.into(),
            commissions: preview.commissions.into(),
            bonuses: preview.bonuses.into(),
            taken_back: preview.taken_back.into(),
            currency: CURRENCY,
            unpaid: unpaid.collect(),
            partners: preview.partners.len(),
            awards: preview.awards.iter().map(award).collect(),
            anomalies: preview.anomalies.iter().map(AnomalyBody::of).collect(),
        }
    }
}

/// One partner in a preview.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewPartner)]
pub(super) struct PreviewPartnerBody {
    #[serde(flatten)]
    stands: StandsBody,
    /// What orders paid him.
    commissions: Amount,
    /// What the rules of the period would pay him.
    bonuses: Amount,
    /// What caps of the period would take back.
    taken_back: Amount,
    /// What he would have of the period.
    earns: Amount,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
}

impl PreviewPartnerBody {
    pub(super) fn of(one: &PartnerPreview) -> Self {
        Self {
            stands: StandsBody::of(&one.partner_code, &one.stands),
            commissions: one.commissions.into(),
            bonuses: one.bonuses.into(),
            taken_back: one.taken_back.into(),
            earns: one.earns().into(),
            currency: CURRENCY,
        }
    }
}
