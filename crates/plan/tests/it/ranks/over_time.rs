//! What one period leaves to the next: keeping, the highest rank, the word of staff.

use plan::Plan;
use plan::sketch::SketchError;

use super::{Result, first_line, plan, stands};

fn three(keep: &str) -> Plan {
    plan(
        "qualify_by = \"turnover\"",
        &format!(
            "[[ranks]]\nname = \"low\"\npersonal_volume = \"10\"\n[[ranks]]\nname = \"mid\"\npersonal_volume = \"100\"\n{keep}\n[[ranks]]\nname = \"high\"\npersonal_volume = \"1000\""
        ),
    )
}

/// As what Anna is paid, who was paid as a rank before, and the highest she ever reached.
fn now(
    plan: &Plan,
    before: Option<(&str, &str)>,
    bought: &str,
) -> std::result::Result<(Option<String>, Option<usize>), SketchError> {
    let mut company = first_line(&[])?;
    company.buys("anna", bought)?;
    if let Some((paid_as, highest)) = before {
        company.was("anna", paid_as, highest)?;
    }
    let reckoned = company.reckon(plan)?;
    Ok((reckoned.paid_as("anna").map(str::to_owned), stands(&reckoned, 0).highest))
}

fn rank(plan: &Plan, before: Option<(&str, &str)>, bought: &str) -> String {
    now(plan, before, bought).expect("sound").0.unwrap_or_default()
}

#[test]
fn a_rank_is_kept_by_its_own_terms_by_those_who_were_paid_as_it_or_above() {
    let plan = three("keep = { personal_volume = \"50\" }");
    for (before, bought, paid_as) in [
        (None, "50", "low"),
        (Some(("low", "high")), "50", "low"),
        (Some(("mid", "mid")), "50", "mid"),
        (Some(("mid", "mid")), "49.99", "low"),
        (Some(("high", "high")), "50", "mid"),
        (Some(("mid", "mid")), "1000", "high"),
    ] {
        assert_eq!(rank(&plan, before, bought), paid_as, "{before:?} with {bought}");
    }
}

#[test]
fn without_terms_to_keep_a_rank_is_reached_anew() {
    assert_eq!(rank(&three(""), Some(("mid", "mid")), "99.99"), "low");
    assert_eq!(rank(&three(""), Some(("mid", "mid")), "100"), "mid");
}

#[test]
fn harder_terms_to_keep_hold_instead_of_those_to_reach() {
    let plan = three("keep = { personal_volume = \"500\" }");
    assert_eq!(rank(&plan, Some(("mid", "mid")), "499"), "low");
    assert_eq!(rank(&plan, Some(("low", "mid")), "499"), "mid");
}

#[test]
fn empty_terms_keep_a_rank_for_good() {
    assert_eq!(rank(&three("keep = {}"), Some(("mid", "mid")), "0.01"), "mid");
    assert_eq!(rank(&three("keep = {}"), None, "0.01"), "");
}

#[test]
fn the_highest_rank_never_falls() -> Result {
    let plan = three("");
    assert_eq!(now(&plan, Some(("mid", "high")), "10")?, (Some("low".to_owned()), Some(2)));
    assert_eq!(now(&plan, Some(("low", "low")), "100")?, (Some("mid".to_owned()), Some(1)));
    assert_eq!(now(&plan, Some(("low", "low")), "1")?, (None, Some(0)));
    assert_eq!(now(&plan, Some(("gone", "gone")), "1")?, (None, None), "a rank that the plan dropped");
    Ok(())
}

#[test]
fn what_staff_give_is_exact_up_and_down() -> Result {
    let given = |rank: &str, bought: &str| {
        let mut company = first_line(&[])?;
        company.buys("anna", bought)?.rank("anna", rank)?;
        let reckoned = company.reckon(&three(""))?;
        Ok::<_, SketchError>((
            reckoned.paid_as("anna").unwrap_or_default().to_owned(),
            stands(&reckoned, 0).highest,
        ))
    };
    assert_eq!(given("high", "1")?, ("high".to_owned(), Some(2)));
    assert_eq!(given("low", "1000")?, ("low".to_owned(), Some(0)));
    assert_eq!(given("gone", "100")?, ("mid".to_owned(), Some(1)), "a rank that the plan does not know");
    Ok(())
}

#[test]
fn nobody_but_staff_gives_a_rank_of_names_only_or_of_staff_only() -> Result {
    for ranks in ["ranks = [\"low\", \"high\"]", "[[ranks]]\nname = \"low\"\nstaff_only = true"] {
        let plan = plan("", ranks);
        let mut company = first_line(&[])?;
        company.buys("anna", "1000000")?;
        assert_eq!(company.reckon(&plan)?.paid_as("anna"), None, "{ranks}");
        company.rank("anna", "low")?;
        assert_eq!(company.reckon(&plan)?.paid_as("anna"), Some("low"), "{ranks}");
    }
    let everybody = plan("", "[[ranks]]\nname = \"low\"\nstaff_only = false");
    assert_eq!(first_line(&[])?.reckon(&everybody)?.paid_as("anna"), Some("low"));
    Ok(())
}
