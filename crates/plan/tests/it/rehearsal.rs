//! Rehearsals: a company written by hand goes through its months as the books would.

use plan::sketch::{RehearsedPeriod, Script, Sketch, SketchError, rehearse};
use plan::{Lang, Plan};

use crate::common::plan;

const DOCUMENT: &str = include_str!("../../../../docs/sketch.md");

/// Ten percent of each order and ten of the month, of which fifteen stand; what is cut is paid later. Who
/// sold for five thousand is a leader, and the orders of the next month pay a leader twice as much.
fn capped() -> Plan {
    let rules = r#"
qualify_by = "turnover"
[[ranks]]
name = "member"
[[ranks]]
name = "leader"
group_volume = "5000.00"
[cap]
percent = "15%"
of = "turnover"
scope = "period"
mode = "pro_rata"
excess = "carried"
[[rules]]
id = "levels"
kind = "level"
base = "turnover"
rate_table = { member = ["10%"], leader = ["20%"] }
compression = "none"
"#;
    plan(rules)
}

fn played(plan: &Plan, text: &str, watched: Option<&str>) -> Vec<RehearsedPeriod> {
    let script = Script::parse(plan, "sketch.toml", text).expect("a right sketch");
    rehearse(plan, &script, watched).expect("it can be reckoned")
}

fn totals(period: &RehearsedPeriod) -> Vec<(String, String)> {
    period.people.iter().map(|person| (person.name.clone(), person.total.to_string())).collect()
}

#[test]
fn the_example_of_the_document_is_a_right_sketch() {
    let example = DOCUMENT.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let periods = played(&capped(), example.expect("the document has an example"), Some("anna"));
    let months: Vec<String> = periods.iter().map(|period| period.month.to_string()).collect();
    assert_eq!(months, ["2026-03", "2026-04"]);
    assert_eq!(periods[0].people.len(), 2);
    assert_eq!(periods[1].people.len(), 3, "Vera comes in April");
}

#[test]
fn ranks_and_what_is_cut_go_on_to_the_next_month_as_in_a_sketch_by_hand() {
    let plan = capped();
    let text = r#"
people = [{ name = "anna" }, { name = "boris", sponsor = "anna", standing = "active" }]
[[periods]]
purchases = [{ by = "boris", price = "2500.00", pieces = 2 }]
[[periods]]
purchases = [{ by = "boris", price = "1000.00" }]
[[periods]]
changes = [{ name = "anna", standing = "inactive" }]
purchases = [{ by = "boris", price = "1000.00" }]
"#;
    let periods = played(&plan, text, None);
    let of_anna: Vec<String> = periods.iter().map(|period| totals(period)[0].1.clone()).collect();
    // A rank is known for the orders after its month: nothing in March. In April 20 % of 1 000.00 are cut
    // to 15 %; in May she is not active, so the 50.00 go on waiting.
    assert_eq!(of_anna, ["0.00", "150.00", "0.00"]);
    assert_eq!(periods[0].people[0].paid_as.as_deref(), Some("leader"));
    assert_eq!(periods[1].unpaid.iter().map(|part| part.amount.to_string()).collect::<Vec<_>>(), ["50.00"]);
    let waits = |period: &RehearsedPeriod| -> Vec<(Option<String>, String, i64)> {
        period.carried.iter().map(|line| (line.name.clone(), line.what.clone(), line.amount)).collect()
    };
    let excess = vec![(Some("anna".to_owned()), "excess".to_owned(), 50_00)];
    assert_eq!((waits(&periods[1]), waits(&periods[2])), (excess.clone(), excess));

    let mut company = Sketch::new();
    company.chain(&["anna", "boris"]).expect("new names").buys("boris", "5000.00").expect("he is there");
    let march = company.reckon(&plan).expect("reckoned");
    let mut april = company.next_period(&march);
    let april = april.buys("boris", "1000.00").expect("he is there").reckon(&plan).expect("reckoned");
    assert_eq!(april.earned("anna").to_string(), of_anna[1]);
}

#[test]
fn a_fee_pays_nobody_and_only_the_first_purchase_of_a_life_is_the_first() {
    let rules = r#"
[[rules]]
id = "start"
kind = "fast_start"
first_order = true
base = "turnover"
rates = ["30%"]
compression = "none"
"#;
    let plan = plan(rules);
    let text = r#"
people = [{ name = "anna" }, { name = "boris", sponsor = "anna" }]
[[periods]]
purchases = [{ by = "boris", price = "100.00" }, { by = "boris", price = "100.00" }]
[[periods]]
purchases = [{ by = "boris", price = "100.00" }, { by = "anna", price = "3000.00", kind = "fee" }]
"#;
    let periods = played(&plan, text, None);
    let of_anna: Vec<String> = periods.iter().map(|period| totals(period)[0].1.clone()).collect();
    assert_eq!(of_anna, ["30.00", "0.00"]);
    assert!(periods[1].orders[1].is_fee);
    assert_eq!((&periods[1].orders[1].earnings[..], &periods[1].orders[1].lost[..]), (&[][..], &[][..]));
}

#[test]
fn every_mistake_has_its_place() {
    let text = r#"
people = [{ name = "anna" }, { name = "anna" }, { name = "boris", rank = "king", joined = "15.01.2026" }]
[[periods]]
purchase = []
purchases = [{ by = "zoe", price = "0.00" }, { price = "1.00", sku = "СОСТАВ" }]
"#;
    let mistakes = Script::parse(&capped(), "sketch.toml", text).expect_err("it is wrong");
    let told: Vec<String> = mistakes.iter().map(|mistake| mistake.line_in(Lang::En)).collect();
    let expected = [
        "sketch.toml:2:39: name = \"anna\": the name is taken; give everyone a name of his own",
        "sketch.toml:2:74: rank = \"king\": no such rank; the plan has: member, leader",
        "sketch.toml:2:91: joined = \"15.01.2026\": not a day; write year, month and day: \"2026-01-15\"",
        "sketch.toml:4:1: there is no key \"purchase\" here; did you mean \"purchases\"?",
        "sketch.toml:5:21: by = \"zoe\": nobody is called so; name him in people, further up",
        "sketch.toml:5:36: \"0.00\" is not an amount from 0.01 to 10000000000000.00; write roubles in digits, with a point before the kopecks: \"3000.00\"",
        "sketch.toml:5:70: sku = \"СОСТАВ\": not an article number; use 1 to 64 visible ASCII characters",
    ];
    assert_eq!(told, expected);
    let script = Script::parse(&capped(), "s.toml", "people = [{ name = \"a\" }]\nperiods = [{}]\n");
    let stranger = rehearse(&capped(), &script.expect("right"), Some("b"));
    assert_eq!(stranger, Err(SketchError::Unknown("b".to_owned())));
}

#[test]
fn who_is_watched_is_told_what_the_caps_keep_back() {
    let text = r#"
people = [{ name = "anna", paid_as = "leader", rank = "leader" }, { name = "boris", sponsor = "anna" }]
[[periods]]
purchases = [{ by = "boris", price = "1000.00" }]
"#;
    let periods = played(&capped(), text, Some("anna"));
    let told: Vec<&str> = periods[0].why_not_more.iter().map(|why| why.in_lang(Lang::Ru)).collect();
    let expected = "лимит периода удержал 50,00\u{a0}₽ из начисленного с заказов по правилу levels: будет выплачено в следующих периодах";
    assert_eq!(told, [expected]);
}

/// A sum for a rank, and a pool that takes what the cap of the period cuts.
const STEPS: &str = r#"
qualify_by = "turnover"
ranks = [{ name = "low", personal_volume = "100" }, { name = "high", personal_volume = "1000" }]
[cap]
percent = "5%"
of = "turnover"
scope = "period"
mode = "pro_rata"
excess = "pool"
[[rules]]
id = "steps"
kind = "rank_advance"
sums = { low = "10.00", high = "100.00" }
skipped = "each"
[[rules]]
id = "fund"
kind = "pool"
base = "turnover"
percent = "1%"
shares = { low = 1 }
"#;

#[test]
fn a_sum_for_a_rank_names_it_and_a_pool_says_what_it_holds() {
    let text = r#"
people = [{ name = "anna" }]
[[periods]]
purchases = [{ by = "anna", price = "500.00" }]
"#;
    let periods = played(&plan(STEPS), text, Some("anna"));
    let paid: Vec<&str> = periods[0].bonuses.iter().map(|line| line.why.in_lang(Lang::Ru)).collect();
    assert_eq!(
        paid,
        [
            "10,00\u{a0}₽ (ранг low), начислено 10,00\u{a0}₽",
            "1 из 1 долей от 5,00\u{a0}₽ (пул компании вместе со срезанным лимитами), начислено 5,00\u{a0}₽"
        ]
    );
    let missed = periods[0].why_not_more.first().map(|why| why.in_lang(Lang::Ru));
    assert_eq!(missed, Some("steps, ранг high: ранг не достигнут"));
}

/// Ten percent of each order, then five percent of the month to each of two above.
fn two_rules() -> Plan {
    let rule = |id: &str, keys: &str| {
        format!(
            "[[rules]]\nid = \"{id}\"\nkind = \"level\"\nbase = \"turnover\"\ncompression = \"none\"\n{keys}\n"
        )
    };
    plan(
        &(rule("order", "rates = [\"10%\"]")
            + &rule("month", "decided = \"close\"\nrates = [\"5%\", \"4%\"]")),
    )
}

const LINE: &str = r#"
people = [{ name = "anna" }, { name = "boris", sponsor = "anna" }, { name = "vera", sponsor = "boris" }]
[[periods]]
purchases = [{ by = "vera", price = "100.00" }]
"#;

#[test]
fn a_period_says_who_got_what_at_its_close_and_of_whom() {
    let [period] = played(&two_rules(), LINE, None).try_into().expect("one period");
    let mut told: Vec<(String, String, String)> = period
        .bonuses
        .iter()
        .map(|line| (line.name.clone(), line.paid.to_string(), line.why.in_lang(Lang::En).to_owned()))
        .collect();
    told.sort();
    let said = |name: &str, paid: &str, why: &str| (name.to_owned(), paid.to_owned(), why.to_owned());
    let expected = [
        said("anna", "4.00", "level 2: 4% of 100.00 (volume of vera), earned 4.00"),
        said("boris", "5.00", "level 1: 5% of 100.00 (volume of vera), earned 5.00"),
    ];
    assert_eq!(told, expected);
    let sums: Vec<[String; 3]> = period
        .people
        .iter()
        .map(|person| [person.from_orders, person.from_close, person.total].map(|sum| sum.to_string()))
        .collect();
    assert_eq!(sums, [["0.00", "4.00", "4.00"], ["10.00", "5.00", "15.00"], ["0.00", "0.00", "0.00"]]);
    assert!(period.why_not_more.is_empty(), "nobody is watched");
}

#[test]
fn one_who_is_watched_is_told_what_he_missed() {
    let inactive = LINE.replace("sponsor = \"anna\"", "sponsor = \"anna\", standing = \"inactive\"");
    let told = |text: &str, name: &str| -> Vec<String> {
        let [period] = played(&two_rules(), text, Some(name)).try_into().expect("one period");
        period.why_not_more.iter().map(|why| why.in_lang(Lang::En).to_owned()).collect()
    };
    let missed = [
        "purchase 1, order: level 1: not active, so nothing is earned",
        "month, volume of vera: not active at the end of the period",
    ];
    assert_eq!(told(&inactive, "boris"), missed);
    assert_eq!(told(LINE, "boris"), Vec::<String>::new(), "he missed nothing");
}

#[test]
fn a_customer_pays_who_brought_him() {
    let text = r#"
people = [{ name = "anna" }]
[[periods]]
purchases = [{ by = "anna", customer = true, price = "100.00" }, { by = "anna", price = "100.00" }]
"#;
    let [period] = played(&two_rules(), text, None).try_into().expect("one period");
    let told: Vec<(bool, usize)> =
        period.orders.iter().map(|order| (order.by_customer, order.earnings.len())).collect();
    assert_eq!(told, [(true, 1), (false, 0)]);
}

#[test]
fn everything_is_bought_at_noon_of_the_tenth_day() {
    let start = |days: u8| {
        let keys = "kind = \"fast_start\"\nbase = \"turnover\"\nrates = [\"30%\"]\ncompression = \"none\"";
        let plan = plan(&format!("[[rules]]\nid = \"start\"\n{keys}\ndays = {days}\n"));
        let mut company = Sketch::new();
        company.chain(&["anna", "boris"]).expect("new").buys("boris", "100.00").expect("known");
        company.reckon(&plan).expect("sound").earned("anna").to_string()
    };
    assert_eq!([9, 10].map(start), ["0.00", "30.00"]);
}

#[test]
fn the_first_purchase_is_the_first_of_its_period_too() {
    let keys = "kind = \"fast_start\"\nbase = \"turnover\"\nrates = [\"30%\"]\ncompression = \"none\"\nfirst_order = true";
    let plan = plan(&format!("[[rules]]\nid = \"start\"\n{keys}\n"));
    let text = r#"
people = [{ name = "anna" }, { name = "boris", sponsor = "anna" }]
[[periods]]
purchases = [{ by = "boris", price = "100.00" }, { by = "boris", price = "200.00" }]
"#;
    let [period] = played(&plan, text, None).try_into().expect("one period");
    let paid = |place: usize| -> Vec<String> {
        period.orders[place].earnings.iter().map(|earning| earning.paid.to_string()).collect()
    };
    assert_eq!((paid(0), paid(1)), (vec!["30.00".to_owned()], vec![]));
}

#[test]
fn a_sketch_is_of_its_month_and_of_those_it_is_told_were_invited() {
    let tenure = plan(
        "qualify_by = \"turnover\"\n[[ranks]]\nname = \"old\"\ntenure_months = 3\n[[rules]]\nid = \"r\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"1%\"]\ncompression = \"none\"\n",
    );
    let stands = |month: &str| {
        let joined = crate::common::at("2026-01-05T00:00:00Z");
        let mut company = Sketch::new();
        let month = month.parse().expect("a month");
        company.in_month(month).partner("anna", None).expect("new").joined("anna", joined).expect("known");
        company.reckon(&tenure).expect("sound").paid_as("anna").map(str::to_owned)
    };
    assert_eq!(["2026-03", "2026-04"].map(stands), [None, Some("old".to_owned())]);
    let doors = plan(
        "[[rules]]\nid = \"r\"\nkind = \"level\"\nbase = \"turnover\"\nrates = [\"10%\"]\ncompression = \"none\"\nunlock = { tiers = [{ min_active = 7, max_level = 1 }] }\n",
    );
    let earned = |invited: u32| {
        let mut company = Sketch::new();
        company.chain(&["anna", "boris"]).expect("new").invited("anna", invited).expect("known");
        company.buys("boris", "100.00").expect("known");
        company.reckon(&doors).expect("sound").earned("anna").to_string()
    };
    assert_eq!([6, 7].map(earned), ["0.00", "10.00"]);
}
