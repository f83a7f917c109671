//! Orders as the API shows them.

use app::orders::{AccrualView, OrderView, PlanView, ReversedView, SkippedView, TransferView};
use domain::accrual::Breakage;
use domain::order::{Order, OrderLine, Refund};
use domain::partner::PartnerCode;
use plan::explain;
use plan::explain::Lang;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::words::{Amount, Both, CURRENCY, Instant, word};

/// An order of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(super) struct OrderBody {
    /// The shop.
    #[schema(example = "nanorvs")]
    source: String,
    /// The shop's id of the order.
    #[schema(example = "S-1")]
    id: String,
    /// The number on the shop's papers.
    #[schema(example = "№ 1")]
    number: Option<String>,
    /// `created`, `paid`, `refunded` (all of it given back) or `cancelled`.
    #[schema(example = "paid")]
    state: String,
    /// The partner who bought; `null` of an outside customer.
    #[schema(example = "NR00042")]
    buyer: Option<String>,
    /// The partner who brought an outside customer.
    #[schema(example = "NR00042")]
    seller: Option<String>,
    /// The price of everything.
    total: Amount,
    /// The currency of the amounts.
    #[schema(example = "RUB")]
    currency: &'static str,
    /// When it was placed.
    ordered_at: Instant,
    /// When it was paid.
    paid_at: Option<Instant>,
    /// When it was delivered.
    delivered_at: Option<Instant>,
    /// When it was cancelled.
    cancelled_at: Option<Instant>,
}

impl OrderBody {
    pub(super) fn of(order: &Order, buyer: Option<&PartnerCode>, seller: Option<&PartnerCode>) -> Self {
        Self {
            source: order.key.source.to_string(),
            id: order.key.external_id.to_string(),
            number: order.number.clone(),
            state: word(order.state()),
            buyer: buyer.map(ToString::to_string),
            seller: seller.map(ToString::to_string),
            total: order.total().into(),
            currency: CURRENCY,
            ordered_at: order.ordered_at.into(),
            paid_at: order.paid_at.map(Instant),
            delivered_at: order.delivered_at.map(Instant),
            cancelled_at: order.cancelled_at.map(Instant),
        }
    }
}

/// An order with its lines and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderCard)]
pub(super) struct OrderCardBody {
    #[serde(flatten)]
    order: OrderBody,
    /// What was bought.
    lines: Vec<LineBody>,
    /// What was given back.
    refunds: Vec<RefundBody>,
    /// Who got what; of a partner who asks, what he got himself.
    accruals: Vec<AccrualBody>,
    /// The walk of the order, for staff; `null` for partners, and before the order was judged.
    walk: Option<WalkBody>,
}

/// One line of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderLine)]
struct LineBody {
    /// The shop's number of the line.
    line_no: u32,
    /// The article.
    #[schema(example = "RVS")]
    sku: String,
    /// The shop's category.
    category: String,
    /// `goods`, or `fee`, which is never a base of commissions.
    #[schema(example = "goods")]
    kind: String,
    /// Pieces.
    quantity: u32,
    /// How many of them were given back.
    refunded: u32,
    /// The price paid for a piece.
    unit_price: Amount,
}

/// Pieces given back together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
struct RefundBody {
    /// The shop's id of the refund.
    #[schema(example = "R-1")]
    id: String,
    /// When it happened.
    refunded_at: Instant,
    /// Pieces by line.
    lines: Vec<RefundLineBody>,
}

/// Pieces of one line given back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefundLine)]
struct RefundLineBody {
    /// Which line.
    line_no: u32,
    /// How many pieces.
    quantity: u32,
}

/// What somebody got for an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderAccrual)]
struct AccrualBody {
    /// Who.
    #[schema(example = "NR00001")]
    partner: String,
    /// By which rule of the plan.
    #[schema(example = "levels")]
    rule: String,
    /// At which level.
    level: u16,
    /// Of which base.
    base: Amount,
    /// At which rate.
    #[schema(example = "12%")]
    rate: String,
    /// Before the cap.
    raw: Amount,
    /// What he got.
    paid: Amount,
    /// What was taken back of it.
    reversed: Amount,
    /// In which judgement of the order; above 1 facts came late.
    run: u32,
    /// From when on he may be paid it.
    available_at: Instant,
}

/// How an order was judged.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderWalk)]
struct WalkBody {
    /// The name of the plan.
    #[schema(example = "nanorem-12")]
    plan: String,
    /// SHA-256 of its text.
    plan_hash: String,
    /// The instant whose facts count.
    effective_at: Instant,
    /// How often the order was judged.
    run: u32,
    /// The most that the plan promised for the order.
    maximum: Amount,
    /// The cap of the order, where the plan has one.
    cap: Option<Amount>,
    /// Who got nothing, and why.
    skipped: Vec<SkippedBody>,
    /// What the plan promised and nobody got, and why.
    breakage: Vec<BreakageBody>,
    /// What was taken back.
    reversed: Vec<ReversedBody>,
    /// Every movement of money.
    transfers: Vec<TransferBody>,
}

/// One who got nothing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Skipped)]
struct SkippedBody {
    /// Who.
    #[schema(example = "NR00001")]
    partner: String,
    /// By which rule.
    #[schema(example = "levels")]
    rule: String,
    /// How far above the buyer.
    distance: u32,
    /// The level he stood at.
    level: Option<u16>,
    /// What came of him, for programs.
    #[schema(example = "skipped_inactive")]
    outcome: String,
    /// Why, for people.
    why: Both,
}

/// What nobody got.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Breakage)]
struct BreakageBody {
    /// Of which rule.
    #[schema(example = "levels")]
    rule: String,
    /// Of which level.
    level: u16,
    /// Why, for programs.
    #[schema(example = "no_sponsor")]
    reason: String,
    /// Why, for people.
    why: Both,
    /// How much.
    amount: Amount,
}

/// Money taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reversed)]
struct ReversedBody {
    /// From whose account.
    #[schema(example = "partner:NR00001")]
    account: String,
    /// How much.
    amount: Amount,
    /// Why.
    #[schema(example = "refund_reversal")]
    kind: String,
    /// By what: the refund, the order or the judgement.
    cause: String,
    /// When it counts.
    effective_at: Instant,
}

/// One movement of money.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
struct TransferBody {
    /// Identity.
    #[schema(example = "019b0000-0000-7000-8000-000000000000")]
    id: String,
    /// From here.
    #[schema(example = "company:commissions")]
    debit: String,
    /// To here.
    #[schema(example = "partner:NR00001")]
    credit: String,
    /// How much.
    amount: Amount,
    /// Why.
    #[schema(example = "accrual")]
    kind: String,
    /// What it undoes.
    reverses: Option<String>,
    /// When it counts.
    effective_at: Instant,
    /// From when on the receiver may be paid it.
    available_at: Instant,
}

impl OrderCardBody {
    /// All of it, or what the partner who bought or brought it may see.
    pub(super) fn of(view: &OrderView, own: Option<&PartnerCode>) -> Self {
        let is_shown = |accrual: &&AccrualView| own.is_none_or(|own| *own == accrual.partner_code);
        let plan = view.plan.as_ref().filter(|_| own.is_none());
        Self {
            order: OrderBody::of(&view.order, view.buyer_code.as_ref(), view.seller_code.as_ref()),
            lines: view.lines.iter().map(|line| LineBody::of(line, &view.order.refunds)).collect(),
            refunds: view.order.refunds.iter().map(RefundBody::of).collect(),
            accruals: view.accruals.iter().filter(is_shown).map(AccrualBody::of).collect(),
            walk: plan.map(|plan| WalkBody::of(plan, view)),
        }
    }
}

impl LineBody {
    fn of(line: &OrderLine, refunds: &[Refund]) -> Self {
        Self {
            line_no: line.line_no,
            sku: line.sku.to_string(),
            category: line.category.clone(),
            kind: word(line.kind),
            quantity: line.quantity,
            refunded: refunds.iter().filter_map(|refund| refund.lines.get(&line.line_no)).sum(),
            unit_price: line.unit_price.into(),
        }
    }
}

impl RefundBody {
    fn of(refund: &Refund) -> Self {
        let line =
            |(line_no, quantity): (&u32, &u32)| RefundLineBody { line_no: *line_no, quantity: *quantity };
        Self {
            id: refund.external_id.to_string(),
            refunded_at: refund.refunded_at.into(),
            lines: refund.lines.iter().map(line).collect(),
        }
    }
}

impl AccrualBody {
    fn of(accrual: &AccrualView) -> Self {
        Self {
            partner: accrual.partner_code.to_string(),
            rule: accrual.rule.to_string(),
            level: accrual.level,
            base: accrual.base.into(),
            rate: accrual.rate.to_string(),
            raw: accrual.raw.into(),
            paid: accrual.paid.into(),
            reversed: accrual.reversed.into(),
            run: accrual.run,
            available_at: accrual.available_at.into(),
        }
    }
}

impl WalkBody {
    fn of(plan: &PlanView, view: &OrderView) -> Self {
        Self {
            plan: plan.name.clone(),
            plan_hash: plan.hash.clone(),
            effective_at: plan.effective_at.into(),
            run: plan.run,
            maximum: plan.maximum.into(),
            cap: plan.cap.map(Amount),
            skipped: view.skipped.iter().map(SkippedBody::of).collect(),
            breakage: view.breakage.iter().map(BreakageBody::of).collect(),
            reversed: view.reversed.iter().map(ReversedBody::of).collect(),
            transfers: view.transfers.iter().map(TransferBody::of).collect(),
        }
    }
}

impl SkippedBody {
    fn of(skipped: &SkippedView) -> Self {
        Self {
            partner: skipped.partner_code.to_string(),
            rule: skipped.rule.to_string(),
            distance: skipped.distance,
            level: skipped.level,
            outcome: word(&skipped.outcome),
            why: Both::new(&skipped.why_ru, &skipped.why_en),
        }
    }
}

impl BreakageBody {
    fn of(part: &Breakage) -> Self {
        let why = |lang| explain::breakage(part.reason, lang);
        Self {
            rule: part.rule.to_string(),
            level: part.level,
            reason: word(part.reason),
            why: Both::new(why(Lang::Ru), why(Lang::En)),
            amount: part.amount.into(),
        }
    }
}

impl ReversedBody {
    fn of(reversed: &ReversedView) -> Self {
        Self {
            account: reversed.account.clone(),
            amount: reversed.amount.into(),
            kind: word(reversed.kind),
            cause: reversed.cause.clone(),
            effective_at: reversed.effective_at.into(),
        }
    }
}

impl TransferBody {
    fn of(transfer: &TransferView) -> Self {
        Self {
            id: transfer.id.to_string(),
            debit: transfer.debit.clone(),
            credit: transfer.credit.clone(),
            amount: transfer.amount.into(),
            kind: word(transfer.kind),
            reverses: transfer.reverses.map(|id| id.to_string()),
            effective_at: transfer.effective_at.into(),
            available_at: transfer.available_at.into(),
        }
    }
}
