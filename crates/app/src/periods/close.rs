//! The close of a period, in two steps that staff review: how everyone stands, then what is paid.

use domain::accrual::RuleId;
use domain::actor::Actor;
use domain::ids::{AccountId, PartnerId, TransferId};
use domain::ledger::{CompanyAccount, Posting, Transfer, TransferKind, partner_account};
use domain::money::Money;
use domain::period::Period;
use domain::time::add_days;
use jiff::Timestamp;
use plan::close::{Line, Paid, PerSeat, Qualified, Source, UnpaidReason};
use store::period_runs::{PaidRun, Payment, PeriodAccrual, PeriodCut, PeriodRun, StoredAward, StoredUnpaid};
use store::periods::Closed;
use store::{StoreError, Tx};
use uuid::Uuid;

use super::reckoning::{Reckoning, last_instant};
use super::{CloseError, ranks, seal};
use crate::App;
use crate::audit::{self, Act};
use crate::ledger;
use crate::notices;
use crate::plans;
use crate::retry::retrying;

/// Takes the first step: reckons volumes and ranks, and keeps them for review. Nothing is paid. Taken
/// again it changes nothing while the facts are the same, and reckons anew when they are not.
///
/// # Errors
/// [`CloseError`] says why the period cannot be closed now.
pub async fn qualify(app: &App, actor: &Actor, period: Period) -> Result<PeriodRun, CloseError> {
    staff_only(actor)?;
    retrying(|| qualify_once(app, actor, period)).await
}

async fn qualify_once(app: &App, actor: &Actor, period: Period) -> Result<PeriodRun, CloseError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    store::facts::lock(&mut tx).await?;
    super::refuse_too_early(app, &mut tx, period, now).await?;
    let timeline = plans::timeline(app, &mut tx).await?;
    let known = store::facts::last(&mut tx).await?;
    let reckoning = Reckoning::load(app, &mut tx, &timeline, period, known).await?;
    let reckoning = reckoning.ok_or(CloseError::NoPlan(period))?;
    let inputs = seal::inputs(&reckoning);
    if let Some(open) = open_run(&mut tx, period).await? {
        if open.inputs == inputs {
            return Ok(open);
        }
        store::period_runs::forget(&mut tx, open.id).await?;
    }
    let qualified = plan::close::qualify(&reckoning.plan, &reckoning.facts())?;
    let run = first_run(app, &reckoning, &qualified, &actor.to_string(), now);
    store::period_runs::insert(&mut tx, &run, &reckoning.counted(), &reckoning.stored(&qualified)).await?;
    let act = Act {
        actor,
        action: "period.qualify",
        entity: format!("period:{period}"),
        before: None::<()>,
        after: Some(serde_json::json!({
            "inputs": hex::encode(run.inputs), "standings": hex::encode(run.standings)
        })),
        reason: None,
    };
    audit::append(&mut tx, act, now).await?;
    notices::company::qualified(app, &mut tx, &run, now).await?;
    tx.commit().await?;
    app.ring();
    Ok(run)
}

/// The first reckoning of a period, not paid yet.
pub(super) fn first_run(
    app: &App,
    reckoning: &Reckoning,
    qualified: &PerSeat<Qualified>,
    by: &str,
    now: Timestamp,
) -> PeriodRun {
    PeriodRun {
        id: app.ids.uuid(now),
        period: reckoning.period,
        run: 1,
        plan_version: reckoning.version,
        known: reckoning.known,
        inputs: seal::inputs(reckoning),
        standings: seal::standings(reckoning, qualified),
        qualified_by: by.to_owned(),
        qualified_at: now,
        paid: None,
    }
}

/// The first step of a period, while its second is not taken.
async fn open_run(tx: &mut Tx, period: Period) -> Result<Option<PeriodRun>, StoreError> {
    let runs = store::period_runs::of_period(tx, period).await?;
    Ok(runs.into_iter().find(|run| run.paid.is_none()))
}

fn staff_only(actor: &Actor) -> Result<(), CloseError> {
    matches!(actor, Actor::Staff(_)).then_some(()).ok_or(CloseError::NotStaff)
}

/// Takes the second step: pays what the rules of the period give, keeps the balances, and seals the
/// period. Nothing is posted into it any more.
///
/// # Errors
/// [`CloseError::NotQualified`] if the first step is missing where the plan decides anything at a close,
/// [`CloseError::FactsChanged`] if something came in since it was taken.
pub async fn close(app: &App, actor: &Actor, period: Period) -> Result<Closed, CloseError> {
    staff_only(actor)?;
    retrying(|| close_once(app, actor, period)).await
}

async fn close_once(app: &App, actor: &Actor, period: Period) -> Result<Closed, CloseError> {
    let now = app.now();
    let mut tx = app.store.begin().await?;
    // Held alone: no transfer of the period is being written while it is summed up.
    store::facts::lock(&mut tx).await?;
    super::refuse_too_early(app, &mut tx, period, now).await?;
    let run = pay(app, &mut tx, actor, period, now).await?;
    let balances = store::balances::all_at(&mut tx, period).await?;
    let totals: Vec<_> = balances.into_iter().map(|(account, _, total)| (account, total)).collect();
    let digest = ledger::digest_up_to(&mut tx, Some(period)).await?;
    let closed = Closed {
        period,
        closed_at: now,
        closed_by: actor.to_string(),
        transfers: digest.transfers,
        digest: digest.sha256,
    };
    store::periods::insert(&mut tx, &closed).await?;
    store::balances::keep(&mut tx, period, &totals).await?;
    let bonuses = run.as_ref().map_or(Money::ZERO, |(_, _, bonuses)| *bonuses);
    notices::company::closed(app, &mut tx, &closed, bonuses, now).await?;
    let seal = run.map(|(run, paid, _)| {
        serde_json::json!({
            "inputs": hex::encode(run.inputs), "standings": hex::encode(run.standings), "result": hex::encode(paid.result)
        })
    });
    let act = Act {
        actor,
        action: "period.close",
        entity: format!("period:{period}"),
        before: None::<()>,
        after: Some(serde_json::json!({
            "transfers": closed.transfers, "digest": hex::encode(closed.digest), "seal": seal
        })),
        reason: None,
    };
    audit::append(&mut tx, act, now).await?;
    tx.commit().await?;
    app.ring();
    Ok(closed)
}

/// Pays what the rules of the period give, and says how much; nothing where the plan decides nothing at a close and nobody
/// took the first step.
async fn pay(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    period: Period,
    now: Timestamp,
) -> Result<Option<(PeriodRun, PaidRun, Money)>, CloseError> {
    let timeline = plans::timeline(app, tx).await?;
    let open = open_run(tx, period).await?;
    let end = period.end(&timeline.zone());
    let in_force = timeline.in_force(last_instant(end));
    let must_be_qualified = in_force.is_some_and(|(_, plan)| plan.is_decided_at_close());
    let Some(run) = open else {
        return if must_be_qualified { Err(CloseError::NotQualified(period)) } else { Ok(None) };
    };
    let known = store::facts::last(tx).await?;
    let reckoning = Reckoning::load(app, tx, &timeline, period, known).await?;
    let reckoning = reckoning.ok_or(CloseError::NoPlan(period))?;
    if seal::inputs(&reckoning) != run.inputs {
        return Err(CloseError::FactsChanged(period));
    }
    let facts = reckoning.facts();
    let qualified = plan::close::qualify(&reckoning.plan, &facts)?;
    assert!(
        seal::standings(&reckoning, &qualified) == run.standings,
        "the same facts give the same standings"
    );
    let result = plan::close::pay(&reckoning.plan, &facts, &qualified, None)?;
    let paid = PaidRun { result: seal::result(&reckoning, &result), by: actor.to_string(), at: now };
    let poster = Poster::of_close(app, &reckoning, &run, now);
    let (payment, transfers) = poster.post(&result);
    store::transfers::insert_all(tx, &transfers).await?;
    store::period_runs::pay(tx, run.id, &paid, &payment).await?;
    ranks::tell(app, tx, &reckoning, &qualified, now).await?;
    let bonuses = payment.accruals.iter().map(|accrual| accrual.paid).sum();
    Ok(Some((run, paid, bonuses)))
}

/// Makes rows of what a period pays.
pub(super) struct Poster<'a> {
    app: &'a App,
    reckoning: &'a Reckoning,
    run: Uuid,
    posting: Posting,
    available_at: Timestamp,
}

impl<'a> Poster<'a> {
    /// Posts at the last instant of the period itself.
    fn of_close(app: &'a App, reckoning: &'a Reckoning, run: &PeriodRun, now: Timestamp) -> Self {
        let effective_at = last_instant(reckoning.end);
        let posting = Posting { effective_at, recorded_at: now, period: reckoning.period };
        let available_at = add_days(effective_at, reckoning.plan.hold_days(), reckoning.plan.zone());
        Self::new(app, reckoning, run, posting, available_at)
    }

    /// Posts elsewhere: what is adjusted later.
    pub(super) fn new(
        app: &'a App,
        reckoning: &'a Reckoning,
        run: &PeriodRun,
        posting: Posting,
        available_at: Timestamp,
    ) -> Self {
        Self { app, reckoning, run: run.id, posting, available_at }
    }

    /// Everything that a close pays.
    pub(super) fn post(&self, result: &Paid) -> (Payment, Vec<Transfer>) {
        let mut payment = self.remainder(result);
        let mut transfers = Vec::new();
        for line in result.lines.iter().filter(|line| line.paid.is_positive()) {
            transfers.extend(self.accrue(line, &mut payment));
        }
        for cut in &result.cuts {
            if let Some(earner) = self.reckoning.partner(cut.earner) {
                transfers.push(self.cut(&cut.rule, earner, cut.amount, &mut payment));
            }
        }
        let broken: Money = result.unpaid.iter().map(|unpaid| unpaid.amount).sum();
        if broken.is_positive() {
            let from_to = (CompanyAccount::Commissions.id(), CompanyAccount::Breakage.id());
            transfers.push(self.transfer(TransferId::new(self.run), from_to, broken, TransferKind::Breakage));
        }
        (payment, transfers)
    }

    /// Everything but earnings: what is not paid, carried over, awarded.
    pub(super) fn remainder(&self, result: &Paid) -> Payment {
        Payment {
            unpaid: result.unpaid.iter().map(|unpaid| self.unpaid(unpaid)).collect(),
            carries: self.reckoning.stored_carries(&result.carried),
            awards: result.awards.iter().filter_map(|award| self.award(award)).collect(),
            ..Payment::default()
        }
    }

    /// One earning with its transfer.
    pub(super) fn accrue(&self, line: &Line, payment: &mut Payment) -> Option<Transfer> {
        let earner = self.reckoning.partner(line.earner)?;
        let id = TransferId::new(self.app.ids.uuid(self.posting.recorded_at));
        let (source, source_partner) = source(self.reckoning, line.source);
        payment.accruals.push(PeriodAccrual {
            id,
            run: self.run,
            rule: line.rule.clone(),
            earner,
            source: source.to_owned(),
            source_partner,
            level: line.level,
            base: line.base,
            rate: line.how.rate(),
            raw: line.raw,
            paid: line.paid,
        });
        let from_to = (CompanyAccount::Commissions.id(), partner_account(earner));
        Some(self.transfer(id, from_to, line.paid, TransferKind::Accrual))
    }

    /// What a cap of the period takes back of a commission, with its transfer.
    pub(super) fn cut(
        &self,
        rule: &RuleId,
        earner: PartnerId,
        amount: Money,
        payment: &mut Payment,
    ) -> Transfer {
        let id = TransferId::new(self.app.ids.uuid(self.posting.recorded_at));
        payment.cuts.push(PeriodCut { id, run: self.run, rule: rule.clone(), earner, amount });
        let from_to = (partner_account(earner), CompanyAccount::Breakage.id());
        let transfer = self.transfer(id, from_to, amount, TransferKind::Breakage);
        // What is taken back lowers what is available from when it counts.
        Transfer { available_at: transfer.effective_at, ..transfer }
    }

    fn transfer(
        &self,
        id: TransferId,
        (debit, credit): (AccountId, AccountId),
        amount: Money,
        kind: TransferKind,
    ) -> Transfer {
        Transfer {
            id,
            debit,
            credit,
            amount,
            kind,
            cause: self.run,
            reverses: None,
            effective_at: self.posting.effective_at,
            available_at: self.available_at,
            recorded_at: self.posting.recorded_at,
            period: self.posting.period,
        }
    }

    fn unpaid(&self, unpaid: &plan::close::Unpaid) -> StoredUnpaid {
        StoredUnpaid {
            rule: unpaid.rule.clone(),
            partner: unpaid.partner.and_then(|seat| self.reckoning.partner(seat)),
            reason: reason(unpaid.reason).to_owned(),
            amount: unpaid.amount,
        }
    }

    fn award(&self, award: &plan::close::Awarded) -> Option<StoredAward> {
        Some(StoredAward {
            rule: award.rule.clone(),
            partner: self.reckoning.partner(award.earner)?,
            item_ru: award.item.in_lang(domain::lang::Lang::Ru).to_owned(),
            item_en: award.item.in_lang(domain::lang::Lang::En).to_owned(),
        })
    }
}

/// The word stored for a source, and the partner whose it is.
pub(super) fn source(reckoning: &Reckoning, source: Source) -> (&'static str, Option<PartnerId>) {
    match source {
        Source::Partner(seat) => ("partner", reckoning.partner(seat)),
        Source::Legs => ("legs", None),
        Source::Company => ("company", None),
        Source::Reached => ("reached", None),
        Source::CarriedOver => ("carried", None),
    }
}

/// The word stored for a reason.
pub(crate) const fn reason(reason: UnpaidReason) -> &'static str {
    match reason {
        UnpaidReason::Nobody => "nobody",
        UnpaidReason::Held => "held",
        UnpaidReason::OverCap => "over_cap",
        UnpaidReason::CarriedOver => "carried_over",
        UnpaidReason::ToPool => "to_pool",
    }
}
