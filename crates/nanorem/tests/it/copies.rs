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
fn nobody_but_the_owner_reads_the_database_or_its_copies() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::new().with_company();
    program.done(&["backup", &program.path("copy.db").to_string_lossy()]);
    for file in ["company.db", "copy.db"] {
        let mode = std::fs::metadata(program.path(file)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}: {mode:o}");
    }
}

#[test]
fn what_is_no_copy_of_ours_is_not_brought_back() {
    let program = Program::new().with_company();
    let before = digest(&program);
    let empty = program.path("empty.db");
    std::fs::write(&empty, "").expect("the folder is ours");
    let told = program.refused(&["restore", &empty.to_string_lossy(), "--force"]);
    assert!(told.contains("не копия базы nanorem"), "{told}");
    assert_eq!(digest(&program), before);
    assert!(!program.path("company.db.old").exists() && !program.path("company.db.incoming").exists());
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
