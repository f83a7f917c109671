//! What was posted for a period after its close, each with its cause.

use std::collections::{BTreeMap, HashMap};

use domain::lang::{Lang, Text};
use domain::ledger::{Transfer, TransferKind};
use domain::money::Money;
use domain::partner::PartnerCode;
use domain::period::Period;
use domain::text;
use jiff::Timestamp;
use serde::Serialize;
use store::period_runs::{Later, LaterKind, PeriodRun};
use store::{StoreError, Tx};
use uuid::Uuid;

use super::sealed::Books;
use crate::plans::Timeline;

/// Something that was posted for a closed period into a later one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Adjustment {
    /// When it was written.
    pub recorded_at: Timestamp,
    /// The period it was posted in.
    pub posted_in: Period,
    /// What it corrects: by which rule it was earned.
    pub rule: Option<String>,
    /// Of whose volume or commissions, where it is a partner's.
    pub source_code: Option<PartnerCode>,
    /// Its cause, in Russian.
    pub why_ru: String,
    /// Its cause, in English.
    pub why_en: String,
    /// How much; below zero it was taken.
    pub amount: Money,
}

/// Everything that was posted for the partner since the close, in order of time; what one cause changed
/// of one rule and source is one row.
pub(super) async fn adjustments(
    tx: &mut Tx,
    timeline: &Timeline,
    books: &Books,
) -> Result<Vec<Adjustment>, StoreError> {
    let since: Vec<&Transfer> = books.moved.iter().filter(|transfer| !books.is_sealed(transfer)).collect();
    if since.is_empty() {
        return Ok(Vec::new());
    }
    let causes = Causes::load(tx, timeline, books, &since).await?;
    let mut rows: BTreeMap<(Timestamp, String, Option<String>, Option<PartnerCode>), Adjustment> =
        BTreeMap::new();
    for transfer in since {
        let (rule, source_code) = of_what(books, transfer);
        let why = causes.of(transfer);
        let key = (transfer.recorded_at, why.to_string(), rule.clone(), source_code.clone());
        let row = rows.entry(key).or_insert_with(|| Adjustment {
            recorded_at: transfer.recorded_at,
            posted_in: transfer.period,
            rule,
            source_code,
            why_ru: why.in_lang(Lang::Ru).to_owned(),
            why_en: why.in_lang(Lang::En).to_owned(),
            amount: Money::ZERO,
        });
        row.amount += books.amount(transfer);
    }
    Ok(rows.into_values().filter(|row| !row.amount.is_zero()).collect())
}

/// By which rule, of whose volume, the thing was earned that a movement gives or takes back.
fn of_what(books: &Books, transfer: &Transfer) -> (Option<String>, Option<PartnerCode>) {
    let of = transfer.reverses.unwrap_or(transfer.id);
    if let Some(accrual) = books.accruals.iter().find(|accrual| accrual.id == of) {
        let source = accrual.source_partner.and_then(|source| books.codes.get(&source)).cloned();
        return (Some(accrual.rule.to_string()), source);
    }
    let cut = books.cuts.iter().find(|cut| cut.id == of).map(|cut| cut.rule.to_string());
    let of_order = books.of_orders.get(&of).map(|accrual| accrual.share.rule.to_string());
    (cut.or(of_order), None)
}

/// Why the movements were made.
struct Causes {
    /// Of later runs of the period.
    of_runs: HashMap<Uuid, Text>,
    /// What people call refunds and orders.
    names: HashMap<Uuid, String>,
}

impl Causes {
    async fn load(
        tx: &mut Tx,
        timeline: &Timeline,
        books: &Books,
        moved: &[&Transfer],
    ) -> Result<Self, StoreError> {
        let ids: Vec<Uuid> = moved.iter().map(|transfer| transfer.cause).collect();
        let names = store::transfers::causes_of(tx, &ids).await?.into_iter().collect();
        let zone = timeline.zone();
        let (start, end) = (books.period.start(&zone), books.period.end(&zone));
        let first = books.run_of_close().map_or(Uuid::nil(), |run| run.id);
        let later = store::period_runs::later_than(tx, first, start, end).await?;
        let all = store::period_runs::all(tx).await?;
        let of_runs = books.runs.iter().map(|run| (run.id, of_run(run, books, &later, &all))).collect();
        Ok(Self { of_runs, names })
    }

    fn of(&self, transfer: &Transfer) -> Text {
        if let Some(cause) = self.of_runs.get(&transfer.cause) {
            return cause.clone();
        }
        let name = self.names.get(&transfer.cause).cloned().unwrap_or_else(|| transfer.cause.to_string());
        match transfer.kind {
            TransferKind::RefundReversal => {
                let (order, refund) = name.rsplit_once(" refund ").unwrap_or((&name, "?"));
                refunded(refund, order)
            }
            TransferKind::CancelReversal => cancelled(&name),
            TransferKind::Accrual => came(&name),
            _ => {
                let order = name.rsplit_once(" run ").map_or(name.as_str(), |(order, _)| order);
                text!("заказ {order} пересмотрен", "order {order} was judged again")
            }
        }
    }
}

fn refunded(refund: &str, order: &str) -> Text {
    text!("возврат {refund} по заказу {order}", "refund {refund} of order {order}")
}

fn cancelled(order: &str) -> Text {
    text!("отмена заказа {order}", "cancellation of order {order}")
}

fn came(order: &str) -> Text {
    text!("заказ {order} стал известен после закрытия", "order {order} became known after the close")
}

/// Why a run came about: everything that had happened by then and that no run before it knew.
fn of_run(run: &PeriodRun, books: &Books, later: &[Later], all: &[PeriodRun]) -> Text {
    let paid_at = |run: &PeriodRun| run.paid.as_ref().map(|paid| paid.at);
    let until = paid_at(run).unwrap_or(Timestamp::MAX);
    // The first adjustment knows everything that came by then.
    let before = books.runs.iter().filter(|one| one.run + 1 == run.run && one.run > 1).find_map(paid_at);
    let since = |at: Timestamp| at <= until && before.is_none_or(|before| at > before);
    let what = |later: &Later| match &later.what {
        LaterKind::Came => came(&later.order),
        LaterKind::Refunded(refund) => refunded(refund, &later.order),
        LaterKind::Cancelled => cancelled(&later.order),
    };
    let mut causes: Vec<Text> = later.iter().filter(|later| since(later.at)).map(what).collect();
    if causes.is_empty() {
        let earlier = all.iter().filter(|one| one.period < run.period && one.run > 1);
        let earlier = earlier.filter(|one| paid_at(one).is_some_and(since)).map(|one| one.period).max();
        causes.push(match earlier {
            Some(earlier) => {
                text!(
                    "скорректирован более ранний период {earlier}",
                    "the earlier period {earlier} was adjusted"
                )
            }
            None => Text::new(
                "стали известны новые сведения о партнёрах",
                "something new became known about partners",
            ),
        });
    }
    let joined = |lang| causes.iter().map(|cause| cause.in_lang(lang)).collect::<Vec<_>>().join("; ");
    Text::new(joined(Lang::Ru), joined(Lang::En))
}
