//! One order, whole: its lines, who got what and why, who did not and why, and every movement.

use std::collections::{BTreeMap, HashMap};

use domain::accrual::{Breakage, Outcome, RuleId};
use domain::ids::{AccountId, PartnerId, TransferId};
use domain::ledger::{Transfer, TransferKind};
use domain::money::{Money, Rate};
use domain::order::{Order, OrderKey, OrderLine, OrderState};
use domain::partner::PartnerCode;
use jiff::Timestamp;
use plan::Lang;
use plan::explain;
use serde::Serialize;
use store::accruals::Run;
use store::{StoreError, Tx};

use crate::App;
use crate::accruals::{SettleError, judge_run};
use crate::plans;

/// One order, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderView {
    /// The order's facts.
    pub order: Order,
    /// Where it stands.
    pub state: OrderState,
    /// The buyer's code, if he is a partner.
    pub buyer_code: Option<PartnerCode>,
    /// The code of the partner who brought an outside customer.
    pub seller_code: Option<PartnerCode>,
    /// The price of everything.
    pub total: Money,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// By which plan it was judged last.
    pub plan: Option<PlanView>,
    /// Who got what.
    pub accruals: Vec<AccrualView>,
    /// Who got nothing, and why.
    pub skipped: Vec<SkippedView>,
    /// What the plan promised and nobody got, and why.
    pub breakage: Vec<Breakage>,
    /// What was taken back.
    pub reversed: Vec<ReversedView>,
    /// Every movement of money.
    pub transfers: Vec<TransferView>,
}

/// The plan of a judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanView {
    /// Its name.
    pub name: String,
    /// SHA-256 of its text.
    pub hash: String,
    /// The instant that counts.
    pub effective_at: Timestamp,
    /// How often the order was judged: above 1 facts came late.
    pub run: u32,
    /// The most the plan promised for the order.
    pub maximum: Money,
    /// The cap of the order.
    pub cap: Option<Money>,
    /// Whether the plan caps what a period pays, so that its close may take back of this order.
    pub is_capped_by_period: bool,
}

/// One accrual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccrualView {
    /// Who.
    pub partner_code: PartnerCode,
    /// By which rule.
    pub rule: RuleId,
    /// At which level.
    pub level: u16,
    /// Of which base.
    pub base: Money,
    /// At which rate.
    pub rate: Rate,
    /// Before the cap.
    pub raw: Money,
    /// What he got.
    pub paid: Money,
    /// What was taken back of it.
    pub reversed: Money,
    /// In which judgement.
    pub run: u32,
    /// From when on he may be paid it.
    pub available_at: Timestamp,
}

/// One who got nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedView {
    /// Who.
    pub partner_code: PartnerCode,
    /// By which rule.
    pub rule: RuleId,
    /// How far above the buyer.
    pub distance: u32,
    /// The level he stood at.
    pub level: Option<u16>,
    /// What came of him.
    pub outcome: Outcome,
    /// Why, in Russian.
    pub why_ru: String,
    /// Why, in English.
    pub why_en: String,
}

/// Money taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReversedView {
    /// From whose account: a partner's or the company's.
    pub account: String,
    /// How much.
    pub amount: Money,
    /// Why.
    pub kind: TransferKind,
    /// By what: the refund, the order or the run.
    pub cause: String,
    /// When it counts.
    pub effective_at: Timestamp,
}

/// One movement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TransferView {
    /// From here.
    pub debit: String,
    /// To here.
    pub credit: String,
    /// How much.
    pub amount: Money,
    /// Why.
    pub kind: TransferKind,
    /// What it undoes.
    pub reverses: Option<TransferId>,
    /// When it counts.
    pub effective_at: Timestamp,
    /// From when on the receiver may be paid it.
    pub available_at: Timestamp,
    /// Identity.
    pub id: TransferId,
}

/// Why an order is not shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// No order has that id or number.
    #[error("there is no order with id or number {0:?}")]
    Unknown(String),
    /// More than one has.
    #[error("several orders fit {text:?}: name one of {keys}")]
    Ambiguous {
        /// What was asked for.
        text: String,
        /// What fits.
        keys: String,
    },
    /// It cannot be judged as it was.
    #[error("the order cannot be judged as it was")]
    Settle(#[from] SettleError),
    /// The database failed.
    #[error("could not read the order")]
    Store(#[from] StoreError),
}

/// The order of a shop's id, of a number, or of `source/id`.
pub async fn view(app: &App, text: &str) -> Result<OrderView, ViewError> {
    let mut tx = app.store.begin_read().await?;
    let found = store::orders::find(&mut tx, text).await?;
    let order = match &found[..] {
        [] => return Err(ViewError::Unknown(text.to_owned())),
        [one] => one.order.clone(),
        several => {
            let keys: Vec<String> = several.iter().map(|stored| stored.order.key.to_string()).collect();
            return Err(ViewError::Ambiguous { text: text.to_owned(), keys: keys.join(", ") });
        }
    };
    whole(app, &mut tx, order).await
}

/// The order of a shop's key.
pub async fn view_of(app: &App, key: &OrderKey) -> Result<OrderView, ViewError> {
    let mut tx = app.store.begin_read().await?;
    let ids = [key.external_id.to_string()];
    let found = store::orders::by_keys(&mut tx, &key.source, &ids).await?.pop();
    let stored = found.ok_or_else(|| ViewError::Unknown(key.to_string()))?;
    whole(app, &mut tx, stored.order).await
}

async fn whole(app: &App, tx: &mut Tx, order: Order) -> Result<OrderView, ViewError> {
    let ids = [order.id];
    let runs = store::accruals::runs_of(tx, &ids).await?;
    let accruals = store::accruals::of_orders(tx, &ids).await?;
    let movements = Movements::load(tx, &runs, &accruals).await?;
    let judged = match runs.last() {
        Some(run) => Some(judged(app, tx, &order, run).await?),
        None => None,
    };
    let mut people: Vec<PartnerId> = accruals.iter().map(|accrual| accrual.share.earner).collect();
    people.extend(order.buyer.iter().chain(&order.seller));
    let codes: HashMap<PartnerId, PartnerCode> = store::partners::by_ids(tx, &people)
        .await?
        .into_iter()
        .map(|partner| (partner.id, partner.code))
        .collect();
    let accruals = accruals.into_iter().filter_map(|accrual| {
        let transfer = movements.posted.get(&TransferId::new(accrual.id.uuid()))?;
        Some(AccrualView {
            partner_code: codes.get(&accrual.share.earner)?.clone(),
            reversed: movements.reversed_of(transfer.id),
            available_at: transfer.available_at,
            rule: accrual.share.rule,
            level: accrual.share.level,
            base: accrual.share.base,
            rate: accrual.share.rate,
            raw: accrual.share.raw,
            paid: accrual.share.paid,
            run: accrual.run,
        })
    });
    let accruals = accruals.collect();
    let (plan, skipped, breakage) = judged.unwrap_or_default();
    Ok(OrderView {
        state: order.state(),
        buyer_code: order.buyer.and_then(|buyer| codes.get(&buyer).cloned()),
        seller_code: order.seller.and_then(|seller| codes.get(&seller).cloned()),
        total: order.total(),
        lines: order.lines.clone(),
        plan,
        accruals,
        skipped,
        breakage,
        reversed: movements.reversals(),
        transfers: movements.all(),
        order,
    })
}

type Judged = (Option<PlanView>, Vec<SkippedView>, Vec<Breakage>);

/// The walk of the last run, made again from the facts of that run.
async fn judged(app: &App, tx: &mut Tx, order: &Order, run: &Run) -> Result<Judged, ViewError> {
    let timeline = plans::timeline(app, tx).await?;
    let Some(judgement) = judge_run(tx, &timeline, order, run).await? else {
        return Ok(Judged::default());
    };
    let judgement = judgement?;
    let plan = PlanView {
        name: judgement.plan.name().to_owned(),
        hash: hex::encode(judgement.plan.hash()),
        effective_at: run.effective_at,
        run: run.run,
        maximum: judgement.accruals.maximum,
        cap: judgement.accruals.cap,
        is_capped_by_period: is_capped_by_period(&judgement.plan),
    };
    let steps = judgement.accruals.walks.into_iter().flat_map(|walk| {
        let rule = walk.rule;
        walk.steps.into_iter().map(move |step| (rule.clone(), step))
    });
    let skipped =
        steps.filter(|(_, step)| !matches!(step.outcome, Outcome::Paid { .. })).map(|(rule, step)| {
            SkippedView {
                why_ru: explain::outcome(&step.outcome, step.level, Lang::Ru),
                why_en: explain::outcome(&step.outcome, step.level, Lang::En),
                partner_code: step.code,
                rule,
                distance: step.distance,
                level: step.level,
                outcome: step.outcome,
            }
        });
    Ok((Some(plan), skipped.collect(), judgement.accruals.breakage))
}

fn is_capped_by_period(plan: &plan::Plan) -> bool {
    let of_period = |scope| scope == plan::CapScope::Period;
    plan.partner_cap().is_some()
        || plan.cap().is_some_and(|cap| of_period(cap.scope))
        || plan.rules().iter().any(|rule| rule.cap.is_some_and(|cap| of_period(cap.scope)))
}

/// The movements that an order caused.
struct Movements {
    posted: BTreeMap<TransferId, Transfer>,
    reversals: Vec<Transfer>,
    accounts: HashMap<AccountId, String>,
    causes: HashMap<uuid::Uuid, String>,
}

impl Movements {
    async fn load(
        tx: &mut Tx,
        runs: &[Run],
        accruals: &[store::accruals::Stored],
    ) -> Result<Self, StoreError> {
        let of_accruals = accruals.iter().map(|accrual| TransferId::new(accrual.id.uuid()));
        let ids: Vec<TransferId> = of_accruals.chain(runs.iter().map(|run| run.breakage)).collect();
        let posted = store::transfers::by_ids(tx, &ids).await?;
        let mut reversals = store::transfers::reversals_of(tx, &ids).await?;
        reversals.sort_by_key(|reversal| (reversal.effective_at, reversal.id));
        let moved = posted.iter().chain(&reversals);
        let accounts: Vec<AccountId> = moved.flat_map(|transfer| [transfer.debit, transfer.credit]).collect();
        let causes: Vec<uuid::Uuid> = reversals.iter().map(|reversal| reversal.cause).collect();
        Ok(Self {
            posted: posted.into_iter().map(|transfer| (transfer.id, transfer)).collect(),
            reversals,
            accounts: store::balances::accounts_of(tx, &accounts).await?.into_iter().collect(),
            causes: store::transfers::causes_of(tx, &causes).await?.into_iter().collect(),
        })
    }

    fn reversed_of(&self, id: TransferId) -> Money {
        self.reversals
            .iter()
            .filter(|reversal| reversal.reverses == Some(id))
            .map(|reversal| reversal.amount)
            .sum()
    }

    fn account(&self, id: AccountId) -> String {
        self.accounts.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    fn reversals(&self) -> Vec<ReversedView> {
        let view = |reversal: &Transfer| ReversedView {
            account: self.account(reversal.debit),
            amount: reversal.amount,
            kind: reversal.kind,
            cause: self.causes.get(&reversal.cause).cloned().unwrap_or_else(|| reversal.cause.to_string()),
            effective_at: reversal.effective_at,
        };
        self.reversals.iter().map(view).collect()
    }

    fn all(&self) -> Vec<TransferView> {
        let view = |transfer: &Transfer| TransferView {
            debit: self.account(transfer.debit),
            credit: self.account(transfer.credit),
            amount: transfer.amount,
            kind: transfer.kind,
            reverses: transfer.reverses,
            effective_at: transfer.effective_at,
            available_at: transfer.available_at,
            id: transfer.id,
        };
        self.posted.values().chain(&self.reversals).map(view).collect()
    }
}
