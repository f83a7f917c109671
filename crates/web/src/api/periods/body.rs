//! Periods as the API shows them.

use app::periods::{
    Anomaly, AwardPreview, Closed, Explained, LinePreview, NoteView, PartnerPreview, PeriodRun, Preview,
    Stands,
};
use domain::partner::PartnerCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::Reach;
use crate::api::words::{Amount, Both, CURRENCY, Instant};

/// A closed period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClosedPeriod)]
pub(super) struct ClosedBody {
    /// Year and month.
    #[schema(example = "2026-01")]
    period: String,
    /// When it was closed.
    closed_at: Instant,
    /// By whom.
    #[schema(example = "staff:elena")]
    closed_by: String,
    /// How many transfers it holds.
    #[schema(example = 1200)]
    transfers: i64,
    /// The digest of the ledger up to its end, which `nanorem verify` proves.
    digest: String,
}

impl ClosedBody {
    pub(super) fn of(closed: &Closed) -> Self {
        Self {
            period: closed.period.to_string(),
            closed_at: closed.closed_at.into(),
            closed_by: closed.closed_by.clone(),
            transfers: closed.transfers,
            digest: hex::encode(closed.digest),
        }
    }
}

/// The first step of a close.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualifiedPeriod)]
pub(super) struct QualifiedBody {
    /// Year and month.
    #[schema(example = "2026-01")]
    period: String,
    /// How often the step was taken.
    run: u32,
    /// Who took it.
    #[schema(example = "staff:elena")]
    qualified_by: String,
    /// When.
    qualified_at: Instant,
    /// The digest of everything that was reckoned with.
    inputs: String,
    /// The digest of how everyone stood.
    standings: String,
}

impl QualifiedBody {
    pub(super) fn of(run: &PeriodRun) -> Self {
        Self {
            period: run.period.to_string(),
            run: run.run,
            qualified_by: run.qualified_by.clone(),
            qualified_at: run.qualified_at.into(),
            inputs: hex::encode(run.inputs),
            standings: hex::encode(run.standings),
        }
    }
}

/// How one partner stands in a period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Standing)]
pub(super) struct StandsBody {
    /// Who.
    #[schema(example = "NR00001")]
    partner: String,
    /// Personal volume, in the unit by which the plan qualifies.
    #[schema(example = "150.00")]
    personal: Amount,
    /// With everyone below.
    #[schema(example = "4200.00")]
    group: Amount,
    /// As which rank he is paid.
    paid_as: Option<String>,
    /// The highest rank he ever reached.
    highest: Option<String>,
}

impl StandsBody {
    pub(super) fn of(partner: &PartnerCode, stands: &Stands) -> Self {
        // Volumes are kept in hundredths, as money is.
        let volume = |hundredths| Amount(domain::money::Money::from_minor(hundredths));
        Self {
            partner: partner.to_string(),
            personal: volume(stands.personal),
            group: volume(stands.group),
            paid_as: stands.paid_as.clone(),
            highest: stands.highest.clone(),
        }
    }
}

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

/// What a partner gets by the rules of a period, and why not more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodExplained)]
pub(super) struct ExplainedBody {
    /// Year and month.
    #[schema(example = "2026-01")]
    period: String,
    /// By which plan.
    #[schema(example = "nanorem-12")]
    plan: String,
    /// SHA-256 of its text.
    plan_hash: String,
    /// Whether the period is closed: then this is how it is reckoned by what is known today.
    is_closed: bool,
    /// How he stands.
    stands: StandsBody,
    /// What he earns, line by line.
    lines: Vec<LineBody>,
    /// What the next rank still takes: its name, then each condition.
    missing: Vec<Both>,
    /// Why he does not get more.
    notes: Vec<NoteBody>,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
}

/// One earning by a rule of a period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodLine)]
struct LineBody {
    /// By which rule.
    rule: String,
    /// Of whose volume or commissions, where it is a partner's; `null` to the partner who asks.
    source: Option<String>,
    /// At which level or generation.
    level: u16,
    /// Of which sum.
    base: Amount,
    /// Before the caps.
    raw: Amount,
    /// After them.
    paid: Amount,
    /// Why; `null` to the partner who asks where it names somebody else.
    why: Option<Both>,
}

/// Why a partner does not get more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodNote)]
struct NoteBody {
    /// Of which rule; `null` for a cap of the plan.
    rule: Option<String>,
    /// Why.
    why: Both,
}

impl LineBody {
    fn of(line: &LinePreview, reach: Reach) -> Self {
        // Who stands where in a structure is asked for there, with what may be seen of it.
        let shows = reach == Reach::Everybody || line.source_code.is_none();
        Self {
            rule: line.rule.clone(),
            source: line.source_code.as_ref().filter(|_| shows).map(ToString::to_string),
            level: line.level,
            base: line.base.into(),
            raw: line.raw.into(),
            paid: line.paid.into(),
            why: shows.then(|| Both::new(&line.why_ru, &line.why_en)),
        }
    }
}

impl ExplainedBody {
    pub(super) fn of(explained: &Explained, reach: Reach) -> Self {
        let note = |note: &NoteView| NoteBody {
            rule: note.rule.clone(),
            why: Both::new(&note.why_ru, &note.why_en),
        };
        let missing = explained.missing_ru.iter().zip(&explained.missing_en);
        // A note may name a partner of a leg, which staff may read.
        let notes = explained.notes.iter().filter(|_| reach == Reach::Everybody).map(note);
        Self {
            period: explained.period.to_string(),
            plan: explained.plan.clone(),
            plan_hash: explained.plan_hash.clone(),
            is_closed: explained.sealed.is_some(),
            stands: StandsBody::of(&explained.partner_code, &explained.stands),
            lines: explained.lines.iter().map(|line| LineBody::of(line, reach)).collect(),
            missing: missing.map(|(ru, en)| Both::new(ru, en)).collect(),
            notes: notes.collect(),
            currency: CURRENCY,
        }
    }
}
