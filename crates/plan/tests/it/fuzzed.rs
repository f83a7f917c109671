//! The corpus of the fuzzer, replayed: what it found once stays right. See `fuzz/` for the fuzzer.

#[path = "../../../../fuzz/oracles/money.rs"]
mod money;
#[path = "../../../../fuzz/oracles/plan_parser.rs"]
mod plan_parser;

use crate::common::{at_root, plans_in};

fn replay(target: &str, holds: impl Fn(&[u8])) {
    let folder = format!("{}/../../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut replayed = 0;
    for entry in std::fs::read_dir(&folder).expect("the corpus is kept with the source") {
        let path = entry.expect("readable").path();
        // Shown where the test fails: which text it was.
        eprintln!("{}", path.display());
        holds(&std::fs::read(path).expect("readable"));
        replayed += 1;
    }
    assert!(replayed > 20, "{replayed} texts in {folder}");
}

#[test]
fn no_kept_text_breaks_the_plan_parser() {
    replay("plan_parser", plan_parser::holds);
}

#[test]
fn no_kept_text_breaks_sums_rates_and_dates() {
    replay("money", money::holds);
}

#[test]
fn every_shipped_plan_is_in_the_corpus() {
    for name in plans_in("plans") {
        let kept = at_root(&format!("fuzz/corpus/plan_parser/{name}.toml"));
        assert_eq!(kept, at_root(&format!("plans/{name}.toml")), "{name}");
    }
}
