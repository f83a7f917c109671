//! The corpus of the fuzzer, replayed as it is and with small damage: what it found once stays right. See
//! `fuzz/` for the fuzzer.

#[path = "../../../../fuzz/oracles/commerceml.rs"]
mod commerceml;
#[path = "../../../../fuzz/oracles/listing.rs"]
mod listing;
#[path = "../../../../fuzz/oracles/yml.rs"]
mod yml;

use proptest::prelude::*;

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = format!("{}/../../fuzz/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus is kept with the source")
        .map(|entry| entry.expect("readable").path())
        .collect();
    paths.sort();
    assert!(paths.len() > 20, "{} texts in {folder}", paths.len());
    paths.iter().map(|path| std::fs::read(path).expect("readable")).collect()
}

#[test]
fn no_kept_text_breaks_the_reader_of_feeds() {
    for text in &corpus("yml") {
        yml::holds(text);
    }
}

#[test]
fn no_kept_text_breaks_the_reader_of_exports() {
    for text in &corpus("commerceml") {
        commerceml::holds(text);
    }
}

/// What happens to a text: where, to how much of it, and what.
fn damage() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, u8, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..12usize, 0..3u8, any::<u8>()), 1..4)
}

fn damaged(text: &[u8], damage: &[(prop::sample::Index, usize, u8, u8)]) -> Vec<u8> {
    let mut text = text.to_vec();
    for (place, length, kind, byte) in damage {
        if text.is_empty() {
            break;
        }
        let from = place.index(text.len());
        let until = (from + length).min(text.len());
        let piece = text.get(from..until).unwrap_or_default().to_vec();
        match kind {
            0 => drop(text.splice(from..until, [])),
            1 => drop(text.splice(from..from, piece)),
            _ => text.iter_mut().skip(from).take(1).for_each(|at| *at = *byte),
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn no_damaged_feed_breaks_its_reader(which in any::<prop::sample::Index>(), damage in damage()) {
        let texts = corpus("yml");
        let text: &Vec<u8> = which.get(&texts);
        yml::holds(&damaged(text, &damage));
    }

    #[test]
    fn no_damaged_export_breaks_its_reader(which in any::<prop::sample::Index>(), damage in damage()) {
        let texts = corpus("commerceml");
        let text: &Vec<u8> = which.get(&texts);
        commerceml::holds(&damaged(text, &damage));
    }
}
