//! The corpus of the fuzzer, replayed: what it found once stays right. See `fuzz/` for the fuzzer.

#[path = "../../../../fuzz/oracles/commerceml.rs"]
mod commerceml;
#[path = "../../../../fuzz/oracles/listing.rs"]
mod listing;
#[path = "../../../../fuzz/oracles/yml.rs"]
mod yml;

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
fn no_kept_text_breaks_the_reader_of_feeds() {
    replay("yml", yml::holds);
}

#[test]
fn no_kept_text_breaks_the_reader_of_exports() {
    replay("commerceml", commerceml::holds);
}
