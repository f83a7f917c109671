//! No text makes the reader panic.

use plan::Plan;
use plan::explain::Lang;
use proptest::prelude::*;

use super::RIGHT;

fn slips() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "\"",
        "[",
        "]",
        "{",
        "}",
        "=",
        "\n",
        "%",
        "1",
        "0.5",
        "rates",
        "unlock",
        "tiers",
        "fee",
        "=",
        "[[rules]]\n",
        "[cap]\n",
        "percent = \"40%\"\n",
        "base",
        "я",
        "\u{feff}",
        "\0",
        "'''",
        "kind = \"fast_start\"\n",
        "true",
        "2026-01-01",
        "a.b.c = 1\n",
        "mode = \"stop\"\n",
        "products = {}\n",
        "rates = [[]]\n",
    ]);
    prop::collection::vec((0..RIGHT.len(), 0usize..20, words), 1..5).prop_map(|slips| {
        let mut text = RIGHT.to_owned();
        for (at, dropped, word) in slips {
            let floor =
                |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (from, to) = (floor(at), floor(at + dropped));
            text.replace_range(from..to, word);
        }
        text
    })
}

fn survives(text: &str) {
    match Plan::parse("x.toml", text) {
        Ok(parsed) => assert_eq!(parsed.plan.source(), text),
        Err(diagnostics) => {
            assert!(!diagnostics.as_slice().is_empty());
            for diagnostic in &diagnostics {
                assert!(diagnostic.span.end <= text.len() && diagnostic.span.start <= diagnostic.span.end);
                assert!(diagnostic.line >= 1 && diagnostic.column >= 1);
            }
            for diagnostic in diagnostics.iter().take(5) {
                let mut report = String::new();
                let shown = miette::NarratableReportHandler::new()
                    .render_report(&mut report, &diagnostic.localized(Lang::Ru));
                shown.expect("rendered");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        survives(&text);
    }

    #[test]
    fn no_slip_makes_the_reader_panic(text in slips()) {
        survives(&text);
    }
}

#[test]
fn deep_and_wide_texts_are_refused_without_harm() {
    survives(&"[".repeat(100_000));
    survives(&format!("a = {}", "[".repeat(100_000)));
    survives(&format!("{} = 1", vec!["a"; 100_000].join(".")));
    survives(&format!("a = {}1{}", "{ b = ".repeat(50_000), " }".repeat(50_000)));
    survives(&format!("{RIGHT}{}", "[[rules]]\n".repeat(20_000)));
    survives(&"x = 1\n".repeat(50_000));
}
