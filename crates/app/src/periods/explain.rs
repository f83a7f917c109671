//! How partners stand in a period, and why one of them got what he got by its rules and not more.

mod adjusted;
mod sealed;

use domain::accrual::RuleId;
use domain::lang::Text;
use domain::partner::PartnerCode;
use domain::period::Period;
use plan::Lang;
use plan::close::Source;
use plan::explain;
use serde::Serialize;

use super::CloseError;
use super::preview::{LinePreview, Stands, View};
use super::reckoning::{Reckoning, last_instant};
use crate::App;
use crate::plans;

pub use adjusted::Adjustment;
pub use sealed::Sealed;

/// How one partner stands in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerStands {
    /// Who.
    pub partner_code: PartnerCode,
    /// His volumes and rank.
    pub stands: Stands,
}

/// Why one partner got what he got by the rules of a period, and not more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Which period.
    pub period: Period,
    /// By which plan.
    pub plan: String,
    /// SHA-256 of its text.
    pub plan_hash: String,
    /// Of a closed period: what was posted for him at the close and since. Then everything else here is as
    /// it was sealed, too.
    pub sealed: Option<Sealed>,
    /// Who.
    pub partner_code: PartnerCode,
    /// His volumes and rank.
    pub stands: Stands,
    /// What he earns by the rules of the period, line by line.
    pub lines: Vec<LinePreview>,
    /// What the next rank still takes, in Russian: its name, then a line for each condition.
    pub missing_ru: Vec<String>,
    /// The same in English.
    pub missing_en: Vec<String>,
    /// Why he does not get more.
    pub notes: Vec<NoteView>,
}

/// Why one partner does not get more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteView {
    /// Of which rule; `None` for a cap of the plan.
    pub rule: Option<String>,
    /// Why, in Russian.
    pub why_ru: String,
    /// Why, in English.
    pub why_en: String,
}

impl NoteView {
    fn of(rule: Option<&RuleId>, why: &Text) -> Self {
        Self {
            rule: rule.map(ToString::to_string),
            why_ru: why.in_lang(Lang::Ru).to_owned(),
            why_en: why.in_lang(Lang::En).to_owned(),
        }
    }
}

/// How everyone who has any volume or rank stands in a period, as the first step of its close found it.
///
/// # Errors
/// [`CloseError::NotQualified`] if the step was not taken.
pub async fn standings(app: &App, period: Period) -> Result<Vec<PartnerStands>, CloseError> {
    let mut tx = app.store.begin_read().await?;
    let runs = store::period_runs::of_period(&mut tx, period).await?;
    let run = runs.last().ok_or(CloseError::NotQualified(period))?;
    let timeline = plans::timeline(app, &mut tx).await?;
    let in_force = timeline.in_force(last_instant(period.end(&timeline.zone())));
    let unit = in_force.map_or("", |(_, plan)| plan.qualify_by().as_str());
    let codes = store::partners::codes(&mut tx).await?;
    let stands = store::period_runs::standings_of(&mut tx, run.id).await?;
    let stands_for_something = |stand: &store::period_runs::StoredStanding| {
        stand.group > 0 || stand.unrolled > 0 || stand.paid_as.is_some() || stand.highest.is_some()
    };
    let mut shown: Vec<PartnerStands> = stands
        .into_iter()
        .filter(stands_for_something)
        .filter_map(|stand| {
            Some(PartnerStands {
                partner_code: codes.get(&stand.partner)?.clone(),
                stands: Stands {
                    unit,
                    personal: stand.personal,
                    group: stand.group,
                    paid_as: stand.paid_as,
                    highest: stand.highest,
                },
            })
        })
        .collect();
    shown.sort_by(|one, other| one.partner_code.cmp(&other.partner_code));
    Ok(shown)
}

/// Why one partner got what he got by the rules of a period, and not more.
///
/// An open period is reckoned as it stands now. Of a closed one the rows that were kept at its close are
/// shown with what was adjusted since; the rules are run again over the facts known at the close, for the
/// reasons only.
///
/// # Errors
/// [`CloseError::NoPlan`], [`CloseError::UnknownPartner`].
pub async fn explain(app: &App, period: Period, code: &PartnerCode) -> Result<Explained, CloseError> {
    let mut tx = app.store.begin_read().await?;
    let partner = store::partners::by_code(&mut tx, code).await?;
    let partner = partner.ok_or_else(|| CloseError::UnknownPartner(code.clone()))?;
    let timeline = plans::timeline(app, &mut tx).await?;
    let last_closed = store::periods::last_closed(&mut tx).await?.map(|closed| closed.period);
    if last_closed.is_some_and(|last| period <= last) {
        return sealed::explain(app, &mut tx, &timeline, period, &partner).await;
    }
    let known = store::facts::last(&mut tx).await?;
    let reckoning = Reckoning::load(app, &mut tx, &timeline, period, known).await?;
    let reckoning = reckoning.ok_or(CloseError::NoPlan(period))?;
    reckoned(&reckoning, code)
}

/// What the rules give one partner over a reckoning, and why not more.
fn reckoned(reckoning: &Reckoning, code: &PartnerCode) -> Result<Explained, CloseError> {
    let unknown = || CloseError::UnknownPartner(code.clone());
    let (seat, _) = reckoning.people.iter().find(|(_, person)| person.code == *code).ok_or_else(unknown)?;
    let facts = reckoning.facts();
    let plan = &reckoning.plan;
    let qualified = plan::close::qualify(plan, &facts)?;
    let paid = plan::close::pay(plan, &facts, &qualified, Some(seat))?;
    let next = plan::close::missing(plan, &facts, &qualified, seat)?;
    let missing = |lang| next.as_ref().map(|next| explain::next_rank(plan, next, lang)).unwrap_or_default();
    let view = View { reckoning };
    let own = paid.lines.iter().filter(|line| line.earner == seat);
    let note = |note: &plan::close::Note| {
        let source = match note.source {
            Source::Partner(seat) => view.code(seat).map(ToString::to_string),
            _ => None,
        };
        let why = explain::period::note(plan, note, source.as_deref());
        NoteView::of(Some(&note.rule), &why)
    };
    let mut notes: Vec<NoteView> = paid.notes.iter().map(note).collect();
    let cuts = paid.cuts.iter().filter(|cut| cut.earner == seat);
    notes.extend(cuts.map(|cut| NoteView::of(Some(&cut.rule), &explain::cut(cut))));
    let kept_back = paid.unpaid.iter().filter(|part| part.partner == Some(seat));
    notes.extend(
        kept_back.filter_map(|part| Some(NoteView::of(part.rule.as_ref(), &explain::kept_back(part)?))),
    );
    Ok(Explained {
        period: reckoning.period,
        plan: plan.name().to_owned(),
        plan_hash: hex::encode(plan.hash()),
        sealed: None,
        partner_code: code.clone(),
        stands: qualified.find(seat).map(|stands| view.stands(stands)).ok_or_else(unknown)?,
        lines: own.filter_map(|line| view.line(line)).collect(),
        missing_ru: missing(Lang::Ru),
        missing_en: missing(Lang::En),
        notes,
    })
}
