//! Why the watched partner did not get more.

use domain::accrual::Outcome;
use domain::lang::{Lang, Text};

use super::{View, in_both};
use crate::explain;
use crate::sketch::facts::seat_of;

impl View<'_> {
    /// Where somebody stood on the walk of an order and earned nothing, then what the close says.
    pub(super) fn why_not_more(&self, name: &str) -> Vec<Text> {
        let mut reasons = Vec::new();
        for (number, order) in (1..).zip(&self.reckoned.orders) {
            // Of nothing, as of a fee, nobody could earn.
            for walk in order.walks.iter().filter(|walk| walk.base.is_positive()) {
                let own = |step: &&domain::accrual::Step| self.name(seat_of(step.partner)) == name;
                let unpaid = |step: &&domain::accrual::Step| match step.outcome {
                    // The cap of an order left less to him.
                    Outcome::Paid { raw, paid, .. } => paid < raw,
                    _ => true,
                };
                for step in walk.steps.iter().filter(own).filter(unpaid) {
                    let rule = &walk.rule;
                    reasons.push(in_both(|lang| {
                        let said = explain::outcome(&step.outcome, step.level, lang);
                        match lang {
                            Lang::Ru => format!("покупка {number}, {rule}: {said}"),
                            Lang::En => format!("purchase {number}, {rule}: {said}"),
                        }
                    }));
                }
            }
        }
        for note in &self.reckoned.period.notes {
            let said = explain::period::note(self.plan, note, self.source(note.source).as_deref());
            let rule = &note.rule;
            reasons.push(in_both(|lang| format!("{rule}, {}", said.in_lang(lang))));
        }
        let period = &self.reckoned.period;
        let cuts = period.cuts.iter().filter(|cut| self.name(cut.earner) == name);
        reasons.extend(cuts.map(explain::cut));
        let kept_back =
            period.unpaid.iter().filter(|part| part.partner.is_some_and(|of| self.name(of) == name));
        reasons.extend(kept_back.filter_map(explain::kept_back));
        reasons
    }
}
