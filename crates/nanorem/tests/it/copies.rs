use crate::program::{Program, at};

fn digest(program: &Program) -> String {
    at(&program.json(&["verify"]), "/ledger_sha256").as_str().expect("a digest").to_owned()
}

#[test]
fn a_copy_is_taken_and_brought_back() {
    let program = Program::new().with_company();
    let before = digest(&program);
    let copy = program.path("copy.db");
    let copy = copy.to_string_lossy();
    program.done(&["backup", &copy]);
    assert!(program.refused(&["backup", &copy]).contains("уже есть"), "no copy is overwritten");

    program.done(&["payout", "request", "NR00002"]);
    assert_ne!(digest(&program), before);
    assert!(program.refused(&["restore", &copy]).contains("--force"), "no database is overwritten unasked");
    program.done(&["restore", &copy, "--force"]);
    assert_eq!(digest(&program), before);
    assert!(program.path("company.db.old").exists(), "what was there is kept");
}

#[test]
fn a_copy_whose_books_are_wrong_is_not_brought_back() {
    let program = Program::new().with_company();
    let before = digest(&program);
    let copy = program.path("copy.db");
    std::fs::write(&copy, "not a database").expect("the folder is ours");
    program.refused(&["restore", &copy.to_string_lossy(), "--force"]);
    assert_eq!(digest(&program), before);
    assert!(!program.path("company.db.incoming").exists(), "nothing is left lying about");
}
