//! The tools of a plan: diff, try, simulate.

use serde_json::{Value, json};
use testkit::for_each_backend;

use crate::program::{Program, at};

/// The sketches that ship.
const SKETCHES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plans/examples/sketches");

fn sketch(name: &str) -> String {
    format!("{SKETCHES}/{name}.toml")
}

fn items<'j>(json: &'j Value, pointer: &str) -> &'j Vec<Value> {
    at(json, pointer).as_array().expect("a list")
}

#[tokio::test]
async fn a_diff_over_the_history_says_totals_winners_and_losers_and_writes_nothing() {
    for_each_backend(async |test| {
        let program = Program::on(&test.url).with_company();
        let before = program.json(&["verify"]);
        let span = ["--from", "2025-01", "--to", "2026-12"];
        let diff = program.json(&[&["plan", "diff", "current", "nanorem-12"], &span[..]].concat());
        let books = program.json(&["accruals"]);
        let by_books: Vec<(&Value, &Value)> = books
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| (at(one, "/partner_code"), at(one, "/net")))
            .collect();
        let by_plan: Vec<(&Value, &Value)> = items(&diff, "/before/partners")
            .iter()
            .map(|one| (at(one, "/partner_code"), at(one, "/total")))
            .collect();
        assert_eq!(by_plan, by_books, "the plan in force gives what the books paid");
        assert_eq!(at(&diff, "/before/total/paid"), "600.00");
        // The only one whom either of them invited is not active, so under twelve levels nothing is open.
        assert_eq!(at(&diff, "/after/total/paid"), "0.00");
        assert_eq!(at(&diff, "/before/total/of_turnover"), "30%");
        assert_eq!(at(&diff, "/paid_difference"), "-600.00");
        assert_eq!(items(&diff, "/losers/partners").len(), 2);
        assert_eq!(at(&program.json(&["verify"]), "/ledger_sha256"), at(&before, "/ledger_sha256"));
        let told =
            program.done(&[&["plan", "diff", "nanorem-5", "nanorem-12", "--top", "1"], &span[..]].concat());
        for part in ["Ничего не начислено", "линия не открыта", "Потеряют больше всех", "и ещё 1"]
        {
            assert!(told.contains(part), "{part} is not told in {told}");
        }
    })
    .await;
}

#[test]
fn a_sketch_is_reckoned_order_by_order_and_said_why() {
    let program = Program::new();
    let file = sketch("first-group");
    let tried = program.json(&["plan", "try", "nanorem-12", &file, "--partner", "Анна"]);
    let totals = |period: usize| -> Vec<(Value, Value)> {
        items(&tried, &format!("/periods/{period}/people"))
            .iter()
            .map(|one| (at(one, "/name").clone(), at(one, "/total").clone()))
            .collect()
    };
    let sums = |sums: &[(&str, &str)]| -> Vec<(Value, Value)> {
        sums.iter().map(|(name, sum)| (json!(name), json!(sum))).collect()
    };
    assert_eq!(
        totals(0),
        sums(&[("Анна", "0.00"), ("Борис", "1200.00"), ("Вера", "0.00"), ("Глеб", "0.00")])
    );
    assert_eq!(
        totals(1),
        sums(&[
            ("Анна", "1000.00"),
            ("Борис", "1200.00"),
            ("Вера", "600.00"),
            ("Глеб", "0.00"),
            ("Дина", "0.00")
        ])
    );
    assert_eq!(at(&tried, "/periods/0/orders/2/is_fee"), true);
    assert_eq!(items(&tried, "/periods/0/orders/2/earnings").len(), 0, "nobody earns of a fee");
    let why = at(&tried, "/periods/0/why_not_more/0/ru").as_str().expect("a text");
    assert_eq!(
        why,
        "покупка 1, levels: линия 2: линия закрыта: нужно 2 активных личных приглашённых, было 1"
    );
    let told = program.done(&["plan", "try", "nanorem-12", &file]);
    for part in ["взнос: с него никому не платят", "линии 3–12", "К выплате: 2\u{a0}800,00"]
    {
        assert!(told.contains(part), "{part} is not told in {told}");
    }
}

#[test]
fn every_sketch_that_ships_runs_under_every_plan_that_ships() {
    let program = Program::new();
    for file in std::fs::read_dir(SKETCHES).expect("the folder is there") {
        let file = file.expect("a file").path().to_string_lossy().into_owned();
        for plan in ["nanorem-5", "nanorem-12"] {
            let tried = program.json(&["plan", "try", plan, &file]);
            assert!(items(&tried, "/periods").len() > 1, "{file} goes over several periods");
        }
    }
}

#[test]
fn mistakes_of_a_sketch_are_told_with_their_places_all_at_once() {
    let program = Program::new();
    let text = r#"
month = "март"
[[people]]
name = "anna"
rang = "gold"
[[people]]
name = "boris"
sponsor = "anya"
rank = "gold"
[[periods]]
purchases = [{ by = "boriss", price = 1000 }, { price = "5.00", kind = "gods" }]
"#;
    std::fs::write(program.path("sketch.toml"), text).expect("the folder is ours");
    let told = program.refused(&["plan", "try", "nanorem-5", "sketch.toml"]);
    for part in [
        "month = \"март\": не месяц",
        "sketch.toml:5:1",
        "rang",
        "возможно, имелось в виду \"rank\"",
        "sponsor = \"anya\": такого человека нет",
        "возможно, имелось в виду \"anna\"",
        "рангов в плане нет",
        "возможно, имелось в виду \"boris\"",
        "\"1000.00\"",
        "возможно, имелось в виду \"goods\"",
    ] {
        assert!(told.contains(part), "{part} is not told in {told}");
    }
}

#[test]
fn a_simulation_is_the_same_for_one_seed_and_draws_a_picture() {
    let program = Program::new();
    let small = ["plan", "simulate", "nanorem-12", "--runs", "10", "--months", "3", "--start", "30"];
    let first = program.json(&[&small[..], &["--svg", "one.svg"]].concat());
    let again = program.json(&[&small[..], &["--svg", "two.svg"]].concat());
    assert_eq!(first, again);
    let picture = |name: &str| std::fs::read_to_string(program.path(name)).expect("it was drawn");
    assert_eq!(picture("one.svg"), picture("two.svg"));
    assert!(picture("one.svg").contains("Лимит плана 40"), "{}", picture("one.svg"));
    assert_eq!(at(&first, "/paid_passes_cap/over_all"), 0, "the cap holds");
    assert_eq!(items(&first, "/months").len(), 3);
    let other = program.json(&[&small[..], &["--seed", "2"]].concat());
    assert_ne!(at(&other, "/cost"), at(&first, "/cost"));
    let told = program.done(&[&small[..], &["--limit", "1%"]].concat());
    for part in ["Вероятность", "Медиана по месяцам", "(--limit)", "режет обещанное"]
    {
        assert!(told.contains(part), "{part} is not told in {told}");
    }
}

#[test]
fn what_cannot_be_rehearsed_is_named() {
    let program = Program::new().with_company();
    let file = sketch("first-group");
    for (arguments, part) in [
        (
            vec!["plan", "diff", "nanorem-5", "nanorem-12", "--from", "2026-02", "--to", "2026-01"],
            "раньше, чем 2026-02",
        ),
        (
            vec!["plan", "diff", "no-such.toml", "nanorem-12", "--from", "2026-01", "--to", "2026-01"],
            "no-such.toml",
        ),
        (vec!["plan", "try", "nanorem-5", "no-such.toml"], "no-such.toml"),
        (vec!["plan", "try", "nanorem-5", &file, "--partner", "Зоя"], "никого не зовут Зоя"),
        (vec!["plan", "simulate", "nanorem-5", "--growth", "60%"], "--growth"),
        (vec!["plan", "simulate", "nanorem-5", "--growth", "50%", "--months", "120"], "уменьшите --growth"),
        (vec!["plan", "simulate", "nanorem-5", "--average", "0.00"], "--average"),
        (
            vec!["plan", "simulate", "nanorem-5", "--runs", "1", "--svg", "/no/such/folder/x.svg"],
            "/no/such/folder",
        ),
    ] {
        let told = program.refused(&arguments);
        assert!(told.contains(part), "{arguments:?}: {told}");
    }
}

/// The blocks of a language in a part of the reference.
fn blocks(part: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let blocks = part.split(&fence).skip(1).filter_map(|block| block.split("```").next());
    blocks.map(str::to_owned).collect()
}

#[test]
fn the_first_plan_of_the_reference_is_written_step_by_step() {
    let reference = include_str!("../../../../docs/plan.md");
    let part = reference.split("## Write your first plan").nth(1).expect("the walk-through is there");
    let part = part.split("\n## ").next().expect("it ends with the next part");
    let [plan, company, team] = <[String; 3]>::try_from(blocks(part, "toml")).expect("three files");
    let program = Program::new();
    let write = |name: &str, text: &str| {
        std::fs::write(program.path(name), text).expect("the folder is ours");
    };
    write("my-plan.toml", &plan);
    write("company.toml", &company);
    for line in blocks(part, "sh").iter().flat_map(|block| block.lines()) {
        let command = line.split('#').next().expect("a command").trim();
        let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
        if arguments.first() == Some(&"plan") && arguments.get(1) != Some(&"activate") {
            program.done(&arguments);
        }
    }
    let earned = |program: &Program| -> Vec<(Value, Value)> {
        let tried = program.json(&["plan", "try", "my-plan.toml", "company.toml"]);
        let people = items(&tried, "/periods/0/people").iter();
        people.map(|one| (at(one, "/name").clone(), at(one, "/total").clone())).collect()
    };
    let sums = |sums: [&str; 3]| -> Vec<(Value, Value)> {
        let named = ["anna", "boris", "vera"].into_iter().zip(sums);
        named.map(|(name, sum)| (json!(name), json!(sum))).collect()
    };
    assert_eq!(earned(&program), sums(["500.00", "1000.00", "0.00"]), "as the text says");
    write(
        "company.toml",
        &company.replace("sponsor = \"anna\"", "sponsor = \"anna\"\nstanding = \"inactive\""),
    );
    assert_eq!(earned(&program), sums(["1000.00", "0.00", "0.00"]), "as the text says");
    write("company.toml", &company);
    let head = plan.replace("hold_days = 14", "hold_days = 14\nqualify_by = \"turnover\"");
    write("my-plan.toml", &format!("{head}\n{team}"));
    program.done(&["plan", "check", "my-plan.toml"]);
    // 3 % of 10 000 to Boris; Anna has the same percentage, so nothing is left to her.
    assert_eq!(earned(&program), sums(["500.00", "1300.00", "0.00"]));
}

#[test]
fn a_sketch_that_cannot_be_is_refused() {
    let program = Program::new();
    let plan = include_str!("../../../../plans/nanorem-5.toml")
        .replace("rounding = \"half_up\"", "rounding = \"half_up\"\nranks = [\"low\", \"high\"]");
    std::fs::write(program.path("plan.toml"), plan).expect("the folder is ours");
    let text = r#"
month = "2026-03"
[[people]]
name = "anna"
joined = "2026-02-10"
[[people]]
name = "boris"
sponsor = "anna"
joined = "2026-02-09"
[[people]]
name = "vera"
joined = "2026-04-01"
[[people]]
name = "gleb"
paid_as = "high"
highest = "low"
[[periods]]
purchases = [{ by = "anna", price = "1000.00" }]
[[periods]]
people = [{ name = "dina", joined = "2026-04-01" }]
"#;
    std::fs::write(program.path("sketch.toml"), text).expect("the folder is ours");
    let told = program.refused(&["plan", "try", "plan.toml", "sketch.toml"]);
    for part in [
        "joined = \"2026-02-09\": раньше своего спонсора",
        "спонсор вступил 2026-02-10",
        "joined = \"2026-04-01\": ещё не наступило",
        "highest = \"low\": ниже, чем paid_as",
        "Ошибок в эскизе: 3",
    ] {
        assert!(told.contains(part), "{part} is not told in {told}");
    }
}
