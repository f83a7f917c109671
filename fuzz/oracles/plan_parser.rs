//! What must hold of any text that is read as a plan. Called by the fuzzer and by the tests of `plan`.

use domain::money::Rate;
use plan::Plan;
use plan::check::worst_case;
use plan::explain::{Lang, summary};

/// A text is refused with places inside it, or it is a plan that says the same whenever it is asked.
pub(crate) fn holds(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Plan::parse("fuzz.toml", &text) {
        Err(diagnostics) => {
            assert!(!diagnostics.as_slice().is_empty(), "a refusal says why");
            for diagnostic in &diagnostics {
                let span = diagnostic.span.clone();
                assert!(text.get(span).is_some(), "a mistake has its place in the text");
            }
            assert!(!diagnostics.to_string().is_empty());
        }
        Ok(parsed) => is_stable(&parsed.plan, &text),
    }
}

fn is_stable(plan: &Plan, text: &str) {
    assert_eq!(plan.source(), text, "a plan keeps its text as it was");
    let again = Plan::parse("again.toml", plan.source()).expect("what was a plan is one").plan;
    assert_eq!(again.hash(), plan.hash());
    assert_eq!(told(&again), told(plan));
}

/// Everything that can be asked of a plan without orders.
fn told(plan: &Plan) -> Vec<String> {
    let mut told = vec![summary(plan, Lang::Ru), summary(plan, Lang::En), format!("{:?}", plan.rules())];
    for margin in [0, 1, 500_000, 1_000_000] {
        let cases = worst_case(plan, Rate::from_ppm(margin));
        for case in &cases {
            assert!(case.unbounded || case.paid_of_turnover <= case.raw_of_turnover, "a cap adds nothing");
        }
        told.push(serde_json::to_string(&cases).expect("plain data"));
    }
    told
}
