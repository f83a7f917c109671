//! Partners' links from the command line.

use crate::program::{Program, at};

#[test]
fn a_link_is_shown_with_what_it_gave_and_drawn() {
    let program = Program::new().with_company();
    let shown = program.json(&["links", "show", "NR00002", "--from", "2025-01-01", "--to", "2025-12-31"]);
    let link = at(&shown, "/link").as_str().expect("a link").to_owned();
    let code = at(&shown, "/code").as_str().expect("a code").to_owned();
    assert_eq!(link, format!("http://127.0.0.1:8080/r/{code}"));
    for field in ["clicks", "registrations", "first_orders", "customer_orders"] {
        assert!(at(&shown, &format!("/total/{field}")).is_u64(), "{field}: {shown}");
    }
    for name in ["card.png", "card.svg"] {
        let file = program.path(name);
        program.done(&["links", "qr", "NR00002", "--out", &file.display().to_string()]);
        assert!(std::fs::metadata(&file).expect("it is written").len() > 200, "{name}");
    }
}
