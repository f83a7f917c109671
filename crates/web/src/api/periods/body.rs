//! Periods as the API shows them.

use app::periods::{Adjustment, Closed, Explained, LinePreview, NoteView, PeriodRun, Sealed, Stands};
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
    /// Of a closed period: what was posted at its close and since; `null` while it is open.
    sealed: Option<SealedBody>,
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

/// What a partner got of a closed period: at its close, and since.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodSealed)]
struct SealedBody {
    /// When the period was reckoned for good.
    closed_at: Instant,
    /// What its orders had paid him by then, less what had been taken back of it.
    commissions: Amount,
    /// What the rules of the period paid him.
    bonuses: Amount,
    /// What caps of the period took back of what orders had paid him.
    taken_back: Amount,
    /// What was posted for the period since then, each with its cause.
    adjustments: Vec<LaterBody>,
    /// What he has of the period in all.
    total: Amount,
    /// Whether the rules, run again, give what was sealed, so that the reasons are those of the close.
    is_reckoned: bool,
}

/// Something that was posted for a closed period into a later one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodLater)]
struct LaterBody {
    /// When it was written.
    recorded_at: Instant,
    /// The period it was posted in.
    #[schema(example = "2026-02")]
    posted_in: String,
    /// By which rule that which it corrects was earned.
    rule: Option<String>,
    /// Of whose volume or commissions, where it is a partner's; `null` to the partner who asks.
    source: Option<String>,
    /// Its cause; `null` to the partner who asks where it names somebody else.
    why: Option<Both>,
    /// How much; below zero it was taken.
    amount: Amount,
}

impl SealedBody {
    fn of(sealed: &Sealed, reach: Reach) -> Self {
        let later = |one: &Adjustment| {
            let shows = reach == Reach::Everybody || one.source_code.is_none();
            LaterBody {
                recorded_at: one.recorded_at.into(),
                posted_in: one.posted_in.to_string(),
                rule: one.rule.clone(),
                source: one.source_code.as_ref().filter(|_| shows).map(ToString::to_string),
                why: shows.then(|| Both::new(&one.why_ru, &one.why_en)),
                amount: one.amount.into(),
            }
        };
        Self {
            closed_at: sealed.closed_at.into(),
            commissions: sealed.commissions.into(),
            bonuses: sealed.bonuses.into(),
            taken_back: sealed.taken_back.into(),
            adjustments: sealed.adjustments.iter().map(later).collect(),
            total: sealed.total.into(),
            is_reckoned: sealed.is_reckoned,
        }
    }
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
            sealed: explained.sealed.as_ref().map(|sealed| SealedBody::of(sealed, reach)),
            stands: StandsBody::of(&explained.partner_code, &explained.stands),
            lines: explained.lines.iter().map(|line| LineBody::of(line, reach)).collect(),
            missing: missing.map(|(ru, en)| Both::new(ru, en)).collect(),
            notes: notes.collect(),
            currency: CURRENCY,
        }
    }
}
